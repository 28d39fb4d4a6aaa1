#!/bin/sh
# Copies what was built into place: `make install`, `make deb` and the e2e test call it; with `remove`
# it takes the same files away: `make uninstall`. Configuration and database are left alone.
# BUILD holds the programs; DESTDIR and prefix are as everywhere. Nothing is built here.
set -eu
cd "$(dirname "$0")/.."
task=${1:-install}
prefix=${prefix:-/usr/local}
root=${DESTDIR:-}$prefix
# Units are looked for below /usr/local/lib as well as /usr/lib.
units=${unitdir:-$prefix/lib/systemd/system}
# Where zsh of Debian looks below each prefix.
case $prefix in
  /usr) zsh=vendor-completions ;;
  *) zsh=site-functions ;;
esac

# put MODE FILE TARGET; the file "-" is standard input.
put() {
  if [ "$task" = remove ]; then
    rm -f "$3"
  elif [ "$2" = - ]; then
    mkdir -p "${3%/*}"
    cat >"$3"
    chmod "$1" "$3"
  else
    install -D -m "$1" "$2" "$3"
  fi
}

put 755 "$BUILD/crawld" "$root/bin/crawld"
put 755 "$BUILD/crawld-parse" "$root/libexec/crawld/crawld-parse"

for unit in systemd/*.service; do
  sed "s|/usr/bin/crawld|$prefix/bin/crawld|g" "$unit" | put 644 - "${DESTDIR:-}$units/${unit##*/}"
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
  gzip -9nc "$page" | put 644 - "$root/share/man/man${page##*.}/${page##*/}.gz"
done

put 644 completions/crawld.bash "$root/share/bash-completion/completions/crawld"
put 644 completions/_crawld "$root/share/zsh/$zsh/_crawld"
put 644 completions/crawld.fish "$root/share/fish/vendor_completions.d/crawld.fish"

if [ "$task" = remove ]; then
  # Those that are ours, and empty now.
  for folder in "$doc/docs/recipes" "$doc/docs" "$doc" "$root/share/crawld" "$root/libexec/crawld"; do
    [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
  done
elif [ -z "${DESTDIR:-}" ]; then
  echo "installed below $prefix; for the service: copy $doc/crawld.example.yaml to /etc/crawld/crawld.yaml,"
  echo "name your sites in it, and: systemctl enable --now $units/crawld.service"
fi
