// From the answer to a step of a site's login to the next step.
//
//   GET login.url ─► the form, as the worker read it ─► POST ─► redirects ─► logged in, or not
//
// Each step is a lease of its own: it keeps the host's clock, goes through the address guard and
// keeps its cookies as pages do. HTML 4.10.21.3; RFC 9110 section 15.4 (303 and its like are
// followed by GET, 307 and 308 send the form again).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/frontier/host_queue.h"
#include "crawler/model/page.h"
#include "crawler/model/response.h"
#include "crawler/policy/login.h"

namespace crawld::pipeline {

enum class LoginOutcome : std::uint8_t {
  goes_on,  // `next` is to be done
  in,       // logged in
  no_form,  // the login page holds no form: nobody is asked who seems to be logged in
  refused,  // trying again does not help: the form, the password or the configuration is wrong
  failed,   // of the moment: no answer, or a server's error
  aborted   // nothing was learnt
};
std::string_view to_string(LoginOutcome outcome);

struct LoginReply {
  model::Fetched fetched;
  LoginOutcome outcome = LoginOutcome::aborted;
  std::string why;   // one line for people; holds no value of a field
  std::string note;  // of the form, worth knowing where the login is refused later
  std::optional<frontier::LoginStep> next;
  std::chrono::milliseconds wait{0};  // failed: what the server asked for
};

// Needs: a request whose purpose is login_form or login_answer.
LoginReply read_login(model::Fetched fetched, const model::ParseOutcome& body,
                      const policy::LoginPlan& plan, base::WallTime wall);

}  // namespace crawld::pipeline
