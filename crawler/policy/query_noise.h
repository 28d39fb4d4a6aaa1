// Query parameters that say who came how, not which page: the tables behind canonicalize.
#pragma once

#include <string_view>

namespace crawld::policy {

// utm_*, gclid, fbclid, ... `name` in lower case.
bool is_tracking_parameter(std::string_view name);

// PHPSESSID, ASPSESSIONID*, CFID, ...; names that also have honest uses ("sid", "s")
// only with a value that looks like a session id. `name` in lower case.
bool is_session_parameter(std::string_view name, std::string_view value);

// A path parameter such as ";jsessionid=..." (`text` without the ";"), any case.
bool is_session_path_parameter(std::string_view text);

// ASP.NET's cookieless segment "(S(4hqa0555fwsecu455xqckv45))".
bool is_session_segment(std::string_view segment);

// "index.html", "default.aspx", ...; any case.
bool is_index_page(std::string_view segment);

}  // namespace crawld::policy
