// The decoders of the multi-byte encodings of East Asia.
//
// https://encoding.spec.whatwg.org/ sections 10 (gb18030), 11 (Big5), 12 (EUC-JP,
// ISO-2022-JP, Shift_JIS) and 13 (EUC-KR). Linear; what cannot be decoded becomes
// U+FFFD exactly as often as the standard says.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

std::string decode_gb18030(std::string_view bytes);  // GBK too
std::string decode_big5(std::string_view bytes);
std::string decode_euc_jp(std::string_view bytes);
std::string decode_iso_2022_jp(std::string_view bytes);
std::string decode_shift_jis(std::string_view bytes);
std::string decode_euc_kr(std::string_view bytes);

}  // namespace crawld::parsers
