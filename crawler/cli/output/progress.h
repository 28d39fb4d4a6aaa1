// What a person sees while a crawl runs: one live line on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/pipeline/status.h"

namespace crawld::cli {

enum class ProgressStyle : std::uint8_t { none, lines, live };

// On a terminal (is_terminal()) live, else lines; `quiet`: none.
ProgressStyle progress_style(bool quiet);

class Progress {
 public:
  struct Limits {  // for the time that is left; 0: none
    std::uint64_t pages = 0;
    std::chrono::milliseconds time{0};
  };

  Progress(ProgressStyle style, Limits limits, std::chrono::milliseconds line_interval)
      : style_(style), limits_(limits), line_interval_(line_interval) {}

  bool shown() const { return style_ != ProgressStyle::none; }
  // Draws what is due at `now`. Writes to standard error.
  void show(const pipeline::Status& status, base::Instant now);
  // Clears the live line, so that what follows stands alone.
  void clear();

 private:
  void show_live(const pipeline::Status& status);
  void show_line(const pipeline::Status& status);
  void measure(const pipeline::Status& status, base::Instant now);

  const ProgressStyle style_;
  const Limits limits_;
  const std::chrono::milliseconds line_interval_;
  base::Instant last_line_{};
  base::Instant measured_at_{};
  std::uint64_t measured_fetches_ = 0;
  double rate_ = 0;  // fetches a second, smoothed
  bool drawn_ = false;
};

// "3m 10s" until a limit ends the crawl, as far as can be told: of pages by the pace so far. Empty
// without limits, and before the first page.
std::string time_left(const Progress::Limits& limits, const pipeline::Status& status);

}  // namespace crawld::cli
