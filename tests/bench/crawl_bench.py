#!/usr/bin/env python3
"""make bench: crawld beside other crawlers on one site, paired, as a table and as JSON.

Each crawler runs in turn, several times; medians are shown. CPU is that of the
crawler's whole process tree (user and system), memory its largest resident sum.

  real site   SQLite's documentation (Debian's sqlite3-doc) behind nginx, no latency;
              another folder of HTML with SITE=/usr/share/...
  synthetic   25 hosts behind nginx, 120 pages of 41 KB with 60 links each
  slow hosts  200 hosts at 200 ms a response, one connection each
  waiting     crawld alone: 1,000 and 4,000 connections at 1 s a response
  growth      crawld alone: one site of 1,000, 10,000 and 100,000 pages of 40 KB
"""
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
CRAWLD = BUILD / "crawld"
SITE = pathlib.Path(os.environ.get("SITE", "/usr/share/doc/sqlite3"))
SCRAPY = pathlib.Path(__file__).with_name("scrapy_links.py").resolve()
GOQUERY = pathlib.Path(__file__).with_name("goquery_links.go").resolve()
PAGE_SERVER = pathlib.Path(__file__).with_name("page_server.py").resolve()
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SYNTHETIC_HOSTS = 25
SYNTHETIC_PAGES = 120
SLOW_HOSTS = 200
SLOW_PAGES = 20
SLOW_SECONDS = 0.2
WAITING = (1_000, 4_000)
GROWTH = (1_000, 10_000, 100_000)
MOST_SECONDS = 60  # of one run; what was crawled until then counts


def built_goquery():
    """What a crawler upon Go's goquery costs at least (Debian has no Colly, but what it stands on); or nothing."""
    program = BUILD / "bench" / "goquery_links"
    if not shutil.which("go") or not pathlib.Path("/usr/share/gocode/src/github.com/PuerkitoBio/goquery").is_dir():
        return program
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(BUILD / "bench/go")}
    subprocess.run(["go", "build", "-o", str(program), str(GOQUERY)], env=environment, check=True)
    return program


