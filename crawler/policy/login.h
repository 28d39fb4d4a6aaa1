// What a site's login is, and what tells that a session is over. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/login_sign.h"
#include "crawler/base/result.h"
#include "crawler/model/settlement.h"
#include "crawler/model/url.h"

namespace crawld::policy {

// config::Login, compiled. Immutable; shared by the parse threads.
struct LoginPlan {
  model::Url url;
  std::map<std::string, std::string> fields;
  std::string form;  // CSS selector; empty: the form that asks for a password
  config::LoginSign success;
  config::LoginSign expired;
  std::uint32_t max_redirects = 20;
  std::chrono::milliseconds max_retry_after{300'000};
  bool brings_cookies = false;  // from a browser: it may be logged in from the start
  bool guesses = true;          // soft_errors: what looks like a login is one
  config::Canonicalize names;   // by which hosts have one name

  // Nothing where the site has no login. Fails with the key that is wrong.
  static base::Result<std::optional<LoginPlan>> compile(const config::Site& site);
};

// Where a form or a redirect that was found at `from` leads: at the host of `from`, where `target`
// names that host otherwise (fold_www, host_aliases), for a session's cookie must be that host's.
// As it is written where that would be `from` again, as of a host that sends all to its other name.
model::Url at_same_host(const model::Url& from, const model::Url& target, const LoginPlan& plan);

// Whether a page shows the sign. `url`: where it was found.
bool shows(const config::LoginSign& sign, const model::Url& url, const model::ParsedPage& page);

// By what an answer tells that whoever asked is not logged in: 401, 403, a redirect to the login,
// a page that asks for it, `login.expired`. Empty: by nothing. The text lives for ever.
std::string_view session_over(const model::Parsed& parsed, const LoginPlan& plan);

}  // namespace crawld::policy
