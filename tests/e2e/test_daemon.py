"""`crawld run` as systemd, an operator and the servers see it."""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.request

import pytest

from conftest import BUILD, CRAWLD, PATIENCE, eventually, free_port, html, rows_of

SHIM = BUILD / "tests" / "disk_faults.so"


class Daemon:
    """A daemon with a service manager's socket of our own."""

    def __init__(self, folder, config):
        self.folder = folder
        self.file = folder / "crawld.yaml"
        self.db = folder / "crawl.db"
        self.log = folder / "log"
        self.messages = []
        self.write(config)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        threading.Thread(target=self.listen, daemon=True).start()
        self.process = None

    def write(self, config):
        head = {"database": str(self.db), "control": str(self.folder / "control"), "disk_low": "0B"}
        defaults = {"allow_addresses": ["127.0.0.0/8"], "jitter": 0, "autothrottle": {"enabled": False}}
        defaults.update(config.pop("defaults", {}))
        self.file.write_text(json.dumps({**head, "defaults": defaults, **config}))  # JSON is YAML

    def listen(self):
        while True:
            self.messages.append(self.manager.recv(4096).decode())

    def start(self, *arguments, under=()):
        environment = {**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify"), "WATCHDOG_USEC": "10000000"}
        seen = len(self.messages)
        self.process = subprocess.Popen([*under, str(CRAWLD), "run", "-c", str(self.file), *arguments], env=environment,
                                        stderr=open(self.log, "a"), stdout=subprocess.DEVNULL)
        eventually(lambda: any("READY=1" in m for m in self.messages[seen:]) or self.process.poll() is not None,
                   "READY=1")
        assert self.process.poll() is None, self.log.read_text()
        return self

    def heard(self, text):
        return [m for m in self.messages if text in m]

    def ctl(self, command, *arguments, **more):
        return subprocess.run([str(CRAWLD), command, "-c", str(self.file), *arguments], capture_output=True,
                              text=True, timeout=PATIENCE, **more)

    def status(self):
        return json.loads(self.ctl("status", "--json").stdout)

    def sql(self, query):
        return rows_of(self.db, query)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def daemon(tmp_path):
    made = []

    def make(config):
        made.append(Daemon(tmp_path, config))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def get_unix(path, page):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(str(path))
        client.sendall(f"GET {page} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = b""
        while part := client.recv(65536):
            answer += part
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), body.decode()


def endless(path):
    """Every page links to two more."""
    if path == "/robots.txt":
        return 404, {}, b""
    n = int(path.rsplit("/", 1)[1] or 0)
    return html([f"/p/{2 * n + 1}", f"/p/{2 * n + 2}"])


SAMPLE = re.compile(r'([a-z_]+)((?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"\})?) (\d[\d.e+-]*)')


def check_exposition(text):
    """The Prometheus text format, version 0.0.4, and the naming of its practices; stricter than its readers."""
    assert text.endswith("\n")
    kinds, series, family = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ", 3)[2]
            assert family not in kinds and line.split(" ", 3)[3].endswith("."), line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and kind in ("counter", "gauge", "histogram"), line
            kinds[name] = kind
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            base = re.sub("_(bucket|sum|count)$", "", name) if kinds[family] == "histogram" else name
            assert base == family and name + labels not in series, line  # a family stands together, each series once
            series[name + labels] = float(value)
    for name, kind in kinds.items():
        assert name.endswith("_total") == (kind == "counter"), name
        if kind != "histogram":
            continue
        assert name.endswith("_seconds")
        buckets = [(float(bound), series[f'{name}_bucket{{le="{bound}"}}']) for bound in
                   re.findall(rf'^{name}_bucket{{le="(.*)"}} ', text, re.MULTILINE)]
        assert buckets == sorted(buckets) and [n for _, n in buckets] == sorted(n for _, n in buckets), name
        assert buckets[-1] == (float("inf"), series[f"{name}_count"]) and f"{name}_sum" in series


def test_it_tells_the_service_manager_when_it_is_ready_alive_and_stopping(daemon, serve):
    site = serve(endless)
    port = free_port()
    running = daemon({"metrics": {"listen": f"127.0.0.1:{port}"},
                      "sites": [{"name": "a", "seeds": [site.url()], "delay": "20ms"}]}).start()
    eventually(lambda: running.heard("WATCHDOG=1"), "WATCHDOG=1")
    eventually(lambda: any(m.startswith("STATUS=") and "pages" in m for m in running.messages), "STATUS=")
    eventually(lambda: running.status()["pages"] > 3, "pages")

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    assert get("/health") == "ok\n"
    metrics = get("/metrics")
    check_exposition(metrics)
    for name in ('crawld_transfer_seconds_bucket{le="+Inf"}', "crawld_parse_seconds_sum", "crawld_commit_seconds_count",
                 'crawld_outcomes_total{verdict="done"}', 'crawld_changes_total{change="new"}',
                 'crawld_limiting_factor{factor="politeness"}', 'crawld_queue_items{queue="fetched"}',
                 "crawld_worker_starts_total", 'crawld_worker_ends_total{cause="died"}'):
        assert name in metrics, name
    assert sum(int(line.rsplit(" ", 1)[1]) for line in metrics.splitlines()
               if line.startswith("crawld_limiting_factor{")) == 1
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
        headers, page = answer.headers, answer.read().decode()
    assert headers["Content-Type"] == "text/html; charset=utf-8" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'") and "script" not in page
    assert "pages stored" in page and site.url().rstrip("/") in page and "<td>a</td><td>crawled</td>" in page
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status.json", timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"] == "application/json" and "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        told = json.load(answer)
    assert told.keys() == running.status().keys() and told["pid"] == running.process.pid and told["pages"] > 3
    head = urllib.request.Request(f"http://127.0.0.1:{port}/", method="HEAD")
    with urllib.request.urlopen(head, timeout=PATIENCE) as answer:
        assert int(answer.headers["Content-Length"]) > 500 and answer.read() == b""
    assert (running.folder / "control").stat().st_mode & 0o777 == 0o600
    assert running.ctl("stop").returncode == 0
    assert running.process.wait(PATIENCE) == 0
    eventually(lambda: running.heard("STOPPING=1"), "STOPPING=1")


