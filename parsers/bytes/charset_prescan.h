// Encodings that a document declares in itself.
#pragma once

#include <string_view>

namespace crawld::parsers {

// How much of a document browsers look at before they parse it, in bytes.
inline constexpr std::size_t kPrescanSize = 1024;

// "Prescan a byte stream to determine its encoding" (HTML 13.2.3.2), its XML
// declaration included, over the first kPrescanSize bytes. The name of an encoding,
// or empty. UTF-16 becomes utf-8, since the declaration could be read as ASCII.
std::string_view prescan_html(std::string_view bytes);

// The first <meta> that a parser of the whole document would find to declare an
// encoding ("changing the encoding while parsing", HTML 13.2.3.5): not in comments,
// scripts, styles, titles or text areas. Linear.
std::string_view late_meta_encoding(std::string_view bytes);

// "Get an XML encoding" (HTML 13.2.3.2): the encoding of an XML declaration at the
// very front, of UTF-16 declarations too. The name of an encoding, or empty.
std::string_view xml_declared_encoding(std::string_view bytes);

}  // namespace crawld::parsers
