"""`rupture ask` and `rupture chat`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rupture.assistant.reply import Letter
from rupture.protocols import ChatModel


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
    names: Annotated[
        list[str], typer.Option("--leave-out", help="A name to mask before a text is offered to a remote model; may be repeated.")
    ] = [],  # noqa: B006 - typer's way to say a repeated option
) -> None:
    """Ask about a session, or about repairing the alliance in general."""
    from rupture.assistant.chat_models import chat_model_from_environment
    from rupture.assistant.reply import Conversation
    from rupture.build import build_assistant
    from rupture.cli.analysing import read_transcript
    from rupture.report import sources

    assistant = build_assistant(chat_model_from_environment())
    analysis = assistant.analyse(read_transcript(transcript, [])) if transcript else None
    *_, (reply, conversation) = assistant.answer(question, Conversation(analysis))
    told = assistant.letter(conversation, names)
    if told is not None and agreed(told, assistant.chat):
        *_, (reply, _) = assistant.send(told, conversation)
    if as_json:
        sys.stdout.write(json.dumps(reply.to_dict(), ensure_ascii=False) + "\n")
        return
    parts = [reply.note, reply.text, sources(reply.passages, assistant.guidance)]
    sys.stdout.write("\n\n".join(part for part in parts if part) + "\n")


def agreed(told: Letter, chat: ChatModel | None) -> bool:
    """Whether the user, shown the whole text on a terminal, agrees that it is sent to the remote model. Elsewhere nobody
    can be asked, so nothing is sent."""
    host = chat.host if chat else ""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stderr.write(f"Nothing was sent to {host}: that needs a terminal, where the text can be read and agreed to first.\n")
        return False
    sys.stderr.write(f"This would be sent to {host}:\n\n{told.system}\n\n{told.user}\n\n")
    return typer.confirm("Does your client consent, and shall it be sent?", default=False, err=True)


def chat(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; other than this machine's own needs the next two.")
    ] = None,
    users: Annotated[
        Path | None, typer.Option("--users", help="File of those who may log in, made by `rupture user add`.", dir_okay=False)
    ] = None,
    trusted: Annotated[
        list[str], typer.Option("--trusted-host", help="A host name the screen may be reached under; may be repeated.")
    ] = [],  # noqa: B006 - typer's way to say a repeated option
) -> None:
    """Open the screen at http://127.0.0.1:7860 (PORT moves it), or for several people behind a login (docs/shared-install.md).

    RUPTURE_HOST, RUPTURE_USERS and RUPTURE_TRUSTED_HOSTS stand in for options that are not given.
    """
    from rupture.ui.server import chosen_access, serve

    serve(access=chosen_access(host, users, trusted))
