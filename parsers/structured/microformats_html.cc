// Serializing an element's contents (HTML 13.3) with absolute URLs, iteratively.
#include <array>

#include "parsers/structured/microformats_values.h"

namespace crawld::parsers {
namespace {

void append_escaped(std::string_view text, bool in_attribute, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      out += "&amp;";
    } else if (text.substr(i, 2) == "\xC2\xA0") {
      out += "&nbsp;";
      ++i;
    } else if (in_attribute && c == '"') {
      out += "&quot;";
    } else if (!in_attribute && (c == '<' || c == '>')) {
      out += c == '<' ? "&lt;" : "&gt;";
    } else {
      out += c;
    }
  }
}

bool is_void(const GumboNode* element) {
  constexpr std::array kVoid = {GUMBO_TAG_AREA,  GUMBO_TAG_BASE, GUMBO_TAG_BR,    GUMBO_TAG_COL,
                                GUMBO_TAG_EMBED, GUMBO_TAG_HR,   GUMBO_TAG_IMG,   GUMBO_TAG_INPUT,
                                GUMBO_TAG_LINK,  GUMBO_TAG_META, GUMBO_TAG_PARAM, GUMBO_TAG_SOURCE,
                                GUMBO_TAG_TRACK, GUMBO_TAG_WBR};
  for (const auto tag : kVoid) {
    if (is_html(element, tag)) return true;
  }
  return false;
}

bool holds_raw_text(const GumboNode* element) {
  return is_html(element, GUMBO_TAG_SCRIPT) || is_html(element, GUMBO_TAG_STYLE);
}

bool is_address(std::string_view attribute) {
  return attribute == "href" || attribute == "src" || attribute == "poster" ||
         attribute == "data" || attribute == "cite";
}

void append_start_tag(const GumboNode* element, MicroformatValues& values, std::string& out) {
  out += '<';
  out += tag_name(element);
  const auto& attributes = element->v.element.attributes;
  for (unsigned i = 0; i < attributes.length; ++i) {
    const auto* told = static_cast<const GumboAttribute*>(attributes.data[i]);
    out += ' ';
    out += told->name;
    out += "=\"";
    append_escaped(is_address(told->name) ? values.absolute(told->value) : told->value, true, out);
    out += '"';
  }
  out += '>';
}

void append_end_tag(const GumboNode* element, std::string& out) {
  out += "</";
  out += tag_name(element);
  out += '>';
}

constexpr std::size_t kMaxHtml = 8 << 20;  // bytes over all values of a page

}  // namespace

std::string MicroformatValues::inner_html(const GumboNode* element) {
  std::string out;
  std::vector<const GumboNode*> open;
  const auto close_until = [&](const GumboNode* parent) {
    while (!open.empty() && open.back() != parent) {
      append_end_tag(open.back(), out);
      open.pop_back();
    }
  };
  for (const auto* node = next_node(element, element);
       node != nullptr && read_ + out.size() <= kMaxHtml; node = next_node(node, element)) {
    close_until(node->parent);
    if (is_text(node)) {
      if (holds_raw_text(node->parent)) {
        out += node->v.text.text;
      } else {
        append_escaped(node->v.text.text, false, out);
      }
    } else if (node->type == GUMBO_NODE_COMMENT) {
      out += "<!--" + std::string(node->v.text.text) + "-->";
    } else if (is_element(node)) {
      append_start_tag(node, *this, out);
      if (!is_void(node)) open.push_back(node);
    }
  }
  close_until(nullptr);
  read_ += out.size();
  const auto first = out.find_first_not_of(" \t\n\r\f");
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of(" \t\n\r\f") - first + 1);
}

}  // namespace crawld::parsers
