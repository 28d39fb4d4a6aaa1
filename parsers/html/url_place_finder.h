// Where a document in HTML, XHTML or SVG holds URLs, so that others can be written there.
//
// The attributes are those of page_scan_links.h, and the elements' that depend on others; with
// them what rewritten references must not meet: every <base href> and Content-Security-Policy, to
// be emptied, and the integrity and crossorigin of what will come from a file. A reference is left
// out, and so stays as it is, where it is no http or https URL (mailto:, data:, javascript:) or,
// without a <base>, only a fragment. Scripts are left alone. The document in a srcdoc is read as
// one of its own, whose URLs are resolved against the base of its parent (HTML 2.4.3, fallback base
// URL).
//
// The walker tells of each element in document order. Linear; an attribute that stands in the
// tree twice (an <a> that the standard opens anew) is told once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/html/links.h"
#include "parsers/html/page_scan_links.h"
#include "parsers/html/page_scan_tree.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

class UrlPlaceFinder {
 public:
  // Attributes and texts are views of `utf8`, undecoded. `base_href`: decoded, of the <base> that
  // counts, or nothing. `encoding` as LinkResolver.
  UrlPlaceFinder(std::string_view utf8, const std::string& url, const std::string& encoding,
                 std::optional<std::string_view> base_href);

  void enter(Tag tag, Space space, std::span<const Attribute> attributes);
  void leave(Tag tag);
  void text(std::string_view raw, TextMode mode);

  // The places of the document of a srcdoc, decoded, whose fallback base is `base`.
  using PlacesWithin =
      std::function<std::vector<model::UrlPlace>(std::string_view html, const std::string& base)>;
  // Rising, none over another. Asks `within` for each srcdoc.
  std::vector<model::UrlPlace> take(const PlacesWithin& within) &&;

 private:
  using Attributes = std::span<const Attribute>;
  using Piece = model::UrlPlace::Piece;
  // A value that is taken apart into texts and URLs.
  struct Value {
    std::string decoded;
    std::size_t told = 0;  // so much of it stands in `pieces`
    std::vector<Piece> pieces;
    bool css = false;
  };
  enum class Stays : std::uint8_t { no, yes };

  std::string decoded(const Attribute& attribute);
  std::string value_of(Attributes attributes, Attr id);
  // The reference as a piece, unless it stays as it is.
  std::optional<Piece> piece_of(std::string_view reference);
  void add_url(Value& value, std::size_t begin, std::size_t end, std::string_view reference);
  void put(const Attribute& attribute, Value value, Stays stays = Stays::no);
  void put_one(const Attribute& attribute, Stays stays = Stays::no);
  void put_self(const Attribute& attribute);
  void put_form(const Attribute& attribute, UrlForm form);
  void put_style(const Attribute& attribute);
  void put_meta(Attributes attributes, const Attribute& content);
  void put_html(Tag tag, const Attribute& attribute, Attributes attributes);
  void put_link(const Attribute& attribute, Attributes attributes);
  void put_foreign(Tag tag, const Attribute& attribute);
  void put_document(const Attribute& attribute);
  void empty_out(const Attribute& attribute);
  model::UrlPlace::Syntax syntax_at(std::size_t offset) const;
  void take_out(const Attribute& attribute, std::vector<Piece> where_at_hand);
  void take_out_checks(Attributes attributes, std::size_t first_place);
  bool is_of_input(std::string_view view) const;
  std::size_t offset_of(const char* at) const {
    return static_cast<std::size_t>(at - utf8_.data());
  }

  const std::string_view utf8_;
  const bool has_base_;
  LinkResolver resolver_;
  std::uint32_t styles_ = 0;  // open style elements
  std::vector<model::UrlPlace> places_;
};

// The places of a style sheet, by its offsets. Its URLs are relative to `url` (CSS Values 4
// section 4.5).
std::vector<model::UrlPlace> style_sheet_places(std::string_view css, const std::string& url);

}  // namespace crawld::parsers
