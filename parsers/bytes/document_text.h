// The text of a document: its bytes, decoded by the encoding that they, or the headers,
// name. Bytes that are UTF-8 already are not copied.
#pragma once

#include <string>
#include <string_view>

#include "crawler/model/page.h"

namespace crawld::parsers {

class DocumentText {
 public:
  // Finds the encoding, notes it and its source in `page`, and decodes. Needs: page.kind.
  // `bytes` must outlive this.
  DocumentText(std::string_view bytes, std::string_view content_type, model::ParsedPage& page);
  DocumentText(const DocumentText&) = delete;
  DocumentText& operator=(const DocumentText&) = delete;

  // Valid UTF-8, without a byte order mark.
  std::string_view view() const { return view_; }
  std::string take() &&;

 private:
  std::string decoded_;  // empty where `bytes` served
  std::string_view view_;
};

}  // namespace crawld::parsers
