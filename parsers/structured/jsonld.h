// JSON-LD scripts as people publish them, mended into valid JSON.
//
// One pass writes valid JSON text directly; no value is built, so depth costs nothing but
// a byte on a stack of limited height.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace crawld::parsers {

constexpr std::size_t kMaxJsonDepth = 128;

// Appends the values in `text` to `items`, separated by commas: top-level arrays are
// flattened, nulls left out. Mends comments, CDATA marks, trailing and missing commas,
// control characters and line breaks in strings, single quotes, bare keys, wrong escapes,
// literal HTML entities, missing closing brackets, and text around the values.
// False, with nothing appended, when there is no value or it is too deep.
bool append_mended_json(std::string_view text, std::string& items);

// Every item of the application/ld+json scripts of a page (ScanExtras::jsonld): a JSON array.
std::string jsonld_array(std::span<const std::string> scripts);

}  // namespace crawld::parsers
