// Workers to test with: the real one and the bad one, beside this test program.
#pragma once

#include <memory>
#include <string>

#include "parsers/worker/sandbox.h"
#include "parsers/worker/worker_process.h"

namespace crawld::test {

// The folder that `make` builds into, found from the running test program.
std::string build_folder();

std::shared_ptr<const parsers::WorkerProgram> real_worker();
std::shared_ptr<const parsers::WorkerProgram> bad_worker();

// Says so when this build cannot prove anything about a sandbox.
bool sandbox_possible();

// Sandboxed where this build can be.
parsers::WorkerOptions real_options();
// Without a sandbox: it has to be able to misbehave.
parsers::WorkerOptions bad_options();

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time);

// The failure, or one with detail "it is none".
model::ParseFailure failure_of(const model::ParseOutcome& outcome);

// Asks the bad worker for `how`; see tests/programs/bad_worker.cc.
model::ParseOutcome ask_for(parsers::WorkerProcess& worker, const std::string& how,
                            std::chrono::milliseconds time = std::chrono::seconds(20));

}  // namespace crawld::test
