#include "tests/support/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace crawld::tests {
namespace {

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xFFFF);
}

std::string wire_name(const std::string& name) {
  std::string out;
  std::size_t from = 0;
  while (from < name.size()) {
    const auto dot = std::min(name.find('.', from), name.size());
    out += static_cast<char>(dot - from);
    out += name.substr(from, dot - from);
    from = dot + 1;
  }
  return out + '\0';
}

std::string wire_data(const DnsRecord& record) {
  unsigned char buffer[16];
  switch (record.type) {
    case DnsRecord::Type::a:
      inet_pton(AF_INET, record.value.c_str(), buffer);
      return {reinterpret_cast<char*>(buffer), 4};
    case DnsRecord::Type::aaaa:
      inet_pton(AF_INET6, record.value.c_str(), buffer);
      return {reinterpret_cast<char*>(buffer), 16};
    case DnsRecord::Type::cname:
      return wire_name(record.value);
  }
  return {};
}

std::string encode(const std::string& question, const DnsReply& reply) {
  std::string out = question.substr(0, 2);
  put16(out, 0x8180u | static_cast<unsigned>(reply.code));
  put16(out, 1);
  put16(out, static_cast<unsigned>(reply.records.size()));
  put16(out, reply.soa_minimum ? 1 : 0);
  put16(out, 0);
  out += question.substr(12);
  for (const DnsRecord& record : reply.records) {
    const std::string data = wire_data(record);
    put16(out, 0xC00C);  // the name of the question
    put16(out, static_cast<unsigned>(record.type));
    put16(out, 1);
    put32(out, record.ttl);
    put16(out, static_cast<unsigned>(data.size()));
    out += data;
  }
  if (reply.soa_minimum) {
    std::string data = wire_name("ns.test") + wire_name("root.test");
    for (const std::uint32_t number : {1u, 2u, 3u, 4u, *reply.soa_minimum}) put32(data, number);
    out += wire_name("test");
    put16(out, 6);
    put16(out, 1);
    put32(out, 3'600);
    put16(out, static_cast<unsigned>(data.size()));
    out += data;
  }
  return out;
}

}  // namespace

NameServer::NameServer(Zone zone)
    : zone_(std::move(zone)), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  ::bind(socket_, reinterpret_cast<sockaddr*>(&here), size);
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&here), &size);
  port_ = ntohs(here.sin_port);
  thread_ = std::thread([this] { run(); });
}

NameServer::~NameServer() {
  ending_ = true;
  thread_.join();
  for (auto& thread : late_) thread.join();
  ::close(socket_);
}

std::string NameServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

int NameServer::questions(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count(names_.begin(), names_.end(), name));
}

void NameServer::run() {
  while (!ending_) {
    pollfd entry{socket_, POLLIN, 0};
    if (::poll(&entry, 1, 10) <= 0) continue;
    char buffer[512];
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const auto got =
        ::recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer), &size);
    if (got < 17) continue;
    std::string question(buffer, static_cast<std::size_t>(got));
    std::string name;
    std::size_t at = 12;
    while (at < question.size() && question[at] != 0) {
      const auto length = static_cast<unsigned char>(question[at]);
      if (!name.empty()) name += '.';
      name += question.substr(at + 1, length);
      at += length + 1;
    }
    question.resize(std::min(question.size(), at + 5));
    const auto type = static_cast<DnsRecord::Type>(static_cast<unsigned char>(question[at + 2]));
    {
      const std::lock_guard lock(mutex_);
      names_.push_back(name);
    }
    const DnsReply reply = zone_(name, type);
    if (reply.silent) continue;
    const std::string bytes = encode(question, reply);
    const auto send = [this, bytes, peer, delay = reply.delay_ms] {
      const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay);
      while (!ending_ && std::chrono::steady_clock::now() < due) ::poll(nullptr, 0, 5);
      ::sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&peer),
               sizeof peer);
    };
    if (reply.delay_ms == 0) {
      send();
    } else {
      late_.emplace_back(send);
    }
  }
}

}  // namespace crawld::tests
