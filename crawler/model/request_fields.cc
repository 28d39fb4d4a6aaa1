#include "crawler/model/request_fields.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::model {

bool is_header_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > ' ' && c < 0x7F && c != ':'; });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && byte != '\t') || byte == 0x7F;
  });
}

bool is_framing_header(std::string_view name) {
  return base::equals_ignoring_case(name, "content-length") ||
         base::equals_ignoring_case(name, "transfer-encoding");
}

bool is_token(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "!#$%&'*+-.^_`|~") == text.npos;
}

bool is_auth(std::string_view text) {
  if (text.empty()) return true;
  const auto space = text.find(' ');
  if (space == text.npos || space + 1 == text.size()) return false;
  const std::string_view scheme = text.substr(0, space);
  if (scheme == "bearer") return true;
  return (scheme == "basic" || scheme == "digest") && text.find(':', space) != text.npos;
}

}  // namespace crawld::model
