"""The page is one file that a browser can show without fetching or running anything; its structure, contrast and pictures."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from rupture.evaluation.detection import run_detection, score
from rupture.evaluation.html_report import html_report
from rupture.evaluation.report import pictures, report
from rupture.evaluation.runs import Plan, read_record
from rupture.evaluation.suites import load_suite

from .helpers import SUITES, many, noisy

VOID = {"meta", "br", "hr", "img", "input", "link"}
TABLE = "## Size\n\n| name | n |\n| --- | ---: |\n| a **b** | 1 |\n| c | 2 |\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title>{}</svg>\n'


class Page(HTMLParser):
    """Checks that what is opened is closed, and keeps elements with their attributes and words."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, **dict(attrs), "inside": [*self.open]}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append({"tag": tag, **dict(attrs), "inside": [*self.open]})

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder, suite, sessions = tmp_path_factory.mktemp("run"), load_suite(SUITES / "detection.yaml"), many(12)
    run_detection(folder, Plan("detection", {"model": "m" * 64}), sessions, noisy)
    scores = score(folder, sessions)
    return html_report("Report", report(read_record(folder), scores, suite), pictures(scores, suite))


def test_a_real_report_is_one_well_formed_page_that_fetches_and_runs_nothing(page):
    found = Page(page)
    assert page.startswith("<!doctype html>\n")
    assert [element["lang"] for element in found.all("html")] == ["en-GB"]
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {element["tag"] for element in found.elements}
    for element in found.elements:
        assert "style" not in element
        assert not [name for name in element if name.startswith("on")]
        assert element.get("href", "#").startswith("#")
        assert "src" not in element
    assert "url(" not in page
    assert "@import" not in page


def test_the_policy_allows_the_pages_own_style_and_nothing_else(page):
    policy = next(element["content"] for element in Page(page).all("meta") if "http-equiv" in element)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_picture_of_a_real_report_is_drawn_into_it(page):
    found = Page(page)
    assert len(found.all("svg")) == 2
    for svg in found.all("svg"):
        assert svg["inside"] == ["html", "body", "main", "div"]
        assert svg["role"] == "img"


def test_heads_of_tables_say_what_they_head():
    found = Page(html_report("t", TABLE, {}))
    assert [(e["scope"], e.get("class")) for e in found.all("th")] == [
        ("col", None),
        ("col", "right"),
        ("row", None),
        ("row", None),
    ]
    assert [e.get("class") for e in found.all("td")] == ["right", "right"]
    (box,) = [element for element in found.all("div") if element.get("class") == "box"]
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", "Table: Size")
    assert found.all("table")[0]["inside"][-1] == "div"
    assert found.all("strong")[0]["inside"][-1] == "th"


def test_an_empty_head_is_left_out_and_an_empty_corner_is_no_head():
    silent = Page(html_report("t", "|  |  |\n| --- | ---: |\n| seed | 7 |\n", {}))
    assert silent.all("thead") == []
    assert [e["scope"] for e in silent.all("th")] == ["row"]
    corner = Page(html_report("t", "|  | n |\n| --- | ---: |\n| a | 7 |\n", {}))
    assert [e["scope"] for e in corner.all("th")] == ["col", "row"]
    assert corner.all("td")[0]["inside"][-2:] == ["thead", "tr"]


def test_markup_in_title_and_markdown_is_shown_and_not_obeyed():
    text = html_report("<script>a</script>", "# <img src=x onerror=y>\n\n<script>b</script>\n\n[c](javascript:d) \u202ee", {})
    found = Page(text)
    assert not {"script", "img", "a"} & {element["tag"] for element in found.elements}
    assert "<script>a</script>" in found.words
    assert "<script>b</script>" in "".join(found.words)
    assert "\u202e" not in text


def test_parts_of_pictures_never_clash():
    part = '<linearGradient id="g"/><rect fill="url(#g)"/><use href="#g"/><g aria-labelledby="g h"><text id="h">id="g"</text></g>'
    text = html_report(
        "t", "![One](a.svg)\n\n![Two](b.svg)\n\n## S\n\n## T\n\n## U\n", dict.fromkeys(("a.svg", "b.svg"), SVG.format(part))
    )
    found = Page(text)
    ids = [element["id"] for element in found.elements if "id" in element]
    assert len(ids) == len(set(ids)) == 7
    for number in (1, 2):
        assert f'fill="url(#picture-{number}-g)"' in text
        assert f'href="#picture-{number}-g"' in text
        assert f'aria-labelledby="picture-{number}-g picture-{number}-h"' in text


def test_a_picture_that_is_not_there_is_named_in_words():
    found = Page(html_report("t", "![How <often>](gone.svg)\n", {"other.svg": SVG}))
    assert found.all("svg") == []
    assert "How <often>" in found.words
    assert found.all("p")[0]["inside"] == ["html", "body", "main"]


def test_a_long_page_begins_with_its_sections_and_a_short_one_does_not():
    long = Page(html_report("t", "# Title\n\n## A\n\n## B & C\n\n## D\n", {}))
    links = [element["href"] for element in long.all("a")]
    assert links == [f"#{heading['id']}" for heading in long.all("h2")]
    order = [element["tag"] for element in long.elements if element["tag"] in {"h1", "nav", "h2"}]
    assert order == ["h1", "nav", "h2", "h2", "h2"]
    assert long.words.count("B & C") == 2
    assert Page(html_report("t", "# Title\n\n## A\n\n## B\n", {})).all("nav") == []


def light(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_stand_out_from_the_page_in_light_and_dark_and_on_paper():
    """4.5 to 1, as WCAG 2.2 asks of text (1.4.3)."""
    text = html_report("t", "", {})
    themes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", text, re.DOTALL)]
    assert len(themes) == 3
    for theme in themes:
        for ink in ("ink", "soft", "link"):
            for paper in ("paper", "band"):
                dark, bright = sorted((light(theme[ink]), light(theme[paper])))
                assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, paper, theme)
