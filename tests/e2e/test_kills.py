"""kill -9 at random moments: of everything, at the start, at the end, of the main process alone.

The site counts its requests: every page is stored once, and what is fetched again is at most what
was under way or not committed when a kill came.
"""
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import check_whole, eventually
from process_tree import alive, children
from test_crawl import QUICK, chain

# `make soak` asks for hundreds.
ROUNDS = int(os.environ.get("CRAWLD_SOAK_ROUNDS", "4"))
PAGES = max(150, ROUNDS * 30)
IN_FLIGHT = 8
# Fetched but not committed: what the queue before the parse workers holds at most.
NOT_COMMITTED = 64


def test_kills_at_random_moments_lose_and_double_nothing(crawl, serve):
    site = serve(chain(PAGES, delay=0.004))
    arguments = (*QUICK, "--concurrency-per-host", IN_FLIGHT, "-q", site.url())
    chance = random.Random(ROUNDS)
    for turn in range(ROUNDS):
        process = crawl.start(*arguments)
        time.sleep(chance.uniform(0.05, 0.9))
        if turn % 3 == 2:
            # In the middle of its shutdown.
            process.send_signal(signal.SIGTERM)
            time.sleep(chance.uniform(0.0, 0.1))
        workers = children(process.pid)
        if turn % 3 == 1:
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
        crawl.kill_tree(process)
        eventually(lambda: not any(map(alive, workers)))
    finished = crawl.run(*arguments, timeout=600)
    assert finished.returncode == 0, finished.stderr
    check_whole(crawl, PAGES + 1)
    assert len(site.log) <= PAGES + 1 + ROUNDS * (IN_FLIGHT + NOT_COMMITTED)


def test_kills_within_the_first_moments_leave_a_database_that_opens(crawl, serve):
    site = serve(chain(20))
    for turn in range(ROUNDS):
        process = crawl.start(*QUICK, "-q", site.url())
        time.sleep(0.02 + 0.4 * turn / ROUNDS)
        crawl.kill_tree(process)
        if turn % 2 == 0:
            for name in crawl.db.parent.iterdir():
                assert name.name.startswith("crawl.db")
    assert crawl.run(*QUICK, site.url()).returncode == 0
    check_whole(crawl, 21)
