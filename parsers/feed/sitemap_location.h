// Locations in sitemaps and feeds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::parsers {

// `text` without the white space around it, no-break and zero-width spaces and byte
// order marks included: generators leave them in locations.
std::string_view trim_unicode(std::string_view text);

// The http or https URL that `written` means in a document at `base`; empty when it
// means none, or one of more than 8 KiB.
std::string absolute_location(std::string_view written, const std::optional<model::Url>& base);

}  // namespace crawld::parsers
