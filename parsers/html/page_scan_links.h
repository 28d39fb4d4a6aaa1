// Which attributes of which elements hold URLs, and what kind of link each makes.
//
// a, area: href; link: href where rel names a resource; iframe, frame, embed, script,
// input, track, audio, video, source, img: src, and srcset, poster, lazy forms (data-src,
// data-original, ...); object: data; form: action; meta refresh. Everything else that
// holds a URL (cite, ping, longdesc, background, codebase, manifest, ...) is LinkTag::other.
#pragma once

#include <cstdint>
#include <optional>

#include "crawler/model/page.h"
#include "parsers/html/tokenizer_names.h"

namespace crawld::parsers {

enum class UrlForm : std::uint8_t {
  one,       // a URL; empty means nothing
  one_self,  // a URL; empty means the page itself (href of a and area)
  spaced,    // URLs between spaces (ping, archive)
  srcset,    // candidates of a srcset
  lazy       // one URL, or, with ", " in it, a list
};

struct UrlAttribute {
  model::LinkTag tag = model::LinkTag::other;
  UrlForm form = UrlForm::one;
};

// What attribute `attr` of an HTML element `tag` links to, if it always does. Those that
// depend on other attributes (link, meta, form, button, param) are not answered here.
std::optional<UrlAttribute> url_attribute(Tag tag, Attr attr);

// Elements of SVG whose href or xlink:href is a link.
std::optional<model::LinkTag> svg_link(Tag tag);

}  // namespace crawld::parsers
