#include "config/extract_rules.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "config/field_io.h"
#include "config/value_json.h"
#include "parsers/extract.h"

namespace crawld::config {
namespace {

using parsers::FieldRule;
using parsers::Rule;
using parsers::ValueType;

constexpr Choice<ValueType> kTypes[] = {
    {"string", ValueType::string},   {"number", ValueType::number}, {"integer", ValueType::integer},
    {"boolean", ValueType::boolean}, {"date", ValueType::date},     {"url", ValueType::url},
    {"price", ValueType::price},     {"rows", ValueType::rows}};

// Selector notations that may stand as a key of their own: {css: ".price"}.
constexpr std::array<std::string_view, 9> kSources = {
    "css", "xpath", "jsonld", "microdata", "meta", "json", "jsonpath", "og", "twitter"};

class RulesReader {
 public:
  explicit RulesReader(std::vector<Problem>& problems) : problems_(problems) {}

  void read(const Value& value, parsers::RuleSet& rules) {
    if (value.kind != Value::Kind::list)
      return wrong(value, "extract: a list of rules is wanted here");
    for (const Value& item : value.items) {
      Rule rule;
      if (read_rule(item, rule)) {
        rules.rules.push_back(std::move(rule));
        check(item, rules.rules.back());
      }
    }
  }

 private:
  void wrong(const Value& value, std::string message) {
    problems_.push_back({value.place, std::move(message)});
  }

  bool read_rule(const Value& value, Rule& rule) {
    if (value.kind != Value::Kind::map) {
      wrong(value, "extract: each rule is a map with a name and fields");
      return false;
    }
    for (const Value::Member& member : value.members) {
      ReadField io(member.value, member.key, problems_);
      if (member.key == "name")
        io.text(rule.name);
      else if (member.key == "match")
        io.text(rule.match);
      else if (member.key == "each")
        io.text(rule.each);
      else if (member.key == "fields")
        read_fields(member.value, rule.fields);
      else if (member.key == "tests")
        read_tests(member.value, rule.tests);
      else
        wrong_key(member, "a rule", "name, match, each, fields, tests");
    }
    if (rule.name.empty()) wrong(value, "extract: a rule needs a name");
    if (rule.fields.empty()) wrong(value, "extract: a rule needs fields");
    return !rule.name.empty() && !rule.fields.empty();
  }

  void wrong_key(const Value::Member& member, const std::string& in, const std::string& known) {
    problems_.push_back(
        {member.place, "unknown key \"" + member.key + "\" in " + in + "; it knows " + known});
  }

  void read_fields(const Value& value, std::vector<FieldRule>& fields) {
    if (value.kind != Value::Kind::map)
      return wrong(value, "fields: a map of names is wanted here");
    for (const Value::Member& member : value.members) {
      FieldRule field;
      field.name = member.key;
      if (member.value.kind == Value::Kind::scalar) {
        field.source = member.value.text;
      } else if (member.value.kind == Value::Kind::map) {
        read_field_map(member.value, field);
      } else {
        wrong(member.value, "fields." + member.key + ": a selector such as \"css:h1\", or a map");
        continue;
      }
      if (field.source.empty()) {
        wrong(member.value,
              "fields." + member.key + ": a source is missing, such as css: or xpath:");
        continue;
      }
      fields.push_back(std::move(field));
    }
  }

  void read_field_map(const Value& value, FieldRule& field) {
    for (const Value::Member& member : value.members) {
      ReadField io(member.value, member.key, problems_);
      if (set_source(member, field)) continue;
      if (member.key == "from" || member.key == "source")
        io.text(field.source);
      else if (member.key == "regex")
        io.text(field.regex);
      else if (member.key == "attribute" || member.key == "attr")
        io.text(field.attribute);
      else if (member.key == "type")
        io.choice(field.type, kTypes);
      else if (member.key == "list")
        io.boolean(field.list);
      else if (member.key == "html")
        io.boolean(field.html);
      else if (member.key == "required")
        io.boolean(field.required);
      else if (member.key == "trim")
        io.boolean(field.trim);
      else if (member.key == "lower")
        io.boolean(field.lower);
      else if (member.key == "locale")
        io.text(field.locale);
      else if (member.key == "default")
        io.text(field.default_value), field.has_default = true;
      else if (member.key == "join")
        io.text(field.join), field.has_join = true;
      else if (member.key == "replace")
        read_replace(member.value, field);
      else if (member.key == "fields")
        read_fields(member.value, field.fields);
      else
        wrong_key(member, "a field",
                  "css, xpath, jsonld, microdata, meta, og, twitter, json, jsonpath, from, regex, "
                  "attribute, type, list, html, required, default, join, trim, lower, "
                  "replace, locale, fields");
    }
  }

  bool set_source(const Value::Member& member, FieldRule& field) {
    for (const std::string_view source : kSources) {
      if (member.key != source) continue;
      if (member.value.kind != Value::Kind::scalar) {
        wrong(member.value, member.key + ": text is wanted here");
      } else {
        field.source = std::string(source) + ":" + member.value.text;
      }
      return true;
    }
    return false;
  }

  // {expression: text, ...}, or a list of such maps and of pairs [expression, text], in order.
  void read_replace(const Value& value, FieldRule& field) {
    if (value.kind == Value::Kind::list) {
      const auto& items = value.items;
      if (items.size() == 2 && items[0].kind == Value::Kind::scalar &&
          items[1].kind == Value::Kind::scalar) {
        field.replace.emplace_back(items[0].text, items[1].text);
        return;
      }
      for (const Value& item : value.items) read_replace(item, field);
      return;
    }
    if (value.kind != Value::Kind::map) return wrong(value, "replace: a map of expression: text");
    for (const Value::Member& member : value.members) {
      field.replace.emplace_back(member.key, member.value.text);
    }
  }

