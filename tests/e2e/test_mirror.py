"""`crawld export --format mirror`: a crawl that a browser opens from the disk."""
import email.utils
import html.parser
import os
import pathlib
import signal
import subprocess
import urllib.parse

import pytest

from conftest import BUILD, CRAWLD, CountingServer, Crawl, eventually

SHIM = BUILD / "tests/disk_faults.so"

HTML = {"Content-Type": "text/html"}
MODIFIED = "Wed, 21 Oct 2015 07:28:00 GMT"
LONG = "n" * 5000

PAGES = {
    "/": (HTML, "<!doctype html><title>Start &amp; <b></title><link rel=stylesheet href='/css/s.css?v=1.2' "
          "integrity='sha256-AAAA' crossorigin><a href=/docs/>docs</a><a href='docs/a?x=1&amp;y=2#part'>query</a>"
          "<a href=moved>moved</a><a href=/gone>gone</a><a href='//127.0.0.1:1/else'>else</a>"
          "<img srcset='i.png 1x, /i.png?2 2x' src=i.png><a href=mailto:a@b.test>mail</a><a href=#top>top</a>"
          "<a href=/a>a</a><a href=/a/b>b</a><a href=/case>c</a><a href=/CASE>C</a><a href=/CON>con</a>"
          "<a href='/..%2F..%2F..%2Fetc%2Fpasswd'>up</a><a href='/%2e%2e/%2e%2e/etc/passwd'>dots</a>"
          f"<a href='/a%00b'>nul</a><a href='/{LONG}1'>long</a><a href='/{LONG}2'>longer</a>"
          "<a href='/b%C3%BCcher'>books</a><a href='/a b&#39;(c)'>space</a><a href=/x>x</a><a href=/utf16>utf16</a>"
          "<iframe src=/docs/></iframe><img src=/pic.svg><a href=/index.html>index</a><script>var s = '<a href=\"/docs/\">';</script>"),
    "/docs/": (HTML, "<base href='/docs/sub/'><title>Docs</title><a href=../a?x=1&y=2>up</a><a href=/>top</a>"
               "<a href=>base</a><div style='background:url(../../i.png)'></div>"),
    "/docs/sub/": (HTML, "<title>sub</title><a href='../'>docs</a><iframe srcdoc=\"<img src='/i.png'>\"></iframe>"),
    "/docs/a?x=1&y=2": (HTML, "<title>query</title><a href='?x=1&amp;y=2#part'>self</a><p id=part>"),
    "/css/s.css?v=1.2": ({"Content-Type": "text/css"}, "@import 'more.css';body{background:url( \"../i.png\" )}"),
    "/css/more.css": ({"Content-Type": "text/css"}, "a{background:url(/none.png)}"),
    "/i.png": ({"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n one"),
    "/i.png?2": ({"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n two"),
    "/a": ({"Content-Type": "application/x-own"}, b"\0\1"),
    "/x": ({"Content-Type": "application/xhtml+xml"},
           "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title><script src='/i.png'/></head>"
           "<body><a href='/docs/'/></body></html>"),
    "/pic.svg": ({"Content-Type": "image/svg+xml"},
                 "<svg xmlns='http://www.w3.org/2000/svg'><a href='/docs/'><image href='/i.png'/></a></svg>"),
    "/utf16": (HTML, "\ufeff<title>\u00fc</title><a href='/docs/'>d</a>".encode("utf-16-le")),
}
for plain in ("/a/b", "/case", "/CASE", "/CON", "/..%2F..%2F..%2Fetc%2Fpasswd", "/etc/passwd", "/a%00b",
              f"/{LONG}1", f"/{LONG}2", "/b%C3%BCcher", "/a%20b'(c)", "/index.html"):
    PAGES[plain] = (HTML, f"<title>{plain[:40].replace('<', '')}</title><a href=/>top</a>")


class Site:
    def __init__(self):
        self.pages = dict(PAGES)

    def respond(self, path):
        if path == "/moved":
            return 302, {"Location": "/moved/again"}, b""
        if path == "/moved/again":
            return 301, {"Location": "/docs/?utm_source=mail#there"}, b""
        if path not in self.pages:
            return 404, {"Content-Type": "text/plain"}, b"none"
        headers, body = self.pages[path]
        return 200, {"Last-Modified": MODIFIED, **headers}, body if isinstance(body, bytes) else body.encode()


@pytest.fixture
def mirrored(tmp_path):
    site = Site()
    server = CountingServer(site.respond)
    crawl = Crawl(tmp_path)
    crawl.site, crawl.server, crawl.folder = site, server, tmp_path / "site"
    result = crawl.run("--delay", "0", "-p", server.url())
    assert result.returncode == 0, result.stderr
    crawl.host = crawl.folder / f"127.0.0.1+{server.port}"
    yield crawl
    server.close()


def export(crawl, *more, folder=None, **options):
    return subprocess.run([str(CRAWLD), "export", "--db", str(crawl.db), "-f", "mirror",
                           "-o", str(folder or crawl.folder), *more],
                          capture_output=True, text=True, timeout=120, **options)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(folder):
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".crawld")}


