"""A disk that is full, broken, read-only or gone under the crawl, as an operator meets it.

Every moment of every write is tests/unit/storage/faults_test.cc's; here it is the words, the
exit code, and that the crawl goes on by itself or at the next start with nothing lost.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from conftest import BUILD, CRAWLD, Crawl, check_whole, eventually, html
from test_crawl import QUICK, chain

SHIM = BUILD / "tests" / "disk_faults.so"


def failing(plan, path="crawl.db-wal"):
    """By default the log is hit: it is written from the first commit on, not while the database is made."""
    return {**os.environ, "LD_PRELOAD": str(SHIM), "DISK_FAULTS": f"path={path} {plan}"}


def heavy(count, size=60_000):
    """A chain of pages that do not compress."""
    noise = random.Random(1)
    fill = ["".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(size // 3)) for _ in range(8)]

    def respond(path):
        n = int(path[3:] or 0) if path.startswith("/p/") else 0
        links = [f"/p/{m}" for m in range(3 * n + 1, 3 * n + 4) if m < count]
        status, headers, body = html(links)
        text = f"<p>{n}{fill[n % 8][n:]}{n}".encode()
        return status, {"Content-Type": "text/html; charset=utf-8"}, body + text

    return respond


def test_a_limit_of_file_sizes_holds_the_crawl_and_says_so_and_without_it_it_goes_on(crawl, serve):
    site = serve(heavy(30))
    limited = ["sh", "-c", 'ulimit -f 900; exec "$@"', "sh"]  # of 512 or 1,024 bytes, as the shell counts
    with open(crawl.db.with_suffix(".log"), "w") as log:
        running = subprocess.Popen([*limited, *crawl.command(*QUICK, site.url("/p/0"))], stderr=log, stdout=log)
        try:
            eventually(lambda: "file too large" in crawl.db.with_suffix(".log").read_text().lower()
                       or running.poll() is not None, 60)
            assert running.poll() is None, f"ended with {running.returncode}"
        finally:
            running.terminate()
            code = running.wait(60)
    assert code in (1, 11)
    result = crawl.run(*QUICK, site.url("/p/0"))
    assert result.returncode == 0, result.stderr
    check_whole(crawl, 30)


def test_a_limit_of_file_sizes_under_which_no_database_can_be_made_is_named(crawl):
    limited = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh"]
    result = subprocess.run([*limited, *crawl.command("http://127.0.0.1:1/")], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert "file too large" in result.stderr and "ulimit -f" in result.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB; without the right to mount one the test does not run."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4M", "none", folder], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system here; the shim's tests stand in")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_a_file_system_that_is_read_only_is_told_with_what_opens_it(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    result = subprocess.run([CRAWLD, "crawl", "--db", small_disk / "crawl.db", "http://127.0.0.1:1/"], capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert "read-only" in result.stderr and "ReadWritePaths=" in result.stderr


SORTS_SIXTY_MEGABYTES = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000) SELECT count(*), min(r) FROM "
                         "(SELECT i, hex(i * 7919 % 600000) || printf('%0100d', i) AS r FROM n ORDER BY r LIMIT -1 OFFSET 0)")


def test_a_query_sorts_on_the_disk_and_tells_where_that_is_full(crawl, serve, small_disk, tmp_path):
    assert crawl.run(*QUICK, serve(chain(2)).url()).returncode == 0
    ask = ["sh", "-c", 'ulimit -v 500000; exec "$@"', "sh", CRAWLD, "sql", "--db", crawl.db, SORTS_SIXTY_MEGABYTES]

    def sort_in(folder):
        return subprocess.run(ask, env=os.environ | {"TMPDIR": str(folder)}, capture_output=True, text=True, timeout=300, check=False)

    full = sort_in(small_disk)
    assert full.returncode == 3 and full.stderr.count("\n") == 1, full.stderr
    assert "disk is full" in full.stderr and "TMPDIR" in full.stderr
    assert list(small_disk.iterdir()) == []
    roomy = sort_in(tmp_path)
    assert roomy.returncode == 0 and "600000" in roomy.stdout, roomy.stderr


@pytest.mark.parametrize("setting", [[], ["disk_low: 0B"]], ids=["less than disk_low", "full"])
def test_a_quiet_crawl_says_once_why_it_waits_for_the_disk(small_disk, tmp_path, serve, setting):
    site = serve(heavy(90))
    config = tmp_path / "crawl.yaml"
    config.write_text("\n".join([f"sites: [{{name: test, seeds: [\"{site.url()}\"], delay: 0s, robots: ignore, "
                                 "concurrency_per_host: 4, allow_addresses: [127.0.0.0/8]}]", *setting]))
    said = tmp_path / "said"
    with open(said, "w") as log:
        running = subprocess.Popen(Crawl(small_disk).command("-q", "-c", config), stderr=log, stdout=log)
        try:
            eventually(lambda: said.read_text() or running.poll() is not None)
            time.sleep(2.5)
            assert running.poll() is None, said.read_text()
            told = said.read_text()
            assert told.count("\n") == 1 and ("disk_low" in told or "full" in told), told
        finally:
            running.terminate()
            running.wait(60)


@pytest.mark.parametrize("command", ["crawl", "run"])
def test_a_start_below_disk_low_asks_for_nothing(small_disk, tmp_path, serve, command):
    site = serve(heavy(90))
    config = tmp_path / "crawl.yaml"
    config.write_text(f"sites: [{{name: test, seeds: [\"{site.url()}\"], delay: 0s, robots: ignore, concurrency_per_host: 4, "
                      f"allow_addresses: [127.0.0.0/8]}}]\ncontrol: {tmp_path}/control\n")
    said = tmp_path / "said"
    with open(said, "w") as log:
        running = subprocess.Popen([CRAWLD, command, "-c", config, "--db", small_disk / "crawl.db"], stderr=log, stdout=log)
        try:
            eventually(lambda: "disk_low" in said.read_text() or running.poll() is not None)
            time.sleep(1.5)
            assert running.poll() is None, said.read_text()
            assert site.paths() == []
        finally:
            running.terminate()
            running.wait(60)


def test_a_disk_that_fills_under_the_last_batch_tells_what_is_left_and_what_goes_on(crawl, serve):
    site = serve(lambda path: html([]))
    process = subprocess.Popen(crawl.command(*QUICK, site.url()), env=failing("op=any do=enospc nth=21 count=0"),
                               stderr=subprocess.PIPE, text=True)
    site.wait_for(1)  # all there is
    try:
        _, stderr = process.communicate(timeout=3)  # the disk fills in the last step of all,
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)  # or under the batch before it, which is held
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3, stderr
    assert len(site.log) == 1
    assert "left        what the database did not take; go on with: crawld crawl" in stderr
    assert crawl.run(*QUICK, site.url()).returncode == 0
    check_whole(crawl, 1)


def test_a_full_disk_stops_fetching_and_room_lets_it_go_on(small_disk, serve):
    site = serve(heavy(90))
    crawl = Crawl(small_disk)
    config = small_disk / "crawl.yaml"
    config.write_text(f"disk_low: 0B\nsites:\n  - name: test\n    seeds: [\"{site.url()}\"]\n    delay: 0s\n"
                      "    robots: ignore\n    concurrency_per_host: 4\n    allow_addresses: [\"127.0.0.0/8\"]\n")
    process = subprocess.Popen(crawl.command("-c", config), stderr=subprocess.PIPE, text=True)

    def standing_still():
        before = len(site.log)
        time.sleep(1.2)
        return len(site.log) == before

    eventually(lambda: len(site.log) > 10 and standing_still())
    fetched = len(site.log)
    assert fetched < 90 and process.poll() is None
    status = subprocess.run([CRAWLD, "status", "--db", crawl.db], capture_output=True, text=True, timeout=60, check=False)
    assert "disk" in status.stdout, status.stdout + status.stderr
    subprocess.run(["mount", "-o", "remount,size=64M", small_disk], check=True)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert "store.failed" in stderr and "full" in stderr
    check_whole(crawl, 90)
    assert len(site.log) == 90


@pytest.mark.parametrize(("fault", "words"), [("enospc", "database or disk is full"), ("edquot", "disk quota exceeded")])
def test_a_disk_that_stays_full_ends_with_exit_3_on_a_stop_and_the_next_start_goes_on(crawl, serve, fault, words):
    site = serve(chain(60))
    process = subprocess.Popen(crawl.command(*QUICK, site.url()), env=failing(f"op=write do={fault} nth=14 count=0"),
                               stderr=subprocess.PIPE, text=True)
    eventually(lambda: len(site.log) > 0)
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 3, stderr
    told = [line for line in stderr.splitlines() if "store.failed" in line]
    assert told and all(str(crawl.db) in line and words in line for line in told), stderr
    assert crawl.run(*QUICK, site.url()).returncode == 0
    check_whole(crawl, 61)


def test_a_crawl_that_cannot_store_takes_no_urls_and_says_why(crawl, serve):
    site = serve(chain(60))
    process = subprocess.Popen(crawl.command(*QUICK, site.url()), env=failing("op=write do=enospc nth=14 count=0"),
                               stderr=subprocess.PIPE, text=True)

    def told(*words):
        return subprocess.run([CRAWLD, *words, "--db", crawl.db], capture_output=True, text=True, timeout=60, check=False)

    eventually(lambda: "database or disk is full" in told("status").stdout)
    added = told("add", site.url("/by-hand"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert added.returncode == 1
    assert added.stderr.startswith("crawld: the crawl cannot store URLs at present: "), added.stderr
    assert added.stderr.endswith("database or disk is full; add them again once it can\n"), added.stderr
    assert not crawl.sql("SELECT 1 FROM urls WHERE url LIKE '%/by-hand'")


def test_a_pause_holds_at_once_on_a_full_disk_and_says_that_a_restart_would_not_know_of_it(crawl, serve, tmp_path):
    site = serve(chain(2_000, delay=0.01))
    config = tmp_path / "daemon.yaml"
    config.write_text(json.dumps({
        "database": str(crawl.db), "control": str(tmp_path / "control"), "disk_low": "0B",
        "sites": [{"name": "one", "seeds": [site.url()], "delay": "0s", "allow_addresses": ["127.0.0.0/8"]}]}))
    process = subprocess.Popen([CRAWLD, "run", "-c", config], env=failing("op=write do=enospc nth=14 count=0"),
                               stderr=subprocess.PIPE, text=True)

    def told(*words):
        return subprocess.run([CRAWLD, *words, "-c", config], capture_output=True, text=True, timeout=60, check=False)

    eventually(lambda: "database or disk is full" in told("status").stdout)
    paused = told("pause", "one")
    status = told("status").stdout
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert paused.returncode == 1
    assert paused.stderr.startswith("crawld: done, but a restart would not know of it, since the crawl cannot store at "
                                    "present: "), paused.stderr
    assert paused.stderr.endswith("database or disk is full; say it again once it can\n"), paused.stderr
    assert "paused sites: one since 20" in status


def test_a_disk_that_is_full_at_the_start_is_named_and_nothing_is_fetched(crawl, serve):
    site = serve(chain(3))
    result = subprocess.run(crawl.command(*QUICK, site.url()), env=failing("op=any do=enospc nth=1 count=0", "crawl.db"),
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode in (1, 3)
    assert str(crawl.db) in result.stderr
    assert site.log == []


@pytest.mark.parametrize("place", ["pages.warc", "pages.cdxj"])
def test_an_archive_that_the_disk_does_not_take_leaves_that_of_before_with_its_index(crawl, serve, tmp_path, place):
    site = serve(chain(20))
    assert crawl.run(*QUICK, "--max-pages", "5", site.url()).returncode == 0
    files = [tmp_path / name for name in ("pages.warc.gz", "pages.cdxj")]
    export = [CRAWLD, "export", "-q", "--db", crawl.db, "-f", "warc", "-o", files[0]]
    assert subprocess.run(export, timeout=60, check=False).returncode == 0
    before = [file.read_bytes() for file in files]
    assert crawl.run(*QUICK, site.url()).returncode == 0
    full = subprocess.run(export, env=failing("op=sync do=enospc nth=1 count=0", place), capture_output=True, text=True,
                          timeout=60, check=False)
    assert full.returncode == 3 and full.stderr.count("\n") == 1, full.stderr
    assert f"cannot write {tmp_path}/{place}" in full.stderr and "No space left" in full.stderr
    assert [file.read_bytes() for file in files] == before
    assert list(tmp_path.glob("*.part")) == []
    assert subprocess.run(export, timeout=60, check=False).returncode == 0
    assert [file.read_bytes() for file in files] != before


@pytest.mark.parametrize("fault", ["do=eio for=800", "do=enospc for=800", "do=eio count=1"])
def test_an_error_that_passes_is_waited_for(crawl, serve, fault):
    site = serve(chain(60, delay=0.01))
    result = subprocess.run(crawl.command(*QUICK, "--concurrency-per-host", "4", site.url()), env=failing(f"{fault} op=any nth=30"),
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    # What fails once may be done again at once; what lasts is told.
    assert "store.failed" in result.stderr or "for=" not in fault
    check_whole(crawl, 61)
    assert len(site.log) == 61


def test_a_file_system_that_turns_read_only_ends_the_crawl_with_one_message(crawl, serve):
    site = serve(chain(100, delay=0.01))
    result = subprocess.run(crawl.command(*QUICK, site.url()), env=failing("op=any do=erofs nth=30 count=0"),
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1, result.stderr
    assert "read-only" in result.stderr
    assert crawl.run(*QUICK, site.url()).returncode == 0
    check_whole(crawl, 101)


@pytest.fixture
def unprivileged(tmp_path_factory):
    """Arguments for subprocess that make the child respect the permissions of files."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


