#include "crawler/fetch/response_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/fetch/header_name.h"

namespace crawld::fetch {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::uint64_t kShort = 16 << 10;
constexpr std::size_t kReserve = 1 << 20;  // an announced length is believed up to here

// What RFC 9110 section 5.5 has a recipient replace: these would let one value
// become two lines in an export, or end early.
std::string clean(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\0' || c == '\r' || c == '\n'; }, ' ');
  return out;
}

// "HTTP/1.1 200 OK" -> 1.1 and 200 (RFC 9112 section 4; HTTP/2 and above have no
// minor version).
bool parse_status_line(std::string_view line, std::string& version, int& status) {
  line.remove_prefix(5);
  const auto space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return false;
  const std::string_view number = line.substr(0, space);
  if (number.find_first_not_of("0123456789.") != std::string_view::npos) return false;
  std::string_view code = line.substr(space);
  code = code.substr(std::min(code.find_first_not_of(' '), code.size()));
  if (code.size() < 3 || !std::all_of(code.begin(), code.begin() + 3, base::is_ascii_digit))
    return false;
  if (code.size() > 3 && kBlank.find(code[3]) == std::string_view::npos) return false;
  version = number;
  status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  return status >= 100;
}

// Calls `use` with each trimmed element of a comma-separated list until it says no.
template <class Use>
bool each_element(std::string_view list, Use use) {
  while (true) {
    const auto comma = list.find(',');
    if (!use(base::trim(list.substr(0, comma), kBlank))) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

// The number at the front of `text`, which is left behind it; nothing where there is none, or a
// larger one than can be had.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool is_framing(std::string_view name) {
  return same_header_name(name, "content-length") || same_header_name(name, "transfer-encoding");
}

// RFC 9110 section 14.4: "bytes 0-99/100" is all there is.
bool is_whole(const model::Headers& headers) {
  constexpr std::string_view kFromTheStart = "bytes 0-";
  std::string_view range = headers.get("content-range");
  if (!range.starts_with(kFromTheStart)) return false;
  range.remove_prefix(kFromTheStart.size());
  const auto last = take_number(range);
  if (!last || !range.starts_with('/')) return false;
  range.remove_prefix(1);
  const auto size = take_number(range);
  return size && range.empty() && *size > 0 && *last == *size - 1;
}

}  // namespace

bool ResponseReader::refuse(std::string why) {
  if (refusal_.empty()) refusal_ = std::move(why);
  return false;
}

bool ResponseReader::header(std::string_view line) {
  if (!refusal_.empty()) return false;
  header_bytes_ += line.size();
  if (header_bytes_ > limits_.header_bytes) return refuse("more bytes of headers than allowed");
  if (++header_lines_ > limits_.header_lines) return refuse("more header lines than allowed");

  if (state_ != State::inside && line.starts_with("HTTP/") && may_start()) return start(line);
  if (state_ != State::inside) return true;  // a trailer: counted, not kept
  if (base::trim(line, kBlank).empty()) return finish_section();
  field(line);
  return true;
}

// A response may follow an informational one and, where the client answers a
// challenge, a 401. Anything else that looks like a status line is a trailer.
bool ResponseReader::may_start() const {
  if (state_ == State::before) return true;
  const bool challenge = response_.status == 401 || response_.status == 407;
  return limits_.answers_challenges && challenge;
}

bool ResponseReader::start(std::string_view line) {
  response_ = {};
  content_length_.reset();
  is_chunked_ = odd_framing_ = counts_itself_ = complete_ = false;
  name_.clear();
  if (!parse_status_line(line, response_.http_version, response_.status)) {
    return refuse("no valid status line");
  }
  state_ = State::inside;
  return true;
}

void ResponseReader::field(std::string_view line) {
  const bool folded = line.front() == ' ' || line.front() == '\t';
  if (folded && !name_.empty()) {
    odd_framing_ |= is_framing(name_);
    value_ += ' ';
    value_ += clean(base::trim(line, kBlank));
    return;
  }
  if (!name_.empty()) response_.headers.add(std::move(name_), std::move(value_));
  name_.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  name_ = clean(base::trim(line.substr(0, colon), kBlank));
  odd_framing_ |= name_.size() < colon && is_framing(name_);
  value_ = clean(base::trim(line.substr(colon + 1), kBlank));
}

bool ResponseReader::finish_section() {
  if (!name_.empty()) response_.headers.add(std::move(name_), std::move(value_));
  name_.clear();
  if (response_.status == 101) return refuse("switched protocols unasked");
  if (response_.status < 200) {
    state_ = State::before;
    return true;
  }
  state_ = State::done;
  if (!check_framing()) return false;
  response_.unwanted = !is_wanted();
  counts_itself_ = content_length_ && !is_chunked_ && response_.headers.has("transfer-encoding");
  complete_ = counts_itself_ && *content_length_ == 0;
  return !complete_;
}

// RFC 9110 section 8.3.1: type, subtype and what stands behind ";", in any case.
bool ResponseReader::is_wanted() const {
  if (limits_.content_types.empty() || response_.status / 100 != 2) return true;
  // Of several the last one (Fetch, "extract a MIME type").
  const std::string all = response_.headers.joined("content-type");
  const std::string_view field = std::string_view(all).substr(all.rfind(',') + 1);
  const std::string type = base::ascii_lower(base::trim(field.substr(0, field.find(';')), kBlank));
  if (type.empty()) return true;
  return std::any_of(
      limits_.content_types.begin(), limits_.content_types.end(), [&](std::string_view wanted) {
        return wanted.ends_with('*') ? type.starts_with(wanted.substr(0, wanted.size() - 1))
                                     : type == wanted;
      });
}

// RFC 9112 section 6.3: a length that is no number, or two that differ, cannot be
// recovered from. Behind a name with a space, or on a second line, libcurl does not read it. A
// coding other than chunked was not asked for.
bool ResponseReader::check_framing() {
  if (response_.status == 204 || response_.status == 304) return true;
  if (odd_framing_) return refuse("Content-Length or Transfer-Encoding in an odd spelling");
  for (const auto& [name, value] : response_.headers.all()) {
    if (same_header_name(name, "content-length")) {
      const bool good = each_element(value, [&](std::string_view text) {
        std::int64_t length = 0;  // libcurl knows no longer one
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (failed != std::errc{} || end != text.data() + text.size() || length < 0) return false;
        const auto bytes = static_cast<std::uint64_t>(length);
        if (content_length_ && *content_length_ != bytes) return false;
        content_length_ = bytes;
        return true;
      });
      if (!good) return refuse("Content-Length is no number, or two that differ");
    }
    if (same_header_name(name, "transfer-encoding")) {
      const bool good = each_element(value, [&](std::string_view coding) {
        if (same_header_name(coding, "chunked")) return is_chunked_ = true;
        return coding.empty() || same_header_name(coding, "identity");
      });
      if (!good) return refuse("a transfer coding that was not asked for");
    }
  }
  return true;
}

bool ResponseReader::body(std::string_view bytes) {
  if (!refusal_.empty()) return false;
  // A short one is cheaper to let by than a new connection.
  if (response_.unwanted) return content_length_ && !counts_itself_ && *content_length_ <= kShort;
  const bool ends = counts_itself_ && bytes.size() >= *content_length_ - response_.body.size();
  if (ends) bytes = bytes.substr(0, *content_length_ - response_.body.size());
  if (response_.body.empty() && content_length_) {
    response_.body.reserve(
        std::min({static_cast<std::size_t>(*content_length_), limits_.body, kReserve}));
  }
  const std::size_t room = limits_.body - std::min(limits_.body, response_.body.size());
  response_.body.append(bytes.substr(0, room));
  response_.truncated = bytes.size() > room;
  complete_ = ends && !response_.truncated;
  return !ends && !response_.truncated;
}

model::Response ResponseReader::take() {
  if (response_.status == 206 && !limits_.takes_part && !is_whole(response_.headers)) {
    response_.truncated = true;
  }
  return std::move(response_);
}

bool ResponseReader::head_says_all() const {
  return has_response() && refusal_.empty() && response_.status >= 300 && !may_start();
}

model::Response ResponseReader::take_broken_off() {
  response_.truncated = response_.broke_off = true;
  return take();
}

bool ResponseReader::ends_by_close() const {
  if (response_.status == 204 || response_.status == 304) return false;
  return !content_length_ && !is_chunked_;
}

bool ResponseReader::ambiguous_framing() const {
  return content_length_ && response_.headers.has("transfer-encoding");
}

}  // namespace crawld::fetch
