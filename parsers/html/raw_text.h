// Which HTML elements hold no markup, and how the tokenizer reads what they hold (HTML 13.2.6.2
// and 13.2.6.4.7). In SVG and MathML none does.
#pragma once

#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

// TextMode::data where the element holds markup.
constexpr TextMode raw_text_mode(Tag tag) {
  constexpr TagSet kRaw{Tag::style, Tag::xmp, Tag::iframe, Tag::noembed, Tag::noframes};
  if (tag == Tag::script) return TextMode::script;
  if (tag == Tag::title || tag == Tag::textarea) return TextMode::rcdata;
  if (tag == Tag::plaintext) return TextMode::plaintext;
  return kRaw.has(tag) ? TextMode::rawtext : TextMode::data;
}

}  // namespace crawld::parsers
