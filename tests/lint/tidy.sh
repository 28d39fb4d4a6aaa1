#!/bin/sh
# clang-tidy over the rooms, with the checks of .clang-tidy. Arguments: the compiler's.
set -u
if ! command -v clang-tidy >/dev/null 2>&1; then
  echo "tidy: clang-tidy is not installed (make check-deps)"
  exit 1
fi
git ls-files 'crawler/*.cc' 'parsers/*.cc' 'storage/*.cc' 'config/*.cc' |
  xargs -P "$(nproc)" -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=c++20 -pthread $0 2>/dev/null' "$*" || exit 1
echo "tidy: fine"
