"""One crawl of every hostile site at once, with honest ones beside; then each row is looked at.

The limits are short (3 s a transfer, 8 MiB a body, one retry), so the whole crawl ends in about a
minute. What each site does stands in tests/support/hostile_*.py.
"""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from hostile_web import http2, network, pages
from hostile_web.crawl import Outcome, configuration
from conftest import CRAWLD
from hostile_web.certificates import Authority
from hostile_web.names import HostileNames
from hostile_web.server import NO_HANDSHAKE, HostileServer, Site, page

MOST_TREE_MEMORY = 400 << 20
MOST_SECONDS = 100


def honest(connection, request):
    number = int(request.path[2:] or 0) if request.path.startswith("/p") else 0
    return connection.reply(page(*[f"/p{n}" for n in range(number * 3 + 1, number * 3 + 4) if n <= 60]))


def tls_sites(folder):
    good, unknown = Authority(folder, "good-ca"), Authority(folder, "unknown-ca")

    def no_close_notify(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page("/linked"))
        return False

    def secure(name, authority=good, host=None, answer=lambda c, _: c.reply(page()), **days):
        return Site(f"tls-{name}", answer, seeds=("/x",), tls=authority.context(host or f"tls-{name}.test", **days),
                    ca_certificate=str(folder / "good-ca.pem"))

    return [
        secure("valid"),
        secure("expired", start_day=-9, end_day=-2),
        secure("not-yet", start_day=3),
        secure("unknown", authority=unknown),
        secure("other-name", host="somebody-else.test"),
        secure("cut", answer=no_close_notify),
        Site("tls-silent", seeds=("/x",), tls=NO_HANDSHAKE),
    ] + http2.sites(good, folder)


NAMES = ("nxdomain", "servfail", "silent", "loop", "many", "slow", "third", "long")


def name_sites():
    return [Site(f"dns-{n}", lambda c, _: c.reply(page()), seeds=("/x",), listens=n not in ("many",)) for n in NAMES]


