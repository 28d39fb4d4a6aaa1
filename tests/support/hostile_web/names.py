"""A name server that misbehaves: what it answers depends on the first label of the name."""
import socket
import struct
import threading
import time

A, CNAME, AAAA = 1, 5, 28


def name_bytes(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"


def both_sockets():
    """One for UDP and one for TCP on one port; a port that is free for one may be taken for the other."""
    for _ in range(100):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", 0))
        try:
            return datagrams, socket.create_server(datagrams.getsockname())
        except OSError:
            datagrams.close()
    raise OSError("no port is free for UDP and TCP")


class HostileNames:
    """`addresses`: name -> list of IPv4 or IPv6 addresses, "*.name" for all names below it; other
    behaviours by first label. Names of "long.*" are cut short over UDP and whole over TCP."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.asked = []
        self.sock, self.stream = both_sockets()
        self.port = self.sock.getsockname()[1]
        self.asked_by_tcp = []
        threading.Thread(target=self._serve_streams, daemon=True).start()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            threading.Thread(target=self._answer, args=(query, peer), daemon=True).start()

    def _serve_streams(self):
        """RFC 1035 section 4.2.2: a length of two bytes in front of each message."""
        while True:
            try:
                client, _ = self.stream.accept()
                with client:
                    client.settimeout(5)
                    while size := client.recv(2, socket.MSG_WAITALL):
                        query = client.recv(struct.unpack(">H", size)[0], socket.MSG_WAITALL)
                        message = self._message(query, True)
                        client.sendall(struct.pack(">H", len(message)) + message)
            except TimeoutError:
                continue
            except OSError:
                return

    def _answer(self, query, peer):
        message = self._message(query, False)
        if message:
            self.sock.sendto(message, peer)

    def _addresses_of(self, name):
        return self.addresses.get(name) or self.addresses.get("*." + name.partition(".")[2])

    def _message(self, query, by_tcp):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = ".".join(labels)
        self.asked.append((time.monotonic(), name, kind))
        if by_tcp:
            self.asked_by_tcp.append(name)
        code, cut, records = 0, 0, []
        if labels[0] == "silent":
            return b""
        if labels[0] == "slow":
            time.sleep(1.0)
        if labels[0] == "servfail":
            code = 2
        elif labels[0] == "loop":
            records = [(name, CNAME, name_bytes("loop2.dns.test")), ("loop2.dns.test", CNAME, name_bytes(name))]
        elif labels[0] == "long" and not by_tcp:
            cut = 0x0200  # TC
        elif addresses := self._addresses_of(name):
            for address in addresses:
                family, record = (socket.AF_INET6, AAAA) if ":" in address else (socket.AF_INET, A)
                if record == kind:
                    records.append((name, record, socket.inet_pton(family, address)))
        else:
            code = 3
        body = b"".join((b"\xc0\x0c" if owner == name else name_bytes(owner)) + struct.pack(">HHIH", record, 1, 60, len(data)) + data
                        for owner, record, data in records)
        header = query[:2] + struct.pack(">HHHHH", 0x8180 | cut | code, 1, len(records), 0, 0)
        return header + question + body

    def close(self):
        self.sock.close()
        self.stream.close()
