#include "parsers/bytes/sniff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "crawler/base/ascii.h"
#include "parsers/bytes/media_type.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::is_ascii_alphanumeric;
using base::is_ascii_space;
using model::DocumentKind;
using namespace std::string_view_literals;

// mimesniff 3: how much of a resource is looked at to tell text from binary.
constexpr std::size_t kResourceHeader = 1445;
// Comments and declarations may stand before the root element.
constexpr std::size_t kRootSearch = 4096;

struct Signature {
  std::string_view bytes;
  std::size_t at = 0;
};

// mimesniff section 6, and what else is met on the web.
constexpr Signature kBinary[] = {{"\x7F"
                                  "ELF"sv},
                                 {"\xCF\xFA\xED\xFE"sv},
                                 {"\xCA\xFE\xBA\xBE"sv},
                                 {"%PDF-"sv},
                                 {"%!PS-Adobe-"sv},
                                 {"\x89PNG\r\n\x1A\n"sv},
                                 {"GIF87a"sv},
                                 {"GIF89a"sv},
                                 {"\xFF\xD8\xFF"sv},
                                 {"WEBPVP"sv, 8},
                                 {"\0\0\1\0"sv},
                                 {"\0\0\2\0"sv},
                                 {"II*\0"sv},
                                 {"MM\0*"sv},
                                 {"PK\3\4"sv},
                                 {"PK\5\6"sv},
                                 {"\x1F\x8B\x08"sv},
                                 {"Rar!\x1A\7"sv},
                                 {"7z\xBC\xAF\x27\x1C"sv},
                                 {"\xFD\x37zXZ\0"sv},
                                 {"\x28\xB5\x2F\xFD"sv},
                                 {"ustar"sv, 257},
                                 {"wOFF"sv},
                                 {"wOF2"sv},
                                 {"OTTO\0"sv},
                                 {"\0\1\0\0\0"sv},
                                 {"OggS\0"sv},
                                 {"fLaC\0"sv},
                                 {"ID3\2"sv},
                                 {"ID3\3"sv},
                                 {"ID3\4"sv},
                                 {"ftyp"sv, 4},
                                 {"WAVEfmt "sv, 8},
                                 {"AVI LIST"sv, 8},
                                 {"\x1A\x45\xDF\xA3"sv},
                                 {"FLV\1"sv},
                                 {"\0asm"sv},
                                 {"SQLite format 3\0"sv},
                                 {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv}};

bool is_binary_signature(std::string_view bytes) {
  return std::any_of(std::begin(kBinary), std::end(kBinary), [&](const Signature& signature) {
    return bytes.size() > signature.at && bytes.substr(signature.at).starts_with(signature.bytes);
  });
}

// mimesniff 3, "binary data byte".
bool is_binary_byte(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1A) ||
         (byte >= 0x1C && byte <= 0x1F);
}

bool has_byte_order_mark(std::string_view bytes) {
  return bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE") ||
         bytes.starts_with("\xEF\xBB\xBF");
}

// The beginning as ASCII: without byte order mark, and without the zero bytes that
// UTF-16 puts beside the characters of markup.
std::string readable_head(std::string_view bytes) {
  const bool utf8_mark = bytes.starts_with("\xEF\xBB\xBF");
  const bool utf16 = bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE") ||
                     bytes.starts_with("<\0"sv) || bytes.starts_with("\0<"sv);
  if (utf8_mark) bytes.remove_prefix(3);
  std::string head(bytes.substr(0, utf16 ? 2 * kRootSearch : kRootSearch));
  if (utf16) {
    if (has_byte_order_mark(head)) head.erase(0, 2);
    std::erase(head, '\0');
  }
  return head;
}

struct Prologue {
  std::string root;           // name of the first element, lower case; empty: none
  bool declared_xml = false;  // begins with <?xml
  bool doctype_html = false;
  bool comment = false;  // begins with a comment
};

