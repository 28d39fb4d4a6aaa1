#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/daemon/control_socket.h"

using namespace crawld;
using nlohmann::json;

namespace {

// A crawl that takes all URLs but those with "bad" in them.
class ScriptedCrawl {
 public:
  ScriptedCrawl() {
    char name[] = "/tmp/crawld-control-XXXXXX";
    folder = mkdtemp(name);
    auto opened = daemon::ControlSocket::open(
        socket(), [this](const std::string& request) { return answer(request); });
    REQUIRE(opened);
    control_ = *std::move(opened);
  }
  ~ScriptedCrawl() {
    control_.reset();
    std::filesystem::remove_all(folder);
  }

  std::string socket() const { return folder + "/socket"; }
  std::string folder;
  std::vector<std::string> urls;  // taken; read it once the command has come back

 private:
  std::string answer(const std::string& request) {
    const json asked = json::parse(request);
    json refused = json::array();
    std::size_t added = 0;
    for (const json& url : asked["urls"]) {
      if (url.get<std::string>().find("bad") != std::string::npos) {
        refused.push_back(url);
        continue;
      }
      urls.push_back(url);
      ++added;
    }
    return json{{"ok", true}, {"added", added}, {"refused", refused}}.dump();
  }

  std::unique_ptr<daemon::ControlSocket> control_;
};

}  // namespace

TEST_CASE("add hands over more URLs than one request holds, in their order") {
  ScriptedCrawl crawl;
  cli::Arguments arguments = {"--socket", crawl.socket()};
  std::vector<std::string> urls;
  for (int i = 0; i < 3'000; ++i) {
    urls.push_back("http://a.test/" + std::to_string(i) + std::string(40, 'x'));
  }
  arguments.insert(arguments.end(), urls.begin(), urls.end());
  CHECK(cli::add_command(arguments) == cli::kFinished);
  CHECK(crawl.urls == urls);
}

TEST_CASE("add goes on behind a URL that is refused, and fails in the end") {
  ScriptedCrawl crawl;
  cli::Arguments arguments = {"--socket", crawl.socket(), "http://bad.test/"};
  arguments.push_back("http://a.test/" + std::string(40'000, 'x'));
  arguments.push_back("http://b.test/");
  CHECK(cli::add_command(arguments) == cli::kError);
  CHECK(crawl.urls == std::vector<std::string>(arguments.begin() + 3, arguments.end()));
}
