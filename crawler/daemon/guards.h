// Disk and memory guards: fetching pauses below a watermark and goes on by itself.
#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "crawler/pipeline/pipeline.h"

namespace crawld::daemon {

struct GuardLimits {
  std::string database;           // whose file system is watched
  std::uint64_t disk_low = 0;     // bytes free; 0: not watched
  std::uint64_t memory_high = 0;  // bytes resident; 0: not watched
};

GuardLimits guard_limits(const config::Config& config);

// Threads: one. Look before the crawl starts, and then about once a second.
class Guards {
 public:
  Guards(GuardLimits limits, pipeline::Pipeline& pipeline)
      : limits_(std::move(limits)), pipeline_(pipeline) {}

  void look();

 private:
  void hold(pipeline::Hold reason, bool& held, bool wanted, const char* event,
            const std::string& have, const char* setting, const std::string& limit);

  const GuardLimits limits_;
  pipeline::Pipeline& pipeline_;
  bool disk_held_ = false;
  bool memory_held_ = false;
};

// Resident memory of this process in bytes; 0 where the system does not tell.
std::uint64_t resident_memory();
// Memory of the machine, or what a container may use of it, in bytes.
std::uint64_t machine_memory();

}  // namespace crawld::daemon
