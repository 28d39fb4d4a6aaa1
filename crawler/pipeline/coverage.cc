#include "crawler/pipeline/coverage.h"

#include <nlohmann/json.hpp>

namespace crawld::pipeline {
namespace {

using nlohmann::json;

constexpr std::uint64_t kFewestRecords = 20;

bool is_filled(const json& value) {
  if (value.is_null()) return false;
  return !(value.is_array() || value.is_object() || value.is_string()) || !value.empty();
}

double share(const FieldCoverage& coverage) {
  return static_cast<double>(coverage.filled) / static_cast<double>(coverage.records);
}

std::string percent(double value) {
  return std::to_string(static_cast<int>(value * 100 + 0.5)) + " %";
}

}  // namespace

void Coverage::add(const model::Record& record) {
  const json fields = json::parse(record.fields_json, nullptr, false);
  if (!fields.is_object()) return;
  auto& rule = rules_[record.rule];
  for (const auto& [name, value] : fields.items()) {
    FieldCoverage& field = rule[name];
    ++field.records;
    if (is_filled(value)) ++field.filled;
  }
}

std::string Coverage::to_json() const {
  if (rules_.empty()) return {};
  json out = json::object();
  for (const auto& [rule, fields] : rules_) {
    for (const auto& [name, coverage] : fields) {
      out[rule][name] = {coverage.filled, coverage.records};
    }
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Coverage Coverage::from_json(std::string_view text) {
  Coverage coverage;
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return coverage;
  for (const auto& [rule, fields] : parsed.items()) {
    if (!fields.is_object()) continue;
    for (const auto& [name, counts] : fields.items()) {
      if (!counts.is_array() || counts.size() != 2 || !counts[0].is_number_unsigned() ||
          !counts[1].is_number_unsigned()) {
        continue;
      }
      coverage.rules_[rule][name] = {counts[0].get<std::uint64_t>(),
                                     counts[1].get<std::uint64_t>()};
    }
  }
  return coverage;
}

void Coverage::add_older(const Coverage& older) {
  for (const auto& [rule, fields] : older.rules_) {
    for (const auto& [name, counts] : fields) {
      FieldCoverage& own = rules_[rule][name];
      if (own.records < kFewestRecords && counts.records > own.records) own = counts;
    }
  }
}

std::vector<std::string> Coverage::drops_since(const Coverage& before) const {
  std::vector<std::string> drops;
  for (const auto& [rule, fields] : rules_) {
    const auto old_rule = before.rules_.find(rule);
    if (old_rule == before.rules_.end()) continue;
    for (const auto& [name, now] : fields) {
      const auto old = old_rule->second.find(name);
      if (old == old_rule->second.end()) continue;
      if (now.records < kFewestRecords || old->second.records < kFewestRecords) continue;
      if (share(now) * 2 >= share(old->second)) continue;
      drops.push_back(rule + "." + name + ": " + percent(share(old->second)) + " to " +
                      percent(share(now)));
    }
  }
  return drops;
}

}  // namespace crawld::pipeline
