#include "crawler/policy/registrable_domain.h"

#include <libpsl.h>

#include "crawler/model/url_host.h"

namespace crawld::policy {

std::optional<std::string> registrable_domain(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const bool has_empty_label =
      host.empty() || host.front() == '.' || host.find("..") != std::string_view::npos;
  if (has_empty_label || host.ends_with('.') || model::is_ip_address(host)) return std::nullopt;
  std::string name(host);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  // Points into `name`, or is null.
  const char* const domain = psl_registrable_domain(psl_builtin(), name.c_str());
  if (domain == nullptr) return std::nullopt;
  return std::string(domain);
}

std::string registrable_domain_or_host(const model::Url& url) {
  auto domain = registrable_domain(url.hostname());
  return domain ? *std::move(domain) : std::string(url.hostname());
}

}  // namespace crawld::policy
