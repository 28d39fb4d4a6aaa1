// What the parser read out of a body: plain values that cross the wall.
//
// Everything here was made by a sandboxed worker from hostile input. Text is
// valid UTF-8 (checked by the decoder), counts are bounded, URLs are strings: the
// parent parses, canonicalises and judges them again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crawler/base/text_pool.h"
#include "crawler/model/form.h"
#include "crawler/model/packed_body.h"

namespace crawld::model {

// Where a link stood. The text form (to_string) is the `tag` of the interface.
enum class LinkTag : std::uint8_t {
  a,
  area,
  link,
  iframe,
  frame,
  img,
  source,
  script,
  form,
  embed,
  object,
  video,
  audio,
  track,
  input,
  meta_refresh,    // <meta http-equiv=refresh>
  refresh_header,  // Refresh: of the response
  link_header,     // Link: of the response
  css,             // url() in a style, where asked for
  sitemap,         // <loc> of a sitemap
  feed,            // entry of a feed
  svg_a,           // <a xlink:href> of SVG: the form that SVG 2 deprecates
  other            // any other attribute that holds a URL
};
std::string_view to_string(LinkTag tag);

// Views into the `texts` of its page.
struct Link {
  std::string_view url;   // absolute, resolved against the page's base by model::Url
  std::string_view text;  // white space folded; at most 1 KiB
  std::string_view rel;   // lower case, tokens separated by one space
  LinkTag tag = LinkTag::a;
  bool nofollow = false;  // rel=nofollow (ugc and sponsored too)
};

struct Heading {
  int level = 1;  // 1..6
  std::string text;
};

struct Feed {
  std::string url;
  std::string type;
  std::string title;
};

// One <url> or <sitemap> of a sitemap, or one entry of a feed.
struct SitemapEntry {
  std::string loc;           // absolute
  std::int64_t lastmod = 0;  // milliseconds since the epoch, 0: not told
  std::string lastmod_text;  // as written
  std::string changefreq;    // as written, lower case
  float priority = -1;       // 0..1, negative: not told
  std::string title;         // of a feed entry
};

enum class SitemapKind : std::uint8_t { none, urlset, index, text, rss, atom, json_feed };
std::string_view to_string(SitemapKind kind);

struct Sitemap {
  SitemapKind kind = SitemapKind::none;
  std::vector<SitemapEntry> urls;      // pages
  std::vector<SitemapEntry> sitemaps;  // of an index
  std::string error;                   // what was broken or cut off; entries before it are kept
};

// One record that an extraction rule made of the page.
struct Record {
  std::string rule;
  std::string fields_json;  // an object: field name -> value
  std::string errors_json;  // an object: field name -> reason; "{}" when all is well
};

enum class DocumentKind : std::uint8_t { html, xhtml, xml, json, text, binary, empty };
std::string_view to_string(DocumentKind kind);

// A place of a body that holds URLs, for whoever writes others there (a mirror on disk).
struct UrlPlace {
  enum class Syntax : std::uint8_t {
    double_quoted,  // an attribute's value, between its quotes
    single_quoted,
    unquoted,         // an attribute's value: what is written there needs quotes
    valueless,        // behind the name of an attribute that has no value
    whole_attribute,  // to be taken out where the URL that it names is at hand
    style,            // of a style sheet
    xml_style,        // of a style element in XML, where "&" needs a reference
    plain             // text to add
  };
  // What stands there, decoded: texts and URLs in turn. None: the place is to be emptied.
  struct Piece {
    std::string text;           // in front of the URL
    std::string url;            // absolute, http or https; empty: no more than the text
    bool was_absolute = false;  // and so means the same wherever the document is
    bool stays = false;         // names the page of the web, such as rel=canonical
  };

