#include "crawler/daemon/guards.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "config/units.h"
#include "crawler/base/log.h"

namespace crawld::daemon {

std::uint64_t resident_memory() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t machine_memory() {
  const std::uint64_t all = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                            static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::FILE* file = std::fopen("/sys/fs/cgroup/memory.max", "r");  // of a container; else none
  if (file == nullptr) return all;
  unsigned long long most = 0;
  const bool limited = std::fscanf(file, "%llu", &most) == 1;  // "max" is no number
  std::fclose(file);
  return limited ? std::min<std::uint64_t>(most, all) : all;
}

GuardLimits guard_limits(const config::Config& config) {
  return {
      .database = config.database, .disk_low = config.disk_low, .memory_high = config.memory_high};
}

void Guards::hold(pipeline::Hold reason, bool& held, bool wanted, const char* event,
                  const std::string& have, const char* setting, const std::string& limit) {
  if (held == wanted) return;
  held = wanted;
  pipeline_.hold(reason, wanted);
  // A process gives memory back by itself; somebody has to make room on a disk.
  const bool needs_somebody = wanted && reason == pipeline::Hold::disk;
  base::log::write(needs_somebody ? base::log::Level::error : base::log::Level::warn, event,
                   {{"fetching", wanted ? "paused" : "goes on"}, {"have", have}, {setting, limit}});
}

void Guards::look() {
  struct statvfs facts {};
  if (limits_.disk_low > 0 && statvfs(limits_.database.c_str(), &facts) == 0) {
    const std::uint64_t room = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
    // A tenth more than the mark before it goes on, so that it does not flutter.
    const std::uint64_t mark =
        disk_held_ ? limits_.disk_low + limits_.disk_low / 10 : limits_.disk_low;
    hold(pipeline::Hold::disk, disk_held_, room < mark, "guard.disk", config::format_bytes(room),
         "disk_low", config::format_bytes(limits_.disk_low));
  }
  if (limits_.memory_high > 0) {
    const std::uint64_t used = resident_memory();
    const std::uint64_t mark =
        memory_held_ ? limits_.memory_high - limits_.memory_high / 10 : limits_.memory_high;
    hold(pipeline::Hold::memory, memory_held_, used > mark, "guard.memory",
         config::format_bytes(used), "memory_high", config::format_bytes(limits_.memory_high));
  }
}

}  // namespace crawld::daemon
