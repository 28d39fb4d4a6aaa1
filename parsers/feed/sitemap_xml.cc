#include "parsers/feed/sitemap_xml.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/feed/sitemap_location.h"
#include "parsers/feed/xml_scan.h"
#include "parsers/text/dates.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using model::SitemapEntry;
using model::SitemapKind;
using model::Url;

// More text of one element is not kept: no value is that long.
constexpr std::size_t kMaxValue = 16 << 10;

enum class Field : std::uint8_t {
  none,
  bare,  // text in <url> or <sitemap>, where <loc> is forgotten
  loc,
  lastmod,
  changefreq,
  priority
};

Field field_named(std::string_view local) {
  if (local == "loc") return Field::loc;
  if (local == "lastmod") return Field::lastmod;
  if (local == "changefreq") return Field::changefreq;
  return local == "priority" ? Field::priority : Field::none;
}

bool is_entry(std::string_view local) {
  return local == "url" || local == "sitemap" || local == "urlset" || local == "sitemapindex";
}

// Between 0 and 1, or negative.
float priority_of(const std::string& text) {
  char* end = nullptr;
  const float value = std::strtof(text.c_str(), &end);
  return end != text.c_str() && value >= 0 && value <= 1 ? value : -1;
}

// Nesting is hardly looked at: entries begin at <url> and <sitemap>, or at a second
// <loc> where those are left out, and end where the next one begins.
class SitemapReader {
 public:
  SitemapReader(std::string_view utf8, std::string_view url, std::size_t max_entries)
      : scan_(utf8), base_(Url::parse(url)), max_entries_(max_entries) {}

  model::Sitemap read() {
    while (!full_) {
      const XmlScan::Event event = scan_.next();
      if (event == XmlScan::Event::finished) break;
      if (event == XmlScan::Event::start) start();
      if (event == XmlScan::Event::end) end();
      if (event == XmlScan::Event::text) text();
    }
    // A value that the end of the input cuts is not a value.
    const bool is_cut = field_ != Field::none && !full_;
    field_ = Field::none;
    finish_entry();
    if (sitemap_.error.empty()) sitemap_.error = scan_.fault();
    if (sitemap_.error.empty() && is_cut) sitemap_.error = "it ends in the middle of an entry";
    return std::move(sitemap_);
  }

 private:
  // The sitemap's own names have the root's prefix or none; others are extensions.
  bool is_own(std::string_view name) const {
    const std::string_view prefix = xml_prefix(name);
    return prefix.empty() || prefix == root_prefix_;
  }
  bool is_own() const { return is_own(scan_.name()); }

  // Whether this start tag stands in an extension or begins one. One begins with a prefix
  // of its own or with a namespace of its own (<image xmlns="...">), and goes to the end
  // tag of its name; where that is missing, to what can only be the sitemap's.
  bool in_extension(std::string_view local) {
    if (is_own() && is_entry(local)) close_extensions();
    if (!extension_.empty() && is_own() && !is_own(extension_)) leave_extension();
    if (!extension_.empty()) return true;
    const bool own_namespace = !is_entry(local) && field_named(local) == Field::none &&
                               xml_prefix(scan_.name()).empty() && scan_.attribute("xmlns");
    if (is_own() && !own_namespace) return false;
    extension_ = scan_.name();
    return true;
  }

  void text() {
    if (field_ == Field::none || text_.size() >= kMaxValue || !extension_.empty()) return;
    scan_.append_text(text_);
  }

  void start() {
    const std::string local = ascii_lower(xml_local_name(scan_.name()));
    if (!has_root_) start_root(local);
    if (sitemap_.kind == SitemapKind::none || in_extension(local)) return;
    const Field field = field_named(local);
    if (field == Field::none) {
      // <loc><url>http://…</url></loc> is met too.
      const bool inside_empty_loc = field_ == Field::loc && trim_unicode(text_).empty();
      if (inside_empty_loc || (local != "url" && local != "sitemap")) return;
      finish_entry();
      in_index_ = local == "sitemap";
      field_ = Field::bare;
      return;
    }
    finish_field();
    if (field == Field::loc && !entry_.loc.empty()) finish_entry();
    field_ = field;
    text_.clear();
  }

