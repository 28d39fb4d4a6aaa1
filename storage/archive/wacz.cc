#include "storage/archive/wacz.h"

#include <optional>
#include <string_view>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "storage/archive/line_sorter.h"
#include "storage/archive/record_packer.h"
#include "storage/archive/sha256.h"
#include "storage/archive/warc.h"

namespace crawld::storage {
namespace {

constexpr std::string_view kWarc = "data.warc.gz";
constexpr std::string_view kIndex = "index.cdx.gz";
constexpr std::string_view kPackage = "datapackage.json";
constexpr std::uint32_t kLinesAMember = 1'024;
constexpr std::uint32_t kPagesARead = 100;

struct Range {
  std::int64_t after;
  std::int64_t last;
};

// The page at which a reader starts.
struct MainPage {
  std::string url;
  std::string title;
  Millis fetched_at = 0;
  std::int64_t depth = 0;
};

std::string iso(Millis moment) { return base::to_iso8601(base::from_millis(moment)); }

std::string member(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":" + base::json_string(value);
}

// indexes/index.cdx.gz, and the lines of index.idx that lead into it.
class IndexEntry {
 public:
  explicit IndexEntry(ZipWriter& zip) : zip_(zip) {}

  // False: the disk did not take it.
  base::Result<bool> line(std::string_view line) {
    // "key time {...": all before the block of JSON.
    if (lines_ == 0) key_ = line.substr(0, line.find(" {"));
    held_ += line;
    return ++lines_ < kLinesAMember ? true : end_member();
  }
  base::Result<bool> end_member() {
    if (lines_ == 0) return true;
    auto packed = gzip_member(held_);
    if (!packed) return std::move(packed).error();
    places_ += key_ + " {\"offset\":" + std::to_string(offset_) +
               ",\"length\":" + std::to_string(packed->size()) + "," +
               member("digest", sha256_label(*packed)) + "," + member("filename", kIndex) + "}\n";
    offset_ += packed->size();
    lines_ = 0;
    held_.clear();
    return zip_.write(*packed);
  }
  const std::string& places() const { return places_; }

 private:
  ZipWriter& zip_;
  std::string held_;
  std::string key_;  // of the first line that is held
  std::uint32_t lines_ = 0;
  std::uint64_t offset_ = 0;
  std::string places_ = "!meta 0 {\"format\":\"cdxj-gzip-1.0\",\"filename\":\"index.cdx.gz\"}\n";
};

class Package {
 public:
  Package(Database& reader, const WaczOptions& options, ZipSink sink)
      : reader_(reader), options_(options), zip_(std::move(sink), options.written_at) {}

  base::Result<ExportEnd> write() {
    LineSorter lines(options_.sort_directory);
    auto end = archive(lines);
    if (!end) return end;
    auto done = index(lines);
    if (done) done = pages({.after = options_.after, .last = end->last_key});
    if (!done) return std::move(done).error();
    const std::string package = manifest();
    zip_.add(std::string(kPackage), package, ZipPacking::deflated);
    zip_.add("datapackage-digest.json",
             "{" + member("path", kPackage) + "," + member("hash", sha256_label(package)) + "}\n",
             ZipPacking::stored);
    if (!zip_.finish()) end->complete = false;
    return end;
  }

 private:
  base::Result<ExportEnd> archive(LineSorter& lines) {
    const WarcOptions options{.after = options_.after,
                              .revisits = Revisits::of_this_file,
                              .file_name = std::string(kWarc),
                              .software = options_.software,
                              .written_at = options_.written_at,
                              .enough = options_.enough};
    base::Status kept = base::Done{};
    zip_.begin("archive/" + std::string(kWarc), ZipPacking::stored);
    auto end = export_warc(
        reader_, options, [&](std::string_view bytes) { return kept.ok() && zip_.write(bytes); },
        [&](std::string_view line) {
          if (kept.ok()) kept = lines.add(line);
        });
    zip_.end();
    if (!kept) return std::move(kept).error();
    return end;
  }

  base::Status index(LineSorter& lines) {
    zip_.begin("indexes/" + std::string(kIndex), ZipPacking::stored);
    IndexEntry entry(zip_);
    base::Result<bool> going = true;
    auto done = lines.each([&](std::string_view line) {
      going = entry.line(line);
      return going && *going;
    });
    if (done && going && *going) going = entry.end_member();
    zip_.end();
    if (!done) return done;
    if (!going) return std::move(going).error();
    zip_.add("indexes/index.idx", entry.places(), ZipPacking::deflated);
    return base::Done{};
  }

