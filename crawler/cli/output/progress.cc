#include "crawler/cli/output/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "crawler/base/figures.h"
#include "crawler/base/log.h"
#include "crawler/cli/output/terminal.h"

namespace crawld::cli {
namespace {

using std::chrono::milliseconds;

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string decimal(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

}  // namespace

ProgressStyle progress_style(bool quiet) {
  if (quiet) return ProgressStyle::none;
  return is_terminal(STDERR_FILENO) ? ProgressStyle::live : ProgressStyle::lines;
}

void Progress::show(const pipeline::Status& status, base::Instant now) {
  measure(status, now);
  switch (style_) {
    case ProgressStyle::none:
      return;
    case ProgressStyle::live:
      show_live(status);
      return;
    case ProgressStyle::lines:
      if (last_line_ == base::Instant{}) last_line_ = now;
      if (now - last_line_ < line_interval_) return;
      last_line_ = now;
      show_line(status);
      return;
  }
}

void Progress::measure(const pipeline::Status& status, base::Instant now) {
  constexpr double kWeightOfNew = 0.3;
  const double seconds = std::chrono::duration<double>(now - measured_at_).count();
  if (measured_at_ == base::Instant{} || seconds >= 0.2) {
    if (measured_at_ != base::Instant{}) {
      const double current =
          static_cast<double>(status.stage_fetched - measured_fetches_) / seconds;
      rate_ = rate_ == 0 ? current : rate_ + kWeightOfNew * (current - rate_);
    }
    measured_at_ = now;
    measured_fetches_ = status.stage_fetched;
  }
}

std::string time_left(const Progress::Limits& limits, const pipeline::Status& status) {
  milliseconds left = milliseconds::max();
  if (limits.time.count() > 0) {
    left = std::max(milliseconds(0), limits.time - status.elapsed);
  }
  if (limits.pages > 0 && status.totals.pages > 0) {
    // By the pages so far: of the requests some bring none (robots.txt, redirects, errors).
    const std::uint64_t stored = status.totals.pages;
    const double share = static_cast<double>(limits.pages - std::min(limits.pages, stored)) /
                         static_cast<double>(stored);
    const double longest = 1e15;
    const double took = static_cast<double>(status.elapsed.count());
    left = std::min(left, milliseconds(static_cast<std::int64_t>(std::min(longest, share * took))));
  }
  return left == milliseconds::max() ? "" : base::human_time(left);
}

void Progress::show_live(const pipeline::Status& status) {
  std::string line =
      base::grouped(status.totals.pages) + " pages  " + decimal(rate_, rate_ < 10 ? 1 : 0) +
      " req/s  " + base::grouped(status.frontier.waiting) + " queued  " +
      std::to_string(status.frontier.in_flight) + " open  " + base::grouped(status.totals.errors) +
      " errors  " + base::human_time(status.elapsed);
  if (const std::string left = time_left(limits_, status); !left.empty()) line += "  ETA " + left;
  line += "  limit: ";
  line += status.held_because.empty() ? std::string(to_string(status.limit)) : status.held_because;
  const auto width = static_cast<std::size_t>(std::max(20, terminal_width() - 1));
  if (line.size() > width) line.resize(width);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::show_line(const pipeline::Status& status) {
  std::fprintf(
      stderr,
      "progress pages=%llu rate=%s queued=%llu open=%llu errors=%llu elapsed=%s limit=\"%s\"\n",
      static_cast<unsigned long long>(status.totals.pages), decimal(rate_, 1).c_str(),
      static_cast<unsigned long long>(status.frontier.waiting),
      static_cast<unsigned long long>(status.frontier.in_flight),
      static_cast<unsigned long long>(status.totals.errors),
      base::human_time(status.elapsed).c_str(),
      status.held_because.empty() ? std::string(to_string(status.limit)).c_str()
                                  : status.held_because.c_str());
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace crawld::cli
