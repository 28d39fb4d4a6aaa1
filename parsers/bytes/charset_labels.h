// The encodings of the web and their labels.
//
// https://encoding.spec.whatwg.org/#names-and-labels
#pragma once

#include <string_view>

namespace crawld::parsers {

// The name, in lower case, of the encoding that `label` stands for ("latin1" gives
// "windows-1252"); empty when the standard knows no such label. White space around
// the label and its case do not matter. The name lives as long as the program.
std::string_view encoding_for_label(std::string_view label);

}  // namespace crawld::parsers
