// States of form controls in a page as it was sent (HTML 4.10, 4.16.3), made in
// one pass: nobody has clicked anything yet.
#pragma once

#include <cstdint>
#include <vector>

#include "parsers/selector/selector_document.h"

namespace crawld::parsers {

class SelectorForms {
 public:
  explicit SelectorForms(const SelectorDocument& document);

  bool disabled(ElementNumber e) const { return flags_[e] & kDisabled; }
  bool can_be_disabled(ElementNumber e) const { return flags_[e] & kCanBeDisabled; }
  // Ticked, or the chosen option of a select.
  bool checked(ElementNumber e) const { return flags_[e] & kChecked; }
  bool is_default(ElementNumber e) const { return flags_[e] & kDefault; }
  bool indeterminate(ElementNumber e) const { return flags_[e] & kIndeterminate; }
  bool editable(ElementNumber e) const { return flags_[e] & kEditable; }
  bool shows_placeholder(ElementNumber e) const { return flags_[e] & kPlaceholder; }
  bool required(ElementNumber e) const { return flags_[e] & kRequired; }
  bool can_be_required(ElementNumber e) const { return flags_[e] & kCanBeRequired; }
  bool in_range(ElementNumber e) const { return flags_[e] & kInRange; }
  bool out_of_range(ElementNumber e) const { return flags_[e] & kOutOfRange; }

 private:
  enum Flag : std::uint16_t {
    kDisabled = 1 << 0,
    kCanBeDisabled = 1 << 1,
    kChecked = 1 << 2,
    kDefault = 1 << 3,
    kIndeterminate = 1 << 4,
    kEditable = 1 << 5,
    kPlaceholder = 1 << 6,
    kRequired = 1 << 7,
    kCanBeRequired = 1 << 8,
    kInRange = 1 << 9,
    kOutOfRange = 1 << 10,
    kFenced = 1 << 11,           // inside a disabled fieldset, not in its first legend
    kInDisabledGroup = 1 << 12,  // an option of a disabled optgroup
    kEditingHost = 1 << 13,      // content is editable by contenteditable
    kHasLegend = 1 << 14         // a fieldset whose first legend has been met
  };
  class Owners;

  void set(ElementNumber e, std::uint16_t flag) { flags_[e] |= flag; }
  void inherit(ElementNumber e);
  void judge(ElementNumber e);
  void judge_input(ElementNumber e);
  void choose_options(ElementNumber select);
  void judge_buttons(const Owners& owners);
  void judge_radios(const Owners& owners);

  const SelectorDocument& document_;
  std::vector<std::uint16_t> flags_;
};

}  // namespace crawld::parsers
