// The name servers in the order in which they are asked, each by c-ares.
//
// A question goes to the first; to the next where that one is silent, refuses or
// fails. One that failed three questions in a row which another could answer
// comes last for a minute: nobody waits for a dead server with each name. Then
// one question tries it again. Where the system names the servers, a new
// /etc/resolv.conf holds from the next second on.
// Threads: that of the DNS client.
#pragma once

#include <poll.h>
#include <sys/stat.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"

namespace crawld::fetch {

class DnsServers {
 public:
  // c-ares' status, and the message if there was one, which lives for the call only.
  using Answered = std::function<void(int status, std::span<const std::uint8_t> message)>;

  // `configured` as DnsConfig::servers; empty: those of the system. A question is open for
  // `query_timeout` at most by then, or for twice as long where c-ares doubles its patience.
  static base::Result<std::unique_ptr<DnsServers>> open(std::vector<std::string> configured,
                                                        std::chrono::milliseconds query_timeout);
  // Answers what is open with ARES_EDESTRUCTION.
  ~DnsServers();
  DnsServers(const DnsServers&) = delete;
  DnsServers& operator=(const DnsServers&) = delete;

  // Calls `answered` exactly once, perhaps before this returns. `type`: 1 A, 28 AAAA.
  void ask(const std::string& name, int type, Answered answered);

  // The sockets to be polled, and what then happened to them: both in the same order.
  void add_sockets(std::vector<pollfd>& polled) const;
  void process(std::span<const pollfd> polled);
  // How long nothing has to be processed where no socket says so, `most` at most.
  std::chrono::milliseconds idle_for(std::chrono::milliseconds most) const;

  // For people: "192.0.2.1:53, 192.0.2.2:53".
  std::string names() const;

 private:
  struct Server;
  struct Ask;

  DnsServers(std::vector<std::string> configured, std::chrono::milliseconds query_timeout);
  base::Status open_all(const std::vector<std::string>& addresses);
  void read_system_again(base::Instant now);
  Server* choose(const std::vector<std::string>& asked, base::Instant now);
  void send(std::unique_ptr<Ask> ask);
  void settle(std::unique_ptr<Ask> ask, int status, std::span<const std::uint8_t> message);
  static void on_answer(void* arg, int status, int timeouts, unsigned char* message, int size);

  const std::vector<std::string> configured_;
  const std::chrono::milliseconds query_timeout_;
  std::vector<std::unique_ptr<Server>> servers_;  // as listed
  std::vector<std::unique_ptr<Server>> retired_;  // of an old list, until they have answered
  struct stat system_seen_ {};
  base::Instant looked_at_{};
  bool ending_ = false;
};

}  // namespace crawld::fetch
