// The program crawld-parse, found once and started many times.
//
// It is held open from the first moment on: when a new version is installed over it, the
// workers of a running daemon are still started from the old one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::parsers {

// Threads: any.
class WorkerProgram {
 public:
  // The program at `path`. Empty: the one beside this program, else
  // ../libexec/crawld/crawld-parse as seen from there.
  static base::Result<std::shared_ptr<const WorkerProgram>> open(const std::string& path = {});

  // Starts it with `socket` as descriptor 3, /dev/null as 0, 1 and 2, no other descriptor, an
  // empty environment, in a session of its own. The caller must reap the process.
  base::Result<pid_t> start(const std::vector<std::string>& arguments, int socket) const;

  // What a converter reads and where it writes.
  struct Streams {
    int in = -1;
    int out = -1;
    int error = -1;
  };
  // Starts it with these as descriptors 0, 1 and 2, otherwise as above.
  base::Result<pid_t> start(const std::vector<std::string>& arguments,
                            const Streams& streams) const;

  const std::string& path() const { return path_; }

 private:
  WorkerProgram(std::string path, base::Fd file, base::Fd null)
      : path_(std::move(path)), file_(std::move(file)), null_(std::move(null)) {}

  // `placed`: a descriptor of ours and its number there.
  base::Result<pid_t> launch(const std::vector<std::string>& arguments,
                             std::span<const std::pair<int, int>> placed) const;

  std::string path_;
  base::Fd file_;  // O_PATH
  base::Fd null_;
};

// How long a self-test may take: far more than a loaded machine needs, and no start hangs for ever.
inline constexpr std::chrono::milliseconds kSelfTestPatience{30'000};

// Asks it for its build, which must be ours: workers of another one would be refused one after
// the other. An error says what to do. Takes about 2 ms, at most `patience`. One that is killed
// from outside is asked once more.
base::Status prove_build(const WorkerProgram& program,
                         std::chrono::milliseconds patience = kSelfTestPatience);

// Lets a worker shut itself in and try each forbidden thing: each must end it with SIGSYS.
// An error names what the sandbox let through or why it cannot be entered; do not parse
// anything then. Takes about 8 ms, at most `patience`. One that is killed from outside is tried
// once more.
base::Status prove_sandbox(const WorkerProgram& program,
                           std::chrono::milliseconds patience = kSelfTestPatience);

// The same of the sandbox of converters (parsers/worker/converter_sandbox.h). Takes about 2 ms.
base::Status prove_converter_sandbox(const WorkerProgram& program,
                                     std::chrono::milliseconds patience = kSelfTestPatience);

}  // namespace crawld::parsers
