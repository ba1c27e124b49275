"""Agreement of any number of raters at once, each of whom may have read only some of the sessions: Krippendorff's alpha for
nominal data (2004) and Gwet's AC1 (2008). A formula each; the tests hold them to the packages krippendorff and irrCAC and to the
papers' examples. The first is under the GPL and the second asks for a scipy of years ago, so neither can come with this program.

Takes codes by session and rater; gives numbers by name of a code or family.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rupture.coding.values import names_for
from rupture.evaluation.agreement import ROLES, Coded, given
from rupture.evaluation.metrics import gwet, krippendorff, nominal_distances
from rupture.evaluation.samples import Bools, Floats
from rupture.transcript import Role, Transcript


def overall_agreement(
    transcripts: Mapping[str, Transcript], raters: Mapping[str, Mapping[str, Coded]]
) -> dict[str, dict[str, float | None]]:
    """For each name `alpha`, `ac1`, and `share`, the mean share of turns that a rater gave it. `raters` has for each id of
    `transcripts` its raters by name, at least two."""
    found = {}
    for role in ROLES:
        read, table = _table(transcripts, raters, role)
        for column, name in enumerate(names_for(role)):
            marks = np.where(read, table[:, :, column], np.nan)
            found[name] = {"alpha": alpha(marks), "ac1": ac1(marks), "share": float(np.nanmean(marks)) if read.any() else None}
    return found


def alpha(marks: Floats) -> float | None:
    """Krippendorff's nominal alpha of `marks`, a row a rater and a column a turn, NaN where a rater did not read the turn. None
    where nothing varies, since then nothing says what chance would give."""
    values = np.unique(marks[~np.isnan(marks)])
    counts = np.array([(marks == value).sum(axis=0) for value in values], np.float64).reshape(len(values), marks.shape[1])
    counts = counts[:, counts.sum(axis=0) >= 2]
    weighted = counts / (counts.sum(axis=0) - 1)
    # No mark is paired with itself.
    coincidences = weighted @ counts.T - np.diag(weighted.sum(axis=1))
    return _defined(krippendorff(coincidences[None], nominal_distances(len(values))))


def ac1(marks: Floats) -> float | None:
    """Gwet's AC1 of the same table, whose marks are 0 or 1; 1 where nothing varies, None where no turn was read by two raters."""
    read, ones = (~np.isnan(marks)).sum(axis=0).astype(np.float64), np.nansum(marks, axis=0)
    both = read >= 2
    if not both.any():
        return None
    alike = ((ones * (ones - 1) + (read - ones) * (read - ones - 1))[both] / (read * (read - 1))[both]).mean()
    # Turns that one rater alone read say how often the name is given, too.
    return _defined(gwet(np.array([alike]), np.array([(ones[read > 0] / read[read > 0]).mean()])))


def _defined(value: Floats) -> float | None:
    return None if np.isnan(value[0]) else float(value[0])


def _table(
    transcripts: Mapping[str, Transcript], raters: Mapping[str, Mapping[str, Coded]], role: Role
) -> tuple[Bools, npt.NDArray[np.bool_]]:
    """Who read each turn of `role`, a row a rater; and what they gave it, a layer a name."""
    everybody = sorted({rater for id in transcripts for rater in raters[id]})
    turns = {id: sum(turn.role is role for turn in transcript.turns) for id, transcript in transcripts.items()}
    read = np.zeros((len(everybody), sum(turns.values())), np.bool_)
    table = np.zeros((*read.shape, len(names_for(role))), np.bool_)
    start = 0
    for id, transcript in transcripts.items():
        end = start + turns[id]
        for row, rater in enumerate(everybody):
            if rater in raters[id]:
                read[row, start:end] = True
                table[row, start:end] = given([transcript], [raters[id][rater]], role)[1]
        start = end
    return read, table
