#include <catch2/catch.hpp>

#include "parsers/bytes/content_coding.h"
#include "tests/support/suite.h"

using crawld::model::ParseFailure;
using crawld::model::ParseFailureKind;
using crawld::parsers::decode_content;
using crawld::parsers::Decoded;
using crawld::tests::Json;

namespace {

constexpr std::uint64_t kLimit = 10 << 20;

// Whole streams decode, bombs are too large, broken ones are refused and give
// the expected bytes when the cut is our own.
std::string failure(const Json& one) {
  const std::string body = crawld::tests::file_bytes(crawld::tests::suites_folder() /
                                                     "content-encoding" / one.value("file", ""));
  const std::string coding = one.at("content_encoding");
  const auto result = decode_content(body, coding, kLimit, false);
  const auto* failed = std::get_if<ParseFailure>(&result);
  if (one.contains("expected_length")) {
    if (failed != nullptr) return failed->detail;
    const std::size_t size = std::get<Decoded>(result).bytes.size();
    return size == one["expected_length"] ? "" : "has " + std::to_string(size) + " bytes";
  }
  if (failed == nullptr) return "is taken";
  if (one.contains("decompressed_length")) {
    return failed->kind == ParseFailureKind::too_large ? "" : failed->detail;
  }
  if (failed->kind != ParseFailureKind::bad_encoding) return failed->detail;
  const auto kept = decode_content(body, coding, kLimit, true);
  const std::size_t size = std::get<Decoded>(kept).bytes.size();
  return size == one.at("partial_length") ? "" : "keeps " + std::to_string(size) + " bytes";
}

}  // namespace

TEST_CASE("content codings agree with the content-encoding suite") {
  crawld::tests::run_suite("content-encoding",
                           crawld::tests::suite_cases("content-encoding/shared.jsonl"), failure);
}
