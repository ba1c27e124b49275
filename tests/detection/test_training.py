"""Training: what is reported was not learned from; members are repeatable; the export says what torch says."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from rupture.coding.values import CodedSession, Rating
from rupture.detection.heads import HEADS
from rupture.detection.training import cross_validate, folded
from rupture.transcript import Role, Transcript, Turn

torch = pytest.importorskip("torch", reason="the extra `models` is not installed")


class HashEncoder:
    """Vectors that depend on a text alone: enough for a network to learn from, and quick."""

    def layers(self, texts):
        return np.stack([np.random.default_rng(sum(map(ord, text))).normal(size=(3, 8)) for text in texts]).astype(np.float32)


def session(number: int, coded: bool) -> CodedSession:
    turns = tuple(Turn(i, r.value, r, f"words {number} {i}") for i, r in enumerate([Role.THERAPIST, Role.CLIENT] * 4))
    votes = tuple(
        {"rupture": 1.0, "withdrawal": 1.0, "W5": 1.0} if coded and t.role is Role.CLIENT and t.index > 4 else {} for t in turns
    )
    return CodedSession(Transcript(f"s{number}", turns), votes, Rating(2, 1, None, 1), "own")


@pytest.fixture(scope="module")
def sessions():
    return [session(number, coded=number % 2 == 0) for number in range(8)]


def test_a_folds_predictions_do_not_depend_on_its_own_codes(sessions, tmp_path):
    """The reported numbers are out of fold: turning every code of fold 1 round changes nothing that is predicted for it."""
    folds = {s.transcript.id: number % 3 + 1 for number, s in enumerate(sessions[:6])}
    turned = [
        replace(s, votes=tuple({} if v else {"rupture": 1.0, "confrontation": 1.0, "C1": 1.0} for v in s.votes))
        if folds.get(s.transcript.id) == 1 else s
        for s in sessions
    ]  # fmt: skip
    plain, other = (next(iter(cross_validate(version, folds, HashEncoder(), tmp_path))) for version in (sessions, turned))
    assert [s.transcript.id for s in plain.sessions] == ["s0", "s3"]
    assert plain.scores == other.scores


def test_without_published_folds_every_fifth_session_is_a_fold(sessions):
    assert set(folded(sessions, {}).values()) == {1, 2, 3, 4, 5}
    assert folded(sessions, {"s3": 4, "elsewhere": 1}) == {"s3": 4}


def test_the_same_seed_gives_the_same_member(sessions):
    from rupture.detection.examples import examples
    from rupture.detection.fitting import fit, predict

    data = examples(sessions, HashEncoder())
    first, again, other = (predict([fit(data, [0] * 8, seed)], data[:1])[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_training_that_was_stopped_goes_on_with_the_members_it_has(sessions, tmp_path, monkeypatch):
    from rupture.detection import training

    monkeypatch.setattr(training, "MEMBERS", 1)
    folds = {s.transcript.id: number % 3 + 1 for number, s in enumerate(sessions)}
    first = [held.scores for held in cross_validate(sessions, folds, HashEncoder(), tmp_path)]
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.pt")}
    gone = min(files)
    gone.unlink()
    assert [held.scores for held in cross_validate(sessions, folds, HashEncoder(), tmp_path)] == first
    fitted = {path for path in tmp_path.rglob("*.pt") if path.stat().st_mtime_ns != files[path]}
    assert fitted == {gone}


def test_members_of_other_codes_or_folds_are_not_taken_for_these(sessions, tmp_path):
    from rupture.detection.training import _data

    other = [replace(sessions[0], votes=tuple({} for _ in sessions[0].votes)), *sessions[1:]]
    versions = [(sessions, {}), (other, {}), (sessions, {"s1": 1}), (sessions, {"s1": 2})]
    stores = {_data(coded, folds, HashEncoder(), tmp_path).store for coded, folds in versions}
    assert len(stores) == 4


def test_the_exported_ensemble_says_what_torch_says(tmp_path):
    from rupture.detection.export import export_ensemble
    from rupture.detection.network import Ensemble, SessionNetwork

    torch.manual_seed(0)
    stats = [torch.stack([torch.zeros(n), torch.ones(n)]) for n in (24, 58)]
    members = [SessionNetwork(*stats).eval() for _ in range(2)]
    weights = np.random.default_rng(0).dirichlet([1, 1], len(HEADS)).T.astype(np.float32)
    export_ensemble(members, weights, tmp_path / "session.onnx")
    loaded = onnxruntime.InferenceSession(tmp_path / "session.onnx")
    for turns in (1, 7, 300):
        encodings, shape = torch.randn(turns, 24), torch.randn(turns, 58)
        (found,) = loaded.run(None, {"encodings": encodings.numpy(), "shape": shape.numpy()})
        assert found.shape == (turns, len(HEADS))
        assert found == pytest.approx(Ensemble(members, torch.from_numpy(weights))(encodings, shape).detach().numpy(), abs=1e-5)
