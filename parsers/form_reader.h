// A form of a page, as a visitor who changes nothing would send it.
//
// HTML 4.10.18.3 (which form a control belongs to), 4.10.21.2 (the default button) and 4.10.21.4
// (constructing the entry list). Not sent: files, what scripts add, dirname.
#pragma once

#include <string_view>

#include "crawler/model/form.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// The form that `selector` (CSS) finds or finds something in; with an empty selector the first
// one that asks for one password, or else for several (those set a new one). `charset`: the
// document's, for a form that names none. Form::found tells whether there is one.
// Needs: a selector that compiles; another one finds nothing.
model::Form read_form(const HtmlTree& tree, std::string_view selector, std::string_view charset);

}  // namespace crawld::parsers
