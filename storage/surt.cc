#include "storage/surt.h"

#include "storage/row_json.h"

namespace crawld::storage {

std::string surt_of(std::string_view href) {
  const std::string_view origin = origin_of(href);
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return std::string(href);
  std::string_view host = origin.substr(scheme + 3);
  std::string_view port;
  if (const std::size_t colon = host.rfind(':');
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  std::string surt;
  // Addresses keep their order: their parts do not nest from right to left.
  const bool address =
      host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
  while (!address && !host.empty()) {
    const std::size_t dot = host.rfind('.');
    if (!surt.empty()) surt += ',';
    surt += host.substr(dot == std::string_view::npos ? 0 : dot + 1);
    host = dot == std::string_view::npos ? std::string_view() : host.substr(0, dot);
  }
  if (address) surt = host;
  surt += port;
  return surt + ")" + std::string(href.substr(origin.size()));
}

}  // namespace crawld::storage
