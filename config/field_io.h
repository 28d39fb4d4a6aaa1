// The two ways through a configuration field: reading it from a value, writing it down.
//
// Each field of config/fields.cc is one generic function over these two, so that key,
// type and range are said once. ReadField reports what is wrong with its place;
// WriteField makes the text that crawld.example.yaml and `check --effective` show.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_tree.h"
#include "parsers/worker/converter.h"

namespace crawld::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Count {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};
struct Span {
  milliseconds min{0};
  milliseconds max = std::chrono::hours(24 * 3650);
};
struct Real {
  double min = 0;
  double max = 1e9;
};
template <class E>
struct Choice {
  std::string_view name;
  E value;
};

class ReadField {
 public:
  // `key` is the full path, for messages. Outlived by both.
  ReadField(const Value& value, std::string_view key, std::vector<Problem>& problems)
      : value_(value), key_(key), problems_(problems) {}

  // As written: `no`, `010` and `1e3` are words here.
  void text(std::string& into);
  // As text(), but "${env:NAME}" and "${file:PATH}" are replaced; never shown again.
  void secret(std::string& into);
  // One, or a list of them; an empty one is none.
  void one_or_more_secrets(std::vector<std::string>& into);
  void boolean(bool& into);
  template <class N>
  void count(N& into, Count range = {}) {
    std::uint64_t value = 0;
    if (read_count(value, {range.min,
                           std::min<std::uint64_t>(range.max, std::numeric_limits<N>::max())})) {
      into = static_cast<N>(value);
    }
  }
  void signed_number(int& into, int min, int max);
  void real(double& into, Real range);
  void bytes(std::uint64_t& into, Count range = {});
  void duration(milliseconds& into, Span range = {});
  void duration(seconds& into, Span range = {});
  // "50k" or "10%": one of the two is set, the other zeroed.
  void count_or_share(std::uint64_t& count, double& share);
  void optional_count(std::optional<std::uint32_t>& into);  // "none" lifts it
  void texts(std::vector<std::string>& into);
  std::vector<std::string> list_of_texts() {
    std::vector<std::string> list;
    texts(list);
    return list;
  }
  void ports(std::vector<std::uint16_t>& into);
  void text_map(std::map<std::string, std::string>& into);
  void secret_map(std::map<std::string, std::string>& into);
  // "auto" is 0.
  void count_or_auto(std::uint32_t& into, Count range);
  // A list of maps; defined in config/conversions.cc.
  void conversions(std::vector<parsers::Conversion>& into);
  template <class E, std::size_t N>
  void choice(E& into, const Choice<E> (&choices)[N], const char* word = "") {
    std::vector<std::string_view> names;
    for (const auto& one : choices) {
      if (is_scalar() && one.name == value_.text) {
        into = one.value;
        return;
      }
      names.push_back(one.name);
    }
    fail_choice(names, word);
  }
  // A word, or a list of texts, which leaves the word alone.
  template <class E, std::size_t N>
  void choice_or_list(E& into, std::vector<std::string>& list, const Choice<E> (&choices)[N]) {
    if (value_.kind == Value::Kind::list) return texts(list);
    list.clear();
    choice(into, choices, ", or a list");
  }

 private:
  bool is_scalar() const { return value_.kind == Value::Kind::scalar; }
  // `word`: what else may stand there, for the message.
  bool read_count(std::uint64_t& into, Count range, const char* word = "");
  void fail_choice(const std::vector<std::string_view>& names, const char* word);
  bool expand(const Value& value, std::string& into);
  void read_conversion(const Value& value, parsers::Conversion& into);
  void fail(const std::string& wanted) { fail_at(value_, wanted); }
  void fail_at(const Value& value, const std::string& wanted);

  const Value& value_;
  const std::string_view key_;
  std::vector<Problem>& problems_;
};

// Makes YAML text of a field's value.
class WriteField {
 public:
  enum class Secrets : std::uint8_t { masked, told };
  explicit WriteField(Secrets secrets = Secrets::masked) : masks_(secrets == Secrets::masked) {}

  std::string take() { return std::move(text_); }

  void text(const std::string& from);
  void secret(const std::string& from) { text(from.empty() || !masks_ ? from : "***"); }
  void one_or_more_secrets(const std::vector<std::string>& from);
  void boolean(bool from) { text_ = from ? "true" : "false"; }
  template <class N>
  void count(N from, Count = {}) {
    text_ = std::to_string(from);
  }
  void signed_number(int from, int, int) { text_ = std::to_string(from); }
  void real(double from, Real);
  void bytes(std::uint64_t from, Count = {});
  void duration(milliseconds from, Span = {});
  void duration(seconds from, Span = {}) { duration(milliseconds(from)); }
  void count_or_share(std::uint64_t count, double share);
  void optional_count(const std::optional<std::uint32_t>& from);
  void texts(const std::vector<std::string>& from);
  void ports(const std::vector<std::uint16_t>& from);
  void text_map(const std::map<std::string, std::string>& from);
  void secret_map(const std::map<std::string, std::string>& from);
  void count_or_auto(std::uint32_t from, Count);
  void conversions(const std::vector<parsers::Conversion>& from);
  template <class E, std::size_t N>
  void choice(E from, const Choice<E> (&choices)[N]) {
    for (const auto& one : choices) {
      if (one.value == from) text_ = one.name;
    }
  }
  template <class E, std::size_t N>
  void choice_or_list(E from, const std::vector<std::string>& list, const Choice<E> (&choices)[N]) {
    if (list.empty()) return choice(from, choices);
    texts(list);
  }

 private:
  bool masks_;
  std::string text_;
};

// A YAML scalar that reads back as `text`: quoted where it must be.
std::string yaml_scalar(const std::string& text);

}  // namespace crawld::config
