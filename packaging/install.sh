#!/bin/sh
# Copies what was built into place: `make install`, `make deb` and the e2e test call it.
# BUILD holds the programs; DESTDIR and prefix are as everywhere. Nothing is built here.
set -eu
cd "$(dirname "$0")/.."
prefix=${prefix:-/usr/local}
root=${DESTDIR:-}$prefix
# Units are looked for below /usr/local/lib as well as /usr/lib.
units=${unitdir:-$prefix/lib/systemd/system}

put() { install -D -m "$1" "$2" "$3"; }

put 755 "$BUILD/crawld" "$root/bin/crawld"
put 755 "$BUILD/crawld-parse" "$root/libexec/crawld/crawld-parse"

for unit in systemd/*.service; do
  mkdir -p "${DESTDIR:-}$units"
  sed "s|/usr/bin/crawld|$prefix/bin/crawld|g" "$unit" >"${DESTDIR:-}$units/${unit##*/}"
  chmod 644 "${DESTDIR:-}$units/${unit##*/}"
done

doc=$root/share/doc/crawld
put 644 config/crawld.example.yaml "$doc/crawld.example.yaml"
put 644 README.md "$doc/README.md"
put 644 docs/sql.md "$doc/docs/sql.md"
put 644 docs/extraction.md "$doc/docs/extraction.md"
put 644 docs/benchmarks.md "$doc/docs/benchmarks.md"
put 644 docs/rules.md "$doc/docs/rules.md"
for recipe in docs/recipes/*; do
  put 644 "$recipe" "$doc/docs/recipes/${recipe##*/}"
done
put 644 config/schema.json "$root/share/crawld/schema.json"

for page in man/*.[1-9]; do
  [ -e "$page" ] || continue
  target=$root/share/man/man${page##*.}
  mkdir -p "$target"
  gzip -9nc "$page" >"$target/${page##*/}.gz"
  chmod 644 "$target/${page##*/}.gz"
done

put 644 completions/crawld.bash "$root/share/bash-completion/completions/crawld"
put 644 completions/_crawld "$root/share/zsh/vendor-completions/_crawld"
put 644 completions/crawld.fish "$root/share/fish/vendor_completions.d/crawld.fish"
