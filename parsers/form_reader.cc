#include "parsers/form_reader.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "parsers/bytes/charset_labels.h"
#include "parsers/html/text.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/selector_document.h"
#include "parsers/selector/selector_forms.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;

std::string text_attribute(const GumboNode* node, std::string_view name) {
  return std::string(attribute(node, name).value_or(std::string_view()));
}

std::string keyword(const GumboNode* node, std::string_view name) {
  return ascii_lower(base::trim(attribute(node, name).value_or(std::string_view())));
}

// "submit", "image", "password", ... of an input or button; empty for other elements.
std::string control_type(const GumboNode* node) {
  if (is_html(node, GUMBO_TAG_INPUT)) {
    std::string type = keyword(node, "type");
    return type.empty() ? "text" : type;
  }
  if (!is_html(node, GUMBO_TAG_BUTTON)) return {};
  const std::string type = keyword(node, "type");
  return type == "button" || type == "reset" ? type : "submit";
}

bool is_submit(std::string_view type) { return type == "submit" || type == "image"; }

bool stands_in_table(const GumboNode* node) {
  return is_html(node, GUMBO_TAG_TABLE) || is_html(node, GUMBO_TAG_TBODY) ||
         is_html(node, GUMBO_TAG_THEAD) || is_html(node, GUMBO_TAG_TFOOT) ||
         is_html(node, GUMBO_TAG_TR);
}

class FormReader {
 public:
  FormReader(const HtmlTree& tree, std::string_view charset)
      : document_(tree), charset_(charset), owners_(document_.size(), kNoElement) {
    find_owners();
  }

  model::Form read(std::string_view selector) {
    const ElementNumber form = selector.empty() ? asking_for_password() : selected(selector);
    return form == kNoElement ? model::Form{} : describe(form);
  }

 private:
  void find_owners() {
    std::unordered_map<std::string_view, ElementNumber> by_id;
    ElementNumber in_table = kNoElement;  // a form that the table's syntax closed at once
    ElementNumber table_end = 0;
    for (ElementNumber e = 0; e < document_.size(); ++e) {
      const GumboNode* node = document_.node(e);
      const ElementNumber parent = document_.parent(e);
      if (e >= table_end) in_table = kNoElement;
      if (is_html(node, GUMBO_TAG_FORM)) {
        owners_[e] = e;
        if (document_.has_id(e)) by_id.emplace(document_.id(e), e);
        // The parser's form pointer (HTML 13.2.6.4.9) stays with it for what follows there.
        if (parent != kNoElement && stands_in_table(document_.node(parent)) &&
            document_.end_of(e) == e + 1) {
          in_table = e;
          table_end = document_.end_of(parent);
        }
        continue;
      }
      owners_[e] = parent == kNoElement ? kNoElement : owners_[parent];
      if (owners_[e] == kNoElement) owners_[e] = in_table;
    }
    for (ElementNumber e = 0; e < document_.size(); ++e) {
      const auto id = attribute(document_.node(e), "form");
      if (!id || is_html(document_.node(e), GUMBO_TAG_FORM)) continue;
      const auto found = by_id.find(*id);
      named_.emplace_back(e, found == by_id.end() ? kNoElement : found->second);
    }
    for (const auto& [element, form] : named_) owners_[element] = form;
  }

  ElementNumber asking_for_password() const {
    std::vector<std::pair<ElementNumber, int>> asking;  // forms, and how many passwords
    for (ElementNumber e = 0; e < document_.size(); ++e) {
      if (owners_[e] == kNoElement || control_type(document_.node(e)) != "password") continue;
      if (asking.empty() || asking.back().first != owners_[e]) asking.emplace_back(owners_[e], 0);
      ++asking.back().second;
    }
    for (const auto& [form, passwords] : asking) {
      if (passwords == 1) return form;
    }
    return asking.empty() ? kNoElement : asking.front().first;
  }

  ElementNumber selected(std::string_view text) const {
    const auto selector = Selector::compile(text);
    if (!selector) return kNoElement;
    SelectorMatcher matcher(*selector, document_);
    const auto found = matcher.select(nullptr, 1);
    if (found.empty()) return kNoElement;
    const ElementNumber first = document_.number(found.front());
    if (first == kNoElement || owners_[first] != kNoElement) {
      return first == kNoElement ? first : owners_[first];
    }
    for (ElementNumber e = first; e < document_.end_of(first); ++e) {
      if (is_html(document_.node(e), GUMBO_TAG_FORM)) return e;
    }
    return kNoElement;
  }

