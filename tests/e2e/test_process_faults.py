"""Processes that are killed, stopped or starved, and a system that gives nothing more."""
import calendar
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import BUILD, CRAWLD, eventually, html
from process_tree import alive, children
from test_crawl import QUICK, chain

SHIM = BUILD / "tests" / "process_faults.so"
WORKERS = 2


def configured(tmp_path, site, text="", **keys):
    """A configuration file for one quick site; `text` goes above it."""
    config = tmp_path / "crawl.yaml"
    lines = [f"    {name}: {value}" for name, value in
             {"delay": "0s", "robots": "ignore", "concurrency_per_host": 4,
              "allow_addresses": '["127.0.0.0/8"]', **keys}.items()]
    config.write_text(f"parse_workers: {WORKERS}\n{text}\nsites:\n  - name: test\n"
                      f"    seeds: [\"{site.url()}\"]\n" + "\n".join(lines) + "\n")
    return config


def workers(process):
    return [pid for pid in children(process.pid) if alive(pid)]


def audited(crawl):
    return subprocess.run([CRAWLD, "audit", "--db", crawl.db], capture_output=True, text=True, timeout=60,
                          check=False)


def starved(plan):
    return {**os.environ, "LD_PRELOAD": str(SHIM), "PROCESS_FAULTS": plan}


def test_workers_end_with_a_main_process_that_was_killed_alone(crawl, serve):
    site = serve(chain(400, delay=0.01))
    process = crawl.start(*QUICK, "-q", site.url())
    eventually(lambda: len(site.log) > 20)
    orphans = workers(process)
    assert orphans
    process.kill()
    process.wait()
    eventually(lambda: not any(map(alive, orphans)))


def test_workers_killed_again_and_again_cost_no_page(crawl, serve, tmp_path):
    site = serve(chain(200, delay=0.01))
    process = crawl.start("-c", configured(tmp_path, site), "-q")
    eventually(lambda: len(site.log) > 1)  # the sandbox has proved itself
    most = killed = 0
    for turn in range(5):
        before = len(site.log)
        eventually(lambda: len(site.log) > before + 5)
        living = workers(process)
        most = max(most, len(living))
        # One of them, then all at once, by turns.
        for pid in living[:1] if turn % 2 else living:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert killed >= 4
    assert most <= WORKERS
    # Killed twice in a row with a page in hand, a worker takes that page's reading along; its body stays.
    states = dict(crawl.sql("SELECT state, count(*) FROM urls GROUP BY state"))
    assert set(states) <= {"done", "parse_error"} and states["done"] >= 190
    assert crawl.sql("SELECT count(*), count(DISTINCT url_id) FROM pages") == [(sum(states.values()),) * 2]


def test_a_worker_that_hangs_is_replaced_and_its_page_read_by_another(crawl, serve, tmp_path):
    site = serve(chain(60, delay=0.02))
    process = crawl.start("-c", configured(tmp_path, site, "parse: {timeout: 1s}"), "--json")
    eventually(lambda: len(site.log) > 5)
    stopped = workers(process)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    output, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert crawl.sql("SELECT DISTINCT state FROM urls") == [("done",)]
    assert not any(map(alive, stopped))
    assert '"pages":61' in output.replace(" ", "")


BIG = b"<title>big</title>" + b"<p class=a>some words <a href=/p>x</a></p>" * 240_000


def with_big_page(path):
    """Twenty pages beside one that takes more memory than the others together."""
    if path == "/":
        return html(["/big"] + [f"/p/{n}" for n in range(20)])
    return (200, {"Content-Type": "text/html"}, BIG) if path == "/big" else html([])


def test_a_page_that_takes_too_much_memory_is_booked_with_its_body_and_harms_nobody(crawl, serve, tmp_path):
    site = serve(with_big_page)
    result = crawl.run("-c", configured(tmp_path, site, "parse: {memory: 48MiB}"))
    assert result.returncode == 0, result.stderr
    assert crawl.sql("SELECT state, reason FROM urls WHERE url LIKE '%/big'") == [("parse_error", "memory")]
    assert crawl.sql("SELECT outcome, detail FROM fetches JOIN urls ON urls.id = url_id WHERE url LIKE '%/big'") == [
        ("memory", "out of its 48 MiB")]
    assert crawl.sql("SELECT parse_error, bytes, body_id > 0 FROM pages JOIN urls ON urls.id = url_id WHERE url LIKE '%/big'"
                     ) == [("memory: out of its 48 MiB", len(BIG), 1)]
    assert site.paths().count("/big") == 1
    assert crawl.sql("SELECT count(*) FROM urls WHERE state = 'done'") == [(21,)]
    assert "parse.killed" in result.stderr


