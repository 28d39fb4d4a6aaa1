#include "tests/bench/main_text_training/pages.h"

#include <cmath>
#include <unordered_set>

#include "parsers/main_text_scan.h"

namespace crawld::training {
namespace {

std::uint32_t triple(const std::uint32_t* w) { return ((w[0] * 31U) ^ w[1]) * 0x85EBCA6BU + w[2]; }

// Blocks found in the truth, in threes of words; short ones as a whole line of it.
void label_by_truth(Page& page) {
  std::unordered_set<std::uint32_t> triples, whole;
  std::vector<std::uint32_t> all;
  parsers::hash_words(page.truth, all);
  for (std::size_t i = 0; i + 2 < all.size(); ++i) triples.insert(triple(&all[i]));
  const auto whole_hash = [](const std::vector<std::uint32_t>& w) {
    std::uint32_t h = 0;
    for (const auto x : w) h = (h ^ x) * 0x9E3779B1U;
    return h;
  };
  for (const auto& line : page.lines) {
    std::vector<std::uint32_t> w;
    parsers::hash_words(line, w);
    whole.insert(whole_hash(w));
  }
  for (std::size_t i = 0; i < page.texts.size(); ++i) {
    std::vector<std::uint32_t> w;
    parsers::hash_words(page.texts[i], w);
    if (w.empty()) continue;
    bool in = whole.contains(whole_hash(w));
    if (w.size() >= 3 && !in) {
      std::size_t hits = 0;
      for (std::size_t k = 0; k + 2 < w.size(); ++k) hits += triples.contains(triple(&w[k]));
      in = hits * 2 > w.size() - 2;
    }
    page.label[i] = in ? 1 : 0;
    page.weight[i] = static_cast<float>(std::pow(std::min<std::size_t>(w.size(), 150), 0.6));
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
