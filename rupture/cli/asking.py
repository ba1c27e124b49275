"""`rupture ask` and `rupture chat`."""

import json
import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("ask")(ask)
    app.command("chat")(chat)


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    transcript: Annotated[
        str | None, typer.Option("--transcript", help="A transcript the question is about, or - for standard input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
) -> None:
    """Ask about a session, or about repairing the alliance in general."""
    from rupture.assistant.chat_models import chat_model_from_environment
    from rupture.assistant.reply import Conversation
    from rupture.build import build_assistant
    from rupture.cli.analysing import read_transcript
    from rupture.report import sources

    assistant = build_assistant(chat_model_from_environment())
    analysis = assistant.analyse(read_transcript(transcript, [])) if transcript else None
    *_, (reply, _) = assistant.answer(question, Conversation(analysis))
    if as_json:
        sys.stdout.write(json.dumps(reply.to_dict(), ensure_ascii=False) + "\n")
        return
    parts = [reply.note, reply.text, sources(reply.passages, assistant.guidance)]
    sys.stdout.write("\n\n".join(part for part in parts if part) + "\n")


def chat() -> None:
    """Open the screen at http://127.0.0.1:7860 (PORT moves it)."""
    from rupture.ui.server import serve

    serve()
