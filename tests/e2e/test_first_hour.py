"""What a new user meets in the first hour: what went wrong, why, and what to do about it."""
import json
import os
import subprocess
import urllib.request

from conftest import CRAWLD, eventually, free_port, html


def told(crawl, *arguments):
    return subprocess.run([CRAWLD, *map(str, arguments), "--db", crawl.db], capture_output=True, text=True, timeout=60)


def test_why_tells_what_was_wrong_with_a_host_that_robots_txt_could_not_be_had_of(crawl):
    url = f"http://127.0.0.1:{free_port()}/"
    assert crawl.run("-t", "1", url).returncode == 0
    story = told(crawl, "why", url).stdout
    assert "state      failed: connect" in story
    assert "robots.txt no answer, asked" in story and "connect: Connection refused" in story
    as_json = json.loads(told(crawl, "why", "--json", url).stdout)
    assert as_json["host"]["robots_trouble"] == "connect: Connection refused"


def test_a_crawl_that_brought_nothing_says_what_its_seeds_came_to(crawl, serve):
    gone = serve(lambda _: (404, {}, b"")).url("/gone")
    dead = f"http://127.0.0.1:{free_port()}/"
    said = crawl.run("-t", "1", gone, dead).stderr
    assert f"seed        {gone} gone: http_404\n" in said
    assert f"seed        {dead} failed: connect (Connection refused)\n" in said
    assert "hint        nothing listens there" in said
    told_json = json.loads(crawl.run("-t", "1", "--recrawl", "--json", "-q", gone, dead).stdout)
    assert [trouble["told"] for trouble in told_json["seed_troubles"]] == [
        f"{gone} gone: http_404", f"{dead} failed: connect (Connection refused)"]
    assert "nothing listens there" in told_json["seed_troubles"][1]["hint"]


def test_a_quiet_crawl_that_brought_nothing_tells_its_seeds_and_no_more(crawl, serve):
    gone = serve(lambda _: (404, {}, b"")).url("/gone")
    assert crawl.run("-q", gone).stderr == f"crawld: {gone} gone: http_404\n"
    page = serve(lambda path: html([]) if path == "/" else (404, {}, b"")).url()
    assert crawl.run("-q", gone, page).stderr == ""


def test_a_proxy_of_the_environment_is_told_of_where_no_host_can_be_had(crawl):
    dead = f"http://127.0.0.1:{free_port()}/"
    environment = {**os.environ, "https_proxy": "http://127.0.0.1:3128"}
    for more, is_told in (([], True), (["--proxy", f"http://127.0.0.1:{free_port()}"], False)):
        said = subprocess.run([*crawl.command("-t", "1", *more, dead)], capture_output=True, text=True, timeout=60,
                              env=environment).stderr
        assert ("; $https_proxy is not used: --proxy URL (proxy:)\n" in said) == is_told, said


def test_why_tells_what_a_queued_url_waits_for(crawl, serve):
    site = serve(lambda path: html(["/a", "/b"]) if path == "/" else html([]) if path in ("/a", "/b") else (404, {}, b""))
    assert crawl.run("--max-pages", "1", site.url()).returncode == 0
    story = told(crawl, "why", site.url("/b")).stdout
    assert "waits for  a crawl: the last one ended 20" in story and "the same command goes on" in story
    running = crawl.start("--delay", "60", site.url())
    try:
        site.wait_for(1, "/a")
        waits = "waits for  its host, which is left alone until 20"
        eventually(lambda: waits in told(crawl, "why", site.url("/b")).stdout, waits)
    finally:
        crawl.kill_tree(running)
    assert json.loads(told(crawl, "why", "--json", site.url()).stdout)["waits_for"] is None


def test_a_seed_that_leads_out_of_scope_says_where_to(crawl, serve):
    site = serve(lambda path: (302, {"Location": "http://other.test/"}, b"") if path == "/" else (404, {}, b""))
    said = crawl.run(site.url()).stderr
    assert f"seed        {site.url()} redirected to http://other.test/ out_of_scope: scope\n" in said
    assert "hint        --scope and -D" in said


def test_a_crawl_with_nothing_left_to_do_says_how_to_visit_pages_again(crawl, serve):
    site = serve(lambda path: html([]) if path == "/" else (404, {}, b""))
    assert "hint" not in crawl.run(site.url()).stderr
    assert "hint        nothing was left to do; --recrawl" in crawl.run(site.url()).stderr


def test_what_is_to_be_done_about_a_private_address_is_told(crawl, serve):
    site = serve(lambda _: html([]))
    result = subprocess.run([CRAWLD, "crawl", "--db", crawl.db, site.url()], capture_output=True, text=True, timeout=60)
    for said in (result.stderr, told(crawl, "why", site.url()).stdout):
        assert "blocked: blocked_address" in said and "--allow-address CIDR" in said and "loopback" in said


def test_a_seed_that_failed_is_asked_once_more_by_the_next_run(crawl, serve):
    port = free_port()
    url = f"http://a.test:{port}/"
    assert crawl.run("--resolve", f"a.test:{port}:127.0.0.1", "-t", "1", url).returncode == 0
    proxy = serve(lambda path: html([]) if path == url else (404, {}, b""))
    assert crawl.run("--proxy", proxy.url(), url).returncode == 0
    assert crawl.sql("SELECT url, state FROM v_why") == [(url, "done")]


