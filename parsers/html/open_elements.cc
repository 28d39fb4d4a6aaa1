#include "parsers/html/open_elements.h"

#include <algorithm>
#include <cassert>

namespace crawld::parsers {
namespace {

// What the tree builder's rules say of a tag (HTML 13.2.4.2 and 13.2.6.4.7).
enum Trait : std::uint32_t {
  kVoid = 1 << 0,
  kSpecial = 1 << 1,
  kScope = 1 << 2,  // ends a search "in scope"
  kClosesP = 1 << 3,
  kRawText = 1 << 4,  // its content is no markup
  kMarker = 1 << 5,   // formatting does not leak over it
  kTablePart = 1 << 6,
  kIgnored = 1 << 7,  // never opened twice
  kBreaksForeign = 1 << 8,
  kBlock = 1 << 9,  // opened without reopening formatting elements
};

using Traits = std::array<std::uint32_t, static_cast<std::size_t>(Tag::count)>;

Traits make_traits() {
  Traits traits{};
  auto mark = [&](std::uint32_t trait, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const Tag tag = find_tag(name);
      assert(tag != Tag::unknown);
      traits[static_cast<std::size_t>(tag)] |= trait;
    }
  };
  mark(kVoid, {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image",
               "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr"});
  mark(kSpecial,
       {"address", "applet",     "area",     "article",    "aside",     "base",     "basefont",
        "bgsound", "blockquote", "body",     "br",         "button",    "caption",  "center",
        "col",     "colgroup",   "dd",       "details",    "dir",       "div",      "dl",
        "dt",      "embed",      "fieldset", "figcaption", "figure",    "footer",   "form",
        "frame",   "frameset",   "h1",       "h2",         "h3",        "h4",       "h5",
        "h6",      "head",       "header",   "hgroup",     "hr",        "html",     "iframe",
        "img",     "input",      "keygen",   "li",         "link",      "listing",  "main",
        "marquee", "menu",       "meta",     "nav",        "noembed",   "noframes", "noscript",
        "object",  "ol",         "p",        "param",      "plaintext", "pre",      "script",
        "section", "select",     "source",   "style",      "summary",   "table",    "tbody",
        "td",      "template",   "textarea", "tfoot",      "th",        "thead",    "title",
        "tr",      "track",      "ul",       "wbr",        "xmp"});
  mark(kScope, {"applet", "caption", "html", "table", "td", "th", "marquee", "object", "template",
                "mi", "mo", "mn", "ms", "mtext", "annotation-xml", "foreignobject", "desc"});
  mark(
      kClosesP | kBlock,
      {"address",   "article",  "aside",      "blockquote", "center",  "details", "dir",     "div",
       "dl",        "fieldset", "figcaption", "figure",     "footer",  "header",  "hgroup",  "main",
       "menu",      "nav",      "ol",         "p",          "section", "summary", "ul",      "h1",
       "h2",        "h3",       "h4",         "h5",         "h6",      "pre",     "listing", "form",
       "plaintext", "xmp",      "hr",         "li",         "dd",      "dt",      "table"});
  mark(kRawText, {"script", "style", "xmp", "iframe", "noembed", "noframes", "title", "textarea"});
  mark(kMarker, {"applet", "marquee", "object", "template", "td", "th", "caption"});
  mark(kTablePart, {"caption", "colgroup", "tbody", "thead", "tfoot", "tr", "td", "th"});
  mark(kIgnored, {"html", "head", "body"});
  mark(kBlock, {"template", "optgroup", "option", "rb", "rp", "rt", "rtc", "noscript"});
  mark(kBreaksForeign,
       {"b",   "big",  "blockquote", "body",  "br",  "center", "code", "dd",     "div",
        "dl",  "dt",   "em",         "embed", "h1",  "h2",     "h3",   "h4",     "h5",
        "h6",  "head", "hr",         "i",     "img", "li",     "menu", "meta",   "nobr",
        "ol",  "p",    "pre",        "ruby",  "s",   "small",  "span", "strong", "strike",
        "sub", "sup",  "table",      "tt",    "u",   "ul",     "var"});
  return traits;
}

const Traits kTraits = make_traits();
bool is(Tag tag, std::uint32_t trait) {
  return (kTraits[static_cast<std::size_t>(tag)] & trait) != 0;
}

}  // namespace

void OpenElements::push(const TagSeen& tag, bool foreign) {
  stack_.push_back({tag, foreign, 0});
  ++count(tag.id);
  count_node();
  depth_ = std::max(depth_, static_cast<std::uint32_t>(stack_.size() + waiting_));
  if (!foreign && is(tag.id, kMarker)) active_.push_back({});
}

