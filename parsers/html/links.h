// What attributes, style sheets and refreshes say about other URLs.
//
// Pure functions over decoded text, linear in it, and LinkResolver, which makes
// references absolute.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/model/url.h"

namespace crawld::parsers {

// The URLs of a srcset (HTML 4.8.4.2.1), in order.
std::vector<std::string_view> srcset_urls(std::string_view srcset);

// A URL in a style sheet and where it stands: the argument of url() without the spaces around it,
// or the string of @import or image-set(), with its quotes where it has some.
struct CssUrl {
  std::string url;        // its meaning
  std::size_t begin = 0;  // bytes
  std::size_t end = 0;
};
// The URLs of url(), image-set() (CSS Images 4 section 2.4) and @import in a style sheet or style
// attribute (CSS Syntax 4.3), in order.
std::vector<CssUrl> css_places(std::string_view css);
std::vector<std::string> css_urls(std::string_view css);

// The tokens of a rel attribute: lower case, one space between them.
std::string fold_rel(std::string_view rel);
// Whether `word` is one of the tokens. Needs: `rel` as fold_rel() gives it.
bool has_token(std::string_view rel, std::string_view word);
// nofollow, or what implies it: ugc, sponsored.
bool says_nofollow(std::string_view rel);

// Whether a link with these tokens refers to something to fetch: not without any (HTML
// 4.6.7, RFC 8288 3.3), and not where all it names is a host to get ready for or a service.
bool names_resource(std::string_view rel);

struct Refresh {
  double delay = 0;    // seconds
  std::string url;     // as written; empty: the page itself
  std::size_t at = 0;  // where in the value it stands
};
// The shared declarative refresh steps (HTML 4.2.5.3): of a meta element or header.
// Nothing when the value means nothing.
std::optional<Refresh> parse_refresh(std::string_view content);

// What the references of a document at `url` resolve against (HTML 2.4.3): its first <base href>,
// unless that is broken or of a scheme that must not be. Nothing where there is no URL at all.
std::optional<model::Url> document_base(std::string_view url,
                                        std::optional<std::string_view> base_href,
                                        std::string_view encoding);

// Makes references of one page absolute, as model::Url::resolve does, and remembers
// what it learned: most references differ from others only in a plain path, and then
// the answer is put together from known parts.
class LinkResolver {
 public:
  static constexpr std::size_t kMaxUrl = 16'384;  // bytes; longer ones are no links

  // `encoding` is the document's (a WHATWG name), for queries; empty: UTF-8.
  // Without a base only absolute references have an answer.
  LinkResolver(std::optional<model::Url> base, std::string encoding);

  // The absolute URL, serialized; empty when there is none or it is too long. Valid until the
  // next call.
  std::string_view resolve(std::string_view reference);

  const std::optional<model::Url>& base() const { return base_; }

 private:
  std::string_view resolve_fully(std::string_view reference);
  std::string_view resolve_absolute(std::string_view reference, std::size_t authority);
  std::string_view enter_folder(std::string_view& reference) const;
  std::string_view joined(std::string_view front, std::string_view reference);

  std::optional<model::Url> base_;
  std::string encoding_;
  bool is_web_ = false;  // the base is http or https
  std::string origin_;   // the base up to its path
  std::string folder_;   // up to and with the last "/" of its path
  std::string without_query_;
  std::string without_fragment_;
  // "https://Example.org:443" as written -> the same, serialized; empty: not valid.
  std::unordered_map<std::string, std::string> origins_;
  std::string answer_;
};

}  // namespace crawld::parsers
