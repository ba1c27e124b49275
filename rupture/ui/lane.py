"""Lane: which of the events of a tab came last. Earlier ones are not heard any more, and no language model goes on for them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from rupture.assistant.assistant import Assistant
from rupture.protocols import ChatModel


class Lane:
    """Who came last among the events of one tab: what an earlier one still has to say is not heard any more. `writing` says that
    the last one is writing an answer, `broke_off` that it came while another was being written."""

    def __init__(self) -> None:
        self.last = 0
        self.writing = self.broke_off = False

    def enter(self) -> int:
        """A number of one's own; from now on it is the last."""
        self.last += 1
        self.broke_off, self.writing = self.writing, False
        return self.last


@dataclass(frozen=True, slots=True)
class _WhileLast:
    """A chat model that is asked on while nothing else happens in the tab: after Stop nobody should wait behind it."""

    chat: ChatModel
    lane: Lane
    mine: int

    @property
    def host(self) -> str:
        """See `ChatModel`."""
        return self.chat.host

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See `ChatModel.stream`."""
        return takewhile(lambda _: self.lane.last == self.mine, self.chat.stream(system, user))


def while_last(assistant: Assistant, lane: Lane) -> Assistant:
    """The assistant whose chat model is asked on only while the event that asks is the last of its tab."""
    return replace(assistant, chat=_WhileLast(assistant.chat, lane, lane.last)) if assistant.chat else assistant
