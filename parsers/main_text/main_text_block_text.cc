// The text of blocks, as main text shows it.
#include "parsers/html/tokenizer.h"
#include "parsers/main_text/main_text_outline.h"

namespace crawld::parsers {
namespace {

// How many bytes at the front of `text` stand for a space (no-break space) or for
// nothing (soft hyphen, zero-width space, byte-order mark); 0: neither.
struct Invisible {
  std::size_t bytes = 0;
  bool space = false;
};
Invisible invisible_at(std::string_view text) {
  if (text.starts_with("\xC2\xA0")) return {2, true};
  if (text.starts_with("\xC2\xAD")) return {2, false};
  if (text.starts_with("\xE2\x80\x8B") || text.starts_with("\xEF\xBB\xBF")) return {3, false};
  return {};
}

}  // namespace

std::size_t append_block_text(const PageOutline& page, const Block& block, std::string& out) {
  const auto start = out.size();
  bool space = false;
  bool line = false;
  for (auto i = block.first_piece; i < block.first_piece + block.pieces; ++i) {
    const auto& piece = page.pieces[i];
    if (piece.kind == PieceKind::line_break) line = true;
    if (piece.kind != PieceKind::text) continue;
    const bool pre = (page.elements[piece.element].within & bit(Within::pre)) != 0;
    for (std::size_t at = 0; at < piece.text.size(); ++at) {
      const char c = piece.text[at];
      const auto invisible =
          static_cast<unsigned char>(c) < 0x80 ? Invisible{} : invisible_at(piece.text.substr(at));
      if (invisible.bytes > 0) at += invisible.bytes - 1;
      if (invisible.bytes > 0 && !invisible.space) continue;
      if (invisible.space || (is_html_space(c) && !pre)) {
        space = true;
        continue;
      }
      if (out.size() > start && (line || space)) out += line ? '\n' : ' ';
      line = space = false;
      out += c;
    }
  }
  while (out.size() > start && is_html_space(out.back())) out.pop_back();
  return out.size() - start;
}

std::string block_text(const PageOutline& page, const Block& block) {
  std::string text;
  append_block_text(page, block, text);
  return text;
}

void append_folded(std::string_view text, std::string& out) {
  bool space = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto invisible =
        static_cast<unsigned char>(text[at]) < 0x80 ? Invisible{} : invisible_at(text.substr(at));
    if (invisible.bytes > 0) at += invisible.bytes - 1;
    if (invisible.bytes > 0 && !invisible.space) continue;
    if (invisible.space || is_html_space(text[at])) {
      if (!space) out += ' ';
      space = true;
      continue;
    }
    out += text[at];
    space = false;
  }
}

}  // namespace crawld::parsers