def test_it_is_found_by_its_database_and_by_its_file_without_its_secrets(daemon, serve, monkeypatch):
    site = serve(endless)
    monkeypatch.setenv("OPS_TOKEN", "hunter2")
    running = daemon({"sites": [{"name": "a", "seeds": [site.url()], "headers": {"X-T": "${env:OPS_TOKEN}"}}]}).start()
    monkeypatch.delenv("OPS_TOKEN")  # it is the service's, and not of the shell that asks
    for where in (["-c", running.file], ["--db", running.db], ["--socket", running.folder / "control"]):
        told = subprocess.run([CRAWLD, "status", "--json", *where], capture_output=True, text=True, check=False)
        assert told.returncode == 0 and json.loads(told.stdout)["pid"] == running.process.pid, told.stderr
    # What is wrong in the file else may be the name of the crawl: nobody is asked.
    running.file.write_text(running.file.read_text().replace('"control"', '"contrl"'))
    wrong = running.ctl("stop")
    assert wrong.returncode == 4 and 'did you mean "control"' in wrong.stderr and running.process.poll() is None
    assert subprocess.run([CRAWLD, "stop", "--db", running.db], check=False).returncode == 0
    assert running.process.wait(PATIENCE) == 0
    assert not list(running.folder.glob("*.sock")) and not (running.folder / "control").exists()


def test_a_log_that_is_appended_to_a_file_is_rotated_by_copying_and_emptying_it(daemon, serve):
    site = serve(endless)
    running = daemon({"log_level": "debug", "sites": [{"name": "a", "seeds": [site.url()], "delay": "20ms"}]}).start()

    def lines_of_pages():
        return [line for line in running.log.read_text().splitlines() if "fetch.done" in line]

    eventually(lambda: len(lines_of_pages()) > 3, "lines")
    shutil.copy(running.log, running.folder / "log.1")
    os.truncate(running.log, 0)
    eventually(lambda: len(lines_of_pages()) > 3, "lines in the emptied file")
    running.process.send_signal(signal.SIGHUP)  # as a rotation's script may
    eventually(lambda: "reload.done" in running.log.read_text(), "a reload")
    text = running.log.read_bytes()
    assert b"\0" not in text and text.startswith(b"20"), text[:80]
    assert running.ctl("stop").returncode == 0 and running.process.wait(PATIENCE) == 0
    assert "run.start" in (running.folder / "log.1").read_text() and "run.start" not in text.decode()


def test_a_file_finds_its_own_crawl_and_never_that_of_another_file(serve, tmp_path):
    site = serve(endless)
    files = [tmp_path / "mine.yaml", tmp_path / "other.yaml"]
    for file in files:
        file.write_text(json.dumps({"disk_low": "0B", "sites": [
            {"name": "a", "seeds": [site.url()], "delay": "50ms", "allow_addresses": ["127.0.0.0/8"]}]}))
    (tmp_path / "link.yaml").symlink_to(files[0])
    told = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": PATIENCE}
    crawl = subprocess.Popen([CRAWLD, "crawl", "-q", "-c", "mine.yaml"], cwd=tmp_path)
    try:
        eventually((tmp_path / "crawl.db.sock").exists, "its socket")
        for file in (*files[:1], "mine.yaml", "./link.yaml"):
            found = subprocess.run([CRAWLD, "status", "--json", "-c", file], **told)
            assert found.returncode == 0 and json.loads(found.stdout)["pid"] == crawl.pid, found.stderr
        for command in ("stop", "status", "pause"):
            wrong = subprocess.run([CRAWLD, command, "-c", "other.yaml"], **told)
            assert wrong.returncode == 1 and f"(that of {files[0]} does)" in wrong.stderr, wrong.stderr
            assert f"no crawl of {files[1]} listens at" in wrong.stderr and wrong.stderr.count("\n") == 1
        added = subprocess.run([CRAWLD, "add", "-c", "other.yaml", site.url("/x")], **told)
        assert added.returncode == 1 and crawl.poll() is None
        assert subprocess.run([CRAWLD, "stop", "-c", "mine.yaml"], **told).returncode == 0
        assert crawl.wait(PATIENCE) == 11
    finally:
        crawl.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a folder below /run")
