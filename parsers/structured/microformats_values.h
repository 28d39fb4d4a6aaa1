// The values of microformats2 properties: what an element says as p-, u-, dt- or e-.
#pragma once

#include <optional>
#include <string>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// Classic microformats know photos by their address alone.
enum class Alternatives : std::uint8_t { told, left_out };

class MicroformatValues {
 public:
  explicit MicroformatValues(const DocumentBase& base) : base_(base) {}

  std::string plain(const GumboNode* element);
  // JSON: a string, or {"value","alt"} of an image with a text alternative.
  std::string url_json(const GumboNode* element, Alternatives alternatives);
  // `last_date` is the date that a bare time of the same item belongs to; kept up to date.
  std::string date(const GumboNode* element, std::string& last_date);
  // Text as a reader has it: no scripts and styles, images by their alternative; trimmed.
  std::string text(const GumboNode* element);
  std::string inner_html(const GumboNode* element);

  // Nothing once all values of the page are too much: a base can make kilobytes of each "x".
  std::string absolute(std::string_view reference);
  std::string image_json(const GumboNode* img);
  bool full() const;

 private:
  const DocumentBase& base_;
  // Bytes of text and URLs; nested properties are read again and again.
  std::size_t read_ = 0;
};

}  // namespace crawld::parsers
