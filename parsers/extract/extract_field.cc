#include "parsers/extract/extract_field.h"

#include <nlohmann/json.hpp>
#include <set>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/extract/extract_markup.h"
#include "parsers/extract/values.h"

namespace crawld::parsers::extract {
namespace {

using base::Error;
using base::Result;

constexpr int kDeepestFields = 16;
constexpr std::size_t kMostMatches = 10'000;    // of a regex in one page
constexpr std::size_t kLongestValue = 4 << 20;  // bytes

std::shared_ptr<const RE2> compile_regex(const std::string& text) {
  RE2::Options options(RE2::Quiet);
  return std::make_shared<const RE2>(text, options);
}

// Attributes that hold what an element stands for, where text is not asked for.
const char* link_attribute(const GumboNode* element) {
  for (GumboTag tag : {GUMBO_TAG_A, GUMBO_TAG_AREA, GUMBO_TAG_LINK, GUMBO_TAG_BASE}) {
    if (is_html(element, tag)) return "href";
  }
  for (GumboTag tag :
       {GUMBO_TAG_IMG, GUMBO_TAG_SCRIPT, GUMBO_TAG_IFRAME, GUMBO_TAG_FRAME, GUMBO_TAG_SOURCE,
        GUMBO_TAG_VIDEO, GUMBO_TAG_AUDIO, GUMBO_TAG_EMBED, GUMBO_TAG_TRACK}) {
    if (is_html(element, tag)) return "src";
  }
  if (is_html(element, GUMBO_TAG_OBJECT)) return "data";
  return is_html(element, GUMBO_TAG_FORM) ? "action" : nullptr;
}

// A JSON object where a URL is wanted: what schema.org calls its address.
const Json* address_of(const Json& object) {
  for (const char* key : {"url", "contentUrl", "@id"}) {
    auto found = object.find(key);
    if (found != object.end() && found->is_string()) return &*found;
  }
  return nullptr;
}

}  // namespace

std::vector<Field> compile_fields(const std::vector<FieldRule>& rules, const std::string& path,
                                  int depth, Compilation& compilation) {
  std::vector<Field> fields;
  std::set<std::string_view> names;
  for (const FieldRule& rule : rules) {
    std::string own = path.empty() ? rule.name : path + "." + rule.name;
    if (rule.name.empty()) compilation.problem(own, "name", "a field has no name");
    if (!names.insert(rule.name).second) {
      compilation.problem(own, "name", "there are two fields \"" + rule.name + "\"");
    }
    fields.push_back(Field::compile(rule, own, depth, compilation));
  }
  return fields;
}

std::string object_of(const std::vector<Field>& fields, Page& page, const Item& scope,
                      const std::string& path, Reasons& reasons) {
  std::string json = "{";
  for (const Field& field : fields) {
    if (json.size() > 1) json += ',';
    std::string own = path.empty() ? field.name() : path + "." + field.name();
    json += base::json_string(field.name()) + ":" + field.value(page, scope, own, reasons);
  }
  return json + "}";
}

Field Field::compile(const FieldRule& rule, const std::string& path, int depth,
                     Compilation& compilation) {
  Field field;
  field.rule_ = rule;
  field.rule_.fields.clear();
  bool groups_only = rule.source.empty() && !rule.fields.empty();
  auto source = compile_source(groups_only ? "self" : rule.source, false);
  if (rule.source.empty() && rule.fields.empty()) {
    compilation.problem(path, "source", "the field has no source");
  } else if (!source) {
    compilation.problem(path, "source", source.error().message);
  } else {
    field.source_ = std::move(source).value();
    compilation.admit(field.source_);
  }
  field.compile_texts(path, compilation);
  if (depth >= kDeepestFields && !rule.fields.empty()) {
    compilation.problem(path, "fields", "fields are nested too deeply");
    return field;
  }
  field.fields_ = compile_fields(rule.fields, path, depth + 1, compilation);
  return field;
}

void Field::compile_texts(const std::string& path, Compilation& compilation) {
  if (!rule_.regex.empty()) {
    regex_ = compile_regex(rule_.regex);
    if (!regex_->ok()) compilation.problem(path, "regex", "bad expression: " + regex_->error());
  }
  for (const auto& [pattern, with] : rule_.replace) {
    auto compiled = compile_regex(pattern);
    std::string why;
    if (!compiled->ok()) {
      compilation.problem(path, "replace", "bad expression: " + compiled->error());
    } else if (!compiled->CheckRewriteString(with, &why)) {
      compilation.problem(path, "replace", "bad replacement: " + why);
    }
    replacements_.push_back({std::move(compiled), with});
  }
  if (!rule_.locale.empty() && !is_locale(rule_.locale)) {
    compilation.problem(path, "locale",
                        "\"" + base::printable(rule_.locale) +
                            "\" is none; give a language such as \"de\", or one with a region such "
                            "as \"de-CH\"");
  }
  if (rule_.has_join && rule_.type != ValueType::string) {
    compilation.problem(path, "join", "only strings can be joined");
  }
  if (rule_.html && !rule_.attribute.empty()) {
    compilation.problem(path, "html", "either html or attribute, not both");
  }
  if (rule_.has_default) compile_default(path, compilation);
}

void Field::compile_default(const std::string& path, Compilation& compilation) {
  if (rule_.type == ValueType::rows) {
    compilation.problem(path, "default", "rows cannot have a default");
    return;
  }
  // URLs depend on the page; all other types are the same everywhere.
  if (rule_.type == ValueType::url) return;
  PageFacts none;
  Page page(none, 0);
  auto read = typed(page, {rule_.default_value, nullptr});
  if (!read) compilation.problem(path, "default", read.error().message);
}

std::string Field::missing(const std::string& path, const std::string& why,
                           Reasons& reasons) const {
  if (!why.empty()) {
    reasons.emplace_back(path, why);
  } else if (rule_.required && !rule_.has_default) {
    reasons.emplace_back(path, "required, but not found");
  }
  return "null";
}

std::string Field::value(Page& page, const Item& scope, const std::string& path,
                         Reasons& reasons) const {
  const bool objects = !fields_.empty() && rule_.list;
  auto found = objects ? page.find_each(source_, scope) : page.find(source_, scope);
  if (!found) return missing(path, found.error().message, reasons);
  if (!fields_.empty()) return nested(page, *found, path, reasons);
  if (rule_.type == ValueType::rows || source_.kind == SourceKind::tables) {
    return rows(*found, path, reasons);
  }
  std::vector<Text> texts;
  bool one = !rule_.list && !rule_.has_join;
  bool any = false;
  for (const Item& item : *found) {
    any = true;
    add_texts(item, texts);
    if (one && !texts.empty()) break;
    if (texts.size() > kMostMatches) break;
  }
  if (texts.empty()) {
    bool unmatched = any && regex_ != nullptr;
    if (unmatched && !rule_.has_default) {
      return missing(path, "nothing found matches the regex", reasons);
    }
    if (!rule_.has_default) {
      return rule_.list && !rule_.has_join && !rule_.required ? "[]" : missing(path, "", reasons);
    }
    texts.push_back({rule_.default_value, nullptr});
  }
  if (rule_.has_join) {
    std::string joined;
    for (const Text& text : texts) {
      if (&text != &texts.front()) joined += rule_.join;
      joined += text.text;
    }
    return base::json_string(joined);
  }
  auto one_value = [&](const Text& text, const std::string& own) {
    auto read = typed(page, text);
    if (read) return *read;
    reasons.emplace_back(own, read.error().message);
    return std::string("null");
  };
  if (!rule_.list) return one_value(texts.front(), path);
  std::string json = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) json += ',';
    json += one_value(texts[i], path + "[" + std::to_string(i) + "]");
  }
  return json + "]";
}

