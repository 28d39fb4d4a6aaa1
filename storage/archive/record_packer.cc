#include "storage/archive/record_packer.h"

#include <zlib.h>

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr int kZstdLevel = 9;

}  // namespace

base::Result<std::string> gzip_member(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return Error{Code::io, "cannot start gzip"};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int rc = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (rc != Z_STREAM_END) return Error{Code::io, "cannot gzip a record"};
  return out;
}

base::Result<std::string> RecordPacker::pack(std::string record) {
  switch (packing_) {
    case RecordPacking::none:
      return record;
    case RecordPacking::gzip:
      return gzip_member(record);
    case RecordPacking::zstd:
      return zstd_frame(record);
  }
  return record;
}

base::Result<std::string> RecordPacker::zstd_frame(std::string_view bytes) {
  if (!context_) {
    context_.reset(ZSTD_createCCtx());
    if (!context_) return Error{Code::io, "cannot start zstd"};
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress2(context_.get(), out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) {
    return Error{Code::io,
                 std::string("cannot pack a record with zstd: ") + ZSTD_getErrorName(size)};
  }
  out.resize(size);
  return out;
}

}  // namespace crawld::storage
