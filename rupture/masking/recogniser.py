"""Presidio with a small spaCy model: names of people, places and organisations, and numbers with a check digit.

Only the recognisers named here are asked. Presidio's own for e-mail and web addresses would look a list of domains up on the
network; the engine's own loading of a model would download a missing one. Neither is ever reached, nothing is logged, and
importing this module loads none of the packages.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

from rupture.masking.lexicon import model_folder
from rupture.masking.spans import Found, Kind

_KINDS = {
    "PERSON": Kind.NAME,
    "LOCATION": Kind.PLACE,
    "ORGANIZATION": Kind.ORGANISATION,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.NUMBER,
    "IBAN_CODE": Kind.NUMBER,
    "IP_ADDRESS": Kind.NUMBER,
    "US_SSN": Kind.NUMBER,
    "UK_NHS": Kind.NUMBER,
}
_LABELS = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION", "ORG": "ORGANIZATION"}
_UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]
"""The model of names stands on its own."""


class Recogniser:
    """The loaded engine."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """What is found in each of `texts`, as the engine gives it: stretches may overlap."""
        read = self._engine.nlp_engine.process_batch(list(texts), language="en", batch_size=64)
        return [
            [Found(result.start, result.end, _KINDS[result.entity_type]) for result in self._results(text, artifacts)]
            for text, artifacts in read
        ]

    def _results(self, text: str, artifacts: Any) -> Any:
        return self._engine.analyze(text, language="en", entities=list(_KINDS), nlp_artifacts=artifacts)


@cache
def recogniser() -> Recogniser:
    """The engine, loaded once: seconds, and some 250 MB. ImportError without the extra."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as known
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    labels = NerModelConfiguration(model_to_presidio_entity_mapping=_LABELS, labels_to_ignore=_ignored())
    nlp = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "given below"}], ner_model_configuration=labels)
    loaded: Any = {"en": spacy.util.load_model_from_path(model_folder(), exclude=_UNUSED)}
    nlp.nlp = loaded
    asked = [
        known.SpacyRecognizer(supported_entities=sorted(set(_LABELS.values()))),
        *(known.PhoneRecognizer(), known.CreditCardRecognizer(), known.IbanRecognizer(), known.IpRecognizer()),
        *(known.UsSsnRecognizer(), known.NhsRecognizer()),
    ]
    registry = RecognizerRegistry(recognizers=asked, supported_languages=["en"])
    return Recogniser(AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"], log_decision_process=False))


def _ignored() -> list[str]:
    """What else the model labels: dates and amounts, which the rules know better, and what nobody asked for."""
    return [
        "DATE",
        "TIME",
        "CARDINAL",
        "ORDINAL",
        "QUANTITY",
        "MONEY",
        "PERCENT",
        "NORP",
        "EVENT",
        "LAW",
        "PRODUCT",
        "LANGUAGE",
        "WORK_OF_ART",
    ]
