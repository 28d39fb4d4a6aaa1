#include "parsers/html/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>

#include "crawler/base/utf8.h"
#include "parsers/html/entities.h"

namespace crawld::parsers {
namespace {

enum class Kind : std::uint8_t { word, space, nul, reference };

struct Kinds {
  std::array<Kind, 256> of{};
  constexpr Kinds() {
    for (const char c : {' ', '\t', '\n', '\r', '\f'}) {
      of[static_cast<unsigned char>(c)] = Kind::space;
    }
    of[0] = Kind::nul;
    of['&'] = Kind::reference;
  }
};
constexpr Kinds kKinds;

Kind kind_of(char c) { return kKinds.of[static_cast<unsigned char>(c)]; }

// Whether at `at` a single space stands between two words.
bool joins_words(const char* at, const char* end) {
  return *at == ' ' && at + 1 < end && kind_of(at[1]) == Kind::word;
}

}  // namespace

std::string fold_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (is_html_space(c)) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

void FoldedText::ensure(std::size_t bytes) {
  if (buffer_.size() - size_ >= bytes) return;
  buffer_.resize(std::max(size_ + bytes, buffer_.size() * 2));
}

void FoldedText::close_gap() {
  if (gap_ == Gap::none) return;
  if (size_ != 0) {
    ensure(1);
    buffer_[size_++] = gap_ == Gap::line ? '\n' : ' ';
  }
  gap_ = Gap::none;
}

void FoldedText::add_word(std::string_view word) {
  close_gap();
  ensure(word.size());
  std::memcpy(buffer_.data() + size_, word.data(), word.size());
  size_ += word.size();
}

// Copies words with single spaces between them. Needs: a word at `at`. Gives where it
// stopped: at the end, a reference, NUL, or white space to fold.
const char* FoldedText::add_words(const char* at, const char* end) {
  close_gap();
  ensure(static_cast<std::size_t>(end - at));
  char* out = buffer_.data() + size_;
  const char* const start = at;
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(' ');
  const __m128i ampersand = _mm_set1_epi8('&');
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + (at - start)), bytes);
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes);
    const __m128i odd = _mm_or_si128(low, _mm_cmpeq_epi8(bytes, ampersand));
    unsigned stops = static_cast<unsigned>(_mm_movemask_epi8(odd));
    while (stops != 0 && joins_words(at + __builtin_ctz(stops), end)) stops &= stops - 1;
    if (stops != 0) {
      at += __builtin_ctz(stops);
      if (kind_of(*at) != Kind::word) {
        size_ += static_cast<std::size_t>(at - start);
        return at;
      }
      ++at;  // a control: part of a word
    } else {
      at += 16;
    }
  }
#endif
  while (at < end && (kind_of(*at) == Kind::word || joins_words(at, end))) {
    out[at - start] = *at;
    ++at;
  }
  size_ += static_cast<std::size_t>(at - start);
  return at;
}

void FoldedText::add_reference(const char*& at, const char* end) {
  std::string meaning;
  const std::string_view rest(at, static_cast<std::size_t>(end - at));
  const std::size_t read = append_reference(rest, ReferenceIn::text, meaning);
  if (read == 0)
    add_word("&");
  else if (meaning.size() == 1 && is_html_space(meaning[0]))
    gap(Gap::space);
  else
    add_word(meaning);
  at += std::max<std::size_t>(read, 1);
}

void FoldedText::add(std::string_view raw, TextMode mode) {
  const bool references = mode == TextMode::data || mode == TextMode::rcdata;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    switch (kind_of(*at)) {
      case Kind::space:
        gap(Gap::space);
        ++at;
        break;
      case Kind::nul:
        if (mode != TextMode::data && mode != TextMode::cdata)
          add_word(base::kReplacementCharacter);
        ++at;
        break;
      case Kind::reference:
        if (references) {
          add_reference(at, end);
        } else {
          add_word("&");
          ++at;
        }
        break;
      case Kind::word:
        at = add_words(at, end);
        break;
    }
  }
}

std::string FoldedText::line_since(Place place, std::size_t bytes) const {
  std::string_view all = std::string_view(buffer_).substr(0, size_);
  all.remove_prefix(std::min(place.size, all.size()));
  while (!all.empty() && is_html_space(all.front())) all.remove_prefix(1);
  std::string line(cut_utf8(all, bytes));
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string FoldedText::take() {
  std::string text = buffer_.substr(0, size_);
  size_ = 0;
  gap_ = Gap::none;
  return text;
}

}  // namespace crawld::parsers
