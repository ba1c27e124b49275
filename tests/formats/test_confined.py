"""The child that reads a hostile file starts from nothing but what this program is."""

from rupture.formats.confined import extract
from rupture.formats.html_pages import HTML


def test_a_file_in_the_current_folder_stands_in_for_no_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("open('executed', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert extract(HTML.extract, b"<html><body><p>Therapist: How was it?</p></body></html>", HTML.name)
    assert [file.name for file in tmp_path.iterdir()] == ["json.py"]
