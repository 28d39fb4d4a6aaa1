"""What people do with a crawl: each command over one small crawl."""
import csv
import gzip
import hashlib
import io
import json
import os
import pathlib
import pty
import re
import sqlite3
import subprocess
import zipfile
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import CRAWLD, CountingServer, Crawl, check_whole, run

TREE = pathlib.Path(__file__).resolve().parents[2]

FRONT = """<!doctype html><html lang=en><title>A shop of lamps</title>
<a href="/lamp">lamp</a> <a href="/private/x">private</a> <a href="/missing">old lamp</a>
<a href="/twin">twin</a> <a href="/moved">moved</a><p>Bright lanterns for long evenings.</p>"""
LAMP = """<!doctype html><title>=HYPERLINK("http://evil.test","lamp")</title>
<h1>Lamp</h1><p class=price>EUR 12.50</p><p>A copper lantern with a long cord.</p>"""
TWIN = "<!doctype html><title>A shop of lamps</title><p>Nothing but a twin.</p>"


def respond(path):
    html = {"Content-Type": "text/html; charset=utf-8"}
    if path == "/robots.txt":
        return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n"
    if path == "/moved":
        return 301, {"Location": "/lamp"}, b""
    page = {"/": FRONT, "/lamp": LAMP, "/twin": TWIN}.get(path)
    return (200, html, page.encode()) if page else (404, html, b"gone")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    server = CountingServer(respond)
    crawl = Crawl(tmp_path_factory.mktemp("data"))
    result = crawl.run("--delay", "0", server.url())
    assert result.returncode == 0, result.stderr
    crawl.url = server.url
    yield crawl
    server.close()


def json_lines(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_sql_answers_as_a_table_as_json_and_as_csv(site):
    query = "SELECT url, status FROM v_pages ORDER BY url"
    table = run(site, "sql", query).stdout.splitlines()
    assert table[0].split() == ["url", "status"]
    rows = json_lines(run(site, "sql", query, "--json"))
    assert {row["url"] for row in rows} >= {site.url("/"), site.url("/lamp")}
    assert len(table) == len(rows) + 2
    as_csv = list(csv.DictReader(io.StringIO(run(site, "sql", query, "--csv").stdout)))
    assert [row["url"] for row in as_csv] == [row["url"] for row in rows]


def test_sql_refuses_to_write_and_a_wrong_flag_is_usage(site):
    refused = run(site, "sql", "DELETE FROM urls")
    assert refused.returncode == 1 and "only SELECT" in refused.stderr and refused.stdout == ""
    assert run(site, "sql", "SELECT 1", "--no-such-flag").returncode == 2


def test_sql_reads_tables_that_sqlite_makes_as_they_are_used_first(site):
    for query in ("SELECT value AS told FROM json_each('[7]')", "SELECT count(*) AS told FROM pragma_table_info('bodies')",
                  "SELECT freelist_count * page_size AS told FROM pragma_freelist_count, pragma_page_size"):
        rows = json_lines(run(site, "sql", query, "--json"))
        assert len(rows) == 1 and isinstance(rows[0]["told"], int), query
    assert run(site, "sql", "SELECT * FROM pragma_query_only").returncode == 1


def test_text_of_the_web_cannot_move_the_cursor(site):
    assert "\x1b" not in run(site, "sql", "SELECT char(27) || '[2J' AS x").stdout


def test_audit_tells_which_check_fails_and_ends_with_one(site, tmp_path):
    counts = "the kept counts are the counts of the states"
    checks = [json.loads(line) for line in run(site, "audit", "--json").stdout.splitlines()]
    assert len(checks) > 10
    assert [check["ok"] for check in checks if check["check"] == counts] == [True]
    copy = tmp_path / "copy.db"
    assert run(site, "backup", copy).returncode == 0
    broken = Crawl(tmp_path)
    broken.db = copy
    subprocess.run(["sqlite3", str(copy), "UPDATE url_counts SET count = count + 1"], check=True)
    told = run(broken, "audit")
    assert told.returncode == 1 and "WRONG  " + counts in told.stdout and "balance" in told.stderr


def test_backup_never_overwrites(site, tmp_path):
    target = tmp_path / "there"
    target.write_text("mine")
    assert run(site, "backup", target).returncode == 1
    assert target.read_text() == "mine"


def test_why_names_the_line_of_robots_txt_and_the_way_from_the_seed(site):
    told = json_lines(run(site, "why", site.url("/private/x#part"), "--json"))[0]
    assert told["state"] == "disallowed" and told["robots_line"] == "Disallow: /private/"
    assert [hop["url"] for hop in told["way"]] == [site.url("/"), site.url("/private/x")]
    page = json_lines(run(site, "why", site.url("/lamp"), "--json"))[0]
    assert page["state"] == "done" and page["fetches"][0]["status"] == 200
    unknown = run(site, "why", site.url("/never"))
    assert unknown.returncode == 1 and "not known" in unknown.stdout


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_why_counts_the_lines_of_robots_txt_as_the_crawl_does(crawl, serve, end):
    robots = end.join(["User-agent: *", "", "Disallow: /y", "Disallow: /x", ""])
    site = serve(lambda path: (200, {"Content-Type": "text/plain"}, robots.encode()) if path == "/robots.txt"
                 else (200, {"Content-Type": "text/html"}, b"<a href=/x>x</a>"))
    assert crawl.run("--delay", "0", site.url()).returncode == 0
    assert json_lines(run(crawl, "why", site.url("/x"), "--json"))[0]["robots_line"] == "Disallow: /x"


def test_a_url_is_known_by_the_spelling_that_its_site_gave_it(crawl, serve, tmp_path):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt"
                 else (200, {"Content-Type": "text/html"}, b"<title>x</title><a href='/d/index.html?b=2&a=1&sid=7'>x</a>"))
    file = tmp_path / "crawl.yaml"
    file.write_text(json.dumps({
        "database": str(crawl.db), "disk_low": "0B",
        "defaults": {"allow_addresses": ["127.0.0.0/8"], "delay": "0ms", "autothrottle": {"enabled": False}},
        "sites": [{"name": "a", "seeds": [site.url()],
                   "canonicalize": {"sort_query": True, "strip_index_pages": True, "strip_params": ["sid"]}}]}))
    done = subprocess.run([str(CRAWLD), "crawl", "-q", "-c", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json_lines(run(crawl, "why", site.url("/d/index.html?b=2&sid=9&a=1"), "--json"))[0]
    assert told["url"] == site.url("/d/?a=1&b=2") and told["state"] == "done"
    assert run(crawl, "diff", site.url("/d/index.html?b=2&a=1"), "--list").returncode == 0
    assert "not known" in run(crawl, "why", site.url("/d/?a=1")).stdout


def test_a_diff_tells_the_facts_that_changed_beside_the_text(crawl, serve):
    versions = [b"<html lang=en><title>One</title><meta name=description content=old><p>first words",
                b"<html lang=de><title>One</title><link rel=canonical href=/c><p>other words"]
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt"
                 else (200, {"Content-Type": "text/html"}, versions[0]))
    assert crawl.run("--delay", "0", site.url()).returncode == 0
    del versions[0]
    assert crawl.run("--delay", "0", "--recrawl", site.url()).returncode == 0
    told = run(crawl, "diff", site.url()).stdout.splitlines()
    assert told[:4] == ["-lang: en", "+lang: de", f"+canonical: {site.url('/c')}", "-description: old"]
    assert "-first words" in told and "+other words" in told
    assert json_lines(run(crawl, "diff", site.url(), "--json"))[0]["facts"] == {
        "lang": ["en", "de"], "canonical": ["", site.url("/c")], "description": ["old", ""]}


def test_exports_can_be_gone_on_with(site, tmp_path):
    every = json_lines(run(site, "export", "--format", "jsonl"))
    assert {row["url"] for row in every} >= {site.url("/"), site.url("/lamp")}
    target = tmp_path / "pages.jsonl"
    result = run(site, "export", "-o", target)
    last = re.search(r"--after (\d+)", result.stderr).group(1)
    assert len(target.read_text().splitlines()) == len(every)
    assert run(site, "export", "--after", last).stdout == ""
    assert not (tmp_path / "pages.jsonl.part").exists()


def test_an_export_is_not_called_what_it_is_not(site, tmp_path):
    result = run(site, "export", "-o", tmp_path / "pages.parquet")
    assert result.returncode == 2 and "no .parquet is written; .jsonl and .csv are" in result.stderr
    assert not list(tmp_path.glob("pages*"))
    assert run(site, "export", "-f", "csv", "-o", tmp_path / "pages.xml").returncode == 0


@pytest.mark.parametrize("name, first", [("pages.csv", b"url,status,"), ("site.warc.gz", b"\x1f\x8b"), ("site.warc", b"WARC/1.1"),
                                         ("site.wacz", b"PK"), ("pages.jsonl", b'{"url":'), ("pages.txt", b'{"url":')])
def test_an_export_without_a_format_is_what_its_file_is_called(site, tmp_path, name, first):
    result = run(site, "export", "-o", tmp_path / name)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / name).read_bytes().startswith(first)
    assert run(site, "export", "-f", "jsonl", "-o", tmp_path / name).returncode == 0
    assert (tmp_path / name).read_bytes().startswith(b'{"url":')


