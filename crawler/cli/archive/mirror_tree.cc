#include "crawler/cli/archive/mirror_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

using base::Error;
using base::Status;

constexpr const char* kMarker = ".crawld-mirror";
constexpr const char* kMarkerPart = ".crawld-mirror.part";
constexpr const char* kFilePart = ".crawld-mirror.file";
constexpr std::string_view kFirstLine = "crawld mirror 1";
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

std::string name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
}

// A marker may have been written by anybody.
bool stays_inside(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    if (name.empty() || name == "." || name == "..") return false;
    at = end + 1;
  }
  return path.find('\0') == std::string_view::npos && !path.starts_with(kMarker);
}

// Whether nothing stands in it. The descriptor stays open.
bool is_empty(int folder) {
  const int copy = ::openat(folder, ".", kFolder);
  DIR* entries = copy < 0 ? nullptr : ::fdopendir(copy);
  if (entries == nullptr) {
    if (copy >= 0) ::close(copy);
    return false;
  }
  bool empty = true;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    empty = empty && (name == "." || name == "..");
  }
  ::closedir(entries);
  return empty;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool has_bytes(int file, std::string_view bytes) {
  std::array<char, 65'536> buffer;
  while (true) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0 && bytes.empty();
    const std::string_view part(buffer.data(), static_cast<std::size_t>(got));
    if (!bytes.starts_with(part)) return false;
    bytes.remove_prefix(part.size());
  }
}

timespec time_of(std::int64_t millis) {
  constexpr std::int64_t kSecond = 1'000;
  const std::int64_t rest = ((millis % kSecond) + kSecond) % kSecond;
  return {.tv_sec = static_cast<time_t>((millis - rest) / kSecond), .tv_nsec = rest * 1'000'000};
}

}  // namespace

Error MirrorTree::error_at(std::string_view path, int error) const {
  const bool full = error == ENOSPC || error == EDQUOT;
  std::string what = std::strerror(error);
  if (error == ELOOP || error == ENOTDIR || error == EISDIR) {
    what = "something that is not of the mirror stands in the way; move it away";
  }
  std::string where = directory_;
  if (!path.empty()) where += "/" + base::printable(path);
  return {full ? Error::Code::disk_full : Error::Code::io, "cannot write " + where + ": " + what};
}

base::Result<MirrorTree> MirrorTree::open(const std::string& directory) {
  MirrorTree tree(directory, {});
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return tree.error_at("", errno);
  tree.top_ = base::Fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tree.top_.open() && errno == ENOTDIR) {
    return Error{Error::Code::invalid, directory + " is no directory"};
  }
  if (!tree.top_.open()) return tree.error_at("", errno);
  if (Status claimed = tree.claim(); !claimed) return std::move(claimed).error();
  return tree;
}

Status MirrorTree::claim() {
  if (::flock(top_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return error_at("", errno);
    return Error{Error::Code::busy, directory_ + ": another export writes there"};
  }
  struct stat facts {};
  const bool marked =
      ::fstatat(top_.get(), kMarker, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode);
  if (marked || is_empty(top_.get())) return base::Done{};
  return Error{Error::Code::invalid,
               directory_ + " holds other things and no mirror; name a new or empty directory"};
}

Status MirrorTree::each_listed(const TakePath& take) const {
  const int fd = ::openat(top_.get(), kMarker, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return base::Done{};
  const File file(fd < 0 ? nullptr : ::fdopen(fd, "rb"));
  if (!file) return error_at(kMarker, errno);
  char* line = nullptr;
  std::size_t room = 0;
  Status taken = base::Done{};
  bool first = true;
  for (ssize_t size = 0; taken && (size = ::getline(&line, &room, file.get())) > 0;) {
    std::string_view path(line, static_cast<std::size_t>(size));
    if (path.ends_with('\n')) path.remove_suffix(1);
    if (first && path != kFirstLine) {
      taken = Error{Error::Code::incompatible,
                    directory_ + "/" + kMarker + ": of another version; name a new directory"};
    } else if (!first && stays_inside(path)) {
      taken = take(path);
    }
    first = false;
  }
  std::free(line);
  // A list that is read in part would make the rest of the mirror foreign files for ever.
  if (taken && std::ferror(file.get()) != 0) {
    const int why = errno;
    return Error{Error::Code::io,
                 "cannot read " + directory_ + "/" + kMarker + ": " + std::strerror(why)};
  }
  return taken;
}

Status MirrorTree::write_list(const std::function<Status(const TakePath& add)>& list) {
  const int fd = ::openat(top_.get(), kMarkerPart,
                          O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  File file(fd < 0 ? nullptr : ::fdopen(fd, "wb"));
  if (!file) return error_at(kMarkerPart, errno);
  const auto put_line = [&](std::string_view text) -> Status {
    const std::string line = std::string(text) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), file.get()) == line.size()) return base::Done{};
    return error_at(kMarkerPart, errno);
  };
  Status done = put_line(kFirstLine);
  if (done) done = list(put_line);
  if (!done) return done;
  if (std::fflush(file.get()) != 0 || ::fsync(fd) != 0 ||
      ::renameat(top_.get(), kMarkerPart, top_.get(), kMarker) != 0) {
    return error_at(kMarker, errno);
  }
  return base::Done{};
}

