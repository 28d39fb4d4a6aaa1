// How much of a page may cross the wall: the worker cuts to these, the parent refuses more.
//
// They bound what one reply can cost the parent, whatever the worker has become.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crawler/model/page.h"

namespace crawld::parsers {

inline constexpr std::uint32_t kMaxJobFrame = 256U << 20;    // bytes of payload
inline constexpr std::uint32_t kMaxReplyFrame = 128U << 20;  // bytes of payload

inline constexpr std::size_t kMaxLinks = 1'000'000;
inline constexpr std::size_t kMaxLinkBytes = 32U << 20;  // of all links together
inline constexpr std::size_t kMaxText = 8U << 20;        // bytes; main text and Markdown as well
inline constexpr std::size_t kMaxShortText = 64U << 10;  // title, base, author, ...
inline constexpr std::size_t kMaxJson = 4U << 20;        // each of the structured data values
inline constexpr std::size_t kMaxHeadings = 10'000;
inline constexpr std::size_t kMaxMeta = 2'000;
inline constexpr std::size_t kMaxFeeds = 1'000;
inline constexpr std::size_t kMaxRobots = 200;
inline constexpr std::size_t kMaxRecords = 100'000;
inline constexpr std::size_t kMaxRecordBytes = 16U << 20;  // of all records together
inline constexpr std::size_t kMaxFormFields = 2'000;
inline constexpr std::size_t kMaxFormBytes = 1U << 20;   // of all names and values together
inline constexpr std::size_t kMaxUrlPieces = 1'000'000;  // of all places together
inline constexpr std::size_t kMaxUrlPlaceBytes = 32U << 20;
inline constexpr std::size_t kMaxSitemapEntries = 100'000;
inline constexpr std::size_t kMaxSitemapBytes = 32U << 20;  // of all entries together

// Makes a page that the parent will accept, whatever is in it: cuts what is over the limits,
// text at a character's edge; replaces bytes that are no UTF-8 by U+FFFD; empties a JSON
// value that is too large, too deep or broken, since half of one is worth nothing. Sets
// links_truncated and sitemap.error where links or entries were dropped; of url_places, which
// make sense together only, all or none are kept, and links_truncated says so.
void fit_to_limits(model::ParsedPage& page);

}  // namespace crawld::parsers
