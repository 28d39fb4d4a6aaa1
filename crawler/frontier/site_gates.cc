#include "crawler/frontier/site_gates.h"

#include <utility>

namespace crawld::frontier {

const SiteSettings& SiteGates::settings(model::SiteId id) const {
  static const SiteSettings kDefault;
  return is_configured(id) ? sites_[id] : kDefault;
}

std::vector<SiteSettings> SiteGates::exchange(std::vector<SiteSettings> sites) {
  return std::exchange(sites_, std::move(sites));
}

Politeness SiteGates::politeness(model::SiteId id) const {
  Politeness politeness = settings(id).politeness;
  const auto pace = paces_.find(id);
  if (pace != paces_.end() && pace->second.delay) politeness.delay = *pace->second.delay;
  return politeness;
}

bool SiteGates::set_pace(model::SiteId id, const SitePace& pace) {
  const auto before = paces_.find(id);
  if (before == paces_.end() ? pace == SitePace{} : before->second == pace) return false;
  paces_[id] = pace;
  return true;
}

void SiteGates::pause(model::SiteId id, bool paused) {
  if (paused) {
    paused_.insert(id);
  } else {
    paused_.erase(id);
  }
}

bool SiteGates::is_stopped(model::SiteId id) const {
  if (paused_.contains(id)) return true;
  const auto pace = paces_.find(id);
  return pace != paces_.end() && pace->second.off;
}

void SiteGates::hold_for_login(model::SiteId id) { before_login_.insert(id); }

void SiteGates::release_from_login(model::SiteId id) {
  before_login_.erase(id);
  wanting_login_.erase(id);
}

void SiteGates::note_url(model::SiteId id) {
  if (before_login_.empty() || !before_login_.contains(id)) return;
  if (wanting_login_.insert(id).second) wishes_.push_back(id);
}

const std::string* SiteGates::closed_because(model::SiteId id) const {
  const auto closed = closed_.find(id);
  return closed == closed_.end() ? nullptr : &closed->second;
}

bool SiteGates::has_all_its_pages(model::SiteId id) const {
  const std::uint64_t limit = settings(id).page_limit;
  if (limit == 0) return false;
  const auto used = pages_.find(id);
  return used != pages_.end() && used->second >= limit;
}

}  // namespace crawld::frontier
