// Any bytes as XHTML: what HTML is made of them is bounded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parsers/html/xhtml_as_html.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string html = crawld::parsers::xhtml_as_html(input);
  if (html.size() > 5 * size) std::abort();
  return 0;
}
