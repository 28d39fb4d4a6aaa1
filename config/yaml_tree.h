// YAML text as a tree of plain values that remember where they stood.
//
// yaml-cpp's events are read, not its nodes, so that nothing is expanded behind our
// back: the size, depth and number of values are bounded (an alias counts as all it
// stands for), duplicate keys and bytes that are no UTF-8 are errors. Its exceptions
// end here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawld::config {

struct Place {
  int line = 0;    // 1-based; 0: not from a file
  int column = 0;  // 1-based
};

struct Value {
  enum class Kind { nothing, scalar, list, map };
  struct Member;

  Kind kind = Kind::nothing;
  Place place;
  std::string text;             // scalar, as written; quotes removed
  bool quoted = false;          // scalar: a string whatever it looks like
  std::vector<Value> items;     // list
  std::vector<Member> members;  // map, in order
};

struct Value::Member {
  std::string key;
  Place place;
  Value value;
};

struct Problem {
  Place place;
  std::string message;
  bool of_secret = false;  // a secret that the file names cannot be had here
};

struct YamlLimits {
  std::size_t bytes = 8U << 20;
  std::size_t values = 2'000'000;
  std::size_t depth = 64;
  std::size_t anchors = 1'000;
};

// The document as a map; problems are appended, and the tree is then empty or partial.
// An empty document is an empty map.
Value read_yaml(std::string_view text, const YamlLimits& limits, std::vector<Problem>& problems);

}  // namespace crawld::config
