// The steps by which a process shuts itself in, for the sandboxes that are made of them.
//
// Each covers the calling thread and what it starts, and cannot be undone.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "crawler/base/result.h"

namespace crawld::parsers {

// "sandbox: WHAT: " and what errno says.
base::Error sandbox_refused(std::string_view what);

// Sets each, hard and soft; a limit that holds already is not raised.
base::Status set_limits(std::span<const std::pair<__rlimit_resource, rlimit>> limits);

base::Status drop_capabilities();

enum class FileUse : std::uint8_t {
  read,
  run,   // and to read
  write  // and to read: for devices
};

// A file, or a folder with all that is below it. One that does not exist grants nothing.
struct FileGrant {
  const char* path;
  FileUse use;
};

// Landlock (https://docs.kernel.org/userspace-api/landlock.html): all rights that this kernel
// knows are taken away, TCP and signals to others too, but for what is granted. True when it
// holds, false when the kernel has no Landlock or may not use it. Needs: PR_SET_NO_NEW_PRIVS.
base::Result<bool> forbid_files(std::span<const FileGrant> granted = {});

}  // namespace crawld::parsers
