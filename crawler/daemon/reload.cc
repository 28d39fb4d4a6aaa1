#include "crawler/daemon/reload.h"

#include <sstream>

#include "config/load.h"

namespace crawld::daemon {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Lines that only one side has. Both texts list the same keys in the same order.
std::string difference(const config::Site* before, const config::Site* after) {
  const auto yaml = [](const config::Site* site) {
    config::Config one;
    if (site != nullptr) one.sites.push_back(*site);
    return lines_of(config::effective_yaml(one));
  };
  const std::vector<std::string> old_lines = yaml(before);
  const std::vector<std::string> new_lines = yaml(after);
  std::string text;
  if (old_lines.size() != new_lines.size()) return text;
  for (std::size_t i = 0; i < old_lines.size(); ++i) {
    if (old_lines[i] == new_lines[i]) continue;
    const std::size_t start = old_lines[i].find_first_not_of(' ');
    text += "  " + old_lines[i].substr(start) + " -> " +
            new_lines[i].substr(new_lines[i].find(": ") + 2) + "\n";
  }
  return text;
}

}  // namespace

base::Result<std::string> reload(const std::string& path, Session& session) {
  auto loaded = config::load(path);
  if (!loaded) return std::move(loaded).error();
  std::string report;
  for (const config::Site& after : loaded->config.sites) {
    const config::Site* before = nullptr;
    for (const config::Site& site : session.config().sites) {
      if (site.name == after.name) before = &site;
    }
    if (before == nullptr) {
      report += "site " + after.name + ": new\n";
    } else if (const std::string lines = difference(before, &after); !lines.empty()) {
      report += "site " + after.name + ":\n" + lines;
    }
  }
  for (const config::Site& before : session.config().sites) {
    bool left = true;
    for (const config::Site& site : loaded->config.sites) left = left && site.name != before.name;
    if (left) report += "site " + before.name + ": left; its URLs are parked\n";
  }
  if (base::Status replaced = session.replace_sites(std::move(loaded->config.sites)); !replaced) {
    return std::move(replaced).error();
  }
  return report;
}

}  // namespace crawld::daemon
