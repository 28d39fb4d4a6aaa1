#include "parsers/main_text/metadata.h"

#include <algorithm>
#include <array>

#include "crawler/base/ascii.h"
#include "parsers/structured/jsonld_facts.h"
#include "parsers/structured/structured_words.h"
#include "parsers/text/date_names.h"

namespace crawld::parsers {
namespace {

// White space folded to single spaces, none at the ends; a no-break space counts.
std::string folded(std::string_view text) {
  std::string out;
  bool space = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool nbsp = text.substr(i, 2) == "\xC2\xA0";
    if (nbsp || static_cast<unsigned char>(text[i]) <= ' ') {
      space = !out.empty();
      i += nbsp ? 1 : 0;
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += text[i];
  }
  return out;
}

// The names under which a fact is told, best first; a source is its place in the list.
constexpr std::string_view kTitleNames[] = {"og:title",      "twitter:title", "dc.title",
                                            "dcterms.title", "parsely-title", "sailthru.title",
                                            "title"};
constexpr std::string_view kAuthorNames[] = {
    "author",          "parsely-author",      "dc.creator",           "dcterms.creator",
    "sailthru.author", "article:author_name", "article:author",       "byl",
    "book:author",     "og:article:author",   "twitter:creator_name", "citation_author"};
constexpr std::string_view kDateNames[] = {"article:published_time",
                                           "article.published",
                                           "datepublished",
                                           "dc.date.issued",
                                           "dcterms.created",
                                           "dc.date",
                                           "dcterms.date",
                                           "parsely-pub-date",
                                           "sailthru.date",
                                           "pubdate",
                                           "publishdate",
                                           "publish-date",
                                           "article_date_original",
                                           "cxenseparse:recs:publishtime",
                                           "og:pubdate",
                                           "date",
                                           "publication_date",
                                           "citation_publication_date",
                                           "citation_online_date",
                                           "citation_date",
                                           "og:published_time",
                                           "article:modified_time",
                                           "og:updated_time",
                                           "last-modified",
                                           "dcterms.modified",
                                           "datemodified"};
constexpr std::string_view kDescriptionNames[] = {"og:description", "description",
                                                  "twitter:description", "dc.description"};
constexpr std::string_view kSiteNames[] = {"og:site_name", "application-name",
                                           "apple-mobile-web-app-title"};

// The best told value of one fact.
class Best {
 public:
  void offer(std::size_t rank, std::string_view value) {
    if (rank >= rank_ || value.empty()) return;
    rank_ = rank;
    value_ = value;
  }
  std::string_view value() const { return value_; }

 private:
  std::size_t rank_ = static_cast<std::size_t>(-1);
  std::string_view value_;
};

template <std::size_t kCount>
void offer(Best& best, const std::string_view (&names)[kCount], std::string_view name,
           std::string_view content) {
  const auto* at = std::find(std::begin(names), std::end(names), name);
  if (at != std::end(names)) best.offer(static_cast<std::size_t>(at - names), content);
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with("www.") ||
         text.starts_with('/') || text.starts_with('@');
}

constexpr std::size_t kLongestName = 120;  // bytes of a byline that is believed

class MetadataReader {
 public:
  explicit MetadataReader(const HtmlTree& tree) : tree_(tree) {}

  PageMetadata read(std::string_view url) {
    for (std::size_t i = 0; i < tree_.in_document(); ++i) visit(tree_.elements()[i]);
    PageMetadata page;
    page.description = folded(descriptions_.value());
    page.site_name = folded(sites_.value());
    page.article_body = std::move(facts_.article_body);
    page.title = title(page.site_name);
    page.author = author();
    page.date = date(url);
    return page;
  }

 private:
  void visit(const GumboNode* element) {
    switch (static_cast<int>(element->v.element.tag)) {
      case GUMBO_TAG_META:
        meta(element);
        break;
      case GUMBO_TAG_TITLE:
        if (document_title_.empty()) document_title_ = folded(text_content(element));
        break;
      case GUMBO_TAG_SCRIPT:
        if (base::ascii_lower(attribute(element, "type").value_or("")).find("ld+json") !=
            std::string::npos) {
          add_jsonld_facts(text_content(element), facts_);
        }
        break;
      case GUMBO_TAG_H1:
        if (heading_.empty()) heading_ = folded(text_content(element));
        ++headings_;
        break;
      case GUMBO_TAG_TIME:
        time(element);
        break;
      default:
        break;
    }
    byline(element);
  }

