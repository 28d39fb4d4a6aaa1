#include "crawler/model/url_idna.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

constexpr std::size_t kMaxDomain = 2'048;

// With CheckHyphens and VerifyDnsLength off (beStrict = false) these are no errors.
constexpr std::uint32_t kTolerated = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                     UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                     UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

// Immutable once open, so every thread may share it; lives as long as the process.
const UIDNA* mapper() {
  static const UIDNA* const opened = [] {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA* idna =
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                            UIDNA_NONTRANSITIONAL_TO_UNICODE,
                        &status);
    return U_SUCCESS(status) ? idna : nullptr;
  }();
  return opened;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

std::optional<std::string> checked(std::string domain) {
  if (domain.empty() || contains_any(domain, CharSet::forbidden_domain)) return std::nullopt;
  return domain;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  // URL standard 3.3: ASCII is only lower-cased, whatever its labels claim to be.
  if (is_ascii(domain)) return checked(lower_case(domain));
  if (domain.size() > kMaxDomain || mapper() == nullptr) return std::nullopt;
  // A code point takes at most 5 octets of Punycode, a label 4 more for its prefix.
  std::array<char, 8 * kMaxDomain> buffer;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length = uidna_nameToASCII_UTF8(
      mapper(), domain.data(), static_cast<std::int32_t>(domain.size()), buffer.data(),
      static_cast<std::int32_t>(buffer.size()), &info, &status);
  if (U_FAILURE(status) || (info.errors & ~kTolerated) != 0) return std::nullopt;
  return checked(std::string(buffer.data(), static_cast<std::size_t>(length)));
}

}  // namespace crawld::model
