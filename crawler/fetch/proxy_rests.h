// Which proxy a host goes through, and which of them rest because they could not be had.
//
// A host keeps to one proxy, so that what a server remembers of a client holds; it is the one with
// the highest hash of both names (rendezvous hashing), in every run the same. While that one
// rests, the host's next best takes it, and no other host moves. A proxy that fails rests 10 s,
// and twice as long each further time in a row, 10 min at most; then one request tries it, and
// those of others follow where it works. Sites share what is known of a proxy, over reloads too.
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/fetch/proxy.h"

namespace crawld::fetch {

class ProxyRests {
 public:
  // The proxy for a request to `host` that those in `given_up` did not take. Where all rest it is
  // the host's own, unless it was given up; null: there is none left to try, or three were tried.
  const Proxy* choose(std::string_view host, std::span<const Proxy> proxies,
                      std::span<const Proxy* const> given_up, base::Instant now) const
      CRAWL_EXCLUDES(mutex_);

  // A request goes there now: of a proxy whose rest is over it is the one that tries it.
  void begin(const Proxy& proxy, base::Instant now) CRAWL_EXCLUDES(mutex_);
  // How it ended. `why` is one line for people, without secrets; logged when a rest begins,
  // as is the end of them.
  void failed(const Proxy& proxy, const std::string& why, base::Instant now) CRAWL_EXCLUDES(mutex_);
  void worked(const Proxy& proxy) CRAWL_EXCLUDES(mutex_);

  struct Trouble {
    std::string proxy;           // Proxy::name()
    std::uint64_t failures = 0;  // requests that found it out
    std::string last;            // why
    bool resting = false;        // it has not worked since
  };
  // Of proxies that failed at least once.
  std::vector<Trouble> troubles() const CRAWL_EXCLUDES(mutex_);

 private:
  struct Record {
    Trouble trouble;
    unsigned in_a_row = 0;
    bool being_tried = false;  // by one request, since its rest ended
    base::Instant until{};
  };

  mutable base::Mutex mutex_;
  std::map<std::string, Record> by_url_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::fetch
