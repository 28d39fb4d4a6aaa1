"""Includes point one way, and each library stays in its room (ARCHITECTURE.md, "Rooms")."""
import pathlib
import re
import sys

# Each room may include itself and what stands before it in this list, as its entry says.
ALLOWED = {
    "crawler/base": [],
    "crawler/model": ["crawler/base"],
    "parsers": ["crawler/base", "crawler/model"],
    "config": ["crawler/base", "crawler/model", "parsers"],
    "crawler/robots": ["crawler/base", "crawler/model"],
    "crawler/frontier": ["crawler/base", "crawler/model", "crawler/robots"],
    "crawler/fetch": ["crawler/base", "crawler/model"],
    "crawler/policy": ["crawler/base", "crawler/model", "config"],
    "storage": ["crawler/base", "crawler/model"],
    "crawler/pipeline": ["crawler/base", "crawler/model", "parsers", "config", "crawler/robots",
                         "crawler/frontier", "crawler/fetch", "crawler/policy", "storage"],
}
ALLOWED["crawler/daemon"] = ALLOWED["crawler/pipeline"] + ["crawler/pipeline"]
ALLOWED["crawler/cli"] = ALLOWED["crawler/daemon"] + ["crawler/daemon"]
ALLOWED["crawler"] = ["crawler/cli"]

# The folders of `parsers`, the same way. What stands in none of them, and `worker`, may include all.
PARSERS = {
    "bytes": [],
    "text": [],
    "html": ["bytes", "text"],
    "selector": ["html"],
    "structured": ["html"],
    "feed": ["bytes", "text", "html"],
    "main_text": ["text", "html", "structured"],
    "extract": ["text", "html", "selector"],
}

FENCES = {
    r"curl/": ["crawler/fetch"],
    r"gumbo\.h": ["parsers"],
    r"sqlite3\.h": ["storage"],
    r"yaml-cpp/": ["config"],
    r"spdlog/": ["crawler/base"],
    r"CLI/": ["crawler/cli"],
}


def room_of(path):
    parts = path.parts
    return "/".join(parts[:2]) if parts[0] == "crawler" and len(parts) > 2 else parts[0]


def folder_of(path):
    """The folder within `parsers`, or nothing."""
    return path.parts[1] if path.parts[0] == "parsers" and len(path.parts) > 2 else ""


def main():
    wrong = []
    for top in ("crawler", "parsers", "storage", "config"):
        for path in sorted(pathlib.Path(top).rglob("*.[ch]*")):
            room = room_of(path)
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
                if not found:
                    continue
                quote, target = found.groups()
                for pattern, rooms in FENCES.items():
                    if re.match(pattern, target) and room not in rooms:
                        wrong.append(f"{path}:{number}: {target} belongs to {', '.join(rooms)}")
                if quote == "<":
                    continue
                folder, other_folder = folder_of(path), folder_of(pathlib.Path(target))
                if folder in PARSERS and target.startswith("parsers/") and \
                        other_folder not in PARSERS[folder] + [folder]:
                    wrong.append(f"{path}:{number}: parsers/{folder} must not include {target}")
                other = room_of(pathlib.Path(target))
                if other in ALLOWED and other != room and other not in ALLOWED[room]:
                    wrong.append(f"{path}:{number}: {room} must not include {other}")
    print("\n".join(wrong) if wrong else "layers: fine")
    return 1 if wrong else 0


sys.exit(main())
