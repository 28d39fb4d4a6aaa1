#include "config/seed_list.h"

#include <cassert>

namespace crawld::config {

SeedList::SeedList(std::initializer_list<std::string_view> seeds) {
  for (const std::string_view seed : seeds) push_back(seed);
}

SeedList::SeedList(const std::vector<std::string>& seeds) {
  for (const std::string& seed : seeds) push_back(seed);
}

void SeedList::push_back(std::string_view seed) {
  if (!list_) {
    list_ = std::make_shared<List>();
  } else if (list_.use_count() > 1) {
    list_ = std::make_shared<List>(*list_);
  }
  list_->text.append(seed);
  list_->ends.push_back(list_->text.size());
}

std::string_view SeedList::operator[](std::size_t place) const {
  assert(place < size());
  const std::size_t begin = place == 0 ? 0 : list_->ends[place - 1];
  return std::string_view(list_->text).substr(begin, list_->ends[place] - begin);
}

bool SeedList::operator==(const SeedList& other) const {
  if (list_ == other.list_) return true;
  if (size() != other.size()) return false;
  return empty() || (list_->text == other.list_->text && list_->ends == other.list_->ends);
}

}  // namespace crawld::config
