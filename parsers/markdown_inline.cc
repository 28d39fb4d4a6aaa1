#include "parsers/markdown_inline.h"

#include "parsers/html_tree.h"
#include "parsers/markdown_escape.h"

namespace crawld::parsers {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

// Moves the spaces at the ends of `text` outside of what is put around it.
void append_wrapped(std::string_view text, std::string_view around, std::string& out) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    out += text;
    return;
  }
  const auto last = text.find_last_not_of(' ');
  out += text.substr(0, first);
  out += around;
  out += text.substr(first, last - first + 1);
  out += around;
  out += text.substr(last + 1);
}

// A code span's fence must be longer than any run of backticks inside.
std::string code_fence(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(longest + 1, '`');
}

}  // namespace

std::string InlineMarkdown::absolute(std::string_view reference) const {
  if (!base_) return {};
  const auto url = base_->resolve(reference);
  if (!url || !url->crawlable()) return {};
  std::string out;
  for (const char c : url->href()) {
    if (c == '(') {
      out += "%28";
    } else if (c == ')') {
      out += "%29";
    } else {
      out += c;
    }
  }
  return out;
}

std::string InlineMarkdown::image(const GumboNode* node) const {
  const auto source = attribute(node, "src").value_or("");
  if (source.empty() || source.starts_with("data:")) return {};
  const auto url = absolute(source);
  if (url.empty()) return {};
  std::string alt;
  append_escaped(attribute(node, "alt").value_or(""), alt);
  for (auto& c : alt) c = is_space(c) ? ' ' : c;
  return "![" + alt + "](" + url + ")";
}

std::vector<InlineMarkdown::Run> InlineMarkdown::runs_of(const Block& block,
                                                         LineBreaks breaks) const {
  std::vector<Run> runs;
  bool space = false;
  for (auto i = block.first_piece; i < block.first_piece + block.pieces; ++i) {
    const auto& piece = page_.pieces[i];
    const auto& element = page_.elements[piece.element];
    const bool heading = (element.within & bit(Within::heading)) != 0;
    Run run{element.link, element.strong && !heading, element.emphasis, element.code, {}};
    if (runs.empty() || runs.back().link != run.link || !runs.back().same_style(run)) {
      runs.push_back(std::move(run));
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

std::string InlineMarkdown::render(const Block& block, LineBreaks breaks) const {
  const auto runs = runs_of(block, breaks);
  std::string out;
  for (std::size_t i = 0; i < runs.size();) {
    const auto link = runs[i].link;
    std::string inside;
    for (; i < runs.size() && runs[i].link == link; ++i) {
      std::string styled;
      if (runs[i].code) {
        append_wrapped(runs[i].text, code_fence(runs[i].text), styled);
      } else if (runs[i].strong && runs[i].emphasis) {
        append_wrapped(runs[i].text, "***", styled);
      } else if (runs[i].strong || runs[i].emphasis) {
        append_wrapped(runs[i].text, runs[i].strong ? "**" : "*", styled);
      } else {
        styled = runs[i].text;
      }
      inside += styled;
    }
    const auto url = link == kNoElement
                         ? std::string{}
                         : absolute(attribute(page_.elements[link].node, "href").value_or(""));
    const auto first = inside.find_first_not_of(' ');
    if (url.empty() || first == std::string::npos) {
      out += inside;
      continue;
    }
    const auto last = inside.find_last_not_of(' ');
    out += inside.substr(0, first) + "[" + inside.substr(first, last - first + 1) + "](" + url +
           ")" + inside.substr(last + 1);
  }
  while (!out.empty()) {
    if (out.ends_with("\\\n")) {
      out.resize(out.size() - 2);
    } else if (is_space(out.back())) {
      out.pop_back();
    } else {
      break;
    }
  }
  return out;
}

}  // namespace crawld::parsers
