"""A web of hosts that misbehave, each in one way, beside an honest one.

One process, one port, many loopback addresses: the address a client dials chooses the
behaviour, so that even a host that never speaks HTTP has a name of its own. Every
request goes to the log as one JSON line: monotonic time, host, path, header bytes.

    python3 hostile_server.py LOG        prints {"port": ..., "hosts": {name: address}}
"""
import asyncio
import gzip
import json
import random
import sys
import time

HONEST_PAGES = 60
PAGE = b"<!doctype html><title>%s</title>"


def response(body=b"", status="200 OK", headers=(), length=None):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    if not any(h.lower().startswith("content-type") for h in headers):
        lines.append("Content-Type: text/html")
    return ("\r\n".join([*lines, *headers]) + "\r\n\r\n").encode("latin-1") + body


def links(*targets):
    return PAGE % b"links" + "".join(f'<a href="{t}">x</a> ' for t in targets).encode()


async def silence():
    await asyncio.sleep(3600)


async def for_ever(writer, piece, pause=0.0):
    while True:
        writer.write(piece)
        await writer.drain()
        if pause:
            await asyncio.sleep(pause)


def raw(data):
    """Whatever /x is asked for, these bytes and a close."""

    async def behave(writer, path):
        writer.write(data)

    return behave


def endless(head, piece, pause=0.0):
    async def behave(writer, path):
        writer.write(head)
        await for_ever(writer, piece, pause)

    return behave


def stalled(data):
    async def behave(writer, path):
        writer.write(data)
        await writer.drain()
        await silence()

    return behave


async def reset(writer, path):
    writer.transport.abort()


NOISE = random.Random(7).randbytes(4096)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
ZIPPED = gzip.compress(b"<p>" * 2000)

# What /x of each host does, and what may come of it (a state or reason, any of them).
BEHAVIOURS = {
    "empty": (raw(b""), "empty_reply"),
    "reset": (reset, "reset|empty_reply"),
    "ssh": (raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "bad_response"),
    "noise": (raw(NOISE), "bad_response"),
    "negative-length": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), "bad_response"),
    "two-lengths": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello"),
                    "bad_response"),
    "bad-status": (raw(b"HTTP/1.1 abc def\r\n\r\n"), "bad_response"),
    "status-999": (raw(response(b"no", "999 No")), "999"),
    "slow-header": (endless(b"HTTP/1.1 200 OK\r\n", b"X", 1.0), "timeout|too_slow"),
    "silent": (stalled(b""), "timeout"),
    "half-body": (stalled(response(b"half", length=8)), "timeout|too_slow"),
    "short-body": (raw(response(b"half", length=8)), "truncated"),
    "cut-chunks": (raw(CHUNKED + b"5\r\nhello\r\n"), "truncated"),
    "bad-chunk": (raw(CHUNKED + b"zz\r\nhello\r\n"), "bad_response"),
    "endless-body": (endless(OPEN, b"<p>" * 5000), "done|too_large"),
    "endless-trailers": (endless(CHUNKED + b"2\r\nhi\r\n0\r\n", b"X-T: " + b"t" * 900 + b"\r\n"),
                         "bad_response"),
    "endless-headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-H: " + b"h" * 900 + b"\r\n"),
                        "bad_response"),
    "endless-hints": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "bad_response"),
    "poison": (raw(response(b"good") + response(b"poison")), "done"),
    "cut-gzip": (raw(response(ZIPPED[: len(ZIPPED) // 2], headers=["Content-Encoding: gzip"])),
                 "parse_error|failed|truncated|bad"),
    "fake-gzip": (raw(response(b"<p>plain", headers=["Content-Encoding: gzip"])),
                  "parse_error|failed|done|bad"),
    "nul-header": (raw(b"HTTP/1.1 200 OK\r\nX-\0A: \0\r\nContent-Length: 2\r\n\r\nhi"),
                   "bad_response|done"),
    "cookie-flood": (raw(response(b"hi", headers=[f"Set-Cookie: c{i}={'x' * 4000}" for i in range(60)])),
                     "done"),
    "gopher": (raw(response(b"", "302 Found", ["Location: gopher://127.0.0.1:70/"])), "redirected"),
    "long-location": (raw(response(b"", "302 Found", ["Location: /" + "a" * 90_000])),
                      "redirected|failed|bad"),
    "loop": (raw(response(b"", "302 Found", ["Location: /x"])), "redirected|failed"),
}


class Web:
    def __init__(self, log):
        self.log = log
        self.hosts = {name: f"127.0.2.{i}" for i, name in enumerate(["honest", *BEHAVIOURS], 1)}
        self.names = {address: name for name, address in self.hosts.items()}

    def honest(self, path):
        if path == "/robots.txt":
            return response(b"User-agent: *\nAllow: /\n", headers=["Content-Type: text/plain"])
        number = int(path[2:]) if path[2:].isdigit() else 0
        return response(links(*(f"/p{n}" for n in range(number + 1, number + 4) if n < HONEST_PAGES)))

    async def answer(self, writer, host, path):
        """True when the connection may go on."""
        if host == "honest":
            writer.write(self.honest(path))
            return True
        if path == "/robots.txt":
            writer.write(response(b"", "404 Not Found"))
            return True
        if path == "/":
            writer.write(response(links("/x", "/y")))
            return True
        if path != "/x":
            writer.write(response(PAGE % b"fine"))
            return True
        await BEHAVIOURS[host][0](writer, path)
        return False

    async def serve(self, reader, writer):
        host = self.names.get(writer.get_extra_info("sockname")[0], "honest")
        try:
            goes_on = True
            while goes_on:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1")
                line = {"time": time.monotonic(), "host": host, "path": path, "bytes": len(head)}
                print(json.dumps(line), file=self.log, flush=True)
                goes_on = await self.answer(writer, host, path)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


async def main(path):
    with open(path, "w", encoding="utf-8") as log:
        web = Web(log)
        server = await asyncio.start_server(web.serve, "0.0.0.0", 0, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        expected = {name: outcome for name, (_, outcome) in BEHAVIOURS.items()}
        print(json.dumps({"port": port, "hosts": web.hosts, "expected": expected}), flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