def test_an_instance_of_the_unit_is_found_by_its_file(serve, tmp_path):
    site = serve(endless)
    name = f"e2e{os.getpid()}"
    unit = (pathlib.Path(__file__).parents[2] / "systemd/crawld@.service").read_text().replace("%i", name)
    control = pathlib.Path(re.search(r"CRAWLD_CONTROL=(\S+)", unit)[1])
    file = tmp_path / f"{name}.yaml"
    file.write_text(json.dumps({"disk_low": "0B", "sites": [
        {"name": "a", "seeds": [site.url()], "delay": "50ms", "allow_addresses": ["127.0.0.0/8"]}]}))
    control.parent.mkdir()
    environment = {**os.environ, "CRAWLD_CONTROL": str(control), "CRAWLD_DATABASE": str(tmp_path / "crawl.db")}
    daemon = subprocess.Popen([CRAWLD, "run", "-c", file], env=environment, stderr=subprocess.DEVNULL)
    try:
        eventually(control.exists, "its socket")
        told = subprocess.run([CRAWLD, "status", "--json", "-c", file], capture_output=True, text=True, cwd="/")
        assert told.returncode == 0 and json.loads(told.stdout)["pid"] == daemon.pid, told.stderr
        assert subprocess.run([CRAWLD, "stop", "-c", file], cwd="/", check=False).returncode == 0
        assert daemon.wait(PATIENCE) == 0
    finally:
        daemon.kill()
        shutil.rmtree(control.parent)


@pytest.mark.parametrize("limit,code,why", [
    ({"time": "1s"}, 15, "time limit reached"),
    ({"bytes": "2KiB"}, 14, "size limit reached"),
    ({"errors": 3}, 12, "error limit reached"),
    ({"pages": 3}, 0, "page limit reached"),
])
def test_a_run_ends_at_its_limits_and_says_which_and_the_unit_does_not_start_it_again(daemon, serve, limit, code, why):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt" or path.endswith("1") else endless(path))
    running = daemon({"limits": limit, "sites": [{"name": "a", "seeds": [site.url()], "delay": "50ms"}]}).start()
    assert running.process.wait(PATIENCE) == code, running.log.read_text()
    assert f'run.end why="{why}"' in running.log.read_text()
    assert running.sql("SELECT exit FROM runs") == [(why,)]
    for unit in (pathlib.Path(__file__).parents[2] / "systemd").iterdir():
        kept = re.search(r"^RestartPreventExitStatus=(.*)$", unit.read_text(), re.M).group(1).split()
        assert code == 0 or str(code) in kept


def test_a_second_signal_ends_at_once_what_the_first_lets_finish(daemon, serve):
    answer = threading.Event()

    def respond(path):
        if path == "/slow":
            answer.wait(PATIENCE)
        return html(["/slow"]) if path == "/" else (404, {}, b"")

    site = serve(respond)
    running = daemon({"stop_timeout": "1h", "defaults": {"timeout": {"first_byte": "1h", "total": "1h"}},
                      "sites": [{"name": "a", "seeds": [site.url()], "delay": "0s"}]}).start()
    site.wait_for(1, "/slow")
    running.process.send_signal(signal.SIGTERM)
    eventually(lambda: running.heard("STOPPING=1"), "STOPPING=1")
    time.sleep(0.5)
    assert running.process.poll() is None, "the transfer has its time"
    running.process.send_signal(signal.SIGINT)
    code = running.process.wait(PATIENCE)
    answer.set()
    assert code == 11, running.log.read_text()
    assert running.sql("SELECT url FROM v_pages") == [(site.url(),)]


