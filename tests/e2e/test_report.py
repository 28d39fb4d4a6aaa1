"""The HTML report: all of it in one file, and nothing a page says is more than text."""
import base64
import hashlib
import html.parser
import json
import re
import shutil
import sqlite3
import subprocess

import pytest

from conftest import CRAWLD, CountingServer, Crawl

EVIL = "</td></table><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
SECTIONS = ["Overview", "Outcomes", "Why not", "Status codes", "Media types", "Depth", "Slowest hosts",
            "Broken links and the pages that hold them", "Redirects", "The same content under several URLs",
            "Nearly the same text under several URLs", "Hosts that seem to be one, and what to set",
            "Pages that name another URL as theirs (rel=canonical)", "Pages that nobody links to any more",
            "Pages that a sitemap or feed names and no page links to",
            "Answers that look like a \"not found\" page or a login wall", "Changes of each run",
            "Pages without a title", "Titles that several pages bear", "Coverage of extracted fields"]


def respond(path):
    html_type = {"Content-Type": "text/html"}
    if path == "/robots.txt":
        return 404, html_type, b""
    if path == "/":
        links = "".join(f"<a href='/{name}'>x</a>" for name in ("evil", "evil2", "gone", "moved", "bare", "bare2"))
        return 200, html_type, f"<title>Front</title>{links}".encode()
    if path.startswith("/evil"):
        escaped = EVIL.replace("<", "&lt;").replace('"', "&quot;")
        return 200, {"Content-Type": "text/html; x=\"<svg/onload=1>\""}, f"<title>{escaped}</title>{path}".encode()
    if path.startswith("/bare"):
        return 200, html_type, b"<p>the same</p>"
    if path == "/moved":
        return 302, {"Location": "/evil?a=<script>b</script>"}, b""
    return 404, html_type, b""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    server = CountingServer(respond)
    folder = tmp_path_factory.mktemp("report")
    crawl = Crawl(folder)
    assert crawl.run("--delay", "0", server.url()).returncode == 0
    server.close()
    file = folder / "report.html"
    result = subprocess.run([CRAWLD, "report", "--db", crawl.db, "--html", file], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    crawl.report = file
    return crawl


class Seen(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.headings, self.text = set(), set(), [], ""
        self.inside = None

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.inside = tag

    def handle_data(self, data):
        if self.inside == "h2" and data.strip():
            self.headings.append(data)
            self.inside = None
        self.text += data


def test_every_report_stands_in_the_file_and_nothing_that_acts(report):
    seen = Seen()
    seen.feed(report.report.read_text())
    assert seen.headings == SECTIONS
    assert seen.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th",
                         "td", "svg", "rect"}
    assert not any(name.startswith("on") or name in ("href", "src", "style", "action") for name in seen.attributes)
    assert EVIL in seen.text


def test_the_policy_lets_in_its_own_style_and_nothing_else(report):
    text = report.report.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"


def test_the_report_as_text_and_as_json_has_the_same_sections(report):
    text = subprocess.run([CRAWLD, "report", "--db", report.db], capture_output=True, text=True)
    assert [line for line in text.stdout.splitlines() if line in SECTIONS] == SECTIONS
    told = json.loads(subprocess.run([CRAWLD, "report", "--db", report.db, "--json"], capture_output=True,
                                     text=True).stdout)
    assert len(told) == len(SECTIONS)
    assert told["titles_double"] and told["titles_missing"] and told["redirects"] and told["broken_links"]
    for section, view in (("status", "v_report_status"), ("duplicates", "v_report_duplicates")):
        assert [tuple(row.values()) for row in told[section]] == report.sql(f"SELECT * FROM {view}")


def test_a_browser_runs_nothing_of_it(report, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium: apt-get install chromium (it is large, so make deps does not ask for it)")
    result = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path}",
         "--disable-background-networking", "--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom",
         report.report.as_uri()], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "<title>crawld report</title>" in result.stdout  # not "owned"
    assert "<script" not in result.stdout and "<img" not in result.stdout
    assert result.stdout.count("<h2>") == len(SECTIONS)
    # Not even a refused attempt: everything foreign arrived as text, and the style was let in.
    assert "Content Security Policy" not in result.stderr and "ERR_" not in result.stderr


