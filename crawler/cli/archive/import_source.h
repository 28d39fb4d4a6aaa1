// A file that `crawld import` reads, or standard input, and what it seems to be.
//
// Reads give up when a stop signal came, also while they wait for a pipe. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"
#include "crawler/cli/stop_signals.h"

namespace crawld::cli {

enum class ImportFormat : std::uint8_t { warc, wacz, urls };

class ImportSource {
 public:
  // Whether open() would find something to read. It is not opened: what a pipe holds is read once.
  static base::Status check(const std::string& path);

  // "-" is standard input. Errors: not_found, io. `signals` outlives the source.
  static base::Result<ImportSource> open(const std::string& path, StopSignals& signals);

  // By its first bytes: gzip, zstd and "WARC/" are an archive, ZIP a package of them, anything else
  // is a list. Errors: those of read(), and invalid for an ARC file, which is none of these.
  base::Result<ImportFormat> guess();

  // Bytes into `into`; 0 at the end, and when a stop was asked for.
  base::Result<std::size_t> read(std::span<char> into);

  // Bytes from `offset` on, wherever read() is; 0 as there.
  base::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into);
  // Its bytes. Errors: invalid (a pipe, which cannot be read from its end), io.
  base::Result<std::uint64_t> size() const;

  // The last part of its path, for messages and the fetch log.
  const std::string& name() const { return name_; }

 private:
  ImportSource(base::Fd fd, std::string name, StopSignals& signals)
      : fd_(std::move(fd)), name_(std::move(name)), signals_(&signals) {}

  base::Fd fd_;
  std::string name_;
  StopSignals* signals_;
  std::string peeked_;  // read by guess(), not handed out yet
};

}  // namespace crawld::cli
