#include "crawler/cli/inspect/inspect_select.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "crawler/cli/inspect/inspect_document.h"
#include "crawler/cli/output/json_line.h"
#include "crawler/cli/output/json_text.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/xpath.h"

namespace crawld::cli {
namespace {

using Json = nlohmann::ordered_json;
using parsers::HtmlTree;
using parsers::Selected;
using parsers::Selector;

Json describe(const Selected& found) {
  auto id = parsers::attribute(found.element, "id");
  return {{"tag", parsers::tag_name(found.element)},
          {"id", id ? Json(*id) : Json(nullptr)},
          {"text", found.is_text ? std::string(found.text) : parsers::text_content(found.element)}};
}

Json describe(const parsers::XPathItem& found) {
  if (found.html == nullptr) return {{"tag", nullptr}, {"id", nullptr}, {"text", found.text}};
  bool element = found.kind == parsers::XPathItem::Kind::element;
  return describe(Selected{found.html, !element, found.text});
}

void select_xpath(std::string_view html, std::string_view text, Json& answer) {
  auto path = parsers::XPath::compile(text);
  if (!path) {
    answer["error"] = path.error().message;
    return;
  }
  auto tree = HtmlTree::parse(html);
  auto copy = tree ? parsers::XmlTree::copy_of(*tree) : std::nullopt;
  if (!copy) {
    answer["error"] = "the page is over the limits of a tree";
    return;
  }
  auto found = path->evaluate(*copy);
  if (!found) {
    answer["error"] = found.error().message;
    return;
  }
  for (const parsers::XPathItem& item : *found) answer["matches"].push_back(describe(item));
}

void select_css(std::string_view html, std::string_view text, std::string_view context,
                Json& answer) {
  auto selector = Selector::compile(text);
  if (!selector) {
    answer["error"] = selector.error().message;
    return;
  }
  auto tree = HtmlTree::parse(html);
  if (!tree) {
    answer["error"] = "the page is over the limits of a tree";
    return;
  }
  const GumboNode* scope = nullptr;
  if (!context.empty()) {
    auto outer = Selector::compile(context);
    auto found = outer ? outer->select(*tree) : std::vector<const GumboNode*>();
    if (found.empty()) {
      answer["error"] = "the context is not there";
      return;
    }
    scope = found.front();
  }
  parsers::SelectorDocument document(*tree);
  parsers::SelectorMatcher matcher(*selector, document);
  for (const Selected& found : matcher.values(scope)) answer["matches"].push_back(describe(found));
}

void select(const nlohmann::json& question, Json& answer) {
  if (const auto wrong = mistyped_text(question)) {
    answer["error"] = *wrong;
    return;
  }
  const auto document = document_of(question);
  if (!document) {
    answer["error"] = kNoDocument;
    return;
  }
  const auto text = [&](const char* key) { return text_of(question, key).value_or(""); };
  const std::string syntax = text("syntax");
  if (syntax.empty() || syntax == "css") {
    select_css(document->utf8, text("selector"), text("context"), answer);
  } else if (syntax == "xpath") {
    select_xpath(document->utf8, text("selector"), answer);
  } else {
    answer["error"] = "unknown syntax \"" + syntax + "\" (known: css, xpath)";
  }
}

}  // namespace

std::string inspect_select(std::string_view json_line) {
  Json answer = {{"id", nullptr}, {"matches", Json::array()}, {"error", nullptr}};
  const nlohmann::json question = read_object(json_line);
  if (!question.is_object()) {
    answer["error"] = "not a JSON object";
  } else {
    if (question.contains("id")) answer["id"] = question["id"];
    select(question, answer);
  }
  return without_raw_controls(answer.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace crawld::cli
