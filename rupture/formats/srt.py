"""SRT subtitles: a counter, a time line, and words with the speaker's name where it changes."""

from rupture.formats.captions import has_cues, parse_cues
from rupture.formats.parsed import Format

SRT = Format("SRT", (".srt",), has_cues, parse_cues)
