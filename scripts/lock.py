"""Writes requirements/base.txt and requirements/all.txt: the versions pip resolves today for this project, one pin a line.

Run by `make lock` in an environment with pip 25.1 or newer. A local build tag such as torch's `+cpu` is dropped, so that the
same file works with any index. What requirements/spared.txt names, which is taken out again, has no line.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"base.txt": ["."], "all.txt": [".[agreement,files,inspect,masking,models,ray,serve]", "--group", "dev"]}
SPARED = {line for line in (ROOT / "requirements" / "spared.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"}


def resolve(arguments: list[str]) -> list[str]:
    """`name==version` lines for everything pip would install for `arguments`, without the project itself."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", *arguments]
    report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    found = {item["metadata"]["name"].lower().replace("_", "-"): item["metadata"]["version"] for item in report["install"]}
    del found["rupture"]
    return [f"{name}=={version.partition('+')[0]}" for name, version in sorted(found.items()) if name not in SPARED]


if __name__ == "__main__":
    for name, arguments in LOCKS.items():
        lines = resolve(arguments)
        (ROOT / "requirements" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        sys.stdout.write(f"requirements/{name}: {len(lines)} packages\n")
