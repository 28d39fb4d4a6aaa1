#include "crawler/cli/archive/warc_import.h"

#include <algorithm>
#include <charconv>

#include "crawler/base/ascii.h"
#include "storage/archive/sha1.h"
#include "storage/archive/warc.h"
#include "storage/reports/page_walk.h"

namespace crawld::cli {
namespace {

using base::Status;
using storage::ArchiveRecord;

// WARC 1.0 writers put the URI in angle brackets.
std::string_view bare_uri(std::string_view text) {
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  return text;
}

// A digest that can be compared and does not match. Other algorithms prove nothing.
bool contradicts(std::string_view label, std::string_view bytes) {
  constexpr std::size_t kSha1Label = 37;  // "sha1:" and 32 letters
  return label.size() == kSha1Label && base::starts_with_ignoring_case(label, "sha1:") &&
         !base::equals_ignoring_case(label, storage::sha1_label(storage::sha1(bytes)));
}

// "name: value" lines (application/warc-fields).
std::string_view warc_field(std::string_view block, std::string_view name) {
  while (!block.empty()) {
    const std::size_t end = std::min(block.find('\n'), block.size());
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(std::min(end + 1, block.size()));
    const std::size_t colon = line.find(':');
    if (colon != line.npos && base::equals_ignoring_case(line.substr(0, colon), name)) {
      return base::trim(line.substr(colon + 1));
    }
  }
  return {};
}

std::uint16_t hop_count(std::size_t hops) {
  return static_cast<std::uint16_t>(std::min<std::size_t>(hops, 0xFFFF));
}

// A number, or Heritrix's path of one letter a hop, where redirects (R) make nothing deeper.
std::uint16_t depth_of(std::string_view hops) {
  std::uint16_t depth = 0;
  const auto [end, error] = std::from_chars(hops.data(), hops.data() + hops.size(), depth);
  if (error == std::errc() && end == hops.data() + hops.size()) return depth;
  return hop_count(hops.size() -
                   static_cast<std::size_t>(std::count(hops.begin(), hops.end(), 'R')));
}

// Those behind the last link.
std::uint16_t redirects_of(std::string_view hops) {
  return hop_count(hops.size() - (hops.find_last_not_of('R') + 1));
}

model::Headers without_coding(const model::Headers& headers) {
  model::Headers kept;
  for (const auto& [name, value] : headers.all()) {
    if (base::equals_ignoring_case(name, "Content-Encoding")) continue;
    kept.add(name, value);
  }
  return kept;
}

}  // namespace

Status WarcImport::skip(const char* reason) {
  ++counts_.skipped[reason];
  return base::Done{};
}

Status WarcImport::take(const ArchiveRecord& record) {
  ++counts_.records;
  const std::string type = base::ascii_lower(record.field("WARC-Type"));
  if (type == "metadata") return take_metadata(record);
  if (type != "response" && type != "revisit" && type != "resource") return base::Done{};
  if (Status done = finish(); !done) return done;
  return take_answer(record, type);
}

Status WarcImport::finish() {
  if (!pending_) return base::Done{};
  pipeline::ArchivedAnswer answer = *std::move(pending_);
  pending_.reset();
  const auto fate = stage_.take(std::move(answer));
  if (!fate) return base::Error(fate.error());
  ++counts_.fates[std::string(to_string(*fate))];
  return base::Done{};
}

// Where the answer came from; nothing, and a reason counted, where it is not wanted.
std::optional<pipeline::ArchivedAnswer> WarcImport::answer_frame(const ArchiveRecord& record) {
  const auto url = model::Url::parse(bare_uri(record.field("WARC-Target-URI")));
  const auto date = storage::warc_date(record.field("WARC-Date"));
  const char* reason = nullptr;
  std::optional<model::SiteId> site;
  if (!url || !url->crawlable()) {
    reason = "no http or https URL";
  } else if (!date) {
    reason = "no date";
  } else if (!record.field("WARC-Segment-Number").empty()) {
    reason = "in segments";
  } else if (url->path() == "/robots.txt") {
    reason = "robots.txt";  // a fact about a host, and its own crawl asks for it
  } else if (!record.cut && contradicts(record.field("WARC-Block-Digest"), record.block)) {
    reason = "digest does not match";
  } else if (site = choose_site_(*url); !site) {
    reason = "out of scope";
  }
  if (reason != nullptr) {
    ++counts_.skipped[reason];
    return std::nullopt;
  }
  return pipeline::ArchivedAnswer{
      .url = sites_[*site]->canonicalizer.canonicalize(url->without_fragment()),
      .site = *site,
      .response = {},
      .as_sent = {},
      .fetched_at = base::from_millis(*date),
      .via = {},
      .origin = "imported from " + file_};
}

Status WarcImport::take_answer(const ArchiveRecord& record, const std::string& type) {
  auto answer = answer_frame(record);
  if (!answer) return base::Done{};
  const std::uint64_t most_body = sites_[answer->site]->config.max_body_size;
  storage::ArchivedResponse archived;
  if (type == "resource") {
    archived.response.status = 200;
    archived.response.body = record.block.substr(0, most_body);
    archived.response.truncated = record.block.size() > most_body;
    if (const auto media = record.field("Content-Type"); !media.empty()) {
      archived.response.headers.add("Content-Type", std::string(media));
    }
  } else if (auto read = storage::read_archived_response(record.block, most_body)) {
    archived = *std::move(read);
  } else {
    return skip("no HTTP response");
  }
  if (type == "revisit") {
    const auto filled = fill_revisit(record, archived);
    if (!filled) return base::Error(filled.error());
    if (!*filled) return skip("revisit of a page that is not here");
  }
  model::Response& response = archived.response;
  response.truncated = response.truncated || record.cut || !record.field("WARC-Truncated").empty();
  response.body_size = response.body.size();
  response.remote_address = record.field("WARC-IP-Address");
  answer->as_sent = response.headers;
  if (archived.decoded) response.headers = without_coding(response.headers);
  answer->response = std::move(response);
  pending_ = std::move(answer);
  pending_id_ = record.field("WARC-Record-ID");
  return base::Done{};
}

// The body of the version that the record names, where it is stored and is the one meant.
base::Result<bool> WarcImport::fill_revisit(const ArchiveRecord& record,
                                            storage::ArchivedResponse& archived) {
  if (archived.response.status == 304) return true;
  const auto target = model::Url::parse(bare_uri(record.field("WARC-Refers-To-Target-URI")));
  const auto date = storage::warc_date(record.field("WARC-Refers-To-Date"));
  if (!target || !date) return false;
  const auto site = choose_site_(*target);
  if (!site) return false;
  const model::Url url = sites_[*site]->canonicalizer.canonicalize(target->without_fragment());
  if (Status flushed = stage_.flush_of(url); !flushed) return std::move(flushed).error();
  const auto version = storage::version_at(database_, url.href(), *date);
  if (!version) return base::Error(version.error());
  if (version->body == 0) return false;
  auto body = bodies_.bytes(version->body);
  if (!body) return std::move(body).error();
  // Our own exports digest the decoded body; where the original was encoded, the digest is
  // of bytes that are no longer here.
  if (archived.decoded && contradicts(record.field("WARC-Payload-Digest"), *body)) return false;
  archived.response.body = *std::move(body);
  archived.decoded = true;
  return true;
}

Status WarcImport::take_metadata(const ArchiveRecord& record) {
  const bool of_pending = pending_ && (record.field("WARC-Refers-To") == pending_id_ ||
                                       record.field("WARC-Concurrent-To") == pending_id_);
  if (!of_pending || pending_id_.empty()) return base::Done{};
  const std::string_view hops = warc_field(record.block, "hopsFromSeed");
  pending_->depth = depth_of(hops);
  pending_->redirects = redirects_of(hops);
  if (const auto via = model::Url::parse(warc_field(record.block, "via"));
      via && via->crawlable()) {
    pending_->via = sites_[pending_->site]->canonicalizer.canonicalize(via->without_fragment());
  }
  return base::Done{};
}

}  // namespace crawld::cli
