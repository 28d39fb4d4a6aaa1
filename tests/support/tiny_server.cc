#include "tests/support/tiny_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace crawld::tests {
namespace {

int choose_http2(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                 unsigned in_size, void*) {
  static const unsigned char kHttp2[] = {2, 'h', '2'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp2, sizeof kHttp2, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Waits until `fd` is ready for `events`; false when the server ends first.
bool wait_for(int fd, short events, const std::atomic<bool>& ending) {
  while (!ending) {
    pollfd entry{fd, events, 0};
    if (::poll(&entry, 1, 10) > 0) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> Connection::read_bytes(std::size_t count) {
  while (pending_.size() < count) {
    char buffer[4096];
    if (tls_ == nullptr || SSL_pending(tls_) == 0) {
      if (!wait_for(fd_, POLLIN, server_->ending_)) return std::nullopt;
    }
    const auto got = tls_ != nullptr ? SSL_read(tls_, buffer, sizeof buffer)
                                     : static_cast<int>(::recv(fd_, buffer, sizeof buffer, 0));
    if (got <= 0) return std::nullopt;
    pending_.append(buffer, static_cast<std::size_t>(got));
  }
  std::string out = pending_.substr(0, count);
  pending_.erase(0, count);
  return out;
}

std::optional<std::string> Connection::read_request() {
  std::string request;
  while (!request.ends_with("\r\n\r\n")) {
    auto byte = read_bytes(1);
    if (!byte) return std::nullopt;
    request += *byte;
  }
  const std::lock_guard lock(server_->mutex_);
  server_->requests_.push_back(request);
  return request;
}

bool Connection::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    if (!wait_for(fd_, POLLOUT, server_->ending_)) return false;
    const auto part = std::min<std::size_t>(bytes.size() - sent, 16'384);
    const auto wrote = tls_ != nullptr
                           ? SSL_write(tls_, bytes.data() + sent, static_cast<int>(part))
                           : static_cast<int>(::send(fd_, bytes.data() + sent, part, MSG_NOSIGNAL));
    if (wrote <= 0) return false;
    sent += static_cast<std::size_t>(wrote);
  }
  return true;
}

std::size_t Connection::send_for_ever(const std::string& bytes, int pause_ms) {
  std::size_t total = 0;
  while (send(bytes)) {
    total += bytes.size();
    pollfd entry{fd_, 0, 0};
    if (pause_ms > 0 && ::poll(&entry, 1, pause_ms) > 0) break;
  }
  return total;
}

void Connection::stay_silent() {
  char byte = 0;
  while (wait_for(fd_, POLLIN, server_->ending_) && ::recv(fd_, &byte, 1, 0) > 0) {
  }
}

// The client's receive queue stands in /proc/net/tcp, by its local and remote ports.
void Connection::wait_until_read() {
  sockaddr_in ours{};
  sockaddr_in theirs{};
  socklen_t size = sizeof ours;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&ours), &size);
  ::getpeername(fd_, reinterpret_cast<sockaddr*>(&theirs), &size);
  const unsigned local = ntohs(theirs.sin_port);
  const unsigned remote = ntohs(ours.sin_port);
  for (bool waiting = true; waiting && !server_->ending_;) {
    waiting = false;
    std::ifstream table("/proc/net/tcp");
    for (std::string line; std::getline(table, line);) {
      unsigned from = 0;
      unsigned to = 0;
      unsigned unread = 0;
      if (std::sscanf(line.c_str(), " %*u: %*8x:%x %*8x:%x %*x %*x:%x", &from, &to, &unread) == 3 &&
          from == local && to == remote && unread > 0) {
        waiting = true;
      }
    }
  }
}

void Connection::reset() {
  reset_ = true;
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// To close with bytes unread would send RST, which takes from the client what it has not read.
void Connection::drain() {
  if (reset_) return;
  ::shutdown(fd_, SHUT_WR);
  stay_silent();
}

void Connection::close_tls() {
  if (tls_ != nullptr) SSL_shutdown(tls_);
}

std::string Connection::client_name() const {
  X509* certificate = SSL_get1_peer_certificate(tls_);
  if (certificate == nullptr) return {};
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  return name;
}

std::string Connection::tls_version() const { return SSL_get_version(tls_); }

std::string Connection::client_address() const {
  sockaddr_in theirs{};
  socklen_t size = sizeof theirs;
  ::getpeername(fd_, reinterpret_cast<sockaddr*>(&theirs), &size);
  char text[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &theirs.sin_addr, text, sizeof text);
  return text;
}

TinyServer::TinyServer(Script script, const char* address) : script_(std::move(script)) {
  listen(address);
}

TinyServer::TinyServer(Script script, const Tls& tls)
    : script_(std::move(script)), tls_(SSL_CTX_new(TLS_server_method())) {
  if (SSL_CTX_use_certificate_chain_file(tls_, tls.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls_, tls.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("cannot read " + tls.certificate);
  }
  SSL_CTX_set_max_proto_version(tls_, tls.max_version);
  if (tls.max_version != 0 && tls.max_version < TLS1_2_VERSION) {
    SSL_CTX_set_min_proto_version(tls_, tls.max_version);
    SSL_CTX_set_cipher_list(tls_, "DEFAULT@SECLEVEL=0");
  }
  if (!tls.client_authority.empty()) {
    SSL_CTX_set_verify(
        tls_, SSL_VERIFY_PEER | (tls.client_must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    SSL_CTX_load_verify_file(tls_, tls.client_authority.c_str());
  }
  if (tls.http2) SSL_CTX_set_alpn_select_cb(tls_, &choose_http2, nullptr);
  listen("127.0.0.1");
}

void TinyServer::listen(const char* address) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  inet_pton(AF_INET, address, &here.sin_addr);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof here;
  auto* name = reinterpret_cast<sockaddr*>(&here);
  if (::bind(listener_, name, size) != 0 || ::listen(listener_, 1024) != 0 ||
      ::getsockname(listener_, name, &size) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  port_ = ntohs(here.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

TinyServer::~TinyServer() {
  ending_ = true;
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  if (tls_ != nullptr) SSL_CTX_free(tls_);
}

void TinyServer::accept_all() {
  while (wait_for(listener_, POLLIN, ending_)) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    Connection connection;
    connection.server_ = this;
    connection.fd_ = fd;
    connection.number_ = connections_++;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
    }
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void TinyServer::serve(Connection connection) {
  bool ready = true;
  if (tls_ != nullptr) {
    connection.tls_ = SSL_new(tls_);
    SSL_set_fd(connection.tls_, connection.fd_);
    SSL_set_quiet_shutdown(connection.tls_, 0);
    ready = SSL_accept(connection.tls_) == 1;
  }
  if (ready) script_(connection);
  connection.drain();
  if (connection.tls_ != nullptr) SSL_free(connection.tls_);
  const std::lock_guard lock(mutex_);
  std::erase(open_, connection.fd_);
  ::close(connection.fd_);
}

std::string TinyServer::url(const std::string& path, const std::string& host) const {
  return std::string(tls_ != nullptr ? "https://" : "http://") + host + ":" +
         std::to_string(port_) + path;
}

std::vector<std::string> TinyServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

TinyServer::Script always(std::string reply) {
  return [reply = std::move(reply)](Connection& connection) {
    while (connection.read_request()) {
      if (!connection.send(reply)) return;
    }
  };
}

std::string ok(const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body;
}

}  // namespace crawld::tests
