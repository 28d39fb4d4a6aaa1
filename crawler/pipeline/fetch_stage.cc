#include "crawler/pipeline/fetch_stage.h"

#include "crawler/base/log.h"
#include "crawler/policy/settle.h"

namespace crawld::pipeline {
namespace {

void log_fetch(const model::Fetched& fetched) {
  if (!base::log::enabled(base::log::Level::debug)) return;
  const model::Request& request = fetched.lease.request;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(fetched.timings.total);
  if (const auto* failure = fetched.failure()) {
    base::log::debug("fetch.failed", {{"url", request.url.href()},
                                      {"kind", to_string(failure->kind)},
                                      {"detail", failure->detail},
                                      {"ms", ms.count()},
                                      {"attempt", request.attempt}});
    return;
  }
  base::log::debug("fetch.done", {{"url", request.url.href()},
                                  {"status", fetched.response()->status},
                                  {"bytes", fetched.response()->body.size()},
                                  {"ms", ms.count()},
                                  {"attempt", request.attempt}});
}

}  // namespace

// The first contact with a host looks its name up before it counts against the address. A name
// server that takes its time does not hold this thread.
bool FetchStage::has_address(model::Lease& lease) {
  if (!lease.address_slot.empty() || lease.connection != 0) return true;
  const std::optional<std::string> address = fetcher_.address_of(lease);
  if (address) return frontier_.claim_address(lease, *address, clock_.now());
  frontier_.wait_for_name(lease, clock_.now());
  return false;
}

FetchTurn FetchStage::step() {
  frontier::Turn turn = frontier_.lease(clock_.now());
  FetchTurn result;
  result.refusals = std::move(turn.refusals);
  if (!turn.lease) {
    result.nothing = result.refusals.empty();
    return result;
  }
  if (activity_ != nullptr) {
    activity_->set("fetching", turn.lease->request.url.href(), turn.lease->leased_at);
  }
  if (!has_address(*turn.lease)) return result;
  model::Lease lease = *turn.lease;
  std::optional<model::Fetched> reached = fetcher_.fetch_if_reached(*turn.lease);
  if (!reached) {
    frontier_.set_aside(*std::move(turn.lease));
    return result;
  }
  model::Fetched fetched = *std::move(reached);
  const auto table = sites_.table();
  const policy::SettlePolicy policy = lease.request.site < table->size()
                                          ? (*table)[lease.request.site]->settle
                                          : policy::SettlePolicy{};
  const auto* response = fetched.response();
  ended_ = Ended{.lease = std::move(lease),
                 .advice = policy::advise_host(fetched, policy),
                 .address = response != nullptr ? response->remote_address : std::string()};
  log_fetch(fetched);
  result.fetched = std::move(fetched);
  return result;
}

void FetchStage::release() {
  if (!ended_) return;
  frontier_.release(ended_->lease, ended_->advice, ended_->address, clock_.now());
  ended_.reset();
}

}  // namespace crawld::pipeline
