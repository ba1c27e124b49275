"""The line and the workers without HTTP."""

import asyncio
import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture import encoder
from rupture.serving import pool as pools
from rupture.serving.frames import Kind
from rupture.serving.metrics import Metrics
from rupture.serving.pool import Pool
from rupture.serving.waiting import Job, Line, LineFull, Stopping, TooLong
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


def asked(words):
    """What came of sessions in which each of `words` is said, with one worker."""

    async def ask():
        line = Line(20)
        pool = Pool(1, line, Metrics(), command=OBEDIENT)
        async with pool.running():
            jobs = [Job(json.dumps({"text": f"T: {said}\nC: I see."}).encode()) for said in words]
            for job in jobs:
                line.join(job)
            return await asyncio.gather(*(job.answer for job in jobs), return_exceptions=True)

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
