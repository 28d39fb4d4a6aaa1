#include "storage/archive/unpacked_bytes.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace crawld::storage {
namespace {

using base::Error;
using base::Status;

constexpr std::size_t kChunk = 64U << 10;
constexpr std::size_t kMostDictionary = 16U << 20;
constexpr std::string_view kGzip = "\x1f\x8b";
// RFC 1952 section 2.3: the head, and the one flag that tools for archives set, FEXTRA.
constexpr std::string_view kMember = "\x1f\x8b\x08";
constexpr std::size_t kMemberHead = 10;
constexpr unsigned char kExtra = 4;
// So much tells how a member starts: the codes of a block take 320 bytes at most.
constexpr std::size_t kMemberLook = 1'024;
constexpr std::size_t kMostMemberHead = kMemberHead + 2 + 0xFFFF;
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";
constexpr std::string_view kDictionary = "\x5d\x2a\x4d\x18";  // a skippable frame, RFC 8878 3.1.2
constexpr std::size_t kFrameHead = 8;                         // its number, and its size

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

void UnpackedBytes::FreeZstd::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

UnpackedBytes::UnpackedBytes(Source source) : source_(std::move(source)) {}

UnpackedBytes::~UnpackedBytes() {
  if (packing_ == Packing::gzip) inflateEnd(&stream_);
}

base::Result<bool> UnpackedBytes::more() {
  out_.erase(0, std::exchange(at_, 0));
  if (packing_ == Packing::unknown) {
    if (Status begun = begin(); !begun) return std::move(begun).error();
  }
  if (packing_ == Packing::gzip) return gzip_more(Reach::file);
  return packing_ == Packing::zstd ? zstd_more() : plain_more();
}

base::Result<bool> UnpackedBytes::more_of_member() {
  out_.erase(0, std::exchange(at_, 0));
  if (packing_ != Packing::gzip || !inside_) return false;
  return gzip_more(Reach::member);
}

Status UnpackedBytes::begin() {
  const auto read = read_up_to(kZstd.size());
  if (!read) return Error(read.error());
  packing_ = Packing::plain;
  if (in_.starts_with(kZstd) || in_.starts_with(kDictionary)) return begin_zstd();
  if (!in_.starts_with(kGzip)) return base::Done{};
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) {
    return Error{Error::Code::io, "cannot start gzip"};
  }
  packing_ = Packing::gzip;
  return base::Done{};
}

Status UnpackedBytes::begin_zstd() {
  zstd_.reset(ZSTD_createDCtx());
  if (!zstd_) return Error{Error::Code::io, "cannot start zstd"};
  packing_ = Packing::zstd;
  if (!in_.starts_with(kDictionary)) return base::Done{};
  const Error broken{Error::Code::corrupt, "its zstd dictionary is damaged or too large"};
  auto whole = read_up_to(kFrameHead);
  if (!whole) return std::move(whole).error();
  if (!*whole) return broken;
  const std::size_t size = little_endian(std::string_view(in_).substr(kDictionary.size()));
  if (size > kMostDictionary) return broken;
  whole = read_up_to(kFrameHead + size);
  if (!whole) return std::move(whole).error();
  if (!*whole) return broken;
  std::string dictionary = in_.substr(kFrameHead, size);
  in_.erase(0, kFrameHead + size);
  if (dictionary.starts_with(kZstd)) {
    std::string unpacked(kMostDictionary, '\0');
    const std::size_t made = ZSTD_decompressDCtx(zstd_.get(), unpacked.data(), unpacked.size(),
                                                 dictionary.data(), dictionary.size());
    if (ZSTD_isError(made) != 0) return broken;
    unpacked.resize(made);
    dictionary = std::move(unpacked);
  }
  const std::size_t loaded =
      ZSTD_DCtx_loadDictionary(zstd_.get(), dictionary.data(), dictionary.size());
  if (ZSTD_isError(loaded) != 0) return broken;
  return base::Done{};
}

