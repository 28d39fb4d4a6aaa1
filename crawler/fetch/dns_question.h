// What is asked of name servers about one name, and what their messages say.
//
// A question has two halves, A and AAAA, since a server answers each by itself.
// Threads: that of the DNS client.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/fetch/dns_client.h"

namespace crawld::fetch {

struct DnsQuestion {
  std::string name;
  std::optional<Family> needed;
  DnsClient::Reply reply;  // empty: nobody waits for it, it shows whether servers answer
  std::array<bool, 2> open = {true, true};
  bool whole = false;     // no more is waited for
  bool answered = false;  // and it was told
  base::Instant asked_at{};
  base::Instant answer_by{};
  std::array<DnsAnswer, 2> halves;  // [0] A, [1] AAAA
};

inline int index_of(Family family) { return family == Family::ipv4 ? 0 : 1; }

// What one half brought: c-ares' status, and the message if there was one.
DnsAnswer read_half(int half, int status, std::span<const std::uint8_t> message);

// Both halves as one answer, which takes their addresses.
DnsAnswer merge(DnsQuestion& question);

}  // namespace crawld::fetch
