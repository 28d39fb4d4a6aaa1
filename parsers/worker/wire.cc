#include "parsers/worker/wire.h"

#include <algorithm>
#include <cstring>

#include "parsers/worker/wire_fields.h"

namespace crawld::parsers {
namespace {

constexpr std::uint32_t kMagic = 0x31505743;  // "CWP1" in memory
constexpr std::size_t kFirstCapacity = 128U << 10;
constexpr std::size_t kKeptCapacity = 4U << 20;

bool is_frame_type(FrameType type) {
  return type >= FrameType::config && type <= FrameType::dictionary;
}

}  // namespace

// How many bytes the buffer should hold for the frame under way.
std::size_t FrameReader::wanted() const {
  const std::size_t have = filled_ - read_;
  if (have < sizeof(FrameHeader)) return sizeof(FrameHeader);
  FrameHeader header;
  std::memcpy(&header, buffer_.get() + read_, sizeof header);
  return sizeof header + std::min(header.length, max_payload_);
}

std::span<char> FrameReader::room() {
  const std::size_t have = filled_ - read_;
  trim();
  const std::size_t whole = wanted();
  if (read_ > 0 && (have == 0 || filled_ == capacity_ || read_ + whole > capacity_)) {
    std::memmove(buffer_.get(), buffer_.get() + read_, have);
    read_ = 0;
    filled_ = have;
  }
  if (filled_ == capacity_) grow(whole > have ? std::min(whole, capacity_ * 2) : capacity_ * 2);
  return {buffer_.get() + filled_, capacity_ - filled_};
}

void FrameReader::trim() {
  if (filled_ == read_ && capacity_ > kKeptCapacity) release();
}

// Needs: read_ == 0.
void FrameReader::grow(std::size_t capacity) {
  capacity = std::max(capacity, kFirstCapacity);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (filled_ > 0) std::memcpy(larger.get(), buffer_.get(), filled_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

void FrameReader::release() {
  buffer_.reset();
  capacity_ = read_ = filled_ = 0;
}

FrameReader::Next FrameReader::next(Frame& frame) {
  const std::size_t have = filled_ - read_;
  if (have < sizeof(FrameHeader)) return Next::need_more;
  FrameHeader header;
  std::memcpy(&header, buffer_.get() + read_, sizeof header);
  if (header.magic != kMagic || header.version != kWireVersion || !is_frame_type(header.type) ||
      header.length > max_payload_) {
    return Next::refused;
  }
  if (have - sizeof header < header.length) return Next::need_more;
  frame.type = header.type;
  frame.sequence = header.sequence;
  frame.payload = {buffer_.get() + read_ + sizeof header, header.length};
  read_ += sizeof header + header.length;
  return Next::frame;
}

void put_frame_header(FrameType type, std::uint32_t sequence, std::size_t length, char* at) {
  const FrameHeader header{kMagic, kWireVersion, type, sequence,
                           static_cast<std::uint32_t>(length)};
  std::memcpy(at, &header, sizeof header);
}

}  // namespace crawld::parsers
