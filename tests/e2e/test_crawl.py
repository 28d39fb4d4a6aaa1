"""A one-shot crawl as a user sees it."""
import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

from conftest import CRAWLD, PATIENCE, free_port, html, summary

QUICK = ("--delay", "0", "-e", "robots=off")


def chain(count, fan=4, delay=0.0):
    """A site of `count` pages, each linking to the next few."""

    def respond(path):
        if delay:
            time.sleep(delay)
        if path == "/":
            return html(["/p/0"])
        if not path.startswith("/p/"):
            return 404, {}, b""
        n = int(path[3:])
        return html([f"/p/{n + i}" for i in range(1, fan + 1) if n + i < count])

    return respond


def test_every_page_is_stored_once_and_requested_once(crawl, serve):
    site = serve(chain(200))
    result = crawl.run(*QUICK, "--concurrency-per-host", 8, "--json", site.url())
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == 201
    assert sorted(site.paths()) == sorted(["/"] + [f"/p/{n}" for n in range(200)])
    assert crawl.sql("SELECT count(*), count(DISTINCT url) FROM v_pages") == [(201, 201)]


def test_the_same_command_again_fetches_nothing(crawl, serve):
    site = serve(chain(30))
    crawl.run(*QUICK, site.url())
    before = len(site.log)
    assert crawl.run(*QUICK, site.url()).returncode == 0
    assert len(site.log) == before


def test_a_time_limit_below_a_second_is_kept(crawl, serve):
    site = serve(chain(40, fan=1, delay=0.05))  # two seconds at least
    result = crawl.run(*QUICK, "--max-time", "300ms", "--json", site.url())
    assert result.returncode == 15, result.stderr
    assert summary(result)["ended"] == "time limit reached"
    assert len(site.log) < 41
    # It is a limit of a run: the next one goes on.
    assert crawl.run(*QUICK, site.url()).returncode == 0
    assert crawl.sql("SELECT count(*) FROM pages") == [(41,)]


def test_a_site_s_time_limit_below_a_second_closes_that_site_alone(crawl, serve, tmp_path):
    slow, other = serve(chain(40, fan=1, delay=0.1)), serve(chain(12, fan=1, delay=0.1))
    config = tmp_path / "c.yaml"
    config.write_text(f"""\
defaults: {{delay: 0, robots: ignore}}
sites:
  - {{name: short, seeds: ["{slow.url()}"], limits: {{time: 300ms}}}}
  - {{name: whole, seeds: ["{other.url()}"]}}
""")
    result = crawl.run("-c", config)
    assert result.returncode == 0, result.stderr
    assert len(slow.log) < 41
    assert len(other.log) == 13
    assert crawl.sql("SELECT DISTINCT reason FROM urls WHERE state = 'over_budget'") == [("limits.time",)]


def test_the_smallest_limits_of_pages_and_bytes_are_kept(crawl, serve, tmp_path):
    site = serve(chain(20, delay=0.02))
    result = crawl.run(*QUICK, "--max-pages", 1, "--json", site.url())
    assert (result.returncode, summary(result)["pages"]) == (0, 1), result.stderr
    result = crawl.run(*QUICK, "--max-bytes", 1, "--json", site.url())
    assert result.returncode == 14, result.stderr
    assert 1 <= summary(result)["requests"] <= 3
    config = tmp_path / "c.yaml"
    config.write_text(f"""\
defaults: {{delay: 0, robots: ignore}}
sites: [{{name: little, seeds: ["{site.url()}"], limits: {{bytes: 1B}}}}]
""")
    asked = len(site.log)
    assert subprocess.run([CRAWLD, "crawl", "--db", tmp_path / "b.db", "--allow-address", "127.0.0.1", "-c", config],
                          capture_output=True, timeout=120).returncode == 0
    assert 1 <= len(site.log) - asked <= 3


def test_a_seed_that_failed_is_named_among_good_ones(crawl, serve):
    site = serve(chain(3))
    gone = free_port()
    result = crawl.run(*QUICK, "-t", 1, "--json", site.url(), f"http://127.0.0.1:{gone}/")
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == 4
    assert [trouble["told"].split(" (")[0] for trouble in summary(result)["seed_troubles"]] == [
        f"http://127.0.0.1:{gone}/ failed: connect"]
    assert f"seed        http://127.0.0.1:{gone}/ failed: connect" in result.stderr


