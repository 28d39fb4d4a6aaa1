"""The control socket and pages shown to people, under hands that mean no good."""
import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from conftest import CRAWLD, eventually
from test_crawl import chain


class Daemon:
    def __init__(self, folder, site, *lines):
        self.database = folder / "crawl.db"
        self.socket = folder / "control.sock"
        config = folder / "daemon.yaml"
        config.write_text("\n".join([
            f"database: {self.database}", f"control: {self.socket}", "disk_low: 0B", *lines,
            "sites:", "  - name: test", f"    seeds: [\"{site.url()}\"]", "    delay: 20ms", "    robots: ignore",
            "    jitter: 0", "    allow_addresses: [\"127.0.0.0/8\"]", ""]))
        self.process = subprocess.Popen([CRAWLD, "run", "-c", config], stderr=subprocess.PIPE, text=True)
        eventually(self.socket.exists)

    def connect(self):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(20)
        client.connect(str(self.socket))
        return client

    def ask(self, request):
        with self.connect() as client:
            client.sendall(request if isinstance(request, bytes) else json.dumps(request).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                data = client.recv(65536)
                if not data:
                    return None
                answer += data
            return json.loads(answer)

    def end(self):
        self.process.terminate()
        _, stderr = self.process.communicate(timeout=30)
        return stderr


@pytest.fixture
def daemon(tmp_path, serve):
    site = serve(chain(100_000, delay=0.005))
    running = Daemon(tmp_path, site)
    running.site = site
    yield running
    if running.process.poll() is None:
        running.end()


GARBAGE = [b"\n", b"\0\xff\xfe\n", b"{\n", b"[1,2]\n", b'"status"\n', b'{"command":7}\n', b'{"command":"rm -rf"}\n',
           b'{"command":"add","urls":{"a":1}}\n', b'{"command":"add","urls":[1,null,"","x://","http://["]}\n',
           b'{"command":"add","urls":' + b"[" * 30_000 + b"]" * 30_000 + b"}\n",
           b'{"command":"add","site":"nobody","urls":[]}\n', b'{"command":"status","command":"stop2"}\n']


def test_garbage_is_answered_or_dropped_and_the_crawl_goes_on(daemon):
    for request in GARBAGE:
        answer = daemon.ask(request)
        assert answer is None or "error" in answer or answer.get("added") == 0, (request[:60], answer)
        assert daemon.process.poll() is None, request[:60]
    before = len(daemon.site.log)
    eventually(lambda: len(daemon.site.log) > before + 5)
    assert daemon.ask({"command": "status"})["pid"] == daemon.process.pid


def test_a_site_that_is_no_name_is_refused_and_not_taken_for_all_sites(daemon):
    for site in ("", 5, None, ["test"]):
        for command in ("stop", "pause", "reload", "add"):
            answer = daemon.ask({"command": command, "site": site, "urls": []})
            assert answer == {"error": "\"site\" is empty or no string; leave it out, or name one"}, (command, site)
    for command in (["stop", ""], ["pause", ""], ["add", "--site", "", daemon.site.url("/new")]):
        told = subprocess.run([CRAWLD, command[0], "--socket", daemon.socket, *command[1:]], capture_output=True, text=True,
                              timeout=30, check=False)
        assert told.returncode != 0 and told.stderr.count("\n") == 1, told
    before = len(daemon.site.log)
    eventually(lambda: len(daemon.site.log) > before + 5)
    assert daemon.ask({"command": "status"})["sites"] == [
        {"name": "test", "paused": False, "paused_since": None, "left": False}]


def _answers(daemon):
    try:
        return daemon.ask({"command": "status"}) is not None
    except OSError:
        return False


def test_another_user_is_turned_away(daemon):
    assert daemon.socket.stat().st_mode & 0o777 == 0o600
    if os.geteuid() != 0:
        pytest.skip("needs a second user to try it with")
    # Even where the file's mode was opened by mistake, who connects is looked at.
    daemon.socket.chmod(0o666)
    reach = """
import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(20)
try:
    s.connect(sys.argv[1]); s.sendall(b'{"command":"stop"}\\n'); print(repr(s.recv(100)))
except OSError as error:
    print("b''", error)
"""
    folder = daemon.socket.parent
    for above in [folder, *folder.parents]:
        if str(above).startswith("/tmp/"):
            above.chmod(0o755)
    other = subprocess.run(["/usr/bin/python3", "-c", reach, daemon.socket], user=65534, group=65534, extra_groups=[],
                           capture_output=True, text=True, timeout=60, check=False)
    assert other.stdout.startswith("b''"), other.stdout + other.stderr
    time.sleep(0.3)
    assert daemon.process.poll() is None
    assert _answers(daemon)


# What another program, or another version, may answer.
ANSWERS = ['{"pages": "many"}', '{"limit": 7}', '{"limit": "\\u001b[31mred"}', '{"sites": 5}', '{"sites": [5]}', '{"logins": [1]}',
           '{"report": "\\u001b]0;owned\\u0007"}', '{"report": 1}', '{"added": "all"}', '{"error": "\\u001b[2J"}']


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_in_another_form_ends_a_command_with_one_line_and_reaches_no_terminal_raw(tmp_path, answer):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "other.sock"))
    listener.listen(8)

    def serve():
        while True:
            client, _ = listener.accept()
            client.recv(65536)
            client.sendall(answer.encode() + b"\n")
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    for command in (["status"], ["status", "--json"], ["reload"], ["stop"], ["add", "http://a.test/"]):
        told = subprocess.run([CRAWLD, *command, "--socket", tmp_path / "other.sock"], capture_output=True, timeout=30, check=False)
        assert told.returncode in (0, 1), (command, told)
        assert b"\x1b" not in told.stdout + told.stderr and b"\x07" not in told.stdout + told.stderr, (command, told)
        assert told.returncode == 0 or told.stderr.count(b"\n") == 1, (command, told)


