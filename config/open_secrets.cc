#include "config/open_secrets.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "crawler/base/ascii.h"

namespace crawld::config {
namespace {

bool is_elsewhere(const Value& value) { return value.text.find("${") != std::string::npos; }

// The files that a text with ${file:PATH} in it names.
std::vector<std::string> secret_files(std::string_view text) {
  constexpr std::string_view kStart = "${file:";
  std::vector<std::string> files;
  while (true) {
    const std::size_t start = text.find(kStart);
    if (start == std::string_view::npos) return files;
    text.remove_prefix(start + kStart.size());
    files.emplace_back(text.substr(0, text.find('}')));
  }
}

void note_shared(const Value& value, std::vector<SharedSecret>& found) {
  for (const Value::Member& member : value.members) note_shared(member.value, found);
  for (const Value& item : value.items) note_shared(item, found);
  for (std::string& file : secret_files(value.text)) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0 || (facts.st_mode & S_IROTH) == 0) continue;
    found.push_back({&value, std::move(file)});
  }
}

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

std::vector<SharedSecret> shared_secrets(const Value& value, const std::string& path) {
  std::vector<SharedSecret> found;
  const bool is_secret = path == "auth" || path == "proxy" || path == "headers" ||
                         path == "private_key_password" || path == "login.fields" ||
                         path.starts_with("hooks.");
  if (is_secret) note_shared(value, found);
  return found;
}

}  // namespace crawld::config
