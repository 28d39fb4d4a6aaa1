#include "parsers/gumbo_parser.h"

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <utility>

#include "parsers/content_coding.h"
#include "parsers/pack.h"
#include "parsers/simhash.h"
#include "parsers/wire_limits.h"

namespace crawld::parsers {
namespace {

using model::ParsedPage;
using model::ParseFailure;
using model::ParseOutcome;

constexpr std::size_t kMaxRobotsTxt = 512U << 10;  // RFC 9309 section 2.5 asks for 500 KiB

// xxh3-128, 32 hex digits, most significant first.
std::string content_hash(std::string_view body) {
  const XXH128_hash_t hash = XXH3_128bits(body.data(), body.size());
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return std::string(text.data(), 32);
}

}  // namespace

struct GumboParser::Tools {
  Packer packer;
};

GumboParser::GumboParser(const std::vector<RuleSet>&) : tools_(std::make_unique<Tools>()) {}
GumboParser::~GumboParser() = default;

ParseOutcome GumboParser::parse(const ParseJob& job, std::chrono::steady_clock::time_point) {
  auto decoded =
      decode_content(job.body, job.headers.content_encoding, job.max_decoded_size, job.truncated);
  if (auto* failure = std::get_if<ParseFailure>(&decoded)) return std::move(*failure);
  auto& body = std::get<std::string>(decoded);

  ParseOutcome outcome;
  auto& page = outcome.emplace<ParsedPage>();
  page.content_hash = content_hash(body);
  page.body_size = body.size();
  page.unchanged = !job.known_hash.empty() && job.known_hash == page.content_hash;
  if (page.unchanged) return outcome;
  if (job.wants.packed_body) tools_->packer.pack(body, page.packed_body);
  if (job.wants.raw_body || job.purpose == model::Purpose::robots) {
    page.body = std::move(body);
    if (page.body.size() > kMaxRobotsTxt) page.body.resize(kMaxRobotsTxt);
  }
  fit_to_limits(page);
  return outcome;
}

void GumboParser::warm_up() {}

}  // namespace crawld::parsers
