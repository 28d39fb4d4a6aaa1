"""Cookies that outlive the crawl: save_cookies and its flags, over ends and kills of the real program."""
import http.cookiejar
import http.server
import os
import signal
import subprocess
import threading

import pytest

from conftest import BUILD, CRAWLD, eventually
from test_login import MemberSite, crawl, member_site, password, sql, write_config  # noqa: F401: fixtures

SHIM = BUILD / "tests" / "disk_faults.so"


class Remembering(MemberSite):
    """Who is logged in is led away from the login page; its session has a lifetime, and changes with each page."""

    def get(self, handler):
        if handler.path.startswith("/login") and self.sessions.get(handler.session(), 0) > 0:
            return handler.answer(302, Location="/")
        return super().get(handler)

    def post(self, handler, body):
        answer = handler.answer
        handler.answer = lambda status, text="", **headers: answer(status, text, **{
            name: value + "; Max-Age=3600" if name == "Set_Cookie" else value for name, value in headers.items()})
        super().post(handler, body)


def saved(path):
    """As Python's programs read it: a line that they cannot read is an error."""
    jar = http.cookiejar.MozillaCookieJar(path)
    jar.load(ignore_discard=True, ignore_expires=True)  # 0, a session's, is long ago to them
    return {cookie.name: cookie.value for cookie in jar}


def with_file(folder, site, *more):
    return write_config(folder, site, f"    save_cookies: {folder}/cookies.txt", *more)


