#include "crawler/policy/login.h"

#include <utility>

#include "crawler/policy/canonicalize.h"
#include "crawler/policy/soft_errors.h"

namespace crawld::policy {
namespace {

// With any query: "/login?next=/a" is the login page of "/login".
bool same_page(const model::Url& a, const model::Url& b) {
  return a.origin() == b.origin() && a.path() == b.path();
}

bool leads_to(const config::LoginSign& sign, const model::Url& url) {
  return sign.url && sign.url->matches(url.href());
}

// At the host whose pages are asked for: to them no cookie of an alias would be sent. Nothing else
// of it is rewritten; what a form needs may look like a session id.
model::Url at_known_host(const model::Url& url, const config::Canonicalize& rules) {
  config::Canonicalize names;
  names.strip_tracking = names.strip_session_ids = false;
  names.fold_www = rules.fold_www;
  names.host_aliases = rules.host_aliases;
  model::Url known = Canonicalizer(std::move(names)).canonicalize(url);
  return known.hostname() == url.hostname() ? url : known;
}

}  // namespace

base::Result<std::optional<LoginPlan>> LoginPlan::compile(const config::Site& site) {
  const config::Login& login = site.login;
  if (login.url.empty()) return std::optional<LoginPlan>();
  auto url = model::Url::parse(login.url);
  if (!url || !url->crawlable()) {
    return base::Error{base::Error::Code::invalid, "login.url: no http or https URL"};
  }
  auto success = config::LoginSign::parse(login.success);
  if (!success) return std::move(success).error();
  auto expired = config::LoginSign::parse(login.expired);
  if (!expired) return std::move(expired).error();
  return std::optional(LoginPlan{.url = at_known_host(url->without_fragment(), site.canonicalize),
                                 .fields = login.fields,
                                 .form = login.form,
                                 .success = *std::move(success),
                                 .expired = *std::move(expired),
                                 .max_redirects = site.max_redirects,
                                 .max_retry_after = site.max_retry_after,
                                 .brings_cookies = site.cookies && !site.cookie_file.empty(),
                                 .guesses = site.soft_errors,
                                 .names = site.canonicalize});
}

model::Url at_same_host(const model::Url& from, const model::Url& target, const LoginPlan& plan) {
  model::Url known = at_known_host(target, plan.names);
  return known.hostname() == from.hostname() && known != from ? known : target;
}

bool shows(const config::LoginSign& sign, const model::Url& url, const model::ParsedPage& page) {
  if (!sign.text.empty()) return page.text.find(sign.text) != std::string::npos;
  return sign.css.empty() ? leads_to(sign, url) : page.marked;
}

std::string_view session_over(const model::Parsed& parsed, const LoginPlan& plan) {
  const model::Request& request = parsed.fetched.lease.request;
  const model::Response* response = parsed.fetched.response();
  // The login page is a page like others to whoever is logged in.
  if (response == nullptr || same_page(request.url, plan.url)) return {};
  if (response->by_hsts) return {};  // the host was not asked
  if (response->status == 401) return "http_401";
  if (response->status == 403) return "http_403";
  if (response->status >= 300 && response->status < 400) {
    const auto target = request.url.resolve(response->headers.get("Location"));
    if (!target || response->headers.get("Location").empty()) return {};
    const bool to_login = same_page(*target, plan.url) || leads_to(plan.expired, *target) ||
                          (plan.guesses && leads_to_login(request, *response));
    return to_login ? "redirect to the login" : std::string_view();
  }
  const auto* page = std::get_if<model::ParsedPage>(&parsed.page);
  if (page == nullptr) return {};
  // A page that a redirect to the login leads to is a page when it is asked for by itself.
  if (!plan.expired.url && shows(plan.expired, request.url, *page)) return "login.expired";
  return plan.guesses && soft_error(request, *page) == "login_wall" ? "login_wall"
                                                                    : std::string_view();
}

}  // namespace crawld::policy