def tree_memory(pid):
    """Resident bytes of a process and all that it started."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            total += int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1]) * resource.getpagesize()
            for task in pathlib.Path(f"/proc/{one}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, ValueError, IndexError):
            pass
    return total


def measure(command, cwd, most_seconds=MOST_SECONDS):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_memory(process.pid))
        time.sleep(0.02)
        if time.monotonic() - began > most_seconds:
            process.kill()
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, peak


class Nginx:
    def __init__(self, folder, root):
        self.port = free_port()
        config = folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
        config.write_text(f"""
            {user} pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;
            events {{ worker_connections 4096; }}
            http {{ include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000;
              client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
              uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
              server {{ listen {self.port}; root {root}; }} }}""")
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", config], stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def close(self):
        self.process.terminate()
        self.process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def crawlers(url, folder):
    """name -> (command, how many pages it stored)."""
    db = folder / "crawl.db"

    def crawld_pages():
        import sqlite3
        with sqlite3.connect(db) as connection:
            return connection.execute("SELECT count(*) FROM pages").fetchone()[0]

    def files():
        return sum(1 for path in folder.rglob("*") if path.is_file() and path != db)

    known = {
        "crawld": ([str(CRAWLD), "crawl", "-q", "--db", str(db), "--allow-address", "127.0.0.0/8", "--delay", "0",
                    "-e", "robots=off", "-p", "-np", "--concurrency-per-host", "8", "--no-search-index", url], crawld_pages),
        "wget2": (["wget2", "-q", "-r", "-l", "inf", "-np", "-e", "robots=off", url], files),
        "wget": (["wget", "-q", "-r", "-l", "inf", "-np", "-e", "robots=off", url], files),
        "goquery": ([str(GOQUERY_PROGRAM), url, "8", str(folder / "out.jsonl")],
                    lambda: sum(1 for _ in open(folder / "out.jsonl"))),
        "scrapy": (["scrapy", "runspider", str(SCRAPY), "-a", f"start={url}", "-O", str(folder / "out.jsonl")],
                   lambda: sum(1 for _ in open(folder / "out.jsonl"))),
        "httrack": (["httrack", url, "-O", str(folder), "-q", "-s0", "-c8", "-%c1000", "-A0", "-%!"], files),
    }
    return {name: value for name, value in known.items() if shutil.which(value[0][0]) or name == "crawld"}


def real_site():
    rows = {}
    with tempfile.TemporaryDirectory() as top:
        top = pathlib.Path(top)
        server = Nginx(top, SITE)
        try:
            for turn in range(ROUNDS):
                for name in crawlers(server.url(), top):
                    folder = top / f"{name}-{turn}"
                    folder.mkdir()
                    command, count = crawlers(server.url(), folder)[name]
                    wall, cpu, peak = measure(command, folder)
                    rows.setdefault(name, []).append((count(), wall, cpu, peak))
        finally:
            server.close()
    return rows


def synthetic_site(folder):
    """SYNTHETIC_PAGES pages of about 41 KB, each with 60 links to others."""
    words = ["stone", "river", "lamp", "orchard", "window", "ladder", "winter", "copper", "harbour", "paper"]
    folder.mkdir()
    for page in range(SYNTHETIC_PAGES):
        parts = [f"<!DOCTYPE html><html><head><title>page {page}</title></head><body><h1>page {page}</h1>"]
        for n in range(60):
            target = (page * 7 + n * n + 1) % SYNTHETIC_PAGES
            text = " ".join(words[(page + n * k + k) % len(words)] for k in range(95))
            parts.append(f'<p class="part"><a href="/{target}.html">to {target}</a> {text}</p>')
        (folder / f"{page}.html").write_text("\n".join(parts))
    shutil.copy(folder / "0.html", folder / "index.html")


def synthetic_hosts():
    with tempfile.TemporaryDirectory() as top:
        top = pathlib.Path(top)
        synthetic_site(top / "site")
        server = Nginx(top, top / "site")
        try:
            return seeded_rows(top, SYNTHETIC_HOSTS, server.port)
        finally:
            server.close()


def seeds_and_config(top, hosts, port):
    seeds = top / f"seeds-{hosts}"
    seeds.write_text("".join(f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/\n" for n in range(hosts)))
    config = top / "c.yaml"
    config.write_text("defaults: {delay: 0s, robots: ignore, concurrency_per_ip: 0, "
                      "autothrottle: {enabled: false}, allow_addresses: [127.0.0.0/8]}\n")
    return seeds, config


def page_server(seconds, site, pages):
    port = free_port()
    process = subprocess.Popen([sys.executable, str(PAGE_SERVER), str(port), str(seconds), site, str(pages)])
    time.sleep(0.5)
    return process, port


def seeded_crawlers(seeds, config, folder, hosts=SLOW_HOSTS):
    """name -> command; each host gets one connection."""
    known = {
        "crawld": [str(CRAWLD), "crawl", "-q", "-c", str(config), "--db", str(folder / "crawl.db"), "-i", str(seeds),
                   "--concurrency", str(hosts), "--no-search-index"],
        "wget2": ["wget2", "-q", "-r", "-l", "inf", "-e", "robots=off", f"--max-threads={SLOW_HOSTS}", "-i", str(seeds)],
        "goquery": [str(GOQUERY_PROGRAM), f"@{seeds}", "1", str(folder / "out.jsonl")],
        "scrapy": ["scrapy", "runspider", str(SCRAPY), "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", "-a", f"start=@{seeds}",
                   "-O", str(folder / "out.jsonl")],
    }
    return {name: command for name, command in known.items() if shutil.which(command[0])}


def seeded_pages(name, folder):
    if name == "crawld":
        import sqlite3
        with sqlite3.connect(folder / "crawl.db") as connection:
            return connection.execute("SELECT count(*) FROM pages").fetchone()[0]
    if name in ("scrapy", "goquery"):
        return sum(1 for _ in open(folder / "out.jsonl"))
    return sum(1 for path in folder.rglob("*") if path.is_file())


def seeded_rows(top, hosts, port):
    """Each crawler in turn over so many hosts."""
    rows = {}
    seeds, config = seeds_and_config(top, hosts, port)
    for turn in range(ROUNDS):
        for name in seeded_crawlers(seeds, config, top):
            folder = top / f"{name}-{turn}"
            folder.mkdir()
            wall, cpu, peak = measure(seeded_crawlers(seeds, config, folder)[name], folder)
            rows.setdefault(name, []).append((seeded_pages(name, folder), wall, cpu, peak))
    return rows


def slow_hosts():
    process, port = page_server(SLOW_SECONDS, "star", SLOW_PAGES)
    try:
        with tempfile.TemporaryDirectory() as top:
            top = pathlib.Path(top)
            return seeded_rows(top, SLOW_HOSTS, port)
    finally:
        process.terminate()
        process.wait()


def waiting():
    """Each connection costs three descriptors and a thread."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows = {}
    process, port = page_server(1, "star", 8)
    try:
        with tempfile.TemporaryDirectory() as top:
            top = pathlib.Path(top)
            for hosts in WAITING:
                seeds, config = seeds_and_config(top, hosts, port)
                for turn in range(ROUNDS):
                    folder = top / f"{hosts}-{turn}"
                    folder.mkdir()
                    wall, cpu, peak = measure(seeded_crawlers(seeds, config, folder, hosts)["crawld"], folder)
                    rows.setdefault(f"{hosts}", []).append((seeded_pages("crawld", folder), wall, cpu, peak))
    finally:
        process.terminate()
        process.wait()
    return rows


