#!/bin/sh
# Serves the demo site on loopback and crawls it: `make crawl` without a URL.
set -eu
log="$BUILD/demo.log"
: >"$log"
"$BUILD/crawld" demo --port "$PORT" >"$log" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null' EXIT
tries=0
until grep -q "http://" "$log"; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || { cat "$log" >&2; exit 1; }
  kill -0 $demo 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.05
done
rm -f "$BUILD"/demo.db*
"$BUILD/crawld" crawl --db "$BUILD/demo.db" --allow-address 127.0.0.0/8 --delay 10ms \
  "http://127.0.0.1:$PORT/"
echo "look at it: $BUILD/crawld report --db $BUILD/demo.db" >&2
