#include "crawler/fetch/dns_servers.h"

#include <ares.h>
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/base/log.h"

namespace crawld::fetch {
namespace {

using base::Instant;
using std::chrono::milliseconds;

constexpr const char* kSystemList = "/etc/resolv.conf";
constexpr std::chrono::seconds kLookAgain{1};
// A lost packet is no dead server.
constexpr int kMisses = 3;
constexpr std::chrono::seconds kRest{60};

bool init_ares_once() {
  static const bool done = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return done;
}

bool is_over(int status) { return status == ARES_ECANCELLED || status == ARES_EDESTRUCTION; }

// The server knows what it says, be it that there is no such name.
bool is_answer(int status) {
  return status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA ||
         status == ARES_EBADNAME;
}

base::Error cannot_start() { return {base::Error::Code::io, "cannot start the DNS client"}; }

std::string text_of(const ares_addr_port_node& node) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(node.family, &node.addr, text.data(), text.size());
  const std::string port = std::to_string(node.udp_port == 0 ? 53 : node.udp_port);
  if (node.family == AF_INET) return std::string(text.data()) + ":" + port;
  return "[" + std::string(text.data()) + "]:" + port;
}

std::vector<std::string> system_servers() {
  std::vector<std::string> all;
  ares_channel channel = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) return all;
  ares_addr_port_node* first = nullptr;
  if (ares_get_servers_ports(channel, &first) == ARES_SUCCESS) {
    for (const auto* node = first; node != nullptr; node = node->next) {
      const std::string text = text_of(*node);
      if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    }
    ares_free_data(first);
  }
  ares_destroy(channel);
  return all;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

struct DnsServers::Server {
  explicit Server(std::string named) : address(std::move(named)) {}
  ~Server() {
    if (channel != nullptr) ares_destroy(channel);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  base::Status open(milliseconds timeout, int tries) {
    ares_options options{};
    options.timeout = static_cast<int>(timeout.count());
    options.tries = tries;
    options.sock_state_cb = &Server::on_socket;
    options.sock_state_cb_data = this;
    options.flags = ARES_FLAG_NOCHECKRESP;  // a SERVFAIL is an answer, with its name
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel, &options, mask) != ARES_SUCCESS) {
      channel = nullptr;
      return cannot_start();
    }
    if (ares_set_servers_ports_csv(channel, address.c_str()) == ARES_SUCCESS) return base::Done{};
    return base::Error{
        base::Error::Code::invalid,
        "\"" + address + "\" is not a list of name servers; expected like 192.0.2.1:53"};
  }

  static void on_socket(void* self, ares_socket_t fd, int readable, int writable) {
    auto& sockets = static_cast<Server*>(self)->sockets;
    const auto found = std::find_if(sockets.begin(), sockets.end(),
                                    [&](const pollfd& entry) { return entry.fd == fd; });
    const auto events =
        static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
    if (events == 0 && found != sockets.end()) sockets.erase(found);
    if (events != 0 && found != sockets.end()) found->events = events;
    if (events != 0 && found == sockets.end()) sockets.push_back({fd, events, 0});
  }

  bool rests(Instant now) const { return misses >= kMisses && now < rests_until; }

  const std::string address;
  ares_channel channel = nullptr;
  std::vector<pollfd> sockets;
  std::size_t open_asks = 0;
  int misses = 0;  // questions in a row that another one answered
  Instant rests_until{};
};

// One half of a question on its way from server to server.
struct DnsServers::Ask {
  DnsServers* servers;
  std::string name;
  int type;
  Answered answered;
  Server* server = nullptr;         // that has it now
  std::vector<std::string> failed;  // their addresses: a server may be gone by then
};

base::Result<std::unique_ptr<DnsServers>> DnsServers::open(std::vector<std::string> configured,
                                                           milliseconds query_timeout) {
  if (!init_ares_once()) return cannot_start();
  std::unique_ptr<DnsServers> servers(new DnsServers(std::move(configured), query_timeout));
  if (servers->configured_.empty() && ::stat(kSystemList, &servers->system_seen_) != 0) {
    servers->system_seen_ = {};
  }
  auto opened =
      servers->open_all(servers->configured_.empty() ? system_servers() : servers->configured_);
  if (!opened) return std::move(opened).error();
  return servers;
}

DnsServers::DnsServers(std::vector<std::string> configured, milliseconds query_timeout)
    : configured_(std::move(configured)), query_timeout_(query_timeout) {}

DnsServers::~DnsServers() {
  ending_ = true;
  servers_.clear();
  retired_.clear();
}

base::Status DnsServers::open_all(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return cannot_start();
  // All of them share the time. One alone is asked twice, the second time for twice as long.
  const auto share = static_cast<std::int64_t>(std::max<std::size_t>(addresses.size(), 2));
  const milliseconds timeout(std::max<std::int64_t>(query_timeout_.count() / share, 100));
  std::vector<std::unique_ptr<Server>> opened;
  for (const std::string& address : addresses) {
    opened.push_back(std::make_unique<Server>(address));
    auto status = opened.back()->open(timeout, addresses.size() == 1 ? 2 : 1);
    if (!status) return status;
  }
  std::move(servers_.begin(), servers_.end(), std::back_inserter(retired_));
  servers_ = std::move(opened);
  return base::Done{};
}

