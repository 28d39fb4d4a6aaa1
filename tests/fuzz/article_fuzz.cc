// Main text, Markdown and structured data of any bytes: valid UTF-8, valid JSON, no end.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset_decode.h"
#include "parsers/main_text/main_text.h"
#include "parsers/structured/jsonld.h"
#include "parsers/structured/structured.h"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crawld;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto html = parsers::to_utf8(bytes, "utf-8");
  const auto tree = parsers::HtmlTree::parse(html);
  if (!tree) return 0;

  const auto article =
      parsers::extract_article(*tree, {.url = "https://a.test/b", .markdown = true});
  for (const auto& text :
       {article.text, article.markdown, article.title, article.author, article.date}) {
    expect(base::is_utf8(text));
  }
  const auto found = parsers::extract_structured(*tree, model::Url::parse("https://a.test/b"));
  const auto jsonld = parsers::jsonld_array(std::array{html});
  for (const auto& json : {jsonld, found.microdata, found.opengraph, found.others()}) {
    expect(nlohmann::json::accept(json));
  }
  return 0;
}
