#include "parsers/bytes/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "crawler/base/gunzip.h"
#include "parsers/bytes/charset_labels.h"

namespace crawld::parsers {
namespace {

using model::ParseFailure;
using model::ParseFailureKind;

constexpr std::size_t kMaxCodings = 3;
constexpr std::size_t kBufferSize = 64 << 10;
constexpr std::uint64_t kUsualGain = 4;  // of a coding
constexpr int kMaxWindowLog = 23;        // 8 MiB: RFC 9659 section 3

enum class Status : std::uint8_t { more, end, broken };

struct Chunk {
  std::size_t size = 0;  // bytes written; may be 0 while there is more
  Status status = Status::more;
};

// One coding undone: pulls coded bytes from the stage before it.
class Stage {
 public:
  virtual ~Stage() = default;
  // At most `room` (> 0) bytes to `out`. Not called again after end or broken.
  virtual Chunk read(char* out, std::size_t room) = 0;
};

class Bytes final : public Stage {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  Chunk read(char* out, std::size_t room) override {
    const std::size_t size = rest_.copy(out, room);
    rest_.remove_prefix(size);
    return {size, rest_.empty() ? Status::end : Status::more};
  }

 private:
  std::string_view rest_;
};

// The coded bytes that a stage has pulled and not used yet, and how many it may
// pull at all: an inner stage must not be made to work through a bomb for nothing.
class Input {
 public:
  Input(std::unique_ptr<Stage> from, std::uint64_t limit)
      : from_(std::move(from)), left_(limit), buffer_(kBufferSize, '\0') {}

  std::string_view unread() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }
  void use(std::size_t size) { begin_ += size; }
  bool over_limit() const { return over_limit_; }
  bool upstream_broken() const { return status_ == Status::broken; }

  // Makes unread() hold at least `wanted` bytes, unless the input ends before.
  void fill(std::size_t wanted = 1) {
    while (end_ - begin_ < wanted && status_ == Status::more) {
      std::move(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
      end_ -= begin_;
      begin_ = 0;
      const Chunk chunk = from_->read(buffer_.data() + end_, buffer_.size() - end_);
      status_ = chunk.status;
      end_ += chunk.size;
      if (chunk.size > left_) {
        over_limit_ = true;
        status_ = Status::broken;
        end_ = begin_;
        return;
      }
      left_ -= chunk.size;
    }
  }

 private:
  std::unique_ptr<Stage> from_;
  std::uint64_t left_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Status status_ = Status::more;
  bool over_limit_ = false;
};

// A stage that decodes; tells how the stage before it fared.
class Decoder : public Stage {
 public:
  explicit Decoder(Input input) : input_(std::move(input)) {}
  bool over_limit() const { return input_.over_limit(); }
  bool upstream_broken() const { return input_.upstream_broken(); }

 protected:
  Input& input() { return input_; }

 private:
  Input input_;
};

// gzip with all its members (RFC 1952 section 2.2), and deflate with or without
// its zlib wrapper (RFC 9110 section 8.4.1.2 says what servers get wrong).
class Inflate final : public Decoder {
 public:
  enum class Format : std::uint8_t { gzip, deflate };

  Inflate(Input input, Format format) : Decoder(std::move(input)), format_(format) {}
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
  ~Inflate() override {
    if (started_) inflateEnd(&stream_);
  }

  Chunk read(char* out, std::size_t room) override {
    if (!started_ && !start()) return {0, Status::broken};
    input().fill();
    const std::string_view unread = input().unread();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(unread.data()));
    stream_.avail_in = static_cast<uInt>(unread.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    const std::size_t used = unread.size() - stream_.avail_in;
    const std::size_t written = room - stream_.avail_out;
    input().use(used);
    if (code == Z_STREAM_END) return {written, next_member()};
    const bool stuck = used == 0 && written == 0;
    return {written, code == Z_OK && !stuck ? Status::more : Status::broken};
  }

