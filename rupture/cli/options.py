"""Options that several commands share."""

from typing import Annotated

import typer

from rupture.protocols import DetectorName

DetectorOption = Annotated[
    DetectorName,
    typer.Option("--detector", help="trained: the model that ships; llm: the language model named in RUPTURE_CHAT_MODEL."),
]
