"""A small session, and attempts written out in a line."""

from rupture.practice.attempt import CLEAR, Mode, begin, read_to, with_codes

AT = "2026-11-22T18:00:00+00:00"
LINES = """
T: How was the diary?
C: Fine. Whatever you think. {W5}
T: I may have pushed it on you. {R5}
C: No, it's stupid, the diary. {C3}
T: Tell me more.
C: I do it in the van, mostly.
T: In the van?
C: Yeah, between jobs.
"""
"""Client turns 1, 3, 5, 7; the writer's codes."""


def attempted(id, turns, codes, read=None, strategies=False):
    """An attempt at all `turns` or at the first `read` of them; `codes` maps a turn to its codes, or to (codes, sureness) where
    that is not CLEAR."""
    attempt = read_to(begin(id, Mode.WHOLE, AT, strategies=strategies), turns if read is None else read)
    for turn, entry in codes.items():
        given, sure = entry if isinstance(entry, tuple) else (entry, CLEAR)
        attempt = with_codes(attempt, turn, given, sure)
    return attempt
