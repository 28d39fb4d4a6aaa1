#include "parsers/bytes/charset_multibyte.h"

#include <cstddef>
#include <cstdint>

#include "crawler/base/utf8.h"
#include "crawler/model/charset_index.h"

namespace crawld::parsers {
namespace {

constexpr char32_t kError = 0xFFFFFFFF;

// What one turn of a decoder made: a code point (or kError) of `used` bytes.
struct Turn {
  char32_t code_point;
  std::size_t used;
};

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

bool in(std::uint8_t byte, std::uint8_t low, std::uint8_t high) {
  return byte >= low && byte <= high;
}

// The end of a two-byte sequence: where the pair stands for nothing, an ASCII second
// byte is read again, so that a broken character cannot swallow a quote or a "<".
Turn pair(char32_t code_point, std::uint8_t second) {
  if (code_point != 0) return {code_point, 2};
  return {kError, second < 0x80 ? 1U : 2U};
}

// Runs `turn(rest, out)` over everything that is not ASCII.
template <class TurnOver>
std::string decode(std::string_view bytes, TurnOver turn) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 2);
  while (true) {
    const std::size_t plain = base::ascii_prefix(bytes);
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return out;
    const Turn made = turn(bytes, out);
    if (made.code_point == kError) {
      out += base::kReplacementCharacter;
    } else if (made.code_point != 0) {
      base::append_utf8(out, made.code_point);
    }
    bytes.remove_prefix(made.used);
  }
}

Turn gb18030_four(std::string_view rest) {
  if (rest.size() == 2) return {kError, 2};
  const std::uint8_t third = byte_at(rest, 2);
  if (!in(third, 0x81, 0xFE)) return {kError, 1};
  if (rest.size() == 3) return {kError, 3};
  const std::uint8_t fourth = byte_at(rest, 3);
  if (!in(fourth, 0x30, 0x39)) return {kError, 1};
  const std::uint32_t pointer =
      ((byte_at(rest, 0) - 0x81U) * 10 + byte_at(rest, 1) - 0x30U) * 1260 + (third - 0x81U) * 10 +
      fourth - 0x30U;
  const char32_t code_point = model::gb18030_ranges_code_point(pointer);
  return {code_point != 0 ? code_point : kError, 4};
}

Turn gb18030_turn(const model::CharsetIndex& index, std::string_view rest) {
  const std::uint8_t lead = byte_at(rest, 0);
  if (lead == 0x80) return {0x20AC, 1};
  if (lead == 0xFF || rest.size() == 1) return {kError, 1};
  const std::uint8_t trail = byte_at(rest, 1);
  if (in(trail, 0x30, 0x39)) return gb18030_four(rest);
  if (!in(trail, 0x40, 0x7E) && !in(trail, 0x80, 0xFE)) return pair(0, trail);
  return pair(index.at((lead - 0x81U) * 190 + trail - (trail < 0x7F ? 0x40U : 0x41U)), trail);
}

// The four pointers of index Big5 that stand for a letter and a combining mark.
char32_t big5_combining_mark(std::size_t pointer) {
  if (pointer == 1133 || pointer == 1164) return 0x0304;
  if (pointer == 1135 || pointer == 1166) return 0x030C;
  return 0;
}

Turn big5_turn(const model::CharsetIndex& index, std::string_view rest, std::string& out) {
  const std::uint8_t lead = byte_at(rest, 0);
  if (!in(lead, 0x81, 0xFE) || rest.size() == 1) return {kError, 1};
  const std::uint8_t trail = byte_at(rest, 1);
  if (!in(trail, 0x40, 0x7E) && !in(trail, 0xA1, 0xFE)) return pair(0, trail);
  const std::size_t pointer = (lead - 0x81U) * 157 + trail - (trail < 0x7F ? 0x40U : 0x62U);
  if (const char32_t mark = big5_combining_mark(pointer)) {
    base::append_utf8(out, pointer < 1164 ? 0xCA : 0xEA);
    return {mark, 2};
  }
  return pair(index.at(pointer), trail);
}

