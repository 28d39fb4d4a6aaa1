// RSS, Atom and CDF, read in one pass over the tags.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/base64.h"
#include "crawler/base/utf8.h"
#include "parsers/feed/feed.h"
#include "parsers/feed/feed_names.h"
#include "parsers/feed/feed_text.h"
#include "parsers/feed/sitemap_location.h"
#include "parsers/feed/xml_path.h"
#include "parsers/feed/xml_scan.h"
#include "parsers/text/dates.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::equals_ignoring_case;
using model::SitemapKind;
using model::Url;
using Space = FeedSpace;
using Field = FeedField;

constexpr std::size_t kMaxPrefixes = 64;
// More text of one element is not kept.
constexpr std::size_t kMaxField = 64 << 10;

// How an Atom text is written (RFC 4287 section 3.1, and Atom 0.3's modes).
enum class TextForm : std::uint8_t { plain, html, base64 };

// Which of several links leads to the page of an entry; the highest wins.
enum class LinkRank : std::uint8_t { none, identifier, permalink, alternate, alternate_html, own };

struct BestLink {
  std::string url;
  LinkRank rank = LinkRank::none;

  void offer(std::string candidate, LinkRank candidate_rank) {
    if (candidate.empty() || candidate_rank <= rank) return;
    url = std::move(candidate);
    rank = candidate_rank;
  }
};

// An entry, or the feed itself, while it is being read.
struct Draft {
  FeedEntry entry;
  BestLink link;
  bool has_title = false;
  std::string published_text;
  std::string updated_text;
};

class FeedReader {
 public:
  FeedReader(std::string_view utf8, std::string_view url, std::size_t max_entries)
      : scan_(utf8), max_entries_(max_entries) {
    bases_.push_back({0, Url::parse(url)});
  }

  FeedDocument read() {
    while (true) {
      const XmlScan::Event event = scan_.next();
      if (event == XmlScan::Event::finished || full_) break;
      if (event == XmlScan::Event::start) start();
      if (event == XmlScan::Event::end) end();
      if (event == XmlScan::Event::text && gathers_text()) scan_.append_text(text_);
    }
    // A link that the end of the input cuts is no link.
    if (field_ != Field::title && field_ != Field::other_title) field_ = Field::none;
    stray_draft_ = {};
    close_down_to(0);
    feed_.title = feed_draft_.entry.title;
    feed_.link = feed_draft_.link.url;
    if (feed_.error.empty()) feed_.error = scan_.fault();
    return std::move(feed_);
  }

 private:
  struct Base {
    std::size_t depth;  // of the element that set it
    std::optional<Url> url;
  };

  void start();
  void start_root(std::string_view local);
  void start_entry();
  void start_field(Field field);
  void end() {
    const auto depth = path_.depth_of(scan_.name());
    if (!depth) return;
    close_down_to(*depth - 1);
    if (*depth == entry_depth_ + 1) stray_draft_ = {};
  }
  void close_down_to(std::size_t depth);
  void finish_field();
  void finish_entry();

  bool gathers_text() const {
    return field_ != Field::none && hidden_depth_ == 0 && text_.size() < kMaxField;
  }

  Space space_of(std::string_view prefix) const;
  void learn_prefixes();
  void learn_base();
  bool at_field_level() const;
  bool below_field_level() const;
  Draft& draft() {
    if (entry_depth_ == 0) return feed_draft_;
    return field_depth_ > entry_depth_ + 1 ? stray_draft_ : entry_draft_;
  }
  void take_strays();
  std::string resolved(std::string_view written) const {
    return absolute_location(written, bases_.back().url);
  }
  void take_atom_link(std::string_view href);
  void take_title(bool is_own);
  void take_identifier();

  XmlScan scan_;
  XmlPath path_;
  std::size_t max_entries_;
  bool full_ = false;
  std::map<std::string, Space, std::less<>> prefixes_;
  std::vector<Base> bases_;

  FeedDocument feed_;
  Draft feed_draft_;
  Draft entry_draft_;
  Draft stray_draft_;            // of an element of the entry that is open
  std::size_t feed_depth_ = 0;   // of <channel> or <feed>; 0: not inside
  std::size_t entry_depth_ = 0;  // of <item> or <entry>; 0: not inside

  // The element whose text is being gathered.
  Field field_ = Field::none;
  std::size_t field_depth_ = 0;
  TextForm form_ = TextForm::html;
  bool permalink_ = true;
  bool has_markup_ = false;       // elements stood inside
  std::size_t hidden_depth_ = 0;  // of a <script> or <style> inside; 0: none
  std::string text_;
};

