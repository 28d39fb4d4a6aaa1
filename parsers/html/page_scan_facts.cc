#include "parsers/html/page_scan_facts.h"

#include <algorithm>

#include "parsers/html/page_scan_links.h"

namespace crawld::parsers {
namespace {

using model::LinkTag;

constexpr std::size_t kMaxText = 1'024;           // bytes, of a name or title
constexpr std::size_t kMaxLinkBytes = 32u << 20;  // of all URLs of a page together
constexpr std::size_t kMaxHeadings = 10'000;
constexpr std::size_t kMaxMetas = 1'000;
constexpr std::size_t kMaxMetaValue = 16'384;  // bytes
constexpr std::size_t kMaxFeeds = 1'000;
constexpr std::size_t kMaxSrcdocs = 256;

bool is_script_url(std::string_view url) {
  return url.starts_with("javascript:") || url.starts_with("data:");
}

// Targets of requests that htmx sends for an element, as a form would.
bool is_htmx(Attr attr) {
  return attr == Attr::hx_get || attr == Attr::hx_post || attr == Attr::hx_put ||
         attr == Attr::hx_patch || attr == Attr::hx_delete;
}

int heading_level(Tag tag) {
  return tag >= Tag::h1 && tag <= Tag::h6 ? static_cast<int>(tag) - static_cast<int>(Tag::h1) + 1
                                          : 0;
}

std::string lower_case(std::string_view text) {
  std::string out;
  append_name(text, out);
  return out;
}

bool is_feed_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && is_html_space(type.back())) type.remove_suffix(1);
  return type == "application/rss+xml" || type == "application/atom+xml" ||
         type == "application/feed+json" || type == "application/rdf+xml" ||
         type == "application/json+feed";
}

}  // namespace

FactCollector::FactCollector(const ScanOptions& options, std::optional<std::string_view> base_href,
                             Values values, model::ParsedPage& page, ScanExtras& extras)
    : options_(options), values_(values), page_(page), extras_(extras) {
  set_base(base_href);
  page_.links.reserve(std::min<std::size_t>(options_.max_links, 128));
}

void FactCollector::set_base(std::optional<std::string_view> base_href) {
  std::optional<model::Url> base = document_base(options_.url, base_href, options_.encoding);
  page_.base = base ? base->href() : options_.url;
  resolver_.emplace(std::move(base), options_.encoding);
}

std::string_view FactCollector::value(const Attribute& attribute) {
  if (values_ == Values::decoded) return attribute.value;
  return decode_attribute(attribute.value, scratch_);
}

// The view lives until the next value() or find().
std::optional<std::string_view> FactCollector::find(Attributes attributes, Attr id) {
  for (const Attribute& attribute : attributes) {
    if (attribute.id == id) return value(attribute);
  }
  return std::nullopt;
}

std::string FactCollector::find_copy(Attributes attributes, Attr id) {
  return std::string(find(attributes, id).value_or(std::string_view()));
}

bool FactCollector::enter(Tag tag, Space space, bool in_noscript, Attributes attributes) {
  open_text(tag, space, attributes);
  if (space == Space::html) {
    enter_html(tag, in_noscript, attributes);
    return tag != Tag::template_ || is_shown_template(attributes);
  }
  const std::size_t links_before = page_.links.size();
  if (options_.css_urls) {
    if (const auto style = find(attributes, Attr::style)) read_css(std::string(*style));
  }
  const auto link = space == Space::svg ? svg_link(tag) : std::nullopt;
  if (link) {
    if (const auto href = find(attributes, Attr::href)) {
      add_svg_link(*link, *href);
    } else if (const auto old = find(attributes, Attr::xlink_href)) {
      // Followed like others, but what lists a page's <a href> does not mean this one.
      add_svg_link(tag == Tag::a ? LinkTag::svg_a : *link, *old);
    }
    if (tag == Tag::a) tell_rel(links_before, fold_rel(find_copy(attributes, Attr::rel)));
  }
  if (tag != Tag::a) return true;
  const bool own = page_.links.size() > links_before;
  listen(own ? Listener::Kind::link : Listener::Kind::nothing, links_before);
  return true;
}

// HTML 13.2.6.4.4: a declarative shadow tree, which is shown in place of what is in its host.
bool FactCollector::is_shown_template(Attributes attributes) {
  const std::string mode = lower_case(find_copy(attributes, Attr::shadowrootmode));
  return mode == "open" || mode == "closed";
}

// "#shape" of a <use> is part of this page.
void FactCollector::add_svg_link(LinkTag tag, std::string_view reference) {
  if (tag != LinkTag::other || !reference.starts_with('#')) add_link(tag, reference);
}

