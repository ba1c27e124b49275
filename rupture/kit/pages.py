"""What a coding kit tells the people who code: how to go about it, the codebook in plain words, the sessions to read.

Gives text and documents (`rupture.exports.document`); the codebook is filled from `rupture.codebook` and never retyped.
"""

from collections.abc import Iterator, Sequence

from rupture.codebook import CODES, MARKER_FAMILIES, Family
from rupture.exports.document import Block, Bullets, Heading, Item, Paragraph, Quote
from rupture.kit.manifest import Form
from rupture.transcript import Transcript, clean_speaker_names

README, CODEBOOK, RATINGS, SHEET = "README.md", "codebook.html", "ratings.csv", "codes.csv"
TASKS, LABELS, TEXTS, TRANSCRIPTS = "tasks.json", "label-config.xml", "codes", "transcripts"

_FAMILIES = {
    Family.WITHDRAWAL: (
        "Withdrawal: the client moves away",
        "from the therapist or the work, or goes along without taking part.",
    ),
    Family.CONFRONTATION: ("Confrontation: the client moves against", "the therapist or the work, openly or sideways."),
    Family.STRATEGY: (
        "Strategies: the therapist answers",
        "a rupture. Code them on therapist turns, and only where there is one.",
    ),
}
_RUPTURE = (
    "A rupture is a strain in the working alliance: in what the two are aiming for, in how they go about it, or in the bond "
    "between them. Look at what happens between these two people in this session. Distress or anger about life outside, doubts "
    "about changing, short answers to closed questions and honest disagreement inside good work are not ruptures."
)
_RULES = (
    "Code the turn in which the marker shows, in the light of the turns before it. What comes later does not count.",
    "Most turns have no code, and many sessions have none at all.",
    "A turn may have several codes, also of both families. Write the clearest first.",
    "In doubt whether there is anything: code it only where an observer would call the collaboration or the bond strained.",
    "In doubt between two codes: choose by what the turn does to the other person, not by how it sounds.",
    "W1 or C2? W1 closes the topic or feeling down; C2 pushes back what the therapist brought.",
    "C2 or C6? Turning away an offer is C2; answering what was heard as an accusation is C6.",
    "W5 or real agreement? Real agreement brings own words, detail or a plan.",
    "W2 or an ordinary short answer? Look at what was asked: an invitation to say more, or a closed question.",
    "Confidence: 1 if you lean towards it, 2 if it is clear to you.",
)
_RATINGS = (
    ("withdrawal", "1 nothing of it, 2 a little, 3 some, 4 marked, 5 it shaped the whole session."),
    ("confrontation", "the same."),
    ("resolution", "1 passed over or made worse, 3 partly mended, 5 fully mended. Leave it empty if you saw no rupture."),
    (
        "therapist_contribution",
        "1 none, 3 some, 5 a large part: how far the therapist's own words brought the strain on or kept it up.",
    ),
)
_FILL = {
    Form.CSV: f"""\
Open `{SHEET}` in a spreadsheet. It has one row a turn, session by session. Write codes into the column `codes`
(`W5`, or `W5, C2`) and 1 or 2 into `confidence`. Leave both empty where there is nothing to code. Change nothing
else, delete no row, and save it as CSV.""",
    Form.LABEL_STUDIO: f"""\
Make a project in your own Label Studio. Under Settings, Labeling Interface, Code, paste `{LABELS}`; then import
`{TASKS}`. Mark the words that show a code, one label for each code, and submit every session, also one without any
code. Export as JSON (not JSON-MIN) and save it here as `codes.json`. There is no place for confidence; leave it out.""",
    Form.TXT: f"""\
Each file in `{TEXTS}/` is a session, a line a turn: `T:` therapist, `C:` client (`C1:`, `C2:` where there are
several). Write codes in braces at the end of the line, `C: Fine. {{W2}}` or `{{W5, C2}}`, and change nothing else.
There is no place for confidence; leave it out.""",
}
_OWN = """\
These are sessions of real work, brought in by whoever made this kit. Use them only if the clients agreed to their being
read for this purpose, keep them on an encrypted machine, give them to nobody else, and delete this folder when the codes
are handed in."""
_INVENTED = "All sessions are invented. No real person speaks in them, and no client's consent is needed."


def readme(form: Form, sessions: int, rater: str, *, own: bool) -> str:
    """The page to begin with. `own` says that the sessions are the user's and not invented."""
    whom = f" for {rater}" if rater else ""
    return f"""\
# Coding kit{whom}

{sessions} sessions to code for alliance ruptures, blind: nothing here says what anybody else found in them.

## Whose words these are
{_OWN if own else _INVENTED}

## How to go about it
1. Read `{CODEBOOK}` first. It is this project's own wording after the 3RS. If you were trained in the 3RS, code as
   you were trained.
2. Take the sessions in the order they come in; `{TRANSCRIPTS}/` has them to read in peace. Read one to its end, code
   it, rate it, and only then open the next.
3. Code alone. Do not talk about the sessions with other coders before everybody is done, and do not look them up:
   the same sessions may be published with codes.
4. Stop when you are tired and go on another day. Fewer sessions done well are worth more.

## Where the codes go
{_FILL[form]}

## Where the ratings go
In `{RATINGS}`: one row a session, four numbers from 1 to 5, explained in `{CODEBOOK}`. They also say that you read
the session: one without ratings counts as not done.

## When you are done
Send the whole folder back as it is, with `manifest.json`. If several people code, each has a folder of their own that
bears their name.
"""


def codebook() -> tuple[str, list[Block]]:
    """Title and document: what a rupture is, rules for deciding, every code with what it is mistaken for, the ratings."""
    title = "Codebook: alliance ruptures and their repair"
    blocks: list[Block] = [Heading(1, title), Paragraph(_RUPTURE), Heading(2, "Rules for deciding"), _bullets(_RULES)]
    for family in (*MARKER_FAMILIES, Family.STRATEGY):
        heading, rest = _FAMILIES[family]
        blocks += [Heading(2, heading), Paragraph(f"… {rest}")]
        blocks += _codes(family)
    blocks += [Heading(2, "Ratings of the whole session, 1 to 5"), *(Paragraph(text, f"{name}:") for name, text in _RATINGS)]
    return title, blocks


def _codes(family: Family) -> Iterator[Block]:
    for row in CODES:
        if row.family is family:
            yield Paragraph(row.definition, f"{row.code} {row.label}:")
            if row.contrast:
                yield Bullets((Item(f"Not to be mistaken: {row.contrast}"),))


def _bullets(lines: Sequence[str]) -> Bullets:
    return Bullets(tuple(map(Item, lines)))


def session(transcript: Transcript, place: int, of: int) -> tuple[str, list[Block]]:
    """Title and document of one session: its turns with their numbers, and nothing else."""
    title = f"Session {transcript.id} ({place} of {of})"
    names = clean_speaker_names(transcript)
    blocks: list[Block] = [Heading(1, title)]
    for turn in transcript.turns:
        blocks += [Paragraph("", f"{turn.index} {names[turn.speaker]}"), Quote(turn.text)]
    return title, blocks
