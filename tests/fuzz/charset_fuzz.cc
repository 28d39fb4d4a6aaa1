// Any bytes, detected and decoded: the text is valid UTF-8 and of bounded size, and
// every encoding can be asked to read them.
#include <cstdlib>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/sniff.h"

using namespace crawld;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr const char* kTypes[] = {"",         "text/html",        "text/html;charset=shift_jis",
                                    "text/xml", "application/json", "text/plain"};
  constexpr const char* kLabels[] = {"utf-8",       "utf-16le", "utf-16be", "gbk",
                                     "gb18030",     "big5",     "euc-jp",   "iso-2022-jp",
                                     "shift_jis",   "euc-kr",   "koi8-u",   "x-user-defined",
                                     "windows-874", "ibm866",   "hebrew",   "replacement"};
  const char* type = kTypes[data[0] % std::size(kTypes)];
  const std::string_view label = kLabels[data[1] % std::size(kLabels)];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const model::DocumentKind kind = parsers::sniff_kind(type, bytes, "");
  const parsers::CharsetAnswer answer = parsers::detect_charset(bytes, type, kind);
  if (parsers::encoding_for_label(answer.encoding) != answer.encoding) std::abort();
  if (answer.bom_size > bytes.size()) std::abort();
  for (const std::string_view encoding : {answer.encoding, parsers::encoding_for_label(label)}) {
    const std::string text = parsers::to_utf8(bytes.substr(answer.bom_size), encoding);
    if (base::utf8_prefix(text) != text.size()) std::abort();
    if (text.size() > 3 * bytes.size() + 3) std::abort();
  }
  return 0;
}
