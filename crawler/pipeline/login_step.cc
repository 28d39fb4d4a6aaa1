#include "crawler/pipeline/login_step.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crawler/base/escape.h"
#include "crawler/policy/form_submission.h"
#include "crawler/policy/settle.h"

namespace crawld::pipeline {
namespace {

using model::FetchFailureKind;

constexpr std::size_t kNamesTold = 12;
constexpr std::size_t kNameTold = 60;  // bytes of each
// Redirects that take the form along: from http to https, to another host, to another path. Each
// may count as a try of the password.
constexpr std::uint16_t kMostSentAgain = 3;

// What the login may say of a URL: its query may hold a token.
std::string told(const model::Url& url) {
  return base::printable(url.origin() + std::string(url.path()));
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesTold); ++i) {
    text += (i > 0 ? ", " : "") + base::printable(names[i].substr(0, kNameTold));
  }
  return names.size() > kNamesTold ? text + ", ..." : text;
}

// What may be misspelt: the form has no such fields, and has these.
std::string note_on(const std::vector<std::string>& unknown, const model::Form& form) {
  if (unknown.empty()) return {};
  std::vector<std::string> names;
  for (const model::FormField& field : form.fields) {
    if (std::find(names.begin(), names.end(), field.name) == names.end()) {
      names.push_back(field.name);
    }
  }
  return "the form has no field " + listed(unknown) + "; it has " + listed(names);
}

class LoginReading {
 public:
  LoginReading(model::Fetched fetched, const model::ParseOutcome& body,
               const policy::LoginPlan& plan, base::WallTime wall)
      : reply_{.fetched = std::move(fetched)}, body_(body), plan_(plan), wall_(wall) {}

  LoginReply read() {
    if (const auto* failure = reply_.fetched.failure()) {
      read_failure(*failure);
    } else {
      read_response(*reply_.fetched.response());
    }
    return std::move(reply_);
  }

 private:
  const model::Request& request() const { return reply_.fetched.lease.request; }
  bool is_answer() const { return request().purpose == model::Purpose::login_answer; }
  const model::ParsedPage* page() const { return std::get_if<model::ParsedPage>(&body_); }

  void end(LoginOutcome outcome, std::string why = {}) {
    reply_.outcome = outcome;
    reply_.why = std::move(why);
  }

  void go_on(model::Url url, model::Purpose purpose, std::uint16_t hops,
             std::shared_ptr<const model::FormPost> post) {
    reply_.outcome = LoginOutcome::goes_on;
    reply_.next = frontier::LoginStep{.site = request().site,
                                      .url = std::move(url),
                                      .purpose = purpose,
                                      .hops = hops,
                                      .attempt = request().attempt,
                                      .post = std::move(post)};
  }

  void read_failure(const model::FetchFailure& failure) {
    if (failure.kind == FetchFailureKind::aborted) return end(LoginOutcome::aborted);
    const bool blocked = failure.kind == FetchFailureKind::blocked_address ||
                         failure.kind == FetchFailureKind::blocked_port ||
                         failure.kind == FetchFailureKind::blocked_scheme;
    std::string why(to_string(failure.kind));
    if (!failure.detail.empty()) why += " (" + failure.detail + ")";
    end(blocked ? LoginOutcome::refused : LoginOutcome::failed, std::move(why));
  }

  void read_response(const model::Response& response) {
    const int status = response.status;
    if (status >= 300 && status < 400) return read_redirect(response);
    if (status == 429 || status >= 500) {
      reply_.wait = policy::retry_after(response.headers.get("Retry-After"), wall_)
                        .value_or(std::chrono::milliseconds(0));
      return end(LoginOutcome::failed, "http_" + std::to_string(status));
    }
    if (const auto* failure = std::get_if<model::ParseFailure>(&body_)) {
      const bool ours = failure->kind == model::ParseFailureKind::no_worker;
      return end(ours ? LoginOutcome::aborted : LoginOutcome::failed,
                 ours ? failure->detail
                      : "the page cannot be read: " + std::string(to_string(failure->kind)));
    }
    is_answer() ? read_answer(status) : read_form_page(status);
  }

