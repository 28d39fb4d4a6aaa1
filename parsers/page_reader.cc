#include "parsers/page_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/model/url.h"
#include "parsers/bytes/media_type.h"
#include "parsers/bytes/sniff.h"
#include "parsers/feed/sitemap.h"
#include "parsers/form_reader.h"
#include "parsers/html/links.h"
#include "parsers/html/srcdoc_links.h"
#include "parsers/html/tree_scan.h"
#include "parsers/html/xhtml_as_html.h"
#include "parsers/link_headers.h"
#include "parsers/main_text/main_text.h"
#include "parsers/main_text/metadata.h"
#include "parsers/robots_directives.h"
#include "parsers/structured/jsonld.h"
#include "parsers/structured/microdata.h"
#include "parsers/structured/structured.h"
#include "parsers/text/language.h"
#include "parsers/text/simhash.h"

namespace crawld::parsers {
namespace {

using model::DocumentKind;
using model::ParsedPage;

// How much of a text a guess at its language needs; more costs and tells no more.
constexpr std::size_t kLanguageSample = 1'024;
constexpr std::size_t kJsonFeedFront = 512;   // bytes that hold the version of a JSON Feed
constexpr std::size_t kLargeBody = 1U << 20;  // whoever reads it needs all memory

// `unchanged`: nothing is stored of the page.
RuleNeeds needs_of(const ParseJob& job, const CompiledRules* rules, bool unchanged) {
  const ParseWants& wants = job.wants;
  RuleNeeds needs = rules != nullptr ? rules->needs() : RuleNeeds{};
  if (!unchanged) {
    needs.main_text |= wants.main_text;
    needs.markdown |= wants.markdown;
    needs.jsonld |= wants.structured;
    needs.metadata |= wants.structured || needs.microdata;
  }
  needs.tree |= wants.always_tree || needs.main_text || needs.markdown || needs.metadata ||
                !job.marker.empty() || job.purpose == model::Purpose::login_form;
  return needs;
}

ScanOptions scan_options(const ParseJob& job, const ParsedPage& page) {
  return {.url = job.url,
          .encoding = page.charset,
          .max_links = job.max_links,
          .css_urls = job.wants.css_urls,
          .form_links = job.wants.form_links};
}

void add_article(const HtmlTree& tree, const ParseJob& job, const DocumentBase& base,
                 const RuleNeeds& needs, ParsedPage& page) {
  Article article = extract_article(tree, {.url = job.url,
                                           .base = &base,
                                           .text = true,
                                           .markdown = needs.markdown,
                                           .language = page.lang.empty()});
  page.main_text = std::move(article.text);
  page.markdown = std::move(article.markdown);
  page.author = std::move(article.author);
  page.date = std::move(article.date);
  if (page.lang.empty()) page.lang = std::move(article.lang);
}

void add_structured(const HtmlTree& tree, const DocumentBase& base, ParsedPage& page) {
  StructuredData data = extract_structured(tree, base);
  page.structured_other = data.others();
  page.microdata = std::move(data.microdata);
  page.opengraph = std::move(data.opengraph);
}

void add_tree_facts(const HtmlTree& tree, const ParseJob& job, const DocumentBase& base,
                    const RuleNeeds& needs, ParsedPage& page) {
  if (needs.main_text || needs.markdown) {
    add_article(tree, job, base, needs, page);
  } else if (needs.metadata) {
    PageMetadata metadata = read_metadata(tree, job.url);
    page.author = std::move(metadata.author);
    page.date = std::move(metadata.date);
  }
  if (job.wants.structured) {
    add_structured(tree, base, page);
  } else if (needs.microdata) {
    page.microdata = extract_microdata(tree, base);
  }
}

void add_records(const CompiledRules& rules, const ParseJob& job, const DocumentBase& base,
                 std::string_view text, const HtmlTree* tree, ParsedPage& page) {
  page.records = rules.apply({.url = job.url,
                              .base = &base,
                              .charset = page.charset,
                              .kind = page.kind,
                              .body = text,
                              .tree = tree,
                              .title = page.title,
                              .description = page.description,
                              .canonical = page.canonical,
                              .lang = page.lang,
                              .author = page.author,
                              .date = page.date,
                              .text = page.text,
                              .main_text = page.main_text,
                              .markdown = page.markdown,
                              .jsonld = page.jsonld,
                              .microdata = page.microdata,
                              .meta = &page.meta});
}

// What was made for a rule only is not the page's.
void drop_unwanted(const ParseWants& wants, ParsedPage& page) {
  if (!wants.main_text) page.main_text.clear();
  if (!wants.markdown) page.markdown.clear();
  if (wants.structured) return;
  const ParsedPage nothing;
  page.jsonld = nothing.jsonld;
  page.microdata = nothing.microdata;
}

std::optional<HtmlTree> tree_of(std::string_view html, ParsedPage& page) {
  auto tree = HtmlTree::parse(html);
  page.used_tree = tree.has_value();
  page.over_limits = !tree.has_value();
  return tree;
}

// Whether all that the tree gives is kept, and a function of reading_key() and the base.
bool may_repeat(const ParseJob& job, const RuleNeeds& needs, const ParsedPage& page) {
  return needs.tree && !page.unchanged && !job.wants.always_tree && job.marker.empty() &&
         job.purpose != model::Purpose::login_form;
}

// All that bears on what is read from a tree, but the base of its links. Needs: the scan is done.
std::string reading_key(const ParseJob& job, const CompiledRules* rules, const ParsedPage& page) {
  std::string key = page.content_hash;
  const auto add = [&](std::string_view text) { key.append(1, '\n').append(text); };
  add(std::to_string(page.body_size));
  add(to_string(page.kind));
  add(page.charset);
  add(page.canonical);
  add(date_in_path(job.url));
  for (const bool want : {job.wants.main_text, job.wants.markdown, job.wants.structured}) {
    key += want ? '1' : '0';
  }
  if (rules == nullptr) return key;
  add(std::to_string(job.rule_set));
  add(rules->matching(job.url));
  if (rules->needs().url) add(job.url);
  return key;
}

// A piece out of the middle: pages begin with menus.
std::string_view language_sample(std::string_view text) {
  if (text.size() <= kLanguageSample) return text;
  const auto inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t begin = (text.size() - kLanguageSample) / 2;
  std::size_t end = begin + kLanguageSample;
  while (begin < end && inside(begin)) ++begin;
  while (end > begin && end < text.size() && inside(end)) --end;
  return text.substr(begin, end - begin);
}

// HTML 3.2.6.2: where the page is silent, Content-Language of one language tells.
void add_language(const ParseJob& job, ParsedPage& page) {
  const std::string_view header = base::trim(job.headers.content_language);
  if (page.lang.empty() && header.find(',') == std::string_view::npos) page.lang = header;
  if (page.lang.empty()) page.lang = detect_language(language_sample(page.text));
}

void add_robots(const ParseJob& job, ParsedPage& page) {
  RobotsDirectives directives(job.robots_agent);
  for (const auto& [name, content] : page.meta) directives.add_meta(name, content);
  directives.add_header(job.headers.x_robots_tag);
  directives.add_tdm_reservation(job.headers.tdm_reservation);
  directives.add_content_signal(job.headers.content_signal);
  page.robots = directives.take();
}

// JSON Feed 1.1, "Mime Type": application/feed+json; feeds of version 1 are application/json, as
// any JSON is, and begin with their version.
bool may_be_json_feed(std::string_view content_type, std::string_view body) {
  return parse_content_type(content_type).essence == "application/feed+json" ||
         body.substr(0, kJsonFeedFront).find("jsonfeed.org") != std::string_view::npos;
}

bool is_drawing(const ParseJob& job) {
  return parse_content_type(job.headers.content_type).essence == "image/svg+xml";
}

// CSS Values 4 section 4.5: against the sheet's own URL.
void add_style_sheet_links(std::string_view css, const ParseJob& job, ParsedPage& page) {
  LinkResolver resolver(model::Url::parse(job.url), {});
  for (const std::string& reference : css_urls(css)) {
    if (page.links.size() >= job.max_links) {
      page.links_truncated = true;
      return;
    }
    const std::string_view url = resolver.resolve(reference);
    if (url.empty() || url.starts_with("data:")) continue;
    page.add_link({.url = url, .tag = model::LinkTag::css});
  }
}

}  // namespace

PageReader::PageReader(const std::vector<RuleSet>& rule_sets, std::size_t remembered)
    : readings_(remembered) {
  for (const RuleSet& set : rule_sets) {
    auto compiled = CompiledRules::compile(set);
    rules_.push_back(compiled ? std::optional(std::move(*compiled)) : std::nullopt);
  }
}

const CompiledRules* PageReader::rules_for(const ParseJob& job, const ParsedPage& page) const {
  if (page.unchanged || job.rule_set == 0 || job.rule_set > rules_.size()) return nullptr;
  const auto& rules = rules_[job.rule_set - 1];
  const bool concern = rules && rules->matching(job.url).find('1') != std::string::npos;
  return concern ? &*rules : nullptr;
}

void PageReader::read(const ParseJob& job, std::string_view body, ParsedPage& page) {
  if (body.size() >= kLargeBody) readings_.forget();
  page.base = job.url;
  page.kind = sniff_kind(job.headers.content_type, body, job.url);
  switch (page.kind) {
    case DocumentKind::html:
    case DocumentKind::xhtml:
      read_html(job, body, page);
      break;
    case DocumentKind::xml:
    case DocumentKind::json:
    case DocumentKind::text:
      read_text(job, body, page);
      break;
    case DocumentKind::binary:
    case DocumentKind::empty:
      break;
  }
  read_listing(job, body, page);
  add_header_links({.link = job.headers.link, .refresh = job.headers.refresh}, job.url,
                   job.max_links, page);
  add_robots(job, page);
  if (page.unchanged) {
    page.text.clear();
    return;
  }
  add_language(job, page);
  page.simhash = simhash(page.main_text.empty() ? page.text : page.main_text);
}

void PageReader::read_html(const ParseJob& job, std::string_view body, ParsedPage& page) {
  const DocumentText text(body, job.headers.content_type, page);
  std::string rewritten;
  std::string_view html = text.view();
  if (page.kind == DocumentKind::xhtml) html = rewritten = xhtml_as_html(html);
  const CompiledRules* rules = rules_for(job, page);
  const RuleNeeds needs = needs_of(job, rules, page.unchanged);
  std::optional<HtmlTree> tree;
  if (job.wants.always_tree) tree = tree_of(html, page);
  ScanExtras extras;
  if (tree) {
    scan_tree_facts(*tree, html, scan_options(job, page), page, extras);
  } else {
    scanner_.scan(html, scan_options(job, page), page, extras);
  }
  add_srcdoc_links(scanner_, scan_options(job, page), std::move(extras.srcdocs), page);
  const DocumentBase base(model::Url::parse(page.base));
  const bool repeats = may_repeat(job, needs, page);
  std::string key = repeats ? reading_key(job, rules, page) : std::string();
  if (repeats && readings_.recall(key, base, page)) return;
  if (needs.tree && !job.wants.always_tree) tree = tree_of(html, page);
  if (tree && !page.unchanged) add_tree_facts(*tree, job, base, needs, page);
  if (tree && !job.marker.empty()) page.marked = finds(job.marker, *tree);
  if (tree && job.purpose == model::Purpose::login_form) {
    page.form = read_form(*tree, job.form, page.charset);
  }
  if (needs.jsonld) page.jsonld = jsonld_array(extras.jsonld);
  if (rules != nullptr) {
    add_records(*rules, job, base, text.view(), tree ? &*tree : nullptr, page);
    drop_unwanted(job.wants, page);
  }
  if (repeats) readings_.keep(std::move(key), base, page);
}

bool PageReader::finds(const std::string& selector, const HtmlTree& tree) {
  if (!marker_ || marker_->text() != selector) {
    auto compiled = Selector::compile(selector);
    if (!compiled) return false;  // it was checked when the configuration was loaded
    marker_ = *std::move(compiled);
  }
  const SelectorDocument document(tree);
  return !SelectorMatcher(*marker_, document).values(nullptr, 1).empty();
}

void PageReader::read_text(const ParseJob& job, std::string_view body, ParsedPage& page) {
  DocumentText text(body, job.headers.content_type, page);
  if (const CompiledRules* rules = rules_for(job, page)) {
    add_records(*rules, job, model::Url::parse(page.base), text.view(), nullptr, page);
  }
  if (job.wants.css_urls && parse_content_type(job.headers.content_type).essence == "text/css") {
    add_style_sheet_links(text.view(), job, page);
    return;
  }
  if (job.wants.css_urls && is_drawing(job)) add_drawing_links(text.view(), job, page);
  if (page.kind == DocumentKind::text) page.text = std::move(text).take();
}

// What an SVG file is drawn from: images, parts of other files, sheets, scripts. It is shown within
// pages, where nobody follows its <a>.
void PageReader::add_drawing_links(std::string_view svg, const ParseJob& job, ParsedPage& page) {
  ParsedPage drawing;
  drawing.charset = page.charset;
  ScanExtras extras;
  scanner_.scan(xhtml_as_html(svg), scan_options(job, page), drawing, extras);
  page.links_truncated = page.links_truncated || drawing.links_truncated;
  for (const model::Link& link : drawing.links) {
    if (link.tag == model::LinkTag::a || link.tag == model::LinkTag::svg_a) continue;
    const bool used = link.tag == model::LinkTag::other;  // <use>
    page.add_link({.url = link.url, .tag = used ? model::LinkTag::img : link.tag});
  }
}

// A page that turns out to be a feed is read as one, whoever asked for it.
void PageReader::read_listing(const ParseJob& job, std::string_view body, ParsedPage& page) {
  const bool may_be_one =
      page.kind == DocumentKind::xml ||
      (page.kind == DocumentKind::json && may_be_json_feed(job.headers.content_type, body));
  if (job.purpose != model::Purpose::sitemap && !may_be_one) return;
  page.sitemap =
      parse_sitemap(body, job.url, {.max_size = job.max_decoded_size}, job.headers.content_type);
}

}  // namespace crawld::parsers
