// Any bytes as Strict-Transport-Security headers: what is taken binds the host that said it and
// those below it, and nobody else.
#include <cstdlib>

#include "crawler/fetch/hsts_header.h"
#include "crawler/fetch/hsts_hosts.h"

using namespace crawld;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const auto from = model::Url::parse("https://a.test/");
  static const auto same = model::Url::parse("http://a.test/x");
  static const auto below = model::Url::parse("http://b.a.test:8080/x");
  static const auto other = model::Url::parse("http://aa.test/x");
  const auto now = base::from_millis(1'700'000'000'000);
  const auto header = fetch::parse_hsts_header(text);
  if (header && header->max_age.count() < 0) std::abort();
  model::Headers headers;
  headers.add("Strict-Transport-Security", text);
  fetch::HstsHosts hosts;
  const bool noted = hosts.note(*from, headers, now).has_value();
  if (noted != (header && header->max_age.count() > 0)) std::abort();
  if (hosts.in_place_of(*same, now).has_value() != noted) std::abort();
  if (hosts.in_place_of(*below, now).has_value() != (noted && header->with_subdomains))
    std::abort();
  if (hosts.in_place_of(*other, now) || hosts.in_place_of(*from, now)) std::abort();
  return 0;
}
