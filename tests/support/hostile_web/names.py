"""A name server that misbehaves: what it answers depends on the first label of the name."""
import socket
import struct
import threading
import time

A, CNAME, AAAA = 1, 5, 28


def name_bytes(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"


class HostileNames:
    """`addresses`: name -> list of IPv4 or IPv6 addresses; other behaviours by first label."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.asked = []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            threading.Thread(target=self._answer, args=(query, peer), daemon=True).start()

    def _answer(self, query, peer):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = ".".join(labels)
        self.asked.append((time.monotonic(), name, kind))
        code, records = 0, []
        if labels[0] == "silent":
            return
        if labels[0] == "slow":
            time.sleep(1.0)
        if labels[0] == "servfail":
            code = 2
        elif labels[0] == "loop":
            records = [(name, CNAME, name_bytes("loop2.dns.test")), ("loop2.dns.test", CNAME, name_bytes(name))]
        elif name in self.addresses:
            for address in self.addresses[name]:
                family, record = (socket.AF_INET6, AAAA) if ":" in address else (socket.AF_INET, A)
                if record == kind:
                    records.append((name, record, socket.inet_pton(family, address)))
        else:
            code = 3
        body = b"".join((b"\xc0\x0c" if owner == name else name_bytes(owner)) + struct.pack(">HHIH", record, 1, 60, len(data)) + data
                        for owner, record, data in records)
        header = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        self.sock.sendto(header + question + body, peer)

    def close(self):
        self.sock.close()
