// SIGINT and SIGTERM for a one-shot crawl: the first is asked for, the second ends
// the process at once (what is committed is safe, what is not is fetched again).
#pragma once

namespace crawld::cli {

class StopSignals {
 public:
  // Blocks both in this thread and all that it starts. SIGPIPE is ignored: a reader
  // that goes away must not end a crawl.
  StopSignals();

  // A signal has come. Never waits.
  bool asked();
  // From here on the next SIGINT or SIGTERM ends the process with kInterrupted.
  void arm_second();

 private:
  bool asked_ = false;
};

}  // namespace crawld::cli
