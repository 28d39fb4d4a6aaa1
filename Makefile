# crawld: two commands to know: `make crawl URL=...` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := all

# MODE picks compiler and flags; each mode builds into a folder of its own.
MODE ?= release
BUILD ?= build$(if $(filter-out release,$(MODE)),/$(MODE))
CCACHE := $(shell command -v ccache 2>/dev/null)
PKGS := libcurl sqlite3 yaml-cpp spdlog re2 libpsl libzstd zlib libdeflate libbrotlidec libxxhash icu-uc icu-i18n expat libxml-2.0 libseccomp libcares

CXX := $(CCACHE) g++
WARNINGS := -Wall -Wextra -Werror -Wswitch -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers -Wno-restrict
HARDEN := -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fPIE
OPTIMISE := -O2 -g1 -DNDEBUG
LDHARDEN := -pie -Wl,-z,relro,-z,now

ifeq ($(MODE),debug)
  OPTIMISE := -O0 -g
  HARDEN := -D_GLIBCXX_ASSERTIONS -fPIE
endif
ifeq ($(MODE),asan)
  OPTIMISE := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
  # g++ 12 warns of Catch2's std::regex members when sanitizers are on.
  WARNINGS += -Wno-maybe-uninitialized
  HARDEN := -D_GLIBCXX_ASSERTIONS -fPIE
  LDHARDEN := -pie -fsanitize=address,undefined
endif
ifeq ($(MODE),tsan)
  OPTIMISE := -O1 -g1 -fsanitize=thread
  HARDEN := -D_GLIBCXX_ASSERTIONS -fPIE
  LDHARDEN := -pie -fsanitize=thread
endif
ifeq ($(MODE),fuzz)
  CXX := $(CCACHE) clang++
  WARNINGS := $(filter-out -Wno-restrict,$(WARNINGS))  # g++ only
  OPTIMISE := -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
  HARDEN := -D_GLIBCXX_ASSERTIONS -fPIE
  LDHARDEN := -pie -fsanitize=address,undefined
endif

CPPFLAGS += -I. -I$(BUILD)/generated -isystem /usr/include/libxml2 -DSPDLOG_FMT_EXTERNAL -DSPDLOG_COMPILED_LIB
CXXFLAGS += -std=c++20 $(HARDEN) $(OPTIMISE) $(WARNINGS) -pthread -MMD -MP
LDFLAGS += $(LDHARDEN) -pthread

# --- what is built of what ------------------------------------------------------------------
# crawld-parse is the hostile part: parsers, and the rooms below them, and nothing else.
PARSE_SOURCES := $(filter-out parsers/worker/worker_%,$(wildcard parsers/*.cc parsers/*/*.cc)) \
                 $(wildcard crawler/base/*.cc crawler/model/*.cc)
CRAWLD_SOURCES := $(filter-out parsers/worker/worker_main.cc crawler/base/% crawler/model/%,$(wildcard \
                 parsers/worker/worker_*.cc config/*.cc storage/*.cc storage/*/*.cc crawler/*/*.cc crawler/cli/*/*.cc))
ifeq ($(MODE),tsan)
  # The rooms of the threads. The commands are left out, and the parsers, which never share a
  # thing between threads, are taken from the release build.
  # What reads the lines of a suite is a test's.
  CRAWLD_SOURCES := $(filter-out crawler/cli/% parsers/worker/%,$(CRAWLD_SOURCES)) \
                    $(wildcard crawler/cli/output/json_*.cc)
  PARSE_SOURCES := $(filter-out parsers/%,$(PARSE_SOURCES))
  RELEASE_PARSERS := build/libparse.a
