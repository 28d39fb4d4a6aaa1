#include "crawler/cli/known_url.h"

#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"
#include "storage/seen_index.h"

namespace crawld::cli {

base::Result<KnownUrl> find_known_url(storage::Database& reader, std::string_view typed) {
  auto url = model::Url::parse(typed);
  if (!url && typed.find("://") == typed.npos)
    url = model::Url::parse("http://" + std::string(typed));
  if (!url) {
    return base::Error{base::Error::Code::invalid, "\"" + std::string(typed) + "\" is no URL"};
  }
  const model::Url canonical = policy::Canonicalizer({}).canonicalize(*url);
  auto id = storage::find_url(reader, canonical.href());
  if (!id) return std::move(id).error();
  if (*id != 0 || canonical.href() == url->href()) return KnownUrl{canonical.href(), *id};
  id = storage::find_url(reader, url->href());
  if (!id) return std::move(id).error();
  if (*id != 0) return KnownUrl{url->href(), *id};
  return KnownUrl{canonical.href(), 0};
}

}  // namespace crawld::cli