// Down to `folder`, which is made where it is not; one name at a time, so that no link is
// followed.
Status MirrorTree::enter(std::string_view folder) {
  if (folder_fd_.open() && folder == folder_) return base::Done{};
  folder_fd_.reset();
  base::Fd at(::openat(top_.get(), ".", kFolder));
  for (std::size_t begin = 0; at.open() && begin < folder.size();) {
    const std::size_t end = std::min(folder.find('/', begin), folder.size());
    const std::string name(folder.substr(begin, end - begin));
    if (::mkdirat(at.get(), name.c_str(), 0755) != 0 && errno != EEXIST) {
      return error_at(folder.substr(0, end), errno);
    }
    base::Fd next(::openat(at.get(), name.c_str(), kFolder));
    if (!next.open()) return error_at(folder.substr(0, end), errno);
    at = std::move(next);
    begin = end + 1;
  }
  if (!at.open()) return error_at("", errno);
  folder_fd_ = std::move(at);
  folder_ = folder;
  return base::Done{};
}

base::Result<bool> MirrorTree::stands(std::string_view path) {
  base::Fd at(::openat(top_.get(), ".", kFolder));
  std::string_view rest = path;
  for (std::size_t slash = rest.find('/'); slash != rest.npos; slash = rest.find('/')) {
    base::Fd next(::openat(at.get(), std::string(rest.substr(0, slash)).c_str(), kFolder));
    if (!next.open() && errno == ENOENT) return false;
    if (!next.open()) return error_at(path.substr(0, path.size() - rest.size() + slash), errno);
    at = std::move(next);
    rest.remove_prefix(slash + 1);
  }
  struct stat facts {};
  if (::fstatat(at.get(), std::string(rest).c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno != ENOENT) return error_at(path, errno);
  return false;
}

base::Result<MirrorTree::Put> MirrorTree::put(std::string_view path, std::string_view bytes,
                                              std::int64_t modified_ms) {
  if (Status entered = enter(folder_of(path)); !entered) return std::move(entered).error();
  const std::string name = name_of(path);
  {
    const base::Fd old(
        ::openat(folder_fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!old.open() && errno != ENOENT && errno != EACCES) return error_at(path, errno);
    struct stat facts {};
    if (old.open() && (::fstat(old.get(), &facts) != 0 || !S_ISREG(facts.st_mode))) {
      return error_at(path, EISDIR);
    }
    const bool same_size = old.open() && static_cast<std::uint64_t>(facts.st_size) == bytes.size();
    if (same_size && has_bytes(old.get(), bytes)) return Put::unchanged;
  }
  if (::unlinkat(top_.get(), kFilePart, 0) != 0 && errno != ENOENT) {
    return error_at(kFilePart, errno);
  }
  const base::Fd file(
      ::openat(top_.get(), kFilePart, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_NOW}, time_of(modified_ms)};
  if (!file.open() || !write_all(file.get(), bytes) || ::futimens(file.get(), times) != 0 ||
      ::renameat(top_.get(), kFilePart, folder_fd_.get(), name.c_str()) != 0) {
    const int error = errno;
    ::unlinkat(top_.get(), kFilePart, 0);
    return error_at(path, error);
  }
  return Put::written;
}

base::Result<bool> MirrorTree::remove(std::string_view path) {
  folder_fd_.reset();
  if (!stays_inside(path)) return false;
  std::vector<base::Fd> way;
  std::vector<std::string> names;
  way.emplace_back(::openat(top_.get(), ".", kFolder));
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (rest.empty()) break;
    way.emplace_back(::openat(way.back().get(), names.back().c_str(), kFolder));
    if (!way.back().open()) return false;
  }
  struct stat facts {};
  const char* name = names.back().c_str();
  const bool file =
      ::fstatat(way.back().get(), name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode);
  if (!file) return false;
  if (::unlinkat(way.back().get(), name, 0) != 0) return error_at(path, errno);
  for (std::size_t i = way.size() - 1; i > 0; --i) {
    if (::unlinkat(way[i - 1].get(), names[i - 1].c_str(), AT_REMOVEDIR) != 0) break;
  }
  return true;
}

Status MirrorTree::sync() {
  if (::syncfs(top_.get()) != 0) return error_at("", errno);
  return base::Done{};
}

}  // namespace crawld::cli
