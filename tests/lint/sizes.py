"""Lists files over 400 lines and functions over 60; each needs a line in sizes_allowed.txt."""
import pathlib
import re
import sys

FILE_LINES = 400
FUNCTION_LINES = 60
TOPS = ("crawler", "parsers", "storage", "config")


def functions(lines):
    """(first line, length) of each body whose signature starts at column 0 or 2."""
    start, indent, signature = None, 0, 1
    for number, line in enumerate(lines, 1):
        if start is not None:
            if line.rstrip() == " " * indent + "}":
                yield start, number - start + 1
                start = None
            continue
        own = len(line) - len(line.lstrip())
        if own <= 2:
            signature = number  # a signature may go on in deeper lines
        first = lines[signature - 1]
        if (re.search(r"\)\s*(const|noexcept|override|\s)*\{$", line)
                and not re.match(r"^\s*(namespace|class|struct|enum|switch|for|while|if|\}|:)", first)):
            start, indent = signature, len(first) - len(first.lstrip())


def main():
    allowed = {}
    for line in pathlib.Path("tests/lint/sizes_allowed.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            allowed[name] = reason.strip()
    wrong = []
    for top in TOPS:
        for path in sorted(pathlib.Path(top).rglob("*.[ch]*")):
            lines = path.read_text().splitlines()
            name = str(path)
            if len(lines) > FILE_LINES and not allowed.get(name):
                wrong.append(f"{name}: {len(lines)} lines; split it, or give its reason in tests/lint/sizes_allowed.txt")
            for start, length in functions(lines):
                if length > FUNCTION_LINES and not allowed.get(f"{name}:function"):
                    wrong.append(f"{name}:{start}: a function of {length} lines")
    print("\n".join(wrong) if wrong else "sizes: fine")
    return 1 if wrong else 0


sys.exit(main())
