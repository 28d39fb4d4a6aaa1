#include "config/config.h"

#include "config/version.h"

namespace crawld::config {

std::string UserAgent::header() const {
  if (!full.empty()) return full;
  std::string text = name + "/" + std::string(kVersion);
  if (url.empty() && email.empty()) return text;
  text += " (";
  if (!url.empty()) text += "+" + url;
  if (!url.empty() && !email.empty()) text += "; ";
  text += email + ")";
  return text;
}

}  // namespace crawld::config
