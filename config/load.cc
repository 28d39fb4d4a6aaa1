#include "config/load.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "config/check.h"
#include "config/environment.h"
#include "config/extract_rules.h"
#include "config/fields.h"
#include "config/open_secrets.h"
#include "config/plain_file.h"
#include "config/unknown_key.h"
#include "config/yaml_tree.h"
#include "crawler/base/escape.h"

namespace crawld::config {
namespace {

using base::Error;

std::string join(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : std::string(prefix) + "." + std::string(key);
}

template <class Owner>
bool is_group(std::span<const Field<Owner>> fields, std::string_view path) {
  const std::string prefix = std::string(path) + ".";
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.path.starts_with(prefix); });
}

// A message without what differs from site to site: names in quotes, and paths.
std::string kind_of(std::string_view message) {
  std::string kind;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find(' '), message.size());
    const std::string_view word = message.substr(0, end);
    if (word.find_first_of("\"/") == word.npos) kind.append(word).append(" ");
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return kind;
}

class Loader {
 public:
  explicit Loader(std::string name, Secrets secrets = Secrets::needed)
      : name_(std::move(name)), secrets_(secrets) {}

  base::Result<Loaded> load(std::string_view text) {
    const Value root = read_yaml(text, {}, problems_);
    if (problems_.empty() && root.kind != Value::Kind::map) {
      problems_.push_back({root.place, "a configuration is a map of keys, such as \"sites:\""});
    }
    if (problems_.empty() && root.members.empty()) {
      problems_.push_back({{1, 1}, "says nothing; give it keys, such as \"sites:\""});
    }
    return load(root);
  }

  base::Result<Loaded> load(const Value& root) {
    if (root.kind == Value::Kind::map) read_root(root);
    check_what_was_read();
    if (secrets_ == Secrets::may_lack) {
      std::erase_if(problems_, [](const Problem& problem) { return problem.of_secret; });
    }
    if (!problems_.empty()) return Error{Error::Code::invalid, all_problems()};
    tell_warnings();
    for (std::string& slip : slips_in_environment()) loaded_.warnings.push_back(std::move(slip));
    return std::move(loaded_);
  }

 private:
  // Everything that is wrong is told at once; but of a line that could not be read no more than
  // that.
  void check_what_was_read() {
    std::set<int> unread;
    for (const Problem& problem : problems_) unread.insert(problem.place.line);
    std::vector<Problem> found;
    check_config(loaded_.config, places_, loaded_.defaults, found, warnings_);
    std::erase_if(found, [&](const Problem& p) { return unread.contains(p.place.line); });
    for (std::vector<Problem>* told : {&found, &warnings_}) {
      for (Problem& problem : *told) name_variable(problem);
    }
    problems_.insert(problems_.end(), found.begin(), found.end());
  }

  // What stands on no line may have come from a variable: "CRAWLD_DATABASE:" for "database:".
  void name_variable(Problem& problem) const {
    const std::size_t end = std::min(problem.message.find(':'), problem.message.size());
    const auto variable = variables_.find(problem.message.substr(0, end));
    if (problem.place.line != 0 || variable == variables_.end()) return;
    problem.message.replace(0, end, variable->second);
  }

  void read_root(const Value& root) {
    const Value* sites = nullptr;
    for (const Value::Member& member : root.members) {
      if (member.key == "sites") {
        sites = &member.value;
      } else if (member.key == "defaults") {
        for (const Value::Member& key : member.value.members) note_places(key, places_.defaults);
        read_group(member.value, "", "defaults", site_fields(), loaded_.defaults, {});
      } else if (member.key == "allow_addresses") {
        note_places(member, places_.defaults);
        ReadField io(member.value, member.key, problems_);
        io.texts(loaded_.defaults.allow_addresses);
      } else {
        loaded_.names_database = loaded_.names_database || member.key == "database";
        read_member(member, "", "", run_fields(), loaded_.config,
                    {"sites", "defaults", "allow_addresses"});
      }
    }
    read_environment("CRAWLD_", run_fields(), loaded_.config, places_.run);
    read_environment("CRAWLD_DEFAULTS_", site_fields(), loaded_.defaults, places_.defaults);
    const Field<Site>& addresses = *find_field(site_fields(), "allow_addresses");
    read_environment("CRAWLD_", {&addresses, 1}, loaded_.defaults, places_.defaults);
    if (sites != nullptr) read_sites(*sites);
    make_room_at_address(loaded_.defaults, places_.defaults);
  }

  // Requests that a host may have open are not capped by a default that nobody asked for.
  void make_room_at_address(Site& site, const SitePlaces& places) const {
    const std::string key = "concurrency_per_ip";
    if (places.keys.contains(key) || places_.defaults.keys.contains(key)) return;
    if (std::getenv("CRAWLD_DEFAULTS_CONCURRENCY_PER_IP") != nullptr) return;
    site.concurrency_per_ip = std::max(site.concurrency_per_ip, site.concurrency_per_host);
  }

