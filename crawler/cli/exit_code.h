// Exit codes: a contract with scripts (README, "Exit codes").
#pragma once

#include "crawler/base/result.h"

namespace crawld::cli {

enum ExitCode : int {
  kFinished = 0,
  kError = 1,
  kUsage = 2,
  kDiskFull = 3,
  kBadConfiguration = 4,
  kInterrupted = 11,  // state is safe; the same command goes on
  kTooManyErrors = 12,
  kSizeLimit = 14,
  kTimeLimit = 15
};

inline ExitCode exit_code(const base::Error& error) {
  return error.code == base::Error::Code::disk_full ? kDiskFull : kError;
}

}  // namespace crawld::cli
