#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "crawler/base/escape.h"

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
    add({.kind = Value::Kind::scalar, .place = place_of(mark), .text = text, .quoted = tag == "!"},
        anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Refused{{place_of(mark), "an alias must not stand inside what it names"}};
    }
    charge(found->second.second, place_of(mark));
    Value copy = found->second.first;
    copy.place = place_of(mark);
    add_uncharged(std::move(copy), 0);
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
    std::size_t values_before = 0;
    bool has_key = false;
    std::string key;
    Place key_place;
    std::set<std::string> keys;
  };

  void charge(std::size_t count, Place place) {
    values_ += count;
    if (values_ > limits_.values) {
      throw Refused{{place, "more than " + std::to_string(limits_.values) + " values"}};
    }
  }

  void add(Value value, YAML::anchor_t anchor) {
    charge(1, value.place);
    add_uncharged(std::move(value), anchor);
  }

  void add_uncharged(Value value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = {value, 1};
    place(std::move(value));
  }

  void open(Value value, YAML::anchor_t anchor) {
    charge(1, value.place);
    if (frames_.size() >= limits_.depth) {
      throw Refused{
          {value.place, "nested deeper than " + std::to_string(limits_.depth) + " levels"}};
    }
    Frame frame;
    frame.value = std::move(value);
    frame.anchor = anchor;
    frame.values_before = values_;
    frames_.push_back(std::move(frame));
  }

  void shut() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.anchor != 0) {
      anchors_[frame.anchor] = {frame.value, values_ - frame.values_before + 1};
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
        problems_.push_back({frame.key_place, "key \"" + frame.key + "\" stands here twice"});
      }
      return;
    }
    frame.has_key = false;
    frame.value.members.push_back({std::move(frame.key), frame.key_place, std::move(value)});
  }

  const YamlLimits limits_;
  Value root_{.kind = Value::Kind::map};
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, std::pair<Value, std::size_t>> anchors_;
  std::size_t values_ = 0;
  std::vector<Problem> problems_;
};

// Where the first byte stands that is no UTF-8, or a NUL.
Place first_bad_byte(std::string_view text) {
  Place place{1, 1};
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (!base::is_utf8(line) || line.find('\0') != std::string_view::npos) return place;
    ++place.line;
    start = end + 1;
  }
  return place;
}

std::string explain(const YAML::ParserException& error, std::string_view text) {
  // The commonest mistake deserves its own words.
  std::string_view rest = text;
  for (int line = 0; line < error.mark.line && !rest.empty(); ++line) {
    rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
  }
  const std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.find('\t') != std::string_view::npos &&
      line.find_first_not_of(" \t") > line.find('\t')) {
    return "tabs cannot indent YAML; use spaces";
  }
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
    problems.push_back({first_bad_byte(text), "a byte that is not UTF-8 text"});
    return {};
  }
  Builder builder(limits);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
  } catch (const Refused& refused) {
    problems.push_back(refused.problem);
    return {};
  } catch (const YAML::ParserException& error) {
    problems.push_back({place_of(error.mark), explain(error, text)});
    return {};
  } catch (const YAML::Exception& error) {
    problems.push_back({place_of(error.mark), "not YAML: " + error.msg});
    return {};
  }
  problems.insert(problems.end(), builder.problems().begin(), builder.problems().end());
  Value root = builder.take();
  if (root.kind == Value::Kind::nothing) root.kind = Value::Kind::map;
  return root;
}

}  // namespace crawld::config
