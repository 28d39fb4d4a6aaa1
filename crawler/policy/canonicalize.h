// One spelling for the URLs that name one page, beyond what the URL standard makes equal.
//
// Always: no fragment, no credentials (a link must not log us in; `auth` of a site does
// that), triplets in upper case, unreserved triplets decoded, no empty query, no final
// dot of the host. By option: tracking parameters, session ids, order of the query,
// index pages, "www.", names of mirrors. Nothing that could name another page on an honest server
// is done unasked: no folding of slashes, of case, or of http and https.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "crawler/model/url.h"

namespace crawld::policy {

class Canonicalizer {
 public:
  explicit Canonicalizer(config::Canonicalize options);

  // Idempotent. A URL that is canonical already costs one copy; one that is not to
  // be crawled only loses its fragment. Threads: any.
  model::Url canonicalize(const model::Url& url) const;

 private:
  std::string rewritten(const model::Url& url) const;
  std::string_view folded_host(const model::Url& url) const;
  std::string_view without_www(std::string_view host) const;
  std::string rewritten_path(const model::Url& url) const;
  std::string rewritten_query(const model::Url& url) const;
  bool is_stripped(std::string_view parameter) const;
  bool has_stripped_parameter(std::string_view query) const;

  config::Canonicalize options_;
  std::vector<std::string> names_;                           // of options_.strip_params, lower case
  std::vector<std::string> prefixes_;                        // of those that end in "*"
  std::map<std::string, std::string, std::less<>> aliases_;  // folded, to folded
};

}  // namespace crawld::policy
