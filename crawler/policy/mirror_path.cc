#include "crawler/policy/mirror_path.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"
#include "crawler/model/url_percent.h"

namespace crawld::policy {
namespace {

constexpr std::size_t kMostName = 200;  // bytes; systems take 255
constexpr std::size_t kMostPath = 900;  // bytes; macOS takes 1,024 with the way to the mirror
constexpr std::size_t kMostEnding = 12;

// What the marker of a mirror and its unfinished files begin with.
constexpr std::string_view kOwnNames = ".crawld-mirror";

struct TypeEnding {
  std::string_view type;
  std::string_view ending;
  std::string_view others = {};  // that mean the same, separated by spaces
  bool strict = false;           // browsers go by the ending even where there is another
};
constexpr TypeEnding kEndings[] = {
    {"text/css", ".css", "", true},
    {"text/javascript", ".js", ".mjs", true},
    {"application/javascript", ".js", ".mjs", true},
    {"application/x-javascript", ".js", ".mjs", true},
    {"image/svg+xml", ".svg", "", true},
    {"application/wasm", ".wasm"},
    {"image/png", ".png"},
    {"image/jpeg", ".jpg"},
    {"image/gif", ".gif"},
    {"image/webp", ".webp"},
    {"image/avif", ".avif"},
    {"image/bmp", ".bmp"},
    {"image/x-icon", ".ico"},
    {"image/vnd.microsoft.icon", ".ico"},
    {"font/woff", ".woff"},
    {"font/woff2", ".woff2"},
    {"font/ttf", ".ttf"},
    {"font/otf", ".otf"},
    {"application/pdf", ".pdf", "", true},
    {"application/json", ".json"},
    {"application/ld+json", ".jsonld"},
    {"application/manifest+json", ".webmanifest"},
    {"application/xml", ".xml"},
    {"text/xml", ".xml"},
    {"application/rss+xml", ".xml"},
    {"application/atom+xml", ".xml"},
    {"text/plain", ".txt"},
    {"text/csv", ".csv"},
    {"text/markdown", ".md"},
    {"text/vtt", ".vtt"},
    {"audio/mpeg", ".mp3"},
    {"audio/ogg", ".ogg"},
    {"audio/wav", ".wav"},
    {"video/mp4", ".mp4"},
    {"video/webm", ".webm"},
    {"video/ogg", ".ogv"},
    {"application/zip", ".zip"},
    {"application/gzip", ".gz"},
    {"application/epub+zip", ".epub"},
    {"application/msword", ".doc"},
};

std::string percent(unsigned char byte) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  return {'%', kHex[byte >> 4], kHex[byte & 15]};
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool triplet = text[i] == '%' && i + 2 < text.size() &&
                         base::hex_value(text[i + 1]) >= 0 && base::hex_value(text[i + 2]) >= 0;
    if (!triplet) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(base::hex_value(text[i + 1]) * 16 + base::hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

// Bytes of the character at the front of valid UTF-8.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Controls, and what is not seen or turns the text around it: a name must be what it looks like.
bool is_hidden(std::string_view character) {
  if (character.size() == 1) {
    const auto byte = static_cast<unsigned char>(character[0]);
    return byte < 0x20 || byte == 0x7F;
  }
  if (character.size() == 2) return character >= "\xC2\x80" && character <= "\xC2\x9F";
  return (character >= "\xE2\x80\x8B" && character <= "\xE2\x80\x8F") ||
         (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||
         (character >= "\xE2\x81\xA0" && character <= "\xE2\x81\xAF") ||
         character == "\xEF\xBB\xBF";
}

bool is_refused(std::string_view character) {
  constexpr std::string_view kRefused = "\\/:*?\"<>|";
  return is_hidden(character) ||
         (character.size() == 1 && kRefused.find(character[0]) != std::string_view::npos);
}

// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
bool is_device(std::string_view name) {
  const std::string stem = base::ascii_lower(base::trim_right(name.substr(0, name.find('.')), " "));
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul") return true;
  const bool numbered = stem.starts_with("com") || stem.starts_with("lpt");
  const std::string number = numbered ? stem.substr(3) : "";
  return (number.size() == 1 && base::is_ascii_digit(number[0])) || number == "\xC2\xB9" ||
         number == "\xC2\xB2" || number == "\xC2\xB3";
}

// A part of a URL as a name, or as a part of one, which is not "." or "..".
std::string legal_name(std::string_view part) {
  std::string decoded = percent_decoded(part);
  if (!base::is_utf8(decoded)) decoded = part;
  std::string out;
  for (std::string_view rest = decoded; !rest.empty();) {
    const std::string_view character = rest.substr(0, character_size(rest));
    rest.remove_prefix(character.size());
    const bool last = rest.empty() && (character == "." || character == " ");
    if (!last && !is_refused(character)) {
      out += character;
      continue;
    }
    for (const char c : character) out += percent(static_cast<unsigned char>(c));
  }
  if (is_device(out) || out.starts_with(kOwnNames)) out.insert(0, 1, '_');
  return out;
}

std::string mark_of(std::string_view url) {
  char text[9];
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(url.data(), url.size()) >> 32);
  std::snprintf(text, sizeof text, "%08x", hash);
  return text;
}

// With the dot: letters and digits, a letter among them; else empty.
std::string_view ending_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view ending = name.substr(dot);
  const auto rest = ending.substr(1);
  const bool plain = std::all_of(rest.begin(), rest.end(), base::is_ascii_alphanumeric);
  const bool letter = std::any_of(rest.begin(), rest.end(), base::is_ascii_alpha);
  return plain && letter && ending.size() <= kMostEnding ? ending : std::string_view();
}

// At most `most` bytes, cut between characters, and not within a triplet.
std::string_view cut(std::string_view name, std::size_t most) {
  if (name.size() <= most) return name;
  while (most > 0 && (static_cast<unsigned char>(name[most]) & 0xC0) == 0x80) --most;
  name = name.substr(0, most);
  const std::size_t triplet = name.rfind('%');
  if (triplet != std::string_view::npos && triplet + 3 > name.size())
    name = name.substr(0, triplet);
  return base::trim_right(name, ". ");
}

std::string fitted(std::string name, std::string_view url) {
  if (name.size() > kMostName) return marked_name(name, url);
  return name;
}

bool is_one_of(std::string_view word, std::string_view words) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

std::string essence_of(std::string_view content_type) {
  return base::ascii_lower(base::trim(content_type.substr(0, content_type.find(';'))));
}

// What is put behind `name` so that a browser takes the file for what it is.
std::string_view missing_ending(std::string_view name, std::string_view kind,
                                std::string_view content_type) {
  const std::string ending = base::ascii_lower(ending_of(name));
  if (kind == "html") return ending == ".html" || ending == ".htm" ? "" : ".html";
  if (kind == "xhtml") return ending == ".xhtml" || ending == ".xht" ? "" : ".xhtml";
  const std::string essence = essence_of(content_type);
  // A server may call a text x.html; as a file it would be a page, with scripts that run.
  const bool looks_like_page = is_one_of(ending, ".html .htm .shtml .xhtml .xht");
  for (const TypeEnding& known : kEndings) {
    if (essence != known.type) continue;
    const bool fits =
        ending == known.ending || (!ending.empty() && is_one_of(ending, known.others));
    const bool may_stay = !ending.empty() && !known.strict && !looks_like_page;
    return fits || may_stay ? "" : known.ending;
  }
  if (!looks_like_page) return "";
  return kind == "text" ? ".txt" : ".bin";
}

std::string host_folder(const model::Url& url) {
  std::string host = legal_name(url.hostname());
  if (!url.port_text().empty()) host += "+" + std::string(url.port_text());
  return host;
}

}  // namespace

std::string MirrorPath::joined() const {
  std::string path;
  for (const std::string& folder : folders) path += folder + "/";
  return path + file;
}

std::string marked_name(std::string_view name, std::string_view url) {
  const std::string ending(ending_of(name));
  const std::string mark = "~" + mark_of(url);
  const std::string_view stem = name.substr(0, name.size() - ending.size());
  return std::string(cut(stem, kMostName - mark.size() - ending.size())) + mark + ending;
}

MirrorPath mirror_path(const model::Url& url, std::string_view kind,
                       std::string_view content_type) {
  MirrorPath path;
  path.folders.push_back(fitted(host_folder(url), url.origin()));
  std::string_view rest = url.path();
  std::string_view front = rest.substr(0, 0);  // of the path, up to the folder
  std::string name;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // its "/"
    const std::size_t end = std::min(rest.find('/'), rest.size());
    name = legal_name(rest.substr(0, end));
    rest.remove_prefix(end);
    front = std::string_view(url.path().data(), url.path().size() - rest.size());
    if (rest.empty()) break;
    if (!name.empty()) path.folders.push_back(fitted(name, url.origin() + std::string(front)));
    name.clear();
  }
  if (name.empty()) name = "index";
  if (url.has_query() && !url.query().empty()) name += legal_name("@" + std::string(url.query()));
  name += missing_ending(name, kind, content_type);
  path.file = fitted(std::move(name), url.href());
  if (path.joined().size() <= kMostPath) return path;
  path.folders.resize(1);
  path.file = marked_name(path.file, url.href());
  return path;
}

std::string folded_path(std::string_view path) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) != 0) return base::ascii_lower(path);
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(path.data(), static_cast<std::int32_t>(path.size())));
  std::string out;
  fold->normalize(text, status).toUTF8String(out);
  return U_FAILURE(status) != 0 ? base::ascii_lower(path) : out;
}

std::string relative_reference(std::string_view from, std::string_view to) {
  constexpr std::string_view kPlain = "-._~@=+/";
  if (from == to) return {};
  std::size_t common = 0;
  for (std::size_t i = 0; i < std::min(from.size(), to.size()) && from[i] == to[i]; ++i) {
    if (from[i] == '/') common = i + 1;
  }
  const std::string_view left = from.substr(common);
  std::string out;
  for (auto i = std::count(left.begin(), left.end(), '/'); i > 0; --i) out += "../";
  for (const char c : to.substr(common)) {
    const bool plain = base::is_ascii_alphanumeric(c) || kPlain.find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += percent(static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace crawld::policy
