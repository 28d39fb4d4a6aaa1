"""httpbin's paths, asked of the real httpbin (Debian's python3-httpbin) by `crawld crawl`."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

from conftest import eventually, free_port

SUITES = pathlib.Path(os.environ.get("CRAWLD_SUITES", "../shared/suites"))
CASES = SUITES / "http-httpbin" / "shared.jsonl"
httpbin = pytest.importorskip("httpbin", reason="python3-httpbin is not installed")
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not there")

# A crawler asks with GET, for whole bodies, and with validators of its own making only.
NOT_ASKED = {"HEAD": "method", "Range": "partial body", "If-None-Match": "foreign validator"}


@pytest.fixture(scope="module")
def site():
    port = free_port()
    serve = f"from httpbin import app; app.run('127.0.0.1', {port}, threaded=True)"
    server = subprocess.Popen([sys.executable, "-c", serve], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    origin = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "httpbin")
        yield origin
    finally:
        server.kill()
        server.wait()


def asked_for(case):
    request = case.get("request", {})
    if "debian_httpbin_differs" in case["expect"]:
        return False
    return case["method"] == "GET" and not set(NOT_ASKED) & set(request.get("headers", {}))


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def location_of(url):
    try:
        urllib.request.build_opener(NoRedirects).open(url).close()
    except urllib.error.HTTPError as answer:
        return urllib.parse.urljoin(url, answer.headers.get("Location", ""))
    return url


def chain_of(crawl, url):
    """The visit that a URL ends in, over its redirects: (row, hops)."""
    rows = crawl.sql("SELECT u.url, u.state, u.reason, f.status, p.size, p.content_type, p.headers "
                     "FROM urls u LEFT JOIN fetches f ON f.url_id = u.id LEFT JOIN pages p ON p.id = f.page_id")
    visits = {row[0]: row for row in rows}
    hops = 0
    while visits[url][1] == "redirected":
        url, hops = location_of(url), hops + 1
    return visits[url], hops


def complaint(case, site, row, hops):
    url, state, reason, status, size, content_type, headers = row
    expect = case["expect"]
    if "error" in expect:
        return "" if (state, reason) == ("too_deep", "max_redirects") else f"{state} {reason}"
    names = {}
    for name, value in json.loads(headers or "[]"):
        names.setdefault(name, []).append(value)
    told = {"status": status, "body_length": size or 0, "redirects": hops,
            "final_path": url.removeprefix(site), "content_type": (content_type or "").split(";")[0]}
    for key, found in told.items():
        wanted = expect.get(key)
        if wanted is None or (wanted == ">=1" and hops >= 1):
            continue
        # Only what is stored has a length and a type.
        if key in ("body_length", "content_type") and size is None:
            continue
        if found != wanted:
            return f"{key} {found}, not {wanted} ({state} {reason})"
    for name, wanted in expect.get("header", {}).items():
        if names.get(name) != (wanted if isinstance(wanted, list) else [wanted]):
            return f"{name}: {names.get(name)}"
    return ""


def test_paths_of_httpbin_end_as_they_should(crawl, site):
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    cases = [case for case in cases if asked_for(case) and "crawl_pages" not in case["expect"]]
    bad = []
    # Redirects share targets, and a URL is fetched once a crawl: a limit is tried alone.
    alone = [case for case in cases if "max_redirects" in case.get("request", {})]
    together = [case for case in cases if case not in alone]
    for mine in [together] + [[case] for case in alone]:
        hops = mine[0].get("request", {}).get("max_redirects", 20)
        crawl.db = crawl.db.with_name(mine[0]["id"] + ".db")
        crawl.run("--delay", "0", "-l", 0, "-t", 1, "--max-redirect", hops, "-e", "robots=off",
                  "--concurrency-per-host", 8, *(site + case["path"] for case in mine))
        for case in mine:
            wrong = complaint(case, site, *chain_of(crawl, site + case["path"]))
            if wrong:
                bad.append(f'{case["id"]} {case["path"]}: {wrong}')
    print(f"http-httpbin {len(cases) - len(bad)}/{len(cases)}")
    assert not bad, "\n".join(bad)


def test_fifty_pages_that_link_to_each_other_are_each_fetched_once(crawl, site):
    crawl.run("--delay", "0", "--scope", "prefix", "--concurrency-per-host", 8, f"{site}/links/50/0")
    pages = crawl.sql("SELECT url FROM v_pages")
    assert sorted(pages) == sorted((f"{site}/links/50/{i}",) for i in range(50))
