#include "crawler/fetch/resolver.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

namespace crawld::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kMinTtl{5};
constexpr seconds kMaxTtl{3'600};
constexpr seconds kNegativeTtl{60};  // where the answer names none
constexpr seconds kFailureTtl{5};
// Answers that are used for want of new ones, with the figures of RFC 8767 sections 4 and 5.
constexpr seconds kStaleTtl{30};
constexpr std::chrono::hours kLongestStale{24};
constexpr milliseconds kStaleAfter{1'800};
constexpr seconds kPromiseTtl{600};  // beyond its own, where somebody will come for it

seconds lifetime(const DnsAnswer& answer) {
  switch (answer.failure) {
    case DnsFailure::none:
      return std::clamp(answer.ttl, kMinTtl, kMaxTtl);
    case DnsFailure::no_such_name:
    case DnsFailure::no_address:
      return answer.ttl.count() < 0 ? kNegativeTtl : std::clamp(answer.ttl, kMinTtl, kMaxTtl);
    case DnsFailure::bad_name:
      return kMaxTtl;
    case DnsFailure::server_failure:
    case DnsFailure::timeout:
    case DnsFailure::unreachable:
      return kFailureTtl;
    case DnsFailure::aborted:
      return seconds(0);
  }
  return kFailureTtl;
}

base::Error bad_entry(std::string_view what, const std::string& entry, std::string_view expected) {
  return {base::Error::Code::invalid, std::string(what) + " \"" + entry +
                                          "\" cannot be read; expected " + std::string(expected)};
}

// "a,b,c" -> addresses; nothing if one of them is none.
std::optional<std::vector<IpAddress>> parse_addresses(std::string_view list) {
  std::vector<IpAddress> out;
  while (true) {
    const auto comma = list.find(',');
    const auto address = IpAddress::parse_host(list.substr(0, comma));
    if (!address) return std::nullopt;
    out.push_back(*address);
    if (comma == std::string_view::npos) return out;
    list.remove_prefix(comma + 1);
  }
}

// What names are compared by: lower case, no trailing dot.
std::string canonical_name(std::string_view host) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  std::string name(host);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool is_localhost(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

std::string read_file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

struct Resolver::Entry {
  // Nothing was heard of the family, in a question that could have waited for it longer.
  bool lacks(std::optional<Family> family) const {
    return family && unanswered == family && needed != family;
  }

  bool ready = false;
  bool promised = false;  // somebody who asked ahead will come for it
  std::optional<Family> needed;
  std::optional<Family> unanswered;
  Resolution resolution;
  base::Instant asked_at{};
  base::Duration took{0};
  base::Instant expires{};
  // The addresses of the answer before this one, which will do where there is none by then.
  std::vector<IpAddress> stale;
  base::Instant stale_will_do{};  // of the steady clock
  base::Instant heard_at{};       // when a server told the addresses, stale ones too
  base::CondVar answered;
};

base::Result<std::unique_ptr<Resolver>> Resolver::open(const DnsConfig& config,
                                                       const base::Clock& clock) {
  std::unique_ptr<Resolver> resolver(new Resolver(config, clock));
  if (auto read = resolver->read_tables(config); !read) return std::move(read).error();
  auto client = DnsClient::open(config);
  if (!client) return std::move(client).error();
  resolver->client_ = std::move(*client);
  return resolver;
}

Resolver::Resolver(const DnsConfig& config, const base::Clock& clock)
    : clock_(clock), max_cached_(std::max<std::size_t>(config.max_cached, 1)) {}
Resolver::~Resolver() = default;

base::Status Resolver::read_tables(const DnsConfig& config) {
  if (config.use_hosts_file) hosts_ = parse_hosts(read_file("/etc/hosts"));
  for (const auto& [name, list] : config.hosts) {
    auto addresses = parse_addresses(list);
    if (!addresses) return bad_entry("dns host", name + ": " + list, "an address");
    hosts_[canonical_name(name)] = std::move(*addresses);
  }
  for (const std::string& entry : config.resolve) {
    // HOST:PORT:ADDR; a host in brackets may hold colons itself.
    const auto host_end = entry.find(':', entry.starts_with('[') ? entry.find(']') : 0);
    const auto port_end = host_end == std::string::npos ? host_end : entry.find(':', host_end + 1);
    if (port_end == std::string::npos) return bad_entry("resolve", entry, "HOST:PORT:ADDRESS");
    std::uint16_t port = 0;
    const char* last = entry.data() + port_end;
    const auto [end, failed] = std::from_chars(entry.data() + host_end + 1, last, port);
    auto addresses = parse_addresses(std::string_view(entry).substr(port_end + 1));
    if (failed != std::errc{} || end != last || !addresses || host_end == 0) {
      return bad_entry("resolve", entry, "HOST:PORT:ADDRESS");
    }
    overrides_[{canonical_name(entry.substr(0, host_end)), port}] = std::move(*addresses);
  }
  return base::Done{};
}

const std::vector<IpAddress>* Resolver::find_local(const std::string& name,
                                                   std::uint16_t port) const {
  for (const std::string& host : {name, std::string("*")}) {
    const auto found = overrides_.find({host, port});
    if (found != overrides_.end()) return &found->second;
  }
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

Resolution Resolver::resolve(std::string_view host, std::uint16_t port, milliseconds timeout,
                             const std::stop_token& stop, std::optional<Family> needed) {
  const std::string name = canonical_name(host);
  if (auto known = without_asking(name, port)) return *std::move(known);
  const auto entry = ask(name, std::chrono::steady_clock::now() + timeout, stop, needed);
  base::MutexLock lock(mutex_);
  if (entry->ready) return entry->resolution;
  if (stop.stop_requested()) return {DnsFailure::aborted, {}};
  if (!entry->stale.empty()) return {DnsFailure::none, entry->stale};
  return {DnsFailure::timeout, {}};
}

std::optional<Resolution> Resolver::without_asking(const std::string& name,
                                                   std::uint16_t port) const {
  if (const auto* local = find_local(name, port)) return Resolution{DnsFailure::none, *local};
  if (const auto literal = IpAddress::parse_host(name)) {
    return Resolution{DnsFailure::none, {*literal}};
  }
  if (is_localhost(name)) {
    return Resolution{DnsFailure::none, {*IpAddress::parse("127.0.0.1"), *IpAddress::parse("::1")}};
  }
  if (name.empty()) return Resolution{DnsFailure::bad_name, {}};
  return std::nullopt;
}

std::optional<base::Duration> Resolver::ask_ahead(std::string_view host, std::uint16_t port,
                                                  milliseconds patience,
                                                  const std::stop_token& stop,
                                                  std::optional<Family> needed, Later later) {
  const std::string name = canonical_name(host);
  if (without_asking(name, port)) return base::Duration{0};
  const auto entry = ask(name, std::chrono::steady_clock::now() + patience, stop, needed);
  base::MutexLock lock(mutex_);
  if (entry->ready) {
    if (!std::exchange(entry->promised, false)) return base::Duration{0};
    // His turn may have come long after the answer.
    entry->expires = std::max(entry->expires, clock_.now() + kMinTtl);
    return entry->took;
  }
  if (stop.stop_requested() || !entry->stale.empty()) return base::Duration{0};
  entry->promised = true;
  laters_.emplace(entry.get(), std::move(later));
  return std::nullopt;
}

void Resolver::forget(const void* owner) {
  base::MutexLock lock(mutex_);
  std::erase_if(laters_, [&](const auto& item) { return item.second.owner == owner; });
  while (telling_) told_.wait(mutex_);
}

// Waits for an answer, which may not have come by `until`.
std::shared_ptr<Resolver::Entry> Resolver::ask(const std::string& name, base::Instant until,
                                               const std::stop_token& stop,
                                               std::optional<Family> needed) {
  bool is_new = false;
  std::shared_ptr<Entry> entry = entry_for(name, needed, &is_new);
  if (is_new) {
    client_->ask(name, needed, [this, entry](DnsAnswer a) { store(*entry, std::move(a)); });
  }

  // With an owner of its own: ours is given away while somebody may stop us.
  const std::stop_callback wake(stop, [this, entry] {
    { base::MutexLock lock(mutex_); }  // a waiter between its check and its wait is let through
    entry->answered.notify_all();
  });
  {
    base::MutexLock lock(mutex_);
    ++counts_.waiting;
    if (!entry->stale.empty()) until = std::min(until, entry->stale_will_do);
    while (!entry->ready && !stop.stop_requested()) {
      if (!entry->answered.wait_until(mutex_, until)) break;
    }
    --counts_.waiting;
    if (!entry->ready || !entry->lacks(needed)) return entry;
  }
  // It was another's question, who needed less.
  return ask(name, until, stop, needed);
}

std::shared_ptr<Resolver::Entry> Resolver::entry_for(const std::string& name,
                                                     std::optional<Family> needed, bool* is_new) {
  const base::Instant now = clock_.now();
  base::MutexLock lock(mutex_);
  auto& slot = cache_[name];
  const auto is_over = [&] {
    return slot->expires + (slot->promised ? kPromiseTtl : seconds(0)) <= now;
  };
  *is_new = slot == nullptr || (slot->ready && (is_over() || slot->lacks(needed)));
  if (!*is_new) {
    ++counts_.from_cache;
    return slot;
  }
  auto entry = std::make_shared<Entry>();
  if (slot != nullptr && !slot->lacks(needed) && now < slot->heard_at + kLongestStale) {
    const auto patience = client_->is_out() ? milliseconds(0) : kStaleAfter;
    entry->stale = slot->resolution.addresses;
    entry->stale_will_do = std::chrono::steady_clock::now() + patience;
    entry->heard_at = slot->heard_at;
  }
  entry->needed = needed;
  entry->asked_at = now;
  slot = entry;
  ++counts_.asked;
  if (cache_.size() > max_cached_) make_room();
  return entry;
}

void Resolver::store(Entry& entry, DnsAnswer answer) {
  const base::Instant now = clock_.now();
  base::Instant expires = now + lifetime(answer);
  std::vector<Later> laters;
  {
    base::MutexLock lock(mutex_);
    entry.ready = true;
    if (answer.failure == DnsFailure::none) entry.heard_at = now;
    if (is_of_servers(answer.failure) && !entry.stale.empty()) {
      answer = {.addresses = std::move(entry.stale)};
      expires = now + kStaleTtl;
    }
    entry.unanswered = answer.unanswered;
    entry.resolution = {answer.failure, std::move(answer.addresses)};
    entry.took = now - entry.asked_at;
    entry.expires = expires;
    const auto [first, last] = laters_.equal_range(&entry);
    for (auto it = first; it != last; ++it) laters.push_back(std::move(it->second));
    laters_.erase(first, last);
    telling_ = !laters.empty();
  }
  entry.answered.notify_all();
  if (laters.empty()) return;
  for (const Later& later : laters) later.call();
  {
    base::MutexLock lock(mutex_);
    telling_ = false;
  }
  told_.notify_all();
}

// Drops what has expired and, if that is not a quarter, whatever else comes first:
// the order of the table is as good as random.
void Resolver::make_room() {
  const base::Instant now = clock_.now();
  const std::size_t goal = max_cached_ - max_cached_ / 4;
  std::erase_if(
      cache_, [&](const auto& item) { return item.second->ready && item.second->expires <= now; });
  for (auto it = cache_.begin(); it != cache_.end() && cache_.size() > goal;) {
    it = it->second->ready ? cache_.erase(it) : std::next(it);
  }
}

Resolver::Counts Resolver::counts() const {
  base::MutexLock lock(mutex_);
  Counts counts = counts_;
  counts.cached = cache_.size();
  return counts;
}

}  // namespace crawld::fetch
