#include "config/field_schema.h"

#include <array>
#include <cstdio>

namespace crawld::config {
namespace {

// What config/units reads, as regular expressions of ECMA-262.
constexpr const char* kCountPattern = R"(^[0-9.]+ ?[kKMmG]?$)";
constexpr const char* kBytesPattern = R"(^[0-9.]+ ?([kKMG]B|[KMGT]iB|TB|[BkKmMgGtT])(/s)?$)";
constexpr const char* kDurationPattern = R"(^[0-9.]+ ?(ms|s|m|h|d|w)$)";

// Where text is wanted, what YAML reads as a number or boolean stands as it is written.
constexpr const char* kAnyText = R"("type": ["string", "number", "boolean"])";

std::string pattern(const char* expression) {
  return std::string(R"({"type": "string", "pattern": ")") + expression + "\"}";
}

}  // namespace

void DescribeField::text(const std::string&) { schema_ = kAnyText; }

void DescribeField::secret(const std::string&) {
  schema_ = std::string(kAnyText) + R"(, "examples": ["${env:NAME}", "${file:PATH}"])";
}

void DescribeField::one_or_more_secrets(const std::vector<std::string>&) {
  secret({});
  schema_ = "\"anyOf\": [{" + schema_ + "}, {\"type\": \"array\", \"items\": {" + kAnyText + "}}]";
}

void DescribeField::counted(Count range, const std::string& word) {
  schema_ = R"("anyOf": [{"type": "integer", "minimum": )" + std::to_string(range.min);
  if (range.max <= (1ULL << 53)) schema_ += ", \"maximum\": " + std::to_string(range.max);
  schema_ += "}, " + pattern(kCountPattern);
  if (!word.empty()) schema_ += ", {\"const\": \"" + word + "\"}";
  schema_ += "]";
}

void DescribeField::signed_number(int, int min, int max) {
  schema_ = R"("anyOf": [{"type": "integer", "minimum": )" + std::to_string(min) +
            ", \"maximum\": " + std::to_string(max) + "}, " + pattern("^-?[0-9]+$") + "]";
}

void DescribeField::real(double, Real range) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), R"({"type": "number", "minimum": %g, "maximum": %.0f})",
                range.min, range.max);
  schema_ = R"("anyOf": [)" + std::string(text.data()) + ", " + pattern("^[0-9.]+$") + "]";
}

void DescribeField::bytes(std::uint64_t, Count range) {
  const std::string text = pattern(kBytesPattern);
  schema_ = range.min == 0 ? R"("anyOf": [{"enum": [0, "0"]}, )" + text + "]"
                           : text.substr(1, text.size() - 2);
}

void DescribeField::duration(milliseconds, Span range) {
  const std::string text = pattern(kDurationPattern);
  const bool may_be_zero = range.min == milliseconds(0);
  schema_ = may_be_zero ? R"("anyOf": [{"enum": [0, "0"]}, )" + text + "]"
                        : text.substr(1, text.size() - 2);
}

void DescribeField::count_or_share(std::uint64_t, double) {
  schema_ = R"("anyOf": [{"type": "integer", "minimum": 0}, )" + pattern(kCountPattern) + ", " +
            pattern(R"(^[0-9.]+ ?%$)") + "]";
}

void DescribeField::texts(const std::vector<std::string>&) {
  schema_ = R"("type": "array", "items": {)" + std::string(kAnyText) + "}";
}

void DescribeField::ports(const std::vector<std::uint16_t>&) {
  schema_ = R"("type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 65535})";
}

void DescribeField::text_map(const std::map<std::string, std::string>&) {
  schema_ = R"("type": "object", "additionalProperties": {)" + std::string(kAnyText) + "}";
}

void DescribeField::conversions(const std::vector<parsers::Conversion>&) {
  schema_ = R"("type": "array", "items": {"type": "object", "additionalProperties": false, )"
            R"("required": ["type", "command"], "properties": {"type": {)" +
            std::string(kAnyText) +
            R"(, "examples": ["application/pdf", "image/*"]}, "command": {"type": "array", )"
            R"("minItems": 1, "items": {)" +
            std::string(kAnyText) + "}}}}";
}

}  // namespace crawld::config
