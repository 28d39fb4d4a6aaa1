"""HSTS (RFC 6797): a host that once said https only gets no request over http, by this run or a later one."""
import pathlib
import socket
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import CRAWLD, html, summary
from hostile_web.certificates import Authority

HOST = "shop.test"
WORD = {"Strict-Transport-Security": "max-age=600; includeSubDomains"}


@pytest.fixture
def both(tmp_path, serve):
    """Starts a server that speaks http and https at one port; `asked` lists "scheme path"."""
    authority = Authority(tmp_path, "ca")
    context = authority.context(HOST)

    def start(respond):
        site = serve(None)
        site.asked = []
        plain = site.httpd.RequestHandlerClass

        class Handler(plain):
            def setup(self):
                # A TLS record starts with 22 (RFC 8446 section 5.1), a request with a letter.
                self.scheme = "https" if self.request.recv(1, socket.MSG_PEEK) == b"\x16" else "http"
                if self.scheme == "https":
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_GET(self):
                site.asked.append(f"{self.scheme} {self.path}")
                status, headers, body = respond(self.scheme, self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        site.httpd.RequestHandlerClass = Handler
        site.httpd.handle_error = lambda *_: None
        site.flags = ["--delay", "0", "--resolve", f"{HOST}:{site.port}:127.0.0.1", "--ca-certificate", tmp_path / "ca.pem"]
        site.at = lambda scheme, path="/": f"{scheme}://{HOST}:{site.port}{path}"
        return site

    return start


def shop(scheme, path):
    """Moves to https, where each page names the next over http."""
    if path == "/robots.txt":
        return 200, WORD, b"User-agent: *\nDisallow: /secret\n"
    if scheme == "http":
        return 301, {"Location": f"https://{HOST}:{shop.port}{path}"}, b""
    number = int(path[1:] or 0)
    status, headers, body = html([f"http://{HOST}:{shop.port}/{number + 1}", f"http://{HOST}:{shop.port}/secret"] if number < 5 else [])
    return status, {**headers, **WORD}, body


def test_only_the_first_request_goes_over_http_and_the_books_say_why(crawl, both):
    site = both(shop)
    shop.port = site.port
    result = crawl.run("--json", *site.flags, site.at("http"))
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == 6
    assert [one for one in site.asked if one.startswith("http ")] == ["http /robots.txt", "http /"]
    states = dict(((url, (state, reason, status)) for url, state, reason, status in
                   crawl.sql("SELECT url, state, reason, status FROM v_why")))
    assert states[site.at("http")] == ("redirected", "http_301", 301)
    for number in range(1, 6):
        assert states[site.at("http", f"/{number}")] == ("redirected", "hsts", 307)
        assert states[site.at("https", f"/{number}")][0] == "done"
    # The rules of the http host are those that it had before the word came.
    assert states[site.at("http", "/secret")][0] == "disallowed"
    assert crawl.sql("SELECT host, subdomains, until > told_at FROM hsts_hosts") == [(HOST, 1, 1)]
    assert all(address is None for address, in crawl.sql(
        "SELECT f.remote_address FROM fetches AS f JOIN urls AS u ON u.id = f.url_id WHERE u.reason = 'hsts'"))
    story = subprocess.run([CRAWLD, "why", "--db", crawl.db, site.at("http", "/3")], capture_output=True, text=True, timeout=60)
    assert "hsts" in story.stdout and "--no-hsts" in story.stdout and site.at("https", "/3") in story.stdout
    assert subprocess.run([CRAWLD, "audit", "--db", crawl.db], capture_output=True, timeout=60).returncode == 0


def test_a_later_run_remembers_and_asks_robots_txt_over_https_too(crawl, both):
    site = both(shop)
    shop.port = site.port
    assert crawl.run(*site.flags, site.at("https", "/5")).returncode == 0
    site.asked.clear()
    result = crawl.run("--json", *site.flags, site.at("http", "/4"), site.at("http", "/secret"))
    assert result.returncode == 0, result.stderr
    assert {one.split()[0] for one in site.asked} == {"https"}
    assert ("https /robots.txt" in site.asked, "https /4" in site.asked, "https /secret" in site.asked) == (True, True, False)
    assert crawl.sql(f"SELECT state FROM v_why WHERE url = '{site.at('http', '/secret')}'") == [("disallowed",)]


def test_no_hsts_and_an_unverified_host_leave_http_alone(crawl, both, tmp_path):
    site = both(shop)
    shop.port = site.port
    for flag in ("--no-hsts", "--no-check-certificate"):
        site.asked.clear()
        crawl.db = tmp_path / f"{flag}.db"
        result = crawl.run(flag, *site.flags, site.at("http"))
        assert result.returncode == 0, result.stderr
        assert [one for one in site.asked if one.startswith("http ")] == ["http /robots.txt", *(f"http /{n or ''}" for n in range(6))]


def test_many_links_over_http_wait_for_no_delay_since_nobody_is_asked(crawl, both):
    site = both(lambda scheme, path: html([]) if path != "/" else
                (200, {"Content-Type": "text/html", **WORD}, "".join(
                    f'<a href="http://{HOST}:{site.port}/{n}">x</a>' for n in range(200)).encode()))
    result = crawl.run(*site.flags[2:], "--delay", "1s", "--max-time", "8s", site.at("https"))
    assert result.returncode == 15, result.stderr
    assert crawl.sql("SELECT count(*) FROM urls WHERE reason = 'hsts'") == [(200,)]
    assert len(site.asked) < 30


def test_a_redirect_back_to_http_is_a_loop_and_not_a_request(crawl, both):
    site = both(lambda scheme, path: (302, {"Location": f"http://{HOST}:{site.port}{path}", **WORD}, b"")
                if scheme == "https" and path != "/robots.txt" else (404, WORD, b""))
    result = crawl.run(*site.flags, site.at("https"))
    assert "redirect_loop" in result.stderr
    assert {one.split()[0] for one in site.asked} == {"https"}
    assert site.asked.count("https /") <= 3
