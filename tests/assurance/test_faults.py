"""A disk that fails, is full or may not be written, a home that is not there, damaged files, other clocks and languages, little
memory: what was kept stays whole, what is refused is refused in words, and scores do not move.

With `RUPTURE_ASSURANCE=1` every call on the disk fails once, more seeds, more environments.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rupture.detection.card import FILES
from rupture.detection.detector import OnnxDetector
from rupture.encoder import Encoder
from rupture.errors import ModelError
from rupture.resources import MODEL, SAMPLES
from tests.assurance.orders import CHECKS, Ended, Writer
from tests.assurance.watched import ROOT

pytestmark = pytest.mark.timeout(7200)
linux = pytest.mark.skipif(sys.platform != "linux", reason="loads a library before a program, or mounts a disk, as Linux does")
THOROUGH = os.environ.get("RUPTURE_ASSURANCE") == "1"
RUPTURE = Path(sys.executable).with_name("rupture")
SAMPLE = SAMPLES / "sleep-diary.txt"
ENTRIES = {"index": 1, "workspace": 3, "practice": 3, "batch": 3, "users": 2}
# A short run looks at every so many calls of a writer; the first of them always.
EVERY = dict.fromkeys(ENTRIES, 1) if THOROUGH else {"index": 120, "workspace": 15, "practice": 3, "batch": 2, "users": 6}
SEEDS = 60 if THOROUGH else 6


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """A writer on the disk of `failing.c`."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make the failing disk of")
    library = tmp_path_factory.mktemp("disk") / "failing.so"
    source = Path(__file__).with_name("failing.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    found = Writer(library)
    yield found
    found.close()


@linux
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("what", ENTRIES)
def test_whatever_call_on_the_disk_fails_nothing_kept_is_lost(what, error, failing, tmp_path, record_property):
    n, tried = 1, 0
    while True:
        folder = tmp_path / str(n)
        done = failing.order(what, folder, ENTRIES[what], n, error)
        # Refused in words of ours, or, for an index, held in memory with a note, or done all the same: never a crash.
        assert done.code in (0, 3), (n, done)
        CHECKS[what](folder, done)
        if done.said["hit"] == "0":
            assert done.code == 0
            break
        tried += 1
        n += EVERY[what]
        shutil.rmtree(folder)
    assert tried
    record_property(f"calls failed ({error})", tried)


MOUNTED = """
mount -t tmpfs -o size={size},mode=700 tmpfs "$1"
{before}
exec "$2" -m tests.assurance.small_disk "$1" {then}
"""


def on_a_disk(folder, size, before="", then=""):
    """`small_disk.py` on a file system of its own; None where none may be mounted."""
    script = ["sh", "-ec", MOUNTED.format(size=size, before=before, then=then), "sh", str(folder), sys.executable]
    for prefix in (["unshare", "--map-root-user", "--mount"], ["unshare", "--mount"]):
        if shutil.which("unshare") and not subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
            return subprocess.run([*prefix, *script], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    return None


@linux
@pytest.mark.parametrize("size", ["200k", "2m", "6m", "20m"] if THOROUGH else ["200k"])
def test_a_full_disk_is_said_and_heals_when_there_is_room(size, tmp_path):
    done = on_a_disk(tmp_path, size, then=f'grow "mount -o remount,size=200m {tmp_path}"')
    if done is None:
        pytest.skip("no disk of its own for a program may be mounted here (unshare)")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert done.stdout.split()[-1] == "healed"


@linux
def test_a_disk_that_may_not_be_written_is_said(tmp_path):
    done = on_a_disk(tmp_path, "2m", before='mount -o remount,ro "$1"', then="refused")
    if done is None:
        pytest.skip("no disk of its own for a program may be mounted here (unshare)")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert done.stdout.split()[-1] == "refused"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with a sound index."""
    folder = tmp_path_factory.mktemp("sound")
    CHECKS["index"](folder, Ended(0, (), {}))
    return folder


@pytest.mark.parametrize("seed", range(SEEDS))
def test_an_index_damaged_anywhere_is_built_again(seed, sound, tmp_path):
    chance = random.Random(seed)
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    files = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.stat().st_size)
    file = chance.choice(files)
    data = bytearray(file.read_bytes())
    place = chance.randrange(len(data))
    how = ("flipped", "truncated", "zeroed from", "removed", "swapped", "longer")[seed % 6]
    if how == "removed":
        file.unlink()
    elif how == "swapped":
        file.write_bytes(chance.choice([other for other in files if other != file]).read_bytes())
    else:
        data = {
            "flipped": data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :],
            "truncated": data[:place],
            "zeroed from": data[:place] + b"\x01" * (len(data) - place),
            "longer": data + b"\x00",
        }[how]
        file.write_bytes(data)
    CHECKS["index"](tmp_path, Ended(0, (), {}))


@pytest.mark.parametrize("form", ["missing", "truncated", "another's", "empty", "a pickle instead"])
@pytest.mark.parametrize("name", ["session.onnx", "card.json", "encoder.onnx"])
def test_a_model_that_is_not_whole_is_refused_in_words(form, name, tmp_path):
    for file in {*FILES, "card.json", "encoder.onnx", "tokenizer.json"}:
        shutil.copyfile(MODEL / file, tmp_path / file)
    damaged = tmp_path / name
    whole = damaged.read_bytes()
    damaged.unlink()
    if form == "a pickle instead":
        damaged.with_suffix(".pkl").write_bytes(b"cos\nsystem\n(S'touch canary'\ntR.")
    elif form != "missing":
        other = (MODEL / "guidance" / "encoder.onnx").read_bytes()
        damaged.write_bytes({"truncated": whole[: len(whole) // 2], "another's": other, "empty": b""}[form])
    if (form, name) == ("another's", "encoder.onnx"):
        # The weights of the guidance's reader fit the detector's shape, so the digest has to tell them apart.
        assert damaged.read_bytes() != whole
    with pytest.raises(ModelError, match=r"[Rr]einstall rupture|Train the model again|train it again"):
        OnnxDetector(Encoder(tmp_path), tmp_path)
    assert not (Path.cwd() / "canary").exists()


def analysed(prefix=(), code=None, **variables):
    """The sample's analysis by a process of its own, whose variables are `variables` beside a path."""
    start = [sys.executable, "-c", code] if code else [str(RUPTURE)]
    command = [*prefix, *start, "analyze", str(SAMPLE), "--json"]
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def usual():
    return analysed(HOME=os.environ.get("HOME", "/")).stdout


CLOCK = """
import sys, time
really = time.time
time.time = lambda: really() {shift}
sys.argv[0] = "rupture"
from rupture.cli import main
sys.exit(main())
"""
OTHERWISE = {
    "C, far east": {"LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
    "no home, no temp": {"HOME": "/nonexistent", "TMPDIR": "/nonexistent"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "summer time": {"TZ": "America/New_York"},
    "ASCII": {"PYTHONIOENCODING": "ascii:backslashreplace", "PYTHONUTF8": "0", "LC_ALL": "POSIX"},
    "hash seed": {"PYTHONHASHSEED": "7"},
    "no variable at all": {},
    "clock ahead": {"code": CLOCK.format(shift="+ 1e9")},
    "clock back": {"code": CLOCK.format(shift="- 1.7e9")},
    "private files only": {"prefix": ("sh", "-c", 'umask 077; exec "$@"', "sh")},
}


@pytest.mark.skipif(os.name != "posix", reason="variables as POSIX knows them")
@pytest.mark.parametrize("name", list(OTHERWISE) if THOROUGH else list(OTHERWISE)[:2])
def test_scores_are_the_same_under_other_clocks_languages_and_homes(name, usual):
    done = analysed(**OTHERWISE[name])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(usual)


@linux
@pytest.mark.parametrize("megabytes", [*range(300, 1200, 100), 1500] if THOROUGH else [400, 1500])
def test_with_little_memory_a_session_is_read_or_refused_in_words(megabytes, usual):
    limited = ("sh", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "sh")
    done = analysed(prefix=limited, HOME="/nonexistent", RUPTURE_THREADS="2")
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert done.stdout == usual
    else:
        assert done.returncode == 2
        assert megabytes < 1000
        assert f"may use {megabytes} MB" in done.stderr
