"""What a document may be about beside markers and strategies: kinds of people, settings, occasions (`corpus/topics.yaml`)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from rupture.errors import CorpusError
from rupture.resources import CORPUS


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `asked`: a moment of a session uses its documents only when the question brings the topic up."""

    title: str
    group: str
    asked: bool
    pattern: re.Pattern[str]


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by its id, in the file's order; CorpusError when the file is missing or not as it should be."""
    path = CORPUS / "topics.yaml"
    try:
        groups = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            name: Topic(topic["title"], group, bool(row["asked"]), _beginnings(topic["words"]))
            for group, row in groups.items()
            for name, topic in row["topics"].items()
        }
    except FileNotFoundError:
        raise CorpusError(f"{path}: this file is missing. Reinstall rupture or restore the file.") from None
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: expected groups with `asked` and `topics`, each topic with `title` and `words`") from error


def topics_in(text: str) -> tuple[str, ...]:
    """The topics whose words begin a word of `text`, in the file's order."""
    return tuple(name for name, topic in topics().items() if topic.pattern.search(text))


def fits(about: Iterable[str], brought_up: Iterable[str]) -> bool:
    """Whether something about these topics may be used where `brought_up` are the topics that were named."""
    asked = {name for name in about if topics()[name].asked}
    return not asked or bool(asked & set(brought_up))


def _beginnings(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)
