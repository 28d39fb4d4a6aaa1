#include "crawler/daemon/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "crawler/base/fd.h"
#include "tests/support/environment_variable.h"

using namespace crawld;

namespace {

// The service manager's side. `name`: a path, or "@" and an abstract name.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  }
  // What was sent, or empty.
  std::string heard() {
    char buffer[4'096];
    const ssize_t n = ::recv(socket_.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    return n < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(n));
  }
  // Fills the queue until the kernel takes no more.
  void stuff(const std::string& path) {
    const base::Fd sender(::socket(AF_UNIX, SOCK_DGRAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    while (::sendto(sender.get(), "x", 1, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&address),
                    sizeof(address)) == 1) {
    }
  }

 private:
  base::Fd socket_;
};

struct Scratch {
  Scratch() {
    char name[] = "/tmp/crawld-notify-XXXXXX";
    folder = mkdtemp(name);
  }
  ~Scratch() { std::filesystem::remove_all(folder); }
  std::string folder;
};

}  // namespace

TEST_CASE("the service manager hears what it is told, at a path or an abstract name") {
  const Scratch scratch;
  tests::EnvironmentVariable variable("NOTIFY_SOCKET");
  const std::string name = GENERATE(as<std::string>{}, "path", "abstract") == "path"
                               ? scratch.folder + "/notify"
                               : "@crawld-notify-test-" + std::to_string(getpid());
  Manager manager(name);
  variable.set(name);
  daemon::notify_service_manager("READY=1");
  CHECK(manager.heard() == "READY=1");
  daemon::notify_service_manager("STATUS=12 pages\nWATCHDOG=1");
  CHECK(manager.heard() == "STATUS=12 pages\nWATCHDOG=1");
  CHECK(manager.heard().empty());
}

TEST_CASE("without a service manager, or with a broken address, nothing happens") {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  const auto before = open_files();
  tests::EnvironmentVariable variable("NOTIFY_SOCKET");
  variable.clear();
  daemon::notify_service_manager("READY=1");
  for (const std::string& name :
       {std::string(), std::string("relative"), std::string("/nowhere/at/all"),
        "/" + std::string(5'000, 'x'), std::string("@")}) {
    variable.set(name);
    daemon::notify_service_manager("READY=1");
  }
  CHECK(open_files() == before);
}

TEST_CASE("a service manager that does not listen does not hold the daemon up") {
  const Scratch scratch;
  tests::EnvironmentVariable variable("NOTIFY_SOCKET");
  const std::string name = scratch.folder + "/notify";
  Manager manager(name);
  manager.stuff(name);
  variable.set(name);
  daemon::notify_service_manager("READY=1");
  CHECK(manager.heard() == "x");
}
