"""The order of the model's outputs: filled from the codebook, written into the card, checked when a model is loaded."""

from rupture.codebook import MARKER_FAMILIES, MARKERS, RUPTURE, STRATEGIES, Family

CLIENT_HEADS: tuple[str, ...] = (RUPTURE, *(family.value for family in MARKER_FAMILIES), *MARKERS)
THERAPIST_HEADS: tuple[str, ...] = (Family.STRATEGY.value, *STRATEGIES)
HEADS: tuple[str, ...] = (*CLIENT_HEADS, *THERAPIST_HEADS)

THERAPIST_ACTS = ("question", "reflection", "therapist_input", "other")
CLIENT_ACTS = ("change", "neutral", "sustain")
ACTS: tuple[str, ...] = (*THERAPIST_ACTS, *CLIENT_ACTS)
"""AnnoMI's own labels, learned beside the codes where a data set has them."""

TRAINED_RATINGS = ("withdrawal", "confrontation", "therapist_contribution")
"""Session ratings learned beside the codes; resolution is missing in sessions without ruptures."""
