// Where a location path can be cut (XPath 1.0 section 2).
#include <algorithm>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/selector/xpath_paths.h"

namespace crawld::parsers {
namespace {

constexpr std::string_view kDescendants = "descendant-or-self::node()";

constexpr std::string_view kAxes[] = {"ancestor",  "ancestor-or-self",  "attribute",
                                      "child",     "descendant",        "descendant-or-self",
                                      "following", "following-sibling", "parent",
                                      "preceding", "preceding-sibling", "self"};
constexpr std::string_view kNodeTypes[] = {"comment", "node", "processing-instruction", "text"};

template <std::size_t kCount>
bool is_one_of(std::string_view name, const std::string_view (&names)[kCount]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

struct Step {
  std::string text;
  std::string axis;
  bool has_predicates = false;

  // From different nodes it finds different nodes.
  bool is_plain() const { return axis == "child" || axis == "attribute" || axis == "self"; }
  Reach reach() const {
    if (has_predicates) return Reach::any;
    if (axis == "descendant" || axis == "descendant-or-self") return Reach::inside;
    return axis == "following-sibling" ? Reach::behind : Reach::any;
  }
};

class PathCutter {
 public:
  explicit PathCutter(std::string_view expression) : text_(expression) {}

  std::optional<std::vector<std::vector<PathPiece>>> cut() {
    std::vector<std::vector<PathPiece>> paths;
    bool is_cut = false;
    do {
      pieces_.clear();
      if (!path()) return std::nullopt;
      is_cut = is_cut || pieces_.size() > 1;
      paths.push_back(std::move(pieces_));
    } while (take("|"));
    if (!is_cut || at_ != text_.size()) return std::nullopt;
    return paths;
  }

 private:
  bool path() {
    const bool from_all = take("//");
    const bool from_root = !from_all && take("/");
    auto step = read_step();
    if (!step) return false;
    if (from_all && !step->is_plain()) {
      pieces_.push_back({"/" + std::string(kDescendants), Reach::any});
      pieces_.push_back({step->text, step->reach()});
    } else {
      pieces_.push_back({(from_all ? "//" : from_root ? "/" : "") + step->text, Reach::any});
    }
    for (;;) {
      const bool below = take("//");
      if (!below && !take("/")) return true;
      step = read_step();
      if (!step) return false;
      add(*step, below);
    }
  }

  void add(const Step& step, bool below) {
    if (below) pieces_.push_back({std::string(kDescendants), Reach::inside});
    if (step.is_plain()) {
      pieces_.back().text += "/" + step.text;
    } else {
      pieces_.push_back({step.text, step.reach()});
    }
  }

  std::optional<Step> read_step() {
    skip_space();
    const std::size_t begin = at_;
    Step step{.text = {}, .axis = "child"};
    if (take("..")) {
      step.axis = "parent";
    } else if (take(".")) {
      step.axis = "self";
    } else if (!read_axis(step) || !read_test()) {
      return std::nullopt;
    }
    while (take("[")) {
      step.has_predicates = true;
      if (!skip_predicate()) return std::nullopt;
    }
    step.text = base::trim(text_.substr(begin, at_ - begin));
    return step;
  }

  bool read_axis(Step& step) {
    if (take("@")) {
      step.axis = "attribute";
      return true;
    }
    const std::size_t begin = at_;
    const std::string_view name = read_name();
    if (name.empty() || !take("::")) {
      at_ = begin;
      return true;
    }
    step.axis = name;
    return is_one_of(name, kAxes);
  }

  bool read_test() {
    if (take("*")) return true;
    const std::string_view name = read_name();
    if (name.empty()) return false;
    if (take(":")) return take("*") || !read_name().empty();
    if (!take("(")) return true;
    return is_one_of(name, kNodeTypes) && take(")");
  }

  std::string_view read_name() {
    skip_space();
    const std::size_t end =
        std::min(text_.find_first_of(" \t\r\n/[]()@|,=<>!+*$\"':", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    if (name.empty() || name.front() == '-' || name.front() == '.' ||
        (name.front() >= '0' && name.front() <= '9')) {
      return {};
    }
    at_ = end;
    return name;
  }

  // Behind its "[".
  bool skip_predicate() {
    for (int open = 1; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '[') ++open;
      if (c == ']' && --open == 0) return true;
      if (c != '"' && c != '\'') continue;
      at_ = text_.find(c, at_);
      if (at_ == std::string_view::npos) return false;
      ++at_;
    }
    return false;
  }

  bool take(std::string_view mark) {
    skip_space();
    if (!text_.substr(at_).starts_with(mark)) return false;
    at_ += mark.size();
    return true;
  }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<PathPiece> pieces_;
};

}  // namespace

std::optional<std::vector<std::vector<PathPiece>>> cut_paths(std::string_view expression) {
  return PathCutter(expression).cut();
}

}  // namespace crawld::parsers
