// Makes the dictionaries that the bodies of each host's pages are packed with.
//
// Pages of a host share their menus, styles and scripts: of a page with 37 KB of HTML that zstd
// packs to 7.2 KB alone, 3.2 KB are left beside a dictionary, in three quarters of the time. A
// dictionary is raw content: the ends of four of its pages, the 4th, 8th, 16th and 32nd body that
// is stored of the host, so that not all of them are of its front. It is made anew from later ones
// at the 128th, the 512th, and so on, as hosts change their looks; bodies of before keep theirs.
// Nothing is made of hosts with fewer pages: it would take more room than it saves. The count goes
// on over restarts: a row a host, written when a sample is due and, of all, when a run ends; a kill
// costs what came since the last sample.
//
// A commit goes: stored() for what its rows hold, write_due() within the transaction, then
// committed() or rolled_back(). What falls due by a commit is written by the next one.
//
// Threads: the commit thread; the shelf is for any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawler/base/result.h"
#include "storage/bodies/dictionary_shelf.h"
#include "storage/database.h"

namespace crawld::storage {

// A body that a batch adds.
struct NewBody {
  model::HostId host = 0;
  std::uint64_t body = 0;   // row in `bodies`
  bool dictionary = false;  // it was packed with one
};

class HostDictionaries {
 public:
  explicit HostDictionaries(Database& database) : database_(database) {}

  // What the database holds. Call once, before any other.
  base::Status load();

  void stored(std::vector<NewBody> bodies) { stored_ = std::move(bodies); }
  enum class Batch : std::uint8_t { one_of_many, last_of_run };
  base::Status write_due(Batch kind);
  void committed();
  void rolled_back();

  DictionaryShelf& shelf() { return shelf_; }

 private:
  static constexpr std::size_t kSamples = 4;
  struct Host {
    std::uint64_t bodies = 0;      // stored so far
    std::uint64_t made_at = 0;     // of them, when a dictionary was last due; 0: never
    std::uint64_t dictionary = 0;  // the newest; 0: none
    std::array<std::uint64_t, kSamples> samples{};  // rows in `bodies`, the newest last
  };
  using Dictionary = std::shared_ptr<const model::BodyDictionary>;
  base::Status load_counts();
  base::Status write_counts(Batch kind);
  base::Status write_count(model::HostId id, const Host& host);
  base::Status make(model::HostId id, const Host& host);
  base::Result<std::string> sample(std::uint64_t body);
  static void count_in(Host& host, std::uint64_t body);
  void count(const NewBody& body);

  Database& database_;
  DictionaryShelf shelf_;
  std::unordered_map<model::HostId, Host> hosts_;
  std::uint64_t next_id_ = 1;
  std::vector<NewBody> stored_;                  // by the batch that is under way
  std::vector<model::HostId> counted_;           // their rows are written by it
  std::unordered_set<model::HostId> uncounted_;  // stored something since their row was written
  std::vector<model::HostId> to_make_;           // a dictionary is due
  std::vector<model::HostId> to_put_up_;         // there is one, and it is not on the shelf
  // Made or read by the batch that is under way: up once it is committed.
  std::vector<std::pair<model::HostId, Dictionary>> for_shelf_;
};

}  // namespace crawld::storage
