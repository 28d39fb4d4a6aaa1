// Whether a file of cookies is in the form that is read: Netscape's cookies.txt.
#pragma once

#include <string>

namespace crawld::config {

// False where lines stand that are no comments, and none has seven fields between tabs: JSON, or
// blanks in place of the tabs, would load nothing and say nothing. True where it cannot be read.
// Needs: a regular file.
bool is_cookies_txt(const std::string& path);

// Why cookies cannot be saved to `path`: it must not be there yet, or be a cookies.txt, in a folder
// where files can be replaced. Empty: they can.
std::string no_place_for_cookies(const std::string& path);

}  // namespace crawld::config
