#include "parsers/main_text/main_text.h"

#include <algorithm>
#include <span>

#include "parsers/main_text/main_text_choice.h"
#include "parsers/main_text/main_text_features.h"
#include "parsers/main_text/main_text_model.h"
#include "parsers/main_text/main_text_outline.h"
#include "parsers/main_text/markdown.h"
#include "parsers/main_text/markdown_escape.h"
#include "parsers/main_text/metadata.h"
#include "parsers/text/language.h"

namespace crawld::parsers {
namespace {

std::vector<float> judge(std::span<const ObliviousTree> trees, const FeatureTable& features) {
  std::vector<float> likely(features.rows());
  if (!likely.empty()) likelihoods(trees, features.row(0), features.width(), likely);
  return likely;
}

std::vector<std::size_t> article_blocks(const PageOutline& page, const ArticleWitness& witness) {
  const auto words = scan_page(page);
  const auto first = first_pass_features(page, words, witness);
  const auto alone = judge(first_pass_trees(), first);
  const auto together = judge(second_pass_trees(), second_pass_features(page, first, alone));
  return choose_blocks(page, words, together);
}

// A line a block; the cells of a table's row stay on one line.
std::string plain_text(const PageOutline& page, const std::vector<std::size_t>& blocks) {
  std::string text;
  auto last_row = kNoElement;
  for (const auto i : blocks) {
    const auto cell = page.elements[page.blocks[i].element].cell;
    const auto row = cell == kNoElement ? kNoElement : page.elements[cell].parent;
    const bool same_row = row != kNoElement && row == last_row;
    if (!text.empty()) text += same_row ? '\t' : '\n';
    append_block_text(page, page.blocks[i], text);
    last_row = row;
  }
  return text;
}

constexpr std::size_t kArticleLength = 600;  // bytes of a JSON-LD body that is worth having

// Pages that are drawn by script have their article in JSON-LD alone.
bool told_better(const std::string& told, const std::string& seen) {
  return told.size() >= kArticleLength && seen.size() * 3 < told.size();
}

// Lines with their white space folded; empty ones are left out.
std::string lines_of(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string line;
    append_folded(text.substr(0, end), line);
    const auto first = line.find_first_not_of(' ');
    if (first != std::string::npos) {
      if (!out.empty()) out += '\n';
      out += line.substr(first, line.find_last_not_of(' ') - first + 1);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string paragraphs(std::string_view lines) {
  std::string escaped;
  append_escaped(lines, escaped);
  std::string out;
  for (const char c : protect_lines(escaped)) {
    if (c == '\n') out += '\n';
    out += c;
  }
  return out + "\n";
}

}  // namespace

Article extract_article(const HtmlTree& tree, const ArticleInput& input) {
  auto told = read_metadata(tree, input.url);
  Article article;
  const auto page = outline_page(tree.document());
  const auto blocks = article_blocks(page, {told.title, told.description, told.article_body});
  article.text = plain_text(page, blocks);
  const auto base = input.base.empty() ? input.url : input.base;
  if (told_better(told.article_body, article.text)) {
    article.text = lines_of(told.article_body);
    if (input.markdown) article.markdown = paragraphs(article.text);
  } else if (input.markdown) {
    article.markdown = to_markdown(page, blocks, base);
  }
  if (input.language) article.lang = detect_language(article.text);
  if (!input.text) article.text.clear();
  article.title = std::move(told.title);
  article.author = std::move(told.author);
  article.date = std::move(told.date);
  return article;
}

}  // namespace crawld::parsers
