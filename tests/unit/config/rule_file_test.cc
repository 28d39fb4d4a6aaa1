// Files of extraction rules that are no plain files, or too large.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "config/extract_rules.h"
#include "tests/support/folder.h"

using namespace crawld;
using Catch::Contains;

TEST_CASE("a rule file that is none, or too large, is refused without being read") {
  const tests::Folder folder;
  mkfifo(folder.file("fifo").c_str(), 0600);
  for (const std::string& path : {folder.file("fifo"), std::string("/dev/zero"), folder.file("")}) {
    const auto loaded = config::load_extract_rules(path);
    REQUIRE(!loaded);
    CHECK_THAT(loaded.error().message, Contains("no regular file"));
  }
  const auto missing = config::load_extract_rules(folder.file("missing.yaml"));
  REQUIRE(!missing);
  CHECK(missing.error().code == base::Error::Code::not_found);
  CHECK_THAT(missing.error().message, Contains("missing.yaml: cannot be read: No such file"));
  std::ofstream(folder.file("big")).close();
  std::filesystem::resize_file(folder.file("big"), 10ULL << 30);
  const auto big = config::load_extract_rules(folder.file("big"));
  REQUIRE(!big);
  CHECK_THAT(big.error().message, Contains("larger than 8 MiB"));
}
