// What libcurl says of a transfer that failed, as one of our failures.
#pragma once

#include <curl/curl.h>

#include <string>

#include "crawler/model/response.h"

namespace crawld::fetch {

// `message` is what CURLOPT_ERRORBUFFER holds; empty: `code` says all. Needs: not CURLE_OK.
model::FetchFailure curl_failure(CURLcode code, const std::string& message);

}  // namespace crawld::fetch
