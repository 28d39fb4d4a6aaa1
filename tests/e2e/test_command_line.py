"""What the command line is taken for, and what becomes of what is written to standard output."""
import datetime
import json
import os
import re
import sqlite3
import subprocess
import threading

from conftest import CRAWLD, check_whole, html
from test_crawl import chain


def crawld(*arguments, **more):
    return subprocess.run([CRAWLD, *map(str, arguments)], capture_output=True, text=True, timeout=60, **more)


def test_secrets_of_the_command_line_stand_in_no_row_and_no_message(crawl, serve):
    site = serve(chain(50))
    result = crawl.run("--header=Authorization: s3cret1", "--delay", "0", "--max-pages", "1",
                       site.url("/").replace("http://", "http://me:s3cret2@"))
    assert result.returncode == 0 and "go on with" in result.stderr, result.stderr
    assert "s3cret" not in result.stderr
    assert b"s3cret" not in b"".join(file.read_bytes() for file in crawl.db.parent.glob("crawl.db*") if file.is_file())
    with sqlite3.connect(f"file:{crawl.db}?mode=ro", uri=True) as books:
        command = books.execute("SELECT command FROM runs").fetchone()[0]
    assert "Authorization:" in command and "me:" not in command


def test_wrong_values_are_wrong_usage_whether_there_is_a_file_or_not(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text("sites: [{name: a, seeds: ['http://127.0.0.1:1/']}]\n")
    for arguments in (["-c", file, "--depth", "abc"], ["-c", file, "b"], ["--concurrency", "0", "http://a.test/"],
                      ["--include", "re:[", "http://a.test/"], ["--resolve", "foo", "http://a.test/"]):
        result = crawld("crawl", "--db", tmp_path / "crawl.db", *arguments)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, (arguments, result)
    file.write_text("sites: 5\n")
    for command in ("crawl", "fetch"):
        assert crawld(command, "-c", file, "http://a.test/").returncode == 4


def test_fetch_takes_the_site_of_the_file_that_the_url_belongs_to(tmp_path, serve):
    site = serve(lambda path: (200, {"Content-Type": "text/html"}, b"<title>t</title><h1>A shop</h1>"))
    file = tmp_path / "shop.yaml"
    file.write_text(json.dumps({"sites": [
        {"name": "other", "seeds": ["http://other.test/"]},
        {"name": "shop", "seeds": [site.url("/a/")], "scope": "prefix", "allow_addresses": ["127.0.0.0/8"],
         "extract": [{"name": "article", "fields": {"title": "css:h1"}}]}]}))
    result = crawld("fetch", "-c", file, site.url("/a/b"))
    assert result.returncode == 0, result
    assert [one["fields"] for one in json.loads(result.stdout)["records"]] == [{"title": "A shop"}]
    secret = crawld("fetch", "-c", file, site.url("/a/b").replace("//", "//me:pw@"))
    assert secret.returncode == 2 and "into auth:" in secret.stderr and "pw" not in secret.stderr
    outside = crawld("fetch", "-c", file, site.url("/b"))
    assert outside.returncode == 1 and "in the scope of no site" in outside.stderr
    assert json.loads(outside.stdout)["failure"]["kind"] == "blocked_address"


def test_inspect_tells_every_kind_of_a_value_of_the_wrong_type_and_of_a_line_that_is_too_long():
    asked = {"url": {"url": 5}, "robots": {"robots_txt": "", "url": [], "user_agent": "a"},
             "links": {"html": "", "url": "http://a.test/", "content_type": 5}, "select": {"html": "<p>", "selector": {}},
             "charset": {"bytes_base64": "", "content_type": True}, "sitemap": {"body": "", "url": 5}}
    for kind, question in asked.items():
        long = '{"id": 1, "url": "' + "a" * (64 << 20) + '"}'
        lines = f'{json.dumps({"id": 7, **question})}\n{long}\n{json.dumps({"id": 8})}'
        result = subprocess.run(["sh", "-c", 'ulimit -v 1000000; exec "$@"', "sh", CRAWLD, "inspect", kind], input=lines,
                                capture_output=True, text=True, timeout=60, check=False)
        mistyped, too_long, last = map(json.loads, result.stdout.splitlines())
        assert mistyped["id"] == 7 and mistyped["error"].endswith(" is no string"), mistyped
        assert too_long == {**too_long, "id": None, "error": "the line is over 64 MiB"}
        assert too_long.keys() == mistyped.keys() and last["id"] == 8


# More than any buffer holds.
LONG_ANSWER = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
               "SELECT i, 'a long text that fills the buffer soon' AS t FROM n")