void OpenElements::push_formatting(const TagSeen& tag) {
  push(tag, false);
  std::size_t same = 0;
  for (auto it = active_.rbegin(); it != active_.rend() && it->number != 0; ++it) {
    if (it->tag.id != tag.id || it->tag.whole != tag.whole || ++same < 3) continue;
    // The "Noah's Ark clause": the earliest of three equal ones leaves.
    if (!it->open) --waiting_;
    active_.erase(std::next(it).base());
    break;
  }
  stack_.back().formatting = next_number_;
  active_.push_back({next_number_++, tag, true});
}

void OpenElements::pop() {
  const Open& top = stack_.back();
  --count(top.tag.id);
  if (top.formatting != 0) {
    for (auto it = active_.rbegin(); it != active_.rend(); ++it) {
      if (it->number != top.formatting) continue;
      it->open = false;
      ++waiting_;
      break;
    }
  } else if (!top.foreign && is(top.tag.id, kMarker)) {
    clear_to_marker();
  }
  stack_.pop_back();
}

void OpenElements::clear_to_marker() {
  while (!active_.empty()) {
    Active last = active_.back();
    active_.pop_back();
    if (last.number == 0) return;
    if (!last.open) --waiting_;
  }
}

std::size_t OpenElements::in_scope(const TagSeen& tag, std::initializer_list<Tag> ends) const {
  if (counts_[static_cast<std::size_t>(tag.id)] == 0) return kNone;
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const Open& open = stack_[i];
    if (open.tag.same_name(tag)) return i;
    if (is(open.tag.id, kScope)) return kNone;
    if (std::find(ends.begin(), ends.end(), open.tag.id) != ends.end()) return kNone;
  }
  return kNone;
}

void OpenElements::close_in_scope(const TagSeen& tag, std::initializer_list<Tag> ends) {
  if (auto at = in_scope(tag, ends); at != kNone) pop_through(at);
}

void OpenElements::close_item(std::initializer_list<Tag> items) {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    Tag id = stack_[i].tag.id;
    if (std::find(items.begin(), items.end(), id) != items.end()) return pop_through(i);
    bool passes = id == Tag::address || id == Tag::div || id == Tag::p;
    if (is(id, kSpecial) && !passes) return;
  }
}

// Closes what a part of a table closes. False where such a tag is ignored.
bool OpenElements::prepare_table_part(Tag id) {
  if (count(Tag::table) == 0) return count(Tag::template_) != 0;
  auto stays_open = [id](Tag open) {
    if (open == Tag::table || open == Tag::template_) return true;
    bool section = open == Tag::tbody || open == Tag::thead || open == Tag::tfoot;
    if (id == Tag::tr) return section;
    if (id == Tag::td || id == Tag::th) return section || open == Tag::tr;
    return false;
  };
  while (!stack_.empty() && !stays_open(stack_.back().tag.id)) pop();
  if (stack_.empty()) return true;
  bool cell = id == Tag::td || id == Tag::th;
  if (stack_.back().tag.id == Tag::table && (cell || id == Tag::tr)) {
    push({.id = Tag::tbody}, false);
  }
  if (cell && stack_.back().tag.id != Tag::tr) push({.id = Tag::tr}, false);
  return true;
}

// A table directly in a table, not in one of its cells, closes it.
void OpenElements::start_table() {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    Tag id = stack_[i].tag.id;
    if (id == Tag::table) return pop_through(i);
    if (is(id, kScope)) return;
  }
}

void OpenElements::reopen() {
  std::size_t from = active_.size();
  while (from > 0 && active_[from - 1].number != 0 && !active_[from - 1].open) --from;
  for (; from < active_.size(); ++from) {
    Active& entry = active_[from];
    --waiting_;
    entry.open = true;
    push(entry.tag, false);
    stack_.back().formatting = entry.number;
  }
}

void OpenElements::start(const TagSeen& tag) {
  Tag id = tag.id;
  if (foreign()) {
    if (!is(id, kBreaksForeign) && !(id == Tag::font && tag.styled)) {
      if (tag.self_closing) return count_node();
      return push(tag, true);
    }
    while (foreign()) pop();
  }
  if (is(id, kIgnored)) return;
  if (count(Tag::select) > 0 && id != Tag::option && id != Tag::optgroup && id != Tag::template_ &&
      count(Tag::template_) == 0) {
    if (id != Tag::select && id != Tag::input && !is(id, kTablePart)) return;
    close_in_scope({.id = Tag::select});
    if (id == Tag::select) return;
  }
  if (id == Tag::table) start_table();
  if (is(id, kTablePart) && !prepare_table_part(id)) return;
  if (id == Tag::li) close_item({Tag::li});
  if (id == Tag::dd || id == Tag::dt) close_item({Tag::dd, Tag::dt});
  if (is(id, kClosesP)) close_p();
  Tag top = stack_.empty() ? Tag::html : stack_.back().tag.id;
  bool heading = id >= Tag::h1 && id <= Tag::h6;
  if (heading && top >= Tag::h1 && top <= Tag::h6) pop();
  if ((id == Tag::option || id == Tag::optgroup) && top == Tag::option) pop();
  if (id == Tag::optgroup && !stack_.empty() && stack_.back().tag.id == id) pop();
  if (id == Tag::button || id == Tag::nobr) close_in_scope(tag);
  if ((id == Tag::rt || id == Tag::rp) && (top == Tag::rt || top == Tag::rp)) {
    pop();
  }
  if (id == Tag::a) end_formatting(tag);
  bool opens_without_formatting = is(id, kBlock | kTablePart | kRawText);
  if (waiting_ > 0 && !opens_without_formatting) reopen();
  if (is(id, kVoid)) return count_node();
  if (kFormattingTags.has(id)) return push_formatting(tag);
  bool foreign = id == Tag::svg || id == Tag::math;
  if (foreign && tag.self_closing) return count_node();
  push(tag, foreign);
}

