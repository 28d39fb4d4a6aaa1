// Puts a Response together from header lines and body bytes as they arrive.
//
// Everything here was written by a stranger: lines and bytes are counted before
// they are kept, and what has two meanings (RFC 9112 section 6.3) has none.
// Knows nothing of curl. Threads: as a value.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crawler/model/response.h"

namespace crawld::fetch {

class ResponseReader {
 public:
  struct Limits {
    std::size_t body = 10 << 20;           // bytes kept
    std::size_t header_bytes = 256 << 10;  // informational responses and trailers included
    std::size_t header_lines = 1'000;
    // The client answers a 401 or 407 by itself, so a second response may follow.
    bool answers_challenges = false;
    // The request asked for a part (Range). Else an answer of 206 is a page cut short.
    bool takes_part = false;
    // Media types whose bodies are kept, as in SiteFetchConfig; outlive the reader.
    std::span<const std::string> content_types{};
  };

  explicit ResponseReader(Limits limits) : limits_(limits) {}

  // One line of a header or trailer section, with its line end. False when the
  // transfer must end: is_complete(), or refusal() says why.
  bool header(std::string_view line);
  // Bytes of the body. False when the transfer must end: is_complete(), or the body is full, or
  // unwanted and not short, and ended_early(); or refusal() says why.
  bool body(std::string_view bytes);

  const std::string& refusal() const { return refusal_; }
  // The rest of the body is left out, by our own limits.
  bool ended_early() const { return response_.truncated || response_.unwanted; }
  // All of a body is here whose end libcurl would wait for: with any Transfer-Encoding it does not
  // count, though "identity" (RFC 2616 section 3.6) leaves Content-Length as it is.
  bool is_complete() const { return complete_; }
  // The same, and the transfer ended before.
  bool lacks_bytes() const { return counts_itself_ && !complete_ && !ended_early(); }
  bool any_bytes() const { return header_bytes_ > 0 || !response_.body.empty(); }
  // The header section of the final response is complete.
  bool has_response() const { return state_ == State::done; }
  // The answer holds even where its body does not end: it is no page, and not the challenge that
  // the client answers.
  bool head_says_all() const;
  std::size_t header_bytes() const { return header_bytes_; }
  // The end of the connection is the end of the body (RFC 9112 section 6.3). For HTTP/1.
  bool ends_by_close() const;
  // The server said both Transfer-Encoding and Content-Length: such a connection
  // must not serve another request (RFC 9112 section 6.1).
  bool ambiguous_framing() const;

  // Needs: has_response(). Leaves the reader empty.
  model::Response take();
  // The same, where the transfer failed. Needs: head_says_all().
  model::Response take_broken_off();

 private:
  enum class State { before, inside, done };  // of the header section of a response

  bool refuse(std::string why);
  bool start(std::string_view line);
  bool may_start() const;
  void field(std::string_view line);
  bool finish_section();
  bool check_framing();
  bool is_wanted() const;

  const Limits limits_;
  State state_ = State::before;
  std::size_t header_bytes_ = 0;
  std::size_t header_lines_ = 0;
  std::optional<std::uint64_t> content_length_;
  bool is_chunked_ = false;
  bool counts_itself_ = false;  // as libcurl does not
  bool complete_ = false;
  bool odd_framing_ = false;  // the headers say it in a way that libcurl does not read
  model::Response response_;
  // Kept apart until the section ends, so that folded lines can still join.
  std::string name_, value_;
  std::string refusal_;
};

}  // namespace crawld::fetch
