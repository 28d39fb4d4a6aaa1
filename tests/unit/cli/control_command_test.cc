#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
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
  explicit ScriptedCrawl(std::string socket_name = "socket") : name_(std::move(socket_name)) {
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

  std::string socket() const { return folder + "/" + name_; }
  std::string folder;
  std::vector<std::string> urls;  // taken; read it once the command has come back
  std::vector<bool> more;         // of each request: others of its list follow
  std::string config;             // asked for last; none where the place was named

 private:
  std::string answer(const std::string& request) {
    const json asked = json::parse(request);
    config = asked.value("config", "");
    if (asked.contains("urls")) more.push_back(asked.value("more", false));
    json refused = json::array();
    std::size_t added = 0;
    for (const json& url : asked.value("urls", json::array())) {
      if (url.get<std::string>().find("bad") != std::string::npos) {
        refused.push_back(url);
        continue;
      }
      urls.push_back(url);
      ++added;
    }
    return json{{"ok", true}, {"added", added}, {"refused", refused}}.dump();
  }

  const std::string name_;
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
  // The last answer is for all of them.
  REQUIRE(crawl.more.size() > 2);
  CHECK(std::count(crawl.more.begin(), crawl.more.end(), false) == 1);
  CHECK_FALSE(crawl.more.back());
}

TEST_CASE("add goes on behind a URL that is refused, and fails in the end") {
  ScriptedCrawl crawl;
  cli::Arguments arguments = {"--socket", crawl.socket(), "http://bad.test/"};
  arguments.push_back("http://a.test/" + std::string(40'000, 'x'));
  arguments.push_back("http://b.test/");
  CHECK(cli::add_command(arguments) == cli::kError);
  CHECK(crawl.urls == std::vector<std::string>(arguments.begin() + 3, arguments.end()));
}

TEST_CASE("a configuration names the daemon's socket, and that of a one-shot crawl") {
  for (const std::string name : {"control", "s.db.sock"}) {
    const ScriptedCrawl crawl(name);
    const std::string file = crawl.folder + "/crawl.yaml";
    std::ofstream(file) << "database: " << crawl.folder << "/s.db\ncontrol: " << crawl.folder
                        << "/control\nsites: []\n";
    CHECK(cli::pause_command({"-c", file}) == cli::kFinished);
    std::ofstream(file) << "database: " << crawl.folder << "/s.db\ncontrol: \"\"\nsites: []\n";
    CHECK(cli::pause_command({"-c", file}) == (name == "control" ? cli::kError : cli::kFinished));
  }
}

TEST_CASE("a bad configuration has an exit code of its own for every word with a crawl") {
  const ScriptedCrawl crawl;
  const std::string file = crawl.folder + "/crawl.yaml";
  std::ofstream(file) << "databse: x\n";
  CHECK(cli::status_command({"-c", file}) == cli::kBadConfiguration);
  CHECK(cli::stop_command({"-c", file}) == cli::kBadConfiguration);
  CHECK(cli::reload_command({"-c", file}) == cli::kBadConfiguration);
  CHECK(cli::add_command({"-c", file, "http://a.test/"}) == cli::kBadConfiguration);
}

TEST_CASE("who listens where the file says is asked, whatever file that crawl has") {
  const ScriptedCrawl crawl("control");
  const std::string file = crawl.folder + "/crawl.yaml";
  std::ofstream(file) << "control: " << crawl.folder << "/control\nsites: []\n";
  CHECK(cli::pause_command({"-c", file}) == cli::kFinished);
  CHECK(crawl.config.empty());
}

TEST_CASE("a crawl in this folder is asked about the file, where the file names no database") {
  const ScriptedCrawl crawl("crawl.db.sock");
  const std::string file = crawl.folder + "/crawl.yaml";
  std::ofstream(file) << "sites: []\n";
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(crawl.folder);
  CHECK(cli::pause_command({"-c", "crawl.yaml"}) == cli::kFinished);
  std::filesystem::current_path(before);
  CHECK(crawl.config == file);
}
