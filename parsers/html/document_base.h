// What the references of one page resolve against, and how much of it they made use of.
//
// Exact copies of a page at other addresses say the same wherever that much is the same: see
// parsers/tree_readings.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "crawler/model/url.h"

namespace crawld::parsers {

// Not for two threads at once: it keeps count in const functions, too.
class DocumentBase {
 public:
  // What a reference takes from its base (URL Standard 4.4), each with those before it.
  enum class Part : std::uint8_t {
    nothing,  // https://example.org/x, mailto:
    origin,   // /x, //example.org/x
    folder,   // x, ../x
    all       // ?x, #x, and where in doubt
  };

  // Nothing: there is no base. (Implicit: each Url is one.)
  DocumentBase(std::optional<model::Url> url) : url_(std::move(url)) {}  // NOLINT

  DocumentBase(const DocumentBase&) = delete;  // a copy would count apart
  DocumentBase& operator=(const DocumentBase&) = delete;

  explicit operator bool() const { return url_.has_value(); }

  // As model::Url::resolve(). Needs: there is a base.
  std::optional<model::Url> resolve(std::string_view reference,
                                    std::string_view encoding = {}) const;

  // The base itself, which counts as use of nothing: who tells it says use_all(). Needs: there is
  // one.
  const model::Url& url() const { return *url_; }
  void use_all() const { used_ = Part::all; }

  // The most that was used so far.
  Part used() const { return used_; }
  // The base as far as `part` goes; empty without a base.
  std::string_view up_to(Part part) const;

 private:
  Part part_for(std::string_view reference) const;

  std::optional<model::Url> url_;
  mutable Part used_ = Part::nothing;
};

}  // namespace crawld::parsers
