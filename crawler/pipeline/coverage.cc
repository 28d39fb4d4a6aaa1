#include "crawler/pipeline/coverage.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace crawld::pipeline {
namespace {

using nlohmann::json;

constexpr std::uint64_t kFewestRecords = 5;
constexpr std::uint64_t kEnoughRecords = 20;
constexpr std::uint64_t kFewestReread = 10;
constexpr double kDeviations = 3;  // by chance once in 700

bool is_filled(const json& value) {
  if (value.is_null()) return false;
  return !(value.is_array() || value.is_object() || value.is_string()) || !value.empty();
}

double share(const FieldCoverage& coverage) {
  return static_cast<double>(coverage.filled) / static_cast<double>(coverage.records);
}

std::string percent(double value) { return std::to_string(std::lround(value * 100)) + " %"; }

bool is_pair(const json& value) {
  return value.is_array() && value.size() == 2 && value[0].is_number_unsigned() &&
         value[1].is_number_unsigned();
}

std::string text_of(const json& value) {
  return value.empty() ? std::string() : value.dump(-1, ' ', false, json::error_handler_t::replace);
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

void Coverage::add_reread(const std::string& rule, RecordCounts counts) {
  RecordCounts& own = reread_[rule];
  own.before += counts.before;
  own.now += counts.now;
}

std::string Coverage::to_json() const {
  json out = json::object();
  for (const auto& [rule, fields] : rules_) {
    for (const auto& [name, coverage] : fields) {
      out[rule][name] = {coverage.filled, coverage.records};
    }
  }
  return text_of(out);
}

std::string Coverage::reread_json() const {
  json out = json::object();
  for (const auto& [rule, counts] : reread_) out[rule] = {counts.before, counts.now};
  return text_of(out);
}

Coverage Coverage::from_json(std::string_view text, std::string_view reread) {
  Coverage coverage;
  const json rules = json::parse(text, nullptr, false);
  for (const auto& [rule, fields] : rules.items()) {
    if (!rules.is_object() || !fields.is_object()) continue;
    for (const auto& [name, counts] : fields.items()) {
      if (!is_pair(counts)) continue;
      coverage.rules_[rule][name] = {counts[0].get<std::uint64_t>(),
                                     counts[1].get<std::uint64_t>()};
    }
  }
  const json pages = json::parse(reread, nullptr, false);
  for (const auto& [rule, counts] : pages.items()) {
    if (!pages.is_object() || !is_pair(counts)) continue;
    coverage.reread_[rule] = {counts[0].get<std::uint64_t>(), counts[1].get<std::uint64_t>()};
  }
  return coverage;
}

std::uint64_t enough_records(const FieldCoverage& before) {
  return std::clamp(before.records, std::uint64_t{1}, kEnoughRecords);
}

bool is_drop(const FieldCoverage& before, const FieldCoverage& now) {
  if (before.records < kFewestRecords || now.records < kFewestRecords) return false;
  if (now.records < enough_records(before) || share(now) * 2 >= share(before)) return false;
  const auto old_records = static_cast<double>(before.records);
  const auto new_records = static_cast<double>(now.records);
  const double both = static_cast<double>(before.filled + now.filled) / (old_records + new_records);
  const double deviation = std::sqrt(both * (1 - both) * (1 / old_records + 1 / new_records));
  return share(before) - share(now) > kDeviations * deviation;
}

bool is_drop(const RecordCounts& counts) {
  return counts.before >= kFewestReread && counts.now * 10 < counts.before;
}

std::string describe_drop(const FieldCoverage& before, const FieldCoverage& now) {
  return percent(share(before)) + " to " + percent(share(now));
}

std::string describe_drop(const RecordCounts& counts) {
  return std::to_string(counts.before) + " records to " + std::to_string(counts.now);
}

}  // namespace crawld::pipeline