def test_a_session_goes_on_in_the_next_run_without_another_login(tmp_path, member_site, password):  # noqa: F811
    site = member_site(Remembering(pages=6))
    with_file(tmp_path, site)
    done = subprocess.run(["sh", "-c", 'umask 0; exec "$@"', "sh", str(CRAWLD), "crawl", "-c", str(tmp_path / "c.yaml")],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert site.logins == 1 and saved(tmp_path / "cookies.txt") == {"session": "s1"}
    assert (tmp_path / "cookies.txt").stat().st_mode & 0o777 == 0o600
    assert "#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t" in (tmp_path / "cookies.txt").read_text()

    site.log.clear()
    done = crawl(tmp_path, "--recrawl", "-v")
    assert done.returncode == 0, done.stderr
    assert site.logins == 1 and ("POST", "/session?from=form") not in site.log, site.log
    assert len(site.asked("/3")) == 1
    assert "session=s1" not in done.stderr and b"session=s1" not in (tmp_path / "crawl.db").read_bytes()

    # The server forgot the session: the login goes as ever.
    site.sessions.clear()
    assert crawl(tmp_path, "--recrawl").returncode == 0
    assert site.logins == 2 and saved(tmp_path / "cookies.txt") == {"session": "s2"}


def test_a_login_page_without_a_form_is_told_where_no_cookies_were_saved(tmp_path, member_site, password):  # noqa: F811
    site = member_site(Remembering(pages=3))
    path = with_file(tmp_path, site)
    path.write_text(path.read_text().replace("/login", "/robots.txt"))
    for _ in range(2):  # the first leaves a file with no cookie in it
        done = crawl(tmp_path)
        assert done.returncode == 1 and "login.refused" in done.stderr, done.stderr
    assert (tmp_path / "cookies.txt").exists()


@pytest.fixture
def counting(tmp_path):
    """A page whose every answer sets n to the number of requests so far, for an hour."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.cookies.append(self.headers.get("Cookie"))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Set-Cookie", f"n={len(self.server.cookies)}; Max-Age=3600; Path=/")
            self.send_header("Set-Cookie", "of_session=1; Path=/")
            self.end_headers()
            self.wfile.write(b"<title>page</title>")

        def log_message(self, *_):
            pass

    httpd = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    httpd.cookies = []
    httpd.page = f"http://127.0.0.1:{httpd.server_address[1]}/"
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()


def command(folder, *arguments):
    return [str(CRAWLD), "crawl", "--db", str(folder / "crawl.db"), "--allow-address", "127.0.0.0/8",
            "--delay", "0", *map(str, arguments)]


def test_flags_save_and_load_one_file_as_wgets_do(tmp_path, counting):
    file = tmp_path / "cookies.txt"
    flags = ["--load-cookies", file, "--save-cookies", file, counting.page]
    done = subprocess.run(command(tmp_path, *flags), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert saved(file) == {"n": str(len(counting.cookies))}
    before = len(counting.cookies)
    again = command(tmp_path, "--recrawl", "--keep-session-cookies", *flags)
    done = subprocess.run(again, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert counting.cookies[before] == f"n={before}"
    assert saved(file) == {"n": str(len(counting.cookies)), "of_session": "1"}
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("cookies")] == ["cookies.txt"]


def test_a_place_that_cannot_be_written_is_told_at_the_start(tmp_path, counting):
    config = tmp_path / "c.yaml"
    config.write_text(f"database: {tmp_path}/crawl.db\nsites:\n  - name: a\n    seeds: ['{counting.page}']\n"
                      f"    save_cookies: {tmp_path}/none/cookies.txt\n")
    for words in (["crawl"], ["run"], ["check"]):
        done = subprocess.run([str(CRAWLD), *words, "-c", str(config)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 4
        assert f'c.yaml:5:19: save_cookies: "{tmp_path}/none/cookies.txt": there is no folder' in done.stderr + done.stdout
    done = subprocess.run(command(tmp_path, "--save-cookies", tmp_path, counting.page), capture_output=True, text=True)
    assert done.returncode == 2 and "--save-cookies: " in done.stderr and "is no file" in done.stderr
    assert counting.cookies == []


@pytest.mark.parametrize("fault", ["op=write do=enospc", "op=write do=short", "op=sync do=eio"])
def test_a_full_disk_leaves_the_cookies_of_before_and_is_told_once(tmp_path, counting, fault):
    file = tmp_path / "cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\told\tone\n")
    before = file.read_bytes()
    done = subprocess.run(command(tmp_path, "--save-cookies", file, counting.page), capture_output=True, text=True,
                          timeout=60, env={**os.environ, "LD_PRELOAD": str(SHIM), "DISK_FAULTS": f"path=cookies.txt nth=1 count=0 {fault}"})
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cookies.not_saved") == 1 and "cannot write" in done.stderr
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("cookies")] == ["cookies.txt"]


def test_a_kill_in_the_middle_of_saving_leaves_the_cookies_of_before(tmp_path, counting):
    file = tmp_path / "cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\told\tone\n")
    killed = subprocess.run(command(tmp_path, "--save-cookies", file, counting.page), capture_output=True, timeout=60,
                            env={**os.environ, "LD_PRELOAD": str(SHIM), "DISK_FAULTS": "path=cookies.txt op=write nth=1 do=kill"})
    assert killed.returncode == -signal.SIGKILL
    assert saved(file) == {"old": "one"}


def test_the_daemon_saves_at_its_end_and_a_kill_leaves_the_file_of_before(tmp_path, counting):
    file = tmp_path / "cookies.txt"
    config = tmp_path / "c.yaml"
    config.write_text(f"database: {tmp_path}/crawl.db\ncontrol: {tmp_path}/control.sock\nsites:\n  - name: a\n"
                      f"    seeds: ['{counting.page}']\n    allow_addresses: [127.0.0.0/8]\n    save_cookies: {file}\n"
                      "    revisit: {default: 1s, min: 1s, max: 1s}\n    delay: 0s\n")

    def ends_by(end):
        asked = len(counting.cookies)
        daemon = subprocess.Popen([str(CRAWLD), "run", "-c", str(config)], stderr=subprocess.PIPE, text=True)
        eventually(lambda: len(counting.cookies) >= asked + 2, "two more requests")
        daemon.send_signal(end)
        daemon.communicate(timeout=60)

    ends_by(signal.SIGTERM)
    assert saved(file) == {"n": str(len(counting.cookies))}
    last = len(counting.cookies)
    ends_by(signal.SIGKILL)
    assert int(saved(file)["n"]) in range(last, len(counting.cookies) + 1)
    assert counting.cookies[last] == f"n={last}"