  void meta(const GumboNode* element) {
    const auto content = attribute(element, "content").value_or("");
    for (const auto* key : {"name", "property", "itemprop", "http-equiv"}) {
      const auto named = attribute(element, key);
      if (!named) continue;
      const auto names = base::ascii_lower(folded(*named));
      // RDFa: a property may have several names.
      for (const auto name : space_separated(names)) fact(with_dot(name), content);
    }
  }

  void fact(const std::string& name, std::string_view content) {
    offer(titles_, kTitleNames, name, content);
    offer(descriptions_, kDescriptionNames, name, content);
    offer(sites_, kSiteNames, name, content);
    if (!is_url(without_address(content))) offer(authors_, kAuthorNames, name, content);
    if (!date_to_iso8601(content).empty()) offer(dates_, kDateNames, name, content);
  }

  // Dublin Core is written "dc.title" in HTML and "dc:title" in RDFa.
  static std::string with_dot(std::string_view name) {
    std::string dotted(name);
    if (name.starts_with("dc:") || name.starts_with("dcterms:")) dotted[name.find(':')] = '.';
    return dotted;
  }

  // "Ann Roe (https://a.test/)": the name.
  static std::string_view without_address(std::string_view name) {
    const auto open = name.find('(');
    const bool address = open != name.npos && is_url(name.substr(open + 1));
    return address ? base::trim(name.substr(0, open)) : name;
  }

  void time(const GumboNode* element) {
    auto when = date_to_iso8601(attribute(element, "datetime").value_or(""));
    if (when.empty() && may_read()) when = date_to_iso8601(folded(text_content(element)));
    if (when.empty()) return;
    const bool published =
        attribute(element, "pubdate") ||
        attribute(element, "itemprop").value_or("") == "datePublished" ||
        base::ascii_lower(attribute(element, "class").value_or("")).find("publish") !=
            std::string::npos;
    if (published && published_time_.empty()) published_time_ = when;
    if (first_time_.empty()) first_time_ = when;
  }

  void byline(const GumboNode* element) {
    const auto& attributes = element->v.element.attributes;
    bool said = false;
    for (unsigned i = 0; i < attributes.length; ++i) {
      const auto* told = static_cast<const GumboAttribute*>(attributes.data[i]);
      const std::string_view name = told->name;
      if (name == "class") {
        said = said || names_author(told->value);
      } else if (name == "rel") {
        said = said || std::string_view(told->value) == "author";
      } else if (name == "itemprop") {
        said = said || std::string_view(told->value) == "author";
        if (std::string_view(told->value) == "datePublished") published(element);
      }
    }
    if (!said || !visible_author_.empty() || !may_read()) return;
    auto text = folded(text_content(element).substr(0, kLongestName * 4));
    if (text.size() <= kLongestName && text.size() > 2) visible_author_ = std::move(text);
  }

  static bool names_author(std::string_view classes) {
    if (classes.find("author") == std::string_view::npos &&
        classes.find("byline") == std::string_view::npos) {
      return false;
    }
    const auto words = space_separated(classes);
    return std::any_of(words.begin(), words.end(), [](std::string_view word) {
      // Of BEM's names ("article__author") the last part is what the element is.
      const bool part = word.find("comment") == word.npos;
      return word == "author" || word == "byline" || word == "author-name" || word == "p-author" ||
             (part && (word.ends_with("__author") || word.ends_with("__byline")));
    });
  }

  void published(const GumboNode* element) {
    if (!published_time_.empty()) return;
    published_time_ = date_to_iso8601(attribute(element, "content").value_or(""));
    if (published_time_.empty() && may_read()) {
      published_time_ = date_to_iso8601(folded(text_content(element)));
    }
  }

  // Elements within elements would have their text read once for each.
  bool may_read() { return ++texts_read_ <= kMostTextsRead; }

  std::string title(std::string_view site) const {
    std::string told = folded(titles_.value());
    if (told.empty()) told = folded(facts_.headline);
    if (told.empty()) told = document_title_;
    if (told.empty()) return headings_ == 1 ? heading_ : std::string{};
    return without_site_name(told, site, headings_ == 1 ? heading_ : std::string_view{});
  }

