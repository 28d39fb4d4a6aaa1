#include "parsers/gumbo_parser.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "parsers/bytes/content_coding.h"
#include "parsers/bytes/pack.h"
#include "parsers/page_reader.h"
#include "parsers/worker/wire_limits.h"

namespace crawld::parsers {
namespace {

using model::ParsedPage;
using model::ParseFailure;
using model::ParseOutcome;

// As much as robots::Rules reads; RFC 9309 section 2.5 asks for 500 KiB at least.
constexpr std::size_t kMaxRobotsTxt = 5U << 20;
// Leaves room in a reply.
constexpr std::size_t kMaxRawBody = 64U << 20;

// What the server packed is not packed again where it took care: half the size at least.
constexpr std::size_t kLeastGain = 2;

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
  Tools(const std::vector<RuleSet>& rule_sets, std::size_t remembered)
      : reader(rule_sets, remembered) {}

  PageReader reader;
  Packer packer;
};

GumboParser::GumboParser(const std::vector<RuleSet>& rule_sets, std::size_t remembered)
    : tools_(std::make_unique<Tools>(rule_sets, remembered)) {}
GumboParser::~GumboParser() = default;

ParseOutcome GumboParser::parse(const ParseJob& job, std::chrono::steady_clock::time_point) {
  Decoded decoded;
  std::string_view body = job.body;
  if (is_coded(job.headers.content_encoding) || body.size() > job.max_decoded_size) {
    auto undone =
        decode_content(job.body, job.headers.content_encoding, job.max_decoded_size, job.truncated);
    if (auto* failure = std::get_if<ParseFailure>(&undone)) return std::move(*failure);
    decoded = std::move(std::get<Decoded>(undone));
    body = decoded.bytes;
  }

  ParseOutcome outcome;
  auto& page = outcome.emplace<ParsedPage>();
  page.content_hash = content_hash(body);
  page.body_size = body.size();
  page.unchanged = !job.known_hash.empty() && job.known_hash == page.content_hash;
  const bool packs = job.wants.packed_body && !page.unchanged;
  const bool robots = job.purpose == model::Purpose::robots;
  if (job.wants.url_places) {
    tools_->reader.find_places(job, body, page);
  } else if (!robots && job.wants.reading) {
    tools_->reader.read(job, body, page);
  }
  const std::uint64_t dictionary =
      job.dictionary && page.kind == model::DocumentKind::html ? job.dictionary->id : 0;
  const bool beside_dictionary = packs && tools_->packer.knows(dictionary);
  page.kept_as_sent = packs && !(job.wants.repack && beside_dictionary) &&
                      decoded.was_gzip_member && job.body.size() <= body.size() / kLeastGain;
  if (packs && !page.kept_as_sent) {
    page.packed_with_dictionary = beside_dictionary;
    tools_->packer.pack(body, dictionary, page.packed_body.bytes);
  }
  if (robots || job.wants.raw_body) {
    page.body = body.substr(0, robots ? kMaxRobotsTxt : kMaxRawBody);
  }
  fit_to_limits(page);
  return outcome;
}

void GumboParser::learn(std::size_t slot, const model::BodyDictionary& dictionary) {
  tools_->packer.learn(slot, dictionary);
}

void GumboParser::warm_up() {
  constexpr std::pair<std::string_view, std::string_view> kSamples[] = {
      {"text/html",
       "<title>a</title><a href='http://b\xC3\xBC\x63her.example/?\xE4'>x</a>"
       "<h1>Some words</h1><p>in a sentence, that is read as an article.</p>"},
      {"text/html; charset=shift_jis", "<p>\x83\x65\x83\x58\x83\x67</p><a href='?\x83\x65'>x</a>"},
      {"text/plain", "plain \xE4\xF6\xFC text"},
      {"application/json", "{\"a\": [1, 2.5, \"\\u00e4\"]}"},
      {"application/xml",
       "<urlset><url><loc>http://a.test/</loc><lastmod>2026-01-02</lastmod>"
       "</url></urlset>"},
  };
  for (const auto& [type, body] : kSamples) {
    ParseJob job{.url = "http://a.test/", .body = body};
    job.headers.content_type = type;
    job.wants.main_text = job.wants.markdown = job.wants.structured = true;
    parse(job, {});
  }
}

}  // namespace crawld::parsers
