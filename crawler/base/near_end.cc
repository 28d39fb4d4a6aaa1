#include "crawler/base/near_end.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "crawler/base/escape.h"
#include "crawler/base/fd.h"

namespace crawld::base {
namespace {

socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

// AF_UNSPEC where the text is no address.
sockaddr_storage parse(const std::string& text) {
  sockaddr_storage out{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    std::memcpy(&out, &v4, sizeof v4);
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    std::memcpy(&out, &v6, sizeof v6);
  }
  return out;
}

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  }
  inet_ntop(address.sa_family, bytes, text.data(), text.size());
  return text.data();
}

// "lo 127.0.0.1, eth0 192.0.2.7": the first few.
std::string what_there_is() {
  constexpr int kMostTold = 8;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  std::string text;
  int told = 0;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
    if (one->ifa_addr->sa_family != AF_INET && one->ifa_addr->sa_family != AF_INET6) continue;
    if (++told > kMostTold) return text + ", ...";
    text += (text.empty() ? "" : ", ") + std::string(one->ifa_name) + " " + text_of(*one->ifa_addr);
  }
  return text;
}

}  // namespace

Result<NearEnd> NearEnd::find(const std::string& text) {
  NearEnd end;
  end.text_ = text;
  end.address_ = parse(text);
  int error = 0;
  if (end.family() == AF_UNSPEC) {
    error = if_nametoindex(text.c_str()) == 0 ? ENODEV : 0;
  } else {
    const Fd socket(::socket(end.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    error = socket.open() ? end.bind(socket.get()) : errno;
  }
  if (error == 0) return end;
  return Error{Error::Code::invalid, "\"" + printable(text) +
                                         "\" is no address and no interface of this machine, " +
                                         "which has " + what_there_is()};
}

int NearEnd::bind(int fd) const {
  if (family() == AF_UNSPEC) {
    const auto size = static_cast<socklen_t>(text_.size());
    return ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, text_.c_str(), size) == 0 ? 0 : errno;
  }
  // Else each connection would take a port for itself, whatever it leads to.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto* name = reinterpret_cast<const sockaddr*>(&address_);
  return ::bind(fd, name, size_of(address_)) == 0 ? 0 : errno;
}

}  // namespace crawld::base
