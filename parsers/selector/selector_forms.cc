#include "parsers/selector/selector_forms.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/selector/selector_range.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;

template <std::size_t N>
bool one_of(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Types of <input> by what applies to them (HTML 4.10.5.1, table). Any other
// value means text.
constexpr std::string_view kTypes[] = {"button", "checkbox", "color",  "date",  "datetime-local",
                                       "email",  "file",     "hidden", "image", "month",
                                       "number", "password", "radio",  "range", "reset",
                                       "search", "submit",   "tel",    "text",  "time",
                                       "url",    "week"};
constexpr std::string_view kWritable[] = {"date",   "datetime-local", "email",  "month",
                                          "number", "password",       "search", "tel",
                                          "text",   "time",           "url",    "week"};
constexpr std::string_view kWithPlaceholder[] = {"email", "number", "password", "search",
                                                 "tel",   "text",   "url"};
constexpr std::string_view kNeverRequired[] = {"button", "color", "hidden", "image",
                                               "range",  "reset", "submit"};

std::string input_type(const GumboNode* input) {
  auto type = attribute(input, "type");
  std::string lower = type ? ascii_lower(*type) : "text";
  return one_of(kTypes, lower) ? lower : "text";
}

bool is_submit_button(const GumboNode* node) {
  if (is_html(node, GUMBO_TAG_BUTTON)) {
    auto type = attribute(node, "type");
    if (!type) return true;
    std::string lower = ascii_lower(*type);
    return lower != "button" && lower != "reset";
  }
  if (!is_html(node, GUMBO_TAG_INPUT)) return false;
  std::string type = input_type(node);
  return type == "submit" || type == "image";
}

bool has_attribute(const GumboNode* node, std::string_view name) {
  return attribute(node, name).has_value();
}

}  // namespace

// Which form a control belongs to (HTML 4.10.18.3).
class SelectorForms::Owners {
 public:
  explicit Owners(const SelectorDocument& document) : document_(document) {
    around_.reserve(document.size());
    for (ElementNumber e = 0; e < document.size(); ++e) {
      ElementNumber parent = document.parent(e);
      bool form = is_html(document.node(e), GUMBO_TAG_FORM);
      around_.push_back(form ? e : parent == kNoElement ? kNoElement : around_[parent]);
      if (form && document.has_id(e)) by_id_.emplace(document.id(e), e);
    }
  }
  ElementNumber of(ElementNumber control) const {
    if (auto id = attribute(document_.node(control), "form")) {
      auto found = by_id_.find(*id);
      return found == by_id_.end() ? kNoElement : found->second;
    }
    return around_[control];
  }

 private:
  const SelectorDocument& document_;
  std::vector<ElementNumber> around_;
  std::unordered_map<std::string_view, ElementNumber> by_id_;  // the first of each id
};

SelectorForms::SelectorForms(const SelectorDocument& document)
    : document_(document), flags_(document.size()) {
  for (ElementNumber e = 0; e < document.size(); ++e) {
    inherit(e);
    if (document.node(e)->v.element.tag_namespace == GUMBO_NAMESPACE_HTML) judge(e);
  }
  for (ElementNumber e = 0; e < document.size(); ++e) {
    if (is_html(document.node(e), GUMBO_TAG_SELECT)) choose_options(e);
  }
  Owners owners(document);
  judge_buttons(owners);
  judge_radios(owners);
}

// What an element has from its parent, which was judged before.
void SelectorForms::inherit(ElementNumber e) {
  ElementNumber parent = document_.parent(e);
  if (parent == kNoElement) return;
  const GumboNode* node = document_.node(e);
  const GumboNode* around = document_.node(parent);
  std::uint16_t from = flags_[parent];
  set(e, from & (kFenced | kEditingHost));
  if (is_html(around, GUMBO_TAG_FIELDSET)) {
    bool first_legend = is_html(node, GUMBO_TAG_LEGEND) && !(from & kHasLegend);
    if (first_legend) {
      set(parent, kHasLegend);
    } else if (has_attribute(around, "disabled")) {
      set(e, kFenced);
    }
  }
  if (is_html(around, GUMBO_TAG_OPTGROUP) && (from & kDisabled)) set(e, kInDisabledGroup);
}

