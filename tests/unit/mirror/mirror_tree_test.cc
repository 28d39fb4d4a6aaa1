// The list of what a mirror wrote, where it cannot be read to its end.
#include "crawler/cli/archive/mirror_tree.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "tests/support/folder.h"

namespace crawld::cli {
namespace {

TEST_CASE("a mirror lists the files that were written down as its own") {
  const tests::Folder folder;
  auto tree = MirrorTree::open(folder.file("mirror"));
  REQUIRE(tree);
  REQUIRE(tree->write_list([](const MirrorTree::TakePath& add) {
    auto done = add("a.test/index.html");
    if (done) done = add("../outside");
    if (done) done = add("a.test/b.html");
    return done;
  }));
  std::vector<std::string> listed;
  REQUIRE(tree->each_listed([&](std::string_view path) -> base::Status {
    listed.emplace_back(path);
    return base::Done{};
  }));
  CHECK(listed == std::vector<std::string>{"a.test/index.html", "a.test/b.html"});
}

TEST_CASE("a list of a mirror that cannot be read to its end is an error, not a shorter list") {
  const tests::Folder folder;
  const auto tree = MirrorTree::open(folder.file("mirror"));
  REQUIRE(tree);
  // It opens, and each read of it fails.
  std::filesystem::create_directory(folder.file("mirror/.crawld-mirror"));
  const auto read = tree->each_listed([](std::string_view) { return base::Done{}; });
  REQUIRE(!read);
  CHECK(read.error().code == base::Error::Code::io);
  CHECK_THAT(read.error().message, Catch::Contains("cannot read") && Catch::Contains("directory"));
}

}  // namespace
}  // namespace crawld::cli