// A laptop in another network, a new lease: what was read at the start names servers of old.
void DnsServers::read_system_again(Instant now) {
  if (!configured_.empty() || now < looked_at_ + kLookAgain) return;
  looked_at_ = now;
  struct stat seen {};
  if (::stat(kSystemList, &seen) != 0 || same_file(seen, system_seen_)) return;
  system_seen_ = seen;
  const std::vector<std::string> addresses = system_servers();
  const auto same = [](const auto& server, const auto& address) {
    return server->address == address;
  };
  if (std::equal(servers_.begin(), servers_.end(), addresses.begin(), addresses.end(), same))
    return;
  const std::string before = names();
  if (open_all(addresses)) {
    base::log::info("dns.servers", {{"servers", names()}, {"before", before}});
  }
}

std::string DnsServers::names() const {
  std::string all;
  for (const auto& server : servers_) all += (all.empty() ? "" : ", ") + server->address;
  return all;
}

DnsServers::Server* DnsServers::choose(const std::vector<std::string>& asked, Instant now) {
  Server* resting = nullptr;
  for (const auto& server : servers_) {
    if (std::find(asked.begin(), asked.end(), server->address) != asked.end()) continue;
    if (server->rests(now)) {
      if (resting == nullptr) resting = server.get();
      continue;
    }
    // This question tries it; the others do not wait for what comes of that.
    if (server->misses >= kMisses) server->rests_until = now + kRest;
    return server.get();
  }
  return resting;
}

void DnsServers::ask(const std::string& name, int type, Answered answered) {
  read_system_again(std::chrono::steady_clock::now());
  send(std::make_unique<Ask>(
      Ask{.servers = this, .name = name, .type = type, .answered = std::move(answered)}));
}

void DnsServers::send(std::unique_ptr<Ask> ask) {
  ask->server = choose(ask->failed, std::chrono::steady_clock::now());
  ++ask->server->open_asks;
  // c-ares owns it until it calls on_answer, which it does exactly once.
  Ask* const owned = ask.release();
  ares_query(owned->server->channel, owned->name.c_str(), 1, owned->type, &on_answer, owned);
}

void DnsServers::on_answer(void* arg, int status, int /*timeouts*/, unsigned char* message,
                           int size) {
  std::unique_ptr<Ask> ask(static_cast<Ask*>(arg));
  --ask->server->open_asks;
  DnsServers& servers = *ask->servers;
  const bool none = message == nullptr || size <= 0;
  servers.settle(
      std::move(ask), status,
      none ? std::span<const std::uint8_t>() : std::span(message, static_cast<std::size_t>(size)));
}

void DnsServers::settle(std::unique_ptr<Ask> ask, int status,
                        std::span<const std::uint8_t> message) {
  const Instant now = std::chrono::steady_clock::now();
  if (is_answer(status)) {
    ask->server->misses = 0;
    for (const auto& server : servers_) {
      const bool failed =
          std::find(ask->failed.begin(), ask->failed.end(), server->address) != ask->failed.end();
      if (!failed || server.get() == ask->server) continue;
      if (++server->misses < kMisses) continue;
      server->rests_until = now + kRest;
      if (server->misses == kMisses) {
        base::log::warn("dns.server_rests",
                        {{"server", server->address}, {"answers", ask->server->address}});
      }
    }
  } else if (!ending_ && !is_over(status)) {
    ask->failed.push_back(ask->server->address);
    if (choose(ask->failed, now) != nullptr) return send(std::move(ask));
  }
  ask->answered(status, message);
}

void DnsServers::add_sockets(std::vector<pollfd>& polled) const {
  for (const auto* servers : {&servers_, &retired_}) {
    for (const auto& server : *servers)
      polled.insert(polled.end(), server->sockets.begin(), server->sockets.end());
  }
}

void DnsServers::process(std::span<const pollfd> polled) {
  std::vector<Server*> all;  // the lists may change in an answer
  for (const auto* servers : {&servers_, &retired_}) {
    for (const auto& server : *servers) all.push_back(server.get());
  }
  for (Server* const server : all) {
    for (const pollfd& entry : polled) {
      const auto is_it = [&](const pollfd& own) { return own.fd == entry.fd; };
      const bool readable = (entry.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (entry.revents & POLLOUT) != 0;
      if ((!readable && !writable) ||
          std::none_of(server->sockets.begin(), server->sockets.end(), is_it)) {
        continue;
      }
      ares_process_fd(server->channel, readable ? entry.fd : ARES_SOCKET_BAD,
                      writable ? entry.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(server->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time-outs
  }
  std::erase_if(retired_, [](const auto& server) { return server->open_asks == 0; });
}

milliseconds DnsServers::idle_for(milliseconds most) const {
  for (const auto* servers : {&servers_, &retired_}) {
    for (const auto& server : *servers) {
      timeval wait{60, 0};
      const timeval* next = ares_timeout(server->channel, &wait, &wait);
      most = std::min(most, milliseconds(next->tv_sec * 1'000 + next->tv_usec / 1'000 + 1));
    }
  }
  return most;
}

}  // namespace crawld::fetch
