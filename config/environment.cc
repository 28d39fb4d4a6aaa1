#include "config/environment.h"

#include <unistd.h>

#include <set>
#include <string_view>

#include "config/fields.h"
#include "config/nearest_name.h"

namespace crawld::config {
namespace {

constexpr std::string_view kRun = "CRAWLD_";
constexpr std::string_view kDefaults = "CRAWLD_DEFAULTS_";

std::set<std::string> known_variables() {
  std::set<std::string> names;
  for (const auto& field : run_fields()) names.insert(variable_of(kRun, field.path));
  for (const auto& field : site_fields()) names.insert(variable_of(kDefaults, field.path));
  return names;
}

std::string meant_by(const std::string& name, const std::set<std::string>& known) {
  std::string with_defaults = std::string(kDefaults) + name.substr(kRun.size());
  if (known.contains(with_defaults)) return with_defaults;
  for (const std::string& one : known) {
    if (is_slip(name, one)) return one;
  }
  return {};
}

}  // namespace

std::string variable_of(std::string_view prefix, std::string_view key) {
  std::string name(prefix);
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

std::vector<std::string> slips_in_environment() {
  std::vector<std::string> told;
  const std::set<std::string> known = known_variables();
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with(kRun) || known.contains(name)) continue;
    if (name == "CRAWLD_SITES" || name == "CRAWLD_DEFAULTS") {
      told.push_back(name +
                     " is not taken: sites stand in a file (-c FILE), and each default is a " +
                     "variable of its own (CRAWLD_DEFAULTS_DELAY=2s)");
      continue;
    }
    const std::string meant = meant_by(name, known);
    if (!meant.empty()) told.push_back(name + " is no setting; did you mean " + meant + "?");
  }
  return told;
}

}  // namespace crawld::config
