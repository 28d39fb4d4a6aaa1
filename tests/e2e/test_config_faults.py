"""Configurations that are wrong, hostile or huge: one clear answer, soon, and no crash."""
import os
import resource
import socket
import subprocess
import time

import pytest

from conftest import CRAWLD, html

SITE = "sites:\n  - name: a\n    seeds: [http://a.test/]\n"


def check(config, *more, **limits):
    return subprocess.run([CRAWLD, "check", "-c", config, *more], capture_output=True, text=True, timeout=60, check=False,
                          **limits)


def laughs(levels):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines).encode()


# what is in the file -> where the first complaint points, and a word that it must hold
BAD = {
    "no-yaml": (b"sites: [", "1:", "yaml"),
    "tab": (b"defaults:\n\tdelay: 1s\n", "2:", "tab"),
    "bad-utf8": (b"database: \xff\xfe\n", "1:", "utf-8"),
    "utf-16": ("database: x\n".encode("utf-16"), "1:", "utf-8"),
    "nul": (b"database: a\0b\n", "1:12:", "a nul byte"),
    "list-for-map": (b"defaults: [1]\n", "1:", "map"),
    "map-for-list": (b"sites: {a: 1}\n", "1:", "list"),
    "word-for-number": (b"concurrency: yes\n", "1:14", "concurrency"),
    "negative-delay": (b"defaults: {delay: -1s}\n", "1:", "delay"),
    "huge-number": (b"concurrency: 1e99\n", "1:14", "concurrency"),
    "not-a-number": (b"defaults: {jitter: .nan}\n", "1:", "jitter"),
    "no-unit": (b"defaults: {delay: 5}\n", "1:", "delay"),
    "unknown-key": (b"defaults:\n  dealy: 1s\n", "2:3", 'did you mean "delay"'),
    "twice": (b"database: a\ndatabase: b\n", "2:1", "database"),
    "site-twice": (SITE.encode() + b"  - name: a\n    seeds: [http://b.test/]\n", "4:", "two sites"),
    "alias-bomb": (laughs(12), "", "aliases written out"),
    "alias-loop": (b"a: &a [*a]\n", "1:", "alias"),
    "deep": (b"sites: " + b"[" * 100_000 + b"]" * 100_000, "1:", "deep"),
    "scalar-of-20-mb": (b"database: " + b"x" * 20_000_000, "", "larger"),
    "200000-anchors": (b"database: [" + b",".join(b"&a%d x" % n for n in range(200_000)) + b"]", "1:", ""),
    "bad-regex": (SITE.encode() + b"    exclude: ['re:(']\n", "4:", "re:("),
    "bad-selector": (SITE.encode() + b"    extract:\n      - name: x\n        fields: {t: 'css:a[['}\n", "6:", "attribute name"),
    "bad-url": (b"sites:\n  - name: a\n    seeds: [\"http://a.test:99999/\"]\n", "3:", "99999"),
    "bad-address": (SITE.encode() + b"    allow_addresses: [10.0.0.0/99]\n", "4:", "10.0.0.0/99"),
    "bad-schedule": (SITE.encode() + b"    schedule: every moon\n", "4:", "schedule"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_broken_configuration_is_told_with_its_place(tmp_path, kind):
    text, place, word = BAD[kind]
    config = tmp_path / "bad.yaml"
    config.write_bytes(text)
    result = check(config)
    assert result.returncode == 4, result.stderr
    first = result.stderr.splitlines()[0]
    assert f"{config}:{place}" in first, first
    assert word in result.stderr.lower(), result.stderr
    assert "\x1b" not in result.stderr and "\0" not in result.stderr


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "endless"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, kind):
    config = tmp_path / "c.yaml"
    if kind == "folder":
        config.mkdir()
    elif kind == "pipe":
        os.mkfifo(config)
    elif kind == "endless":
        config.symlink_to("/dev/zero")
    result = check(config)
    assert result.returncode == 4 and str(config) in result.stderr


def test_ten_thousand_sites_load_and_crawl_in_bounded_memory(tmp_path, serve):
    site = serve(lambda path: (200, {"Content-Type": "text/html"}, b"<title>x</title>"))
    config = tmp_path / "many.yaml"
    dead = "".join(f"  - name: s{n}\n    seeds: [\"{site.url(f'/{n}')}\"]\n" for n in range(10_000))
    config.write_text(f"database: {tmp_path}/crawl.db\nconcurrency: 8\n"
                      "defaults: {delay: 0s, robots: ignore, scope: page, allow_addresses: [\"127.0.0.0/8\"]}\n"
                      f"sites:\n{dead}")
    # The loading is judged by its CPU time: the machine may be busy with other things.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert check(config).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 5
    process = subprocess.Popen([CRAWLD, "crawl", "-q", "-c", config, "--max-pages", "60"], stderr=subprocess.PIPE, text=True)
    most = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as facts:
                most = max([most] + [int(line.split()[1]) for line in facts if line.startswith("VmHWM")])
        except OSError:
            pass
        time.sleep(0.05)
    assert process.returncode == 0, process.stderr.read()
    assert len(site.log) >= 60
    assert most < 400 << 10


def test_a_check_writes_nothing_and_asks_nobody(tmp_path, serve):
    site = serve(lambda path: html([]))
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 0))
    names.settimeout(0.2)
    folder = tmp_path / "service"
    folder.mkdir()
    config = folder / "crawld.yaml"
    config.write_text(f"""
database: {folder}/crawl.db
control: {folder}/control.sock
metrics: {{listen: "{folder}/metrics.sock"}}
dns: {{servers: ["127.0.0.1:{names.getsockname()[1]}"]}}
hooks: {{webhook: "{site.url('/hook')}", exec: [/usr/bin/touch, {folder}/hooked]}}
allow_addresses: [127.0.0.0/8]
sites:
  - name: a
    seeds: ["{site.url('/')}", "http://name.test/"]
    proxy: "{site.url('/')}"
    schedule: continuous
""")

    def picture():
        return sorted((str(path), (facts := path.lstat()).st_ino, facts.st_size, facts.st_mtime_ns)
                      for path in [folder, *folder.rglob("*")])

    # With no database, with an empty one, and with what is none.
    for content in (None, b"", b"no database at all"):
        if content is not None:
            (folder / "crawl.db").write_bytes(content)
        before = picture()
        for more in ([], ["--effective"]):
            result = check(config, *more, cwd=folder)
            assert result.returncode == 0, result.stderr
        assert picture() == before
    assert site.paths() == []
    with pytest.raises(TimeoutError):
        names.recv(512)
