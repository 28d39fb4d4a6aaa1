#include "parsers/tokenizer.h"

#include <algorithm>
#include <array>

#include "parsers/tokenizer_bytes.h"

namespace crawld::parsers {
namespace {

// The same where the answer is mostly a few bytes away.
std::size_t find_near(std::string_view text, char c, std::size_t from) {
  const std::size_t near = std::min(from + 24, text.size());
  for (std::size_t at = from; at < near; ++at) {
    if (text[at] == c) return at;
  }
  return find(text, c, near);
}

// What a byte is within a name: 0 ends it, others are the byte to hash, in lower case.
// NUL is part of a name, so it stands for another control.
struct NameBytes {
  std::array<unsigned char, 256> tag{};
  std::array<unsigned char, 256> attribute{};

  constexpr NameBytes() {
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool upper = byte >= 'A' && byte <= 'Z';
      tag[byte] = static_cast<unsigned char>(byte == 0 ? 1 : upper ? byte + 32 : byte);
    }
    for (const char end : {'\t', '\n', '\f', '\r', ' ', '/', '>'}) {
      tag[static_cast<unsigned char>(end)] = 0;
    }
    attribute = tag;
    attribute['='] = 0;
  }
};
constexpr NameBytes kNameBytes;

// Where the name that starts at `at` ends; its hash goes to `hash`.
std::size_t scan_name(std::string_view input, std::size_t at,
                      const std::array<unsigned char, 256>& bytes, std::uint32_t& hash) {
  while (at < input.size()) {
    const unsigned char byte = bytes[static_cast<unsigned char>(input[at])];
    if (byte == 0) break;
    hash = name_hash_step(hash, byte);
    ++at;
  }
  return at;
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

void Tokenizer::text_until(std::size_t end, TextMode mode, Token& token) {
  token.kind = TokenKind::text;
  token.mode = mode;
  token.raw = input_.substr(at_, end - at_);
  at_ = end;
}

// Whether the "<" at `at` begins something else than text (13.2.5.6, 13.2.5.7).
bool Tokenizer::opens_markup(std::size_t at) const {
  if (at + 1 >= input_.size()) return false;
  const char c = input_[at + 1];
  if (is_letter(c) || c == '!' || c == '?') return true;
  return c == '/' && at + 2 < input_.size();
}

bool Tokenizer::next_in_data(Token& token) {
  std::size_t open = at_;
  if (input_[open] != '<') open = find(input_, '<', open);
  while (open != kNone && !opens_markup(open)) open = find(input_, '<', open + 1);
  if (open != at_) {
    text_until(std::min(open, input_.size()), TextMode::data, token);
    return true;
  }
  return read_markup(token);
}

// Needs: opens_markup(at_). False where that gave no token.
bool Tokenizer::read_markup(Token& token) {
  const char c = input_[at_ + 1];
  if (is_letter(c)) return read_tag(TokenKind::start_tag, at_ + 1, token);
  if (c == '/') {
    const char d = input_[at_ + 2];
    if (is_letter(d)) return read_tag(TokenKind::end_tag, at_ + 2, token);
    if (d == '>') {
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

bool Tokenizer::read_tag(TokenKind kind, std::size_t name_at, Token& token) {
  token.kind = kind;
  token.hash = kNameHashStart;
  const std::size_t start = at_;
  at_ = scan_name(input_, name_at, kNameBytes.tag, token.hash);
  token.name = input_.substr(name_at, at_ - name_at);
  token.tag = find_tag(token.name, token.hash);
  attributes_.clear();
  // The common "<p>" and "</p>".
  if (at_ < input_.size() && input_[at_] == '>')
    ++at_;
  else if (!read_attributes(token))
    return false;
  token.raw = input_.substr(start, at_ - start);
  if (kind == TokenKind::start_tag) last_start_tag_ = token.name;
  return true;
}

// From behind the tag's name to behind its ">" (13.2.5.32 to 13.2.5.40). False, with all
// input used up, when it never comes.
bool Tokenizer::read_attributes(Token& token) {
  seen_known_[0] = seen_known_[1] = 0;
  seen_unknown_.clear();
  const std::size_t size = input_.size();
  std::size_t at = at_;
  while (at < size) {
    const char c = input_[at];
    if (is_html_space(c)) {
      ++at;
    } else if (c == '>') {
      at_ = at + 1;
      return true;
    } else if (c == '/') {
      ++at;
      token.self_closing = at < size && input_[at] == '>';
    } else {
      std::uint32_t hash = kNameHashStart;
      const std::size_t name_at = at;
      // A "=" in the first place belongs to the name (13.2.5.32).
      if (c == '=') {
        hash = name_hash_step(hash, '=');
        ++at;
      }
      at = scan_name(input_, at, kNameBytes.attribute, hash);
      const std::string_view name = input_.substr(name_at, at - name_at);
      std::size_t after = at;
      while (after < size && is_html_space(input_[after])) ++after;
      std::string_view value;
      if (after < size && input_[after] == '=') {
        after = read_value(after + 1, value);
        if (after == kNone) break;
      }
      at = after;
      keep_attribute(name, hash, value);
    }
  }
  at_ = size;
  return false;
}

// From behind "=" to behind the value; kNone when the input ends within it.
std::size_t Tokenizer::read_value(std::size_t at, std::string_view& value) const {
  const std::size_t size = input_.size();
  while (at < size && is_html_space(input_[at])) ++at;
  if (at >= size) return kNone;
  const char c = input_[at];
  if (c == '"' || c == '\'') {
    const std::size_t close = find_near(input_, c, at + 1);
    if (close == kNone) return kNone;
    value = input_.substr(at + 1, close - at - 1);
    return close + 1;
  }
  const std::size_t start = at;
  while (at < size && input_[at] != '>' && !is_html_space(input_[at])) ++at;
  value = input_.substr(start, at - start);
  return at;
}

void Tokenizer::keep_attribute(std::string_view name, std::uint32_t hash, std::string_view value) {
  const Attr id = find_attr(name, hash);
  if (id != Attr::unknown) {
    std::uint64_t& seen = seen_known_[static_cast<unsigned>(id) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (static_cast<unsigned>(id) % 64);
    if ((seen & bit) != 0) return;
    seen |= bit;
  } else if (keep_ == Keep::known || is_repeated(name, hash)) {
    return;
  }
  attributes_.push_back({id, name, value});
}

// Whether an attribute without a number of its own came before in this tag. Few are
// compared one by one, many through a set, so that 100,000 of them stay linear.
bool Tokenizer::is_repeated(std::string_view name, std::uint32_t) {
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
