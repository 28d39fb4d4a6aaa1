#include "parsers/page_scan.h"

#include <optional>

#include "parsers/page_scan_builder.h"
#include "parsers/page_scan_facts.h"

namespace crawld::parsers {
namespace {

bool is_template(const OutlineNode& node) {
  return !node.is_text && node.tag == Tag::template_ && node.space == Space::html;
}

// The node after `node` in document order that is no content of a template; 0 at the end.
// `leave` is told of each node whose content ends on the way.
template <class Leave>
std::uint32_t next_node(const Outline& outline, std::uint32_t node, const Leave& leave) {
  const OutlineNode& here = outline.at(node);
  if (here.first != 0 && !is_template(here)) return here.first;
  while (node != 0) {
    leave(outline.at(node));
    if (outline.at(node).next != 0) return outline.at(node).next;
    node = outline.at(node).parent;
  }
  return 0;
}

std::optional<std::string_view> first_base(const Outline& outline) {
  const auto ignore = [](const OutlineNode&) {};
  for (std::uint32_t node = outline.at(0).first; node != 0;
       node = next_node(outline, node, ignore)) {
    const OutlineNode& here = outline.at(node);
    if (here.tag != Tag::base || here.space != Space::html || here.in_noscript) continue;
    for (const Attribute& attribute : outline.attributes(here)) {
      if (attribute.id == Attr::href) return attribute.value;
    }
  }
  return std::nullopt;
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
  const auto leave = [&](const OutlineNode& node) {
    if (!node.is_text) facts.leave(node.tag, node.space);
  };
  for (std::uint32_t node = outline.at(0).first; node != 0;
       node = next_node(outline, node, leave)) {
    const OutlineNode& here = outline.at(node);
    if (here.is_text)
      facts.text(outline.text(here), here.mode);
    else
      facts.enter(here.tag, here.space, here.in_noscript, outline.attributes(here));
  }
  facts.finish();
  if (state_->builder.truncated()) page.links_truncated = true;
}

}  // namespace crawld::parsers
