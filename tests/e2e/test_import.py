"""Archives and URL lists into a database, and out again."""
import gzip
import io
import json
import pathlib
import secrets
import shutil
import subprocess
import zipfile

import pytest

from conftest import BUILD, CountingServer, Crawl, run

SAME = "<!doctype html><title>Twins</title><p>The very same words on two pages.</p>"
PAGES = {"/": "<!doctype html><title>Front</title><a href=/a>a</a> <a href=/b>b</a> <a href=/gone>x</a>"
              " <a href=/moved>m</a> <a href=/packed>p</a><p>Welcome to the archive.</p>",
         "/a": SAME, "/b": SAME, "/packed": "<!doctype html><title>Packed</title><p>" + "zip " * 500}
READERS = pathlib.Path(BUILD) / "readers"


def respond(path):
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if path == "/moved":
        return 301, {"Location": "/a"}, b""
    if path not in PAGES:
        return 404, headers, b"nothing here"
    body = PAGES[path].encode()
    if path == "/packed":
        return 200, {**headers, "Content-Encoding": "gzip"}, gzip.compress(body, mtime=0)
    return 200, headers, body


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    server = CountingServer(respond)
    crawl = Crawl(tmp_path_factory.mktemp("archive"))
    result = crawl.run("--delay", "0", server.url())
    assert result.returncode == 0, result.stderr
    crawl.url = server.url
    yield crawl
    server.close()


def export(crawl, target):
    result = run(crawl, "export", "-f", "warc", "-o", target)
    assert result.returncode == 0, result.stderr
    return target


def imported(crawl, *arguments, **options):
    result = run(crawl, "import", "--json", *arguments, **options)
    return result, json.loads(result.stdout) if result.stdout else None


def read_warc(path):
    """The fields and the block of each record."""
    rest = path.read_bytes()
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        size = int(fields["Content-Length"])
        yield fields, rest[:size]
        rest = rest[size + 4:]


def records(path):
    """Type, URL, date, payload digest and block of each record that speaks of a page."""
    return [(fields["WARC-Type"], fields["WARC-Target-URI"], fields["WARC-Date"],
             fields.get("WARC-Payload-Digest"), block)
            for fields, block in read_warc(path) if "WARC-Target-URI" in fields]


def test_export_import_export_gives_the_same_records(site, tmp_path):
    first = export(site, tmp_path / "first.warc")
    copy = Crawl(tmp_path)
    result, told = imported(copy, first)
    assert result.returncode == 0 and told["pages"] == {"stored": 4, "noted": 2}, result.stderr
    second = export(copy, tmp_path / "second.warc")
    assert "revisit" in {kind for kind, *_ in records(first)}
    assert records(first) == records(second)
    assert run(copy, "audit").returncode == 0


