"""Coded sessions as arrays for training: what the network sees and what it should say, with weights for what counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupture.coding.values import CodedSession
from rupture.detection.features import shape_features
from rupture.detection.heads import ACTS, CLIENT_HEADS, HEADS, TRAINED_RATINGS
from rupture.encoder import Encoder
from rupture.names import without_names
from rupture.transcript import Role, Transcript

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One session. `targets` are shares of raters, `counted` 1 where a head applies to the turn's role, `acts` one-hot or zero,
    `ratings` scaled to 0 … 1 with NaN where there is none."""

    encodings: Array
    shape: Array
    targets: Array
    counted: Array
    acts: Array
    ratings: Array


def inputs(transcript: Transcript, encoder: Encoder) -> tuple[Array, Array]:
    """(turns, encoding columns) and (turns, shape columns): all that the model sees of a session."""
    encoded = encoder.layers(without_names(transcript.turns))
    return encoded.reshape(len(encoded), -1), shape_features(transcript)


def examples(sessions: Sequence[CodedSession], encoder: Encoder) -> list[Example]:
    """One example a session, in order."""
    return [_example(session, encoder) for session in sessions]


def _example(session: CodedSession, encoder: Encoder) -> Example:
    turns = session.transcript.turns
    encodings, shape = inputs(session.transcript, encoder)
    targets = np.array([[votes.get(head, 0.0) for head in HEADS] for votes in session.votes], np.float32)
    counted = np.zeros_like(targets)
    for row, turn in enumerate(turns):
        if turn.role is Role.CLIENT:
            counted[row, : len(CLIENT_HEADS)] = 1
        elif turn.role is Role.THERAPIST:
            counted[row, len(CLIENT_HEADS) :] = 1
    acts = np.zeros((len(turns), len(ACTS)), np.float32)
    for row, act in enumerate(session.acts):
        if act in ACTS:
            acts[row, ACTS.index(act)] = 1
    ratings = [np.nan if session.rating is None else (getattr(session.rating, name) - 1) / 4 for name in TRAINED_RATINGS]
    return Example(encodings, shape, targets, counted, acts, np.array(ratings, np.float32))
