#!/bin/sh
# Gets a public WARC reader (warcio.js) into $BUILD/readers, for the test that reads our
# archives with it. No Debian package holds one. Without npm or its registry that test is
# skipped and says so; nothing else needs it.
set -u
target=$BUILD/readers
[ -x "$target/node_modules/.bin/warcio" ] && exit 0
command -v npm >/dev/null 2>&1 || exit 0
mkdir -p "$target"
timeout 120 npm install --silent --no-audit --no-fund --ignore-scripts --fetch-retries 0 \
  --prefix "$target" warcio@2.4.11 >/dev/null 2>&1 ||
  echo "no warcio.js from npm: its test will be skipped"
exit 0
