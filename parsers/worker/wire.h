// The frames between the daemon and its parse workers.
//
// Both directions are walked by the same functions (wire_messages.cc), so that they
// cannot drift. A frame is a header and a payload; a payload is a block of numbers, a
// block of text that the numbers cut into strings, and raw bytes:
//
//   magic u32 | version u16 | type u16 | sequence u32 | payload length u32
//   numbers length u32 | text length u32 | numbers | text | bytes
//
// Integers are in the machine's own order: both ends are programs of one build, and the
// hello frame proves it. Text in one block makes the UTF-8 check of a reply one pass.
//
// The parent reads replies as hostile input: lengths are checked before anything is
// allocated, counts against what is really there, enumerators against their range, text
// and JSON after. No decoder throws (except bad_alloc) or reads outside of its input.
//
// Life of a connection: parent sends `config`, worker answers `hello`; then any number of
// `job` frames, each answered by one `page` or `failure` frame with the job's sequence
// number, in order. Several jobs may be under way at once. A dictionary goes ahead of the first job
// that names it, and is not answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/extract/rules.h"
#include "parsers/parser.h"

namespace crawld::parsers {

// Changes when the frames do; see also wire_build_id().
inline constexpr std::uint16_t kWireVersion = 4;

// A fingerprint of the sources of the parse side: what hello compares, so that a worker
// from another build is noticed before it is given work.
std::string_view wire_build_id();

enum class FrameType : std::uint16_t { config = 1, hello, job, page, failure, dictionary };

struct FrameHeader {
  std::uint32_t magic;
  std::uint16_t version;
  FrameType type;
  std::uint32_t sequence;
  std::uint32_t length;  // of the payload, bytes
};
static_assert(sizeof(FrameHeader) == 16);

struct Frame {
  FrameType type = FrameType::hello;
  std::uint32_t sequence = 0;
  std::string_view payload;  // in the FrameReader's buffer; valid until its next call
};

// Puts received bytes together into frames.
//
// Memory follows what has arrived, not what a header promises: a lying length costs at
// most twice the bytes really sent.
class FrameReader {
 public:
  enum class Next : std::uint8_t { need_more, frame, refused };

  explicit FrameReader(std::uint32_t max_payload) : max_payload_(max_payload) {}

  // Where the next bytes go; never empty. Invalidates frames given out before.
  std::span<char> room();
  void received(std::size_t bytes) { filled_ += bytes; }
  // The next whole frame into `frame`. After `refused` (bad magic, version, type or
  // length) the stream is lost: drop the connection.
  Next next(Frame& frame);
  // Gives a large buffer back. Frames given out before are done with.
  void trim();
  // Forgets everything received: a new connection begins.
  void release();

 private:
  std::size_t wanted() const;
  void grow(std::size_t capacity);

  std::uint32_t max_payload_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t read_ = 0;    // given out already
  std::size_t filled_ = 0;  // received
};

// What a worker is told before its first page.
struct WorkerSetup {
  bool sandbox = true;
  std::uint64_t memory = 256ULL << 20;  // bytes a page may add to a fresh worker
  std::uint32_t cpu_seconds = 600;      // of the whole life of a worker
  std::vector<RuleSet> rule_sets;       // their tests do not cross
};

// What a worker says once it is ready, or why it is not.
struct WorkerHello {
  std::string build_id;
  std::uint32_t defences = 0;  // bits of sandbox.h's Defence that hold
  std::string error;           // not empty: it will end now
};

// A dictionary that jobs will name, and the place where the worker is to keep it.
struct TaughtDictionary {
  std::uint32_t slot = 0;  // below Packer::kMostDictionaries
  std::uint64_t id = 0;
  std::string_view bytes;
};

struct WorkerReply {
  std::uint64_t heap = 0;  // bytes the worker's heap spans after this page
  model::ParseOutcome outcome;
};

// Each replaces `out` by a whole frame. encode_job leaves the body to the caller, who sends
// it directly behind `out` and so saves copying it.
void encode_setup(const WorkerSetup& setup, std::string& out);
void encode_hello(const WorkerHello& hello, std::string& out);
void encode_job(const ParseJob& job, std::uint32_t sequence, std::string& out);
void encode_dictionary(const TaughtDictionary& dictionary, std::string& out);
// Needs: an outcome that is not NotParsed; a page after fit_to_limits().
void encode_reply(const WorkerReply& reply, std::uint32_t sequence, std::string& out);

// Nothing when the payload is not exactly one such message.
std::optional<WorkerSetup> decode_setup(std::string_view payload);
std::optional<WorkerHello> decode_hello(std::string_view payload);
// The job's body is a view into `payload`.
std::optional<ParseJob> decode_job(std::string_view payload);
// As are its bytes.
std::optional<TaughtDictionary> decode_dictionary(std::string_view payload);
// `type` is that of the frame. `why` says what was refused.
std::optional<WorkerReply> decode_reply(FrameType type, std::string_view payload, std::string& why);

}  // namespace crawld::parsers