def test_an_export_of_each_site_is_the_export_of_all(crawl, serve, tmp_path):
    web = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else
                (200, {"Content-Type": "text/html"}, b"<h1>" + path.encode() + b"</h1><a href=1>1</a><a href=2>2</a>"))
    names = ["it's", "b"]
    file = tmp_path / "crawl.yaml"
    file.write_text(json.dumps({
        "database": str(crawl.db), "disk_low": "0B",
        "defaults": {"allow_addresses": ["127.0.0.0/8"], "delay": "0ms", "autothrottle": {"enabled": False}},
        "sites": [{"name": name, "seeds": [web.url(f"/{name[0]}/")], "scope": "prefix",
                   "extract": [{"name": "head", "fields": {"h": "css:h1"}}]} for name in names]}))
    done = subprocess.run([str(CRAWLD), "crawl", "-q", "-c", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for table in ["pages", "records", "links", "changes", "urls"]:
        every = run(crawl, "export", "-t", table).stdout.splitlines()
        of_site = {name: run(crawl, "export", "-t", table, "--site", name).stdout.splitlines() for name in names}
        assert sorted(sum(of_site.values(), [])) == sorted(every) and all(of_site.values()), table
        for name, lines in of_site.items():
            assert all(web.url(f"/{name[0]}/") in line for line in lines), table
    first = run(crawl, "export", "--site", "b", "--max-bytes", "64KiB")
    assert run(crawl, "export", "--site", "b", "--after", re.search(r"--after (\d+)", first.stderr).group(1)).stdout == ""
    rows = run(crawl, "export", "--site", "b", "--rule", "head", "-f", "csv").stdout.splitlines()
    assert len(rows) == 1 + 3 and all("/b/" in row for row in rows[1:])
    wrong = run(crawl, "export", "--site", "c")
    assert wrong.returncode == 1 and 'there is no site "c"; there are b, it\'s' in wrong.stderr
    with sqlite3.connect(crawl.db) as database:
        database.executemany("INSERT INTO sites (name) VALUES (?)", [(f"x{i:04}",) for i in range(1000)])
    wrong = run(crawl, "export", "--site", "c")
    assert wrong.stderr.rstrip().endswith("x0017, ...") and len(wrong.stderr) < 400
    assert run(crawl, "export", "--site", "b", "-f", "warc").returncode == 2
    assert run(crawl, "export", "--site", "b", "-f", "mirror", "-o", tmp_path / "m").returncode == 2


def test_an_export_comes_in_files_of_a_size(crawl, serve, tmp_path):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else
                 (200, {"Content-Type": "text/plain"}, path.encode() * 15_000))
    urls = [site.url(f"/{n}") for n in range(6)]
    assert crawl.run("--delay", "0", "--scope", "page", *urls).returncode == 0
    after, files = "0", []
    for number in range(2):
        files.append(tmp_path / f"{number}.warc")
        told = run(crawl, "export", "-f", "warc", "--max-bytes", "64KiB", "--after", after, "-o", files[-1])
        assert told.returncode == 0
        after = re.search(r"--after (\d+)", told.stderr).group(1)
        assert ("there are more" in told.stderr) == (number == 0)
    targets = [line for file in files for line in file.read_text().splitlines() if line.startswith("WARC-Target-URI")]
    assert {line.split(": ")[1] for line in targets} == set(urls)
    assert run(crawl, "export", "--max-bytes", "3").returncode == 2


def test_safe_csv_holds_no_formula(site):
    plain = run(site, "export", "--format", "csv").stdout
    safe = run(site, "export", "--format", "csv", "--csv-safe").stdout
    titles = [row["title"] for row in csv.DictReader(io.StringIO(safe))]
    assert any(row["title"].startswith("=") for row in csv.DictReader(io.StringIO(plain)))
    assert not any(title.startswith("=") for title in titles)


def test_export_since_the_future_is_empty_and_a_wrong_time_is_usage(site):
    assert run(site, "export", "--since", "2999-01-01").stdout == ""
    assert run(site, "export", "--since", "yesterday").returncode == 2


def test_no_result_takes_the_place_of_a_database_or_of_what_is_beside_it(site, tmp_path):
    copy = Crawl(tmp_path)
    assert run(site, "backup", copy.db).returncode == 0
    (tmp_path / "linked.jsonl").symlink_to(copy.db)
    before = copy.db.read_bytes()
    writers = [["export"], ["export", "-f", "csv"], ["export", "-f", "warc"], ["export", "-f", "sitemap"]]
    for writer in writers:
        for target in [copy.db, f"{copy.db}-wal", f"{copy.db}-shm", f"{copy.db}.lock", tmp_path / "linked.jsonl"]:
            result = run(copy, *writer, "-o", target)
            assert result.returncode == 1 and f"{copy.db} is a database; name another file" in result.stderr, (writer, target)
    result = run(site, "report", "--html", copy.db)
    assert result.returncode == 1 and "is a database" in result.stderr
    (tmp_path / "named.jsonl").write_bytes(before)
    result = copy.run("-o", tmp_path / "named.jsonl", "http://127.0.0.1:1/")
    assert result.returncode != 0 and "named.jsonl: it is a database" in result.stderr
    assert copy.db.read_bytes() == (tmp_path / "named.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_an_output_follows_no_link_at_its_part_and_begins_at_no_directory(site, tmp_path):
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "out.jsonl.part").symlink_to(tmp_path / "victim")
    result = run(site, "export", "-o", tmp_path / "out.jsonl")
    assert result.returncode == 1 and "out.jsonl.part: it is a link; remove it" in result.stderr
    assert (tmp_path / "victim").read_text() == "mine" and not (tmp_path / "out.jsonl").exists()
    (tmp_path / "folder").mkdir()
    result = run(site, "export", "-o", tmp_path / "folder")
    assert result.returncode == 1 and "folder: Is a directory" in result.stderr
    assert not (tmp_path / "folder.part").exists()
    assert run(site, "export", "--after", "-1").returncode == 2


@pytest.mark.parametrize("command", [["sql", "SELECT * FROM pages"], ["search", "--json", "copper"], ["audit"], ["report"],
                                     ["report", "--csv"], ["export"], ["export", "-f", "warc"]], ids=" ".join)
def test_a_full_disk_behind_standard_output_ends_a_command_with_three(site, command):
    with open("/dev/full", "w") as full:
        result = subprocess.run([str(CRAWLD), command[0], "--db", str(site.db), *command[1:]], stdout=full,
                                stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 3 and "cannot write standard output: No space left on device" in result.stderr


def test_links_urls_and_a_sitemap_are_exported(site):
    links = json_lines(run(site, "export", "--table", "links"))
    assert (site.url("/"), site.url("/lamp")) in {(row["from_url"], row["to_url"]) for row in links}
    assert site.url("/lamp") in run(site, "export", "--format", "urls").stdout.splitlines()
    tree = ElementTree.fromstring(run(site, "export", "--format", "sitemap").stdout)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert site.url("/lamp") in [loc.text for loc in tree.iter(space + "loc")]


def test_a_warc_is_written_with_its_index(site, tmp_path):
    target = tmp_path / "pages.warc.gz"
    assert run(site, "export", "--format", "warc", "-o", target).returncode == 0
    assert gzip.decompress(target.read_bytes()).startswith(b"WARC/1.1\r\n")
    index = (tmp_path / "pages.cdxj").read_text().splitlines()
    assert index and index == sorted(index)
    offset = int(json.loads(index[0].split(" ", 2)[2])["offset"])
    assert target.read_bytes()[offset:offset + 2] == b"\x1f\x8b"


def test_a_warc_in_zstd_has_a_frame_for_each_record(site, tmp_path):
    names = ["pages.warc", "pages.warc.zst"]
    for name in names:
        (tmp_path / name).mkdir()
        assert run(site, "export", "-f", "warc", "-o", tmp_path / name / name).returncode == 0
    records, packed = ((tmp_path / name / name).read_bytes() for name in names)
    unzstd = ["zstd", "-d", "-c", "-q"]
    # The record that describes the file names it, and has another time.
    unpacked = subprocess.run(unzstd, input=packed, capture_output=True, check=True).stdout
    assert unpacked.split(b"\r\n\r\n", 3)[3] == records.split(b"\r\n\r\n", 3)[3]
    index = (tmp_path / names[1] / "pages.cdxj").read_text().splitlines()
    entry = next(entry for entry in (json.loads(line.split(" ", 2)[2]) for line in index)
                 if entry["url"] == site.url("/lamp"))
    assert entry["filename"] == "pages.warc.zst"
    start = int(entry["offset"])
    frame = packed[start:start + int(entry["length"])]
    record = subprocess.run(unzstd, input=frame, capture_output=True, check=True).stdout
    assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n") and record.endswith(LAMP.encode() + b"\r\n\r\n")


def test_a_package_is_written_whole_into_a_file_of_its_own(site, tmp_path):
    target = tmp_path / "site.wacz"
    assert run(site, "export", "-f", "wacz", "-o", target).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["site.wacz"]
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None
        manifest = json.loads(package.read("datapackage.json"))
        for resource in manifest["resources"]:
            content = package.read(resource["path"])
            assert len(content) == resource["bytes"]
            assert "sha256:" + hashlib.sha256(content).hexdigest() == resource["hash"]
        assert {"datapackage.json", "datapackage-digest.json"} == (
            set(package.namelist()) - {resource["path"] for resource in manifest["resources"]})
        assert (manifest["mainPageUrl"], manifest["title"]) == (site.url("/"), "A shop of lamps")
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
        assert pages[0]["format"] == "json-pages-1.0" and pages[0]["hasText"]
        assert {page["url"] for page in pages[1:]} == {site.url(path) for path in ("/", "/lamp", "/twin")}
        assert "copper lantern" in next(page["text"] for page in pages[1:] if page["url"] == site.url("/lamp"))
        archive = package.read("archive/data.warc.gz")
        index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    assert index == sorted(index)
    entry = next(entry for entry in (json.loads(line.split(" ", 2)[2]) for line in index)
                 if entry["url"] == site.url("/lamp"))
    start = int(entry["offset"])
    assert LAMP.encode() in gzip.decompress(archive[start:start + int(entry["length"])])


def test_a_package_needs_a_file_with_its_ending(site, tmp_path):
    for where in ([], ["-o", "-"], ["-o", tmp_path / "site.zip"]):
        wrong = run(site, "export", "-f", "wacz", *where)
        assert wrong.returncode == 2 and "needs -o FILE.wacz" in wrong.stderr
    pipe = tmp_path / "pipe.wacz"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR)
    refused = run(site, "export", "-f", "wacz", "-o", pipe)
    os.close(held)
    assert refused.returncode == 1 and f"cannot write {pipe}: a package needs a file" in refused.stderr


def test_a_warc_is_of_no_other_table_and_says_where_a_body_was_not_kept(site, tmp_path):
    wrong = run(site, "export", "-f", "warc", "-t", "links", "-o", tmp_path / "x.warc")
    assert wrong.returncode == 2 and "of pages" in wrong.stderr
    copy = Crawl(tmp_path)
    assert run(site, "backup", copy.db).returncode == 0
    subprocess.run(["sqlite3", str(copy.db), "UPDATE pages SET body_id = NULL"], check=True)
    assert run(copy, "export", "-f", "warc", "-o", tmp_path / "x.warc").returncode == 0
    text = (tmp_path / "x.warc").read_text()
    pages = [record for record in text.split("WARC/1.1\n") if "HTTP/1.1 200 OK" in record]
    assert pages and all("WARC-Truncated: unspecified" in record for record in pages)


def test_records_of_a_rule_are_a_table_with_a_column_for_each_field(serve, tmp_path):
    pages = {"/": "<a href=/a>a</a><a href=/b>b</a><a href=/c>c</a>",
             "/a": "<h1>Red, \"big\"</h1><b class=price>EUR 4.50</b><i>x</i><i>y</i><u>yes</u>",
             "/b": "<h1>Blue</h1><u>no</u>", "/c": "<h2>other</h2>"}
    server = serve(lambda path: (200, {"Content-Type": "text/html"}, pages.get(path, "").encode()))
    crawl = Crawl(tmp_path)
    (tmp_path / "c.yaml").write_text(json.dumps({"sites": [{
        "name": "a", "seeds": [server.url()], "delay": 0, "allow_addresses": ["127.0.0.0/8"], "extract": [
            {"name": "lamp", "match": "re:/[ab]$", "fields": {
                "it's a \"name\"": "css:h1", "price": {"css": ".price", "type": "price"}, "url": "css:h1",
                "tags": {"css": "i", "list": True}, "sold": {"css": "u", "type": "boolean"}, "data_json": "css:u"}},
            {"name": "other", "match": "*/c", "fields": {"t": "css:h2"}}]}]}))
    assert crawl.run("-q", "-c", tmp_path / "c.yaml").returncode == 0
    rows = list(csv.DictReader(io.StringIO(run(crawl, "export", "--rule", "lamp", "-f", "csv").stdout)))
    assert list(rows[0]) == ["url", "it's a \"name\"", "price.amount", "price.currency", "fields.url", "tags", "sold",
                             "data_json", "fetched_at"]
    assert [row["url"] for row in rows] == [server.url("/a"), server.url("/b")]
    assert [list(row.values())[1:-1] for row in rows] == [
        ['Red, "big"', "4.5", "EUR", 'Red, "big"', '["x","y"]', "true", "yes"],
        ["Blue", "", "", "Blue", "[]", "false", "no"]]
    behind = re.search(r"--after (\d+)", run(crawl, "export", "--rule", "lamp", "-f", "csv").stderr).group(1)
    assert run(crawl, "export", "--rule", "lamp", "-f", "csv", "--no-header", "--after", behind).stdout == ""
    lines = json_lines(run(crawl, "export", "--rule", "other"))
    assert [line["fields"] for line in lines] == [{"t": "other"}]
    unknown = run(crawl, "export", "--rule", "lamps", "-f", "csv")
    assert unknown.returncode == 1 and unknown.stdout == ""
    assert 'no record of a rule "lamps"; there are lamp, other' in unknown.stderr
    for wrong in (["-t", "pages"], ["-f", "warc"], ["-f", "mirror", "-o", tmp_path / "m"]):
        refused = run(crawl, "export", "--rule", "lamp", *wrong)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused.stderr


MIGRATIONS = sorted((TREE / "storage" / "migrations").glob("*.sql"))
ONE_PAGE = """
INSERT INTO sites VALUES (1, 'a', 1);
INSERT INTO hosts (id, host) VALUES (1, 'http://a.test/');
INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, attempts, hop, run_id)
    VALUES (1, 'http://a.test/', 1, 1, 'done', 0, 0, 1, 'S', 1);
INSERT INTO url_counts VALUES (1, 'done', 1);
INSERT INTO visits (url_id, page_id, status, visits) VALUES (1, 1, 200, 1);
INSERT INTO runs (id, started_at, command, version) VALUES (1, 5, 'crawld', '0.0.1');
INSERT INTO fetches (id, run_id, url_id, page_id, started_at, status, outcome, attempt, bytes, dns_us, connect_us,
    tls_us, first_byte_us, total_us, reused) VALUES (1, 1, 1, 1, 5, 200, 'done', 1, 9, 0, 0, 0, 0, 0, 0);
INSERT INTO pages (id, url_id, run_id, site_id, fetched_at, status, change, bytes, size, truncated, kind, title, text)
    VALUES (1, 1, 1, 1, 5, 200, 'new', 9, 9, 0, 'html', 'kept', 'blue chair');
"""


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_database_is_read_or_refused_with_what_to_do_by_every_command(site, tmp_path, version):
    copy = Crawl(tmp_path)
    schema = "".join(step.read_text() for step in MIGRATIONS[:version])
    application = site.sql("PRAGMA application_id")[0][0]
    subprocess.run(["sqlite3", str(copy.db)], check=True, text=True,
                   input=f"PRAGMA application_id = {application}; PRAGMA user_version = {version}; PRAGMA page_size = 8192; "
                   f"BEGIN; {schema} {ONE_PAGE} COMMIT; PRAGMA journal_mode = WAL;")
    commands = [["export", "-t", table] for table in ("pages", "records", "links", "changes", "urls")]
    commands += [["export", "-f", form, "-o", tmp_path / f"x.{form}"] for form in
                 ("csv", "urls", "sitemap", "warc", "cdxj", "wacz", "mirror")]
    commands += [["why", "http://a.test/"], ["diff", "http://a.test/"], ["search", "chair"], ["report"], ["audit"],
                 ["sql", "SELECT * FROM v_pages"], ["backup", tmp_path / "copy.db"]]
    refused = set()
    for command in commands:
        old = run(copy, *command)
        told = old.stdout + old.stderr
        assert not any(word in told for word in ("no such", "prepare")), (command, told)
        if "older crawld" in old.stderr:
            assert old.returncode == 1 and old.stdout == "" and not (tmp_path / f"x.{command[-1]}").exists(), command
            refused.add(command[2] if command[0] == "export" else command[0])
        elif command[0] not in ("diff", "search"):  # there is one version, and nothing indexed
            assert old.returncode == 0, (command, told)
    assert "report" in refused and not refused & {"why", "audit", "sql", "backup", "pages", "warc"}
    assert ("search" in refused) == (version < 2) and ("changes" in refused) == (version < 4)
    assert ("sitemap" in refused) == ("wacz" in refused) == (version < 7)
    assert run(copy, "import", "/dev/null").returncode == 0
    assert run(copy, "report").returncode == 0 and run(copy, "audit").returncode == 0
    assert copy.sql("SELECT title, text FROM v_pages") == [("kept", "blue chair")]


def test_search_finds_words_and_knows_when_there_are_none(site):
    hits = json_lines(run(site, "search", "copper", "lantern", "--json"))
    assert [hit["url"] for hit in hits] == [site.url("/lamp")]
    assert "[copper]" in hits[0]["snippet"]
    assert json_lines(run(site, "search", "xylophone", "--json")) == []
    assert "no page holds all of these words" in run(site, "search", "xylophone").stderr
    beyond = run(site, "search", "copper", "lantern", "--offset", "1")
    assert beyond.returncode == 0 and "no further page holds all of these words" in beyond.stderr
    none = run(site, "search", "copper", "--limit", "0")
    assert none.returncode == 2 and "--limit" in none.stderr


@pytest.mark.parametrize("variables, bright", [
    ({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({}, False)])
def test_search_is_in_colour_on_terminals_that_take_it(site, variables, bright):
    ours, theirs = pty.openpty()
    bare = {name: value for name, value in os.environ.items() if name not in ("TERM", "NO_COLOR")}
    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run([str(CRAWLD), "search", "--db", str(site.db), "copper"], stdout=theirs,
                       env={**bare, **variables}, timeout=60, check=True)
        os.close(theirs)
        shown = screen.read(4096).decode()
    assert ("\x1b[1mcopper\x1b[0m" in shown) == bright and ("[copper]" in shown) != bright


def test_diff_shows_what_changed_between_two_versions(site, tmp_path):
    assert run(site, "diff", site.url("/lamp")).returncode == 1  # one version only
    copy = Crawl(tmp_path)
    assert run(site, "backup", copy.db).returncode == 0
    subprocess.run(["sqlite3", str(copy.db), f"""
        CREATE TEMP TABLE again AS SELECT p.* FROM pages AS p JOIN urls AS u ON u.id = p.url_id
          WHERE u.url = '{site.url("/twin")}';
        UPDATE again SET previous_id = id, text = 'Something else.', main_text = NULL,
          id = (SELECT max(id) + 1 FROM pages);
        INSERT INTO pages SELECT * FROM again;
        UPDATE visits SET page_id = (SELECT id FROM again)
          WHERE url_id = (SELECT url_id FROM again);"""], check=True)
    told = run(copy, "diff", site.url("/twin"))
    assert "-Nothing but a twin." in told.stdout and "+Something else." in told.stdout, told.stderr
    as_json = json_lines(run(copy, "diff", site.url("/twin"), "--json"))[0]
    assert ["+", "Something else."] in as_json["lines"]
    assert len(json_lines(run(copy, "diff", site.url("/twin"), "--list", "--json"))) == 2


def test_without_a_database_every_command_says_which_file_is_missing(tmp_path):
    for command in (["sql", "SELECT 1"], ["audit"], ["why", "http://a.test/"], ["export"],
                    ["search", "x"], ["backup", str(tmp_path / "b")]):
        result = subprocess.run([str(CRAWLD), *command, "--db", str(tmp_path / "none.db")],
                                capture_output=True, text=True)
        assert result.returncode == 1 and "none.db" in result.stderr, command


RULES = """
  - name: lamp
    match: "*/lamp"
    fields:
      name: "css:h1"
      price: {css: ".price", regex: '[\\d.]+', type: number}
"""


def test_parse_reads_no_more_of_an_endless_body_than_a_page_may_have():
    result = subprocess.run(["sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", CRAWLD, "parse", "/dev/zero"],
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and json.loads(result.stdout)["error"]["kind"] == "too_large", result


def test_parse_says_why_a_file_cannot_be_read(tmp_path):
    for name, why in (("none.html", "No such file or directory"), (".", "Is a directory")):
        result = subprocess.run([CRAWLD, "parse", name], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
        assert (result.returncode, result.stderr) == (1, f"crawld: cannot read {name}: {why}\n")


def test_parse_makes_records_by_rules_of_a_file(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES.replace("*/lamp", "*"))
    (tmp_path / "lamp.html").write_text(LAMP)
    result = subprocess.run([str(CRAWLD), "parse", "--extract", str(tmp_path / "rules.yaml"),
                             str(tmp_path / "lamp.html")], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["records"][0]["fields"] == {"name": "Lamp", "price": 12.5}
    (tmp_path / "rules.yaml").write_text("- name: x\n  fields: {a: 'css:['}\n")
    wrong = subprocess.run([str(CRAWLD), "parse", "--extract", str(tmp_path / "rules.yaml"),
                            str(tmp_path / "lamp.html")], capture_output=True, text=True)
    assert wrong.returncode == 4 and "rules.yaml:2:" in wrong.stderr


def test_parse_tries_rules_on_a_url_and_where_it_redirects_to(site, tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    command = [str(CRAWLD), "parse", "--extract", str(tmp_path / "rules.yaml"), site.url("/moved")]
    result = subprocess.run([*command, "--allow-address", "127.0.0.0/8"], capture_output=True, text=True)
    page = json.loads(result.stdout)
    assert result.returncode == 0 and page["url"] == site.url("/lamp"), result.stderr
    assert page["records"][0]["fields"] == {"name": "Lamp", "price": 12.5}
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 1 and "blocked_address" in refused.stderr


def config_file(folder, name, extract):
    text = f"sites:\n- name: {name}\n  seeds: ['http://a.test/']\n  extract:\n{extract}"
    (folder / "crawld.yaml").write_text(text)
    return folder / "crawld.yaml"


def test_rule_tests_tell_expected_and_got(tmp_path):
    (tmp_path / "lamp.html").write_text(LAMP)
    tests = "    tests:\n    - {file: lamp.html, expect: {name: Lamp, price: %s}}\n"
    for price, code in ((12.5, 0), (13, 1)):
        config = config_file(tmp_path, "shop", RULES.lstrip("\n") + tests % price)
        result = subprocess.run([str(CRAWLD), "test", "-c", str(config)], capture_output=True, text=True)
        assert result.returncode == code, result.stderr + result.stdout
    assert "price: expected 13, got 12.5" in result.stdout


def test_a_fixture_that_is_no_file_or_too_large_is_told_and_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.html")
    with open(tmp_path / "big.html", "wb") as file:
        file.truncate((64 << 20) + 1)
    tests = "".join(f"    - {{file: {name}.html, expect: {{name: Lamp}}}}\n" for name in ("pipe", "big", "none"))
    config = config_file(tmp_path, "shop", RULES.lstrip("\n") + "    tests:\n" + tests)
    result = subprocess.run([CRAWLD, "test", "-c", config], capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 1, result.stderr
    for reason in ("pipe.html: is no regular file", "big.html: is larger than 64 MiB", "none.html: cannot be read: No such file"):
        assert f"        {tmp_path}/{reason}" in result.stdout


def test_extract_makes_records_of_stored_bodies_once(site, tmp_path):
    copy = Crawl(tmp_path)
    assert run(site, "backup", copy.db).returncode == 0
    name = copy.sql("SELECT name FROM sites")[0][0]
    config = config_file(tmp_path, f"'{name}'", RULES)
    result = run(copy, "extract", "-c", config)
    assert result.returncode == 0, result.stderr
    assert [json.loads(row[0]) for row in copy.sql("SELECT fields FROM records")] == [
        {"name": "Lamp", "price": 12.5}]
    again = run(copy, "extract", "-c", config)
    assert again.returncode == 0 and len(copy.sql("SELECT id FROM records")) == 1
    assert "crawld: 0 pages read" in again.stderr  # nor are pages read again that gave no record
    assert run(copy, "extract", "nobody", "-c", config).returncode == 2


def test_a_gzipped_body_is_kept_as_it_was_sent_and_read_from_there(serve, tmp_path):
    page = ("<title>Sea</title><h1>Lighthouses</h1>" + "<p>Keepers of the light.</p>" * 200).encode()
    sent = gzip.compress(page)
    html = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", serve(lambda path: (200, html, sent)).url()).returncode == 0
    assert crawl.sql("SELECT codec, size, data FROM bodies WHERE size > 999") == [("gzip", len(page), sent)]
    assert crawl.sql("SELECT title, size FROM pages WHERE text LIKE '%Keepers%'") == [("Sea", len(page))]
    config = config_file(tmp_path, f"'{crawl.sql('SELECT name FROM sites')[0][0]}'", "  - {name: head, fields: {h: 'css:h1'}}\n")
    assert run(crawl, "extract", "-c", config).returncode == 0
    assert crawl.sql("SELECT fields FROM records") == [('{"h":"Lighthouses"}',)]
    assert run(crawl, "export", "-f", "warc", "-o", tmp_path / "x.warc").returncode == 0
    assert page in (tmp_path / "x.warc").read_bytes()
    damaged = sent[:-8] + bytes([sent[-8] ^ 1]) + sent[-7:]
    subprocess.run(["sqlite3", str(crawl.db), f"UPDATE bodies SET data = x'{damaged.hex()}' WHERE size > 999"], check=True)
    result = run(crawl, "export", "-f", "warc", "-o", tmp_path / "y.warc")
    assert result.returncode == 1 and "is damaged" in result.stderr


def test_pages_of_a_host_are_packed_with_what_they_have_in_common(tmp_path):
    menu = "".join(f"<li><a href='/page/{n * 7919 % 997}'>Entry {n * 104729 % 9973}</a>" for n in range(300))

    def page(path):
        return f"<!doctype html><title>{path}</title><ul>{menu}</ul><p>This is {path}.".encode()

    html = {"Content-Type": "text/html; charset=utf-8"}
    server = CountingServer(lambda path: (200, html, page(path)))
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", "--concurrency-per-host", "4", server.url()).returncode == 0
    packed = dict(crawl.sql("SELECT codec LIKE 'zstd:%', count(*) FROM bodies GROUP BY 1"))
    assert sum(packed.values()) == 301 and packed[1] > 100
    check_whole(crawl, 301)

    # What stands in the file is for any zstd.
    codec, data, path = crawl.sql("SELECT b.codec, b.data, u.url FROM bodies AS b JOIN pages AS p ON p.body_id = b.id "
                                  "JOIN urls AS u ON u.id = p.url_id WHERE b.codec LIKE 'zstd:%' ORDER BY b.id DESC LIMIT 1")[0]
    path = path.removeprefix(server.url().rstrip("/"))
    [(dictionary,)] = crawl.sql(f"SELECT data FROM dictionaries WHERE id = {codec.removeprefix('zstd:')}")
    unzstd = ["zstd", "-d", "-c", "-q"]
    (tmp_path / "dictionary").write_bytes(subprocess.run(unzstd, input=dictionary, capture_output=True, check=True).stdout)
    body = subprocess.run([*unzstd, "-D", tmp_path / "dictionary"], input=data, capture_output=True, check=True).stdout
    assert body == page(path)

    told = run(crawl, "sql", "--json", "SELECT CAST(body(p.body_id) AS TEXT) AS body, u.url FROM pages AS p JOIN urls AS u ON u.id = p.url_id")
    bodies = {row["url"]: row["body"] for row in map(json.loads, told.stdout.splitlines())}
    assert len(bodies) == 301
    assert all(text.encode() == page(url.removeprefix(server.url().rstrip("/"))) for url, text in bodies.items())
    assert run(crawl, "export", "-f", "warc", "-o", tmp_path / "x.warc").returncode == 0
    archive = (tmp_path / "x.warc").read_bytes()
    assert all(text.encode() in archive for text in bodies.values())

    config = config_file(tmp_path, f"'{crawl.sql('SELECT name FROM sites')[0][0]}'", "  - {name: head, fields: {h: 'css:p'}}\n")
    server.close()
    assert run(crawl, "extract", "-c", config).returncode == 0
    assert len(crawl.sql("SELECT id FROM records WHERE fields LIKE '%This is /%'")) == 301


def test_extract_adds_texts_that_the_site_asks_for_now(tmp_path):
    story = "".join(f"<p>Paragraph {n} tells of lighthouses, of their keepers, and of the sea.</p>" for n in range(9))
    page = (f"<title>Sea</title><meta property='og:title' content='Sea'><nav><a href=/empty>zeppelin menu</a></nav>"
            f"<article><h1>Lighthouses</h1>{story}</article>")
    html = {"Content-Type": "text/html; charset=utf-8"}
    server = CountingServer(lambda path: (200, html, page.encode() if path == "/" else b"<p>"))
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", server.url()).returncode == 0
    server.close()
    name = crawl.sql("SELECT name FROM sites")[0][0]
    assert crawl.sql("SELECT count(main_text), count(markdown), count(opengraph) FROM pages") == [(0, 0, 0)]
    assert len(json_lines(run(crawl, "search", "--json", "zeppelin"))) == 1
    config = config_file(tmp_path, f"'{name}'", "  - {name: head, fields: {h: 'css:h1'}}\n")
    assert run(crawl, "extract", "-c", config).returncode == 0
    with open(config, "a") as file:
        file.write("  main_text: true\n  markdown: true\n  structured: true\n")
    result = run(crawl, "extract", "-c", config)
    assert result.returncode == 0 and "2 pages read" in result.stderr, result.stderr
    text, markdown, graph = crawl.sql("SELECT main_text, markdown, opengraph FROM pages WHERE title = 'Sea'")[0]
    assert text.count("lighthouses") == 9 and "zeppelin" not in text
    assert markdown.startswith("# Lighthouses") and json.loads(graph)["og:title"] == "Sea"
    # The index speaks of the new text, and of what it has no more of.
    assert json_lines(run(crawl, "search", "--json", "zeppelin")) == []
    assert len(json_lines(run(crawl, "search", "--json", "keepers"))) == 1
    assert crawl.sql("SELECT count(*) FROM records") == [(2,)]
    assert run(crawl, "audit").returncode == 0
    assert "crawld: 0 pages read" in run(crawl, "extract", "-c", config).stderr


def test_report_names_broken_links_with_the_pages_that_hold_them(site, tmp_path):
    report = json_lines(run(site, "report", "--json"))[0]
    assert {"url": site.url("/missing"), "why": "http_404",
            "held_by": site.url("/")} in report["broken_links"]
    assert report["titles_double"][0]["pages"] == 2
    assert [(row["url"], row["target"]) for row in report["redirects"]] == [(site.url("/moved"), site.url("/lamp"))]


def test_failures_show_their_status_and_links_break_behind_redirects_too(tmp_path):
    pages = {"/": "<a href=/a>1</a> <a href=/b>2</a> <a href=/down>3</a>",
             "/b": "<a href=/moved#part>4</a> <a href=/far/0>5</a>"}
    hops = {"/a": "/moved", "/moved": "/dead"}

    def answer(path):
        if path in hops:
            return 302, {"Location": hops[path]}, b""
        if path.startswith("/far/"):
            return 302, {"Location": f"/far/{int(path[5:]) + 1}"}, b""
        if path in pages:
            return 200, {"Content-Type": "text/html"}, pages[path].encode()
        return (500 if path == "/down" else 404), {}, b""

    server = CountingServer(answer)
    crawl = Crawl(tmp_path)
    assert crawl.run("--delay", "0", "--tries", "1", "--max-redirect", "3", server.url()).returncode == 0
    server.close()
    (report,) = json_lines(run(crawl, "report", "--json"))
    broken = {(row["url"], row["why"], row["held_by"]) for row in report["broken_links"]}
    front, second = server.url("/"), server.url("/b")
    assert broken == {(server.url("/dead"), "http_404", front), (server.url("/dead"), "http_404", second),
                      (server.url("/down"), "http_500", front), (server.url("/far/3"), "max_redirects", second)}
    assert crawl.sql("SELECT status FROM v_errors WHERE reason = 'http_500'") == [(500,)]
    assert {"status": 500, "urls": 1} in report["status"]


def test_the_html_report_is_inert(site, tmp_path):
    target = tmp_path / "report.html"
    assert run(site, "report", "--html", target).returncode == 0
    text = target.read_text()
    assert "default-src 'none'" in text and "<svg" in text
    assert "<script" not in text and "http://evil.test\"" not in text


def test_each_looking_command_gives_csv_to_scripts(site):
    def rows(*arguments):
        result = run(site, *arguments, "--csv")
        assert result.returncode in (0, 1), result.stderr
        return list(csv.DictReader(io.StringIO(result.stdout)))

    assert {row["ok"] for row in rows("audit")} == {"1"}
    assert {"name": "state", "text": "done"} in rows("why", site.url("/lamp"))
    assert [row["version"] for row in rows("diff", site.url("/lamp"), "--list")] == ["1"]
    # A seed opens its own port, whatever it is.
    assert {"name": "as a seed", "text": "queued"} in rows("why", "http://example.org:8099/")
    found, = rows("search", "copper")
    told, = json_lines(run(site, "search", "copper", "--json"))
    assert found == {name: str(value) for name, value in told.items()}
    assert {"section": "broken_links", "row": "1", "column": "held_by", "value": site.url("/")} in rows("report")
    for command in ("search copper", "report", "audit", "sql 1"):
        assert run(site, *command.split(), "--csv", "--json").returncode == 2, command


def test_a_redesign_shows_as_drops_of_fields_and_records(tmp_path):
    name = ["item"]

    def shop(path):
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b""
        items = "".join(f"<li class={name[0]}>n<b class={name[0]}-price>1</b>" for _ in range(40))
        return 200, {"Content-Type": "text/html"}, f"<ul>{items}</ul>".encode()

    server = CountingServer(shop)
    rules = "  - {name: list, each: li.item, fields: {name: self}}\n" \
            "  - {name: price, each: li, fields: {price: 'css:.item-price'}}\n"
    path = tmp_path / "crawld.yaml"
    path.write_text(f"sites:\n- name: shop\n  seeds: ['{server.url()}']\n  extract:\n{rules}")
    crawl = Crawl(tmp_path)
    first = crawl.run("-c", path, "--delay", "0", "--json")
    assert json.loads(first.stdout)["coverage_drops"] == [], first.stderr
    name[0] = "thing"
    second = crawl.run("-c", path, "--delay", "0", "--recrawl", "--json")
    server.close()
    drops = ["price.price: 100 % to 0 % (shop)", "list: 40 records to 0 (shop)"]
    assert json.loads(second.stdout)["coverage_drops"] == drops, second.stderr
    assert all(drop in second.stderr for drop in drops)
    path.write_text(path.read_text().replace(".item", ".thing"))
    mended = run(crawl, "extract", "-c", str(path))
    assert "80 records" in mended.stderr and "coverage" not in mended.stderr
    path.write_text(path.read_text().replace(".thing-price", ".none"))
    assert "coverage of " + drops[0] in run(crawl, "extract", "-c", str(path)).stderr
