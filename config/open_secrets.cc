#include "config/open_secrets.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::config {
namespace {

bool is_elsewhere(const Value& value) { return value.text.find("${") != std::string::npos; }

}  // namespace

std::vector<OpenSecret> open_secrets(const Value& value, const std::string& path) {
  std::vector<OpenSecret> found;
  const auto note = [&](const Value& text, const std::string& key) {
    const bool says = text.kind == Value::Kind::scalar && !text.text.empty();
    if (says && !is_elsewhere(text)) found.push_back({&text, key});
  };
  const auto note_login = [&](const Value& proxy) {
    if (proxy.text.find('@') != std::string::npos) note(proxy, path);
  };
  if (path == "auth" || path == "private_key_password" || path == "hooks.secret") {
    note(value, path);
  } else if (path == "proxy") {
    note_login(value);
    for (const Value& item : value.items) note_login(item);
  } else if (path == "headers") {
    for (const Value::Member& header : value.members) {
      if (base::equals_ignoring_case(header.key, "authorization") ||
          base::equals_ignoring_case(header.key, "cookie")) {
        note(header.value, header.key);
      }
    }
  } else if (path == "login.fields") {
    // One of them is the password, whatever its name: where none is kept elsewhere, it is here.
    const auto hidden = [](const Value::Member& field) { return is_elsewhere(field.value); };
    const bool all_open = std::none_of(value.members.begin(), value.members.end(), hidden);
    if (all_open && !value.members.empty()) note(value.members.back().value, path);
  }
  return found;
}

}  // namespace crawld::config
