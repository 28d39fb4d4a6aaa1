#include "crawler/cli/archive/import_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "crawler/cli/stop_signals.h"

using namespace crawld;
using cli::ImportFormat;
using cli::ImportSource;

namespace {

struct Scratch {
  Scratch() {
    char name[] = "/tmp/crawld-import-XXXXXX";
    folder = mkdtemp(name);
  }
  ~Scratch() { std::filesystem::remove_all(folder); }
  std::string path(const std::string& name) const { return folder + "/" + name; }
  std::string folder;
};

std::string all_of(ImportSource& source) {
  std::string text;
  std::array<char, 7> bytes;
  while (true) {
    const auto count = source.read(bytes);
    REQUIRE(count);
    if (*count == 0) return text;
    text.append(bytes.data(), *count);
  }
}

}  // namespace

TEST_CASE("a named pipe that was checked gives all that is written to it") {
  const Scratch scratch;
  const std::string pipe = scratch.path("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  cli::StopSignals signals;
  std::thread writer([&] { std::ofstream(pipe) << "http://a.test/\nhttp://b.test/\n"; });
  REQUIRE(ImportSource::check(pipe));
  auto source = ImportSource::open(pipe, signals);
  REQUIRE(source);
  CHECK(*source->guess() == ImportFormat::urls);
  CHECK(all_of(*source) == "http://a.test/\nhttp://b.test/\n");
  writer.join();
}

TEST_CASE("who waits for a named pipe that nobody writes to is stopped by a signal") {
  const Scratch scratch;
  const std::string pipe = scratch.path("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  cli::StopSignals signals;
  std::raise(SIGTERM);
  auto source = ImportSource::open(pipe, signals);
  REQUIRE(source);
  CHECK(all_of(*source).empty());
  CHECK(signals.asked());
}

TEST_CASE("a package is known by its first bytes, and read from any place of its file") {
  const Scratch scratch;
  std::ofstream(scratch.path("a.wacz")) << "PK\x03\x04 and more";
  cli::StopSignals signals;
  auto source = ImportSource::open(scratch.path("a.wacz"), signals);
  REQUIRE(source);
  CHECK(*source->guess() == ImportFormat::wacz);
  CHECK(*source->size() == 13);
  std::array<char, 4> bytes{};
  CHECK(*source->read_at(9, bytes) == 4);
  CHECK(std::string(bytes.data(), 4) == "more");
  CHECK(*source->read_at(13, bytes) == 0);
  CHECK(all_of(*source) == "PK\x03\x04 and more");
}

TEST_CASE("a pipe has no end that could be read first") {
  const Scratch scratch;
  const std::string pipe = scratch.path("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  cli::StopSignals signals;
  auto source = ImportSource::open(pipe, signals);
  REQUIRE(source);
  CHECK(source->size().error().code == base::Error::Code::invalid);
}

TEST_CASE("what cannot be read is told before anything is made") {
  const Scratch scratch;
  CHECK(ImportSource::check(scratch.path("none")).error().code == base::Error::Code::not_found);
  CHECK(ImportSource::check(scratch.folder).error().message ==
        "cannot read " + scratch.folder + ": Is a directory");
  CHECK(ImportSource::check("-"));
}