def test_a_result_that_cannot_be_written_is_told_by_the_exit_code(tmp_path):
    (tmp_path / "small.html").write_text("<p>x")
    (tmp_path / "large.html").write_text("<p>" + "x " * 50_000)
    (tmp_path / "a.yaml").write_text("sites: []\n")
    assert crawld("import", "--db", tmp_path / "crawl.db", "-q", "-", input="http://a.test/\n").returncode == 0
    for arguments in (["parse", "small.html"], ["parse", "large.html"], ["report"], ["report", "--json"],
                      ["why", "http://a.test/"], ["why", "--csv", "http://a.test/"], ["audit", "--json"], ["audit"],
                      ["report", "--csv"], ["sql", "SELECT * FROM urls"], ["sql", "--json", LONG_ANSWER], ["check", "-c", "a.yaml", "--effective"],
                      ["inspect", "url"], ["--version"], ["help"]):
        with open("/dev/full", "w") as full:
            result = subprocess.run([CRAWLD, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
                                    cwd=tmp_path, input='{"id": 1, "url": "http://a.test/"}\n')
        assert result.returncode == 3 and "No space left" in result.stderr, (arguments, result)
        assert result.stderr.count("\n") == 1, result.stderr


def test_a_line_end_in_the_name_of_a_database_makes_no_second_line(tmp_path):
    for arguments in (["audit"], ["sql", "SELECT 1"], ["why", "http://a.test/"], ["report"], ["status"], ["backup", "b.db"]):
        result = crawld(*arguments, "--db", "no\nsuch.db", cwd=tmp_path)
        assert result.returncode == 1 and result.stderr.count("\n") == 1, (arguments, result)
        assert "no\\x0asuch.db" in result.stderr, result.stderr


def test_every_command_takes_a_database(tmp_path):
    (tmp_path / "a.yaml").write_text("sites: []\n")
    (tmp_path / "a.html").write_text("<p>x")
    for arguments in (["check", "-c", "a.yaml"], ["test", "-c", "a.yaml"], ["parse", "a.html"], ["inspect", "url"]):
        result = crawld(*arguments, "--db", "other.db", cwd=tmp_path, input="")
        assert result.returncode == 0 and result.stderr == "", result
    shown = crawld("check", "-c", "a.yaml", "--effective", "--db", "other.db", cwd=tmp_path).stdout
    assert "database: other.db\n" in shown, shown
    assert not (tmp_path / "other.db").exists()
    commands = [line.split()[0] for line in crawld("--help").stdout.splitlines() if line.startswith("  ")]
    without = [name for name in commands if name.isalpha() and name != "help" and "--db" not in crawld("help", name).stdout]
    assert len(commands) > 20 and without == []


def test_a_flag_without_its_value_or_given_twice_is_told_in_plain_words(tmp_path):
    told = crawld("sql", "--db", cwd=tmp_path)
    assert told.returncode == 2 and "crawld: --db needs a value; see crawld help sql\n" == told.stderr
    told = crawld("crawl", "--db=", "http://a.test/", cwd=tmp_path)
    assert told.returncode == 2 and told.stderr == "crawld: --db needs a value; see crawld help crawl\n"
    told = crawld("crawl", "--max-pages", "1", "--max-pages", "2", "http://a.test/", cwd=tmp_path)
    assert told.returncode == 2 and "--max-pages is given more than once; see crawld help crawl" in told.stderr


def test_a_reader_that_goes_away_fails_no_command(tmp_path):
    assert crawld("import", "--db", tmp_path / "crawl.db", "-q", "-", input="http://a.test/\n").returncode == 0
    shell = f"set -o pipefail; trap '' PIPE; {CRAWLD} report --db {tmp_path}/crawl.db | true"
    result = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


def test_import_without_a_file_obeys_the_environment(tmp_path):
    def imported(**variables):
        return crawld("import", "-q", "-", input="http://a.test/\n", cwd=tmp_path, env={**os.environ, **variables})

    wrong = imported(CRAWLD_CONCURRENCY="abc")
    assert wrong.returncode == 4 and "CRAWLD_CONCURRENCY" in wrong.stderr
    assert imported(CRAWLD_DATABASE="other.db").returncode == 0
    assert [file.name for file in tmp_path.glob("*.db")] == ["other.db"]


def test_a_second_demo_does_not_share_the_port_of_the_first():
    with subprocess.Popen([CRAWLD, "demo", "--port", "0"], stdout=subprocess.PIPE, text=True) as first:
        try:
            port = re.search(r":(\d+)/", first.stdout.readline()).group(1)
            second = crawld("demo", "--port", port)
            assert (second.returncode, second.stdout) == (1, "")
            assert second.stderr == f"crawld: port {port} is taken; try --port 0\n"
        finally:
            first.kill()


def test_a_value_that_a_flag_does_not_take_is_told_in_plain_words(tmp_path):
    told = {
        ("export", "--after", "x"): '--after: "x" is no whole number from 0 on',
        ("export", "--format", "bogus"): '--format: "bogus" is none of jsonl, csv, urls, warc, cdxj',
        ("export", "--format", "json"): '--format: "json" is none of jsonl, csv, urls, warc, cdxj, wacz, sitemap, mirror; jsonl is',
        ("export", "--format", "parquet"): '--format: "parquet" is none of jsonl, csv, urls, warc, cdxj, wacz, sitemap, mirror; csv or jsonl is',
        ("inspect", "a: b"): 'KIND: "a: b" is none of url, robots',
        ("diff", "--from", "x", "http://a.test/"): '--from: "x" is no whole number',
        ("search", "--limit", "-3", "a"): '--limit: "-3" is no whole number',
        ("demo", "--port", "99999"): '--port: "99999" is no whole number from 0 to 65535',
    }
    for arguments, words in told.items():
        result = crawld(*arguments, cwd=tmp_path)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, result
        assert result.stderr.startswith("crawld: " + words), result.stderr
        assert result.stderr.endswith("; see crawld help " + arguments[0] + "\n"), result.stderr


def test_a_crawl_that_is_not_found_is_told_with_the_ways_to_name_one(tmp_path):
    for arguments in (["status", "--db", tmp_path / "crawl.db"], ["pause", "--db", tmp_path / "crawl.db"]):
        result = crawld(*arguments, cwd=tmp_path)
        assert result.returncode == 1 and result.stderr.count("\n") == 1, result
        assert "no crawl listens at" in result.stderr and "-c FILE" in result.stderr, result.stderr
    ended = crawld("resume", "--db", tmp_path / "crawl.db", cwd=tmp_path)
    assert "goes on by the command that began it" in ended.stderr, ended.stderr
    named = crawld("status", "--socket", tmp_path / "none")
    assert named.returncode == 1 and "-c FILE" not in named.stderr, named.stderr


def test_a_crawl_whose_standard_streams_are_closed_writes_log_lines_into_no_file_of_its_own(crawl, serve):
    asked, go_on = threading.Event(), threading.Event()

    def answer(_):
        asked.set()
        assert go_on.wait(60)
        return html([])

    command = crawl.command("-v", serve(answer).url())
    process = subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command])
    try:
        assert asked.wait(60)
        streams = {os.readlink(f"/proc/{process.pid}/fd/{number}") for number in range(3)}
    finally:
        go_on.set()
    assert process.wait(60) == 0 and streams == {"/"}
    check_whole(crawl, 1)


def test_a_command_whose_standard_output_is_closed_says_so(crawl, serve):
    assert crawl.run(serve(lambda _: html([])).url()).returncode == 0
    command = [CRAWLD, "sql", "--db", crawl.db, "SELECT 1"]
    result = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr == "crawld: cannot write standard output: Bad file descriptor\n"


def test_the_log_tells_times_in_utc_whatever_the_time_zone_of_the_machine(crawl, serve):
    command = crawl.command("-v", serve(lambda _: html([])).url())
    result = subprocess.run(command, env=os.environ | {"TZ": "XXX-05:45"}, capture_output=True, text=True, timeout=60)
    times = [datetime.datetime.fromisoformat(line.split()[0]) for line in result.stderr.splitlines() if " fetch.done " in line]
    stored = datetime.datetime.fromisoformat(crawl.sql("SELECT min(fetched_at) FROM v_pages")[0][0])
    assert times and all(abs(time - stored) < datetime.timedelta(minutes=5) for time in times), result.stderr