  void read_redirect(const model::Response& response) {
    const std::string_view location = response.headers.get("Location");
    const auto target = request().url.resolve(location);
    if (location.empty() || !target || !target->crawlable()) {
      return end(LoginOutcome::refused, "a redirect that leads nowhere");
    }
    model::Url url = target->without_fragment();
    if (is_answer() && plan_.success.url && plan_.success.url->matches(url.href())) {
      return end(LoginOutcome::in);
    }
    url = policy::at_same_host(request().url, url, plan_);
    if (request().redirects >= plan_.max_redirects) {
      return end(LoginOutcome::refused, "more redirects than max_redirects");
    }
    const bool sends_again = request().post && (response.status == 307 || response.status == 308);
    if (sends_again && !policy::may_send(plan_.url, url)) {
      return end(LoginOutcome::refused,
                 "a redirect would send the password to " + base::printable(url.origin()));
    }
    if (sends_again && request().redirects >= kMostSentAgain) {
      return end(LoginOutcome::refused, "redirects send the form again and again");
    }
    go_on(url, request().purpose, static_cast<std::uint16_t>(request().redirects + 1),
          sends_again ? request().post : nullptr);
  }

  void read_form_page(int status) {
    if (status < 200 || status >= 300) {
      return end(LoginOutcome::refused,
                 "http_" + std::to_string(status) + " in place of the login page");
    }
    if (page() == nullptr) return end(LoginOutcome::refused, "the login page is no HTML");
    if (!page()->form.found) {
      const bool is_in =
          !plan_.success.empty() && policy::shows(plan_.success, request().url, *page());
      return is_in ? end(LoginOutcome::in) : end(LoginOutcome::no_form, no_form());
    }
    const auto base = model::Url::parse(page()->base);
    auto sent = policy::submit(form_as_sent(base ? *base : request().url), request().url,
                               base ? *base : request().url, plan_.fields);
    if (!sent) return end(LoginOutcome::refused, sent.error().message);
    // The page may have been a redirect's: what login.url names is what may be trusted.
    if (!policy::may_send(plan_.url, sent->url)) {
      return end(LoginOutcome::refused,
                 "login.url leads to " + base::printable(request().url.origin()) +
                     ", another site or not encrypted; where that is right, set login.url to its "
                     "login page");
    }
    reply_.note = note_on(sent->unknown, page()->form);
    go_on(std::move(sent->url), model::Purpose::login_answer, 0,
          std::make_shared<const model::FormPost>(std::move(sent->post)));
  }

  // With its action at the host that the page was had from.
  model::Form form_as_sent(const model::Url& base) const {
    model::Form form = page()->form;
    const auto action = base.resolve(form.action);
    if (!form.action.empty() && action && action->hostname() != request().url.hostname()) {
      form.action = policy::at_same_host(request().url, *action, plan_).href();
    }
    return form;
  }

  std::string no_form() const {
    if (page()->over_limits) return "the login page is too large or too deep to be read";
    return plan_.form.empty()
               ? "no form that asks for a password stands in " + told(request().url) +
                     "; name it by login.form, or log in with a browser and give "
                     "its cookies (cookie_file:) where a script makes it"
               : "login.form finds no form in " + told(request().url);
  }

  void read_answer(int status) {
    const std::string where = told(request().url);
    const std::string code = status == 200 ? "" : " (http_" + std::to_string(status) + ")";
    if (!plan_.success.empty()) {
      const bool is_in =
          page() != nullptr ? policy::shows(plan_.success, request().url, *page())
                            : plan_.success.url && plan_.success.url->matches(request().url.href());
      if (is_in) return end(LoginOutcome::in);
      return end(LoginOutcome::refused, "the answer, " + where + code +
                                            ", does not show login.success; are the values right?");
    }
    if (status >= 400) {
      return end(LoginOutcome::refused, "the answer to the form, " + where + ", is http_" +
                                            std::to_string(status) +
                                            "; login.success can say that this is right");
    }
    if (page() != nullptr && page()->asks_password) {
      return end(LoginOutcome::refused,
                 "the answer, " + where + ", asks for a password again; are the values right?");
    }
    end(LoginOutcome::in);
  }

  LoginReply reply_;
  const model::ParseOutcome& body_;
  const policy::LoginPlan& plan_;
  const base::WallTime wall_;
};

}  // namespace

std::string_view to_string(LoginOutcome outcome) {
  switch (outcome) {
    case LoginOutcome::goes_on:
      return "login_step";
    case LoginOutcome::in:
      return "login_done";
    case LoginOutcome::no_form:
      return "login_no_form";
    case LoginOutcome::refused:
      return "login_refused";
    case LoginOutcome::failed:
      return "login_failed";
    case LoginOutcome::aborted:
      return "aborted";
  }
  return "aborted";
}

LoginReply read_login(model::Fetched fetched, const model::ParseOutcome& body,
                      const policy::LoginPlan& plan, base::WallTime wall) {
  return LoginReading(std::move(fetched), body, plan, wall).read();
}

}  // namespace crawld::pipeline