def test_a_revisit_names_record_page_and_time_of_the_first(site, tmp_path):
    every = [fields for fields, _ in read_warc(export(site, tmp_path / "pages.warc"))]
    named = {fields["WARC-Record-ID"]: fields for fields in every}
    assert len(named) == len(every)
    revisits = [fields for fields in every if fields["WARC-Type"] == "revisit"]
    assert len(revisits) == 1
    for revisit in revisits:
        first = named[revisit["WARC-Refers-To"]]
        assert first["WARC-Type"] == "response"
        assert revisit["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"]
        assert revisit["WARC-Refers-To-Date"] == first["WARC-Date"]
        assert revisit["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]


def test_an_archive_leads_over_redirects_to_their_goal(serve, tmp_path):
    ways = {"/": "/home", "/home": "/en/", "/en/": None}

    def reply(path):
        if path not in ways:
            return 404, {"Content-Type": "text/html", "X-Sorry": "very"}, b"<p>Not here."
        if ways[path] is None:
            return 200, {"Content-Type": "text/html"}, b"<title>Goal</title><a href=/lost>lost</a>"
        return 302, {"Location": ways[path], "Content-Type": "text/html", "Set-Cookie": "lang=en"}, b"<p>Moved."

    server, crawl = serve(reply), Crawl(tmp_path)
    assert crawl.run("--delay", "0", server.url("/")).returncode == 0
    answers = {}
    for fields, block in read_warc(export(crawl, tmp_path / "moved.warc")):
        if fields["WARC-Type"] == "response":
            head, _, body = block.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            answers[fields["WARC-Target-URI"]] = lines[0], dict(line.split(": ", 1) for line in lines[1:]), body
    assert [status for status, *_ in answers.values()] == [
        "HTTP/1.1 302 Found", "HTTP/1.1 302 Found", "HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"]
    url, hops = server.url("/"), 0
    while "Location" in answers[url][1]:
        assert answers[url][1]["Set-Cookie"] == "lang=en"
        url, hops = server.url(answers[url][1]["Location"]), hops + 1
    assert hops == 2 and b"Goal" in answers[url][2]
    assert answers[server.url("/lost")][1]["X-Sorry"] == "very"
    index = [json.loads(line.split(" ", 2)[2]) for line in (tmp_path / "moved.cdxj").read_text().splitlines()]
    assert sorted((entry["status"], entry["mime"]) for entry in index) == [
        ("200", "text/html"), ("302", "text/html"), ("302", "text/html"), ("404", "text/html")]

    (tmp_path / "copy").mkdir()
    copy = Crawl(tmp_path / "copy")
    imported(copy, tmp_path / "moved.warc")
    for question in ["SELECT url, state, reason, depth, redirects, hop, found_on FROM v_why ORDER BY url",
                     "SELECT url, how, target FROM v_report_redirects ORDER BY url",
                     "SELECT url, why, held_by FROM v_report_broken_links",
                     "SELECT outcome, status, headers FROM fetches WHERE url_id > 0 ORDER BY id"]:
        assert copy.sql(question) == crawl.sql(question), question


def test_imported_pages_are_parsed_searched_and_explained(site, tmp_path):
    copy = Crawl(tmp_path)
    imported(copy, export(site, tmp_path / "pages.warc.gz"))
    columns = "url, status, title, text, depth, content_hash, size"
    query = f"SELECT {columns} FROM v_pages ORDER BY url"
    assert copy.sql(query) == site.sql(query)
    assert "archive" in run(copy, "search", "welcome").stdout
    links = "SELECT from_url, to_url FROM v_links ORDER BY 1, 2"
    assert copy.sql(links) == site.sql(links)
    told = json.loads(run(copy, "why", site.url("/a"), "--json").stdout)
    assert told["state"] == "done" and told["fetches"][0]["detail"] == "imported from pages.warc.gz"
    assert [hop["url"] for hop in told["way"]] == [site.url("/"), site.url("/a")]
    # Nothing was queued: without a configuration an archive is only looked at.
    assert copy.sql("SELECT count(*) FROM urls WHERE state = 'queued'") == [(0,)]


def test_the_same_archive_twice_changes_nothing(site, tmp_path):
    archive = export(site, tmp_path / "pages.warc.gz")
    copy = Crawl(tmp_path)
    imported(copy, archive)
    result, told = imported(copy, archive)
    assert result.returncode == 0 and told["pages"] == {"older": 6} and told["new_urls"] == 0
    assert copy.sql("SELECT count(*) FROM pages") == [(4,)]


def answer(url, status, body, date="2024-05-01T10:00:00Z", kind="response", more=""):
    block = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n".encode() + more.encode() + b"\r\n" + body
    head = (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{url}{date}>\r\nWARC-Date: {date}\r\n"
            f"WARC-Target-URI: <{url}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n")
    return head.encode() + block + b"\r\n\r\n"


def test_versions_come_in_their_order_and_never_go_back(tmp_path):
    crawl = Crawl(tmp_path)
    url = "http://a.test/page"
    first = answer(url, 200, b"<title>one</title>old words")
    later = answer(url, 200, b"<title>two</title>new words", date="2025-05-01T10:00:00Z")
    result, told = imported(crawl, "-", input=(first + later).decode())
    assert told["pages"] == {"stored": 2}, result.stderr
    assert crawl.sql("SELECT title FROM v_pages") == [("two",)]
    diff = run(crawl, "diff", url).stdout
    assert "-old words" in diff and "+new words" in diff
    middle = answer(url, 200, b"<title>between</title>", date="2024-09-01T10:00:00Z")
    assert imported(crawl, "-", input=middle.decode())[1]["pages"] == {"older": 1}


def test_a_diff_without_lines_says_whether_the_bodies_differ(tmp_path):
    crawl = Crawl(tmp_path)
    versions = [b"<p>same", b"<p >same", b"<script>1</script>", b"<script>2</script>"]
    archive = b"".join(answer("http://a.test/page", 200, body, date=f"2025-05-0{day}T10:00:00Z")
                       for day, body in enumerate(versions, 1))
    assert imported(crawl, "-", input=archive.decode())[1]["pages"] == {"stored": 4}
    told = [run(crawl, "diff", "http://a.test/page", "--from", str(one), "--to", str(one + 1)) for one in (1, 3)]
    assert "the stored text is the same; the bodies differ" in told[0].stderr
    assert "no text is stored of either; the bodies differ" in told[1].stderr


def test_answers_of_other_archives_are_told_apart(tmp_path):
    crawl = Crawl(tmp_path)
    resource = ("WARC/1.1\r\nWARC-Type: resource\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
                "WARC-Target-URI: http://a.test/note\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
                "a now\r\n\r\n").encode()
    chunked = answer("http://a.test/chunks", 200, b"5\r\nwhole\r\n4\r\nness\r\n0\r\n\r\n",
                     more="Transfer-Encoding: chunked\r\n")
    archive = b"".join([
        answer("http://a.test/", 200, b"<title>a</title>"), resource, chunked,
        answer("http://a.test/gone", 404, b""), answer("http://a.test/busy", 503, b""),
        answer("http://a.test/robots.txt", 200, b"User-agent: *"), answer("dns:a.test", 200, b""),
        answer("http://a.test/again", 200, b"", kind="revisit")])
    result, told = imported(crawl, "-", input=archive.decode())
    assert result.returncode == 0, result.stderr
    assert told["pages"] == {"stored": 3, "noted": 1, "passing": 1}
    assert told["skipped"] == {"robots.txt": 1, "no http or https URL": 1,
                               "revisit of a page that is not here": 1}
    rows = dict(crawl.sql("SELECT url, text FROM v_pages"))
    assert rows["http://a.test/note"] == "a now" and rows["http://a.test/chunks"] == "wholeness"
    assert run(crawl, "audit").returncode == 0


def test_a_broken_archive_keeps_what_came_before_and_says_where_it_broke(site, tmp_path):
    archive = export(site, tmp_path / "pages.warc.gz").read_bytes()
    copy = Crawl(tmp_path)
    (tmp_path / "cut.warc.gz").write_bytes(archive[:len(archive) * 2 // 3])
    result, told = imported(copy, tmp_path / "cut.warc.gz")
    assert result.returncode == 1 and "cut.warc.gz: record" in result.stderr
    assert told["pages"]["stored"] >= 1 and run(copy, "audit").returncode == 0
    (tmp_path / "none.warc.gz").write_bytes(b"\x1f\x8bnot gzip at all")
    assert imported(copy, tmp_path / "none.warc.gz")[0].returncode == 1
    fresh = Crawl(tmp_path / "fresh")
    assert imported(fresh, tmp_path / "missing.warc.gz")[0].returncode == 1
    assert not fresh.db.exists()


def test_a_damaged_member_of_an_archive_costs_one_record(tmp_path):
    members = [gzip.compress(answer(f"http://a.test/{n}", 200, b"<title>%d</title>" % n + secrets.token_hex(999).encode()))
               for n in range(4)]
    for at in (1, 2):
        members[at] = members[at][:300] + bytes(200) + members[at][500:]
    (tmp_path / "bad.warc.gz").write_bytes(b"".join(members))
    (tmp_path / "next.warc.gz").write_bytes(gzip.compress(answer("http://b.test/", 200, b"<title>b</title>")))
    crawl = Crawl(tmp_path)
    result, told = imported(crawl, tmp_path / "bad.warc.gz", tmp_path / "next.warc.gz")
    assert result.returncode == 1 and told["pages"] == {"stored": 3}, result.stderr
    for record, at in ((2, 1), (3, 2)):
        assert (f"bad.warc.gz: record {record}: the gzip data is damaged; {len(members[at])} bytes were passed over"
                in result.stderr)
    assert "damaged places that were passed over: 2" in result.stderr and told["damaged"] == 2
    assert [url for url, in crawl.sql("SELECT url FROM v_pages ORDER BY 1")] == [
        "http://a.test/0", "http://a.test/3", "http://b.test/"]
    assert run(crawl, "audit").returncode == 0


def test_a_package_comes_back_as_the_same_records(site, tmp_path):
    package = tmp_path / "site.wacz"
    assert run(site, "export", "-f", "wacz", "-o", package).returncode == 0
    copy = Crawl(tmp_path)
    result, told = imported(copy, package)
    assert result.returncode == 0 and told["pages"] == {"stored": 4, "noted": 2}, result.stderr
    assert records(export(site, tmp_path / "first.warc")) == records(export(copy, tmp_path / "second.warc"))
    assert run(copy, "audit").returncode == 0
    assert imported(copy, package)[1]["pages"] == {"older": 6}


class Stream(io.RawIOBase):
    """A file that cannot be sought in: what is written there has data descriptors."""

    def __init__(self):
        super().__init__()
        self.bytes = b""

    def writable(self):
        return True

    def write(self, piece):
        self.bytes += bytes(piece)
        return len(piece)


def test_packages_of_other_programs_are_read_whatever_is_beside_the_archives(tmp_path):
    stream = Stream()
    with zipfile.ZipFile(stream, "w") as package:
        package.comment = b"made elsewhere"
        package.writestr("pages/pages.jsonl", "{}")
        package.writestr("archive/1.warc.gz", gzip.compress(answer("http://a.test/1", 200, b"<title>one</title>")))
        package.writestr("archive/2.warc", answer("http://a.test/2", 200, b"<title>two</title>"), zipfile.ZIP_DEFLATED)
        package.writestr("../../archive/3.warc", answer("http://a.test/3", 200, b"<title>three</title>"))
        package.writestr("indexes/index.cdx", "no archive")
    (tmp_path / "site.zip").write_bytes(stream.bytes)
    crawl = Crawl(tmp_path)
    result, told = imported(crawl, tmp_path / "site.zip")
    assert result.returncode == 0 and told["pages"] == {"stored": 2}, result.stderr
    assert crawl.sql("SELECT title FROM v_pages ORDER BY 1") == [("one",), ("two",)]
    # From standard input, too, where that is a file.
    with open(tmp_path / "site.zip") as package:
        result, told = imported(crawl, "-", stdin=package)
    assert told["pages"] == {"older": 2}, result.stderr


def test_a_package_that_is_broken_says_where_and_keeps_what_came_before(tmp_path):
    package = tmp_path / "site.wacz"
    first = answer("http://a.test/1", 200, b"<title>one</title>")
    second = answer("http://a.test/2", 200, b"<title>two</title>" * 1000)
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("archive/1.warc", first)
        made.writestr("archive/2.warc", second)
    whole = package.read_bytes()
    package.write_bytes(whole.replace(b"<title>two", b"<title>twe", 1))
    crawl = Crawl(tmp_path)
    result, told = imported(crawl, package)
    assert result.returncode == 1 and "site.wacz: archive/2.warc: record 2: its checksum does not match" in result.stderr
    assert ("http://a.test/1",) in crawl.sql("SELECT url FROM v_pages") and told["records"] == 2
    assert run(crawl, "audit").returncode == 0
    package.write_bytes(whole[:-30])
    result, _ = imported(crawl, package)
    assert result.returncode == 1 and "site.wacz: no ZIP file, or cut off" in result.stderr
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    result, _ = imported(crawl, package)
    assert result.returncode == 1 and "site.wacz: no WACZ package" in result.stderr
    with subprocess.Popen(["cat", str(package)], stdout=subprocess.PIPE) as pipe:
        result, _ = imported(crawl, "-", stdin=pipe.stdout)
    assert result.returncode == 1 and "a pipe" in result.stderr


def test_a_binary_file_is_no_url_list(tmp_path):
    crawl = Crawl(tmp_path)
    (tmp_path / "urls.bin").write_bytes(b"a.test\nb.test\n\x28\xb5\x2f\xfd\x00\x01\nc.test\n")
    result, told = imported(crawl, tmp_path / "urls.bin")
    assert result.returncode == 1 and "urls.bin: no WARC file, no WACZ package, and no URL list" in result.stderr
    assert told["queued"] == 0 and crawl.sql("SELECT count(*) FROM urls WHERE state = 'queued'") == [(0,)]


def test_a_text_that_is_no_url_list_is_refused_with_its_line(tmp_path):
    crawl = Crawl(tmp_path)
    (tmp_path / "script.py").write_text("#!/usr/bin/python3\n# urls\nimport os.path\n\nos.path\nreturn\n")
    result, told = imported(crawl, tmp_path / "script.py")
    assert result.returncode == 1
    assert 'script.py: line 3: "import os.path" is no http or https URL' in result.stderr
    assert told["queued"] == 0 and crawl.sql("SELECT count(*) FROM urls") == [(0,)]
    result, told = imported(crawl, "-", input="http://a.test/\tteam=red\nhttp://b.test/\tred\n")
    assert result.returncode == 1 and 'standard input: line 2: "red" behind the tab is no key=value' in result.stderr


def test_an_older_archive_is_no_url_list(tmp_path):
    crawl = Crawl(tmp_path)
    (tmp_path / "old.arc").write_text("filedesc://old.arc 0.0.0.0 20240101000000 text/plain 76\n1 0 X\n"
                                      "http://a.test/ 192.0.2.1 20240101000000 text/html 9\na.test\n")
    result, told = imported(crawl, tmp_path / "old.arc")
    assert result.returncode == 1 and "old.arc: an ARC file" in result.stderr
    assert told["queued"] == 0 and crawl.sql("SELECT count(*) FROM urls") == [(0,)]


def zstd_frame(data):
    """One frame of raw blocks (RFC 8878 sections 3.1.1.1 and 3.1.1.2)."""
    blocks = [data[at:at + 100_000] for at in range(0, len(data), 100_000)]
    heads = [(len(block) << 3 | (block is blocks[-1])).to_bytes(3, "little") for block in blocks]
    front = b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little")
    return front + b"".join(head + block for head, block in zip(heads, blocks))


def test_an_archive_in_zstd_gives_the_same_pages(site, tmp_path):
    archive = export(site, tmp_path / "pages.warc")
    (tmp_path / "pages.warc.zst").write_bytes(zstd_frame(archive.read_bytes()))
    pages = []
    for name in ("pages.warc", "pages.warc.zst"):
        (tmp_path / f"of {name}").mkdir()
        crawl = Crawl(tmp_path / f"of {name}")
        result, told = imported(crawl, tmp_path / name)
        assert result.returncode == 0 and told["pages"]["stored"] > 1, result.stderr
        pages.append(crawl.sql("SELECT url, status, text, fetched_at FROM v_pages ORDER BY url"))
    assert pages[0] == pages[1]


def test_what_is_exported_in_zstd_is_imported_as_what_is_in_gzip(site, tmp_path):
    pages = []
    for name in ("pages.warc.gz", "pages.warc.zst"):
        (tmp_path / f"of {name}").mkdir()
        crawl = Crawl(tmp_path / f"of {name}")
        result, told = imported(crawl, export(site, tmp_path / name))
        assert result.returncode == 0 and told["pages"]["stored"] > 1, result.stderr
        pages.append(crawl.sql("SELECT url, status, text, fetched_at FROM v_pages ORDER BY url"))
    assert pages[0] == pages[1]


def test_a_configuration_decides_what_is_taken_and_what_waits(site, tmp_path):
    config = tmp_path / "crawld.yaml"
    config.write_text(f"database: {tmp_path}/crawl.db\nallow_addresses: [127.0.0.0/8]\nsites:\n- name: here\n  seeds: ['{site.url()}']\n"
                      "  exclude: ['*/packed']\n")
    (tmp_path / "part").mkdir()
    part, copy = Crawl(tmp_path / "part"), Crawl(tmp_path)
    assert run(site, "backup", part.db).returncode == 0
    subprocess.run(["sqlite3", str(part.db), "DELETE FROM fetches WHERE outcome = 'gone'"], check=True)
    result, told = imported(copy, "-c", config, export(part, tmp_path / "pages.warc.gz"))
    assert result.returncode == 0, result.stderr
    assert told["skipped"] == {"out of scope": 1}
    waiting = {row[0] for row in copy.sql("SELECT url FROM urls WHERE state = 'queued'")}
    assert waiting == {site.url("/gone")}
    assert copy.sql("SELECT DISTINCT site FROM v_pages") == [("here",)]


def test_a_url_list_waits_for_the_next_crawl(site, tmp_path):
    copy = Crawl(tmp_path)
    listed = f"# a comment\n\n{site.url('/a')}\tteam=red\r\n{site.url('/a')}#part\nftp://a.test/\n"
    result, told = imported(copy, "-", input=listed)
    assert result.returncode == 0 and "ftp://a.test/" in result.stderr
    assert (told["queued"], told["known"]) == (1, 1)
    assert copy.sql("SELECT state, metadata FROM urls") == [("queued", '{"team":"red"}')]
    # A list that was edited since holds for what is known, too; what it does not speak of stays.
    result, told = imported(copy, "-", input=f"{site.url('/a')}\tteam=blue\n{site.url('/b')}\n{site.url('/a')}\n")
    assert (told["queued"], told["known"]) == (1, 2)
    assert copy.sql("SELECT url, metadata FROM urls ORDER BY url") == [
        (site.url("/a"), '{"team":"blue"}'), (site.url("/b"), None)]
    result = copy.run("--delay", "0", site.url("/packed"))
    assert result.returncode == 0, result.stderr
    assert (site.url("/a"), "done") in copy.sql("SELECT url, state FROM urls")


def test_links_of_an_archive_inherit_what_a_list_said_of_their_page(site, tmp_path):
    config = tmp_path / "crawld.yaml"
    config.write_text(f"database: {tmp_path}/crawl.db\nallow_addresses: [127.0.0.0/8]\nsites:\n- name: here\n  seeds: ['{site.url()}']\n")
    (tmp_path / "front").mkdir()
    front, copy = Crawl(tmp_path / "front"), Crawl(tmp_path)
    assert front.run("--delay", "0", "--depth", "0", "--no-follow", "sitemaps", site.url()).returncode == 0
    result, _ = imported(copy, "-c", config, "-", input=f"{site.url()}\tteam=red\n")
    assert result.returncode == 0, result.stderr
    result, _ = imported(copy, "-c", config, export(front, tmp_path / "front.warc.gz"))
    assert result.returncode == 0, result.stderr
    said = dict(copy.sql("SELECT url, metadata FROM urls"))
    assert said[site.url()] == said[site.url("/a")] == '{"team":"red"}'


def test_a_public_reader_finds_what_our_index_says(site, tmp_path):
    warcio = READERS / "node_modules/.bin/warcio"
    if not shutil.which("node") or not warcio.exists():
        pytest.skip("warcio.js is not installed: `make readers` gets it where npm and its registry can be reached")
    archive = export(site, tmp_path / "pages.warc.gz")
    result = subprocess.run([str(warcio), "cdx-index", str(archive)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr

    def entries(lines):
        found = []
        for line in lines:
            entry = json.loads(line.split(" ", 2)[2])
            entry["digest"] = entry["digest"].removeprefix("sha1:")
            found.append((line.split(" ")[:2], sorted(entry.items())))
        return sorted(found)

    theirs = entries(result.stdout.splitlines())
    assert len(theirs) == 6
    assert {dict(fields)["status"] for _, fields in theirs} == {"200", "301", "404"}
    # What has no type they leave out, and pywb calls "unk".
    ours = (tmp_path / "pages.cdxj").read_text().replace('"mime":"unk",', "")
    assert theirs == entries(ours.splitlines())
    plain = export(site, tmp_path / "plain.warc")
    again = subprocess.run([str(warcio), "index", str(plain), "--fields", "warc-type"], capture_output=True,
                           text=True, timeout=60)
    kinds = [json.loads(line)["warc-type"] for line in again.stdout.splitlines()]
    assert kinds[0] == "warcinfo" and kinds.count("request") == 6 and kinds.count("revisit") == 1
