#!/usr/bin/env python3
"""Writes parsers/html/entities_table.cc: the named character references of HTML 13.5.

Run as `python3 parsers/html/entities_table.py > parsers/html/entities_table.cc`. The names come from
Python's own copy of the table; the order is that of bytes, so a prefix is one range.
"""
import html.entities


def quoted(data):
    out = []
    after_hex = False
    for byte in data:
        char = chr(byte)
        if 32 <= byte < 127 and char not in '"\\' and not (after_hex and char in "0123456789abcdefABCDEF"):
            out.append(char)
            after_hex = False
        elif char in '"\\':
            out.append("\\" + char)
            after_hex = False
        else:
            out.append("\\%03o" % byte)
            after_hex = False
    return out


def print_blob(name, data):
    print("extern const char %s[] =" % name)
    line = ""
    for piece in quoted(data):
        if len(line) + len(piece) > 92:
            print('    "%s"' % line)
            line = ""
        line += piece
    print('    "%s";\n' % line)


def print_offsets(name, values):
    print("extern const std::uint16_t %s[] = {" % name)
    line = "   "
    for value in values:
        piece = " %d," % value
        if len(line) + len(piece) > 99:
            print(line)
            line = "   "
        line += piece
    print(line + "};\n")


def main():
    table = sorted((name.encode(), value.encode()) for name, value in html.entities.html5.items())
    names, values, name_at, value_at = b"", b"", [], []
    for name, value in table:
        name_at.append(len(names))
        value_at.append(len(values))
        names += name
        values += value
    name_at.append(len(names))
    value_at.append(len(values))
    print("// Made by parsers/html/entities_table.py. Do not edit.")
    print('#include "parsers/html/entities_table.h"\n')
    print("// clang-format off")
    print("namespace crawld::parsers {\n")
    print("extern const std::uint16_t kEntityCount = %d;\n" % len(table))
    print_blob("kEntityNames", names)
    print_offsets("kEntityNameAt", name_at)
    print_blob("kEntityValues", values)
    print_offsets("kEntityValueAt", value_at)
    print("}  // namespace crawld::parsers")


main()
