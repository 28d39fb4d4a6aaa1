// How a converter is run: crawld-parse shuts itself in and becomes the program.
//
// The other side is parsers/worker/worker_converter.h. What goes wrong before the program runs is
// told on standard error, with kExitNotRun.
#pragma once

#include <string>
#include <vector>

#include "parsers/worker/converter_sandbox.h"

namespace crawld::parsers {

// Needs: leave_parent() before. `command`: a whole path and its arguments.
[[noreturn]] void become_converter(ConverterLimits limits, std::vector<std::string> command);

// Shuts itself in and tries what is refused: kExitProved, kExitNotRun, or kExitTrial and the
// number of the trial that leaks.
[[noreturn]] void test_converter_sandbox();

}  // namespace crawld::parsers