std::string Field::nested(Page& page, const std::vector<Item>& items, const std::string& path,
                          Reasons& reasons) const {
  if (!rule_.list) {
    if (items.empty()) return missing(path, "", reasons);
    return object_of(fields_, page, items.front(), path, reasons);
  }
  if (items.empty() && rule_.required) return missing(path, "", reasons);
  std::string json = "[";
  for (std::size_t i = 0; i < items.size() && json.size() < kLongestValue; ++i) {
    if (i > 0) json += ',';
    json += object_of(fields_, page, items[i], path + "[" + std::to_string(i) + "]", reasons);
  }
  return json + "]";
}

std::string Field::rows(const std::vector<Item>& items, const std::string& path,
                        Reasons& reasons) const {
  bool all = rule_.list || source_.kind == SourceKind::tables;
  std::string json = "[";
  for (const Item& item : items) {
    if (item.element == nullptr || !is_html(item.element, GUMBO_TAG_TABLE)) {
      return missing(path, "what was found is no table", reasons);
    }
    if (!all) return table_rows(item.element);
    if (json.size() > kLongestValue) break;
    if (json.size() > 1) json += ',';
    json += table_rows(item.element);
  }
  if (items.empty() && (!all || rule_.required)) return missing(path, "", reasons);
  return json + "]";
}