  void start_root(std::string_view local) {
    has_root_ = true;
    root_prefix_ = xml_prefix(scan_.name());
    if (local == "urlset" || local == "url") sitemap_.kind = SitemapKind::urlset;
    if (local == "sitemapindex" || local == "sitemap") sitemap_.kind = SitemapKind::index;
    in_index_ = sitemap_.kind == SitemapKind::index;
  }

  void end() {
    const std::string local = ascii_lower(xml_local_name(scan_.name()));
    if (scan_.name() == extension_) return extension_.clear();
    if (left_ && scan_.name() == left_->extension) return return_to_extension();
    if (is_own() && is_entry(local)) close_extensions();
    if (!extension_.empty() || !is_own()) return;
    if (field_ != Field::none && field_named(local) == field_) finish_field();
    if (!is_entry(local)) return;
    // <loc><url>http://…</url></loc> goes on; and a <loc> that nothing ends, ends here.
    const bool inside_loc = field_ == Field::loc;
    finish_field();
    if (!inside_loc) finish_entry();
  }

  void close_extensions() {
    extension_.clear();
    left_.reset();
  }

  // An extension seems to have been left open where a name of the sitemap's follows. If its
  // end tag comes all the same, what stood in it was its own (<image:image><loc>…).
  void leave_extension() {
    finish_field();
    if (!left_) left_ = Left{extension_, entry_, sitemap_.urls.size(), sitemap_.sitemaps.size()};
    extension_.clear();
  }
  void return_to_extension() {
    field_ = Field::none;
    text_.clear();
    entry_ = std::move(left_->entry);
    sitemap_.urls.resize(left_->urls);
    sitemap_.sitemaps.resize(left_->sitemaps);
    left_.reset();
  }

  void finish_field() {
    const std::string value(trim_unicode(text_));
    text_.clear();
    switch (std::exchange(field_, Field::none)) {
      case Field::bare:
        if (value.starts_with("http")) entry_.loc = absolute_location(value, base_);
        return;
      case Field::loc:
        entry_.loc = absolute_location(value, base_);
        return;
      case Field::lastmod:
        entry_.lastmod = parse_date(value).value_or(0);
        entry_.lastmod_text = value;
        return;
      case Field::changefreq:
        entry_.changefreq = ascii_lower(value);
        return;
      case Field::priority:
        entry_.priority = priority_of(value);
        return;
      case Field::none:
        return;
    }
  }

  void finish_entry() {
    finish_field();
    SitemapEntry entry = std::exchange(entry_, {});
    if (entry.loc.empty()) return;
    auto& list = in_index_ ? sitemap_.sitemaps : sitemap_.urls;
    if (list.size() < max_entries_) return list.push_back(std::move(entry));
    sitemap_.error = "more than " + std::to_string(max_entries_) + " entries";
    full_ = true;
  }

  XmlScan scan_;
  std::optional<Url> base_;
  std::size_t max_entries_;
  model::Sitemap sitemap_;
  bool full_ = false;
  bool has_root_ = false;
  bool in_index_ = false;
  std::string root_prefix_;
  std::string extension_;  // the name of the extension that is open, with its prefix
  struct Left {
    std::string extension;
    SitemapEntry entry;
    std::size_t urls;
    std::size_t sitemaps;
  };
  std::optional<Left> left_;  // an extension whose end tag may still come
  SitemapEntry entry_;
  Field field_ = Field::none;
  std::string text_;
};

}  // namespace

model::Sitemap parse_xml_sitemap(std::string_view utf8, std::string_view url,
                                 std::size_t max_entries) {
  return SitemapReader(utf8, url, max_entries).read();
}

}  // namespace crawld::parsers
