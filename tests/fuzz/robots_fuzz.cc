// Any octets as robots.txt, and as the path that it is asked about.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawler/robots/lifetime.h"
#include "crawler/robots/pattern.h"
#include "crawler/robots/rules.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view path = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(size, path.size() + 1));

  const auto rules = crawld::robots::Rules::parse(text);
  for (const std::string_view agent : {std::string_view("examplebot"), path, std::string_view()}) {
    const auto own = rules.rules_for(agent);
    const auto answer = own.allowed(path);
    const auto lines = static_cast<int>(text.size()) + 1;
    require(answer.line >= 0 && answer.line <= lines);
    require(answer.allowed || answer.line > 0);
    require(own.allowed("/robots.txt").allowed);
    require(!own.crawl_delay() || own.crawl_delay()->count() >= 0);
  }

  // The spelling in which paths are compared is its own spelling, but for "*" and "$",
  // which it has none of.
  const std::string comparable = crawld::robots::comparable_path(path);
  require(crawld::robots::comparable_path(comparable) == comparable);
  std::string pattern;
  crawld::robots::append_pattern(pattern, comparable);
  require(crawld::robots::matches(pattern, comparable));
  crawld::robots::lifetime(path);
  return 0;
}
