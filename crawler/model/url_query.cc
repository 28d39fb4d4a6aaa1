#include "crawler/model/url_query.h"

#include <unicode/ucnv.h>

#include <memory>

#include "crawler/model/url_percent.h"

namespace crawld::model {

void append_query(std::string& out, std::string_view query, std::string_view encoding,
                  bool special_scheme) {
  const CharSet set = special_scheme ? CharSet::special_query : CharSet::query;
  (void)encoding;
  append_encoded(out, query, set);
}

}  // namespace crawld::model