def test_mirrors_are_told_with_the_setting_that_makes_them_one_host_and_it_does(tmp_path, serve):
    pages = {"/": "".join(f"<a href=/{name}>x</a>" for name in "abc"), "/a": "one", "/b": "two", "/c": "three"}
    # Of the stranger's pages two are those of the others: too few for a mirror.
    of_stranger = {"/": "<a href=/a>x</a><a href=/b>x</a>", "/a": "one", "/b": "two"}

    def serve_pages(pages):
        return serve(lambda path: (200, {"Content-Type": "text/html"}, pages[path].encode()) if path in pages
                     else (404, {"Content-Type": "text/html"}, b"no"))

    both, stranger = serve_pages(pages), serve_pages(of_stranger)
    first, mirror, other = (f"http://{name}.test:{server.port}/" for name, server in
                            (("main", both), ("mirror", both), ("other", stranger)))

    def crawl(name, canonicalize):
        (tmp_path / f"{name}.yaml").write_text(json.dumps({
            "database": str(tmp_path / f"{name}.db"), "disk_low": "0B",
            "dns": {"hosts": {f"{host}.test": "127.0.0.1" for host in ("main", "mirror", "other")}},
            "sites": [{"name": "a", "seeds": [first, mirror, other], "delay": 0, "robots": "ignore",
                       "allow_addresses": ["127.0.0.0/8"], "canonicalize": canonicalize}]}))
        done = subprocess.run([CRAWLD, "crawl", "-q", "-c", tmp_path / f"{name}.yaml"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = subprocess.run([CRAWLD, "report", "--json", "--db", tmp_path / f"{name}.db"], capture_output=True, text=True)
        return json.loads(told.stdout)["aliases"]

    rows = crawl("two", {})
    assert rows == [{"host": first[:-1], "alias": mirror[:-1], "same_path": 4, "same_content": 4,
                     "suggestion": "canonicalize.host_aliases: {mirror.test: main.test}"}]
    assert crawl("one", {"host_aliases": {"mirror.test": "main.test"}}) == []
    urls = subprocess.run([CRAWLD, "sql", "--csv", "--db", tmp_path / "one.db", "SELECT url FROM urls"],
                          capture_output=True, text=True).stdout
    assert first + "c" in urls and "mirror" not in urls


def test_pages_that_only_a_sitemap_names_are_told_and_none_that_is_linked_in_another_spelling(tmp_path, serve):
    listed = ("/linked", "/tracked", "/sorted?a=1&own=2", "/target", "/alone", "/self", "/gone")
    pages = {"/": "<a href=/linked#part>x</a><a href='/tracked?utm_source=home'>x</a><a href='/sorted?a=1&own=3'>x</a>"
                  "<a href=/old>x</a>", "/self": "<a href=/self>x</a>", "/sorted?a=1": "", "/gone": None}

    def answer(path):
        if path == "/sitemap.xml":
            locations = "".join(f"<url><loc>{site.url(one)}</loc></url>".replace("&", "&amp;") for one in listed)
            return 200, {"Content-Type": "application/xml"}, f"<urlset>{locations}</urlset>".encode()
        if path in ("/old", "/robots.txt"):
            return (302, {"Location": "/target"}, b"") if path == "/old" else (404, {}, b"")
        body = pages.get(path, "")
        return (200, {"Content-Type": "text/html"}, body.encode()) if body is not None else (404, {}, b"")

    site = serve(answer)
    (tmp_path / "c.yaml").write_text(json.dumps({
        "database": str(tmp_path / "crawl.db"), "disk_low": "0B",
        "sites": [{"name": "a", "seeds": [site.url("/")], "sitemaps": "usual", "delay": 0,
                   "allow_addresses": ["127.0.0.0/8"], "canonicalize": {"strip_params": ["own"]}}]}))

    def report():
        done = subprocess.run([CRAWLD, "crawl", "-q", "-c", tmp_path / "c.yaml", "--recrawl"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = subprocess.run([CRAWLD, "report", "--json", "--db", tmp_path / "crawl.db"], capture_output=True, text=True)
        return [row["url"] for row in json.loads(told.stdout)["sitemap_only"]]

    assert sorted(report()) == [site.url("/alone"), site.url("/self")]
    pages["/"] += "<a href=/alone>x</a>"
    assert report() == [site.url("/self")]


def test_broken_links_name_every_page_whose_link_leads_there_however_its_address_is_spelled(tmp_path, serve):
    pages = {"/": "<a href='/a'>x</a><a href='/b'>x</a><a href='/c'>x</a><a href='/gone?own=1'>x</a>",
             "/a": "<a href='/gone?utm_source=a#part'>x</a>", "/b": "<a href='/gone'>x</a><a href='/b?own=2'>x</a>",
             "/c": "<a href='/old?own=3'>x</a>"}

    def answer(path):
        if path == "/old":
            return 302, {"Location": "/gone"}, b""
        if path not in pages:
            return 404, {"Content-Type": "text/html"}, b""
        return 200, {"Content-Type": "text/html"}, pages[path].encode()

    site = serve(answer)
    (tmp_path / "c.yaml").write_text(json.dumps({
        "database": str(tmp_path / "crawl.db"), "disk_low": "0B",
        "sites": [{"name": "a", "seeds": [site.url("/")], "delay": 0, "allow_addresses": ["127.0.0.0/8"],
                   "canonicalize": {"strip_params": ["own"]}}]}))
    done = subprocess.run([CRAWLD, "crawl", "-q", "-c", tmp_path / "c.yaml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = subprocess.run([CRAWLD, "report", "--json", "--db", tmp_path / "crawl.db"], capture_output=True, text=True)
    rows = json.loads(told.stdout)["broken_links"]
    assert [(row["url"], row["why"], row["held_by"]) for row in rows] == [
        (site.url("/gone"), "http_404", site.url(holder)) for holder in ("/", "/a", "/b", "/c")]
    with sqlite3.connect(tmp_path / "crawl.db") as connection:
        # Also of a page that is gone since, which SQL counts; what only the rules tell is not asked of such.
        connection.execute("UPDATE visits SET status = 410 WHERE url_id IN (SELECT id FROM urls WHERE url LIKE '%/b' OR url LIKE '%/a')")
        seen = connection.execute("SELECT url, why, held_by FROM v_report_broken_links").fetchall()
    connection.close()
    told = subprocess.run([CRAWLD, "report", "--json", "--db", tmp_path / "crawl.db"], capture_output=True, text=True)
    rows = [(row["url"], row["why"], row["held_by"]) for row in json.loads(told.stdout)["broken_links"]]
    assert set(seen) <= set(rows) and site.url("/b") in [row[2] for row in seen]
    assert [row[2] for row in rows] == [site.url(holder) for holder in ("/", "/b", "/c")]
