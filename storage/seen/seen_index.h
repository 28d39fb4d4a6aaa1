// Which URL is known: hash of its href -> url id.
//
// All that is known stands in memory, up to a budget: a look-up reads no disk and costs a
// cache miss or two, however much is known. A URL takes 13 to 15 bytes, so the default budget holds
// 100 million. On disk each entry is written once: those that wait are written, sorted, as a run of
// page-sized rows inside the transaction of the batch that makes them enough; the runs are read at
// a start (50 million: see docs/benchmarks.md), and what no run holds yet is read from `urls`.
//
// Above the budget runs stay on disk: a log-structured merge, a few bits and a row to read for
// each URL, so that no crawl is too large. Nothing is ever removed.
//
// Two URLs with the same 64-bit hash count as one: with 50 million URLs the
// chance that any two do is below 1 in 10,000. Each database hashes with a seed of its own, so that
// nobody can look for such a pair beforehand; one of before schema 11 goes on without.
//
// The same index serves the bodies (hash of the content -> body id).
//
// Threads: one, the commit thread. Other connections ask find_url().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "crawler/base/result.h"
#include "crawler/model/request.h"

namespace crawld::storage {

class Database;

// XXH3, 64 bits, of an href, or of a content hash in hex; never 0, which stands for an empty slot.
std::uint64_t seen_hash(std::string_view text, std::uint64_t seed);
// That of the database, for seen_hash(); 0 is none. It never changes.
base::Result<std::uint64_t> seen_seed(Database& database);

enum class SeenKeys : std::uint8_t { urls, bodies };

class SeenIndex {
 public:
  struct Budget {
    std::size_t memory_bytes = 1'600'000'000;  // taken as URLs come, never before
    std::size_t run_entries = 1U << 17;        // written when so many wait
    // Of what memory does not hold:
    std::size_t cache_entries = 1U << 16;  // recently confirmed, direct mapped
    std::size_t filter_bytes = 64U << 20;  // of all runs together, at most
  };
  struct Figures {
    std::uint64_t entries;  // known URLs
    std::uint64_t runs;
    std::uint64_t memory;   // bytes held
    std::uint64_t on_disk;  // of them, found by reading a row
    std::uint64_t probes;   // rows read by look-ups so far
  };

  // Without a database everything stays in memory, and there is no seed (scenarios).
  SeenIndex();
  // `database` outlives the index and must be the writer.
  static base::Result<std::unique_ptr<SeenIndex>> open(Database& database, SeenKeys keys,
                                                       Budget budget);
  ~SeenIndex();
  SeenIndex(const SeenIndex&) = delete;
  SeenIndex& operator=(const SeenIndex&) = delete;

  // What stands for `text` here: seen_hash() with the seed of the database.
  std::uint64_t hash_of(std::string_view text) const { return seen_hash(text, seed_); }

  // The id, or 0 when unknown. An error of the database is sticky: see failure().
  model::UrlId find(std::uint64_t hash);
  model::UrlId find(std::string_view text) { return find(hash_of(text)); }
  // As find() for each of `hashes`, in any order; `ids` has the same length.
  void find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids);
  // Needs: find(hash) == 0, and `id` above all inserted before.
  void insert(std::uint64_t hash, model::UrlId id);

  // The first error of a look-up since the last call, or success. After an error
  // answers may be "unknown" wrongly: nothing found since may be inserted.
  base::Status take_failure();
  // The same, which stays.
  const std::optional<base::Error>& failure() const;

  // Called by the store inside its transaction: writes what is due of a flush or a
  // merge. Only entries with id <= `last_id` are written.
  base::Status write_due(model::UrlId last_id);
  // Called by the store after the transaction ended either way.
  void committed();
  void rolled_back();

  Figures figures() const;

 private:
  class State;
  SeenIndex(std::unique_ptr<State> state, std::uint64_t seed);
  std::unique_ptr<State> state_;
  const std::uint64_t seed_ = 0;
};

// The id of a URL over any connection, readers included; 0 when unknown. Slower than
// SeenIndex::find: entries that were not flushed yet are compared by text.
base::Result<model::UrlId> find_url(Database& database, std::string_view href);

}  // namespace crawld::storage
