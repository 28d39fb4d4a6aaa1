// Collects the facts of a page from a walk over its tree, whoever made the tree.
//
// The walker tells of each element, in document order, when it opens and when it closes,
// and of the texts between.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/html/links.h"
#include "parsers/html/page_scan.h"
#include "parsers/html/page_scan_links.h"
#include "parsers/html/page_scan_tree.h"
#include "parsers/html/text.h"

namespace crawld::parsers {

class FactCollector {
 public:
  enum class Values : std::uint8_t { as_written, decoded };

  // `base_href`: of the first <base> that counts, as its attribute stands; or nothing.
  // `values` says whether attribute values and texts still hold references.
  FactCollector(const ScanOptions& options, std::optional<std::string_view> base_href,
                Values values, model::ParsedPage& page, ScanExtras& extras);

  // Whether to walk the content: that of a <template> is none of the page's, but where it is
  // a shadow tree. Needs: each enter() with its leave(), nested as the elements are.
  bool enter(Tag tag, Space space, bool in_noscript, std::span<const Attribute> attributes);
  void leave(Tag tag, Space space);
  void text(std::string_view raw, TextMode mode);
  // After the last leave().
  void finish();

 private:
  // An element whose text somebody wants when it closes.
  struct Listener {
    enum class Kind : std::uint8_t { link, heading, nothing } kind;
    std::size_t index;  // into links or headings
    FoldedText::Place place;
  };
  using Attributes = std::span<const Attribute>;

  void set_base(std::optional<std::string_view> base_href);
  std::string_view value(const Attribute& attribute);
  std::optional<std::string_view> find(Attributes attributes, Attr id);
  std::string find_copy(Attributes attributes, Attr id);

  void add_svg_link(model::LinkTag tag, std::string_view reference);
  bool is_shown_template(Attributes attributes);
  void enter_html(Tag tag, bool in_noscript, Attributes attributes);
  void read_attributes(Tag tag, Attributes attributes);
  void read_urls(model::LinkTag tag, UrlForm form, std::string_view value);
  void read_link(Attributes attributes);
  void read_meta(Attributes attributes, bool in_noscript);
  void read_refresh(std::string_view content, bool in_noscript);
  void read_language(std::string_view content);
  void read_form(Tag tag, Attributes attributes);
  void read_param(Attributes attributes);
  void read_feed(std::string_view rel, std::string_view url, Attributes attributes);
  void read_css(std::string_view css);
  void tell_rel(std::size_t first, std::string_view rel);
  model::Link* add_link(model::LinkTag tag, std::string_view reference);
  void listen(Listener::Kind kind, std::size_t index);
  void stop_listening();
  void open_text(Tag tag, Space space, Attributes attributes);
  void close_text(Tag tag, Space space);

  const ScanOptions& options_;
  const Values values_;
  model::ParsedPage& page_;
  ScanExtras& extras_;
  std::optional<LinkResolver> resolver_;
  FoldedText text_;
  std::string scratch_;
  std::string captured_;  // text of the title, a style sheet or a JSON-LD script
  bool capturing_ = false;
  bool has_title_ = false;
  bool has_html_ = false;
  bool may_default_lang_ = true;  // neither <html> nor a <meta> has said what language it is
  std::uint32_t silent_ = 0;      // open elements whose text nobody sees
  std::uint32_t hidden_ = 0;      // open elements whose text counts for links only
  FoldedText::Place before_hidden_{0, FoldedText::Gap::none};
  std::size_t link_bytes_ = 0;
  std::vector<Listener> listeners_;
};

}  // namespace crawld::parsers
