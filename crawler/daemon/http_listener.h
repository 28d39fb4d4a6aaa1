// A small HTTP/1.1 server for pages that this program makes of itself: GET and HEAD, one request
// a connection, on a loopback port or a Unix socket. Nothing can be changed through it.
//
// On a port a Host header that is no loopback address or localhost is refused (DNS
// rebinding). Request heads are at most 8 KiB, connections at most 32 and 10 s old, of
// which the oldest makes room for a new one: garbage, slow and silent peers keep out nobody. It has
// a thread of its own, which calls the handler.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"
#include "crawler/base/thread.h"
#include "crawler/daemon/socket_file.h"

namespace crawld::daemon {

struct HttpPage {
  int status = 200;  // 200, 404 or 503
  std::string type = "text/plain";
  std::string body;
  std::string policy = "default-src 'none'";  // Content-Security-Policy
};

class HttpListener {
 public:
  // Makes the page of a path ("/metrics", without the query). Called by the listener's thread.
  using Handler = std::function<HttpPage(const std::string& path)>;

  // `where`: "127.0.0.1:9464", "[::1]:9464", "localhost:9464", or the whole path of a Unix
  // socket, which is made with mode 0660 and takes the place of a socket left over there.
  // Errors: invalid (neither), busy (another process listens there), io.
  static base::Result<std::unique_ptr<HttpListener>> open(const std::string& where,
                                                          Handler handler);
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

 private:
  explicit HttpListener(Handler handler) : handler_(std::move(handler)) {}
  base::Status listen_at_port(const std::string& where);
  base::Status listen_at_path(const std::string& path);
  std::string answer(const std::string& head) const;
  int listener() const { return port_.open() ? port_.get() : file_.get(); }
  void serve();

  const Handler handler_;
  bool checks_host_ = false;
  SocketFile file_;  // of a path
  base::Fd port_;    // otherwise
  base::Fd wake_;    // eventfd: the end
  base::Thread thread_;
};

}  // namespace crawld::daemon
