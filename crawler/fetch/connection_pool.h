// Idle connections, by the origin they lead to, whichever thread used them last.
//
// A Session is a multi handle with the one connection inside it. A transfer takes
// the session that talked to its origin last, and gives it back when it ended
// well. libcurl's own sharing of connections between threads (CURL_LOCK_DATA_CONNECT)
// is not safe in 7.88; nothing is shared here, sessions change hands.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/fetch/tls.h"

namespace crawld::fetch {

// The sockets of a session, so that another thread can cut them.
class Sockets {
 public:
  void add(int fd) CRAWL_EXCLUDES(mutex_);
  // Closes under the lock: cut() never meets a descriptor that is somebody else's.
  void close(int fd) CRAWL_EXCLUDES(mutex_);
  // It is another's from now on.
  void let_go(int fd) CRAWL_EXCLUDES(mutex_);
  // Ends all traffic; whoever polls them wakes up. Threads: any.
  void cut() CRAWL_EXCLUDES(mutex_);
  // The peer has sent something, or closed, without being asked. For an HTTP/1
  // connection that is idle.
  bool anything_to_read() CRAWL_EXCLUDES(mutex_);

 private:
  base::Mutex mutex_;
  std::vector<int> fds_ CRAWL_GUARDED_BY(mutex_);
};

class Transfer;

// Threads: one at a time, `sockets` but for.
struct Session {
  explicit Session(std::string key);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // TLS holds bytes behind the body that libcurl did not take, as it reads no more than was
  // announced: no socket shows them, and they would be taken for the next answer.
  // Needs: a transfer is at work, else there are none.
  bool holds_unread_record() const;

  // Makes `easy` anew, without options; the connection stays. libcurl 7.88 keeps a pointer to the
  // last header of the answer before, which it frees, and an answer whose first line is a folded
  // one has it write there.
  void renew_handle();
  // As curl_easy_perform().
  CURLcode perform();

  const std::string key;
  Sockets sockets;  // outlives `multi`, which closes them
  TlsWatch tls;
  CURL* easy = nullptr;           // set from the first transfer on
  curl_slist* resolve = nullptr;  // what was last given to CURLOPT_RESOLVE
  std::string resolve_entry;
  bool used = false;             // for a transfer
  Transfer* transfer = nullptr;  // the running one; callbacks find it here
  base::Instant idle_since{};

 private:
  CURLM* const multi_;          // of one easy handle at a time
  CURLSH* const tls_sessions_;  // that the next connection resumes
};

class ConnectionPool {
 public:
  ConnectionPool(std::size_t max_idle, base::Duration max_age)
      : max_idle_(max_idle), max_age_(max_age) {}

  // The session that was given back last under `key`, or a new one.
  std::unique_ptr<Session> take(const std::string& key) CRAWL_EXCLUDES(mutex_);
  static std::unique_ptr<Session> make(const std::string& key);
  void give_back(std::unique_ptr<Session> session) CRAWL_EXCLUDES(mutex_);
  void close_all() CRAWL_EXCLUDES(mutex_);
  std::size_t idle() const CRAWL_EXCLUDES(mutex_);

 private:
  using Line = std::list<std::unique_ptr<Session>>;  // the longest idle first

  void forget(Line::iterator session) CRAWL_REQUIRES(mutex_);

  const std::size_t max_idle_;
  const base::Duration max_age_;
  mutable base::Mutex mutex_;
  Line line_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::vector<Line::iterator>> by_key_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::fetch
