"""The power is cut at many moments of a recorded crawl: what was acknowledged is on the disk."""
import json
import os
import random
import sqlite3
import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import BUILD, CRAWLD, Crawl
from power_cut import after_a_cut, read_record
from test_crawl import QUICK, chain

SHIM = BUILD / "tests" / "disk_record.so"
# `make soak` asks for many more.
CUTS = int(os.environ.get("CRAWLD_SOAK_ROUNDS", "40"))
PAGES = 80


def record_a_crawl(crawl, folder, url):
    """Two runs, the second one resumed: so the record holds a creation, an end and a start."""
    record = folder / "record"
    environment = {**os.environ, "LD_PRELOAD": str(SHIM), "DISK_RECORD": f"{record} crawl.db out.jsonl"}
    for more in (("--max-pages", "30"), ()):
        subprocess.run(crawl.command(*QUICK, *more, "-q", "-o", folder / "out.jsonl", url), env=environment,
                       check=False, timeout=60)
    return read_record(record)


def check(folder, files, acknowledged, balance=True):
    for name, data in files.items():
        # The index of the log lives in memory; a start makes it anew.
        if not name.endswith("-shm"):
            (folder / name).write_bytes(data)
    database = folder / "crawl.db"
    if not database.exists():
        assert acknowledged == []
        return
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    stored = {url for (url,) in connection.execute("SELECT url FROM v_pages")}
    connection.close()
    promised = {json.loads(line)["url"] for line in acknowledged}
    assert promised <= stored, promised - stored
    if not balance:
        return
    audit = subprocess.run([CRAWLD, "audit", "--db", database], capture_output=True, text=True, timeout=60, check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def test_after_a_power_cut_the_database_is_whole_and_holds_what_was_acknowledged(crawl, serve, tmp_path):
    site = serve(chain(PAGES, delay=0.003))
    operations = record_a_crawl(crawl, tmp_path, site.url())
    assert sum(op == "a" for op, *_ in operations) == PAGES + 1
    assert sum(op == "s" for op, *_ in operations) > 5
    for turn in range(CUTS):
        chance = random.Random(turn)
        count = chance.randint(1, len(operations))
        folder = tmp_path / f"cut{turn}"
        folder.mkdir()
        try:
            check(folder, *after_a_cut(operations, count, chance), balance=turn % 8 == 0)
        except AssertionError as problem:
            raise AssertionError(f"cut {turn} behind operation {count} of {len(operations)}") from problem
    # And the crawl goes on from such a disk.
    chance = random.Random(0)
    folder = tmp_path / "resumed"
    folder.mkdir()
    check(folder, *after_a_cut(operations, len(operations) * 2 // 3, chance))
    resumed = Crawl(folder)
    assert resumed.run(*QUICK, site.url()).returncode == 0
    assert resumed.sql("SELECT count(*), count(DISTINCT url_id) FROM pages") == [(PAGES + 1, PAGES + 1)]