void FactCollector::enter_html(Tag tag, bool in_noscript, Attributes attributes) {
  const std::size_t links_before = page_.links.size();
  switch (tag) {
    case Tag::unknown:
      break;
    case Tag::html:
      if (has_html_) break;
      has_html_ = true;
      if (const auto lang = find(attributes, Attr::lang)) {
        page_.lang = *lang;
        may_default_lang_ = false;
      }
      break;
    case Tag::link:
      read_link(attributes);
      break;
    case Tag::meta:
      read_meta(attributes, in_noscript);
      break;
    case Tag::form:
    case Tag::button:
    case Tag::isindex:
      read_form(tag, attributes);
      break;
    case Tag::param:
      read_param(attributes);
      break;
    case Tag::input:
      if (!page_.asks_password) {
        page_.asks_password = lower_case(find_copy(attributes, Attr::type)) == "password";
      }
      break;
    default:
      break;
  }
  if (!attributes.empty()) read_attributes(tag, attributes);
  if (tag == Tag::a || tag == Tag::form) {
    const bool own =
        page_.links.size() > links_before && (page_.links[links_before].tag == LinkTag::a ||
                                              page_.links[links_before].tag == LinkTag::form);
    listen(own ? Listener::Kind::link : Listener::Kind::nothing, links_before);
  } else if (heading_level(tag) != 0) {
    const bool wanted = hidden_ == 0 && page_.headings.size() < kMaxHeadings;
    if (wanted) page_.headings.push_back({heading_level(tag), {}});
    listen(wanted ? Listener::Kind::heading : Listener::Kind::nothing, page_.headings.size() - 1);
  }
}

// The attributes that hold URLs whatever stands beside them.
void FactCollector::read_attributes(Tag tag, Attributes attributes) {
  const std::size_t first = page_.links.size();
  bool has_rel = false;
  for (const Attribute& attribute : attributes) {
    if (attribute.id == Attr::rel) has_rel = true;
    if (attribute.id == Attr::style && options_.css_urls) {
      read_css(std::string(value(attribute)));
      continue;
    }
    if (is_htmx(attribute.id)) {
      if (options_.form_links) read_urls(LinkTag::other, UrlForm::one, value(attribute));
      continue;
    }
    if (attribute.id == Attr::srcdoc) {
      if (tag == Tag::iframe && extras_.srcdocs.size() < kMaxSrcdocs) {
        extras_.srcdocs.emplace_back(value(attribute));
      }
      continue;
    }
    const auto url = url_attribute(tag, attribute.id);
    if (url) read_urls(url->tag, url->form, value(attribute));
  }
  if (!has_rel || page_.links.size() == first || (tag != Tag::a && tag != Tag::area)) return;
  tell_rel(first, fold_rel(find_copy(attributes, Attr::rel)));
}

