#include "crawler/cli/output/table.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_set>

#include "crawler/base/base64.h"
#include "crawler/base/escape.h"
#include "crawler/cli/output/json_text.h"
#include "storage/reports/exports.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kSampleRows = 500;
constexpr std::size_t kWidestCell = 72;  // on a terminal

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  return text;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// The first `width` code points, the last one an ellipsis where something was cut.
std::string cut_to(const std::string& text, std::size_t width) {
  if (shown_width(text) <= width) return text;
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && ++seen == width) break;
  }
  return text.substr(0, at) + "…";
}

// A reader of JSON keeps one value of a key: the second "url" is "url:1", as SQLite names the
// columns of a subquery.
void tell_apart(std::vector<std::string>& names) {
  std::unordered_set<std::string> taken;
  for (std::string& name : names) {
    const std::string plain = name;
    for (int i = 1; !taken.insert(name).second; ++i) name = plain + ":" + std::to_string(i);
  }
}

}  // namespace

std::size_t shown_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string value_json(const storage::Value& value) {
  return std::visit(Overloaded{[](std::monostate) { return std::string("null"); },
                               [](std::int64_t number) { return std::to_string(number); },
                               [](double number) {
                                 return std::isfinite(number) ? number_text(number)
                                                              : std::string("null");
                               },
                               [](std::string_view text) { return base::json_string(text); },
                               [](const storage::Blob& blob) {
                                 return base::json_string(base::base64_encode(blob.bytes));
                               }},
                    value);
}

std::string value_text(const storage::Value& value) {
  return std::visit(Overloaded{[](std::monostate) { return std::string(); },
                               [](std::int64_t number) { return std::to_string(number); },
                               [](double number) { return number_text(number); },
                               [](std::string_view text) { return std::string(text); },
                               [](const storage::Blob& blob) {
                                 return "(" + std::to_string(blob.bytes.size()) + " bytes)";
                               }},
                    value);
}

void Table::columns(std::span<const std::string_view> names) {
  names_.assign(names.begin(), names.end());
  if (form_ == TableForm::json) tell_apart(names_);
  for (const std::string& name : names_) widths_.push_back(shown_width(name));
  if (form_ != TableForm::csv) return;
  std::string line;
  for (const std::string& name : names_) {
    if (&name != &names_.front()) line += ',';
    line += storage::csv_field(name);
  }
  put(line + "\r\n");
}

bool Table::row(std::span<const storage::Value> values) {
  ++rows_;
  switch (form_) {
    case TableForm::json:
      put_json(values);
      break;
    case TableForm::csv:
      put_csv(values);
      break;
    case TableForm::text: {
      Cells cells;
      for (const storage::Value& value : values)
        cells.push_back(base::printable(value_text(value)));
      if (flushed_) {
        put_text(cells);
      } else {
        sample_.push_back(std::move(cells));
        if (sample_.size() == kSampleRows) flush_sample();
      }
    }
  }
  return std::ferror(stdout) == 0;
}

void Table::put_json(std::span<const storage::Value> values) {
  std::string line = "{";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line += ',';
    line += base::json_string(names_[i]) + ":" + value_json(values[i]);
  }
  put(without_raw_controls(line + "}\n"));
}

void Table::put_csv(std::span<const storage::Value> values) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line += ',';
    std::string text = value_text(values[i]);
    if (const auto* blob = std::get_if<storage::Blob>(&values[i])) {
      text = base::base64_encode(blob->bytes);
    }
    if (formulas_ == Formulas::quoted) text = storage::without_formula(text);
    line += storage::csv_field(terminal ? printable_lines(text) : text);
  }
  put(line + "\r\n");
}

void Table::flush_sample() {
  flushed_ = true;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  for (const Cells& cells : sample_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths_[i] = std::max(widths_[i], shown_width(cells[i]));
    }
  }
  if (terminal) {
    for (std::size_t& width : widths_) width = std::min(width, kWidestCell);
  }
  Cells heads;
  for (const std::string& name : names_) heads.push_back(base::printable(name));
  put_text(heads);
  Cells rules;
  for (const std::size_t width : widths_) rules.emplace_back(width, '-');
  put_text(rules);
  for (const Cells& cells : sample_) put_text(cells);
  sample_.clear();
}

void Table::put_text(const Cells& cells) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = terminal ? cut_to(cells[i], widths_[i]) : cells[i];
    line += cell;
    if (i + 1 == cells.size()) break;
    const std::size_t width = shown_width(cell);
    line.append(width < widths_[i] ? widths_[i] - width : 0, ' ');
    line += "  ";
  }
  put(line + "\n");
}

void Table::finish() {
  if (form_ == TableForm::text && !flushed_ && !names_.empty()) flush_sample();
  std::fflush(stdout);
}

}  // namespace crawld::cli
