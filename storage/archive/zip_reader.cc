#include "storage/archive/zip_reader.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "storage/archive/zip_format.h"

namespace crawld::storage {
namespace {

using namespace zip;

using base::Error;
using base::Status;

constexpr std::size_t kLocalSize = 30;  // without name and fields (4.3.7)
constexpr std::size_t kEntrySize = 46;  // 4.3.12
constexpr std::size_t kEndSize = 22;    // 4.3.16
constexpr std::size_t kZip64EndSize = 56;
constexpr std::size_t kLocatorSize = 20;
constexpr std::uint16_t kEncrypted = 1U | 1U << 6 | 1U << 13;  // flags 0, 6 and 13
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::size_t kBlock = 64U << 10;
constexpr std::uint64_t kMostDirectory = 256U << 20;  // millions of entries

Error corrupt(std::string what) { return {Error::Code::corrupt, std::move(what)}; }
Error cut_off() { return corrupt("no ZIP file, or cut off: it ends without a directory"); }

// Little-endian (4.4.1.1). Needs: so many bytes at `at`.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

// So many bytes of the file, or an error: the end comes first.
base::Result<std::string> bytes_at(const ReadAt& read, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t have = 0; have < size;) {
    const auto count = read(offset + have, std::span(bytes).subspan(have));
    if (!count) return Error(count.error());
    if (*count == 0) return cut_off();
    have += *count;
  }
  return bytes;
}

struct Directory {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t entries = 0;
};

// 4.3.14 and 4.3.15: the locator stands right in front of the end.
base::Result<Directory> zip64_directory(const ReadAt& read, std::uint64_t end) {
  if (end < kLocatorSize + kZip64EndSize) return cut_off();
  const auto locator = bytes_at(read, end - kLocatorSize, kLocatorSize);
  if (!locator) return Error(locator.error());
  if (number(*locator, 0, 4) != kZip64Locator) return corrupt("no locator of its ZIP64 directory");
  const std::uint64_t at = number(*locator, 8, 8);
  if (at > end - kLocatorSize - kZip64EndSize) return cut_off();
  const auto record = bytes_at(read, at, kZip64EndSize);
  if (!record) return Error(record.error());
  if (number(*record, 0, 4) != kZip64End) return corrupt("no ZIP64 directory where it should be");
  const std::uint64_t size = number(*record, 40, 8);
  const std::uint64_t begin = number(*record, 48, 8);
  if (begin > at || size > at - begin) return cut_off();
  return Directory{.begin = begin, .end = begin + size, .entries = number(*record, 32, 8)};
}

base::Result<Directory> find_directory(const ReadAt& read, std::uint64_t file_size) {
  // A comment of up to 64 KiB may follow.
  const std::uint64_t room = std::min<std::uint64_t>(file_size, kEndSize + kMany);
  if (room < kEndSize) return cut_off();
  const auto tail = bytes_at(read, file_size - room, room);
  if (!tail) return Error(tail.error());
  std::optional<std::size_t> at;
  for (std::size_t i = room - kEndSize + 1; i > 0 && !at; --i) {
    if (number(*tail, i - 1, 4) != kEnd) continue;
    if (i - 1 + kEndSize + number(*tail, i - 1 + 20, 2) <= room) at = i - 1;
  }
  if (!at) return cut_off();
  const std::uint64_t end = file_size - room + *at;
  const std::uint64_t entries = number(*tail, *at + 10, 2);
  const std::uint64_t size = number(*tail, *at + 12, 4);
  const std::uint64_t begin = number(*tail, *at + 16, 4);
  if (entries == kMany || size == kLarge || begin == kLarge) return zip64_directory(read, end);
  if (number(*tail, *at + 4, 4) != 0) return corrupt("a ZIP file in parts");
  if (begin > end || size > end - begin) return cut_off();
  return Directory{.begin = begin, .end = begin + size, .entries = entries};
}

// The values that did not fit, in their order (4.5.3).
Status add_zip64(std::string_view fields, ZipDirectoryEntry& entry) {
  std::string_view large;
  while (fields.size() >= 4 && large.empty()) {
    const std::uint64_t size = number(fields, 2, 2);
    if (size > fields.size() - 4) break;
    if (number(fields, 0, 2) == kZip64Field) large = fields.substr(4, size);
    fields.remove_prefix(4 + size);
  }
  for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
    if (*value != kLarge) continue;
    if (large.size() < 8) return corrupt("an entry without its ZIP64 sizes");
    *value = number(large, 0, 8);
    large.remove_prefix(8);
  }
  return base::Done{};
}

