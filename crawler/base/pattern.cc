#include "crawler/base/pattern.h"

#include <re2/re2.h>

#include <algorithm>

namespace crawld::base {
namespace {

constexpr std::string_view kExpressionPrefix = "re:";
constexpr std::size_t kLongestPattern = 4096;  // bytes

// Only the last "*" is ever taken back, which is enough: an earlier one would
// have to give the later one a shorter run of what it can take anyway.
bool glob_covers(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_took_to = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_took_to = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++star_took_to;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

std::string_view path_and_query(std::string_view url) {
  url = url.substr(0, url.find('#'));
  std::size_t authority = url.find("://");
  if (authority == std::string_view::npos) return url;
  std::size_t path = url.find_first_of("/?", authority + 3);
  return path == std::string_view::npos ? "/" : url.substr(path);
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view glob_or_re) {
  if (glob_or_re.empty()) return Error{Error::Code::invalid, "the pattern is empty"};
  if (glob_or_re.size() > kLongestPattern) {
    return Error{Error::Code::invalid, "the pattern is longer than 4096 bytes"};
  }
  Pattern pattern;
  pattern.text_ = glob_or_re;
  if (glob_or_re.starts_with(kExpressionPrefix)) {
    glob_or_re.remove_prefix(kExpressionPrefix.size());
    RE2::Options options(RE2::Quiet);
    options.set_never_capture(true);
    auto expression = std::make_shared<RE2>(re2::StringPiece(glob_or_re), options);
    if (!expression->ok()) {
      return Error{Error::Code::invalid, "bad expression: " + expression->error()};
    }
    pattern.expression_ = std::move(expression);
  }
  return pattern;
}

bool Pattern::matches(std::string_view url) const {
  if (expression_) return RE2::PartialMatch(re2::StringPiece(url), *expression_);
  return glob_covers(text_, text_.front() == '/' ? path_and_query(url) : url);
}

}  // namespace crawld::base