def test_a_hint_that_seeds_share_is_given_once(crawl):
    result = crawl.run(*QUICK, "-t", 1, *[f"http://127.0.0.1:{free_port()}/{n}" for n in range(3)])
    assert result.stderr.count("\n  seed ") == 3 and result.stderr.count("\n  hint ") == 1, result.stderr


def test_a_url_behind_c_is_told_in_one_line(crawl):
    result = crawl.run("-c", "http://a.test/")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1 and "--config: takes a YAML file, not a URL" in result.stderr
    assert not crawl.db.exists()


def test_sigterm_drains_says_how_to_resume_and_the_rest_follows(crawl, serve):
    site = serve(chain(150, delay=0.02))
    process = crawl.start(*QUICK, site.url())
    site.wait_for(20)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 11
    assert len(site.log) < 150  # it did not go on to the end
    assert "go on with: crawld crawl" in stderr
    assert crawl.run(*QUICK, site.url()).returncode == 0
    assert crawl.sql("SELECT count(*) FROM pages") == [(151,)]
    assert len(site.log) == len(set(site.paths())) or len(site.log) <= 153


def test_a_terminal_that_closes_ends_a_crawl_as_sigterm_does_but_not_under_nohup(crawl, serve):
    site = serve(chain(150, delay=0.02))
    process = crawl.start(*QUICK, site.url())
    site.wait_for(20)
    for _ in range(3):  # the kernel and the shell each send one
        process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 11 and "go on with: crawld crawl" in stderr
    assert len(site.log) < 150
    assert crawl.sql("SELECT exit FROM runs") == [("interrupted",)]
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it
    try:
        process = crawl.start(*QUICK, site.url())
    finally:
        signal.signal(signal.SIGHUP, kept)
    site.wait_for(80)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert crawl.sql("SELECT count(*) FROM pages") == [(151,)]


def test_sigterm_ends_within_the_grace_even_when_the_server_stalls(crawl, serve):
    def stall(path):
        if path == "/":
            return html(["/slow"])
        time.sleep(300)
        return html([])

    site = serve(stall)
    process = crawl.start(*QUICK, "--stop-timeout", "1", site.url())
    site.wait_for(1, "/slow")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 11
    assert crawl.sql("SELECT state FROM urls WHERE url LIKE '%/slow'") == [("queued",)]


def test_a_second_start_on_the_same_database_names_the_holder(crawl, serve):
    site = serve(chain(5000, delay=0.05))
    process = crawl.start(*QUICK, site.url())
    site.wait_for(3)
    second = crawl.run(*QUICK, site.url(), timeout=60)
    assert second.returncode == 1
    assert str(process.pid) in second.stderr
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_one_request_a_second_and_robots_first_are_the_defaults(crawl, serve):
    def respond(path):
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /no\n"
        return html(["/a", "/b", "/no"]) if path == "/" else html([])

    site = serve(respond)
    crawl.run(site.url())
    assert site.paths()[0] == "/robots.txt"
    assert "/no" not in site.paths()
    times = [at for at, _ in site.log]
    assert len(times) == 4
    # The server may stamp a request late, which shortens the gap behind it and lengthens the one before.
    assert times[-1] - times[0] >= 2.3
    assert site.most_open == 1


def test_loopback_is_refused_unless_it_is_allowed(tmp_path, serve):
    site = serve(chain(3))
    db = tmp_path / "x.db"
    subprocess.run([CRAWLD, "crawl", "-q", "--db", db, *QUICK, site.url()], timeout=60, check=False)
    assert site.log == []


def test_results_stream_as_json_lines(crawl, serve, tmp_path):
    site = serve(chain(20))
    out = tmp_path / "out.jsonl"
    crawl.run(*QUICK, "-o", out, site.url())
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 21
    assert {"url", "status", "title", "fetched_at"} <= set(lines[0])


def test_a_body_that_is_no_html_is_stored_and_not_read_as_html(crawl, serve):
    def respond(path):
        if path == "/":
            return html(["/picture", "/data"])
        if path == "/picture":
            return 200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n<a href=/trap>"
        return 200, {"Content-Type": "application/json"}, b'{"a": "<a href=/trap>"}'

    site = serve(respond)
    crawl.run(*QUICK, site.url())
    assert "/trap" not in site.paths()
    assert crawl.sql("SELECT count(*) FROM v_pages") == [(3,)]


