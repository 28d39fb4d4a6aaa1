// `crawld inspect select`: one case in, its answer out.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id","html","selector","syntax":"css"|"xpath"} ->
// {"id","matches":[{"tag","id","text"}],"error"}
// Matches in document order; "id" of a match is its id attribute or null, "error"
// null or why the selector (or the line) could not be used. A "context" in the
// question names, by a CSS selector, the element inside which is looked: its first
// match, which :scope then stands for. Never throws.
std::string inspect_select(std::string_view json_line);

}  // namespace crawld::cli
