// `-o FILE`: what was committed, one line each, as it is committed.
//
// Records where the batch has some (extraction rules), else pages. A line is written
// only after its batch is durable. JSON Lines by default; CSV when the name ends in
// .csv. "-" is standard output. Threads: the commit thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"

namespace crawld::cli {

class ResultStream {
 public:
  // Appends, so that a resumed crawl goes on with its file.
  static base::Result<std::unique_ptr<ResultStream>> open(const std::string& path);
  ~ResultStream();
  ResultStream(const ResultStream&) = delete;
  ResultStream& operator=(const ResultStream&) = delete;

  void write(const storage::CommitBatch& batch);
  // A line could not be written (disk full, reader gone); the log says so, nothing more is tried.
  bool failed() const { return failed_; }

 private:
  ResultStream(std::FILE* file, bool csv, bool empty);
  void put(const std::string& line);
  void give_up();

  std::FILE* file_;
  const bool csv_;
  bool needs_header_;
  bool failed_ = false;
};

}  // namespace crawld::cli
