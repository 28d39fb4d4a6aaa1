// JSONPath (RFC 9535 without functions).
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/extract/json_path.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::is_ascii_digit;

constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kMostValues = 100'000;
constexpr int kDeepestFilter = 20;
constexpr long kNone = std::numeric_limits<long>::min();

}  // namespace

struct JsonPath::Program {
  enum class Choice { name, index, slice, all, filter };
  struct Filter;
  struct Selector {
    Choice choice = Choice::all;
    std::string name;
    long index = 0;
    long from = kNone, to = kNone, step = 1;
    std::shared_ptr<const Filter> filter;
  };
  struct Segment {
    bool descend = false;
    std::vector<Selector> selectors;
  };
  struct Query {
    bool from_root = true;
    std::vector<Segment> segments;
  };
  enum class Test { any_of, all_of, none_of, exists, equal, differs, less, less_equal };
  struct Operand {
    bool is_query = false;
    Query query;
    Json literal;
  };
  struct Filter {
    Test test = Test::exists;
    std::vector<Filter> parts;
    Operand left, right;
  };
  Query query;
};

// Text to program. Recursion follows parentheses of filters, to a limit.
class JsonPathParser {
 public:
  using Program = JsonPath::Program;

  explicit JsonPathParser(std::string_view text) : text_(text) {}

  base::Result<JsonPath> run() {
    JsonPath path;
    auto program = std::make_shared<Program>();
    bool good = text_.size() <= kLongestText && take("$") && segments(program->query);
    if (good && at_ != text_.size()) good = fail("unexpected text");
    if (!good) {
      if (error_.empty()) fail("a JSONPath starts with \"$\"");
      return Error{Error::Code::invalid, error_};
    }
    path.program_ = std::move(program);
    return path;
  }

