"""How a site is reached: with a client certificate, from an address, through one proxy of several."""
import contextlib
import os
import pathlib
import re
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import CRAWLD, html, summary
from hostile_web.certificates import Authority, openssl

SITE = "shop.test"


@pytest.fixture
def authority(tmp_path):
    """Leaves the files of a client that shows itself as "archive"."""
    ca = Authority(tmp_path, "ca")
    ca.context("archive")
    openssl("pkcs8", "-topk8", "-in", "archive.key", "-out", "locked.key", "-passout", "pass:hunter2", folder=tmp_path)
    (tmp_path / "locked.key").chmod(0o600)
    return ca


def asking(authority, name, asks):
    """The context of a server called `name` that asks who its clients are."""
    context = authority.context(name)
    context.load_verify_locations(authority.folder / "ca.pem")
    context.verify_mode = asks
    return context


def secure(server, context):
    """`server` over TLS: its URL, and the flags that find it. `seen` lists the names of the clients."""
    server.seen = []
    plain = server.httpd.RequestHandlerClass

    class Handler(plain):
        def setup(self):
            below = self.request.dup()
            try:
                self.request = context.wrap_socket(self.request, server_side=True)
            except ssl.SSLError:
                # What the client sent early must be read, or a reset overtakes the alert.
                below.shutdown(socket.SHUT_WR)
                while below.recv(65536):
                    pass
                raise
            finally:
                below.close()
            names = dict(item[0] for item in (self.request.getpeercert() or {}).get("subject", ()))
            server.seen.append(names.get("commonName"))
            super().setup()

    server.httpd.RequestHandlerClass = Handler
    server.httpd.handle_error = lambda *_: None
    return f"https://{SITE}:{server.port}/", ["--resolve", f"{SITE}:{server.port}:127.0.0.1"]


class Proxy:
    """A proxy that tunnels and forwards to loopback, whatever the name; `asked` lists the request lines. `context`: it speaks TLS itself."""

    def __init__(self, context=None, answer=None):
        self.asked = []
        self.client_names = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    client = context.wrap_socket(self.request, server_side=True) if context else self.request
                    if context:
                        proxy.client_names.append(client.getpeercert())
                    proxy.serve(client, answer)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, client, answer):
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(65536)
            if not part:
                return
            head += part
        line = head.split(b"\r\n", 1)[0].decode()
        self.asked.append(line)
        if answer:
            return client.sendall(answer)
        target = re.match(r"CONNECT (\S+):(\d+)", line) or re.match(r"GET http://([^/:]+):(\d+)", line)
        with socket.create_connection(("127.0.0.1", int(target[2])), timeout=60) as host:
            if line.startswith("CONNECT"):
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = re.sub(r"^GET http://[^/]+", "GET ", line).encode()
                rest = head.split(b"\r\n", 1)[1].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
                host.sendall(path + b"\r\n" + rest)
            self.relay(client, host)

    @staticmethod
    def relay(client, host):
        while True:
            pending = isinstance(client, ssl.SSLSocket) and client.pending()
            ready = [client] if pending else select.select([client, host], [], [], 60)[0]
            for one in ready:
                part = one.recv(65536)
                if not part:
                    return
                (host if one is client else client).sendall(part)

    def url(self, login=""):
        return f"http://{login}{self.address}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def proxy():
    proxies = []

    def start(**settings):
        proxies.append(Proxy(**settings))
        return proxies[-1]

    yield start
    for one in proxies:
        one.close()


def dead_address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % listener.getsockname()[1]


# --- client certificates -------------------------------------------------------------------