Space FeedReader::space_of(std::string_view prefix) const {
  const auto declared = prefixes_.find(prefix);
  return declared != prefixes_.end() ? declared->second : feed_space_of_custom(prefix);
}

// Declarations hold for the whole document: feeds do not give a prefix two meanings.
void FeedReader::learn_prefixes() {
  for (const XmlScan::Attribute& attribute : scan_.attributes()) {
    if (xml_prefix(attribute.name) != "xmlns" || prefixes_.size() >= kMaxPrefixes) continue;
    prefixes_.emplace(std::string(xml_local_name(attribute.name)),
                      feed_space_of_uri(attribute.value));
  }
}

// XML Base section 3; a base that is no http or https URL is ignored.
void FeedReader::learn_base() {
  const auto written = scan_.attribute("xml:base");
  if (!written) return;
  const std::string base = resolved(*written);
  if (!base.empty()) bases_.push_back({path_.depth(), Url::parse(base)});
}

bool FeedReader::at_field_level() const {
  const std::size_t parent = path_.depth() - 1;
  return parent > 0 && parent == (entry_depth_ > 0 ? entry_depth_ : feed_depth_);
}

// One level deeper: what stands there is the entry's if its parent is never closed.
bool FeedReader::below_field_level() const {
  return entry_depth_ > 0 && path_.depth() == entry_depth_ + 2;
}

void FeedReader::start() {
  learn_prefixes();
  const Space space = space_of(xml_prefix(scan_.name()));
  const std::string local = ascii_lower(xml_local_name(scan_.name()));
  const bool begins_entry = space == Space::feed && (local == "item" || local == "entry");
  // A new entry, or a new field after an unclosed one, ends what is open.
  if (begins_entry && entry_depth_ > 0) close_down_to(entry_depth_ - 1);
  const Field field = feed_field_of(space, local);
  const bool begins = field != Field::none || local == "description" || begins_entry;
  if (begins && field_ != Field::none) close_down_to(field_depth_ - 1);
  if (!path_.open(scan_.name())) return;
  learn_base();
  has_markup_ = true;
  if (hidden_depth_ == 0 && (local == "script" || local == "style")) hidden_depth_ = path_.depth();
  if (path_.depth() == 1) start_root(local);
  if (feed_.kind == SitemapKind::none) return;
  if (begins_entry) return start_entry();
  const bool holds_feed = local == "channel" || local == "feed";
  if (space == Space::feed && holds_feed && feed_depth_ == 0) feed_depth_ = path_.depth();
  if (field != Field::none && (at_field_level() || below_field_level())) return start_field(field);
  // CDF: <A HREF> is a child of its item. Others stand in the markup of a text.
  if (local == "a" && entry_depth_ > 0 && at_field_level()) {
    if (const auto href = scan_.attribute("href")) {
      entry_draft_.link.offer(resolved(*href), LinkRank::alternate_html);
    }
  }
}

void FeedReader::start_root(std::string_view local) {
  if (local == "rss" || local == "rdf" || local == "channel") feed_.kind = SitemapKind::rss;
  if (local == "feed" || local == "entry") feed_.kind = SitemapKind::atom;
}

void FeedReader::start_entry() {
  if (feed_.entries.size() >= max_entries_) {
    feed_.error = "more than " + std::to_string(max_entries_) + " entries";
    full_ = true;
    return;
  }
  entry_depth_ = path_.depth();
  entry_draft_ = {};
  stray_draft_ = {};
  if (const auto about = scan_.attribute("rdf:about")) {
    entry_draft_.link.offer(resolved(*about), LinkRank::permalink);
  }
  if (const auto href = scan_.attribute("href")) {
    entry_draft_.link.offer(resolved(*href), LinkRank::own);
  }
  if (const auto changed = scan_.attribute("lastmod")) {
    entry_draft_.entry.updated = parse_date(*changed).value_or(0);
    entry_draft_.updated_text = *changed;
  }
}

void FeedReader::start_field(Field field) {
  field_ = field;
  field_depth_ = path_.depth();
  text_.clear();
  has_markup_ = false;
  const std::string type = ascii_lower(scan_.attribute("type").value_or(""));
  const std::string mode = ascii_lower(scan_.attribute("mode").value_or(""));
  const bool atom = feed_.kind == SitemapKind::atom;
  form_ = TextForm::html;
  if (type == "text" || type == "plain" || type == "text/plain") form_ = TextForm::plain;
  if (atom && type.empty() && mode != "escaped") form_ = TextForm::plain;
  if (mode == "base64" || type == "application/octet-stream") form_ = TextForm::base64;
  permalink_ = !equals_ignoring_case(scan_.attribute("ispermalink").value_or(""), "false");
  if (field != Field::link) return;
  const std::string href = scan_.attribute("href").value_or("");
  if (base::trim(href).empty()) return;
  take_atom_link(href);
  field_ = Field::named_link;
}

