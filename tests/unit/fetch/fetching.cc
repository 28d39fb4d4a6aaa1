#include "tests/unit/fetch/fetching.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include <stdexcept>

namespace crawld::tests {

fetch::SiteFetchConfig loopback_site() {
  fetch::SiteFetchConfig site;
  site.name = "test";
  site.allow_addresses = {"127.0.0.0/8", "::1"};
  site.dns_timeout = std::chrono::seconds(20);
  site.connect_timeout = std::chrono::seconds(20);
  site.first_byte_timeout = std::chrono::seconds(20);
  site.total_timeout = std::chrono::seconds(30);
  return site;
}

Fetching::Fetching(fetch::SiteFetchConfig site, fetch::DnsConfig dns) {
  fetch::FetchContext::Options options;
  options.user_agent = "testbot/1.0";
  options.sites = {std::move(site)};
  options.dns = std::move(dns);
  options.dns.outage_at_start = options.dns.outage = std::chrono::milliseconds(0);
  options.clock = &clock;
  auto opened = fetch::FetchContext::open(std::move(options));
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  context = std::move(*opened);
  fetcher = std::make_unique<fetch::CurlFetcher>(*context);
}

model::Fetched Fetching::get(const std::string& url) { return get(request_for(url)); }

model::Fetched Fetching::get(model::Request request) {
  return fetcher->fetch({.request = std::move(request)});
}

model::Request request_for(const std::string& url) {
  auto parsed = model::Url::parse(url);
  // Not REQUIRE: other threads ask, too, and Catch is for one.
  if (!parsed) throw std::invalid_argument("no URL: " + url);
  return {.url = std::move(*parsed)};
}

std::string outcome(const model::Fetched& fetched) {
  if (const auto* response = fetched.response()) return std::to_string(response->status);
  return std::string(to_string(fetched.failure()->kind));
}

SilentAddress::SilentAddress(const std::string& address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  const auto* where = reinterpret_cast<const sockaddr*>(&name);
  for (int i = 0; i < 4; ++i) {
    sockets_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int fd = sockets_.back().get();
    if (i > 0) {
      ::connect(fd, where, sizeof name);
    } else if (::bind(fd, where, sizeof name) != 0 || ::listen(fd, 0) != 0) {
      FAIL("cannot listen at " << address);
    }
  }
}

}  // namespace crawld::tests
