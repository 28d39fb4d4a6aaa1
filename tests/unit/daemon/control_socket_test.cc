#include "crawler/daemon/control_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include "crawler/daemon/http_listener.h"

using namespace crawld;
using daemon::ask_control;
using daemon::ControlSocket;

namespace {

// A folder that goes away with the test, and the path of a socket in it.
struct Scratch {
  Scratch() {
    char name[] = "/tmp/crawld-control-XXXXXX";
    folder = mkdtemp(name);
    path = folder + "/socket";
  }
  ~Scratch() { std::filesystem::remove_all(folder); }
  std::string folder;
  std::string path;
};

// A peer that is read from and written to by hand; it waits two minutes at most.
class Peer {
 public:
  explicit Peer(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    connected_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    const timeval patience{120, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  }

  bool connected() const { return connected_; }
  bool say(const std::string& bytes) {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  // Up to and without the line's end; what came so far where the other side hung up.
  std::string line() {
    std::string text;
    char c = 0;
    while (::recv(socket_.get(), &c, 1, 0) == 1 && c != '\n') text += c;
    return text;
  }
  // The other side hangs up, now or in the time of patience.
  bool cut_off() {
    char c = 0;
    errno = 0;
    return ::recv(socket_.get(), &c, 1, 0) <= 0 && errno != EAGAIN;
  }
  void say_no_more() { ::shutdown(socket_.get(), SHUT_WR); }
  void leave() { socket_.reset(); }

 private:
  base::Fd socket_;
  bool connected_ = false;
};

std::unique_ptr<ControlSocket> listening(
    const std::string& path,
    ControlSocket::Handler handler = [](const std::string& s) { return "<" + s + ">"; }) {
  auto control = ControlSocket::open(path, std::move(handler));
  REQUIRE(control);
  return *std::move(control);
}

}  // namespace

TEST_CASE("a request gets the handler's answer") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  const auto answer = ask_control(scratch.path, "status");
  REQUIRE(answer);
  CHECK(*answer == "<status>");
}

TEST_CASE("a peer may ask many things, one after the other or all at once") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  Peer peer(scratch.path);
  REQUIRE(peer.say("1\n2\n3\n"));
  CHECK(peer.line() == "<1>");
  CHECK(peer.line() == "<2>");
  CHECK(peer.line() == "<3>");
  REQUIRE(peer.say("4\n"));
  CHECK(peer.line() == "<4>");
}

TEST_CASE("a request that comes in pieces is answered when its line ends") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  Peer peer(scratch.path);
  for (const char c : std::string("{\"command\":")) REQUIRE(peer.say(std::string(1, c)));
  // Another peer is served in the meantime.
  CHECK(*ask_control(scratch.path, "other") == "<other>");
  REQUIRE(peer.say("\"status\"}\n"));
  CHECK(peer.line() == "<{\"command\":\"status\"}>");
}

TEST_CASE("garbage is handed on as it came and harms nothing") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  std::string garbage;
  for (int i = 1; i < 256; ++i) {
    if (i != '\n') garbage += static_cast<char>(i);
  }
  garbage += std::string(3, '\0');
  Peer peer(scratch.path);
  REQUIRE(peer.say(garbage + "\n"));
  CHECK(peer.line() == "<" + garbage + ">");
  CHECK(*ask_control(scratch.path, "") == "<>");
}

TEST_CASE("half a line is not acted on when its sender has no more to say, and told so") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  Peer peer(scratch.path);
  REQUIRE(peer.say("whole\nhalf"));
  peer.say_no_more();
  CHECK(peer.line() == "<whole>");
  CHECK(peer.line() ==
        R"({"error":"the request does not end with a line feed, so nothing was done"})");
  CHECK(peer.cut_off());
}

