"""Google's security-crawl-maze: what a crawler without scripts should find."""
import json
import os
import pathlib

import pytest

SUITES = pathlib.Path(os.environ.get("CRAWLD_SUITES", "../shared/suites"))
MAZE = SUITES / "crawl-maze" / "maze.json"

# What is not found, each with its reason.
NOT_A_LINK = "text of a script, a comment or a meta value that HTML gives no meaning as a link"
LEFT_ALONE = {
    "/test/css/font-face.found": "the suite lacks /css/font-face.css, the style sheet that names it",
    "/test/headers/content-location.found": "RFC 9110 section 8.7: names the representation, is no link",
    "/test/html/body/frameset/frame/src.found": "a frameset after body content is ignored by HTML 13.2.6.4.7",
    "/test/html/body/img/src-data.found": "a data: image that holds the link; data: is never fetched",
    "/test/html/doctype.found": "a doctype's system identifier is never fetched by HTML",
    "/test/html/head/comment-conditional.found": NOT_A_LINK,
    "/test/html/head/import/implementation.found": NOT_A_LINK,
    "/test/html/head/meta/content-csp.found": NOT_A_LINK,
    "/test/html/head/meta/content-pinned-websites.found": NOT_A_LINK,
    "/test/html/head/meta/content-reading-view.found": NOT_A_LINK,
    "/test/html/misc/string/dot-dot-slash-prefix.found": NOT_A_LINK,
    "/test/html/misc/string/dot-slash-prefix.found": NOT_A_LINK,
    "/test/html/misc/string/url-string.found": NOT_A_LINK,
    "/test/html/misc/string/string-known-extension.pdf": NOT_A_LINK,
    "/test/html/misc/url/protocol-relative-url.found": "names the host maze.test, which is another one here",
    "/test/misc/known-files/robots.txt.found": "robots.txt forbids it",
}

@pytest.mark.skipif(not MAZE.exists(), reason=f"{MAZE} is not there")
def test_every_target_that_needs_no_script_is_found(crawl, serve):
    maze = json.loads(MAZE.read_text())

    def respond(path):
        page = maze["pages"].get(path)
        if page is None:
            return 404, {}, b""
        port = site.port
        body = page["body"].replace("http://maze.test", f"http://127.0.0.1:{port}")
        headers = {name: value.replace("http://maze.test", f"http://127.0.0.1:{port}")
                   for name, value in page["headers"].items() if name.lower() != "content-length"}
        return page["status"], headers, body.encode()

    site = serve(respond)
    crawl.run("--delay", "0", "-p", "--follow", "forms", "--follow", "usual-sitemaps", "--concurrency-per-host", 4, site.url())
    asked = set(site.paths())
    wanted = [path for path in maze["expected_without_javascript"] if path not in LEFT_ALONE]
    missing = [path for path in wanted if path not in asked]
    print(f"crawl-maze {len(wanted) - len(missing)}/{len(maze['expected_without_javascript'])}")
    assert missing == [], "\n".join(missing)
