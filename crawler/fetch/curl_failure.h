// What libcurl says of a transfer that failed, as one of our failures.
#pragma once

#include <curl/curl.h>

#include <string>

#include "crawler/model/response.h"

namespace crawld::fetch {

// `message` is what CURLOPT_ERRORBUFFER holds; empty: `code` says all. Needs: not CURLE_OK.
model::FetchFailure curl_failure(CURLcode code, const std::string& message);

// What a handshake ends with.
bool is_of_tls(CURLcode code);

// A proxy that wants a login, or speaks another protocol: nothing goes through it, to any host.
// What it says of the host (a SOCKS reply, a CONNECT refused with 403 or 502) is not meant.
bool is_turned_away_by_proxy(CURL* easy, CURLcode code);

}  // namespace crawld::fetch
