"""The real binaries against servers on loopback."""
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
CRAWLD = BUILD / "crawld"
PATIENCE = 90  # seconds, for a machine that is busy with other things


def eventually(condition, what="", patience=PATIENCE):
    """What `condition` gives, once it gives something. The test fails where it never does."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"waited {patience} s for {what or condition}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class CountingServer:
    """Serves what `respond(path)` gives: (status, headers, body); keeps a log of (time, path)."""

    def __init__(self, respond):
        self.log = []
        self.lock = threading.Lock()
        self.open = 0
        self.most_open = 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with server.lock:
                    server.log.append((time.monotonic(), self.path))
                    server.open += 1
                    server.most_open = max(server.most_open, server.open)
                status, headers, body = respond(self.path)
                with server.lock:
                    server.open -= 1
                self.send_response(status)
                for name, value in headers.items() if isinstance(headers, dict) else headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        self.port = self.httpd.server_address[1]
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self):
        return [path for _, path in self.log]

    def wait_for(self, count, path=None):
        """Until so many requests came in, of `path` only where one is given."""
        until = time.monotonic() + 120
        while sum(path in (None, asked) for asked in self.paths()) < count:
            assert time.monotonic() < until, f"{count} requests never came: {self.paths()}"
            time.sleep(0.01)

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()


def html(links):
    body = "<!doctype html><title>page</title>" + "".join(f'<a href="{x}">x</a> ' for x in links)
    return 200, {"Content-Type": "text/html"}, body.encode()


@pytest.fixture
def serve():
    servers = []

    def start(respond):
        servers.append(CountingServer(respond))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def rows_of(database, query):
    """Read as any SQLite client reads beside a crawl."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


class Crawl:
    def __init__(self, folder):
        self.db = folder / "crawl.db"

    def command(self, *arguments):
        return [str(CRAWLD), "crawl", "--db", str(self.db), "--allow-address", "127.0.0.0/8",
                *map(str, arguments)]

    def run(self, *arguments, timeout=120):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout)

    def start(self, *arguments):
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, start_new_session=True)

    def kill_tree(self, process):
        """kill -9 of the whole tree: the workers stand in sessions of their own and die by themselves."""
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def sql(self, query):
        return rows_of(self.db, query)


@pytest.fixture
def crawl(tmp_path):
    return Crawl(tmp_path)


def run(crawl, command, *arguments, timeout=120, **options):
    """Another command on the crawl's database."""
    return subprocess.run([str(CRAWLD), command, "--db", str(crawl.db), *map(str, arguments)],
                          capture_output=True, text=True, timeout=timeout, **options)


def check_whole(crawl, count):
    """All URLs are done, each page is stored once, and the books balance."""
    assert crawl.sql("SELECT state, count(*) FROM urls GROUP BY state") == [("done", count)]
    assert crawl.sql("SELECT count(*), count(DISTINCT url_id) FROM pages") == [(count, count)]
    audit = run(crawl, "audit")
    assert audit.returncode == 0, audit.stdout


def summary(result):
    return json.loads(result.stdout)


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The Debian package, packed quickly."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is not installed: this is no Debian system")
    environment = {**os.environ, "BUILD": str(BUILD), "DEB_COMPRESSION": "none"}
    result = subprocess.run(["sh", str(TREE / "packaging/deb.sh")], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    file = pathlib.Path(result.stdout.splitlines()[-1])
    target = tmp_path_factory.mktemp("package") / file.name
    shutil.move(file, target)
    return target
