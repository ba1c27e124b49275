"""Writes the session network as ONNX. Needs the extra `models`."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rupture.detection.network import SessionNetwork


def export_ensemble(members: "Sequence[SessionNetwork]", weights: NDArray[np.float32], path: Path) -> None:
    """Writes the members as one ONNX graph: `encodings` and `shape` of a session to `probabilities`, their mean by `weights`
    (members, heads)."""
    import torch

    from rupture.detection.network import Ensemble

    member = members[0]
    example = (torch.zeros(5, member.encoding_stats.shape[1]), torch.zeros(5, member.shape_stats.shape[1]))
    inputs, outputs = ["encodings", "shape"], ["probabilities"]
    free = {name: {0: "turns"} for name in (*inputs, *outputs)}
    with warnings.catch_warnings():
        # The newer exporter (dynamo) of torch 2.13 writes the example's number of turns into the GRU's shapes.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Ensemble(members, torch.from_numpy(weights)).eval(),
            example,
            path,
            dynamic_axes=free,
            dynamo=False,
            opset_version=17,
            input_names=inputs,
            output_names=outputs,
        )
