"""The recipes do what their pages say, against a small web on loopback."""
import json
import os
import pathlib
import re
import subprocess

import pytest

from conftest import CRAWLD, CountingServer

RECIPES = pathlib.Path(__file__).resolve().parents[2] / "docs/recipes"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def links(*targets):
    return "".join(f"<a href='{target}'>to {target}</a> " for target in targets)


@pytest.fixture
def web(request):
    server = CountingServer(lambda path: request.param(path.split("?")[0]))
    yield server
    server.close()


def test_the_page_about_rules_is_true_and_names_every_key(tmp_path):
    page = (RECIPES.parent / "rules.md").read_text()
    (tmp_path / "rules.yaml").write_text(re.search(r"```yaml\n(.*?)```", page, re.S).group(1))
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures/product.html").write_text("<h1>Blue chair</h1><p class=stock>3 left")
    checked = subprocess.run([str(CRAWLD), "test", "-c", str(tmp_path / "rules.yaml")],
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr + checked.stdout
    schema = json.loads((RECIPES.parents[1] / "config/schema.json").read_text())["$defs"]
    keys = set(schema["field"]["properties"]) | set(schema["rule"]["properties"])
    keys |= set(schema["field"]["properties"]["type"]["enum"])
    named = set(re.findall(r"`(\w+):?`", page))
    assert keys <= named, keys - named


def shell_commands(page):
    return re.findall(r"```sh\n(.*?)```", (RECIPES / page).read_text(), re.S)


def recipe(name, web, folder, host, changes=()):
    """The recipe with the server in place of its host, and without the wait between requests."""
    text = (RECIPES / f"{name}.yaml").read_text()
    assert host in text
    text = text.replace(host, web.url("")) + "\nallow_addresses: [127.0.0.0/8]\n"
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    (folder / f"{name}.yaml").write_text(text)
    return folder / f"{name}.yaml"


def run(folder, *command):
    return subprocess.run([CRAWLD, *command], cwd=folder, capture_output=True, text=True, timeout=120)


def ask(folder, page, start):
    """Runs the first shell command of a recipe's page that starts so; its output."""
    command = next(one for block in shell_commands(page) for one in [block.strip()] if one.startswith(start))
    path = {**os.environ, "PATH": f"{CRAWLD.parent}:{os.environ['PATH']}"}
    result = subprocess.run(["sh", "-ec", command], cwd=folder, env=path, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def shop(path):
    if path == "/product/7":
        return 200, HTML, (RECIPES / "shop_product.html").read_bytes()
    pages = {"/": links("/category/chairs", "/about"), "/category/chairs": links("/product/7", "/product/7?sort=up")}
    return (200, HTML, pages[path].encode()) if path in pages else (404, HTML, b"")


@pytest.mark.parametrize("web", [shop], indirect=True)
def test_the_shop_recipe_finds_prices_and_tells_them(web, tmp_path):
    config = recipe("shop_prices", web, tmp_path, "https://shop.example.com", [("delay: 2s", "delay: 0")])
    result = run(tmp_path, "crawl", "-c", config)
    assert result.returncode == 0, result.stderr
    assert "/about" not in web.paths() and "/product/7?sort=up" not in web.paths()
    assert "|Blue chair|49.9|EUR" in ask(tmp_path, "shop_prices.md", "sqlite3")
    ask(tmp_path, "shop_prices.md", "crawld export")
    head, row = (tmp_path / "products.csv").read_text().splitlines()
    assert head == "url,title,price.amount,price.currency,stock,fetched_at"
    assert row.startswith(f"{web.url('/product/7')},Blue chair,49.9,EUR,3,20")


def manual(path):
    pages = {"/manual/": links("intro.html", "print/all.html", "/elsewhere"),
             "/manual/intro.html": "<title>Intro</title><article><h1>First steps</h1><p>" + "Install it, run it. " * 30
                                   + "</p><h2>Next</h2><p>" + "Read on, there is more. " * 30 + "</p></article>"}
    return (200, HTML, pages[path].encode()) if path in pages else (404, HTML, b"")


@pytest.mark.parametrize("web", [manual], indirect=True)
def test_the_documentation_recipe_writes_markdown_files(web, tmp_path):
    config = recipe("docs_to_markdown", web, tmp_path, "https://docs.example.com",
                    [("max_depth: 10", "max_depth: 10\n    delay: 0")])
    result = run(tmp_path, "crawl", "-c", config)
    assert result.returncode == 0, result.stderr
    assert not {"/elsewhere", "/manual/print/all.html"} & set(web.paths())
    ask(tmp_path, "docs_to_markdown.md", "mkdir")
    files = list((tmp_path / "markdown").glob("*.md"))
    texts = [file.read_text() for file in files]
    # A page that changed is a new row with another page_id; its file is to be written over.
    ids = run(tmp_path, "sql", "--db", "docs.db", "SELECT url_id FROM v_pages WHERE markdown <> ''", "--csv").stdout
    assert {file.stem for file in files} == set(ids.split()[1:])
    assert any("# First steps" in text and "## Next" in text for text in texts), texts
    assert web.url("/manual/intro.html") in (tmp_path / "markdown/index.csv").read_text()


class Paper:
    """A paper with a feed of its newest articles; their pages link to older ones."""

    def __init__(self):
        self.newest = 3

    def __call__(self, path):
        if path == "/feed.xml":
            items = "".join(f"<item><title>{i}</title><link>/articles/{i}</link></item>"
                            for i in range(self.newest, self.newest - 2, -1))
            return 200, {"Content-Type": "application/rss+xml"}, f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        if path.startswith("/articles/"):
            return 200, HTML, (f"<title>Story {path[10:]}</title><article><p>" + "It went on and on. " * 30
                               + "</p></article>" + links("/articles/0")).encode()
        return (200, HTML, links("/about").encode()) if path == "/" else (404, HTML, b"")


@pytest.mark.parametrize("web", [Paper()], indirect=True)
def test_the_news_recipe_asks_for_the_feed_again_and_for_each_article_once(web, tmp_path, request):
    paper = request.node.callspec.params["web"]
    config = recipe("news", web, tmp_path, "https://news.example.com",
                    [('"every 10m"', '"every 1s"\n    delay: 0'), ("max_depth: 1", "max_depth: 1\n    delay: 0")])
    config.write_text(config.read_text() + "disk_low: 0B\n")
    assert run(tmp_path, "check", "-c", config).returncode == 0

    def stories():
        ask(tmp_path, "news.md", "touch")
        rows = [json.loads(line) for line in (tmp_path / "new.jsonl").read_text().splitlines()]
        return {row["title"] for row in rows if row["site"] == "articles" and row["depth"] > 0}

    daemon = subprocess.Popen([CRAWLD, "run", "-c", config], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        web.wait_for(1, "/articles/2")
        paper.newest = 4
        web.wait_for(1, "/articles/4")
    finally:
        daemon.terminate()
        assert daemon.wait(60) == 0
    assert stories() == {"Story 2", "Story 3", "Story 4"}
    assert "Story 4" in ask(tmp_path, "news.md", "sqlite3")
    paths = web.paths()
    assert paths.count("/feed.xml") >= 2 and all(paths.count(f"/articles/{i}") == 1 for i in (2, 3, 4))
    assert "/articles/0" not in paths and "/about" not in paths
    assert stories() == set()


def own_site(path):
    pages = {"/": links("/team", "/old") + "<img src=/logo.png>", "/team": links("/old", "/")}
    return (200, HTML, pages[path].encode()) if path in pages else (404, HTML, b"")


@pytest.mark.parametrize("web", [own_site], indirect=True)
def test_the_broken_links_recipe_names_each_page_that_holds_one(web, tmp_path):
    config = recipe("broken_links", web, tmp_path, "https://www.example.org",
                    [("delay: 200ms", "delay: 0"), (r"user_agent: .*", "user_agent: {name: linkcheck}")])
    result = run(tmp_path, "crawl", "-c", config)
    assert result.returncode == 0, result.stderr
    told = ask(tmp_path, "broken_links.md", "sqlite3")
    rows = {tuple(cell.strip() for cell in line.split("│")[2:4]) for line in told.splitlines() if "http" in line}
    assert rows == {(web.url("/old"), web.url("/")), (web.url("/old"), web.url("/team")),
                    (web.url("/logo.png"), web.url("/"))}
    report = run(tmp_path, "report", "--db", "links.db")
    assert report.returncode == 0 and web.url("/logo.png") in report.stdout


class MembersArea(CountingServer):
    """Pages for whoever has sent the form of /login."""

    def __init__(self):
        super().__init__(lambda path: (200, HTML, b"<form method=post action=/in><input name=user>"
                                                  b"<input type=password name=password></form>")
                         if path == "/login" else (404, HTML, b""))
        server, usual = self, self.httpd.RequestHandlerClass

        class Handler(usual):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(303)
                self.send_header("Location", "/")
                if body == b"user=me&password=secret":
                    self.send_header("Set-Cookie", "session=1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                if self.path != "/":
                    return usual.do_GET(self)
                server.log.append((0, self.path))
                body = b"<title>members</title>" if "session=1" in self.headers.get("Cookie", "") else b""
                self.send_response(200 if body else 403)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.httpd.RequestHandlerClass = Handler


def test_the_members_area_recipe_logs_in(tmp_path, monkeypatch):
    web = MembersArea()
    recipe("members_area", web, tmp_path, "https://members.example.com", [("delay: 1s", "delay: 0")])
    page = (RECIPES / "members_area.md").read_text()
    monkeypatch.setenv("PATH", str(CRAWLD.parent), prepend=":")
    [command] = shell_commands("members_area.md")
    result = subprocess.run(["sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    web.close()
    assert result.returncode == 0, result.stderr
    shown = run(tmp_path, "sql", "--db", "members.db", "SELECT title FROM v_pages", "--csv").stdout
    assert shown.splitlines() == ["title", "members"]
    keys = json.loads((RECIPES.parents[1] / "config/schema.json").read_text())
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    site = next(one for one in keys["$defs"].values() if "login" in one.get("properties", {}))
    assert named == set(site["properties"]["login"]["properties"])
