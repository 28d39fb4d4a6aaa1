// The bytes of a WARC file before they were packed: gzip in any number of members, zstd in any
// number of frames, or plain, by what the file begins with.
//
// zstd as https://iipc.github.io/warc-specifications/specifications/warc-zstd/ has it: in front may
// stand the dictionary that the frames need. The file is foreign: memory is bounded by the widest
// window that zstd takes without being asked (128 MiB) and the largest dictionary (16 MiB, packed
// or not), and time is linear in what comes out. Threads: one.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crawler/base/result.h"

struct ZSTD_DCtx_s;

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

  // As more(), but of the gzip member at hand only: false at its end, whose checksum is right then,
  // and where there is none.
  base::Result<bool> more_of_member();

  // After damage in a file of gzip members (RFC 1952): goes on with the next one whose text starts
  // with `beginning`, as if nothing had come out before. Gives the bytes of the file from the start
  // of the member that broke to that one; nothing where none follows, where the file is packed in
  // another way, and after an error of the source.
  base::Result<std::optional<std::uint64_t>> skip_to_member(std::string_view beginning);

 private:
  enum class Packing : std::uint8_t { unknown, plain, gzip, zstd };
  struct FreeZstd {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  base::Status begin();
  base::Status begin_zstd();
  base::Result<bool> read_source();
  base::Result<bool> read_up_to(std::size_t size);
  base::Result<bool> plain_more();
  enum class Reach : std::uint8_t { file, member };
  base::Result<bool> gzip_more(Reach reach);
  base::Result<bool> zstd_more();
  base::Result<bool> end_of_input(const char* where) const;
  bool is_member(std::string_view bytes, std::string_view beginning);

  const Source source_;
  std::string in_;               // read and not unpacked yet
  std::uint64_t read_ = 0;       // bytes that the source gave
  std::uint64_t member_at_ = 0;  // where the last gzip member starts
  bool source_failed_ = false;
  std::string out_;  // unpacked
  std::size_t at_ = 0;
  Packing packing_ = Packing::unknown;
  bool inside_ = false;  // a gzip member or a zstd frame
  bool zstd_holds_ = false;
  z_stream stream_{};
  std::unique_ptr<ZSTD_DCtx_s, FreeZstd> zstd_;
};

}  // namespace crawld::storage