  template <class Owner>
  void read_group(const Value& value, const std::string& prefix, const std::string& shown,
                  std::span<const Field<Owner>> fields, Owner& owner,
                  const std::vector<std::string_view>& others) {
    if (value.kind == Value::Kind::nothing) return;
    if (value.kind != Value::Kind::map) {
      problems_.push_back({value.place, shown + ": a map of keys is wanted here"});
      return;
    }
    for (const Value::Member& member : value.members) {
      read_member(member, prefix, shown, fields, owner, others);
    }
  }

  template <class Owner>
  void read_member(const Value::Member& member, const std::string& prefix, const std::string& shown,
                   std::span<const Field<Owner>> fields, Owner& owner,
                   const std::vector<std::string_view>& others) {
    const std::string path = join(prefix, member.key);
    if (const Field<Owner>* field = find_field(fields, path)) {
      const std::string key = join(shown, member.key);
      if (member.value.kind == Value::Kind::nothing) {
        problems_.push_back({member.place, key + ": a value is missing"});
        return;
      }
      ReadField io(member.value, key, problems_);
      field->read(io, owner);
      if constexpr (std::is_same_v<Owner, Config>) note_places(path, member.value, places_.run);
      warn_of_open_secrets(member, path);
      return;
    }
    if (is_group(fields, path)) {
      read_group(member.value, path, join(shown, member.key), fields, owner, {});
      return;
    }
    unknown_key(member, prefix, shown, fields, others);
  }

  // Passwords belong where few can read them; the rest of the file may be shown around.
  void warn_of_open_secrets(const Value::Member& member, const std::string& path) {
    for (const SharedSecret& secret : shared_secrets(member.value, path)) {
      warnings_.push_back({secret.value->place, path + ": every user can read " +
                                                    base::printable(secret.file) +
                                                    "; chmod o-r keeps the secret"});
    }
    for (const OpenSecret& secret : open_secrets(member.value, path)) {
      warnings_.push_back({secret.value->place, secret.key +
                                                    ": a secret in the open; ${env:NAME} or "
                                                    "${file:PATH} keeps it out of this file"});
    }
  }

  template <class Owner>
  void unknown_key(const Value::Member& member, const std::string& prefix, const std::string& shown,
                   std::span<const Field<Owner>> fields,
                   const std::vector<std::string_view>& others) {
    std::set<std::string> known(others.begin(), others.end());
    const std::string start = prefix.empty() ? "" : prefix + ".";
    for (const auto& field : fields) {
      if (!field.path.starts_with(start)) continue;
      const std::string_view rest = field.path.substr(start.size());
      known.insert(std::string(rest.substr(0, rest.find('.'))));
    }
    std::string message = "unknown key \"" + base::printable(member.key.substr(0, 60)) + "\"";
    if (!shown.empty()) message += " in \"" + shown + "\"";
    KeyPlace place = KeyPlace::group;
    if (prefix.empty()) {
      place = std::is_same_v<Owner, Config> ? KeyPlace::top
              : shown == "defaults"         ? KeyPlace::defaults
                                            : KeyPlace::site;
    }
    message += advice_on_unknown_key(member.key, place, known);
    problems_.push_back({member.place, std::move(message)});
  }

  static void note_places(const Value::Member& member, SitePlaces& places) {
    note_places(member.key, member.value, places);
  }

  static void note_places(const std::string& key, const Value& value, SitePlaces& places) {
    places.keys[key] = value.place;
    for (const Value& item : value.items) places.items[key].push_back(item.place);
  }

  void read_sites(const Value& sites) {
    if (sites.kind != Value::Kind::list) {
      problems_.push_back(
          {sites.place, "sites: a list is wanted here, each entry with a name and seeds"});
      return;
    }
    for (const Value& value : sites.items) read_site(value);
  }

  void read_site(const Value& value) {
    Site site = loaded_.defaults;
    SitePlaces places{.site = value.place};
    if (value.kind != Value::Kind::map) {
      problems_.push_back({value.place, "sites: each entry is a map with a name and seeds"});
      return;
    }
    const std::size_t troubles = problems_.size();
    const std::string shown = "sites[" + std::to_string(loaded_.config.sites.size()) + "]";
    for (const Value::Member& member : value.members) {
      note_places(member, places);
      ReadField io(member.value, member.key, problems_);
      if (member.key == "name")
        io.text(site.name);
      else if (member.key == "seeds")
        site.seeds = io.list_of_texts();
      else if (member.key == "extract")
        read_extract_rules(member.value, site.extract, problems_);
      else
        read_member(member, "", shown, site_fields(), site, {"name", "seeds", "extract"});
    }
    places.incomplete = problems_.size() != troubles;
    make_room_at_address(site, places);
    loaded_.config.sites.push_back(std::move(site));
    places_.sites.push_back(std::move(places));
  }

