// Hosts that are to be asked over https only: HTTP Strict Transport Security (RFC 6797).
//
// A user agent has one list: what a host said to one site holds for all. At most 100,000 hosts are
// known, 1,000 of one registrable domain, since subdomains cost their owner nothing; each for a
// year at most after its last word. The newest of a flood give way.
// Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/model/response.h"
#include "crawler/model/url.h"

namespace crawld::fetch {

class HstsHosts {
 public:
  static constexpr std::size_t kMost = 100'000;
  static constexpr std::size_t kMostOfDomain = 1'000;

  // Notes what an answer says of its host (section 8.1). Gives back what is to be stored: nothing
  // where what was given back before still says so, but for a day or a quarter of its time.
  // Needs: the answer came over https, from a host whose certificate was verified.
  std::optional<model::HstsHost> note(const model::Url& from, const model::Headers& headers,
                                      base::WallTime now) CRAWL_EXCLUDES(mutex_);

  // What is asked for in place of `url` (section 8.3); nothing where that is `url` itself.
  std::optional<model::Url> in_place_of(const model::Url& url, base::WallTime now) const
      CRAWL_EXCLUDES(mutex_);

  // What was stored. Those whose time is over are left out.
  void restore(std::span<const model::HstsHost> hosts, base::WallTime now) CRAWL_EXCLUDES(mutex_);

  std::size_t size() const CRAWL_EXCLUDES(mutex_);

 private:
  struct Entry {
    bool with_subdomains = false;
    base::WallTime until{};
    base::WallTime stored_until{};
  };
  // Asked for by parts of a URL's host, without a copy of them.
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  using Hosts = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;

  bool is_full(const std::string& domain) const CRAWL_REQUIRES(mutex_);
  bool has_room(const std::string& domain, base::WallTime now) CRAWL_REQUIRES(mutex_);
  Hosts::iterator forget(Hosts::iterator host) CRAWL_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  Hosts hosts_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::size_t> of_domain_ CRAWL_GUARDED_BY(mutex_);  // never 0
  base::WallTime swept_at_ CRAWL_GUARDED_BY(mutex_){};
};

}  // namespace crawld::fetch
