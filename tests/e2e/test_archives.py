"""Archives that hold every answer: what a WARC has of redirects and errors, as other tools expect it."""
import gzip
import os

import pytest

from conftest import Crawl, html, run

ERRORS = {"/moved": (301, b"moved for good"), "/found": (302, b"found over there"), "/denied": (403, b"not for you"),
          "/login": (401, b"who are you"), "/missing": (404, b"<a href=/never>nothing here</a>"), "/gone": (410, b"gone"),
          "/broken": (500, b"a broken thing"), "/odd": (418, b"short and stout")}


def respond(path):
    if path == "/":
        return html([*ERRORS, "/packed", "/empty"])
    if path == "/packed":
        return 404, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"nothing " * 100)
    if path == "/empty":
        return 404, {}, b""
    if path not in ERRORS:
        return 404, {"Content-Type": "text/plain"}, b""
    status, body = ERRORS[path]
    headers = {"Content-Type": "text/html", "X-Served": path}
    if status in (301, 302):
        headers["Location"] = "/"
    return status, headers, body


def records(archive):
    """(fields, block) of each record, by the lengths that they tell."""
    data, at, found = archive.read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\r\n\r\n", at)
        fields = dict(line.split(": ", 1) for line in data[at:end].decode().split("\r\n")[1:])
        start = end + 4
        at = start + int(fields["Content-Length"]) + 4
        assert data[at - 4:at] == b"\r\n\r\n"
        found.append((fields, data[start:at - 4]))
    return found


def answers(crawl, target):
    """{path: [(status, fields, head, body)]} of the responses."""
    result = run(crawl, "export", "-f", "warc", "-o", target)
    assert result.returncode == 0, result.stderr
    found = {}
    for fields, block in records(target):
        if fields["WARC-Type"] == "response":
            head, body = block.split(b"\r\n\r\n", 1)
            path = "/" + fields["WARC-Target-URI"].split("/", 3)[3]
            found.setdefault(path, []).append((int(head.split(b" ")[1]), fields, head.decode(), body))
    return found


def test_an_archive_holds_what_redirects_and_errors_said(serve, crawl, tmp_path, monkeypatch):
    monkeypatch.setenv("CRAWLD_DEFAULTS_RETRY_DELAY", "100ms")
    server = serve(respond)
    result = crawl.run("--store-answers", "--delay", "0", "-t", "2", server.url())
    assert result.returncode == 0, result.stderr
    found = answers(crawl, tmp_path / "all.warc")
    for path, (status, body) in ERRORS.items():
        for told in found[path]:
            assert (told[0], told[3]) == (status, body), path
            assert f"X-Served: {path}" in told[2] and "WARC-Truncated" not in told[1]
    assert len(found["/broken"]) == server.paths().count("/broken") == 2
    assert found["/packed"][0][3] == b"nothing " * 100
    assert "X-Archive-Orig-Content-Encoding: gzip" in found["/packed"][0][2]
    assert found["/empty"][0][3] == b"" and "WARC-Truncated" not in found["/empty"][0][1]
    told = run(crawl, "sql", "SELECT DISTINCT CAST(answer_body(f.id) AS TEXT) FROM fetches AS f JOIN urls AS u ON u.id = f.url_id "
               f"WHERE u.url = '{server.url('/denied')}'")
    assert told.returncode == 0 and "not for you" in told.stdout, told.stderr
    # No page, and no source of links.
    assert crawl.sql("SELECT count(*) FROM pages") == [(1,)]
    assert "/never" not in server.paths()
    audit = run(crawl, "audit")
    assert audit.returncode == 0, audit.stdout


def test_a_host_that_asks_for_rest_gets_it_and_both_answers_stand_in_the_archive(serve, crawl, tmp_path):
    server = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else
                   (429, {"Retry-After": "2"}, b"not so fast") if server.paths().count(path) == 1 else html([]))
    assert crawl.run("--store-answers", "--delay", "0", server.url()).returncode == 0
    first, second = (at for at, path in server.log if path == "/")
    assert second - first >= 1.9
    busy, page = answers(crawl, tmp_path / "all.warc")["/"]
    assert (busy[0], busy[3]) == (429, b"not so fast") and "Retry-After: 2" in busy[2]
    assert page[0] == 200 and b"<title>page</title>" in page[3]