void SelectorForms::judge(ElementNumber e) {
  const GumboNode* node = document_.node(e);
  if (auto editable = attribute(node, "contenteditable")) {
    std::string lower = ascii_lower(*editable);
    if (lower.empty() || lower == "true" || lower == "plaintext-only") set(e, kEditingHost);
    if (lower == "false") flags_[e] &= static_cast<std::uint16_t>(~kEditingHost);
  }
  GumboTag tag = node->v.element.tag;
  bool own_rule = tag == GUMBO_TAG_INPUT || tag == GUMBO_TAG_TEXTAREA;
  if ((flags_[e] & kEditingHost) && !own_rule) set(e, kEditable);
  bool own_disabled = has_attribute(node, "disabled");
  bool fenced = flags_[e] & kFenced;
  switch (tag) {
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
      set(e, kCanBeDisabled);
      if (own_disabled || fenced) set(e, kDisabled);
      break;
    case GUMBO_TAG_OPTGROUP:
      set(e, kCanBeDisabled);
      if (own_disabled) set(e, kDisabled);
      return;
    case GUMBO_TAG_OPTION:
      set(e, kCanBeDisabled);
      if (own_disabled || (flags_[e] & kInDisabledGroup)) set(e, kDisabled);
      if (has_attribute(node, "selected")) set(e, kChecked | kDefault);
      return;
    case GUMBO_TAG_PROGRESS:
      if (!has_attribute(node, "value")) set(e, kIndeterminate);
      return;
    default:
      return;
  }
  if (tag == GUMBO_TAG_INPUT) return judge_input(e);
  if (tag != GUMBO_TAG_TEXTAREA && tag != GUMBO_TAG_SELECT) return;
  set(e, kCanBeRequired);
  if (has_attribute(node, "required")) set(e, kRequired);
  if (tag == GUMBO_TAG_SELECT) return;
  bool writable = !has_attribute(node, "readonly") && !(flags_[e] & kDisabled);
  if (writable) set(e, kEditable);
  auto placeholder = attribute(node, "placeholder");
  if (placeholder && !placeholder->empty() && text_content(node).empty()) set(e, kPlaceholder);
}

void SelectorForms::judge_input(ElementNumber e) {
  const GumboNode* node = document_.node(e);
  std::string type = input_type(node);
  auto value = attribute(node, "value");
  set(e, kCanBeRequired);
  if (!one_of(kNeverRequired, type) && has_attribute(node, "required")) set(e, kRequired);
  bool writable = one_of(kWritable, type) && !has_attribute(node, "readonly");
  if (writable && !(flags_[e] & kDisabled)) set(e, kEditable);
  auto placeholder = attribute(node, "placeholder");
  if (one_of(kWithPlaceholder, type) && placeholder && !placeholder->empty() &&
      (!value || value->empty())) {
    set(e, kPlaceholder);
  }
  bool ticked = has_attribute(node, "checked") && (type == "checkbox" || type == "radio");
  if (ticked) set(e, kChecked | kDefault);
  // Only a script can set this state; where authors write it, they mean it.
  if (type == "checkbox" && has_attribute(node, "indeterminate")) set(e, kIndeterminate);
  // Barred from constraint validation (HTML 4.10.18.5, 4.10.5.3.3).
  if ((flags_[e] & kDisabled) || has_attribute(node, "readonly")) return;
  switch (judge_range(type, value, attribute(node, "min"), attribute(node, "max"))) {
    case RangeVerdict::no_range:
      break;
    case RangeVerdict::within:
      set(e, kInRange);
      break;
    case RangeVerdict::outside:
      set(e, kOutOfRange);
      break;
  }
}

// The selectedness setting algorithm (HTML 4.10.7): a select that shows one option
// has one chosen, the last that asks for it or else the first that can be.
void SelectorForms::choose_options(ElementNumber select) {
  const GumboNode* node = document_.node(select);
  if (has_attribute(node, "multiple")) return;
  ElementNumber chosen = kNoElement;
  ElementNumber first = kNoElement;
  for (ElementNumber e = select + 1; e < document_.end_of(select); ++e) {
    if (!is_html(document_.node(e), GUMBO_TAG_OPTION)) continue;
    if (flags_[e] & kChecked) {
      if (chosen != kNoElement) flags_[chosen] &= static_cast<std::uint16_t>(~kChecked);
      chosen = e;
    }
    if (first == kNoElement && !(flags_[e] & kDisabled)) first = e;
  }
  int size = 1;
  if (auto shown = attribute(node, "size")) {
    std::from_chars(shown->data(), shown->data() + shown->size(), size);
  }
  if (chosen == kNoElement && first != kNoElement && size <= 1) set(first, kChecked);
}

// The first submit button of a form is its default one.
void SelectorForms::judge_buttons(const Owners& owners) {
  std::vector<bool> served(document_.size());
  for (ElementNumber e = 0; e < document_.size(); ++e) {
    if (!is_submit_button(document_.node(e))) continue;
    ElementNumber form = owners.of(e);
    if (form == kNoElement || served[form]) continue;
    served[form] = true;
    set(e, kDefault);
  }
}

// Of one group one radio button is on, the last that asks for it; where none is,
// all are indeterminate.
void SelectorForms::judge_radios(const Owners& owners) {
  std::map<std::pair<ElementNumber, std::string_view>, ElementNumber> on;
  std::vector<std::pair<ElementNumber, std::pair<ElementNumber, std::string_view>>> off;
  for (ElementNumber e = 0; e < document_.size(); ++e) {
    const GumboNode* node = document_.node(e);
    if (!is_html(node, GUMBO_TAG_INPUT) || input_type(node) != "radio") continue;
    auto name = attribute(node, "name");
    if (!name || name->empty()) {
      if (!(flags_[e] & kChecked)) set(e, kIndeterminate);
      continue;
    }
    std::pair group(owners.of(e), *name);
    if (!(flags_[e] & kChecked)) {
      off.emplace_back(e, group);
      continue;
    }
    auto [before, first] = on.emplace(group, e);
    if (first) continue;
    flags_[before->second] &= static_cast<std::uint16_t>(~kChecked);
    before->second = e;
  }
  for (const auto& [e, group] : off) {
    if (!on.contains(group)) set(e, kIndeterminate);
  }
}

}  // namespace crawld::parsers
