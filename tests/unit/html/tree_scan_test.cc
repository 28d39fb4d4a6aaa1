// The scan and the tree give the same facts of every page of the suites and of the
// documentation installed on this machine.
#include "parsers/html/tree_scan.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "parsers/bytes/charset.h"
#include "tests/support/suite.h"
#include "tests/unit/html/scan_comparison.h"

namespace crawld::parsers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using tests::suites_folder;
using tests::SuiteScore;

std::string decoded(const std::string& bytes) {
  const auto answer = detect_charset(bytes, "text/html", model::DocumentKind::html);
  return to_utf8(std::string_view(bytes).substr(answer.bom_size), answer.encoding);
}

void compare_folder(const fs::path& folder, SuiteScore& score) {
  if (!fs::exists(folder)) return;
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".html" || extension == ".htm")) {
      files.push_back(entry.path());
    }
  }
  for (const fs::path& file : files) {
    const std::string what =
        scan_difference(decoded(tests::file_bytes(file)), "http://a.test/dir/page.html");
    score.add(file.filename().string(), what.empty(), [&] { return what; });
  }
}

TEST_CASE("the scan gives what the tree gives on real pages") {
  SuiteScore score("scan-and-tree-pages");
  for (const char* folder : {"article-aeb", "article-trafilatura", "article-readability",
                             "structured-data", "css-selectors"}) {
    compare_folder(suites_folder() / folder, score);
  }
  compare_folder("/usr/share/doc/sqlite3", score);  // make deps installs it
}

TEST_CASE("the scan gives what the tree gives on the html5lib trees") {
  SuiteScore score("scan-and-tree-html5lib");
  for (const json& test : tests::suite_cases("html5-tree/shared.jsonl")) {
    const std::string html = test["data"];
    const std::string what = scan_difference(html, "http://a.test/dir/page.html");
    score.add(test["id"], what.empty(), [&] { return json(html).dump() + "\n  " + what; });
  }
}

TEST_CASE("the scan gives what the tree gives on other crawlers' cases") {
  SuiteScore score("scan-and-tree-links");
  for (const json& test : tests::suite_cases("links/shared.jsonl")) {
    if (!test.contains("html")) continue;
    const std::string what = scan_difference(test["html"].get<std::string>(), test["base_url"]);
    score.add(test["id"], what.empty(), [&] { return what; });
  }
}

TEST_CASE("the scan gives what the tree gives where the fuzzer found them apart") {
  for (const char* html : {
           // White space behind a column, with an anchor on the list of formatting elements.
           "<table><a href=1><col><dt> ",
           "<table><p><a href=2 rel=nofollow><dt> ",
           // No raw text in a <select>, and so a <noscript> that a tree does not show.
           "<select><noframes><select><noscript><base href=/b/>",
           // None in SVG either.
           "<svg><style></svg><noscript><base href=/b/></noscript><a href=1>",
           // A shadow tree, shown in place of what is in its host, but without a <base>.
           "<p><template shadowrootmode=open><base href=/b/>a<a href=1>b</a></template>c",
       }) {
    CAPTURE(html);
    CHECK(scan_difference(html, "http://a.test/dir/page.html") == "");
  }
}

}  // namespace
}  // namespace crawld::parsers