def test_a_crawl_of_a_file_obeys_its_log_and_metrics(crawl, serve, tmp_path):
    port = free_port()
    scraped = []

    def respond(path):
        if path == "/last":
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
                scraped.append(answer.read().decode())
        return html(["/last"])

    file = tmp_path / "crawl.yaml"
    file.write_text(json.dumps({
        "database": str(crawl.db), "log": "json", "metrics": {"listen": f"127.0.0.1:{port}"},
        "sites": [{"name": "a", "seeds": [serve(respond).url()], "robots": "ignore", "delay": "0ms",
                   "allow_addresses": ["127.0.0.0/8"]}]}))
    result = subprocess.run([CRAWLD, "crawl", "-v", "-c", file], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0
    assert "crawld_pages_stored_total" in scraped[0]
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line["event"] == "fetch.done"] == ["200", "200"]


PAGES = {"/": b"<title>x</title>start <a href=/nofollow>x</a><a href=/asked rel=nofollow>x</a><a href=/js>x</a><img src=/i.png>",
         "/nofollow": b"<meta name=robots content='noindex, nofollow'>text <a href=/behind>x</a>",
         "/js": b"<script src=/app.js></script><div id=root></div><noscript>Please enable JavaScript.</noscript>"}


def page(path):
    return (200, {"Content-Type": "text/html"}, PAGES[path]) if path in PAGES else (404, {}, b"")


def test_why_tells_which_address_a_page_calls_its_canonical_one(crawl, serve):
    def respond(path):
        if path == "/robots.txt":
            return 404, {}, b""
        canonical = "<link rel=canonical href=/a>" if path.startswith("/a") else ""
        return 200, {"Content-Type": "text/html"}, f"<title>x</title>{canonical}<p>x <a href=/a?print=1>x</a>".encode()

    site = serve(respond)
    assert crawl.run(site.url("/a"), "--delay", "0").returncode == 0
    first, copy = (told(crawl, "why", site.url(path)).stdout for path in ("/a", "/a?print=1"))
    line = f"names {site.url('/a')} as its canonical address"
    assert line not in first and line in copy, copy


def test_why_tells_of_links_that_were_not_followed(crawl, serve):
    site = serve(page)
    assert crawl.run("--delay", "0", site.url()).returncode == 0

    def links(path):
        story = json.loads(told(crawl, "why", "--json", site.url(path)).stdout)
        return [(link["from"], link["why"].split(";")[0]) for link in story["linked_from"]]

    assert links("/asked") == [(site.url("/"), "rel=nofollow")]
    assert links("/behind") == [(site.url("/nofollow"), "its page asks for nofollow")]
    assert links("/i.png") == [(site.url("/"), "a part of the page (img)")]
    assert links("/app.js") == [(site.url("/js"), "a part of the page (script)")]
    assert links("/never") == []
    assert "page       asks for noindex,nofollow" in told(crawl, "why", site.url("/nofollow")).stdout


def test_a_page_that_is_empty_without_javascript_is_told(crawl, serve):
    site = serve(page)
    said = crawl.run("--delay", "0", site.url("/js")).stderr
    assert f"seed        {site.url('/js')} done, and holds no text\n  hint        JavaScript is not run" in said
    assert "page       holds no text; JavaScript is not run" in told(crawl, "why", site.url("/js")).stdout


def test_a_file_without_its_flag_is_told_with_it():
    result = subprocess.run([CRAWLD, "check", "shop.yaml"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and ": -c shop.yaml;" in result.stderr


def test_of_many_seeds_that_brought_nothing_three_are_named_and_the_others_counted(crawl, serve):
    site = serve(lambda _: (404, {}, b""))
    seeds = [site.url(f"/gone/{number}") for number in range(8)]
    said = crawl.run("--delay", "0", *seeds).stderr
    assert said.count("  seed   ") == 3
    assert "  seeds       5 more brought nothing; " in said
    told_json = json.loads(crawl.run("--delay", "0", "--recrawl", "--json", "-q", *seeds).stdout)
    assert len(told_json["seed_troubles"]) == 3 and told_json["seed_troubles_more"] == 5


def test_a_word_of_the_sqlite_shell_is_told_where_it_belongs(crawl, serve):
    site = serve(lambda _: html([]))
    assert crawl.run(site.url()).returncode == 0
    told_sql = told(crawl, "sql", ".tables")
    assert told_sql.returncode == 2 and "sqlite3 -readonly" in told_sql.stderr


def test_a_site_of_sitemaps_alone_brings_what_they_name(crawl, serve, tmp_path):
    site = serve(lambda path: (200, {"Content-Type": "text/xml"}, (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>{site.url('/a')}</loc></url></urlset>").encode()) if path == "/map.xml" else html([]))
    config = tmp_path / "maps.yaml"
    config.write_text(f"sites: [{{name: maps, sitemaps: ['{site.url('/map.xml')}'], delay: 0}}]\n")
    assert crawl.run("-c", config).returncode == 0
    assert crawl.sql("SELECT url, state FROM urls WHERE depth = 1") == [(site.url("/a"), "done")]
