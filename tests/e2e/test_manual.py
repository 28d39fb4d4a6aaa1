"""What the manual, the completions and the help say is what the program knows."""
import functools
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess

import pytest

from conftest import CRAWLD

TREE = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, **options)


def commands_in(text):
    return re.findall(r"^  ([a-z]+)  ", text, re.M)


COMMANDS = commands_in(run(CRAWLD, "--help").stdout) if CRAWLD.exists() else []


@functools.cache
def options_of(command):
    """What `crawld help COMMAND` lists: {'-c', '--config', ...}"""
    found = set()
    for line in run(CRAWLD, "help", command).stdout.splitlines():
        if names := re.match(r" {2,4}(-\S+)", line):
            found |= set(re.findall(r"--?[A-Za-z0-9][A-Za-z0-9-]*", re.sub(r"\{.*?\}", "", names.group(1))))
    return found


def manual_options(command):
    page = (TREE / f"man/crawld-{command}.1").read_text().replace("\\-", "-")
    options = page[page.index(".SH OPTIONS"):page.index(".SH EXIT STATUS")]
    heads = [head for head in re.findall(r"\.TP\n(.*)", options)]
    return {name for head in heads for name in re.findall(r"(?<![\w-])--?[A-Za-z0-9][A-Za-z0-9-]*", re.sub(r"\\f.", "", head))}


