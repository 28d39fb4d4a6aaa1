// The part of a host name that somebody registered: example.co.uk of www.example.co.uk.
//
// By the Public Suffix List that libpsl was built with. Budgets and scopes count by
// it, because subdomains cost their owner nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::policy {

// Of `host` in ASCII or Unicode form, any case, with or without a final dot. The
// answer is lower case and in the form of the question. Nothing for addresses,
// for public suffixes themselves and for names with empty labels. Threads: any.
std::optional<std::string> registrable_domain(std::string_view host);

// As above; the whole hostname where there is no registrable domain.
std::string registrable_domain_or_host(const model::Url& url);

}  // namespace crawld::policy
