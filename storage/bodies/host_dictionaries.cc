#include "storage/bodies/host_dictionaries.h"

#include <algorithm>
#include <bit>

#include "storage/bodies/body_reader.h"
#include "storage/bodies/dictionary_rows.h"

namespace crawld::storage {
namespace {

constexpr std::uint64_t kFirstSample = 4;
constexpr std::uint64_t kFirstDictionary = 32;
constexpr int kMadeEvery = 2;  // doublings

// Of a page: how it begins, with menus and scripts, and how it ends.
constexpr std::size_t kHead = 24U << 10;
constexpr std::size_t kTail = 8U << 10;
constexpr std::size_t kLargestSample = 4U << 20;  // unpacked for it
constexpr std::size_t kLeast = 1U << 10;
// What begins with the magic number of a trained dictionary (RFC 8878 section 5) would be read as
// one; this way nothing does.
constexpr char kFront = '\n';

bool is_sample(std::uint64_t count) { return count >= kFirstSample && std::has_single_bit(count); }

// The count at or below this one at which a dictionary is due; 0: none.
std::uint64_t last_due(std::uint64_t count) {
  if (count < kFirstDictionary) return 0;
  const int doublings = std::bit_width(count) - std::bit_width(kFirstDictionary);
  return kFirstDictionary << (doublings - doublings % kMadeEvery);
}

}  // namespace

base::Status HostDictionaries::load() {
  auto done = database_.each(
      "SELECT id, host_id, bodies FROM dictionaries ORDER BY id", [](Statement&) {},
      [&](Statement& s) {
        const auto id = static_cast<std::uint64_t>(s.integer(0));
        Host& host = hosts_[static_cast<model::HostId>(s.integer(1))];
        host.dictionary = id;
        host.bodies = static_cast<std::uint64_t>(s.integer(2));
        host.made_at = host.bodies;
        next_id_ = id + 1;
      });
  return done ? load_counts() : done;
}

// Of a host that was counted by a version which kept no such row, what its dictionary says holds.
base::Status HostDictionaries::load_counts() {
  return database_.each(
      "SELECT host_id, bodies, sample1, sample2, sample3, sample4 FROM body_counts",
      [](Statement&) {},
      [&](Statement& s) {
        Host& host = hosts_[static_cast<model::HostId>(s.integer(0))];
        host.bodies = std::max(host.bodies, static_cast<std::uint64_t>(s.integer(1)));
        for (std::size_t i = 0; i < kSamples; ++i) {
          host.samples[i] = static_cast<std::uint64_t>(s.integer(static_cast<int>(2 + i)));
        }
      });
}

base::Status HostDictionaries::write_due(Batch kind) {
  for (const model::HostId id : to_make_) {
    if (auto done = make(id, hosts_[id]); !done) return done;
  }
  for (const model::HostId id : to_put_up_) {
    auto dictionary = read_dictionary(database_, hosts_[id].dictionary);
    if (!dictionary) return std::move(dictionary).error();
    if (*dictionary != nullptr) for_shelf_.emplace_back(id, *std::move(dictionary));
  }
  return write_counts(kind);
}

// As they are once the batch under way is committed.
base::Status HostDictionaries::write_counts(Batch kind) {
  std::unordered_map<model::HostId, Host> counted;
  if (kind == Batch::last_of_run) {
    for (const model::HostId id : uncounted_) counted.emplace(id, hosts_[id]);
  }
  for (const NewBody& body : stored_) {
    count_in(counted.try_emplace(body.host, hosts_[body.host]).first->second, body.body);
  }
  for (const auto& [id, host] : counted) {
    const bool at_sample = std::bit_floor(host.bodies) > hosts_[id].bodies;
    if (!at_sample && kind != Batch::last_of_run) continue;
    if (auto done = write_count(id, host); !done) return done;
    counted_.push_back(id);
  }
  return base::Done{};
}

base::Status HostDictionaries::write_count(model::HostId id, const Host& host) {
  return database_.run(
      "INSERT INTO body_counts (host_id, bodies, sample1, sample2, sample3, sample4) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
      "ON CONFLICT (host_id) DO UPDATE SET bodies = ?2, sample1 = ?3, sample2 = ?4, "
      "sample3 = ?5, sample4 = ?6",
      [&](Statement& s) {
        s.integer(1, id).integer(2, static_cast<std::int64_t>(host.bodies));
        for (std::size_t i = 0; i < kSamples; ++i) {
          s.integer(static_cast<int>(3 + i), static_cast<std::int64_t>(host.samples[i]));
        }
      });
}

base::Status HostDictionaries::make(model::HostId id, const Host& host) {
  // A batch that fails takes its number along; rows need not follow one another.
  model::BodyDictionary dictionary{.id = next_id_++, .bytes = {kFront}};
  for (const std::uint64_t body : host.samples) {
    if (body == 0) continue;
    auto bytes = sample(body);
    if (!bytes) return std::move(bytes).error();
    dictionary.bytes += *bytes;
  }
  if (dictionary.bytes.size() < kLeast) return base::Done{};
  if (auto done = write_dictionary(database_, dictionary, id, host.bodies); !done) return done;
  for_shelf_.emplace_back(id, std::make_shared<const model::BodyDictionary>(std::move(dictionary)));
  return base::Done{};
}

// Empty where the body is gone meanwhile, damaged, or huge.
base::Result<std::string> HostDictionaries::sample(std::uint64_t body) {
  auto packed = BodyReader(database_).packed(body);
  if (!packed) return std::move(packed).error();
  auto bytes = model::unpack(*packed, kLargestSample);
  if (!bytes) return std::string();
  if (bytes->size() > kHead + kTail) bytes->erase(kHead, bytes->size() - kHead - kTail);
  return *std::move(bytes);
}

void HostDictionaries::committed() {
  for (auto& [id, dictionary] : for_shelf_) {
    hosts_[id].dictionary = dictionary->id;
    (void)shelf_.put(id, std::move(dictionary));
  }
  for_shelf_.clear();
  to_make_.clear();
  to_put_up_.clear();
  for (const NewBody& body : stored_) {
    count(body);
    uncounted_.insert(body.host);
  }
  stored_.clear();
  for (const model::HostId id : counted_) uncounted_.erase(id);
  counted_.clear();
}

void HostDictionaries::rolled_back() {
  for_shelf_.clear();
  stored_.clear();
  counted_.clear();
}

void HostDictionaries::count_in(Host& host, std::uint64_t body) {
  ++host.bodies;
  if (!is_sample(host.bodies)) return;
  std::rotate(host.samples.begin(), host.samples.begin() + 1, host.samples.end());
  host.samples.back() = body;
}

void HostDictionaries::count(const NewBody& body) {
  Host& host = hosts_[body.host];
  count_in(host, body.body);
  // What was due when the program ended is made now.
  if (last_due(host.bodies) > host.made_at) {
    host.made_at = host.bodies;
    to_make_.push_back(body.host);
  } else if (host.dictionary != 0 && !body.dictionary && shelf_.misses(body.host) &&
             std::find(to_put_up_.begin(), to_put_up_.end(), body.host) == to_put_up_.end()) {
    to_put_up_.push_back(body.host);
  }
}

}  // namespace crawld::storage
