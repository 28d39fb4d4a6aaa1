// enter_converter_sandbox(): from here on this process can become a program of the system that
// reads a document on its standard input, and do little else.
//
// Such a program needs its libraries, its fonts, threads and calls that nobody can list, so the
// walls differ from those of a worker (parsers/worker/sandbox.h): Landlock leaves the programs and
// libraries of the system to be read and run, and nothing of /home, /var, /tmp, /proc, /run or
// the rest of /etc; seccomp refuses by EPERM what reaches other processes, the network, or the
// owner and mode of files. It stays one process: what it started could outlive it.
#pragma once

#include <cstdint>
#include <string>

#include "crawler/base/result.h"

namespace crawld::parsers {

struct ConverterLimits {
  std::string program;            // what will be run; may be read and run wherever it stands
  std::uint64_t memory = 0;       // bytes of address space
  std::uint32_t cpu_seconds = 0;  // of all its threads together
  bool sandbox = true;            // false: the limits only
};

// Fails where a wall cannot be put up; the process is half shut in then: end it.
// Needs: leave_parent() before (parsers/worker/sandbox.h); one thread only.
base::Status enter_converter_sandbox(const ConverterLimits& limits);

}  // namespace crawld::parsers
