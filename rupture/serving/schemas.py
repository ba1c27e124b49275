"""What comes in and what goes out, as pydantic models: they check a request at the border and are the OpenAPI description of
both.

Answers are not built from these models: they are the bytes of `Analysis.to_dict()`, and a test holds that they fit.
Validation never shows a value: `problems.py` tells place and kind."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from rupture.analysis import BiasNotice, ModelCard, RiskNotice, SessionRating, StrategyUse, Suggestion

ID_LENGTH = 200


class SpokenTurn(BaseModel):
    """One turn, as in a JSON file for `rupture analyze`. The words must be called `text`; other names of the other fields, and
    fields beside these, are read as there."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)

    role: str | None = Field(None, description="therapist, client or other; guessed where it is missing", examples=["client"])
    speaker: str | int | None = Field(None, description="label or number of the speaker; the role where it is missing")
    text: str | None = Field(description="the words; null or empty for a silent turn")
    start: float | str | None = Field(None, description="seconds from the beginning, or a time stamp such as 00:01:02")


class Session(BaseModel):
    """One session: `turns`, or `text` as it would be pasted. Either, not both."""

    model_config = ConfigDict(strict=True, json_schema_extra={"oneOf": [{"required": ["turns"]}, {"required": ["text"]}]})

    id: Annotated[str, Field(max_length=ID_LENGTH)] | int = Field("session", description="comes back with the analysis")
    # The first wrong turn is enough: to tell of a million would stop the server for everybody.
    turns: Annotated[list[SpokenTurn], Field(fail_fast=True)] | None = None
    text: str | None = Field(None, description="a transcript, each turn beginning with who speaks")

    @model_validator(mode="after")
    def _either(self) -> "Session":
        if (self.turns is None) == (self.text is None):
            raise PydanticCustomError("neither" if self.turns is None else "both", "turns or text")
        return self


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


Rating = Annotated[int, Field(ge=1, le=5)]
Probability = Annotated[float, Field(ge=0, le=1)]


class ReadTurn(_Out):
    """A turn and what was found in it; `evidence` are (start, end) offsets into `text`."""

    index: int
    line: int | None
    speaker: str
    role: Literal["therapist", "client", "other"]
    text: str
    start: float | None
    scores: dict[str, Probability]
    codes: list[str]
    hints: list[str]
    components: list[str]
    evidence: list[tuple[int, int]]


class Strain(_Out):
    """An episode, by turns."""

    onset: int
    peak: int
    end: int
    speakers: list[str]
    family: Literal["withdrawal", "confrontation", "mixed"]
    codes: list[str]
    severity: Rating
    strategies: list[StrategyUse]
    resolved: Rating


class Balance(_Out):
    """Each speaker's share of the words."""

    talk_share: dict[str, Probability]


class Analysis(_Out):
    """The analysis of one session, schema 1 (ARCHITECTURE.md). Tentative, about the interaction, and never "no rupture"."""

    version: Literal[1] = Field(alias="schema")
    id: str
    state: Literal["analysed", "partly", "not_analysed"]
    notes: list[str]
    turns: list[ReadTurn]
    episodes: list[Strain]
    top_moments: list[int]
    session: SessionRating | None
    balance: Balance
    risk: list[RiskNotice]
    bias: list[BiasNotice]
    suggestions: list[Suggestion]
    model: ModelCard | None


class Problem(_Out):
    """Why there is no analysis (RFC 9457): in `detail` what was found, what was expected and what to do. Never words of a
    session."""

    title: str
    status: int
    detail: str


class Health(_Out):
    """Whether the server lives, or can analyse."""

    status: Literal["live", "ready"]
