#include "parsers/main_text/main_text_witness.h"

#include <algorithm>
#include <vector>

#include "parsers/main_text/main_text_row.h"
#include "parsers/main_text/main_text_scan.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMost = 1 << 18;  // bytes of witness text that are read

}  // namespace

WitnessText::WitnessText(std::string_view text) : triples_(0), singles_(0) {
  std::vector<std::uint32_t> words;
  hash_words(text.substr(0, kMost), words);
  size_ = words.size();
  triples_ = HashSet(size_);
  singles_ = HashSet(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    singles_.add(words[i]);
    if (i + 2 < size_) triples_.add(shingle(words, i));
  }
}

double WitnessText::share(std::span<const std::uint32_t> words) const {
  const auto count = words.size();
  if (size_ < 3 || count == 0) return -1;
  std::size_t hits = 0;
  if (count < 3) {
    for (std::size_t i = 0; i < count; ++i) hits += singles_.has(words[i]) ? 1 : 0;
    return 0.5 * ratio(static_cast<double>(hits), static_cast<double>(count));
  }
  for (std::size_t i = 0; i + 2 < count; ++i) hits += triples_.has(shingle(words, i)) ? 1 : 0;
  return ratio(static_cast<double>(hits), static_cast<double>(count - 2));
}

double WitnessText::likeness(std::span<const std::uint32_t> words) const {
  const auto count = words.size();
  if (size_ == 0 || count == 0 || count > 60) return 0;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < count; ++i) hits += singles_.has(words[i]) ? 1 : 0;
  return ratio(static_cast<double>(hits), static_cast<double>(std::max(size_, count)));
}

}  // namespace crawld::parsers
