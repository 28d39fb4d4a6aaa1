// What the bytes of a token mean: references, newlines, NUL; and the parts of a doctype.
#include <algorithm>

#include "crawler/base/sixteen_bytes.h"
#include "crawler/base/utf8.h"
#include "parsers/html/entities.h"
#include "parsers/html/tokenizer.h"
#include "parsers/html/tokenizer_bytes.h"

namespace crawld::parsers {
namespace {

struct Meaning {
  bool references;
  bool replace_nul;
  ReferenceIn where;
};

void append_decoded(std::string_view raw, Meaning meaning, std::string& out) {
  std::size_t copied = 0;
  const auto flush = [&](std::size_t end) { out.append(raw.substr(copied, end - copied)); };
  for (std::size_t at = 0; at < raw.size();) {
    const char c = raw[at];
    if (c == '&' && meaning.references) {
      flush(at);
      const std::size_t read = append_reference(raw.substr(at), meaning.where, out);
      copied = at + read;  // no reference: the "&" is copied like any other byte
      at += std::max<std::size_t>(read, 1);
    } else if (c == '\r') {
      flush(at);
      out += '\n';
      at += at + 1 < raw.size() && raw[at + 1] == '\n' ? 2 : 1;
      copied = at;
    } else if (c == '\0' && meaning.replace_nul) {
      flush(at);
      out += base::kReplacementCharacter;
      copied = ++at;
    } else {
      ++at;
    }
  }
  flush(raw.size());
}

// Whether each byte stands for itself.
bool is_plain(std::string_view raw) {
  using base::SixteenBytes;
  const auto odd = [](const SixteenBytes& bytes) {
    return bytes.equal('&') | bytes.equal('\r') | bytes.equal('\0');
  };
  std::size_t at = 0;
  for (; at + SixteenBytes::kSize <= raw.size(); at += SixteenBytes::kSize) {
    if (odd(SixteenBytes(raw.data() + at)).bits() != 0) return false;
  }
  for (; at < raw.size(); ++at) {
    const char c = raw.data()[at];
    if (c == '&' || c == '\r' || c == '\0') return false;
  }
  return true;
}

// The parts of "DOCTYPE name PUBLIC "a" "b">", read left to right (13.2.5.53 on).
class DoctypeReader {
 public:
  explicit DoctypeReader(std::string_view raw) : rest_(raw) {}

  Doctype read() {
    Doctype doctype;
    rest_.remove_prefix(7);
    // Without its ">" the input ended, and every such state forces quirks.
    const bool cut = rest_.empty() || rest_.back() != '>';
    if (!cut) rest_.remove_suffix(1);
    doctype.force_quirks = cut;
    skip_spaces();
    if (rest_.empty()) {
      doctype.force_quirks = true;
      return doctype;
    }
    doctype.name.emplace();
    const std::size_t end = span_of_name();
    append_name(rest_.substr(0, end), *doctype.name);
    rest_.remove_prefix(end);
    skip_spaces();
    if (!rest_.empty()) read_ids(doctype);
    return doctype;
  }

 private:
  void read_ids(Doctype& doctype) {
    if (take_word("public")) {
      if (!read_quoted(doctype.public_id)) {
        doctype.force_quirks = true;
        return;
      }
      skip_spaces();
      if (rest_.empty()) return;
      read_system_id(doctype);
    } else if (take_word("system")) {
      read_system_id(doctype);
    } else {
      doctype.force_quirks = true;
    }
  }

  void read_system_id(Doctype& doctype) {
    if (!read_quoted(doctype.system_id)) {
      doctype.force_quirks = true;
      return;
    }
    // What follows a complete system id is ignored, even the end of input (13.2.5.68).
    skip_spaces();
    if (!rest_.empty()) doctype.force_quirks = false;
  }

  // False when no quote opens here, or the id is not closed (and then `id` holds its part).
  bool read_quoted(std::optional<std::string>& id) {
    skip_spaces();
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return false;
    const char quote = rest_[0];
    const std::size_t end = rest_.find(quote, 1);
    id.emplace();
    append_comment(rest_.substr(1, end == std::string_view::npos ? end : end - 1), *id);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return end != std::string_view::npos;
  }

  bool take_word(std::string_view word) {
    std::string head;
    append_name(rest_.substr(0, word.size()), head);
    if (head != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void skip_spaces() {
    while (!rest_.empty() && is_html_space(rest_[0])) rest_.remove_prefix(1);
  }

  std::size_t span_of_name() const {
    std::size_t end = 0;
    while (end < rest_.size() && !is_html_space(rest_[end])) ++end;
    return end;
  }

  std::string_view rest_;
};

}  // namespace

void append_text(std::string_view raw, TextMode mode, std::string& out) {
  const bool references = mode == TextMode::data || mode == TextMode::rcdata;
  const bool keeps_nul = mode == TextMode::data || mode == TextMode::cdata;
  append_decoded(raw, {references, !keeps_nul, ReferenceIn::text}, out);
}

std::string_view decode_text(std::string_view raw, TextMode mode, std::string& scratch) {
  const bool references = mode == TextMode::data || mode == TextMode::rcdata;
  const bool plain =
      references ? is_plain(raw) : find(raw, '\r', 0) == kNone && find(raw, '\0', 0) == kNone;
  if (plain) return raw;
  scratch.clear();
  append_text(raw, mode, scratch);
  return scratch;
}

std::string_view decode_attribute(std::string_view raw, std::string& scratch) {
  if (is_plain(raw)) return raw;
  scratch.clear();
  append_decoded(raw, {true, true, ReferenceIn::attribute}, scratch);
  return scratch;
}

void append_name(std::string_view raw, std::string& out) {
  for (const char c : raw) {
    if (c == '\0')
      out += base::kReplacementCharacter;
    else
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
}

void append_comment(std::string_view raw, std::string& out) {
  append_decoded(raw, {false, true, ReferenceIn::text}, out);
}

Doctype parse_doctype(std::string_view raw) { return DoctypeReader(raw).read(); }

}  // namespace crawld::parsers
