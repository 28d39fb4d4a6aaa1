// The short way for the URLs that a crawler mostly meets: http or https, absolute,
// and spelled as the parser itself would spell them. One pass, one allocation.
#include <array>

#include "crawler/model/url_parser.h"
#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

constexpr std::array<bool, 256> make_plain_host_chars() {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789.-_")) {
    plain[static_cast<std::uint8_t>(c)] = true;
  }
  return plain;
}
constexpr std::array<bool, 256> kPlainHost = make_plain_host_chars();

// The end of a host at `at` that is its own ASCII form and no address; `at` when unsure.
std::size_t plain_host_end(std::string_view text, std::size_t at) {
  std::size_t i = at;
  std::size_t label = at;  // start of the last label
  for (; i < text.size() && kPlainHost[static_cast<std::uint8_t>(text[i])]; ++i) {
    if (text[i] == '.') label = i + 1;
  }
  const bool may_be_number = label == i || (text[label] >= '0' && text[label] <= '9');
  return may_be_number ? at : i;
}

// The end of ":N" at `at`, written as the serializer writes it; `at` when unsure.
std::size_t plain_port_end(std::string_view text, std::size_t at, unsigned default_port) {
  unsigned port = 0;
  std::size_t i = at + 1;
  for (; i < text.size() && i < at + 6 && text[i] >= '0' && text[i] <= '9'; ++i) {
    port = port * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return port == 0 || port > 0xFFFF || port == default_port || text[at + 1] == '0' ? at : i;
}

// The end of a path at `at` that needs neither encoding nor dot removal. Stops at
// any octet of the path set, so also at "?" and "#"; npos when unsure.
std::size_t plain_path_end(std::string_view text, std::size_t at) {
  std::size_t i = at;
  for (; i < text.size() && !is_in(text[i], CharSet::path); ++i) {
    if (text[i] == '\\') return std::string_view::npos;
    if (text[i] == '/' && i + 1 < text.size() && (text[i + 1] == '.' || text[i + 1] == '%')) {
      return std::string_view::npos;
    }
  }
  return i;
}

}  // namespace

std::optional<Url> UrlParser::copy_canonical(std::string_view input) {
  const Scheme kind = input.starts_with("https://")  ? Scheme::https
                      : input.starts_with("http://") ? Scheme::http
                                                     : Scheme::other;
  if (kind == Scheme::other) return std::nullopt;
  const std::size_t scheme_end = kind == Scheme::https ? 5 : 4;
  const std::size_t host = scheme_end + 3;
  const std::size_t host_end = plain_host_end(input, host);
  if (host_end == host || host_end == input.size()) return std::nullopt;
  std::size_t path = host_end;
  if (input[path] == ':') {
    path = plain_port_end(input, host_end, kind == Scheme::https ? 443 : 80);
  }
  if (path >= input.size() || input[path] != '/') return std::nullopt;
  std::size_t i = plain_path_end(input, path);
  if (i == std::string_view::npos) return std::nullopt;

  Url url;
  if (i < input.size() && input[i] == '?') {
    url.query_at_ = static_cast<std::uint32_t>(i);
    ++i;
    while (i < input.size() && !is_in(input[i], CharSet::special_query)) ++i;
  }
  if (i < input.size() && input[i] == '#') {
    url.fragment_at_ = static_cast<std::uint32_t>(i);
    ++i;
    while (i < input.size() && !is_in(input[i], CharSet::fragment)) ++i;
  }
  if (i < input.size()) return std::nullopt;
  url.href_ = input;
  url.kind_ = kind;
  url.scheme_end_ = static_cast<std::uint32_t>(scheme_end);
  url.username_end_ = url.host_start_ = static_cast<std::uint32_t>(host);
  url.host_end_ = static_cast<std::uint32_t>(host_end);
  url.path_start_ = static_cast<std::uint32_t>(path);
  return url;
}

}  // namespace crawld::model
