"""Turns to write: one at a time, nobody passed for long, nobody waiting for the dead."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from blog import clock
from blog.turns import Turns
from tests.house.source import ROOT


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "site.sqlite")


def test_one_has_the_turn_at_a_time(file: str) -> None:
    """Two of them with two threads each, as two processes have."""
    busy, overlaps, turns = [0], [0], [0]

    def work(mine: Turns) -> None:
        for _ in range(25):
            with mine.taken():
                busy[0] += 1
                overlaps[0] += busy[0] > 1
                time.sleep(0.0005)
                turns[0] += 1
                busy[0] -= 1

    pair = [Turns(file, 5), Turns(file, 5)]
    threads = [threading.Thread(target=work, args=(mine,)) for mine in pair * 2]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (overlaps[0], turns[0]) == (0, 100)


def test_a_process_that_always_writes_lets_the_other_in_after_its_turn(file: str) -> None:
    greedy, modest = Turns(file, 5), Turns(file, 5)
    taken, is_over = [0], threading.Event()

    def hog() -> None:
        while not is_over.is_set():
            with greedy.taken():
                taken[0] += 1
                time.sleep(0.002)

    threads = [threading.Thread(target=hog) for _ in range(3)]
    for each in threads:
        each.start()
    passed = []
    for _ in range(20):
        before = taken[0]
        with modest.taken():
            passed.append(taken[0] - before)
    is_over.set()
    for each in threads:
        each.join()
    assert sorted(passed)[len(passed) // 2] <= 2, "the one that has it, and the one that was next"
    assert max(passed) <= 10


def test_the_threads_of_a_process_have_their_turns_in_the_order_in_which_they_came(
    file: str,
) -> None:
    mine, order = Turns(file, 5), list[int]()

    def work(number: int) -> None:
        with mine.taken():
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with mine.taken():
        for each in threads:
            each.start()
            time.sleep(0.01)
    for each in threads:
        each.join()
    assert order == [*range(8)]


def test_whoever_comes_after_one_that_gave_up_still_has_a_turn(file: str) -> None:
    mine, done = Turns(file, 1), list[str]()

    def work(name: str) -> None:
        with mine.taken():
            done.append(name)

    first, second = (threading.Thread(target=work, args=(name,)) for name in ("one", "two"))
    with mine.taken():
        first.start()
        time.sleep(0.6)
        second.start()
        first.join()
        assert done == ["one"], "it waited long enough"
    second.join(0.3)
    assert done == ["one", "two"]


def test_who_waits_too_long_goes_on_and_sqlite_decides(file: str) -> None:
    held, hasty = Turns(file, 5), Turns(file, 0.05)
    with held.taken():
        before = clock.ticks()
        with hasty.taken():
            assert 0.05 <= clock.ticks() - before < 2


def test_a_fault_gives_the_turn_back(file: str) -> None:
    mine = Turns(file, 5)
    with pytest.raises(RuntimeError), mine.taken():
        raise RuntimeError
    before = clock.ticks()
    with Turns(file, 5).taken():
        assert clock.ticks() - before < 1


def test_nobody_waits_for_a_process_that_was_killed(file: str) -> None:
    code = (
        "import sys, time; from blog.turns import Turns\n"
        "with Turns(sys.argv[1], 5).taken(): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, file], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    before = clock.ticks()
    with Turns(file, 30).taken():
        assert clock.ticks() - before < 5


def test_a_process_that_was_forked_off_waits_for_its_turn(file: str) -> None:
    """What is locked belongs to the open file, which a child shares; so it must open its own."""
    code = """
import os, sys, time
from blog.extensions import _turns
with _turns(sys.argv[1]).taken():
    if os.fork() == 0:
        mine, begun = _turns(sys.argv[1]), time.monotonic()
        mine._within = 0.2
        with mine.taken():
            print("waited" if time.monotonic() - begun >= 0.2 else "passed", flush=True)
        os._exit(0)
    os.wait()
"""
    found = subprocess.run(
        [sys.executable, "-c", code, file], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "waited\n"


def test_where_no_file_can_be_made_there_is_no_turn(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Turns(str(tmp_path / "gone" / "site.sqlite"), 1)
