// One field of a rule: from what its source finds to a JSON value or a reason.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "parsers/extract/extract_page.h"
#include "parsers/extract/extract_source.h"
#include "parsers/extract/rules.h"

namespace crawld::parsers::extract {

// Compiles fields and collects what is wrong with them.
struct Compilation {
  std::vector<RuleProblem> problems;
  RuleNeeds needs;
  Forms forms;  // of the rule at hand
  std::uint32_t sources = 0;
  std::size_t rule = 0;

  // Numbers a source and notes what it wants.
  void admit(Source& source) {
    source.number = sources++;
    add_needs(source, needs);
    add_forms(source, forms);
  }
  void problem(const std::string& field, const char* part, std::string message) {
    problems.push_back({rule, field, part, std::move(message)});
  }
};

// Reasons by path of field, in order.
using Reasons = std::vector<std::pair<std::string, std::string>>;

class Field {
 public:
  // `path` is the field's, for problems. Always gives a field; it is of use only
  // where no problem was added.
  static Field compile(const FieldRule& rule, const std::string& path, int depth,
                       Compilation& compilation);

  const std::string& name() const { return rule_.name; }
  // The value as JSON; "null" with a reason added where it is wrong or missing.
  std::string value(Page& page, const Item& scope, const std::string& path, Reasons& reasons) const;

 private:
  struct Replacement {
    std::shared_ptr<const RE2> pattern;  // shared: fields are copied while compiling
    std::string with;
  };
  struct Text {
    std::string text;
    const Json* json = nullptr;  // where it was found in JSON
  };

  void compile_texts(const std::string& path, Compilation& compilation);
  void compile_default(const std::string& path, Compilation& compilation);
  std::string missing(const std::string& path, const std::string& why, Reasons& reasons) const;
  std::string nested(Page& page, const std::vector<Item>& items, const std::string& path,
                     Reasons& reasons) const;
  std::string rows(const std::vector<Item>& items, const std::string& path, Reasons& reasons) const;
  std::string own_text(const Item& item) const;
  void add_texts(const Item& item, std::vector<Text>& to) const;
  void polish(std::string& text) const;
  base::Result<std::string> typed(const Page& page, const Text& text) const;

  FieldRule rule_;  // without its fields
  Source source_;
  std::shared_ptr<const RE2> regex_;
  std::vector<Replacement> replacements_;
  std::vector<Field> fields_;
};

// {"name":value,...} of the fields within one item.
std::string object_of(const std::vector<Field>& fields, Page& page, const Item& scope,
                      const std::string& path, Reasons& reasons);

// The problems of names and fields common to rules and nested fields.
std::vector<Field> compile_fields(const std::vector<FieldRule>& rules, const std::string& path,
                                  int depth, Compilation& compilation);

}  // namespace crawld::parsers::extract