// Reads over white space, comments, declarations and processing instructions.
Prologue read_prologue(std::string_view head) {
  Prologue found;
  std::size_t at = 0;
  for (bool first = true;; first = false) {
    while (at < head.size() && is_ascii_space(head[at])) ++at;
    const std::string_view rest = head.substr(at);
    std::string_view end = ">";
    if (rest.starts_with("<!--")) {
      end = "-->";
      found.comment = found.comment || first;
    } else if (rest.starts_with("<?")) {
      end = "?>";
      found.declared_xml = found.declared_xml || (first && rest.starts_with("<?xml"));
    } else if (base::starts_with_ignoring_case(rest, "<!doctype")) {
      const std::string_view name = base::trim(rest.substr(9, 16));
      found.doctype_html = base::starts_with_ignoring_case(name, "html");
    } else if (!rest.starts_with("<!")) {
      if (rest.starts_with("<")) {
        const auto stop = std::find_if(rest.begin() + 1, rest.end(), [](char c) {
          return !is_ascii_alphanumeric(c) && c != ':' && c != '-' && c != '_' && c != '.';
        });
        found.root = ascii_lower({rest.begin() + 1, stop});
      }
      return found;
    }
    const std::size_t close = rest.find(end, 2);
    if (close == std::string_view::npos) return found;
    at += close + end.size();
  }
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_html_root(std::string_view name) {
  // The first line is mimesniff's (7.1); the others begin pages that leave out <html>.
  static constexpr std::string_view kNames[] = {
      "html", "head",     "script",   "iframe",  "h1",    "div",      "font",       "table",
      "a",    "style",    "title",    "b",       "body",  "br",       "p",          "meta",
      "link", "base",     "noscript", "center",  "form",  "frameset", "h2",         "h3",
      "h4",   "header",   "hr",       "i",       "img",   "li",       "main",       "nav",
      "ol",   "pre",      "section",  "article", "aside", "footer",   "span",       "strong",
      "ul",   "template", "tt",       "u",       "em",    "dl",       "blockquote", "button",
      "svg",  "math"};
  return is_one_of(name, kNames);
}

bool is_feed_or_sitemap_root(std::string_view name) {
  static constexpr std::string_view kNames[] = {"rss",    "feed",         "rdf:rdf",
                                                "urlset", "sitemapindex", "channel"};
  const std::size_t colon = name.find(':');
  return is_one_of(name, kNames) ||
         (colon != std::string_view::npos && is_one_of(name.substr(colon + 1), kNames));
}

bool looks_like_json(std::string_view head) {
  head = base::trim(head);
  if (head.empty() || (head[0] != '{' && head[0] != '[')) return false;
  const std::string_view inside = base::trim(head.substr(1));
  if (inside.empty()) return false;
  return head[0] == '{' ? inside[0] == '"' || inside[0] == '}'
                        : "{[]\""sv.find(inside[0]) != std::string_view::npos;
}

bool url_ends_as_html(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return url.ends_with(".html") || url.ends_with(".htm") || url.ends_with(".xhtml");
}

DocumentKind text_or_binary(std::string_view bytes) {
  const std::string_view header = bytes.substr(0, kResourceHeader);
  const bool binary =
      !has_byte_order_mark(header) && std::any_of(header.begin(), header.end(), is_binary_byte);
  return binary ? DocumentKind::binary : DocumentKind::text;
}

DocumentKind sniff_unlabelled(std::string_view bytes, std::string_view url) {
  const std::string head = readable_head(bytes);
  const Prologue prologue = read_prologue(head);
  if (prologue.declared_xml) {
    return prologue.root == "html" ? DocumentKind::xhtml : DocumentKind::xml;
  }
  if (is_feed_or_sitemap_root(prologue.root)) return DocumentKind::xml;
  if (prologue.doctype_html || prologue.comment || is_html_root(prologue.root)) {
    return DocumentKind::html;
  }
  if (!prologue.root.empty()) return url_ends_as_html(url) ? DocumentKind::html : DocumentKind::xml;
  const DocumentKind kind = text_or_binary(bytes);
  if (kind == DocumentKind::binary) return kind;
  if (url_ends_as_html(url)) return DocumentKind::html;
  return looks_like_json(head) ? DocumentKind::json : kind;
}

bool is_unknown(std::string_view essence) {
  return essence.empty() || essence == "unknown/unknown" || essence == "application/unknown";
}

}  // namespace

DocumentKind sniff_kind(std::string_view content_type, std::string_view bytes,
                        std::string_view url) {
  if (bytes.empty()) return DocumentKind::empty;
  if (is_binary_signature(bytes)) return DocumentKind::binary;
  const MediaType type = parse_content_type(content_type);
  if (is_unknown(type.essence)) return sniff_unlabelled(bytes, url);
  if (type.essence == "application/xhtml+xml") return DocumentKind::xhtml;
  if (type.essence == "text/html" || type.is_xml()) {
    const Prologue prologue = read_prologue(readable_head(bytes));
    if (is_feed_or_sitemap_root(prologue.root)) return DocumentKind::xml;
    if (type.essence == "text/html") return DocumentKind::html;
    return prologue.root == "html" ? DocumentKind::xhtml : DocumentKind::xml;
  }
  if (type.is_json()) return DocumentKind::json;
  if (type.essence == "text/plain") return text_or_binary(bytes);
  const bool script = type.essence == "application/javascript" ||
                      type.essence == "application/ecmascript" ||
                      type.essence == "application/x-javascript";
  return type.type() == "text" || script ? DocumentKind::text : DocumentKind::binary;
}

}  // namespace crawld::parsers
