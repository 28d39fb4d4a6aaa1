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

bool is_due(std::uint64_t count) {
  if (count < kFirstDictionary || !std::has_single_bit(count)) return false;
  return (std::countr_zero(count) - std::countr_zero(kFirstDictionary)) % kMadeEvery == 0;
}

}  // namespace

base::Status HostDictionaries::load() {
  return database_.each(
      "SELECT id, host_id, bodies FROM dictionaries ORDER BY id", [](Statement&) {},
      [&](Statement& s) {
        const auto id = static_cast<std::uint64_t>(s.integer(0));
        Host& host = hosts_[static_cast<model::HostId>(s.integer(1))];
        host.dictionary = id;
        host.bodies = static_cast<std::uint64_t>(s.integer(2));
        next_id_ = id + 1;
      });
}

base::Status HostDictionaries::write_due() {
  for (const model::HostId id : to_make_) {
    if (auto done = make(id, hosts_[id]); !done) return done;
  }
  for (const model::HostId id : to_put_up_) {
    auto dictionary = read_dictionary(database_, hosts_[id].dictionary);
    if (!dictionary) return std::move(dictionary).error();
    if (*dictionary != nullptr) for_shelf_.emplace_back(id, *std::move(dictionary));
  }
  return base::Done{};
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
  for (const NewBody& body : stored_) count(body);
  stored_.clear();
}

void HostDictionaries::rolled_back() {
  for_shelf_.clear();
  stored_.clear();
}

void HostDictionaries::count(const NewBody& body) {
  Host& host = hosts_[body.host];
  ++host.bodies;
  if (is_sample(host.bodies)) {
    std::rotate(host.samples.begin(), host.samples.begin() + 1, host.samples.end());
    host.samples.back() = body.body;
  }
  if (is_due(host.bodies)) {
    to_make_.push_back(body.host);
  } else if (host.dictionary != 0 && !body.dictionary && shelf_.misses(body.host) &&
             std::find(to_put_up_.begin(), to_put_up_.end(), body.host) == to_put_up_.end()) {
    to_put_up_.push_back(body.host);
  }
}

}  // namespace crawld::storage
