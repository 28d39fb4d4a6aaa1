// What came back from the web: made by fetch.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"

namespace crawld::model {

// Names as received; compared without regard to case. In order, repeats kept.
class Headers {
 public:
  void add(std::string name, std::string value) {
    all_.emplace_back(std::move(name), std::move(value));
  }
  // The first value, or empty.
  std::string_view get(std::string_view name) const;
  // All values in order, joined with ", " (RFC 9110 section 5.3).
  std::string joined(std::string_view name) const;
  // The same, each value on a line of its own, for fields whose values must not run together.
  std::string lines(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::string with_separator(std::string_view name, std::string_view separator) const;

  std::vector<std::pair<std::string, std::string>> all_;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;             // as sent: still content-encoded, at most max_body_size bytes
  std::uint64_t body_size = 0;  // of `body`, kept when the bytes themselves are let go
  bool truncated = false;       // the body is not whole: our own limit, a 206 unasked, `broke_off`
  bool broke_off = false;       // the transfer failed in the body; never of a page (2xx)
  bool unwanted = false;        // of a media type that was not asked for: the body is left out
  std::string http_version;     // "1.0", "1.1", "2"
  std::string remote_address;   // "192.0.2.1" as dialled
  std::uint16_t remote_port = 0;
  // A redirect to https that was made here, since the host wants no other requests (RFC 6797
  // section 8.3): nothing was sent.
  bool by_hsts = false;
};

enum class FetchFailureKind : std::uint8_t {
  dns,
  connect,
  tls,
  timeout,
  too_slow,
  too_large,
  blocked_address,
  blocked_port,
  blocked_scheme,
  bad_response,
  truncated,  // the transfer ended before its announced end
  empty_reply,
  reset,
  proxy,
  aborted  // by us, at shutdown: the URL stays queued
};
std::string_view to_string(FetchFailureKind kind);

struct FetchFailure {
  FetchFailureKind kind = FetchFailureKind::bad_response;
  std::string detail;  // one line for people; holds no secrets
};

// Since the start of the transfer; zero where the phase did not happen.
struct Timings {
  std::chrono::microseconds dns{};
  std::chrono::microseconds connect{};
  std::chrono::microseconds tls{};
  std::chrono::microseconds first_byte{};
  std::chrono::microseconds total{};
  std::uint64_t bytes_received = 0;  // headers and body, as on the wire
  bool reused_connection = false;
  // Of these times, what had passed before the lease was taken up.
  std::chrono::microseconds before_lease{};
};

// What an answer told anew of its host: to ask it over https only (RFC 6797 section 5.1).
struct HstsHost {
  std::string name;  // lower case, without a dot at its end
  bool with_subdomains = false;
  base::WallTime told_at{};
  base::WallTime until{};  // `told_at` or before: no longer
};

struct Fetched {
  Lease lease;
  std::variant<Response, FetchFailure> outcome;
  Timings timings;
  base::WallTime fetched_at{};
  std::optional<HstsHost> hsts{};  // to be remembered over a restart

  const Response* response() const { return std::get_if<Response>(&outcome); }
  const FetchFailure* failure() const { return std::get_if<FetchFailure>(&outcome); }
};

}  // namespace crawld::model
