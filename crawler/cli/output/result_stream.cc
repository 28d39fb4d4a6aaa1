#include "crawler/cli/output/result_stream.h"
#include "crawler/cli/output/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crawler/base/ascii.h"
#include "crawler/base/clock.h"
#include "crawler/base/log.h"
#include "crawler/cli/output/json_text.h"
#include "storage/reports/exports.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& value) {
  return without_raw_controls(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

struct Line {
  std::string url;
  int status = 0;
  std::string fetched_at;
  unsigned depth = 0;
  const model::ParsedPage* page = nullptr;
  std::string content_type;
  std::size_t bytes = 0;
};

Line line_of(const storage::StoredPage& stored) {
  const model::Fetched& fetched = stored.parsed.fetched;
  Line line;
  line.url = fetched.lease.request.url.href();
  line.fetched_at = base::to_iso8601(fetched.fetched_at);
  line.depth = fetched.lease.request.depth;
  line.page = std::get_if<model::ParsedPage>(&stored.parsed.page);
  if (const auto* response = fetched.response()) {
    line.status = response->status;
    line.content_type = response->headers.joined("Content-Type");
  }
  line.bytes = line.page != nullptr ? line.page->body_size : 0;
  return line;
}

std::string page_json(const Line& line) {
  ordered_json out;
  out["url"] = line.url;
  out["status"] = line.status;
  out["fetched_at"] = line.fetched_at;
  out["depth"] = line.depth;
  out["content_type"] = line.content_type;
  out["bytes"] = line.bytes;
  if (line.page != nullptr) {
    out["lang"] = line.page->lang;
    out["title"] = line.page->title;
    out["description"] = line.page->description;
    out["canonical"] = line.page->canonical;
    out["content_hash"] = line.page->content_hash;
    out["links"] = line.page->links.size();
    out["text"] = line.page->main_text.empty() ? line.page->text : line.page->main_text;
    if (!line.page->markdown.empty()) out["markdown"] = line.page->markdown;
  }
  return dump(out);
}

std::string page_csv(const Line& line) {
  const auto of_page = [&](auto member) {
    return line.page != nullptr ? storage::csv_field(line.page->*member) : std::string();
  };
  return storage::csv_field(line.url) + "," + std::to_string(line.status) + "," + line.fetched_at +
         "," + std::to_string(line.depth) + "," + storage::csv_field(line.content_type) + "," +
         std::to_string(line.bytes) + "," + of_page(&model::ParsedPage::lang) + "," +
         of_page(&model::ParsedPage::title) + "," + of_page(&model::ParsedPage::description);
}

std::string record_json(const Line& line, const model::Record& record) {
  ordered_json out;
  out["url"] = line.url;
  out["rule"] = record.rule;
  out["fetched_at"] = line.fetched_at;
  out["fields"] = ordered_json::parse(record.fields_json, nullptr, false);
  out["errors"] = ordered_json::parse(record.errors_json, nullptr, false);
  return dump(out);
}

// Columns stay the same whatever the rules: the fields travel as JSON.
std::string record_csv(const Line& line, const model::Record& record) {
  return storage::csv_field(line.url) + "," + storage::csv_field(record.rule) + "," +
         line.fetched_at + "," + storage::csv_field(record.fields_json) + "," +
         storage::csv_field(record.errors_json);
}

constexpr std::string_view kPageHeader =
    "url,status,fetched_at,depth,content_type,bytes,lang,title,description";
constexpr std::string_view kRecordHeader = "url,rule,fetched_at,fields,errors";

bool ends_with(std::string_view path, std::string_view ending) {
  return path.size() > ending.size() &&
         base::equals_ignoring_case(path.substr(path.size() - ending.size()), ending);
}

base::Status check_name(const std::string& path) {
  const std::string ending(foreign_ending(path));
  if (ending.empty()) return base::Done{};
  return base::Error{base::Error::Code::invalid,
                     "-o " + path + ": no " + ending +
                         " is written; JSON Lines (.jsonl) and CSV (.csv) are, and crawld export "
                         "knows more"};
}

base::Error unwritable(const std::string& path) {
  return {base::Error::Code::io, "cannot write " + path + ": " + std::strerror(errno)};
}

// What `path` holds from an earlier run.
struct Held {
  std::string first;         // line, without its break
  std::streamoff whole = 0;  // bytes up to the last line break
  std::string rest;          // what stands behind it
};

Held read_held(const std::string& path, std::streamoff size) {
  constexpr std::streamoff kBlock = 64 << 10;
  std::ifstream file(path, std::ios::binary);
  Held held{.first = {}, .whole = size, .rest = {}};
  std::getline(file, held.first);
  file.clear();
  while (held.whole > 0) {
    std::string block(static_cast<std::size_t>(std::min(kBlock, held.whole)), '\0');
    file.seekg(held.whole - std::ssize(block));
    if (!file.read(block.data(), std::ssize(block))) break;
    const std::size_t rest = block.rfind('\n') + 1;  // 0: the break is further up
    held.rest.insert(0, block, rest);
    held.whole -= std::ssize(block) - static_cast<std::streamoff>(rest);
    if (rest > 0) break;
  }
  return held;
}

// Makes the end of `file` the end of a row. Only what looks like a row of ours is taken away.
base::Status end_with_whole_row(const std::string& path, std::FILE* file, const Held& held,
                                bool csv) {
  if (held.rest.empty()) return base::Done{};
  const bool cut = csv || (held.rest.starts_with('{') && !ordered_json::accept(held.rest));
  const bool done = cut ? ftruncate(fileno(file), static_cast<off_t>(held.whole)) == 0
                        : std::fputc('\n', file) != EOF && std::fflush(file) == 0;
  return done ? base::Status(base::Done{}) : unwritable(path);
}

}  // namespace