def growth():
    rows = {}
    for pages in GROWTH:
        process, port = page_server(0, "tree", pages)
        try:
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                command = crawlers(f"http://127.0.0.1:{port}/", folder)["crawld"][0]
                wall, cpu, peak = measure(command, folder, most_seconds=600)
                rows[f"{pages}"] = [(seeded_pages("crawld", folder), wall, cpu, peak)]
        finally:
            process.terminate()
            process.wait()
    return rows


def summary(runs):
    """Medians, and the least and the most CPU seconds, since the machine's speed moves."""
    pages, wall, cpu, peak = (statistics.median(run[i] for run in runs) for i in range(4))
    spread = [round(pick(run[2] for run in runs), 3) for pick in (min, max)]
    return {"pages": pages, "seconds": round(wall, 3), "pages_per_second": round(pages / wall, 1),
            "cpu_seconds": round(cpu, 3), "spread_cpu": spread, "pages_per_cpu_second": round(pages / cpu, 1),
            "peak_mib": round(peak / 2**20, 1)}


def table(title, rows):
    counts = sorted({len(runs) for runs in rows.values()})
    print(f"\n{title} ({'single runs' if counts == [1] else f'medians of {counts[-1] if counts else 0}'})")
    print(f"  {'crawler':10} {'pages':>7} {'seconds':>8} {'pages/s':>8} {'CPU s':>7} {'least to most':>15} "
          f"{'pages/CPU s':>12} {'peak MiB':>9} {'x wget2':>8}")
    out = {name: summary(runs) for name, runs in rows.items()}
    base = out.get("wget2", {}).get("pages_per_cpu_second")
    for name, row in out.items():
        if base:
            row["to_wget2"] = round(row["pages_per_cpu_second"] / base, 3)
        ratio = f"{row['to_wget2']:8.2f}" if base else "       -"
        spread = f"{row['spread_cpu'][0]:.2f} to {row['spread_cpu'][1]:.2f}"
        print(f"  {name:10} {row['pages']:7.0f} {row['seconds']:8.2f} {row['pages_per_second']:8.0f} "
              f"{row['cpu_seconds']:7.2f} {spread:>15} {row['pages_per_cpu_second']:12.0f} {row['peak_mib']:9.0f} {ratio}")
    return out


GOQUERY_PROGRAM = built_goquery()


def main():
    result = {"real_site": table(f"real site: {SITE} behind nginx", real_site()),
              "synthetic": table(f"{SYNTHETIC_HOSTS} hosts, pages of 41 KB", synthetic_hosts()),
              "slow_hosts": table(f"{SLOW_HOSTS} hosts at {SLOW_SECONDS * 1000:.0f} ms a response", slow_hosts()),
              "waiting": table("crawld, connections at 1 s a response", waiting()),
              "growth": table("crawld, pages of one site", growth())}
    path = BUILD / "bench.json"
    path.write_text(json.dumps(result, indent=1))
    print(f"\nas JSON: {path}")


main()
