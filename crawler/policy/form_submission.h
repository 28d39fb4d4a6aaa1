// A form with values filled in, as the body of a POST. Pure.
//
// HTML 4.10.21.3 (form submission), 4.10.21.5 to 4.10.21.7 (encodings), URL standard 5.2.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/form.h"
#include "crawler/model/url.h"

namespace crawld::policy {

struct Submission {
  model::Url url;
  model::FormPost post;
  std::vector<std::string> unknown;  // names of `values` that the form has no field for
};

// What is sent of `form`, which was found on `page` and whose base is `base`. A value replaces all
// that the form would send under its name; those that the form has no field for come last, since a
// script may add such a field.
// Fails, with a sentence for people that holds no value, where a form cannot be sent: by GET (the
// password would stand in the URL), to another site, or from https to http.
base::Result<Submission> submit(const model::Form& form, const model::Url& page,
                                const model::Url& base,
                                const std::map<std::string, std::string>& values);

// Whether what was entered at `page` may be sent to `target`: within one registrable domain, and
// not in clear where the page came encrypted.
bool may_send(const model::Url& page, const model::Url& target);

}  // namespace crawld::policy
