// Answers that say "200 OK" and are no page: "not found" pages and login walls. Pure.
//
// Nothing is asked of the server for it. One sign is never enough: a title or a first
// heading must say so as a whole ("Page not found | Shop"; "How to fix a page not found" does
// not), and something else must agree.
#pragma once

#include <string_view>

#include "crawler/model/page.h"
#include "crawler/model/request.h"
#include "crawler/model/response.h"

namespace crawld::policy {

// "soft_404", "login_wall", or empty. `page` came with a status of 2xx.
std::string_view soft_error(const model::Request& request, const model::ParsedPage& page);

// A redirect that sends the visitor to log in first, and back here afterwards.
bool leads_to_login(const model::Request& request, const model::Response& response);

}  // namespace crawld::policy
