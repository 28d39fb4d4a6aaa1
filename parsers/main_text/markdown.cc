#include "parsers/main_text/markdown.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <unordered_map>

#include "crawler/base/ascii.h"
#include "parsers/html/html_tree.h"
#include "parsers/main_text/markdown_escape.h"
#include "parsers/main_text/markdown_inline.h"
#include "parsers/main_text/markdown_table.h"

namespace crawld::parsers {
namespace {

using Blocks = std::span<const std::size_t>;

constexpr std::uint32_t kLongestCell = 200;  // characters; longer ones are layout, not data
constexpr std::size_t kMostFrames = 16;      // levels of lists and quotes that are shown
// Bytes. Lines within quotes cost what is before them, too: of 10 MB of empty lines came 330.
constexpr std::size_t kEnough = 8 << 20;
constexpr unsigned kNoNumber = 0xFFFFFFFF;
constexpr unsigned kHighestNumber = 99'999'999;  // CommonMark 5.2: nine digits

class MarkdownWriter {
 public:
  MarkdownWriter(const PageOutline& page, const DocumentBase& base)
      : page_(page), inline_(page, base) {}

  std::string write(const std::vector<std::size_t>& blocks) {
    for (std::size_t i = 0; i < blocks.size() && out_.size() <= kEnough;) {
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
    const auto& columns = columns_of(element_of(group.front()).table);
    std::vector<std::vector<TableCell>> rows;
    auto row = kNoElement;
    auto cell = kNoElement;
    for (const auto block : group) {
      auto text = inline_.render(page_.blocks[block], LineBreaks::space);
      if (text.empty()) continue;
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
        rows.back().back().text += " " + text;
        continue;
      }
      cell = element_of(block).cell;
      rows.back().push_back({columns.of(page_.elements[cell].node), std::move(text)});
    }
    if (rows.empty()) return;
    leave_lists();
    out_ += markdown_table(rows);
  }

  // Kept, for tables inside it part a table's text.
  const TableColumns& columns_of(std::uint32_t table) {
    auto& columns = columns_[table];
    if (!columns) columns.emplace(page_.elements[table].node);
    return *columns;
  }

  void write_block(std::size_t index) {
    const auto& block = page_.blocks[index];
    const auto& element = element_of(index);
    const auto place = enter(chain_of(element));
    if (place.blank_line) write_blank_line(place.kept);
    std::string first;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      first += i < place.kept ? prefix_of(open_[i]) : opening_of(open_[i]);
    }
    std::string rest;
    for (const auto& frame : open_) rest += prefix_of(frame);
    if ((element.within & bit(Within::pre)) != 0) {
      write_lines(fenced(block), first, rest);
      return;
    }
    const auto breaks = is_heading(element.tag) ? LineBreaks::space : LineBreaks::hard;
    auto text = inline_.render(block, breaks);
    if (is_heading(element.tag)) {
      escape_closing_hashes(text);
      const auto level = 1U + static_cast<unsigned>(element.tag) - GUMBO_TAG_H1;
      text = std::string(level, '#') + " " + text;
    } else {
      text = protect_lines(text);
    }
    write_lines(text, first, rest);
  }

  // An item of a list or a quote around the block written last.
  struct Frame {
    std::uint32_t element = kNoElement;
    bool quote = false;
    bool marked = false;    // an item has its marker: not before it has a line of its own
    std::size_t width = 0;  // columns of the marker, which its lines are indented by (5.2)
  };

  // The items and quotes around an element, the outermost first. A table in an item is
  // laid out by itself.
  std::vector<std::uint32_t> chain_of(const OutlineElement& element) const {
    std::vector<std::uint32_t> chain;
    for (auto at = element.frame; at != kNoElement;) {
      const auto& frame = page_.elements[at];
      if (frame.tag != GUMBO_TAG_LI || frame.table == element.table) chain.push_back(at);
      at = frame.parent == kNoElement ? kNoElement : page_.elements[frame.parent].frame;
    }
    std::reverse(chain.begin(), chain.end());
    if (chain.size() > kMostFrames) {
      chain[kMostFrames - 1] = chain.back();
      chain.resize(kMostFrames);
    }
    return chain;
  }