class Tree:
    """The resident memory (PSS) of a process and all below it, at its highest."""

    def __init__(self, pid):
        self.pid, self.most, self.done = pid, 0, False
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while not self.done:
            self.most = max(self.most, sum(map(self._memory, self._members())))
            time.sleep(0.1)

    def _members(self):
        members = [self.pid]
        for pid in members:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    members += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
            except OSError:
                pass
        return members

    @staticmethod
    def _memory(pid):
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) << 10
        except OSError:
            pass
        return 0


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    sites = ([Site("honest", honest, seeds=("/",), delay="200ms")] + network.sites() + pages.sites()
             + tls_sites(folder) + name_sites())
    server = HostileServer(sites)
    by_name = {site.name: site for site in sites}
    for name in NAMES:
        by_name[f"dns-{name}"].host = f"{name}.dns.test"
    names = HostileNames({
        "long.dns.test": [by_name["dns-long"].address],
        "*.wild.test": [by_name["trap-subdomains"].address],
        "slow.dns.test": [by_name["dns-slow"].address],
        "many.dns.test": [f"127.0.2.{n}" for n in range(100, 128)],
        "third.dns.test": ["127.0.2.200", "127.0.2.201", by_name["dns-third"].address],
        "rebound.dns.test": ["127.0.0.1"],
        "half-good.dns.test": [by_name["dns-third"].address, "127.0.0.1"],
        "half-good6.dns.test": [by_name["dns-third"].address, "::1"],
    })
    config = folder / "hostile.yaml"
    config.write_text(json.dumps(configuration(server, sites, names), indent=1))
    database = folder / "crawl.db"
    began = time.monotonic()
    process = subprocess.Popen([CRAWLD, "crawl", "-c", config, "--db", database, "--max-time", str(MOST_SECONDS)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    tree = Tree(process.pid)
    try:
        process.wait(MOST_SECONDS + 20)
    finally:
        process.kill()
        process.wait()
    tree.done = True
    yield Outcome(database, server, names, time.monotonic() - began, tree.most, process)
    server.close()
    names.close()


# site -> how /x must be booked: "state" or "state reason".
BOOKED = {
    "nothing-listens": "failed connect",
    "closes-at-once": "disallowed robots.txt unreachable: reset|disallowed robots.txt unreachable: empty_reply",
    "resets-at-once": "disallowed robots.txt unreachable: reset",
    "never-says-anything": "disallowed robots.txt unreachable: timeout",
    "ssh-server": "disallowed robots.txt unreachable: bad_response",
    "random-bytes": "disallowed robots.txt unreachable: bad_response",
    "ssh-page": "failed bad_response",
    "random-page": "failed bad_response",
    "length-too-small": "done",
    "length-negative": "failed bad_response",
    "two-lengths": "failed bad_response",
    "slowloris": "failed timeout",
    "half-body": "failed timeout",
    "short-body": "failed truncated",
    "chunked-cut": "failed truncated",
    "chunk-size-zz": "failed bad_response",
    "endless-trailers": "failed bad_response|failed timeout",
    "gzip-cut": "failed bad_encoding",
    "gzip-wrong-crc": "failed bad_encoding",
    "gzip-plain": "failed bad_encoding",
    "gzip-bomb": "parse_error too_large",
    "zstd-bomb": "parse_error too_large",
    "double-gzip-bomb": "parse_error too_large",
    "unknown-coding": "parse_error unsupported",
    "header-flood": "failed bad_response",
    "endless-headers": "failed bad_response",
    "endless-103": "failed bad_response|failed timeout",
    "endless-100": "failed bad_response|failed timeout",
    "status-abc": "failed bad_response",
    "status-999": "failed http_999",
    "nul-in-header": "failed bad_response",
    "bare-lf": "failed bad_response",  # its Content-Length stands behind a name with a space
    "basic-auth": "failed http_401",
    "fails-twice": "done",
    "redirect-gopher": "redirected",
    "redirect-empty": "failed redirect_without_location",
    "redirect-nowhere": "failed redirect_without_location",
    "redirect-megabyte": "failed bad_response",
    "empty-body": "done",
    "octet-stream": "done",
    "noise": "done",
    "program": "done",
    "polite-503-year": "failed retry_after_too_long",
    "polite-503-1999": "failed http_503",
    "polite-429-ever": "failed http_429",
    "tls-valid": "done",
    "tls-expired": "failed tls",
    "tls-not-yet": "failed tls",
    "tls-unknown": "failed tls",
    "tls-other-name": "failed tls",
    "tls-cut": "failed truncated",
    "tls-silent": "disallowed robots.txt unreachable: timeout",
    "dns-nxdomain": "failed dns",
    "dns-servfail": "failed dns",
    "dns-silent": "failed dns",
    "dns-loop": "failed dns",
    "dns-many": "failed connect",
    "dns-slow": "done",
    "dns-third": "done",
    "dns-long": "done",
    "h2-goaway-once": "done",
    "h2-goaway-ever": "failed reset|failed bad_response",
    "h2-continuation": "failed",
    "h2-flood": "failed timeout|failed reset",
    "h2-no-data": "failed timeout",
}

# Sites whose /x leads to /linked however hostile it is.
LINK_FOUND = [
    "div-100k", "b-1m", "adoption", "foster", "attribute-7mb", "attributes-100k", "links-1m", "utf-16be",
    "shift-jis", "no-such-charset", "no-content-type", "nul-bytes", "base-javascript", "base-data", "link-long",
    "entities", "foreign-nesting", "external-entity", "rel-nofollow", "egress-tags", "egress-ports",
]

# Sites whose robots.txt forbids /no, and those where it may be fetched.
ROBOTS_OBEYED = ["10mb", "endless", "redirected", "other-host", "cr-only", "60k-groups", "wildcards", "specific"]
ROBOTS_REFUSE_ALL = ["500", "503", "silent", "cut", "bomb", "loopback"]
ROBOTS_ALLOW = ["404", "403", "noise", "html"]


def test_the_crawl_ends_by_itself(outcome):
    assert outcome.code == 0, outcome.stderr
    assert outcome.seconds < MOST_SECONDS


def test_the_process_tree_stays_small(outcome):
    assert outcome.memory < MOST_TREE_MEMORY


def test_the_honest_site_is_complete(outcome):
    assert sorted(outcome.paths("honest")) == sorted(["/"] + [f"/p{n}" for n in range(1, 61)])
    assert outcome.sql("SELECT count(*) FROM v_pages WHERE url LIKE ?", outcome.url("honest", "%")) == [(61,)]


def test_the_honest_site_keeps_its_pace_beside_all_hostile_ones(outcome):
    gaps = sorted(outcome.gaps("honest"))
    assert gaps[len(gaps) // 2] < 1.2 * 0.2


def test_no_forbidden_address_is_contacted(outcome):
    assert outcome.server.intrusions == []


def test_the_books_balance(outcome):
    assert outcome.sql("SELECT count(*) FROM urls WHERE state IN ('queued', 'retry_later')") == [(0,)]


@pytest.mark.parametrize("name", BOOKED)
def test_the_outcome_has_its_name(outcome, name):
    row = " ".join(outcome.row(name)).strip()
    wanted = BOOKED[name].split("|")
    assert any(row == text or row.startswith(text + " ") for text in wanted), row


def test_nothing_cut_short_is_stored_as_complete(outcome):
    for name in ("half-body", "short-body", "chunked-cut", "gzip-cut", "gzip-wrong-crc", "slowloris", "tls-cut"):
        assert outcome.stored(name) is None, name
    for name in ("endless-body", "links-1m"):
        assert outcome.stored(name)[2] == 1, name
    for name in ("gzip-bomb", "zstd-bomb", "double-gzip-bomb"):
        assert outcome.stored(name)[3], name


def test_attempts_are_bounded_and_each_ends_in_time(outcome):
    most = {name: len(paths) for name in outcome.sites if (paths := [p for p in outcome.paths(name) if p == "/x"])}
    assert {name: count for name, count in most.items() if count > 4} == {}
    patient = {outcome.url(site.name, "/x") for site in outcome.sites.values() if "timeout" in site.keys}
    spent = outcome.sql("SELECT url, max(total_us) FROM fetches JOIN urls ON urls.id = url_id GROUP BY url")
    assert max(time for url, time in spent if url not in patient) < 6_000_000
    assert outcome.sites["h2-goaway-ever"].connections <= 8
    for name in ("closes-at-once", "resets-at-once", "never-says-anything", "ssh-server"):
        assert outcome.sites[name].connections <= 4


def test_poison_is_never_taken_for_the_next_answer(outcome):
    for path in ("/x", "/y", "/z"):
        assert outcome.stored("length-too-small", path)[:2] == (200, len(network.GOOD))


def test_cookies_do_not_pile_up(outcome):
    assert max(request.size for request in outcome.server.log) < 17 << 10


def test_a_lost_connection_is_opened_again(outcome):
    for name in ("closes-second-request", "crowded"):
        assert all(outcome.state(name, f"/p{n}") == "done" for n in range(8)), name


@pytest.mark.parametrize("name", LINK_FOUND)
def test_the_link_on_a_hostile_page_is_found(outcome, name):
    assert outcome.state(name, "/linked") == "done"


def test_what_is_no_page_leads_nowhere(outcome):
    assert not [path for request in outcome.server.log if (path := request.path).startswith(("/trap", "/l/"))]
    for name in ("noise", "program", "unknown-coding"):
        assert set(outcome.paths(name)) == {"/x", "/ok"}


def test_redirects_end(outcome):
    assert outcome.state("redirect-5", "/x5") == "done"
    assert len(outcome.paths("redirect-60")) <= 32
    assert len(outcome.paths("redirect-growing")) <= 32
    assert len(outcome.paths("redirect-pair")) <= 4
    assert len(outcome.paths("refresh-endless")) <= 25
    assert outcome.state("redirect-utf8", "/%C3%A9t%C3%A9") == "done"
    assert not [request for request in outcome.server.log if "X-Injected" in request.headers]
    assert outcome.sql("SELECT DISTINCT state FROM urls WHERE url NOT LIKE 'http%'") == [("blocked",)]
    assert set(outcome.server.paths("refuses-all")) == {"/robots.txt"}


@pytest.mark.parametrize("name", ["session", "random", "facets"])
def test_a_trap_ends_at_its_budget(outcome, name):
    assert len(outcome.paths(f"trap-{name}")) <= 40
    assert outcome.state(f"trap-{name}", "/ok") == "done"


def test_endless_subdomains_end_at_their_budget(outcome):
    hosts = {request.headers["Host"] for request in outcome.server.log if request.site == "trap-subdomains"}
    assert 5 < len(outcome.paths("trap-subdomains")) <= 45
    # Of the others only robots.txt is read.
    assert len(hosts) <= 45 * 5 + 1
    assert outcome.state("trap-subdomains", "/ok") == "done"


def test_an_answer_too_long_for_a_datagram_is_asked_for_by_tcp(outcome):
    assert "long.dns.test" in outcome.names.asked_by_tcp


@pytest.mark.parametrize("name", ROBOTS_OBEYED)
def test_the_rule_is_obeyed(outcome, name):
    assert outcome.state(f"robots-{name}", "/no") == "disallowed"
    assert outcome.state(f"robots-{name}", "/ok") == "done"
    assert "/no" not in outcome.server.paths(f"robots-{name}")


@pytest.mark.parametrize("name", ROBOTS_REFUSE_ALL)
def test_rules_that_cannot_be_had_refuse_all(outcome, name):
    assert outcome.paths(f"robots-{name}") == []
    assert outcome.state(f"robots-{name}", "/ok") == "disallowed"


@pytest.mark.parametrize("name", ROBOTS_ALLOW)
def test_without_rules_all_is_allowed(outcome, name):
    assert outcome.state(f"robots-{name}", "/no") == "done"


def test_the_longest_rule_wins(outcome):
    assert outcome.state("robots-longest", "/ok-allowed.html") == "done"
    assert outcome.state("robots-longest", "/ok-not") == "disallowed"


def test_robots_txt_comes_first_on_every_host(outcome):
    first = {}
    for request in outcome.server.log:
        first.setdefault(request.site, request.path)
    assert set(first.values()) == {"/robots.txt"}


def test_sitemaps_are_bounded(outcome):
    assert len(outcome.paths("sitemap-endless")) < 50
    assert outcome.state("sitemap-foreign", "/listed") == "done"


def test_a_crawl_delay_of_a_day_or_of_nonsense_holds_nobody_up(outcome):
    assert outcome.state("polite-crawl-delay-day", "/p1") == "done"
    assert outcome.state("polite-crawl-delay-bad", "/p2") == "done"


def test_a_forbidden_link_is_booked_as_blocked(outcome):
    states = outcome.sql("SELECT DISTINCT state FROM urls WHERE url LIKE '%/canary%'")
    assert states == [("blocked",)]
    assert len(outcome.sql("SELECT 1 FROM urls WHERE url GLOB '*/canary[0-9]*'")) >= len(pages.FORBIDDEN) - 2
    ports = outcome.sql("SELECT DISTINCT state FROM urls WHERE url LIKE 'http://egress-ports.test:%/' AND reason = 'port'")
    assert ports == [("blocked",)]
