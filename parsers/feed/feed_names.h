// The names that feeds are written in, and what their elements tell.
#pragma once

#include <cstdint>
#include <string_view>

namespace crawld::parsers {

// Whose vocabulary a name belongs to.
enum class FeedSpace : std::uint8_t { feed, dublin_core, media, other };

// What an element of an entry, or of the feed itself, tells.
enum class FeedField : std::uint8_t {
  none,
  title,
  other_title,
  link,
  named_link,  // by its attribute, so that no text is wanted
  id,
  created,
  published,
  updated
};

// Whose names the namespace `uri` holds.
FeedSpace feed_space_of_uri(std::string_view uri);

// What a prefix means that nobody declared.
FeedSpace feed_space_of_custom(std::string_view prefix);

// What the element `local`, in lower case, tells.
FeedField feed_field_of(FeedSpace space, std::string_view local);

}  // namespace crawld::parsers
