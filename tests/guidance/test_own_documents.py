"""A user's own documents: read from four kinds of file, searched apart, labelled, and gone without a trace when removed."""

import json

import docx
import pytest
from small_corpus import HashingEncoder
from typer.testing import CliRunner

from rupture.cli import app
from rupture.errors import CorpusError, MissingPackage
from rupture.guidance import own
from rupture.guidance.own_files import text_of
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.search import search_guidance
from rupture.guidance.values import PassageRole
from rupture.guidance.vectors import exact_index
from rupture.report import found

NOTE = "# House rules\n\nIntro line.\n\n## Late clients\nWait ten minutes, then ring.\n\n## Fees\n\nSay the fee aloud. Twice.\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "House Rules 2.md"
    path.write_text(NOTE, encoding="utf-8")
    return path


def _pdf(path, text):
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(data)
    path.write_bytes(data + b"xref\n0 6\n0000000000 65535 f \n" + table + end)
    return path


def test_markdown_is_split_at_its_headings(folder, note):
    assert own.add(folder, note) == "own-house-rules-2"
    passages = own.own_guidance(folder).passages
    assert [(p.heading, p.text) for p in passages.values()] == [
        ("House rules", "Intro line."),
        ("Late clients", "Wait ten minutes, then ring."),
        ("Fees", "Say the fee aloud. Twice."),
    ]
    assert next(iter(passages)) == "own-house-rules-2#1"
    assert {p.role for p in passages.values()} == {PassageRole.OWN}
    assert {p.title for p in passages.values()} == {"House Rules 2"}


def test_long_text_is_cut_between_sentences_and_loses_no_word(folder, tmp_path):
    path = tmp_path / "long.txt"
    text = " ".join(f"Sentence {n} has these six words." for n in range(400))
    path.write_text(text, encoding="utf-8")
    own.add(folder, path)
    parts = [p.text for p in own.own_guidance(folder).passages.values()]
    assert " ".join(parts) == text
    assert all(part.endswith("words.") and len(part.split()) <= 170 for part in parts)


def test_text_without_sentences_is_cut_all_the_same_and_lists_stay_lists(folder, tmp_path):
    path = tmp_path / "Заметки.txt"
    path.write_text("word " * 400 + "\n\n- One.\n- Two.", encoding="utf-8")
    assert own.add(folder, path) == "own-заметки"
    texts = [p.text for p in own.own_guidance(folder).passages.values()]
    assert [len(text.split()) for text in texts] == [170, 170, 64]
    assert texts[-1].endswith("- One.\n- Two.")


def test_what_cannot_be_kept_leaves_nothing(folder, note, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(folder), "replace", full)
    with pytest.raises(CorpusError, match="No space left"):
        own.add(folder, note)
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o077 == 0


def test_docx_and_pdf_are_read(tmp_path):
    document = docx.Document()
    document.add_heading("Late clients", 2)
    document.add_paragraph("Wait ten minutes.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Fee", "Thirty"
    document.save(str(tmp_path / "a.docx"))
    assert text_of(tmp_path / "a.docx") == "## Late clients\n\nWait ten minutes.\n\nFee | Thirty"
    assert text_of(_pdf(tmp_path / "a.pdf", "Wait ten minutes.")) == "Wait ten minutes."


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.exe", b"x", "ending in .exe"),
        ("a.docx", b"no zip", "cannot be read as DOCX"),
        ("a.pdf", b"no pdf", "cannot be read as PDF"),
        ("a.txt", b"\xff\xfe\x00", "not UTF-8"),
        ("a.md", b" \n", "no text"),
        ("a.md", b"# Only\n\n## Headings\n", "no text"),
        ("a.txt", b"word " * 100_001, "100,001 words"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(folder, tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=said):
        own.add(folder, path)
    assert not folder.exists()


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    path = _pdf(tmp_path / "a.pdf", "x")
    with pytest.raises(MissingPackage, match=r"rupture\[files\]"):
        text_of(path)


def test_a_name_is_taken_once_and_nothing_is_left_after_removal(folder, note):
    name = own.add(folder, note)
    with pytest.raises(CorpusError, match="already"):
        own.add(folder, note)
    own.remove(folder, name)
    assert list(folder.iterdir()) == []
    with pytest.raises(CorpusError, match="no document of this name"):
        own.remove(folder, name)


@pytest.mark.parametrize("name", ["../secret", "own-../../x", "deferential-agreement"])
def test_only_what_was_added_can_be_removed(folder, note, tmp_path, name):
    own.add(folder, note)
    (tmp_path / "secret.txt").write_text("stays")
    with pytest.raises(CorpusError):
        own.remove(folder, name)
    assert (tmp_path / "secret.txt").exists()


def test_found_passages_stand_apart_and_are_labelled(folder, note, guidance):
    own.add(folder, note)
    mine, encoder = own.own_guidance(folder), HashingEncoder()
    retrievers = [HybridRetriever(g, encoder, exact_index(g, encoder)) for g in (guidance, mine)]
    result = search_guidance("wait ten minutes for late clients, then ring", guidance, retrievers[0], own=retrievers[1])
    assert result["own"][0]["id"] == "own-house-rules-2#2"
    assert not any(passage["id"].startswith(own.PREFIX) for passage in result["passages"])
    assert "From documents you added" in found(result)
    assert search_guidance("W5", guidance, retrievers[0])["own"] == []


def test_the_commands(tmp_path, note, monkeypatch):
    monkeypatch.setenv("RUPTURE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RUPTURE_CACHE", str(tmp_path / "cache"))
    runner = CliRunner()

    def run(*arguments):
        result = runner.invoke(app, ["guidance", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "no documents" in run("list")
    assert "own-house-rules-2" in run("add", str(note))
    assert run("list") == "own-house-rules-2\n"
    searched = json.loads(run("search", "how long do I wait for late clients before I ring?", "--json"))
    assert searched["own"][0]["document"] == "own-house-rules-2"
    run("remove", "own-house-rules-2")
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    words = b"Wait ten minutes"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != note and words in path.read_bytes()]
