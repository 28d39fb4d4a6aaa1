// A form of a page: what a worker read of it, and what is sent of it.
#pragma once

#include <string>
#include <vector>

namespace crawld::model {

// One control with a name. Of radio buttons, checkboxes, options and buttons there is one each.
struct FormField {
  std::string name;
  std::string value;
  bool sent = true;  // as the page came: ticked, chosen, or the form's default button
};

// Made by a worker from a hostile page, as written: whoever sends it judges it first.
struct Form {
  bool found = false;  // false: the page has no such form, and the rest says nothing
  std::string action;  // of the default button where it has one; empty: the page itself
  std::string method;  // lower case: "get", "post", "dialog"
  std::string enctype;
  std::string charset;            // WHATWG name that its texts are sent in
  std::vector<FormField> fields;  // in tree order, disabled ones left out
};

// The body of a POST. Holds passwords: never logged, never stored.
struct FormPost {
  std::string content_type;
  std::string body;
  std::string origin;   // "https://a.test": the Origin header
  std::string referer;  // the Referer header
};

}  // namespace crawld::model
