#include "parsers/main_text/markdown_inline.h"

#include "crawler/base/ascii.h"
#include "parsers/html/html_tree.h"
#include "parsers/main_text/markdown_emphasis.h"
#include "parsers/main_text/markdown_escape.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMostDestinations = 8 << 20;  // bytes, of a page

// A code span's fence must be longer than any run of backticks inside.
std::string code_fence(std::string_view text) {
  return std::string(longest_backticks(text) + 1, '`');
}

// Spaces at the ends stand outside, and inside where the text has backticks there (6.1).
void append_code(std::string_view text, std::string& out) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    out += text;
    return;
  }
  const auto last = text.find_last_not_of(' ');
  const auto code = text.substr(first, last - first + 1);
  const auto fence = code_fence(code);
  const char* padding = code.front() == '`' || code.back() == '`' ? " " : "";
  out.append(text.substr(0, first)).append(fence).append(padding).append(code);
  out.append(padding).append(fence).append(text.substr(last + 1));
}

// Before the "[" of a link a "!" would make an image of it.
void guard_exclamation(std::string& out) {
  if (out.ends_with('!')) out.insert(out.size() - 1, 1, '\\');
}

}  // namespace

std::string InlineMarkdown::absolute(std::string_view reference) {
  if (!base_ || destinations_ > kMostDestinations) return {};
  const auto url = base_.resolve(reference);
  if (!url || !url->crawlable()) return {};
  auto destination = escaped_destination(url->href());
  destinations_ += destination.size();
  return destination;
}

std::string InlineMarkdown::image(const GumboNode* node) {
  const auto source = attribute(node, "src").value_or("");
  if (source.empty() || source.starts_with("data:")) return {};
  const auto url = absolute(source);
  if (url.empty()) return {};
  std::string alt;
  append_escaped(attribute(node, "alt").value_or(""), alt);
  for (auto& c : alt) c = base::is_ascii_space(c) ? ' ' : c;
  return "![" + alt + "](" + url + ")";
}

std::string InlineMarkdown::link_target(std::uint32_t link) {
  if (link == kNoElement) return {};
  return absolute(attribute(page_.elements[link].node, "href").value_or(""));
}

std::vector<InlineMarkdown::Run> InlineMarkdown::runs_of(const Block& block, LineBreaks breaks) {
  std::vector<Run> runs;
  bool space = false;
  auto link = kNoElement;
  auto target = std::make_shared<const std::string>();
  for (auto i = block.first_piece; i < block.first_piece + block.pieces; ++i) {
    const auto& piece = page_.pieces[i];
    const auto& element = page_.elements[piece.element];
    const bool heading = (element.within & bit(Within::heading)) != 0;
    if (element.link != link) {
      link = element.link;
      target = std::make_shared<const std::string>(link_target(link));
    }
    Run run{target->empty() ? kNoElement : link, target, Style::plain, {}};
    if (element.code) {
      run.style = Style::code;
    } else if (element.emphasis) {
      run.style = element.strong && !heading ? Style::strong_emphasis : Style::emphasis;
    } else if (element.strong && !heading) {
      run.style = Style::strong;
    }
    if (runs.empty() || runs.back().link != run.link || runs.back().style != run.style) {
      if (!runs.empty() && runs.back().text.empty()) runs.pop_back();
      const bool goes_on =
          !runs.empty() && runs.back().link == run.link && runs.back().style == run.style;
      if (!goes_on) runs.push_back(std::move(run));
    }
    auto& text = runs.back().text;
    const bool started = runs.size() > 1 || !text.empty();
    if (piece.kind == PieceKind::line_break) {
      if (started) text += breaks == LineBreaks::hard && !element.code ? "\\\n" : " ";
      space = false;
      continue;
    }
    std::string words;
    if (piece.kind == PieceKind::image) {
      words = image(piece.node);
    } else {
      std::string plain;
      append_folded(piece.text, plain);
      if (element.code) {
        words = std::move(plain);
      } else {
        append_escaped(plain, words);
      }
    }
    if (words.empty()) continue;
    const bool front = words.front() == ' ';
    const bool doubled = front && (space || !started);
    text += std::string_view(words).substr(doubled ? 1 : 0);
    space = words.back() == ' ';
  }
  return runs;
}

void InlineMarkdown::append_run(const Run& run, Neighbours around, std::string& out) {
  switch (run.style) {
    case Style::plain:
      out += run.text;
      return;
    case Style::code:
      return append_code(run.text, out);
    case Style::emphasis:
      return append_emphasized(run.text, "*", around, out);
    case Style::strong:
      return append_emphasized(run.text, "**", around, out);
    case Style::strong_emphasis:
      return append_emphasized(run.text, "***", around, out);
  }
}

std::string InlineMarkdown::render(const Block& block, LineBreaks breaks) {
  const auto runs = runs_of(block, breaks);
  std::string out;
  std::int32_t before = 0;
  for (std::size_t i = 0; i < runs.size();) {
    const auto link = runs[i].link;
    const auto target = runs[i].target;
    if (link != kNoElement) before = '[';
    std::string inside;
    for (; i < runs.size() && runs[i].link == link; ++i) {
      append_run(runs[i], {before, after(runs, i)}, inside);
      before = last_character(runs[i].text);
    }
    const auto first = inside.find_first_not_of(' ');
    if (link == kNoElement || first == std::string::npos) {
      out += inside;
      continue;
    }
    const auto last = inside.find_last_not_of(' ');
    out += inside.substr(0, first);
    guard_exclamation(out);
    out += "[" + inside.substr(first, last - first + 1) + "](" + *target + ")" +
           inside.substr(last + 1);
    before = ')';
  }
  while (!out.empty()) {
    if (out.ends_with("\\\n")) {
      out.resize(out.size() - 2);
    } else if (base::is_ascii_space(out.back())) {
      out.pop_back();
    } else {
      break;
    }
  }
  return out;
}

// The character behind a run: that of its neighbour, or of the marks of a link.
std::int32_t InlineMarkdown::after(const std::vector<Run>& runs, std::size_t run) {
  if (run + 1 == runs.size()) return runs[run].link == kNoElement ? 0 : ']';
  const auto& next = runs[run + 1];
  if (next.link != runs[run].link) return runs[run].link == kNoElement ? '[' : ']';
  const auto first = first_character(next.text);
  return next.style == Style::code && first != ' ' ? '`' : first;
}

}  // namespace crawld::parsers