@pytest.fixture
def little_memory():
    """The folder of a control group of 64 MiB, as MemoryMax= makes one; without the right to make one the test does
    not run."""
    groups = dict(line.split(":", 2)[1:] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines())
    second = "memory" not in groups  # version 2 of control groups has one tree for all controllers
    above = pathlib.Path("/sys/fs/cgroup" + ("" if second else "/memory") + groups["" if second else "memory"])
    group = above / f"crawld-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no right to make a control group here: {error}")
    try:
        for name, value in (("memory.max", "64M"), ("memory.swap.max", "0")) if second else (
                ("memory.limit_in_bytes", "64M"), ("memory.swappiness", "0")):
            (group / name).write_text(value)
        yield group
    except OSError as error:
        pytest.skip(f"no right to limit a control group's memory here: {error}")
    finally:
        eventually(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_the_kernel_out_of_memory_takes_a_worker_and_the_crawl_goes_on(crawl, serve, tmp_path, little_memory):
    site = serve(with_big_page)
    config = configured(tmp_path, site, "parse: {memory: 2GiB}")
    within = ["sh", "-c", f'echo $$ >{little_memory}/cgroup.procs && exec "$@"', "sh"]
    result = subprocess.run([*within, *crawl.command("-c", config)], capture_output=True, text=True, timeout=120,
                            check=False)
    assert result.returncode == 0, result.stderr
    assert crawl.sql("SELECT state, reason FROM urls WHERE url LIKE '%/big'") == [("parse_error", "crashed")], result.stderr
    assert crawl.sql("SELECT bytes, body_id > 0 FROM pages JOIN urls ON urls.id = url_id WHERE url LIKE '%/big'"
                     ) == [(len(BIG), 1)]
    assert crawl.sql("SELECT count(*) FROM urls WHERE state = 'done'") == [(21,)]
    assert audited(crawl).returncode == 0


def test_a_worker_that_cannot_be_started_holds_the_crawl_and_harms_no_page(crawl, serve, tmp_path):
    site = serve(chain(60, delay=0.01))
    environment = starved("call=spawn with=--parent nth=1 for=1500")
    result = subprocess.run(crawl.command("-c", configured(tmp_path, site)), env=environment, capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert "parse.no_worker" in result.stderr and "parse.worker_back" in result.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 61)]
    assert len(site.log) == 61


def test_one_worker_is_enough_where_no_more_can_be_started(crawl, serve, tmp_path):
    site = serve(chain(40, delay=0.005))
    result = subprocess.run(crawl.command("-c", configured(tmp_path, site)), env=starved("call=spawn with=--parent nth=2 count=0"),
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 41)]


def test_a_stop_while_no_worker_can_be_started_ends_in_time_and_keeps_the_pages_queued(crawl, serve, tmp_path):
    site = serve(chain(40))
    process = subprocess.Popen(crawl.command("-c", configured(tmp_path, site)), env=starved("call=spawn with=--parent nth=1 count=0"),
                               stderr=subprocess.PIPE, text=True)
    eventually(lambda: len(site.log) > 0)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 11, stderr
    assert crawl.sql("SELECT DISTINCT state FROM urls") == [("queued",)]
    assert crawl.run("-c", configured(tmp_path, site)).returncode == 0
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 41)]


def test_with_few_threads_or_descriptors_the_crawl_takes_fewer_and_says_so(crawl, serve, tmp_path):
    site = serve(chain(30))
    few_threads = subprocess.run(crawl.command("-c", configured(tmp_path, site)), env=starved("call=thread nth=9 count=0"),
                                 capture_output=True, text=True, timeout=60, check=False)
    assert few_threads.returncode == 0, few_threads.stderr
    assert "threads.fewer" in few_threads.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 31)]
    crawl.db.unlink()
    few_files = subprocess.run(
        crawl.command("-c", configured(tmp_path, site)), capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)), check=False)
    assert few_files.returncode == 0, few_files.stderr
    assert "ulimit -n" in few_files.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 31)]
    too_few = subprocess.run(
        crawl.command("-c", configured(tmp_path, site)), capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)), check=False)
    assert too_few.returncode == 1 and "at least" in too_few.stderr


@pytest.mark.parametrize("workers", [1, 4])
def test_as_few_descriptors_as_are_said_to_be_needed_are_enough(crawl, serve, tmp_path, workers):
    """Once as bare as a crawl can be, once with all that opens sockets and readers of its own."""
    site = serve(chain(10))
    everything = (f"control: {tmp_path}/control.sock\nmetrics: {{listen: \"127.0.0.1:0\"}}\n"
                  "hooks: {exec: [/bin/cat]}\n")
    for text in ("", everything):
        config = configured(tmp_path, site, f"database: {crawl.db}\n{text}")
        config.write_text(re.sub(r"parse_workers: \d+", f"parse_workers: {workers}", config.read_text()))

        def run_with(files):
            return subprocess.run(
                crawl.command("-c", config), capture_output=True, text=True, timeout=60,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)), check=False)

        needed = int(re.search(r"at least (\d+) are needed", run_with(20).stderr).group(1))
        enough = run_with(needed)
        assert enough.returncode == 0 and "Too many open files" not in enough.stderr, enough.stderr
        assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 11)]
        crawl.db.unlink()


