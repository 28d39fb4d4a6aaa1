#include "parsers/html/tree_scan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "parsers/html/page_scan_facts.h"
#include "parsers/html/raw_text.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {
namespace {

Tag tag_of(const GumboNode* element) {
  static const std::array<Tag, GUMBO_TAG_LAST> kTags = [] {
    std::array<Tag, GUMBO_TAG_LAST> tags{};
    for (int tag = 0; tag < GUMBO_TAG_LAST; ++tag) {
      tags[static_cast<std::size_t>(tag)] =
          find_tag(gumbo_normalized_tagname(static_cast<GumboTag>(tag)));
    }
    return tags;
  }();
  const GumboTag tag = element->v.element.tag;
  if (tag < GUMBO_TAG_UNKNOWN) return kTags[static_cast<std::size_t>(tag)];
  return find_tag(tag_name(element));
}

Space space_of(const GumboNode* element) {
  switch (element->v.element.tag_namespace) {
    case GUMBO_NAMESPACE_HTML:
      return Space::html;
    case GUMBO_NAMESPACE_SVG:
      return Space::svg;
    case GUMBO_NAMESPACE_MATHML:
      return Space::math;
  }
  return Space::html;
}

Attr attr_of(const GumboAttribute& attribute) {
  const std::string_view name = attribute.name;
  switch (attribute.attr_namespace) {
    case GUMBO_ATTR_NAMESPACE_NONE:
      return find_attr(name);
    case GUMBO_ATTR_NAMESPACE_XLINK:
      return name == "href" ? Attr::xlink_href : Attr::unknown;
    case GUMBO_ATTR_NAMESPACE_XML:
      return name == "lang" ? Attr::xml_lang : Attr::unknown;
    case GUMBO_ATTR_NAMESPACE_XMLNS:
      return Attr::unknown;
  }
  return Attr::unknown;
}

void read_attributes(const GumboNode* element, std::vector<Attribute>& attributes) {
  attributes.clear();
  const GumboVector& list = element->v.element.attributes;
  for (unsigned i = 0; i < list.length; ++i) {
    const auto& attribute = *static_cast<const GumboAttribute*>(list.data[i]);
    const Attr id = attr_of(attribute);
    if (id != Attr::unknown) attributes.push_back({id, attribute.name, attribute.value});
  }
}

// Says of a place in the text whether it stands between <noscript> and </noscript>. A tree
// does not tell: what must not stand in a head's noscript is moved out of it. It tells which
// elements hold raw text, though: a <style> in SVG or in a <select> does not.
class NoscriptFinder {
 public:
  NoscriptFinder(const HtmlTree& tree, std::string_view utf8) : utf8_(utf8), tokenizer_(utf8) {
    for (const GumboNode* element : tree.elements()) {
      const bool html = element->v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
      if (html && raw_text_mode(tag_of(element)) != TextMode::data) {
        raw_.push_back(element->v.element.original_tag.data);
      }
    }
    std::sort(raw_.begin(), raw_.end());
  }

  // Needs: `element` not before the one asked about last (else the answer may be wrong).
  bool encloses(const GumboNode* element) {
    const char* place = element->v.element.original_tag.data;
    if (place == nullptr) return false;
    while (at_ <= place && !ended_) read_token();
    return before_last_ > 0;
  }

 private:
  void read_token() {
    const Token token = tokenizer_.next();
    before_last_ = open_;
    if (token.kind == TokenKind::end) {
      ended_ = true;
      return;
    }
    if (token.kind == TokenKind::start_tag) steer(token);
    if (token.tag == Tag::noscript) {
      if (token.kind == TokenKind::start_tag)
        ++open_;
      else if (open_ > 0)
        --open_;
    }
    if (token.raw.data() != nullptr) at_ = token.raw.data() + token.raw.size();
  }

  void steer(const Token& token) {
    const TextMode mode = raw_text_mode(token.tag);
    if (mode == TextMode::data) return;
    if (std::binary_search(raw_.begin(), raw_.end(), token.raw.data())) tokenizer_.set_mode(mode);
  }

  std::string_view utf8_;
  Tokenizer tokenizer_;
  const char* at_ = utf8_.data();
  std::vector<const char*> raw_;  // start tags of elements that hold raw text, sorted
  int open_ = 0;
  int before_last_ = 0;  // as open_ stood before the last token
  bool ended_ = false;
};

std::optional<std::string_view> first_base(const HtmlTree& tree, std::string_view utf8) {
  NoscriptFinder noscript(tree, utf8);
  for (const GumboNode* element : tree.elements().first(tree.in_document())) {
    if (!is_html(element, GUMBO_TAG_BASE)) continue;
    const auto href = attribute(element, "href");
    if (href && !noscript.encloses(element)) return href;
  }
  return std::nullopt;
}

// Feeds a collector with the nodes of a tree.
class TreeWalk {
 public:
  TreeWalk(const HtmlTree& tree, std::string_view utf8, FactCollector& facts)
      : noscript_(tree, utf8), facts_(facts) {}

  void walk(const GumboNode* document) {
    const GumboNode* node = children(document).empty() ? nullptr : children(document).front();
    while (node != nullptr) {
      const bool goes_in = enter(node);
      const auto inside = children(node);
      if (!inside.empty() && goes_in) {
        node = inside.front();
        continue;
      }
      while (node != document && !has_next(node)) {
        leave(node);
        node = node->parent;
      }
      if (node == document) return;
      leave(node);
      node = children(node->parent)[node->index_within_parent + 1];
    }
  }

 private:
  static bool has_next(const GumboNode* node) {
    return node->index_within_parent + 1 < children(node->parent).size();
  }

  bool enter(const GumboNode* node) {
    if (is_text(node)) {
      facts_.text(node->v.text.text, TextMode::cdata);
    } else if (is_element(node)) {
      read_attributes(node, attributes_);
      // Only a meta is judged by where it stands; looking is not free.
      const bool in_noscript = is_html(node, GUMBO_TAG_META) && noscript_.encloses(node);
      return facts_.enter(tag_of(node), space_of(node), in_noscript, attributes_);
    }
    return true;
  }

  void leave(const GumboNode* node) {
    if (is_element(node)) facts_.leave(tag_of(node), space_of(node));
  }

  NoscriptFinder noscript_;
  FactCollector& facts_;
  std::vector<Attribute> attributes_;
};

}  // namespace

void scan_tree_facts(const HtmlTree& tree, std::string_view utf8, const ScanOptions& options,
                     model::ParsedPage& page, ScanExtras& extras) {
  const auto base = first_base(tree, utf8);
  FactCollector facts(options, base, FactCollector::Values::decoded, page, extras);
  TreeWalk(tree, utf8, facts).walk(tree.document());
  facts.finish();
}

}  // namespace crawld::parsers
