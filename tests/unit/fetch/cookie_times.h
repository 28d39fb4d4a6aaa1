// What the tests of cookies share: addresses that parse, and moments by their seconds.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/model/url.h"

namespace crawld::tests {

inline model::Url url(const std::string& text) {
  auto parsed = model::Url::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

inline base::WallTime at(std::int64_t seconds) { return base::from_millis(seconds * 1'000); }
constexpr std::int64_t k2010 = 1'262'304'000;

}  // namespace crawld::tests
