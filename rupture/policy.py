"""Policy: from probabilities to findings. The only place a threshold is applied; pure, so a saved analysis can be decided
again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rupture.analysis import Finding, Scores
from rupture.codebook import MARKER_FAMILIES, RUPTURE, STRATEGIES, Family, markers_of
from rupture.transcript import Role, Transcript

TOP_MOMENTS = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds, all probabilities in (0, 1].

    `codes` has one entry a marker, strategy, family and `rupture`, chosen for agreement with coders; `strategy` is the
    probability from which a therapist turn counts as answering a rupture at all; `top` is chosen for precision; `hint`
    is a share of the family's threshold from which a quieter hint is kept.
    """

    codes: Mapping[str, float] = field(default_factory=dict)
    top: float = 0.6
    hint: float = 0.5
    default: float = 0.5

    def threshold(self, name: str) -> float:
        """The threshold of a code or family."""
        return self.codes.get(name, self.default)


def find(transcript: Transcript, scores: Sequence[Scores], policy: Policy) -> tuple[Finding, ...]:
    """Findings of the turns whose scores pass the policy, in turn order; `evidence` is left empty."""
    findings = []
    for turn, turn_scores in zip(transcript.turns, scores, strict=True):
        if not turn_scores:
            continue
        codes, hints = _client_codes(turn_scores, policy) if turn.role is Role.CLIENT else (_strategies(turn_scores, policy), ())
        if codes or hints:
            findings.append(Finding(turn.index, codes, hints))
    return tuple(findings)


def _client_codes(scores: Scores, policy: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A family over its threshold yields the markers over theirs, at least its best one; rupture over its threshold alone
    switches on the family that comes closer to its own. The clearest family and marker come first."""
    closeness = {family: scores.get(family.value, 0.0) / policy.threshold(family.value) for family in MARKER_FAMILIES}
    shown = [family for family in MARKER_FAMILIES if closeness[family] >= 1]
    if not shown and scores.get(RUPTURE, 0.0) >= policy.threshold(RUPTURE):
        shown = [max(MARKER_FAMILIES, key=lambda family: closeness[family])]
    shown.sort(key=lambda family: -closeness[family])
    codes = tuple(code for family in shown for code in _markers(family, scores, policy))
    hints = tuple(_best(family, scores) for family in MARKER_FAMILIES if family not in shown and closeness[family] >= policy.hint)
    return codes, hints


def _markers(family: Family, scores: Scores, policy: Policy) -> tuple[str, ...]:
    closeness = {code: scores.get(code, 0.0) / policy.threshold(code) for code in markers_of(family)}
    over = [code for code in closeness if closeness[code] >= 1]
    return tuple(sorted(over, key=lambda code: -closeness[code])) or (_best(family, scores),)


def _best(family: Family, scores: Scores) -> str:
    return max(markers_of(family), key=lambda code: scores.get(code, 0.0))


def _strategies(scores: Scores, policy: Policy) -> tuple[str, ...]:
    if scores.get(Family.STRATEGY.value, 0.0) < policy.threshold(Family.STRATEGY.value):
        return ()
    over = tuple(code for code in STRATEGIES if scores.get(code, 0.0) >= policy.threshold(code))
    return over or (max(STRATEGIES, key=lambda code: scores.get(code, 0.0)),)


def top_moments(
    findings: Sequence[Finding], scores: Sequence[Scores], episodes_of: Mapping[int, int], policy: Policy
) -> tuple[int, ...]:
    """At most three turns worth opening with: surest first, one an episode, none below `policy.top`.

    `episodes_of` maps a coded client turn to its episode.
    """
    client_turns = [f.turn for f in findings if f.codes and f.turn in episodes_of]
    sure = [turn for turn in client_turns if scores[turn].get(RUPTURE, 0.0) >= policy.top]
    chosen: dict[int, int] = {}
    for turn in sorted(sure, key=lambda t: (-scores[t].get(RUPTURE, 0.0), t)):
        chosen.setdefault(episodes_of[turn], turn)
    return tuple(list(chosen.values())[:TOP_MOMENTS])
