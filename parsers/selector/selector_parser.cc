#include "parsers/selector/selector_parser.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/selector/selector_scanner.h"

namespace crawld::parsers::selector {
namespace {

using base::ascii_lower;

constexpr std::size_t kLongestText = 64 << 10;
constexpr int kDeepestNesting = 32;
constexpr std::size_t kMostCompounds = 1'000;  // in one complex selector
constexpr std::size_t kMostHasCompounds = 63;  // bits of the matcher's pass

struct StateName {
  std::string_view name;
  State state;
};

// Sorted by nothing but reading order; looked up while compiling only.
constexpr StateName kStates[] = {
    {"root", State::root},
    {"scope", State::scope},
    {"empty", State::empty},
    {"any-link", State::any_link},
    {"link", State::any_link},
    {"checked", State::checked},
    {"default", State::default_choice},
    {"defined", State::defined},
    {"disabled", State::disabled},
    {"enabled", State::enabled},
    {"in-range", State::in_range},
    {"indeterminate", State::indeterminate},
    {"muted", State::muted},
    {"open", State::open},
    {"optional", State::optional},
    {"out-of-range", State::out_of_range},
    {"placeholder-shown", State::placeholder_shown},
    {"read-only", State::read_only},
    {"read-write", State::read_write},
    {"required", State::required},
};

constexpr std::string_view kNeverStates[] = {"active",
                                             "autofill",
                                             "blank",
                                             "buffering",
                                             "current",
                                             "focus",
                                             "focus-visible",
                                             "focus-within",
                                             "fullscreen",
                                             "future",
                                             "host",
                                             "hover",
                                             "local-link",
                                             "modal",
                                             "past",
                                             "paused",
                                             "picture-in-picture",
                                             "playing",
                                             "popover-open",
                                             "seeking",
                                             "stalled",
                                             "target",
                                             "target-within",
                                             "user-invalid",
                                             "user-valid",
                                             "visited",
                                             "volume-locked"};

constexpr std::string_view kNeverFunctions[] = {"current", "host", "host-context"};

enum class Arguments : std::uint8_t { none, possible, needed };
struct ElementName {
  std::string_view name;
  Arguments arguments = Arguments::none;
};
constexpr ElementName kPseudoElements[] = {{"after"},
                                           {"backdrop"},
                                           {"before"},
                                           {"cue", Arguments::possible},
                                           {"details-content"},
                                           {"file-selector-button"},
                                           {"first-letter"},
                                           {"first-line"},
                                           {"grammar-error"},
                                           {"highlight", Arguments::needed},
                                           {"marker"},
                                           {"part", Arguments::needed},
                                           {"placeholder"},
                                           {"selection"},
                                           {"slotted", Arguments::needed},
                                           {"spelling-error"},
                                           {"target-text"}};
constexpr std::string_view kOldPseudoElements[] = {"after", "before", "first-letter", "first-line"};

// Those that may follow a pseudo-element (Selectors 4 section 3.6.3): the user's actions
// and logic.
constexpr std::string_view kStatesOfPseudoElements[] = {
    "active", "focus", "focus-visible", "focus-within", "hover", "is", "not", "where"};

// Attributes whose values HTML compares without regard to case (HTML 4.16.2).
constexpr std::string_view kCaselessAttributes[] = {
    "accept",     "accept-charset", "align",     "alink",    "axis",     "bgcolor", "charset",
    "checked",    "clear",          "codetype",  "color",    "compact",  "declare", "defer",
    "dir",        "direction",      "disabled",  "enctype",  "face",     "frame",   "hreflang",
    "http-equiv", "lang",           "language",  "link",     "media",    "method",  "multiple",
    "nohref",     "noresize",       "noshade",   "nowrap",   "readonly", "rel",     "rev",
    "rules",      "scope",          "scrolling", "selected", "shape",    "target",  "text",
    "type",       "valign",         "valuetype", "vlink"};

template <std::size_t N>
bool has(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// How dear a simple selector is to ask; cheap and choosy ones are asked first.
int cost(const Simple& simple) {
  switch (simple.kind) {
    case Kind::id:
      return 0;
    case Kind::type:
      return simple.every_name ? 2 : 1;
    case Kind::class_name:
      return 3;
    case Kind::attribute:
      return 4;
    case Kind::state:
      return 5;
    case Kind::nth:
      return simple.list < 0 ? 6 : 9;
    case Kind::language:
    case Kind::direction:
      return 7;
    case Kind::any_of:
    case Kind::none_of:
      return 8;
    case Kind::has:
      return 10;
    case Kind::contains:
    case Kind::contains_own:
      return 11;
  }
  return 11;
}

class Parser {
 public:
  Parser(std::string_view text, Selector::Start start) : in_(text), start_(start) {}

  base::Result<Program> run() {
    auto top = list({});
    if (!top || !in_.at_end()) {
      if (error_.empty()) fail("unexpected \"" + std::string(1, in_.peek()) + "\"");
      return base::Error{base::Error::Code::invalid, error_};
    }
    program_.top = *top;
    return std::move(program_);
  }

 private:
  struct Context {
    bool relative = false;   // in :has(): may start with a combinator
    bool forgiving = false;  // in :is(): a bad selector is dropped, not an error
    int depth = 0;           // of parentheses
  };
  using Number = std::optional<std::int32_t>;  // of a list

  bool fail(std::string why) {
    if (error_.empty()) error_ = std::move(why) + " at byte " + std::to_string(in_.position() + 1);
    return false;
  }
  bool at_list_end() const { return in_.at_end() || in_.peek() == ')'; }
  std::int32_t new_slot() { return program_.slots++; }
  // "&": outside of nested style rules it stands for :scope (CSS Nesting 1 section 3.2).
  Simple scope() {
    Simple simple;
    simple.kind = Kind::state;
    simple.state = State::scope;
    program_.uses_scope = true;
    return simple;
  }

  Number list(Context context);
  Number nested(Context outer, bool relative, bool forgiving);
  bool forgiven(List& into, Context context);
  bool complex(Complex& into, Context context);
  bool compound(Compound& into, Complex& whole, Context context);
  bool combinator(Combinator& into, bool after_space);
  bool type(Compound& into);
  bool attribute(Simple& into);
  bool attribute_name(Simple& into);
  bool attribute_operator(Simple& into);
  bool pseudo(Compound& into, Complex& whole, Context context);
  bool pseudo_class(const std::string& name, Simple& into);
  bool function(const std::string& name, Simple& into, Context context);
  bool pseudo_element(const std::string& name, const Compound& of, Complex& whole, Context context);
  bool element_arguments(const std::string& name, Arguments arguments);
  bool nth(const std::string& name, Simple& into, Context context);
  std::optional<std::int32_t> digits();
  bool an_plus_b(Simple& into);
  bool after_n(std::string_view unit, Simple& into);
  bool languages(Simple& into);
  bool contained_words(Simple& into);
  bool close() { return in_.take(')') || in_.at_end(); }

  Scanner in_;
  Selector::Start start_;
  Program program_;
  std::string error_;
};

Parser::Number Parser::list(Context context) {
  List result;
  if (context.depth > kDeepestNesting) {
    fail("nested too deeply");
    return std::nullopt;
  }
  while (true) {
    in_.skip_space();
    if (context.forgiving) {
      if (!forgiven(result, context)) return std::nullopt;
    } else {
      Complex next;
      if (!complex(next, context)) return std::nullopt;
      result.complexes.push_back(std::move(next));
    }
    if (!in_.take(',')) break;
  }
  program_.lists.push_back(std::move(result));
  return static_cast<std::int32_t>(program_.lists.size()) - 1;
}

// One entry of a forgiving list (Selectors 4 section 18.1): what cannot be read
// matches nothing, up to the next comma.
bool Parser::forgiven(List& into, Context context) {
  if (at_list_end() || in_.peek() == ',') return true;
  std::size_t start = in_.position();
  Complex next;
  if (complex(next, context) && (at_list_end() || in_.peek() == ',')) {
    into.complexes.push_back(std::move(next));
    return true;
  }
  error_.clear();
  in_.go_back_to(start);
  std::string open;  // the closing brackets that are waited for; others are plain text
  while (!in_.at_end()) {
    char c = in_.peek();
    if (open.empty() && (c == ',' || c == ')')) return true;
    if (!open.empty() && c == open.back()) {
      open.pop_back();
    } else if (c == '(' || c == '[' || c == '{') {
      open += c == '(' ? ')' : c == '[' ? ']' : '}';
    }
    if (c == '"' || c == '\'') {
      if (!in_.string()) return fail("a line end in a string");
      continue;
    }
    in_.skip(c == '\\' ? 2 : 1);
  }
  return true;
}

std::uint32_t siblings_behind_scope(const Complex& complex) {
  const auto& first = complex.compounds.front().simples;
  const bool scoped = std::any_of(first.begin(), first.end(), [](const Simple& simple) {
    return simple.kind == Kind::state && simple.state == State::scope;
  });
  std::uint32_t siblings = 0;
  for (std::size_t i = 1; scoped && i < complex.compounds.size(); ++i) {
    const auto left = complex.compounds[i].left;
    if (left == Combinator::later) return std::numeric_limits<std::uint32_t>::max();
    if (left != Combinator::next) break;
    ++siblings;
  }
  return siblings;
}

bool Parser::complex(Complex& into, Context context) {
  Compound first;
  first.left = Combinator::none;
  if (context.relative && (!combinator(first.left, false) || first.left == Combinator::none)) {
    first.left = Combinator::descendant;
  }
  if (context.depth == 0 && start_ == Selector::Start::may_be_relative) {
    if (combinator(first.left, false)) {
      into.compounds.emplace_back().simples.push_back(scope());
    }
  }
  in_.skip_space();
  if (!compound(first, into, context)) return false;
  into.compounds.push_back(std::move(first));
  while (true) {
    bool space = in_.skip_space();
    if (at_list_end() || in_.peek() == ',') break;
    Compound next;
    if (!combinator(next.left, space)) return false;
    if (into.output != Output::element) return fail("nothing may follow a pseudo-element");
    in_.skip_space();
    if (!compound(next, into, context)) return false;
    into.compounds.push_back(std::move(next));
    std::size_t most = context.relative ? kMostHasCompounds : kMostCompounds;
    if (into.compounds.size() > most) return fail("too many combinators");
  }
  into.behind_scope = siblings_behind_scope(into);
  for (Compound& part : into.compounds) {
    part.slot = new_slot();
    std::stable_sort(part.simples.begin(), part.simples.end(),
                     [](const Simple& a, const Simple& b) { return cost(a) < cost(b); });
  }
  return true;
}

bool Parser::combinator(Combinator& into, bool after_space) {
  if (in_.take('>')) {
    into = Combinator::child;
  } else if (in_.take('+')) {
    into = Combinator::next;
  } else if (in_.take('~')) {
    into = Combinator::later;
  } else if (after_space) {
    into = Combinator::descendant;
  } else {
    return false;
  }
  return true;
}

bool Parser::compound(Compound& into, Complex& whole, Context context) {
  if (!type(into)) return false;
  bool any = !into.simples.empty();
  while (true) {
    in_.skip_comments();
    char c = in_.peek();
    Simple simple;
    if (in_.at_end()) break;
    if (c == '#' || c == '.') {
      in_.skip();
      if (c == '.') in_.skip_comments();
      auto name = in_.name();
      if (!name) return fail(c == '#' ? "an id is missing" : "a class name is missing");
      simple.kind = c == '#' ? Kind::id : Kind::class_name;
      simple.name = std::move(*name);
      into.simples.push_back(std::move(simple));
    } else if (c == '[') {
      in_.skip();
      if (!attribute(simple)) return false;
      into.simples.push_back(std::move(simple));
    } else if (c == '&') {
      in_.skip();
      into.simples.push_back(scope());
    } else if (c == ':') {
      if (!pseudo(into, whole, context)) return false;
      any = true;
      continue;
    } else {
      break;
    }
    any = true;
    if (whole.output != Output::element) return fail("nothing may follow a pseudo-element");
  }
  if (any) return true;
  return fail(in_.at_end() ? "a selector is missing"
                           : "a selector is missing before \"" + std::string(1, in_.peek()) + "\"");
}

ElementSpace element_space(std::string_view prefix, bool& known) {
  known = true;
  if (prefix == "html") return ElementSpace::html;
  if (prefix == "svg") return ElementSpace::svg;
  if (prefix == "math" || prefix == "mathml") return ElementSpace::mathml;
  known = false;
  return ElementSpace::none;
}

// [ns|]name or [ns|]*; nothing is taken where no type selector stands.
bool Parser::type(Compound& into) {
  Simple simple;
  bool prefixed = false;
  std::optional<std::string> name;
  auto separator = [&] { return in_.peek() == '|' && in_.peek(1) != '=' && in_.peek(1) != '|'; };
  auto read = [&] {
    if (in_.take('*')) {
      name = "*";
      simple.every_name = true;
      return;
    }
    simple.every_name = false;
    name = in_.name();
  };
  read();
  if (separator()) {
    prefixed = true;
    in_.skip();
    bool known = true;
    if (!name) {
      simple.element_space = ElementSpace::none;
    } else if (!simple.every_name) {
      simple.element_space = element_space(*name, known);
    }
    if (!known) {
      return fail("unknown namespace \"" + *name + "\" (known: html, svg, math)");
    }
    in_.skip_comments();
    read();
    if (!name) return fail("an element name is missing after \"|\"");
  }
  if (!name) return true;
  if (simple.every_name && !prefixed) simple.element_space = ElementSpace::any;
  simple.exact_name = *name;
  simple.name = ascii_lower(*name);
  simple.tag = gumbo_tagn_enum(simple.name.data(), static_cast<unsigned>(simple.name.size()));
  into.simples.push_back(std::move(simple));
  return true;
}

bool Parser::attribute_name(Simple& into) {
  auto separator = [&] { return in_.peek() == '|' && in_.peek(1) != '='; };
  std::optional<std::string> name;
  bool star = in_.take('*');
  if (!star) name = in_.name();
  if (separator()) {
    in_.skip();
    if (star) {
      into.attribute_space = AttributeSpace::any;
    } else if (name) {
      if (*name == "xlink") {
        into.attribute_space = AttributeSpace::xlink;
      } else if (*name == "xml") {
        into.attribute_space = AttributeSpace::xml;
      } else if (*name == "html" || *name == "svg" || *name == "math") {
        into.attribute_space = AttributeSpace::no_such;  // attributes are never in these
      } else {
        return fail("unknown namespace \"" + *name + "\" (known: xlink, xml)");
      }
    }
    star = false;
    in_.skip_comments();
    name = in_.name();
  }
  if (star || !name) return fail("an attribute name is missing");
  into.exact_name = *name;
  into.name = ascii_lower(*name);
  into.value_ignores_case = has(kCaselessAttributes, into.name);
  return true;
}

bool Parser::attribute_operator(Simple& into) {
  constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"=", Operator::equals},   {"~=", Operator::includes}, {"|=", Operator::dash},
      {"^=", Operator::prefix},  {"$=", Operator::suffix},   {"*=", Operator::substring},
      {"!=", Operator::differs},
  };
  for (auto [text, op] : kOperators) {
    if (!in_.take(text)) continue;
    into.op = op;
    return true;
  }
  return false;
}

bool Parser::attribute(Simple& into) {
  into.kind = Kind::attribute;
  in_.skip_space();
  if (!attribute_name(into)) return false;
  in_.skip_space();
  if (in_.take(']') || in_.at_end()) return true;
  if (!attribute_operator(into)) return fail("\"]\" or an operator is missing");
  in_.skip_space();
  auto value = in_.starts_name() ? in_.name() : in_.string();
  if (!value) return fail("a value is missing (quote it unless it is a plain word)");
  into.value = std::move(*value);
  in_.skip_space();
  if (auto flag = in_.name()) {
    std::string lower = ascii_lower(*flag);
    if (lower != "i" && lower != "s") return fail("unknown flag \"" + *flag + "\"");
    into.case_rule = lower == "i" ? CaseRule::insensitive : CaseRule::sensitive;
    in_.skip_space();
  }
  return in_.take(']') || in_.at_end() || fail("\"]\" is missing");
}

bool Parser::pseudo(Compound& into, Complex& whole, Context context) {
  in_.skip();
  in_.skip_comments();
  bool element = in_.take(':');
  in_.skip_comments();
  auto raw = in_.name();
  if (!raw) return fail("a name is missing after \":\"");
  std::string name = ascii_lower(*raw);
  if (element || (has(kOldPseudoElements, name) && in_.peek() != '(')) {
    return pseudo_element(name, into, whole, context);
  }
  if (whole.output == Output::text || whole.output == Output::attribute) {
    return fail("nothing may follow a pseudo-element");
  }
  if (whole.output == Output::nothing && !has(kStatesOfPseudoElements, name)) {
    return fail("\":" + name + "\" may not follow a pseudo-element");
  }
  Simple simple;
  if (in_.take('(')) {
    in_.skip_space();
    if (!function(name, simple, context)) return false;
    in_.skip_space();
    if (!close()) return fail("\")\" is missing");
  } else if (!pseudo_class(name, simple)) {
    return fail("unknown pseudo-class \":" + *raw + "\"");
  }
  into.simples.push_back(std::move(simple));
  return true;
}

bool Parser::pseudo_class(const std::string& name, Simple& into) {
  into.kind = Kind::state;
  for (const StateName& known : kStates) {
    if (known.name != name) continue;
    into.state = known.state;
    if (known.state == State::scope) program_.uses_scope = true;
    return true;
  }
  if (has(kNeverStates, name)) return true;
  struct Shape {
    std::string_view name;
    bool of_type;
    bool from_end;
  };
  constexpr Shape kShapes[] = {{"first-child", false, false},
                               {"last-child", false, true},
                               {"first-of-type", true, false},
                               {"last-of-type", true, true}};
  into.kind = Kind::nth;
  into.offset = 1;
  for (const Shape& shape : kShapes) {
    if (shape.name != name) continue;
    into.of_type = shape.of_type;
    into.from_end = shape.from_end;
    return true;
  }
  if (name != "only-child" && name != "only-of-type") return false;
  // The first and the last at once: an :is() of one compound with both.
  into.of_type = name == "only-of-type";
  Simple last = into;
  last.from_end = true;
  Compound both;
  both.simples = {into, last};
  both.slot = new_slot();
  Complex only;
  only.compounds.push_back(std::move(both));
  List list;
  list.complexes.push_back(std::move(only));
  program_.lists.push_back(std::move(list));
  into = Simple{};
  into.kind = Kind::any_of;
  into.list = static_cast<std::int32_t>(program_.lists.size()) - 1;
  return true;
}

Parser::Number Parser::nested(Context outer, bool relative, bool forgiving) {
  return list({.relative = relative, .forgiving = forgiving, .depth = outer.depth + 1});
}

bool Parser::function(const std::string& name, Simple& into, Context context) {
  if (name == "not" || name == "is" || name == "where" || name == "matches" || name == "has") {
    bool forgiving = name != "not" && name != "has";
    auto number = nested(context, name == "has", forgiving);
    if (!number) return false;
    into.kind = name == "not" ? Kind::none_of : name == "has" ? Kind::has : Kind::any_of;
    into.list = *number;
    into.slot = new_slot();
    return true;
  }
  if (name.starts_with("nth-")) return nth(name, into, context);
  if (name == "lang") return languages(into);
  if (name == "dir") {
    into.kind = Kind::direction;
    auto direction = in_.name();
    if (!direction) return fail(":dir() wants ltr or rtl");
    into.value = ascii_lower(*direction);
    return true;
  }
  if (name == "contains" || name == "-soup-contains" || name == "-soup-contains-own") {
    into.kind = name == "-soup-contains-own" ? Kind::contains_own : Kind::contains;
    return contained_words(into);
  }
  if (has(kNeverFunctions, name)) {
    into.kind = Kind::state;
    return nested(context, false, false).has_value();
  }
  return fail("unknown pseudo-class \":" + name + "()\"");
}

// As Scrapy's parsel reads them: "p ::text" is all text in p, its own as well.
bool asks_for_self_too(const Compound& compound) {
  if (compound.left != Combinator::descendant) return false;
  return std::all_of(compound.simples.begin(), compound.simples.end(), [](const Simple& simple) {
    return simple.kind == Kind::type && simple.every_name &&
           simple.element_space == ElementSpace::any;
  });
}

bool Parser::pseudo_element(const std::string& name, const Compound& of, Complex& whole,
                            Context context) {
  if (context.depth > 0) return fail("\"::" + name + "\" may not stand in parentheses");
  if (whole.output == Output::text || whole.output == Output::attribute) {
    return fail("nothing may follow a pseudo-element");
  }
  if (name == "text" && in_.peek() != '(') {
    whole.output = Output::text;
    whole.or_self = asks_for_self_too(of);
    return true;
  }
  if (name == "attr" && in_.take('(')) {
    in_.skip_space();
    auto attribute = in_.name();
    if (!attribute) return fail("::attr() wants the name of an attribute");
    // "xlink:href" may be written without an escape: nothing else can be meant.
    while (in_.take(':')) *attribute += ":" + in_.name_rest();
    in_.skip_space();
    if (!close()) return fail("\")\" is missing");
    whole.output = Output::attribute;
    whole.or_self = asks_for_self_too(of);
    whole.exact_attribute = *attribute;
    whole.attribute = ascii_lower(*attribute);
    return true;
  }
  // Selectors 4 section 3.6.4: those of one old engine are valid, whatever they are.
  bool legacy = name.starts_with("-webkit-") && in_.peek() != '(';
  const auto* known = std::find_if(std::begin(kPseudoElements), std::end(kPseudoElements),
                                   [&](const ElementName& one) { return one.name == name; });
  if (!legacy && known == std::end(kPseudoElements)) {
    return fail("unknown pseudo-element \"::" + name + "\"");
  }
  whole.output = Output::nothing;
  return legacy || element_arguments(name, known->arguments);
}

bool Parser::element_arguments(const std::string& name, Arguments arguments) {
  bool given = in_.take('(');
  if (given && arguments == Arguments::none) return fail("\"::" + name + "\" takes no argument");
  if (!given && arguments == Arguments::needed)
    return fail("\"::" + name + "()\" wants an argument");
  if (!given) return true;
  if (base::trim(in_.until_closing_parenthesis()).empty()) {
    return fail("\"::" + name + "()\" wants an argument");
  }
  return close() || fail("\")\" is missing");
}

bool Parser::nth(const std::string& name, Simple& into, Context context) {
  into.kind = Kind::nth;
  into.of_type = name == "nth-of-type" || name == "nth-last-of-type";
  into.from_end = name == "nth-last-child" || name == "nth-last-of-type";
  if (!into.of_type && name != "nth-child" && name != "nth-last-child") {
    return fail("unknown pseudo-class \":" + name + "()\"");
  }
  if (!an_plus_b(into)) return fail("\":" + name + "()\" wants a form like 2n+1, odd or 3");
  in_.skip_space();
  if (at_list_end()) return true;
  auto of = in_.name();
  if (into.of_type || !of || ascii_lower(*of) != "of") {
    return fail("unexpected text in \":" + name + "()\"");
  }
  in_.skip_space();
  auto number = nested(context, false, false);
  if (!number) return false;
  into.list = *number;
  into.slot = new_slot();
  return true;
}

// Digits, if any stand here. Numbers beyond 32 bits stand for the largest.
std::optional<std::int32_t> Parser::digits() {
  auto digit = [&] { return in_.peek() >= '0' && in_.peek() <= '9'; };
  if (!digit()) return std::nullopt;
  std::int64_t value = 0;
  for (; digit(); in_.skip()) {
    value = std::min<std::int64_t>(value * 10 + (in_.peek() - '0'),
                                   std::numeric_limits<std::int32_t>::max());
  }
  return static_cast<std::int32_t>(value);
}

// CSS Syntax section 6.2: a number, and what begins with "n" as one word ("2n-1" is
// the number 2 with the unit "n-1").
bool Parser::an_plus_b(Simple& into) {
  std::size_t start = in_.position();
  bool minus = in_.take('-');
  bool plus = !minus && in_.take('+');
  auto count = digits();
  if (!count && minus) in_.go_back_to(start);
  if (!count && plus) in_.skip_comments();
  if (minus && count) count = -*count;
  if (count && !in_.starts_name()) {
    into.offset = *count;
    return true;
  }
  auto word = in_.name();
  if (!word) return false;
  std::string unit = ascii_lower(*word);
  if (!count && !plus && (unit == "odd" || unit == "even")) {
    into.step = 2;
    into.offset = unit == "odd" ? 1 : 0;
    return true;
  }
  into.step = count.value_or(1);
  if (!count && !plus && unit.starts_with('-')) {
    into.step = -1;
    unit.erase(0, 1);
  }
  return unit.starts_with('n') && after_n(std::string_view(unit).substr(1), into);
}

// What follows the "n": `unit` is what stood in one word with it.
bool Parser::after_n(std::string_view unit, Simple& into) {
  into.offset = 0;
  bool minus = unit.starts_with('-');
  if (unit.size() > 1) {
    std::int64_t value = 0;
    for (char c : unit.substr(1)) {
      if (!minus || c < '0' || c > '9') return false;
      value =
          std::min<std::int64_t>(value * 10 + (c - '0'), std::numeric_limits<std::int32_t>::max());
    }
    into.offset = -static_cast<std::int32_t>(value);
    return true;
  }
  if (!unit.empty() && !minus) return false;
  std::size_t start = in_.position();
  in_.skip_space();
  if (unit.empty()) {
    minus = in_.take('-');
    if (!minus && !in_.take('+')) {
      in_.go_back_to(start);
      return true;
    }
    in_.skip_space();
  }
  auto offset = digits();
  if (!offset) return false;
  into.offset = minus ? -*offset : *offset;
  return !in_.starts_name();
}

bool Parser::languages(Simple& into) {
  into.kind = Kind::language;
  do {
    in_.skip_space();
    auto range = in_.starts_name() ? in_.name() : in_.string();
    if (!range) return fail(":lang() wants language ranges (quote those with a \"*\")");
    into.words.push_back(ascii_lower(*range));
    in_.skip_space();
  } while (in_.take(','));
  return true;
}

// Words or strings, or plain text as jQuery allows. Not of the standard, so the
// end of the text does not close it.
bool Parser::contained_words(Simple& into) {
  into.slot = new_slot();
  std::size_t start = in_.position();
  bool closed = true;
  while (true) {
    in_.skip_space();
    auto word = in_.starts_name() ? in_.name() : in_.string(&closed);
    if (!closed) return fail("a quote is not closed");
    if (!word) break;
    into.words.push_back(std::move(*word));
    in_.skip_space();
    if (in_.peek() == ')') return true;
    if (!in_.take(',')) break;
  }
  in_.go_back_to(start);
  into.words.assign(1, std::string(in_.until_closing_parenthesis()));
  if (in_.peek() != ')') return fail("\")\" is missing");
  return !into.words[0].empty() || fail(":contains() wants a text");
}

}  // namespace

base::Result<Program> parse(std::string_view text, Selector::Start start) {
  if (text.size() > kLongestText) {
    return base::Error{base::Error::Code::invalid, "the selector is longer than 64 KiB"};
  }
  return Parser(text, start).run();
}

}  // namespace crawld::parsers::selector
