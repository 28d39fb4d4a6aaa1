"""Sites whose HTTP/2 is broken, in frames written by hand (RFC 9113 section 4.1).

Requests are counted, not read: a site's first one is for robots.txt, which it does not have.
"""
import itertools
import struct
import time

from hostile_web.server import Site, page

DATA, HEADERS, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 4, 6, 7, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200, STATUS_404 = b"\x88", b"\x8d"  # RFC 7541 appendix A


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def goaway(last_stream):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last_stream, 0))


class Frames:
    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def _read(self, size):
        while len(self.rest) < size:
            data = self.connection.sock.recv(65536)
            if not data:
                return None
            self.rest += data
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def begin(self):
        if self._read(24) is None:
            return False
        self.connection.send(frame(SETTINGS, 0, 0))
        return True

    def next_request(self):
        """The stream of the next request; None once the client left."""
        while head := self._read(9):
            size, kind, flags, stream = int.from_bytes(head[:3], "big"), head[3], head[4], int.from_bytes(head[5:], "big")
            if self._read(size) is None:
                return None
            if kind == SETTINGS and not flags & ACK:
                self.connection.send(frame(SETTINGS, ACK, 0))
            if kind == HEADERS:
                return stream
        return None


def reply(connection, stream, status=STATUS_200, body=b""):
    connection.send(frame(HEADERS, END_HEADERS, stream, status) + frame(DATA, END_STREAM, stream, body))
    return True


def goaway_once(connection, stream, count):
    if count == 1:
        connection.send(goaway(0))
        return False
    return reply(connection, stream, body=page(text="second connection"))


def goaway_ever(connection, stream, count):
    connection.send(goaway(0))
    return False


def continuation_flood(connection, stream, count):
    connection.send(frame(HEADERS, 0, stream, STATUS_200))
    # Literal headers without indexing, 16 KiB a frame.
    piece = (b"\x00\x01x\x7f\x81\x7e" + b"y" * 16_384)[:16_384]
    for _ in range(4_096):
        connection.send(frame(CONTINUATION, 0, stream, piece))
    return False


def flood(connection, stream, count):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        connection.send(frame(PING, 0, 0, b"12345678") * 50 + frame(SETTINGS, 0, 0) * 50)
    return False


def no_data(connection, stream, count):
    connection.send(frame(HEADERS, END_HEADERS, stream, STATUS_200))
    connection.stall()
    return False


def sites(authority, folder):
    def site(name, behave):
        requests = itertools.count()

        def converse(connection):
            frames = Frames(connection)
            going = frames.begin()
            while going and (stream := frames.next_request()) is not None:
                count = next(requests)
                going = reply(connection, stream, STATUS_404) if count == 0 else behave(connection, stream, count)
            return False

        context = authority.context(f"h2-{name}.test")
        context.set_alpn_protocols(["h2"])
        return Site(f"h2-{name}", on_connect=converse, seeds=("/x",), tls=context,
                    ca_certificate=str(folder / "good-ca.pem"))

    return [site("goaway-once", goaway_once), site("goaway-ever", goaway_ever),
            site("continuation", continuation_flood), site("flood", flood), site("no-data", no_data)]
