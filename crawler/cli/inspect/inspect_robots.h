// `crawld inspect robots`: one JSON object in, one JSON object out.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id", "robots_txt" | "robots_txt_base64", "user_agent", "url"} -> {"id", "allowed", "line",
// "crawl_delay", "sitemaps", "content_signal", "error"}. "line" is that of the rule that decided,
// 0 when none did; "crawl_delay" is in seconds or null. "url" may be a path; without one the root
// is judged. What cannot be answered has the same keys, "allowed" null and "error" a text. Never
// throws.
std::string inspect_robots(std::string_view json_line);

}  // namespace crawld::cli
