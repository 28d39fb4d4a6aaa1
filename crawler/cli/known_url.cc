#include "crawler/cli/known_url.h"

#include <vector>

#include "crawler/daemon/spellings.h"
#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"
#include "storage/seen/seen_index.h"

namespace crawld::cli {

base::Result<KnownUrl> find_known_url(storage::Database& reader, std::string_view typed) {
  auto url = model::Url::parse(typed);
  if (!url && typed.find("://") == typed.npos)
    url = model::Url::parse("http://" + std::string(typed));
  if (!url) {
    return base::Error{base::Error::Code::invalid, "\"" + std::string(typed) + "\" is no URL"};
  }
  const std::string usual = policy::Canonicalizer({}).canonicalize(*url).href();
  auto rules = daemon::known_spellings(reader);
  if (!rules) return std::move(rules).error();
  std::vector<std::string> spellings = {usual};
  for (config::Canonicalize& own : *rules) {
    spellings.push_back(policy::Canonicalizer(std::move(own)).canonicalize(*url).href());
  }
  spellings.push_back(url->href());
  for (const std::string& href : spellings) {
    auto id = storage::find_url(reader, href);
    if (!id) return std::move(id).error();
    if (*id != 0) return KnownUrl{href, *id};
  }
  return KnownUrl{usual, 0};
}

}  // namespace crawld::cli
