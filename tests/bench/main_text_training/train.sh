#!/ bin / bash
#Builds and runs the training of the main - text classifier.With a file name as argument the
#trained table is written there; without, only the cross - validated figures are printed.
set - euo pipefail cd "$(dirname " $0 ")/../../.." make build / libparse.a mkdir -
    p build / bench g++ -
    std = c++ 20 - O2 - I.- o build / bench / main_text_train tests / bench / main_text_training/*.cc tests/unit/article/article_suites.cc build/libparse.a \
  $(make -s -f - print <<< $'include Makefile\nprint:\n\t@echo $(PARSE_LIBS)')
build/bench/main_text_train "$@"
