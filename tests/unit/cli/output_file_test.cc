// Where results go: whole or not at all, and never in the place of a device.
#include "crawler/cli/output/output_file.h"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/support/folder.h"

using crawld::cli::OutputFile;
using crawld::tests::Folder;

TEST_CASE("a device takes what is written and keeps its place") {
  Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.file("device"));
  auto output = OutputFile::open(folder.file("device"));
  REQUIRE(output);
  output->write("row\n");
  const auto done = output->finish();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == crawld::base::Error::Code::disk_full);
  CHECK(std::filesystem::is_symlink(folder.file("device")));
  CHECK_FALSE(std::filesystem::exists(folder.file("device.part")));
}

TEST_CASE("a file comes to its name when it is whole") {
  Folder folder;
  auto output = OutputFile::open(folder.file("rows"));
  REQUIRE(output);
  REQUIRE(output->write("row\n"));
  CHECK_FALSE(std::filesystem::exists(folder.file("rows")));
  REQUIRE(output->finish().ok());
  CHECK(std::filesystem::file_size(folder.file("rows")) == 4);
}

TEST_CASE("a result that is given up leaves nothing, and what was there before stays") {
  Folder folder;
  {
    auto before = OutputFile::open(folder.file("rows"));
    REQUIRE(before);
    before->write("row\n");
    REQUIRE(before->finish().ok());
  }
  {
    auto output = OutputFile::open(folder.file("rows"));
    REQUIRE(output);
    output->write("other rows\n");
    REQUIRE(output->settle().ok());
    CHECK(std::filesystem::file_size(folder.file("rows.part")) == 11);
  }
  CHECK_FALSE(std::filesystem::exists(folder.file("rows.part")));
  CHECK(std::filesystem::file_size(folder.file("rows")) == 4);
}

TEST_CASE("a link stays a link, and the file that it names gets the rows") {
  Folder folder;
  std::filesystem::create_directory(folder.file("data"));
  // Two hops, the last one to what does not exist yet.
  std::filesystem::create_symlink("data/newest", folder.file("rows"));
  std::filesystem::create_symlink("today", folder.file("data/newest"));
  auto output = OutputFile::open(folder.file("rows"));
  REQUIRE(output);
  REQUIRE(output->write("row\n"));
  CHECK(std::filesystem::exists(folder.file("data/today.part")));
  REQUIRE(output->finish().ok());
  CHECK(std::filesystem::is_symlink(folder.file("rows")));
  CHECK(std::filesystem::is_symlink(folder.file("data/newest")));
  CHECK(std::filesystem::file_size(folder.file("data/today")) == 4);
}

TEST_CASE("a result that the disk does not take leaves nothing, and what was there before stays") {
  Folder folder;
  {
    auto before = OutputFile::open(folder.file("rows"));
    REQUIRE(before);
    before->write("row\n");
    REQUIRE(before->finish().ok());
  }
  // A file that may not grow (setrlimit(2), EFBIG) is as good as a disk without room.
  rlimit kept{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &kept) == 0);
  const rlimit small{.rlim_cur = 4'096, .rlim_max = kept.rlim_max};
  const auto told = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  auto output = OutputFile::open(folder.file("rows"));
  REQUIRE(output);
  output->write(std::string(100'000, 'x'));
  const auto done = output->finish();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &kept) == 0);
  std::signal(SIGXFSZ, told);
  CHECK_FALSE(done.ok());
  CHECK_FALSE(std::filesystem::exists(folder.file("rows.part")));
  CHECK(std::filesystem::file_size(folder.file("rows")) == 4);
}
