#!/bin/sh
# The gates that need no build: layers, library fences, sizes, format.
set -eu
python3 tests/lint/layers.py
python3 tests/lint/sizes.py
sh tests/lint/format.sh
