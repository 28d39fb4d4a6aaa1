// A URL list as a file: what it takes, and what it says of a file that is none.
#include "crawler/cli/flags/url_list.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/folder.h"

using namespace crawld::cli;
using crawld::base::Error;
using crawld::base::Status;
using crawld::tests::Folder;

namespace {

std::string written(const Folder& folder, const std::string& text) {
  std::ofstream(folder.file("list"), std::ios::binary) << text;
  return folder.file("list");
}

Status read(const std::string& file, std::vector<std::string>& urls) {
  return read_url_list(file, [&urls](ListedUrl listed) -> Status {
    if (!listed.url) return no_crawlable_url(listed.typed);
    urls.push_back(listed.url->href());
    return crawld::base::Done{};
  });
}

}  // namespace

TEST_CASE("a URL list ends with its last line, broken or not") {
  const Folder folder;
  for (const std::string end : {"", "\n", "\r\n", "\n\n"}) {
    std::vector<std::string> urls;
    REQUIRE(read(written(folder, "http://a.test/\n# no URL\n\nhttp://b.test/" + end), urls).ok());
    CHECK(urls == std::vector<std::string>{"http://a.test/", "http://b.test/"});
  }
}

TEST_CASE("a line of a URL list that is no URL is told with file and line") {
  const Folder folder;
  std::vector<std::string> urls;
  const std::string file = written(folder, "http://a.test/\n\nhttp://\x1b[2J\n");
  const Status done = read(file, urls);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == Error::Code::invalid);
  CHECK(done.error().message ==
        file + ":3: \"http://\\x1b[2J\" is no http or https URL; write it as https://host/path");
}

TEST_CASE("a slip in http:// is forgiven where it is clear, and nothing else is taken for a host") {
  CHECK(url_as_typed("https:/a.test/x")->href() == "https://a.test/x");
  CHECK(url_as_typed("HTTP:/a.test")->href() == "http://a.test/");
  CHECK(url_as_typed("//a.test/")->href() == "http://a.test/");
  CHECK(url_as_typed("a.test:8080/x")->href() == "http://a.test:8080/x");
  for (const char* wrong :
       {"http//a.test/", "https//a.test/", "/etc/hosts", "./urls.txt", "sites:"}) {
    CAPTURE(wrong);
    CHECK_FALSE(url_as_typed(wrong));
  }
}

TEST_CASE("without a scheme a line of a list is a URL where it starts with a host") {
  for (const char* line : {"example.org", "example.org/a b?c=d", "intranet:8080/x", "localhost/",
                           "192.0.2.1", "[::1]/", "user:word@a.test/", "b\u00fccher.example",
                           "a_b.test.", "//intranet/", "http://intranet/", "http:/intranet"}) {
    CAPTURE(line);
    const auto listed = read_list_line(line);
    REQUIRE(listed);
    CHECK(listed->url);
    CHECK_FALSE(fault_of(*listed));
  }
  for (const char* line :
       {"return", "import os", "x = urls.get(1)", "print(a.b)", "os.walk()", "1.5", "2026", "etc.",
        "{", "name,http", "a.test,5", "def f(x): # http", "\tindented"}) {
    CAPTURE(line);
    const auto listed = read_list_line(line);
    REQUIRE(listed);
    CHECK_FALSE(listed->url);
    CHECK(fault_of(*listed));
  }
  // Of another scheme is no fault: those who take links from pages have such lines.
  CHECK_FALSE(fault_of(*read_list_line("mailto:a@b.test")));
}

TEST_CASE("a word behind a tab that is no key=value is told with file and line") {
  const Folder folder;
  std::vector<std::string> urls;
  const std::string file =
      written(folder, "http://a.test/\tteam=red\t\t\nhttp://b.test/\tteam=red\tblue\n");
  const Status done = read(file, urls);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().message == file + ":2: \"blue\" behind the tab is no key=value");
  CHECK(urls == std::vector<std::string>{"http://a.test/"});
  CHECK(fault_of(*read_list_line("http://b.test/\t=red")));
}

TEST_CASE("what is shown of a line is short") {
  const Error error = no_crawlable_url(std::string(5'000, 'x'));
  CHECK(error.message.size() < 300);
}

TEST_CASE("a file without line breaks is no URL list, and is not read to its end") {
  std::vector<std::string> urls;
  const Status done = read("/dev/zero", urls);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == Error::Code::invalid);
  CHECK(urls.empty());

  const Folder folder;
  const std::string longest = "http://a.test/" + std::string(kLongestListLine - 14, 'a');
  CHECK(read(written(folder, longest + "\n"), urls).ok());
  CHECK_FALSE(read(written(folder, longest + "a\n"), urls).ok());
}

TEST_CASE("a URL list that is not there, or is a folder, cannot be read") {
  const Folder folder;
  std::vector<std::string> urls;
  for (const std::string& file : {folder.file("missing"), folder.file("")}) {
    const Status done = read(file, urls);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == Error::Code::not_found);
  }
}
