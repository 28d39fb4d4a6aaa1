// XHTML in the syntax of HTML, so that what reads pages may read it.
//
// What a parser of XML sees otherwise than one of HTML is written as the latter must have it:
// empty elements ("<script src='x'/>") get end tags, sections of CDATA become text, declarations
// within a document type and processing instructions go, xml:lang of <html> is lang. All else
// stays, broken markup too: how elements nest is then decided by the rules of HTML.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

// Linear; the answer is at most five times as long. Threads: any.
std::string xhtml_as_html(std::string_view xhtml);

}  // namespace crawld::parsers
