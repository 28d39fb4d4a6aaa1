"""Sites whose HTTP/1 is broken, slow, endless or lying."""
import gzip
import os
import struct
import time
import zlib

from hostile_web.server import PATIENT, Site, page

GOOD = page("/linked", text="good")


def raw(data, close=True):
    """Answers every request with these bytes."""

    def answer(connection, _):
        connection.send(data)
        return not close

    return answer


def head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *lines]).encode() + b"\r\n\r\n"


def endless(first, piece, pause=0.0, most=64 << 20):
    def answer(connection, _):
        connection.send(first)
        sent = 0
        while sent < most:
            connection.send(piece)
            sent += len(piece)
            if pause:
                time.sleep(pause)
        return False

    return answer


def half_then_silence(connection, _):
    connection.send(head("Content-Length: 200000") + b"<p>half</p>" * 1000)
    connection.stall()


def gzip_bomb(mebibytes=1024):
    """A valid gzip stream without its trailer: the same compressed MiB of zeros again and again."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflate.compress(b"")
    piece = deflate.compress(b"\0" * (1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + piece * mebibytes


def zstd_bomb(mebibytes=1024):
    """RFC 8878: a frame with an 8 MiB window, made of run-length blocks of 128 KiB."""
    frame = struct.pack("<I", 0xFD2FB528) + bytes([0x00, 0x68])
    block = struct.pack("<I", (1 << 1) | (128 << 10 << 3))[:3] + b"a"
    return frame + block * (mebibytes * 8)


def coded(coding, body):
    return lambda connection, _: connection.reply(body, headers=[("Content-Encoding", coding)])


def fails_twice(connection, request, state={"count": 0}):
    state["count"] += 1
    if state["count"] <= 2:
        return connection.reply(b"", "500 Oops")
    return connection.reply(page(text="third time"))


def poisoned(connection, _):
    connection.send(head(f"Content-Length: {len(GOOD)}") + GOOD + head("Content-Length: 6") + b"poison")
    return True


def closes_second_request(connection, request):
    if connection.served > 1:
        return False
    links = [f"/p{n}" for n in range(8)] if request.path == "/x" else []
    return connection.reply(page(*links), headers=[("Connection", "keep-alive")])


def many_cookies(connection, request):
    cookies = [("Set-Cookie", f"c{n}={'v' * 4000}") for n in range(400)] if request.path == "/x" else []
    # 1.6 MB of headers is over any header limit; 50 at a time are under it.
    start = int(request.path[2:] or 0) * 50 if request.path.startswith("/x") else 0
    return connection.reply(page("/x1", "/after"), headers=cookies[start:start + 50])


def three_connections_are_one_too_many(site_box):
    def refuse(connection):
        site = site_box[0]
        if site.open > 2:
            connection.reset()
            return False
        return True

    return refuse


def crowded():
    box = []

    def answer(connection, request):
        time.sleep(0.05)
        links = [f"/p{n}" for n in range(8)] if request.path == "/x" else []
        return connection.reply(page(*links))

    box.append(Site("crowded", answer, on_connect=three_connections_are_one_too_many(box)))
    return box[0]


def close_at_once(connection):
    return False


def reset_at_once(connection):
    connection.reset()


def say(data):
    def speak(connection):
        connection.send(data)
        time.sleep(0.2)

    return speak


def stall(connection):
    connection.stall()


def sites():
    packed = gzip.compress(GOOD * 50)
    return [
        Site("nothing-listens", listens=False),
        Site("closes-at-once", on_connect=close_at_once),
        Site("resets-at-once", on_connect=reset_at_once),
        Site("never-says-anything", on_connect=stall),
        Site("ssh-server", on_connect=say(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")),
        Site("random-bytes", on_connect=say(os.urandom(4096))),
        Site("ssh-page", raw(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")),
        Site("random-page", raw(b"\x16\x03" + os.urandom(4096))),
        Site("length-too-small", poisoned, seeds=("/x", "/y", "/z")),
        Site("length-negative", raw(head("Content-Length: -5") + GOOD)),
        Site("two-lengths", raw(head("Content-Length: 5", "Content-Length: 60") + GOOD)),
        Site("slowloris", endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", pause=0.5)),
        Site("half-body", half_then_silence),
        Site("short-body", raw(head("Content-Length: 50000") + GOOD)),
        Site("endless-body", endless(head(), b"<p>more</p>" * 6000), timeout=PATIENT),
        Site("chunked-cut", raw(head("Transfer-Encoding: chunked") + b"40\r\n" + b"x" * 64 + b"\r\n")),
        Site("chunk-size-zz", raw(head("Transfer-Encoding: chunked") + b"zz\r\nabc\r\n0\r\n\r\n")),
        Site("endless-trailers",
             endless(head("Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n", b"X-T: 1\r\n" * 100, pause=0.01)),
        Site("gzip-cut", coded("gzip", packed[:len(packed) // 2])),
        Site("gzip-wrong-crc", coded("gzip", packed[:-8] + b"\1\2\3\4" + packed[-4:])),
        Site("gzip-plain", coded("gzip", GOOD)),
        Site("gzip-bomb", coded("gzip", gzip_bomb()), timeout=PATIENT),
        Site("zstd-bomb", coded("zstd", zstd_bomb()), timeout=PATIENT),
        Site("double-gzip-bomb", coded("gzip, gzip", gzip.compress(gzip_bomb())), timeout=PATIENT),
        Site("unknown-coding", coded("x-foo", GOOD)),
        Site("header-flood", raw(head(*[f"X-{n}: {'v' * 70}" for n in range(100_000)],
                                      f"Content-Length: {len(GOOD)}") + GOOD)),
        Site("endless-headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 1000)),
        Site("cookie-flood", many_cookies, seeds=("/x", "/after", "/later")),
        Site("endless-103", endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 50, pause=0.01)),
        Site("endless-100", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, pause=0.01)),
        Site("status-abc", raw(b"HTTP/1.1 abc def\r\nContent-Length: 0\r\n\r\n")),
        Site("status-999", lambda c, _: c.reply(GOOD, "999 Denied")),
        Site("nul-in-header", raw(head("X-N\0ul: a\0b", f"Content-Length: {len(GOOD)}") + GOOD)),
        Site("bare-lf", raw(b"HTTP/1.1 200 OK\nContent-Type: text/html\nX-Fold: a\n b\n"
                            b"Content-Length : %d\n\n" % len(GOOD) + GOOD)),
        Site("basic-auth", lambda c, _: c.reply(b"no", "401 Unauthorized",
                                                headers=[("WWW-Authenticate", 'Basic realm="x"')])),
        crowded(),
        Site("closes-second-request", closes_second_request),
        Site("fails-twice", fails_twice, retries=3, seeds=("/x",)),
    ]
