"""Sites whose pages, redirects, robots.txt and sitemaps are hostile."""
import gzip
import itertools
import os
import random
import time

from hostile_web.network import coded, endless, gzip_bomb, head, raw
from hostile_web.server import PATIENT, Site, page

END = b'<a href="/linked">x</a>'


def html(body, kind="text/html"):
    return lambda connection, _: connection.reply(body() if callable(body) else body, kind=kind)


def redirect(location, status="302 Found"):
    def answer(connection, request):
        target = location(request) if callable(location) else location
        if target is None:
            return connection.reply(page(text="arrived"))
        return connection.reply(b"", status, headers=[("Location", target)])

    return answer


def only_x(answer):
    """Other paths are plain pages, so that what /x leads to can be fetched."""
    return lambda c, r: answer(c, r) if r.path == "/x" else c.reply(page(text="plain"))


def chain(length):
    def next_of(request):
        step = int(request.path[2:] or 0)
        return f"/x{step + 1}" if step < length else None

    return next_of


def redirect_sites():
    return [
        Site("redirect-pair", redirect(lambda r: "/y" if r.path == "/x" else "/x")),
        Site("redirect-5", redirect(chain(5))),
        Site("redirect-60", redirect(chain(60))),
        Site("redirect-growing", redirect(lambda r: r.path + "/more" if len(r.path) < 4000 else None)),
        Site("redirect-gopher", redirect("gopher://127.0.0.1:70/1")),
        Site("redirect-ftp", redirect("ftp://127.0.0.1/x")),
        Site("redirect-data", redirect("data:text/html,<a href=/linked>x</a>")),
        Site("redirect-empty", redirect("")),
        Site("redirect-utf8", only_x(redirect("/\u00c3\u00a9t\u00c3\u00a9"))),  # the bytes of "été"
        Site("redirect-megabyte", only_x(redirect("/" + "a" * (1 << 20)))),
        Site("redirect-crlf", only_x(redirect("/y%0d%0aX-Injected:%201"))),
        Site("redirect-nowhere", lambda c, _: c.reply(b"", "302 Found")),
        Site("refresh-endless", lambda c, r: c.reply(
            f'<meta http-equiv=refresh content="0; url=/x{random.random()}">'.encode()),
            budget={"per_host": 25}),
        Site("redirect-to-refusing", redirect("http://refuses-all.test:PORT/page"), scope="any"),
        Site("refuses-all", html(page()), robots=b"User-agent: *\nDisallow: /\n", seeds=()),
    ]


def adoption():
    return b"".join(b"<a><b><i><p>" for _ in range(60_000))


def content_sites():
    noise = random.Random(7).randbytes(2 << 20)
    robots_l = b"User-agent: *\nDisallow: /l/\n"
    with open("/bin/true", "rb") as program:
        binary = program.read()
    all_sites = [
        Site("div-100k", html(b"<div>" * 100_000 + END)),
        Site("b-1m", html(lambda: b"<b>" * 1_000_000 + END)),
        Site("adoption", html(lambda: END + adoption())),
        Site("foster", html(lambda: END + b"<table>x<tr>y" * 40_000)),
        Site("attribute-7mb", html(lambda: b'<p title="' + b"a" * 7_000_000 + b'">' + END)),
        Site("attributes-100k", html(lambda: b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">" + END)),
        Site("links-400k", html(lambda: b"".join(b'<a href="/l/%d">' % n for n in range(400_000)) + END),
             robots=robots_l),
        Site("links-1m", html(lambda: END + b"".join(b'<a href="/l/%d">x</a>' % n for n in range(1_000_000))),
             robots=robots_l),
        Site("utf-16be", html(END.decode().encode("utf-16-be"), "text/html; charset=utf-16be")),
        Site("shift-jis", html("<p title='\u8868'>\u8868</p><a href='/linked'>\u80fd</a>".encode("shift_jis"),
                               "text/html; charset=utf-8")),
        Site("no-such-charset", html(END, "text/html; charset=x-no-such-charset-\\u0000")),
        Site("noise", html(noise)),
        Site("program", html(binary)),
        Site("octet-stream", html(b"<!doctype html>" + END, "application/octet-stream")),
        Site("no-content-type", html(b"<!doctype html><title>t</title>" + END, None)),
        Site("empty-body", html(b"")),
        Site("nul-bytes", html(b"<p\0 a\0=1>te\0xt</p><a hr\0ef=/trap>" + END)),
        Site("base-1mb", html(lambda: b'<base href="/' + b"b" * (1 << 20) + b'/">'
                              + b"".join(b'<a href="r%d">' % n for n in range(200)))),
        Site("base-javascript", html(b'<base href="javascript:alert(1)"><a href="linked">x</a>')),
        Site("base-data", html(b'<base href="data:text/html,x"><a href="linked">x</a>')),
        Site("link-long", html(lambda: b'<a href="/' + b"a" * 65_536 + b'">' + b'<a href="/' + b"a" * (2 << 20)
                               + b'">' + END)),
        Site("entities", html(lambda: END + b"&&am&#&#x&notit;" * 390_000)),
        Site("foreign-nesting", html(lambda: END + b"<svg><math><foreignObject><template><select>" * 20_000)),
        Site("external-entity", html(b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY f SYSTEM "file:///etc/passwd">'
                                     b'<!ENTITY c SYSTEM "http://127.0.0.1:PORT/canary">]>'
                                     b'<html xmlns="http://www.w3.org/1999/xhtml"><body>&f;&c;' + END
                                     + b"</body></html>", "application/xhtml+xml")),
        Site("meta-nofollow", html(b'<meta name=robots content="noindex,nofollow"><a href="/trap">x</a>')),
        Site("rel-nofollow", html(b'<a rel=nofollow href="/trap">x</a>' + END)),
    ]
    for site in all_sites:
        site.keys["timeout"] = PATIENT
    return all_sites


