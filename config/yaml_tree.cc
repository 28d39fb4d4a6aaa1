#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "crawler/base/escape.h"
#include "crawler/base/utf8.h"

namespace crawld::config {
namespace {

Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

struct Refused {
  Problem problem;
};

// Builds the tree. Throws Refused; read_yaml() catches it.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {}

  Value take() { return std::move(root_); }
  std::vector<Problem>& problems() { return problems_; }
  // The scalar that was read last, where it stands in quotes.
  std::optional<Place> last_quoted() const {
    return last_is_quoted_ ? std::optional(last_) : std::nullopt;
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.kind = Value::Kind::nothing, .place = place_of(mark)}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp marks quoted scalars with the tag "!".
    if (!tag.empty() && tag != "!" && tag != "?") {
      throw Refused{{place_of(mark), "tags such as " + tag + " are not used here"}};
    }
    last_is_quoted_ = tag == "!";
    last_ = place_of(mark);
    add({.kind = Value::Kind::scalar, .place = place_of(mark), .text = text, .quoted = tag == "!"},
        anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Refused{{place_of(mark), "an alias must not stand inside what it names"}};
    }
    const Anchored& named = found->second;
    charge(named.weight, place_of(mark));
    deepen(named.depth, place_of(mark));
    Value copy = named.value;
    copy.place = place_of(mark);
    place(std::move(copy));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open({.kind = Value::Kind::list, .place = place_of(mark)}, anchor);
  }
  void OnSequenceEnd() override { shut(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open({.kind = Value::Kind::map, .place = place_of(mark)}, anchor);
  }
  void OnMapEnd() override { shut(); }

 private:
  struct Frame {
    Value value;
    YAML::anchor_t anchor = 0;
    std::size_t weight_before = 0;
    std::size_t depth = 1;  // of what it holds, itself included
    bool has_key = false;
    std::string key;
    Place key_place;
    std::set<std::string> keys;
  };

  struct Anchored {
    Value value;
    std::size_t weight = 0;
    std::size_t depth = 0;
  };

  // What is copied is paid for as well, long texts by their length: an alias to a text
  // of a megabyte is no cheaper than the text.
  static std::size_t weight_of(const Value& scalar) { return 1 + scalar.text.size() / 32; }

  void charge(std::size_t weight, Place place) {
    weight_ += weight;
    if (weight_ > limits_.values) {
      throw Refused{
          {place, "more than " + std::to_string(limits_.values) + " values, aliases written out"}};
    }
  }

  // The innermost frame holds something `depth` levels deep.
  void deepen(std::size_t depth, Place place) {
    if (frames_.size() + depth > limits_.depth) {
      throw Refused{{place, "nested deeper than " + std::to_string(limits_.depth) + " levels"}};
    }
    if (!frames_.empty()) frames_.back().depth = std::max(frames_.back().depth, depth + 1);
  }

  void add(Value value, YAML::anchor_t anchor) {
    const std::size_t weight = weight_of(value);
    charge(weight, value.place);
    if (anchor != 0) remember(anchor, {value, weight, 0});
    place(std::move(value));
  }

  void remember(YAML::anchor_t anchor, Anchored named) {
    charge(named.weight, named.value.place);
    if (anchors_.size() == limits_.anchors) {
      throw Refused{
          {named.value.place, "more than " + std::to_string(limits_.anchors) + " anchors"}};
    }
    anchors_[anchor] = std::move(named);
  }

  void open(Value value, YAML::anchor_t anchor) {
    charge(1, value.place);
    deepen(1, value.place);
    Frame frame;
    frame.value = std::move(value);
    frame.anchor = anchor;
    frame.weight_before = weight_;
    frames_.push_back(std::move(frame));
  }

  void shut() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (!frames_.empty()) frames_.back().depth = std::max(frames_.back().depth, frame.depth + 1);
    if (frame.anchor != 0) {
      remember(frame.anchor, {frame.value, weight_ - frame.weight_before + 1, frame.depth});
    }
    place(std::move(frame.value));
  }

