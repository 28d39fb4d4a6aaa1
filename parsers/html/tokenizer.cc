#include "parsers/html/tokenizer.h"

#include <algorithm>
#include <bit>

#include "parsers/html/tokenizer_bytes.h"
#include "parsers/html/tokenizer_name_tables.h"

namespace crawld::parsers {
namespace {

using base::SixteenBytes;

enum class NameOf : std::uint8_t { tag, attribute };

template <NameOf of>
bool ends_name(char c) {
  return is_html_space(c) || c == '/' || c == '>' || (c == '=' && of == NameOf::attribute);
}

// A name as it was read from its first byte on.
struct ReadName {
  std::size_t size;
  NameKey key;
};

// The same for any name, a byte at a time. The first byte is part of it whatever it is.
template <NameOf of>
[[gnu::noinline]] ReadName read_any_name(std::string_view rest) {
  std::size_t size = 1;
  while (size < rest.size() && !ends_name<of>(rest[size])) ++size;
  return {size, key_of(rest.substr(0, size))};
}

// Needs: a byte of the name at `at`. Nearly every name is short and ends within the sixteen
// bytes that are looked at at once; controls, which may belong to it, are left to the loop.
template <NameOf of>
[[gnu::always_inline]] inline ReadName read_name(std::string_view input, std::size_t at) {
  const std::string_view rest(input.data() + at, input.size() - at);
  if (rest.size() < SixteenBytes::kSize) return read_any_name<of>(rest);
  const SixteenBytes bytes(rest.data());
  auto stops = bytes.at_most(' ') | bytes.equal('/') | bytes.equal('>');
  if (of == NameOf::attribute) stops = stops | bytes.equal('=');
  const auto size = static_cast<std::size_t>(std::countr_zero(stops.bits()));
  if (size - 1 >= kShortName || !ends_name<of>(rest.data()[size])) return read_any_name<of>(rest);
  return {size, bytes.lower_case().front() << (64 - 8 * size)};
}

}  // namespace

Tokenizer::Tokenizer(std::string_view input, Keep keep) : input_(input), keep_(keep) {}

void Tokenizer::set_last_start_tag(std::string_view name) { last_start_tag_ = name; }

void Tokenizer::skip_newline() {
  if (at_ < input_.size() && input_[at_] == '\r')
    ++at_;
  else if (at_ < input_.size() && input_[at_] == '\n') {
    ++at_;
    return;
  } else
    return;
  if (at_ < input_.size() && input_[at_] == '\n') ++at_;
}

// Whether the "<" at `at` begins something else than text (13.2.5.6, 13.2.5.7).
inline bool Tokenizer::opens_markup(std::size_t at) const {
  if (at + 1 >= input_.size()) return false;
  const char c = input_.data()[at + 1];
  if (is_letter(c) || c == '!' || c == '?') return true;
  return c == '/' && at + 2 < input_.size();
}

// From behind "=" to behind the value; kNone when the input ends within it.
inline std::size_t Tokenizer::read_value(std::size_t at, std::string_view& value) const {
  const char* const bytes = input_.data();
  const std::size_t size = input_.size();
  while (at < size && is_html_space(bytes[at])) ++at;
  if (at >= size) return kNone;
  const char c = bytes[at];
  if (c == '"' || c == '\'') {
    const std::size_t close = find_near(input_, c, at + 1);
    if (close == kNone) return kNone;
    value = std::string_view(bytes + at + 1, close - at - 1);
    return close + 1;
  }
  const std::size_t start = at;
  while (at < size && bytes[at] != '>' && !is_html_space(bytes[at])) ++at;
  value = std::string_view(bytes + start, at - start);
  return at;
}

inline void Tokenizer::keep_attribute(std::string_view name, NameKey key, std::string_view value) {
  const Attr id = known_attr(name, key);
  if (id != Attr::unknown) {
    std::uint64_t& seen = seen_known_[static_cast<unsigned>(id) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (static_cast<unsigned>(id) % 64);
    if ((seen & bit) != 0) return;
    seen |= bit;
  } else if (keep_ == Keep::known || is_repeated(name)) {
    return;
  }
  Attribute& attribute = attributes_.emplace_back();
  attribute.id = id;
  attribute.name = name;
  attribute.value = value;
}

// From behind the tag's name to behind its ">" (13.2.5.32 to 13.2.5.40). False, with all
// input used up, when it never comes.
bool Tokenizer::read_attributes(Token& token) {
  seen_known_[0] = seen_known_[1] = 0;
  if (!seen_unknown_.empty()) seen_unknown_.clear();
  const char* const bytes = input_.data();
  const std::size_t size = input_.size();
  std::size_t at = at_;
  while (at < size) {
    const char c = bytes[at];
    if (is_html_space(c)) {
      ++at;
    } else if (c == '>') {
      at_ = at + 1;
      return true;
    } else if (c == '/') {
      ++at;
      token.self_closing = at < size && bytes[at] == '>';
    } else {
      // A "=" in the first place belongs to the name (13.2.5.32).
      const ReadName name = read_name<NameOf::attribute>(input_, at);
      const std::string_view written(bytes + at, name.size);
      at += name.size;
      std::size_t after = at;
      while (after < size && is_html_space(bytes[after])) ++after;
      std::string_view value;
      if (after < size && bytes[after] == '=') {
        after = read_value(after + 1, value);
        if (after == kNone) break;
      }
      at = after;
      keep_attribute(written, name.key, value);
    }
  }
  at_ = size;
  return false;
}

inline bool Tokenizer::read_tag(TokenKind kind, std::size_t name_at, Token& token) {
  token.kind = kind;
  const std::size_t start = at_;
  const ReadName name = read_name<NameOf::tag>(input_, name_at);
  token.name = std::string_view(input_.data() + name_at, name.size);
  token.hash = name_hash(name.key);
  token.tag = known_tag(token.name, name.key);
  at_ = name_at + name.size;
  attributes_.clear();
  // The common "<p>" and "</p>".
  if (at_ < input_.size() && input_.data()[at_] == '>')
    ++at_;
  else if (!read_attributes(token))
    return false;
  token.raw = std::string_view(input_.data() + start, at_ - start);
  if (kind == TokenKind::start_tag) last_start_tag_ = token.name;
  return true;
}

// Needs: opens_markup(at_). False where that gave no token.
inline bool Tokenizer::read_markup(Token& token) {
  const char c = input_.data()[at_ + 1];
  if (is_letter(c)) return read_tag(TokenKind::start_tag, at_ + 1, token);
  if (c == '/' && is_letter(input_.data()[at_ + 2])) {
    return read_tag(TokenKind::end_tag, at_ + 2, token);
  }
  return read_odd_markup(token);
}

inline bool Tokenizer::next_in_data(Token& token) {
  const std::size_t start = at_;
  std::size_t open = start;
  if (input_.data()[open] != '<') open = find_near(input_, '<', open);
  while (open != kNone && !opens_markup(open)) open = find(input_, '<', open + 1);
  if (open == start) return read_markup(token);
  text_until(std::min(open, input_.size()), TextMode::data, token);
  return true;
}

Token Tokenizer::next() {
  Token token;
  // "</>", an empty section and a tag that the end of input cut off give nothing.
  while (at_ < input_.size()) {
    switch (mode_) {
      case TextMode::data:
        if (next_in_data(token)) return token;
        break;
      case TextMode::rcdata:
      case TextMode::rawtext:
      case TextMode::script:
        if (next_raw(token)) return token;
        break;
      case TextMode::plaintext:
        text_until(input_.size(), TextMode::plaintext, token);
        return token;
      case TextMode::cdata:
        if (next_cdata(token)) return token;
        break;
    }
  }
  token.kind = TokenKind::end;
  return token;
}

// What is no tag: comments, the doctype, CDATA, and what is taken for a comment.
bool Tokenizer::read_odd_markup(Token& token) {
  const char c = input_[at_ + 1];
  if (c == '/') {
    if (input_[at_ + 2] == '>') {
      at_ += 3;
      return false;
    }
    read_bogus_comment(at_ + 2, token);
    return true;
  }
  const std::string_view rest = input_.substr(at_ + 2);
  if (c == '?') {
    read_bogus_comment(at_ + 1, token);
  } else if (rest.substr(0, 2) == "--") {
    read_comment(token);
  } else if (begins_with_any_case(rest, "doctype")) {
    read_doctype(token);
  } else if (cdata_allowed_ && rest.substr(0, 7) == "[CDATA[") {
    at_ += 9;
    mode_ = TextMode::cdata;
    return false;
  } else {
    read_bogus_comment(at_ + 2, token);
  }
  return true;
}

// Whether an attribute without a number of its own came before in this tag. Few are
// compared one by one, many through a set, so that 100,000 of them stay linear.
bool Tokenizer::is_repeated(std::string_view name) {
  constexpr std::size_t kFew = 16;
  std::string wanted;
  append_name(name, wanted);
  if (attributes_.size() < kFew) {
    std::string other;
    for (const Attribute& attribute : attributes_) {
      other.clear();
      append_name(attribute.name, other);
      if (other == wanted) return true;
    }
    return false;
  }
  if (seen_unknown_.empty()) {
    for (const Attribute& attribute : attributes_) {
      std::string other;
      append_name(attribute.name, other);
      seen_unknown_.insert(std::move(other));
    }
  }
  return !seen_unknown_.insert(std::move(wanted)).second;
}

// 13.2.5.43 to 13.2.5.51: up to "-->" or "--!>"; "<!-->" and "<!--->" are empty.
void Tokenizer::read_comment(Token& token) {
  token.kind = TokenKind::comment;
  const std::size_t body = at_ + 4;
  const std::string_view rest = input_.substr(body);
  if (!rest.empty() && rest[0] == '>') {
    at_ = body + 1;
    return;
  }
  if (rest.substr(0, 2) == "->") {
    at_ = body + 2;
    return;
  }
  for (std::size_t end = find(rest, '>', 0); end != kNone; end = find(rest, '>', end + 1)) {
    const std::string_view before = rest.substr(0, end);
    const std::size_t mark = before.ends_with("--") ? 2 : before.ends_with("--!") ? 3 : 0;
    if (mark == 0) continue;
    token.raw = before.substr(0, end - mark);
    at_ = body + end + 1;
    return;
  }
  // Cut off: what could have been the mark is not part of the comment.
  std::string_view all = rest;
  for (const std::string_view mark : {"--!", "--", "-"}) {
    if (!all.ends_with(mark)) continue;
    all.remove_suffix(mark.size());
    break;
  }
  token.raw = all;
  at_ = input_.size();
  return;
}

void Tokenizer::read_bogus_comment(std::size_t from, Token& token) {
  token.kind = TokenKind::comment;
  std::size_t end = find(input_, '>', from);
  if (end == kNone) end = input_.size();
  token.raw = input_.substr(from, end - from);
  at_ = end < input_.size() ? end + 1 : end;
}

void Tokenizer::read_doctype(Token& token) {
  token.kind = TokenKind::doctype;
  const std::size_t end = find(input_, '>', at_);
  const std::size_t after = end == kNone ? input_.size() : end + 1;
  token.raw = input_.substr(at_ + 2, after - at_ - 2);
  at_ = after;
}

}  // namespace crawld::parsers