// An item as the text from which its value is read.
std::string Field::own_text(const Item& item) const {
  if (item.is_text) return item.text;
  if (!rule_.attribute.empty()) return Page::attribute_of(item, rule_.attribute).value_or("");
  if (rule_.html) return Page::html_of(item);
  if (item.element != nullptr) {
    if (is_html(item.element, GUMBO_TAG_META)) {
      return Page::attribute_of(item, "content").value_or("");
    }
    if (rule_.type == ValueType::url) {
      if (const char* name = link_attribute(item.element)) {
        return Page::attribute_of(item, name).value_or("");
      }
    }
    if (rule_.type == ValueType::date && is_html(item.element, GUMBO_TAG_TIME)) {
      if (auto moment = Page::attribute_of(item, "datetime")) return *moment;
    }
  }
  return Page::text_of(item);
}

// Texts of one item: one, or with a regex and a list as many as it finds; those left
// empty are none.
void Field::add_texts(const Item& item, std::vector<Text>& to) const {
  const Json* json = item.is_text ? nullptr : item.json;
  if (json != nullptr && json->is_array() && rule_.list) {
    for (const Json& one : *json) {
      Item inner;
      inner.json = &one;
      if (!one.is_array()) add_texts(inner, to);
    }
    return;
  }
  std::string text = own_text(item);
  if (text.size() > kLongestValue) text.resize(kLongestValue);
  auto add = [&](std::string value) {
    polish(value);
    if (!value.empty()) to.push_back({std::move(value), json});
  };
  if (!regex_) return add(std::move(text));
  json = nullptr;  // what the regex takes out is text
  re2::StringPiece rest(text);
  const char* end = rest.data() + rest.size();
  std::size_t at = 0;
  re2::StringPiece groups[2];
  int wanted = regex_->NumberOfCapturingGroups() > 0 ? 2 : 1;
  while (at <= text.size() && to.size() < kMostMatches &&
         regex_->Match(text, at, text.size(), RE2::UNANCHORED, groups, wanted)) {
    const re2::StringPiece& taken = groups[wanted - 1];
    if (taken.data() != nullptr) add(std::string(taken.data(), taken.size()));
    if (!rule_.list && !rule_.has_join && !to.empty()) return;
    at = static_cast<std::size_t>(groups[0].data() + groups[0].size() - text.data());
    // An empty match must not be found again; step over one character.
    if (groups[0].empty()) {
      do {
        ++at;
      } while (at < text.size() && (text[at] & 0xC0) == 0x80);
    }
    if (text.data() + at > end) return;
  }
}

void Field::polish(std::string& text) const {
  for (const Replacement& replacement : replacements_) {
    RE2::GlobalReplace(&text, *replacement.pattern, replacement.with);
    if (text.size() > kLongestValue) text.resize(kLongestValue);
  }
  if (rule_.lower) text = base::ascii_lower(text);
  if (rule_.trim) text = base::trim(text);
}

Result<std::string> Field::typed(const Page& page, const Text& text) const {
  std::string_view locale = rule_.locale;
  std::string_view language = page.facts().lang;
  bool number = text.json != nullptr && text.json->is_number();
  switch (rule_.type) {
    case ValueType::string:
      // Objects and arrays of JSON stay what they are.
      if (text.json != nullptr && text.json->is_structured()) return text.text;
      return base::json_string(text.text);
    case ValueType::number:
      return number ? text.text : read_number(text.text, locale, language);
    case ValueType::integer:
      if (text.json != nullptr && text.json->is_number_integer()) return text.text;
      return read_integer(text.text, number ? "en" : locale, language);
    case ValueType::boolean:
      return read_boolean(text.text);
    case ValueType::date:
      return read_date(text.text, locale, language);
    case ValueType::price:
      return read_price(text.text, number ? "en" : locale, language);
    case ValueType::url: {
      std::string reference = text.text;
      if (text.json != nullptr && text.json->is_object()) {
        const Json* address = address_of(*text.json);
        reference = address != nullptr ? address->get<std::string>() : "";
      }
      auto url = page.resolve(reference);
      if (url && !reference.empty()) return base::json_string(*url);
      return Error{Error::Code::invalid,
                   "not a URL: " + base::json_string(reference.substr(0, 60))};
    }
    case ValueType::rows:
      break;
  }
  return Error{Error::Code::invalid, "rows are read from tables only"};
}

}  // namespace crawld::parsers::extract
