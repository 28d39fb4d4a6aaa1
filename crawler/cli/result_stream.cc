#include "crawler/cli/result_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "crawler/base/clock.h"
#include "crawler/base/log.h"
#include "crawler/cli/json_text.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& value) {
  return without_raw_controls(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

// RFC 4180 section 2.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
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
    line.content_type = response->headers.get("Content-Type");
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
    return line.page != nullptr ? csv_field(line.page->*member) : std::string();
  };
  return csv_field(line.url) + "," + std::to_string(line.status) + "," + line.fetched_at + "," +
         std::to_string(line.depth) + "," + csv_field(line.content_type) + "," +
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
  return csv_field(line.url) + "," + csv_field(record.rule) + "," + line.fetched_at + "," +
         csv_field(record.fields_json) + "," + csv_field(record.errors_json);
}

}  // namespace

base::Result<std::unique_ptr<ResultStream>> ResultStream::open(const std::string& path) {
  const bool csv = path.ends_with(".csv");
  if (path == "-") return std::unique_ptr<ResultStream>(new ResultStream(stdout, csv, true));
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  struct stat facts {};
  if (fd < 0 || fstat(fd, &facts) != 0) {
    return base::Error{base::Error::Code::io, "cannot write " + path + ": " + std::strerror(errno)};
  }
  std::FILE* file = fdopen(fd, "a");
  return std::unique_ptr<ResultStream>(new ResultStream(file, csv, facts.st_size == 0));
}

ResultStream::ResultStream(std::FILE* file, bool csv, bool empty)
    : file_(file), csv_(csv), needs_header_(csv && empty) {}

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
    if (needs_header_) {
      needs_header_ = false;
      put(has_rules ? "url,rule,fetched_at,fields,errors"
                    : "url,status,fetched_at,depth,content_type,bytes,lang,title,description");
    }
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
  if (failed_ == 0 || failed_ == EPIPE || file_ == stdout) return base::Done{};
  const auto code = failed_ == ENOSPC ? base::Error::Code::disk_full : base::Error::Code::io;
  return base::Error{code, std::string("the output is not whole: ") + std::strerror(failed_) +
                               "; crawld export has the rest"};
}

}  // namespace crawld::cli