def test_each_site_pauses_and_goes_on_alone_and_urls_are_added(daemon, serve):
    one, two = serve(endless), serve(endless)
    running = daemon({"defaults": {"delay": "50ms"},
                      "sites": [{"name": "one", "seeds": [one.url()]}, {"name": "two", "seeds": [two.url()]}]}).start()
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    assert running.ctl("pause", "one").returncode == 0
    time.sleep(1)  # what was open ends
    before, other = len(one.log), len(two.log)
    eventually(lambda: len(two.log) > other + 10, "requests to the other site")
    assert len(one.log) <= before + 1
    assert "  paused sites: one since 20" in running.ctl("status").stdout
    assert running.ctl("pause").returncode == 0
    eventually(lambda: running.status()["limit"] == "paused", "the limit")
    alone = running.ctl("resume", "two")
    assert (alone.returncode, alone.stderr) == (0, "crawld: still paused: the whole crawl: crawld resume\n")
    whole = running.ctl("resume")
    assert (whole.returncode, whole.stderr) == (0, "crawld: still paused: one: crawld resume SITE\n")
    last = running.ctl("resume", "one")
    assert (last.returncode, last.stderr) == (0, "")
    eventually(lambda: len(one.log) > before + 3, "requests after the pause")
    assert "paused" not in running.ctl("status").stdout
    assert running.ctl("pause", "three").returncode == 1
    assert running.ctl("stop", "three").returncode == 1
    assert running.ctl("add", "--site", "two", two.url("/extra/100000000")).returncode == 0
    eventually(lambda: "/extra/100000000" in two.paths(), "the added URL")
    piped = running.ctl("add", "--site", "two", "-", input=f"# a list\n{two.url('/extra/100000001')}\n")
    assert (piped.returncode, piped.stderr) == (0, "added 1\n")
    eventually(lambda: "/extra/100000001" in two.paths(), "the URL of the list")
    bad = running.ctl("add", "no url")
    assert bad.returncode == 1 and "refused" in bad.stderr


def test_what_add_and_pause_answered_is_known_after_a_kill(daemon, serve):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else html([]))
    running = daemon({"sites": [{"name": "one", "seeds": [site.url()]}, {"name": "held", "seeds": [site.url("/held")]}]})
    for turn in range(8):
        running.start()
        added = running.ctl("add", site.url(f"/new/{turn}"), site.url("/new/0"))
        running.kill()
        assert (added.returncode, added.stderr) == (0, "added 2\n")
        assert running.sql(f"SELECT 1 FROM urls WHERE url = '{site.url(f'/new/{turn}')}'"), f"turn {turn}"
        running.start()
        assert running.ctl("pause" if turn % 2 == 0 else "resume", "held").returncode == 0
        running.kill()
        running.start()
        assert ("paused sites: held" in running.ctl("status").stdout) == (turn % 2 == 0), f"turn {turn}"
        running.kill()


def test_a_reload_is_whole_judges_queued_urls_and_rolls_back(daemon, serve, tmp_path):
    pages = [f"/old/{n}" for n in range(200)] + [f"/new/{n}" for n in range(20)]
    site = serve(lambda path: html(pages) if path == "/" else (404, {}, b"") if path == "/robots.txt" else html([]))
    one = {"name": "a", "seeds": [site.url()], "delay": "300ms",
           "extract": [{"name": "page", "fields": {"title": "title"}}]}
    metrics = {"listen": str(tmp_path / "metrics")}
    running = daemon({"metrics": metrics, "sites": [dict(one)]}).start("--log", "json")
    eventually(lambda: len(site.log) > 3, "the first pages")

    running.file.write_text(running.file.read_text().replace('"300ms"', '"soon"'))
    refused = running.ctl("reload", "--socket", str(running.folder / "control"))
    assert refused.returncode == 1 and "delay" in refused.stderr

    assert get_unix(tmp_path / "metrics", "/health") == (200, "ok\n")
    assert get_unix(tmp_path / "metrics", "/metrics?x=1")[1].startswith("# HELP")
    assert get_unix(tmp_path / "metrics", "/other")[0] == 404

    changed = {**one, "exclude": ["*/old/*"], "delay": "20ms",
               "extract": [{"name": "page", "fields": {"title": "title", "more": "css:a"}}]}
    running.write({"metrics": metrics, "sites": [changed]})
    done = running.ctl("reload")
    assert done.returncode == 0, done.stderr
    report = done.stdout
    assert "delay: 300ms -> 20ms" in report and "exclude" in report and "extract: other rules" in report
    out = [line for line in report.splitlines() if line.endswith("queued URLs now out of scope")]
    assert len(out) == 1 and 150 < int(out[0].split()[0]) <= 200, report
    eventually(lambda: running.status()["waiting"] == 0 and running.status()["in_flight"] == 0, "the end of the queue")
    asked = [path for path in site.paths() if path.startswith("/new/")]
    assert sorted(asked) == sorted(f"/new/{n}" for n in range(20))
    assert running.sql("SELECT count(*) FROM urls WHERE state = 'out_of_scope' AND url LIKE '%/old/%'")[0][0] > 150
    eventually(lambda: running.sql("SELECT count(*) FROM records WHERE json_type(fields, '$.more') IS NOT NULL")[0][0] > 5,
               "records of the new rules")

    assert running.ctl("reload", "nobody").returncode == 1
    assert running.ctl("reload", "a").stdout.startswith("no differences")
    running.write({"metrics": metrics, "sites": [{**changed, "delay": "40ms"}]})
    heard = len(running.heard("RELOADING=1"))
    running.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(running.heard("RELOADING=1")) > heard, "RELOADING=1")
    eventually(lambda: "20ms -> 40ms" in running.log.read_text(), "the report in the log")

    for times, which in enumerate((signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2), 1):
        running.process.send_signal(which)
        eventually(lambda: running.log.read_text().count('"fetched_queue"') == times, "the state")
    eventually(lambda: '"state.worker"' in running.log.read_text(), "the workers")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0
    audit = subprocess.run([str(CRAWLD), "audit", "--db", str(running.db)], capture_output=True, timeout=PATIENCE)
    assert audit.returncode == 0, audit.stdout
    events = [json.loads(line) for line in running.log.read_text().splitlines()]  # one event a line
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in events)
    threads = {event["name"] for event in events if event["event"] == "state.thread"}
    assert {"fetch-0", "fetch-63", "parse-0", "commit"} <= threads
    assert any(event["event"] == "reload.refused" for event in events)

    running.write({"sites": [{**changed, "exclude": ["*/new/*"]}]})  # another file at the next start
    running.start()
    eventually(lambda: running.sql("SELECT count(*) FROM urls WHERE state = 'out_of_scope' AND url LIKE '%/new/%'") ==
               [(20,)], "the rules of the file at the start")