Turn euc_kr_turn(const model::CharsetIndex& index, std::string_view rest) {
  const std::uint8_t lead = byte_at(rest, 0);
  if (!in(lead, 0x81, 0xFE) || rest.size() == 1) return {kError, 1};
  const std::uint8_t trail = byte_at(rest, 1);
  if (!in(trail, 0x41, 0xFE)) return pair(0, trail);
  return pair(index.at((lead - 0x81U) * 190 + trail - 0x41U), trail);
}

Turn shift_jis_turn(const model::CharsetIndex& index, std::string_view rest) {
  const std::uint8_t lead = byte_at(rest, 0);
  if (lead == 0x80) return {0x80, 1};
  if (in(lead, 0xA1, 0xDF)) return {0xFF61U - 0xA1U + lead, 1};
  if ((!in(lead, 0x81, 0x9F) && !in(lead, 0xE0, 0xFC)) || rest.size() == 1) return {kError, 1};
  const std::uint8_t trail = byte_at(rest, 1);
  if (!in(trail, 0x40, 0x7E) && !in(trail, 0x80, 0xFC)) return pair(0, trail);
  const std::uint32_t pointer =
      (lead - (lead < 0xA0 ? 0x81U : 0xC1U)) * 188 + trail - (trail < 0x7F ? 0x40U : 0x41U);
  if (pointer >= 8836 && pointer <= 10715) return {0xE000 - 8836 + pointer, 2};
  return pair(index.at(pointer), trail);
}

Turn euc_jp_three(std::string_view rest) {
  if (rest.size() == 2) return {kError, 2};
  const std::uint8_t second = byte_at(rest, 1);
  const std::uint8_t third = byte_at(rest, 2);
  char32_t code_point = 0;
  if (in(third, 0xA1, 0xFE)) {
    code_point = model::jis0212_index().at((second - 0xA1U) * 94 + third - 0xA1U);
  }
  const Turn made = pair(code_point, third);
  return {made.code_point, made.used + 1};
}

Turn euc_jp_turn(const model::CharsetIndex& index, std::string_view rest) {
  const std::uint8_t lead = byte_at(rest, 0);
  const bool leads = lead == 0x8E || lead == 0x8F || in(lead, 0xA1, 0xFE);
  if (!leads || rest.size() == 1) return {kError, 1};
  const std::uint8_t trail = byte_at(rest, 1);
  if (lead == 0x8E && in(trail, 0xA1, 0xDF)) return {0xFF61U - 0xA1U + trail, 2};
  if (lead == 0x8F && in(trail, 0xA1, 0xFE)) return euc_jp_three(rest);
  if (!in(lead, 0xA1, 0xFE) || !in(trail, 0xA1, 0xFE)) return pair(0, trail);
  return pair(index.at((lead - 0xA1U) * 94 + trail - 0xA1U), trail);
}

// The state machine of section 12.2.1. One more turn with no byte ends the input.
class Iso2022Jp {
 public:
  std::string decode(std::string_view bytes) {
    out_.reserve(bytes.size() + bytes.size() / 2);
    for (std::size_t i = 0; i < bytes.size();) {
      // An escape that fails gives its second and third byte back.
      given_back_ = 0;
      take(byte_at(bytes, i++));
      i -= given_back_;
    }
    finish();
    return std::move(out_);
  }

 private:
  enum class State : std::uint8_t { ascii, roman, katakana, lead, trail, escape_start, escape };

  void take(std::uint8_t byte) {
    switch (state_) {
      case State::ascii:
      case State::roman:
      case State::katakana:
        return single(byte);
      case State::lead:
        return lead(byte);
      case State::trail:
        return trail(byte);
      case State::escape_start:
        return escape_start(byte);
      case State::escape:
        return escape(byte);
    }
  }

