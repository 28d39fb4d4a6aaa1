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

// The chunks of `body` joined (RFC 9112 section 7.1); nothing when they are none: many
// archives hold the body joined beneath a header that says otherwise.
std::optional<std::string> joined_chunks(std::string_view body) {
  std::string joined;
  while (const auto line = take_line(body)) {
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const bool ended = end == line->data() + line->size() || *end == ';' || *end == ' ';
    if (error != std::errc() || !ended) return std::nullopt;
    if (size == 0) return joined;
    if (size > body.size()) return joined += body;  // cut off within a chunk
    joined += body.substr(0, size);
    body.remove_prefix(size);
    if (!take_line(body)) return joined;
  }
  return joined;
}

bool is_chunked(const model::Headers& headers) {
  return base::ascii_lower(headers.joined("Transfer-Encoding")).find("chunked") !=
         std::string::npos;
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
  std::optional<std::string> joined;
  if (!archived.decoded && is_chunked(response.headers)) joined = joined_chunks(block);
  const std::string_view body = joined ? std::string_view(*joined) : block;
  response.body = body.substr(0, most_body);
  response.body_size = response.body.size();
  response.truncated = body.size() > most_body;
  return archived;
}

}  // namespace crawld::storage
