"""What a disk holds after the power was cut, from a record of tests/support/faults/disk_record.cc.

A file keeps what its last fsync covered. Of the writes behind that any may have reached the disk
and any not, sector by sector. Renames, removals and new names become durable in order: all that a
directory's fsync covered, and of the rest a beginning.
"""
import pathlib
import struct

SECTOR = 512


class File:
    def __init__(self):
        self.durable = bytearray()
        self.waiting = []  # ("w", offset, data) or ("t", size)

    def apply(self, kind, offset, data=b""):
        if kind == "t":
            del self.durable[offset:]
            self.durable.extend(bytes(offset - len(self.durable)))
            return
        if len(self.durable) < offset:
            self.durable.extend(bytes(offset - len(self.durable)))
        self.durable[offset:offset + len(data)] = data

    def sync(self):
        for operation in self.waiting:
            self.apply(*operation)
        self.waiting.clear()

    def cut(self, chance):
        """`chance` decides which of the writes that were not synced arrived."""
        for kind, offset, data in self.waiting:
            if kind == "t":
                if chance.random() < 0.5:
                    self.apply(kind, offset)
                continue
            arrived = chance.choice((0.0, 0.5, 0.9, 1.0))
            for at in range(0, len(data), SECTOR):
                if chance.random() < arrived:
                    self.apply("w", offset + at, data[at:at + SECTOR])
        self.waiting.clear()


def read_record(path):
    data = pathlib.Path(path).read_bytes()
    operations, at = [], 0
    while at < len(data):
        op = chr(data[at])
        name_size, offset, size = struct.unpack_from("<QQQ", data, at + 1)
        at += 25
        name = data[at:at + name_size].decode()
        at += name_size
        operations.append((op, pathlib.Path(name).name, offset, data[at:at + size]))
        at += size
    return operations


class Names:
    """Which file stands under which name: in memory, and on the disk."""

    def __init__(self):
        self.now, self.durable, self.waiting = {}, {}, []

    def note(self, *change):
        self._apply(self.now, change)
        self.waiting.append(change)

    def sync(self, count=None):
        for change in self.waiting[:count]:
            self._apply(self.durable, change)
        del self.waiting[:count]

    @staticmethod
    def _apply(names, change):
        kind, name, other = change
        if kind == "new":
            names[name] = other
        elif kind == "u":
            names.pop(name, None)
        elif name in names:
            names[other] = names.pop(name)


def after_a_cut(operations, count, chance):
    """(name -> bytes on the disk, what had been acknowledged) after the first `count` operations."""
    names, acknowledged = Names(), []
    for op, name, offset, data in operations[:count]:
        if op == "a":
            acknowledged.append(data)
            continue
        if op == "d":
            names.sync()
            continue
        if op in "ur":
            names.note(op, name, pathlib.Path(data.decode()).name if op == "r" else None)
            continue
        if name not in names.now:
            names.note("new", name, File())
        file = names.now[name]
        if op == "s":
            file.sync()
            # Journalling file systems make a new file's name durable together with it.
            if any(kind == "new" and other is file for kind, _, other in names.waiting):
                names.durable[name] = file
        else:
            file.waiting.append((op, offset, data))
    names.sync(chance.randint(0, len(names.waiting)))
    for file in names.durable.values():
        file.cut(chance)
    return {name: bytes(file.durable) for name, file in names.durable.items()}, acknowledged
