// `parse.convert`: YAML into parsers::Conversion and back.
#include "config/field_io.h"
#include "crawler/base/ascii.h"

namespace crawld::config {

void ReadField::conversions(std::vector<parsers::Conversion>& into) {
  if (value_.kind != Value::Kind::list) return fail("a list of types, each with its command");
  into.clear();
  for (const Value& item : value_.items) read_conversion(item, into.emplace_back());
}

void ReadField::read_conversion(const Value& value, parsers::Conversion& into) {
  constexpr const char* kShape = "a map {type: application/pdf, command: [PROGRAM, ARGUMENT]}";
  if (value.kind != Value::Kind::map) return fail_at(value, kShape);
  for (const Value::Member& member : value.members) {
    if (member.key == "type" && member.value.kind == Value::Kind::scalar) {
      into.type = base::ascii_lower(member.value.text);
    } else if (member.key == "command") {
      const std::size_t before = problems_.size();
      ReadField(member.value, "parse.convert.command", problems_).texts(into.command);
      if (problems_.size() != before) return;
    } else {
      fail_at(member.key == "type" ? member.value : value, kShape);
      return;
    }
  }
  if (into.type.empty() || into.command.empty()) fail_at(value, kShape);
}

// On one line, as every value is.
void WriteField::conversions(const std::vector<parsers::Conversion>& from) {
  std::string all;
  for (const parsers::Conversion& one : from) {
    texts(one.command);
    all += std::string(all.empty() ? "" : ", ") + "{type: " + yaml_scalar(one.type) +
           ", command: " + text_ + "}";
  }
  text_ = "[" + all + "]";
}

}  // namespace crawld::config