  struct Entered {
    std::size_t kept;  // frames that were open already
    bool blank_line;   // before the block; none where an item follows on its list
  };

  // Closes and opens frames so that they are those of `chain`.
  Entered enter(const std::vector<std::uint32_t>& chain) {
    std::size_t kept = 0;
    while (kept < open_.size() && kept < chain.size() && open_[kept].element == chain[kept]) ++kept;
    // Text of an item whose first line belonged to one inside it.
    if (kept == chain.size() && kept > 0 && waits_for_marker(kept - 1)) --kept;
    const bool below_text = kept == open_.size();
    const bool after_item = !open_.empty() && !open_[below_text ? kept - 1 : kept].quote;
    const bool closes_quote = std::any_of(open_.begin() + static_cast<std::ptrdiff_t>(kept),
                                          open_.end(), [](const Frame& f) { return f.quote; });
    open_.resize(kept);
    for (auto i = kept; i < chain.size(); ++i) {
      open_.push_back({chain[i], page_.elements[chain[i]].tag != GUMBO_TAG_LI, false, 0});
    }
    const bool next_item = kept < chain.size() && !open_[kept].quote && after_item && !closes_quote;
    // Only a list that starts with 1 may follow a line of text at once (5.2).
    const bool interrupts = below_text && next_item && needs_blank_line(open_[kept]);
    return {kept, !out_.empty() && (!next_item || interrupts)};
  }

  bool needs_blank_line(const Frame& item) const {
    const auto number = number_of_item(item.element);
    return number != kNoNumber && number != 1;
  }

  bool waits_for_marker(std::size_t frame) const {
    return !open_[frame].quote && !open_[frame].marked;
  }

  static std::string prefix_of(const Frame& frame) {
    return frame.quote ? "> " : std::string(frame.width, ' ');
  }

  // What a frame puts before its first line. An item that begins with an item of a list
  // inside it has no line of its own.
  std::string opening_of(Frame& frame) {
    if (frame.quote) return "> ";
    if (&frame != &open_.back() && !(&frame)[1].quote) return {};
    auto mark = marker(frame.element);
    frame.marked = true;
    frame.width = mark.size();
    return mark;
  }

  void write_blank_line(std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) out_ += prefix_of(open_[i]);
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
    out_ += '\n';
  }

  void leave_lists() {
    open_.clear();
    if (!out_.empty()) out_ += '\n';
  }

  std::string marker(std::uint32_t item) {
    const auto number = number_of_item(item);
    if (number == kNoNumber) return "- ";
    const auto& element = page_.elements[item];
    if (numbered_.size() <= element.list_depth) numbered_.resize(element.list_depth + 1U);
    numbered_[element.list_depth] = {element.list, number + 1};
    return std::to_string(number) + ". ";
  }

  // kNoNumber for an item of a list without numbers.
  unsigned number_of_item(std::uint32_t item) const {
    const auto& element = page_.elements[item];
    const auto list = element.list;
    if (list == kNoElement || page_.elements[list].tag != GUMBO_TAG_OL) return kNoNumber;
    if (const auto told = number_of(item, "value")) return *told;
    const auto depth = element.list_depth;
    if (depth < numbered_.size() && numbered_[depth].list == list) return numbered_[depth].next;
    return number_of(list, "start").value_or(1);
  }

  // A number as lists of Markdown can have it.
  std::optional<unsigned> number_of(std::uint32_t element, std::string_view name) const {
    const auto text = attribute(page_.elements[element].node, name).value_or("");
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number > kHighestNumber) return std::nullopt;
    return number;
  }

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
    const std::string fence(std::max<std::size_t>(3, longest_backticks(text) + 1), '`');
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
      if (end == std::string_view::npos || out_.size() > kEnough) return;
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
  std::vector<Frame> open_;  // the outermost first
  std::vector<Counter> numbered_;
  std::unordered_map<std::uint32_t, std::optional<TableColumns>> columns_;  // by table
};

}  // namespace

std::string to_markdown(const PageOutline& page, const std::vector<std::size_t>& blocks,
                        const DocumentBase& base) {
  return MarkdownWriter(page, base).write(blocks);
}

}  // namespace crawld::parsers
