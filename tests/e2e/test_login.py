"""Sites behind a login form: with a token in the form, a session in a cookie, and an end of the session."""
import http.server
import json
import subprocess
import threading
import urllib.parse

import pytest

from conftest import CRAWLD, eventually

USER, PASSWORD = "crawler", "pässword & more"


class MemberSite:
    """A small web that shows its pages to whoever is logged in. `pages_a_session`: then it ends."""

    def __init__(self, pages=20, pages_a_session=10**6, password=PASSWORD, down=0):
        self.log, self.bodies, self.lock = [], [], threading.Lock()
        self.sessions, self.tokens, self.logins = {}, set(), 0
        self.pages, self.pages_a_session, self.password, self.down = pages, pages_a_session, password, down
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body="", **headers):
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                with site.lock:
                    site.log.append(("GET", self.path))
                    site.get(self)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with site.lock:
                    site.log.append(("POST", self.path))
                    site.bodies.append(body)
                    site.post(self, body)

            def session(self):
                cookies = dict(c.strip().split("=", 1) for c in self.headers.get("Cookie", "").split(";") if c.strip())
                return cookies.get("session", "")

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.httpd.server_address[1]}{path}"

    def get(self, handler):
        path = handler.path.split("?")[0]
        if path == "/robots.txt":
            return handler.answer(200, "User-agent: *\nDisallow: /login\n")
        if path == "/login":
            if self.down > 0:
                self.down -= 1
                return handler.answer(503)
            token = f"token-{len(self.tokens)}"
            self.tokens.add(token)
            return handler.answer(200, f"""<!doctype html><title>Log in</title>
              <form action=/search><input name=q></form>
              <form method=post action="/session?from=form"><input type=hidden name=csrf value={token}>
              <input name=user><input type=password name=pass><input type=checkbox name=keep checked>
              <button name=go value=in>Log in</button></form>""")
        left = self.sessions.get(handler.session(), 0)
        if left <= 0:
            return handler.answer(302, Location="/login?next=" + urllib.parse.quote(handler.path))
        if path == "/logout":
            self.sessions[handler.session()] = 0
            return handler.answer(200, "bye")
        if path == "/forbidden":
            return handler.answer(403, "not for you")
        self.sessions[handler.session()] = left - 1
        number = int(path.strip("/") or 0)
        links = "".join(f"<a href=/{n}>{n}</a> " for n in range(number + 1, min(number + 3, self.pages)))
        handler.answer(200, f"<!doctype html><title>page {number}</title><p>members only {number} "
                            f"<a href=/logout>log out</a> {self.extra(number)}{links}")

    def extra(self, number):
        return ""

    def post(self, handler, body):
        fields = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        fine = (handler.path == "/session?from=form" and fields.get("csrf") in self.tokens
                and fields.get("user") == USER and fields.get("pass") == self.password
                and fields.get("keep") == "on" and fields.get("go") == "in"
                and handler.headers["Origin"] == self.url("") and handler.headers["Referer"] == self.url("/login"))
        self.tokens.discard(fields.get("csrf"))
        if not fine:
            return handler.answer(303, Location="/login?wrong=1")
        self.logins += 1
        name = f"s{self.logins}"
        self.sessions[name] = self.pages_a_session
        handler.answer(303, Location="/", Set_Cookie=f"session={name}; Path=/; HttpOnly")

    def asked(self, path):
        return [m for m, p in self.log if p.split("?")[0] == path]


@pytest.fixture
def member_site():
    sites = []

    def start(site):
        sites.append(site)
        return site

    yield start
    for site in sites:
        site.httpd.shutdown()
        site.httpd.server_close()


def write_config(folder, site, *more, login=()):
    (folder / "c.yaml").write_text("\n".join([
        f"database: {folder}/crawl.db", f"control: {folder}/control.sock",
        "user_agent: {name: testbot, email: a@example.org}", "sites:", "  - name: members",
        f"    seeds: ['{site.url()}']", "    delay: 0s", "    autothrottle: {enabled: false}",
        "    concurrency_per_host: 3", "    concurrency_per_ip: 3", "    retry_delay: 100ms",
        "    allow_addresses: [127.0.0.0/8]",
        "    login:", f"      url: {site.url('/login')}",
        "      fields: {user: crawler, pass: '${env:CRAWLD_TEST_PASSWORD}'}", *login, *more]) + "\n")
    return folder / "c.yaml"


def crawl(folder, *arguments, timeout=120):
    return subprocess.run([str(CRAWLD), "crawl", "-c", str(folder / "c.yaml"), *arguments],
                          capture_output=True, text=True, timeout=timeout)


