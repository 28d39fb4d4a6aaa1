#include "tests/unit/main_text/article_suites.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset.h"
#include "parsers/html/html_tree.h"
#include "parsers/main_text/main_text_outline.h"
#include "tests/support/suites_folder.h"

namespace crawld::article_suites {
namespace {

using nlohmann::json;

// Most files were saved as UTF-8, whatever they still say of themselves.
std::string decoded(const std::string& bytes) {
  if (base::is_utf8(bytes)) return bytes;
  const auto charset = parsers::detect_charset(bytes, "text/html", model::DocumentKind::html);
  return parsers::to_utf8(std::string_view(bytes).substr(charset.bom_size), charset.encoding);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    const auto start = i;
    U8_NEXT(bytes, i, length, c);
    const bool inside = c == '_' || (c > 0 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)));
    if (inside) {
      word.append(text.substr(start, i - start));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::map<std::string, int> shingles(std::string_view text) {
  const auto words = words_of(text);
  std::map<std::string, int> found;
  if (words.empty()) return found;
  const std::size_t size = std::min<std::size_t>(4, words.size());
  for (std::size_t i = 0; i + size <= words.size(); ++i) {
    std::string shingle;
    for (std::size_t k = 0; k < size; ++k) shingle += words[i + k] + " ";
    ++found[shingle];
  }
  return found;
}

std::string_view folder_of(Suite suite) {
  switch (suite) {
    case Suite::aeb:
      return "article-aeb";
    case Suite::readability:
      return "article-readability";
    case Suite::trafilatura:
      return "article-trafilatura";
  }
  return {};
}

// The blocks of expected HTML, a line each.
void read_expected_html(const std::string& html, Case& page) {
  const auto tree = parsers::HtmlTree::parse(html);
  const auto outline = parsers::outline_page(tree->document());
  for (const auto& block : outline.blocks) {
    page.lines.push_back(parsers::block_text(outline, block));
    page.truth += page.lines.back() + "\n";
  }
}

}  // namespace

std::vector<Case> load(Suite suite) {
  std::vector<Case> cases;
  const auto place = tests::suites_folder() / folder_of(suite);
  std::ifstream in(place / "shared.jsonl");
  for (std::string line; std::getline(in, line);) {
    const auto item = json::parse(line);
    Case page;
    page.suite = suite;
    page.id = item["id"];
    page.url = item.value(suite == Suite::readability ? "base_url" : "url", "");
    page.html = decoded(tests::file_bytes(place / item["file"]));
    if (suite == Suite::aeb) {
      page.truth = item["articleBody"];
      std::stringstream lines(page.truth);
      for (std::string one; std::getline(lines, one);) page.lines.push_back(one);
    }
    if (suite == Suite::readability) read_expected_html(item["expected_html"], page);
    if (suite == Suite::trafilatura) {
      page.with = item["with"].get<std::vector<std::string>>();
      page.without = item["without"].get<std::vector<std::string>>();
    }
    cases.push_back(std::move(page));
  }
  return cases;
}

double ShingleScore::f1() const {
  const double p = precision / pages;
  const double r = recall / pages;
  return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

void ShingleScore::add(std::string_view truth, std::string_view text) {
  const auto wanted = shingles(truth);
  const auto got = shingles(text);
  double both = 0, all_wanted = 0, all_got = 0;
  for (const auto& [shingle, count] : wanted) {
    all_wanted += count;
    const auto it = got.find(shingle);
    if (it != got.end()) both += std::min(count, it->second);
  }
  for (const auto& [shingle, count] : got) all_got += count;
  const bool same = both == all_wanted && both == all_got;
  precision += same ? 1 : all_got > 0 ? both / all_got : 0;
  recall += same ? 1 : all_wanted > 0 ? both / all_wanted : 0;
  ++pages;
}

void SegmentScore::add(const Case& page, std::string_view text) {
  for (const auto& segment : page.with) {
    text.find(segment) != text.npos ? ++found : ++missed;
  }
  for (const auto& segment : page.without) {
    if (text.find(segment) != text.npos) ++unwanted;
  }
}

}  // namespace crawld::article_suites
