// The Content-Type of a response, as browsers read it.
//
// https://mimesniff.spec.whatwg.org/#parsing-a-mime-type and "extract a MIME type"
// of https://fetch.spec.whatwg.org/ for repeated headers joined with commas.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

struct MediaType {
  std::string essence;  // "text/html", lower case; empty: none that could be parsed
  std::string charset;  // the parameter as given; empty: none

  // "text", "application", ...
  std::string_view type() const;
  // "application/xml", "text/xml" or "...+xml" (mimesniff 4.6).
  bool is_xml() const;
  // "application/json", "text/json" or "...+json" (mimesniff 4.6).
  bool is_json() const;
};

// Where no value is a MIME type ("charset=utf-8", or the header's name repeated in
// its value) the essence is empty and the charset is taken from the parameters.
MediaType parse_content_type(std::string_view header);

}  // namespace crawld::parsers
