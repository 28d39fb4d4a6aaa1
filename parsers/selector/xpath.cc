#include "parsers/selector/xpath.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <re2/re2.h>

#include <algorithm>
#include <span>

#include "parsers/selector/xpath_order.h"
#include "parsers/selector/xpath_paths.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kLongestText = 16 << 10;
constexpr int kDeepestNesting = 64;
constexpr char kRegexSpace[] = "http://exslt.org/regular-expressions";

const xmlChar* chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}
std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

struct FreeContext {
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct FreeObject {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
using Context = std::unique_ptr<xmlXPathContext, FreeContext>;
using Object = std::unique_ptr<xmlXPathObject, FreeObject>;

void swallow_error(void*, xmlError*) {}

// has-class('a', 'b'): the context element has all these classes.
void has_class(xmlXPathParserContext* parser, int arguments) {
  const xmlNode* node = parser->context->node;
  std::string classes;
  if (node != nullptr && node->type == XML_ELEMENT_NODE) {
    classes = " " + xml_attribute(node, "class").value_or("") + " ";
    std::replace_if(
        classes.begin(), classes.end(), [](char c) { return c > 0 && c < ' '; }, ' ');
  }
  bool all = true;
  for (int i = 0; i < arguments; ++i) {
    xmlChar* name = xmlXPathPopString(parser);
    all = all && classes.find(" " + std::string(view(name)) + " ") != std::string::npos;
    xmlFree(name);
  }
  xmlXPathReturnBoolean(parser, all);
}

// re:test(string, pattern [, flags]).
void regex_test(xmlXPathParserContext* parser, int arguments) {
  if (arguments < 2 || arguments > 3) {
    xmlXPathSetArityError(parser);
    return;
  }
  auto pop = [parser] {
    xmlChar* text = xmlXPathPopString(parser);
    std::string copy(view(text));
    xmlFree(text);
    return copy;
  };
  std::string flags = arguments == 3 ? pop() : "";
  std::string pattern = pop();
  std::string text = pop();
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(flags.find('i') == std::string::npos);
  RE2 expression(pattern, options);
  xmlXPathReturnBoolean(parser, expression.ok() && RE2::PartialMatch(text, expression));
}

Context make_context(xmlDoc* document) {
  Context context(xmlXPathNewContext(document));
  if (!context) return context;
  context->error = swallow_error;
  xmlXPathRegisterFunc(context.get(), BAD_CAST "has-class", has_class);
  xmlXPathRegisterNs(context.get(), BAD_CAST "re", BAD_CAST kRegexSpace);
  xmlXPathRegisterFuncNS(context.get(), BAD_CAST "test", BAD_CAST kRegexSpace, regex_test);
  return context;
}

std::string why(const xmlXPathContext& context, std::string_view fallback) {
  switch (context.lastError.code) {
    case XML_XPATH_UNKNOWN_FUNC_ERROR:
      return "unknown function";
    case XML_XPATH_UNDEF_PREFIX_ERROR:
      return "unknown namespace prefix";
    case XML_XPATH_UNDEF_VARIABLE_ERROR:
      return "there are no variables";
    case XML_XPATH_INVALID_ARITY:
      return "wrong number of arguments";
    case XML_XPATH_INVALID_TYPE:
      return "wrong type of argument";
    default:
      break;
  }
  std::string message(fallback);
  if (context.lastError.message != nullptr) message = context.lastError.message;
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  if (context.lastError.str1 != nullptr) {
    message += " at byte " + std::to_string(context.lastError.int1 + 1);
  }
  return message;
}

bool is_name_char(char c) {
  char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

constexpr std::string_view kFunctions[] = {"boolean",
                                           "ceiling",
                                           "concat",
                                           "contains",
                                           "count",
                                           "false",
                                           "floor",
                                           "has-class",
                                           "id",
                                           "lang",
                                           "last",
                                           "local-name",
                                           "name",
                                           "namespace-uri",
                                           "normalize-space",
                                           "not",
                                           "number",
                                           "position",
                                           "re:test",
                                           "round",
                                           "starts-with",
                                           "string",
                                           "string-length",
                                           "substring",
                                           "substring-after",
                                           "substring-before",
                                           "sum",
                                           "translate",
                                           "true",
                                           "comment",
                                           "node",
                                           "processing-instruction",
                                           "text"};

// Looks for what libxml2 would notice only while evaluating: nesting, functions.
base::Status check(std::string_view text) {
  int open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '"' || c == '\'') {
      at = std::min(text.find(c, at + 1), text.size());
      continue;
    }
    if (c == '[') ++open;
    if (c == ')' || c == ']') --open;
    if (open > kDeepestNesting) {
      return base::Error{base::Error::Code::invalid, "nested too deeply"};
    }
    if (c != '(') continue;
    ++open;
    std::size_t end = at;
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t start = end;
    while (start > 0 && is_name_char(text[start - 1])) --start;
    std::string_view name = text.substr(start, end - start);
    if (auto axis = name.rfind("::"); axis != name.npos) name.remove_prefix(axis + 2);
    if (name.empty() || name == "and" || name == "or" || name == "div" || name == "mod") continue;
    if (std::find(std::begin(kFunctions), std::end(kFunctions), name) == std::end(kFunctions)) {
      return base::Error{base::Error::Code::invalid, "unknown function " + std::string(name) +
                                                         "() at byte " + std::to_string(start + 1)};
    }
  }
  return base::Done{};
}

// Whether there is an id(...).
bool calls_id(std::string_view text) {
  for (auto at = text.find("id"); at != text.npos; at = text.find("id", at + 2)) {
    const auto open = text.find_first_not_of(" \t\r\n", at + 2);
    if (open != text.npos && text[open] == '(') return true;
  }
  return false;
}

// Whether there is a "preceding::*", "preceding-sibling::node()" or the like. One too many, in a
// string, does no harm.
bool sees_landmarks(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  for (auto at = text.find("preceding"); at != text.npos; at = text.find("preceding", at + 1)) {
    const auto colons = text.find("::", at);
    if (colons == text.npos) return false;
    const auto test = text.find_first_not_of(kSpace, colons + 2);
    if (test == text.npos) return false;
    if (text[test] == '*' || text.substr(test).starts_with("node")) return true;
  }
  return false;
}

XPathItem item_of(xmlNode* node) {
  XPathItem item;
  switch (node->type) {
    case XML_ELEMENT_NODE:
      item.kind = XPathItem::Kind::element;
      item.node = node;
      break;
    case XML_ATTRIBUTE_NODE: {
      item.kind = XPathItem::Kind::attribute;
      item.node = node->parent;
      for (XmlNode part = node->children; part != nullptr; part = part->next) {
        if (part->type == XML_TEXT_NODE) item.text += view(part->content);
      }
      break;
    }
    case XML_DOCUMENT_NODE:
    case XML_HTML_DOCUMENT_NODE:
      item.kind = XPathItem::Kind::element;
      item.node = xmlDocGetRootElement(reinterpret_cast<xmlDoc*>(node));
      break;
    case XML_NAMESPACE_DECL:
      item.kind = XPathItem::Kind::value;
      item.text = view(reinterpret_cast<xmlNs*>(node)->href);
      return item;
    default:
      item.kind = XPathItem::Kind::text;
      item.node = node->parent;
      item.text = view(node->content);
      break;
  }
  if (item.node != nullptr && item.node->type != XML_ELEMENT_NODE) item.node = nullptr;
  if (item.node != nullptr) item.html = static_cast<const GumboNode*>(item.node->_private);
  return item;
}

std::vector<XPathItem> items_of(xmlXPathObject& result) {
  std::vector<XPathItem> items;
  if (result.type != XPATH_NODESET && result.type != XPATH_XSLT_TREE) {
    XPathItem item;
    xmlChar* text = xmlXPathCastToString(&result);
    item.text = view(text);
    xmlFree(text);
    items.push_back(std::move(item));
    return items;
  }
  if (result.nodesetval == nullptr) return items;
  const std::span nodes(result.nodesetval->nodeTab,
                        static_cast<std::size_t>(result.nodesetval->nodeNr));
  sort_in_document_order(nodes);
  items.reserve(nodes.size());
  for (xmlNode* node : nodes) items.push_back(item_of(node));
  return items;
}

}  // namespace

