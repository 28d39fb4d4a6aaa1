#include "parsers/extract/extract_page.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/model/url.h"
#include "parsers/extract/extract_markup.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers::extract {
namespace {

using base::Error;

constexpr std::size_t kMostItems = 100'000;

Item text_item(std::string text) {
  Item item;
  item.is_text = true;
  item.text = std::move(text);
  return item;
}

// A fact of the page as the only item, or none where it is not told.
std::vector<Item> fact(std::string_view text) {
  std::vector<Item> items;
  if (!text.empty()) items.push_back(text_item(std::string(text)));
  return items;
}

std::vector<Item> json_items(const JsonValues& values) {
  std::vector<Item> items;
  for (const Json* value : values) {
    Item item;
    item.json = value;
    items.push_back(std::move(item));
  }
  return items;
}

Error no_tree(const PageFacts& facts) {
  bool html = facts.kind == model::DocumentKind::html || facts.kind == model::DocumentKind::xhtml;
  return {Error::Code::invalid,
          html ? "the page is nested too deeply or too large for a tree" : "the page is no HTML"};
}

std::string folded(std::string_view text) {
  std::string words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = std::min(text.find_first_not_of(base::kAsciiSpace, at), text.size());
    std::size_t end = std::min(text.find_first_of(base::kAsciiSpace, start), text.size());
    if (start < end && !words.empty()) words += ' ';
    words += text.substr(start, end - start);
    at = end;
  }
  return words;
}

}  // namespace

Page::Page(const PageFacts& facts, std::size_t sources) : facts_(facts), matchers_(sources) {
  if (facts.base == nullptr) own_base_.emplace(model::Url::parse(facts.url));
}
Page::~Page() = default;

Page::Found Page::find(const Source& source, const Item& scope) {
  switch (source.kind) {
    case SourceKind::css:
      return find_css(source, scope);
    case SourceKind::xpath:
      return find_xpath(source, scope);
    case SourceKind::jsonld:
    case SourceKind::microdata:
      return find_schema(source, scope);
    case SourceKind::json_pointer:
    case SourceKind::json_path:
      return find_json(source, scope);
    case SourceKind::opengraph:
    case SourceKind::twitter:
    case SourceKind::meta:
      return find_named(source);
    case SourceKind::title:
    case SourceKind::description:
    case SourceKind::url:
    case SourceKind::canonical:
    case SourceKind::lang:
    case SourceKind::author:
    case SourceKind::date:
    case SourceKind::text:
    case SourceKind::html:
    case SourceKind::main_text:
    case SourceKind::markdown:
    case SourceKind::tables:
    case SourceKind::self:
      break;
  }
  return find_keyword(source, scope);
}

Page::Found Page::find_each(const Source& source, const Item& scope) {
  auto found = find(source, scope);
  if (source.kind != SourceKind::json_pointer || !found || found->size() != 1) return found;
  const Json& value = *found->front().json;
  if (!value.is_array()) return found;
  JsonValues values;
  for (const Json& one : value) {
    if (values.size() == kMostItems) break;
    values.push_back(&one);
  }
  return json_items(values);
}

Page::Found Page::find_css(const Source& source, const Item& scope) {
  if (facts_.tree == nullptr) return no_tree(facts_);
  if (!scope.is_page() && scope.element == nullptr) {
    return Error{Error::Code::invalid, "a selector cannot look inside what is no element"};
  }
  if (!selectors_) selectors_.emplace(*facts_.tree);
  auto& matcher = matchers_[source.number];
  if (!matcher) matcher = std::make_unique<SelectorMatcher>(*source.selector, *selectors_);
  std::vector<Item> items;
  auto all = scope.element != nullptr ? matcher->values_around(scope.element, kMostItems)
                                      : matcher->values(nullptr, kMostItems);
  for (const Selected& found : all) {
    Item item;
    item.element = found.element;
    item.is_text = found.is_text;
    item.text = found.text;
    items.push_back(std::move(item));
  }
  return items;
}

const XmlTree* Page::xml() {
  if (!tried_xml_) {
    tried_xml_ = true;
    bool xml = facts_.kind == model::DocumentKind::xml;
    if (xml) {
      xml_ = XmlTree::parse(facts_.body);
    } else if (facts_.tree != nullptr) {
      xml_ = XmlTree::copy_of(*facts_.tree);
    }
  }
  return xml_ ? &*xml_ : nullptr;
}

Page::Found Page::find_xpath(const Source& source, const Item& scope) {
  const XmlTree* tree = xml();
  if (tree == nullptr) {
    if (facts_.kind == model::DocumentKind::xml) {
      return Error{Error::Code::invalid, "the body is no XML"};
    }
    if (facts_.tree != nullptr) {
      return Error{Error::Code::invalid,
                   "the page is too large for paths; a CSS selector needs less memory"};
    }
    return no_tree(facts_);
  }
  XmlNode inside = scope.element != nullptr ? tree->of(scope.element) : scope.xml;
  if (!scope.is_page() && inside == nullptr) {
    return Error{Error::Code::invalid, "a path cannot look inside what is no element"};
  }
  auto found = source.xpath->evaluate(*tree, inside, &steps_left_);
  if (!found) return std::move(found).error();
  std::vector<Item> items;
  for (XPathItem& held : *found) {
    if (items.size() == kMostItems) break;
    Item item;
    item.element = held.html;
    if (held.html == nullptr) item.xml = held.node;
    item.is_text = held.kind != XPathItem::Kind::element;
    item.text = std::move(held.text);
    items.push_back(std::move(item));
  }
  return items;
}

