"""What the corpus covers: every cell that the project promises is filled, and the committed tables are the counted ones."""

from collections import Counter

import pytest

from rupture.codebook import MARKERS, STRATEGIES
from rupture.guidance.coverage import coverage, marker_rows, strategy_rows, topic_rows
from rupture.guidance.topics import fits, topics, topics_in
from rupture.guidance.vocabulary import MODALITIES, STAGES
from rupture.resources import CORPUS


def test_the_committed_tables_are_current(guidance):
    assert (CORPUS / "COVERAGE.md").read_text(encoding="utf-8") == coverage(guidance), "run: rupture guidance coverage"


def test_every_promised_cell_is_filled(guidance):
    passages = list(guidance.passages.values())
    assert len({passage.document for passage in passages}) >= 150
    for rows, columns in ((marker_rows(passages), len(STAGES)), (strategy_rows(passages), 5), (topic_rows(passages), 2)):
        for title, counts in rows:
            assert len(counts) == columns
            assert min(counts) > 0, title
    assert set(MODALITIES) <= {name for passage in passages for name in passage.modality}
    assert len(marker_rows(passages)) == len(MARKERS)
    assert len(strategy_rows(passages)) == len(STRATEGIES)


def test_counts_by_hand(small):
    ((_, counts),) = [row for row in strategy_rows(list(small.passages.values())) if row[0].startswith("R4 ")]
    assert list(counts) == [1, 1, 1, 1, 1]
    ((_, stages),) = [row for row in marker_rows(list(small.passages.values())) if row[0].startswith("W5 ")]
    assert list(stages) == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("my fifteen-year-old shrugs", {"adolescents"}),
        ("she was late again and the transference is heavy", {"missed"}),
        ("he complains about the forms", {"feedback", "srs"}),
        ("what a good hour", set()),
    ],
)
def test_topics_are_named_by_beginnings_of_words(question, named):
    assert set(topics_in(question)) == named


def test_what_is_for_some_needs_to_be_asked_for():
    assert fits((), ())
    assert fits(("goals",), ())
    assert not fits(("veterans",), ("grief",))
    assert fits(("veterans", "goals"), ("veterans",))


def test_no_two_topics_share_a_title():
    assert max(Counter(topic.title for topic in topics().values()).values()) == 1
