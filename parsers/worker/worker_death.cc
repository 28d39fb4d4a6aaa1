#include "parsers/worker/worker_death.h"

#include <signal.h>
#include <sys/wait.h>

#include <cstring>
#include <string>

#include "parsers/worker/worker_exit.h"

namespace crawld::parsers {
namespace {

using model::ParseFailure;
using Kind = model::ParseFailureKind;

std::string out_of_memory(std::uint64_t memory) {
  return "out of its " + std::to_string(memory >> 20) + " MiB";
}

ParseFailure of_exit(int code, std::uint64_t memory) {
  switch (code) {
    case kExitMemory:
      return {Kind::memory, out_of_memory(memory)};
    case kExitThrown:
      return {Kind::crashed, "ended by an exception"};
    case kExitProtocol:
      return {Kind::crashed, "could not read the job"};
    default:
      return {Kind::crashed, "exit status " + std::to_string(code)};
  }
}

ParseFailure of_signal(int number) {
  std::string detail = "signal " + std::to_string(number);
  if (const char* name = ::sigabbrev_np(number)) detail += std::string(" (SIG") + name + ")";
  switch (number) {
    case SIGXCPU:
      return {Kind::cpu, detail};
    case SIGSYS:
      return {Kind::crashed, detail + ": made a forbidden system call"};
    default:
      return {Kind::crashed, detail};
  }
}

}  // namespace

ParseFailure failure_of_death(int status, std::uint64_t memory) {
  return WIFEXITED(status) ? of_exit(WEXITSTATUS(status), memory) : of_signal(WTERMSIG(status));
}

}  // namespace crawld::parsers