endif
ifeq ($(MODE),fuzz)
  # What the fuzzers reach, so that CI has the time for them.
  CRAWLD_SOURCES := $(wildcard crawler/fetch/*.cc crawler/robots/*.cc crawler/policy/*.cc config/schedule.cc config/units.cc storage/archive/warc_*.cc storage/archive/archived_*.cc storage/archive/unpacked_bytes.cc storage/archive/zip_reader.cc)
endif
objects = $(patsubst %.cc,$(BUILD)/obj/%.o,$(1))

# The static archive of gumbo saves a hop through the PLT at each inner call: 11 % of a tree.
PARSE_LIBS := -Wl,-Bstatic -lgumbo -Wl,-Bdynamic -lzstd -lz -ldeflate -lbrotlidec -lxxhash -licui18n -licuuc -licudata -lexpat -lxml2 -lre2 -lcld2 -luchardet -lseccomp -lspdlog -lfmt
CRAWLD_LIBS := -lcpp-httplib -lcurl -lssl -lcrypto -lsqlite3 -lyaml-cpp -lpsl -lcares
TEST_LIBS := -lbrotlienc

.PHONY: all
all: $(BUILD)/crawld $(BUILD)/crawld-parse

$(BUILD)/libparse.a: $(call objects,$(PARSE_SOURCES))
$(BUILD)/libcrawld.a: $(call objects,$(CRAWLD_SOURCES))
$(BUILD)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/crawld: $(BUILD)/obj/crawler/main.o $(BUILD)/libcrawld.a $(BUILD)/libparse.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(CRAWLD_LIBS) $(PARSE_LIBS)
$(BUILD)/crawld-parse: $(BUILD)/obj/parsers/worker/worker_main.o $(BUILD)/libparse.a
	$(CXX) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(PARSE_LIBS)

# The numbered .sql files become part of the program.
MIGRATIONS := $(sort $(wildcard storage/migrations/*.sql))
$(BUILD)/generated/migrations.inc: storage/embed_migrations.sh $(MIGRATIONS)
	@mkdir -p $(@D)
	@sh $< $(MIGRATIONS) > $@
$(BUILD)/obj/storage/migrate.o: $(BUILD)/generated/migrations.inc

# What a worker and its parent compare: it changes with any source of the parse side.
PARSE_TEXTS := $(sort $(wildcard $(foreach room,parsers parsers/* crawler/base crawler/model,$(room)/*.h $(room)/*.cc)))
$(BUILD)/generated/build_id.h: $(PARSE_TEXTS)
	@mkdir -p $(@D)
	@echo "#define CRAWLD_PARSE_BUILD_ID \"$$(cat $^ | sha256sum | cut -c1-16)\"" > $@
$(BUILD)/obj/parsers/worker/wire_build_id.o: $(BUILD)/generated/build_id.h

# What the tests say is compiled unoptimised, in half the time; what they test is not.
$(BUILD)/obj/tests/unit/%.o $(BUILD)/obj/tests/scenarios/%.o: OPTIMISE += -O0 -U_FORTIFY_SOURCE

$(BUILD)/obj/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

# --- tests ----------------------------------------------------------------------------------
# One unit-test program per folder of tests/unit and tests/scenarios, so that a change links little.
TEST_SOURCES := $(wildcard tests/unit/*/*.cc tests/scenarios/*.cc)
UNIT_GROUPS := $(notdir $(wildcard tests/unit/*))
UNIT_PROGRAMS := $(UNIT_GROUPS:%=$(BUILD)/tests/unit_%) $(if $(wildcard tests/scenarios/*.cc),$(BUILD)/tests/scenarios)

$(BUILD)/libsupport.a: $(call objects,$(wildcard tests/support/*.cc))
TEST_ARCHIVES := $(BUILD)/libsupport.a $(BUILD)/libcrawld.a $(BUILD)/libparse.a $(RELEASE_PARSERS)
define unit_program
$(BUILD)/tests/unit_$(1): $$(call objects,$$(wildcard tests/unit/$(1)/*.cc)) $(TEST_ARCHIVES)
endef
$(foreach group,$(UNIT_GROUPS),$(eval $(call unit_program,$(group))))
$(BUILD)/tests/scenarios: $(call objects,$(wildcard tests/scenarios/*.cc)) $(TEST_ARCHIVES)

# The fuzzers over their corpora, as one test program.
FUZZ_NAMES := $(patsubst tests/fuzz/%_fuzz.cc,%,$(wildcard tests/fuzz/*_fuzz.cc))
UNIT_PROGRAMS += $(BUILD)/tests/unit_fuzz
$(BUILD)/generated/fuzz_names.inc: $(wildcard tests/fuzz/*_fuzz.cc)
	@mkdir -p $(@D)
	@printf 'FUZZER(%s)\n' $(FUZZ_NAMES) > $@
$(BUILD)/obj/tests/fuzz/replay_test.o: $(BUILD)/generated/fuzz_names.inc
$(BUILD)/obj/tests/fuzz/%_replay.o: tests/fuzz/%_fuzz.cc
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -DLLVMFuzzerTestOneInput=fuzz_$* -c -o $@ $<
$(BUILD)/tests/unit_fuzz: $(BUILD)/obj/tests/fuzz/replay_test.o $(FUZZ_NAMES:%=$(BUILD)/obj/tests/fuzz/%_replay.o) \
  $(TEST_ARCHIVES)

# Programs that tests start: workers that misbehave.
TEST_PROGRAMS := $(patsubst tests/programs/%.cc,$(BUILD)/tests/%,$(wildcard tests/programs/*.cc))
$(TEST_PROGRAMS): $(BUILD)/tests/%: $(BUILD)/obj/tests/programs/%.o $(BUILD)/libparse.a
	@mkdir -p $(@D)
	@$(CXX) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(PARSE_LIBS)
$(BUILD)/tests/unit_worker: | $(BUILD)/crawld-parse $(TEST_PROGRAMS)

# A disk, or a system, that fails on demand: preloaded into what the tests start.
FAULTS := $(patsubst tests/support/faults/%.cc,$(BUILD)/tests/%.so,$(wildcard tests/support/faults/*.cc))
$(FAULTS): $(BUILD)/tests/%.so: tests/support/faults/%.cc
	@mkdir -p $(@D)
	@g++ -std=c++20 -O1 -fPIC -shared -Wall -Wextra -Werror -o $@ $< -ldl
$(BUILD)/tests/unit_storage: | $(BUILD)/tests/disk_faults.so

$(UNIT_PROGRAMS):
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(CRAWLD_LIBS) $(PARSE_LIBS) $(TEST_LIBS)

.PHONY: unit
unit: $(UNIT_PROGRAMS) $(FAULTS)

# --- the two commands -----------------------------------------------------------------------
JOBS ?= $(shell nproc)
URL ?=
DEMO_PORT ?= 8099

.PHONY: crawl
crawl: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@if [ -n "$(URL)" ]; then $(BUILD)/crawld crawl $(URL); \
	else BUILD=$(BUILD) PORT=$(DEMO_PORT) sh tests/support/crawl_demo.sh; fi

.PHONY: test
test: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all unit
	@$(MAKE) --no-print-directory readers
	@BUILD=$(BUILD) sh tests/run.sh

# A public WARC reader for one test, where npm can be had.
.PHONY: readers
readers:
	@BUILD=$(BUILD) sh tests/support/public_readers.sh

# Debian packages: to build with, to test with.
BUILD_PACKAGES := g++ make pkg-config libcurl4-openssl-dev libgumbo-dev libsqlite3-dev libyaml-cpp-dev \
  libspdlog-dev libre2-dev libpsl-dev nlohmann-json3-dev libzstd-dev zlib1g-dev libdeflate-dev libbrotli-dev libxxhash-dev \
  libicu-dev libexpat1-dev libxml2-dev libseccomp-dev libc-ares-dev libcld2-dev libuchardet-dev libssl-dev \
  libcli11-dev libcpp-httplib-dev ca-certificates publicsuffix
TEST_PACKAGES := catch2 python3 python3-pytest python3-yaml python3-jsonschema mandoc sqlite3 sqlite3-doc openssl nginx-light wget2 procps \
  python3-httpbin zstd
CHECK_PACKAGES := clang clang-format clang-tidy libclang-rt-14-dev

.PHONY: deps
deps:
	@sh tests/support/install_packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
.PHONY: check-deps
check-deps:
	@sh tests/support/install_packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(CHECK_PACKAGES)

# --- checks ---------------------------------------------------------------------------------
# Sanitized unit tests build into folders of their own; e2e tests run unsanitized only.
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?=
TSAN_GROUPS := base frontier pipeline daemon fetch
TSAN_PROGRAMS := $(TSAN_GROUPS:%=build/tsan/tests/unit_%)

.PHONY: asan tsan
asan:
	@$(MAKE) --no-print-directory MODE=asan all unit
	@BUILD=build/asan UNIT_ONLY=1 sh tests/run.sh
tsan: $(BUILD)/libparse.a
	@$(MAKE) --no-print-directory MODE=tsan $(TSAN_PROGRAMS)
	@BUILD=build/tsan UNIT_ONLY=1 sh tests/run.sh

# Programs of one file beside the archives: tests/fuzz/NAME_fuzz.cc, tests/bench/NAME_bench.cc.
FUZZERS := $(patsubst tests/fuzz/%.cc,build/fuzz/%,$(wildcard tests/fuzz/*_fuzz.cc))
BENCHES := $(patsubst tests/bench/%.cc,$(BUILD)/bench/%,$(wildcard tests/bench/*_bench.cc))
build/fuzz/%_fuzz: build/fuzz/obj/tests/fuzz/%_fuzz.o build/fuzz/libcrawld.a build/fuzz/libparse.a
	@echo "  LINK  $@"
	@$(CXX) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(CRAWLD_LIBS) $(PARSE_LIBS)
$(BUILD)/bench/%_bench: $(BUILD)/obj/tests/bench/%_bench.o $(BUILD)/libcrawld.a $(BUILD)/libparse.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(CRAWLD_LIBS) $(PARSE_LIBS)

.PHONY: fuzzers fuzz
fuzzers: $(FUZZERS)
fuzz:
	@$(MAKE) --no-print-directory MODE=fuzz fuzzers
	@SECONDS_EACH=$(FUZZ_SECONDS) RUNS_EACH=$(FUZZ_RUNS) sh tests/fuzz/run.sh $(FUZZERS)

# The simulated month stands on what the tests stand on.
$(BUILD)/bench/soak: $(BUILD)/obj/tests/bench/soak.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(CRAWLD_LIBS) $(PARSE_LIBS)

# A simulated month, then hundreds of kills and power cuts; for a quiet evening, not for CI.
SOAK_ROUNDS ?= 300
.PHONY: soak
soak:
	@$(MAKE) --no-print-directory -j$(JOBS) all $(FAULTS) $(BUILD)/bench/soak
	@$(BUILD)/bench/soak
	@BUILD=$(BUILD) CRAWLD_SOAK_ROUNDS=$(SOAK_ROUNDS) /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	  tests/e2e/test_kills.py tests/e2e/test_power_cuts.py

.PHONY: bench benches
benches: $(BENCHES) $(BUILD)/bench/soak
bench:
	@$(MAKE) --no-print-directory -j$(JOBS) all benches
	@for bench in $(BENCHES); do \
	  case $$bench in */select_bench | */article_bench) continue;; esac; echo "== $${bench##*/}"; \
	  case $$bench in *html_bench) $$bench /usr/share/doc/sqlite3;; *) $$bench;; esac || exit 1; \
	done
	@echo "== selectors and main text" && /usr/bin/python3 tests/bench/parsel_bench.py $(BUILD)/bench
	@echo "== soak" && $(BUILD)/bench/soak
	@BUILD=$(BUILD) /usr/bin/python3 tests/bench/crawl_bench.py

