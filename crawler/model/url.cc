#include "crawler/model/url.h"

#include "crawler/model/url_parser.h"

namespace crawld::model {

std::optional<Url> Url::parse(std::string_view input) { return UrlParser(nullptr, {}).run(input); }

std::optional<Url> Url::resolve(std::string_view reference, std::string_view encoding) const {
  return UrlParser(this, encoding).run(reference);
}

std::string_view Url::part(std::size_t from, std::size_t to) const {
  return std::string_view(href_).substr(from, to - from);
}

std::string_view Url::scheme() const { return part(0, scheme_end_); }

std::string_view Url::username() const {
  const std::size_t start = scheme_end_ + 3;
  return username_end_ > start ? part(start, username_end_) : std::string_view();
}

std::string_view Url::password() const {
  const bool present = username_end_ + 1 < host_start_ && href_[username_end_] == ':';
  return present ? part(username_end_ + 1, host_start_ - 1) : std::string_view();
}

std::string_view Url::hostname() const { return part(host_start_, host_end_); }

std::string_view Url::host() const {
  return port_text().empty() ? hostname() : part(host_start_, path_start_);
}

std::string_view Url::port_text() const {
  // What stands here without a port is nothing, or the "/." in front of a path "//".
  const bool present = host_end_ < path_start_ && href_[host_end_] == ':';
  return present ? part(host_end_ + 1, path_start_) : std::string_view();
}

std::uint16_t Url::port() const {
  std::uint32_t port = 0;
  for (const char c : port_text()) port = port * 10 + static_cast<std::uint32_t>(c - '0');
  if (!port_text().empty()) return static_cast<std::uint16_t>(port);
  switch (kind_) {
    case Scheme::http:
      return 80;
    case Scheme::https:
      return 443;
    case Scheme::other:
      return 0;
  }
  return 0;
}

std::size_t Url::path_end() const { return has_query() ? query_at_ : query_end(); }

std::size_t Url::query_end() const { return has_fragment() ? fragment_at_ : href_.size(); }

std::string_view Url::path() const { return part(path_start_, path_end()); }

std::string_view Url::query() const {
  return has_query() ? part(query_at_ + 1, query_end()) : std::string_view();
}

std::string_view Url::fragment() const {
  return has_fragment() ? part(fragment_at_ + 1, href_.size()) : std::string_view();
}

std::string_view Url::path_and_query() const { return part(path_start_, query_end()); }

std::string Url::origin() const {
  // A blob: URL belongs to the page that made it, whose URL is its path.
  if (scheme() == "blob") {
    const auto inner = parse(path());
    const bool crawled = inner && inner->kind_ != Scheme::other;
    return crawled ? inner->origin() : "null";
  }
  const bool tuple =
      kind_ != Scheme::other || scheme() == "ws" || scheme() == "wss" || scheme() == "ftp";
  if (!tuple) return "null";
  std::string origin(scheme());
  origin += "://";
  origin += host();
  return origin;
}

Url Url::without_fragment() const {
  Url url = *this;
  if (!has_fragment()) return url;
  url.href_.resize(fragment_at_);
  url.fragment_at_ = kNone;
  return url;
}

Url Url::without_credentials() const {
  Url url = *this;
  const std::uint32_t start = scheme_end_ + 3;
  if (host_start_ <= start) return url;
  const std::uint32_t removed = host_start_ - start;
  url.href_.erase(start, removed);
  url.username_end_ = url.host_start_ = start;
  url.host_end_ -= removed;
  url.path_start_ -= removed;
  if (has_query()) url.query_at_ -= removed;
  if (has_fragment()) url.fragment_at_ -= removed;
  return url;
}

}  // namespace crawld::model