// The directory's entries, one after the other, a block at a time.
class DirectoryReader {
 public:
  DirectoryReader(const ReadAt& read, Directory directory)
      : read_(read), directory_(directory), at_(directory.begin) {}

  base::Result<ZipDirectoryEntry> next() {
    if (Status ready = need(kEntrySize); !ready) return std::move(ready).error();
    const std::string_view head = std::string_view(held_).substr(from_);
    if (number(head, 0, 4) != kDirectoryEntry) return corrupt("a directory that is damaged");
    const std::size_t name = number(head, 28, 2);
    const std::size_t fields = number(head, 30, 2);
    const std::size_t all = kEntrySize + name + fields + number(head, 32, 2);
    ZipDirectoryEntry entry{.name = {},
                            .method = static_cast<std::uint16_t>(number(head, 10, 2)),
                            .flags = static_cast<std::uint16_t>(number(head, 8, 2)),
                            .crc = static_cast<std::uint32_t>(number(head, 16, 4)),
                            .packed = number(head, 20, 4),
                            .size = number(head, 24, 4),
                            .offset = number(head, 42, 4)};
    if (Status ready = need(all); !ready) return std::move(ready).error();
    const std::string_view whole = std::string_view(held_).substr(from_, all);
    entry.name = whole.substr(kEntrySize, name);
    if (Status added = add_zip64(whole.substr(kEntrySize + name, fields), entry); !added) {
      return std::move(added).error();
    }
    from_ += all;
    const std::uint64_t room = directory_.begin;
    if (entry.offset > room || room - entry.offset < kLocalSize ||
        entry.packed > room - entry.offset - kLocalSize) {
      return corrupt("an entry that reaches into the directory");
    }
    return entry;
  }

 private:
  // So many bytes from `from_` on are held.
  Status need(std::size_t size) {
    if (held_.size() - from_ >= size) return base::Done{};
    held_.erase(0, std::exchange(from_, 0));
    const std::size_t missing = size - held_.size();
    const std::uint64_t left = directory_.end - at_;
    if (missing > left) return corrupt("a directory that ends in an entry");
    const std::size_t piece = std::max<std::size_t>(missing, std::min<std::uint64_t>(left, kBlock));
    auto bytes = bytes_at(read_, at_, piece);
    if (!bytes) return std::move(bytes).error();
    at_ += piece;
    held_ += *bytes;
    return base::Done{};
  }

  const ReadAt& read_;
  const Directory directory_;
  std::uint64_t at_;  // in the file: what was not read yet
  std::string held_;
  std::size_t from_ = 0;  // of `held_`: what was not taken yet
};

// Entries that share bytes make a small file of any size of content.
Status refuse_shared_bytes(const std::vector<ZipDirectoryEntry>& entries) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  ranges.reserve(entries.size());
  for (const ZipDirectoryEntry& entry : entries) {
    ranges.emplace_back(entry.offset, entry.offset + kLocalSize + entry.packed);
  }
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].second) return corrupt("entries that share bytes");
  }
  return base::Done{};
}

}  // namespace

base::Result<std::vector<ZipDirectoryEntry>> read_zip_directory(
    const ReadAt& read, std::uint64_t file_size,
    const std::function<bool(std::string_view name)>& wanted) {
  const auto directory = find_directory(read, file_size);
  if (!directory) return Error(directory.error());
  if (directory->end - directory->begin > kMostDirectory) {
    return corrupt("its directory is too large");
  }
  DirectoryReader reader(read, *directory);
  std::vector<ZipDirectoryEntry> entries;
  for (std::uint64_t i = 0; i < directory->entries; ++i) {
    auto entry = reader.next();
    if (!entry) return std::move(entry).error();
    if (wanted(entry->name)) entries.push_back(*std::move(entry));
  }
  if (Status apart = refuse_shared_bytes(entries); !apart) return std::move(apart).error();
  return entries;
}

