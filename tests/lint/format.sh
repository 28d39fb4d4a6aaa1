#!/bin/sh
# Every source file stands as clang-format would write it.
set -eu
if ! command -v clang-format >/dev/null 2>&1; then
  echo "format: clang-format is not installed (make check-deps)"
  exit 1
fi
git ls-files '*.cc' '*.h' | xargs clang-format --dry-run -Werror
echo "format: fine"