  model::Form describe(ElementNumber form) {
    const GumboNode* node = document_.node(form);
    model::Form out{.found = true,
                    .action = text_attribute(node, "action"),
                    .method = keyword(node, "method"),
                    .enctype = keyword(node, "enctype"),
                    .charset = charset_of(node),
                    .fields = {}};
    bool pressed = false;
    for (ElementNumber e = 0; e < document_.size(); ++e) {
      if (owners_[e] != form || e == form) continue;
      const bool pressed_now =
          !pressed && is_submit(control_type(document_.node(e))) && !document_.forms().disabled(e);
      if (pressed_now) press(document_.node(e), out);
      pressed = pressed || pressed_now;
      add(e, pressed_now, out);
    }
    if (out.method != "post" && out.method != "dialog") out.method = "get";
    return out;
  }

  // HTML 4.10.21.3 steps 10 to 12: what the button says comes before the form.
  static void press(const GumboNode* button, model::Form& out) {
    if (attribute(button, "formaction")) out.action = text_attribute(button, "formaction");
    if (attribute(button, "formmethod")) out.method = keyword(button, "formmethod");
    if (attribute(button, "formenctype")) out.enctype = keyword(button, "formenctype");
  }

  // HTML 4.10.21.5 "picking an encoding for the form".
  std::string charset_of(const GumboNode* form) const {
    const std::string accepted = text_attribute(form, "accept-charset");
    for (std::size_t at = 0; at < accepted.size();) {
      const std::size_t begin = accepted.find_first_not_of(" \t\n\f\r,", at);
      if (begin == std::string::npos) break;
      at = std::min(accepted.find_first_of(" \t\n\f\r,", begin), accepted.size());
      const auto name = encoding_for_label(std::string_view(accepted).substr(begin, at - begin));
      if (!name.empty()) return output_encoding(name);
    }
    return output_encoding(charset_);
  }

  static std::string output_encoding(std::string_view name) {
    const bool utf8 = name.empty() || name == "replacement" || name.starts_with("utf-16");
    return std::string(utf8 ? "utf-8" : name);
  }

  // 4.10.21.4 steps 5.1 to 5.10.
  void add(ElementNumber e, bool pressed, model::Form& out) {
    const GumboNode* node = document_.node(e);
    if (document_.forms().disabled(e) || stands_in_datalist(e)) return;
    const std::string name = text_attribute(node, "name");
    const auto put = [&](std::string field, std::string value, bool sent) {
      if (!field.empty()) out.fields.push_back({std::move(field), std::move(value), sent});
    };
    if (is_html(node, GUMBO_TAG_SELECT)) return add_options(e, name, out);
    if (is_html(node, GUMBO_TAG_TEXTAREA)) return put(name, text_content(node), true);
    const std::string type = control_type(node);
    if (type.empty() || type == "reset" || type == "button" || type == "file") return;
    if (type == "image") {
      const std::string prefix = name.empty() ? "" : name + ".";
      put(prefix + "x", "0", pressed);
      put(prefix + "y", "0", pressed);
    } else if (type == "submit") {
      put(name, text_attribute(node, "value"), pressed);
    } else if (type == "checkbox" || type == "radio") {
      const auto value = attribute(node, "value");
      put(name, std::string(value.value_or("on")), document_.forms().checked(e));
    } else if (type == "hidden" && ascii_lower(name) == "_charset_" && !attribute(node, "value")) {
      put(name, out.charset, true);
    } else {
      std::string value = text_attribute(node, "value");
      // One line: HTML 4.10.5.1, value sanitization.
      if (type != "hidden") std::erase_if(value, [](char c) { return c == '\n' || c == '\r'; });
      put(name, std::move(value), true);
    }
  }

  void add_options(ElementNumber select, const std::string& name, model::Form& out) {
    if (name.empty()) return;
    for (ElementNumber e = select + 1; e < document_.end_of(select); ++e) {
      const GumboNode* node = document_.node(e);
      if (!is_html(node, GUMBO_TAG_OPTION) || document_.forms().disabled(e)) continue;
      const auto value = attribute(node, "value");
      out.fields.push_back({name, value ? std::string(*value) : fold_space(text_content(node)),
                            document_.forms().checked(e)});
    }
  }

  bool stands_in_datalist(ElementNumber e) const {
    for (ElementNumber at = e; at != kNoElement; at = document_.parent(at)) {
      if (is_html(document_.node(at), GUMBO_TAG_DATALIST)) return true;
    }
    return false;
  }

  SelectorDocument document_;
  const std::string_view charset_;
  std::vector<ElementNumber> owners_;  // the form of each element; of a form itself
  std::vector<std::pair<ElementNumber, ElementNumber>> named_;  // by a form attribute
};

}  // namespace

model::Form read_form(const HtmlTree& tree, std::string_view selector, std::string_view charset) {
  return FormReader(tree, charset).read(selector);
}

}  // namespace crawld::parsers
