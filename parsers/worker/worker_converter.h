// Converter over a child process: crawld-parse shuts itself in and becomes the program.
//
// The body is the program's standard input, a file in memory that it can seek in and not write.
// It is killed at its time limit, when it prints too much, and when the thread that called
// convert() ends (PR_SET_PDEATHSIG). See parsers/worker/converter_sandbox.h for what it may do.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/fd.h"
#include "parsers/worker/converter.h"
#include "parsers/worker/worker_program.h"

namespace crawld::parsers {

struct ConverterOptions {
  std::shared_ptr<const WorkerProgram> program;
  bool sandbox = true;
  std::chrono::milliseconds timeout{30'000};  // wall time of a document; CPU time as well
  std::uint64_t memory = 1ULL << 30;          // bytes of address space
};

class ConverterProcess final : public Converter {
 public:
  // Needs: options.program.
  explicit ConverterProcess(ConverterOptions options);

  base::Result<std::string> convert(const std::vector<std::string>& command, std::string_view body,
                                    std::uint64_t most) override;
  void interrupt() override;

 private:
  const ConverterOptions options_;
  const base::Fd interrupt_;  // an eventfd; readable for ever once it was written
};

}  // namespace crawld::parsers
