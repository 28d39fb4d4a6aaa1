#include "parsers/main_text/main_text_scan.h"

#include <string_view>

namespace crawld::parsers {
namespace {

constexpr bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_word_ascii(unsigned char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z');
}

// Punctuation outside ASCII that matters to us; letters are words.
enum class Mark : std::uint8_t { none, letter, comma, stop, quote, separator, copyright, ellipsis };

Mark mark_at(std::string_view text, std::size_t& length) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned char lead = byte(0);
  length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length > text.size()) length = text.size();
  if (lead == 0xC2) {
    switch (byte(1)) {
      case 0xA9:
        return Mark::copyright;
      case 0xAB:
        return Mark::quote;
      case 0xBB:
        return Mark::separator;
      case 0xB7:
        return Mark::separator;
      case 0xA0:
        return Mark::none;
      default:
        return Mark::letter;
    }
  }
  if (lead == 0xE2 && byte(1) == 0x80) {
    const auto last = byte(2);
    if (last >= 0x98 && last <= 0x9F) return Mark::quote;
    if (last == 0xA6) return Mark::ellipsis;
    if (last == 0xBA || last == 0xA2) return Mark::separator;
    return Mark::none;
  }
  if (lead == 0xE3 && byte(1) == 0x80) {
    if (byte(2) == 0x81) return Mark::comma;
    if (byte(2) == 0x82) return Mark::stop;
    if (byte(2) >= 0x8C && byte(2) <= 0x8F) return Mark::quote;
    return Mark::none;
  }
  if (lead == 0xEF && byte(1) == 0xBC) {
    if (byte(2) == 0x8C) return Mark::comma;
    if (byte(2) == 0x81 || byte(2) == 0x9F || byte(2) == 0x8E) return Mark::stop;
  }
  return Mark::letter;
}

class Scanner {
 public:
  Scanner(BlockScan& scan, std::vector<std::uint32_t>& words) : scan_(scan), words_(words) {}

  void text(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c < 0x80) {
        ascii(c);
        ++i;
        continue;
      }
      std::size_t length = 1;
      wide(mark_at(text.substr(i), length), text.substr(i, length));
      i += length;
    }
  }
  void space() {
    end_word();
    if (after_stop_) ++scan_.stops;
    after_stop_ = false;
  }
  void finish() {
    space();
    scan_.ends_sentence = last_ == Mark::stop;
    scan_.ends_colon = last_colon_;
    scan_.ends_ellipsis = last_ == Mark::ellipsis || dots_ >= 3;
  }

 private:
  void ascii(unsigned char c) {
    if (is_word_ascii(c)) return letter(c);
    if (c == '-' && hash_ != kWordSeed) return;  // joins the parts of a word
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') return space();
    end_word();
    last_colon_ = c == ':';
    dots_ = c == '.' ? dots_ + 1 : 0;
    switch (c) {
      case ',':
        ++scan_.commas;
        last_ = Mark::comma;
        break;
      case '.':
      case '!':
      case '?':
        after_stop_ = true;
        last_ = Mark::stop;
        break;
      case '"':
        ++scan_.quotes;
        break;  // a closing quote does not undo the full stop before it
      case ')':
      case '\'':
        break;
      case '|':
        ++scan_.separators;
        last_ = Mark::separator;
        break;
      default:
        last_ = Mark::none;
        break;
    }
  }

  void letter(unsigned char c) {
    begin_word();
    if (hash_ == kWordSeed && is_upper(c)) capital_ = true;
    if (is_digit(c)) ++scan_.digits;
    hash_ = word_hash_step(hash_, is_upper(c) ? c + 32 : c);
    ++scan_.letters;
  }

  void wide(Mark mark, std::string_view bytes) {
    if (mark == Mark::letter) {
      begin_word();
      for (const char b : bytes) hash_ = word_hash_step(hash_, static_cast<unsigned char>(b));
      ++scan_.letters;
      return;
    }
    end_word();
    last_colon_ = false;
    dots_ = 0;
    switch (mark) {
      case Mark::comma:
        ++scan_.commas;
        break;
      case Mark::stop:
        ++scan_.stops;
        break;
      case Mark::quote:
        ++scan_.quotes;
        return;
      case Mark::separator:
        ++scan_.separators;
        break;
      case Mark::copyright:
        scan_.copyright = true;
        break;
      case Mark::none:
      case Mark::letter:
      case Mark::ellipsis:
        break;
    }
    last_ = mark;
  }

  void begin_word() {
    after_stop_ = false;
    last_ = Mark::letter;
    last_colon_ = false;
    dots_ = 0;
  }

  void end_word() {
    if (hash_ == kWordSeed) return;
    if (scan_.words == 0) scan_.starts_capital = capital_;
    if (capital_) ++scan_.capitals;
    const auto cue = cue_of(hash_);
    ++scan_.cues[static_cast<std::size_t>(cue)];
    if (scan_.words == 0) scan_.first_cue = cue;
    ++scan_.words;
    words_.push_back(hash_);
    scan_.text_hash = (scan_.text_hash ^ hash_) * 0x9E3779B1U;
    hash_ = kWordSeed;
    capital_ = false;
  }

  BlockScan& scan_;
  std::vector<std::uint32_t>& words_;
  std::uint32_t hash_ = kWordSeed;
  unsigned dots_ = 0;
  Mark last_ = Mark::none;
  bool after_stop_ = false;
  bool last_colon_ = false;
  bool capital_ = false;
};

}  // namespace

BlockScan scan_block(const PageOutline& page, const Block& block,
                     std::vector<std::uint32_t>& words) {
  BlockScan scan;
  Scanner scanner(scan, words);
  for (auto i = block.first_piece; i < block.first_piece + block.pieces; ++i) {
    const auto& piece = page.pieces[i];
    if (piece.kind == PieceKind::line_break) scanner.space();
    if (piece.kind == PieceKind::text) scanner.text(piece.text);
  }
  scanner.finish();
  return scan;
}

PageWords scan_page(const PageOutline& page) {
  PageWords out;
  out.scans.reserve(page.blocks.size());
  out.start.reserve(page.blocks.size() + 1);
  for (const auto& block : page.blocks) {
    out.start.push_back(out.words.size());
    out.scans.push_back(scan_block(page, block, out.words));
  }
  out.start.push_back(out.words.size());
  return out;
}

void hash_words(std::string_view text, std::vector<std::uint32_t>& words) {
  BlockScan scan;
  Scanner scanner(scan, words);
  scanner.text(text);
  scanner.finish();
}

}  // namespace crawld::parsers
