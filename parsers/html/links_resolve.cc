#include <array>
#include <cstdint>

#include "parsers/html/links.h"

namespace crawld::parsers {
namespace {

// The parts of a URL in which a byte means itself: no percent-encoding, no separator.
enum Part : std::uint8_t { kPath = 1, kQuery = 2, kFragment = 4 };

struct PlainBytes {
  std::array<std::uint8_t, 256> in{};
  constexpr PlainBytes() {
    for (unsigned c = '0'; c <= '9'; ++c) in[c] = kPath | kQuery | kFragment;
    for (unsigned c = 'a'; c <= 'z'; ++c) in[c] = in[c - 32] = kPath | kQuery | kFragment;
    for (const char c : {'-', '_', '~', '.', '!', '$', '&', '(', ')', '*', '+', ',', ';', '=', ':',
                         '@', '/', '%'}) {
      in[static_cast<unsigned char>(c)] = kPath | kQuery | kFragment;
    }
    in['?'] = kQuery | kFragment;
  }
};
constexpr PlainBytes kPlain;

bool is(char c, Part part) { return (kPlain.in[static_cast<unsigned char>(c)] & part) != 0; }

// Whether the path, query and fragment `tail` is its own serialization: no dot segments,
// nothing to encode. Where in doubt: no. `at_segment`: its first byte begins a segment.
bool is_plain(std::string_view tail, bool at_segment) {
  std::size_t at = 0;
  bool starts = at_segment;
  for (; at < tail.size() && is(tail[at], kPath); ++at) {
    if (starts && tail[at] == '.') return false;
    if (tail[at] == '%' && at + 2 < tail.size() && tail[at + 1] == '2' &&
        (tail[at + 2] | 0x20) == 'e') {
      return false;
    }
    starts = tail[at] == '/';
  }
  if (at < tail.size() && tail[at] == '?') {
    ++at;
    while (at < tail.size() && is(tail[at], kQuery)) ++at;
  }
  if (at < tail.size() && tail[at] == '#') {
    ++at;
    while (at < tail.size() && is(tail[at], kFragment)) ++at;
  }
  return at == tail.size();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= 0x20) text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= 0x20) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<model::Url> document_base(std::string_view url,
                                        std::optional<std::string_view> base_href,
                                        std::string_view encoding) {
  auto base = model::Url::parse(url);
  if (!base_href) return base;
  auto set = base ? base->resolve(*base_href, encoding) : model::Url::parse(*base_href);
  if (!set || set->scheme() == "javascript" || set->scheme() == "data") return base;
  return set;
}

LinkResolver::LinkResolver(std::optional<model::Url> base, std::string encoding)
    : base_(std::move(base)), encoding_(std::move(encoding)) {
  if (!base_) return;
  is_web_ = base_->scheme_kind() != model::Scheme::other;
  const std::string& href = base_->href();
  const std::string_view path = base_->path();
  const std::size_t path_at = static_cast<std::size_t>(path.data() - href.data());
  origin_ = href.substr(0, path_at);
  without_fragment_ = href.substr(0, href.find('#'));
  without_query_ = without_fragment_.substr(0, without_fragment_.find('?'));
  folder_ = without_query_.substr(0, without_query_.rfind('/') + 1);
}

std::string_view LinkResolver::resolve(std::string_view reference) {
  reference = trimmed(reference);
  if (reference.size() > kMaxUrl) return {};
  if (!is_web_) return resolve_fully(reference);
  if (reference.empty()) return joined(without_fragment_, {});
  switch (reference[0]) {
    case '#':
      return is_plain(reference, false) ? joined(without_fragment_, reference)
                                        : resolve_fully(reference);
    case '?':
      return is_plain(reference, false) ? joined(without_query_, reference)
                                        : resolve_fully(reference);
    case '/':
      if (reference.substr(0, 2) == "//" || !is_plain(reference, false)) {
        return resolve_fully(reference);
      }
      return joined(origin_, reference);
    default:
      break;
  }
  if (reference.starts_with("https://")) return resolve_absolute(reference, 8);
  if (reference.starts_with("http://")) return resolve_absolute(reference, 7);
  const std::size_t end = reference.find_first_of(":/?#");
  const bool may_be_scheme = end != std::string_view::npos && reference[end] == ':';
  if (may_be_scheme) return resolve_fully(reference);
  std::string_view rest = reference;
  const std::string_view folder = enter_folder(rest);
  return is_plain(rest, true) ? joined(folder, rest) : resolve_fully(reference);
}

// Takes "../" and "./" off the front of `reference`; gives the folder that they lead to.
std::string_view LinkResolver::enter_folder(std::string_view& reference) const {
  std::string_view folder = folder_;
  for (;;) {
    if (reference.starts_with("./")) {
      reference.remove_prefix(2);
    } else if (reference.starts_with("../")) {
      reference.remove_prefix(3);
      if (folder.size() > origin_.size() + 1) {
        folder.remove_suffix(1);
        folder = folder.substr(0, folder.rfind('/') + 1);
      }
    } else {
      return folder;
    }
  }
}

// A reference with a scheme of the web, whose host starts at `authority`.
std::string_view LinkResolver::resolve_absolute(std::string_view reference, std::size_t authority) {
  constexpr std::size_t kMostOrigins = 1'000;
  std::size_t end = reference.find_first_of("/?#\\", authority);
  if (end == std::string_view::npos) end = reference.size();
  const std::string_view tail = reference.substr(end);
  const bool bare = tail.empty() || tail[0] != '/';
  if (end == authority || !is_plain(tail, false)) return resolve_fully(reference);
  std::string written(reference.substr(0, end));
  auto known = origins_.find(written);
  if (known == origins_.end()) {
    if (origins_.size() >= kMostOrigins) return resolve_fully(reference);
    const auto url = model::Url::parse(written + "/");
    std::string origin = url ? url->href() : std::string();
    if (!origin.empty()) origin.pop_back();
    known = origins_.emplace(std::move(written), std::move(origin)).first;
  }
  if (known->second.empty()) return {};
  if (!bare) return joined(known->second, tail);
  return joined(known->second + "/", tail);
}

std::string_view LinkResolver::joined(std::string_view front, std::string_view reference) {
  if (front.size() + reference.size() > kMaxUrl) return {};
  answer_.assign(front).append(reference);
  return answer_;
}

std::string_view LinkResolver::resolve_fully(std::string_view reference) {
  if (base_ && base_->href().size() > kMaxUrl) return {};
  const auto url = base_ ? base_->resolve(reference, encoding_) : model::Url::parse(reference);
  if (!url || url->href().size() > kMaxUrl) return {};
  return answer_ = url->href();
}

}  // namespace crawld::parsers
