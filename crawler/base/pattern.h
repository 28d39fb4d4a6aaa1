// A pattern over URLs, as users write it in `include`, `exclude` and `match`.
//
//   glob          `*` any run of characters, "/" too; `?` one character; all else
//                 stands for itself. It must cover the whole URL.
//   /glob         one that starts with "/" must cover path and query.
//   re:EXPRESSION an RE2 expression found anywhere in the URL.
//
// Time is linear in the URL for `re:`, and at most URL x pattern for a glob.
// Threads: any number may ask one pattern at once. Copies are cheap.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crawler/base/result.h"

namespace re2 {
class RE2;
}

namespace crawld::base {

class Pattern {
 public:
  // Fails on a bad expression, with RE2's reason, and on an empty pattern.
  static Result<Pattern> compile(std::string_view glob_or_re);

  // `url` is absolute; a fragment is no part of what "/glob" sees.
  bool matches(std::string_view url) const;

  const std::string& text() const { return text_; }  // as given

 private:
  Pattern() = default;

  std::string text_;
  // Shared, because a compiled expression is costly, immutable and copied with rules.
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace crawld::base
