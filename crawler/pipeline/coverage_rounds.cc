#include "crawler/pipeline/coverage_rounds.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace crawld::pipeline {
namespace {

using nlohmann::json;

FieldCoverage value_of(const Coverage& coverage, const std::string& rule,
                       const std::string& field) {
  const auto found = coverage.rules().find(rule);
  if (found == coverage.rules().end()) return {};
  const auto counts = found->second.find(field);
  return counts == found->second.end() ? FieldCoverage{} : counts->second;
}

json to_json(const Coverage& coverage) {
  return json::array({coverage.to_json(), coverage.reread_json()});
}

Coverage coverage_of(const json& stored, const char* key) {
  const auto found = stored.find(key);
  if (found == stored.end() || !found->is_array() || found->size() != 2) return {};
  if (!(*found)[0].is_string() || !(*found)[1].is_string()) return {};
  return Coverage::from_json((*found)[0].get<std::string>(), (*found)[1].get<std::string>());
}

std::uint64_t count_of(const std::vector<model::Record>& records, const std::string& rule) {
  return static_cast<std::uint64_t>(std::count_if(
      records.begin(), records.end(), [&](const auto& record) { return record.rule == rule; }));
}

// "price: 98 % to 3 % (shop)"
std::string told(std::string text, const std::string& drop, const std::string& where) {
  return text.append(": ").append(drop).append(where);
}

}  // namespace

void CoverageRounds::load(const storage::SiteCoverage& stored) {
  const json state = json::parse(stored.rounds_json, nullptr, false);
  if (!state.is_object()) return;
  Site& site = sites_[stored.site];
  const auto ends_at = state.find("ends_at");
  if (ends_at != state.end() && ends_at->is_number_integer()) {
    site.ends_at = base::from_millis(ends_at->get<std::int64_t>());
  }
  site.now = coverage_of(state, "now");
  site.before = coverage_of(state, "before");
  site.earlier = coverage_of(state, "earlier");
}

void CoverageRounds::add(const std::string& name, const Page& page, const EndOfRound& end) {
  if (page.records.empty() && page.records_before.empty()) return;
  Site& site = sites_[name];
  const bool over = end ? page.at >= site.ends_at : !site.joined;
  if (over) {
    close(site);
    site.ends_at = end ? end(page.at) : base::WallTime{};
  }
  site.joined = true;
  changed_.insert(name);
  for (const model::Record& record : page.records) site.now.add(record);
  for (const auto& [rule, count] : page.records_before) {
    site.now.add_reread(rule, {.before = count, .now = count_of(page.records, rule)});
  }
}

// Each field moves on by itself: one that saw too little stays open.
void CoverageRounds::close(Site& site) {
  for (auto& [rule, fields] : site.now.rules()) {
    for (auto counts = fields.begin(); counts != fields.end();) {
      FieldCoverage& before = site.before.rules()[rule][counts->first];
      if (counts->second.records < enough_records(before)) {
        ++counts;
        continue;
      }
      site.earlier.rules()[rule][counts->first] = before;
      before = counts->second;
      counts = fields.erase(counts);
    }
  }
  std::erase_if(site.now.rules(), [](const auto& rule) { return rule.second.empty(); });
  site.before.reread() = std::move(site.now.reread());
  site.now.reread().clear();
}

std::vector<storage::SiteCoverage> CoverageRounds::take_changed() {
  std::vector<storage::SiteCoverage> changed;
  for (const std::string& name : changed_) {
    const Site& site = sites_[name];
    const json state = {{"ends_at", base::to_millis(site.ends_at)},
                        {"now", to_json(site.now)},
                        {"before", to_json(site.before)},
                        {"earlier", to_json(site.earlier)}};
    changed.push_back({name, state.dump(-1, ' ', false, json::error_handler_t::replace)});
  }
  changed_.clear();
  return changed;
}

void CoverageRounds::add_drops(const std::string& name, const Site& site,
                               std::vector<Drop>& drops) {
  const std::string where = name.empty() ? "" : " (" + name + ")";
  for (const auto& [rule, fields] : site.before.rules()) {
    for (const auto& [field, before] : fields) {
      const FieldCoverage now = value_of(site.now, rule, field);
      const bool proved = now.records >= enough_records(before);
      const FieldCoverage from = proved ? before : value_of(site.earlier, rule, field);
      const FieldCoverage to = proved ? now : before;
      if (!is_drop(from, to)) continue;
      std::string what = rule;
      what.append(".").append(field);
      drops.emplace_back(what + where, told(what, describe_drop(from, to), where));
    }
  }
  const auto& reread = site.now.reread().empty() ? site.before.reread() : site.now.reread();
  for (const auto& [rule, counts] : reread) {
    if (is_drop(counts)) {
      drops.emplace_back(rule + where, told(rule, describe_drop(counts), where));
    }
  }
}

std::vector<CoverageRounds::Drop> CoverageRounds::named_drops() const {
  std::vector<Drop> drops;
  for (const auto& [name, site] : sites_) {
    // What another one-shot run found is no news of this one.
    if (site.joined || site.ends_at != base::WallTime{}) add_drops(name, site, drops);
  }
  return drops;
}

std::vector<std::string> CoverageRounds::drops() const {
  std::vector<std::string> lines;
  for (Drop& drop : named_drops()) lines.push_back(std::move(drop.second));
  return lines;
}

std::vector<std::string> CoverageRounds::take_new_drops() {
  std::vector<std::string> lines;
  std::set<std::string> told;
  for (Drop& drop : named_drops()) {
    if (!told_.contains(drop.first)) lines.push_back(std::move(drop.second));
    told.insert(std::move(drop.first));
  }
  told_ = std::move(told);
  return lines;
}

}  // namespace crawld::pipeline