def test_a_site_that_asks_who_its_visitors_are_is_crawled_with_a_certificate_whose_key_is_locked(
        crawl, serve, authority, tmp_path):
    site = serve(lambda path: html(["/a"]) if path == "/" else html([]))
    url, resolve = secure(site, asking(authority, SITE, ssl.CERT_REQUIRED))
    flags = ["--ca-certificate", tmp_path / "ca.pem", *resolve, url]
    turned_away = crawl.run("-t", "1", *flags)
    assert "failed: tls" in turned_away.stderr and "--certificate FILE" in turned_away.stderr
    assert site.paths() == []
    result = subprocess.run(
        crawl.command("--delay", "0", "--json", "--certificate", tmp_path / "archive.pem",
                      "--private-key", tmp_path / "locked.key", *flags),
        capture_output=True, text=True, timeout=120, env={**os.environ, "CRAWLD_DEFAULTS_PRIVATE_KEY_PASSWORD": "hunter2"})
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == 2
    assert set(site.seen) == {"archive"}
    assert b"hunter2" not in crawl.db.read_bytes()


@pytest.mark.parametrize("flags, words", [
    (["--certificate", "archive.pem"], '--private-key: "{}/archive.pem" holds no private key in PEM form'),
    (["--certificate", "archive.pem", "--private-key", "ca.key"], "does not belong to the first certificate of"),
    (["--certificate", "archive.pem", "--private-key", "locked.key"], '"{}/locked.key" is locked; private_key_password opens it'),
    (["--private-key", "archive.key"], "--private-key: needs the certificate: that it belongs to"),
    (["--certificate", "archive.csr", "--private-key", "archive.key"], "holds no certificate in PEM form"),
])
def test_a_certificate_that_cannot_be_used_ends_the_crawl_before_it_starts(crawl, authority, tmp_path, flags, words):
    typed = [tmp_path / word if not word.startswith("--") else word for word in flags]
    result = subprocess.run(crawl.command(*typed, "https://a.test/"), capture_output=True, text=True, timeout=60,
                            stdin=subprocess.DEVNULL)
    assert result.returncode == 2
    assert words.format(tmp_path) in result.stderr and result.stderr.count("\n") == 1
    assert not crawl.db.exists()


def test_check_tells_a_key_that_does_not_fit_with_its_line(authority, tmp_path):
    file = tmp_path / "crawl.yaml"
    file.write_text(f"sites:\n  - name: a\n    seeds: [https://a.test/]\n    certificate: {tmp_path}/archive.pem\n"
                    f"    private_key: {tmp_path}/ca.key\n")
    result = subprocess.run([CRAWLD, "check", "-c", file], capture_output=True, text=True, timeout=60)
    assert result.returncode == 4
    assert result.stderr.startswith(f'{file}:5:18: private_key: "{tmp_path}/ca.key" does not belong to')


def test_a_certificate_goes_through_an_https_proxy_to_the_host_and_not_to_the_proxy(
        crawl, serve, authority, proxy, tmp_path):
    site = serve(lambda path: html([]) if path == "/" else (404, {}, b""))
    url, resolve = secure(site, asking(authority, SITE, ssl.CERT_REQUIRED))
    between = proxy(context=asking(authority, "between.test", ssl.CERT_OPTIONAL))
    result = crawl.run("--json", "--delay", "0", "--proxy", f"https://between.test:{between.port}", *resolve,
                       "--resolve", f"between.test:{between.port}:127.0.0.1", "--ca-certificate", tmp_path / "ca.pem",
                       "--certificate", tmp_path / "archive.pem", "--private-key", tmp_path / "archive.key", url)
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == 1
    assert set(site.seen) == {"archive"}
    assert between.client_names and not any(between.client_names)
    assert all(line.startswith("CONNECT ") for line in between.asked)


# --- bind_address ---------------------------------------------------------------------------

def test_a_crawl_starts_its_connections_at_the_address_it_is_told(crawl, serve):
    site = serve(lambda path: html([]) if path == "/" else (404, {}, b""))
    came_from = set()
    plain = site.httpd.process_request
    site.httpd.process_request = lambda request, client: (came_from.add(client[0]), plain(request, client))
    assert crawl.run("--delay", "0", "--bind-address", "127.0.0.7", site.url()).returncode == 0
    assert came_from == {"127.0.0.7"}


def test_an_address_of_another_machine_is_told_at_the_start(crawl):
    result = crawl.run("--bind-address", "192.0.2.1", "http://a.test/")
    assert result.returncode == 2
    assert result.stderr.startswith('crawld: --bind-address: "192.0.2.1" is no address and no interface of this machine, '
                                    "which has lo 127.0.0.1")


