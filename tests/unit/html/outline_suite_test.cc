// html5lib's tree-construction cases (../shared/suites/html5-tree): the outline has the
// elements and texts of the tree that the standard asks for.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "parsers/html/page_scan_builder.h"
#include "tests/support/suite.h"

namespace crawld::parsers {
namespace {

using nlohmann::json;

// The expected dump without what an outline does not keep: doctype, comments, attributes
// and unknown elements' names; neighbouring texts as one, white space folded.
std::string expected_outline(const std::string& dump) {
  std::istringstream lines(dump);
  std::vector<std::pair<std::size_t, std::string>> kept;
  bool in_text = false;
  std::string line;
  while (std::getline(lines, line)) {
    if (in_text) {
      kept.back().second += " " + line;
      in_text = !line.ends_with('"');
      continue;
    }
    if (!line.starts_with("| ")) continue;
    const std::size_t depth = line.find_first_not_of(' ', 2) - 2;
    std::string what = line.substr(depth + 2);
    if (what.starts_with('"')) {
      kept.emplace_back(depth, what);
      in_text = what.size() == 1 || !what.ends_with('"');
    } else if (what.starts_with('<') && what.ends_with('>') && !what.starts_with("<!") &&
               !what.starts_with("<?")) {
      what = what.substr(1, what.size() - 2);
      const std::size_t space = what.find(' ');
      if (space != std::string::npos) what = what.substr(space + 1);
      std::string lower;
      append_name(what, lower);
      const std::string_view known = to_string(find_tag(lower));
      kept.emplace_back(depth, "<" + std::string(known) + ">");
    } else if (what == "content") {
      kept.emplace_back(depth, "content");
    }
  }
  std::string out;
  for (auto& [depth, what] : kept) {
    if (what == "content") continue;  // a template holds its content itself
    if (what[0] == '"') {
      what = what.substr(1, what.size() - 2);
      std::string folded;
      for (const char c : what) {
        if (!is_html_space(c)) folded += c;
      }
      if (folded.empty()) continue;
      out += "\"" + folded + "\"";
    } else {
      out += what;
    }
  }
  return out;
}

std::string outline_of(const std::string& html) {
  OutlineBuilder builder;
  Outline outline;
  builder.build(html, outline);
  std::string out;
  const auto enter = [&](const OutlineNode& here) {
    if (here.is_text) {
      std::string text;
      std::string folded;
      append_text(outline.text(here), here.mode, text);
      for (const char c : text) {
        if (!is_html_space(c) && c != '\0') folded += c;
      }
      if (!folded.empty()) out += "\"" + folded + "\"";
    } else {
      out += "<" + std::string(to_string(here.tag)) + ">";
    }
    return true;
  };
  outline.walk(enter, [](const OutlineNode&) {});
  return out;
}

std::string joined_texts(std::string outline) {
  for (std::size_t at = outline.find("\"\""); at != std::string::npos; at = outline.find("\"\"")) {
    outline.erase(at, 2);
  }
  return outline;
}

TEST_CASE("the outline agrees with the trees of the html5lib suite") {
  tests::SuiteScore score("html5-tree-outline");
  for (const json& test : tests::suite_cases("html5-tree/shared.jsonl")) {
    if (test.contains("fragment_context") || test.value("scripting", false)) continue;
    const std::string expected = joined_texts(expected_outline(test["tree"]));
    const std::string actual = joined_texts(outline_of(test["data"]));
    score.add(test["id"], actual == expected, [&] {
      return test["data"].dump() + "\n  expected " + expected + "\n  actual   " + actual;
    });
  }
}

}  // namespace
}  // namespace crawld::parsers
