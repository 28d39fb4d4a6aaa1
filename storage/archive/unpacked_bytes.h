// The bytes of a WARC file before they were packed: gzip in any number of members, or plain, by
// what the file begins with. The file is foreign: time is linear in what comes out. Threads: one.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "crawler/base/result.h"

namespace crawld::storage {

class UnpackedBytes {
 public:
  // Fills `into` from its start and tells how many bytes; 0 at the end.
  using Source = std::function<base::Result<std::size_t>(std::span<char> into)>;

  explicit UnpackedBytes(Source source);
  ~UnpackedBytes();
  UnpackedBytes(const UnpackedBytes&) = delete;
  UnpackedBytes& operator=(const UnpackedBytes&) = delete;

  // What came out and was not taken. Valid until more().
  std::string_view ready() const { return std::string_view(out_).substr(at_); }
  void take(std::size_t count) { at_ += count; }

  // Makes ready() longer; false at the end of the file. Errors: corrupt (damaged, cut off), what
  // the source said. After an error there is no more.
  base::Result<bool> more();

 private:
  enum class Packing : std::uint8_t { unknown, plain, gzip };

  base::Status begin();
  base::Result<bool> read_source();
  base::Result<bool> plain_more();
  base::Result<bool> gzip_more();

  const Source source_;
  std::string in_;   // read and not unpacked yet
  std::string out_;  // unpacked
  std::size_t at_ = 0;
  Packing packing_ = Packing::unknown;
  bool inside_ = false;  // a gzip member
  z_stream stream_{};
};

}  // namespace crawld::storage
