// The tokenizer over any bytes: tokens are views of the input, in order, and it ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parsers/html/tokenizer.h"

using namespace crawld::parsers;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

TextMode mode_after(Tag tag) {
  switch (tag) {
    case Tag::script:
      return TextMode::script;
    case Tag::style:
    case Tag::xmp:
      return TextMode::rawtext;
    case Tag::title:
    case Tag::textarea:
      return TextMode::rcdata;
    case Tag::plaintext:
      return TextMode::plaintext;
    default:
      return TextMode::data;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto keep : {Tokenizer::Keep::known, Tokenizer::Keep::all}) {
    Tokenizer tokenizer(input, keep);
    std::size_t tokens = 0;
    const char* last = input.data();
    for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
      require(++tokens <= size + 1);
      if (!token.raw.empty()) {
        require(token.raw.data() >= last &&
                token.raw.data() + token.raw.size() <= input.data() + size);
        last = token.raw.data();
      }
      std::string text;
      if (token.kind == TokenKind::text) append_text(token.raw, token.mode, text);
      if (token.kind == TokenKind::doctype) parse_doctype(token.raw);
      for (const Attribute& attribute : tokenizer.attributes()) {
        std::string scratch;
        decode_attribute(attribute.value, scratch);
      }
      if (token.kind == TokenKind::start_tag) {
        if (mode_after(token.tag) != TextMode::data) tokenizer.set_mode(mode_after(token.tag));
        tokenizer.allow_cdata(token.tag == Tag::svg);
      }
    }
  }
  return 0;
}
