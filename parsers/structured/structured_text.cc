#include "parsers/structured/structured_text.h"

#include <algorithm>
#include <string_view>

namespace crawld::parsers {
namespace {

int line_ends(GumboTag tag) {
  switch (static_cast<int>(tag)) {
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
      return 1;
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_UL:
      return 2;
    default:
      return 0;
  }
}

bool is_silent(const GumboNode* node) {
  if (node->type == GUMBO_NODE_TEMPLATE) return true;
  return is_html(node, GUMBO_TAG_SCRIPT) || is_html(node, GUMBO_TAG_STYLE);
}

class Layout {
 public:
  void text(std::string_view text) {
    for (const char c : text) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
        space_ = true;
        continue;
      }
      if (!out_.empty()) {
        if (lines_ > 0) {
          out_.append(static_cast<std::size_t>(lines_), '\n');
        } else if (space_) {
          out_ += ' ';
        }
      }
      lines_ = 0;
      space_ = false;
      out_ += c;
    }
  }
  void line_end(int lines) { lines_ = std::max(lines_, lines); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  int lines_ = 0;
  bool space_ = false;
};

}  // namespace

std::string laid_out_text(const GumboNode* element) {
  Layout layout;
  // The walk has no ends of elements: one is seen when the next node stands outside it.
  std::vector<const GumboNode*> open;
  for (const auto* node = next_node(element, element); node != nullptr;) {
    while (!open.empty() && node->parent != open.back()) {
      layout.line_end(line_ends(open.back()->v.element.tag));
      open.pop_back();
    }
    if (is_text(node)) layout.text(node->v.text.text);
    if (!is_element(node)) {
      node = next_node(node, element);
      continue;
    }
    if (is_silent(node)) {
      node = next_outside(node, element);
      continue;
    }
    layout.line_end(line_ends(node->v.element.tag));
    open.push_back(node);
    node = next_node(node, element);
  }
  return layout.take();
}

}  // namespace crawld::parsers
