#include "tests/unit/fetch/fetching.h"

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

}  // namespace crawld::tests
