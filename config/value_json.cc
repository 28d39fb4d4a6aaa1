#include "config/value_json.h"

#include <nlohmann/json.hpp>

namespace crawld::config {
namespace {

using nlohmann::ordered_json;

// YAML 1.2 core schema (section 10.3.2): only these plain scalars are not strings.
ordered_json scalar(const Value& value) {
  if (value.quoted) return value.text;
  if (value.text == "true") return true;
  if (value.text == "false") return false;
  if (value.text == "null" || value.text == "~") return nullptr;
  const ordered_json number = ordered_json::parse(value.text, nullptr, false);
  return number.is_number() ? number : ordered_json(value.text);
}

// Depth is bounded by YamlLimits::depth.
ordered_json convert(const Value& value) {  // NOLINT(misc-no-recursion)
  switch (value.kind) {
    case Value::Kind::nothing:
      return nullptr;
    case Value::Kind::scalar:
      return scalar(value);
    case Value::Kind::list: {
      ordered_json out = ordered_json::array();
      for (const Value& item : value.items) out.push_back(convert(item));
      return out;
    }
    case Value::Kind::map: {
      ordered_json out = ordered_json::object();
      for (const Value::Member& member : value.members) out[member.key] = convert(member.value);
      return out;
    }
  }
  return nullptr;
}

}  // namespace

std::string value_json(const Value& value) {
  return convert(value).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace crawld::config
