#include <catch2/catch.hpp>

#include "crawler/cli/flags/unknown_command.h"

using Catch::Contains;
using crawld::cli::unknown_command;

namespace {

const std::set<std::string> kCommands = {"crawl", "test", "report", "status"};

}  // namespace

TEST_CASE("a URL in the place of a command is told the command") {
  for (const char* word : {"https://example.org/", "example.org", "localhost:8080/x"}) {
    CHECK(unknown_command(word, kCommands) ==
          "there is no command \"" + std::string(word) + "\"; to crawl it: crawld crawl URL");
  }
}

TEST_CASE("a command of another crawler is told what does the same here") {
  CHECK_THAT(unknown_command("mirror", kCommands), Contains("crawld export -f mirror"));
  CHECK_THAT(unknown_command("inject", kCommands), Contains("crawld add"));
  CHECK_THAT(unknown_command("list", kCommands), Contains("crawld export -f urls"));
}

TEST_CASE("another word is told the nearest command, an option where options stand") {
  CHECK_THAT(unknown_command("crwal", kCommands), Contains("did you mean \"crawl\"?"));
  CHECK_THAT(unknown_command("--url", kCommands), Contains("crawld crawl --help"));
  CHECK_THAT(unknown_command("xyzzyx", kCommands), Contains("see crawld --help"));
}
