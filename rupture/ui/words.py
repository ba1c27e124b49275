"""What the page itself says: its invitation, its placeholders, and what comes before anything leaves this computer."""

TAGLINE = "Where did the alliance strain, and what could mend it?"
LOCAL, REMOTE = "Stays on this computer", "Leaves this computer only when you press Send"
WELCOME = (
    "## Which session is on your mind?\nPaste a transcript below, or drop a file. You see the moments where the work may "
    "have strained, in your client’s own words, and what others do with such moments."
)
PLACEHOLDER = "Paste a session, with or without a question. Or just ask."
NO_SPEAKERS = (
    "Not analysed: no speakers were found in this text. Start each line with who is speaking, for example “Therapist: …” "
    "and “Client: …”, and give it again."
)
FOLLOW_UP = "Ask about a turn, or what to try"


def remote_words(host: str) -> str:
    """What is said beside a text that could be sent to `host`."""
    return (
        f"This answer was made on your computer. The language model at {host} could word it anew, but the text below would leave "
        "this computer. Names it could tell were taken out; read it and take out what is left. Nothing is sent unless you press "
        "Send, and only with your client's consent."
    )
