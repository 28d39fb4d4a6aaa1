#include "config/login_sign.h"

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/selector/selector.h"

namespace crawld::config {

base::Result<LoginSign> LoginSign::parse(std::string_view text) {
  LoginSign sign;
  if (text.empty()) return sign;
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest =
      colon == text.npos ? std::string_view() : base::trim(text.substr(colon + 1));
  if (rest.empty() || (kind != "url" && kind != "css" && kind != "text")) {
    return base::Error{
        base::Error::Code::invalid,
        "\"" + base::printable(text) + "\" is none of url:PATTERN, css:SELECTOR and text:WORDS"};
  }
  if (kind == "text") {
    sign.text = rest;
  } else if (kind == "css") {
    if (auto selector = parsers::Selector::compile(rest); !selector) return selector.error();
    sign.css = rest;
  } else {
    auto pattern = base::Pattern::compile(rest);
    if (!pattern) return std::move(pattern).error();
    sign.url = *std::move(pattern);
  }
  return sign;
}

}  // namespace crawld::config