def test_wrong_input_gets_one_clear_line_and_its_exit_code(crawl, tmp_path):
    assert crawl.run("--depht", "3", "http://a.test/").returncode == 2
    assert crawl.run("--delay", "fast", "http://a.test/").returncode == 2
    assert crawl.run("ftp://a.test/").returncode == 2
    config = tmp_path / "bad.yaml"
    config.write_text("sites:\n  - name: a\n    seeds: [http://a.test/]\n    scope:\n      max_depht: 3\n    max_depht: 3\n")
    bad = crawl.run("-c", config)
    assert bad.returncode == 4
    assert f"{config}:6:5: unknown key \"max_depht\"" in bad.stderr and "max_depth" in bad.stderr
    crawl.db.write_text("this is no database, but something that a person wrote")
    other = crawl.run("http://a.test/")
    assert other.returncode == 1 and len(other.stderr.strip().splitlines()) == 1
    assert crawl.db.read_text().startswith("this is no database")


def test_a_url_of_a_host_that_cannot_be_reached_is_an_error(crawl, serve):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else (200, {"Content-Type": "text/html"}, b"x"))
    dead = f"http://127.0.0.1:{free_port()}/"
    result = crawl.run("--delay", "0", "-t", "1", "--max-errors", "1", "--json", site.url(), dead)
    told = json.loads(result.stdout)
    assert told["errors"] == 1 and told["outcomes"]["failed"] == 1, told
    assert (result.returncode, told["ended"]) == (12, "error limit reached"), result
    assert crawl.sql("SELECT errors FROM runs") == [(1,)]


def test_a_recrawl_is_conditional_and_stores_no_unchanged_page(crawl, serve):

    def respond(path):
        if path == "/robots.txt":
            return 404, {}, b""
        status, fields, body = html([f"/p/{n}" for n in range(5)]) if path == "/" else html([])
        return status, {**fields, "ETag": f'"{path}"'}, body

    site = serve(respond)
    crawl.run("--delay", "0", site.url())
    pages = crawl.sql("SELECT count(*) FROM pages")
    before = len(site.log)
    result = crawl.run("--delay", "0", "--recrawl", "--json", site.url())
    assert result.returncode == 0, result.stderr
    assert len(site.log) - before >= 6
    assert summary(result)["unchanged"] == 6
    assert crawl.sql("SELECT count(*) FROM pages") == pages


def test_the_books_balance_after_a_crawl_with_robots(crawl, serve):
    site = serve(chain(20))
    crawl.run("--delay", "0", site.url())
    audit = subprocess.run([CRAWLD, "audit", "--db", crawl.db], capture_output=True, text=True, timeout=60, check=False)
    assert audit.returncode == 0, audit.stdout


def test_a_url_that_changed_between_runs_leaves_the_queue_of_the_old_one_alone(crawl, serve, tmp_path):
    old, new = serve(chain(60, delay=0.01)), serve(chain(5))
    config = tmp_path / "crawl.yaml"

    def at(site):
        config.write_text(f"sites: [{{name: a, seeds: ['{site.url()}'], delay: 0s, robots: ignore, "
                          "allow_addresses: [127.0.0.0/8]}]\n")
        return "-c", config, "-q"

    process = crawl.start(*at(old))
    old.wait_for(10)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    asked = len(old.log)
    assert crawl.run(*at(new)).returncode == 0
    assert len(old.log) == asked and len(new.log) == 6
    assert crawl.sql("SELECT count(*) FROM urls WHERE state = 'queued'") == [(0,)]
    assert crawl.run(*at(old)).returncode == 0
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", 67)]
    assert sorted(old.paths()) == sorted(set(old.paths()))


def test_every_request_that_was_answered_tells_by_whom_and_how(crawl, serve):
    site = serve(lambda path: (200, {}, b"User-agent: *\nAllow: /\n") if path == "/robots.txt" else html([]))
    assert crawl.run("--delay", "0", "--no-follow", "sitemaps", site.url()).returncode == 0
    assert sorted(crawl.sql("SELECT ifnull(url_id, 0) = 0, http_version, remote_address FROM fetches WHERE status = 200")) == [
        (0, "1.1", "127.0.0.1"), (1, "1.1", "127.0.0.1")]


