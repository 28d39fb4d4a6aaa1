// The element and attribute names that somebody asks for, as numbers.
//
// A name that is not listed is Tag::unknown or Attr::unknown; its hash then tells it from
// others. Matching is without regard to ASCII case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawld::parsers {

enum class Tag : std::uint8_t {
  unknown,
  a,
  address,
  annotation_xml,
  applet,
  area,
  article,
  aside,
  audio,
  b,
  base,
  basefont,
  bgsound,
  big,
  blockquote,
  body,
  br,
  button,
  canvas,
  caption,
  center,
  code,
  col,
  colgroup,
  datalist,
  dd,
  del,
  desc,
  details,
  dialog,
  dir,
  div,
  dl,
  dt,
  em,
  embed,
  fieldset,
  figcaption,
  figure,
  font,
  footer,
  foreignobject,
  form,
  frame,
  frameset,
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  head,
  header,
  hgroup,
  hr,
  html,
  i,
  iframe,
  image,
  img,
  input,
  ins,
  isindex,
  keygen,
  li,
  link,
  listing,
  main,
  malignmark,
  map,
  marquee,
  math,
  menu,
  menuitem,
  meta,
  mglyph,
  mi,
  mn,
  mo,
  ms,
  mtext,
  nav,
  nobr,
  noembed,
  noframes,
  noscript,
  object,
  ol,
  optgroup,
  option,
  p,
  param,
  picture,
  plaintext,
  pre,
  q,
  rb,
  rp,
  rt,
  rtc,
  ruby,
  s,
  script,
  search,
  section,
  select,
  small,
  source,
  span,
  strike,
  strong,
  style,
  sub,
  summary,
  sup,
  svg,
  table,
  tbody,
  td,
  template_,
  textarea,
  tfoot,
  th,
  thead,
  title,
  tr,
  track,
  tt,
  u,
  ul,
  use,
  var,
  video,
  wbr,
  xmp,
  count
};

enum class Attr : std::uint8_t {
  unknown,
  action,
  alt,
  archive,
  background,
  charset,
  cite,
  classid,
  codebase,
  color,
  content,
  crossorigin,
  data,
  data_bg,
  data_full_src,
  data_hi_res_src,
  data_href,
  data_lazy,
  data_lazy_src,
  data_lazy_srcset,
  data_original,
  data_src,
  data_src_large,
  data_src_medium,
  data_src_small,
  data_srcset,
  dynsrc,
  encoding,
  face,
  formaction,
  href,
  http_equiv,
  hx_delete,
  hx_get,
  hx_patch,
  hx_post,
  hx_put,
  imagesrcset,
  integrity,
  itemprop,
  lang,
  longdesc,
  lowsrc,
  manifest,
  method,
  name,
  ping,
  poster,
  profile,
  property,
  rel,
  shadowrootmode,
  size,
  src,
  srcdoc,
  srcset,
  style,
  title,
  type,
  value,
  xlink_href,
  xml_lang,
  count
};

// "" for unknown and count.
std::string_view to_string(Tag tag);
std::string_view to_string(Attr attr);

Tag find_tag(std::string_view name);
Attr find_attr(std::string_view name);

// What a name is told apart by, made once while it is read. A name of up to eight bytes is its
// own key: in lower case, its last byte highest. The key of a longer one is a hash whose
// highest byte is zero, as none of the others is.
using NameKey = std::uint64_t;

inline constexpr NameKey kNameSpread = 0x65DCBE80A178B70B;

// A key in half the space, for the names that have no number.
constexpr std::uint32_t name_hash(NameKey key) {
  return static_cast<std::uint32_t>((key * kNameSpread) >> 32);
}
std::uint32_t name_hash(Tag tag);

// A set of tags, made at compile time.
class TagSet {
 public:
  template <class... Tags>
  constexpr explicit TagSet(Tags... tags) {
    (add(tags), ...);
  }
  constexpr bool has(Tag tag) const {
    return (bits_[static_cast<std::size_t>(tag) / 64] >> (static_cast<std::size_t>(tag) % 64)) & 1;
  }
  constexpr TagSet with(const TagSet& other) const {
    TagSet both = *this;
    for (std::size_t i = 0; i < bits_.size(); ++i) both.bits_[i] |= other.bits_[i];
    return both;
  }

 private:
  constexpr void add(Tag tag) {
    bits_[static_cast<std::size_t>(tag) / 64] |= std::uint64_t{1}
                                                 << (static_cast<std::size_t>(tag) % 64);
  }
  std::array<std::uint64_t, 3> bits_{};
};

}  // namespace crawld::parsers
