#include "storage/archive/warc.h"

#include <algorithm>
#include <optional>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "storage/archive/sha1.h"
#include "storage/archive/surt.h"
#include "storage/archive/warc_record.h"
#include "storage/reports/row_json.h"

namespace crawld::storage {
namespace {

constexpr std::string_view kRevisitProfile =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

// A page version as the records need it.
struct Version {
  PageId id = 0;
  std::string url;
  std::string via;           // the page that held it
  std::string original_url;  // where the same content was stored first; empty: here
  PageId original = 0;       // the version that brought it first; 0: no body
  std::string content_type;
  std::string http_version;
  std::string address;
  std::vector<std::pair<std::string, std::string>> headers;
  int status = 0;
  std::int64_t depth = 0;
  std::int64_t fetch_millis = 0;
  Millis fetched_at = 0;
  Millis original_at = 0;
  std::uint64_t body = 0;
  bool truncated = false;
  bool bodiless = false;  // there was a body, and it was not kept
};

base::Status read_headers(Database& reader, Version& version) {
  return reader.each(
      "SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]') "
      "FROM pages AS p JOIN json_each(p.headers) AS j WHERE p.id = ?1 ORDER BY j.key",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(version.id)); },
      [&](Statement& s) {
        version.headers.emplace_back(std::string(s.text(0)), std::string(s.text(1)));
      });
}

base::Result<std::optional<Version>> next_version(Database& reader, std::int64_t after) {
  std::optional<Version> found;
  auto done = reader.each(
      "SELECT p.id, u.url, o.url, CASE WHEN f.id <> p.id THEN fu.url END, p.content_type, "
      "p.http_version, p.remote_address, p.status, u.depth, p.fetched_at, f.fetched_at, p.body_id, "
      "p.truncated, p.size, f.id FROM pages AS p JOIN urls AS u ON u.id = p.url_id "
      "LEFT JOIN urls AS o ON o.id = u.parent_id LEFT JOIN bodies AS b ON b.id = p.body_id "
      "LEFT JOIN pages AS f ON f.id = b.page_id LEFT JOIN urls AS fu ON fu.id = f.url_id "
      "WHERE p.id > ?1 ORDER BY p.id LIMIT 1",
      [&](Statement& s) { s.integer(1, after); },
      [&](Statement& s) {
        Version& version = found.emplace();
        version.id = static_cast<PageId>(s.integer(0));
        version.url = s.text(1);
        version.via = s.text(2);
        version.original_url = s.text(3);
        version.content_type = s.text(4);
        version.http_version = s.text(5);
        version.address = s.text(6);
        version.status = static_cast<int>(s.integer(7));
        version.depth = s.integer(8);
        version.fetched_at = s.integer(9);
        version.original_at = s.integer(10);
        version.body = static_cast<std::uint64_t>(s.integer(11));
        version.truncated = s.integer(12) != 0;
        version.bodiless = version.body == 0 && s.integer(13) > 0;
        version.original = static_cast<PageId>(s.integer(14));
      });
  if (done && found) done = read_headers(reader, *found);
  if (!done) return std::move(done).error();
  return found;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 404:
      return "Not Found";
    case 410:
      return "Gone";
    default:
      return status < 400 ? "Answer" : "Error";
  }
}

bool describes_coding(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lower == "content-encoding" || lower == "transfer-encoding" || lower == "content-length";
}

// No value may end its line, or it could forge what follows.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

std::string response_head(const Version& version, std::size_t body_size) {
  std::string head = "HTTP/" + (version.http_version == "1.0" ? std::string("1.0") : "1.1") + " " +
                     std::to_string(version.status) + " " + std::string(reason_of(version.status)) +
                     "\r\n";
  for (const auto& [name, value] : version.headers) {
    if (describes_coding(name)) head += "X-Archive-Orig-";
    head += one_line(name) + ": " + one_line(value) + "\r\n";
  }
  return head + "Content-Length: " + std::to_string(body_size) + "\r\n\r\n";
}

std::string request_block(const Version& version) {
  std::string_view origin = origin_of(version.url);
  std::string_view target = std::string_view(version.url).substr(origin.size());
  if (target.empty()) target = "/";
  const std::size_t scheme = origin.find("://");
  const std::string_view host =
      scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}

class WarcWriter {
 public:
  WarcWriter(Database& reader, const WarcOptions& options, std::string database_id,
             const std::function<bool(std::string_view)>& write,
             const std::function<void(std::string_view)>& index)
      : reader_(reader),
        options_(options),
        database_id_(std::move(database_id)),
        write_(write),
        index_(index) {}

  base::Result<bool> info() {
    WarcRecord record("warcinfo", warc_id(database_id_ + " info"), options_.written_at);
    if (!options_.file_name.empty()) record.field("WARC-Filename", one_line(options_.file_name));
    record.field("Content-Type", "application/warc-fields");
    return put(record, "software: " + one_line(options_.software) +
                           "\r\nformat: WARC File Format 1.1\r\nconformsTo: "
                           "http://iipc.github.io/warc-specifications/specifications/warc-format/"
                           "warc-1.1/\r\n");
  }

