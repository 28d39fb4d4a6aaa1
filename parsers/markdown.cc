#include "parsers/markdown.h"

#include <algorithm>
#include <span>

#include "parsers/html_tree.h"
#include "parsers/markdown_inline.h"

namespace crawld::parsers {
namespace {

using Blocks = std::span<const std::size_t>;

constexpr std::uint32_t kLongestCell = 200;  // characters; longer ones are layout, not data
constexpr std::uint8_t kDeepestIndent = 8;   // levels of lists and quotes that are shown

class MarkdownWriter {
 public:
  MarkdownWriter(const PageOutline& page, std::string_view base)
      : page_(page), inline_(page, base) {}

  std::string write(const std::vector<std::size_t>& blocks) {
    for (std::size_t i = 0; i < blocks.size();) {
      const auto table = element_of(blocks[i]).table;
      auto end = i + 1;
      if (table != kNoElement) {
        while (end < blocks.size() && element_of(blocks[end]).table == table) ++end;
      }
      const Blocks group(blocks.data() + i, end - i);
      if (table != kNoElement && is_data_table(group)) {
        write_table(group);
      } else {
        for (const auto block : group) write_block(block);
      }
      i = end;
    }
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  const OutlineElement& element_of(std::size_t block) const {
    return page_.elements[page_.blocks[block].element];
  }
  std::uint32_t row_of(std::size_t block) const {
    const auto cell = element_of(block).cell;
    return cell == kNoElement ? kNoElement : page_.elements[cell].parent;
  }

  // Short cells, at least two rows, and rows of more than one cell.
  bool is_data_table(Blocks group) const {
    std::size_t rows = 0;
    std::size_t wide_rows = 0;
    std::size_t cells = 0;
    auto row = kNoElement;
    auto cell = kNoElement;
    for (const auto block : group) {
      if (page_.blocks[block].chars > kLongestCell) return false;
      if (element_of(block).cell == kNoElement) continue;
      if (row_of(block) != row) {
        row = row_of(block);
        ++rows;
        cells = 0;
        cell = kNoElement;
      }
      if (element_of(block).cell != cell) {
        cell = element_of(block).cell;
        if (++cells == 2) ++wide_rows;
      }
    }
    return rows >= 2 && wide_rows * 2 >= rows;
  }

  void write_table(Blocks group) {
    std::vector<std::vector<std::string>> rows;
    auto row = kNoElement;
    auto cell = kNoElement;
    for (const auto block : group) {
      auto text = inline_.render(page_.blocks[block], LineBreaks::space);
      if (element_of(block).cell == kNoElement) {
        separate(Place{});  // the caption
        out_ += text + "\n";
        continue;
      }
      if (row_of(block) != row) {
        row = row_of(block);
        cell = kNoElement;
        rows.emplace_back();
      }
      if (element_of(block).cell == cell) {
        rows.back().back() += " " + text;
        continue;
      }
      cell = element_of(block).cell;
      rows.back().push_back(std::move(text));
    }
    std::size_t columns = 0;
    for (const auto& r : rows) columns = std::max(columns, r.size());
    separate(Place{});
    for (std::size_t r = 0; r < rows.size(); ++r) {
      write_row(rows[r], columns);
      if (r > 0) continue;
      for (std::size_t c = 0; c < columns; ++c) out_ += "| --- ";
      out_ += "|\n";
    }
  }

  void write_row(const std::vector<std::string>& row, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
      out_ += "| ";
      if (c < row.size()) {
        for (const char ch : row[c]) {
          if (ch == '|') out_ += '\\';
          out_ += ch == '\n' ? ' ' : ch;
        }
      }
      out_ += ' ';
    }
    out_ += "|\n";
  }

  // Where a block stands in lists and quotes: what decides its prefix.
  struct Place {
    std::uint32_t item = kNoElement;
    std::uint32_t list = kNoElement;
    std::uint8_t list_depth = 0;
    std::uint8_t quote_depth = 0;
  };

