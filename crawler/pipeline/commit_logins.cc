// CommitStage: the steps of logins.
//
// Like robots.txt a login is no URL of the books: it leaves a row in `fetches` and nothing else.
#include <string>
#include <utility>

#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/settled_rows.h"
#include "storage/reports/url_story.h"

namespace crawld::pipeline {

void CommitStage::book(const LoginReply& reply) {
  const model::Fetched& fetched = reply.fetched;
  const model::Lease lease = fetched.lease;
  keep_hsts(fetched);
  const auto table = sites_.table();
  const std::string name =
      lease.request.site < table->size() ? (*table)[lease.request.site]->name : std::string();
  // Without the query, in which a token may stand.
  const std::string where = lease.request.url.origin() + std::string(lease.request.url.path());
  storage::FetchRow row = request_row(fetched, ids_.fetch++);
  row.outcome = to_string(reply.outcome);
  row.detail = storage::login_detail(name) + where + (reply.why.empty() ? "" : ": " + reply.why);
  batch_.fetches.push_back(std::move(row));
  logins_.add(reply);
  frontier_.settled(lease, false);
}

void CommitStage::refuse_login(const frontier::Refusal& refusal) {
  const auto table = sites_.table();
  if (refusal.site < table->size()) {
    batch_.fetches.push_back(
        {.id = ids_.fetch++,
         .started_at = base::to_millis(clock_.wall()),
         .outcome = std::string(to_string(LoginOutcome::refused)),
         .detail = storage::login_detail((*table)[refusal.site]->name) + refusal.reason});
  }
  logins_.refused(refusal);
}

bool CommitStage::only_lost_logins_wait() const {
  if (!logins_.all_given_up() || !asked_again_.empty()) return false;
  if (due_.is_due(clock_.wall())) return false;
  return !states_.any_retry_is_planned() && (frontier_.idle() || frontier_.only_logins_wait());
}

}  // namespace crawld::pipeline
