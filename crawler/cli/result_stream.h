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
  // disk_full or io once a line of a file could not be written: nothing more is tried. What
  // becomes of standard output is its reader's business, and only told in the log. For when
  // the crawl has ended.
  base::Status status() const;

 private:
  ResultStream(std::FILE* file, bool csv, bool empty);
  void put(const std::string& line);
  void give_up();

  std::FILE* file_;
  const bool csv_;
  bool needs_header_;
  int failed_ = 0;  // errno of the write that failed
};

}  // namespace crawld::cli
