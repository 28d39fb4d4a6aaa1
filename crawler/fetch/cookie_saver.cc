#include "crawler/fetch/cookie_saver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include "crawler/base/fd.h"
#include "crawler/base/log.h"

namespace crawld::fetch {
namespace {

constexpr std::chrono::seconds kBetweenLooks{30};
constexpr std::string_view kPart = ".crawld-";  // and six more, of a file that is being written
// One that is younger may be another program's that saves now.
constexpr std::chrono::seconds kLongestSave{600};

base::Error cannot_write(const std::string& path, int error) {
  const auto code =
      error == ENOSPC || error == EDQUOT ? base::Error::Code::disk_full : base::Error::Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(error)};
}

// 0, or why not all of it is on the disk.
int write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return put < 0 ? errno : ENOSPC;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

constexpr std::size_t kLetters = 6;

// The name of the file that a save was killed over which left `name`; empty: no save left it.
std::string_view saved_name(std::string_view name) {
  if (name.size() <= kPart.size() + kLetters) return {};
  name.remove_suffix(kLetters);
  if (!name.ends_with(kPart)) return {};
  name.remove_suffix(kPart.size());
  return name;
}

// Regular files of ours.
void remove_leftovers_in(const std::filesystem::path& folder, const std::set<std::string>& files) {
  namespace fs = std::filesystem;
  const std::time_t latest = std::time(nullptr) - kLongestSave.count();
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!files.contains(std::string(saved_name(name)))) continue;
    struct stat facts {};
    if (::lstat(at->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    if (facts.st_uid != ::geteuid() || facts.st_nlink != 1 || facts.st_mtime > latest) continue;
    ::unlink(at->path().c_str());
  }
}

}  // namespace

base::Status replace_private_file(const std::string& path, std::string_view text) {
  // A name of its own: two programs that save at once never write into one file.
  std::string part = path + std::string(kPart) + "XXXXXX";
  const base::Fd fd(::mkostemp(part.data(), O_CLOEXEC));  // O_EXCL, mode 0600
  if (!fd.open()) return cannot_write(path, errno);
  int error = write_whole(fd.get(), text);
  if (error == 0 && std::rename(part.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return base::Done{};
  ::unlink(part.c_str());
  return cannot_write(path, error);
}

void remove_leftovers(const std::set<std::string>& paths) {
  std::map<std::filesystem::path, std::set<std::string>> folders;
  for (const std::string& path : paths) {
    const std::filesystem::path place(path);
    const auto folder = place.has_parent_path() ? place.parent_path() : std::filesystem::path(".");
    folders[folder].insert(place.filename().string());
  }
  for (const auto& [folder, files] : folders) remove_leftovers_in(folder, files);
}

void CookieSaver::look() {
  const base::Instant now = clock_.now();
  if (now < next_look_) return;
  next_look_ = now + kBetweenLooks;
  save();
}

void CookieSaver::save() {
  const auto jars = context_.saved_jars();
  if (clock_.now() >= next_tidying_) {
    next_tidying_ = clock_.now() + kLongestSave;
    std::set<std::string> paths;
    for (const FetchContext::SavedJar& saved : jars) paths.insert(saved.path);
    remove_leftovers(paths);
  }
  for (const FetchContext::SavedJar& saved : jars) save(saved, files_[saved.path]);
}

void CookieSaver::save(const FetchContext::SavedJar& saved, File& file) {
  const std::uint64_t changes = saved.jar->changes();
  if (!file.text.empty() && !file.failed && changes == file.changes) return;
  std::string text = format_cookie_file(saved.jar->all(clock_.wall(), saved.session_cookies));
  if (text != file.text) {
    const base::Status written = replace_private_file(saved.path, text);
    if (!written) {
      if (!std::exchange(file.failed, true)) {
        base::log::warn("cookies.not_saved", {{"site", saved.site},
                                              {"why", written.error().message},
                                              {"kept", "the cookies of before"}});
      }
      return;
    }
    if (file.failed) base::log::warn("cookies.saved", {{"site", saved.site}, {"file", saved.path}});
    file.text = std::move(text);
  }
  file.failed = false;
  file.changes = changes;
}

}  // namespace crawld::fetch
