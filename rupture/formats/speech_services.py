"""What speech-to-text services and programs write as JSON: one small function for each, and the table of them.

After their own reference pages: Whisper, WhisperX, whisper.cpp; Amazon Transcribe, its Call Analytics and HealthScribe; Google
Speech-to-Text v1 and v2; Azure AI Speech (batch and fast); Deepgram; AssemblyAI; Rev AI; Speechmatics. A function gives no piece
for what another service wrote.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rupture.formats.parsed import Parsed
from rupture.formats.speech import Piece, joined
from rupture.formats.times import seconds

_TICKS = 10_000_000


def parsed_speech(data: Any) -> Parsed | None:
    """The turns in what one of the services wrote, none where no words have a speaker; None when `data` is from none of them."""
    if not isinstance(data, Mapping):
        return None
    found = [joined(pieces) for shape in SHAPES if (pieces := list(shape(data)))]
    return next((parsed for parsed in found if parsed.utterances), found[0] if found else None)


def _whisper(data: Mapping[str, Any]) -> Iterator[Piece]:
    segments = _objects(data, "segments")
    if all({"text", "start", "end"} <= segment.keys() for segment in segments):
        for segment in segments:
            yield Piece(_name(segment.get("speaker")), _text(segment, "text"), *_span(segment, "start", "end"))


def _whisper_cpp(data: Mapping[str, Any]) -> Iterator[Piece]:
    for segment in _objects(data, "transcription"):
        times = segment.get("offsets")
        start, end = _span(times, "from", "to", 1_000) if isinstance(times, Mapping) else (None, None)
        yield Piece(_name(segment.get("speaker")), _text(segment, "text"), start, end)


def _amazon(data: Mapping[str, Any]) -> Iterator[Piece]:
    """Whole segments where they are given, else words; older files name speakers only by when they start a word."""
    segments = _objects(data, "results", "audio_segments")
    if any("speaker_label" in segment for segment in segments):
        for segment in segments:
            yield Piece(
                _name(segment.get("speaker_label")), _text(segment, "transcript"), *_span(segment, "start_time", "end_time")
            )
        return
    labels = _objects(data, "results", "speaker_labels", "segments")
    who = {str(w.get("start_time")): _name(w.get("speaker_label")) for segment in labels for w in _objects(segment, "items")}
    for item in _objects(data, "results", "items"):
        speaker = _name(item.get("speaker_label")) or who.get(str(item.get("start_time"))) or _name(item.get("channel_label"))
        glued = item.get("type") == "punctuation"
        yield Piece(speaker, _best(item, "alternatives", "content"), *_span(item, "start_time", "end_time"), glued)


def _amazon_calls(data: Mapping[str, Any]) -> Iterator[Piece]:
    for turn in _objects(data, "Transcript"):
        yield Piece(
            _name(turn.get("ParticipantRole")),
            _text(turn, "Content"),
            *_span(turn, "BeginOffsetMillis", "EndOffsetMillis", 1_000),
        )
    for turn in _objects(data, "Conversation", "TranscriptSegments"):
        who = turn.get("ParticipantDetails")
        role = _name(who.get("ParticipantRole")) if isinstance(who, Mapping) else None
        yield Piece(role, _text(turn, "Content"), *_span(turn, "BeginAudioTime", "EndAudioTime"))


def _google(data: Mapping[str, Any]) -> Iterator[Piece]:
    """Words with their speakers. In version 1 the last result repeats all words of those before it, and only it has speakers."""
    results = _objects(data, "results") or _objects(data, "response", "results")
    best = [alternatives[0] for result in results if (alternatives := _objects(result, "alternatives"))]
    words = [_objects(alternative, "words") for alternative in best]
    if len(words) > 1 and any("speakerTag" in word for word in words[-1]) and len(words[-1]) >= sum(map(len, words[:-1])):
        words = words[-1:]
    spoken = [word for found in words for word in found]
    if any("speakerTag" in word or "speakerLabel" in word for word in spoken):
        for word in spoken:
            speaker = _name(word.get("speakerTag") or word.get("speakerLabel"))
            start, end = (seconds(word.get(f"{edge}Time", word.get(f"{edge}Offset"))) for edge in ("start", "end"))
            yield Piece(speaker, _text(word, "word"), start, end)
    else:
        yield from (Piece(None, _text(alternative, "transcript")) for alternative in best)


def _azure(data: Mapping[str, Any]) -> Iterator[Piece]:
    found = []
    for phrase in _objects(data, "recognizedPhrases"):
        start, length = _span(phrase, "offsetInTicks", "durationInTicks", _TICKS)
        start = seconds(phrase.get("offset")) if start is None else start
        found.append(_phrase(phrase, _best(phrase, "nBest", "display"), start, length))
    for phrase in _objects(data, "phrases"):
        found.append(_phrase(phrase, _text(phrase, "text"), *_span(phrase, "offsetMilliseconds", "durationMilliseconds", 1_000)))
    yield from sorted(found, key=lambda piece: piece.start or 0.0)  # channels come one after the other


def _phrase(phrase: Mapping[str, Any], text: str, start: float | None, length: float | None) -> Piece:
    channel = phrase.get("channel")
    speaker = _name(phrase.get("speaker")) or (f"Channel {channel}" if isinstance(channel, int) else None)
    return Piece(speaker, text, start, start + length if start is not None and length is not None else None)


def _deepgram(data: Mapping[str, Any]) -> Iterator[Piece]:
    """Its utterances, else its paragraphs, else its words. Of several channels each has speakers of its own."""
    utterances = _objects(data, "results", "utterances")
    found = [(said.get("channel"), _piece(said, _text(said, "transcript"))) for said in utterances]
    channels = [] if utterances else _objects(data, "results", "channels")
    for number, channel in enumerate(channels):
        for alternative in _objects(channel, "alternatives")[:1]:
            paragraphs = _objects(alternative, "paragraphs", "paragraphs")
            for said in paragraphs:
                text = " ".join(_text(sentence, "text") for sentence in _objects(said, "sentences"))
                found.append((number, _piece(said, text)))
            for word in _objects(alternative, "words") if not paragraphs else ():
                found.append((number, _piece(word, _text(word, "punctuated_word") or _text(word, "word"))))
    if len({channel for channel, _ in found if isinstance(channel, int)}) < 2:
        yield from (piece for _, piece in found)
        return
    named = [piece._replace(speaker=f"Channel {channel} {piece.speaker or ''}".strip()) for channel, piece in found]
    yield from sorted(named, key=lambda piece: piece.start or 0.0)


def _piece(said: Mapping[str, Any], text: str) -> Piece:
    return Piece(_name(said.get("speaker")), text, *_span(said, "start", "end"))


def _assemblyai(data: Mapping[str, Any]) -> Iterator[Piece]:
    said = _objects(data, "utterances")
    if "audio_duration" in data or any("words" in u for u in said):
        for u in said:
            yield Piece(_name(u.get("speaker")), _text(u, "text"), *_span(u, "start", "end", 1_000))


def _rev(data: Mapping[str, Any]) -> Iterator[Piece]:
    for monologue in _objects(data, "monologues"):
        elements = _objects(monologue, "elements")
        timed = [element for element in elements if "ts" in element]
        start, end = (_span(timed[0], "ts", "end_ts")[0], _span(timed[-1], "ts", "end_ts")[1]) if timed else (None, None)
        yield Piece(_name(monologue.get("speaker")), "".join(_text(element, "value") for element in elements), start, end)


def _speechmatics(data: Mapping[str, Any]) -> Iterator[Piece]:
    for item in _objects(data, "results"):
        if item.get("type") in ("word", "punctuation"):
            for best in _objects(item, "alternatives")[:1]:
                glued = item["type"] == "punctuation" and item.get("attaches_to") != "next"
                yield Piece(_name(best.get("speaker")), _text(best, "content"), *_span(item, "start_time", "end_time"), glued)


SHAPES: Sequence[Callable[[Mapping[str, Any]], Iterator[Piece]]] = (
    _whisper,
    _whisper_cpp,
    _amazon,
    _amazon_calls,
    _speechmatics,
    _google,
    _azure,
    _deepgram,
    _assemblyai,
    _rev,
)


def _objects(data: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """The list of objects at the end of `path`; empty when there is none, or anything else in it."""
    found: Any = data
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, list) and all(isinstance(item, Mapping) for item in found) else []


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _best(item: Mapping[str, Any], alternatives: str, key: str) -> str:
    return next((_text(alternative, key) for alternative in _objects(item, alternatives)), "")


def _name(value: Any) -> str | None:
    """A speaker as text; most services count them."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    return f"Speaker {text}" if text.isdigit() else text or None


def _span(item: Mapping[str, Any], start: str, end: str, scale: float = 1.0) -> tuple[float | None, float | None]:
    first, last = seconds(item.get(start)), seconds(item.get(end))
    return first if first is None else first / scale, last if last is None else last / scale