def test_what_one_reload_puts_out_of_scope_the_next_brings_back_however_soon(daemon, serve):
    def answer(path):
        if path == "/":
            return html(["/0", "/1"])
        return html([f"/old/{path[1:]}/{n}" for n in range(50_000)]) if path in ("/0", "/1") else (404, {}, b"")
    site = serve(answer)
    one = {"name": "a", "seeds": [site.url()], "delay": "10ms"}
    running = daemon({"sites": [dict(one)]}).start()
    eventually(lambda: running.status()["waiting"] > 90_000, "100,000 URLs that wait", 60)
    running.write({"sites": [{**one, "exclude": ["*/old/*"]}]})
    assert running.ctl("reload").returncode == 0
    running.write({"sites": [dict(one)]})
    assert running.ctl("reload").returncode == 0
    eventually(lambda: running.status()["waiting"] > 80_000
               and running.sql("SELECT count(*) FROM urls WHERE state = 'out_of_scope'")[0][0] == 0, "all of them again")


def test_a_site_that_a_reload_took_out_cannot_be_resumed(daemon, serve):
    one, two = serve(endless), serve(endless)
    sites = [{"name": "one", "seeds": [one.url()]}, {"name": "two", "seeds": [two.url()]}]
    running = daemon({"defaults": {"delay": "50ms"}, "sites": sites}).start()
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    running.write({"defaults": {"delay": "50ms"}, "sites": sites[:1]})
    assert "site two: left" in running.ctl("reload").stdout
    time.sleep(1)  # what was open ends
    asked = len(two.log)
    for command in (["resume", "two"], ["pause", "two"], ["add", "--site", "two", two.url("/extra/100000000")]):
        refused = running.ctl(*command)
        assert refused.returncode == 1 and 'there is no site "two"' in refused.stderr, command
    before = len(one.log)
    eventually(lambda: len(one.log) > before + 10, "requests to the other site")
    assert len(two.log) == asked
    running.write({"defaults": {"delay": "50ms"}, "sites": sites})
    assert running.ctl("reload").returncode == 0
    eventually(lambda: len(two.log) > asked + 3, "requests to the site that came back")
    assert running.ctl("resume", "two").returncode == 0


def test_a_site_that_a_reload_names_anew_goes_on_with_its_queue(daemon, serve):
    one, two = serve(endless), serve(endless)
    sites = [{"name": "one", "seeds": [one.url()]}, {"name": "two", "seeds": [two.url()]}]
    running = daemon({"defaults": {"delay": "50ms"}, "sites": sites}).start()
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    running.write({"defaults": {"delay": "50ms"}, "sites": [{**sites[0], "name": "other"}]})
    report = running.ctl("reload").stdout
    assert "site other: new\n" in report and "site one: left" in report and "belong to another site now" in report
    asked = len(one.log)
    eventually(lambda: len(one.log) > asked + 5, "requests of the site under its other name")
    assert "  sites that a reload took out: one, two\n" in running.ctl("status").stdout
    waiting = running.sql("SELECT u.url FROM urls AS u JOIN sites AS s ON s.id = u.site_id "
                          "WHERE s.name = 'two' AND u.state = 'queued'")
    why = subprocess.run([str(CRAWLD), "why", "--db", str(running.db), waiting[0][0]], capture_output=True, text=True,
                         timeout=PATIENCE)
    assert "waits for  a crawl of its site" in why.stdout
    assert len(one.paths()) == len(set(one.paths()))