 private:
  bool start() {
    input().fill(2);
    const std::string_view head = input().unread();
    int window_bits = MAX_WBITS + 16;
    if (format_ == Format::deflate) window_bits = is_zlib(head) ? MAX_WBITS : -MAX_WBITS;
    started_ = inflateInit2(&stream_, window_bits) == Z_OK;
    return started_;
  }

  // RFC 1950 section 2.2: method 8, window of at most 32 KiB, header divisible by 31.
  static bool is_zlib(std::string_view head) {
    if (head.size() < 2) return false;
    const auto method = static_cast<std::uint8_t>(head[0]);
    const auto flags = static_cast<std::uint8_t>(head[1]);
    return (method & 0x0F) == 8 && (method >> 4) <= 7 && (method * 256 + flags) % 31 == 0;
  }

  Status next_member() {
    if (format_ == Format::deflate) return Status::end;
    input().fill(2);
    if (!looks_gzipped(input().unread())) return Status::end;
    return inflateReset(&stream_) == Z_OK ? Status::more : Status::broken;
  }

  Format format_;
  z_stream stream_{};
  bool started_ = false;
};

class Brotli final : public Decoder {
 public:
  explicit Brotli(Input input)
      : Decoder(std::move(input)), state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}

  Chunk read(char* out, std::size_t room) override {
    if (!state_) return {0, Status::broken};
    input().fill();
    const std::string_view unread = input().unread();
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(unread.data());
    std::size_t in = unread.size();
    auto* next_out = reinterpret_cast<std::uint8_t*>(out);
    std::size_t left = room;
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_.get(), &in, &next_in, &left, &next_out, nullptr);
    input().use(unread.size() - in);
    const std::size_t written = room - left;
    if (result == BROTLI_DECODER_RESULT_SUCCESS) return {written, Status::end};
    const bool starved = result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && unread.empty();
    const bool failed = result == BROTLI_DECODER_RESULT_ERROR || starved;
    return {written, failed ? Status::broken : Status::more};
  }

