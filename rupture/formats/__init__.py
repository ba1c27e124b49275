"""Reading transcripts: text or files in, a Transcript out, with what was guessed and what was not understood said beside it.

A new format is one file and one row in `reading.FORMATS`. Nothing here knows a model, a screen or a command line.
"""

from rupture.formats.batch import Source, read_many
from rupture.formats.chat import looks_like_transcript, split_question
from rupture.formats.parsed import Unread
from rupture.formats.reading import Reading, read, read_file

__all__ = ["Reading", "Source", "Unread", "looks_like_transcript", "read", "read_file", "read_many", "split_question"]