def trap_sites():
    def fresh(_):
        return [f"/{random.getrandbits(60)}" for _ in range(5)]

    def session(_):
        return [f"/list?session={random.getrandbits(60)}&page={n}" for n in range(5)]

    def facets(request):
        query = request.path.partition("?")[2]
        return [f"/list?{query}&{key}={random.randint(1, 9)}" for key in ("color", "size", "sort")]

    def trap(name, links):
        return Site(f"trap-{name}", lambda c, r: c.reply(page(*links(r))), budget={"per_host": 40}, max_depth=30)

    def subdomain(connection, _):
        links = [f"http://{random.getrandbits(60)}.wild.test:PORT/" for _ in range(5)]
        return connection.reply(page(*links))

    endless_names = Site("trap-subdomains", subdomain, scope="domain", limits={"pages": 40}, max_depth=30)
    endless_names.host = "www.wild.test"
    return [trap("session", session), trap("random", fresh), trap("facets", facets), endless_names]


OBEY = b"User-agent: *\nDisallow: /no\n"


def robots_site(name, robots, **keys):
    return Site(f"robots-{name}", html(page("/linked")), robots=robots, seeds=("/no", "/ok"), **keys)


def status(line, headers=()):
    return lambda connection, _: connection.reply(b"", line, headers=headers)


def robots_behind_redirects():
    hops = itertools.count()

    def robots(connection, request):
        return connection.reply(b"", "301 Moved", headers=[("Location", "/robots-hop-0")])

    def answer(connection, request):
        if request.path.startswith("/robots-hop-"):
            hop = int(request.path[len("/robots-hop-"):])
            if hop < 4:
                return connection.reply(b"", "301 Moved", headers=[("Location", f"/robots-hop-{hop + 1}")])
            return connection.reply(OBEY, kind="text/plain")
        return connection.reply(page())

    return Site("robots-redirected", answer, robots=robots, seeds=("/no", "/ok"))


def robots_sites():
    agents = b"".join(b"User-agent: bot%d\nDisallow: /\n\n" % n for n in range(60_000))
    filler = b"# filler line that says nothing at all\n" * 256_000
    return [
        robots_site("404", None),
        robots_site("403", status("403 Forbidden")),
        robots_site("500", status("500 Oops")),
        robots_site("503", status("503 Busy")),
        robots_site("silent", lambda c, _: c.stall()),
        robots_site("cut", raw(head("Content-Length: 500") + b"User-agent: *\nDisall")),
        robots_site("10mb", OBEY + filler),
        robots_site("endless", endless(head() + OBEY, b"# and more\n" * 5000)),
        robots_behind_redirects(),
        robots_site("other-host", redirect("http://robots-keeper.test:PORT/robots.txt")),
        robots_site("keeper", OBEY),
        robots_site("cr-only", b"\xef\xbb\xbfuSeR-aGeNt:\t*\rDISALLOW\t:\t/no # not this\r"),
        robots_site("noise", os.urandom(100_000)),
        robots_site("html", page("/x")),
        robots_site("60k-groups", agents + OBEY),
        Site("robots-wildcards", html(page("/no")), seeds=("/" + "a" * 2000, "/no", "/ok"),
             robots=b"User-agent: *\nDisallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*z$\nDisallow: /no\n"),
        Site("robots-longest", html(page()), seeds=("/ok-allowed.html", "/ok-not", "/ok"),
             robots=b"User-agent: *\nDisallow: /ok-\nAllow: /ok-allowed.html\n"),
        robots_site("specific", b"User-agent: *\nDisallow:\n\nUser-agent: BenchBot\nDisallow: /no\n"),
        robots_site("bomb", coded("gzip", gzip_bomb())),
        robots_site("loopback", redirect("http://127.0.0.1:PORT/robots.txt")),
    ]


