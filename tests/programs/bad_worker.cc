// A parse worker gone wrong: says hello, then does to each job what its URL says.
//
// It stands for a worker that a page has taken over, so it runs without the sandbox and
// puts its frames together by hand where an honest encoder would not.

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/worker/wire.h"
#include "parsers/worker/wire_limits.h"
#include "parsers/worker/worker_exit.h"

namespace {

using namespace crawld;
using namespace crawld::parsers;

constexpr int kSocket = 3;

void send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::write(kSocket, bytes.data(), bytes.size());
    if (sent <= 0) ::_exit(kExitDone);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Frame next_frame(FrameReader& reader) {
  Frame frame;
  while (reader.next(frame) != FrameReader::Next::frame) {
    const auto room = reader.room();
    const ssize_t got = ::read(kSocket, room.data(), room.size());
    if (got <= 0) ::_exit(kExitDone);
    reader.received(static_cast<std::size_t>(got));
  }
  return frame;
}

std::string good_reply(std::uint32_t sequence, std::string title = "fine") {
  WorkerReply reply;
  model::ParsedPage page;
  page.title = std::move(title);
  reply.outcome = std::move(page);
  std::string out;
  encode_reply(reply, sequence, out);
  return out;
}

std::string with_length(std::string frame, std::uint32_t length) {
  std::memcpy(frame.data() + offsetof(FrameHeader, length), &length, sizeof length);
  return frame;
}

[[noreturn]] void burn() {
  volatile std::uint64_t turns = 0;
  while (true) turns = turns + 1;
}

void eat_memory() {
  std::vector<char*> eaten;
  while (true) {
    eaten.push_back(new char[1 << 20]);
    std::memset(eaten.back(), 1, 1 << 20);
    if (eaten.size() == 64) ::_exit(kExitMemory);
  }
}

[[noreturn]] void flood() {
  while (true) send(std::string(1 << 16, 'x'));
}

void misbehave(std::string_view how, std::uint32_t sequence) {
  if (how == "loop") burn();
  if (how == "hang") ::pause();
  if (how == "segv") {
    std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would catch it
    std::raise(SIGSEGV);
  }
  if (how == "kill") std::raise(SIGKILL);
  if (how == "xcpu") std::raise(SIGXCPU);
  if (how == "sys") std::raise(SIGSYS);
  if (how == "exit") ::_exit(7);
  if (how == "memory") eat_memory();
  if (how == "half") {
    send(std::string_view(good_reply(sequence)).substr(0, 30));
    ::_exit(0);
  }
  if (how == "half-and-hang") {
    send(std::string_view(good_reply(sequence)).substr(0, 30));
    ::pause();
  }
  if (how == "garbage") send(std::string(4096, '\x5A'));
  if (how == "flood") flood();
  if (how == "huge") send(with_length(good_reply(sequence), 0xFFFFFFF0U));
  if (how == "large") {
    send(with_length(good_reply(sequence), kMaxReplyFrame));
    ::pause();
  }
  if (how == "other-job") send(good_reply(sequence + 1));
  if (how == "not-utf8") send(good_reply(sequence, "\xC3("));
  if (how == "hello-again") {
    std::string out;
    encode_hello({.build_id = "x"}, out);
    send(out);
  }
  if (how == "die-afterwards") {
    send(good_reply(sequence));
    ::_exit(0);
  }
  if (how == "fine") send(good_reply(sequence));
}

}  // namespace

int main() {
  FrameReader reader(kMaxJobFrame);
  next_frame(reader);  // the setup
  std::string out;
  encode_hello({.build_id = std::string(wire_build_id())}, out);
  send(out);
  while (true) {
    const Frame frame = next_frame(reader);
    const auto job = decode_job(frame.payload);
    if (!job) return kExitProtocol;
    const std::string_view url = job->url;
    if (url.ends_with("/deaf")) ::pause();
    misbehave(url.substr(url.rfind('/') + 1), frame.sequence);
  }
}