def test_a_folder_or_file_that_may_not_be_written_is_refused_with_its_name(serve, unprivileged):
    site = serve(chain(3))
    folder = pathlib.Path(subprocess.check_output(["mktemp", "-d", "/tmp/crawld-e2e-XXXXXX"], text=True).strip())
    try:
        programs = folder / "bin"  # the build tree may be closed to others
        programs.mkdir()
        for name in ("crawld", "crawld-parse"):
            os.link(BUILD / name, programs / name) if os.stat(BUILD).st_dev == os.stat(folder).st_dev else shutil.copy(
                BUILD / name, programs / name)
        open_folder, closed = folder / "open", folder / "closed"
        for one, mode in ((open_folder, 0o777), (closed, 0o555), (programs, 0o755), (folder, 0o755)):
            one.mkdir(exist_ok=True)
            one.chmod(mode)

        def run(place):
            return subprocess.run([programs / "crawld", "crawl", "-q", "--db", place / "crawl.db", "--allow-address",
                                   "127.0.0.0/8", *QUICK, site.url()], capture_output=True, text=True, timeout=60,
                                  check=False, **unprivileged)

        refused = run(closed)
        assert refused.returncode == 1
        assert f"{closed}/crawl.db" in refused.stderr and "permission denied" in refused.stderr
        made = run(open_folder)
        assert made.returncode == 0, made.stderr
        open_folder.chmod(0o555)  # no log can be made beside the database
        no_log = run(open_folder)
        assert no_log.returncode == 1 and no_log.stderr.count("\n") == 1, no_log.stderr
        assert f"{open_folder}/crawl.db" in no_log.stderr and "make its directory writable" in no_log.stderr
        open_folder.chmod(0o777)
        (open_folder / "crawl.db").chmod(0o444)
        read_only = run(open_folder)
        assert read_only.returncode == 1
        assert f"{open_folder}/crawl.db" in read_only.stderr
        assert len(read_only.stderr.strip().splitlines()) == 1
    finally:
        shutil.rmtree(folder)


