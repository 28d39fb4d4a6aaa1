#include "storage/archive/line_sorter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <queue>
#include <utility>

namespace crawld::storage {
namespace {

using base::Error;

// A read of less costs more in calls than it saves in memory.
constexpr std::size_t kLeastRead = 4'096;
constexpr std::size_t kMostRead = 1U << 20;
constexpr std::size_t kWrite = 1U << 20;

Error file_error(const std::string& what, const std::string& directory, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Error::Code::disk_full : Error::Code::io;
  return {code, "cannot " + what + " a file to sort in " + directory + ": " + std::strerror(error)};
}

}  // namespace

// A run, a line at a time.
class LineSorter::RunReader {
 public:
  RunReader(int file, Run run, std::size_t block) : file_(file), run_(run), block_(block) {}

  std::string_view line() const { return std::string_view(held_).substr(at_, size_); }

  // False at the end. Errors: io.
  base::Result<bool> next(const std::string& directory) {
    at_ += size_;
    std::size_t end = held_.find('\n', at_);
    while (end == std::string::npos) {
      if (run_.begin == run_.end) return false;
      held_.erase(0, std::exchange(at_, 0));
      const std::size_t seen = held_.size();
      if (const int error = read_block(); error != 0) return file_error("read", directory, error);
      end = held_.find('\n', seen);
    }
    size_ = end + 1 - at_;
    return true;
  }

 private:
  int read_block() {
    const std::size_t kept = held_.size();
    held_.resize(kept + std::min<std::uint64_t>(block_, run_.end - run_.begin));
    ssize_t got = 0;
    do {
      got =
          ::pread(file_, held_.data() + kept, held_.size() - kept, static_cast<off_t>(run_.begin));
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return got < 0 ? errno : EIO;
    held_.resize(kept + static_cast<std::size_t>(got));
    run_.begin += static_cast<std::uint64_t>(got);
    return 0;
  }

  const int file_;
  Run run_;  // what was not read yet
  const std::size_t block_;
  std::string held_;
  std::size_t at_ = 0;  // the line in `held_`
  std::size_t size_ = 0;
};

LineSorter::LineSorter(std::string directory, std::size_t memory)
    : directory_(directory.empty() ? "." : std::move(directory)), memory_(memory) {
  assert(memory_ <= UINT32_MAX);
}

base::Status LineSorter::add(std::string_view line) {
  assert(line.find('\n') == line.size() - 1);
  const std::size_t held = text_.size() + places_.size() * sizeof(Place);
  if (!places_.empty() && held + line.size() > memory_) {
    if (auto done = spill(); !done) return done;
  }
  places_.push_back(
      {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(line.size())});
  text_ += line;
  return base::Done{};
}

base::Status LineSorter::each(const std::function<bool(std::string_view)>& take) {
  if (!runs_.empty()) {
    if (auto done = spill(); !done) return done;
    text_ = {};
    places_ = {};
    return merge(take);
  }
  sort_held();
  for (const Place& place : places_) {
    if (!take(line_at(place))) break;
  }
  return base::Done{};
}

void LineSorter::sort_held() {
  std::sort(places_.begin(), places_.end(),
            [&](Place a, Place b) { return line_at(a) < line_at(b); });
}

base::Status LineSorter::spill() {
  if (!file_.open()) {
    if (auto done = open_file(); !done) return done;
  }
  sort_held();
  const std::uint64_t begin = written_;
  std::string block;
  for (const Place& place : places_) {
    block += line_at(place);
    if (block.size() < kWrite) continue;
    if (auto done = append(block); !done) return done;
    block.clear();
  }
  if (auto done = append(block); !done) return done;
  runs_.push_back({begin, written_});
  text_.clear();
  places_.clear();
  return base::Done{};
}

base::Status LineSorter::open_file() {
  file_ = base::Fd(::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file_.open()) return base::Done{};
  // Not every file system knows files without a name.
  std::string name = directory_ + "/.crawld-sort-XXXXXX";
  file_ = base::Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!file_.open()) return file_error("make", directory_, errno);
  ::unlink(name.c_str());
  return base::Done{};
}

base::Status LineSorter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return file_error("write", directory_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
    written_ += static_cast<std::uint64_t>(put);
  }
  return base::Done{};
}

base::Status LineSorter::merge(const std::function<bool(std::string_view)>& take) {
  const std::size_t block = std::clamp(memory_ / runs_.size(), kLeastRead, kMostRead);
  std::vector<RunReader> readers;
  readers.reserve(runs_.size());
  const auto later = [&](std::size_t a, std::size_t b) {
    return readers[a].line() > readers[b].line();
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> first(later);
  const auto advance = [&](std::size_t at) -> base::Status {
    auto more = readers[at].next(directory_);
    if (!more) return std::move(more).error();
    if (*more) first.push(at);
    return base::Done{};
  };
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    readers.emplace_back(file_.get(), runs_[i], block);
    if (auto done = advance(i); !done) return done;
  }
  while (!first.empty()) {
    const std::size_t at = first.top();
    first.pop();
    if (!take(readers[at].line())) break;
    if (auto done = advance(at); !done) return done;
  }
  return base::Done{};
}

}  // namespace crawld::storage
