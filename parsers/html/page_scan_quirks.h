// Which doctypes put a page into quirks mode (HTML 13.2.6.4.1).
#pragma once

#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

bool means_quirks(const Doctype& doctype);

}  // namespace crawld::parsers
