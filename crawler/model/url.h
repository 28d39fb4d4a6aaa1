// A URL of the web, parsed as the WHATWG URL standard says.
//
// There is one parser in the tree. What the crawler stores, deduplicates, checks
// against rules and dials is the same string, `href()`, so no two parsers can
// disagree about the host. libcurl is handed href() and nothing else.
//
// https://url.spec.whatwg.org/ : basic URL parser (4.4), host parsing (3.5),
// serializing (4.5); UTS 46 through ICU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::model {

enum class Scheme : std::uint8_t { http, https, other };

// A valid, serialized URL and where its parts stand. An invalid one cannot exist.
// Value type; cheap to move. Threads: as a string.
class Url {
 public:
  // Nothing when `input` is not a valid URL on its own.
  static std::optional<Url> parse(std::string_view input);

  // `reference` against this URL. `encoding` (a WHATWG encoding name) is that of
  // the document the reference stood in; it matters to the query only. Empty: UTF-8.
  std::optional<Url> resolve(std::string_view reference, std::string_view encoding = {}) const;

  const std::string& href() const { return href_; }
  Scheme scheme_kind() const { return kind_; }
  bool crawlable() const { return kind_ != Scheme::other && !hostname().empty(); }

  std::string_view scheme() const;  // "https", without ":"
  std::string_view username() const;
  std::string_view password() const;
  std::string_view hostname() const;   // ASCII, lower case; IPv6 in brackets
  std::string_view host() const;       // hostname[:port]
  std::string_view port_text() const;  // empty when default
  std::uint16_t port() const;          // explicit, or the scheme's default (80, 443), else 0
  std::string_view path() const;       // with leading "/" for http(s)
  std::string_view query() const;      // without "?"; see has_query()
  std::string_view fragment() const;   // without "#"
  bool has_query() const { return query_at_ != kNone; }
  bool has_fragment() const { return fragment_at_ != kNone; }

  // "https://host[:port]", or "null" for schemes that have no tuple origin.
  std::string origin() const;
  // path + "?" + query: what robots.txt rules are matched against.
  std::string_view path_and_query() const;

  Url without_fragment() const;
  Url without_credentials() const;

  friend bool operator==(const Url& a, const Url& b) { return a.href_ == b.href_; }

 private:
  friend class UrlParser;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  Url() = default;
  std::string_view part(std::size_t from, std::size_t to) const;
  std::size_t path_end() const;
  std::size_t query_end() const;

  // scheme ":" ["//" [username [":" password] "@"] hostname [":" port]] ["/."] path
  // ["?" query] ["#" fragment]; "/." only in front of a path "//" without authority.
  std::string href_;
  Scheme kind_ = Scheme::other;
  std::uint32_t scheme_end_ = 0;    // at its ":"
  std::uint32_t username_end_ = 0;  // host_start_ when there are no credentials
  std::uint32_t host_start_ = 0;    // behind "@"; scheme_end_ + 1 without authority
  std::uint32_t host_end_ = 0;
  std::uint32_t path_start_ = 0;
  std::uint32_t query_at_ = kNone;     // at its "?"
  std::uint32_t fragment_at_ = kNone;  // at its "#"
};

}  // namespace crawld::model
