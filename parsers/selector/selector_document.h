// What selectors ask of a page, worked out once: family tables, positions among
// siblings, languages, directions, states of forms.
//
// Elements are named by their number in HtmlTree::elements(); only those of the
// document take part, not what stands inside <template>. Tables beyond the family
// are made when first asked for. Every table is made in one pass, so a page costs
// time and memory linear in its size, whatever is asked.
//
// Threads: one at a time (answers are cached). The tree must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

using ElementNumber = std::uint32_t;
constexpr ElementNumber kNoElement = 0xFFFFFFFF;

class SelectorForms;

class SelectorDocument {
 public:
  explicit SelectorDocument(const HtmlTree& tree);
  SelectorDocument(const SelectorDocument&) = delete;
  SelectorDocument& operator=(const SelectorDocument&) = delete;
  ~SelectorDocument();

  const HtmlTree& tree() const { return tree_; }
  ElementNumber size() const { return static_cast<ElementNumber>(family_.size()); }
  const GumboNode* node(ElementNumber e) const { return tree_.elements()[e]; }
  // The number of an element of the document; kNoElement for others.
  ElementNumber number(const GumboNode* node) const;

  ElementNumber parent(ElementNumber e) const { return family_[e].parent; }
  ElementNumber previous(ElementNumber e) const { return family_[e].previous; }
  // One past the last element inside `e`.
  ElementNumber end_of(ElementNumber e) const { return family_[e].end; }
  ElementNumber first_child(ElementNumber e) const {
    return e + 1 < family_[e].end ? e + 1 : kNoElement;
  }
  ElementNumber next(ElementNumber e) const {
    ElementNumber after = family_[e].end;
    return after < size() && family_[after].parent == family_[e].parent ? after : kNoElement;
  }

  std::string_view id(ElementNumber e) const { return view(names_[e].id); }
  bool has_id(ElementNumber e) const { return names_[e].id != nullptr; }
  std::string_view classes(ElementNumber e) const { return view(names_[e].classes); }

  // Places among siblings, from 1.
  struct Place {
    std::uint32_t from_start;
    std::uint32_t from_end;
  };
  Place place(ElementNumber e) const;
  Place place_of_type(ElementNumber e) const;

  // The language of an element (HTML 3.2.6.2), or null data where none is told.
  std::string_view language(ElementNumber e) const;
  // Whether text in an element runs from right to left (HTML 3.2.6.4).
  bool right_to_left(ElementNumber e) const;
  const SelectorForms& forms() const;

  // All text of the document in a row, and which part of it stands inside `e`.
  struct Span {
    std::uint32_t begin;
    std::uint32_t end;
  };
  std::string_view text() const;
  Span text_span(ElementNumber e) const;

  // Elements that may carry the id, class or tag name, in document order, cheapest
  // way to go through few of them; others may be among them. Made on first use.
  enum class Key : std::uint8_t { id, class_name, tag };
  template <class Visit>  // Visit(ElementNumber) -> false to stop
  void each_candidate(Key key, std::string_view name, Visit visit) const {
    for (std::uint32_t at = first_entry(key, name); at != kNoElement; at = entries_[at].next) {
      if (!visit(entries_[at].element)) return;
    }
  }
  // Worth using only for several selectors on one page: true from the third on.
  bool index_pays() const { return ++lookups_ > 2; }

 private:
  struct Family {
    ElementNumber parent;
    ElementNumber previous;
    ElementNumber end;
  };
  struct Names {
    const char* id;
    const char* classes;
  };
  struct Entry {
    ElementNumber element;
    std::uint32_t next;
  };
  static std::string_view view(const char* text) { return text ? text : std::string_view(); }
  void make_places() const;
  void make_places_of_type() const;
  void make_languages() const;
  void make_directions() const;
  bool text_runs_right_to_left(ElementNumber e, bool fallback) const;
  void make_text() const;
  void make_index() const;
  std::uint32_t first_entry(Key key, std::string_view name) const;

  const HtmlTree& tree_;
  std::vector<Family> family_;
  std::vector<Names> names_;
  mutable std::vector<Place> places_;
  mutable std::vector<Place> places_of_type_;
  mutable std::vector<std::string_view> languages_;
  mutable std::vector<bool> right_to_left_;
  mutable std::unique_ptr<SelectorForms> forms_;
  mutable std::string text_;
  mutable std::vector<Span> text_spans_;
  mutable std::vector<std::uint32_t> heads_;  // by hash of key and name
  mutable std::vector<Entry> entries_;
  mutable std::uint32_t lookups_ = 0;
};

}  // namespace crawld::parsers
