// The second pass's features: what the first thought of a block's surroundings.
#include <algorithm>

#include "parsers/main_text/main_text_features.h"
#include "parsers/main_text/main_text_row.h"

namespace crawld::parsers {
namespace {

// Likely text counts for an element, other text against it.
struct Tally {
  double likely = 0;
  double chars = 0;
  double value = 0;
};

std::vector<Tally> tally(const PageOutline& page, const std::vector<float>& likelihood) {
  constexpr double kEven = 0.4;
  std::vector<Tally> tallies(page.elements.size());
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const double chars = page.blocks[i].chars;
    auto& at = tallies[page.blocks[i].element];
    at.likely += likelihood[i] * chars;
    at.chars += chars;
    at.value += (likelihood[i] - kEven) * chars;
  }
  for (auto i = tallies.size(); i-- > 1;) {
    const auto parent = page.elements[i].parent;
    if (parent == kNoElement) continue;
    tallies[parent].likely += tallies[i].likely;
    tallies[parent].chars += tallies[i].chars;
    tallies[parent].value += tallies[i].value;
  }
  return tallies;
}

std::uint32_t best_of(const std::vector<Tally>& tallies) {
  std::uint32_t best = kNoElement;
  double value = 0;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    // Of equals the deepest: it comes last.
    if (tallies[i].value < value || tallies[i].value <= 0) continue;
    value = tallies[i].value;
    best = static_cast<std::uint32_t>(i);
  }
  return best;
}

constexpr std::size_t kSecondColumns = 18;
constexpr float kSure = 0.6F;      // likelihood that is as good as certain
constexpr unsigned kFarAway = 99;  // blocks; farther ones are not told apart
constexpr std::size_t kLevels = 4;

}  // namespace

class SecondPassFeatures::Reader {
 public:
  Reader(const PageOutline& page, const std::vector<float>& likelihood)
      : page_(page),
        likelihood_(likelihood),
        tallies_(tally(page, likelihood)),
        best_(best_of(tallies_)) {
    mark_best();
    note_sure_blocks();
  }

  void fill(std::size_t i, Row row) const {
    neighbour_columns(i, row);
    container_columns(i, row);
    distance_columns(i, row);
  }

 private:
  void mark_best() {
    in_best_.resize(page_.elements.size());
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto parent = page_.elements[i].parent;
      in_best_[i] = i == best_ || (parent != kNoElement && in_best_[parent]) ? 1 : 0;
    }
  }

  // Sure blocks before and after each, and how far the nearest ones are.
  void note_sure_blocks() {
    const auto count = page_.blocks.size();
    sure_before_.resize(count + 1);
    since_last_.assign(count + 1, kFarAway);
    to_next_.assign(count + 1, kFarAway);
    for (std::size_t i = 0; i < count; ++i) {
      const bool sure = likelihood_[i] > kSure;
      sure_before_[i + 1] = sure_before_[i] + (sure ? 1 : 0);
      since_last_[i + 1] = sure ? 1 : std::min(since_last_[i] + 1, kFarAway);
    }
    for (auto i = count; i-- > 0;) {
      to_next_[i] = likelihood_[i] > kSure ? 0 : std::min(to_next_[i + 1] + 1, kFarAway);
    }
  }

  float at(std::size_t block) const {
    return block < likelihood_.size() ? likelihood_[block] : 0.0F;
  }

  void neighbour_columns(std::size_t i, Row& row) const {
    row.put(likelihood_[i]);
    row.put(at(i - 1));
    row.put(at(i - 2));
    row.put(at(i + 1));
    row.put(at(i + 2));
    row.put((at(i - 1) + at(i - 2) + at(i - 3) + at(i + 1) + at(i + 2) + at(i + 3)) / 6);
  }

  // What else is likely in the containers above.
  void container_columns(std::size_t i, Row& row) const {
    const auto& block = page_.blocks[i];
    const bool none = best_ == kNoElement;
    row.put_flag(in_best_[block.element] != 0);
    row.put(none ? 0 : ratio(tallies_[best_].likely, tallies_[best_].chars));
    auto element = page_.elements[block.element].container;
    for (std::size_t level = 0; level < kLevels; ++level) {
      if (element == kNoElement) {
        row.put(-1);
        continue;
      }
      row.put(ratio(tallies_[element].likely - likelihood_[i] * block.chars,
                    tallies_[element].chars - block.chars));
      element = page_.elements[element].container;
    }
  }

  void distance_columns(std::size_t i, Row& row) const {
    row.put(ratio(sure_before_[i], sure_before_.back()));
    row.put(sure_before_.back());
    row.put(since_last_[i]);
    row.put(to_next_[i]);
    row.put(std::min(since_last_[i], to_next_[i + 1] + 1));
    row.put_flag(since_last_[i] < kFarAway && to_next_[i] < kFarAway);
  }

  const PageOutline& page_;
  const std::vector<float>& likelihood_;
  std::vector<Tally> tallies_;
  std::uint32_t best_;
  std::vector<char> in_best_;
  std::vector<unsigned> sure_before_;
  std::vector<unsigned> since_last_;
  std::vector<unsigned> to_next_;
};

std::size_t SecondPassFeatures::columns() { return FirstPassFeatures::columns() + kSecondColumns; }

SecondPassFeatures::SecondPassFeatures(const PageOutline& page,
                                       const std::vector<float>& likelihood)
    : reader_(std::make_unique<Reader>(page, likelihood)) {}
SecondPassFeatures::~SecondPassFeatures() = default;

void SecondPassFeatures::fill(std::size_t from, const FeatureTable& first,
                              FeatureTable& table) const {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    std::copy_n(first.row(i), first.width(), table.row(i));
    reader_->fill(from + i, Row(table.row(i) + first.width()));
  }
}

}  // namespace crawld::parsers
