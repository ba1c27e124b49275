"""Where words and questions lie: `prompts/`, `corpus/` and `evals/` of a checkout, or their copies inside the installed
package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

IN_CHECKOUT = (_CHECKOUT / "corpus" / "guidance").is_dir() and (_CHECKOUT / "pyproject.toml").is_file()
_ROOT = _CHECKOUT if IN_CHECKOUT else _PACKAGE / "data"

PROMPTS = _ROOT / "prompts"
CORPUS = _ROOT / "corpus"
SAMPLES = CORPUS / "samples"
SUITES = _ROOT / "evals" / "suites"
CASES = _ROOT / "evals" / "cases"
SESSIONS = CORPUS / "sessions"
BLIND_CODES = CORPUS / "annotations" / "own"
ANNOTATIONS = CORPUS / "annotations" / "annomi"
"""Only in a checkout: training and evaluation need it, reading a session does not."""
MODEL = _PACKAGE / "model"
ENCODER, TOKENIZER = ENCODER_FILES = ("encoder.onnx", "tokenizer.json")
"""Of each encoder, in `MODEL` and its folders."""
