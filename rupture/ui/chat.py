"""The chat as Gradio messages: every word made inert first, sources behind a fold under the answer they belong to. Pure."""

import re
from typing import Any

from rupture.assistant.reply import Reply
from rupture.escape import inert
from rupture.guidance.values import Guidance
from rupture.prompts import table
from rupture.ui.desk import Said
from rupture.ui.evidence_view import reference_words

Message = dict[str, Any]
_AFTER_CITATION = re.compile(r"(?<=\d\])\s+(?!\[)")


def messages(said: tuple[Said, ...], guidance: Guidance | None) -> list[Message]:
    """The whole chat. `guidance` is None only while nothing has been answered yet."""
    return [message for entry in said for message in _entry(entry, guidance)]


def _entry(entry: Said, guidance: Guidance | None) -> list[Message]:
    if entry.reply is None:
        return [{"role": entry.role, "content": inert(entry.text)}]
    shown: list[Message] = [{"role": "assistant", "content": reply_text(entry.reply)}]
    if entry.reply.passages and guidance:
        count = len(entry.reply.passages)
        title = "1 source" if count == 1 else f"{count} sources"
        # Gradio's own fold holds a button inside a button, which no screen reader can tell.
        folded = f"<details><summary>{title}</summary>\n\n{sources_text(entry.reply, guidance)}\n\n</details>"
        shown.append({"role": "assistant", "content": folded})
    return shown


def reply_text(reply: Reply) -> str:
    """The reply as paragraphs, its reviewed leads set off, and how it was made where a language model had a part in it."""
    paragraphs = [_paragraph(text) for text in reply.text.split("\n\n") if text.strip()]
    if reply.source == "llm":
        paragraphs.append("_Worded by a language model and checked against the sources._")
    if reply.note:
        paragraphs.append(f"_{inert(reply.note)}_")
    return "\n\n".join(paragraphs)


def _paragraph(text: str) -> str:
    for name, lead in table("phrases")["leads"].items():
        if text.startswith(f"{lead} "):
            rest = text[len(lead) + 1 :]
            # Ways to respond each end in their citations; one a line reads better than one long paragraph.
            lines = [f"- {inert(way)}" for way in _AFTER_CITATION.split(rest)] if name == "respond" else [inert(rest)]
            return "\n".join([f"**{inert(lead.rstrip('.'))}**", *([""] if name == "respond" else []), *lines])
    return inert(text)


def sources_text(reply: Reply, guidance: Guidance) -> str:
    """Each cited passage word for word under its number, with its references."""
    blocks = []
    for number, id in enumerate(reply.passages, start=1):
        passage = guidance.passages.get(id)
        if passage is None:
            continue
        references = [
            guidance.references[key]
            for key in passage.references
            if key in guidance.references and guidance.references[key].shown
        ]
        listed = "\n".join(f"\\- {inert(reference_words(reference))}" for reference in references)
        blocks.append(
            f"**{number}. {inert(passage.title)}**\n{inert(passage.heading)}\n\n{_quoted(passage.text)}\n\n{listed}".strip()
        )
    return "\n\n".join(blocks)


def _quoted(text: str) -> str:
    return "\n".join(f"> {inert(line)}" for line in text.splitlines())
