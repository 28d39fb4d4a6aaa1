#include "crawler/fetch/enduring_fetcher.h"

#include <chrono>
#include <utility>

namespace crawld::fetch {
namespace {

using model::FetchFailureKind;

// As it fails where nothing comes back from anybody.
bool reached_nobody(FetchFailureKind kind) {
  switch (kind) {
    case FetchFailureKind::dns:
    case FetchFailureKind::connect:
    case FetchFailureKind::timeout:
    case FetchFailureKind::too_slow:
    case FetchFailureKind::proxy:
      return true;
    case FetchFailureKind::tls:
    case FetchFailureKind::too_large:
    case FetchFailureKind::blocked_address:
    case FetchFailureKind::blocked_port:
    case FetchFailureKind::blocked_scheme:
    case FetchFailureKind::bad_response:
    case FetchFailureKind::truncated:
    case FetchFailureKind::empty_reply:
    case FetchFailureKind::reset:
    case FetchFailureKind::aborted:
      return false;
  }
  return false;
}

// It stands with the wait for the name: the host saw its request after both.
void add_wait(model::Timings& timings, base::Duration wait) {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(wait);
  timings.dns += time;
  for (auto* phase : {&timings.connect, &timings.tls, &timings.first_byte, &timings.total}) {
    if (phase->count() > 0) *phase += time;
  }
}

}  // namespace

model::Fetched EnduringFetcher::fetch(model::Lease lease) {
  const base::Instant leased = std::chrono::steady_clock::now();
  while (true) {
    uplink_.wait_while_gone(stop_.get_token());
    const base::Instant started = std::chrono::steady_clock::now();
    model::Fetched fetched = fetcher_->fetch(std::move(lease));
    if (ended(fetched, leased, started)) return fetched;
    lease = std::move(fetched.lease);
  }
}

// A connection that failed while its lease was set aside counts from when the lease was taken up:
// whether somebody else was reached about then is what tells.
std::optional<model::Fetched> EnduringFetcher::fetch_if_reached(model::Lease& lease) {
  const base::Instant leased = std::chrono::steady_clock::now();
  while (true) {
    uplink_.wait_while_gone(stop_.get_token());
    const base::Instant started = std::chrono::steady_clock::now();
    std::optional<model::Fetched> fetched = fetcher_->fetch_if_reached(lease);
    if (!fetched || ended(*fetched, leased, started)) return fetched;
    lease = std::move(fetched->lease);
  }
}

// False: it is to be fetched again, since the network was gone, and is back.
bool EnduringFetcher::ended(model::Fetched& fetched, base::Instant leased, base::Instant started) {
  if (const auto* response = fetched.response(); response != nullptr) {
    if (!response->remote_address.empty()) {
      uplink_.reached({response->remote_address, response->remote_port},
                      std::chrono::steady_clock::now());
    }
    add_wait(fetched.timings, started - leased);
    return true;
  }
  return !reached_nobody(fetched.failure()->kind) || fetched.lease.request.post != nullptr ||
         !uplink_.was_gone(started, stop_.get_token());
}

void EnduringFetcher::abort() {
  fetcher_->abort();
  stop_.request_stop();
}

}  // namespace crawld::fetch
