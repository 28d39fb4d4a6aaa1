#include "parsers/html_tree_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <vector>

namespace crawld::parsers {
namespace {

// What the tree builder's rules say of a tag (HTML 13.2.4.2 and 13.2.6.4.7).
enum Trait : std::uint32_t {
  kVoid = 1 << 0,
  kSpecial = 1 << 1,
  kFormatting = 1 << 2,
  kScope = 1 << 3,  // ends a search "in scope"
  kClosesP = 1 << 4,
  kRawText = 1 << 5,  // its content is no markup
  kMarker = 1 << 6,   // formatting does not leak over it
  kTablePart = 1 << 7,
  kIgnored = 1 << 8,  // never opened twice
  kBreaksForeign = 1 << 9,
  kBlock = 1 << 10,  // opened without reopening formatting elements
};

using Traits = std::array<std::uint32_t, GUMBO_TAG_LAST + 1>;

Traits make_traits() {
  Traits traits{};
  auto mark = [&](std::uint32_t trait, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      GumboTag tag = gumbo_tag_enum(name);
      if (tag != GUMBO_TAG_UNKNOWN) traits[tag] |= trait;
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
  mark(kFormatting, {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike",
                     "strong", "tt", "u"});
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
bool is(GumboTag tag, std::uint32_t trait) { return (kTraits[tag] & trait) != 0; }

struct Tag {
  GumboTag id = GUMBO_TAG_UNKNOWN;
  std::uint32_t hash = 0;   // of an unknown tag's name
  std::uint64_t whole = 0;  // of the whole tag: equal formatting elements are kept thrice
  bool self_closing = false;
  bool same_name(const Tag& other) const { return id == other.id && hash == other.hash; }
};

// The stack of open elements and the list of active formatting elements.
class OpenElements {
 public:
  OpenElements(const TreeLimits& limits, TreeScan& scan) : limits_(limits), scan_(scan) {}

  void start(const Tag& tag);
  void end(const Tag& tag);
  void text() {
    count_node();
    if (waiting_ > 0) reopen();
  }
  void count_node() { ++scan_.nodes; }
  bool foreign() const { return !stack_.empty() && in_foreign(stack_.back()); }
  bool within() const {
    return stack_.size() + waiting_ <= limits_.max_depth && scan_.nodes <= limits_.max_nodes;
  }

 private:
  struct Open {
    Tag tag;
    bool foreign = false;
    std::uint32_t formatting = 0;  // number of its entry in active_, or 0
  };
  struct Active {
    std::uint32_t number = 0;  // 0: a marker
    Tag tag;
    bool open = false;
  };

  static bool in_foreign(const Open& top) {
    if (!top.foreign) return false;
    switch (top.tag.id) {  // integration points hold HTML again (HTML 13.2.6, 12.1.2)
      case GUMBO_TAG_FOREIGNOBJECT:
      case GUMBO_TAG_DESC:
      case GUMBO_TAG_TITLE:
      case GUMBO_TAG_MI:
      case GUMBO_TAG_MO:
      case GUMBO_TAG_MN:
      case GUMBO_TAG_MS:
      case GUMBO_TAG_MTEXT:
      case GUMBO_TAG_ANNOTATION_XML:
        return false;
      default:
        return true;
    }
  }

  void push(const Tag& tag, bool foreign);
  void push_formatting(const Tag& tag);
  void pop();
  void pop_through(std::size_t index) {
    while (stack_.size() > index) pop();
  }
  // Where the innermost `id` stands, or nothing if a scope ends before it.
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t in_scope(const Tag& tag, std::initializer_list<GumboTag> also_ends = {}) const;
  void close_in_scope(const Tag& tag, std::initializer_list<GumboTag> also_ends = {});
  void close_p() { close_in_scope({.id = GUMBO_TAG_P}, {GUMBO_TAG_BUTTON}); }
  void close_item(std::initializer_list<GumboTag> items);
  bool prepare_table_part(GumboTag id);
  void start_table();
  void end_formatting(const Tag& tag);
  void end_other(const Tag& tag);
  void reopen();
  void clear_to_marker();
  std::uint32_t& count(GumboTag id) { return counts_[id]; }

  const TreeLimits& limits_;
  TreeScan& scan_;
  std::vector<Open> stack_;
  std::vector<Active> active_;
  std::size_t waiting_ = 0;  // entries of active_ that are not open
  std::uint32_t next_number_ = 1;
  std::array<std::uint32_t, GUMBO_TAG_LAST + 1> counts_{};
};

void OpenElements::push(const Tag& tag, bool foreign) {
  stack_.push_back({tag, foreign, 0});
  ++count(tag.id);
  count_node();
  scan_.depth = std::max(scan_.depth, static_cast<std::uint32_t>(stack_.size() + waiting_));
  if (!foreign && is(tag.id, kMarker)) active_.push_back({});
}

void OpenElements::push_formatting(const Tag& tag) {
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

std::size_t OpenElements::in_scope(const Tag& tag, std::initializer_list<GumboTag> ends) const {
  if (counts_[tag.id] == 0) return kNone;
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const Open& open = stack_[i];
    if (open.tag.same_name(tag)) return i;
    if (is(open.tag.id, kScope)) return kNone;
    if (std::find(ends.begin(), ends.end(), open.tag.id) != ends.end()) return kNone;
  }
  return kNone;
}

void OpenElements::close_in_scope(const Tag& tag, std::initializer_list<GumboTag> ends) {
  if (auto at = in_scope(tag, ends); at != kNone) pop_through(at);
}

void OpenElements::close_item(std::initializer_list<GumboTag> items) {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    GumboTag id = stack_[i].tag.id;
    if (std::find(items.begin(), items.end(), id) != items.end()) return pop_through(i);
    bool passes = id == GUMBO_TAG_ADDRESS || id == GUMBO_TAG_DIV || id == GUMBO_TAG_P;
    if (is(id, kSpecial) && !passes) return;
  }
}

// Closes what a part of a table closes. False where such a tag is ignored.
bool OpenElements::prepare_table_part(GumboTag id) {
  if (count(GUMBO_TAG_TABLE) == 0) return count(GUMBO_TAG_TEMPLATE) != 0;
  auto stays_open = [id](GumboTag open) {
    if (open == GUMBO_TAG_TABLE || open == GUMBO_TAG_TEMPLATE) return true;
    bool section = open == GUMBO_TAG_TBODY || open == GUMBO_TAG_THEAD || open == GUMBO_TAG_TFOOT;
    if (id == GUMBO_TAG_TR) return section;
    if (id == GUMBO_TAG_TD || id == GUMBO_TAG_TH) return section || open == GUMBO_TAG_TR;
    return false;
  };
  while (!stack_.empty() && !stays_open(stack_.back().tag.id)) pop();
  if (stack_.empty()) return true;
  bool cell = id == GUMBO_TAG_TD || id == GUMBO_TAG_TH;
  if (stack_.back().tag.id == GUMBO_TAG_TABLE && (cell || id == GUMBO_TAG_TR)) {
    push({.id = GUMBO_TAG_TBODY}, false);
  }
  if (cell && stack_.back().tag.id != GUMBO_TAG_TR) push({.id = GUMBO_TAG_TR}, false);
  return true;
}

// A table directly in a table, not in one of its cells, closes it.
void OpenElements::start_table() {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    GumboTag id = stack_[i].tag.id;
    if (id == GUMBO_TAG_TABLE) return pop_through(i);
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

void OpenElements::start(const Tag& tag) {
  GumboTag id = tag.id;
  if (foreign()) {
    if (!is(id, kBreaksForeign)) {
      if (tag.self_closing) return count_node();
      return push(tag, true);
    }
    while (foreign()) pop();
  }
  if (is(id, kIgnored)) return;
  if (count(GUMBO_TAG_SELECT) > 0 && id != GUMBO_TAG_OPTION && id != GUMBO_TAG_OPTGROUP &&
      id != GUMBO_TAG_TEMPLATE && count(GUMBO_TAG_TEMPLATE) == 0) {
    if (id != GUMBO_TAG_SELECT && id != GUMBO_TAG_INPUT && !is(id, kTablePart)) return;
    close_in_scope({.id = GUMBO_TAG_SELECT});
    if (id == GUMBO_TAG_SELECT) return;
  }
  if (id == GUMBO_TAG_TABLE) start_table();
  if (is(id, kTablePart) && !prepare_table_part(id)) return;
  if (id == GUMBO_TAG_LI) close_item({GUMBO_TAG_LI});
  if (id == GUMBO_TAG_DD || id == GUMBO_TAG_DT) close_item({GUMBO_TAG_DD, GUMBO_TAG_DT});
  if (is(id, kClosesP)) close_p();
  GumboTag top = stack_.empty() ? GUMBO_TAG_HTML : stack_.back().tag.id;
  bool heading = id >= GUMBO_TAG_H1 && id <= GUMBO_TAG_H6;
  if (heading && top >= GUMBO_TAG_H1 && top <= GUMBO_TAG_H6) pop();
  if ((id == GUMBO_TAG_OPTION || id == GUMBO_TAG_OPTGROUP) && top == GUMBO_TAG_OPTION) pop();
  if (id == GUMBO_TAG_OPTGROUP && !stack_.empty() && stack_.back().tag.id == id) pop();
  if (id == GUMBO_TAG_BUTTON || id == GUMBO_TAG_NOBR) close_in_scope(tag);
  if ((id == GUMBO_TAG_RT || id == GUMBO_TAG_RP) && (top == GUMBO_TAG_RT || top == GUMBO_TAG_RP)) {
    pop();
  }
  if (id == GUMBO_TAG_A) end_formatting(tag);
  bool opens_without_formatting = is(id, kBlock | kTablePart | kRawText);
  if (waiting_ > 0 && !opens_without_formatting) reopen();
  if (is(id, kVoid)) return count_node();
  if (is(id, kFormatting)) return push_formatting(tag);
  bool foreign = id == GUMBO_TAG_SVG || id == GUMBO_TAG_MATH;
  if (foreign && tag.self_closing) return count_node();
  push(tag, foreign);
}

void OpenElements::end(const Tag& tag) {
  GumboTag id = tag.id;
  if (id == GUMBO_TAG_BR) return count_node();
  if (id == GUMBO_TAG_P && in_scope(tag, {GUMBO_TAG_BUTTON}) == kNone) return count_node();
  if (count(id) == 0 && !is(id, kFormatting)) return;
  if (is(id, kFormatting) && !foreign()) return end_formatting(tag);
  switch (id) {
    case GUMBO_TAG_LI:
      return close_in_scope(tag, {GUMBO_TAG_OL, GUMBO_TAG_UL});
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_CAPTION:
      for (std::size_t i = stack_.size(); i-- > 0;) {
        GumboTag open = stack_[i].tag.id;
        if (open == id) return pop_through(i);
        if (open == GUMBO_TAG_TABLE || open == GUMBO_TAG_TEMPLATE) return;
      }
      return;
    case GUMBO_TAG_FORM:
      // Only the form leaves the stack; what is open inside stays (13.2.6.4.7).
      if (auto at = in_scope(tag); at != kNone) {
        --count(id);
        stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(at));
      }
      return;
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_HEAD:
      return;
    default:
      break;
  }
  if (is(id, kSpecial) && !foreign()) return close_in_scope(tag);
  end_other(tag);
}

void OpenElements::end_other(const Tag& tag) {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const Open& open = stack_[i];
    if (open.tag.same_name(tag)) return pop_through(i);
    if (!open.foreign && is(open.tag.id, kSpecial)) return;
  }
}

// The adoption agency (HTML 13.2.6.4.7), as far as it changes how much is open.
void OpenElements::end_formatting(const Tag& tag) {
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

// Reads tags out of the text as the tokenizer does (HTML 13.2.5).
class TagReader {
 public:
  TagReader(std::string_view html, const TreeLimits& limits, TreeScan& scan)
      : html_(html), limits_(limits), scan_(scan), open_(limits, scan) {}

  void read() {
    while (at_ < html_.size()) {
      std::size_t tag = find("<", at_);
      if (tag > at_) open_.text();
      at_ = tag;
      if (at_ + 1 >= html_.size()) return;
      read_markup();
      if (!open_.within() || scan_.most_attributes > limits_.max_attributes) {
        scan_.within_limits = false;
        return;
      }
    }
  }

 private:
  static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
  static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
  }
  std::size_t find(std::string_view what, std::size_t from) const {
    std::size_t found = html_.find(what, from);
    return found == html_.npos ? html_.size() : found;
  }

  void read_markup() {
    char next = html_[at_ + 1];
    if (is_letter(next)) return read_start_tag();
    if (next == '/' && at_ + 2 < html_.size() && is_letter(html_[at_ + 2])) {
      at_ += 2;
      Tag tag = read_name();
      skip_attributes(tag);
      return open_.end(tag);
    }
    if (next != '!' && next != '?' && next != '/') {
      ++at_;  // "<" as text
      return;
    }
    open_.count_node();
    skip_comment();
  }

  void skip_comment() {
    std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) {
      at_ = find(">", at_) + 1;
    } else if (rest.starts_with("<!--")) {
      std::size_t end = find("--", at_ + 4);
      while (end < html_.size() && html_.substr(end + 2, 1) != ">" &&
             html_.substr(end + 2, 2) != "!>") {
        end = find("--", end + 1);
      }
      at_ = find(">", end) + 1;
    } else if (open_.foreign() && rest.starts_with("<![CDATA[")) {
      at_ = find("]]>", at_) + 3;
    } else {
      at_ = find(">", at_) + 1;
    }
  }

