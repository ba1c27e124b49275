"""The line and the workers without HTTP."""

import asyncio
import errno
import json
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture import encoder
from rupture.serving import pool as pools
from rupture.serving.frames import Kind
from rupture.serving.metrics import Metrics
from rupture.serving.pool import Pool
from rupture.serving.waiting import Job, Line, LineFull, NoWorker, Stopping, TooLong, WorkerLost
from tests.serving.conftest import OBEDIENT


@given(st.lists(st.sampled_from(["join", "first", "leave", "back"])), st.integers(1, 4))
def test_the_line_keeps_order_and_never_grows_beyond_its_bound(moves, most):
    async def play():
        line, expected, taken = Line(most), [], None
        for number, move in enumerate(moves):
            if move == "join":
                job = Job(b"%d" % number)
                if len(expected) >= most:
                    with pytest.raises(LineFull):
                        line.join(job)
                else:
                    line.join(job)
                    expected.append(job)
            elif move == "first" and expected:
                taken = await line.first()
                assert taken is expected.pop(0)
            elif move == "leave" and expected:
                line.leave(expected.pop(len(expected) // 2))
            elif move == "back" and taken:
                line.back(taken)
                expected.insert(0, taken)
                taken = None
            assert len(line) == len(expected)
        line.close()
        with pytest.raises(Stopping):
            line.join(Job(b""))
        assert all(isinstance(job.answer.exception(), Stopping) for job in expected)
        assert len(line) == 0

    asyncio.run(play())


def test_several_who_wait_for_the_line_each_get_one():
    async def play():
        line = Line(3)
        takers = [asyncio.create_task(line.first()) for _ in range(3)]
        await asyncio.sleep(0)
        jobs = [Job(b"%d" % number) for number in range(3)]
        for job in jobs:
            line.join(job)
        assert await asyncio.wait_for(asyncio.gather(*takers), 5) == jobs

    asyncio.run(play())


def job(said):
    return Job(json.dumps({"text": f"T: {said}\nC: I see."}).encode())


def asked(words):
    """What came of sessions in which each of `words` is said, with one worker."""

    async def ask():
        line = Line(20)
        pool = Pool(1, line, Metrics(), command=OBEDIENT)
        async with pool.running():
            jobs = [job(said) for said in words]
            for one in jobs:
                line.join(one)
            return await asyncio.gather(*(one.answer for one in jobs), return_exceptions=True)

    return asyncio.run(ask())


def test_a_session_that_takes_too_long_is_ended_and_the_next_is_served(monkeypatch):
    monkeypatch.setattr(pools, "MOST_SECONDS", 3.0)
    long, short = asked(["sleep 60", "now"])
    assert isinstance(long, TooLong)
    assert short[0] is Kind.ANALYSIS


def test_a_stop_while_a_worker_is_being_ended_leaves_none_behind(monkeypatch):
    monkeypatch.setattr(pools, "MOST_SECONDS", 0.2)
    monkeypatch.setattr(pools, "END_SECONDS", 0.2)
    # Both are over before the first worker has gone; an unreaped one would warn, which fails the test.
    (long,) = asked(["sleep 60"])
    assert isinstance(long, TooLong)


def test_a_large_session_goes_there_and_comes_back_whole():
    said = "\nT: ".join(f"that was number {number}" for number in range(9_000))
    ((kind, data),) = asked([said])
    assert kind is Kind.ANALYSIS
    assert [turn["text"] for turn in json.loads(data)["turns"]][:-1] == said.split("\nT: ")
    assert len(data) > 1_000_000


def test_workers_are_told_their_threads_where_the_encoder_looks_for_them():
    assert pools.THREADS == encoder.THREADS
    assert pools.cores() <= (os.cpu_count() or 1)


def test_a_worker_that_is_not_private_does_not_start(monkeypatch):
    monkeypatch.setattr(pools, "AGAIN_SECONDS", 0.1)
    monkeypatch.setenv("GRADIO_SHARE", "True")

    async def start():
        failed = asyncio.Event()
        pool = Pool(1, Line(1), Metrics(), failed.set, (sys.executable, "-m", "rupture.serving.worker"))
        async with pool.running():
            await asyncio.wait_for(failed.wait(), 60)
        return pool

    pool = asyncio.run(start())
    assert "GRADIO_SHARE is not 'False'" in pool.reason
    assert not pool.ready


@pytest.mark.parametrize(
    "scarcity",
    [OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)), RuntimeError("can't start new thread")],
    ids=["process", "thread"],
)
def test_a_worker_that_cannot_be_spawned_is_tried_again_and_nobody_waits_for_it_without_end(monkeypatch, scarcity):
    monkeypatch.setattr(pools, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(pools, "LOST_SECONDS", 0.3)
    spawn, spare = asyncio.create_subprocess_exec, True

    async def scarce(*command, **settings):
        if not spare:
            raise scarcity
        return await spawn(*command, **settings)

    async def ask():
        nonlocal spare
        line = Line(20)
        pool = Pool(1, line, Metrics(), command=OBEDIENT)
        async with pool.running():
            while not pool.ready:
                await asyncio.sleep(0.01)
            spare = False
            jobs = [job("die"), job("now")]
            for one in jobs:
                line.join(one)
            waiting = asyncio.gather(*(one.answer for one in jobs), return_exceptions=True)
            told = await asyncio.wait_for(waiting, 30)
            spare = True
            line.join(again := job("now"))
            return told, await asyncio.wait_for(again.answer, 30), pool.reason

    monkeypatch.setattr(asyncio, "create_subprocess_exec", scarce)
    (lost, waited), served, reason = asyncio.run(ask())
    assert (type(lost), type(waited)) == (WorkerLost, NoWorker)
    assert served[0] is Kind.ANALYSIS
    assert reason == ""


def test_without_any_worker_the_reason_is_said():
    async def start():
        failed = asyncio.Event()
        pool = Pool(1, Line(1), Metrics(), failed.set, ("/nowhere/python",))
        async with pool.running():
            await asyncio.wait_for(failed.wait(), 10)
        return pool.reason

    assert "A worker cannot be started (No such file or directory)" in asyncio.run(start())


def test_a_worker_is_ended_though_nobody_reads_what_it_says(monkeypatch):
    monkeypatch.setattr(pools, "END_SECONDS", 0.1)
    talks = (
        "import sys; from rupture.serving.frames import Kind, framed; sys.stdout.buffer.write(framed(Kind.READY)); "
        "sys.stdout.buffer.write(bytes(5_000_000)); sys.stdin.read()"
    )

    async def stop():
        pool = Pool(1, Line(1), Metrics(), command=(sys.executable, "-c", talks))
        async with pool.running():
            while not pool.ready:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)  # until its pipe and the reader's room are full

    # Where it does not end, nothing in the same thread could end the test.
    stopping = threading.Thread(target=lambda: asyncio.run(stop()), daemon=True)
    stopping.start()
    stopping.join(30)
    assert not stopping.is_alive()


def test_a_worker_that_crashes_leaves_no_image_of_its_memory():
    ((_, data),) = asked(["core"])
    assert json.loads(data)["notes"] == ["(0, 0)"]


def test_a_file_in_the_current_folder_stands_in_for_no_module_of_a_worker(tmp_path):
    (tmp_path / "secrets.py").write_text("open('executed', 'w').close()\n")
    environment = {**os.environ, "GRADIO_SHARE": "True"}  # not private: it refuses, and ends
    done = subprocess.run(pools.COMMAND, cwd=tmp_path, env=environment, input=b"", capture_output=True, check=True, timeout=60)
    assert b"does not start" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.py"]
