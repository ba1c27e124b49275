"""WebVTT as exported by Zoom (`Name: words`) and Teams (`<v Name>words</v>`)."""

from rupture.formats.captions import parse_cues
from rupture.formats.parsed import Format

WEBVTT = Format("WebVTT", (".vtt",), lambda text: text.lstrip().startswith("WEBVTT"), parse_cues)