def sql(folder, query):
    done = subprocess.run([str(CRAWLD), "sql", "--db", str(folder / "crawl.db"), "--json", query],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("CRAWLD_TEST_PASSWORD", PASSWORD)


def test_a_site_is_logged_in_before_its_first_page(tmp_path, member_site, password):
    site = member_site(MemberSite())
    write_config(tmp_path, site)
    done = crawl(tmp_path)
    assert done.returncode == 0, done.stderr
    # robots.txt first; the login page although it is disallowed there, for the operator named it.
    assert site.log[:3] == [("GET", "/robots.txt"), ("GET", "/login"), ("POST", "/session?from=form")]
    assert site.logins == 1
    titles = {row["title"] for row in sql(tmp_path, "SELECT title FROM v_pages")}
    assert titles == {f"page {n}" for n in range(20)}
    assert site.asked("/logout") == []
    [logout] = sql(tmp_path, "SELECT state, reason FROM urls WHERE url LIKE '%/logout'")
    assert logout == {"state": "out_of_scope", "reason": "login.logout[0]"}


def test_a_session_that_ends_is_begun_again_and_no_page_is_lost(tmp_path, member_site, password):
    site = member_site(MemberSite(pages=60, pages_a_session=25))
    write_config(tmp_path, site)
    done = crawl(tmp_path)
    assert done.returncode == 0, done.stderr
    assert {row["title"] for row in sql(tmp_path, "SELECT title FROM v_pages")} == {f"page {n}" for n in range(60)}
    assert site.logins == 3, site.log
    assert sql(tmp_path, "SELECT count(*) AS n FROM urls WHERE state = 'retry_later'") == [{"n": 0}]
    audit = subprocess.run([str(CRAWLD), "audit", "--db", str(tmp_path / "crawl.db")], capture_output=True, text=True)
    assert audit.returncode == 0, audit.stdout


def test_sessions_that_end_while_known_pages_are_visited_again_lose_no_page(tmp_path, member_site, password):
    site = member_site(MemberSite(pages=60, pages_a_session=20))
    write_config(tmp_path, site)
    assert crawl(tmp_path).returncode == 0
    done = crawl(tmp_path, "--recrawl")
    assert done.returncode == 0, done.stderr
    states = sql(tmp_path, "SELECT state, count(*) AS n FROM urls WHERE url NOT LIKE '%/logout' GROUP BY 1")
    assert states == [{"state": "not_modified", "n": 60}]
    # A login asks for one page more; the second run has a session of its own.
    assert site.logins == 8, site.log


def test_a_page_that_is_forbidden_to_everybody_costs_one_login(tmp_path, member_site, password):
    class WithForbidden(MemberSite):
        def extra(self, number):
            return "<a href='/forbidden?%d'>x</a> " % number

    site = member_site(WithForbidden(pages=4))
    write_config(tmp_path, site)
    done = crawl(tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(sql(tmp_path, "SELECT url FROM v_pages")) == 4
    failed = sql(tmp_path, "SELECT DISTINCT state, reason FROM urls WHERE url LIKE '%forbidden%'")
    assert failed == [{"state": "failed", "reason": "http_403"}]
    assert site.logins == 2, site.log


def test_a_wrong_password_is_tried_once_and_told_in_one_line(tmp_path, member_site, monkeypatch):
    monkeypatch.setenv("CRAWLD_TEST_PASSWORD", "wrong-secret")
    site = member_site(MemberSite())
    write_config(tmp_path, site)
    done = crawl(tmp_path)
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if "login.refused" in line]
    assert len(told) == 1
    assert "asks for a password again" in told[0] and site.url("/login") in told[0] and "members" in told[0]
    assert "a login failed" in done.stderr
    assert [m for m, _ in site.log].count("POST") == 1
    assert site.asked("/") == []
    why = subprocess.run([str(CRAWLD), "why", "--db", str(tmp_path / "crawl.db"), site.url()],
                         capture_output=True, text=True)
    assert "waits for the login of its site: login_refused" in why.stdout
    # The same command with the right one goes on.
    monkeypatch.setenv("CRAWLD_TEST_PASSWORD", PASSWORD)
    assert crawl(tmp_path).returncode == 0
    assert len(sql(tmp_path, "SELECT url FROM v_pages")) == 20


def test_a_misspelt_field_is_told_with_those_of_the_form(tmp_path, member_site, password):
    site = member_site(MemberSite())
    write_config(tmp_path, site)
    path = tmp_path / "c.yaml"
    path.write_text(path.read_text().replace("{user:", "{usr:"))
    done = crawl(tmp_path)
    assert done.returncode == 1
    assert "the form has no field usr; it has csrf, user, pass, keep, go" in done.stderr


def test_a_server_that_is_down_for_a_moment_is_asked_again(tmp_path, member_site, password):
    site = member_site(MemberSite(down=1))
    write_config(tmp_path, site)
    done = crawl(tmp_path)
    assert done.returncode == 0, done.stderr
    assert site.logins == 1 and site.asked("/login") == ["GET", "GET"]


def test_login_success_decides_where_it_is_given(tmp_path, member_site, password):
    site = member_site(MemberSite())
    write_config(tmp_path, site, login=["      success: 'css:a[href=\"/logout\"]'"])
    assert crawl(tmp_path).returncode == 0
    (tmp_path / "crawl.db").unlink()
    write_config(tmp_path, site, login=["      success: 'text:something else'"])
    done = crawl(tmp_path)
    assert done.returncode == 1
    assert "does not show login.success" in done.stderr


def test_another_site_is_crawled_while_one_cannot_log_in(tmp_path, member_site, serve, monkeypatch):
    monkeypatch.setenv("CRAWLD_TEST_PASSWORD", "wrong")
    site = member_site(MemberSite())
    open_site = serve(lambda path: (200, {"Content-Type": "text/html"}, b"<title>open</title><a href=/b>b</a>"))
    write_config(tmp_path, site, "  - name: open", f"    seeds: ['{open_site.url()}']", "    delay: 0s",
                 "    allow_addresses: [127.0.0.0/8]")
    done = crawl(tmp_path)
    assert done.returncode == 1
    assert len(sql(tmp_path, "SELECT url FROM v_pages")) == 2
    assert "login.refused" in done.stderr


def test_the_daemon_rests_after_a_refusal_and_a_reload_tries_the_new_password(tmp_path, member_site, monkeypatch):
    monkeypatch.setenv("CRAWLD_TEST_PASSWORD", "wrong")
    site = member_site(MemberSite())
    path = write_config(tmp_path, site)
    daemon = subprocess.Popen([str(CRAWLD), "run", "-c", str(path)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)

    def status():
        done = subprocess.run([str(CRAWLD), "status", "-c", str(path), "--json"], capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else {"logins": []}

    try:
        eventually(lambda: any(login["state"] == "failed, tried again later" for login in status()["logins"]))
        shown = status()
        [login] = shown["logins"]
        assert login["site"] == "members" and 0 < login["again_in"] <= 300
        assert shown["limit"] == "login"
        told = subprocess.run([str(CRAWLD), "status", "-c", str(path)], capture_output=True, text=True).stdout
        assert "login" in told and "asks for a password again" in told
        (tmp_path / "password").write_text(PASSWORD)
        path.write_text(path.read_text().replace("${env:CRAWLD_TEST_PASSWORD}", "${file:%s/password}" % tmp_path))
        reload = subprocess.run([str(CRAWLD), "reload", "-c", str(path)], capture_output=True, text=True)
        assert reload.returncode == 0
        assert "login.fields: another secret" in reload.stdout + reload.stderr
        eventually(lambda: len(site.log) > 20)
        assert site.logins == 1
    finally:
        daemon.terminate()
        output = daemon.communicate(timeout=60)[0]
    assert PASSWORD not in output and "wrong" not in output.replace("wrong=1", "")


def test_the_password_shows_nowhere(tmp_path, member_site, password):
    site = member_site(MemberSite(pages=3))
    write_config(tmp_path, site)
    done = crawl(tmp_path, "-v", "--json")
    assert done.returncode == 0, done.stderr
    shown = done.stderr + done.stdout
    for command in (["check", "-c", str(tmp_path / "c.yaml"), "--effective"],
                    ["export", "--format", "warc", "--db", str(tmp_path / "crawl.db"), "-o", str(tmp_path / "w.warc")],
                    ["status", "-c", str(tmp_path / "c.yaml"), "--json"]):
        ran = subprocess.run([str(CRAWLD), *command], capture_output=True, text=True)
        shown += ran.stdout + ran.stderr
    secrets = [PASSWORD, urllib.parse.quote_plus(PASSWORD), "session=s1"]
    files = [(tmp_path / name).read_bytes() for name in ("crawl.db", "w.warc")]
    for secret in secrets:
        assert secret not in shown
        assert all(secret.encode() not in data for data in files), secret
    assert any(urllib.parse.quote_plus(PASSWORD) in body for body in site.bodies)


def test_fetch_logs_in_as_the_crawl_does(tmp_path, member_site, monkeypatch):
    site = member_site(MemberSite())
    path = write_config(tmp_path, site)

    def fetch(password):
        monkeypatch.setenv("CRAWLD_TEST_PASSWORD", password)
        return subprocess.run([str(CRAWLD), "fetch", "-c", str(path), site.url("/3")], capture_output=True, text=True)

    done = fetch(PASSWORD)
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)
    assert (page["status"], page["verdict"]) == (200, "done") and "/4" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    before = len(site.log)
    done = fetch("wrong-secret")
    assert done.returncode == 1 and not done.stdout
    assert 'the login of site "members" failed' in done.stderr and "wrong-secret" not in done.stderr
    assert [m for m, _ in site.log[before:]].count("POST") == 1 and site.asked("/3") == ["GET"]


def test_mistakes_of_the_configuration_are_told_with_their_place(tmp_path, member_site):
    site = member_site(MemberSite())
    path = write_config(tmp_path, site, login=["      form: 'form['", "      success: 'maybe'"])
    path.write_text(path.read_text().replace("${env:CRAWLD_TEST_PASSWORD}", "x"))
    done = subprocess.run([str(CRAWLD), "check", "-c", str(path)], capture_output=True, text=True)
    assert done.returncode == 4
    assert 'login.success: "maybe" is none of url:PATTERN, css:SELECTOR and text:WORDS' in done.stderr + done.stdout
    assert "login.form:" in done.stderr + done.stdout