std::string_view foreign_ending(std::string_view path) {
  for (const std::string_view ending :
       {".xlsx", ".xls", ".ods", ".parquet", ".xml", ".html", ".htm", ".yaml", ".pdf", ".db",
        ".sqlite", ".sqlite3", ".warc", ".gz", ".zst", ".zip"}) {
    if (ends_with(path, ending)) return ending;
  }
  return {};
}

ResultRows rows_of(const std::vector<config::Site>& sites) {
  const auto has_rules = [](const config::Site& site) { return !site.extract.empty(); };
  if (std::all_of(sites.begin(), sites.end(), has_rules)) return ResultRows::records;
  return std::none_of(sites.begin(), sites.end(), has_rules) ? ResultRows::pages : ResultRows::both;
}

base::Result<std::unique_ptr<ResultStream>> ResultStream::open(const std::string& path,
                                                               ResultRows rows) {
  if (path == "-") return std::unique_ptr<ResultStream>(new ResultStream(stdout, false));
  if (base::Status name = check_name(path); !name) return std::move(name).error();
  if (!database_at(path).empty()) {
    return base::Error{base::Error::Code::invalid,
                       "-o " + path + ": it is a database; give another name"};
  }
  const bool csv = ends_with(path, ".csv");
  if (csv && rows == ResultRows::both) {
    return base::Error{base::Error::Code::invalid,
                       "-o " + path +
                           ": some sites have rules and some have none, whose rows have "
                           "other columns; .jsonl takes both"};
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  struct stat facts {};
  if (fd < 0 || fstat(fd, &facts) != 0) return unwritable(path);
  std::unique_ptr<ResultStream> stream(new ResultStream(fdopen(fd, "a"), csv));
  const bool goes_on = S_ISREG(facts.st_mode) && facts.st_size > 0;
  const Held held = goes_on ? read_held(path, facts.st_size) : Held{};
  const std::string_view header = rows == ResultRows::records ? kRecordHeader : kPageHeader;
  if (csv && held.whole > 0 && held.first != header) {
    return base::Error{base::Error::Code::invalid,
                       "-o " + path + ": it holds other columns; give another name"};
  }
  if (base::Status ended = end_with_whole_row(path, stream->file_, held, csv); !ended) {
    return std::move(ended).error();
  }
  if (csv && held.whole == 0) stream->put(std::string(header));
  return stream;
}

ResultStream::~ResultStream() {
  if (file_ != stdout) std::fclose(file_);
}

void ResultStream::put(const std::string& line) {
  if (failed_ != 0) return;
  const bool written = std::fwrite(line.data(), 1, line.size(), file_) == line.size() &&
                       std::fputc('\n', file_) != EOF;
  if (!written) give_up();
}

void ResultStream::write(const storage::CommitBatch& batch) {
  for (const storage::StoredPage& stored : batch.pages) {
    const Line line = line_of(stored);
    const bool has_rules = !stored.rule_set_hash.empty();
    if (!has_rules) {
      put(csv_ ? page_csv(line) : page_json(line));
    } else if (line.page != nullptr) {
      for (const model::Record& record : line.page->records) {
        put(csv_ ? record_csv(line, record) : record_json(line, record));
      }
    }
  }
  if (failed_ == 0 && std::fflush(file_) != 0) give_up();
}

void ResultStream::give_up() {
  failed_ = errno;
  base::log::warn("output.failed", {{"why", std::strerror(failed_)},
                                    {"crawl", "goes on; crawld export has the rest"}});
}

base::Status ResultStream::status() const {
  if (failed_ == 0 || failed_ == EPIPE) return base::Done{};
  const auto code = failed_ == ENOSPC ? base::Error::Code::disk_full : base::Error::Code::io;
  return base::Error{code, std::string("the output is not whole: ") + std::strerror(failed_) +
                               "; crawld export has the rest"};
}

}  // namespace crawld::cli
