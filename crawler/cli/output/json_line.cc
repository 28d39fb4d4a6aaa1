#include "crawler/cli/output/json_line.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/base/base64.h"
#include "crawler/cli/output/json_text.h"

namespace crawld::cli {
namespace {

using nlohmann::json;

// The value of the \uXXXX at `at`, or -1 when there is none.
long escaped_unit(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  const std::string digits(text.substr(at + 2, 4));
  if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return -1;
  return std::stol(digits, nullptr, 16);
}

bool is_high(long unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(long unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

std::string replace_lone_surrogates(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t i = 0; i < line.size();) {
    const long unit = escaped_unit(line, i);
    std::size_t length = unit >= 0 ? 6 : line[i] == '\\' ? 2 : 1;
    if (is_high(unit) && is_low(escaped_unit(line, i + 6))) {
      length = 12;
    } else if (is_high(unit) || is_low(unit)) {
      out += "\\ufffd";
      i += length;
      continue;
    }
    out += line.substr(i, length);
    i += length;
  }
  return out;
}

}  // namespace

json read_object(std::string_view line) {
  json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() && line.find("\\u") != std::string_view::npos) {
    value = json::parse(replace_lone_surrogates(line), nullptr, false);
  }
  return value.is_object() ? std::move(value) : json(json::value_t::discarded);
}

std::optional<std::string> mistyped_text(const json& object) {
  static constexpr const char* kTexts[] = {
      "url",        "base",     "encoding",    "content_type", "user_agent",
      "robots_txt", "selector", "syntax",      "context",      "html",
      "bytes",      "body",     "html_base64", "bytes_base64", "robots_txt_base64",
      "body_base64"};
  for (const char* key : kTexts) {
    const auto found = object.find(key);
    if (found != object.end() && !found->is_string() && !found->is_null()) {
      return "\"" + std::string(key) + "\" is no string";
    }
  }
  return std::nullopt;
}

std::optional<std::string> text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::string> octets_of(const json& object, const char* key, const char* base64_key) {
  if (auto text = text_of(object, key)) return text;
  const auto encoded = text_of(object, base64_key);
  return encoded ? base::base64_decode(*encoded) : std::nullopt;
}

std::string write_line(const json& answer) {
  return without_raw_controls(answer.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace crawld::cli
