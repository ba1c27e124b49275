"""A sound document to break, its references, and an encoder without a model."""

import hashlib
from dataclasses import replace
from itertools import islice

import numpy as np

FILLER = " ".join(f"word{n}" for n in range(85))

DOCUMENT = f"""---
id: too-easy
title: When a client agrees too easily
kind: marker
markers: [W5]
components: [task]
modality: [any]
audience: [therapist]
evidence: Expert consensus only.
cautions: Pressing can shame.
mistaken_for: Real agreement.
references: [B01]
---

## What it can look like {{role="recognise"}}

A yes to everything. {FILLER}

## Ask for the doubt {{role="do" strategies="R4 R9" stage="in_the_moment"}}

Ask, e.g. gently, for the doubt before you take the yes. Then wait. {FILLER}

## Words {{role="say" strategies="R4"}}

- plain: "Which part would you change?"
- warm: "I would like to hear the no as well. It helps me."
- brief: "And the doubt?"

## What goes wrong {{role="avoid"}}

Taking the yes can reward the doubt that hides. {FILLER}
"""

REFERENCES = """# all of them
- key: B01
  authors: Eubanks CF
  year: 2018
  title: 'Repair: a meta-analysis'
  source: Psychotherapy
  doi: 10.1037/pst0000172
  pmc: null
  state: seen

- key: B02
  authors: null
  year: null
  title: Recalled only
  source: null
  doi: null
  pmc: null
  state: recalled
"""


class HashingEncoder:
    """Words to buckets: texts that share words are near. Real vectors of the right shape, no model."""

    def __init__(self, digest="hashing-1"):
        self.digest = digest
        self.calls = 0

    def encode(self, texts):
        self.calls += 1
        rows = np.zeros((len(texts), 384), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16) % 384] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def few(guidance):
    """The first passages of a corpus, as one of its own: its index is made in a moment."""
    return replace(guidance, passages=dict(islice(guidance.passages.items(), 40)), digest="few")
