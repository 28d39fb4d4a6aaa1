#include "parsers/main_text.h"

#include "parsers/language.h"
#include "parsers/main_text_choice.h"
#include "parsers/main_text_features.h"
#include "parsers/main_text_model.h"
#include "parsers/main_text_outline.h"
#include "parsers/markdown.h"
#include "parsers/metadata.h"

namespace crawld::parsers {
namespace {

std::vector<float> judge(std::span<const ObliviousTree> trees, const FeatureTable& features) {
  std::vector<float> likely(features.rows());
  for (std::size_t i = 0; i < likely.size(); ++i) likely[i] = likelihood(trees, features.row(i));
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

}  // namespace

Article extract_article(const HtmlTree& tree, const ArticleInput& input) {
  auto told = read_metadata(tree, input.url);
  Article article;
  const auto page = outline_page(tree.document());
  const auto blocks = article_blocks(page, {told.title, told.description, told.article_body});
  article.text = plain_text(page, blocks);
  article.lang = detect_language(article.text);
  if (input.markdown) {
    article.markdown = to_markdown(page, blocks, input.base.empty() ? input.url : input.base);
  }
  if (!input.text) article.text.clear();
  article.title = std::move(told.title);
  article.author = std::move(told.author);
  article.date = std::move(told.date);
  return article;
}

}  // namespace crawld::parsers
