#include "config/file_name.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace crawld::config {
namespace {

bool is_number(const std::string& text) {
  return text.find_first_not_of("+-.0123456789") == std::string::npos &&
         std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string no_name_of_file(const std::string& path) {
  if (path.empty()) return "is empty; name a file";
  if (is_number(path)) return "is a number; name a file (./" + path + " if it is called so)";
  for (const char* word : {"true", "false", "yes", "no", "on", "off"}) {
    if (path == word) return "is no path; name a file (./" + path + " if it is called so)";
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (std::any_of(path.begin(), path.end(), is_control)) return "holds a control character";
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return "is a folder; name a file in it";
  return {};
}

}  // namespace crawld::config
