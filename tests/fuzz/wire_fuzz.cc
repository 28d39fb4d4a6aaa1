// Any bytes as a stream of frames and as each kind of payload: nothing is read outside of
// them, and what is accepted encodes to the very same bytes.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "parsers/worker/wire.h"
#include "parsers/worker/wire_limits.h"

using namespace crawld;
using namespace crawld::parsers;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_same(const std::string& frame, std::string_view payload) {
  require(std::string_view(frame).substr(sizeof(FrameHeader)) == payload);
}

void try_payload(FrameType type, std::string_view payload) {
  std::string again;
  std::string why;
  if (auto reply = decode_reply(type, payload, why)) {
    encode_reply(*reply, 1, again);
    require_same(again, payload);
  }
  if (auto setup = decode_setup(payload)) {
    encode_setup(*setup, again);
    require_same(again, payload);
  }
  if (auto hello = decode_hello(payload)) {
    encode_hello(*hello, again);
    require_same(again, payload);
  }
  if (auto dictionary = decode_dictionary(payload)) {
    encode_dictionary(*dictionary, again);
    require_same(again, payload);
  }
  if (auto job = decode_job(payload)) {
    encode_job(*job, 1, again);
    again += job->body;
    require_same(again, payload);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try_payload(FrameType::page, bytes);
  try_payload(FrameType::failure, bytes);

  FrameReader reader(kMaxReplyFrame);
  const std::size_t step = 1 + data[0] % 64;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto room = reader.room();
    require(!room.empty());
    const std::size_t n = std::min({step, rest.size(), room.size()});
    std::memcpy(room.data(), rest.data(), n);
    reader.received(n);
    rest.remove_prefix(n);
    Frame frame;
    auto next = reader.next(frame);
    for (; next == FrameReader::Next::frame; next = reader.next(frame)) {
      try_payload(frame.type, frame.payload);
    }
    if (next == FrameReader::Next::refused) break;
  }
  return 0;
}