  // False: `write` stopped.
  base::Result<bool> version(const Version& version) {
    const std::string id = name_of(version.id);
    std::string body;
    if (version.body != 0) {
      auto bytes = body_bytes(reader_, version.body);
      if (!bytes) return std::move(bytes).error();
      body = std::move(*bytes);
    }
    auto going = answer(version, id, body);
    if (going && *going) going = request(version, id);
    if (going && *going) going = metadata(version, id);
    return going;
  }

 private:
  std::string name_of(PageId version) const { return database_id_ + " " + std::to_string(version); }

  base::Result<bool> answer(const Version& version, const std::string& id,
                            const std::string& body) {
    const bool within = options_.revisits == Revisits::of_any_file ||
                        static_cast<std::int64_t>(version.original) > options_.after;
    const bool revisit = !version.original_url.empty() && within;
    const std::string digest = sha1_label(sha1(body));
    WarcRecord record(revisit ? "revisit" : "response", warc_id(id + " response"),
                      version.fetched_at);
    record.field("WARC-Target-URI", version.url);
    if (!version.address.empty()) record.field("WARC-IP-Address", version.address);
    record.field("WARC-Payload-Digest", digest);
    if (version.truncated) record.field("WARC-Truncated", "length");
    if (version.bodiless) record.field("WARC-Truncated", "unspecified");
    if (revisit) {
      record.field("WARC-Profile", kRevisitProfile);
      record.field("WARC-Refers-To", warc_id(name_of(version.original) + " response"));
      record.field("WARC-Refers-To-Target-URI", version.original_url);
      record.field("WARC-Refers-To-Date", base::to_iso8601(base::from_millis(version.original_at)));
    }
    record.field("Content-Type", "application/http;msgtype=response");
    const std::uint64_t start = offset_;
    auto going = put(record, response_head(version, body.size()) + (revisit ? "" : body));
    if (going && index_) index_(cdxj_line(version, digest, revisit, start));
    return going;
  }

  base::Result<bool> request(const Version& version, const std::string& id) {
    WarcRecord record("request", warc_id(id + " request"), version.fetched_at);
    record.field("WARC-Target-URI", version.url);
    record.field("WARC-Concurrent-To", warc_id(id + " response"));
    record.field("Content-Type", "application/http;msgtype=request");
    return put(record, request_block(version));
  }

  base::Result<bool> metadata(const Version& version, const std::string& id) {
    WarcRecord record("metadata", warc_id(id + " metadata"), version.fetched_at);
    record.field("WARC-Target-URI", version.url);
    record.field("WARC-Refers-To", warc_id(id + " response"));
    record.field("Content-Type", "application/warc-fields");
    // A letter a hop, as Heritrix writes them; of those on the way only the number is stored.
    std::string block;
    if (version.depth > 0) block = "hopsFromSeed: " + std::string(version.depth, 'L') + "\r\n";
    if (!version.via.empty()) block += "via: " + version.via + "\r\n";
    return put(record, block);
  }

  base::Result<bool> put(const WarcRecord& record, std::string_view block) {
    std::string bytes = record.with_block(block);
    if (options_.gzip) {
      auto packed = gzip_member(bytes);
      if (!packed) return std::move(packed).error();
      bytes = std::move(*packed);
    }
    offset_ += bytes.size();
    return write_(bytes);
  }

  std::string cdxj_line(const Version& version, const std::string& digest, bool revisit,
                        std::uint64_t start) const {
    std::string time = base::to_iso8601(base::from_millis(version.fetched_at)).substr(0, 19);
    std::erase_if(time, [](char c) { return c < '0' || c > '9'; });
    std::string mime = version.content_type.substr(0, version.content_type.find(';'));
    return surt_of(version.url) + " " + time + " {\"url\":" + base::json_string(version.url) +
           ",\"mime\":" + base::json_string(revisit ? "warc/revisit" : mime) + ",\"status\":\"" +
           std::to_string(version.status) + "\",\"digest\":\"" + digest + "\",\"length\":\"" +
           std::to_string(offset_ - start) + "\",\"offset\":\"" + std::to_string(start) +
           "\",\"filename\":" + base::json_string(options_.file_name) + "}\n";
  }

  Database& reader_;
  const WarcOptions& options_;
  const std::string database_id_;
  const std::function<bool(std::string_view)>& write_;
  const std::function<void(std::string_view)>& index_;
  std::uint64_t offset_ = 0;
};

}  // namespace

base::Result<ExportEnd> export_warc(Database& reader, const WarcOptions& options,
                                    const std::function<bool(std::string_view)>& write,
                                    const std::function<void(std::string_view)>& index) {
  std::string database_id;
  auto done = reader.each(
      "SELECT value FROM meta WHERE key = 'database_id'", [](Statement&) {},
      [&](Statement& s) { database_id = s.text(0); });
  if (!done) return std::move(done).error();
  WarcWriter writer(reader, options, std::move(database_id), write, index);
  ExportEnd end{.last_key = options.after};
  auto going = writer.info();
  while (going && *going) {
    auto version = next_version(reader, end.last_key);
    if (!version) return std::move(version).error();
    if (!*version) return end;
    if (options.enough()) break;
    going = writer.version(**version);
    if (!going || !*going) break;
    end.last_key = static_cast<std::int64_t>((*version)->id);
    ++end.rows;
  }
  if (!going) return std::move(going).error();
  end.complete = false;
  return end;
}

}  // namespace crawld::storage
