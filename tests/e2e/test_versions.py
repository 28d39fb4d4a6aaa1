"""Two versions at one database by turns, and programs that lack what they were linked with."""
import hashlib
import re
import sqlite3
import subprocess

import pytest

from conftest import BUILD, CRAWLD, html


@pytest.fixture
def programs(tmp_path):
    """Copies of the programs, with some bytes of them changed for others of the same length."""
    def make(folder, changed, old, new):
        (tmp_path / folder).mkdir()
        for name in ("crawld", "crawld-parse"):
            content = (BUILD / name).read_bytes()
            if name in changed:
                assert old in content and len(old) == len(new)
                content = content.replace(old, new)
            (tmp_path / folder / name).write_bytes(content)
            (tmp_path / folder / name).chmod(0o755)
        return tmp_path / folder / "crawld"

    return make


def crawled(program, database, site, *arguments):
    return subprocess.run([program, "crawl", "--db", database, "--allow-address", "127.0.0.0/8", "--delay", "0",
                           "-e", "robots=off", *arguments, site.url("/0")],
                          capture_output=True, text=True, timeout=120, check=False)


def row(path):
    """Thirty pages, each linking to the next three."""
    n = int(path[1:]) if path[1:].isdigit() else 0
    return html([f"/{m}" for m in range(n + 1, min(n + 4, 30))])


@pytest.mark.parametrize("program", ["crawld", "crawld-parse"])
def test_a_library_that_is_missing_is_named_and_nothing_is_fetched(programs, serve, tmp_path, program):
    site = serve(row)
    lacking = programs("lacking", [program], b"\0libxml2.so.2\0", b"\0libnope.so.2\0")
    result = crawled(lacking, tmp_path / "crawl.db", site)
    assert result.returncode != 0 and result.stderr.count("\n") == 1, result.stderr
    assert "libnope.so.2: cannot open shared object file" in result.stderr
    assert f"lacking/{program}: " in result.stderr and "seccomp" not in result.stderr
    assert site.paths() == []


def test_without_proc_the_start_says_so_and_nothing_is_fetched(serve, tmp_path):
    site = serve(row)
    hidden = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a file system here")
    result = subprocess.run([*hidden, CRAWLD, "crawl", "--db", tmp_path / "crawl.db", "--allow-address", "127.0.0.0/8",
                             site.url()], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert "without /proc" in result.stderr and site.paths() == []


def test_two_versions_take_a_crawl_over_from_each_other_by_turns(programs, serve, tmp_path):
    site = serve(row)
    build = re.search(r'"([0-9a-f]{16})"', (BUILD / "generated/build_id.h").read_text())[1].encode()
    other = programs("other", ["crawld", "crawld-parse"], build, b"0123456789abcdef")
    database = tmp_path / "crawl.db"
    for turn, program in enumerate((CRAWLD, other, CRAWLD, other)):
        result = crawled(program, database, site, "--max-pages", "6")
        assert result.returncode == 0, (turn, result.stderr)
    assert crawled(CRAWLD, database, site).returncode == 0
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT state, count(*) FROM urls GROUP BY state").fetchall() == [("done", 30)]
    connection.close()
    assert sorted(site.paths()) == sorted(f"/{n}" for n in range(30))  # each once, whoever asked
    assert subprocess.run([CRAWLD, "audit", "--db", database], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("sandbox", ["required", "off"])
def test_a_start_beside_a_worker_of_another_build_is_refused(programs, serve, tmp_path, sandbox):
    site = serve(row)
    build = re.search(r'"([0-9a-f]{16})"', (BUILD / "generated/build_id.h").read_text())[1].encode()
    other = programs("other", ["crawld-parse"], build, b"0123456789abcdef")
    config = tmp_path / "crawl.yaml"
    config.write_text(f"database: {tmp_path}/crawl.db\nsandbox: {sandbox}\n"
                      f"sites: [{{name: a, seeds: ['{site.url()}'], allow_addresses: [127.0.0.0/8]}}]\n")
    for command in ("crawl", "run"):
        result = subprocess.run([other, command, "-c", config], capture_output=True, text=True, timeout=20, check=False)
        lines = [line for line in result.stderr.splitlines() if "sandbox.off" not in line]
        assert result.returncode == 1 and len(lines) == 1, result.stderr
        assert "crawld-parse is of another build than this crawld; install both anew" in lines[0]
    assert site.paths() == []


def test_a_database_of_a_newer_version_is_left_as_it_is_and_goes_on_with_that_version(serve, tmp_path):
    site = serve(row)
    database = tmp_path / "crawl.db"
    assert crawled(CRAWLD, database, site, "--max-pages", "6").returncode == 0

    def set_schema(version):
        with sqlite3.connect(database) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()

    connection = sqlite3.connect(database)
    ours = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    set_schema(ours + 1)
    before, asked = hashlib.sha256(database.read_bytes()).digest(), len(site.paths())
    result = crawled(CRAWLD, database, site)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and "newer" in result.stderr, result.stderr
    assert hashlib.sha256(database.read_bytes()).digest() == before and len(site.paths()) == asked
    set_schema(ours)
    assert crawled(CRAWLD, database, site).returncode == 0 and len(set(site.paths())) == 30
