// A name server on loopback that answers as a test tells it to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crawld::tests {

struct DnsRecord {
  enum class Type : std::uint16_t { a = 1, cname = 5, aaaa = 28 };
  Type type;
  std::string value;
  std::uint32_t ttl = 300;
};

struct DnsReply {
  int code = 0;  // RCODE: 2 SERVFAIL, 3 NXDOMAIN
  std::vector<DnsRecord> records;
  std::optional<std::uint32_t> soa_minimum;  // adds a SOA to the authority section
  int delay_ms = 0;
  bool silent = false;
};

class NameServer {
 public:
  using Zone = std::function<DnsReply(const std::string& name, DnsRecord::Type type)>;

  explicit NameServer(Zone zone);
  ~NameServer();

  std::string address() const;  // "127.0.0.1:port"
  int questions(const std::string& name) const;

 private:
  void run();

  Zone zone_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
  std::vector<std::thread> late_;
  std::thread thread_;
};

}  // namespace crawld::tests