  void write_block(std::size_t index) {
    const auto& block = page_.blocks[index];
    const auto& element = element_of(index);
    const Place place{element.item, element.item == kNoElement ? kNoElement : element.list,
                      element.item == kNoElement ? std::uint8_t{0}
                                                 : std::max(element.list_depth, std::uint8_t{1}),
                      element.quote_depth};
    const bool new_item = place.item != kNoElement && place.item != last_.item;
    separate(place);
    const auto quote = quote_prefix(place);
    auto indent =
        std::string(2 * static_cast<std::size_t>(std::min(place.list_depth, kDeepestIndent)), ' ');
    std::string first = quote + indent;
    if (new_item) {
      indent.resize(indent.size() - 2);
      const auto mark = marker(place);
      first = quote + indent + mark;
      indent.append(mark.size(), ' ');
    }
    if ((element.within & bit(Within::pre)) != 0) {
      write_lines(fenced(block), first, quote + indent);
    } else {
      const auto heading = is_heading(element.tag)
                               ? std::string(1U + static_cast<unsigned>(element.tag) -
                                                 static_cast<unsigned>(GUMBO_TAG_H1),
                                             '#') +
                                     " "
                               : std::string{};
      const auto breaks = heading.empty() ? LineBreaks::hard : LineBreaks::space;
      auto text = inline_.render(block, breaks);
      if (heading.empty()) protect_start(text);
      write_lines(heading + text, first, quote + indent);
    }
    last_ = place;
  }

  // A blank line before the next block; none between the items of one list.
  void separate(const Place& place) {
    if (out_.empty()) return;
    const bool same_list = place.item != kNoElement && last_.item != kNoElement &&
                           place.item != last_.item && place.quote_depth == last_.quote_depth;
    if (!same_list) {
      out_ += quote_prefix(place.quote_depth < last_.quote_depth ? place : last_);
      while (!out_.empty() && out_.back() == ' ') out_.pop_back();
      out_ += '\n';
    }
    if (place.item == kNoElement) last_ = Place{};
  }

  static std::string quote_prefix(const Place& place) {
    std::string prefix;
    for (int i = 0; i < std::min(place.quote_depth, kDeepestIndent); ++i) prefix += "> ";
    return prefix;
  }

  std::string marker(const Place& place) {
    const bool ordered = place.list != kNoElement && page_.elements[place.list].tag == GUMBO_TAG_OL;
    if (!ordered) return "- ";
    if (numbered_.size() <= place.list_depth) numbered_.resize(place.list_depth + 1U);
    auto& counter = numbered_[place.list_depth];
    if (counter.list != place.list) counter = {place.list, 0};
    return std::to_string(++counter.last) + ". ";
  }

  std::string fenced(const Block& block) const {
    const auto text = block_text(page_, block);
    std::string fence = "```";
    while (text.find(fence) != std::string::npos) fence += '`';
    return fence + "\n" + text + "\n" + fence;
  }

  // What would begin a heading, list, quote or rule at the front of a paragraph.
  static void protect_start(std::string& text) {
    if (text.empty()) return;
    const char c = text.front();
    if (c == '#' || c == '>' || c == '+' || c == '-' || c == '=' || c == '~' || c == '|') {
      text.insert(0, 1, '\\');
      return;
    }
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits > 9) return;
    if (text[digits] == '.' || text[digits] == ')') text.insert(digits, 1, '\\');
  }

  void write_lines(std::string_view text, std::string_view first, std::string_view rest) {
    auto prefix = first;
    for (;;) {
      const auto end = text.find('\n');
      out_ += prefix;
      out_ += text.substr(0, end);
      while (!out_.empty() && out_.back() == ' ') out_.pop_back();
      out_ += '\n';
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
      prefix = rest;
    }
  }

  struct Counter {
    std::uint32_t list = kNoElement;
    unsigned last = 0;
  };

  const PageOutline& page_;
  InlineMarkdown inline_;
  std::string out_;
  Place last_;
  std::vector<Counter> numbered_;
};

}  // namespace

std::string to_markdown(const PageOutline& page, const std::vector<std::size_t>& blocks,
                        std::string_view base) {
  return MarkdownWriter(page, base).write(blocks);
}

}  // namespace crawld::parsers
