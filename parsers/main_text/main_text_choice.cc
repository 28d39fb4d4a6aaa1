#include "parsers/main_text/main_text_choice.h"

#include <algorithm>

#include "parsers/main_text/main_text_shingles.h"

namespace crawld::parsers {
namespace {

bool is_hidden(const PageOutline& page, const Block& block) {
  return (page.elements[block.element].within & bit(Within::hidden)) != 0;
}

// Pages that show their article by script hide all of it; a hidden part of a shown
// article is no text of it.
void drop_hidden(const PageOutline& page, std::vector<std::size_t>& kept) {
  std::uint64_t hidden = 0;
  std::uint64_t shown = 0;
  for (const auto i : kept) {
    (is_hidden(page, page.blocks[i]) ? hidden : shown) += page.blocks[i].chars;
  }
  if (hidden == 0 || hidden > shown) return;
  std::erase_if(kept, [&](std::size_t i) { return is_hidden(page, page.blocks[i]); });
}

void add_shingles(std::span<const std::uint32_t> words, HashSet& said) {
  for (std::size_t k = 0; k + 2 < words.size(); ++k) said.add(shingle(words, k));
}

constexpr std::uint64_t kEnoughText = 250;   // characters that make an article
constexpr float kGroupWeight = 0.5F;         // of the others in a table or list
constexpr std::size_t kShortestRepeat = 12;  // words; shorter ones may well be said twice

std::uint32_t grandparent(const PageOutline& page, std::uint32_t element) {
  const auto parent = page.elements[element].parent;
  return parent == kNoElement ? kNoElement : page.elements[parent].parent;
}

// A text that stands on the page twice (once for print, once in a script's form). Only
// what stands elsewhere is a repeat: neighbours may say the same on purpose.
void drop_repeats(const PageOutline& page, const PageWords& words, std::vector<std::size_t>& kept) {
  std::size_t total = 0;
  for (const auto i : kept) total += words.of(i).size();
  HashSet said(total);
  std::vector<std::size_t> neighbours;  // not yet in `said`
  std::uint32_t place = kNoElement;
  std::erase_if(kept, [&](std::size_t i) {
    const auto parent = grandparent(page, page.blocks[i].element);
    if (parent != place) {
      for (const auto n : neighbours) add_shingles(words.of(n), said);
      neighbours.clear();
      place = parent;
    }
    neighbours.push_back(i);
    const auto own = words.of(i);
    if (own.size() < kShortestRepeat) return false;
    std::size_t again = 0;
    for (std::size_t k = 0; k + 2 < own.size(); ++k) again += said.has(shingle(own, k)) ? 1 : 0;
    return again * 10 > (own.size() - 2) * 8;
  });
}

// What readers wrote below the article. A page whose text stands in comments alone is
// a discussion, and that is its article.
void drop_comments(const PageOutline& page, std::vector<std::size_t>& kept) {
  std::vector<char> comment(page.elements.size());
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  if (kept.empty()) return;
  // What holds the beginning of the text is no comment, whatever it is called.
  std::vector<char> begins(page.elements.size());
  for (auto at = page.blocks[kept.front()].element; at != kNoElement;
       at = page.elements[at].parent) {
    begins[at] = 1;
  }
  for (std::size_t i = 0; i < comment.size(); ++i) {
    const auto& element = page.elements[i];
    const bool own = (element.own_hints & bit(ClassHint::comment)) != 0 && begins[i] == 0;
    comment[i] = own || (element.parent != kNoElement && comment[element.parent]) ? 1 : 0;
  }
  for (const auto i : kept) {
    (comment[page.blocks[i].element] ? inside : outside) += page.blocks[i].chars;
  }
  if (inside == 0 || outside < kEnoughText) return;
  std::erase_if(kept, [&](std::size_t i) { return comment[page.blocks[i].element] != 0; });
}

// Teasers that are articles of their own, beside the one that the text begins in.
void drop_other_articles(const PageOutline& page, std::vector<std::size_t>& kept) {
  if (kept.empty()) return;
  std::vector<std::uint32_t> article(page.elements.size(), kNoElement);  // outermost
  for (std::size_t i = 0; i < article.size(); ++i) {
    const auto& element = page.elements[i];
    if (element.parent != kNoElement) article[i] = article[element.parent];
    if (article[i] == kNoElement && element.tag == GUMBO_TAG_ARTICLE) {
      article[i] = static_cast<std::uint32_t>(i);
    }
  }
  const auto article_of = [&](std::size_t i) { return article[page.blocks[i].element]; };
  const auto first = article_of(kept.front());
  if (first == kNoElement) return;
  std::uint64_t inside = 0;
  for (const auto i : kept) inside += article_of(i) == first ? page.blocks[i].chars : 0;
  if (inside < kEnoughText) return;
  std::erase_if(
      kept, [&](std::size_t i) { return article_of(i) != first && article_of(i) != kNoElement; });
}

// The cells of a table and the items of a list belong together: each is judged by the
// half by what the others are.
std::vector<float> evened_out(const PageOutline& page, const std::vector<float>& likelihood) {
  struct Sum {
    double likely = 0;
    double chars = 0;
  };
  std::vector<Sum> sums(page.elements.size());
  const auto group_of = [&](std::size_t i) {
    const auto& element = page.elements[page.blocks[i].element];
    return element.cell != kNoElement ? element.table : element.list;
  };
  for (std::size_t i = 0; i < likelihood.size(); ++i) {
    const auto group = group_of(i);
    if (group == kNoElement) continue;
    sums[group].likely += static_cast<double>(likelihood[i]) * page.blocks[i].chars;
    sums[group].chars += page.blocks[i].chars;
  }
  auto even = likelihood;
  for (std::size_t i = 0; i < likelihood.size(); ++i) {
    const auto group = group_of(i);
    if (group == kNoElement) continue;
    const auto mean = static_cast<float>(sums[group].likely / sums[group].chars);
    even[i] = (1 - kGroupWeight) * likelihood[i] + kGroupWeight * mean;
  }
  return even;
}

std::vector<std::size_t> above(const std::vector<float>& likelihood, float least) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < likelihood.size(); ++i) {
    if (likelihood[i] > least) kept.push_back(i);
  }
  return kept;
}

}  // namespace

std::vector<std::size_t> choose_blocks(const PageOutline& page, const PageWords& words,
                                       const std::vector<float>& judged, float keep_above) {
  const auto likelihood = evened_out(page, judged);
  auto kept = above(likelihood, keep_above);
  if (kept.empty() && !likelihood.empty()) {
    kept = above(likelihood, *std::max_element(likelihood.begin(), likelihood.end()) / 2);
  }
  drop_hidden(page, kept);
  drop_comments(page, kept);
  drop_other_articles(page, kept);
  drop_repeats(page, words, kept);
  return kept;
}

}  // namespace crawld::parsers
