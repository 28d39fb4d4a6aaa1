#include "crawler/daemon/spellings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "storage/spellings.h"

namespace crawld::daemon {
namespace {

using nlohmann::json;

constexpr std::size_t kMost = 64;

json to_json(const config::Canonicalize& rules) {
  return {{"sort_query", rules.sort_query},
          {"strip_tracking", rules.strip_tracking},
          {"strip_session_ids", rules.strip_session_ids},
          {"strip_index_pages", rules.strip_index_pages},
          {"fold_www", rules.fold_www},
          {"strip_params", rules.strip_params},
          {"host_aliases", rules.host_aliases}};
}

// What another version of ours wrote and this one does not know is left out.
config::Canonicalize from_json(const json& kept) {
  config::Canonicalize rules;
  const auto flag = [&](const char* key, bool& value) {
    if (kept.contains(key) && kept[key].is_boolean()) value = kept[key];
  };
  flag("sort_query", rules.sort_query);
  flag("strip_tracking", rules.strip_tracking);
  flag("strip_session_ids", rules.strip_session_ids);
  flag("strip_index_pages", rules.strip_index_pages);
  flag("fold_www", rules.fold_www);
  for (const json& name : kept.value("strip_params", json::array())) {
    if (name.is_string()) rules.strip_params.push_back(name);
  }
  const json aliases = kept.value("host_aliases", json::object());
  for (const auto& [alias, host] : aliases.items()) {
    if (host.is_string()) rules.host_aliases[alias] = host;
  }
  return rules;
}

base::Result<json> kept_in(storage::Database& database) {
  const auto text = storage::stored_spellings(database);
  if (!text) return text.error();
  json list = json::parse(*text, nullptr, false);
  return list.is_array() ? list : json::array();
}

}  // namespace

base::Status remember_spellings(storage::Database& writer, const std::vector<config::Site>& sites) {
  const auto kept = kept_in(writer);
  if (!kept) return kept.error();
  json list = *kept;
  const json usual = to_json({});
  for (const config::Site& site : sites) {
    const json rules = to_json(site.canonicalize);
    if (rules == usual || std::find(list.begin(), list.end(), rules) != list.end()) continue;
    list.insert(list.begin(), rules);
  }
  while (list.size() > kMost) list.erase(list.size() - 1);
  if (list == *kept) return base::Done{};
  return storage::store_spellings(writer,
                                  list.dump(-1, ' ', false, json::error_handler_t::replace));
}

base::Result<std::vector<config::Canonicalize>> known_spellings(storage::Database& reader) {
  const auto kept = kept_in(reader);
  if (!kept) return kept.error();
  std::vector<config::Canonicalize> all;
  for (const json& rules : *kept) {
    if (rules.is_object()) all.push_back(from_json(rules));
  }
  return all;
}

base::Result<std::vector<policy::Canonicalizer>> known_canonicalizers(storage::Database& reader) {
  auto rules = known_spellings(reader);
  if (!rules) return std::move(rules).error();
  std::vector<policy::Canonicalizer> all;
  all.emplace_back(config::Canonicalize{});
  for (config::Canonicalize& own : *rules) all.emplace_back(std::move(own));
  return all;
}

}  // namespace crawld::daemon
