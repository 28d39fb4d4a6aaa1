// The third way through a configuration field: its type and range as JSON Schema.
//
// Beside ReadField and WriteField (config/field_io.h); config/reference puts the pieces
// together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/field_io.h"

namespace crawld::config {

// Makes the schema of a field's value: one JSON object, without its braces.
class DescribeField {
 public:
  std::string take() { return std::move(schema_); }

  void text(const std::string&);
  void secret(const std::string&);
  void one_or_more_secrets(const std::vector<std::string>&);
  void boolean(bool) { schema_ = R"("type": "boolean")"; }
  template <class N>
  void count(N, Count range = {}) {
    counted(range, {});
  }
  void signed_number(int, int min, int max);
  void real(double, Real range);
  void bytes(std::uint64_t, Count = {});
  void duration(milliseconds, Span = {});
  void duration(seconds, Span range = {}) { duration(milliseconds(0), range); }
  void count_or_share(std::uint64_t, double);
  void optional_count(const std::optional<std::uint32_t>&) { counted({0, 65'535}, "none"); }
  void texts(const std::vector<std::string>&);
  void ports(const std::vector<std::uint16_t>&);
  void text_map(const std::map<std::string, std::string>&);
  void secret_map(const std::map<std::string, std::string>& from) { text_map(from); }
  void count_or_auto(std::uint32_t, Count range) { counted(range, "auto"); }
  void conversions(const std::vector<parsers::Conversion>&);
  template <class E, std::size_t N>
  void choice(E, const Choice<E> (&choices)[N]) {
    schema_ = R"("enum": [)";
    for (std::size_t i = 0; i < N; ++i) {
      schema_ += (i > 0 ? ", \"" : "\"") + std::string(choices[i].name) + "\"";
    }
    schema_ += "]";
  }

  template <class E, std::size_t N>
  void choice_or_list(E from, const std::vector<std::string>&, const Choice<E> (&choices)[N]) {
    choice(from, choices);
    schema_ = "\"anyOf\": [{" + schema_ +
              R"(}, {"type": "array", "items": {"type": "string", "format": "uri"}}])";
  }

 private:
  // A whole number in `range`, "50k" and its like, or `word`.
  void counted(Count range, const std::string& word);

  std::string schema_;
};

}  // namespace crawld::config
