"""An Analysis for INCEpTION: WebAnno TSV 3.3, a sentence a turn, the codes as spans over the words that show them.

After "WebAnno TSV 3.3 File format" in INCEpTION's user guide, and its reader (inception-project/inception, webannotsv.adoc and
Tsv3XDeserializer.java), which refuses a file with a blank line at its end. Offsets count UTF-16 code units. The layer
`custom.Span` with the feature `label` is that of a project made from the template "Basic annotation (span/relation)", so that the
file can be imported there without further settings. A sentence begins with who speaks, since INCEpTION shows nothing but the
text. Knows no other export.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import count, pairwise

from rupture.analysis import Analysis, Finding
from rupture.exports.stretches import Span, stretches, utf16_places, without_controls
from rupture.transcript import clean_speaker_names

_HEADER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n"
_NOTHING = "_"
_WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t"})

Label = tuple[Span, str]


def inception(analysis: Analysis) -> bytes:
    """The file, in UTF-8. Each pair of a code and a stretch of words is a span of its own. A session without turns is a header
    alone, which INCEpTION refuses."""
    names = clean_speaker_names(analysis.transcript)
    findings = {finding.turn: finding for finding in analysis.findings}
    ids = count(1)
    sentences, begin = [], 0
    for number, turn in enumerate(analysis.transcript.turns, start=1):
        speaker = f"{names[turn.speaker]}: "
        finding = findings.get(turn.index, Finding(turn.index, ()))
        spans = [(start + len(speaker), end + len(speaker)) for start, end in stretches(turn.text, finding)]
        labels = [(span, f"{code}[{next(ids)}]") for span in spans for code in finding.codes]
        text = without_controls(speaker + turn.text)
        sentences.append(_sentence(number, text, labels, begin))
        begin += utf16_places(text)[-1] + 1
    return (_HEADER + "\n".join(sentences)).encode()


def _sentence(number: int, text: str, labels: Sequence[Label], begin: int) -> str:
    """The lines of a sentence that starts `begin` code units into the document; one line of text for each line there is."""
    places = utf16_places(text)
    lines = [f"#Text={line.translate(_ESCAPES)}" for line in text.split("\n")]
    for position, (start, end) in enumerate(_tokens(text, (span for span, _ in labels)), start=1):
        here = "|".join(label for (first, last), label in labels if first < end and start < last) or _NOTHING
        lines.append(f"{number}-{position}\t{begin + places[start]}-{begin + places[end]}\t{text[start:end]}\t{here}")
    return "".join(f"{line}\n" for line in lines)


def _tokens(text: str, spans: Iterable[Span]) -> list[Span]:
    """Words and marks, cut where one of `spans` starts or ends: a span over part of a token would need a line of its own."""
    cuts = sorted({place for span in spans for place in span})
    tokens: list[Span] = []
    for match in _WORD.finditer(text):
        edges = [match.start(), *(cut for cut in cuts if match.start() < cut < match.end()), match.end()]
        tokens += pairwise(edges)
    return tokens