void FactCollector::read_urls(LinkTag tag, UrlForm form, std::string_view value) {
  switch (form) {
    case UrlForm::one_self:
      add_link(tag, value);
      return;
    case UrlForm::one:
      if (!is_blank(value)) add_link(tag, value);
      return;
    case UrlForm::lazy:
      if (value.find(", ") == std::string_view::npos) {
        if (!is_blank(value)) add_link(tag, value);
        return;
      }
      [[fallthrough]];
    case UrlForm::srcset:
      for (const std::string_view url : srcset_urls(value)) add_link(tag, url);
      return;
    case UrlForm::spaced:
      while (!value.empty()) {
        const std::size_t end = std::min(value.find_first_of(" \t\n\r\f,"), value.size());
        if (end != 0) add_link(tag, value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
      }
      return;
  }
}

// The link that was added, or null. Its address holds until the next.
model::Link* FactCollector::add_link(LinkTag tag, std::string_view reference) {
  if (page_.links.size() >= options_.max_links || link_bytes_ >= kMaxLinkBytes) {
    page_.links_truncated = true;
    return nullptr;
  }
  const std::string_view url = resolver_->resolve(reference);
  if (url.empty()) return nullptr;
  const bool hyperlink = tag == LinkTag::a || tag == LinkTag::area;
  if (is_script_url(url) && !(hyperlink && options_.script_links)) return nullptr;
  link_bytes_ += url.size();
  return &page_.add_link({.url = url, .tag = tag});
}

void FactCollector::read_link(Attributes attributes) {
  const std::string rel = fold_rel(find_copy(attributes, Attr::rel));
  if (!names_resource(rel)) return;
  const std::size_t first = page_.links.size();
  if (const auto href = find(attributes, Attr::href); href && !is_blank(*href)) {
    if (const model::Link* link = add_link(LinkTag::link, *href)) {
      if (page_.canonical.empty() && has_token(rel, "canonical")) page_.canonical = link->url;
      read_feed(rel, link->url, attributes);
    }
  }
  if (const auto srcset = find(attributes, Attr::imagesrcset)) {
    for (const std::string_view url : srcset_urls(*srcset)) add_link(LinkTag::link, url);
  }
  tell_rel(first, rel);
}

// What `rel` says holds for the links from `first` on.
void FactCollector::tell_rel(std::size_t first, std::string_view rel) {
  if (first == page_.links.size()) return;
  const std::string_view kept = page_.texts.keep(rel);
  const bool nofollow = says_nofollow(rel);
  for (std::size_t i = first; i < page_.links.size(); ++i) {
    page_.links[i].rel = kept;
    page_.links[i].nofollow = nofollow;
  }
}

void FactCollector::read_feed(std::string_view rel, std::string_view url, Attributes attributes) {
  if (!has_token(rel, "alternate") && !has_token(rel, "feed")) return;
  const std::string type = lower_case(find_copy(attributes, Attr::type));
  if ((!is_feed_type(type) && !has_token(rel, "feed")) || page_.feeds.size() >= kMaxFeeds) return;
  const std::string title = find_copy(attributes, Attr::title);
  page_.feeds.push_back({std::string(url), type, fold_space(cut_utf8(title, kMaxText))});
}

void FactCollector::read_meta(Attributes attributes, bool in_noscript) {
  const std::string name = find_copy(attributes, Attr::name);
  const std::string property = find_copy(attributes, Attr::property);
  const std::string http_equiv = lower_case(find_copy(attributes, Attr::http_equiv));
  const auto found = find(attributes, Attr::content);
  if (!found) return;
  const std::string content(cut_utf8(*found, kMaxMetaValue));
  if (http_equiv == "refresh") read_refresh(content, in_noscript);
  if (http_equiv == "content-language") read_language(content);
  for (const std::string* key : {&name, &property, &http_equiv}) {
    if (key->empty() || key->size() > kMaxText || page_.meta.size() >= kMaxMetas) continue;
    page_.meta.emplace_back(lower_case(*key), content);
    if (page_.meta.back().first == "description" && page_.description.empty()) {
      page_.description = fold_space(content);
    }
  }
}

// What a <noscript> asks of readers without scripts is a link, but not where the page goes.
void FactCollector::read_refresh(std::string_view content, bool in_noscript) {
  const auto refresh = parse_refresh(content);
  if (!refresh) return;
  const bool first = extras_.refresh_delay < 0 && !in_noscript;
  if (first) extras_.refresh_delay = refresh->delay;
  if (refresh->url.empty()) return;
  const model::Link* link = add_link(LinkTag::meta_refresh, refresh->url);
  if (link != nullptr && first) page_.refresh = link->url;
}

// The pragma-set default language (HTML 4.2.5.3), for a page whose <html> has none.
void FactCollector::read_language(std::string_view content) {
  if (!may_default_lang_ || is_blank(content) || content.find(',') != content.npos) return;
  while (is_html_space(content.front())) content.remove_prefix(1);
  page_.lang = content.substr(0, content.find_first_of(" \t\n\f\r"));
  may_default_lang_ = false;
}

// HTML 4.10.21.3. Only a GET form's target is a page; the others are known, not followed.
void FactCollector::read_form(Tag tag, Attributes attributes) {
  if (!options_.form_links) return;
  const Attr target = tag == Tag::button ? Attr::formaction : Attr::action;
  const std::string method = lower_case(find_copy(attributes, Attr::method));
  const bool get = tag != Tag::button && method != "post" && method != "dialog";
  const auto action = find(attributes, target);
  if (action && !is_blank(*action)) {
    add_link(get ? LinkTag::form : LinkTag::other, *action);
  }
}

void FactCollector::read_param(Attributes attributes) {
  const std::string name = lower_case(find_copy(attributes, Attr::name));
  if (name != "src" && name != "movie" && name != "ref" && name != "url" && name != "href" &&
      name != "filename" && name != "data") {
    return;
  }
  if (const auto target = find(attributes, Attr::value); target && !is_blank(*target)) {
    add_link(LinkTag::other, *target);
  }
}

void FactCollector::read_css(std::string_view css) {
  for (const std::string& url : css_urls(css)) {
    // "url(#shape)" is part of this document (CSS Values 4 section 4.5.1).
    if (!url.starts_with('#')) add_link(LinkTag::css, url);
  }
}

}  // namespace crawld::parsers
