// Programs of the system that make text of documents which we do not read: PDF, Office.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"

namespace crawld::parsers {

// Which documents go to which program.
struct Conversion {
  std::string type;                  // "application/pdf" or "image/*", lower case
  std::vector<std::string> command;  // a whole path and its arguments

  bool operator==(const Conversion&) const = default;
};

// The first that takes a document of this Content-Type, or null. A body, as far as it is known,
// that begins with "%PDF-" is a PDF, whatever the label says.
const Conversion* find_conversion(const std::vector<Conversion>& conversions,
                                  std::string_view content_type, std::string_view body);

class Converter {
 public:
  virtual ~Converter() = default;
  // What the program prints when it is given `body`; at most `most` bytes are taken. Errors name
  // the program and say what was wrong with it, in one printable line; `busy`: interrupted.
  // Threads: one caller at a time. Takes as long as the converter was allowed when it was made.
  virtual base::Result<std::string> convert(const std::vector<std::string>& command,
                                            std::string_view body, std::uint64_t most) = 0;
  // Makes convert() under way, and every later one, give up at once. Threads: any.
  virtual void interrupt() = 0;
};

}  // namespace crawld::parsers