.PHONY: lint tidy check
lint:
	@sh tests/lint/run.sh
tidy: $(BUILD)/generated/migrations.inc $(BUILD)/generated/build_id.h
	@sh tests/lint/tidy.sh -I. -I$(BUILD)/generated $(filter -D% -isystem /usr/include/%,$(CPPFLAGS))
check: check-deps
	@for part in lint tidy test asan tsan fuzz; do \
	  began=$$(date +%s); \
	  $(MAKE) --no-print-directory -j$(JOBS) $$part || exit 1; \
	  echo "check: $$part took $$(($$(date +%s) - began)) s"; \
	done

# --- housekeeping ---------------------------------------------------------------------------
.PHONY: clean
clean:
	rm -rf build

# --- installing -----------------------------------------------------------------------------
# Many projects spell it in capitals; to take one for the other is better than to install elsewhere.
PREFIX ?= /usr/local
prefix ?= $(PREFIX)

.PHONY: install
install: all
	@BUILD=$(BUILD) DESTDIR=$(DESTDIR) prefix=$(prefix) sh packaging/install.sh

.PHONY: uninstall
uninstall:
	@BUILD=$(BUILD) DESTDIR=$(DESTDIR) prefix=$(prefix) sh packaging/install.sh remove

.PHONY: deb
deb: all
	@BUILD=$(BUILD) sh packaging/deb.sh

.PHONY: help
help:
	@echo "make crawl [URL=...]  install what is missing, build, crawl (the demo site without URL)"
	@echo "make test             install what is missing, build, run every test"
	@echo "make                  build $(BUILD)/crawld and $(BUILD)/crawld-parse"
	@echo "make check            format, tidy, layers, sanitizers, short fuzz"
	@echo "make asan | tsan      the tests under address+UB, or thread sanitizer"
	@echo "make fuzz             every fuzzer for FUZZ_SECONDS (default 60)"
	@echo "make soak             a simulated month of 1,000 sites; SOAK_ROUNDS (default 300) kills and power cuts"
	@echo "make bench            figures, paired with other crawlers; the simulated month too"
	@echo "make install          into DESTDIR/prefix (default /usr/local); config and database untouched"
	@echo "make uninstall        takes the same files away again"
	@echo "make deb              $(BUILD)/crawld_VERSION_ARCH.deb"
	@echo "make deps | clean"

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
