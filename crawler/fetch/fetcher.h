// The seam between the pipeline and the web.
//
// Bodies: CurlFetcher (the web), ScriptedWeb (tests). EnduringFetcher stands before the first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "crawler/model/response.h"

namespace crawld::fetch {

class Fetcher {
 public:
  virtual ~Fetcher() = default;

  // The address that fetch() would dial first; empty when none may be dialled, which fetch()
  // then tells. Contacts name servers only. Nothing where their answer takes longer than a moment
  // and on_name_known() was set; else it blocks for at most the site's DNS timeout.
  virtual std::optional<std::string> address_of(const model::Lease& lease) = 0;

  // `known` is called with the host of the lease when there is an answer, once for each time that
  // address_of() gave nothing: in any thread, perhaps before that returns, never once the fetcher
  // is gone. It must not call a fetcher. Set before the first fetch().
  virtual void on_name_known(const std::function<void(model::HostId)>& /*known*/) {}

  // `wait` is called, in the thread of fetch(), before any of a body is kept: until it returns
  // the body stays with the system, and no time-out counts. Set before the first fetch().
  virtual void before_body(const std::function<void()>& /*wait*/) {}

  // Contacts the host of the lease once and says what came of it. Follows no
  // redirect. Blocks for at most the site's DNS and total timeouts, plus the wait
  // for the global rate caps and before a body.
  // Threads: one at a time; a fetch thread owns its fetcher.
  virtual model::Fetched fetch(model::Lease lease) = 0;

  // The same, but nothing where the host takes longer than a moment to be reached and on_reached()
  // was set: then `lease.connection` says which connection is being made, nothing was sent, and the
  // lease is to be brought again once on_reached() was called for that. Takes the lease otherwise.
  virtual std::optional<model::Fetched> fetch_if_reached(model::Lease& lease) {
    return fetch(std::move(lease));
  }

  // `reached` is called with the connection of a lease when it stands, or failed, once: in any
  // thread, perhaps before fetch_if_reached() returns, never once the fetcher is gone. It must not
  // call a fetcher. Set before the first fetch.
  virtual void on_reached(const std::function<void(std::uint64_t)>& /*reached*/) {}

  // Ends the running transfer and every later one within about 100 ms; they come
  // back as FetchFailureKind::aborted. For good. Threads: any.
  virtual void abort() = 0;
};

}  // namespace crawld::fetch
