"""Documents that programs of the system read: what comes of them, and what the programs cannot do."""
import gzip
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import zipfile

import pytest

from conftest import CRAWLD, html
from test_daemon import allowed_calls, daemon, eventually  # noqa: F401: a fixture

RECIPES = pathlib.Path(__file__).resolve().parents[2] / "docs/recipes"
PYTHON = "/usr/bin/python3"
DOCUMENT = b"\x00\x01 a document of ours"




def convert(script, **more):
    """A crawl whose documents go to a script of Python, with `more` below `parse:`."""
    command = {"type": "application/x-doc", "command": [PYTHON, "-S", "-c", script]}
    return {"disk_low": "0B", "parse_workers": 2, "parse": {"convert": [command], **more}}


def site_of(pages, **headers):
    """A start page that links to each of `pages` (path: body), which are documents where they end so."""
    def respond(path):
        if path == "/":
            return html(sorted(pages))
        if path not in pages:
            return 404, {}, b""
        if not path.endswith(".doc"):
            return html([])
        return 200, {"Content-Type": "application/x-doc", **headers}, pages[path]
    return respond


def flags(config, folder, site):
    (folder / "convert.yaml").write_text(json.dumps(config))  # JSON is YAML
    return ["--config", folder / "convert.yaml", "--delay", "0", site.url()]


def stored(crawl, path):
    rows = crawl.sql("SELECT p.kind, p.title, p.text, p.parse_error, p.body_id IS NOT NULL, u.state FROM urls AS u "
                     "JOIN visits AS v ON v.url_id = u.id JOIN pages AS p ON p.id = v.page_id "
                     f"WHERE u.url LIKE '%{path}'")
    assert len(rows) == 1, (path, rows)
    return dict(zip(["kind", "title", "text", "error", "body", "state"], rows[0]))


def pdf(words, title):
    """A PDF of one page, with its table of places."""
    content = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
               "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", f"<</Title({title})/Author(A. Writer)>>"]
    text, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010d} 00000 n \n" for at in places)
    return (text + table + f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 6 0 R>>\n"
            f"startxref\n{len(text)}\n%%EOF\n").encode()


@pytest.mark.skipif(not pathlib.Path("/usr/bin/pdftotext").exists(), reason="poppler-utils is not installed")
def test_the_recipe_reads_pdf_files_and_tells_those_that_are_broken(crawl, serve, tmp_path):
    files = {"/papers/a.pdf": pdf("Kindly read this manual", "The manual"), "/papers/b.pdf": b"%PDF-1.4 no more of it",
             "/papers/c": pdf("Also without a name", "Nameless")}

    def respond(path):
        if path == "/":
            return html(sorted(files))
        kind = {"/papers/a.pdf": "application/pdf", "/papers/b.pdf": "application/pdf"}.get(path, "application/octet-stream")
        return (200, {"Content-Type": kind}, files[path]) if path in files else (404, {}, b"")

    site = serve(respond)
    recipe = (RECIPES / "pdf_text.yaml").read_text()
    assert "https://papers.example.com/" in recipe
    recipe = recipe.replace("https://papers.example.com/", site.url()).replace("database: papers.db", f"database: {crawl.db}")
    (tmp_path / "pdf.yaml").write_text(recipe + "\nallow_addresses: [127.0.0.0/8]\ndefaults: {delay: 0}\n")
    done = crawl.run("--config", tmp_path / "pdf.yaml")
    assert done.returncode == 0, done.stderr
    page = stored(crawl, "/a.pdf")
    assert (page["title"], page["kind"], page["error"], page["body"]) == ("The manual", "binary", None, 1)
    assert "Kindly read this manual" in page["text"]
    assert "Also without a name" in stored(crawl, "/papers/c")["text"]
    broken = stored(crawl, "/b.pdf")
    assert broken["state"] == "done" and broken["body"] == 1
    assert broken["error"].startswith("converter /usr/bin/pdftotext ended with status"), broken
    found = subprocess.run([CRAWLD, "search", "--db", crawl.db, "kindly manual"], capture_output=True, text=True)
    assert "/a.pdf" in found.stdout
    why = subprocess.run([CRAWLD, "why", "--db", crawl.db, site.url("/papers/b.pdf")], capture_output=True, text=True)
    assert "converter /usr/bin/pdftotext ended with status" in why.stdout


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_print_makes_title_text_and_links_of_a_document(crawl, serve, tmp_path, coding):
    body = gzip.compress(DOCUMENT) if coding else DOCUMENT
    site = serve(site_of({"/a.doc": body, "/linked": b""}, **({"Content-Encoding": coding} if coding else {})))
    script = ("import sys; body = sys.stdin.buffer.read(); "
              "print(f'<title>{len(body)} bytes</title><p>It says {body[2:].decode()}<a href=linked>there</a>')")
    done = crawl.run(*flags(convert(script), tmp_path, site))
    assert done.returncode == 0, done.stderr
    page = stored(crawl, "/a.doc")
    assert page["title"] == f"{len(DOCUMENT)} bytes" and "It says a document of ours" in page["text"].replace("  ", " ")
    assert page["error"] is None and page["kind"] == "binary"
    links = crawl.sql("SELECT to_url, text FROM v_links WHERE from_url LIKE '%/a.doc'")
    assert links == [(site.url("/linked"), "there")]


