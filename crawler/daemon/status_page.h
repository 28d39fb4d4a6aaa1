// What a running crawl does, for a browser: what `crawld status --json` tells, as one HTML page.
//
// It needs nothing else and runs nothing: no script, no picture, no address but its own, which
// it loads anew every few seconds. Whatever a site calls its URLs is escaped, and the policy
// that goes with the page forbids the rest, should an escape ever be missing.
#pragma once

#include <string>
#include <string_view>

namespace crawld::daemon {

// The value of its Content-Security-Policy header (CSP Level 3).
extern const std::string_view kStatusPagePolicy;

// Threads: one at a time.
class StatusPage {
 public:
  // The page of one moment; `status_json` as daemon/status_json.h makes it. Pages a second are
  // those since the page before, at first those since the start.
  std::string of(std::string_view status_json);

 private:
  struct Moment {
    double seconds = 0;
    double pages = 0;
  };
  Moment before_;
};

}  // namespace crawld::daemon
