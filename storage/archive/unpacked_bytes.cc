#include "storage/archive/unpacked_bytes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crawld::storage {
namespace {

using base::Error;
using base::Status;

constexpr std::size_t kChunk = 64U << 10;
constexpr std::string_view kGzip = "\x1f\x8b";

}  // namespace

UnpackedBytes::UnpackedBytes(Source source) : source_(std::move(source)) {}

UnpackedBytes::~UnpackedBytes() {
  if (packing_ == Packing::gzip) inflateEnd(&stream_);
}

base::Result<bool> UnpackedBytes::more() {
  out_.erase(0, std::exchange(at_, 0));
  if (packing_ == Packing::unknown) {
    if (Status begun = begin(); !begun) return std::move(begun).error();
  }
  if (packing_ == Packing::gzip) return gzip_more();
  return plain_more();
}

Status UnpackedBytes::begin() {
  while (in_.size() < kGzip.size()) {
    auto read = read_source();
    if (!read) return std::move(read).error();
    if (!*read) break;
  }
  packing_ = Packing::plain;
  if (!in_.starts_with(kGzip)) return base::Done{};
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) {
    return Error{Error::Code::io, "cannot start gzip"};
  }
  packing_ = Packing::gzip;
  return base::Done{};
}

// False at the end of the file.
base::Result<bool> UnpackedBytes::read_source() {
  std::array<char, kChunk> chunk;
  auto count = source_(chunk);
  if (!count) return std::move(count).error();
  in_.append(chunk.data(), *count);
  return *count > 0;
}

base::Result<bool> UnpackedBytes::plain_more() {
  if (in_.empty()) {
    auto read = read_source();
    if (!read || !*read) return read;
  }
  out_ += in_;
  in_.clear();
  return true;
}

// Inflates until something came out.
base::Result<bool> UnpackedBytes::gzip_more() {
  std::array<char, kChunk> chunk;
  while (true) {
    if (in_.empty()) {
      auto read = read_source();
      if (!read) return read;
      if (!*read) {
        if (!inside_) return false;
        return Error{Error::Code::corrupt, "the file ends inside a gzip member"};
      }
    }
    // Writers pad the end with zeros.
    if (!inside_ && in_.front() == '\0') {
      in_.erase(0, std::min(in_.find_first_not_of('\0'), in_.size()));
      continue;
    }
    inside_ = true;
    stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
    stream_.avail_in = static_cast<uInt>(in_.size());
    stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream_.avail_out = static_cast<uInt>(chunk.size());
    const int rc = inflate(&stream_, Z_NO_FLUSH);
    const std::size_t made = chunk.size() - stream_.avail_out;
    in_.erase(0, in_.size() - stream_.avail_in);
    out_.append(chunk.data(), made);
    if (rc == Z_STREAM_END) {
      inside_ = false;
      inflateReset(&stream_);
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
      return Error{Error::Code::corrupt, "the gzip data is damaged"};
    }
    if (made > 0) return true;
  }
}

}  // namespace crawld::storage