FORK = "import os\nif os.fork() == 0:\n os.setsid(); import time; time.sleep(600)\nprint('leak')"
def test_parse_reads_a_file_through_the_programs_of_a_configuration(serve, tmp_path):
    (tmp_path / "c.yaml").write_text(json.dumps(convert("import sys; print('<title>It is', len(sys.stdin.buffer.read()))")))
    (tmp_path / "a.doc").write_bytes(DOCUMENT)
    site = serve(site_of({"/a.doc": DOCUMENT}))

    def parsed(*arguments):
        done = subprocess.run([CRAWLD, "parse", *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    file = ["--content-type", "application/x-doc", tmp_path / "a.doc"]
    assert parsed(*file)["title"] == ""
    page = parsed("-c", tmp_path / "c.yaml", *file)
    assert (page["title"], page["kind"], page["error"]) == (f"It is {len(DOCUMENT)}", "binary", None)
    page = parsed("-c", tmp_path / "c.yaml", "--allow-address", "127.0.0.0/8", site.url("/a.doc"))
    assert page["title"] == f"It is {len(DOCUMENT)}"
    (tmp_path / "c.yaml").write_text(json.dumps(convert("raise SystemExit('no document')")))
    page = parsed("-c", tmp_path / "c.yaml", *file)
    assert page["error"] == {"kind": "converter", "detail": f"converter {PYTHON} ended with status 1: no document"}


HOSTILE = {
    "sleeps": ("import time; time.sleep(600)", "was killed after 700 ms"),
    "spins": ("while True: pass", "was killed after 700 ms|used up its CPU time"),
    "prints for ever": ("while True: print('spam' * 1000)", "printed more than 1048576 bytes|was killed after 700 ms"),
    "eats memory": ("x = bytearray(2_000_000_000); print('leak')", "MemoryError"),
    "forks": (FORK, "Operation not permitted"),
    "opens a socket": ("import socket; socket.socket(); print('leak')", "Operation not permitted"),
    "reads secrets": ("print(open('/etc/shadow').read(), 'leak')", "Permission denied"),
    "reads the database": ("import sys; print(open(sys.argv[1], 'rb').read(), 'leak')", "Permission denied"),
    "writes the database": ("import sys; open(sys.argv[1], 'ab'); print('leak')", "Permission denied"),
    "opens the database to all": ("import sys, os; os.chmod(sys.argv[1], 0o666); print('leak')", "Operation not permitted"),
    "kills its parent": ("import os; os.kill(os.getppid(), 9); print('leak')", "Operation not permitted"),
    "has its parent killed": ("import fcntl, os; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid()); print('leak')", "Operation not permitted"),
    "slows its parent": ("import os; os.sched_setaffinity(os.getppid(), {0}); print('leak')", "Operation not permitted"),
    "would outlive its parent": ("import ctypes, os, sys; print('leak') if ctypes.CDLL(None).prctl(1, 0) == 0 else os._exit(print('refused', file=sys.stderr, flush=True) or 1)", "refused"),
    "looks at processes": ("import os; print(os.listdir('/proc'), 'leak')", "Permission denied"),
    "fails": ("import sys; sys.exit('it is \\x1b[31mred')", r"ended with status 1: it is \\x1b\[31mred"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_program_that_misbehaves_costs_its_own_page_only(crawl, serve, tmp_path, what):
    script, told = HOSTILE[what]
    site = serve(site_of({"/a.doc": DOCUMENT, **{f"/honest/{n}": b"" for n in range(20)}}))
    config = convert(script, convert_timeout="700ms" if "killed" in told else "30s")
    config["parse"]["convert"][0]["command"].append(str(crawl.db))
    config["max_decoded_size"] = "1MiB"
    done = crawl.run(*flags(config, tmp_path, site))
    assert done.returncode == 0, done.stderr
    page = stored(crawl, "/a.doc")
    assert page["state"] == "done" and page["body"] == 1 and not page["text"], page
    assert page["error"].startswith(f"converter {PYTHON} ") and re.search(told, page["error"]), page
    assert crawl.sql("SELECT count(*) FROM urls WHERE state = 'done'") == [(22,)]
    assert crawl.db.stat().st_mode & 0o077 == 0


def processes_with(mark):
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        # crawld-parse has them in its arguments, too, before it becomes the program.
        if mark.encode() in words and words.startswith(PYTHON.encode()):
            found.append(int(folder.name))
    return found


def test_kill_9_of_the_crawl_leaves_no_program_behind(crawl, serve, tmp_path):
    mark = f"mark-{tmp_path.name}-{os.getpid()}"
    site = serve(site_of({"/a.doc": DOCUMENT}))
    config = convert(f"import time, threading; threading.Thread(target=time.sleep, args=[600]).start(); '{mark}'",
                     convert_timeout="10m")
    running = crawl.start(*flags(config, tmp_path, site))
    eventually(lambda: processes_with(mark), "the program")
    crawl.kill_tree(running)
    eventually(lambda: not processes_with(mark), "its end")


def test_a_crawl_that_ends_waits_for_no_program_and_reads_the_document_the_next_time(crawl, serve, tmp_path):
    mark = f"mark-{tmp_path.name}-{os.getpid()}"
    site = serve(site_of({"/a.doc": DOCUMENT}))
    config = convert(f"import time; time.sleep(600); '{mark}'", convert_timeout="10m")
    config["stop_timeout"] = "100ms"
    running = crawl.start(*flags(config, tmp_path, site))
    eventually(lambda: processes_with(mark), "the program")
    running.send_signal(signal.SIGINT)
    out, error = running.communicate(timeout=60)
    assert running.returncode == 11, error
    assert "no_worker" not in error
    assert not processes_with(mark)
    assert crawl.sql("SELECT state FROM urls WHERE url LIKE '%/a.doc'") == [("queued",)]
    again = crawl.run(*flags(convert("print('read at last')"), tmp_path, site))
    assert again.returncode == 0, again.stderr
    assert stored(crawl, "/a.doc")["text"].strip() == "read at last"


def test_check_tells_a_program_that_cannot_be_run(tmp_path):
    def told(entry):
        (tmp_path / "c.yaml").write_text("sites: []\nparse:\n  convert:\n    - " + entry + "\n")
        checked = subprocess.run([CRAWLD, "check", "-c", tmp_path / "c.yaml"], capture_output=True, text=True)
        return checked.returncode, checked.stderr

    code, text = told("{type: application/pdf, command: [pdftotext]}")
    assert code == 4 and "c.yaml:4:7: parse.convert: pdftotext needs its whole path" in text
    code, text = told("{type: pdf, command: [/bin/cat]}")
    assert code == 4 and 'c.yaml:4:7: parse.convert: "pdf" is no media type' in text
    code, text = told("{type: application/pdf, commands: [/bin/cat]}")
    assert code == 4 and "c.yaml:4:" in text and "command: [PROGRAM, ARGUMENT]" in text
    code, text = told("{type: application/pdf, command: []}")
    assert code == 4 and "c.yaml:4:" in text
    code, text = told("{type: application/pdf, command: [/nonexistent/x]}")
    assert code == 0 and "c.yaml:4:7: parse.convert: /nonexistent/x is no program that can be run here" in text
    assert told("{type: application/pdf, command: [/bin/cat]}") == (0, told("{type: image/*, command: [/bin/cat]}")[1])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_a_program_runs_under_the_limits_of_the_unit(daemon, serve):
    site = serve(site_of({"/a.doc": DOCUMENT}))
    calls = allowed_calls(pathlib.Path(__file__).parents[2] / "systemd" / "crawld.service")
    running = daemon({**convert("print('read by a service')"),
                      "sites": [{"name": "a", "seeds": [site.url()], "delay": "0ms"}]})
    running.start(under=[str(CRAWLD.parent / "tests" / "service_limits"), ",".join(sorted(calls))])
    eventually(lambda: running.sql("SELECT 1 FROM urls WHERE url LIKE '%/a.doc' AND state = 'done'"), "the document")
    assert running.sql("SELECT trim(text, char(10)), parse_error FROM pages WHERE content_type = 'application/x-doc'") == [
        ("read by a service", None)]


def test_the_other_documents_of_the_recipe_are_read(crawl, serve, tmp_path):
    block = re.search(r"```yaml\n(.*?)```", (RECIPES / "pdf_text.md").read_text(), re.S).group(1)
    (tmp_path / "other.yaml").write_text(block + "disk_low: 0B\n")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as document:
        document.writestr("word/document.xml", "<?xml version='1.0'?><w:document><w:body><w:p><w:r><w:t>First words</w:t></w:r></w:p>"
                          '<w:p w:rsidR="1"><w:r><w:t>Second</w:t></w:r><w:r><w:t xml:space="preserve"> words</w:t></w:r></w:p></w:body>')
    files = {"/a.docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", packed.getvalue())}
    if pathlib.Path("/usr/bin/catdoc").exists():
        files["/b.rtf"] = ("application/rtf", rb"{\rtf1\ansi\pard First words\par Second {\b words}\par}")

    def respond(path):
        return html(sorted(files)) if path == "/" else (
            (200, {"Content-Type": files[path][0]}, files[path][1]) if path in files else (404, {}, b""))

    done = crawl.run("--config", tmp_path / "other.yaml", "--delay", "0", serve(respond).url())
    assert done.returncode == 0, done.stderr
    for path in files:
        page = stored(crawl, path)
        assert page["error"] is None and page["text"].split() == ["First", "words", "Second", "words"], page


def test_extract_reads_documents_that_were_stored_before_a_program_was_named(crawl, serve, tmp_path):
    pages = {"/a.doc": DOCUMENT, "/b.doc": DOCUMENT + b" broken", "/c.doc": gzip.compress(DOCUMENT + b" packed")}
    plain = site_of(pages)

    def respond(path):
        status, headers, body = plain(path)
        return status, headers | ({"Content-Encoding": "gzip"} if path == "/c.doc" else {}), body

    site = serve(respond)
    assert crawl.run("--delay", "0", site.url()).returncode == 0
    assert stored(crawl, "/a.doc")["text"] is None
    name = crawl.sql("SELECT name FROM sites")[0][0]
    script = ("import sys; body = sys.stdin.buffer.read()[2:].decode()\nif 'broken' in body: sys.exit('torn')\n"
              "print(f'<title>Of {len(body)}</title><p>Hippopotamus: {body} <a href=linked>there</a>')")
    config = convert(script) | {"sites": [{"name": name, "seeds": [site.url()]}]}

    def extract():
        (tmp_path / "extract.yaml").write_text(json.dumps(config))
        done = subprocess.run([CRAWLD, "extract", "--db", crawl.db, "-c", tmp_path / "extract.yaml"],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stderr

    before = crawl.sql("SELECT content_hash, body_id, size, headers, kind, robots FROM pages ORDER BY id")
    assert "crawld: 2 pages read, 0 records; 0 without a stored body, 1 that could not be parsed" in extract()
    page = stored(crawl, "/a.doc")
    assert page["title"] == f"Of {len(DOCUMENT) - 2}" and "a document of ours there" in page["text"] and page["error"] is None
    assert "of ours packed" in stored(crawl, "/c.doc")["text"]
    broken = stored(crawl, "/b.doc")
    assert broken["text"] is None and "torn" in broken["error"]
    assert crawl.sql("SELECT content_hash, body_id, size, headers, kind, robots FROM pages ORDER BY id") == before
    assert crawl.sql("SELECT to_url, text FROM v_links WHERE from_url LIKE '%/a.doc'") == [(site.url("/linked"), "there")]
    found = subprocess.run([CRAWLD, "search", "--db", crawl.db, "hippopotamus"], capture_output=True, text=True)
    assert "/a.doc" in found.stdout and "/c.doc" in found.stdout
    assert subprocess.run([CRAWLD, "audit", "--db", crawl.db]).returncode == 0
    # Neither what was read nor what failed is tried again, until the programs are others.
    assert "crawld: 0 pages read" in extract() and stored(crawl, "/b.doc")["error"] == broken["error"]
    config["parse"]["convert"][0]["command"][-1] = "print('read after all')"
    assert "crawld: 1 pages read" in extract()
    mended = stored(crawl, "/b.doc")
    assert mended["text"].strip() == "read after all" and mended["error"] is None
    assert "Hippopotamus" in stored(crawl, "/a.doc")["text"]
