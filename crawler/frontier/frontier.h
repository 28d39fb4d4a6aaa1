// What to fetch next, and when it is polite to.
//
// The interface has room for a second body over a shared database: hosts are
// leased, claims and acknowledgements come in batches, and what is durable is
// decided by the commit stage, never here.
//
// Threads: all calls from any thread, unless said otherwise. No call blocks on
// anything but wait(), and none does I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"
#include "crawler/model/settlement.h"

namespace crawld::frontier {

// A URL that waits: what a lease is made of.
struct Candidate {
  model::UrlId url_id = 0;
  model::HostId host_id = 0;
  model::Request request;
  int priority = 0;  // higher first, before depth
  // The frontier's own, of a page that was stored before: those that came earlier are smaller.
  std::uint64_t arrival = 0;
};

// A URL that came up for its turn and must not be fetched; with url_id 0 the step of a login.
struct Refusal {
  model::UrlId url_id = 0;
  model::HostId host_id = 0;
  model::SiteId site = 0;
  model::Verdict verdict = model::Verdict::disallowed;
  std::string reason;
  std::optional<base::Instant> until;  // the whole host is closed; it is asked again then
};

struct Turn {
  std::optional<model::Lease> lease;
  std::vector<Refusal> refusals;  // to be booked by the caller
};

// Why nothing more is being fetched right now, for `status`.
enum class Holdup : std::uint8_t {
  nothing_left,  // no URL waits
  politeness,    // URLs wait for their host's next allowed moment
  in_flight,     // every host with URLs has its requests open
  paused,
  login,  // URLs wait for their site's login
  names,  // URLs wait for name servers
  none    // a URL can be leased now
};

class Frontier {
 public:
  virtual ~Frontier() = default;

  // The next URL whose host may be contacted at `now`, or nothing. Holding the lease
  // is the right to contact that host once; it must be given back through release().
  virtual Turn lease(base::Instant now) = 0;

  // Waits until lease() may have something, `until` has come, or the frontier closed.
  // False once it is closed.
  virtual bool wait(base::Instant until) = 0;

  // Before the first contact with a host whose address the lease does not know yet: takes a
  // slot of `address` for it. False when all are taken: then the lease is void, and its URL
  // waits again, for a slot.
  virtual bool claim_address(model::Lease& lease, const std::string& address,
                             base::Instant now) = 0;

  // The name of the lease's host is not known yet: the lease is void, and its URL waits again. All
  // of the host wait until name_known() was called for it as often as this, before or after.
  virtual void wait_for_name(const model::Lease& lease, base::Instant now) = 0;
  virtual void name_known(model::HostId host) = 0;

  // The host takes its time to be reached: the lease keeps the host's slots, but no transfer, until
  // reached() was called for `lease.connection`, before or after. Then lease() gives it again, as
  // one of that moment, whatever holds up new ones; not where the frontier is closed.
  virtual void set_aside(model::Lease lease) = 0;
  virtual void reached(std::uint64_t connection) = 0;

  // The transfer has ended: frees the host's slot and moves its clock. The URL itself
  // stays outstanding until settled(). `address`: as dialled, empty if none was.
  virtual void release(const model::Lease& lease, const model::HostAdvice& advice,
                       const std::string& address, base::Instant now) = 0;

  // The URL's outcome and its links are with the commit stage: it no longer holds up the end.
  virtual void settled(const model::Lease& lease, bool stored_page) = 0;

  // New URLs, or old ones that are due again.
  virtual void offer(std::vector<Candidate> candidates) = 0;

  // The earliest moment at which a waiting URL's host opens. Nothing when none waits.
  virtual std::optional<base::Instant> next_opening() const = 0;

  // No URL waits, none is leased or unsettled.
  virtual bool idle() const = 0;

  // From now on lease() gives nothing and wait() returns false.
  virtual void close() = 0;
};

}  // namespace crawld::frontier
