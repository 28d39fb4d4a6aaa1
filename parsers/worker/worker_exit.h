// How a worker that ends by itself says why.
#pragma once

namespace crawld::parsers {

enum WorkerExit : int {
  kExitDone = 0,       // its socket was closed
  kExitUsage = 64,     // started by somebody else than crawld
  kExitSetup = 65,     // the sandbox could not be entered, or the setup was no good
  kExitProtocol = 66,  // the parent sent what is no job
  kExitMemory = 67,    // out of memory
  kExitThrown = 68,    // an exception that nobody caught
  kExitLeak = 69,      // self-test: the sandbox let something through
  kExitProved = 70,    // self-test: each trial ended as it must
  kExitNotRun = 71,    // a converter could not be shut in, or not be run; its stderr says why
  kExitTrial = 100     // self-test: the trial of this number less 100 did not
};

}  // namespace crawld::parsers
