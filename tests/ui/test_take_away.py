"""The files that the screen offers, each made as its button asks."""

import base64
import json
import re

import pytest

from rupture.corrections import Correction, Verdict
from rupture.exports.label_studio import label_config
from rupture.ui import desk as desks
from rupture.ui.desk import Desk
from rupture.ui.take_away import saved, take_away_html
from tests.ui.events import analysed
from tests.ui.standins import assistant

OFFERED = re.findall(r'data-save="(.*?)" aria-label="(.*?)"', take_away_html())


def made(desk, what):
    """(name, media type, content) of a file."""
    packed = json.loads(saved(desk, what, assistant(), mask=False))
    return packed["name"], packed["type"], base64.b64decode(packed["data"])


@pytest.fixture(scope="module")
def desk():
    return desks.correct(analysed(), Correction(3, Verdict.OTHER_CODE, ("W1",)), assistant())


def test_every_button_makes_a_file_of_its_own(desk):
    files = [made(desk, what) for what, _ in OFFERED]
    for name, type, content in files:
        assert re.fullmatch(r"rupture-[a-z0-9-]+(\.[a-z-]+)+", name)
        assert "/" in type
        assert content
    assert len({name for name, _, _ in files}) == len(OFFERED)


def test_without_a_session_there_is_no_file():
    assert {saved(Desk(), what, assistant(), mask=False) for what, _ in OFFERED} == {""}


def test_the_labelling_interface_stands_beside_the_sessions_it_is_for(desk):
    places = dict(OFFERED)
    assert places["interface"] == "Data: Label Studio, labelling interface (XML)"
    assert list(places).index("interface") == list(places).index("data:label-studio") + 1
    assert made(desk, "interface") == ("rupture-labelling-interface.xml", "application/xml", label_config().encode())


def test_the_report_says_which_codes_are_the_readers(desk):
    _, _, content = made(desk, "report:md")
    assert "your code, not the model" in content.decode()
