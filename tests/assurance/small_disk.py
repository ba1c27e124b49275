"""Everything that is kept, on a disk that is too small or may not be written: `python -m tests.assurance.small_disk`, with a
folder and `refused`, or a folder, `grow` and a command that makes room. What is refused has to be refused with an error of
ours; once there is room, all is as if nothing had been.
"""

import subprocess
import sys
from pathlib import Path

from rupture.errors import RuptureError
from rupture.guidance.index import open_index
from tests.assurance import writers
from tests.assurance.orders import CHECKS, Ended
from tests.guidance.small_corpus import HashingEncoder

COUNT = {"workspace": 2_000, "practice": 200_000, "batch": 5_000, "users": 1}
"""More than fits, but for the users."""


def until_refused(what: str, folder: Path) -> tuple[int, ...]:
    """Writes until an error of ours says that no more fits; the numbers of what was kept."""
    kept = []
    try:
        for number in writers.WRITERS[what](folder, COUNT[what]):
            kept.append(number)
    except RuptureError:
        return tuple(kept)
    assert what == "users", f"{what} was never refused"
    return tuple(kept)


def main() -> None:
    """Says `refused` or `healed`, or ends with a trace."""
    folder, then, *command = Path(sys.argv[1]), *sys.argv[2:]
    index = open_index(writers.guidance(), HashingEncoder(), folder / "index" / "cache")
    in_memory = bool(index.note)
    assert len(index.ids) == len(writers.guidance().passages)
    if then == "refused":
        assert in_memory
        assert not any(until_refused(what, folder / what) for what in COUNT)
        sys.stdout.write("refused\n")
        return
    # The least of them first, since the first one takes all the room there is.
    kept = {what: until_refused(what, folder / what) for what in ("users", "practice", "batch", "workspace")}
    subprocess.run(command[0].split(), check=True)
    for what, numbers in kept.items():
        CHECKS[what](folder / what, Ended(3, numbers, {}))
    CHECKS["index"](folder / "index", Ended(0, (), {}))
    sys.stdout.write("healed\n")


if __name__ == "__main__":
    main()
