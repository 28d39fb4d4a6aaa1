// Any bytes as header lines and body, and as a DNS message: limits hold, and no
// header value holds a line end.
#include <cstdlib>
#include <span>
#include <string_view>

#include "crawler/fetch/dns_message.h"
#include "crawler/fetch/response_reader.h"

using namespace crawld;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)fetch::negative_ttl(std::span(data, size));
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  constexpr fetch::ResponseReader::Limits kLimits{
      .body = 64, .header_bytes = 512, .header_lines = 16, .answers_challenges = true};
  fetch::ResponseReader reader(kLimits);
  bool goes_on = true;
  while (goes_on && !rest.empty() && !reader.has_response()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    if (line.empty()) break;
    rest.remove_prefix(line.size());
    goes_on = reader.header(line);
  }
  while (goes_on && !rest.empty()) {
    goes_on = reader.body(rest.substr(0, 7));
    rest.remove_prefix(std::min<std::size_t>(7, rest.size()));
  }
  if (!goes_on && reader.refusal().empty() && !reader.ended_early()) std::abort();
  if (reader.ended_early() && rest.empty() && reader.refusal().empty() && size < 64) std::abort();
  const bool complete = reader.has_response();
  const model::Response response = reader.take();
  if (response.body.size() > kLimits.body) std::abort();
  if (complete && (response.status < 100 || response.status > 999)) std::abort();
  for (const auto& [name, value] : response.headers.all()) {
    for (const std::string& text : {name, value}) {
      if (text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos) std::abort();
    }
  }
  return 0;
}
