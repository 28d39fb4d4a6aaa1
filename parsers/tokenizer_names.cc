#include "parsers/tokenizer_names.h"

namespace crawld::parsers {
namespace {

// In the order of the enumerations.
// clang-format off
constexpr std::string_view kTagNames[] = {
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
constexpr std::string_view kAttrNames[] = {
    "", "action", "alt", "archive", "background", "charset", "cite", "classid", "codebase",
    "color", "content", "data", "data-bg", "data-full-src", "data-hi-res-src", "data-href",
    "data-lazy", "data-lazy-src", "data-lazy-srcset", "data-original", "data-src",
    "data-src-large", "data-src-medium", "data-src-small", "data-srcset", "dynsrc", "encoding",
    "face", "formaction", "href", "http-equiv", "hx-delete", "hx-get", "hx-patch", "hx-post",
    "hx-put", "imagesrcset", "itemprop", "lang", "longdesc", "lowsrc", "manifest", "method",
    "name", "ping", "poster", "profile", "property", "rel", "size", "src", "srcdoc", "srcset",
    "style", "title", "type", "value", "xlink:href", "xml:lang",};
// clang-format on
static_assert(std::size(kTagNames) == static_cast<std::size_t>(Tag::count));
static_assert(std::size(kAttrNames) == static_cast<std::size_t>(Attr::count));

constexpr unsigned char lower(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

constexpr std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = kNameHashStart;
  for (const char c : name) hash = (hash ^ lower(c)) * 0x01000193U;
  return hash;
}

// An open-addressing table of the hashes of all names: half empty, so a probe or two decide.
template <std::size_t Slots>
struct NameTable {
  std::array<std::uint32_t, Slots> hash{};
  std::array<std::uint8_t, Slots> index{};  // 0: free

  template <std::size_t Count>
  constexpr explicit NameTable(const std::string_view (&names)[Count]) {
    for (std::size_t i = 1; i < Count; ++i) {
      std::size_t slot = slot_of(hash_of(names[i]));
      while (index[slot] != 0) slot = (slot + 1) % Slots;
      hash[slot] = hash_of(names[i]);
      index[slot] = static_cast<std::uint8_t>(i);
    }
  }
  static constexpr std::size_t slot_of(std::uint32_t hash) { return (hash ^ (hash >> 15)) % Slots; }

  // The number of the name with this hash, or 0.
  std::uint8_t find(std::uint32_t wanted) const {
    for (std::size_t slot = slot_of(wanted); index[slot] != 0; slot = (slot + 1) % Slots) {
      if (hash[slot] == wanted) return index[slot];
    }
    return 0;
  }
};

constexpr NameTable<512> kTags{kTagNames};
constexpr NameTable<256> kAttrs{kAttrNames};

bool same_name(std::string_view name, std::string_view lower_case) {
  if (name.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (lower(name[i]) != static_cast<unsigned char>(lower_case[i])) return false;
  }
  return true;
}

}  // namespace

std::string_view to_string(Tag tag) {
  return tag == Tag::count ? std::string_view() : kTagNames[static_cast<std::size_t>(tag)];
}

std::string_view to_string(Attr attr) {
  return attr == Attr::count ? std::string_view() : kAttrNames[static_cast<std::size_t>(attr)];
}

std::uint32_t name_hash(std::string_view name) { return hash_of(name); }

Tag find_tag(std::string_view name, std::uint32_t hash) {
  const std::uint8_t index = kTags.find(hash);
  return same_name(name, kTagNames[index]) ? static_cast<Tag>(index) : Tag::unknown;
}

Attr find_attr(std::string_view name, std::uint32_t hash) {
  const std::uint8_t index = kAttrs.find(hash);
  return same_name(name, kAttrNames[index]) ? static_cast<Attr>(index) : Attr::unknown;
}

}  // namespace crawld::parsers
