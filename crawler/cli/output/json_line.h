// One line of JSON Lines, as `crawld inspect` reads and writes it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::cli {

// The object on `line`, or a discarded value when it is none. Surrogates that stand
// alone are escapes of no character; they read as U+FFFD.
nlohmann::json read_object(std::string_view line);

// What is wrong with a value of `object`, the first whose key `crawld inspect` knows as one of a
// text and that is neither a string nor null; nothing where all is well.
std::optional<std::string> mistyped_text(const nlohmann::json& object);

// The string under `key`; nothing when it is missing or of another type.
std::optional<std::string> text_of(const nlohmann::json& object, const char* key);

// The octets of the string under `key`, or of the base64 under `base64_key`.
std::optional<std::string> octets_of(const nlohmann::json& object, const char* key,
                                     const char* base64_key);

// On one line; octets that are no UTF-8 become U+FFFD.
std::string write_line(const nlohmann::json& answer);

}  // namespace crawld::cli
