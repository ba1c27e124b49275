"""The suite `detection` as a task of Inspect AI: `inspect eval rupture/detection --model …`, for laboratories that work with it.

The same sessions, prompts, checks and metrics as `rupture eval run detection --detector llm`, with any model Inspect can reach:
what a model gives goes through `detection.llm`, and the numbers come from `evaluation`. With `-T coder=trained` the shipped
detector codes instead, and no model is asked. Inspect's logs hold the sessions, which are invented; needs the extra `inspect`.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from anyio import from_thread, to_thread
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ResponseSchema,
    get_model,
)
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import JSONSchema

from rupture.analyse import Decisions
from rupture.coding.sessions import split_sessions
from rupture.coding.values import CodedSession
from rupture.detection.llm import POLICY, LlmDetector
from rupture.errors import ChatModelError, RunError
from rupture.evaluation.intervals import estimate, resampled
from rupture.evaluation.metrics import confusion
from rupture.evaluation.samples import FAMILIES, sample
from rupture.evaluation.values import Prediction, predict
from rupture.protocols import Detector
from rupture.resources import BLIND_CODES, SESSIONS

Coder = Literal["model", "trained"]
_ANSWER = "prediction"


@task
def detection(coder: Coder = "model", limit_turns: int | None = None) -> Task:
    """A sample a test session, by `coder`: the model under test, or the detector that ships. `limit_turns` leaves longer sessions
    out, for a quick look. RunError outside a checkout, which alone has the sessions."""
    if coder not in ("model", "trained"):
        raise RunError(f"there is no coder {coder!r}; use model or trained")
    chosen = [s for s in _sessions().values() if limit_turns is None or len(s.transcript.turns) <= limit_turns]
    if not chosen:
        raise RunError(f"no session has at most {limit_turns} turns; give a larger limit_turns, or none")
    samples = [Sample(id=s.transcript.id, input=_shown(s), target=_reference(s)) for s in chosen]
    solved = codes_by_model() if coder == "model" else codes_by_detector()
    return Task(dataset=MemoryDataset(samples, name="rupture-test-sessions"), solver=solved, scorer=agreement_with_raters())


@solver
def codes_by_model() -> Solver:
    """The model under test codes the session in chunks, with the codebook."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await _solved(state, LlmDetector(_Asked()), Decisions(POLICY))

    return solve


@solver
def codes_by_detector() -> Solver:
    """The shipped detector codes the session."""
    from rupture.build import build_detector
    from rupture.detection.card import read_decisions
    from rupture.resources import MODEL

    detector, decisions = build_detector(), read_decisions(MODEL)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await _solved(state, detector, decisions)

    return solve


@metric
def kappa() -> Metric:
    """Cohen's kappa with the raters' majority over all scored turns, for any rupture and each family, with the ends of its 95 %
    interval (bootstrap of whole sessions; none below ten of them)."""

    def compute(scores: list[SampleScore]) -> Value:
        found: dict[str, float] = {}
        predictions = [Prediction.from_dict((score.score.metadata or {})[_ANSWER]) for score in scores]
        sessions = [_sessions()[prediction.session] for prediction in predictions]
        if not sessions:
            return found
        weights = resampled(len(sessions))
        for name in FAMILIES:
            value = estimate(confusion(sample(name, sessions, predictions), weights).kappa(), len(sessions))
            ends = {name: value.value, f"{name} low": value.low, f"{name} high": value.high}
            found |= {key: number for key, number in ends.items() if number is not None}
        return found

    return compute


@scorer(metrics=[kappa()])
def agreement_with_raters() -> Scorer:
    """Each session's share of scored client turns on which model and raters say the same about a rupture."""

    async def score(state: TaskState, target: Target) -> Score:
        saved = state.metadata[_ANSWER]
        session = _sessions()[str(state.sample_id)]
        rows = sample(FAMILIES[0], [session], [Prediction.from_dict(saved)])
        agreed = float((rows.coded == rows.truth).mean()) if len(rows) else float("nan")
        return Score(value=agreed, answer=state.output.completion, metadata={_ANSWER: saved})

    return score


class _Asked:
    """A `StructuredModel` over the model of a running sample; called from a worker thread, it asks in the event loop."""

    def answer(self, system: str, user: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return from_thread.run(self._generate, system, user, schema)

    async def _generate(self, system: str, user: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        form = ResponseSchema(name=str(schema["title"]), json_schema=JSONSchema.model_validate(dict(schema)))
        messages: list[ChatMessage] = [ChatMessageSystem(content=system), ChatMessageUser(content=user)]
        output = await get_model().generate(messages, config=GenerateConfig(response_schema=form))
        try:
            answered = json.loads(output.completion)
        except ValueError:
            answered = None
        if not isinstance(answered, Mapping):
            raise ChatModelError("the model did not answer in the form it was asked for")
        return answered


async def _solved(state: TaskState, detector: Detector, decisions: Decisions) -> TaskState:
    session = _sessions()[str(state.sample_id)]
    (scores,) = await to_thread.run_sync(detector.score, [session.transcript])
    prediction = predict(session.transcript, scores, decisions.policy)
    state.metadata[_ANSWER] = prediction.to_dict()
    state.output = ModelOutput.from_content(str(state.model), _listed(prediction.codes))
    return state


@cache
def _sessions() -> dict[str, CodedSession]:
    return {session.transcript.id: session for session in split_sessions(SESSIONS, BLIND_CODES)["test"]}


def _shown(session: CodedSession) -> str:
    return "\n".join(f"{turn.index} {turn.role.value}: {turn.text}" for turn in session.transcript.turns)


def _reference(session: CodedSession) -> str:
    return _listed([session.codes(turn.index) for turn in session.transcript.turns])


def _listed(codes: Sequence[Sequence[str]]) -> str:
    """`3 W5, 9 C1 C2`: the coded turns, for people who read the log."""
    return ", ".join(f"{turn} {' '.join(given)}" for turn, given in enumerate(codes) if given) or "no codes"
