// Hands a text to a program on its stdin, with a time limit and without a shell.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "crawler/base/result.h"

namespace crawld::daemon {

// Runs `command` (a whole path and its arguments) in a process group of its own, with stdout
// and stderr on /dev/null, and waits for its end. Fails when it cannot be started, ends with
// another status than 0, or outlives `timeout` or `stop`: then the whole group is killed. A
// program that does not read its stdin to the end is no failure: SIGPIPE is ignored in the whole
// program from the first call on.
base::Status run_with_stdin(const std::vector<std::string>& command, const std::string& text,
                            std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace crawld::daemon
