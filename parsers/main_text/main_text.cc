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

// How likely each block is to be of the article, from some blocks' features at a time: those of
// 250,000 would take 400 MB.
class BlockJudge {
 public:
  BlockJudge(const PageOutline& page, const PageWords& words, const ArticleWitness& witness)
      : blocks_(page.blocks.size()), page_(page), features_(page, words, witness) {}

  std::vector<float> judge() {
    const auto alone = judge_each(first_pass_trees(), [&](std::size_t) { return &first_; });
    const SecondPassFeatures context(page_, alone);
    FeatureTable second(SecondPassFeatures::columns());
    return judge_each(second_pass_trees(), [&](std::size_t from) {
      second.resize(first_.rows());
      context.fill(from, first_, second);
      return &second;
    });
  }

 private:
  static constexpr std::size_t kTogether = 2'048;  // blocks; most pages have fewer

  // `rows_of`: the table of the blocks from a number on, which `first_` holds.
  template <class RowsOf>
  std::vector<float> judge_each(std::span<const ObliviousTree> trees, RowsOf rows_of) {
    std::vector<float> likely(blocks_);
    for (std::size_t from = 0; from < blocks_; from += kTogether) {
      make_rows(from);
      const FeatureTable& table = *rows_of(from);
      likelihoods(trees, table.row(0), table.width(),
                  std::span(likely).subspan(from, table.rows()));
    }
    return likely;
  }

  // Those of a page of few blocks are made once.
  void make_rows(std::size_t from) {
    if (first_.rows() > 0 && from == made_from_) return;
    first_.resize(std::min(kTogether, blocks_ - from));
    features_.fill(from, first_);
    made_from_ = from;
  }

  const std::size_t blocks_;
  const PageOutline& page_;
  const FirstPassFeatures features_;
  FeatureTable first_{FirstPassFeatures::columns()};
  std::size_t made_from_ = 0;
};

std::vector<std::size_t> article_blocks(const PageOutline& page, const ArticleWitness& witness) {
  const auto words = scan_page(page);
  // The judge goes before the choice: of a large page each takes some 20 MB.
  const auto likelihood = BlockJudge(page, words, witness).judge();
  return choose_blocks(page, words, likelihood);
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
  if (told_better(told.article_body, article.text)) {
    article.text = lines_of(told.article_body);
    if (input.markdown) article.markdown = paragraphs(article.text);
  } else if (input.markdown) {
    const DocumentBase own(model::Url::parse(input.url));
    article.markdown = to_markdown(page, blocks, input.base != nullptr ? *input.base : own);
  }
  if (input.language) article.lang = detect_language(article.text);
  if (!input.text) article.text.clear();
  article.title = std::move(told.title);
  article.author = std::move(told.author);
  article.date = std::move(told.date);
  return article;
}

}  // namespace crawld::parsers
