"""What this machine can do at best: the matrix products of one encoder layer, in float32 and in int8, by onnxruntime, in the
arrangement that is quicker: each product on all cores, or one product on each core side by side."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from rupture.encoder import MAX_TOKENS
from rupture.resources import MODEL, TOKENIZER

ROWS = 512
"""Tokens in a batch, as the encoder takes them."""
LAYER = (((384, 384), 4), ((384, 1536), 1), ((1536, 384), 1))
"""Shapes of the weights of a layer, and how many there are of each."""
LAYERS = 3
SECONDS = 0.4
"""How long each product is repeated."""


def tokens(texts: Sequence[str]) -> int:
    """Tokens in `texts`, padding not counted."""
    tokenizer = Tokenizer.from_file(str(MODEL / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts)))


def per_token() -> int:
    """Operations (a multiplication and an addition are two) that the products of all layers take for a token."""
    return 2 * LAYERS * sum(count * rows * columns for (rows, columns), count in LAYER)


def rate(*, int8: bool) -> float:
    """GFLOP/s over the products of a layer, weighted as they occur."""
    return max(
        _rate(int8, threads, side_by_side) for threads, side_by_side in ((os.cpu_count() or 1, 1), (1, os.cpu_count() or 1))
    )


def _rate(int8: bool, threads: int, side_by_side: int) -> float:
    work = took = 0.0
    for shape, count in LAYER:
        with ThreadPoolExecutor(side_by_side) as pool:
            rates = list(pool.map(lambda shape=shape: _products(shape, int8, threads), [shape] * side_by_side))
        operations = 2.0 * ROWS * shape[0] * shape[1] * count
        work += operations
        took += operations / sum(rates)
    return work / took / 1e9


def _products(shape: tuple[int, int], int8: bool, threads: int) -> float:
    """Operations in a second."""
    session, inputs = _product(shape, int8, threads)
    session.run(None, inputs)
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        session.run(None, inputs)
        done += 1
    return done * 2.0 * ROWS * shape[0] * shape[1] / (time.perf_counter() - start)


def _product(shape: tuple[int, int], int8: bool, threads: int) -> tuple[onnxruntime.InferenceSession, dict[str, np.ndarray]]:
    """A model of one product with a constant, and its input."""
    rng = np.random.default_rng(0)
    if int8:
        weights, left = rng.integers(-90, 90, shape, np.int8), rng.integers(0, 200, (ROWS, shape[0]), np.uint8)
        kinds, operator = (TensorProto.UINT8, TensorProto.INT32), "MatMulInteger"
    else:
        weights, left = rng.standard_normal(shape, np.float32), rng.standard_normal((ROWS, shape[0]), np.float32)
        kinds, operator = (TensorProto.FLOAT, TensorProto.FLOAT), "MatMul"
    graph = helper.make_graph(
        [helper.make_node(operator, ["left", "right"], ["product"])],
        "product",
        [helper.make_tensor_value_info("left", kinds[0], [ROWS, shape[0]])],
        [helper.make_tensor_value_info("product", kinds[1], [ROWS, shape[1]])],
        [numpy_helper.from_array(weights, "right")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]), {"left": left}
