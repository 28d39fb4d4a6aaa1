#include "crawler/model/page.h"

namespace crawld::model {

Link& ParsedPage::add_link(const Link& link) {
  return links.emplace_back(Link{.url = texts.keep(link.url),
                                 .text = texts.keep(link.text),
                                 .rel = texts.keep(link.rel),
                                 .tag = link.tag,
                                 .nofollow = link.nofollow});
}

std::string_view to_string(LinkTag tag) {
  switch (tag) {
    case LinkTag::a:
      return "a";
    case LinkTag::area:
      return "area";
    case LinkTag::link:
      return "link";
    case LinkTag::iframe:
      return "iframe";
    case LinkTag::frame:
      return "frame";
    case LinkTag::img:
      return "img";
    case LinkTag::source:
      return "source";
    case LinkTag::script:
      return "script";
    case LinkTag::form:
      return "form";
    case LinkTag::embed:
      return "embed";
    case LinkTag::object:
      return "object";
    case LinkTag::video:
      return "video";
    case LinkTag::audio:
      return "audio";
    case LinkTag::track:
      return "track";
    case LinkTag::input:
      return "input";
    case LinkTag::meta_refresh:
      return "meta-refresh";
    case LinkTag::refresh_header:
      return "refresh-header";
    case LinkTag::link_header:
      return "link-header";
    case LinkTag::css:
      return "css";
    case LinkTag::sitemap:
      return "sitemap";
    case LinkTag::feed:
      return "feed";
    case LinkTag::svg_a:
      return "svg-a";
    case LinkTag::other:
      return "other";
  }
  return "other";
}

std::string_view to_string(SitemapKind kind) {
  switch (kind) {
    case SitemapKind::none:
      return "none";
    case SitemapKind::urlset:
      return "urlset";
    case SitemapKind::index:
      return "index";
    case SitemapKind::text:
      return "text";
    case SitemapKind::rss:
      return "rss";
    case SitemapKind::atom:
      return "atom";
    case SitemapKind::json_feed:
      return "json_feed";
  }
  return "none";
}

std::string_view to_string(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::html:
      return "html";
    case DocumentKind::xhtml:
      return "xhtml";
    case DocumentKind::xml:
      return "xml";
    case DocumentKind::json:
      return "json";
    case DocumentKind::text:
      return "text";
    case DocumentKind::binary:
      return "binary";
    case DocumentKind::empty:
      return "empty";
  }
  return "empty";
}

std::string_view to_string(ParseFailureKind kind) {
  switch (kind) {
    case ParseFailureKind::timeout:
      return "timeout";
    case ParseFailureKind::crashed:
      return "crashed";
    case ParseFailureKind::memory:
      return "memory";
    case ParseFailureKind::cpu:
      return "cpu";
    case ParseFailureKind::unsupported:
      return "unsupported";
    case ParseFailureKind::bad_encoding:
      return "bad_encoding";
    case ParseFailureKind::too_large:
      return "too_large";
    case ParseFailureKind::no_worker:
      return "no_worker";
    case ParseFailureKind::bad_reply:
      return "bad_reply";
  }
  return "unknown";
}

}  // namespace crawld::model
