// Lines in order of their bytes, more than memory holds: what `LC_ALL=C sort` does.
//
// Lines are collected up to a limit of memory, sorted, and put as runs into one file without a
// name, which is gone with the sorter whatever happens. At the end the runs are merged.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::storage {

class LineSorter {
 public:
  static constexpr std::size_t kMemory = 32U << 20;  // bytes

  // The runs lie in `directory`, so that they fill the disk of the result and not a /tmp in
  // memory. Nothing is made there before `memory` is full.
  explicit LineSorter(std::string directory, std::size_t memory = kMemory);

  // `line` has its end, and no other. Errors: disk_full, io.
  base::Status add(std::string_view line);

  // All lines in order; equal ones stay as many as they were. Once, after the last add().
  // `take` ends it with false. Errors: io.
  base::Status each(const std::function<bool(std::string_view)>& take);

 private:
  struct Place {
    std::uint32_t at;
    std::uint32_t size;
  };
  struct Run {
    std::uint64_t begin;
    std::uint64_t end;
  };
  class RunReader;

  std::string_view line_at(Place place) const {
    return std::string_view(text_).substr(place.at, place.size);
  }
  void sort_held();
  base::Status spill();
  base::Status open_file();
  base::Status append(std::string_view bytes);
  base::Status merge(const std::function<bool(std::string_view)>& take);

  const std::string directory_;
  const std::size_t memory_;
  std::string text_;  // the lines that are held, one behind the other
  std::vector<Place> places_;
  base::Fd file_;
  std::uint64_t written_ = 0;
  std::vector<Run> runs_;
};

}  // namespace crawld::storage
