#include "parsers/feed/feed_names.h"

#include <string>

#include "crawler/base/ascii.h"

namespace crawld::parsers {

using base::ascii_lower;

FeedSpace feed_space_of_uri(std::string_view uri) {
  const std::string lower = ascii_lower(uri);
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (has("purl.org/dc/")) return FeedSpace::dublin_core;
  if (has("search.yahoo.com/mrss")) return FeedSpace::media;
  const bool feed = has("w3.org/2005/atom") || lower == "http://purl.org/atom/ns#" ||
                    lower == "http://purl.org/rss/1.0/" || has("netscape.com/rdf/simple") ||
                    has("netscape.com/publish/formats/rss") || has("userland.com/rss") ||
                    has("harvard.edu/tech/rss") || lower == "http://purl.org/net/rss1.1#";
  return feed ? FeedSpace::feed : FeedSpace::other;
}

FeedSpace feed_space_of_custom(std::string_view prefix) {
  if (prefix.empty() || prefix == "atom" || prefix == "rss") return FeedSpace::feed;
  if (prefix == "dc" || prefix == "dcterms") return FeedSpace::dublin_core;
  return prefix == "media" ? FeedSpace::media : FeedSpace::other;
}

FeedField feed_field_of(FeedSpace space, std::string_view local) {
  if (space == FeedSpace::dublin_core) {
    if (local == "title") return FeedField::other_title;
    if (local == "date" || local == "modified") return FeedField::updated;
    if (local == "created") return FeedField::created;
    return local == "issued" ? FeedField::published : FeedField::none;
  }
  if (space == FeedSpace::media) return local == "title" ? FeedField::other_title : FeedField::none;
  if (space != FeedSpace::feed) return FeedField::none;
  if (local == "title") return FeedField::title;
  if (local == "link") return FeedField::link;
  if (local == "guid" || local == "id") return FeedField::id;
  if (local == "created") return FeedField::created;
  if (local == "pubdate" || local == "published" || local == "issued") return FeedField::published;
  const bool updated = local == "updated" || local == "modified" || local == "lastbuilddate";
  return updated ? FeedField::updated : FeedField::none;
}

}  // namespace crawld::parsers
