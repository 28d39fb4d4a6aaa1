#!/usr/bin/env python3
"""page_server.py PORT SECONDS SITE PAGES: a server for benches that answers each request after so long.

  star   the first page links to all PAGES of its host; all have the same 40 KB of text
  tree   each page links to ten more, to its parent and to 48 that many pages share; the
         40 KB of each are its own
"""
import asyncio
import random
import sys

port, seconds, site, pages = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
PLAIN = b"<title>p</title><p>" + b"x " * 20000
random.seed(1)
WORDS = b" ".join(bytes(random.choices(b"abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 10))) for _ in range(100_000))


def star(number):
    return PLAIN + (b"".join(b'<a href="/%d">x</a>' % n for n in range(1, pages)) if number == 0 else b"")


def tree(number):
    links = [*range(1, 49), number // 10, *range(number * 10 + 1, number * 10 + 11)]
    at = number * 7919 % (len(WORDS) - 36_000)
    return (b"<!DOCTYPE html><title>page %d</title><h1>page %d</h1>" % (number, number)
            + b"".join(b'<p><a href="/%d">page %d</a>' % (n, n) for n in links if n < pages)
            + b"<p>" + WORDS[at:at + 36_000])


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            name = head.split(b" ", 2)[1][1:]
            if seconds:
                await asyncio.sleep(seconds)
            body = {"star": star, "tree": tree}[site](int(name) if name.isdigit() else 0)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", port, backlog=8192)
    async with server:
        await server.serve_forever()


asyncio.run(main())
