#include "crawler/fetch/dns_outage.h"

#include <algorithm>
#include <utility>

namespace crawld::fetch {
namespace {

using base::Instant;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kBetweenProbes{1};

}  // namespace

bool DnsOutage::answered(const std::string& name, Instant now, Instant expires) {
  answered_at_ = now;
  given_up_ = false;
  auto place =
      std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.name == name; });
  if (place == known_.end()) {
    place = std::max_element(known_.begin(), known_.end(), [](const Known& a, const Known& b) {
      return !a.name.empty() && (b.name.empty() || a.expires < b.expires);
    });
    if (!place->name.empty() && place->expires <= expires) place = known_.end();
  }
  if (place != known_.end()) *place = {name, expires};
  return std::exchange(is_on_, false);
}

bool DnsOutage::must_wait(Instant asked_at) const {
  const milliseconds patience = answered_at_ ? patience_.later : patience_.at_start;
  if (given_up_ || patience.count() <= 0) return false;
  return !answered_at_ || *answered_at_ < asked_at;
}

std::optional<std::string> DnsOutage::probe() {
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const Known& known = known_[next_known_++ % known_.size()];
    if (!known.name.empty()) return known.name;
  }
  return std::nullopt;
}

bool DnsOutage::probe_failed(Instant now) {
  next_probe_ = now + kBetweenProbes;
  if (is_on_ || given_up_) return false;
  since_ = now;
  is_on_ = true;
  return true;
}

std::chrono::seconds DnsOutage::lasted(Instant now) const {
  return std::chrono::duration_cast<std::chrono::seconds>(now - since_);
}

bool DnsOutage::gives_up(Instant now) {
  if (!is_on_) return false;
  if (now - since_ < (answered_at_ ? patience_.later : patience_.at_start)) return false;
  is_on_ = false;
  given_up_ = true;
  return true;
}

}  // namespace crawld::fetch
