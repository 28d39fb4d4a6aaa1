// How a crawl ended: its exit code, and the word for `runs.exit`, the log and the summary.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/cli/exit_code.h"
#include "crawler/pipeline/status.h"

namespace crawld::cli {

struct Ending {
  ExitCode code = kFinished;
  std::string text = "finished";
  bool complete = true;  // nothing is left that the same command would go on with
};

// Of a pipeline that ended by itself.
Ending ending_of(pipeline::End end);

// Of a run that began at `started` and may take `most`; nothing while it may go on. 0: no limit.
std::optional<Ending> end_of_time(std::chrono::milliseconds most, base::Instant started,
                                  base::Instant now);

}  // namespace crawld::cli