  void read_tests(const Value& value, std::vector<parsers::FixtureTest>& tests) {
    if (value.kind != Value::Kind::list) return wrong(value, "tests: a list is wanted here");
    for (const Value& item : value.items) {
      parsers::FixtureTest test;
      for (const Value::Member& member : item.members) {
        ReadField io(member.value, member.key, problems_);
        if (member.key == "file")
          io.text(test.file);
        else if (member.key == "url")
          io.text(test.url);
        else if (member.key == "expect")
          test.expect_json = value_json(member.value);
        else
          wrong_key(member, "a test", "file, url, expect");
      }
      if (test.file.empty() || test.expect_json.empty()) {
        wrong(item, "tests: each test needs file: and expect:");
      } else {
        tests.push_back(std::move(test));
      }
    }
  }

  // Compiled one by one, so that the message has a place.
  void check(const Value& value, const Rule& rule) {
    const auto compiled = parsers::CompiledRules::compile({.rules = {rule}});
    if (compiled) return;
    for (const Value::Member& member : value.members) {
      if (member.key != "fields") continue;
      for (const Value::Member& field : member.value.members) {
        Rule alone{.name = rule.name, .match = {}, .each = {}, .fields = {}, .tests = {}};
        for (const FieldRule& candidate : rule.fields) {
          if (candidate.name == field.key) alone.fields.push_back(candidate);
        }
        const auto one = parsers::CompiledRules::compile({.rules = {alone}});
        if (one) continue;
        problems_.push_back({field.place, one.error().message});
        return;
      }
    }
    wrong(value, compiled.error().message);
  }

  std::vector<Problem>& problems_;
};

std::string_view type_name(ValueType type) {
  for (const auto& one : kTypes) {
    if (one.value == type) return one.name;
  }
  return "string";
}

std::string field_yaml(const FieldRule& field) {
  std::string out = "{from: " + yaml_scalar(field.source);
  const auto add = [&](const char* key, const std::string& text) {
    out += std::string(", ") + key + ": " + text;
  };
  if (!field.regex.empty()) add("regex", yaml_scalar(field.regex));
  if (!field.attribute.empty()) add("attribute", yaml_scalar(field.attribute));
  if (field.type != ValueType::string) add("type", std::string(type_name(field.type)));
  if (field.list) add("list", "true");
  if (field.html) add("html", "true");
  if (field.required) add("required", "true");
  if (field.has_default) add("default", yaml_scalar(field.default_value));
  if (field.has_join) add("join", yaml_scalar(field.join));
  if (!field.trim) add("trim", "false");
  if (field.lower) add("lower", "true");
  if (!field.locale.empty()) add("locale", yaml_scalar(field.locale));
  std::string pairs;
  for (const auto& [pattern, text] : field.replace) {
    pairs += (pairs.empty() ? "[" : ", [") + yaml_scalar(pattern) + ", " + yaml_scalar(text) + "]";
  }
  if (!pairs.empty()) add("replace", "[" + pairs + "]");
  if (!field.fields.empty()) {
    std::string nested = "{";
    for (const FieldRule& one : field.fields) {
      nested += (nested.size() > 1 ? ", " : "") + yaml_scalar(one.name) + ": " + field_yaml(one);
    }
    add("fields", nested + "}");
  }
  return out + "}";
}

}  // namespace

void read_extract_rules(const Value& value, parsers::RuleSet& rules,
                        std::vector<Problem>& problems) {
  RulesReader(problems).read(value, rules);
}

base::Result<parsers::RuleSet> load_extract_rules(const std::string& path) {
  using base::Error;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) {
    return Error{Error::Code::not_found, path + ": is no file that can be read"};
  }
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return Error{Error::Code::io, path + ": cannot be read"};
  std::vector<Problem> problems;
  parsers::RuleSet rules;
  const Value root = read_yaml(text, {}, problems);
  const Value* list = &root;
  for (const Value::Member& member : root.members) {
    if (member.key == "extract") list = &member.value;
  }
  if (problems.empty()) read_extract_rules(*list, rules, problems);
  if (problems.empty()) return rules;
  std::string message;
  for (const Problem& problem : problems) {
    message += (message.empty() ? "" : "\n") + path + ":" + std::to_string(problem.place.line) +
               ":" + std::to_string(problem.place.column) + ": " + problem.message;
  }
  return Error{Error::Code::invalid, std::move(message)};
}

std::string extract_rules_yaml(const parsers::RuleSet& rules, int indent) {
  if (rules.empty()) return {};
  const std::string pad(static_cast<std::size_t>(indent), ' ');
  std::string out = pad + "extract:\n";
  for (const Rule& rule : rules.rules) {
    out += pad + "  - name: " + yaml_scalar(rule.name) + "\n";
    if (!rule.match.empty()) out += pad + "    match: " + yaml_scalar(rule.match) + "\n";
    if (!rule.each.empty()) out += pad + "    each: " + yaml_scalar(rule.each) + "\n";
    out += pad + "    fields:\n";
    for (const FieldRule& field : rule.fields) {
      out += pad + "      " + yaml_scalar(field.name) + ": " + field_yaml(field) + "\n";
    }
  }
  return out;
}

}  // namespace crawld::config
