#include "crawler/fetch/dns_question.h"

#include <ares.h>

#include <algorithm>
#include <utility>

#include "crawler/fetch/dns_message.h"

namespace crawld::fetch {
namespace {

constexpr int kMaxAddresses = 64;  // of one family of a name

DnsFailure failure_of(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return DnsFailure::none;
    case ARES_ENOTFOUND:
      return DnsFailure::no_such_name;
    case ARES_ENODATA:
      return DnsFailure::no_address;
    case ARES_ETIMEOUT:
      return DnsFailure::timeout;
    case ARES_ECONNREFUSED:
      return DnsFailure::unreachable;
    case ARES_EBADNAME:
      return DnsFailure::bad_name;
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
      return DnsFailure::aborted;
    default:
      return DnsFailure::server_failure;  // an open set: it is c-ares' enum
  }
}

void shorten(std::chrono::seconds& ttl, std::chrono::seconds other) {
  if (other.count() >= 0 && (ttl.count() < 0 || other < ttl)) ttl = other;
}

DnsAnswer read_a(const unsigned char* message, int size) {
  std::array<ares_addrttl, kMaxAddresses> records{};
  int count = kMaxAddresses;
  const int status = ares_parse_a_reply(message, size, nullptr, records.data(), &count);
  DnsAnswer answer{.failure = failure_of(status)};
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
    IpAddress address;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&records[i].ipaddr), 4,
                address.bytes.begin());
    answer.addresses.push_back(address);
    shorten(answer.ttl, std::chrono::seconds(records[i].ttl));
  }
  return answer;
}

DnsAnswer read_aaaa(const unsigned char* message, int size) {
  std::array<ares_addr6ttl, kMaxAddresses> records{};
  int count = kMaxAddresses;
  const int status = ares_parse_aaaa_reply(message, size, nullptr, records.data(), &count);
  DnsAnswer answer{.failure = failure_of(status)};
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
    IpAddress address{Family::ipv6, {}};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&records[i].ip6addr), 16,
                address.bytes.begin());
    answer.addresses.push_back(address);
    shorten(answer.ttl, std::chrono::seconds(records[i].ttl));
  }
  return answer;
}

}  // namespace

std::string_view to_string(DnsFailure failure) {
  switch (failure) {
    case DnsFailure::none:
      return "none";
    case DnsFailure::no_such_name:
      return "no such name";
    case DnsFailure::no_address:
      return "the name has no address";
    case DnsFailure::server_failure:
      return "the name server failed";
    case DnsFailure::timeout:
      return "the name server did not answer in time";
    case DnsFailure::unreachable:
      return "no name server can be reached";
    case DnsFailure::bad_name:
      return "not a host name";
    case DnsFailure::aborted:
      return "aborted";
  }
  return "unknown";
}

DnsAnswer read_half(int half, int status, std::span<const std::uint8_t> message) {
  const int size = static_cast<int>(message.size());
  DnsAnswer answer{.failure = failure_of(status)};
  if (status == ARES_SUCCESS)
    answer = half == 0 ? read_a(message.data(), size) : read_aaaa(message.data(), size);
  if (answer.addresses.empty() && answer.failure == DnsFailure::none) {
    answer.failure = DnsFailure::no_address;
  }
  if (answer.failure != DnsFailure::none && !message.empty()) {
    const auto ttl = negative_ttl(message);
    if (ttl) answer.ttl = *ttl;
  }
  return answer;
}

DnsAnswer merge(DnsQuestion& question) {
  auto& [a, aaaa] = question.halves;
  if (a.addresses.empty() && aaaa.addresses.empty()) {
    // "No AAAA" beside a failed A says nothing about the name: the failure does.
    return a.failure == DnsFailure::no_address && aaaa.failure != DnsFailure::none ? aaaa : a;
  }
  DnsAnswer answer{.addresses = std::move(a.addresses)};
  answer.addresses.insert(answer.addresses.end(), aaaa.addresses.begin(), aaaa.addresses.end());
  if (a.failure == DnsFailure::none) shorten(answer.ttl, a.ttl);
  if (aaaa.failure == DnsFailure::none) shorten(answer.ttl, aaaa.ttl);
  return answer;
}

bool is_of_servers(DnsFailure failure) {
  switch (failure) {
    case DnsFailure::server_failure:
    case DnsFailure::timeout:
    case DnsFailure::unreachable:
      return true;
    case DnsFailure::none:
    case DnsFailure::no_such_name:
    case DnsFailure::no_address:
    case DnsFailure::bad_name:
    case DnsFailure::aborted:
      return false;
  }
  return false;
}

}  // namespace crawld::fetch
