"""What the page itself says: its invitation, its placeholders, and what comes before anything leaves this computer."""

TAGLINE = "Where did the alliance strain, and what could mend it?"
LOCAL, SHARED = "Stays on this computer", "Stays on this server"
REMOTE = "Leaves this computer only when you press Send"
WELCOME = (
    "## Which session is on your mind?\nPaste a transcript below, or drop a file. You see the moments where the work may "
    "have strained, in your client’s own words, and what others do with such moments."
)
PLACEHOLDER = "Paste a session, with or without a question. Or just ask."
NO_SPEAKERS = (
    "Not analysed: no speakers were found in this text. Start each line with who is speaking, for example “Therapist: …” "
    "and “Client: …”, and give it again."
)
FILE_GONE = "This file is not here any more. A file waits in the box for a few minutes only: drop it there again."
BROKEN_OFF = "The answer that was being written ended at your correction. Ask again to have it whole."
QUESTIONS = (
    "What could I say here?",
    "How else can this be read?",
    "What went well?",
    "What could I take to supervision?",
)
KEEPING_OFF = (
    "Nothing is kept. If you want to see how sessions of one client follow on each other, you can keep their analyses with the "
    "transcripts in one file on this computer. It is not encrypted by this program: keep the disk encrypted, and keep only what "
    "your client has agreed to. The file would be:"
)
KEEPING_ON = (
    "What you keep lies in one file on this computer and is sent nowhere. You can forget a session, a client or everything "
    "below. Corrections are kept with their session. The file is:"
)
KEEPING_UNKNOWN = "It cannot be told whether sessions are kept on this computer: their file cannot be looked for. It would be:"
KEEPING_SHARED = (
    "Keeping sessions is for one person at one computer. This program is shared by several people, so nothing can be kept here."
)
FOLLOW_UP = "Ask about a turn, or what to try"


def remote_words(host: str) -> str:
    """What is said beside a text that could be sent to `host`."""
    return (
        f"This answer was made on your computer. The language model at {host} could word it anew, but the text below would leave "
        "this computer. Names it could tell were taken out; read it and take out what is left. Nothing is sent unless you press "
        "Send, and only with your client's consent."
    )