TEST_CASE("a line without end is cut off at 64 KiB, and told why") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  Peer peer(scratch.path);
  peer.say(std::string(70'000, '['));
  CHECK(peer.line() == R"({"error":"the request is longer than 64 KiB"})");
  CHECK(peer.cut_off());
  CHECK(*ask_control(scratch.path, "other") == "<other>");
}

TEST_CASE("who asks too much hears so, however much it is") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  for (const std::size_t size : {66'000, 1'000'000}) {
    const auto answer = ask_control(scratch.path, std::string(size, 'x'));
    REQUIRE(answer);
    CHECK(*answer == R"({"error":"the request is longer than 64 KiB"})");
  }
}

TEST_CASE("a peer that leaves in the middle of a request or of an answer harms nobody") {
  const Scratch scratch;
  const auto control = listening(scratch.path, [](const std::string& request) {
    return request == "big" ? std::string(4 << 20, 'x') : "<" + request + ">";
  });
  for (int i = 0; i < 50; ++i) {
    Peer peer(scratch.path);
    peer.say(i % 2 == 0 ? "half a requ" : "big\n");
    peer.leave();
  }
  CHECK(*ask_control(scratch.path, "other") == "<other>");
}

TEST_CASE("an answer of megabytes arrives whole") {
  const Scratch scratch;
  const std::string big(5 << 20, 'x');
  const auto control = listening(scratch.path, [&](const std::string&) { return big; });
  const auto answer = ask_control(scratch.path, "status");
  REQUIRE(answer);
  CHECK(*answer == big);
}

TEST_CASE("many clients are served at once") {
  const Scratch scratch;
  const auto control = listening(scratch.path);
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int client = 0; client < 12; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 20; ++i) {
        const std::string request = std::to_string(client * 1'000 + i);
        const auto answer = ask_control(scratch.path, request);
        if (answer && *answer == "<" + request + ">") ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(right == 12 * 20);
}

TEST_CASE("who comes while 32 peers are there is let in once one of them goes") {
  const Scratch scratch;
  std::atomic<bool> late_was_asked{false};
  const auto control = listening(scratch.path, [&](const std::string& asked) {
    if (asked == "late") late_was_asked = true;
    return ControlSocket::Reply("<" + asked + ">");
  });
  std::vector<Peer> silent;
  for (int i = 0; i < 32; ++i) {
    silent.emplace_back(scratch.path);
    REQUIRE(silent.back().connected());
    // Its answer shows that it was taken in.
    REQUIRE(silent.back().say("x\n"));
    REQUIRE(silent.back().line() == "<x>");
  }
  Peer late(scratch.path);
  REQUIRE(late.say("late\n"));
  REQUIRE(silent.front().say("y\n"));
  CHECK(silent.front().line() == "<y>");
  CHECK_FALSE(late_was_asked);
  silent.pop_back();
  CHECK(late.line() == "<late>");
}

TEST_CASE("the socket is its user's alone, and leaves with its owner") {
  const Scratch scratch;
  auto control = listening(scratch.path);
  struct stat facts {};
  REQUIRE(stat(scratch.path.c_str(), &facts) == 0);
  CHECK(S_ISSOCK(facts.st_mode));
  CHECK((facts.st_mode & 0777) == 0600);
  control.reset();
  CHECK(stat(scratch.path.c_str(), &facts) != 0);
  const auto answer = ask_control(scratch.path, "status");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == base::Error::Code::not_found);
}

TEST_CASE("a peer of another user is refused even where the file lets it in") {
  if (geteuid() != 0) {
    WARN("not run: only root can become another user");
    return;
  }
  const Scratch scratch;
  bool asked = false;
  const auto control = listening(scratch.path, [&](const std::string&) {
    asked = true;
    return std::string("secret");
  });
  chmod(scratch.folder.c_str(), 0755);
  chmod(scratch.path.c_str(), 0777);
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
    Peer stranger(scratch.path);
    if (!stranger.connected()) _exit(3);
    stranger.say("status\n");
    _exit(stranger.cut_off() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(*ask_control(scratch.path, "status") == "secret");
  CHECK(asked);
}

TEST_CASE("nothing is sent to a socket at which another user listens") {
  if (geteuid() != 0) {
    WARN("not run: only root can become another user");
    return;
  }
  const Scratch scratch;
  const auto as_user = [](uid_t user, const auto& act) {
    const pid_t child = fork();
    if (child == 0) _exit(setgid(65534) != 0 || setuid(user) != 0 ? 2 : act());
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  chmod(scratch.folder.c_str(), 0777);
  const base::Fd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, scratch.path.c_str());
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  chmod(scratch.path.c_str(), 0777);
  // Who called listen() is the one that a client sees there.
  REQUIRE(as_user(65533, [&] { return ::listen(listener.get(), 5); }) == 0);
  const auto ask = [&] {
    const auto answer = ask_control(scratch.path, "status");
    return !answer && answer.error().message.find("another user (65533)") != std::string::npos;
  };
  CHECK(as_user(65532, ask) == 1);
  const base::Fd asked(::accept(listener.get(), nullptr, nullptr));
  CHECK(::recv(asked.get(), &address, 1, 0) == 0);  // it left without a word
}

TEST_CASE("a socket that was left over is replaced, a file is not") {
  const Scratch scratch;
  {
    const base::Fd left(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, scratch.path.c_str());
    REQUIRE(::bind(left.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }
  {
    const auto control = listening(scratch.path);
    CHECK(*ask_control(scratch.path, "1") == "<1>");
  }
  std::ofstream(scratch.path) << "precious";
  const auto refused = ControlSocket::open(scratch.path, [](const std::string& s) { return s; });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("it is no socket") != std::string::npos);
  CHECK(std::filesystem::file_size(scratch.path) == 8);
}

TEST_CASE("a socket that somebody listens at is not taken over") {
  const Scratch scratch;
  const auto first = listening(scratch.path);
  const auto second = ControlSocket::open(scratch.path, [](const std::string&) { return "2"; });
  REQUIRE_FALSE(second);
  CHECK(second.error().code == base::Error::Code::busy);
  CHECK(second.error().message.find("another process listens there") != std::string::npos);
  CHECK(*ask_control(scratch.path, "1") == "<1>");
}

TEST_CASE("a socket that another process made at the same name stays when ours goes") {
  const Scratch scratch;
  auto first = listening(scratch.path);
  std::filesystem::remove(scratch.path);
  const auto second = listening(scratch.path);
  first.reset();
  CHECK(*ask_control(scratch.path, "1") == "<1>");
}

TEST_CASE("the metrics of two crawls do not take each other's socket either") {
  const Scratch scratch;
  const auto page = [](const std::string&) { return daemon::HttpPage{.body = "figures"}; };
  auto first = daemon::HttpListener::open(scratch.path, page);
  REQUIRE(first);
  const auto second = daemon::HttpListener::open(scratch.path, page);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == base::Error::Code::busy);
  Peer scraper(scratch.path);
  REQUIRE(scraper.say("GET /metrics HTTP/1.1\r\n\r\n"));
  CHECK(scraper.line() == "HTTP/1.1 200 OK\r");
  first->reset();
  CHECK_FALSE(std::filesystem::exists(scratch.path));
}

TEST_CASE("silent peers do not keep a scraper from the metrics") {
  const Scratch scratch;
  const auto page = [](const std::string&) { return daemon::HttpPage{.body = "figures"}; };
  const auto listener = daemon::HttpListener::open(scratch.path, page);
  REQUIRE(listener);
  std::vector<Peer> silent;
  for (int i = 0; i < 100; ++i) {
    silent.emplace_back(scratch.path);
    REQUIRE(silent.back().connected());
  }
  Peer scraper(scratch.path);
  REQUIRE(scraper.say("GET /metrics HTTP/1.1\r\n\r\n"));
  CHECK(scraper.line() == "HTTP/1.1 200 OK\r");
}

TEST_CASE("a path that is too long for a socket is refused with the path") {
  const std::string path = "/tmp/" + std::string(200, 'x');
  const auto refused = ControlSocket::open(path, [](const std::string& s) { return s; });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.starts_with(path));
}

TEST_CASE("an answer that takes longer to make than a peer may be idle still arrives") {
  const Scratch scratch;
  constexpr std::chrono::seconds kIdle{2};
  const auto control = ControlSocket::open(
      scratch.path,
      [&](const std::string&) {
        std::this_thread::sleep_for(kIdle + std::chrono::milliseconds(200));
        return std::string("done");
      },
      kIdle);
  REQUIRE(control);
  const auto answer = ask_control(scratch.path, "reload");
  REQUIRE(answer);
  CHECK(*answer == "done");
}

TEST_CASE("an answer that is long in the making holds up nobody else") {
  const Scratch scratch;
  std::atomic<bool> made{false};
  const auto control = listening(scratch.path, [&](const std::string& asked) {
    if (asked != "reload") return ControlSocket::Reply("at once");
    return ControlSocket::Reply([&made]() -> std::optional<std::string> {
      if (!made) return std::nullopt;
      return "reloaded";
    });
  });
  Peer patient(scratch.path);
  Peer leaves(scratch.path);
  REQUIRE(patient.say("reload\nstatus\n"));
  REQUIRE(leaves.say("reload\n"));
  CHECK(*ask_control(scratch.path, "status") == "at once");
  leaves.leave();
  CHECK(*ask_control(scratch.path, "status") == "at once");
  made = true;
  CHECK(patient.line() == "reloaded");
  REQUIRE(patient.say("status\n"));
  CHECK(patient.line() == "at once");
}

TEST_CASE("who waits for an answer at the end has it, or hears that it was the end") {
  const Scratch scratch;
  std::atomic<int> asked{0};
  std::atomic<bool> ended{false};
  auto control = listening(scratch.path, [&](const std::string& request) {
    ++asked;
    return ControlSocket::Reply([&ended, request]() -> std::optional<std::string> {
      if (request == "stored by the end" && ended) return "added";
      return std::nullopt;
    });
  });
  Peer stored(scratch.path);
  Peer never(scratch.path);
  REQUIRE(stored.say("stored by the end\n"));
  REQUIRE(never.say("never\n"));
  while (asked < 2) std::this_thread::yield();
  ended = true;
  control.reset();
  CHECK(stored.line() == "added");
  CHECK(never.line() == R"({"error":"the crawl ended before that was done"})");
}
