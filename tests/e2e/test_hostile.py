"""A crawl of a hostile web: it ends, in bounded memory, with a name for every outcome,
and an honest host beside the hostile ones is crawled completely."""
import json
import pathlib
import resource
import subprocess
import sys
import time

import pytest

SERVER = pathlib.Path(__file__).parent.parent / "support" / "hostile_server.py"


@pytest.fixture
def hostile(tmp_path):
    log = tmp_path / "requests.jsonl"
    process = subprocess.Popen([sys.executable, str(SERVER), str(log)], stdout=subprocess.PIPE, text=True)
    web = json.loads(process.stdout.readline())
    web["log"] = log
    web["urls"] = {name: f"http://{address}:{web['port']}" for name, address in web["hosts"].items()}
    yield web
    process.kill()
    process.wait()


def test_a_hostile_web_harms_only_itself(crawl, hostile, tmp_path):
    config = tmp_path / "hostile.yaml"
    seeds = ", ".join(f'"{url}/"' for url in hostile["urls"].values())
    config.write_text(
        "defaults:\n  delay: 0s\n  retries: 1\n  retry_delay: 100ms\n  max_body_size: 1MiB\n"
        "  timeout: {dns: 1s, connect: 1s, first_byte: 2s, total: 3s}\n"
        "  allow_addresses: [\"127.0.0.0/8\"]\n"
        f"sites:\n  - name: hostile\n    seeds: [{seeds}]\n    scope: host\n", encoding="utf-8")
    started = time.monotonic()
    result = crawl.run("-c", config, "--json", timeout=110)
    assert result.returncode in (0, 12), result.stderr
    assert time.monotonic() - started < 100
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 400 * 1024

    rows = dict(crawl.sql("SELECT url, state || ' ' || coalesce(reason, '') FROM urls"))
    wrong = {}
    for name, expected in hostile["expected"].items():
        seen = rows.get(hostile["urls"][name] + "/x", "missing")
        if not any(word in seen for word in expected.split("|")):
            wrong[name] = seen
    assert not wrong
    honest = hostile["urls"]["honest"]
    missing = [n for n in range(1, 60) if not rows.get(f"{honest}/p{n}", "").startswith("done")]
    assert not missing
    # Nothing cut short is stored as a page, and no cookie flood comes back to us.
    stored = {url for (url,) in crawl.sql("SELECT url FROM v_pages")}
    for name in ("half-body", "short-body", "cut-chunks", "bad-chunk"):
        assert hostile["urls"][name] + "/x" not in stored
    requests = [json.loads(line) for line in hostile["log"].read_text().splitlines()]
    assert max(request["bytes"] for request in requests) <= 20_000
