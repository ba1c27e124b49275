# ruff: noqa: E501 - sessions and injected lines stay whole
"""Sessions written for these tests, with the codes a scripted detector gives them. Every person and word is invented.

A line is `SPEAKER [CODES]: words`; `?` after a code makes it a quiet hint. T is the therapist, everyone else a client.
"""

import re

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, Scores
from rupture.codebook import STRATEGIES, family_of
from rupture.fakes import ScriptedDetector
from rupture.transcript import Role, Transcript, Turn

WITHDRAWAL = """
T: So last time we agreed you would try the thought record on two evenings. How did that go?
Cl: Yeah. It was good.
T: Good in what way?
Cl: Just, you know. Good. Helpful.
T: Let me have a look at the sheet with you, if you have it there.
Cl: I left it at home, sorry. But it makes sense what you said about it.
T [R3]: The point of it is to catch the thought before it runs off with you. Shall we set it for three evenings this week?
Cl [W5]: Sure, whatever you think is best. You're the expert on this.
T: Great. And the evening walk as well?
Cl [W5]: Yes, that too. That's fine.
T: How has it been at home since your brother moved out?
Cl [W2]: Fine.
T: Fine. Could you say a little more about that?
Cl [W2]: Not really. It's fine.
T [R5 R4]: I notice I've been setting you a lot of tasks today, and I wonder how that has been for you.
Cl: Well. To be honest the sheet felt a bit like school. I didn't want to say.
T [R5]: Thank you for telling me. I think I went straight to the sheet and didn't ask.
Cl: It's okay. I could do one evening. Tuesday, maybe, because it's the worst one.
"""

CONFRONTATION = """
T: You've missed two of the last four sessions, and I wondered what that might be about.
Maya [C6]: I told you, my shifts changed. I'm not making excuses, I literally cannot swap them.
T: I hear that. Sometimes missing sessions can also be a way to avoid the hard stuff, though.
Maya [C2]: No. That's not it at all. You always do that, you turn everything into something deep.
T: What comes up when I say it?
Maya [C1 C5]: Honestly? That I've been coming for five months and nothing is different, and you sit there and nod. I don't think you even remember what I said last week.
T [R5]: You're right that I lost the thread of last week. I'm sorry about that.
Maya: Okay. Well. Thanks for saying it.
T [R4]: What has it been like, coming here and feeling that I don't hold on to things?
Maya: Like I have to start from zero each time. It's tiring.
T: That does sound tiring.
Maya: I would like it if we wrote something down at the end. So that we both know.
T: Yes. Let's do that today.
Maya [C7?]: And you'd better actually look at it next week.
T: I will.
Maya: Okay.
"""

COUPLE = """
T: Last week you both said you wanted fewer rows before school. How did the week go?
Dana: Better, I think. We had two mornings that were nearly pleasant.
Rob [W2]: It was okay.
T: Dana, what made those two mornings work?
Dana: I got up earlier, and I did not comment on the lunches.
T: That sounds like real effort. What else did you notice?
Dana: That he stayed in the kitchen and did not go off to the garage.
T: And Rob, would you agree that Dana made more room for you?
Rob [C1]: You ask her three questions and me one, and mine is whether I agree with her. You're on her side, same as last week.
T [R5]: That's fair. I did go to Dana three times, and the one I asked you had her answer in it.
Rob: Well. Yes.
T [R4]: What would you have wanted me to ask you?
Rob: How it was for me. I stayed in the kitchen. That was me trying.
Dana: I did see that, for what it's worth.
T: So there was effort on both sides of the kitchen.
Rob: I suppose there was.
"""