  std::uint64_t offset = 0;  // bytes
  std::uint64_t length = 0;
  Syntax syntax = Syntax::double_quoted;
  bool css = false;  // the URLs stand in strings of CSS, with double quotes
  std::vector<Piece> pieces;
  // Or a whole document stands there (srcdoc), decoded, and its own places, rising, by the offsets
  // of `document`.
  std::string document = {};
  std::vector<UrlPlace> within = {};
};

// How many documents in srcdoc attributes of one another are read: what is deeper keeps its URLs.
inline constexpr int kMaxSrcdocDepth = 4;

struct ParsedPage {
  DocumentKind kind = DocumentKind::empty;  // after sniffing where the type is missing
  std::string base;                         // the document base URL (HTML 2.4.3), absolute
  std::string charset;                      // WHATWG name, lower case: "utf-8", "windows-1252", ...
  std::string charset_source;               // "bom" | "transport" | "meta" | "detector" | "default"
  std::string lang;                         // <html lang>, Content-Language, or detected
  std::string title;
  std::string description;
  std::string canonical;            // rel=canonical (element or header), absolute
  std::vector<std::string> robots;  // directives that hold for us, lower case: "noindex", ...
  std::string refresh;              // target of a meta refresh or Refresh header, absolute
  std::vector<Link> links;          // document order; see add_link()
  base::TextPool texts;             // what the links say
  bool links_truncated = false;     // there were more than the limit
  std::string text;                 // all visible text, white space folded by block
  std::string main_text;            // boilerplate removed; only if asked for
  std::string markdown;             // of the main text; only if asked for
  std::string author;
  std::string date;  // ISO 8601, as far as told
  std::vector<Heading> headings;
  std::string jsonld = "[]";  // JSON arrays and object, ready to store
  std::string microdata = "[]";
  std::string opengraph = "{}";
  std::string structured_other = "{}";  // {"rdfa":[...],"microformats":[...],"twitter":{...}}
  std::vector<std::pair<std::string, std::string>> meta;  // name or property -> content
  std::vector<Feed> feeds;
  std::vector<Record> records;
  Sitemap sitemap;

  std::string content_hash;     // xxh3-128 of the decoded bytes, 32 hex digits
  std::uint64_t simhash = 0;    // of the main text, else of the text
  std::uint64_t body_size = 0;  // decoded bytes
  std::string body;  // decoded bytes, where the job asks for them (robots.txt); with url_places,
                     // the document in UTF-8 where its own bytes could not be understood on disk
  std::vector<UrlPlace> url_places;     // only if asked for; rising, of `body`, else of the job's
  PackedBody packed_body;               // of the decoded bytes, for the store
  bool packed_with_dictionary = false;  // the job's; whoever asked enters it in packed_body
  bool kept_as_sent = false;   // packed_body is empty: what the job handed in is it, a gzip member
  bool unchanged = false;      // content_hash is the one the job knew: links, meta and robots
                               // were read, and nothing was made that would only be stored
  bool used_tree = false;      // a gumbo tree was built
  bool asks_password = false;  // an <input type=password> stands in it
  bool marked = false;         // the job's marker is in it
  Form form;                   // only where the job asks for it
  std::string convert_error;   // why no program made text of it; a worker never says this
  bool over_limits = false;    // too deep or too many attributes: links by linear scan only

  // Appends a link, whose texts are copied.
  Link& add_link(const Link& link);
};

enum class ParseFailureKind : std::uint8_t {
  timeout,       // over the deadline; the worker was killed
  crashed,       // the worker died
  memory,        // the worker ran out of its memory limit
  cpu,           // the worker ran out of its CPU limit
  unsupported,   // nothing we can decode (unknown Content-Encoding)
  bad_encoding,  // the content coding is broken, cut off or has no end mark
  too_large,     // the decoded size is over the limit
  bad_reply,     // the worker's answer was refused
  no_worker      // none could be started, or one was interrupted: no fault of the page, which is
                 // to be read again. A worker never says this
};
std::string_view to_string(ParseFailureKind kind);

// What the store keeps of a page that killed its workers; as the fields of ParsedPage.
struct KeptBody {
  std::string content_hash;  // empty: nothing is kept
  std::uint64_t body_size = 0;
  PackedBody packed_body;
};

struct ParseFailure {
  ParseFailureKind kind = ParseFailureKind::crashed;
  std::string detail;
  KeptBody body = {};  // a worker never says this
};

// Nothing to parse: the fetch failed, the body is of no interest, or a 304.
struct NotParsed {};

using ParseOutcome = std::variant<NotParsed, ParsedPage, ParseFailure>;

}  // namespace crawld::model