  base::Status pages(Range range) {
    auto texts = has_texts(range);
    if (!texts) return std::move(texts).error();
    zip_.begin("pages/pages.jsonl", ZipPacking::deflated);
    bool going = zip_.write(
        "{\"format\":\"json-pages-1.0\",\"id\":\"pages\",\"title\":\"All Pages\","
        "\"hasText\":" +
        std::string(*texts ? "true" : "false") + "}\n");
    while (going && range.after < range.last) {
      auto last = page_lines(range);
      if (!last) return std::move(last).error();
      going = *last > range.after;
      range.after = *last;
    }
    zip_.end();
    return base::Done{};
  }

  base::Result<bool> has_texts(Range range) {
    bool found = false;
    auto done = reader_.each(
        "SELECT 1 FROM fetches AS f CROSS JOIN pages AS p ON p.id = f.page_id "
        "WHERE f.id > ?1 AND f.id <= ?2 AND (p.text <> '' OR p.text_page_id IS NOT NULL) LIMIT 1",
        [&](Statement& s) { s.integer(1, range.after).integer(2, range.last); },
        [&](Statement&) { found = true; });
    if (!done) return std::move(done).error();
    return found;
  }

  // The next pages among the fetches of `range`, and the last of these; `after` when there are
  // none.
  base::Result<std::int64_t> page_lines(Range range) {
    std::int64_t last = range.after;
    auto done = reader_.each(
        "SELECT f.id, u.url, p.fetched_at, p.title, x.text, u.depth, p.id "
        "FROM fetches AS f CROSS JOIN pages AS p ON p.id = f.page_id "
        "JOIN urls AS u ON u.id = p.url_id JOIN page_texts AS x ON x.page_id = p.id "
        "WHERE f.id > ?1 AND f.id <= ?2 AND p.status = 200 AND p.kind IN ('html', 'xhtml', 'text') "
        "ORDER BY f.id LIMIT ?3",
        [&](Statement& s) {
          s.integer(1, range.after).integer(2, range.last).integer(3, kPagesARead);
        },
        [&](Statement& s) {
          last = s.integer(0);
          const std::string_view title = s.text(3);
          std::string line = "{" + member("id", std::to_string(s.integer(6))) + "," +
                             member("url", s.text(1)) + "," + member("ts", iso(s.integer(2)));
          if (!title.empty()) line += "," + member("title", title);
          if (!s.text(4).empty()) line += "," + member("text", s.text(4));
          zip_.write(line + "}\n");
          if (main_ && main_->depth <= s.integer(5)) return;
          main_ = MainPage{.url = std::string(s.text(1)),
                           .title = std::string(title),
                           .fetched_at = s.integer(2),
                           .depth = s.integer(5)};
        });
    if (!done) return std::move(done).error();
    return last;
  }

  std::string manifest() const {
    std::string text = "{" + member("profile", "data-package") + "," +
                       member("wacz_version", "1.1.1") + "," +
                       member("created", iso(options_.written_at)) + "," +
                       member("software", options_.software) + ",";
    if (main_) {
      text += member("title", main_->title.empty() ? main_->url : main_->title) + "," +
              member("mainPageUrl", main_->url) + "," +
              member("mainPageDate", iso(main_->fetched_at)) + ",";
    }
    text += "\"resources\":[";
    for (const ZipEntry& entry : zip_.entries()) {
      if (&entry != &zip_.entries().front()) text += ",";
      text += "{" + member("name", entry.name.substr(entry.name.rfind('/') + 1)) + "," +
              member("path", entry.name) + "," + member("hash", entry.digest) +
              ",\"bytes\":" + std::to_string(entry.bytes) + "}";
    }
    return text + "]}\n";
  }

  Database& reader_;
  const WaczOptions& options_;
  ZipWriter zip_;
  std::optional<MainPage> main_;
};

}  // namespace

base::Result<ExportEnd> export_wacz(Database& reader, const WaczOptions& options, ZipSink sink) {
  return Package(reader, options, std::move(sink)).write();
}

bool is_archive_of_wacz(std::string_view name) {
  return name.starts_with("archive/") && (name.ends_with(".warc.gz") || name.ends_with(".warc"));
}

}  // namespace crawld::storage
