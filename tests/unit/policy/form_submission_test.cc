// What goes over the wire for a form: HTML 4.10.21.3 to 4.10.21.7, URL standard 5.2.
#include "crawler/policy/form_submission.h"

#include <catch2/catch.hpp>

using namespace crawld;
using Catch::Contains;

namespace {

const model::Url kPage = *model::Url::parse("https://www.a.test/in?next=/x#f");

model::Form login_form() {
  return {.found = true,
          .action = "/session",
          .method = "post",
          .enctype = "",
          .charset = "utf-8",
          .fields = {{"csrf", "t/0", true}, {"user", "", true}, {"keep", "on", false}}};
}

policy::Submission sent(const model::Form& form,
                        const std::map<std::string, std::string>& values = {}) {
  auto submission = policy::submit(form, kPage, kPage, values);
  INFO((submission ? "" : submission.error().message));
  REQUIRE(submission);
  return *std::move(submission);
}

std::string refusal(const model::Form& form) {
  const auto submission = policy::submit(form, kPage, kPage, {{"p", "s3cret"}});
  REQUIRE_FALSE(submission);
  CHECK(submission.error().message.find("s3cret") == std::string::npos);
  return submission.error().message;
}

}  // namespace

TEST_CASE("values take the place of what the form would send under their name") {
  const auto out = sent(login_form(), {{"user", "me & you"}, {"keep", "yes"}, {"extra", "1"}});
  CHECK(out.url.href() == "https://www.a.test/session");
  CHECK(out.post.body == "csrf=t%2F0&user=me+%26+you&keep=yes&extra=1");
  CHECK(out.post.content_type == "application/x-www-form-urlencoded");
  CHECK(out.unknown == std::vector<std::string>{"extra"});
}

TEST_CASE("of several fields of one name the value is sent once, in the first one's place") {
  model::Form form = login_form();
  form.fields = {{"r", "1", false}, {"x", "y", true}, {"r", "2", true}};
  CHECK(sent(form, {{"r", "3"}}).post.body == "r=3&x=y");
  CHECK(sent(form).post.body == "x=y&r=2");
}

TEST_CASE("the urlencoded set is the URL standard's") {
  model::Form form = login_form();
  form.fields = {{"a", "~*-._ é\n\"", true}};
  CHECK(sent(form).post.body == "a=%7E*-._+%C3%A9%0D%0A%22");
}

TEST_CASE("text goes in the form's encoding, what it lacks as a reference") {
  model::Form form = login_form();
  form.charset = "windows-1252";
  form.fields = {{"n", "", true}};
  CHECK(sent(form, {{"n", "é€Я"}}).post.body == "n=%E9%80%26%231071%3B");
  form.charset = "shift_jis";
  CHECK(sent(form, {{"n", "テ"}}).post.body == "n=%83e");
}

TEST_CASE("multipart parts hold names that cannot end them, and a boundary that no value has") {
  model::Form form = login_form();
  form.enctype = "multipart/form-data";
  form.fields = {{"a\"\n", "1\n2", true}};
  const auto out = sent(form, {{"b", "x"}});
  const std::string type = out.post.content_type;
  REQUIRE(type.starts_with("multipart/form-data; boundary="));
  const std::string boundary = type.substr(type.find('=') + 1);
  CHECK(out.post.body == "--" + boundary +
                             "\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\"\r\n\r\n"
                             "1\r\n2\r\n--" +
                             boundary +
                             "\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--" +
                             boundary + "--\r\n");
  CHECK(sent(form, {{"b", "x"}}).post.content_type == type);
}

TEST_CASE("no action means the page itself, and another one is relative to the base") {
  model::Form form = login_form();
  form.action = " ";
  CHECK(sent(form).url.href() == "https://www.a.test/in?next=/x");
  form.action = "go?a=1";
  const auto out = policy::submit(form, kPage, *model::Url::parse("https://www.a.test/b/c"), {});
  REQUIRE(out);
  CHECK(out->url.href() == "https://www.a.test/b/go?a=1");
}

TEST_CASE("the sender is named as browsers do, and no more of it to another origin") {
  CHECK(sent(login_form()).post.origin == "https://www.a.test");
  CHECK(sent(login_form()).post.referer == "https://www.a.test/in?next=/x");
  model::Form form = login_form();
  form.action = "https://sso.a.test/in";
  CHECK(sent(form).post.referer == "https://www.a.test/");
}

TEST_CASE("a password goes to no other site, not in clear, and not into a URL") {
  model::Form form = login_form();
  form.action = "https://evil.test/in";
  CHECK_THAT(refusal(form), Contains("https://evil.test") && Contains("login.url"));
  form.action = "http://www.a.test/in";
  CHECK_THAT(refusal(form), Contains("not encrypted"));
  form.action = "javascript:go()";
  CHECK_THAT(refusal(form), Contains("no http or https URL"));
  form = login_form();
  form.method = "get";
  CHECK_THAT(refusal(form), Contains("not sent by POST"));
  form = login_form();
  form.enctype = "text/plain";
  CHECK_THAT(refusal(form), Contains("text/plain"));
}
