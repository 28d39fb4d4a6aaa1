#include "storage/archive/zip_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <ctime>

#include "storage/archive/zip_format.h"

namespace crawld::storage {
namespace {

using namespace zip;

constexpr std::uint16_t kVersion = 45;           // to read ZIP64 (4.4.3.2)
constexpr std::uint16_t kMadeByUnix = 3U << 8;   // 4.4.2: the mode below holds
constexpr std::uint32_t kMode = 0100644U << 16;  // a file for all to read
constexpr std::uint64_t kZip64EndRest = 44;      // of that record, behind its size
constexpr std::size_t kDeflateBlock = 64U << 10;

// Numbers are little-endian (4.4.1.1).
class Fields {
 public:
  Fields& two(std::uint64_t value) { return number(value, 2); }
  Fields& four(std::uint64_t value) { return number(value, 4); }
  Fields& eight(std::uint64_t value) { return number(value, 8); }
  Fields& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Fields& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8) bytes_ += static_cast<char>(value & 0xFF);
    return *this;
  }
  std::string bytes_;
};

// Two seconds a step, years from 1980 to 2107.
std::uint32_t dos_time(Millis moment) {
  const std::time_t seconds = moment / 1'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const int year = std::clamp(utc.tm_year - 80, 0, 127);
  return static_cast<std::uint32_t>(year << 25 | (utc.tm_mon + 1) << 21 | utc.tm_mday << 16 |
                                    utc.tm_hour << 11 | utc.tm_min << 5 | utc.tm_sec / 2);
}

int method_of(ZipPacking packing) { return packing == ZipPacking::deflated ? 8 : 0; }

}  // namespace

ZipWriter::ZipWriter(ZipSink sink, Millis modified)
    : sink_(std::move(sink)), modified_(dos_time(modified)) {}

ZipWriter::~ZipWriter() {
  if (deflating_) deflateEnd(&stream_);
}

bool ZipWriter::begin(std::string name, ZipPacking packing) {
  assert(digest_ == nullptr && name.size() < kMany);
  entries_.push_back({.name = std::move(name), .digest = {}, .bytes = 0});
  headers_.push_back({.offset = offset_, .packed = 0, .crc = 0, .packing = packing});
  digest_ = std::make_unique<Sha256>();
  deflating_ = packing == ZipPacking::deflated;
  if (deflating_) {
    stream_ = {};
    // A negative window: no header of zlib's own.
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      std::abort();  // no memory
    }
  }
  return put(local_header(headers_.back(), entries_.back()));
}

bool ZipWriter::write(std::string_view bytes) {
  assert(digest_ != nullptr);
  Header& header = headers_.back();
  header.crc = static_cast<std::uint32_t>(
      crc32_z(header.crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  digest_->add(bytes);
  entries_.back().bytes += bytes.size();
  if (deflating_) return deflate(bytes, Z_NO_FLUSH);
  header.packed += bytes.size();
  return put(bytes);
}

bool ZipWriter::end() {
  assert(digest_ != nullptr);
  if (deflating_) {
    deflate({}, Z_FINISH);
    deflateEnd(&stream_);
    deflating_ = false;
  }
  entries_.back().digest = std::exchange(digest_, nullptr)->label();
  const Header& header = headers_.back();
  going_ = going_ && sink_.patch(header.offset, local_header(header, entries_.back()));
  return going_;
}

bool ZipWriter::add(std::string name, std::string_view bytes, ZipPacking packing) {
  begin(std::move(name), packing);
  write(bytes);
  return end();  // also where the sink stopped: an entry that was begun is ended
}

bool ZipWriter::finish() {
  assert(digest_ == nullptr);
  const std::uint64_t directory = offset_;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!put(directory_entry(headers_[i], entries_[i]))) return false;
  }
  const std::uint64_t end = offset_;
  Fields fields;
  fields.four(kZip64End).eight(kZip64EndRest).two(kMadeByUnix | kVersion).two(kVersion);
  fields.four(0).four(0);  // this is disk 0 of one
  fields.eight(entries_.size()).eight(entries_.size()).eight(end - directory).eight(directory);
  fields.four(kZip64Locator).four(0).eight(end).four(1);
  fields.four(kEnd).two(0).two(0).two(kMany).two(kMany).four(kLarge).four(kLarge).two(0);
  return put(fields.take());
}

bool ZipWriter::put(std::string_view bytes) {
  offset_ += bytes.size();
  going_ = going_ && sink_.write(bytes);
  return going_;
}

bool ZipWriter::deflate(std::string_view bytes, int flush) {
  std::array<char, kDeflateBlock> block;
  do {
    // zlib counts in 32 bits.
    const std::size_t piece = std::min<std::size_t>(bytes.size(), 1U << 30);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(piece);
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(block.data());
      stream_.avail_out = static_cast<uInt>(block.size());
      ::deflate(&stream_, flush);
      const std::size_t made = block.size() - stream_.avail_out;
      headers_.back().packed += made;
      put({block.data(), made});
    } while (stream_.avail_out == 0);
    bytes.remove_prefix(piece);
  } while (!bytes.empty());
  return going_;
}

// What both headers of an entry say (4.3.7, 4.3.12), from the version that is needed to the
// lengths of the fields that follow.
std::string ZipWriter::facts(const Header& header, std::uint64_t name_size) const {
  Fields fields;
  fields.two(kVersion).two(0).two(static_cast<std::uint64_t>(method_of(header.packing)));
  fields.four(modified_).four(header.crc).four(kLarge).four(kLarge).two(name_size);
  return fields.take();
}

std::string ZipWriter::local_header(const Header& header, const ZipEntry& entry) const {
  Fields fields;
  fields.four(kLocalHeader).text(facts(header, entry.name.size())).two(20).text(entry.name);
  fields.two(kZip64Field).two(16).eight(entry.bytes).eight(header.packed);
  return fields.take();
}

std::string ZipWriter::directory_entry(const Header& header, const ZipEntry& entry) const {
  Fields fields;
  fields.four(kDirectoryEntry).two(kMadeByUnix | kVersion);
  fields.text(facts(header, entry.name.size())).two(28).two(0).two(0).two(0).four(kMode);
  fields.four(kLarge).text(entry.name);
  fields.two(kZip64Field).two(24).eight(entry.bytes).eight(header.packed).eight(header.offset);
  return fields.take();
}

}  // namespace crawld::storage
