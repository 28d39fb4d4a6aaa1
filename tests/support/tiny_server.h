// A server on loopback that says exactly what a test tells it to.
//
// Each connection is a script, run on a thread of its own: it reads requests and
// writes raw bytes. Everything ends with the server object.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace crawld::tests {

class TinyServer;

class Connection {
 public:
  // Request line and headers up to the empty line; nothing once the client has left.
  std::optional<std::string> read_request();
  // Exactly `count` bytes, or nothing.
  std::optional<std::string> read_bytes(std::size_t count);
  // False once the client has left or the server ends.
  bool send(const std::string& bytes);
  // The same bytes again and again until the client leaves; returns how many went.
  std::size_t send_for_ever(const std::string& bytes, int pause_ms = 0);
  // Keeps the connection open until the client leaves or the server ends.
  void stay_silent();
  // Returns when the client has read all that was sent. Needs: IPv4.
  void wait_until_read();
  void reset();      // RST instead of FIN
  void close_tls();  // close_notify, which is not sent otherwise

  // Of the client's certificate; empty: it showed none.
  std::string client_name() const;

  // "TLSv1.3": what was agreed on. Needs: a server with TLS.
  std::string tls_version() const;

  // "127.0.0.1": where the client connected from.
  std::string client_address() const;

  int number() const { return number_; }  // 0 for the first connection of the server

 private:
  friend class TinyServer;
  void drain();
  TinyServer* server_ = nullptr;
  int fd_ = -1;
  bool reset_ = false;
  int number_ = 0;
  SSL* tls_ = nullptr;
  std::string pending_;
};

class TinyServer {
 public:
  using Script = std::function<void(Connection&)>;
  struct Tls {
    std::string certificate;  // PEM files
    std::string key;
    bool http2 = false;            // chosen in ALPN where the client offers it
    std::string client_authority;  // PEM file: clients are asked for a certificate of it
    bool client_must = false;      // and turned away without
    int max_version = 0;           // OpenSSL's TLS1_2_VERSION and its like; 0: any
  };

  explicit TinyServer(Script script, const char* address = "127.0.0.1");
  TinyServer(Script script, const Tls& tls);
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const;
  std::vector<std::string> requests() const;
  int connections() const { return connections_; }

 private:
  friend class Connection;
  void listen(const char* address);
  void accept_all();
  void serve(Connection connection);

  Script script_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A script that answers every request of a connection with `reply`.
TinyServer::Script always(std::string reply);
// "HTTP/1.1 200 OK", Content-Length, and `body`.
std::string ok(const std::string& body, const std::string& more_headers = "");

}  // namespace crawld::tests
