"""From query to shown passages: fusion, filter, variety, abstention; and LangChain gets what search gives."""

import asyncio

import pytest
from small_corpus import HashingEncoder

from rupture.guidance.query import question_query
from rupture.guidance.rank import rank, reciprocal_rank_fusion
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.values import Candidate, Guidance, Passage, PassageRole, Query
from rupture.guidance.vectors import exact_index


def _passage(name, **fields):
    document = name.partition("#")[0]
    return Passage(name, document, document, "Heading", fields.pop("text", name), fields.pop("role", PassageRole.DO), **fields)


def _ids(found):
    return [candidate.passage.id for candidate in found]


def test_fusion_by_hand_and_its_ties():
    # 0: 1/61 + 1/62; 1: 1/62 + 1/61: equal, so the place decides; 2: 1/63
    assert [place for place, _ in reciprocal_rank_fusion([[1, 0, 2], [0, 1]])] == [0, 1, 2]
    assert dict(reciprocal_rank_fusion([[1, 0], [1]]))[1] == pytest.approx(2 / 61)
    assert reciprocal_rank_fusion([[], []]) == []


def test_at_most_two_passages_of_a_document_and_other_strategies_first():
    candidates = [Candidate(_passage(f"a#{n}", strategies=("R4",)), 0.030 - n / 1e4, 0.5) for n in range(4)]
    candidates.append(Candidate(_passage("b#1", strategies=("R4",)), 0.0295, 0.5))
    candidates.append(Candidate(_passage("c#1", strategies=("R5",)), 0.0290, 0.5))
    found = rank(candidates, Query("x"))
    assert _ids(found)[:2] == ["a#0", "c#1"]
    assert sum(name.startswith("a#") for name in _ids(found)) == 2
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_agreement_with_the_query_decides_between_near_equals():
    def first(query, *passages):
        return rank([Candidate(p, 0.02, 0.5) for p in passages], query)[0].passage.id

    plain = _passage("a#1", markers=("W5",))
    assert first(Query("x", markers=("W5",)), plain, _passage("z#1", markers=("W5",), useful={"W5": 0.8})) == "z#1"
    assert (
        first(Query("x", markers=("W5",)), _passage("a#1", markers=("W5",), useful={"W5": 0.1}), _passage("z#1", markers=("W5",)))
        == "z#1"
    )
    assert first(Query("x", markers=("W5",)), _passage("a#1"), _passage("z#1", markers=("W5",))) == "z#1"
    assert first(Query("x", strategies=("R5",)), plain, _passage("z#1", strategies=("R5",))) == "z#1"
    assert first(Query("x", modality="cbt"), plain, _passage("z#1", modality=("cbt",))) == "z#1"
    assert first(Query("x", modality="cbt"), _passage("a#1", modality=("dbt",)), _passage("z#1")) == "z#1"
    assert first(Query("x"), _passage("a#1", modality=("couples",)), _passage("z#1")) == "z#1"
    assert first(Query("x", topics=("grief",)), plain, _passage("z#1", topics=("grief",))) == "z#1"
    assert first(Query("x"), _passage("a#1", topics=("grief",)), _passage("z#1")) == "z#1"
    assert first(Query("x"), _passage("z#1"), plain) == "a#1"


def test_what_raters_would_put_first_is_found_however_far_its_words_are():
    passages = [_passage(f"w{n}#1", markers=("W5",), text="yes") for n in range(80)]
    passages.append(_passage("z#1", markers=("W5",), text="nothing alike", useful={"W5": 0.9}))
    guidance, encoder = Guidance({p.id: p for p in passages}, {}, "d"), HashingEncoder()
    found = HybridRetriever(guidance, encoder, exact_index(guidance, encoder)).candidates(Query("yes", ("W5",)))
    assert "z#1" in _ids(found)


