// What must hold between the values of one site.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/yaml_tree.h"

namespace crawld::config {

// Where the keys of a site, or of the whole run, and the items of its lists stood.
struct SitePlaces {
  Place site;
  std::map<std::string, Place> keys;
  std::map<std::string, std::vector<Place>> items;
  bool incomplete = false;  // not all of it could be read: what is missing may stand there

  Place of(const std::string& key) const {
    const auto found = keys.find(key);
    return found == keys.end() ? site : found->second;
  }
  Place of(const std::string& key, std::size_t item) const {
    const auto found = items.find(key);
    return found == items.end() || item >= found->second.size() ? of(key) : found->second[item];
  }
};

// Appends what is wrong, and what is merely odd.
void check_site(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                std::vector<Problem>& warnings);
// Of a site that stands for all: each value alone.
void check_defaults(const Site& defaults, const SitePlaces& places, std::vector<Problem>& problems,
                    std::vector<Problem>& warnings);

// "text/html" or "text/*", without parameters (RFC 9110 section 12.5.1).
bool is_media_type(const std::string& type);

// The delay that a site is visited with: of many requests open to one host at least 1 ms apart,
// whatever the file says.
std::chrono::milliseconds kept_delay(const Site& site);

}  // namespace crawld::config