class References(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src", "xlink:href") and value is not None:
                self.found.append(value)
            if name == "srcset":
                self.found += [candidate.split()[0] for candidate in value.split(",")]


def references(path):
    parser = References()
    parser.feed(path.read_bytes().decode("utf-8-sig"))
    return parser.found


def local_files(path):
    """The files that a page refers to, as a browser finds them from the disk."""
    urls = [urllib.parse.urlsplit(urllib.parse.urljoin(path.as_uri(), found)) for found in references(path)]
    return [pathlib.Path(urllib.parse.unquote(url.path)) for url in urls if url.scheme == "file"]


def test_every_local_reference_leads_to_a_file_of_the_mirror(mirrored):
    done = export(mirrored)
    assert done.returncode == 0, done.stderr
    assert "files written, 0 unchanged, 0 removed" in done.stderr and done.stdout == ""
    pages = [path for path in mirrored.folder.rglob("*") if path.name.endswith(("html", "xhtml"))]
    assert len(pages) > 12
    seen = set()
    for page in pages:
        for file in local_files(page):
            assert file.is_file() and file.is_relative_to(mirrored.folder), (page, file)
            seen.add(file)
    unreached = {str(path.relative_to(mirrored.host)) for path in listed(mirrored.folder) - seen - {mirrored.folder / "index.html"}}
    assert unreached == {"css/more.css"}  # by a style sheet


def test_pages_stand_where_their_urls_say_and_others_stay_on_the_web(mirrored):
    assert export(mirrored).returncode == 0
    top = references(mirrored.host / "index.html")
    assert top[:3] == ["css/s.css@v=1.2.css", "docs/index.html", "docs/a@x=1&y=2.html#part".replace("&", "%26")]
    assert top[3] == "docs/index.html"  # over two redirects
    assert mirrored.server.url("/gone") in top and "http://127.0.0.1:1/else" in top
    assert "mailto:a@b.test" in top and "#top" in top and "i.png@2.png" in top
    text = (mirrored.host / "index.html").read_text()
    assert "integrity" not in text and "crossorigin" not in text
    assert "var s = '<a href=\"/docs/\">'" in text
    sheet = (mirrored.host / "css/s.css@v=1.2.css").read_text()
    assert sheet == '@import "more.css";body{background:url( "../i.png" )}'
    assert mirrored.server.url("/none.png") in (mirrored.host / "css/more.css").read_text()
    docs = (mirrored.host / "docs/index.html").read_text()
    assert "/docs/sub/'" not in docs and "sub/index.html" in docs and "url(&quot;../i.png&quot;)" in docs
    assert "&lt;img src=&#39;../../i.png&#39;>" in (mirrored.host / "docs/sub/index.html").read_text()
    assert (mirrored.host / "x.xhtml").read_text().count("src='i.png'") == 1
    assert "<a href='docs/index.html'><image href='i.png'/>" in (mirrored.host / "pic.svg").read_text()
    assert "<title>\u00fc</title>" in (mirrored.host / "utf16.html").read_bytes().decode("utf-8-sig")
    front = mirrored.folder / "index.html"
    assert local_files(front) == [mirrored.host / "index.html"] and "Start &amp; &lt;b>" in front.read_text()


def test_names_that_clash_or_mean_something_to_a_system_become_others(mirrored):
    assert export(mirrored).returncode == 0
    names = {path.name for path in mirrored.host.iterdir()}
    assert {"_CON.html", "a%00b.html", "..%2F..%2F..%2Fetc%2Fpasswd.html", "b\u00fccher.html", "a b'(c).html"} <= names
    assert len({name.lower() for name in names}) == len(names)
    assert sum(name.lower().startswith("case") for name in names) == 2
    assert sum(name.startswith("nnn") and len(name) <= 200 for name in names) == 2
    assert sum(name.startswith("index") for name in names) == 2  # of / and of /index.html
    assert (mirrored.host / "etc/passwd.html").is_file()
    assert sum(name == "a" or name.startswith("a~") for name in names) == 2  # the file and the folder


def test_a_second_export_changes_nothing_and_a_third_what_changed(mirrored):
    assert export(mirrored).returncode == 0
    before, times = files_of(mirrored.folder), {}
    for path in mirrored.folder.rglob("*"):
        if path.is_file() and not path.name.startswith(".crawld"):
            times[path] = path.stat().st_mtime_ns
    modified = email.utils.parsedate_to_datetime(MODIFIED).timestamp()
    assert times[mirrored.host / "i.png"] == modified * 10**9
    again = export(mirrored)
    assert again.returncode == 0 and " 0 files written" in again.stderr and " 0 removed" in again.stderr
    assert files_of(mirrored.folder) == before
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())
    del mirrored.site.pages["/etc/passwd"]
    mirrored.site.pages["/CON"] = (HTML, "<title>other</title>")
    assert mirrored.run("--delay", "0", "-p", "--recrawl", mirrored.server.url()).returncode == 0
    third = export(mirrored)
    assert third.returncode == 0, third.stderr
    assert not (mirrored.host / "etc").exists() and "other" in (mirrored.host / "_CON.html").read_text()
    changed = {name for name, data in files_of(mirrored.folder).items() if before.get(name) != data}
    assert changed == {".crawld-mirror", *(str((mirrored.host / name).relative_to(mirrored.folder))
                                           for name in ("_CON.html", "index.html"))}
    assert "2 files written" in third.stderr and "1 removed" in third.stderr


