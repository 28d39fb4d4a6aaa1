// What of a form is sent: HTML 4.10.18.3, 4.10.21.2 to 4.10.21.5.
#include "parsers/form_reader.h"

#include <catch2/catch.hpp>
#include <string>

using namespace crawld;
using namespace crawld::parsers;

namespace {

model::Form form_of(const std::string& html, const std::string& selector = "",
                    const std::string& charset = "utf-8") {
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  return read_form(*tree, selector, charset);
}

// "name=value" of what is sent, separated by "&", nothing encoded.
std::string sent(const model::Form& form) {
  std::string out;
  for (const model::FormField& field : form.fields) {
    if (field.sent) out += (out.empty() ? "" : "&") + field.name + "=" + field.value;
  }
  return out;
}

}  // namespace

TEST_CASE("the form that asks for one password is the login, and not the search or the sign-up") {
  const std::string page =
      "<form id=s action=/search><input name=q></form>"
      "<form id=n action=/new method=post><input type=password name=a><input type=password name=b>"
      "</form><form id=l action=/in method=POST><input name=u><input type=PASSWORD name=p></form>";
  const model::Form form = form_of(page);
  REQUIRE(form.found);
  CHECK(form.action == "/in");
  CHECK(form.method == "post");
  CHECK(form_of(page, "#s").action == "/search");
  CHECK(form_of(page, "input[name=b]").action == "/new");
  CHECK_FALSE(form_of(page, "#none").found);
  CHECK_FALSE(form_of("<form><input name=q></form>").found);
}

TEST_CASE("a selector for something around the form means the first form inside") {
  CHECK(form_of("<form action=/a></form><div id=box><p><form action=/b></form></div>", "#box")
            .action == "/b");
}

TEST_CASE("what a visitor who changes nothing would send is sent, in tree order") {
  const model::Form form = form_of(
      "<form method=post><input type=hidden name=csrf value=t0ken><input name=user value=me>"
      "<input type=password name=pass><input type=checkbox name=keep checked>"
      "<input type=checkbox name=ads value=yes><input type=radio name=r value=1>"
      "<input type=radio name=r value=2 checked><select name=lang><option value=de>D<option>  en  "
      "x</select><select name=m multiple><option selected>a<option>b<option selected>c</select>"
      "<textarea name=t>\nline</textarea><input value=nameless><input name=off disabled value=x>"
      "<fieldset disabled><input name=fenced value=x></fieldset><input type=file name=f>"
      "<datalist><input name=listed value=x></datalist><input type=reset name=again value=x>"
      "<button type=button name=script value=x>x</button>"
      "<button name=go value=in>in</button><input type=submit name=other value=no></form>");
  CHECK(sent(form) == "csrf=t0ken&user=me&pass=&keep=on&r=2&lang=de&m=a&m=c&t=line&go=in");
}

TEST_CASE("the default button says where and how the form is sent") {
  const model::Form form = form_of(
      "<form action=/a method=get><input type=password name=p><button disabled formaction=/z>0"
      "</button><button formaction=/b formmethod=post formenctype=multipart/form-data>1</button>"
      "<button formaction=/c>2</button></form>");
  CHECK(form.action == "/b");
  CHECK(form.method == "post");
  CHECK(form.enctype == "multipart/form-data");
}

TEST_CASE("an image is pressed at its corner") {
  CHECK(sent(form_of("<form><input type=password name=p><input type=image name=go></form>")) ==
        "p=&go.x=0&go.y=0");
  CHECK(sent(form_of("<form><input type=password name=p><input type=image></form>")) ==
        "p=&x=0&y=0");
}

TEST_CASE("a control belongs to the form around it or to the one that it names") {
  const model::Form form = form_of(
      "<input name=before value=1 form=f><form id=f><input type=password name=p>"
      "<input name=away value=2 form=other></form><input name=outside value=3>");
  CHECK(sent(form) == "before=1&p=");
}

TEST_CASE("a form in a table keeps the fields of the rows behind it") {
  const model::Form form = form_of(
      "<table><form method=post action=/in><tr><td><input name=u><tr><td>"
      "<input type=password name=p></form></table><input name=behind value=x>");
  REQUIRE(form.found);
  CHECK(form.action == "/in");
  CHECK(sent(form) == "u=&p=");
}

TEST_CASE("the first known encoding of accept-charset is the form's, else the page's") {
  CHECK(form_of("<form accept-charset='nonsense, latin1 utf-8'><input type=password>").charset ==
        "windows-1252");
  CHECK(form_of("<form><input type=password>", "", "koi8-r").charset == "koi8-r");
  CHECK(form_of("<form><input type=password>", "", "utf-16le").charset == "utf-8");
  CHECK(sent(form_of("<form><input type=hidden name=_charset_><input type=password name=p>", "",
                     "koi8-r")) == "_charset_=koi8-r&p=");
}

TEST_CASE("a page of ten thousand forms is read in one pass") {
  std::string page;
  for (int i = 0; i < 10'000; ++i) page += "<form id=f><input name=a form=f></form>";
  CHECK(form_of(page + "<form action=/in><input type=password name=p>").action == "/in");
}
