#include "storage/archive/warc.h"

#include <algorithm>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "storage/archive/sha1.h"
#include "storage/archive/stored_answer.h"
#include "storage/archive/surt.h"
#include "storage/archive/warc_record.h"
#include "storage/bodies/body_reader.h"
#include "storage/reports/row_json.h"

namespace crawld::storage {
namespace {

constexpr std::string_view kRevisitProfile =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 410:
      return "Gone";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
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

std::string response_head(const StoredAnswer& answer, std::size_t body_size) {
  std::string head = "HTTP/" + (answer.http_version == "1.0" ? std::string("1.0") : "1.1") + " " +
                     std::to_string(answer.status) + " " + std::string(reason_of(answer.status)) +
                     "\r\n";
  for (const auto& [name, value] : answer.headers) {
    if (describes_coding(name)) head += "X-Archive-Orig-";
    head += one_line(name) + ": " + one_line(value) + "\r\n";
  }
  return head + "Content-Length: " + std::to_string(body_size) + "\r\n\r\n";
}

std::string request_block(const StoredAnswer& answer) {
  std::string_view origin = origin_of(answer.url);
  std::string_view target = std::string_view(answer.url).substr(origin.size());
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
      : bodies_(reader),
        options_(options),
        packer_(options.packing),
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
  base::Result<bool> put(const StoredAnswer& answer) {
    const std::string id = answer.page != 0
                               ? name_of(answer.page)
                               : database_id_ + " fetch " + std::to_string(answer.fetch);
    if (first_page_ == 0) first_page_ = answer.page;
    std::string body;
    if (answer.body != 0 || answer.own_body) {
      auto bytes =
          answer.own_body ? bodies_.bytes_of_answer(answer.fetch) : bodies_.bytes(answer.body);
      if (!bytes) return std::move(bytes).error();
      body = std::move(*bytes);
    }
    auto going = response(answer, id, body);
    if (going && *going) going = request(answer, id);
    if (going && *going) going = metadata(answer, id);
    return going;
  }

 private:
  std::string name_of(PageId version) const { return database_id_ + " " + std::to_string(version); }

  base::Result<bool> response(const StoredAnswer& answer, const std::string& id,
                              const std::string& body) {
    const bool within =
        options_.revisits == Revisits::of_any_file || answer.original >= first_page_;
    const bool revisit = !answer.original_url.empty() && within;
    const std::string digest = sha1_label(sha1(body));
    WarcRecord record(revisit ? "revisit" : "response", warc_id(id + " response"),
                      answer.fetched_at);
    record.field("WARC-Target-URI", answer.url);
    if (!answer.address.empty()) record.field("WARC-IP-Address", answer.address);
    record.field("WARC-Payload-Digest", digest);
    if (answer.truncated && !answer.broke_off) record.field("WARC-Truncated", "length");
    if (answer.bodiless || answer.broke_off) record.field("WARC-Truncated", "unspecified");
    if (revisit) {
      record.field("WARC-Profile", kRevisitProfile);
      record.field("WARC-Refers-To", warc_id(name_of(answer.original) + " response"));
      record.field("WARC-Refers-To-Target-URI", answer.original_url);
      record.field("WARC-Refers-To-Date", base::to_iso8601(base::from_millis(answer.original_at)));
    }
    record.field("Content-Type", "application/http;msgtype=response");
    const std::uint64_t start = offset_;
    auto going = put(record, response_head(answer, body.size()) + (revisit ? "" : body));
    if (going && index_) index_(cdxj_line(answer, digest, revisit, start));
    return going;
  }

  base::Result<bool> request(const StoredAnswer& answer, const std::string& id) {
    WarcRecord record("request", warc_id(id + " request"), answer.fetched_at);
    record.field("WARC-Target-URI", answer.url);
    record.field("WARC-Concurrent-To", warc_id(id + " response"));
    record.field("Content-Type", "application/http;msgtype=request");
    return put(record, request_block(answer));
  }

  base::Result<bool> metadata(const StoredAnswer& answer, const std::string& id) {
    WarcRecord record("metadata", warc_id(id + " metadata"), answer.fetched_at);
    record.field("WARC-Target-URI", answer.url);
    record.field("WARC-Refers-To", warc_id(id + " response"));
    record.field("Content-Type", "application/warc-fields");
    // A letter a hop, as Heritrix writes them; of links on the way only the number is stored.
    const std::string hops = std::string(answer.depth, 'L') + std::string(answer.redirects, 'R');
    std::string block;
    if (!hops.empty()) block = "hopsFromSeed: " + hops + "\r\n";
    if (!answer.via.empty()) block += "via: " + answer.via + "\r\n";
    return put(record, block);
  }

  base::Result<bool> put(const WarcRecord& record, std::string_view block) {
    auto packed = packer_.pack(record.with_block(block));
    if (!packed) return std::move(packed).error();
    offset_ += packed->size();
    return write_(*packed);
  }

  std::string cdxj_line(const StoredAnswer& answer, const std::string& digest, bool revisit,
                        std::uint64_t start) const {
    std::string time = base::to_iso8601(base::from_millis(answer.fetched_at)).substr(0, 19);
    std::erase_if(time, [](char c) { return c < '0' || c > '9'; });
    std::string mime = answer.content_type.substr(0, answer.content_type.find(';'));
    if (mime.empty()) mime = "unk";  // as pywb and the CDX tools before it
    return surt_of(answer.url) + " " + time + " {\"url\":" + base::json_string(answer.url) +
           ",\"mime\":" + base::json_string(revisit ? "warc/revisit" : mime) + ",\"status\":\"" +
           std::to_string(answer.status) + "\",\"digest\":\"" + digest + "\",\"length\":\"" +
           std::to_string(offset_ - start) + "\",\"offset\":\"" + std::to_string(start) +
           "\",\"filename\":" + base::json_string(options_.file_name) + "}\n";
  }

  BodyReader bodies_;
  const WarcOptions& options_;
  RecordPacker packer_;
  const std::string database_id_;
  const std::function<bool(std::string_view)>& write_;
  const std::function<void(std::string_view)>& index_;
  PageId first_page_ = 0;  // of this file; versions before it stand in others
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
    auto answer = next_answer(reader, end.last_key);
    if (!answer) return std::move(answer).error();
    if (!*answer) return end;
    if (options.enough()) break;
    going = writer.put(**answer);
    if (!going || !*going) break;
    end.last_key = (*answer)->fetch;
    ++end.rows;
  }
  if (!going) return std::move(going).error();
  end.complete = false;
  return end;
}

}  // namespace crawld::storage