  Tag read_name() {
    std::size_t start = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '/' && html_[at_] != '>') {
      ++at_;
    }
    std::string_view name = html_.substr(start, at_ - start);
    Tag tag;
    if (name.size() < 32) {
      tag.id = gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()));
    }
    if (tag.id == GUMBO_TAG_UNKNOWN) {
      for (char c : name) {
        bool upper = c >= 'A' && c <= 'Z';
        tag.hash = tag.hash * 31 + static_cast<unsigned char>(upper ? c + 32 : c);
      }
    }
    return tag;
  }

  // To behind the ">" of the tag, counting attributes (HTML 13.2.5.32 to 13.2.5.40).
  void skip_attributes(Tag& tag) {
    std::uint32_t attributes = 0;
    std::size_t start = at_;
    while (at_ < html_.size() && html_[at_] != '>') {
      char c = html_[at_];
      if (is_space(c) || c == '/') {
        tag.self_closing = c == '/' && html_.substr(at_ + 1, 1) == ">";
        ++at_;
        continue;
      }
      ++attributes;
      ++at_;  // "=" may start a name
      while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '/' &&
             html_[at_] != '>' && html_[at_] != '=') {
        ++at_;
      }
      skip_value();
    }
    if (is(tag.id, kFormatting)) {
      tag.whole = std::hash<std::string_view>{}(html_.substr(start, at_ - start));
    }
    ++at_;
    if (is(tag.id, kIgnored)) {  // a second <body> adds its attributes to the first
      attributes = merged_attributes_ += attributes;
    }
    scan_.most_attributes = std::max(scan_.most_attributes, attributes);
  }

  void skip_value() {
    std::size_t at = at_;
    while (at < html_.size() && is_space(html_[at])) ++at;
    if (at >= html_.size() || html_[at] != '=') return;
    ++at;
    while (at < html_.size() && is_space(html_[at])) ++at;
    if (at < html_.size() && (html_[at] == '"' || html_[at] == '\'')) {
      at_ = std::min(find(html_.substr(at, 1), at + 1) + 1, html_.size());
      return;
    }
    while (at < html_.size() && !is_space(html_[at]) && html_[at] != '>') ++at;
    at_ = at;
  }

  void read_start_tag() {
    ++at_;
    std::size_t name_at = at_;
    Tag tag = read_name();
    std::string_view name = html_.substr(name_at, at_ - name_at);
    skip_attributes(tag);
    if (at_ > html_.size()) return;  // cut off inside the tag: no token
    bool raw = is(tag.id, kRawText) && !open_.foreign();
    if (tag.id == GUMBO_TAG_PLAINTEXT && !open_.foreign()) {
      at_ = html_.size();
      return;
    }
    if (!raw) return open_.start(tag);
    open_.count_node();
    open_.count_node();
    skip_raw_text(name);
  }

  void skip_raw_text(std::string_view name) {
    for (at_ = find("</", at_); at_ < html_.size(); at_ = find("</", at_ + 2)) {
      std::string_view rest = html_.substr(at_ + 2, name.size() + 1);
      if (rest.size() <= name.size()) continue;
      if (strncasecmp(rest.data(), name.data(), name.size()) != 0) continue;
      char after = rest.back();
      if (!is_space(after) && after != '/' && after != '>') continue;
      at_ = find(">", at_) + 1;
      return;
    }
  }

  std::string_view html_;
  const TreeLimits& limits_;
  TreeScan& scan_;
  OpenElements open_;
  std::size_t at_ = 0;
  std::uint32_t merged_attributes_ = 0;
};

}  // namespace

TreeScan scan_tree(std::string_view html, const TreeLimits& limits) {
  TreeScan scan;
  TagReader(html, limits, scan).read();
  return scan;
}

}  // namespace crawld::parsers