def test_few_passages_about_a_marker_open_the_search_to_all():
    def candidates(count):
        passages = [_passage(f"w{n}#1", markers=("W5",), text="yes") for n in range(count)]
        passages += [_passage(f"c{n}#1", markers=("C1",), text="yes") for n in range(12)] + [_passage("any#1", text="yes")]
        guidance, encoder = Guidance({p.id: p for p in passages}, {}, "d"), HashingEncoder()
        return HybridRetriever(guidance, encoder, exact_index(guidance, encoder)).candidates(Query("yes", ("W5",)))

    assert {c.passage.markers for c in candidates(8)} == {("W5",), ()}
    assert ("C1",) in {c.passage.markers for c in candidates(7)}


def test_word_search_finds_what_meaning_misses_and_stems(guidance):
    encoder = HashingEncoder()
    retriever = HybridRetriever(guidance, encoder, exact_index(guidance, encoder), dense=False)
    one, other = (_ids(retriever.candidates(question_query(word))) for word in ("withdrawals", "withdrawing"))
    assert one == other != []
    assert retriever.candidates(question_query("metacommunicate"))[0].passage.document == "metacommunication"
    assert retriever.candidates(question_query("qwxyz")) == []
    assert retriever.candidates(question_query("the and of")) == []


@pytest.mark.parametrize("question", ["", "???", "the", "x" * 50_000, "\x00 \ud800".encode("utf-8", "replace").decode()])
def test_odd_questions_find_something_or_nothing_but_do_not_fail(real, question):
    _, _, retriever = real
    query = question_query(question)
    found = rank(retriever.candidates(query), query)
    assert len(found) == 5 if any(map(str.isalpha, question)) and found else found == []


@pytest.mark.parametrize(
    "question",
    [
        "What will the weather be like tomorrow?",
        "Can I deduct my rent from tax?",
        "What dose of sertraline should my client take?",
        "Does my client have borderline personality disorder?",
        "Which diagnosis fits?",
        "Is my client bipolar?",
        "How do I taper someone off diazepam?",
        "Write me a poem",
    ],
)
def test_topics_that_are_never_ours_are_not_covered(real, question):
    _, _, retriever = real
    assert retriever.candidates(question_query(question)) == []


@pytest.mark.parametrize(
    "question",
    [
        "She is angry about the diagnosis I gave her",
        "My client says the medication I suggested made it worse and blames me",
        "What could I say when she tells me I am just like her mother?",
        "W5",
        "He laughs while he tells me about the accident",
    ],
)
def test_anger_about_such_topics_is_about_the_alliance(real, question):
    _, _, retriever = real
    assert retriever.candidates(question_query(question))


def test_langchain_gets_what_search_gives(real):
    from rupture.guidance.langchain import GuidanceRetriever

    _, _, retriever = real
    question = "What can I say when a client agrees with everything?"
    query = question_query(question)
    found = GuidanceRetriever(retriever=retriever, limit=4).invoke(question)
    assert [document.id for document in found] == _ids(rank(retriever.candidates(query), query, 4))
    assert found[0].metadata["references"]
    assert GuidanceRetriever(retriever=retriever).invoke("Who won the world cup?") == []


@pytest.mark.parametrize("call", ["invoke", "ainvoke"])
def test_langchain_is_not_traced_even_where_the_environment_asks_for_it(monkeypatch, call):
    from langsmith import utils

    from rupture.guidance.langchain import GuidanceRetriever

    class Probe:
        def candidates(self, query):
            traced.append(utils.tracing_is_enabled())
            return []

    traced = []
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    utils.get_env_var.cache_clear()
    try:
        assert utils.tracing_is_enabled()
        found = getattr(GuidanceRetriever(retriever=Probe()), call)("a question")
        assert (asyncio.run(found) if call == "ainvoke" else found) == []
    finally:
        utils.get_env_var.cache_clear()
    assert traced == [False]


def test_others_get_the_shipped_search_by_one_call(monkeypatch, tmp_path):
    from rupture.guidance import as_retriever

    monkeypatch.setenv("RUPTURE_CACHE", str(tmp_path))
    found = as_retriever(limit=3).invoke("she agrees with everything I say")
    assert len(found) == 3
    assert any("W5" in document.metadata["markers"] for document in found)