  std::string author() const {
    std::string name = folded(facts_.author);
    if (name.empty() || is_url(name)) name = folded(without_address(authors_.value()));
    if (name.empty()) {
      const std::size_t date = visible_author_.find_first_of("0123456789|");
      name = visible_author_.substr(0, date);
      // The month of the date that was cut off is no surname.
      if (date != std::string::npos && visible_author_[date] != '|') drop_last_month(name);
    }
    drop_last_marks(name);
    for (const std::string_view start : {"by ", "By ", "BY ", "von ", "Von ", "par ", "Par ",
                                         "por ", "Por ", "Autor: ", "Author: ", "Posted by "}) {
      if (name.starts_with(start)) return name.substr(start.size());
    }
    return name;
  }

  static void drop_last_month(std::string& name) {
    drop_last_marks(name);
    const std::size_t word = name.rfind(' ') + 1;
    if (word == 0 || !month_in_any_language(std::string_view(name).substr(word))) return;
    name.resize(word);
  }

  static void drop_last_marks(std::string& name) {
    constexpr std::string_view kMarks[] = {" ",      ",",      ";",      ":",     "-",
                                           "\u2013", "\u2014", "\u2022", "\u00B7"};
    for (bool found = true; found;) {
      found = false;
      for (const std::string_view mark : kMarks) {
        if (!name.ends_with(mark)) continue;
        name.resize(name.size() - mark.size());
        found = true;
      }
    }
  }

  std::string date(std::string_view url) const {
    for (const std::string_view told : {std::string_view(facts_.date_published), dates_.value()}) {
      if (auto when = date_to_iso8601(told); !when.empty()) return with_time(std::move(when));
    }
    if (!published_time_.empty()) return published_time_;
    if (auto when = date_in_path(url); !when.empty()) return when;
    if (!first_time_.empty()) return first_time_;
    return date_to_iso8601(facts_.date_modified);
  }

  // The same day with its hour, where a visible date tells it.
  std::string with_time(std::string day) const {
    for (const auto* shown : {&published_time_, &first_time_}) {
      if (shown->starts_with(day)) return *shown;
    }
    return day;
  }

  static constexpr unsigned kMostTextsRead = 64;

  const HtmlTree& tree_;
  unsigned texts_read_ = 0;
  Best titles_;
  Best authors_;
  Best dates_;
  Best descriptions_;
  Best sites_;
  JsonldFacts facts_;
  std::string document_title_;
  std::string heading_;
  int headings_ = 0;
  std::string published_time_;
  std::string first_time_;
  std::string visible_author_;
};

constexpr std::array<std::string_view, 9> kTitleCuts = {" | ", " - ", " – ",  " — ", " » ",
                                                        " « ", " · ", " :: ", " / "};

}  // namespace

std::string without_site_name(std::string_view title, std::string_view site_name,
                              std::string_view heading) {
  if (!heading.empty() && heading.size() < title.size() && heading.size() * 3 > title.size() &&
      title.find(heading) != std::string_view::npos) {
    return std::string(heading);
  }
  std::size_t last = std::string_view::npos;
  std::size_t width = 0;
  for (const auto cut : kTitleCuts) {
    const auto at = title.rfind(cut);
    if (at == std::string_view::npos || (last != std::string_view::npos && at < last)) continue;
    last = at;
    width = cut.size();
  }
  if (last == std::string_view::npos) return std::string(title);
  const auto front = base::trim(title.substr(0, last));
  const auto back = base::trim(title.substr(last + width));
  if (!site_name.empty() && base::ascii_lower(back) == base::ascii_lower(site_name))
    return std::string(front);
  if (!site_name.empty() && base::ascii_lower(front) == base::ascii_lower(site_name))
    return std::string(back);
  // Without a name to go by: the short end of a long title is the site's.
  const bool pipe = title.substr(last, width).find('|') != std::string_view::npos;
  if (back.size() * (pipe ? 1 : 2) < front.size() && front.size() > 15) return std::string(front);
  return std::string(title);
}

std::string date_in_path(std::string_view url) {
  for (std::size_t i = 8; i + 11 <= url.size(); ++i) {
    if (url[i] != '/') continue;
    const auto part = url.substr(i + 1, 10);
    const bool year = part.starts_with("19") || part.starts_with("20");
    const bool cut = part[4] == part[7] && (part[4] == '/' || part[4] == '-');
    const bool ends = i + 11 == url.size() || url[i + 11] < '0' || url[i + 11] > '9';
    if (year && cut && ends) {
      if (auto when = date_to_iso8601(part); !when.empty()) return when;
    }
  }
  return {};
}

PageMetadata read_metadata(const HtmlTree& tree, std::string_view url) {
  return MetadataReader(tree).read(url);
}

}  // namespace crawld::parsers