const Json* Page::structured(SourceKind kind) {
  const bool jsonld = kind == SourceKind::jsonld;
  std::unique_ptr<Json>& held = jsonld ? jsonld_ : microdata_;
  const std::string_view text = jsonld ? facts_.jsonld : facts_.microdata;
  if (!held) held = std::make_unique<Json>(parse_json(text).value_or(Json::array()));
  return held.get();
}

Page::Found Page::find_schema(const Source& source, const Item& scope) {
  bool inside = scope.json != nullptr;
  const Json* data = inside ? scope.json : structured(source.kind);
  return json_items(source.schema->select(*data, inside));
}

const Json* Page::body_json() {
  if (!body_) body_ = std::make_unique<Json>(parse_json(facts_.body).value_or(Json()));
  return body_->is_null() ? nullptr : body_.get();
}

Page::Found Page::find_json(const Source& source, const Item& scope) {
  const Json* document = scope.json != nullptr ? scope.json : body_json();
  if (document == nullptr) return Error{Error::Code::invalid, "the body is no JSON"};
  if (source.kind == SourceKind::json_path) {
    return json_items(source.json_path->select(*document));
  }
  const Json* found = source.pointer->find(*document);
  return json_items(found != nullptr ? JsonValues{found} : JsonValues{});
}

// og:article:author is written as article:author as well.
Page::Found Page::find_named(const Source& source) {
  const std::string_view prefix = source.kind == SourceKind::opengraph ? "og:"
                                  : source.kind == SourceKind::twitter ? "twitter:"
                                                                       : "";
  std::vector<Item> items;
  if (facts_.meta == nullptr) return items;
  const auto add_named = [&](std::string_view wanted) {
    for (const auto& [name, content] : *facts_.meta) {
      if (base::equals_ignoring_case(name, wanted)) items.push_back(text_item(content));
    }
  };
  add_named(std::string(prefix) + source.name);
  const bool other_prefix = source.name.find(':') != std::string::npos;
  if (items.empty() && source.kind == SourceKind::opengraph && other_prefix) add_named(source.name);
  return items;
}

Page::Found Page::find_keyword(const Source& source, const Item& scope) {
  switch (source.kind) {
    case SourceKind::title:
      return fact(facts_.title);
    case SourceKind::description:
      return fact(facts_.description);
    case SourceKind::url:
      return fact(facts_.url);
    case SourceKind::canonical:
      return fact(facts_.canonical);
    case SourceKind::lang:
      return fact(facts_.lang);
    case SourceKind::author:
      return fact(facts_.author);
    case SourceKind::date:
      return fact(facts_.date);
    case SourceKind::main_text:
      return fact(facts_.main_text);
    case SourceKind::markdown:
      return fact(facts_.markdown);
    case SourceKind::text:
      return fact(scope.is_page() ? std::string(facts_.text) : text_of(scope));
    case SourceKind::html:
      return fact(scope.is_page() ? std::string(facts_.body) : html_of(scope));
    case SourceKind::tables: {
      if (facts_.tree == nullptr) return no_tree(facts_);
      const GumboNode* top = scope.element != nullptr ? scope.element : facts_.tree->root();
      std::vector<Item> items;
      for (const GumboNode* node = top; node != nullptr; node = next_node(node, top)) {
        if (!is_html(node, GUMBO_TAG_TABLE)) continue;
        Item item;
        item.element = node;
        items.push_back(std::move(item));
      }
      return items;
    }
    case SourceKind::self:
      if (scope.is_page() && facts_.tree != nullptr) {
        Item item;
        item.element = facts_.tree->root();
        return std::vector<Item>{item};
      }
      return std::vector<Item>{scope};
    case SourceKind::css:
    case SourceKind::xpath:
    case SourceKind::jsonld:
    case SourceKind::microdata:
    case SourceKind::opengraph:
    case SourceKind::twitter:
    case SourceKind::meta:
    case SourceKind::json_pointer:
    case SourceKind::json_path:
      break;
  }
  return std::vector<Item>{};
}

std::string Page::text_of(const Item& item) {
  if (item.is_text) return item.text;
  if (item.element != nullptr) return element_text(item.element);
  if (item.xml != nullptr) return folded(xml_text(item.xml));
  if (item.json == nullptr) return "";
  if (item.json->is_string()) return item.json->get<std::string>();
  if (item.json->is_null()) return "";
  return item.json->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Page::html_of(const Item& item) {
  if (item.is_text) return item.text;
  if (item.element != nullptr) return inner_html(item.element);
  return item.xml != nullptr ? xml_inside(item.xml) : text_of(item);
}

std::optional<std::string> Page::attribute_of(const Item& item, const std::string& name) {
  if (item.element != nullptr) {
    auto value = attribute(item.element, name);
    if (!value && name.starts_with("xlink:")) {
      value = attribute(item.element, GUMBO_ATTR_NAMESPACE_XLINK, name.substr(6));
    }
    return value ? std::optional(std::string(*value)) : std::nullopt;
  }
  return item.xml != nullptr ? xml_attribute(item.xml, name) : std::nullopt;
}

std::optional<std::string> Page::resolve(std::string_view reference) const {
  const DocumentBase& base = own_base_ ? *own_base_ : *facts_.base;
  auto url = base ? base.resolve(reference, facts_.charset) : model::Url::parse(reference);
  return url ? std::optional(url->href()) : std::nullopt;
}

}  // namespace crawld::parsers::extract
