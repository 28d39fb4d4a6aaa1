#include "parsers/html/url_place_finder.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/html/text.h"

namespace crawld::parsers {
namespace {

using model::UrlPlace;
using Syntax = UrlPlace::Syntax;

bool is_web(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

bool is_fragment(std::string_view reference) { return base::trim(reference).substr(0, 1) == "#"; }

bool was_absolute(std::string_view reference) {
  reference = base::trim(reference);
  return base::starts_with_ignoring_case(reference, "http://") ||
         base::starts_with_ignoring_case(reference, "https://");
}

bool is_htmx(Attr attr) { return attr >= Attr::hx_delete && attr <= Attr::hx_put; }

// Elements whose file a browser checks, or asks for in a way that a file cannot answer.
bool has_checks(Tag tag) {
  return tag == Tag::script || tag == Tag::link || tag == Tag::img || tag == Tag::audio ||
         tag == Tag::video;
}

bool names_file(std::string_view parameter) {
  const std::string name = base::ascii_lower(parameter);
  return name == "src" || name == "movie" || name == "ref" || name == "url" || name == "href" ||
         name == "filename" || name == "data";
}

void append_style_places(std::string_view css, std::size_t offset, Syntax syntax,
                         const std::function<std::optional<UrlPlace::Piece>(std::string_view)>& of,
                         std::vector<UrlPlace>& places) {
  for (const CssUrl& found : css_places(css)) {
    if (is_fragment(found.url)) continue;  // of the document that it styles
    auto piece = of(found.url);
    if (!piece) continue;
    piece->text = "\"";
    places.push_back({.offset = offset + found.begin,
                      .length = found.end - found.begin,
                      .syntax = syntax,
                      .css = true,
                      .pieces = {*std::move(piece), {.text = "\"", .url = {}}}});
  }
}

}  // namespace

UrlPlaceFinder::UrlPlaceFinder(std::string_view utf8, const std::string& url,
                               const std::string& encoding,
                               std::optional<std::string_view> base_href)
    : utf8_(utf8),
      has_base_(base_href.has_value()),
      resolver_(document_base(url, base_href, encoding), encoding) {}

bool UrlPlaceFinder::is_of_input(std::string_view view) const {
  const std::less_equal<const char*> before;
  return view.data() != nullptr && before(utf8_.data(), view.data()) &&
         before(view.data() + view.size(), utf8_.data() + utf8_.size());
}

std::string UrlPlaceFinder::decoded(const Attribute& attribute) {
  std::string scratch;
  return std::string(decode_attribute(attribute.value, scratch));
}

std::string UrlPlaceFinder::value_of(Attributes attributes, Attr id) {
  for (const Attribute& attribute : attributes) {
    if (attribute.id == id) return decoded(attribute);
  }
  return {};
}

std::optional<UrlPlaceFinder::Piece> UrlPlaceFinder::piece_of(std::string_view reference) {
  if (!has_base_ && is_fragment(reference)) return std::nullopt;
  const std::string_view url = resolver_.resolve(reference);
  if (!is_web(url)) return std::nullopt;
  return Piece{.text = {}, .url = std::string(url), .was_absolute = was_absolute(reference)};
}

void UrlPlaceFinder::add_url(Value& value, std::size_t begin, std::size_t end,
                             std::string_view reference) {
  auto piece = piece_of(reference);
  if (!piece) return;
  piece->text = value.decoded.substr(value.told, begin - value.told);
  if (value.css) piece->text += '"';
  value.pieces.push_back(*std::move(piece));
  value.told = end;
  // What closes the string comes in front of the next text: `decoded` has no place for it.
  if (value.css) value.decoded.insert(value.told, 1, '"');
}

void UrlPlaceFinder::put(const Attribute& attribute, Value value, Stays stays) {
  if (value.pieces.empty() || !is_of_input(attribute.value)) return;
  if (value.told < value.decoded.size()) {
    value.pieces.push_back({.text = value.decoded.substr(value.told), .url = {}});
  }
  for (Piece& piece : value.pieces) piece.stays = stays == Stays::yes;
  const std::size_t offset = offset_of(attribute.value.data());
  places_.push_back({.offset = offset,
                     .length = attribute.value.size(),
                     .syntax = syntax_at(offset),
                     .css = value.css,
                     .pieces = std::move(value.pieces)});
}

void UrlPlaceFinder::put_one(const Attribute& attribute, Stays stays) {
  Value value{.decoded = decoded(attribute)};
  if (is_blank(value.decoded)) return;
  const std::string reference = value.decoded;
  add_url(value, 0, reference.size(), reference);
  put(attribute, std::move(value), stays);
}

// An empty href is the page itself; with a <base> it is what that names.
void UrlPlaceFinder::put_self(const Attribute& attribute) {
  Value value{.decoded = decoded(attribute)};
  const std::string reference = value.decoded;
  if (!is_blank(reference)) return put_one(attribute);
  if (!has_base_) return;
  add_url(value, 0, reference.size(), reference);
  if (attribute.value.data() != nullptr) return put(attribute, std::move(value));
  if (value.pieces.empty() || !is_of_input(attribute.name)) return;
  places_.push_back({.offset = offset_of(attribute.name.data()) + attribute.name.size(),
                     .syntax = Syntax::valueless,
                     .pieces = std::move(value.pieces)});
}

void UrlPlaceFinder::put_form(const Attribute& attribute, UrlForm form) {
  if (form == UrlForm::one_self) return put_self(attribute);
  Value value{.decoded = decoded(attribute)};
  const std::string text = value.decoded;
  const bool list = form == UrlForm::lazy && text.find(", ") != std::string::npos;
  if (form == UrlForm::one || (form == UrlForm::lazy && !list)) return put_one(attribute);
  const auto add = [&](std::string_view url) {
    const auto begin = static_cast<std::size_t>(url.data() - text.data());
    add_url(value, begin, begin + url.size(), url);
  };
  if (form == UrlForm::spaced) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(" \t\n\r\f,"), rest.size());
      if (end != 0) add(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  } else {
    for (const std::string_view url : srcset_urls(text)) add(url);
  }
  put(attribute, std::move(value));
}

void UrlPlaceFinder::put_style(const Attribute& attribute) {
  Value value{.decoded = decoded(attribute), .css = true};
  std::size_t quotes = 0;  // that add_url() has put in
  for (const CssUrl& found : css_places(decoded(attribute))) {
    if (is_fragment(found.url)) continue;
    const std::size_t before = value.pieces.size();
    add_url(value, found.begin + quotes, found.end + quotes, found.url);
    quotes += value.pieces.size() - before;
  }
  put(attribute, std::move(value));
}

void UrlPlaceFinder::put_meta(Attributes attributes, const Attribute& content) {
  const std::string name = base::ascii_lower(value_of(attributes, Attr::http_equiv));
  // Its sources are those of the web: it would refuse the files that stand for them.
  if (name == "content-security-policy") return empty_out(content);
  if (name != "refresh") return;
  Value value{.decoded = decoded(content)};
  const auto refresh = parse_refresh(value.decoded);
  if (!refresh || refresh->url.empty()) return;
  add_url(value, refresh->at, refresh->at + refresh->url.size(), refresh->url);
  put(content, std::move(value));
}

void UrlPlaceFinder::put_link(const Attribute& attribute, Attributes attributes) {
  const std::string rel = fold_rel(value_of(attributes, Attr::rel));
  if (attribute.id == Attr::imagesrcset) return put_form(attribute, UrlForm::srcset);
  put_one(attribute, has_token(rel, "canonical") || !names_resource(rel) ? Stays::yes : Stays::no);
}

// What an element draws by a fragment only is of its own document, whatever the base (SVG 2 section
// 16.1, CSS Values 4 section 4.5.1); what a link leads to is not.
void UrlPlaceFinder::put_foreign(Tag tag, const Attribute& attribute) {
  if (tag == Tag::a || !is_fragment(decoded(attribute))) put_one(attribute);
}

void UrlPlaceFinder::put_document(const Attribute& attribute) {
  if (!is_of_input(attribute.value)) return;
  const std::size_t offset = offset_of(attribute.value.data());
  places_.push_back({.offset = offset,
                     .length = attribute.value.size(),
                     .syntax = syntax_at(offset),
                     .pieces = {},
                     .document = decoded(attribute)});
}

void UrlPlaceFinder::put_html(Tag tag, const Attribute& attribute, Attributes attributes) {
  const Attr id = attribute.id;
  if (tag == Tag::base) {
    if (id == Attr::href) empty_out(attribute);
    return;
  }
  if (tag == Tag::link && (id == Attr::href || id == Attr::imagesrcset)) {
    return put_link(attribute, attributes);
  }
  if (tag == Tag::meta && id == Attr::content) return put_meta(attributes, attribute);
  if (tag == Tag::param && id == Attr::value) {
    if (names_file(value_of(attributes, Attr::name))) put_one(attribute);
    return;
  }
  if (tag == Tag::iframe && id == Attr::srcdoc) return put_document(attribute);
  if (id == Attr::style) return put_style(attribute);
  const bool form = (tag == Tag::form && id == Attr::action) || id == Attr::formaction;
  if (form || is_htmx(id)) return put_one(attribute);
  if (const auto url = url_attribute(tag, id)) put_form(attribute, url->form);
}

void UrlPlaceFinder::enter(Tag tag, Space space, Attributes attributes) {
  if (tag == Tag::style) ++styles_;
  const std::size_t first_place = places_.size();
  for (const Attribute& attribute : attributes) {
    if (space == Space::html) {
      put_html(tag, attribute, attributes);
    } else if (attribute.id == Attr::style) {
      put_style(attribute);
    } else if (attribute.id == Attr::href || attribute.id == Attr::xlink_href) {
      put_foreign(tag, attribute);
    }
  }
  if (has_checks(tag) && places_.size() > first_place) take_out_checks(attributes, first_place);
}

void UrlPlaceFinder::leave(Tag tag) {
  if (tag == Tag::style && styles_ > 0) --styles_;
}

// A reference in the text of a style element is for XML only; where one stands the text is left.
void UrlPlaceFinder::text(std::string_view raw, TextMode mode) {
  if (styles_ == 0 || !is_of_input(raw)) return;
  const bool references = mode == TextMode::data;
  if (references && raw.find('&') != std::string_view::npos) return;
  append_style_places(
      raw, offset_of(raw.data()), references ? Syntax::xml_style : Syntax::style,
      [this](std::string_view reference) { return piece_of(reference); }, places_);
}

// Taken out, it would make way for a second one of that name.
void UrlPlaceFinder::empty_out(const Attribute& attribute) {
  if (!is_of_input(attribute.value)) return;
  const std::size_t offset = offset_of(attribute.value.data());
  places_.push_back({.offset = offset,
                     .length = attribute.value.size(),
                     .syntax = syntax_at(offset),
                     .pieces = {}});
}

// As the value there is quoted.
UrlPlace::Syntax UrlPlaceFinder::syntax_at(std::size_t offset) const {
  const char before = offset == 0 ? '\0' : utf8_[offset - 1];
  if (before == '"') return Syntax::double_quoted;
  return before == '\'' ? Syntax::single_quoted : Syntax::unquoted;
}

void UrlPlaceFinder::take_out(const Attribute& attribute, std::vector<Piece> where_at_hand) {
  if (!is_of_input(attribute.name)) return;
  const char* end = attribute.name.data() + attribute.name.size();
  if (is_of_input(attribute.value)) {
    end = attribute.value.data() + attribute.value.size();
    const char before = *(attribute.value.data() - 1);
    if (before == '"' || before == '\'') ++end;
  }
  places_.push_back({.offset = offset_of(attribute.name.data()),
                     .length = static_cast<std::size_t>(end - attribute.name.data()),
                     .syntax = Syntax::whole_attribute,
                     .pieces = std::move(where_at_hand)});
}

// They speak of the first URL of their element: its src or href.
void UrlPlaceFinder::take_out_checks(Attributes attributes, std::size_t first_place) {
  std::vector<Piece> target = {places_[first_place].pieces.front()};
  for (std::size_t i = first_place; i < places_.size(); ++i) {
    const bool whole = places_[i].pieces.size() == 1;
    if (whole) target = {places_[i].pieces.front()};
    if (whole) break;
  }
  for (const Attribute& attribute : attributes) {
    if (attribute.id == Attr::integrity || attribute.id == Attr::crossorigin) {
      take_out(attribute, target);
    }
  }
}

std::vector<UrlPlace> UrlPlaceFinder::take(const PlacesWithin& within) && {
  std::stable_sort(places_.begin(), places_.end(),
                   [](const UrlPlace& a, const UrlPlace& b) { return a.offset < b.offset; });
  std::uint64_t end = 0;
  bool first = true;
  std::erase_if(places_, [&](const UrlPlace& place) {
    if (!first && place.offset < end) return true;
    first = false;
    end = place.offset + std::max<std::uint64_t>(place.length, 1);
    return false;
  });
  const std::string base = resolver_.base() ? resolver_.base()->href() : std::string();
  std::erase_if(places_, [&](UrlPlace& place) {
    if (place.document.empty()) return false;
    place.within = within(place.document, base);
    return place.within.empty();
  });
  return std::move(places_);
}

std::vector<UrlPlace> style_sheet_places(std::string_view css, const std::string& url) {
  LinkResolver resolver(model::Url::parse(url), {});
  std::vector<UrlPlace> places;
  append_style_places(
      css, 0, Syntax::style,
      [&](std::string_view reference) -> std::optional<UrlPlace::Piece> {
        const std::string_view target = resolver.resolve(reference);
        if (!is_web(target)) return std::nullopt;
        return UrlPlace::Piece{
            .text = {}, .url = std::string(target), .was_absolute = was_absolute(reference)};
      },
      places);
  return places;
}

}  // namespace crawld::parsers