void OpenElements::end(const TagSeen& tag) {
  Tag id = tag.id;
  if (id == Tag::br) return count_node();
  if (id == Tag::p && in_scope(tag, {Tag::button}) == kNone) return count_node();
  if (count(id) == 0 && !kFormattingTags.has(id)) return;
  if (kFormattingTags.has(id) && !foreign()) return end_formatting(tag);
  switch (id) {
    case Tag::li:
      return close_in_scope(tag, {Tag::ol, Tag::ul});
    case Tag::table:
    case Tag::tbody:
    case Tag::thead:
    case Tag::tfoot:
    case Tag::tr:
    case Tag::td:
    case Tag::th:
    case Tag::caption:
      for (std::size_t i = stack_.size(); i-- > 0;) {
        Tag open = stack_[i].tag.id;
        if (open == id) return pop_through(i);
        if (open == Tag::table || open == Tag::template_) return;
      }
      return;
    case Tag::form:
      // Only the form leaves the stack; what is open inside stays (13.2.6.4.7).
      if (auto at = in_scope(tag); at != kNone) {
        --count(id);
        stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(at));
      }
      return;
    case Tag::html:
    case Tag::body:
    case Tag::head:
      return;
    default:
      break;
  }
  if (is(id, kSpecial) && !foreign()) return close_in_scope(tag);
  end_other(tag);
}

void OpenElements::end_other(const TagSeen& tag) {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const Open& open = stack_[i];
    if (open.tag.same_name(tag)) return pop_through(i);
    if (!open.foreign && is(open.tag.id, kSpecial)) return;
  }
}

std::size_t OpenElements::unnamed_to_close(const TagSeen& tag) const {
  std::size_t others = 0;
  // Where no other is in the way gumbo needs no help, and the model may be wrong.
  const auto meaningless = [&] { return others > 0 ? 0 : 1; };
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const Open& open = stack_[i];
    if (!open.foreign && open.tag.same_name(tag)) return others + 1;
    if (is(open.tag.id, kSpecial) || (open.foreign && !in_foreign(open))) return meaningless();
    if (!open.foreign && open.tag.unnamed) ++others;
  }
  return meaningless();
}

// The adoption agency (HTML 13.2.6.4.7), as far as it changes how much is open.
void OpenElements::end_formatting(const TagSeen& tag) {
  for (int round = 0; round < 8; ++round) {
    auto entry = active_.end();
    for (auto it = active_.end(); it != active_.begin();) {
      --it;
      if (it->number == 0) break;
      if (it->tag.id == tag.id) {
        entry = it;
        break;
      }
    }
    if (entry == active_.end()) return round == 0 ? end_other(tag) : void();
    if (!entry->open) {
      --waiting_;
      active_.erase(entry);
      return;
    }
    std::size_t at = stack_.size();
    while (at > 0 && stack_[at - 1].formatting != entry->number) --at;
    if (at-- == 0) return;
    std::size_t furthest = at + 1;
    while (furthest < stack_.size() && !is(stack_[furthest].tag.id, kSpecial)) {
      ++furthest;
    }
    for (std::size_t i = at + 1; i < furthest; ++i) {
      if (is(stack_[i].tag.id, kScope)) return;
    }
    if (furthest == stack_.size()) {
      stack_[at].formatting = 0;
      active_.erase(entry);
      return pop_through(at);
    }
    // The formatting element moves inside the furthest block; what stood between
    // and is no formatting element leaves the stack.
    Open moved = stack_[at];
    for (std::size_t i = furthest; i-- > at;) {
      if (i != at && stack_[i].formatting != 0) {
        count_node();
        continue;
      }
      if (i != at) --count(stack_[i].tag.id);
      stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(i));
      --furthest;
    }
    stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(furthest) + 1, moved);
    count_node();
  }
}

}  // namespace crawld::parsers
