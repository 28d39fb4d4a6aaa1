// Any octets through the URL parser and the canonicalizer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"
#include "crawler/policy/registrable_domain.h"

namespace {

using crawld::model::Url;

void require(bool holds) {
  if (!holds) std::abort();
}

// What every Url must fulfil, whatever it was made of.
void check(const Url& url) {
  const auto again = Url::parse(url.href());
  require(again.has_value() && *again == url);
  require(again->path() == url.path() && again->query() == url.query());
  require(again->hostname() == url.hostname() && again->port() == url.port());
  require(again->username() == url.username() && again->password() == url.password());
  require(again->fragment() == url.fragment() && again->has_query() == url.has_query());
  for (const char c : url.href()) require(static_cast<unsigned char>(c) < 0x7F && c >= 0x20);
  if (url.crawlable()) require(url.path().starts_with('/') && !url.hostname().empty());

  require(Url::parse(url.without_fragment().href()) == url.without_fragment());
  require(url.without_credentials().username().empty());
  require(url.without_credentials().path() == url.path());
}

void check_canonical(const Url& url, const crawld::config::Canonicalize& options) {
  const crawld::policy::Canonicalizer canonicalizer(options);
  const Url once = canonicalizer.canonicalize(url);
  check(once);
  require(canonicalizer.canonicalize(once) == once);
  require(once.scheme() == url.scheme());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view first = input.substr(0, input.find('\n'));
  const std::string_view second = input.substr(std::min(size, first.size() + 1));
  static const Url base = *Url::parse("http://example.org/a/b?c#d");
  const char* const encodings[] = {"", "shift_jis", "iso-2022-jp", "gb18030", "euc-jp", "big5"};
  const char* const encoding = encodings[size % 6];

  const auto absolute = Url::parse(first);
  const auto relative = (absolute ? *absolute : base).resolve(second, encoding);
  for (const auto& url : {absolute, relative, base.resolve(first, encoding)}) {
    if (!url) continue;
    check(*url);
    check_canonical(*url, {});
    check_canonical(*url, {.sort_query = true,
                           .strip_index_pages = true,
                           .fold_www = true,
                           .strip_params = {"a", "b*"},
                           .host_aliases = {{"www.a.test", "b.test"}, {"c.test", "d.test"}}});
    crawld::policy::registrable_domain(url->hostname());
  }
  return 0;
}