 private:
  struct Destroy {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliDecoderState, Destroy> state_;
};

// Frames and skippable frames, one after the other (RFC 8878 section 3).
class Zstd final : public Decoder {
 public:
  explicit Zstd(Input input) : Decoder(std::move(input)), context_(ZSTD_createDCtx()) {
    if (context_) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  Chunk read(char* out, std::size_t room) override {
    if (!context_) return {0, Status::broken};
    input().fill();
    const std::string_view unread = input().unread();
    ZSTD_inBuffer in{unread.data(), unread.size(), 0};
    ZSTD_outBuffer written{out, room, 0};
    const std::size_t hint = ZSTD_decompressStream(context_.get(), &written, &in);
    input().use(in.pos);
    if (ZSTD_isError(hint)) return {written.pos, Status::broken};
    if (hint == 0) return {written.pos, next_frame()};
    const bool stuck = in.pos == 0 && written.pos == 0;
    return {written.pos, stuck ? Status::broken : Status::more};
  }

 private:
  Status next_frame() {
    input().fill(4);
    const std::string_view head = input().unread();
    if (head.size() < 4) return Status::end;
    std::uint32_t magic = 0;
    for (std::size_t i = 4; i-- > 0;) magic = magic << 8 | static_cast<std::uint8_t>(head[i]);
    const bool frame = magic == ZSTD_MAGICNUMBER ||
                       (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
    return frame ? Status::more : Status::end;
  }

  struct Destroy {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Destroy> context_;
};

std::string lower_trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

// Whether a name in the header is one of nothing done: identity, what some write for it,
// and encodings of characters, which are set there by mistake ("utf-8").
bool is_no_coding(std::string_view name) {
  return name.empty() || name == "identity" || name == "none" || !encoding_for_label(name).empty();
}

// The codings in the order in which they were applied, without identity; at most
// one more than kMaxCodings.
std::vector<std::string> listed_codings(std::string_view header) {
  std::vector<std::string> codings;
  while (!header.empty() && codings.size() <= kMaxCodings) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string coding = lower_trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (!is_no_coding(coding)) codings.push_back(std::move(coding));
  }
  return codings;
}

bool is_gzip(std::string_view coding) { return coding == "gzip" || coding == "x-gzip"; }

std::unique_ptr<Decoder> make_decoder(std::string_view coding, Input input) {
  if (is_gzip(coding)) {
    return std::make_unique<Inflate>(std::move(input), Inflate::Format::gzip);
  }
  if (coding == "deflate") {
    return std::make_unique<Inflate>(std::move(input), Inflate::Format::deflate);
  }
  if (coding == "br") return std::make_unique<Brotli>(std::move(input));
  if (coding == "zstd") return std::make_unique<Zstd>(std::move(input));
  return nullptr;
}

// Reads `last` to its end, to a break, or to the limit.
DecodedFront pump(Stage& last, const std::vector<const Decoder*>& decoders, std::size_t coded_size,
                  std::uint64_t max_size) {
  DecodedFront front;
  const std::uint64_t likely = decoders.empty() ? coded_size : coded_size * kUsualGain;
  front.bytes.reserve(std::min(max_size, likely));
  const auto buffer = std::make_unique<std::array<char, kBufferSize>>();
  Status status = Status::more;
  bool over_limit = false;
  while (status == Status::more && !over_limit) {
    const Chunk chunk = last.read(buffer->data(), buffer->size());
    status = chunk.status;
    over_limit = chunk.size > max_size - front.bytes.size();
    front.bytes.append(buffer->data(),
                       std::min<std::uint64_t>(chunk.size, max_size - front.bytes.size()));
  }
  bool broken = status == Status::broken;
  for (const Decoder* decoder : decoders) {
    over_limit = over_limit || decoder->over_limit();
    broken = broken || decoder->upstream_broken();
  }
  if (over_limit) {
    front.failure = {ParseFailureKind::too_large,
                     "decoded body is over " + std::to_string(max_size) + " bytes"};
  } else if (broken) {
    front.failure = {ParseFailureKind::bad_encoding, "content coding is broken or cut off after " +
                                                         std::to_string(front.bytes.size()) +
                                                         " decoded bytes"};
  }
  return front;
}

}  // namespace

bool is_coded(std::string_view content_encoding) {
  return !listed_codings(content_encoding).empty();
}

bool looks_gzipped(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

DecodedFront decode_front(std::string_view body, std::string_view content_encoding,
                          std::uint64_t max_size) {
  const auto refuse = [](ParseFailureKind kind, std::string why) {
    return DecodedFront{{}, ParseFailure{kind, std::move(why)}};
  };
  const std::vector<std::string> codings = listed_codings(content_encoding);
  if (codings.size() > kMaxCodings) {
    return refuse(ParseFailureKind::unsupported, "more than three content codings");
  }
  std::unique_ptr<Stage> last = std::make_unique<Bytes>(body);
  std::vector<const Decoder*> decoders;
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
    // The body itself was limited by whoever fetched it; what one stage makes for
    // the next is limited as the end result is.
    const std::uint64_t limit =
        decoders.empty() ? std::numeric_limits<std::uint64_t>::max() : max_size;
    std::unique_ptr<Decoder> decoder = make_decoder(*coding, Input(std::move(last), limit));
    if (!decoder) {
      return refuse(ParseFailureKind::unsupported, "unknown content coding " + *coding);
    }
    decoders.push_back(decoder.get());
    last = std::move(decoder);
  }
  if (body.empty()) return {};
  return pump(*last, decoders, body.size(), max_size);
}

std::variant<Decoded, ParseFailure> decode_content(std::string_view body,
                                                   std::string_view content_encoding,
                                                   std::uint64_t max_size, bool truncated) {
  if (const auto codings = listed_codings(content_encoding);
      codings.size() == 1 && is_gzip(codings.front())) {
    if (auto text = base::gunzip_whole(body, max_size)) return Decoded{*std::move(text), true};
  }
  DecodedFront front = decode_front(body, content_encoding, max_size);
  const bool cut_by_us =
      truncated && front.failure && front.failure->kind == ParseFailureKind::bad_encoding;
  if (front.failure && !cut_by_us) return *std::move(front.failure);
  return Decoded{std::move(front.bytes)};
}

}  // namespace crawld::parsers
