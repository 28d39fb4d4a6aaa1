#include "parsers/html/xhtml_places.h"

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

using model::UrlPlace;

constexpr std::string_view kHtmlNames = "http://www.w3.org/1999/xhtml";
constexpr std::string_view kSvgNames = "http://www.w3.org/2000/svg";
constexpr std::string_view kXlinkNames = "http://www.w3.org/1999/xlink";

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

// The href of the processing instruction xml-stylesheet, which is written as attributes are
// (Associating Style Sheets with XML documents 1.0, section 2). `comment`: what the tokenizer of
// HTML makes of an instruction.
std::optional<Attribute> sheet_of(std::string_view comment) {
  constexpr std::string_view kName = "?xml-stylesheet";
  // A comment of XML has "<!--" in front.
  if (!comment.starts_with(kName) || *(comment.data() - 1) != '<') return std::nullopt;
  for (std::string_view rest = comment.substr(kName.size()); true;) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = base::trim(rest.substr(0, equals));
    rest.remove_prefix(equals + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(base::kAsciiSpace), rest.size()));
    if (!rest.starts_with('"') && !rest.starts_with('\'')) return std::nullopt;
    const std::size_t end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = rest.substr(1, end - 1);
    if (name == "href") return Attribute{.id = Attr::href, .name = name, .value = value};
    rest.remove_prefix(end + 1);
  }
}

// What names mean.
class Names {
 public:
  struct Element {
    Tag tag = Tag::unknown;
    Space space = Space::html;
  };

  // Takes note of declarations among `attributes`, and gives names with prefixes their numbers.
  const std::vector<Attribute>& read(const std::vector<Attribute>& attributes) {
    for (const Attribute& attribute : attributes) {
      constexpr std::string_view kDeclares = "xmlns:";
      if (!attribute.name.starts_with(kDeclares)) continue;
      prefixes_[std::string(attribute.name.substr(kDeclares.size()))] = attribute.value;
    }
    attributes_ = attributes;
    if (prefixes_.empty()) return attributes_;
    for (Attribute& attribute : attributes_) {
      const auto [names, local] = apart(attribute.name);
      if (names == kXlinkNames && local == "href") attribute.id = Attr::xlink_href;
    }
    return attributes_;
  }

  // `inherited`: of an element without a prefix.
  Element element(const Token& token, Space inherited) const {
    const auto [names, local] = apart(token.name);
    if (names == kHtmlNames) return {.tag = find_tag(local), .space = Space::html};
    if (names == kSvgNames) return {.tag = find_tag(local), .space = Space::svg};
    return {.tag = token.tag, .space = inherited};
  }

 private:
  // The namespace of a prefix that was declared, and the name behind it; both empty for others.
  std::pair<std::string_view, std::string_view> apart(std::string_view name) const {
    const std::size_t colon = prefixes_.empty() ? name.npos : name.find(':');
    if (colon == name.npos) return {};
    const auto declared = prefixes_.find(std::string(name.substr(0, colon)));
    if (declared == prefixes_.end()) return {};
    return {declared->second, name.substr(colon + 1)};
  }

  std::unordered_map<std::string, std::string_view> prefixes_;
  std::vector<Attribute> attributes_;
};

}  // namespace

std::vector<UrlPlace> xhtml_places(std::string_view utf8, const std::string& url,
                                   const UrlPlaceFinder::PlacesWithin& within) {
  const auto base = xhtml_base(utf8);
  // XML is UTF-8 for the queries of its links, whatever it is written in (URL 5.1 is HTML's).
  UrlPlaceFinder finder(utf8, url, {}, base);
  Tokenizer tokenizer(utf8, Tokenizer::Keep::all);
  tokenizer.allow_cdata(true);
  Names names;
  std::uint32_t foreign = 0;  // open svg elements
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    if (token.kind == TokenKind::text) finder.text(token.raw, token.mode);
    if (token.kind == TokenKind::comment) {
      if (const auto sheet = sheet_of(token.raw)) {
        finder.enter(Tag::unknown, Space::svg, std::span(&*sheet, 1));
      }
    }
    if (token.kind != TokenKind::start_tag && token.kind != TokenKind::end_tag) continue;
    const bool starts = token.kind == TokenKind::start_tag;
    if (token.tag == Tag::svg && starts && !token.self_closing) ++foreign;
    const auto attributes =
        starts ? std::span(names.read(tokenizer.attributes())) : std::span<const Attribute>();
    const auto element = names.element(token, foreign > 0 ? Space::svg : Space::html);
    if (starts) finder.enter(element.tag, element.space, attributes);
    if (starts && !token.self_closing) continue;
    if (token.tag == Tag::svg && !starts && foreign > 0) --foreign;
    finder.leave(element.tag);
  }
  return std::move(finder).take(within);
}

}  // namespace crawld::parsers
