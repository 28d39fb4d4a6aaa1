#include "parsers/markdown.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "crawler/base/ascii.h"
#include "parsers/html_tree.h"
#include "parsers/markdown_escape.h"
#include "parsers/markdown_inline.h"

namespace crawld::parsers {
namespace {

using Blocks = std::span<const std::size_t>;

constexpr std::uint32_t kLongestCell = 200;      // characters; longer ones are layout, not data
constexpr std::uint8_t kDeepestIndent = 8;       // levels of lists and quotes that are shown
constexpr unsigned kHighestNumber = 99'999'999;  // CommonMark 5.2: nine digits

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
        leave_lists();  // the caption
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
    leave_lists();
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
    const bool new_item = enter_item(place);
    separate(place, new_item);
    const auto quote = quote_prefix(place);
    const std::string indent(levels_.empty() ? 0 : levels_.back().indent, ' ');
    std::string first = quote + indent;
    if (new_item) {
      const auto mark = marker(place);
      first = quote + indent + mark;
      levels_.back().indent += mark.size();
    }
    const std::string rest(levels_.empty() ? 0 : levels_.back().indent, ' ');
    if ((element.within & bit(Within::pre)) != 0) {
      write_lines(fenced(block), first, quote + rest);
    } else {
      const auto heading = is_heading(element.tag)
                               ? std::string(1U + static_cast<unsigned>(element.tag) -
                                                 static_cast<unsigned>(GUMBO_TAG_H1),
                                             '#') +
                                     " "
                               : std::string{};
      const auto breaks = heading.empty() ? LineBreaks::hard : LineBreaks::space;
      auto text = inline_.render(block, breaks);
      if (heading.empty()) {
        text = protect_lines(text);
      } else {
        escape_closing_hashes(text);
      }
      write_lines(heading + text, first, quote + rest);
    }
    last_ = place;
  }

  // An open item of a list, one for each level.
  struct Level {
    std::uint32_t item = kNoElement;
    std::size_t indent =
        0;  // columns before its lines; CommonMark 5.2: the width of its marker counts
  };

  // Opens and closes levels so that the last one is of the block's own list. True where its
  // item begins with this block.
  bool enter_item(const Place& place) {
    if (place.item == kNoElement) {
      levels_.clear();
      return false;
    }
    const std::size_t depth = std::min(place.list_depth, kDeepestIndent);
    if (levels_.size() > depth) levels_.resize(depth);
    if (levels_.size() == depth) {
      if (levels_.back().item == place.item) return false;
      levels_.pop_back();
    }
    // Items without a line of their own have no width.
    const std::size_t outer = levels_.empty() ? 0 : levels_.back().indent;
    levels_.resize(depth, Level{kNoElement, outer});
    levels_.back().item = place.item;
    return true;
  }

  // A blank line before the next block; none between the items of one list.
  void separate(const Place& place, bool new_item) {
    if (out_.empty()) return;
    const bool same_list =
        new_item && last_.item != kNoElement && place.quote_depth == last_.quote_depth;
    if (!same_list) {
      out_ += quote_prefix(place.quote_depth < last_.quote_depth ? place : last_);
      while (!out_.empty() && out_.back() == ' ') out_.pop_back();
      out_ += '\n';
    }
    if (place.item == kNoElement) last_ = Place{};
  }

  void leave_lists() {
    levels_.clear();
    separate(Place{}, false);
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
    if (counter.list != place.list) counter = {place.list, first_number(place.list)};
    const auto told = number_of(place.item, "value");
    if (told) counter.next = *told;
    return std::to_string(counter.next++) + ". ";
  }

  // A number as lists of Markdown can have it.
  std::optional<unsigned> number_of(std::uint32_t element, std::string_view name) const {
    const auto text = attribute(page_.elements[element].node, name).value_or("");
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number > kHighestNumber) return std::nullopt;
    return number;
  }
  unsigned first_number(std::uint32_t list) const { return number_of(list, "start").value_or(1); }

  // HTML 4.5.15: the language of a code block is told by a class "language-x".
  std::string language_of(const Block& block) const {
    if (block.pieces == 0) return {};
    auto at = page_.pieces[block.first_piece].element;
    for (int hops = 0; at != kNoElement && hops < 8; ++hops) {
      const auto& element = page_.elements[at];
      auto language = language_in(attribute(element.node, "class").value_or(""));
      if (!language.empty() || element.tag == GUMBO_TAG_PRE) return language;
      at = element.parent;
    }
    return {};
  }

  static std::string language_in(std::string_view classes) {
    constexpr std::size_t kLongestName = 24;
    for (const std::string_view prefix : {"language-", "lang-"}) {
      const auto at = classes.find(prefix);
      if (at == std::string_view::npos || (at > 0 && classes[at - 1] != ' ')) continue;
      const auto name = classes.substr(at + prefix.size());
      const auto end = std::find_if(name.begin(), name.end(), [](char c) {
        return !base::is_ascii_alphanumeric(c) && c != '+' && c != '#' && c != '-' && c != '.';
      });
      const auto size = static_cast<std::size_t>(end - name.begin());
      if (size <= kLongestName) return std::string(name.substr(0, size));
    }
    return {};
  }

  std::string fenced(const Block& block) const {
    const auto text = block_text(page_, block);
    std::string fence = "```";
    while (text.find(fence) != std::string::npos) fence += '`';
    return fence + language_of(block) + "\n" + text + "\n" + fence;
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
    unsigned next = 1;
  };

  const PageOutline& page_;
  InlineMarkdown inline_;
  std::string out_;
  Place last_;
  std::vector<Level> levels_;  // of the block written last, the outermost first
  std::vector<Counter> numbered_;
};

}  // namespace

std::string to_markdown(const PageOutline& page, const std::vector<std::size_t>& blocks,
                        std::string_view base) {
  return MarkdownWriter(page, base).write(blocks);
}

}  // namespace crawld::parsers