def sitemap_sites():
    def index(connection, request):
        if not request.path.startswith("/map"):
            return connection.reply(page())
        entries = "".join(f"<sitemap><loc>http://sitemap-endless.test:PORT/map{n}.xml</loc></sitemap>"
                          for n in (request.path[4:-4] or 0, random.getrandbits(40)))
        return connection.reply(f"<sitemapindex>{entries}</sitemapindex>".encode(), kind="application/xml")

    foreign = (b"<urlset><url><loc>http://sitemap-foreign.test:PORT/listed</loc></url>"
               b"<url><loc>http://127.0.0.1:PORT/canary</loc></url><url><loc>file:///etc/passwd</loc></url>"
               b"<url><loc>http://off-site.test/</loc></url></urlset>")

    def mapped(name, answer):
        return Site(f"sitemap-{name}", answer, seeds=("/ok",),
                    robots=f"Sitemap: http://sitemap-{name}.test:PORT/map.xml\n".encode())

    return [
        mapped("endless", index),
        mapped("bomb", html(gzip_bomb(), "application/gzip")),
        mapped("foreign", lambda c, r: c.reply(foreign if "map" in r.path else page(), kind="application/xml"
                                               if "map" in r.path else "text/html")),
    ]


def busy(line, retry_after, times=1):
    count = itertools.count()

    def answer(connection, request):
        if next(count) < times:
            value = retry_after() if callable(retry_after) else retry_after
            return connection.reply(b"", line, headers=[("Retry-After", value)] if value else ())
        return connection.reply(page(text="served"))

    return answer


def http_date(ahead):
    return lambda: time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + ahead))


def politeness_sites():
    def listing(count):
        return lambda c, r: c.reply(page(*([f"/p{n}" for n in range(count)] if r.path == "/x" else [])))

    def one(name, answer, **keys):
        return Site(f"polite-{name}", answer, seeds=("/x",), **keys)

    never = 10 ** 9
    return [
        one("503", busy("503 Busy", "4")),
        one("429", busy("429 Slow", "4")),
        one("429-date", busy("429 Slow", http_date(5))),
        one("503-year", busy("503 Busy", "31536000", never)),
        one("503-1999", busy("503 Busy", "Sun, 06 Nov 1999 08:49:37 GMT", never)),
        one("429-ever", busy("429 Slow", None, never), retries=2),
        one("crawl-delay-1", listing(6), robots=b"User-agent: *\nCrawl-delay: 1\n"),
        one("crawl-delay-half", listing(6), robots=b"User-agent: *\nCrawl-delay: 0.5\n"),
        one("crawl-delay-day", listing(2), robots=b"User-agent: *\nCrawl-delay: 86400\n", max_crawl_delay="2s"),
        one("crawl-delay-bad", listing(3), robots=b"User-agent: *\nCrawl-delay: -3\nCrawl-delay: nan\n"
                                                  b"Crawl-delay: abc\n"),
        one("own-delay", listing(20), delay="200ms", concurrency_per_host=2),
    ]


# Spellings of addresses that must not be contacted; PORT is where the canaries listen.
FORBIDDEN = [
    "localhost", "2130706433", "0177.0.0.01", "0x7f.0x0.0x0.0x1", "0.0.0.0", "0", "127.0.0.1.", "localhost.",
    "127.0.0.%31", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[fe80::1]", "[fd00:ec2::254]", "169.254.169.254", "2852039166", "10.0.0.1",
    "192.168.1.1", "100.64.0.1", "224.0.0.1", "own-host@127.0.0.1", "rebound.dns.test", "half-good.dns.test",
    "half-good6.dns.test",
]


def egress_sites():
    urls = [f"http://{host}:PORT/canary{n}" for n, host in enumerate(FORBIDDEN)]
    urls += ["http://127.0.0.1:PORT\\@egress-links.test/", "http://127.0.0.1:PORT?@egress-links.test/"]
    canary = "http://127.0.0.1:PORT/canary"
    tags = (f'<img src="{canary}/1" srcset="{canary}/2 2x"><iframe src="{canary}/3"></iframe>'
            f'<script src="{canary}/4"></script><link rel=stylesheet href="{canary}/5">'
            f'<form action="{canary}/6"></form><object data="{canary}/7"></object><video src="{canary}/8">'
            f'</video><link rel=canonical href="{canary}/9"><link rel=amphtml href="{canary}/a">'
            f'<meta http-equiv=refresh content="0; url={canary}/b">' + END.decode()).encode()
    based = f'<base href="{canary}/"><a href="relative">x</a>'.encode()
    ports = page(*[f"http://egress-ports.test:{port}/" for port in (22, 25, 6379, 11211)], "/linked")
    targets = ["127.0.0.1", "[::ffff:7f00:1]", "0.0.0.0", "2130706433", "169.254.169.254", "10.0.0.1",
               "rebound.dns.test"]
    return [
        Site("egress-links", only_x(html(page(*urls))), scope="any", max_depth=1),
        Site("egress-tags", only_x(html(tags)), scope="any", follow_requisites=True, follow_forms=True, max_depth=1),
        Site("egress-base", only_x(html(based)), scope="any", max_depth=1),
        Site("egress-ports", only_x(html(ports)), scope="any", max_depth=1),
    ] + [Site(f"egress-redirect-{n}", redirect(f"http://{host}:PORT/canary"), scope="any")
         for n, host in enumerate(targets)]


def sites():
    return (redirect_sites() + content_sites() + trap_sites() + robots_sites() + sitemap_sites()
            + politeness_sites() + egress_sites())