void XPath::FreeExpression::operator()(_xmlXPathCompExpr* expression) const {
  xmlXPathFreeCompExpr(expression);
}

base::Result<XPath> XPath::compile(std::string_view text) {
  if (text.size() > kLongestText) {
    return base::Error{base::Error::Code::invalid, "the expression is longer than 16 KiB"};
  }
  if (auto checked = check(text); !checked) return checked.error();
  XPath result;
  result.text_ = text;
  Context context = make_context(nullptr);
  if (!context) return base::Error{base::Error::Code::io, "out of memory"};
  auto* expression = xmlXPathCtxtCompile(context.get(), chars(result.text_));
  if (expression == nullptr) {
    return base::Error{base::Error::Code::invalid, why(*context, "not an XPath expression")};
  }
  result.asks_for_ids_ = calls_id(text);
  result.sees_landmarks_ = sees_landmarks(text);
  result.expression_ = {expression, FreeExpression{}};
  if (auto paths = XPathPaths::compile(text, context.get())) {
    result.paths_ = std::make_shared<const XPathPaths>(*std::move(paths));
  }
  return result;
}

base::Result<std::vector<XPathItem>> XPath::evaluate(const XmlTree& tree, XmlNode scope,
                                                     unsigned long* steps_left) const {
  const base::Error too_dear{base::Error::Code::invalid,
                             "the page's expressions take too many steps"};
  if (steps_left != nullptr && *steps_left == 0) return too_dear;
  if (asks_for_ids_) tree.index_ids();
  if (sees_landmarks_) tree.landmarks_.remove();
  Context context = make_context(tree.document_.get());
  if (!context) return base::Error{base::Error::Code::io, "out of memory"};
  for (const auto& [prefix, name] : tree.prefixes_) {
    xmlXPathRegisterNs(context.get(), chars(prefix), chars(name));
  }
  context->opLimit = steps_left != nullptr ? *steps_left : kSteps;
  context->node = scope != nullptr ? const_cast<xmlNode*>(scope)
                                   : reinterpret_cast<xmlNode*>(tree.document_.get());
  Object result(paths_ ? paths_->evaluate(context.get())
                       : xmlXPathCompiledEval(expression_.get(), context.get()));
  if (steps_left != nullptr) *steps_left -= std::min(*steps_left, context->opCount);
  if (!result && context->opCount >= context->opLimit) return too_dear;
  if (!result) {
    return base::Error{base::Error::Code::invalid,
                       why(*context, "the expression cannot be evaluated")};
  }
  return items_of(*result);
}

}  // namespace crawld::parsers