def test_a_damaged_database_is_refused_kept_and_the_way_out_is_named(crawl, serve):
    site = serve(heavy(40, 6_000))
    crawl.run(*QUICK, site.url())
    check_whole(crawl, 40)
    good = crawl.db.read_bytes()
    fetched = len(site.log)
    header = b"\xA5" * 100 + good[100:]
    crawl.db.write_bytes(header)
    refused = crawl.run(*QUICK, site.url())
    assert refused.returncode == 1 and crawl.db.read_bytes() == header
    assert ".recover" in refused.stderr and str(crawl.db) in refused.stderr
    # Overwritten in the middle, after a stop that was not clean: the check at the start finds it.
    crawl.db.write_bytes(good)
    process = crawl.start("--recrawl", *QUICK, site.url())
    eventually(lambda: len(site.log) > fetched + 2)
    crawl.kill_tree(process)
    fetched = len(site.log)
    middle = bytearray(crawl.db.read_bytes())
    for page in range(2, len(middle) // 4096, 2):
        middle[page * 4096:page * 4096 + 64] = b"\xA5" * 64
    crawl.db.write_bytes(bytes(middle))
    pathlib.Path(f"{crawl.db}-wal").unlink(missing_ok=True)
    pathlib.Path(f"{crawl.db}-shm").unlink(missing_ok=True)
    refused = crawl.run(*QUICK, site.url())
    assert refused.returncode == 1, refused.stderr
    assert "damaged" in refused.stderr and ".recover" in refused.stderr
    assert len(site.log) == fetched


def test_a_lost_log_costs_the_pages_in_it_and_no_more(crawl, serve):
    site = serve(chain(150, delay=0.005))
    process = crawl.start(*QUICK, "--concurrency-per-host", "4", "-q", site.url())
    eventually(lambda: len(site.log) > 60)
    crawl.kill_tree(process)
    log = pathlib.Path(f"{crawl.db}-wal")
    assert log.exists() and log.stat().st_size > 0
    log.unlink()
    pathlib.Path(f"{crawl.db}-shm").unlink(missing_ok=True)
    assert crawl.run(*QUICK, site.url()).returncode == 0
    check_whole(crawl, 151)


def test_a_disk_of_slow_fsyncs_slows_the_crawl_and_nothing_else(crawl, serve):
    site = serve(chain(40))
    process = subprocess.run(crawl.command("--delay", "0.1", "-e", "robots=off", "-q", site.url()), capture_output=True, text=True,
                             env=failing("op=sync do=slow nth=1 count=0", "crawl.db"), timeout=120, check=False)
    assert process.returncode == 0, process.stderr
    check_whole(crawl, 41)
    assert len(site.log) == 41
    times = [at for at, _ in site.log]
    assert times[-1] - times[0] > 0.09 * 40
    # One page a tenth of a second: a fetch does not wait for the three tenths of the disk.
    assert sorted(b - a for a, b in zip(times, times[1:]))[len(times) // 2] < 0.3


def test_a_file_overwritten_while_it_runs_ends_the_crawl_with_a_message(crawl, serve):
    site = serve(heavy(2_000, 6_000))
    process = crawl.start("--delay", "0.05", "-e", "robots=off", site.url())
    eventually(lambda: len(site.log) > 3)
    with open(crawl.db, "r+b") as file:
        for page in range(1, os.path.getsize(crawl.db) // 4096):
            file.seek(page * 4096)
            file.write(b"\xA5" * 64)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    assert "overwritten while in use" in stderr and ".recover" in stderr
    assert len(site.log) < 2_000


def test_a_database_that_is_taken_away_while_it_runs_ends_the_crawl_with_a_message(crawl, serve):
    site = serve(chain(2_000, delay=0.05))
    process = crawl.start(*QUICK, site.url())
    eventually(lambda: crawl.db.exists() and len(site.log) > 3)
    crawl.db.rename(crawl.db.with_suffix(".moved"))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    assert str(crawl.db) in stderr


def test_a_crawl_whose_database_was_taken_away_just_before_its_end_does_not_say_that_it_finished(crawl, serve):
    site = serve(chain(20, delay=0.05))
    process = crawl.start(*QUICK, "--json", site.url())
    eventually(lambda: crawl.db.exists() and len(site.log) > 3)
    crawl.db.unlink()
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    assert f"{crawl.db} was moved or deleted while in use" in stderr
    assert json.loads(stdout)["ended"] == "the database failed"


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_planted_in_place_of_the_database_is_refused(crawl, tmp_path, serve, kind):
    site = serve(chain(3))
    target = tmp_path / "target"
    target.write_text("precious")
    if kind == "link":
        crawl.db.symlink_to(target)
    elif kind == "folder":
        crawl.db.mkdir()
    else:
        os.mkfifo(crawl.db)
    result = crawl.run(*QUICK, site.url(), timeout=20)
    assert result.returncode == (2 if kind == "folder" else 1)
    assert str(crawl.db) in result.stderr
    assert target.read_text() == "precious" and site.log == []


def test_a_locked_database_is_waited_for(crawl, serve):
    """Another program holds the write lock for some seconds."""
    site = serve(chain(60, delay=0.01))
    crawl.run(*QUICK, "--max-pages", "3", site.url())
    holder = subprocess.Popen([sys.executable, "-c", f"""
import sqlite3, sys, time
c = sqlite3.connect({str(crawl.db)!r}, isolation_level=None)
c.execute("BEGIN IMMEDIATE"); print("held", flush=True); time.sleep(2); c.execute("ROLLBACK")
"""], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    result = crawl.run(*QUICK, site.url())
    holder.wait()
    assert result.returncode == 0, result.stderr
    check_whole(crawl, 61)
