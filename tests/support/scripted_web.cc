#include "tests/support/scripted_web.h"

namespace crawld::tests {

model::Fetched ScriptedWeb::fetch(model::Lease lease) {
  const std::string url = lease.request.url.href();
  const auto& post = lease.request.post;
  log_.push_back({.at = clock_.elapsed(),
                  .url = url,
                  .validators = lease.request.validators,
                  .post = post ? post->body : std::string()});
  model::Fetched fetched{.lease = std::move(lease), .fetched_at = clock_.wall()};
  clock_.advance(latency_);
  fetched.timings.total = latency_;
  if (aborted_) {
    fetched.outcome = model::FetchFailure{model::FetchFailureKind::aborted, {}};
    return fetched;
  }
  const auto failing = failing_hosts_.find(fetched.lease.request.url.origin());
  if (failing != failing_hosts_.end()) {
    fetched.outcome = model::FetchFailure{failing->second, "scripted"};
    return fetched;
  }
  if (const auto failure = failures_.find(url); failure != failures_.end()) {
    fetched.outcome = model::FetchFailure{failure->second, "scripted"};
    return fetched;
  }
  model::Response response;
  response.remote_address = "192.0.2.1";
  const Answer answer = next_answer(url);
  response.status = answer.status;
  response.body = answer.body;
  response.truncated = answer.truncated;
  for (const auto& [name, value] : answer.headers) response.headers.add(name, value);
  fetched.timings.bytes_received = response.body.size();
  fetched.outcome = std::move(response);
  return fetched;
}

Answer ScriptedWeb::next_answer(const std::string& url) {
  const auto found = answers_.find(url);
  if (found == answers_.end()) {
    return otherwise_ ? otherwise_(url) : Answer{.status = 404, .body = {}, .headers = {}};
  }
  Answer answer = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return answer;
}

std::size_t ScriptedWeb::count(const std::string& url) const {
  std::size_t n = 0;
  for (const SeenRequest& request : log_) n += request.url == url ? 1 : 0;
  return n;
}

std::vector<std::string> ScriptedWeb::pages() const {
  std::vector<std::string> urls;
  for (const SeenRequest& request : log_) {
    if (!request.url.ends_with("/robots.txt")) urls.push_back(request.url);
  }
  return urls;
}

std::vector<std::chrono::milliseconds> ScriptedWeb::times(const std::string& host) const {
  std::vector<std::chrono::milliseconds> all;
  for (const SeenRequest& request : log_) {
    if (request.url.starts_with("http://" + host + "/")) all.push_back(request.at);
  }
  return all;
}

std::string links(const std::vector<std::string>& targets) {
  std::string html = "<!doctype html><title>page</title>";
  for (const std::string& target : targets) html += "<p><a href=\"" + target + "\">link</a>";
  return html;
}

}  // namespace crawld::tests