def test_a_pause_outlasts_a_reload_that_takes_the_site_out_and_back(daemon, serve):
    one, two = serve(endless), serve(endless)
    sites = [{"name": "one", "seeds": [one.url()]}, {"name": "two", "seeds": [two.url()]}]
    running = daemon({"defaults": {"delay": "50ms"}, "sites": sites}).start()
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    assert running.ctl("pause", "two").returncode == 0
    running.write({"defaults": {"delay": "50ms"}, "sites": sites[:1]})
    assert "site two: left" in running.ctl("reload").stdout
    running.write({"defaults": {"delay": "50ms"}, "sites": sites})
    assert "site two: back" in running.ctl("reload").stdout
    assert "  paused sites: two since 20" in running.ctl("status").stdout
    asked, before = len(two.log), len(one.log)
    eventually(lambda: len(one.log) > before + 10, "requests to the other site")
    assert len(two.log) <= asked + 1
    assert running.ctl("resume", "two").returncode == 0
    eventually(lambda: len(two.log) > asked + 3, "requests after the pause")


PAUSES = "SELECT key FROM meta WHERE key >= 'paused:' AND key < 'paused;' ORDER BY key"


def two_sites(daemon, one, two):
    sites = [{"name": "one", "seeds": [one.url()]}, {"name": "two", "seeds": [two.url()]}]
    return daemon({"defaults": {"delay": "50ms"}, "sites": sites}).start(), sites


def test_a_paused_site_stays_so_over_a_kill_until_it_is_resumed(daemon, serve):
    one, two = serve(endless), serve(endless)
    running, _ = two_sites(daemon, one, two)
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    assert running.ctl("pause", "one").returncode == 0
    assert running.ctl("stop", "two").returncode == 0
    eventually(lambda: running.sql(PAUSES) == [("paused:one",)], "its row")
    since = running.status()["sites"][0]["paused_since"]
    running.kill()
    asked, other = len(one.log), len(two.log)
    running.start()
    eventually(lambda: len(two.log) > other + 10, "requests to the site that was stopped for that run")
    assert len(one.log) == asked
    assert running.log.read_text().count(f"pause.kept site=one since={since} until=\"crawld resume one\"") == 1
    assert running.status()["sites"][0]["paused_since"] == since
    queued = running.sql("SELECT u.url FROM urls AS u JOIN sites AS s ON s.id = u.site_id "
                         "WHERE s.name = 'one' AND u.state = 'queued'")
    why = subprocess.run([str(CRAWLD), "why", "--db", str(running.db), queued[0][0]], capture_output=True, text=True,
                         timeout=PATIENCE)
    assert f"waits for  crawld resume one: its site is paused since {since}\n" in why.stdout
    assert running.ctl("resume", "one").returncode == 0
    eventually(lambda: len(one.log) > asked + 3 and not running.sql(PAUSES), "requests after the pause")
    running.kill()
    asked = len(one.log)
    running.start()
    eventually(lambda: len(one.log) > asked + 3, "requests of a run after the pause")


def test_a_paused_crawl_stays_so_over_a_start_and_a_one_shot_crawl_says_that_it_does_not(daemon, serve):
    one, two = serve(endless), serve(endless)
    running, _ = two_sites(daemon, one, two)
    eventually(lambda: len(one.log) > 3 and len(two.log) > 3, "requests to both")
    assert running.ctl("pause").returncode == 0
    assert running.ctl("stop").returncode == 0
    running.process.wait(PATIENCE)
    asked = len(one.log) + len(two.log)
    running.start()
    assert running.status()["limit"] == "paused"
    assert "  paused since 20" in running.ctl("status").stdout
    time.sleep(1)  # a start asks at once
    assert len(one.log) + len(two.log) == asked
    running.kill()
    shot = subprocess.run([str(CRAWLD), "crawl", "-c", str(running.file), "--max-pages", "2"], capture_output=True,
                          text=True, timeout=PATIENCE)
    assert "pause.not_kept site=all since=20" in shot.stderr
    assert len(one.log) + len(two.log) > asked and running.sql(PAUSES) == [("paused:",)]


def test_a_pause_of_a_site_that_left_is_told_of_and_can_be_taken_back(daemon, serve):
    one, two = serve(endless), serve(endless)
    running, sites = two_sites(daemon, one, two)
    assert running.ctl("pause", "two").returncode == 0
    eventually(lambda: running.sql(PAUSES), "its row")
    running.kill()
    running.write({"defaults": {"delay": "50ms"}, "sites": sites[:1]})
    running.start()
    assert running.log.read_text().count("pause.of_no_site site=two since=20") == 1
    running.write({"defaults": {"delay": "50ms"}, "sites": sites})
    assert running.ctl("reload").returncode == 0
    assert "  paused sites: two since 20" in running.ctl("status").stdout
    asked, before = len(two.log), len(one.log)
    eventually(lambda: len(one.log) > before + 10, "requests to the other site")
    assert len(two.log) == asked
    running.write({"defaults": {"delay": "50ms"}, "sites": sites[:1]})
    assert running.ctl("reload").returncode == 0
    assert running.log.read_text().count("pause.of_no_site site=two since=20") == 2
    assert running.ctl("resume", "two").returncode == 0
    eventually(lambda: not running.sql(PAUSES), "no row")
    refused = running.ctl("resume", "two")
    assert refused.returncode == 1 and 'there is no site "two"' in refused.stderr


