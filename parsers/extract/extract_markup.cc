#include "parsers/extract/extract_markup.h"

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

using base::is_ascii_space;

// Elements that stand on lines of their own (HTML 15.3).
bool is_block(const GumboNode* node) {
  if (!is_element(node) || node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return false;
  switch (node->v.element.tag) {
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PLAINTEXT:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_XMP:
      return true;
    default:
      return false;
  }
}

bool is_unseen(const GumboNode* node) {
  return node->type == GUMBO_NODE_TEMPLATE || node->type == GUMBO_NODE_COMMENT ||
         (is_element(node) &&
          (node->v.element.tag == GUMBO_TAG_SCRIPT || node->v.element.tag == GUMBO_TAG_STYLE));
}

bool keeps_space(const GumboNode* node) {
  return is_html(node, GUMBO_TAG_PRE) || is_html(node, GUMBO_TAG_TEXTAREA) ||
         is_html(node, GUMBO_TAG_LISTING) || is_html(node, GUMBO_TAG_XMP);
}

// Collects words with what must stand between them.
class Lines {
 public:
  void line() { gap_ = '\n'; }
  void space() {
    if (gap_ == '\0') gap_ = ' ';
  }
  // <br>: each one counts, up to an empty line.
  void line_break() {
    if (gap_ == '\n' && !text_.empty() && !twice_) {
      twice_ = broken_;
    }
    gap_ = '\n';
    broken_ = true;
  }
  void add(std::string_view words) {
    for (std::size_t at = 0; at < words.size();) {
      if (is_ascii_space(words[at])) {
        space();
        ++at;
        continue;
      }
      std::size_t start = at;
      while (at < words.size() && !is_ascii_space(words[at])) ++at;
      close_gap();
      text_ += words.substr(start, at - start);
    }
  }
  void add_as_is(std::string_view words) {
    if (words.empty()) return;
    close_gap();
    text_ += words;
  }
  std::string take() { return std::move(text_); }

 private:
  void close_gap() {
    if (!text_.empty() && gap_ != '\0') text_ += gap_;
    if (!text_.empty() && twice_) text_ += '\n';
    gap_ = '\0';
    twice_ = broken_ = false;
  }

  std::string text_;
  char gap_ = '\0';
  bool broken_ = false;  // the gap holds a <br>
  bool twice_ = false;   // ... and a second one
};

bool is_void(const GumboNode* element) {
  if (element->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return false;
  switch (element->v.element.tag) {
    case GUMBO_TAG_AREA:
    case GUMBO_TAG_BASE:
    case GUMBO_TAG_BASEFONT:
    case GUMBO_TAG_BGSOUND:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_COL:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_FRAME:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_KEYGEN:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_META:
    case GUMBO_TAG_PARAM:
    case GUMBO_TAG_SOURCE:
    case GUMBO_TAG_TRACK:
    case GUMBO_TAG_WBR:
      return true;
    default:
      return false;
  }
}

bool holds_raw_text(const GumboNode* element) {
  if (!is_element(element) || element->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) {
    return false;
  }
  switch (element->v.element.tag) {
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_PLAINTEXT:
      return true;
    default:
      return false;
  }
}

void append_escaped(std::string& to, std::string_view text, bool in_attribute) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '&') {
      to += "&amp;";
    } else if (c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\xA0') {
      to += "&nbsp;";
      ++i;
    } else if (c == '"' && in_attribute) {
      to += "&quot;";
    } else if (c == '<') {
      to += "&lt;";
    } else if (c == '>') {
      to += "&gt;";
    } else {
      to += c;
    }
  }
}

void append_start_tag(std::string& to, const GumboNode* element) {
  to += '<';
  to += tag_name(element);
  const GumboVector& held = element->v.element.attributes;
  for (unsigned i = 0; i < held.length; ++i) {
    const auto* attribute = static_cast<const GumboAttribute*>(held.data[i]);
    std::string_view name = attribute->name;
    to += ' ';
    switch (attribute->attr_namespace) {
      case GUMBO_ATTR_NAMESPACE_NONE:
        break;
      case GUMBO_ATTR_NAMESPACE_XLINK:
        if (!name.starts_with("xlink:")) to += "xlink:";
        break;
      case GUMBO_ATTR_NAMESPACE_XML:
        if (!name.starts_with("xml:")) to += "xml:";
        break;
      case GUMBO_ATTR_NAMESPACE_XMLNS:
        if (!name.starts_with("xmlns")) to += "xmlns:";
        break;
    }
    to += name;
    to += "=\"";
    append_escaped(to, attribute->value, true);
    to += '"';
  }
  to += '>';
}

}  // namespace

std::string element_text(const GumboNode* element) {
  if (is_unseen(element)) return text_content(element);
  Lines lines;
  int kept = 0;  // elements around that keep white space
  walk_tree(
      element,
      [&](const GumboNode* node) {
        if (is_unseen(node)) return false;
        if (is_text(node)) {
          kept > 0 ? lines.add_as_is(node->v.text.text) : lines.add(node->v.text.text);
          return false;
        }
        if (is_html(node, GUMBO_TAG_BR)) lines.line_break();
        if (is_html(node, GUMBO_TAG_TD) || is_html(node, GUMBO_TAG_TH)) lines.space();
        if (is_block(node)) lines.line();
        if (keeps_space(node)) ++kept;
        return true;
      },
      [&](const GumboNode* node) {
        if (is_unseen(node) || is_text(node)) return;
        if (is_block(node)) lines.line();
        if (keeps_space(node)) --kept;
      });
  return lines.take();
}

std::string inner_html(const GumboNode* element) {
  std::string html;
  walk_tree(
      element,
      [&](const GumboNode* node) {
        if (is_element(node)) {
          if (node != element) append_start_tag(html, node);
          return true;
        }
        if (node->type == GUMBO_NODE_COMMENT) {
          html += "<!--";
          html += node->v.text.text;
          html += "-->";
        } else if (is_text(node)) {
          if (holds_raw_text(node->parent)) {
            html += node->v.text.text;
          } else {
            append_escaped(html, node->v.text.text, false);
          }
        }
        return true;
      },
      [&](const GumboNode* node) {
        if (!is_element(node) || node == element || is_void(node)) return;
        html += "</";
        html += tag_name(node);
        html += '>';
      });
  return html;
}

}  // namespace crawld::parsers
