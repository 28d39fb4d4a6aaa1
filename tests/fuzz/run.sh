#!/bin/sh
# Runs each fuzzer named for SECONDS_EACH seconds, or where RUNS_EACH is given for so many inputs, the
# same ones each time; what it finds lies in build/fuzz/.
set -u
failed=0
for fuzzer in "$@"; do
  name=${fuzzer##*/}
  found=build/fuzz/$name.found
  length=-max_total_time=${SECONDS_EACH:-60}
  if [ -n "${RUNS_EACH:-}" ]; then
    length="-runs=$RUNS_EACH -seed=1"
    rm -rf "$found/corpus"
  fi
  mkdir -p "$found/corpus"
  seeds=tests/fuzz/corpus/${name%_fuzz}
  [ -d "$seeds" ] || seeds=
  words=
  case $name in
    article_fuzz|tokenizer_fuzz) words=-dict=tests/fuzz/html.dict ;;
    selector_fuzz|extract_fuzz) words=-dict=tests/fuzz/selector.dict ;;
    feed_fuzz|sitemap_fuzz) words=-dict=tests/fuzz/xml.dict ;;
    robots_fuzz|url_fuzz) words=-dict=tests/fuzz/${name%_fuzz}.dict ;;
  esac
  echo "== $name"
  # shellcheck disable=SC2086  # no seeds or words, no argument; length may be two
  if "$fuzzer" $length -timeout=60 -rss_limit_mb=2048 -verbosity=0 \
      -print_final_stats=1 $words -artifact_prefix="$found/" "$found/corpus" $seeds >"$found.log" 2>&1; then
    grep -E 'number_of_executed_units|average_exec_per_sec' "$found.log"
  else
    tail -n 40 "$found.log"
    failed=$((failed + 1))
  fi
done
echo "$# fuzzers, $failed failed"
[ $failed -eq 0 ]
