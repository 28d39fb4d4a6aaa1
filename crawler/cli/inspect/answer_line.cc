#include "crawler/cli/inspect/answer_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crawler/cli/output/json_line.h"

namespace crawld::cli {
namespace {

constexpr int kDeepest = 512;

// What a walk over the characters of an object tells before it is read as JSON.
struct Outline {
  int depth = 0;
  // The value of the last member "id": where it starts and how long it is; 0: there is none.
  std::size_t id_at = 0;
  std::size_t id_length = 0;
};

// Behind the string that starts at `at`, a quote.
std::size_t end_of_string(std::string_view line, std::size_t at) {
  for (++at; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\') ++at;
  }
  return std::min(at + 1, line.size());
}

std::size_t skip_space(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(" \t\r", at), line.size());
}

Outline outline_of(std::string_view line) {
  Outline outline;
  int depth = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '"') {
      const std::size_t end = end_of_string(line, i);
      const std::size_t colon = skip_space(line, end);
      if (depth == 1 && line.substr(i, end - i) == R"("id")" && line.substr(colon, 1) == ":") {
        outline.id_at = skip_space(line, colon + 1);
        outline.id_length =
            std::min(line.find_first_of(",} \t\r", outline.id_at), line.size()) - outline.id_at;
      }
      i = end;
      continue;
    }
    if (line[i] == '{' || line[i] == '[') outline.depth = std::max(outline.depth, ++depth);
    if (line[i] == '}' || line[i] == ']') --depth;
    ++i;
  }
  return outline;
}

std::size_t digits_from(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - start;
}

// RFC 8259 section 6.
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const bool leading_zero = text.substr(at, 1) == "0";
  const std::size_t whole = digits_from(text, at);
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.substr(at, 1) == "." && digits_from(text, ++at) == 0) return false;
  if (text.substr(at, 1) == "e" || text.substr(at, 1) == "E") {
    ++at;
    if (text.substr(at, 1) == "+" || text.substr(at, 1) == "-") ++at;
    if (digits_from(text, at) == 0) return false;
  }
  return at == text.size();
}

std::string refuse(Inspector inspect, std::string_view why) {
  auto answer = nlohmann::json::parse(inspect(""));  // with the keys of its kind
  answer["error"] = why;
  return write_line(answer);
}

}  // namespace

std::string answer_line(const std::string& line, Inspector inspect) {
  if (line.size() > kLongestLine) return refuse(inspect, "the line is over 64 MiB");
  const Outline asked = outline_of(line);
  if (asked.depth > kDeepest) return refuse(inspect, "nested over 512 levels");
  const std::string number = line.substr(asked.id_at, asked.id_length);
  if (!is_number(number)) return inspect(line);
  // Read as a number it would be rounded to 53 bits, or be none that fits.
  std::string answer = inspect(std::string(line).replace(asked.id_at, asked.id_length, "0"));
  const Outline told = outline_of(answer);
  if (answer.substr(told.id_at, told.id_length) != "0") return answer;  // the line was no JSON
  return answer.replace(told.id_at, told.id_length, number);
}

}  // namespace crawld::cli
