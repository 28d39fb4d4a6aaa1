#include "parsers/html/xhtml_places.h"

#include <optional>
#include <utility>

namespace crawld::parsers {
namespace {

std::optional<std::string> xhtml_base(std::string_view utf8) {
  Tokenizer tokenizer(utf8);
  tokenizer.allow_cdata(true);
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    if (token.kind != TokenKind::start_tag || token.tag != Tag::base) continue;
    for (const Attribute& attribute : tokenizer.attributes()) {
      std::string scratch;
      if (attribute.id == Attr::href)
        return std::string(decode_attribute(attribute.value, scratch));
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<model::UrlPlace> xhtml_places(std::string_view utf8, const std::string& url,
                                          const UrlPlaceFinder::PlacesWithin& within) {
  const auto base = xhtml_base(utf8);
  // XML is UTF-8 for the queries of its links, whatever it is written in (URL 5.1 is HTML's).
  UrlPlaceFinder finder(utf8, url, {}, base);
  Tokenizer tokenizer(utf8);
  tokenizer.allow_cdata(true);
  std::uint32_t foreign = 0;  // open svg elements
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    if (token.kind == TokenKind::text) finder.text(token.raw, token.mode);
    if (token.kind == TokenKind::start_tag) {
      if (token.tag == Tag::svg && !token.self_closing) ++foreign;
      finder.enter(token.tag, foreign > 0 ? Space::svg : Space::html, tokenizer.attributes());
    }
    if (token.kind == TokenKind::end_tag || token.self_closing) {
      if (token.tag == Tag::svg && token.kind == TokenKind::end_tag && foreign > 0) --foreign;
      finder.leave(token.tag);
    }
  }
  return std::move(finder).take(within);
}

}  // namespace crawld::parsers