 private:
  bool fail(std::string_view why) {
    if (error_.empty()) error_ = std::string(why) + " at byte " + std::to_string(at_ + 1);
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void space() {
    while (at_ < text_.size() && base::is_ascii_space(text_[at_])) ++at_;
  }
  static bool name_char(char c) {
    return base::is_ascii_alphanumeric(c) || c == '_' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  bool segments(Program::Query& query) {
    while (true) {
      std::size_t before = at_;
      space();
      Program::Segment segment;
      if (take("..")) {
        segment.descend = true;
        if (peek() == '[' ? !bracket(segment) : !dotted(segment)) return false;
      } else if (take(".")) {
        if (!dotted(segment)) return false;
      } else if (peek() == '[') {
        if (!bracket(segment)) return false;
      } else {
        at_ = before;
        return true;
      }
      query.segments.push_back(std::move(segment));
    }
  }

  bool dotted(Program::Segment& segment) {
    Program::Selector selector;
    if (take("*")) {
      selector.choice = Program::Choice::all;
    } else {
      std::size_t start = at_;
      while (name_char(peek())) ++at_;
      if (at_ == start) return fail("a name is missing");
      selector.choice = Program::Choice::name;
      selector.name = text_.substr(start, at_ - start);
    }
    segment.selectors.push_back(std::move(selector));
    return true;
  }

  bool bracket(Program::Segment& segment) {
    ++at_;
    do {
      space();
      Program::Selector selector;
      if (peek() == '\'' || peek() == '"') {
        selector.choice = Program::Choice::name;
        if (!quoted(selector.name)) return false;
      } else if (take("*")) {
        selector.choice = Program::Choice::all;
      } else if (take("?")) {
        selector.choice = Program::Choice::filter;
        auto filter = std::make_shared<Program::Filter>();
        if (!any_of(*filter, 0)) return false;
        selector.filter = std::move(filter);
      } else if (!index_or_slice(selector)) {
        return false;
      }
      segment.selectors.push_back(std::move(selector));
      space();
    } while (take(","));
    return take("]") || fail("\"]\" is missing");
  }

  bool integer(long& value) {
    bool negative = take("-");
    if (!is_ascii_digit(peek())) return !negative || fail("a number is missing");
    long digits = 0;
    while (is_ascii_digit(peek()))
      digits = std::min(digits * 10 + (text_[at_++] - '0'), 1'000'000'000L);
    value = negative ? -digits : digits;
    return true;
  }

  bool index_or_slice(Program::Selector& selector) {
    long first = kNone;
    if (!integer(first)) return false;
    space();
    if (!take(":")) {
      selector.choice = Program::Choice::index;
      selector.index = first;
      return first != kNone || fail("a name, an index, \"*\" or \"?\" is missing");
    }
    selector.choice = Program::Choice::slice;
    selector.from = first;
    space();
    if (!integer(selector.to)) return false;
    space();
    if (!take(":")) return true;
    space();
    return integer(selector.step);
  }

  bool quoted(std::string& into) {
    char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        // As in JSON; a quote of either kind may be escaped.
        char c = text_[at_ + 1];
        std::size_t size = c == 'u' ? 6 : 2;
        std::string literal = "\"" + std::string(text_.substr(at_, size)) + "\"";
        if (c == '\'') literal = "\"'\"";
        Json read = Json::parse(literal, nullptr, false);
        if (!read.is_string()) return fail("an unknown escape");
        into += read.get<std::string>();
        at_ += size;
        continue;
      }
      into += text_[at_++];
    }
    return take(std::string_view(&quote, 1)) || fail("a quote is not closed");
  }

  bool any_of(Program::Filter& into, int depth) {
    if (depth > kDeepestFilter) return fail("nested too deeply");
    into.test = Program::Test::any_of;
    do {
      Program::Filter& all = into.parts.emplace_back();
      all.test = Program::Test::all_of;
      do {
        if (!basic(all.parts.emplace_back(), depth)) return false;
        space();
      } while (take("&&"));
    } while (take("||"));
    return true;
  }

  bool basic(Program::Filter& into, int depth) {
    if (depth > kDeepestFilter) return fail("nested too deeply");
    space();
    if (take("!")) {
      into.test = Program::Test::none_of;
      return basic(into.parts.emplace_back(), depth + 1);
    }
    if (take("(")) {
      if (!any_of(into, depth + 1)) return false;
      space();
      return take(")") || fail("\")\" is missing");
    }
    if (!operand(into.left)) return false;
    space();
    using Test = Program::Test;
    constexpr std::pair<std::string_view, Test> kTests[] = {
        {"==", Test::equal},      {"!=", Test::differs}, {"<=", Test::less_equal},
        {">=", Test::less_equal}, {"<", Test::less},     {">", Test::less}};
    for (auto [sign, test] : kTests) {
      if (!take(sign)) continue;
      into.test = test;
      space();
      if (!operand(into.right)) return false;
      if (sign[0] == '>') std::swap(into.left, into.right);
      return true;
    }
    into.test = Test::exists;
    return into.left.is_query || fail("a comparison is missing");
  }

  bool operand(Program::Operand& into) {
    if (peek() == '@' || peek() == '$') {
      into.is_query = true;
      into.query.from_root = text_[at_++] == '$';
      return segments(into.query);
    }
    if (peek() == '\'' || peek() == '"') {
      std::string text;
      if (!quoted(text)) return false;
      into.literal = std::move(text);
      return true;
    }
    std::size_t start = at_;
    while (name_char(peek()) || peek() == '.' || peek() == '+') ++at_;
    into.literal = Json::parse(text_.substr(start, at_ - start), nullptr, false);
    return !into.literal.is_discarded() || fail("a value is missing");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

// One evaluation. Stops adding at a number of values, so no path multiplies.
class JsonPathRun {
 public:
  using Program = JsonPath::Program;

  explicit JsonPathRun(const Json& root) : root_(root) {}

  JsonValues run(const Program::Query& query, const Json& current) {
    JsonValues at{query.from_root ? &root_ : &current};
    for (const Program::Segment& segment : query.segments) {
      JsonValues next;
      for (const Json* value : at) {
        if (segment.descend) {
          each_below(*value, [&](const Json& inside) { choose(segment, inside, next); });
        } else {
          choose(segment, *value, next);
        }
      }
      at = std::move(next);
    }
    return at;
  }

 private:
  template <class Visit>
  void each_below(const Json& top, Visit visit) {
    std::vector<const Json*> open{&top};
    while (!open.empty() && steps_ < kMostSteps) {
      const Json* at = open.back();
      open.pop_back();
      if (!at->is_structured()) continue;
      ++steps_;
      visit(*at);
      for (auto inside = at->rbegin(); inside != at->rend(); ++inside) open.push_back(&*inside);
    }
  }

  void add(JsonValues& to, const Json& value) {
    if (to.size() < kMostValues && ++steps_ < kMostSteps) to.push_back(&value);
  }

  void choose(const Program::Segment& segment, const Json& from, JsonValues& to) {
    for (const Program::Selector& selector : segment.selectors) choose(selector, from, to);
  }

  void choose(const Program::Selector& selector, const Json& from, JsonValues& to) {
    long size = from.is_array() ? static_cast<long>(from.size()) : 0;
    switch (selector.choice) {
      case Program::Choice::name:
        if (auto found = from.is_object() ? from.find(selector.name) : from.end();
            found != from.end()) {
          add(to, *found);
        }
        return;
      case Program::Choice::index: {
        long index = selector.index < 0 ? selector.index + size : selector.index;
        if (index >= 0 && index < size) add(to, from[static_cast<std::size_t>(index)]);
        return;
      }
      case Program::Choice::slice:
        return slice(selector, from, size, to);
      case Program::Choice::all:
        if (!from.is_structured()) return;
        for (const Json& value : from) add(to, value);
        return;
      case Program::Choice::filter:
        if (!from.is_structured()) return;
        for (const Json& value : from) {
          if (steps_ < kMostSteps && passes(*selector.filter, value)) add(to, value);
        }
        return;
    }
  }

  // RFC 9535 section 2.3.4.2.2.
  void slice(const Program::Selector& selector, const Json& from, long size, JsonValues& to) {
    long step = selector.step;
    if (step == 0 || size == 0) return;
    auto bound = [&](long given, long fallback) {
      if (given == kNone) return fallback;
      return given < 0 ? given + size : given;
    };
    if (step > 0) {
      long first = std::clamp(bound(selector.from, 0), 0L, size);
      long last = std::clamp(bound(selector.to, size), 0L, size);
      for (long i = first; i < last; i += step) add(to, from[static_cast<std::size_t>(i)]);
    } else {
      long first = std::clamp(bound(selector.from, size - 1), -1L, size - 1);
      long last = std::clamp(bound(selector.to, -1), -1L, size - 1);
      for (long i = first; i > last; i += step) add(to, from[static_cast<std::size_t>(i)]);
    }
  }

  bool passes(const Program::Filter& filter, const Json& current) {
    ++steps_;
    auto part_passes = [&](const Program::Filter& part) { return passes(part, current); };
    switch (filter.test) {
      case Program::Test::any_of:
        return std::any_of(filter.parts.begin(), filter.parts.end(), part_passes);
      case Program::Test::all_of:
        return std::all_of(filter.parts.begin(), filter.parts.end(), part_passes);
      case Program::Test::none_of:
        return std::none_of(filter.parts.begin(), filter.parts.end(), part_passes);
      case Program::Test::exists:
        return !run(filter.left.query, current).empty();
      case Program::Test::equal:
        return equal(value_of(filter.left, current), value_of(filter.right, current));
      case Program::Test::differs:
        return !equal(value_of(filter.left, current), value_of(filter.right, current));
      case Program::Test::less:
        return less(value_of(filter.left, current), value_of(filter.right, current));
      case Program::Test::less_equal: {
        const Json* left = value_of(filter.left, current);
        const Json* right = value_of(filter.right, current);
        return less(left, right) || equal(left, right);
      }
    }
    return false;
  }

  // Null: nothing, which only equals nothing.
  const Json* value_of(const Program::Operand& operand, const Json& current) {
    if (!operand.is_query) return &operand.literal;
    JsonValues found = run(operand.query, current);
    return found.size() == 1 ? found.front() : nullptr;
  }
  static bool equal(const Json* a, const Json* b) {
    return a == nullptr || b == nullptr ? a == b : *a == *b;
  }
  static bool less(const Json* a, const Json* b) {
    if (a == nullptr || b == nullptr) return false;
    bool comparable = (a->is_number() && b->is_number()) || (a->is_string() && b->is_string());
    return comparable && *a < *b;
  }

  static constexpr std::size_t kMostSteps = 5'000'000;
  const Json& root_;
  std::size_t steps_ = 0;
};

base::Result<JsonPath> JsonPath::compile(std::string_view text) {
  return JsonPathParser(text).run();
}

JsonValues JsonPath::select(const Json& document) const {
  return JsonPathRun(document).run(program_->query, document);
}

}  // namespace crawld::parsers
