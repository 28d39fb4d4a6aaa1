// What is kept of a site's cookies from run to run, and how it is written.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "crawler/fetch/cookie_jar.h"
#include "crawler/fetch/cookie_saver.h"
#include "tests/support/folder.h"
#include "tests/support/scripted_web.h"
#include "tests/unit/fetch/cookie_times.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

// What a thread does; false: it has not within ten seconds.
bool comes(const std::function<bool()>& event) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!event()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace

TEST_CASE("saved cookies come back as they were, oldest first, but for those of the session") {
  const Folder folder;
  fetch::CookieJar jar;
  const auto page = url("https://www.example.com/dir/page");
  jar.store(page, "b=2; Max-Age=100; HttpOnly; Secure", at(k2010));
  jar.store(page, "a=1; Max-Age=99999999999999999999; Domain=example.com; Path=/", at(k2010));
  jar.store(page, "of_session=3", at(k2010));
  jar.store(page, "short=4; Max-Age=5", at(k2010));
  jar.store(page, "tab=a\tb; Max-Age=100", at(k2010));
  const auto text = [&](bool session_cookies) {
    return fetch::format_cookie_file(jar.all(at(k2010 + 10), session_cookies));
  };
  CHECK(
      text(false) ==
      "# Netscape HTTP Cookie File\n# Written by crawld, which replaces it. These are secrets.\n\n"
      "#HttpOnly_www.example.com\tFALSE\t/dir\tTRUE\t1262304100\tb\t2\n"
      ".example.com\tTRUE\t/\tFALSE\t253402300799\ta\t1\n");
  CHECK_THAT(text(true),
             Catch::EndsWith("www.example.com\tFALSE\t/dir\tFALSE\t0\tof_session\t3\n"));

  REQUIRE(fetch::replace_private_file(folder.file("c"), text(true)));
  fetch::CookieJar read;
  REQUIRE(read.load(folder.file("c"), at(k2010 + 10)));
  CHECK(read.header(page, at(k2010 + 10)) == "b=2; of_session=3; a=1");
  CHECK(fetch::format_cookie_file(read.all(at(k2010 + 10), true)) == text(true));
}

TEST_CASE("no more is saved than is read again") {
  std::vector<fetch::FileCookie> many(2'000);
  for (auto& entry : many) {
    entry.cookie = {.name = "n", .value = std::string(4'000, 'x'), .domain = "a.test", .path = "/"};
  }
  const std::string text = fetch::format_cookie_file(many);
  CHECK(text.size() <= fetch::kMostCookieFile);
  CHECK(text.size() > fetch::kMostCookieFile - 5'000);
  CHECK(text.ends_with("x\n"));
}

TEST_CASE("a file of cookies is its owner's alone, and follows no link") {
  const Folder folder;
  const auto mode_of = [](const std::string& path) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 ? facts.st_mode & ~S_IFREG : 0;
  };
  const mode_t before = ::umask(0);
  REQUIRE(fetch::replace_private_file(folder.file("new"), "secret"));
  std::ofstream(folder.file("other")) << "of another";
  std::filesystem::create_symlink(folder.file("other"), folder.file("link"));
  REQUIRE(fetch::replace_private_file(folder.file("link"), "secret"));
  ::umask(before);
  CHECK(mode_of(folder.file("new")) == 0600);
  CHECK(mode_of(folder.file("link")) == 0600);
  CHECK(std::filesystem::file_size(folder.file("other")) == 10);
  const auto refused = fetch::replace_private_file(folder.file("none/c"), "secret");
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("cannot write " + folder.file("none/c")));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.file("")), {}) == 3);
}

TEST_CASE("of many files of cookies each is replaced whole, or said to be as it was") {
  const Folder folder;
  std::filesystem::create_directory(folder.file("d"));
  std::filesystem::create_directory(folder.file("d/n3"));  // no file takes its place
  std::vector<fetch::PrivateFile> files;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "d/n" + std::to_string(i);
    if (i != 3) std::ofstream(folder.file(name)) << "before";
    files.push_back({folder.file(name), "text " + std::to_string(i)});
  }
  files.push_back({folder.file("none/n"), "text"});
  files.push_back({folder.file("alone"), "text 101"});

  const auto replaced = fetch::replace_private_files(files);

  REQUIRE(replaced.size() == files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    INFO(files[i].path);
    if (i == 3 || i == 100) {
      REQUIRE_FALSE(replaced[i]);
      CHECK_THAT(replaced[i].error().message, Catch::Contains("cannot write " + files[i].path));
      continue;
    }
    REQUIRE(replaced[i]);
    std::ifstream in(files[i].path);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "text " + std::to_string(i));
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder.file("d")), {}) == 100);
}

