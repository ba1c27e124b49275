"""Text encoders: strings to vectors by onnxruntime and tokenizers, the only module that imports either for text.

One pass gives what the detector reads (a middle layer and the last one, pooled) and what the guidance index and the reader of
utterances read (the normalised sentence embedding). Knows nothing of turns, passages or codes.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rupture.errors import ModelError
from rupture.limits import addresses, cores
from rupture.resources import ENCODER, TOKENIZER

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Encoding

MODEL_FOLDER = Path(__file__).parent / "model"
GUIDANCE_FOLDER = MODEL_FOLDER / "guidance"
"""An encoder tuned on queries for passages: the guidance is searched with it."""
MAX_TOKENS = 256
"""Longer texts are cut here, as all-MiniLM-L6-v2 was trained."""
THREADS = "RUPTURE_THREADS"
"""Environment variable: how many threads an encoder may keep busy. Without it, as many as there are cores that may be used."""
_BATCH_TOKENS = 512
"""Padded tokens in one run: of 128 to 8,192, this was quickest on two cores; larger ones fall out of the cache."""
_SHARE = 64
"""Texts below which to split them among threads saves nothing."""
_SLOWER_TOGETHER = "SkipLayerNormFusion"
"""An optimisation of onnxruntime 1.31 whose kernel takes a fifth of the encoder's time; the two steps apart take a tenth."""
_ADDRESSES = 600 << 20
_ADDRESSES_OF_A_THREAD = 200 << 20
"""Bytes of address space for an analysis, and for each thread (stack and heaps): 500 MB did with one thread, 700 with two, 1,200
with four, 1,400 with eight."""

Vectors = NDArray[np.float32]
Done = TypeVar("Done")


def session(path: Path) -> "onnxruntime.InferenceSession":
    """An onnxruntime session on the CPU that works in its caller's thread; ModelError when the file is missing or damaged."""
    _check_memory()
    # Read by its C++ part when it is loaded, which reports home otherwise; here too for those who use this package as a library.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOWER_TOGETHER]
        )
    except Exception as error:  # onnxruntime raises its own family, bare RuntimeError and OSError by version
        raise ModelError(
            f"{path.name}: cannot be loaded as a model ({type(error).__name__}). Reinstall rupture, or train it again."
        ) from error


class Encoder:
    """all-MiniLM-L6-v2 in int8, tuned, or a student of it (see NOTICE). The same call gives the same vectors; since activations
    are quantised a batch at a time, a text's vector moves a little (cosine above .97) with the other texts of the call."""

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        from tokenizers import Tokenizer

        self._path = folder / ENCODER
        tokenizer_path = folder / TOKENIZER
        if not tokenizer_path.exists() or not self._path.exists():
            raise ModelError(f"{folder}: encoder.onnx or tokenizer.json is missing. Reinstall rupture, or train it again.")
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"{tokenizer_path}: is damaged. Reinstall rupture, or train it again.") from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        # Side by side in threads of their own, batches take a fifth less time than one after the other on all cores.
        self._session = session(self._path)
        self._threads = _threads()
        self._pool = ThreadPoolExecutor(self._threads)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model file: an index made with other weights must not be used."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Sentence embeddings, (len(texts), 384), each of length 1."""
        last = self.layers(texts)[:, -1]
        norms = np.linalg.norm(last, axis=1, keepdims=True)
        return np.asarray(last / np.maximum(norms, 1e-9), np.float32)

    def layers(self, texts: Sequence[str]) -> Vectors:
        """Pooled hidden states, (len(texts), 3, 384): mean of the middle layer, maximum and mean of the last. Equal texts are
        encoded once."""
        unique = list(dict.fromkeys(texts))
        encodings = self._tokens(unique)
        by_length = sorted(range(len(unique)), key=lambda i: len(encodings[i].ids))
        # The longest first, so that no thread is left alone with one at the end.
        batches = [by_length[batch] for batch in _batches([len(encodings[i].ids) for i in by_length])][::-1]
        runs = self.side_by_side(self._run, ([encodings[i] for i in batch] for batch in batches))
        rows: dict[str, Vectors] = {}
        for indices, vectors in zip(batches, runs, strict=True):
            rows |= {unique[i]: vector for i, vector in zip(indices, vectors, strict=True)}
        return np.stack([rows[text] for text in texts]) if texts else np.zeros((0, 3, 384), np.float32)

    def side_by_side(self, work: Callable[..., Done], *each: Iterable[Any]) -> list[Done]:
        """What `work` makes of each, in order, in this encoder's threads; of one alone in the caller's, so that a single turn
        need not wait behind a long session."""
        items = list(zip(*each, strict=True))
        if len(items) < 2:
            return [work(*item) for item in items]
        return list(self._pool.map(lambda item: work(*item), items))

    def _tokens(self, texts: Sequence[str]) -> "list[Encoding]":
        size = max(_SHARE, -(-len(texts) // self._threads))
        shares = [texts[start : start + size] for start in range(0, len(texts), size)]
        return [tokens for share in self.side_by_side(self._tokenizer.encode_batch, shares) for tokens in share]

    def _run(self, encodings: "Sequence[Encoding]") -> Vectors:
        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), width), np.int64)
        mask = np.zeros((len(encodings), width), np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        try:
            (pooled,) = self._session.run(["layers"], {"input_ids": ids, "attention_mask": mask})
        except Exception as error:  # onnxruntime raises its own family, MemoryError and bare RuntimeError
            raise ModelError(
                f"The text could not be read by the model ({type(error).__name__}), most likely for want of memory. Close other "
                "programs and try again."
            ) from error
        return np.asarray(pooled, np.float32)


def _threads() -> int:
    wanted = os.environ.get(THREADS, "")
    if not wanted:
        return cores()
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ModelError(f"{THREADS}={wanted!r}: expected a number of threads, 1 or more. Correct it, or unset it.")
    return int(wanted)


def _check_memory() -> None:
    """ModelError where this process may not have the address space that the models take: onnxruntime would end it, or wait for
    ever on a thread that could not be started."""
    allowed, needed = addresses(), _ADDRESSES + _ADDRESSES_OF_A_THREAD * _threads()
    if allowed < needed:
        raise ModelError(
            f"This process may use {allowed / 2**20:.0f} MB of memory addresses, and the models need {needed >> 20} with "
            f"{_threads()} threads. Raise the limit (ulimit -v), or set {THREADS}=1."
        )


def _batches(lengths: Sequence[int]) -> list[slice]:
    """Slices of ascending `lengths` whose padded size stays under the token budget."""
    slices = []
    start = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or lengths[end] * (end + 1 - start) > _BATCH_TOKENS:
            slices.append(slice(start, end))
            start = end
    return slices
