#!/bin/sh
# Runs every test program and the e2e tests; the last line counts all of them.
# What failed is named again before it, where it is seen first.
# BUILD: the folder of the programs. UNIT_ONLY=1 leaves the e2e tests out.
set -u
passed=0
failed=0
names=$(mktemp)
trap 'rm -f "$names"' EXIT
# Catch2 programs: count test cases by their own summary.
for program in "$BUILD"/tests/unit_* "$BUILD"/tests/scenarios; do
  [ -x "$program" ] || continue
  echo "== ${program##*/}"
  log="$program.log"
  "$program" >"$log" 2>&1
  status=$?
  grep -E '^[a-z0-9./-]+ [0-9]+/[0-9]+' "$log"
  line=$(tail -n 3 "$log" | grep -E 'test case' | tail -n 1)
  case $line in
    *"All tests passed"*)
      passed=$((passed + $(echo "$line" | sed -E 's/.* in ([0-9]+) test case.*/\1/')))
      # A sanitizer may have seen what no test asks for: a race, a leak.
      if [ $status -ne 0 ]; then
        failed=$((failed + 1))
        echo "$program: all tests passed, but it ended with $status" | tee -a "$names"
      fi ;;
    *"test cases:"*)
      bad=$(echo "$line" | sed -nE 's/.* ([0-9]+) failed.*/\1/p'); good=$(echo "$line" | sed -nE 's/.* ([0-9]+) passed.*/\1/p')
      passed=$((passed + ${good:-0})); failed=$((failed + ${bad:-0})) ;;
    *) failed=$((failed + 1)) ;;
  esac
  if [ $status -ne 0 ]; then
    tail -n 60 "$log"
    [ -n "$line" ] || echo "$program ended with $status" | tee -a "$names"
    grep -A 4 -E ': FAILED:' "$log" >>"$names"
  fi
done
if [ -z "${UNIT_ONLY:-}" ] && ls tests/e2e/test_*.py >/dev/null 2>&1; then
  echo "== e2e"
  BUILD="$BUILD" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/e2e >"$BUILD/tests/e2e.log" 2>&1
  tail -n 40 "$BUILD/tests/e2e.log"
  grep -E '^(FAILED|ERROR) ' "$BUILD/tests/e2e.log" >>"$names"
  line=$(tail -n 1 "$BUILD/tests/e2e.log")
  good=$(echo "$line" | sed -nE 's/(.*[^0-9])?([0-9]+) passed.*/\2/p'); bad=$(echo "$line" | sed -nE 's/(.*[^0-9])?([0-9]+) failed.*/\2/p')
  errors=$(echo "$line" | sed -nE 's/(.*[^0-9])?([0-9]+) error.*/\2/p')
  passed=$((passed + ${good:-0})); failed=$((failed + ${bad:-0} + ${errors:-0}))
  [ -n "$good$bad$errors" ] || failed=$((failed + 1))
fi
cat "$names"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
