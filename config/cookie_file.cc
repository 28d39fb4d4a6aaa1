#include "config/cookie_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"

namespace crawld::config {
namespace {

constexpr std::size_t kMostBytes = 4U << 20;  // as many are read of it

std::string beginning_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMostBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

// Saving makes a new file there and renames it.
std::string no_folder(const std::string& folder) {
  const std::string shown = base::printable(folder);
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) return "there is no folder " + shown;
  const int denied = ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS);
  return denied == 0
             ? ""
             : "files of the folder " + shown + " cannot be replaced: " + std::strerror(errno);
}

bool is_yes_or_no(std::string_view field) { return field == "TRUE" || field == "FALSE"; }

// domain, TRUE or FALSE, path, TRUE or FALSE, and more.
bool is_cookie(std::string_view line) {
  std::string_view fields[4];
  for (std::string_view& field : fields) {
    const std::size_t end = line.find('\t');
    if (end == std::string_view::npos) return false;
    field = line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  return is_yes_or_no(fields[1]) && is_yes_or_no(fields[3]);
}

// Stricter than what is read: seven fields somewhere in a table or a program make no cookies of it.
// The first line that says something decides, or the name of the form where none does.
bool may_be_replaced(const std::string& path) {
  const std::string text = beginning_of(path);
  bool named = base::trim(text).empty();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (base::trim(line).empty()) continue;
    if (!line.starts_with('#') || line.starts_with("#HttpOnly_")) return is_cookie(line);
    named = named || line.find("Cookie File") != std::string_view::npos;
  }
  return named;
}

}  // namespace

bool is_cookies_txt(const std::string& path) {
  const std::string text = beginning_of(path);
  bool says_something = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const bool comment = line.starts_with('#') && !line.starts_with("#HttpOnly_");
    if (comment || base::trim(line).empty()) continue;
    if (std::count(line.begin(), line.end(), '\t') >= 6) return true;
    says_something = true;
  }
  return !says_something;
}

std::string no_place_for_cookies(const std::string& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) == 0) {
    if (S_ISLNK(facts.st_mode))
      return "is a symbolic link, and saving replaces what is there; name the file itself";
    if (!S_ISREG(facts.st_mode)) return "is no file";
    if (::access(path.c_str(), R_OK) != 0) return "is no file to be read";
    if (!may_be_replaced(path))
      return "is no Netscape cookies.txt, and saving replaces what is there; name another file";
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return no_folder(folder.empty() ? "." : folder);
}

}  // namespace crawld::config
