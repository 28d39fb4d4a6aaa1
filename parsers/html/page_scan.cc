#include "parsers/html/page_scan.h"

#include <optional>

#include "parsers/html/page_scan_builder.h"
#include "parsers/html/page_scan_facts.h"
#include "parsers/html/url_place_finder.h"

namespace crawld::parsers {
namespace {

// Whose content is none of the page's.
bool is_template(const OutlineNode& node) {
  return node.tag == Tag::template_ && node.space == Space::html;
}

std::optional<std::string_view> first_base(const Outline& outline) {
  std::optional<std::string_view> first;
  const auto look_at = [&](const OutlineNode& node) {
    if (!first && node.tag == Tag::base && node.space == Space::html && !node.in_noscript) {
      for (const Attribute& attribute : outline.attributes(node)) {
        if (attribute.id == Attr::href) first = attribute.value;
      }
    }
    return !first && !is_template(node);
  };
  outline.walk(look_at, [](const OutlineNode&) {});
  return first;
}

}  // namespace

struct PageScanner::State {
  OutlineBuilder builder;
  Outline outline;
};

PageScanner::PageScanner() : state_(std::make_unique<State>()) {}
PageScanner::~PageScanner() = default;

void PageScanner::scan(std::string_view utf8, const ScanOptions& options, model::ParsedPage& page,
                       ScanExtras& extras) {
  Outline& outline = state_->outline;
  state_->builder.build(utf8, outline);
  std::optional<std::string_view> base;
  if (state_->builder.has_base()) base = first_base(outline);
  std::string decoded;
  if (base) base = decode_attribute(*base, decoded);
  FactCollector facts(options, base, FactCollector::Values::as_written, page, extras);
  const auto enter = [&](const OutlineNode& node) {
    if (node.is_text) {
      facts.text(outline.text(node), node.mode);
      return true;
    }
    return facts.enter(node.tag, node.space, node.in_noscript, outline.attributes(node));
  };
  outline.walk(enter, [&](const OutlineNode& node) { facts.leave(node.tag, node.space); });
  facts.finish();
  outline.forget_large();
  if (state_->builder.truncated()) page.links_truncated = true;
}

// Templates are read as well: scripts show copies of them.
std::vector<model::UrlPlace> PageScanner::places(std::string_view utf8, const ScanOptions& options,
                                                 int depth) {
  Outline& outline = state_->outline;
  state_->builder.build(utf8, outline);
  std::optional<std::string_view> base;
  if (state_->builder.has_base()) base = first_base(outline);
  std::string decoded;
  if (base) base = decode_attribute(*base, decoded);
  UrlPlaceFinder finder(utf8, options.url, options.encoding, base);
  const auto enter = [&](const OutlineNode& node) {
    if (node.is_text) {
      finder.text(outline.text(node), node.mode);
    } else {
      finder.enter(node.tag, node.space, outline.attributes(node));
    }
    return true;
  };
  outline.walk(enter, [&](const OutlineNode& node) { finder.leave(node.tag); });
  outline.forget_large();
  // The walk is over by then, so the outline may be another's.
  return std::move(finder).take([&](std::string_view html, const std::string& fallback_base) {
    if (depth == model::kMaxSrcdocDepth) return std::vector<model::UrlPlace>();
    ScanOptions inner = options;
    inner.url = fallback_base;
    return places(html, inner, depth + 1);
  });
}

}  // namespace crawld::parsers
