// `-o FILE`: what was committed, one line each, as it is committed.
//
// Records where the batch has some (extraction rules), else pages. A line is written
// only after its batch is durable. JSON Lines by default; CSV when the name ends in
// .csv, of any case. "-" is standard output. Threads: the commit thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/base/result.h"
#include "storage/commit_batch.h"

namespace crawld::cli {

// What the sites of a run have: rules make records, a row each; without them a page is a row.
enum class ResultRows : std::uint8_t { pages, records, both };
ResultRows rows_of(const std::vector<config::Site>& sites);

// The ending of a file's name that promises what is not written, such as ".parquet"; empty: none.
std::string_view foreign_ending(std::string_view path);

class ResultStream {
 public:
  // Appends, so that a resumed crawl goes on with its file; a row that was cut short there, by a
  // full disk or a kill, is taken away. Errors: io; invalid for a name that promises another
  // format, for both kinds of rows in one CSV file, and for one that holds other columns.
  static base::Result<std::unique_ptr<ResultStream>> open(const std::string& path, ResultRows rows);
  ~ResultStream();
  ResultStream(const ResultStream&) = delete;
  ResultStream& operator=(const ResultStream&) = delete;

  void write(const storage::CommitBatch& batch);
  // disk_full or io once a line could not be written: nothing more is tried. A reader that went
  // away is only told in the log. For when the crawl has ended.
  base::Status status() const;

 private:
  ResultStream(std::FILE* file, bool csv) : file_(file), csv_(csv) {}
  void put(const std::string& line);
  void give_up();

  std::FILE* file_;
  const bool csv_;
  int failed_ = 0;  // errno of the write that failed
};

}  // namespace crawld::cli