void FeedReader::take_atom_link(std::string_view href) {
  const std::string rel = ascii_lower(base::trim(scan_.attribute("rel").value_or("alternate")));
  // RFC 4287 section 4.2.7.2: a name of the registry, or the same as an IRI.
  const bool named =
      rel == "alternate" || rel == "http://www.iana.org/assignments/relation/alternate";
  if (!named && !rel.empty()) return;
  const std::string type = ascii_lower(scan_.attribute("type").value_or(""));
  const bool html = type.empty() || type == "text/html" || type == "application/xhtml+xml";
  draft().link.offer(resolved(href), html ? LinkRank::alternate_html : LinkRank::alternate);
}

void FeedReader::take_title(bool is_own) {
  Draft& made = draft();
  // media:title and dc:title speak only where <title> is silent.
  if (made.has_title || (!is_own && !made.entry.title.empty())) return;
  std::string title;
  if (form_ == TextForm::base64) {
    title = html_fragment_text(base::repaired_utf8(base::base64_decode(text_).value_or("")));
  } else if (form_ == TextForm::html && !has_markup_) {
    title = html_fragment_text(text_);
  } else {
    title = title_text(text_);
  }
  if (title.empty()) return;
  made.has_title = is_own;
  made.entry.title = std::move(title);
}

void FeedReader::take_identifier() {
  Draft& made = draft();
  made.entry.id = trim_unicode(text_);
  // RSS 2.0: a guid is a permanent link unless it says no. Atom's id never is one.
  if (feed_.kind != SitemapKind::rss || made.entry.id.find(':') == std::string::npos) return;
  made.link.offer(absolute_location(made.entry.id, std::nullopt),
                  permalink_ ? LinkRank::permalink : LinkRank::identifier);
}

void FeedReader::finish_field() {
  Draft& made = draft();
  const Field field = std::exchange(field_, Field::none);
  const std::string written(trim_unicode(text_));
  switch (field) {
    case Field::title:
      return take_title(true);
    case Field::other_title:
      return take_title(false);
    case Field::link:
      return made.link.offer(resolved(written), LinkRank::own);
    case Field::named_link:
      return;
    case Field::id:
      return take_identifier();
    case Field::created:
      if (made.entry.published != 0) return;
      [[fallthrough]];
    case Field::published:
      made.entry.published = parse_date(written).value_or(made.entry.published);
      made.published_text = written;
      return;
    case Field::updated:
      made.entry.updated = parse_date(written).value_or(made.entry.updated);
      made.updated_text = written;
      return;
    case Field::none:
      return;
  }
}

// What stood in an element that the end of its entry ended.
void FeedReader::take_strays() {
  Draft& made = entry_draft_;
  Draft stray = std::exchange(stray_draft_, {});
  if (made.link.url.empty()) made.link = std::move(stray.link);
  if (made.entry.title.empty()) made.entry.title = std::move(stray.entry.title);
  if (made.published_text.empty()) {
    made.entry.published = stray.entry.published;
    made.published_text = std::move(stray.published_text);
  }
  if (made.updated_text.empty()) {
    made.entry.updated = stray.entry.updated;
    made.updated_text = std::move(stray.updated_text);
  }
}

void FeedReader::finish_entry() {
  entry_depth_ = 0;
  take_strays();
  FeedEntry entry = std::move(entry_draft_.entry);
  entry.link = std::move(entry_draft_.link.url);
  entry.date_text = std::move(entry_draft_.updated_text.empty() ? entry_draft_.published_text
                                                                : entry_draft_.updated_text);
  feed_.entries.push_back(std::move(entry));
}

void FeedReader::close_down_to(std::size_t depth) {
  if (field_ != Field::none && field_depth_ > depth) finish_field();
  if (entry_depth_ > depth) finish_entry();
  if (hidden_depth_ > depth) hidden_depth_ = 0;
  if (feed_depth_ > depth) feed_depth_ = 0;
  while (bases_.size() > 1 && bases_.back().depth > depth) bases_.pop_back();
  path_.close_down_to(depth);
}

}  // namespace

FeedDocument parse_xml_feed(std::string_view utf8, std::string_view url, std::size_t max_entries) {
  return FeedReader(utf8, url, max_entries).read();
}

}  // namespace crawld::parsers