def test_without_being_asked_for_it_no_body_of_an_error_is_kept(serve, crawl, tmp_path):
    server = serve(respond)
    assert crawl.run("--delay", "0", "-t", "1", server.url()).returncode == 0
    assert crawl.sql("SELECT count(*) FROM answer_bodies") == [(0,)]
    found = answers(crawl, tmp_path / "all.warc")
    assert found["/gone"][0][1]["WARC-Truncated"] == "unspecified" and "/denied" not in found


def test_a_large_body_of_an_error_is_cut_as_that_of_a_page_is(serve, crawl, tmp_path, monkeypatch):
    monkeypatch.setenv("CRAWLD_DEFAULTS_MAX_BODY_SIZE", "100KiB")
    server = serve(lambda path: (404, {"Content-Type": "text/plain"}, os.urandom(300_000)))
    assert crawl.run("--store-answers", server.url()).returncode in (0, 1)
    (told,) = answers(crawl, tmp_path / "all.warc")["/"]
    assert len(told[3]) == 100 << 10 and told[1]["WARC-Truncated"] == "length"


def test_what_an_error_says_is_no_way_to_a_worker_or_its_memory(serve, crawl, tmp_path):
    bomb = gzip.compress(bytes(200 << 20))
    server = serve(lambda path: html(["/bomb", "/after"]) if path == "/" else
                   (404, {"Content-Encoding": "gzip"}, bomb) if path == "/bomb" else (404, {}, b"as ever"))
    result = crawl.run("--store-answers", "--delay", "0", server.url())
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("answer.not_kept") == 1 and server.url("/bomb") in result.stderr
    found = answers(crawl, tmp_path / "all.warc")
    assert found["/bomb"][0][1]["WARC-Truncated"] == "unspecified" and found["/after"][0][3] == b"as ever"


def test_a_kill_loses_no_answer_that_the_books_tell_of(serve, crawl, tmp_path):
    links = [f"/{number}" for number in range(400)]
    server = serve(lambda path: html(links) if path == "/" else (404, {"Content-Type": "text/plain"}, path.encode() * 50))
    for wanted in (60, 150, 260):
        process = crawl.start("--store-answers", "--delay", "0", "--concurrency-per-host", "4", server.url())
        server.wait_for(wanted)
        crawl.kill_tree(process)
        assert crawl.sql("SELECT count(*) FROM fetches WHERE outcome = 'gone' AND status = 404 AND url_id <> 0 "
                         "AND id NOT IN (SELECT fetch_id FROM answer_bodies)") == [(0,)]
    assert crawl.run("--store-answers", "--delay", "0", "--concurrency-per-host", "4", server.url()).returncode == 0
    found = answers(crawl, tmp_path / "all.warc")
    assert all(found[link][0][3] == link.encode() * 50 for link in links)
    audit = run(crawl, "audit")
    assert audit.returncode == 0, audit.stdout


@pytest.mark.parametrize("ending", ["warc.gz", "warc.zst"])
def test_an_archive_with_errors_is_read_by_an_import(ending, serve, crawl, tmp_path):
    server = serve(respond)
    assert crawl.run("--store-answers", "--delay", "0", "-t", "1", server.url()).returncode == 0
    archive = tmp_path / f"all.{ending}"
    assert run(crawl, "export", "-f", "warc", "-o", archive).returncode == 0
    (tmp_path / "copy").mkdir()
    copy = Crawl(tmp_path / "copy")
    result = run(copy, "import", archive)
    assert result.returncode == 0, result.stderr
    assert copy.sql("SELECT count(*) FROM pages") == [(1,)]
    assert {url for (url,) in copy.sql("SELECT url FROM urls WHERE state = 'gone'")} == {
        server.url(path) for path in ("/missing", "/gone", "/packed", "/empty")}