def test_the_server_sees_every_promise_kept_over_kills(daemon, serve):
    busy = {"at": None}

    def respond(path):
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n"
        if path == "/":
            return html([f"/p/{n}" for n in range(14)] + ["/private/x"])
        if path == "/p/11" and busy["at"] is None:
            busy["at"] = time.monotonic()
            return 503, {"Retry-After": "8"}, b""
        return html([])

    site = serve(respond)
    delay = 0.5
    running = daemon({"sites": [{"name": "a", "seeds": [site.url()], "delay": "500ms"}]}).start()

    def kill_after(seconds):
        time.sleep(seconds)  # what was answered is durable within 200 ms
        running.kill()
        running.start()

    for seen in (4, 9):
        eventually(lambda: len(site.log) >= seen, "requests")
        kill_after(1)
    eventually(lambda: busy["at"] is not None, "the busy answer")
    kill_after(4)
    eventually(lambda: len([p for p in site.paths() if p.startswith("/p/")]) >= 15, "all pages")
    eventually(lambda: running.status()["waiting"] == 0, "an empty queue")
    paths = site.paths()
    assert paths[0] == "/robots.txt" and paths.count("/robots.txt") == 1
    assert "/private/x" not in paths
    assert site.most_open == 1
    # A kill may have come between an answer and its commit.
    assert all(paths.count(f"/p/{n}") <= (2 if n == 11 else 1) + 3 for n in range(14))
    assert sum(paths.count(f"/p/{n}") for n in range(14)) <= 15 + 6
    times = [at for at, _ in site.log]
    gaps = [after - before for before, after in zip(times, times[1:])]
    assert statistics.median(gaps) >= delay * 0.95
    assert sum(gaps) >= delay * len(gaps) * 0.95
    asked = [at for at, path in site.log if path == "/p/11"][0]
    assert min(at for at in times if at > asked) - asked >= 7.5
    assert running.ctl("stop").returncode == 0
    assert running.process.wait(PATIENCE) == 0
    audit = subprocess.run([str(CRAWLD), "audit", "--db", str(running.db)], capture_output=True, timeout=PATIENCE)
    assert audit.returncode == 0, audit.stderr


def test_many_names_at_one_address_share_its_two_requests_from_the_first_one_on(daemon, serve):
    def respond(path):
        time.sleep(0.05)
        return (404, {}, b"") if path == "/robots.txt" else html([])

    server = serve(respond)
    names = [f"h{n}.test" for n in range(12)]
    running = daemon({"dns": {"hosts": dict.fromkeys(names, "127.0.0.1")}, "defaults": {"concurrency_per_ip": 2},
                      "sites": [{"name": name[:-5], "seeds": [f"http://{name}:{server.port}/"], "delay": "10ms"}
                                for name in names]}).start()
    eventually(lambda: server.paths().count("/") == len(names), "a page of each")
    assert server.paths().count("/robots.txt") == len(names)
    assert server.most_open <= 2
    assert running.ctl("stop").returncode == 0


class Receiver:
    """Takes webhooks; refuses every third."""

    def __init__(self):
        self.bodies, self.turns = [], 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
                receiver.turns += 1
                fine = self.headers["X-Crawld-Signature"] == signature and receiver.turns % 3 != 0
                if fine:
                    receiver.bodies.append(json.loads(body))
                self.send_response(204 if fine else 500)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def urls(self):
        return {change["url"] for body in list(self.bodies) for change in body["changes"]}


def test_every_change_is_told_at_least_once_over_a_kill(daemon, serve, tmp_path):
    site = serve(lambda path: html([f"/p/{n}" for n in range(60)]) if path == "/"
                 else (404, {}, b"") if path == "/robots.txt" else html([]))
    receiver = Receiver()
    told = tmp_path / "told"
    running = daemon({"hooks": {"webhook": f"http://127.0.0.1:{receiver.httpd.server_address[1]}/x", "secret": "s3cret",
                                "exec": ["/usr/bin/tee", "-a", str(told)], "allow_addresses": ["127.0.0.0/8"]},
                      "sites": [{"name": "a", "seeds": [site.url()], "delay": "20ms"}]}).start()
    eventually(lambda: len(receiver.urls()) > 5, "the first changes")
    running.kill()
    running.start()
    wanted = {site.url()} | {site.url(f"/p/{n}") for n in range(60)}
    eventually(lambda: receiver.urls() == wanted, "all changes at the webhook")
    eventually(lambda: all(f'"{url}"' in told.read_text() for url in wanted), "all changes at the program")
    hooks = {hook["name"]: hook for hook in running.status()["hooks"]}
    assert hooks["webhook"]["delivered"] > 0 and hooks["exec"]["failures"] == 0


