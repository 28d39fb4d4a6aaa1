"""A web server that misbehaves on purpose.

Every site has an address of its own in 127.0.1.0/24 and one port serves them all, so that a
behaviour can begin as early as the connection. A connection to any address that is listened on
without being a site (the canaries) is logged as an intrusion. Standard library only.

A behaviour is a function `answer(connection, request)`; it returns True to keep the connection.
"""
import collections
import selectors
import socket
import ssl
import struct
import threading
import time

Request = collections.namedtuple("Request", "at site method path headers size")
# Of sites that send megabytes and mean to end: a busy machine may need more than the short limits.
PATIENT = {"first_byte": "25s", "total": "25s"}
NO_HANDSHAKE = object()  # as Site.tls: accepts, then says nothing
LINGER_AND_RESET = struct.pack("ii", 1, 0)


class Connection:
    """One accepted connection; reads requests, writes what it is told to."""

    def __init__(self, sock, port):
        self.sock = sock
        self.port = port
        self.rest = b""
        self.served = 0

    def send(self, data):
        self.sock.sendall(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_AND_RESET)
        self.sock.close()

    def stall(self, seconds=20.0):
        """Says nothing until the other side goes away, or for `seconds`."""
        self.sock.settimeout(seconds)
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass

    def read_head(self):
        while b"\r\n\r\n" not in self.rest:
            data = self.sock.recv(65536)
            if not data or len(self.rest) > 1 << 20:
                return None
            self.rest += data
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        return head

    def reply(self, body=b"", status="200 OK", kind="text/html", headers=()):
        # Sites are described before the port is known.
        body = body.replace(b":PORT", b":%d" % self.port)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        if kind:
            lines.append(f"Content-Type: {kind}")
        lines += [f"{name}: {value}".replace(":PORT", f":{self.port}") for name, value in headers]
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        return True


def page(*links, text="page"):
    anchors = "".join(f'<a href="{link}">x</a>\n' for link in links)
    return f"<!doctype html><title>{text}</title>{anchors}<p>complete</p></html>".encode()


class Site:
    """`answer` gets every request but robots.txt, which `robots` gets (bytes, function or None: 404)."""

    def __init__(self, name, answer=None, robots=None, on_connect=None, seeds=("/x", "/ok"), tls=None,
                 listens=True, **keys):
        self.name = name
        self.answer = answer
        self.robots = robots
        self.on_connect = on_connect
        self.seeds = seeds
        self.tls = tls          # an ssl.SSLContext, or NO_HANDSHAKE
        self.listens = listens
        self.keys = keys        # of the site in the configuration
        self.address = None
        self.host = f"{name}.test"
        self.connections = 0
        self.most_open = 0
        self.open = 0


class HostileServer:
    def __init__(self, sites, canaries=("127.0.0.1", "::1")):
        self.sites = {}
        self.log = []
        self.intrusions = []
        self.lock = threading.Lock()
        self.selector = selectors.DefaultSelector()
        self.port = None
        self.stopping = False
        for number, site in enumerate(sites, 1):
            site.address = f"127.0.1.{number}" if number < 255 else f"127.0.2.{number - 254}"
            self.sites[site.address] = site
        self.port = self._free_port()
        for site in sites:
            if site.listens:
                self._listen(site.address, site)
        for address in canaries:
            self._listen(address, None)
        threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def _free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def _listen(self, address, site):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((address, self.port))
        except OSError:
            if site is None:
                return  # no IPv6 here
            raise
        sock.listen(128)
        self.selector.register(sock, selectors.EVENT_READ, site)

    def _accept(self):
        while not self.stopping:
            for key, _ in self.selector.select(0.5):
                try:
                    sock, _ = key.fileobj.accept()
                except OSError:
                    continue
                if key.data is None:
                    self.intrusions.append((time.monotonic(), sock.getsockname()))
                    sock.close()
                    continue
                threading.Thread(target=self._serve, args=(sock, key.data), daemon=True).start()

    def _serve(self, sock, site):
        with self.lock:
            site.connections += 1
            site.open += 1
            site.most_open = max(site.most_open, site.open)
        try:
            sock.settimeout(30)
            if site.tls is NO_HANDSHAKE:
                Connection(sock, self.port).stall()
                return
            if site.tls:
                sock = site.tls.wrap_socket(sock, server_side=True)
            self._converse(Connection(sock, self.port), site)
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            with self.lock:
                site.open -= 1
            try:
                sock.close()
            except OSError:
                pass

    def _converse(self, connection, site):
        if site.on_connect and not site.on_connect(connection):
            return
        while (head := connection.read_head()) is not None:
            request = self._note(head, site)
            connection.served += 1
            if request.path == "/robots.txt" and not callable(site.robots):
                if site.robots is None:
                    connection.reply(b"", "404 Not Found")
                else:
                    connection.reply(site.robots, kind="text/plain")
                continue
            respond = site.robots if request.path == "/robots.txt" else site.answer
            if request.path == "/ok" or respond is None:
                connection.reply(page(text="ok"))
            elif not respond(connection, request):
                return

    def _note(self, head, site):
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = (lines[0] + "  ").split(" ", 2)
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        request = Request(time.monotonic(), site.name, method, path, headers, len(head))
        with self.lock:
            self.log.append(request)
        return request

    def paths(self, name):
        return [request.path for request in self.log if request.site == name]

    def times(self, name):
        return [request.at for request in self.log if request.site == name]

    def url(self, site, path):
        return f"{'https' if site.tls else 'http'}://{site.host}:{self.port}{path}"

    def close(self):
        self.stopping = True
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