ZipEntryReader::ZipEntryReader(ReadAt read, ZipDirectoryEntry entry)
    : read_(std::move(read)), entry_(std::move(entry)) {}

ZipEntryReader::~ZipEntryReader() {
  if (inflating_) inflateEnd(&stream_);
}

Status ZipEntryReader::begin() {
  begun_ = true;
  if ((entry_.flags & kEncrypted) != 0) return Error{Error::Code::incompatible, "it is encrypted"};
  if (entry_.method != kStored && entry_.method != kDeflated) {
    return Error{Error::Code::incompatible, "it is packed by method " +
                                                std::to_string(entry_.method) +
                                                "; stored and deflated (0 and 8) are read"};
  }
  const auto head = bytes_at(read_, entry_.offset, kLocalSize);
  if (!head) return Error(head.error());
  if (number(*head, 0, 4) != kLocalHeader) return corrupt("it is not where the directory says");
  // Name and fields may be others than those of the directory: only their sizes count.
  at_ = entry_.offset + kLocalSize + number(*head, 26, 2) + number(*head, 28, 2);
  left_ = entry_.packed;
  if (entry_.method == kStored) {
    if (entry_.size != entry_.packed) return corrupt("a stored entry with two sizes");
    return base::Done{};
  }
  // A negative window: no header of zlib's own.
  if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) std::abort();  // no memory
  inflating_ = true;
  held_.resize(kBlock);
  return base::Done{};
}

base::Result<std::size_t> ZipEntryReader::read(std::span<char> into) {
  if (!begun_) {
    if (Status done = begin(); !done) return std::move(done).error();
  }
  auto count = inflating_ ? inflate_into(into) : stored_into(into);
  if (!count) return count;
  given_ += *count;
  if (given_ > entry_.size) return corrupt("it holds more than the directory says");
  crc_ = static_cast<std::uint32_t>(
      crc32_z(crc_, reinterpret_cast<const Bytef*>(into.data()), *count));
  if (*count > 0 || into.empty()) return count;
  if (given_ < entry_.size) return corrupt("it holds less than the directory says");
  if (crc_ != entry_.crc) return corrupt("its checksum does not match");
  return count;
}

base::Result<std::size_t> ZipEntryReader::stored_into(std::span<char> into) {
  const std::size_t piece = std::min<std::uint64_t>(into.size(), left_);
  if (piece == 0) return std::size_t{0};
  auto count = read_(at_, into.first(piece));
  if (!count) return count;
  at_ += *count;
  left_ -= *count;
  return count;
}

// Packed bytes for the stream, where it has none and some are left.
Status ZipEntryReader::fill() {
  const std::size_t piece = std::min<std::uint64_t>(held_.size(), left_);
  if (stream_.avail_in > 0 || piece == 0) return base::Done{};
  const auto count = read_(at_, std::span(held_).first(piece));
  if (!count) return Error(count.error());
  at_ += *count;
  left_ = *count == 0 ? 0 : left_ - *count;
  stream_.next_in = reinterpret_cast<Bytef*>(held_.data());
  stream_.avail_in = static_cast<uInt>(*count);
  return base::Done{};
}

base::Result<std::size_t> ZipEntryReader::inflate_into(std::span<char> into) {
  const std::size_t room = std::min<std::size_t>(into.size(), 1U << 30);  // zlib counts in 32 bits
  while (!ended_ && room > 0) {
    if (Status filled = fill(); !filled) return std::move(filled).error();
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(room);
    const int rc = ::inflate(&stream_, Z_NO_FLUSH);
    if (rc == Z_BUF_ERROR) return corrupt("its deflated data is cut off");
    if (rc != Z_OK && rc != Z_STREAM_END) return corrupt("its deflated data is damaged");
    ended_ = rc == Z_STREAM_END;
    const std::size_t made = room - stream_.avail_out;
    if (made > 0) return made;
  }
  return std::size_t{0};
}

}  // namespace crawld::storage
