#include "parsers/text.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "parsers/entities.h"

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

void FoldedText::add(std::string_view raw, TextMode mode) {
  const bool references = mode == TextMode::data || mode == TextMode::rcdata;
  ensure(raw.size() + 1);
  std::string meaning;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    const Kind kind = kind_of(*at);
    if (kind == Kind::space) {
      gap(Gap::space);
      ++at;
    } else if (kind == Kind::nul) {
      if (mode != TextMode::data && mode != TextMode::cdata) add_word("\xEF\xBF\xBD");
      ++at;
    } else if (kind == Kind::reference && references) {
      meaning.clear();
      const std::string_view rest(at, static_cast<std::size_t>(end - at));
      const std::size_t read = append_reference(rest, ReferenceIn::text, meaning);
      if (read == 0)
        add_word("&");
      else if (meaning.size() == 1 && is_html_space(meaning[0]))
        gap(Gap::space);
      else
        add_word(meaning);
      at += std::max<std::size_t>(read, 1);
    } else {
      // Words with single spaces between them are copied together.
      const char* const start = at;
      ++at;
      while (at < end && (kind_of(*at) == Kind::word ||
                          (*at == ' ' && at + 1 < end && kind_of(at[1]) == Kind::word))) {
        ++at;
      }
      add_word({start, static_cast<std::size_t>(at - start)});
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