  template <class Owner>
  void read_environment(const std::string& prefix, std::span<const Field<Owner>> fields,
                        Owner& owner, SitePlaces& places) {
    for (const Field<Owner>& field : fields) {
      const std::string name = variable_of(prefix, field.path);
      const char* text = std::getenv(name.c_str());
      if (text == nullptr) continue;
      std::vector<Problem> found;
      const Value value = read_environment_value(text, found);
      ReadField io(value, name, found);
      field.read(io, owner);
      if (field.path == "database") loaded_.names_database = true;
      // A place in a variable is none in the file, nor is the file's line to blame any longer.
      variables_[std::string(field.path)] = name;
      places.keys.erase(std::string(field.path));
      places.items.erase(std::string(field.path));
      for (Problem& problem : found) {
        problems_.push_back({{}, std::move(problem.message), problem.of_secret});
      }
    }
  }

  // The same notation as in the file: lists and maps in brackets.
  static Value read_environment_value(const std::string& text, std::vector<Problem>& problems) {
    if (text.starts_with("[") || text.starts_with("{")) return read_yaml(text, {}, problems);
    return {.kind = Value::Kind::scalar, .text = text};
  }

  std::string line_of(const Problem& problem) const {
    if (problem.place.line == 0) return name_ + ": " + problem.message;
    return name_ + ":" + std::to_string(problem.place.line) + ":" +
           std::to_string(problem.place.column) + ": " + problem.message;
  }

  // A thousand sites may have a warning each: the first few of a kind are told, and how many more
  // there are.
  void tell_warnings() {
    constexpr std::size_t kMostOfAKind = 10;
    std::map<std::string, std::size_t> kinds;
    for (const Problem& warning : warnings_) {
      if (++kinds[kind_of(warning.message)] <= kMostOfAKind) {
        loaded_.warnings.push_back(line_of(warning));
      }
    }
    for (const auto& [kind, count] : kinds) {
      if (count <= kMostOfAKind) continue;
      loaded_.warnings.push_back(name_ + ": and " + std::to_string(count - kMostOfAKind) +
                                 " more of " + kind.substr(0, kind.find(':')) + " like these");
    }
  }

  std::string all_problems() {
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    constexpr std::size_t kMostShown = 200;
    std::string text;
    for (std::size_t i = 0; i < std::min(problems_.size(), kMostShown); ++i) {
      text += (text.empty() ? "" : "\n") + line_of(problems_[i]);
    }
    if (problems_.size() > kMostShown) {
      text += "\n" + name_ + ": and " + std::to_string(problems_.size() - kMostShown) + " more";
    }
    return text;
  }

  const std::string name_;
  const Secrets secrets_;
  std::vector<Problem> problems_;
  std::vector<Problem> warnings_;
  ConfigPlaces places_;
  std::map<std::string, std::string> variables_;  // by key: the one that overrides it
  Loaded loaded_;
};

// Nests "timeout.dns: 5s" under "timeout:". Fields of one group stand together.
template <class Owner>
std::string yaml_of(std::span<const Field<Owner>> fields, const Owner& owner, int indent) {
  std::string out;
  std::string_view group;
  for (const Field<Owner>& field : fields) {
    const std::size_t dot = field.path.find('.');
    const bool nested = dot != std::string_view::npos;
    const std::string_view head = nested ? field.path.substr(0, dot) : std::string_view();
    if (nested && head != group) {
      out += std::string(static_cast<std::size_t>(indent), ' ') + std::string(head) + ":\n";
    }
    group = head;
    WriteField io;
    field.write(io, owner);
    out += std::string(static_cast<std::size_t>(indent + (nested ? 2 : 0)), ' ') +
           std::string(nested ? field.path.substr(dot + 1) : field.path) + ": " + io.take() + "\n";
  }
  return out;
}

}  // namespace

base::Result<Loaded> load(const std::string& path, Secrets secrets) {
  auto text = read_plain_file(path, kMostYamlBytes);
  if (!text) return std::move(text).error();
  return Loader(path, secrets).load(*text);
}

base::Result<Loaded> load_text(std::string_view text, const std::string& name) {
  return Loader(name).load(text);
}

base::Result<Loaded> load_environment() {
  return Loader("the environment").load(Value{.kind = Value::Kind::map});
}

std::string effective_yaml(const Config& config) {
  std::string out = yaml_of(run_fields(), config, 0);
  out += config.sites.empty() ? "sites: []\n" : "sites:\n";
  for (const Site& site : config.sites) {
    out += "  - name: " + yaml_scalar(site.name) + "\n    seeds: [";
    for (std::size_t i = 0; i < site.seeds.size(); ++i) {
      out += (i > 0 ? ", " : "") + yaml_scalar(std::string(site.seeds[i]));
    }
    out += "]\n" + yaml_of(site_fields(), site, 4);
    out += extract_rules_yaml(site.extract, 4);
  }
  return out;
}

}  // namespace crawld::config
