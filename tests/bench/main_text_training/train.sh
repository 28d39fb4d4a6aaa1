#!/bin/bash
# Builds and runs the training of the main-text classifier. With a file name as argument the
# trained table is written there; without, only the cross-validated figures are printed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
make build/libparse.a
mkdir -p build/bench
libraries=$(make -s -f - print <<< $'include Makefile\nprint:\n\t@echo $(PARSE_LIBS)')
# shellcheck disable=SC2086
g++ -std=c++20 -O2 -I. -isystem /usr/include/libxml2 -DSPDLOG_FMT_EXTERNAL -DSPDLOG_COMPILED_LIB \
  -o build/bench/main_text_train tests/bench/main_text_training/*.cc \
  tests/unit/main_text/article_suites.cc build/libparse.a $libraries
build/bench/main_text_train "$@"
