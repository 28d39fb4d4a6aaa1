// CommitStage: what the records of a page say of the rules that made them.
#include <algorithm>
#include <chrono>

#include "crawler/base/log.h"
#include "crawler/pipeline/commit_stage.h"

namespace crawld::pipeline {
namespace {

constexpr std::chrono::hours kLongestRound{24};  // of a site without a schedule

base::WallTime end_of_round(const policy::SettlePolicy& policy, base::WallTime at) {
  if (!policy.schedule.continuous()) return policy.schedule.next(at);
  return at + std::min<std::chrono::milliseconds>(policy.default_interval, kLongestRound);
}

}  // namespace

void CommitStage::cover(const model::Settled& settled) {
  const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page);
  const model::Lease& lease = settled.parsed.fetched.lease;
  const auto table = sites_.table();
  if (page == nullptr || lease.request.site >= table->size()) return;
  const SiteRules& site = *(*table)[lease.request.site];
  if (site.rule_set == 0) return;
  for (const model::Record& record : page->records) coverage_.add(record);
  CoverageRounds::Page covered{.at = settled.parsed.fetched.fetched_at, .records = page->records};
  if (settled.change != model::Change::first_seen) {
    // Without an answer the page counts as a new one: the books do not hang on it.
    if (auto before = store_.records_of(lease.url_id)) covered.records_before = *std::move(before);
    std::erase_if(covered.records_before,
                  [&](const auto& entry) { return !site.config.extract.has(entry.first); });
  }
  CoverageRounds::EndOfRound end;
  if (options_.recurring) {
    end = [&](base::WallTime at) { return end_of_round(site.settle, at); };
  }
  rounds_.add(site.name, covered, end);
}

void CommitStage::tell_drops() {
  for (const std::string& drop : rounds_.take_new_drops()) {
    base::log::warn("coverage.drop", {{"field", drop}});
  }
}

}  // namespace crawld::pipeline
