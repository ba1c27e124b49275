"""Limits of a process, each looked at in a process of its own."""

import os
import subprocess
import sys

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")


def told(code, *prefix):
    command = [*prefix, sys.executable, "-c", f"from rupture import limits; {code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@linux
def test_a_limit_on_addresses_is_known_and_none_is_without_end():
    assert told("print(limits.addresses())", "sh", "-c", 'ulimit -v 400000; exec "$@"', "sh") == str(400_000 * 1024)
    assert told("print(limits.addresses())") == "inf"


@linux
def test_only_the_cores_that_may_be_used_count():
    one = min(os.sched_getaffinity(0))
    assert told(f"import os; os.sched_setaffinity(0, {{{one}}}); print(limits.cores())") == "1"


@linux
def test_a_limit_is_set_and_one_that_cannot_be_is_left_out():
    told_of = (
        "import resource; print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0)"
    )
    assert told(f"limits.limit(CORE=0, NOFILE=-2); {told_of}") == "(0, 0) True"
