#include "parsers/bytes/charset_detector.h"

#include <uchardet/uchardet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset_decode.h"
#include "parsers/bytes/charset_labels.h"

namespace crawld::parsers {
namespace {

// Statistics are asked over this much text around the first bytes above ASCII.
constexpr std::size_t kSample = 32 << 10;
// Fewer bytes above ASCII than this prove nothing.
constexpr std::size_t kMinEvidence = 12;

bool is_high(char c) { return static_cast<std::uint8_t>(c) >= 0x80; }

// Valid, with at least one character above ASCII; our own size limit may have cut
// the last one.
bool is_utf8(std::string_view bytes) {
  const std::size_t good = base::utf8_prefix(bytes);
  if (good == bytes.size()) return true;
  const std::string_view rest = bytes.substr(good);
  return base::ascii_prefix(bytes) < good && rest.size() < 4 &&
         static_cast<std::uint8_t>(rest[0]) >= 0xC2 &&
         base::repaired_utf8(rest) == base::kReplacementCharacter;
}

// Markup in UTF-16 without a byte order mark: one byte of nearly each pair is zero.
std::string_view utf16_by_zeros(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 256);
  if (head.size() < 8) return {};
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
  const std::size_t most = head.size() / 2 * 3 / 4;
  if (zeros[0] >= most && zeros[1] == 0) return "utf-16be";
  if (zeros[1] >= most && zeros[0] == 0) return "utf-16le";
  return {};
}

// The encoding of the web that uchardet means; some of its names are no labels.
std::string_view web_name(std::string_view name) {
  if (name == "UHC") return "euc-kr";
  if (name == "MAC-CYRILLIC") return "x-mac-cyrillic";
  return encoding_for_label(name);
}

struct DeleteDetector {
  void operator()(uchardet* detector) const { uchardet_delete(detector); }
};

std::string_view guess_by_statistics(std::string_view sample) {
  const std::unique_ptr<uchardet, DeleteDetector> detector(uchardet_new());
  if (!detector || uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0) {
    return {};
  }
  uchardet_data_end(detector.get());
  const std::string_view guess = web_name(uchardet_get_charset(detector.get()));
  if (guess == "utf-8" || guess == "replacement" || guess.starts_with("utf-16")) return {};
  return guess;
}

}  // namespace

std::string_view guess_encoding(std::string_view bytes) {
  if (const std::string_view utf16 = utf16_by_zeros(bytes); !utf16.empty()) return utf16;
  const std::size_t plain = base::ascii_prefix(bytes);
  if (plain == bytes.size()) {
    return bytes.find("\x1B$") != std::string_view::npos
               ? guess_by_statistics(bytes.substr(0, kSample))
               : std::string_view();
  }
  if (is_utf8(bytes)) return "utf-8";
  const std::string_view sample = bytes.substr(plain - std::min<std::size_t>(plain, 64), kSample);
  const auto evidence = std::count_if(sample.begin(), sample.end(), is_high);
  if (static_cast<std::size_t>(evidence) < kMinEvidence) return {};
  return guess_by_statistics(sample);
}

}  // namespace crawld::parsers