  void place(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.value.kind == Value::Kind::list) {
      frame.value.items.push_back(std::move(value));
      return;
    }
    if (!frame.has_key) {
      if (value.kind != Value::Kind::scalar) {
        throw Refused{{value.place, "a key must be a plain word"}};
      }
      frame.has_key = true;
      frame.key = std::move(value.text);
      frame.key_place = value.place;
      if (!frame.keys.insert(frame.key).second) {
        problems_.push_back({frame.key_place, "key \"" + base::printable(frame.key.substr(0, 60)) +
                                                  "\" stands here twice"});
      }
      return;
    }
    frame.has_key = false;
    frame.value.members.push_back({std::move(frame.key), frame.key_place, std::move(value)});
  }

  const YamlLimits limits_;
  Value root_{.kind = Value::Kind::map};
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t weight_ = 0;
  bool last_is_quoted_ = false;
  Place last_;
  std::vector<Problem> problems_;
};

// How many bytes the first one of a character speaks of.
std::size_t length_told_by(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Where a text stops being UTF-8, or holds a NUL, and which of them. Needs: it does.
Problem first_bad_byte(std::string_view text) {
  Place place{1, 1};
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\0') return {place, "a NUL byte; this is no text"};
    const std::size_t length = length_told_by(text[at]);
    if (!base::is_utf8(text.substr(at, length))) break;
    ++place.column;
    if (text[at] == '\n') place = {place.line + 1, 1};
    at += length;
  }
  return {place, "a byte that is not UTF-8 text"};
}

// The text from a line on; lines count from 0.
std::string_view from_line(std::string_view text, int line) {
  for (; line > 0 && !text.empty(); --line) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return text;
}

// yaml-cpp lets a quote that nobody closes end with the file: all keys behind it are gone.
bool is_closed(std::string_view text, Place place) {
  text = from_line(text, place.line - 1);
  std::size_t at = text.find_first_of("\"'", static_cast<std::size_t>(place.column) - 1);
  if (at == text.npos) return true;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    const bool twice = quote == '\'' && text.substr(at, 2) == "''";
    if (twice || (quote == '"' && text[at] == '\\')) {
      ++at;
    } else if (text[at] == quote) {
      return true;
    }
  }
  return false;
}

std::string explain(const YAML::ParserException& error, std::string_view text) {
  // The commonest mistake deserves its own words.
  const std::string_view rest = from_line(text, error.mark.line);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.find('\t') != std::string_view::npos &&
      line.find_first_not_of(" \t") > line.find('\t')) {
    return "tabs cannot indent YAML; use spaces";
  }
  if (error.msg == YAML::ErrorMsg::EOF_IN_SCALAR) return "a quote is opened and never closed";
  return "not YAML: " + error.msg;
}

}  // namespace

Value read_yaml(std::string_view text, const YamlLimits& limits, std::vector<Problem>& problems) {
  if (text.size() > limits.bytes) {
    problems.push_back({{1, 1}, "larger than " + std::to_string(limits.bytes >> 20) + " MiB"});
    return {};
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    problems.push_back({{1, 1}, "this is UTF-16; save it as UTF-8"});
    return {};
  }
  if (!base::is_utf8(text) || text.find('\0') != std::string_view::npos) {
    problems.push_back(first_bad_byte(text));
    return {};
  }
  Builder builder(limits);
  const auto leaves_a_quote_open = [&] {
    const std::optional<Place> quoted = builder.last_quoted();
    if (!quoted || is_closed(text, *quoted)) return false;
    problems.push_back({*quoted, "a quote that is opened here is never closed"});
    return true;
  };
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    Builder second(limits);
    if (parser.HandleNextDocument(second)) {
      problems.push_back({second.take().place, "a second document (\"---\"); one is read"});
    }
  } catch (const Refused& refused) {
    problems.push_back(refused.problem);
    return {};
  } catch (const YAML::ParserException& error) {
    if (leaves_a_quote_open()) return {};
    problems.push_back({place_of(error.mark), explain(error, text)});
    return {};
  } catch (const YAML::Exception& error) {
    problems.push_back({place_of(error.mark), "not YAML: " + error.msg});
    return {};
  }
  if (leaves_a_quote_open()) return {};
  problems.insert(problems.end(), builder.problems().begin(), builder.problems().end());
  Value root = builder.take();
  if (root.kind == Value::Kind::nothing) root.kind = Value::Kind::map;
  return root;
}

}  // namespace crawld::config