  void single(std::uint8_t byte) {
    if (byte == 0x1B) {
      state_ = State::escape_start;
      return;
    }
    escaped_ = false;
    if (state_ == State::katakana) return emit(in(byte, 0x21, 0x5F) ? 0xFF61U - 0x21U + byte : 0);
    if (byte > 0x7F || byte == 0x0E || byte == 0x0F) return emit(0);
    if (state_ == State::roman && byte == 0x5C) return emit(0xA5);
    if (state_ == State::roman && byte == 0x7E) return emit(0x203E);
    out_ += static_cast<char>(byte);
  }

  void lead(std::uint8_t byte) {
    if (byte == 0x1B) {
      state_ = State::escape_start;
      return;
    }
    escaped_ = false;
    if (!in(byte, 0x21, 0x7E)) return emit(0);
    lead_ = byte;
    state_ = State::trail;
  }

  void trail(std::uint8_t byte) {
    if (byte == 0x1B) {
      state_ = State::escape_start;
      return emit(0);
    }
    state_ = State::lead;
    if (!in(byte, 0x21, 0x7E)) return emit(0);
    emit(model::jis0208_index().at((lead_ - 0x21U) * 94 + byte - 0x21U));
  }

  void escape_start(std::uint8_t byte) {
    if (byte == '$' || byte == '(') {
      lead_ = byte;
      state_ = State::escape;
      return;
    }
    fail_escape(1);
  }

  void escape(std::uint8_t byte) {
    if (lead_ == '(' && byte == 'B') return enter(State::ascii);
    if (lead_ == '(' && byte == 'J') return enter(State::roman);
    if (lead_ == '(' && byte == 'I') return enter(State::katakana);
    if (lead_ == '$' && (byte == '@' || byte == 'B')) return enter(State::lead);
    fail_escape(2);
  }

  // Two escapes with nothing between them are an error: they could hide text.
  void enter(State state) {
    state_ = output_state_ = state;
    if (escaped_) emit(0);
    escaped_ = true;
  }

  void fail_escape(std::size_t give_back) {
    given_back_ = give_back;
    escaped_ = false;
    state_ = output_state_;
    emit(0);
  }

  void finish() {
    if (state_ == State::trail || state_ == State::escape_start) emit(0);
    if (state_ == State::escape) {
      // The "$" or "(" is read again in the state before the escape.
      state_ = output_state_;
      emit(0);
      take(lead_);
      if (state_ == State::trail) emit(0);
    }
  }

  void emit(char32_t code_point) {
    if (code_point == 0) {
      out_ += base::kReplacementCharacter;
    } else {
      base::append_utf8(out_, code_point);
    }
  }

  State state_ = State::ascii;
  State output_state_ = State::ascii;
  std::uint8_t lead_ = 0;
  bool escaped_ = false;
  std::size_t given_back_ = 0;
  std::string out_;
};

}  // namespace

std::string decode_gb18030(std::string_view bytes) {
  const model::CharsetIndex& index = model::gb18030_index();
  return decode(bytes,
                [&](std::string_view rest, std::string&) { return gb18030_turn(index, rest); });
}

std::string decode_big5(std::string_view bytes) {
  const model::CharsetIndex& index = model::big5_index();
  return decode(
      bytes, [&](std::string_view rest, std::string& out) { return big5_turn(index, rest, out); });
}

std::string decode_euc_jp(std::string_view bytes) {
  const model::CharsetIndex& index = model::jis0208_index();
  return decode(bytes,
                [&](std::string_view rest, std::string&) { return euc_jp_turn(index, rest); });
}

std::string decode_iso_2022_jp(std::string_view bytes) { return Iso2022Jp().decode(bytes); }

std::string decode_shift_jis(std::string_view bytes) {
  const model::CharsetIndex& index = model::jis0208_index();
  return decode(bytes,
                [&](std::string_view rest, std::string&) { return shift_jis_turn(index, rest); });
}

std::string decode_euc_kr(std::string_view bytes) {
  const model::CharsetIndex& index = model::euc_kr_index();
  return decode(bytes,
                [&](std::string_view rest, std::string&) { return euc_kr_turn(index, rest); });
}

}  // namespace crawld::parsers
