// What tells that a login worked, or that a session is over: `login.success`, `login.expired`.
//
//   url:PATTERN    the URL that the answer leads to, a glob or re:EXPRESSION
//   css:SELECTOR   the page has such an element
//   text:WORDS     the page's text holds these words, as they are written
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/base/pattern.h"
#include "crawler/base/result.h"

namespace crawld::config {

// One of the three, or none.
struct LoginSign {
  std::optional<base::Pattern> url;
  std::string css;
  std::string text;

  bool empty() const { return !url && css.empty() && text.empty(); }

  // An empty text is no sign. Fails with what is wrong with it.
  static base::Result<LoginSign> parse(std::string_view text);
};

}  // namespace crawld::config
