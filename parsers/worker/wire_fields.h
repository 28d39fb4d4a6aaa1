// FieldWriter and FieldReader: one payload, walked field by field.
//
// A message is described once, as a function template over the archive (wire_messages.cc);
// the writer puts each field, the reader takes it back. Only wire*.cc includes this.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "crawler/base/text_pool.h"
#include "crawler/base/utf8.h"
#include "parsers/worker/wire.h"

namespace crawld::parsers {

void put_frame_header(FrameType type, std::uint32_t sequence, std::size_t length, char* at);

// Builds a frame. Text goes into a block of its own, which finish() appends.
class FieldWriter {
 public:
  static constexpr bool kReading = false;

  // Writes into `frame`, whose old content is dropped and whose memory is used again.
  explicit FieldWriter(std::string& frame) : frame_(frame) {
    frame_.clear();
    frame_.resize(kFront);
  }

  template <class Number>
  requires std::is_arithmetic_v<Number>
  void number(Number value) { frame_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
  template <class Enum>
  void enumerator(Enum value, Enum) {
    number(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value, std::size_t) {
    number(static_cast<std::uint32_t>(value.size()));
    text_ += value;
  }
  // Raw bytes, placed behind the text; at most kMaxBytes fields a message. The view must
  // live until finish().
  void bytes(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_[bytes_count_++] = value;
  }
  template <class Item, class Each>
  void list(const std::vector<Item>& items, std::size_t, std::size_t, Each each) {
    number(static_cast<std::uint32_t>(items.size()));
    for (const Item& item : items) each(*this, item);
  }
  // What `walk` puts are texts of `size` bytes together, which the reader takes as one.
  template <class Walk>
  void shared_texts(const base::TextPool&, std::size_t size, Walk walk) {
    number(static_cast<std::uint32_t>(size));
    text_.reserve(text_.size() + size);
    walk(*this);
  }

  void finish(FrameType type, std::uint32_t sequence) {
    // At once: a frame that doubles for its last bytes holds three times what it says.
    std::size_t size = frame_.size() + text_.size();
    for (std::size_t i = 0; i < bytes_count_; ++i) size += bytes_[i].size();
    frame_.reserve(size);
    seal(type, sequence);
    for (std::size_t i = 0; i < bytes_count_; ++i) frame_ += bytes_[i];
  }
  // As finish(), but leaves out the bytes, which the caller sends behind the frame.
  void finish_before_bytes(FrameType type, std::uint32_t sequence) { seal(type, sequence); }

 private:
  static constexpr std::size_t kFront = sizeof(FrameHeader) + 2 * sizeof(std::uint32_t);
  static constexpr std::size_t kMaxBytes = 2;

  void seal(FrameType type, std::uint32_t sequence) {
    const std::uint32_t lengths[] = {static_cast<std::uint32_t>(frame_.size() - kFront),
                                     static_cast<std::uint32_t>(text_.size())};
    std::memcpy(frame_.data() + sizeof(FrameHeader), lengths, sizeof lengths);
    frame_ += text_;
    std::size_t length = frame_.size() - sizeof(FrameHeader);
    for (std::size_t i = 0; i < bytes_count_; ++i) length += bytes_[i].size();
    put_frame_header(type, sequence, length, frame_.data());
  }

  std::string& frame_;
  std::string text_;
  std::array<std::string_view, kMaxBytes> bytes_;
  std::size_t bytes_count_ = 0;
};

// Takes a payload apart. The first broken field makes it fail; what is read after that
// is empty, so a walk need not ask after each field.
class FieldReader {
 public:
  static constexpr bool kReading = true;
  enum class Text : std::uint8_t { any_bytes, utf8 };

  FieldReader(std::string_view payload, Text rule) : utf8_(rule == Text::utf8) {
    std::uint32_t lengths[2];
    if (payload.size() < sizeof lengths) {
      fail("payload is too short");
      return;
    }
    std::memcpy(lengths, payload.data(), sizeof lengths);
    payload.remove_prefix(sizeof lengths);
    if (std::uint64_t{lengths[0]} + lengths[1] > payload.size()) {
      fail("lying block length");
      return;
    }
    numbers_ = payload.substr(0, lengths[0]);
    text_ = payload.substr(lengths[0], lengths[1]);
    bytes_ = payload.substr(std::size_t{lengths[0]} + lengths[1]);
    if (utf8_ && !base::is_utf8(text_)) fail("text is not UTF-8");
  }

  bool ok() const { return why_ == nullptr; }
  // Everything was taken and nothing was wrong.
  bool finished() {
    if (ok() && !(numbers_.empty() && text_.empty() && bytes_.empty())) fail("bytes left over");
    return ok();
  }
  const char* why() const { return why_; }
  void fail(const char* why) {
    if (why_ == nullptr) why_ = why;
    numbers_ = text_ = bytes_ = {};
  }

  template <class Number>
  requires std::is_arithmetic_v<Number>
  void number(Number& value) { value = take<Number>(); }
  void flag(bool& value) {
    const auto byte = take<std::uint8_t>();
    if (byte > 1) fail("flag is neither 0 nor 1");
    value = byte == 1;
  }
  // `last` is the largest enumerator there is.
  template <class Enum>
  void enumerator(Enum& value, Enum last) {
    const auto byte = take<std::uint8_t>();
    if (byte > static_cast<std::uint8_t>(last)) return fail("enumerator out of range");
    value = static_cast<Enum>(byte);
  }
  void text(std::string& value, std::size_t limit) { value = take_text(limit); }
  // A view of the payload, or of the pool within shared_texts().
  void text(std::string_view& value, std::size_t limit) { value = take_text(limit); }
  void bytes(std::string& value) { value = take_bytes(); }
  void bytes(std::string_view& value) { value = take_bytes(); }
  // `smallest`: bytes of numbers that one item takes at least, so that a lying count is
  // found before memory is set aside for it.
  template <class Item, class Each>
  void list(std::vector<Item>& items, std::size_t limit, std::size_t smallest, Each each) {
    const auto count = take<std::uint32_t>();
    if (count > limit) return fail("list is too long");
    if (count > numbers_.size() / smallest) return fail("lying count");
    items.clear();
    items.reserve(count);
    for (std::uint32_t i = 0; i < count && ok(); ++i) each(*this, items.emplace_back());
  }
  // Copies the texts that `walk` takes into `pool`, all at once; string views show them there.
  template <class Walk>
  void shared_texts(base::TextPool& pool, std::size_t, Walk walk) {
    const auto size = take<std::uint32_t>();
    if (size > text_.size()) return fail("shared texts end early");
    const std::string_view behind = text_.substr(size);
    text_ = pool.keep(text_.substr(0, size));
    walk(*this);
    if (!text_.empty()) fail("shared texts left over");
    if (ok()) text_ = behind;
  }

 private:
  template <class Number>
  Number take() {
    Number value{};
    if (numbers_.size() < sizeof value) {
      fail("numbers end early");
      return value;
    }
    std::memcpy(&value, numbers_.data(), sizeof value);
    numbers_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view take_text(std::size_t limit) {
    const auto size = take<std::uint32_t>();
    if (size > limit || size > text_.size()) {
      fail(size > limit ? "text is too long" : "text ends early");
      return {};
    }
    // The block is valid UTF-8 as a whole; each part is if it starts at a character.
    if (size > 0 && (static_cast<unsigned char>(text_[0]) & 0xC0) == 0x80 && utf8_) {
      fail("text is cut inside of a character");
      return {};
    }
    const std::string_view value = text_.substr(0, size);
    text_.remove_prefix(size);
    return value;
  }
  std::string_view take_bytes() {
    const auto size = take<std::uint32_t>();
    if (size > bytes_.size()) {
      fail("bytes end early");
      return {};
    }
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }

  bool utf8_;  // text is checked
  std::string_view numbers_;
  std::string_view text_;
  std::string_view bytes_;
  const char* why_ = nullptr;
};

}  // namespace crawld::parsers