// False at the end of the file.
base::Result<bool> UnpackedBytes::read_source() {
  std::array<char, kChunk> chunk;
  auto count = source_(chunk);
  source_failed_ = !count.ok();
  if (!count) return std::move(count).error();
  read_ += *count;
  in_.append(chunk.data(), *count);
  return *count > 0;
}

// Whether there are as many.
base::Result<bool> UnpackedBytes::read_up_to(std::size_t size) {
  while (in_.size() < size) {
    auto read = read_source();
    if (!read || !*read) return read;
  }
  return true;
}

base::Result<bool> UnpackedBytes::end_of_input(const char* where) const {
  if (!inside_) return false;
  return Error{Error::Code::corrupt, std::string("the file ends inside a ") + where};
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
base::Result<bool> UnpackedBytes::gzip_more(Reach reach) {
  std::array<char, kChunk> chunk;
  while (true) {
    if (in_.empty()) {
      auto read = read_source();
      if (!read) return read;
      if (!*read) return end_of_input("gzip member");
    }
    // Writers pad the end with zeros.
    if (!inside_ && in_.front() == '\0') {
      in_.erase(0, std::min(in_.find_first_not_of('\0'), in_.size()));
      continue;
    }
    if (!std::exchange(inside_, true)) member_at_ = read_ - in_.size();
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
      if (made == 0 && reach == Reach::member) return false;
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
      return Error{Error::Code::corrupt, "the gzip data is damaged"};
    }
    if (made > 0) return true;
  }
}

// Whether a member starts here with that text. What is damaged may hold the mark of one by chance.
bool UnpackedBytes::is_member(std::string_view bytes, std::string_view beginning) {
  if (bytes.size() < kMemberHead + 2) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  std::size_t head = kMemberHead;
  if (byte(3) == kExtra) head += 2 + byte(kMemberHead) + 256U * byte(kMemberHead + 1);
  if (byte(3) != 0 && byte(3) != kExtra) return false;
  bytes = bytes.substr(0, head + kMemberLook);
  std::string text(beginning.size(), '\0');
  inflateReset(&stream_);
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(text.data());
  stream_.avail_out = static_cast<uInt>(text.size());
  (void)inflate(&stream_, Z_NO_FLUSH);  // an error leaves the text short
  inflateReset(&stream_);
  return text == beginning;
}

base::Result<std::optional<std::uint64_t>> UnpackedBytes::skip_to_member(
    std::string_view beginning) {
  if (packing_ != Packing::gzip || source_failed_) return std::optional<std::uint64_t>();
  out_.clear();
  at_ = 0;
  while (true) {
    const auto more = read_up_to(kMostMemberHead + kMemberLook);
    if (!more) return Error(more.error());
    // Behind `end` a member would not be seen as a whole.
    const std::size_t end = *more ? in_.size() - kMostMemberHead - kMemberLook + 1 : in_.size();
    for (std::size_t at = 0; (at = in_.find(kMember, at)) < end; ++at) {
      if (!is_member(std::string_view(in_).substr(at), beginning)) continue;
      in_.erase(0, at);
      inside_ = false;
      return std::optional(read_ - in_.size() - member_at_);
    }
    in_.erase(0, end);
    if (!*more) return std::optional<std::uint64_t>();
  }
}

// Unpacks until something came out. Frames to be skipped give nothing.
base::Result<bool> UnpackedBytes::zstd_more() {
  std::array<char, kChunk> chunk;
  while (true) {
    // What filled the room may not have been all that the decoder holds.
    if (in_.empty() && !std::exchange(zstd_holds_, false)) {
      auto read = read_source();
      if (!read) return read;
      if (!*read) return end_of_input("zstd frame");
    }
    ZSTD_inBuffer in{in_.data(), in_.size(), 0};
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    const std::size_t left = ZSTD_decompressStream(zstd_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      return Error{Error::Code::corrupt,
                   std::string("the zstd data cannot be read: ") + ZSTD_getErrorName(left)};
    }
    inside_ = left != 0;
    zstd_holds_ = out.pos == out.size;
    in_.erase(0, in.pos);
    out_.append(chunk.data(), out.pos);
    if (out.pos > 0) return true;
  }
}

}  // namespace crawld::storage