def test_only_files_of_the_mirror_are_touched(mirrored, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    refused = export(mirrored, folder=other)
    assert refused.returncode == 1 and "no mirror" in refused.stderr and len(refused.stderr.splitlines()) == 1
    assert [path.name for path in other.iterdir()] == ["mine.txt"]
    assert export(mirrored).returncode == 0
    (mirrored.folder / "mine.txt").write_text("mine")
    (mirrored.host / "docs/sub/notes.html").write_text("mine")
    with open(mirrored.folder / ".crawld-mirror", "a") as marker:
        marker.write(f"../other/mine.txt\n/{other}/mine.txt\n{mirrored.host.name}/link/mine.txt\n")
    (mirrored.host / "link").symlink_to(other)
    again = export(mirrored)
    assert again.returncode == 0, again.stderr
    assert (mirrored.folder / "mine.txt").read_text() == "mine" and (other / "mine.txt").read_text() == "mine"
    assert (mirrored.host / "docs/sub/notes.html").read_text() == "mine"


def test_what_stands_in_the_way_is_told_and_nothing_is_written(mirrored, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    mirrored.folder.mkdir()
    (mirrored.folder / ".crawld-mirror").write_text("crawld mirror 1\n")
    mirrored.host.symlink_to(outside)
    refused = export(mirrored)
    assert refused.returncode == 1 and "stands in the way" in refused.stderr
    assert list(outside.iterdir()) == []
    mirrored.host.unlink()
    mirrored.host.mkdir()
    (mirrored.host / "index.html").write_text("mine")
    refused = export(mirrored)
    assert refused.returncode == 1 and "index.html is not of this mirror" in refused.stderr
    assert (mirrored.host / "index.html").read_text() == "mine" and len(list(mirrored.host.iterdir())) == 1


def test_flags_of_rows_are_refused_for_a_mirror(mirrored):
    for flags in (["--since", "2026-01-01"], ["--after", "1"], ["--table", "pages"], ["--max-bytes", "1GiB"]):
        refused = export(mirrored, *flags)
        assert refused.returncode == 2 and refused.stderr.startswith(f"crawld: {flags[0]}"), refused.stderr
    told = subprocess.run([str(CRAWLD), "export", "--db", str(mirrored.db), "-f", "mirror"],
                          capture_output=True, text=True)
    assert told.returncode == 2 and "-o DIRECTORY" in told.stderr
    assert not mirrored.folder.exists()


def test_trouble_with_the_disk_is_one_line_and_its_code(mirrored, tmp_path):
    assert export(mirrored, folder=tmp_path / "no/such/parent").returncode == 1
    file = tmp_path / "file"
    file.write_text("")
    refused = export(mirrored, folder=file)
    assert refused.returncode == 1 and "is no directory" in refused.stderr
    full = export(mirrored, env={**os.environ, "LD_PRELOAD": str(SHIM),
                                 "DISK_FAULTS": "path=.crawld-mirror.file op=write nth=3 do=enospc"})
    assert full.returncode == 3 and "No space left" in full.stderr and len(full.stderr.splitlines()) == 1
    whole = files_of(mirrored.folder)
    assert len(whole) == 3 and all(whole.values())  # the marker and two pages
    assert export(mirrored).returncode == 0


def test_an_interrupted_export_leaves_whole_files_and_goes_on(mirrored):
    slow = {**os.environ, "LD_PRELOAD": str(SHIM),
            "DISK_FAULTS": "path=.crawld-mirror.file op=write nth=4 count=0 do=slow"}
    process = subprocess.Popen([str(CRAWLD), "export", "--db", str(mirrored.db), "-f", "mirror",
                                "-o", str(mirrored.folder)], stderr=subprocess.PIPE, text=True, env=slow)
    eventually(lambda: len(listed(mirrored.folder)) >= 5)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 11 and "the same command goes on" in told, told
    begun = listed(mirrored.folder)
    assert 5 <= len(begun) < 20
    done = export(mirrored)
    assert done.returncode == 0 and f", {len(begun)} unchanged, 0 removed" in done.stderr, done.stderr
    assert len(listed(mirrored.folder)) > 20


@pytest.mark.parametrize("scope, pages", [("page", {"/guide/start"}), ("prefix", {"/guide/start", "/guide/more"})])
def test_parts_of_pages_come_along_where_links_do_not(tmp_path, scope, pages):
    site = Site()
    site.pages = {
        "/guide/start": (HTML, "<link rel=stylesheet href=/assets/s.css><a href=more>more</a><a href=/other>other</a>"
                         "<a href=/i.png><img src=/i.png></a>"),
        "/guide/more": (HTML, "<title>more</title>"), "/other": (HTML, "<title>other</title>"),
        "/assets/s.css": ({"Content-Type": "text/css"}, "@import 'more.css'"),
        "/assets/more.css": ({"Content-Type": "text/css"}, "a{background:url(bg.png)}"),
        "/assets/bg.png": PAGES["/i.png"], "/i.png": PAGES["/i.png"]}
    server = CountingServer(site.respond)
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", "-p", "--scope", scope, "--depth", "1", server.url("/guide/start")).returncode == 0
    server.close()
    done = {url.removeprefix(server.url("")) for url, in crawl.sql("SELECT url FROM urls WHERE state = 'done'")}
    parts = {"/assets/s.css", "/assets/more.css", "/assets/bg.png", "/i.png"}
    assert {"/" + path.lstrip("/") for path in done} == pages | parts
    assert export(crawl, folder=tmp_path / "site").returncode == 0
    sheet = tmp_path / "site" / f"127.0.0.1+{server.port}" / "assets/more.css"
    assert sheet.read_text() == 'a{background:url("bg.png")}'


def test_what_a_drawing_in_a_file_of_its_own_is_made_of_comes_along(tmp_path):
    drawing = {"Content-Type": "image/svg+xml"}
    svg = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
    site = Site()
    site.pages = {
        "/guide/start": (HTML, "<img src=/art/a.svg>"),
        "/art/a.svg": (drawing, svg + "<style>rect{fill:url(../i.png)}</style><image xlink:href='/p.png'/><use href='b.svg#x'/>"
                       "<use href='#own'/><a href='/other'><rect id='own'/></a></svg>"),
        "/art/b.svg": (drawing, svg + "<g id='x'><image href='c.png'/></g></svg>"),
        "/art/c.png": PAGES["/i.png"], "/p.png": PAGES["/i.png"], "/i.png": PAGES["/i.png"], "/other": (HTML, "<p>other")}
    server = CountingServer(site.respond)
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", "-p", "--scope", "prefix", server.url("/guide/start")).returncode == 0
    server.close()
    done = {url.removeprefix(server.url("/")) for url, in crawl.sql("SELECT url FROM urls WHERE state = 'done'")}
    assert done == {"guide/start", "art/a.svg", "art/b.svg", "art/c.png", "p.png", "i.png"}
    assert export(crawl, folder=tmp_path / "site").returncode == 0
    mirrored = (tmp_path / "site" / f"127.0.0.1+{server.port}" / "art/a.svg").read_text()
    assert "fill:url(&quot;../i.png&quot;)" in mirrored and "<image xlink:href='../p.png'/>" in mirrored, mirrored
    assert "<use href='b.svg#x'/><use href='#own'/>" in mirrored