def test_a_host_is_reached_over_the_family_of_addresses_that_is_asked_for(crawl, serve, tmp_path):
    site = serve(lambda path: html([]) if path == "/" else (404, {}, b""))
    where = ["--delay", "0", "-t", "1", "--allow-address", "::1", "--resolve", f"{SITE}:{site.port}:[::1],127.0.0.1",
             f"http://{SITE}:{site.port}/"]
    refused = crawl.run("-6", *where)
    assert not site.log and "failed: connect" in refused.stderr
    for flags in (["-4"], ["--prefer-family", "IPv6"]):
        crawl.db = tmp_path / f"{flags[-1]}.db"
        assert summary(crawl.run("--json", *flags, *where))["pages"] == 1
        assert crawl.sql("SELECT DISTINCT remote_address FROM fetches WHERE url_id <> 0") == [("127.0.0.1",)]
    crawl.db = tmp_path / "old.db"
    said = crawl.run("-6", "--delay", "0", "-t", "1", site.url())
    assert "address_family: no IPv6 address to connect to" in said.stderr


# --- proxies --------------------------------------------------------------------------------

MANY = 40


# Which proxy a host keeps to hangs on the proxy's port, so on chance here. Of so many hosts no proxy is left with none.
def many_hosts(port):
    names = [f"h{number}.test" for number in range(MANY)]
    resolve = [word for name in names for word in ("--resolve", f"{name}:{port}:127.0.0.1")]
    return [f"http://{name}:{port}/" for name in names], resolve


def test_hosts_keep_to_one_proxy_of_a_pool_and_a_dead_one_is_named(crawl, serve, proxy):
    site = serve(lambda path: (404, {}, b"") if path == "/robots.txt" else html(["/a", "/b"]))
    urls, resolve = many_hosts(site.port)
    first, second, dead = proxy(), proxy(), dead_address()
    pool = [word for url in (first.url("me:hunter2@"), second.url(), f"http://me:hunter2@{dead}") for word in ("--proxy", url)]
    result = crawl.run("--json", "--delay", "0", *pool, *resolve, *urls)
    assert result.returncode == 0, result.stderr
    told = summary(result)
    assert told["pages"] == 3 * MANY
    assert [(trouble["proxy"], trouble["last"]) for trouble in told["failed_proxies"]] == [(dead, "Connection refused")]
    assert "hunter2" not in result.stdout + result.stderr
    hosts_of = [{re.search(r"http://(h\d+)", line)[1] for line in one.asked} for one in (first, second)]
    assert hosts_of[0] and hosts_of[1]
    assert not hosts_of[0] & hosts_of[1] and len(hosts_of[0] | hosts_of[1]) == MANY


def test_what_failed_at_the_only_proxy_is_told_with_its_name(crawl, serve):
    dead = dead_address()
    site = serve(lambda _: html([]))
    said = crawl.run("-t", "1", "--proxy", f"http://me:hunter2@{dead}", site.url())
    assert f"  proxy       {dead} failed" in said.stderr and "Connection refused" in said.stderr
    assert f"failed: proxy (the proxy {dead}: Connection refused)" in said.stderr
    story = subprocess.run([CRAWLD, "why", "--db", crawl.db, site.url()], capture_output=True, text=True, timeout=60).stdout
    assert f"the proxy {dead}: Connection refused" in story
    assert "hunter2" not in said.stderr + story


def test_a_proxy_that_wants_another_login_gives_its_hosts_to_the_next(crawl, serve, proxy):
    site = serve(lambda path: html([]) if path == "/" else (404, {}, b""))
    urls, resolve = many_hosts(site.port)
    good = proxy()
    locked = proxy(answer=b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    result = crawl.run("--json", "--delay", "0", "--concurrency", "1", "--proxy", locked.url(), "--proxy", good.url(), *resolve, *urls)
    assert result.returncode == 0, result.stderr
    assert summary(result)["pages"] == MANY
    assert len(locked.asked) == 1
