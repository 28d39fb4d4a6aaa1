#!/bin/sh
# Prints storage/migrations/NNNN_name.sql as initializers of storage::Migration.
# The Makefile puts them into build/generated/migrations.inc.
set -eu
for file in "$@"; do
  base=$(basename "$file" .sql)
  number=$(printf '%s' "${base%%_*}" | sed 's/^0*//')
  printf '{%s, "%s", R"sql(' "$number" "${base#*_}"
  cat "$file"
  printf ')sql"},\n'
done
