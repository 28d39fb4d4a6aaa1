#!/bin/sh
# Installs the Debian packages named as arguments that are missing; says nothing when
# there is nothing to do.
set -eu
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "make deps: this is no Debian system; install by hand: $*" >&2
  exit 1
fi
missing=
for package in "$@"; do
  case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "make deps: run as root, or install:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
