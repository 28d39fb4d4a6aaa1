#include "parsers/worker/sandbox_steps.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "crawler/base/fd.h"

namespace crawld::parsers {
namespace {

using base::Done;
using base::Error;
using base::Fd;
using base::Status;

std::uint64_t rights_of(FileUse use) {
  switch (use) {
    case FileUse::read:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    case FileUse::run:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
             LANDLOCK_ACCESS_FS_EXECUTE;
    case FileUse::write:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
  }
  return 0;
}

Status grant(int rules, const FileGrant& granted) {
  const Fd file(::open(granted.path, O_PATH | O_CLOEXEC));
  struct stat facts {};
  if (!file.open() || ::fstat(file.get(), &facts) != 0) return Done{};
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights_of(granted.use);
  // What is no folder takes no rights of folders.
  if (!S_ISDIR(facts.st_mode)) beneath.allowed_access &= ~LANDLOCK_ACCESS_FS_READ_DIR;
  beneath.parent_fd = file.get();
  if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
    return sandbox_refused("landlock_add_rule");
  }
  return Done{};
}

}  // namespace

Error sandbox_refused(std::string_view what) {
  return Error{Error::Code::io, "sandbox: " + std::string(what) + ": " + std::strerror(errno)};
}

Status set_limits(std::span<const std::pair<__rlimit_resource, rlimit>> limits) {
  for (auto [resource, limit] : limits) {
    rlimit given{};
    if (::getrlimit(resource, &given) != 0) return sandbox_refused("getrlimit");
    limit.rlim_max = std::min(limit.rlim_max, given.rlim_max);
    limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(resource, &limit) != 0) return sandbox_refused("setrlimit");
  }
  return Done{};
}

Status drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return sandbox_refused("capset");
  return Done{};
}

base::Result<bool> forbid_files(std::span<const FileGrant> granted) {
  struct Ruleset {  // landlock_ruleset_attr as of ABI 6; older kernels take a front part of it
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
  };
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  Ruleset attributes{(1ULL << 13) - 1, 0, 0};
  std::size_t size = sizeof attributes.handled_access_fs;
  if (abi >= 2) attributes.handled_access_fs |= 1ULL << 13;  // refer
  if (abi >= 3) attributes.handled_access_fs |= 1ULL << 14;  // truncate
  if (abi >= 5) attributes.handled_access_fs |= 1ULL << 15;  // ioctl of devices
  if (abi >= 4) {
    attributes.handled_access_net = 3;  // bind and connect of TCP
    size += sizeof attributes.handled_access_net;
  }
  if (abi >= 6) {
    attributes.scoped = 3;  // abstract sockets and signals of others
    size += sizeof attributes.scoped;
  }
  const Fd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
  if (!rules.open()) return sandbox_refused("landlock_create_ruleset");
  for (const FileGrant& one : granted) {
    if (auto status = grant(rules.get(), one); !status) return status.error();
  }
  if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return sandbox_refused("landlock_restrict_self");
  }
  return true;
}

}  // namespace crawld::parsers
