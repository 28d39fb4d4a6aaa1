// HTML text to tokens, as the standard says (HTML 13.2.5), without building anything.
//
// The input is UTF-8 with any newlines; tokens are views into it, undecoded: who needs a
// text or an attribute decodes it with the functions below, and what nobody asks for
// costs only its scan. Errors of the page are repaired as the standard says and not
// reported. Linear time, no recursion; the only memory is the attribute list of one tag.
//
// The tree construction stage steers the tokenizer: it calls set_mode() after a start tag
// whose content is raw text, and allow_cdata() while it is in foreign content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "parsers/html/tokenizer_names.h"

namespace crawld::parsers {

enum class TokenKind : std::uint8_t { start_tag, end_tag, text, comment, doctype, end };

// How the content is read, and what a text token's bytes mean.
enum class TextMode : std::uint8_t {
  data,       // tags, references; NUL stays
  rcdata,     // references, ends at its end tag (title, textarea)
  rawtext,    // ends at its end tag (style, xmp, iframe, noembed, noframes)
  script,     // as rawtext, with the escapes of 13.2.5.15 to 13.2.5.31
  plaintext,  // never ends
  cdata       // ends at "]]>"
};

struct Attribute {
  Attr id = Attr::unknown;
  std::string_view name;   // as written
  std::string_view value;  // as written, without quotes
};

struct Token {
  TokenKind kind = TokenKind::end;
  Tag tag = Tag::unknown;          // of a tag
  bool self_closing = false;       // of a tag
  TextMode mode = TextMode::data;  // of a text
  std::uint32_t hash = 0;          // of a tag's name
  std::string_view name;           // of a tag, as written
  // A text's bytes; a comment's content; all of a doctype after "<!"; a whole tag.
  std::string_view raw;
};

struct Doctype {
  std::optional<std::string> name;  // lower case
  std::optional<std::string> public_id;
  std::optional<std::string> system_id;
  bool force_quirks = false;
};

class Tokenizer {
 public:
  enum class Keep : std::uint8_t {
    known,  // attributes with a number of their own; the others are scanned over
    all
  };

  // `input` outlives the tokenizer and its tokens.
  explicit Tokenizer(std::string_view input, Keep keep = Keep::known);

  // The next token; TokenKind::end for ever after the last. A doctype cut off by the end
  // of input says so by having no ">".
  Token next();

  // Of the tag last returned, each name once (the first wins). Valid until next().
  const std::vector<Attribute>& attributes() const { return attributes_; }

  // Reads on in `mode`, up to the end tag of the last start tag (or of `name`).
  void set_mode(TextMode mode) { mode_ = mode; }
  void set_last_start_tag(std::string_view name);
  // "<![CDATA[" opens a section (true in foreign content) or a bogus comment.
  void allow_cdata(bool allowed) { cdata_allowed_ = allowed; }
  // Drops one newline at the current place (after <pre>, <listing>, <textarea>).
  void skip_newline();

 private:
  // These give false when they read on without making a token.
  bool next_in_data(Token& token);
  bool next_raw(Token& token);
  bool next_cdata(Token& token);
  bool read_markup(Token& token);
  bool read_odd_markup(Token& token);
  bool read_tag(TokenKind kind, std::size_t name_at, Token& token);
  void text_until(std::size_t end, TextMode mode, Token& token) {
    token.kind = TokenKind::text;
    token.mode = mode;
    token.raw = std::string_view(input_.data() + at_, end - at_);
    at_ = end;
  }
  bool opens_markup(std::size_t at) const;
  bool read_attributes(Token& token);
  std::size_t read_value(std::size_t at, std::string_view& value) const;
  void keep_attribute(std::string_view name, NameKey key, std::string_view value);
  bool is_repeated(std::string_view name);
  void read_comment(Token& token);
  void read_bogus_comment(std::size_t from, Token& token);
  void read_doctype(Token& token);
  std::size_t end_tag_from(std::size_t at) const;
  std::size_t script_end(std::size_t at) const;
  bool is_end_tag(std::size_t at) const;

  const std::string_view input_;
  const Keep keep_;
  std::size_t at_ = 0;
  TextMode mode_ = TextMode::data;
  bool cdata_allowed_ = false;
  std::string_view last_start_tag_;
  std::vector<Attribute> attributes_;
  std::uint64_t seen_known_[2] = {};
  std::unordered_set<std::string> seen_unknown_;
};

// A text token's meaning, appended: references decoded, newlines made "\n", and NUL made
// U+FFFD except in data and CDATA, where it stays for the tree construction to judge.
void append_text(std::string_view raw, TextMode mode, std::string& out);
// The same: `raw` itself where nothing needs decoding, else a view of `scratch`.
std::string_view decode_text(std::string_view raw, TextMode mode, std::string& scratch);
// An attribute value's meaning: `raw` itself where nothing needs decoding, else a view
// of `scratch`.
std::string_view decode_attribute(std::string_view raw, std::string& scratch);
// A tag or attribute name: lower case, NUL made U+FFFD.
void append_name(std::string_view raw, std::string& out);
// A comment's content: newlines and NUL as in append_text.
void append_comment(std::string_view raw, std::string& out);
// Needs: `raw` of a doctype token.
Doctype parse_doctype(std::string_view raw);

inline bool is_html_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

}  // namespace crawld::parsers
