#include "config/extract_rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "config/field_io.h"
#include "config/nearest_name.h"
#include "config/value_json.h"
#include "crawler/base/escape.h"
#include "parsers/extract/extract.h"

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

const std::set<std::string> kFieldKeys = {
    "css",  "xpath",    "jsonld", "microdata", "meta",    "og",     "twitter", "json",
    "from", "jsonpath", "regex",  "attribute", "type",    "list",   "html",    "required",
    "join", "default",  "trim",   "lower",     "replace", "locale", "fields"};

class RulesReader {
 public:
  explicit RulesReader(std::vector<Problem>& problems) : problems_(problems) {}

  void read(const Value& value, parsers::RuleSet& rules) {
    if (value.kind != Value::Kind::list)
      return wrong(value, "extract: a list of rules is wanted here");
    std::map<std::string, int> lines;  // of a name in this list; each site has one
    for (const Value& item : value.items) {
      Rule rule;
      if (read_rule(item, rule)) {
        check_name(item, rule.name, lines);
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
        wrong_key(member, "a rule", {"name", "match", "each", "fields", "tests"});
    }
    if (rule.name.empty()) wrong(value, "extract: a rule needs a name");
    if (rule.fields.empty()) wrong(value, "extract: a rule needs fields");
    return !rule.name.empty() && !rule.fields.empty();
  }

  // Records, coverage and drops are told by the rule's name.
  void check_name(const Value& rule, const std::string& name, std::map<std::string, int>& lines) {
    const Place place = member_of(rule, "name")->place;
    const auto [first, is_new] = lines.emplace(name, place.line);
    if (is_new) return;
    problems_.push_back({place, "name: another rule of the site is called \"" +
                                    base::printable(name) + "\", in line " +
                                    std::to_string(first->second) +
                                    "; give each a name of its own"});
  }

  void wrong_key(const Value::Member& member, const std::string& in,
                 const std::set<std::string>& known) {
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    problems_.push_back({member.place, "unknown key \"" + base::printable(member.key) + "\" in " +
                                           in +
                                           did_you_mean(member.key, known, "; it knows " + names)});
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
      // Fields without a source of their own are a group of the record around them.
      if (field.source.empty() && field.fields.empty()) {
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
      if (names_source(member.key) && !field.source.empty()) {
        problems_.push_back({member.place, member.key + ": the field has a source already, \"" +
                                               base::printable(field.source) + "\""});
        continue;
      }
      if (set_source(member, field)) continue;
      if (names_source(member.key))
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
        wrong_key(member, "a field", kFieldKeys);
    }
  }

  static bool names_source(std::string_view key) {
    return key == "from" || key == "source" ||
           std::find(kSources.begin(), kSources.end(), key) != kSources.end();
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
          wrong_key(member, "a test", {"file", "url", "expect"});
      }
      if (test.file.empty() || test.expect_json.empty()) {
        wrong(item, "tests: each test needs file: and expect:");
      } else {
        tests.push_back(std::move(test));
      }
    }
  }

  // Everything that the compiler finds wrong, each where it stands.
  void check(const Value& value, const Rule& rule) {
    for (const parsers::RuleProblem& found : parsers::CompiledRules::problems({.rules = {rule}})) {
      const std::string where =
          found.field.empty() ? found.part : "fields." + found.field + ": " + found.part;
      problems_.push_back({place_of(value, found), where + ": " + found.message});
    }
    check_expected(value, rule);
  }

  // A test that names a field which the rule does not make could never pass.
  void check_expected(const Value& value, const Rule& rule) {
    std::set<std::string> names;
    for (const FieldRule& field : rule.fields) names.insert(field.name);
    for (const Value::Member& member : value.members) {
      if (member.key != "tests") continue;
      for (const Value& test : member.value.items) {
        const Value* expected = member_of(test, "expect");
        if (expected == nullptr) continue;
        for (const Value::Member& field : expected->members) {
          if (names.contains(field.key)) continue;
          problems_.push_back({field.place, "expect: the rule has no field \"" + field.key + "\"" +
                                                did_you_mean(field.key, names, "")});
        }
      }
    }
  }

  static const Value* member_of(const Value& value, std::string_view key) {
    for (const Value::Member& member : value.members) {
      if (member.key == key) return &member.value;
    }
    return nullptr;
  }

  // The value that `problem` is about; the rule's own place where it is about none.
  static Place place_of(const Value& rule, const parsers::RuleProblem& problem) {
    const Value* at = &rule;
    for (std::string_view path = problem.field; !path.empty();) {
      const Value* fields = member_of(*at, "fields");
      const Value::Member* longest = nullptr;
      if (fields != nullptr) longest = member_in_path(*fields, path);
      if (longest == nullptr) return at->place;
      at = &longest->value;
      path.remove_prefix(std::min(longest->key.size() + 1, path.size()));
    }
    const Value* part = member_of(*at, problem.part);
    if (part == nullptr && problem.part == "source") part = source_of(*at);
    return part != nullptr ? part->place : at->place;
  }

  // Names may hold dots: the longest one that `path` starts with.
  static const Value::Member* member_in_path(const Value& fields, std::string_view path) {
    const Value::Member* longest = nullptr;
    for (const Value::Member& member : fields.members) {
      const bool starts = path == member.key || path.starts_with(member.key + ".");
      if (starts && (longest == nullptr || member.key.size() > longest->key.size())) {
        longest = &member;
      }
    }
    return longest;
  }

  static const Value* source_of(const Value& field) {
    for (const std::string_view source : kSources) {
      if (const Value* found = member_of(field, source)) return found;
    }
    return member_of(field, "from");
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
    if (!rule.tests.empty()) out += pad + "    tests:\n";
    for (const parsers::FixtureTest& test : rule.tests) {
      out += pad + "      - {file: " + yaml_scalar(test.file);
      if (!test.url.empty()) out += ", url: " + yaml_scalar(test.url);
      out += ", expect: " + test.expect_json + "}\n";  // JSON is YAML's flow style
    }
  }
  return out;
}

}  // namespace crawld::config