@pytest.mark.parametrize("command", ["status", "stop", "pause", "resume", "add"])
def test_a_broken_file_does_not_hide_how_its_crawl_is_found(tmp_path, command):
    config = tmp_path / "c.yaml"
    config.write_text("sites: [{nmae: a}]\n")
    result = subprocess.run([CRAWLD, command, "-c", config], capture_output=True, text=True, timeout=60)
    assert result.returncode == 4
    last = result.stderr.splitlines()[-1]
    assert "--db FILE" in last and "--socket FILE" in last, result.stderr


def test_what_add_refuses_it_tells_why(daemon):
    told = subprocess.run([CRAWLD, "add", "--socket", daemon.socket, "bad url here", daemon.site.url("/new")], capture_output=True,
                          text=True, timeout=30)
    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        'crawld: refused: "bad url here" is no http or https URL; write it as https://host/path', "added 1"]


def test_add_takes_a_word_as_it_takes_a_line_of_a_list(daemon, tmp_path):
    words = [f"127.0.0.1:{daemon.site.port}/bare", "return"]
    (tmp_path / "list").write_text("\n".join(words))
    for given in (words, ["-i", tmp_path / "list"]):
        told = subprocess.run([CRAWLD, "add", "--socket", daemon.socket, *given], capture_output=True, text=True, timeout=30)
        assert told.returncode == 1
        assert told.stderr.splitlines() == [
            'crawld: refused: "return" is no http or https URL; write it as https://host/path', "added 1"]


def test_a_socket_that_was_left_behind_is_taken_over_and_anything_else_is_not(tmp_path, serve):
    site = serve(chain(3))
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "control.sock"))
    left.close()
    first = Daemon(tmp_path, site)
    eventually(lambda: _answers(first))
    first.end()
    (tmp_path / "control.sock").write_text("not a socket")
    second = Daemon(tmp_path, site)
    _, stderr = second.process.communicate(timeout=30)
    assert second.process.returncode == 1
    assert "control.sock" in stderr
    assert (tmp_path / "control.sock").read_text() == "not a socket"


def test_what_pages_say_reaches_no_terminal_raw_and_no_spreadsheet_as_a_formula(crawl, serve):
    title = "\x1b]0;owned\x07\x1b[31m=cmd|'/c calc'!A1\x9b2J\u202e\u2028"
    body = f"<!doctype html><meta charset=utf-8><title>{title}</title><p>needle</p><a href='/%1b[31m?q=\x1b[0m'>x</a>".encode()
    site = serve(lambda path: (200, {"Content-Type": "text/html; charset=utf-8"}, body))
    config = crawl.db.parent / "c.yaml"
    config.write_text(f"sites:\n  - name: test\n    seeds: [\"{site.url()}\"]\n    delay: 0s\n    robots: ignore\n"
                      "    max_depth: 2\n    allow_addresses: [\"127.0.0.0/8\"]\n")
    crawl.run("-c", config)
    page = site.url("/")
    for command in (["search", "needle"], ["why", page], ["report"], ["sql", "SELECT url, title FROM v_pages"],
                    ["diff", page], ["sql", "--json", "SELECT url, title FROM v_pages"], ["diff", "--json", page]):
        # On a terminal: script(1) gives the command one.
        line = " ".join(f"'{word}'" for word in [str(CRAWLD), *command, "--db", str(crawl.db)])
        shown = subprocess.run(["script", "-qec", line, "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=60, check=False).stdout
        assert b"\x1b]0" not in shown and b"\x07" not in shown and b"\x9b" not in shown.replace(b"\xc2\x9b", b"\x9b"), command
        assert b"\x1b[31m=" not in shown, command
        assert "\u202e".encode() not in shown and "\u2028".encode() not in shown, command
    guarded = subprocess.run([CRAWLD, "export", "--format", "csv", "--csv-safe", "--db", crawl.db], capture_output=True,
                             timeout=60, check=False).stdout
    assert b",=cmd" not in guarded and b"\n=" not in guarded
