import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rupture.privacy import hardening
from tests.privacy.opposites import OPPOSITES

ROOT = Path(__file__).parents[2]


def in_child(code: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """`code` in a fresh interpreter, in a shell that wants the opposite of everything."""
    environment = {**os.environ, **OPPOSITES, "PYTHONPATH": str(ROOT), **extra}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_harden_wins_over_a_shell_that_wants_the_opposite(tmp_path):
    code = (
        "from rupture.privacy.hardening import *; import json, os; harden();"
        "print(json.dumps([differing_environment(), dict(os.environ)]))"
    )
    differing, environment = json.loads(in_child(code, TMPDIR=str(tmp_path)).stdout)
    assert differing == []
    assert not [
        name
        for name in environment
        if name.startswith(("LANGSMITH_API", "OTEL_", "CHROMA_OTEL_", "GRADIO_ALLOWED", "GRADIO_HISTORY"))
    ]
    assert not {"HF_TOKEN", "OPENAI_LOG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} & set(environment)


def test_without_harden_every_opposite_is_reported():
    code = "from rupture.privacy.hardening import *; print('\\n'.join(differing_environment()))"
    reported = in_child(code).stdout
    assert [name for name in OPPOSITES if name not in reported] == []


def test_the_temp_folder_is_private_and_gone_at_exit(tmp_path):
    code = "from rupture.privacy.hardening import harden; f = harden(); (f / 'left.txt').write_text('x'); print(f)"
    folder = Path(in_child(code, TMPDIR=str(tmp_path)).stdout.strip())
    assert folder.parent == tmp_path
    assert not folder.exists()
    code = "from rupture.privacy.hardening import harden; import os; print(oct(os.stat(harden()).st_mode & 0o777))"
    if os.name == "posix":
        assert in_child(code, TMPDIR=str(tmp_path)).stdout.strip() == "0o700"


def test_a_killed_process_leaves_nothing_for_longer_than_the_next_start(tmp_path):
    kill = (
        "from rupture.privacy.hardening import harden; import os; f = harden();"
        "(f / 'left.txt').write_text('x'); print(f, flush=True); os._exit(9)"
    )
    left = Path(in_child(kill, TMPDIR=str(tmp_path)).stdout.strip())
    assert (left / "left.txt").exists()
    in_child("from rupture.privacy.hardening import harden; harden()", TMPDIR=str(tmp_path))
    assert not left.exists()


def test_a_running_process_keeps_its_folder(tmp_path):
    code = (
        "import subprocess, sys\nfrom rupture.privacy.hardening import harden\nf = harden()\n"
        "subprocess.run([sys.executable, '-c', 'from rupture.privacy.hardening import harden; harden()'], check=True)\n"
        "print(f.exists())"
    )
    assert in_child(code, TMPDIR=str(tmp_path)).stdout.strip() == "True"


@pytest.mark.skipif(os.name != "posix", reason="modes are checked on POSIX systems only")
def test_a_shared_temp_folder_is_reported(tmp_path, monkeypatch):
    folder = tmp_path / "rupture-screen-x"
    folder.mkdir()
    folder.chmod(stat.S_IRWXU | stat.S_IRGRP)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    assert "GRADIO_TEMP_DIR can be read by other users" in hardening.differing_environment()


BUILD = """
import json, os, sys
from pathlib import Path
from rupture.privacy.hardening import harden, self_test
harden()
from rupture.ui import server
kept = {}
def keep(app, blocks):
    kept['blocks'] = blocks
    return []
server.self_test = keep
found = []
for plant in json.loads(sys.argv[1]):
    environment = dict(os.environ)
    app = server.build_app(lambda: None, Path('nowhere'))
    blocks = kept['blocks']
    exec(plant)
    found.append(self_test(app, blocks))
    os.environ.clear()
    os.environ.update(environment)
print(json.dumps(found))
"""

PLANTED = {
    "": "",
    "blocks.show_error = True": "show_error is not False",
    "blocks.run_history = True": "run_history is not False",
    "blocks.allowed_paths = ['/']": "allowed_paths is not []",
    "blocks.analytics_enabled = True": "analytics_enabled is not False",
    "blocks.enable_monitoring = None": "enable_monitoring is not False",
    "blocks.has_launched = False": "any file can be handed in",
    "blocks.max_file_size = None": "max_file_size is not 2000000",
    "blocks.share = True": "share is not False",
    "next(iter(blocks.fns.values())).api_visibility = 'public'": "can be called from outside the page",
    "blocks._queue.max_size = None": "the queue holds other than 100",
    "app.user_middleware.clear()": "TrustedHostMiddleware is missing",
    "os.environ['LANGSMITH_TRACING'] = 'true'": "LANGSMITH_TRACING is not 'false'",
    "os.environ['GRADIO_ALLOWED_PATHS'] = '/'": "GRADIO_ALLOWED_PATHS is set",
}


def test_self_test_finds_each_planted_setting_and_nothing_else():
    result = subprocess.run(
        [sys.executable, "-c", BUILD, json.dumps(list(PLANTED))],
        env={**os.environ, **OPPOSITES, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-1500:]
    for (plant, said), found in zip(PLANTED.items(), json.loads(result.stdout.splitlines()[-1]), strict=True):
        assert bool(found) == bool(said), plant
        assert any(said in line for line in found) or not said, plant


def test_the_server_refuses_to_start_when_not_hardened():
    code = (
        "from pathlib import Path\nfrom rupture.ui import server\ntry:\n    server.build_app(lambda: None, Path('nowhere'))\n"
        "except server.ServerError as error:\n    print(error)"
    )
    assert "does not start" in in_child(code).stdout


def test_processes_that_start_together_take_no_folder_from_each_other(tmp_path):
    code = (
        "import sys\nfrom rupture.privacy import hardening\n"
        "made = [hardening._private_folder() for _ in range(60)]\n"
        "sys.exit(0 if all((f / 'in-use').exists() for f in made) else 'a folder is gone')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    together = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [(process.communicate(timeout=100)[1], process.returncode) for process in together] == [("", 0)] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_never_held_is_removed_once_it_is_old(tmp_path):
    made = [tmp_path / f"{hardening._PREFIX}{name}" for name in ("new", "old")]
    for folder in made:
        folder.mkdir()
    os.utime(made[1], (0, 0))
    in_child("from rupture.privacy.hardening import harden; harden()", TMPDIR=str(tmp_path))
    assert [folder.exists() for folder in made] == [True, False]
