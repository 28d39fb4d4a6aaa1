// Content-Signal: what a site says that its pages may be used for (contentsignals.org).
//
// "search=yes, ai-train=no": a line of a robots.txt group, or a response header. It is a
// wish and a reservation of rights, no access rule: which uses matter is policy.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::model {

// The signals of `text` as "name=value", lower case, each name once (the first counts). Pieces
// that are no such pair are passed over. Linear; at most 16.
std::vector<std::string> content_signals(std::string_view text);

// The first signal that says no to one of `uses` ("search", "ai-input", "ai-train"), or empty.
// Needs: `signals` as content_signals() gives them.
std::string_view refused_use(std::span<const std::string> signals,
                             std::span<const std::string> uses);

}  // namespace crawld::model
