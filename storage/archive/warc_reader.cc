#include "storage/archive/warc_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "crawler/base/ascii.h"

namespace crawld::storage {
namespace {

using base::Error;
using base::Status;

constexpr std::size_t kChunk = 64U << 10;
constexpr std::string_view kRecord = "WARC/";
constexpr std::size_t kMostHead = 64U << 10;  // bytes of a record's named fields

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && (blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// A line that starts with white space goes on with the one before (section 4, "LWS").
void add_field(std::string_view line, ArchiveRecord& record) {
  if (!line.empty() && blank(line.front())) {
    if (!record.fields.empty()) record.fields.back().second.append(" ").append(trimmed(line));
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  record.fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

}  // namespace

std::string_view ArchiveRecord::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (base::equals_ignoring_case(key, name)) return value;
  }
  return {};
}

WarcReader::WarcReader(Source source, std::uint64_t most_block)
    : bytes_(std::move(source)), most_block_(most_block) {}

Error WarcReader::broken(std::string_view what) const {
  return {Error::Code::corrupt,
          "record " + std::to_string(records_ + 1) + ": " + std::string(what)};
}

base::Result<std::optional<ArchiveRecord>> WarcReader::next() {
  ArchiveRecord record;
  const auto found = read_head(record);
  if (!found) return Error(found.error());
  if (!*found) return std::optional<ArchiveRecord>();
  if (Status block = read_block(record); !block) return std::move(block).error();
  if (Status end = read_end(); !end) return std::move(end).error();
  record.number = ++records_;
  return std::optional(std::move(record));
}

base::Result<std::optional<std::uint64_t>> WarcReader::recover() {
  auto passed = bytes_.skip_to_member(kRecord);
  if (passed && *passed) ++records_;
  return passed;
}

// False at the end of the file. Bare line feeds end lines as well.
base::Result<bool> WarcReader::read_head(ArchiveRecord& record) {
  std::size_t size = 0;
  for (bool first = true; true;) {
    const std::size_t end = bytes_.ready().find('\n');
    if (end == std::string_view::npos) {
      if (bytes_.ready().size() > kMostHead) return broken("a line without an end");
      auto more = bytes_.more();
      if (!more) return broken(more.error().message);
      if (*more) continue;
      if (first && trimmed(bytes_.ready()).empty()) return false;
      return broken(records_ == 0 && first ? "this is no WARC file" : "the file ends in its head");
    }
    const std::string line(trimmed(bytes_.ready().substr(0, end)));
    const bool continued = blank(bytes_.ready().front());
    bytes_.take(end + 1);
    size += end + 1;
    if (size > kMostHead) return broken("its head is too long");
    if (first) {
      if (line.empty()) continue;  // between records
      if (!line.starts_with(kRecord)) return broken("no \"WARC/\" where a record should start");
      first = false;
    } else if (line.empty()) {
      return true;
    } else {
      add_field(continued ? " " + line : line, record);
    }
  }
}

Status WarcReader::read_block(ArchiveRecord& record) {
  const std::string_view text = record.field("Content-Length");
  std::uint64_t left = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), left);
  if (error != std::errc() || end != text.data() + text.size()) {
    return broken("no Content-Length that is a number");
  }
  while (left > 0) {
    if (bytes_.ready().empty()) {
      auto more = bytes_.more();
      if (!more) return broken(more.error().message);
      if (!*more) return broken("the file ends in its block");
      continue;
    }
    const auto part = bytes_.ready().substr(0, std::min<std::uint64_t>(left, kChunk));
    const std::uint64_t room = most_block_ - record.block.size();
    record.block += part.substr(0, std::min<std::uint64_t>(room, part.size()));
    record.cut = record.cut || part.size() > room;
    left -= part.size();
    bytes_.take(part.size());
  }
  return base::Done{};
}

// What stands between records, and with it the checksum of a gzip member: it is the record before
// that is damaged where they do not match.
Status WarcReader::read_end() {
  while (true) {
    const std::size_t count =
        std::min(bytes_.ready().find_first_not_of("\r\n"), bytes_.ready().size());
    bytes_.take(count);
    if (!bytes_.ready().empty()) return base::Done{};
    auto more = bytes_.more_of_member();
    if (!more) return broken(more.error().message);
    if (!*more) return base::Done{};
  }
}

std::optional<Millis> warc_date(std::string_view text) {
  // Year, month, day, hour, minute, second; what is left out stands at its least.
  std::array<int, 6> parts{0, 1, 1, 0, 0, 0};
  constexpr std::array<char, 6> kEnds{'-', '-', 'T', ':', ':', '.'};
  if (text.ends_with('Z')) text.remove_suffix(1);
  Millis fraction = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t digits = i == 0 ? 4 : 2;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + std::min(digits, text.size()), parts[i]);
    if (error != std::errc() || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text.front() != kEnds[i]) return std::nullopt;
    text.remove_prefix(1);
    if (i + 1 < parts.size()) continue;
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    const std::string millis = (std::string(text) + "00").substr(0, 3);
    std::from_chars(millis.data(), millis.data() + millis.size(), fraction);
  }
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (parts[0] < 1 || !day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60 ||
      std::any_of(parts.begin(), parts.end(), [](int part) { return part < 0; })) {
    return std::nullopt;
  }
  const std::chrono::sys_days days(day);
  return (Millis{days.time_since_epoch().count()} * 86'400 + parts[3] * 3'600 + parts[4] * 60 +
          parts[5]) *
             1'000 +
         fraction;
}

}  // namespace crawld::storage