TEST_CASE("what killed saves of cookies left goes, and nothing else does") {
  namespace fs = std::filesystem;
  const Folder folder;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  const auto add = [&](const std::string& name) {
    std::ofstream(folder.file(name)) << "x";
    fs::last_write_time(folder.file(name), old);
  };
  const std::vector<std::string> kept = {"c.backup", "c.crawld-a", "c.crawld-abcdefg",
                                         "cc.crawld-abcdef", "other"};
  for (const std::string& name : kept) add(name);
  for (const char* left : {"c.crawld-a1B2c3", "c.crawld-ZZZZZZ", "d.crawld-a1B2c3"}) add(left);
  add("c.crawld-twoarc");
  fs::create_hard_link(folder.file("c.crawld-twoarc"), folder.file("twice"));
  fs::create_symlink(folder.file("other"), folder.file("c.crawld-symbol"));
  fs::create_directory(folder.file("c.crawld-folder"));
  std::ofstream(folder.file("c.crawld-nowabc")) << "another program writes it";

  fetch::remove_leftovers({folder.file("c"), folder.file("d")});
  CHECK_FALSE(fs::exists(folder.file("d.crawld-a1B2c3")));
  CHECK_FALSE(fs::exists(folder.file("c.crawld-a1B2c3")));
  CHECK_FALSE(fs::exists(folder.file("c.crawld-ZZZZZZ")));
  for (const std::string& name : kept) CHECK(fs::exists(folder.file(name)));
  for (const char* name : {"c.crawld-twoarc", "c.crawld-folder", "c.crawld-nowabc"}) {
    CHECK(fs::exists(folder.file(name)));
  }
  CHECK(fs::is_symlink(folder.file("c.crawld-symbol")));
}

TEST_CASE(
    "cookies are written when they have changed, every half a minute at most, and read back") {
  const Folder folder;
  int answers = 0;
  TinyServer server([&](Connection& connection) {
    while (connection.read_request()) {
      connection.send(
          ok("x", "Set-Cookie: n=" + std::to_string(++answers) + "; Max-Age=1000; Path=/\r\n"));
    }
  });
  auto site = loopback_site();
  // One file for both is there from the first save on.
  site.cookie_file = site.save_cookies = folder.file("c");
  Fetching web(site);
  ManualClock clock;
  fetch::CookieSaver saver(*web.context, clock);
  const auto saved = [&] {
    std::ifstream in(site.save_cookies);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const std::size_t value = text.find("\tn\t");
    return value == std::string::npos ? "" : text.substr(value + 3);
  };
  const std::string left = folder.file("c.crawld-a1B2c3");  // by a save that was killed
  std::ofstream(left) << "x";
  std::filesystem::last_write_time(
      left, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  saver.look();
  CHECK(comes([&] { return std::filesystem::exists(site.save_cookies); }));
  CHECK_FALSE(std::filesystem::exists(left));
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  clock.advance(std::chrono::seconds(29));
  saver.look();
  CHECK(saved().empty());
  clock.advance(std::chrono::seconds(1));
  CHECK(comes([&] {
    saver.look();  // the one before may be ending
    return saved() == "1\n";
  }));
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  saver.save();
  CHECK(saved() == "2\n");

  // Unchanged, it is left alone.
  std::filesystem::remove(site.save_cookies);
  saver.save();
  CHECK_FALSE(std::filesystem::exists(site.save_cookies));
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  saver.save();
  CHECK(saved() == "3\n");

  Fetching next(site);
  REQUIRE(outcome(next.get(server.url("/"))) == "200");
  CHECK_THAT(server.requests().back(), Catch::Contains("Cookie: n=3\r\n"));
}

TEST_CASE("a file that cannot be written keeps its cookies, which are written once it can be") {
  const Folder folder;
  TinyServer server(always(ok("x", "Set-Cookie: n=1; Max-Age=1000; Path=/\r\n")));
  auto site = loopback_site();
  std::filesystem::create_directory(folder.file("d"));
  site.save_cookies = folder.file("d/c");
  Fetching web(site);
  const ManualClock clock;
  fetch::CookieSaver saver(*web.context, clock);
  std::filesystem::rename(folder.file("d"), folder.file("away"));
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  saver.save();
  std::filesystem::rename(folder.file("away"), folder.file("d"));
  saver.save();
  CHECK(std::filesystem::file_size(site.save_cookies) > 100);
}
