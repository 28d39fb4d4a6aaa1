// What a page asks of robots: <meta name=robots>, X-Robots-Tag, and the opt-outs of
// text and data mining.
//
// A page may address everybody or one agent; what is said to both holds. The form is
// the one that search engines document; TDM: https://www.w3.org/community/reports/tdmrep/
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawld::parsers {

class RobotsDirectives {
 public:
  // `agent` is our product token ("examplebot"); matched without regard to case.
  explicit RobotsDirectives(std::string_view agent);

  // A <meta> of the page; names that concern no robots are passed over.
  void add_meta(std::string_view name, std::string_view content);
  // X-Robots-Tag: one value, several on lines of their own, or several joined with
  // commas. "agent: directive, ..." speaks to that agent up to the next name or line.
  void add_header(std::string_view value);
  // The tdm-reservation header.
  void add_tdm_reservation(std::string_view value);
  // The Content-Signal header.
  void add_content_signal(std::string_view value);

  // Lower case, each once, in the order of the page: "noindex", "nofollow", "noai",
  // "max-snippet:20", "unavailable_after:2026-01-02T00:00:00+00:00" (the date as written
  // where it cannot be read), "tdm-reservation", "content-signal:ai-train=no". "none" gives noindex
  // and nofollow; "all", "index" and "follow" ask for nothing and are left out.
  const std::vector<std::string>& all() const { return directives_; }
  std::vector<std::string> take() { return std::move(directives_); }

 private:
  enum class Agents : unsigned char { unnamed, named };
  void add_list(std::string_view list, Agents agents);
  // Takes "name: value" from the front of `list` and gives what is left.
  std::string_view add_valued(std::string_view name, std::string_view list);
  void add(std::string_view directive);

  std::string agent_;
  std::vector<std::string> directives_;
};

}  // namespace crawld::parsers
