#include "tests/bench/main_text_training/pages.h"

#include <cmath>
#include <span>
#include <unordered_set>

#include "parsers/main_text/main_text_scan.h"
#include "parsers/main_text/main_text_shingles.h"

namespace crawld::training {
namespace {

using Words = std::span<const std::uint32_t>;

std::uint32_t whole_hash(Words words) {
  std::uint32_t hash = 0;
  for (const auto word : words) hash = (hash ^ word) * 0x9E3779B1U;
  return hash;
}

// The article as it should be: runs of three words, and whole lines.
class Truth {
 public:
  explicit Truth(const Page& page) {
    std::vector<std::uint32_t> words;
    parsers::hash_words(page.truth, words);
    for (std::size_t i = 0; i + 2 < words.size(); ++i) shingles_.insert(parsers::shingle(words, i));
    for (const auto& line : page.lines) {
      words.clear();
      parsers::hash_words(line, words);
      lines_.insert(whole_hash(words));
    }
  }
  bool holds(Words words) const {
    if (lines_.contains(whole_hash(words))) return true;
    if (words.size() < 3) return false;
    std::size_t hits = 0;
    for (std::size_t k = 0; k + 2 < words.size(); ++k) {
      hits += shingles_.contains(parsers::shingle(words, k)) ? 1 : 0;
    }
    return hits * 2 > words.size() - 2;
  }

 private:
  std::unordered_set<std::uint32_t> shingles_;
  std::unordered_set<std::uint32_t> lines_;
};

std::uint32_t row_of(const Page& page, std::size_t block) {
  const auto cell = page.outline.elements[page.outline.blocks[block].element].cell;
  return cell == parsers::kNoElement ? cell : page.outline.elements[cell].parent;
}

// A block is in when the truth holds it, or the row of the table that it is a cell of.
void label_by_truth(Page& page) {
  const Truth truth(page);
  const auto blocks = page.texts.size();
  for (std::size_t first = 0; first < blocks;) {
    const auto row = row_of(page, first);
    auto end = first + 1;
    while (end < blocks && row != parsers::kNoElement && row_of(page, end) == row) ++end;
    const auto* words = page.words.words.data();
    const bool in_row =
        truth.holds({words + page.words.start[first], words + page.words.start[end]});
    for (auto i = first; i < end; ++i) {
      const auto own = page.words.of(i);
      if (own.empty()) continue;
      page.label[i] = in_row || truth.holds(own) ? 1 : 0;
      page.weight[i] = static_cast<float>(std::pow(std::min<std::size_t>(own.size(), 150), 0.6));
    }
    first = end;
  }
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

void label_by_segments(Page& page) {
  for (const auto& segment : page.with) {
    std::vector<std::size_t> holders;
    for (std::size_t i = 0; i < page.texts.size(); ++i) {
      if (contains(page.texts[i], segment)) holders.push_back(i);
    }
    for (const auto i : holders) {
      page.label[i] = 1;
      page.weight[i] += 1.0F / static_cast<float>(holders.size());
    }
  }
  for (const auto& segment : page.without) {
    std::vector<std::size_t> holders;
    for (std::size_t i = 0; i < page.texts.size(); ++i) {
      if (contains(page.texts[i], segment)) holders.push_back(i);
    }
    for (const auto i : holders) {
      if (page.label[i] > 0) continue;
      page.weight[i] += 1.0F / static_cast<float>(std::min<std::size_t>(holders.size(), 4));
    }
  }
}

void prepare(Page& page) {
  page.tree = parsers::HtmlTree::parse(page.html);
  if (!page.tree) {
    fprintf(stderr, "no tree: %s\n", page.id.c_str());
    return;
  }
  page.told = parsers::read_metadata(*page.tree, page.url);
  page.outline = parsers::outline_page(page.tree->document());
  page.words = parsers::scan_page(page.outline);
  for (const auto& block : page.outline.blocks) {
    page.texts.push_back(parsers::block_text(page.outline, block));
  }
  page.label.resize(page.texts.size());
  page.weight.resize(page.texts.size());
  if (page.suite == Suite::trafilatura) {
    label_by_segments(page);
  } else {
    label_by_truth(page);
    double sum = 0;
    for (const auto w : page.weight) sum += w;
    // A page counts by its articles' words, not by the length of its menus.
    for (auto& w : page.weight) w = static_cast<float>(w * 40 / sum);
  }
}

int fold_of(const std::string& url, const std::string& id, int folds) {
  const auto start = url.find("://");
  auto host = start == url.npos || url.find("fakehost") != url.npos
                  ? id
                  : url.substr(start + 3, url.find('/', start + 3) - start - 3);
  if (host.starts_with("www.")) host.erase(0, 4);
  std::uint32_t hash = 2166136261U;
  for (const char c : host) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return static_cast<int>((hash >> 7) % static_cast<unsigned>(folds));
}

}  // namespace

std::vector<Page> load_pages(int folds) {
  std::vector<Page> pages;
  for (const auto suite : {Suite::aeb, Suite::readability, Suite::trafilatura}) {
    for (auto& one : article_suites::load(suite)) {
      Page page;
      static_cast<article_suites::Case&>(page) = std::move(one);
      page.fold = fold_of(page.url, page.id, folds);
      pages.push_back(std::move(page));
    }
  }
  for (auto& page : pages) prepare(page);
  return pages;
}

}  // namespace crawld::training
