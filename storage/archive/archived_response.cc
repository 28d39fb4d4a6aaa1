#include "storage/archive/archived_response.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "crawler/base/ascii.h"

namespace crawld::storage {
namespace {

constexpr std::string_view kOriginal = "X-Archive-Orig-";

// The next line without its end; `rest` moves behind it. Nothing without a line feed.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

// "HTTP/1.1 200 OK": RFC 9112 section 4.
bool read_status_line(std::string_view line, model::Response& response) {
  constexpr std::string_view kName = "HTTP/";
  if (!line.starts_with(kName)) return false;
  line.remove_prefix(kName.size());
  const std::size_t space = line.find(' ');
  if (space == 0 || space > 3) return false;
  response.http_version = line.substr(0, space);
  line.remove_prefix(space + 1);
  const auto [end, error] = std::from_chars(
      line.data(), line.data() + std::min<std::size_t>(3, line.size()), response.status);
  return error == std::errc() && end == line.data() + 3 && response.status >= 100 &&
         (line.size() == 3 || line[3] == ' ');
}

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// Up to the empty line. False when it never comes.
bool read_header_lines(std::string_view& rest, HeaderLines& lines) {
  while (const auto line = take_line(rest)) {
    if (line->empty()) return true;
    const std::size_t colon = line->find(':');
    if (line->front() == ' ' || line->front() == '\t') {
      // obs-fold, RFC 9112 section 5.2.
      if (!lines.empty()) lines.back().second.append(" ").append(base::trim(*line));
    } else if (colon != std::string_view::npos && colon > 0) {
      lines.emplace_back(line->substr(0, colon), base::trim(line->substr(colon + 1)));
    }
  }
  return false;
}

struct Joined {
  std::string body;
  bool whole = false;  // the last chunk came
};

// The chunks of `body` joined (RFC 9112 section 7.1); nothing when they are none: many
// archives hold the body joined beneath a header that says otherwise.
std::optional<Joined> joined_chunks(std::string_view body) {
  std::optional<Joined> joined;
  while (const auto line = take_line(body)) {
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const bool ended = end == line->data() + line->size() || *end == ';' || *end == ' ';
    if (error != std::errc() || !ended) return std::nullopt;
    if (!joined) joined.emplace();
    joined->whole = size == 0;
    if (joined->whole) return joined;
    const std::string_view chunk = body.substr(0, size);  // less where it was cut off
    joined->body += chunk;
    body.remove_prefix(chunk.size());
    if (!take_line(body)) return joined;
  }
  return joined;
}

bool is_chunked(const model::Headers& headers) {
  return base::ascii_lower(headers.joined("Transfer-Encoding")).find("chunked") !=
         std::string::npos;
}

// Whether `body` cannot be in the coding that its headers name. Programs that record what a
// browser got keep it decoded beneath the headers that came.
bool was_decoded(const model::Headers& headers, std::string_view body) {
  const std::string coding = base::ascii_lower(headers.joined("Content-Encoding"));
  if (body.empty()) return false;
  if (coding == "gzip" || coding == "x-gzip") return !body.starts_with("\x1F\x8B");
  // Of these two bytes the reserved bit of a meta-block's header is set (RFC 7932 section 9.2).
  if (coding == "br") return body.starts_with('<') || body.starts_with('\xEF');
  return coding == "zstd" && !body.starts_with("\x28\xB5\x2F\xFD");
}

}  // namespace

std::optional<ArchivedResponse> read_archived_response(std::string_view block,
                                                       std::uint64_t most_body) {
  ArchivedResponse archived;
  model::Response& response = archived.response;
  HeaderLines lines;
  const auto first = take_line(block);
  if (!first || !read_status_line(*first, response) || !read_header_lines(block, lines)) {
    return std::nullopt;
  }
  const auto has_original = [](const auto& line) {
    return base::starts_with_ignoring_case(line.first, kOriginal);
  };
  archived.decoded = std::any_of(lines.begin(), lines.end(), has_original);
  for (auto& [name, value] : lines) {
    if (base::starts_with_ignoring_case(name, kOriginal)) {
      response.headers.add(name.substr(kOriginal.size()), std::move(value));
    } else if (!archived.decoded || !base::equals_ignoring_case(name, "Content-Length")) {
      response.headers.add(std::move(name), std::move(value));
    }
  }
  std::optional<Joined> joined;
  if (!archived.decoded && is_chunked(response.headers)) joined = joined_chunks(block);
  const std::string_view body = joined ? std::string_view(joined->body) : block;
  archived.decoded = archived.decoded || was_decoded(response.headers, body);
  response.body = body.substr(0, most_body);
  response.body_size = response.body.size();
  response.truncated = body.size() > most_body || (joined && !joined->whole);
  return archived;
}

}  // namespace crawld::storage