def test_what_a_url_list_says_of_a_url_is_carried_to_its_children(crawl, serve, tmp_path):
    site = serve(lambda path: html(["/child"] if path == "/listed" else []))
    urls = tmp_path / "urls.txt"
    urls.write_text(f"# a list\n{site.url('/listed')}\tcategory=books\tby=me\n{site.url('/bare')}\n")
    assert crawl.run(*QUICK, "-i", urls).returncode == 0
    said = '{"category":"books","by":"me"}'
    assert crawl.sql("SELECT url, metadata FROM v_why ORDER BY url") == [
        (site.url("/bare"), None), (site.url("/child"), said), (site.url("/listed"), said)]
    # A list that was edited since holds for what is known, too; what it does not speak of stays.
    urls.write_text(f"{site.url('/listed')}\n{site.url('/bare')}\tcategory=toys\n")
    assert crawl.run(*QUICK, "-i", urls).returncode == 0
    assert crawl.sql("SELECT url, metadata FROM v_why ORDER BY url") == [
        (site.url("/bare"), '{"category":"toys"}'), (site.url("/child"), said), (site.url("/listed"), said)]


def test_a_signal_while_old_versions_go_leaves_the_rest_and_the_crawl_stays_finished(serve, tmp_path):
    site = serve(chain(3))
    config = tmp_path / "c.yaml"
    database = tmp_path / "crawl.db"
    settings = {"user_agent": {"name": "bot", "url": "http://b.test/", "email": "a@b.test"}, "database": str(database),
                "allow_addresses": ["127.0.0.0/8"], "search_index": False,
                "sites": [{"name": "s", "seeds": [site.url()], "delay": "0s"}]}
    config.write_text(json.dumps(settings))
    command = [CRAWLD, "crawl", "-c", config, "--json"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    many = 300_000
    with closing(sqlite3.connect(database)) as rows:  # versions of the first page, as years of visits leave them
        columns = [row[1] for row in rows.execute("PRAGMA table_info(pages)")]
        last = rows.execute("SELECT max(id) FROM pages").fetchone()[0]
        values = {"id": f"{last} + n", "previous_id": f"CASE n WHEN 1 THEN 1 ELSE {last} + n - 1 END", "change": "'changed'"}
        rows.execute(f"WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {many}) "
                     f"INSERT INTO pages ({', '.join(columns)}) "
                     f"SELECT {', '.join(values.get(name, name) for name in columns)} FROM c, pages WHERE id = 1")
        rows.execute("UPDATE visits SET page_id = (SELECT max(id) FROM pages) WHERE url_id = 1")
        rows.commit()

    config.write_text(json.dumps({**settings, "keep": {"versions": 2}}))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "taking away what is not to be kept" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    gone = json.loads(stdout)["pruned"]["versions"]
    assert 0 < gone < many - 1
    with closing(sqlite3.connect(database)) as rows:
        assert rows.execute("SELECT count(*) FROM pages WHERE url_id = 1").fetchone()[0] == many + 1 - gone
    assert subprocess.run([CRAWLD, "audit", "--db", database], capture_output=True, check=False).returncode == 0


def test_an_interrupt_among_many_seeds_is_told_and_the_next_run_enters_the_rest(crawl, tmp_path):
    urls = "".join(f"http://127.0.0.1:9/{number}\n" for number in range(25_000))
    pipe = tmp_path / "seeds"
    os.mkfifo(pipe)
    process = crawl.start("--delay", "60s", "-i", pipe)
    with pipe.open("w") as seeds:
        seeds.write(urls)
        process.send_signal(signal.SIGINT)  # before the list has ended, so before the first is entered
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 11, errors
    assert crawl.sql("SELECT count(*) FROM urls") == [(10_000,)]
    (tmp_path / "all").write_text(urls)
    again = crawl.run("--delay", "60s", "--max-time", "1ms", "-i", tmp_path / "all")
    assert again.returncode == 15, again.stderr
    assert crawl.sql("SELECT count(*), count(DISTINCT url) FROM urls") == [(25_000, 25_000)]


def test_of_two_content_types_the_last_counts_and_a_charset_of_its_equal(crawl, serve):
    """Fetch standard, "extract a MIME type"."""
    body = "<title>Gr\u00fc\u00dfe</title><a href=/next>x</a>".encode("latin-1")
    types = {"/": [("Content-Type", "text/plain"), ("Content-Type", "text/html; charset=iso-8859-1")],
             "/next": [("Content-Type", "text/html; charset=iso-8859-1"), ("Content-Type", "text/html")]}
    site = serve(lambda path: (200, types[path], body) if path in types else (404, {}, b""))
    result = crawl.run(*QUICK, site.url())
    assert result.returncode == 0, result.stderr
    assert crawl.sql("SELECT title, content_type FROM pages ORDER BY id") == [
        ("Gr\u00fc\u00dfe", "text/plain, text/html; charset=iso-8859-1"),
        ("Gr\u00fc\u00dfe", "text/html; charset=iso-8859-1, text/html")]
