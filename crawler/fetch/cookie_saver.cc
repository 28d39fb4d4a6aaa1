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
constexpr std::size_t kMany = 16;      // files that are synced together
constexpr std::size_t kPortion = 512;  // files between two looks at whether the end has come
constexpr std::size_t kStack = 256U << 10;

base::Error cannot_write(const std::string& path, int error) {
  const auto code =
      error == ENOSPC || error == EDQUOT ? base::Error::Code::disk_full : base::Error::Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(error)};
}

// 0, or why not all of it is written.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return put < 0 ? errno : ENOSPC;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

// A file that is written beside the one that it replaces.
struct Part {
  std::string name;
  int error = 0;  // what it failed of

  void write(const PrivateFile& file) {
    // A name of its own: two programs that save at once never write into one file.
    name = file.path + std::string(kPart) + "XXXXXX";
    const base::Fd fd(::mkostemp(name.data(), O_CLOEXEC));  // O_EXCL, mode 0600
    if (!fd.open()) {
      name.clear();
      error = errno;
      return;
    }
    error = write_all(fd.get(), file.text);
  }
  void sync() {
    if (error != 0) return;
    const base::Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.open() || ::fsync(fd.get()) != 0) error = errno;
  }
  void take_place_of(const std::string& path) {
    if (error == 0 && std::rename(name.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0 && !name.empty()) ::unlink(name.c_str());
  }
};

std::filesystem::path folder_of(const std::string& path) {
  const std::filesystem::path place(path);
  return place.has_parent_path() ? place.parent_path() : std::filesystem::path(".");
}

// Of one folder. One sync of its file system takes less time than one for each of many files; it
// waits for what others wrote there as well, so a few have their own.
std::vector<Part> replace_in(const std::filesystem::path& folder,
                             std::span<const PrivateFile* const> files) {
  std::vector<Part> parts(files.size());
  const bool many = files.size() >= kMany;
  // Opened before anything is written: it is told what went wrong from then on.
  const base::Fd place(many ? ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1);
  for (std::size_t i = 0; i < files.size(); ++i) parts[i].write(*files[i]);
  if (!place.open() || ::syncfs(place.get()) != 0) {
    for (Part& part : parts) part.sync();
  }
  for (std::size_t i = 0; i < files.size(); ++i) parts[i].take_place_of(files[i]->path);
  return parts;
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

std::vector<base::Status> replace_private_files(std::span<const PrivateFile> files) {
  std::map<std::filesystem::path, std::vector<const PrivateFile*>> folders;
  for (const PrivateFile& file : files) folders[folder_of(file.path)].push_back(&file);
  std::vector<base::Status> replaced(files.size(), base::Done{});
  for (const auto& [folder, inside] : folders) {
    const std::vector<Part> parts = replace_in(folder, inside);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].error == 0) continue;
      replaced[static_cast<std::size_t>(inside[i] - files.data())] =
          cannot_write(inside[i]->path, parts[i].error);
    }
  }
  return replaced;
}

base::Status replace_private_file(const std::string& path, std::string_view text) {
  const PrivateFile file{path, std::string(text)};
  return replace_private_files(std::span(&file, 1)).front();
}

void remove_leftovers(const std::set<std::string>& paths) {
  std::map<std::filesystem::path, std::set<std::string>> folders;
  for (const std::string& path : paths) {
    folders[folder_of(path)].insert(std::filesystem::path(path).filename().string());
  }
  for (const auto& [folder, files] : folders) remove_leftovers_in(folder, files);
}

CookieSaver::~CookieSaver() { end_look(); }

void CookieSaver::look() {
  const base::Instant now = clock_.now();
  if (now < next_look_ || busy_.load()) return;
  next_look_ = now + kBetweenLooks;
  auto jars = context_.saved_jars();
  if (jars.empty()) return;
  busy_ = true;
  auto thread = base::Thread::start("cookies", kStack, [this, jars] {
    write(jars);
    busy_ = false;
  });
  if (thread) {
    thread_ = *std::move(thread);
  } else {
    write(jars);
    busy_ = false;
  }
}

void CookieSaver::save() {
  end_look();
  ending_ = false;
  write(context_.saved_jars());
}

void CookieSaver::end_look() {
  ending_ = true;
  thread_.join();
}

void CookieSaver::write(const std::vector<FetchContext::SavedJar>& jars) {
  if (clock_.now() >= next_tidying_) {
    next_tidying_ = clock_.now() + kLongestSave;
    std::set<std::string> paths;
    for (const FetchContext::SavedJar& saved : jars) paths.insert(saved.path);
    remove_leftovers(paths);
  }
  std::vector<Changed> changed;
  for (const FetchContext::SavedJar& saved : jars) {
    if (ending_.load()) return;
    if (auto one = look_at(saved)) changed.push_back(*std::move(one));
    if (changed.size() == kPortion) write(std::exchange(changed, {}));
  }
  write(std::move(changed));
}

std::optional<CookieSaver::Changed> CookieSaver::look_at(const FetchContext::SavedJar& saved) {
  File& file = files_[saved.path];
  const std::uint64_t changes = saved.jar->changes();
  if (!file.text.empty() && !file.failed && changes == file.changes) return std::nullopt;
  std::string text = format_cookie_file(saved.jar->all(clock_.wall(), saved.session_cookies));
  if (text == file.text) {
    file.failed = false;
    file.changes = changes;
    return std::nullopt;
  }
  return Changed{.site = saved.site, .changes = changes, .file = {saved.path, std::move(text)}};
}

void CookieSaver::write(std::vector<Changed> changed) {
  std::vector<PrivateFile> texts;
  texts.reserve(changed.size());
  for (Changed& one : changed) texts.push_back(std::move(one.file));
  const std::vector<base::Status> written = replace_private_files(texts);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    File& file = files_[texts[i].path];
    if (!written[i]) {
      if (!std::exchange(file.failed, true)) {
        base::log::warn("cookies.not_saved", {{"site", changed[i].site},
                                              {"why", written[i].error().message},
                                              {"kept", "the cookies of before"}});
      }
      continue;
    }
    if (std::exchange(file.failed, false)) {
      base::log::warn("cookies.saved", {{"site", changed[i].site}, {"file", texts[i].path}});
    }
    file.text = std::move(texts[i].text);
    file.changes = changed[i].changes;
  }
}

}  // namespace crawld::fetch
