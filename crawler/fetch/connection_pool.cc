#include "crawler/fetch/connection_pool.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

namespace crawld::fetch {

void Sockets::add(int fd) {
  base::MutexLock lock(mutex_);
  fds_.push_back(fd);
}

void Sockets::close(int fd) {
  base::MutexLock lock(mutex_);
  std::erase(fds_, fd);
  ::close(fd);
}

void Sockets::let_go(int fd) {
  base::MutexLock lock(mutex_);
  std::erase(fds_, fd);
}

void Sockets::cut() {
  base::MutexLock lock(mutex_);
  for (const int fd : fds_) ::shutdown(fd, SHUT_RDWR);
}

bool Sockets::anything_to_read() {
  base::MutexLock lock(mutex_);
  return std::any_of(fds_.begin(), fds_.end(), [](int fd) {
    char byte = 0;
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  });
}

Session::Session(std::string of_key)
    : key(std::move(of_key)), multi_(curl_multi_init()), tls_sessions_(curl_share_init()) {
  if (multi_ == nullptr || tls_sessions_ == nullptr) {
    curl_multi_cleanup(multi_);
    curl_share_cleanup(tls_sessions_);
    throw std::bad_alloc();
  }
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
  curl_share_setopt(tls_sessions_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

Session::~Session() {
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
  curl_share_cleanup(tls_sessions_);
  curl_slist_free_all(resolve);
}

void Session::renew_handle() {
  curl_easy_cleanup(std::exchange(easy, curl_easy_init()));
  if (easy == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy, CURLOPT_SHARE, tls_sessions_);
  resolve_entry.clear();  // that names stand for any host is told to the handle
}

CURLcode Session::perform() {
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) return CURLE_FAILED_INIT;
  constexpr int kLongestWait = 1'000;  // milliseconds, as libcurl's own
  int running = 1;
  CURLMcode state = CURLM_OK;
  while (running != 0 && state == CURLM_OK) {
    state = curl_multi_perform(multi_, &running);
    if (state == CURLM_OK && running != 0) {
      state = curl_multi_poll(multi_, nullptr, 0, kLongestWait, nullptr);
    }
  }
  CURLcode code = CURLE_OUT_OF_MEMORY;
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi_, &left);
  if (message != nullptr && message->msg == CURLMSG_DONE) code = message->data.result;
  curl_multi_remove_handle(multi_, easy);
  return code;
}

bool Session::holds_unread_record() const {
  if (tls.http2) return false;  // a frame says where it ends
  curl_tlssessioninfo* inside = nullptr;
  curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &inside);
  return inside != nullptr && inside->internals != nullptr &&
         holds_unread(static_cast<const SSL*>(inside->internals));
}

std::unique_ptr<Session> ConnectionPool::make(const std::string& key) {
  return std::make_unique<Session>(key);
}

std::unique_ptr<Session> ConnectionPool::take(const std::string& key) {
  const base::Instant oldest = std::chrono::steady_clock::now() - max_age_;
  std::unique_ptr<Session> stale;  // ends outside the lock
  {
    base::MutexLock lock(mutex_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      const Line::iterator last = found->second.back();
      std::unique_ptr<Session> session = std::move(*last);
      found->second.pop_back();
      if (found->second.empty()) by_key_.erase(found);
      line_.erase(last);
      if (session->idle_since >= oldest) return session;
      stale = std::move(session);
    }
  }
  return make(key);
}

void ConnectionPool::give_back(std::unique_ptr<Session> session) {
  const base::Instant now = std::chrono::steady_clock::now();
  session->idle_since = now;
  Line closing;  // ends outside the lock: closing a connection may take a write
  {
    base::MutexLock lock(mutex_);
    line_.push_back(std::move(session));
    const auto added = std::prev(line_.end());
    by_key_[(*added)->key].push_back(added);
    while (line_.size() > max_idle_ ||
           (!line_.empty() && line_.front()->idle_since < now - max_age_)) {
      forget(line_.begin());
      closing.splice(closing.end(), line_, line_.begin());
    }
  }
}

void ConnectionPool::forget(Line::iterator session) {
  const auto found = by_key_.find((*session)->key);
  std::erase(found->second, session);
  if (found->second.empty()) by_key_.erase(found);
}

void ConnectionPool::close_all() {
  Line closing;
  base::MutexLock lock(mutex_);
  by_key_.clear();
  closing.swap(line_);
}

std::size_t ConnectionPool::idle() const {
  base::MutexLock lock(mutex_);
  return line_.size();
}

}  // namespace crawld::fetch