def test_without_a_socket_for_a_while_the_crawl_waits_and_blames_no_host(crawl, serve, tmp_path):
    site = serve(lambda path: (lambda status, headers, body: (status, {**headers, "Connection": "close"}, body))(
        *chain(30)(path)))
    result = subprocess.run(crawl.command("-c", configured(tmp_path, site)), env=starved("call=socket nth=5 for=700"),
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert "fetch.no_socket" in result.stderr
    assert crawl.sql("SELECT outcome, count(*) FROM fetches GROUP BY outcome") == [("done", 31)]


def test_without_a_thread_or_without_memory_it_ends_with_a_message_and_the_next_start_goes_on(crawl, serve, tmp_path):
    site = serve(chain(30))
    config = configured(tmp_path, site)
    plans = ["call=thread nth=1 count=0", "call=thread nth=3 count=0"]
    plans += [f"call=memory nth={nth}" for nth in (3_000, 40_000, 80_000)]
    for plan in plans:
        ended = subprocess.run(crawl.command("-c", config), env=starved(plan), capture_output=True, text=True,
                               timeout=60, check=False)
        assert ended.returncode in (0, 1), (plan, ended.returncode, ended.stderr)
        assert ended.returncode == 0 or ended.stderr.startswith("crawld: "), (plan, ended.stderr)
    assert crawl.run("-c", config).returncode == 0
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 31)]
    assert audited(crawl).returncode == 0


@pytest.mark.parametrize("reader", ["gone", "full"])
def test_a_reader_that_goes_away_harms_no_crawl(crawl, serve, reader):
    site = serve(chain(40))
    command = " ".join(crawl.command(*QUICK, "-o", "-", site.url()))
    shell = f"{command} 2>&1 >/dev/full" if reader == "full" else f"{command} 2>/dev/full | head -n 1"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], capture_output=True, text=True, timeout=60,
                            check=False)
    assert result.returncode == (3 if reader == "full" else 0), result.stdout + result.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 41)]
    if reader == "full":
        assert "No space left" in result.stdout


def test_a_file_of_results_that_is_not_whole_is_told_by_exit_3(crawl, serve):
    site = serve(chain(20))
    result = crawl.run(*QUICK, "-q", "-o", "/dev/full", site.url())
    assert result.returncode == 3
    assert "the output is not whole" in result.stderr and "crawld export" in result.stderr
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 21)]


def at_year(year):
    ahead = calendar.timegm((year, 6, 1, 0, 0, 0)) - int(time.time())
    return {**os.environ, "LD_PRELOAD": str(SHIM.parent / "wall_clock.so"), "WALL_CLOCK_AHEAD": str(ahead)}


def crawled(crawl, site, *arguments, year):
    command = crawl.command(*QUICK, "-q", "--json", *arguments, site.url())
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=at_year(year), check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("year", [1969, 2263, 9999])
def test_a_clock_that_is_centuries_wrong_is_told_as_it_is(crawl, serve, year):
    site = serve(chain(6))
    assert crawled(crawl, site, "--max-pages", "3", year=year)["pages"] == 3
    assert {day[:10] for day, in crawl.sql("SELECT fetched_at FROM v_pages")} == {f"{year}-06-01"}
    if year < 2026:
        assert crawled(crawl, site, year=2026)["pages"] >= 3
        return
    # Put right, it holds up a host for no longer than a rule may: the circuit breaker's five minutes.
    process = crawl.start(*QUICK, "-q", site.url())
    asked = [CRAWLD, "status", "--json", "--db", crawl.db]

    def hosts():
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return told and json.loads(told)["busiest_hosts"]

    assert 0 < eventually(hosts)[0]["opens_in_ms"] <= 300_000
    process.terminate()
    assert process.wait(60) == 11


def test_a_stop_of_the_whole_process_makes_no_burst_afterwards(crawl, serve, tmp_path):
    site = serve(chain(200))
    process = crawl.start("-c", configured(tmp_path, site, delay="200ms", jitter=0))
    eventually(lambda: len(site.log) >= 4)
    process.send_signal(signal.SIGSTOP)
    time.sleep(2.5)
    before = len(site.log)
    process.send_signal(signal.SIGCONT)
    eventually(lambda: len(site.log) >= before + 6)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    times = [at for at, _ in site.log][before:]
    assert times[5] - times[0] >= 5 * 0.2 - 0.15
    assert process.returncode == 11
    assert crawl.sql("SELECT count(*) FROM fetches WHERE outcome NOT IN ('done', 'aborted')") == [(0,)]


def test_the_second_interrupt_ends_at_once_and_what_was_stored_stays(crawl, serve):
    def slow(path):
        if path.startswith("/p/"):
            time.sleep(20)
        return html([f"/p/{n}" for n in range(4)])

    site = serve(slow)
    process = crawl.start(*QUICK, "--stop-timeout", "15", "--concurrency-per-host", "2", site.url())
    eventually(lambda: len(site.log) >= 2)
    eventually(lambda: crawl.db.exists() and crawl.sql("SELECT count(*) FROM pages") == [(1,)])
    process.send_signal(signal.SIGINT)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    process.communicate(timeout=30)
    assert process.returncode == 11
    assert time.monotonic() - began < 10
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state ORDER BY state") == [("done", 1), ("queued", 4)]
    assert audited(crawl).returncode == 0