@pytest.mark.parametrize("disk", ["quick", "slow"])
def test_a_one_shot_crawl_tells_its_changes_before_it_ends(serve, tmp_path, disk):
    # Where the database is opened slowly, the pages must not be there before the hook looks.
    faults = {"DISK_FAULTS": "path=crawl.db op=open nth=1 count=0 do=slow", "LD_PRELOAD": str(SHIM)} if disk == "slow" else {}
    site = serve(lambda path: html(["/a", "/b"]) if path == "/" else (404, {}, b"") if path == "/robots.txt" else html([]))
    receiver = Receiver()
    file = tmp_path / "crawld.yaml"
    file.write_text(json.dumps({
        "database": str(tmp_path / "crawl.db"), "disk_low": "0B",
        "hooks": {"webhook": f"http://127.0.0.1:{receiver.httpd.server_address[1]}/x", "secret": "s3cret",
                  "timeout": "1m", "allow_addresses": ["127.0.0.0/8"]},
        "defaults": {"allow_addresses": ["127.0.0.0/8"], "delay": "0ms", "autothrottle": {"enabled": False}},
        "sites": [{"name": "a", "seeds": [site.url()]}]}))
    for told in (3, 3):  # the second crawl finds nothing new, and tells nothing twice
        done = subprocess.run([str(CRAWLD), "crawl", "-q", "-c", str(file)], capture_output=True, text=True,
                              env={**os.environ, **faults}, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        assert sum(len(body["changes"]) for body in receiver.bodies) == told


def allowed_calls(unit):
    """The system calls of SystemCallFilter=, groups spelt out."""
    def members(name):
        if not name.startswith("@"):
            return {name}
        listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
        lines = [line.strip() for line in listed.stdout.splitlines() if line.startswith("    ")]
        return set().union(*(members(line) for line in lines if not line.startswith("#")))

    line = next(line for line in unit.read_text().splitlines() if line.startswith("SystemCallFilter="))
    return set().union(*(members(name) for name in line.split("=", 1)[1].split()))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_daemon_and_sandboxed_workers_run_under_the_limits_of_the_unit(daemon, serve):
    site = serve(endless)
    calls = allowed_calls(pathlib.Path(__file__).parents[2] / "systemd" / "crawld.service")
    assert "landlock_create_ruleset" in calls and "mount" not in calls
    running = daemon({"sites": [{"name": "a", "seeds": [site.url()], "delay": "20ms"}]})
    running.start(under=[str(CRAWLD.parent / "tests" / "service_limits"), ",".join(sorted(calls))])
    eventually(lambda: running.status()["pages"] > 5, "pages")
    state = (pathlib.Path("/proc") / str(running.process.pid) / "status").read_text()
    assert "NoNewPrivs:\t1" in state and "Seccomp:\t2" in state
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0, running.log.read_text()


def test_a_page_that_changes_at_each_visit_keeps_the_versions_that_are_wanted(serve, daemon):
    visits = iter(range(1_000_000))

    def answer(_):
        return 200, {"Content-Type": "text/html"}, b"<title>page</title>" + b"<p>visit %d</p>" % next(visits) * 40

    site = serve(answer)
    one = daemon({"sites": [{"name": "s", "seeds": [site.url("/")], "robots": "ignore", "delay": "0s",
                             "revisit": {"default": "1s", "min": "1s", "max": "1s"}}]})

    def stored(what):
        with sqlite3.connect(one.db) as database:
            return database.execute(f"SELECT {what} FROM pages").fetchone()[0]

    one.start()
    eventually(lambda: stored("count(*)") >= 6, "six versions")
    one.ctl("stop")
    one.process.wait(PATIENCE)
    assert stored("min(id)") == 1

    one.file.write_text(json.dumps({**json.loads(one.file.read_text()), "keep": {"versions": 2, "requests": "1s"}}))
    last = stored("max(id)")
    one.start()
    eventually(lambda: stored("min(id)") > last, "all that stood before going")
    eventually(lambda: "store.pruned" in one.log.read_text(), "the line of the first pass")
    eventually(lambda: stored("count(*)") == 2, "two versions")
    one.process.kill()
    one.process.wait(PATIENCE)

    result = subprocess.run([CRAWLD, "audit", "--db", one.db], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    with sqlite3.connect(one.db) as database:
        assert database.execute("SELECT count(*) FROM bodies").fetchone()[0] <= 3
        small = one.folder / "small.db"
        database.execute("VACUUM INTO ?", (str(small),))
    result = subprocess.run([CRAWLD, "audit", "--db", small], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