def test_help_and_the_manual_know_the_same_commands():
    assert len(COMMANDS) > 20
    pages = {path.name for path in (TREE / "man").glob("*.1")}
    assert pages == {"crawld.1"} | {f"crawld-{command}.1" for command in COMMANDS}
    overview = (TREE / "man/crawld.1").read_text()
    section = overview[overview.index(".SH COMMANDS"):overview.index(".SH EXIT STATUS")]
    assert [command for command in COMMANDS if not re.search(rf"\b{command}\b", section)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_in_the_manual_and_no_other(command):
    assert manual_options(command) == options_of(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_command_as_it_is_typed(command):
    for arguments in (["help", command], [command, "--help"]):
        result = run(CRAWLD, *arguments)
        assert result.returncode == 0 and result.stderr == ""
        assert f"Usage: crawld {command}" in result.stdout


@pytest.mark.parametrize("checker", [["mandoc", "-Tlint", "-Wwarning"], ["groff", "-ww", "-man", "-Tutf8"]],
                         ids=lambda checker: checker[0])
def test_the_manual_is_set_without_a_warning(checker):
    if not shutil.which(checker[0]):
        pytest.skip(f"{checker[0]} is not installed")
    for page in sorted((TREE / "man").glob("*.1")):
        result = run(*checker, page)
        told = result.stderr + (result.stdout if checker[0] == "mandoc" else "")
        assert told == "", page.name


def test_what_is_no_command_is_one_clear_line_and_usage():
    for wrong in (["crawl-it"], ["help", "crawl-it"], ["--no-such"], ["crawl", "--no-such", "http://a.test/"]):
        result = run(CRAWLD, *wrong)
        assert result.returncode == 2 and result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert "crawl-it" in result.stderr or "--no-such" in result.stderr
    bare = run(CRAWLD)
    assert bare.returncode == 2 and bare.stdout == "" and "crawld help COMMAND" in bare.stderr


def test_a_slip_in_a_command_is_told_the_nearest_one():
    assert 'did you mean "export"' in run(CRAWLD, "exprot").stderr
    assert "did you mean" not in run(CRAWLD, "xyzzyplugh").stderr


def test_help_and_version_end_well():
    for asked in (["--help"], ["-h"], ["help"], ["help", "help"], ["help", "--help"]):
        result = run(CRAWLD, *asked)
        assert result.returncode == 0 and commands_in(result.stdout) == COMMANDS
    for asked in (["--version"], ["-V"]):
        assert re.fullmatch(r"crawld \d+\.\d+\.\d+\n", run(CRAWLD, *asked).stdout)


# --- completions ---------------------------------------------------------------------------

def completes_in_bash(words):
    script = f"""PATH={CRAWLD.parent}:$PATH; source {TREE}/completions/crawld.bash
COMP_WORDS=({' '.join(words)} ''); COMP_CWORD={len(words)}; {{ [ "$1" ] && COMP_WORDS[$COMP_CWORD]=$1; }}
_crawld; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return script


def bash(words, start):
    return set(run("bash", "-c", completes_in_bash(words), "x", start).stdout.split())


def zsh(words, start):
    typed = " ".join(f"'{word}'" for word in [*words, start])
    script = f"""PATH={CRAWLD.parent}:$PATH
compadd() {{ print -l -- ${{(P)2}} }}; _describe() {{ print -l -- ${{${{(P)2}}%%:*}} }}
_files() {{ : }}
words=({typed}); CURRENT={len(words) + 1}; source {TREE}/completions/_crawld"""
    return set(run("zsh", "-fc", script).stdout.split())


def fish(words, start):
    script = f"set PATH {CRAWLD.parent} $PATH; source {TREE}/completions/crawld.fish; complete -C '{' '.join([*words, start])}'"
    return {line.split("\t")[0] for line in run("fish", "-Nc", script).stdout.splitlines()}


@pytest.mark.parametrize("shell", [bash, zsh, fish], ids=lambda shell: shell.__name__)
def test_every_command_and_option_is_completed(shell):
    if not shutil.which(shell.__name__):
        pytest.skip(f"{shell.__name__} is not installed")
    assert shell(["crawld"], "") >= set(COMMANDS) | {"help"}
    for command in COMMANDS:
        wanted = {name for name in options_of(command) if name.startswith("--")}
        assert shell(["crawld", command], "--") >= wanted, command
    assert shell(["crawld", "help"], "exp") >= {"export"}


@pytest.mark.parametrize("shell", [bash, zsh, fish], ids=lambda shell: shell.__name__)
def test_where_one_of_a_few_words_is_wanted_they_are_completed(shell):
    if not shutil.which(shell.__name__):
        pytest.skip(f"{shell.__name__} is not installed")
    assert shell(["crawld", "inspect"], "") == {"url", "robots", "links", "select", "charset", "sitemap"}
    for option in ("-f", "--format"):
        assert shell(["crawld", "export", option], "") == {"jsonl", "csv", "urls", "warc", "cdxj", "wacz", "sitemap", "mirror"}
    assert shell(["crawld", "crawl", "--scope"], "") == {"page", "prefix", "host", "domain", "any"}


# --- SQL, schema ---------------------------------------------------------------------------

def fresh_database(tmp_path):
    path = tmp_path / "crawl.db"
    assert run(CRAWLD, "import", "--db", path, "-q", "-", input="").returncode == 0
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def test_the_reasons_that_crawld_why_has_advice_on_stand_in_the_table_of_reasons():
    advice = (TREE / "crawler/cli/advice.cc").read_text().partition("kAdvice[] = {")[2].partition("\n};")[0]
    reasons = re.findall(r'^    \{"([^"]+)",', advice, re.M)
    assert len(reasons) > 20
    table = (TREE / "docs/sql.md").read_text().partition("| reason | with")[2].partition("## Views")[0]
    told = re.findall(r"`([^`]+)`", table)
    statuses = [reason for reason in reasons if re.fullmatch(r"http_\d+", reason)]  # the table has one of them
    missing = [reason for reason in reasons if not any(known.startswith(reason) for known in told)]
    assert set(missing) <= set(statuses), missing


def test_the_sql_page_tells_every_table_view_and_column(tmp_path):
    connection = fresh_database(tmp_path)
    inner = re.compile(r"sqlite_|search_(data|idx|docsize|config)$|(url|body)_seen_")
    names = {name: kind for name, kind in connection.execute("SELECT name, type FROM sqlite_schema WHERE type IN "
                                                             "('table', 'view')") if not inner.match(name)}
    page = (TREE / "docs/sql.md").read_text()
    told = {}
    for heading, body in re.findall(r"^### `(\w+)`(.*?)(?=^#|\Z)", page, re.M | re.S):
        told[heading] = set(re.findall(r"^\| `(\w+)` \|", body, re.M))
    assert set(told) == set(names)
    for name in names:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info('{name}')")}
        assert told[name] == columns, name
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    assert f"schema version is {version}" in page


def test_the_queries_of_the_sql_page_run(tmp_path):
    connection = fresh_database(tmp_path)
    queries = re.findall(r"```sql\n(.*?)```", (TREE / "docs/sql.md").read_text(), re.S)
    statements = [one for block in queries for one in block.split(";") if one.strip()]
    assert len(statements) > 5
    for statement in statements:
        connection.execute(statement).fetchall()
        asked = run(CRAWLD, "sql", "--db", tmp_path / "crawl.db", statement.strip())
        assert asked.returncode == 0, asked.stderr


def test_the_schema_takes_the_example_and_the_recipes_and_refuses_slips():
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
    schema = json.loads((TREE / "config/schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    check = validator(schema)
    files = [TREE / "config/crawld.example.yaml", *sorted((TREE / "docs/recipes").glob("*.yaml"))]
    for file in files:
        assert [error.message for error in check.iter_errors(yaml.safe_load(file.read_text()))] == [], file.name
    site = {"name": "a", "seeds": ["https://a.test/"]}
    for slip in ({"sites": [{**site, "sedes": []}]}, {"sites": [{**site, "max_depth": "deep"}]},
                 {"sites": [{**site, "scope": "planet"}]}, {"site": []}, {"sites": [{**site, "robots": "maybe"}]}):
        assert not check.is_valid(slip), slip


@pytest.mark.parametrize("text, fine", [
    ("user_agent: {name: 5}", True), ("user_agent: {name: no}", True), ("database: [5]", False), ('user_agent: {name: "5"}', True), ("search_index: 1", False), ('search_index: "true"', False),
    ("concurrency: 0", False), ("concurrency: 5k", True), ("limits:", True), ("limits: 5", False),
    ("limits: {pages: -1}", False), ("parse: {timeout: 0}", False), ("stop_timeout: 0", True),
    ("parse: {memory: 1}", False), ("disk_low: 1.5", False), ("disk_low: 5000", False), ("disk_low: 1.5GiB", True), ("disk_low: 0", True), ("disk_low: many", False), ("max_requests_per_second: 1x", False),
    ("defaults: {delay: 5}", False), ("defaults: {delay: 5s}", True), ("defaults: {headers: {X-Try: 5}}", True),
    ("defaults: {ports: [0]}", False), ("defaults: {ports: 8080}", False), ("defaults: {priority: high}", False),
    ("defaults: {sitemaps: [https://a.test/s.xml]}", True), ("defaults: {sitemaps: never}", False),
    ("sites: [{seeds: [https://a.test/]}]", False), ("sites: {}", False), ("queue: {item: 1}", False),
    ("sites: [{name: a, seeds: [https://a.test/], extract: [{name: r}]}]", False),
    ("sites: [{name: a, seeds: [https://a.test/], extract: [{name: r, fields: {t: 'css:h1'}}]}]", True)])
def test_the_schema_and_the_program_agree(tmp_path, text, fine):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
    schema = json.loads((TREE / "config/schema.json").read_text())
    sites = "" if text.startswith("sites") else "sites: [{name: a, seeds: [https://a.test/]}]\n"
    (tmp_path / "c.yaml").write_text(sites + text)
    result = run(CRAWLD, "check", "-c", tmp_path / "c.yaml")
    assert (result.returncode == 0) == fine, result.stderr
    assert jsonschema.validators.validator_for(schema)(schema).is_valid(yaml.safe_load(sites + text)) == fine
