// A fetcher that outlasts an outage of the network: what failed by that is fetched
// again when the network is back, as if the time between had not been.
//
// So no URL has an attempt less and no host a trouble more. Logins are left
// alone: a form is sent once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "crawler/fetch/fetcher.h"
#include "crawler/fetch/uplink.h"

namespace crawld::fetch {

class EnduringFetcher final : public Fetcher {
 public:
  // `uplink` is shared with the other threads and outlives the fetcher.
  EnduringFetcher(std::unique_ptr<Fetcher> fetcher, Uplink& uplink)
      : fetcher_(std::move(fetcher)), uplink_(uplink) {}

  std::optional<std::string> address_of(const model::Lease& lease) override {
    return fetcher_->address_of(lease);
  }
  void on_name_known(const std::function<void(model::HostId)>& known) override {
    fetcher_->on_name_known(known);
  }
  void before_body(const std::function<void()>& wait) override { fetcher_->before_body(wait); }
  void on_reached(const std::function<void(std::uint64_t)>& reached) override {
    fetcher_->on_reached(reached);
  }
  // Both block for as long as the network is gone besides.
  model::Fetched fetch(model::Lease lease) override;
  std::optional<model::Fetched> fetch_if_reached(model::Lease& lease) override;
  void abort() override;

 private:
  bool ended(model::Fetched& fetched, base::Instant leased, base::Instant started);

  const std::unique_ptr<Fetcher> fetcher_;
  Uplink& uplink_;
  std::stop_source stop_;
};

}  // namespace crawld::fetch
