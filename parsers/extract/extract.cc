#include "parsers/extract/extract.h"

#include <xxhash.h>

#include <cinttypes>
#include <cstdio>
#include <optional>

#include "crawler/base/escape.h"
#include "crawler/base/pattern.h"
#include "parsers/extract/extract_field.h"
#include "parsers/extract/extract_page.h"
#include "parsers/extract/extract_source.h"

namespace crawld::parsers {
namespace {

using extract::Compilation;
using extract::Field;
using extract::Item;
using extract::Page;
using extract::Reasons;
using extract::Source;

constexpr std::size_t kMostRecords = 10'000;   // a rule
constexpr std::size_t kMostBytes = 16u << 20;  // of a page's records

struct CompiledRule {
  std::string name;
  std::optional<base::Pattern> match;
  std::optional<Source> each;
  std::vector<Field> fields;
  extract::Forms forms;
};

CompiledRule compile_rule(const Rule& rule, Compilation& compilation) {
  CompiledRule compiled;
  compilation.forms = {};
  compiled.name = rule.name;
  if (!rule.match.empty()) {
    auto pattern = base::Pattern::compile(rule.match);
    if (!pattern) {
      compilation.problem("", "match", pattern.error().message);
    } else {
      compiled.match = std::move(pattern).value();
    }
  }
  if (!rule.each.empty()) {
    auto source = extract::compile_source(rule.each, true);
    if (!source) {
      compilation.problem("", "each", source.error().message);
    } else if (source->selector && source->selector->yields_text()) {
      compilation.problem("", "each", "each wants elements, not ::text or ::attr()");
    } else {
      compiled.each = std::move(source).value();
      compilation.admit(*compiled.each);
    }
  }
  if (rule.fields.empty()) compilation.problem("", "fields", "the rule has no fields");
  compiled.fields = extract::compile_fields(rule.fields, "", 0, compilation);
  compiled.forms = compilation.forms;
  return compiled;
}

// Everything that bears on values, each piece with its length.
class Fingerprint {
 public:
  std::string of(const RuleSet& set) {
    for (const Rule& rule : set.rules) {
      add(rule.name);
      add(rule.match);
      add(rule.each);
      add(rule.fields);
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016" PRIx64,
                  static_cast<std::uint64_t>(XXH3_64bits(all_.data(), all_.size())));
    return text;
  }

 private:
  void add(std::string_view text) {
    all_ += std::to_string(text.size()) + ":";
    all_ += text;
  }
  void add(const std::vector<FieldRule>& fields) {
    add(std::to_string(fields.size()));
    for (const FieldRule& field : fields) {
      for (const std::string* text : {&field.name, &field.source, &field.regex, &field.attribute,
                                      &field.default_value, &field.join, &field.locale}) {
        add(*text);
      }
      add(std::to_string(static_cast<int>(field.type)));
      for (bool flag : {field.list, field.html, field.required, field.has_default, field.has_join,
                        field.trim, field.lower}) {
        all_ += flag ? '1' : '0';
      }
      add(std::to_string(field.replace.size()));
      for (const auto& [pattern, with] : field.replace) {
        add(pattern);
        add(with);
      }
      add(field.fields);
    }
  }

  std::string all_;
};

std::string json_of(const Reasons& reasons) {
  std::string json = "{";
  std::string_view last;
  for (const auto& [path, why] : reasons) {
    if (path == last) continue;  // one reason a field will do
    last = path;
    if (json.size() > 1) json += ',';
    json += base::json_string(path) + ":" + base::json_string(why);
  }
  return json + "}";
}

}  // namespace

struct CompiledRules::Program {
  std::vector<CompiledRule> rules;
  RuleNeeds needs;
  std::size_t sources = 0;
  std::string hash;
};

CompiledRules::CompiledRules(std::unique_ptr<Program> program) : program_(std::move(program)) {}
CompiledRules::CompiledRules(CompiledRules&&) noexcept = default;
CompiledRules& CompiledRules::operator=(CompiledRules&&) noexcept = default;
CompiledRules::~CompiledRules() = default;

std::vector<RuleProblem> CompiledRules::problems(const RuleSet& rules) {
  Compilation compilation;
  for (const Rule& rule : rules.rules) {
    compile_rule(rule, compilation);
    ++compilation.rule;
  }
  return std::move(compilation.problems);
}

base::Result<CompiledRules> CompiledRules::compile(const RuleSet& rules) {
  auto program = std::make_unique<Program>();
  Compilation compilation;
  for (const Rule& rule : rules.rules) {
    program->rules.push_back(compile_rule(rule, compilation));
    ++compilation.rule;
  }
  if (!compilation.problems.empty()) {
    const RuleProblem& first = compilation.problems.front();
    std::string where = "rule \"" + rules.rules[first.rule].name + "\"";
    if (!first.field.empty()) where += ", field \"" + first.field + "\"";
    return base::Error{base::Error::Code::invalid,
                       where + ", " + first.part + ": " + first.message};
  }
  program->needs = compilation.needs;
  program->sources = compilation.sources;
  program->hash = Fingerprint().of(rules);
  return CompiledRules(std::move(program));
}

std::vector<model::Record> CompiledRules::apply(const PageFacts& facts) const {
  std::vector<model::Record> records;
  std::size_t bytes = 0;
  Page page(facts, program_->sources);
  auto add = [&](const CompiledRule& rule, const Item& scope, Reasons reasons) {
    std::string fields = extract::object_of(rule.fields, page, scope, "", reasons);
    bytes += fields.size();
    records.push_back({rule.name, std::move(fields), json_of(reasons)});
  };
  for (const CompiledRule& rule : program_->rules) {
    if (rule.match && !rule.match->matches(facts.url)) continue;
    if (!rule.forms.fit(facts.kind)) continue;
    if (!rule.each) {
      add(rule, Item{}, {});
      continue;
    }
    auto found = page.find_each(*rule.each, Item{});
    if (!found) {
      // The page cannot be looked at: one record says so.
      Item nothing;
      nothing.is_text = true;
      add(rule, nothing, {{"", found.error().message}});
      continue;
    }
    std::size_t made = 0;
    for (const Item& item : *found) {
      bool last = made + 1 >= kMostRecords || bytes >= kMostBytes;
      Reasons reasons;
      if (last && &item != &found->back()) reasons.emplace_back("", "further records were cut off");
      add(rule, item, std::move(reasons));
      if (last) break;
      ++made;
    }
  }
  return records;
}

RuleNeeds CompiledRules::needs() const { return program_->needs; }

std::string CompiledRules::matching(std::string_view url) const {
  std::string matching;
  for (const CompiledRule& rule : program_->rules) {
    matching += !rule.match || rule.match->matches(url) ? '1' : '0';
  }
  return matching;
}

const std::string& CompiledRules::hash() const { return program_->hash; }

}  // namespace crawld::parsers
