// The tables behind tokenizer_names.h, where the look-up of a name can be inlined.
#pragma once

#include <array>
#include <bit>

#include "parsers/html/tokenizer_names.h"

namespace crawld::parsers {

// In the order of the enumerations.
// clang-format off
inline constexpr std::string_view kTagNames[] = {
    "", "a", "address", "annotation-xml", "applet", "area", "article", "aside", "audio", "b",
    "base", "basefont", "bgsound", "big", "blockquote", "body", "br", "button", "canvas",
    "caption", "center", "code", "col", "colgroup", "datalist", "dd", "del", "desc", "details",
    "dialog", "dir", "div", "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font",
    "footer", "foreignobject", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hgroup", "hr", "html", "i", "iframe", "image", "img", "input", "ins",
    "isindex", "keygen", "li", "link", "listing", "main", "malignmark", "map", "marquee", "math",
    "menu", "menuitem", "meta", "mglyph", "mi", "mn", "mo", "ms", "mtext", "nav", "nobr",
    "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option", "p", "param",
    "picture", "plaintext", "pre", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "script", "search",
    "section", "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary",
    "sup", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title",
    "tr", "track", "tt", "u", "ul", "use", "var", "video", "wbr", "xmp",};
inline constexpr std::string_view kAttrNames[] = {
    "", "action", "alt", "archive", "background", "charset", "cite", "classid", "codebase",
    "color", "content", "crossorigin", "data", "data-bg", "data-full-src", "data-hi-res-src", "data-href",
    "data-lazy", "data-lazy-src", "data-lazy-srcset", "data-original", "data-src",
    "data-src-large", "data-src-medium", "data-src-small", "data-srcset", "dynsrc", "encoding",
    "face", "formaction", "href", "http-equiv", "hx-delete", "hx-get", "hx-patch", "hx-post",
    "hx-put", "imagesrcset", "integrity", "itemprop", "lang", "longdesc", "lowsrc", "manifest", "method",
    "name", "ping", "poster", "profile", "property", "rel", "shadowrootmode", "size", "src", "srcdoc",
    "srcset", "style", "title", "type", "value", "xlink:href", "xml:lang",};
// clang-format on
static_assert(std::size(kTagNames) == static_cast<std::size_t>(Tag::count));
static_assert(std::size(kAttrNames) == static_cast<std::size_t>(Attr::count));

// A name of up to so many bytes is its own key.
inline constexpr std::size_t kShortName = 8;

// NUL within a name stands for another control, so that it leaves a trace.
constexpr std::uint64_t key_byte(char c) {
  return static_cast<unsigned char>(c == '\0' ? 1 : c >= 'A' && c <= 'Z' ? c + 32 : c);
}

constexpr NameKey key_of(std::string_view name) {
  if (name.size() <= kShortName) {
    NameKey key = 0;
    for (const char c : name) key = key >> 8 | key_byte(c) << 56;
    return key;
  }
  NameKey key = 0;
  for (const char c : name) key = (key ^ key_byte(c)) * 0x100000001B3U;
  return key >> 8;
}

// An open-addressing table of the keys of all names. With kNameSpread no two of them want the
// same slot, so that one probe decides; a name that is added may cost some a second one.
template <std::size_t Slots>
struct NameTable {
  std::array<NameKey, Slots> key{};  // 0: free
  std::array<std::uint8_t, Slots> index{};

  template <std::size_t Count>
  constexpr explicit NameTable(const std::string_view (&names)[Count]) {
    for (std::size_t i = 1; i < Count; ++i) {
      std::size_t slot = slot_of(key_of(names[i]));
      while (key[slot] != 0) slot = (slot + 1) % Slots;
      key[slot] = key_of(names[i]);
      index[slot] = static_cast<std::uint8_t>(i);
    }
  }
  static constexpr std::size_t slot_of(NameKey key) {
    return static_cast<std::size_t>((key * kNameSpread) >> (64 - std::countr_zero(Slots)));
  }

  // The number of the name with this key, or 0.
  std::uint8_t find(NameKey wanted) const {
    for (std::size_t slot = slot_of(wanted); key[slot] != 0; slot = (slot + 1) % Slots) {
      if (key[slot] == wanted) return index[slot];
    }
    return 0;
  }
};

inline constexpr NameTable<1024> kTags{kTagNames};
inline constexpr NameTable<512> kAttrs{kAttrNames};

// Whether the names, which have the same key, are the same.
constexpr bool same_name(std::string_view name, std::string_view lower_case) {
  if (name.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (key_byte(name[i]) != static_cast<unsigned char>(lower_case[i])) return false;
  }
  return true;
}

// As find_tag() and find_attr().
inline Tag known_tag(std::string_view name, NameKey key) {
  const std::uint8_t index = kTags.find(key);
  if (name.size() > kShortName && !same_name(name, kTagNames[index])) return Tag::unknown;
  return static_cast<Tag>(index);
}
inline Attr known_attr(std::string_view name, NameKey key) {
  const std::uint8_t index = kAttrs.find(key);
  if (name.size() > kShortName && !same_name(name, kAttrNames[index])) return Attr::unknown;
  return static_cast<Attr>(index);
}

}  // namespace crawld::parsers
