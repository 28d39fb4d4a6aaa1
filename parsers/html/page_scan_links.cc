#include "parsers/html/page_scan_links.h"

namespace crawld::parsers {
namespace {

using model::LinkTag;

// The kind of link that the src of an element makes.
std::optional<LinkTag> source_link(Tag tag) {
  switch (tag) {
    case Tag::img:
      return LinkTag::img;
    case Tag::source:
      return LinkTag::source;
    case Tag::script:
      return LinkTag::script;
    case Tag::iframe:
      return LinkTag::iframe;
    case Tag::frame:
      return LinkTag::frame;
    case Tag::embed:
      return LinkTag::embed;
    case Tag::video:
      return LinkTag::video;
    case Tag::audio:
      return LinkTag::audio;
    case Tag::track:
      return LinkTag::track;
    case Tag::input:
      return LinkTag::input;
    default:
      return std::nullopt;
  }
}

// The attributes from which scripts load images later.
std::optional<UrlAttribute> lazy_attribute(Tag tag, Attr attr) {
  if (tag == Tag::script || tag == Tag::input) return std::nullopt;
  const LinkTag link = source_link(tag).value_or(LinkTag::other);
  switch (attr) {
    case Attr::data_srcset:
    case Attr::data_lazy_srcset:
      return UrlAttribute{link, UrlForm::srcset};
    case Attr::data_src:
    case Attr::data_lazy:
    case Attr::data_lazy_src:
    case Attr::data_original:
    case Attr::data_full_src:
    case Attr::data_hi_res_src:
    case Attr::data_src_small:
    case Attr::data_src_medium:
    case Attr::data_src_large:
      return UrlAttribute{link, UrlForm::lazy};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<UrlAttribute> url_attribute(Tag tag, Attr attr) {
  switch (attr) {
    case Attr::href:
      if (tag == Tag::a) return UrlAttribute{LinkTag::a, UrlForm::one_self};
      if (tag == Tag::area) return UrlAttribute{LinkTag::area, UrlForm::one_self};
      if (tag == Tag::base) return UrlAttribute{LinkTag::other, UrlForm::one};
      return std::nullopt;
    case Attr::src:
      if (const auto link = source_link(tag)) return UrlAttribute{*link, UrlForm::one};
      return std::nullopt;
    case Attr::srcset:
      if (tag == Tag::img || tag == Tag::source) {
        return UrlAttribute{*source_link(tag), UrlForm::srcset};
      }
      return std::nullopt;
    case Attr::poster:
      if (tag == Tag::video) return UrlAttribute{LinkTag::video, UrlForm::one};
      return std::nullopt;
    case Attr::data:
      if (tag == Tag::object) return UrlAttribute{LinkTag::object, UrlForm::one};
      return std::nullopt;
    case Attr::data_href:
    case Attr::data_bg:
    case Attr::background:
    case Attr::cite:
    case Attr::longdesc:
      return UrlAttribute{LinkTag::other, UrlForm::one};
    case Attr::dynsrc:
    case Attr::lowsrc:
      if (tag == Tag::img) return UrlAttribute{LinkTag::img, UrlForm::one};
      return std::nullopt;
    case Attr::ping:
      if (tag == Tag::a || tag == Tag::area) return UrlAttribute{LinkTag::other, UrlForm::spaced};
      return std::nullopt;
    case Attr::codebase:
    case Attr::archive:
      if (tag == Tag::object || tag == Tag::applet) {
        return UrlAttribute{LinkTag::other, attr == Attr::archive ? UrlForm::spaced : UrlForm::one};
      }
      return std::nullopt;
    case Attr::manifest:
      if (tag == Tag::html) return UrlAttribute{LinkTag::other, UrlForm::one};
      return std::nullopt;
    case Attr::profile:
      if (tag == Tag::head) return UrlAttribute{LinkTag::other, UrlForm::spaced};
      return std::nullopt;
    default:
      return lazy_attribute(tag, attr);
  }
}

std::optional<LinkTag> svg_link(Tag tag) {
  switch (tag) {
    case Tag::a:
      return LinkTag::a;
    case Tag::image:
      return LinkTag::img;
    case Tag::script:
      return LinkTag::script;
    case Tag::use:
      return LinkTag::other;
    default:
      return std::nullopt;
  }
}

}  // namespace crawld::parsers