BIAS = """
T: You said on the phone that there was something from last time.
Amara: I nearly didn't come. I've been going over it all week.
T: I'm glad you did. What was it?
Amara [C1]: When I told you about my manager you said I might be reading too much into it. You said that because I'm Black and she's white, and you couldn't see it.
T: I certainly did not mean it that way. I was thinking about the deadline you were under.
Amara [C1 W5]: Right. Of course. I'm sure you didn't mean anything. It's fine.
T: Shall we go back to the deadline, then?
Amara [W2]: If you like.
T: How did it go with the report?
Amara: I sent it on Thursday, two hours late, and nobody said anything.
T: So the thing you dreaded did not come.
Amara: No. It didn't.
"""

RISK = """
T: How was the weekend?
Sam [W2]: Same.
T: Same as the one before?
Sam [W7]: What's the point of going over it. I've been thinking everyone would be better off without me.
T: That sounds very dark. Can you tell me more about that?
Sam [W2]: Not much to tell.
T: I'd like to ask you some direct questions about that, because I want to know you are safe.
Sam [C2]: Here we go with the questionnaire. That's not what I need from you.
T: What would you need?
Sam: For you to just listen for once.
T: All right. I'm listening.
Sam: My sister rang. I didn't pick up.
"""

VIOLENCE = """
T: You were going to tell me about the holiday.
Ines: It was fine. The beach was nice.
Paul: She didn't want to go out much.
T: What made you want to stay in, Ines?
Ines [W2]: I was just tired.
T: Paul, how was that for you?
Paul [C1]: You always ask me as if I'd done something. I paid for the whole thing.
T: I'm sorry if it came across that way. I'd like to hear from both of you.
Ines [W5]: He's right, he did pay. It's fine, really.
T: Is there something about the holiday that was hard?
Ines: He pushed me against the wall on the second night. It was nothing. He'd had a drink.
T: Thank you for saying that. I would like to see each of you on your own next.
"""

NOTHING = """
T: What would be useful to look at today?
Cl: The conversation with my mother. I did it on Sunday, like we planned.
T: You did it. What happened?
Cl: I said I would not come every weekend, and she was quiet, and then she said all right. I was shaking.
T: Shaking, and you said it.
Cl: Yes. I want to work out how to keep it up, because she'll test it.
T: What might the test look like?
Cl: A phone call on Friday night. I thought I could have one sentence ready.
T: What would the sentence be?
Cl: Something like, I'll see you on the fourteenth and I look forward to it.
"""

SHORT = """
T: Did the breathing exercise help at all?
Cl [C3]: Not really. I don't see the point of sitting there counting my breath.
T: Okay. We could look at something else.
"""

UNREADABLE = """
Note: I saw him for an hour and he was fine.
"""

_LINE = re.compile(r"(\w+)(?: \[([^\]]+)\])?: (.+)")


def session(name: str, text: str) -> tuple[Transcript, ScriptedDetector]:
    """The transcript and a detector that gives each turn the codes written on its line."""
    turns: list[Turn] = []
    scores: dict[str, Scores] = {}
    for index, line in enumerate(text.strip().splitlines()):
        match = _LINE.fullmatch(line)
        assert match, line
        speaker, codes, words = match.groups()
        turns.append(Turn(index, speaker, Role.THERAPIST if speaker == "T" else Role.CLIENT, words, index + 1))
        scores[words] = _scores((codes or "").split(), index)
    return Transcript(name, tuple(turns)), ScriptedDetector(scores)


def analysed(name: str, text: str, decisions: Decisions | None = None) -> Analysis:
    """The analysis of a written session."""
    transcript, detector = session(name, text)
    return analyse(transcript, detector, decisions or Decisions())


def _scores(codes: list[str], index: int) -> dict[str, float]:
    """Later and doubly coded turns score a little higher, so that the ranking is never a tie."""
    sure = round(0.75 + 0.05 * len(codes) + index / 1000, 3)
    scores: dict[str, float] = {}
    for code in codes:
        level = 0.3 if code.endswith("?") else sure
        name = code.rstrip("?")
        family = "strategy" if name in STRATEGIES else family_of(name).value
        scores |= {name: level, family: level}
        if name not in STRATEGIES:
            scores["rupture"] = level
    return scores
