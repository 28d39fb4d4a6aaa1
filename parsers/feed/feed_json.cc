// JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read as a stream of
// tokens: no tree is built, and nesting costs one bit a level.
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "parsers/feed/feed.h"
#include "parsers/feed/feed_text.h"
#include "parsers/feed/sitemap_location.h"
#include "parsers/text/dates.h"

namespace crawld::parsers {
namespace {

using model::SitemapKind;
using model::Url;
using nlohmann::json;

// Depth 1 is the feed, 3 an item ("items" is an array at depth 2).
constexpr std::size_t kFeedDepth = 1;
constexpr std::size_t kItemDepth = 3;

class FeedEvents final : public nlohmann::json_sax<json> {
 public:
  FeedEvents(std::string_view url, std::size_t max_entries)
      : base_(Url::parse(url)), max_entries_(max_entries) {}

  FeedDocument take() {
    if (feed_.kind == SitemapKind::none) feed_.entries.clear();
    return std::move(feed_);
  }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }

  bool string(string_t& text) override {
    if (depth_ == kFeedDepth) feed_member(text);
    if (depth_ == kItemDepth && in_item_) item_member(text);
    return true;
  }

  bool start_object(std::size_t) override {
    ++depth_;
    if (depth_ == kItemDepth && in_items_) {
      if (feed_.entries.size() >= max_entries_) {
        feed_.error = "more than " + std::to_string(max_entries_) + " entries";
        return false;
      }
      feed_.entries.emplace_back();
      external_ = {};
      in_item_ = true;
    }
    return true;
  }
  bool end_object() override {
    if (depth_ == kItemDepth && in_item_) {
      finish_item();
      in_item_ = false;
    }
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    if (++depth_ == kFeedDepth + 1) in_items_ = key_ == "items";
    return true;
  }
  bool end_array() override {
    if (depth_-- == kFeedDepth + 1) in_items_ = false;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == kFeedDepth || depth_ == kItemDepth) key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    if (in_item_) finish_item();
    feed_.error = "the JSON is broken at byte " + std::to_string(position);
    return false;
  }

 private:
  void feed_member(const std::string& text) {
    if (key_ == "version" && text.find("jsonfeed.org/version/") != std::string::npos) {
      feed_.kind = SitemapKind::json_feed;
    }
    if (key_ == "title") feed_.title = title_text(text);
    if (key_ == "home_page_url") feed_.link = absolute_location(text, base_);
  }

  void item_member(const std::string& text) {
    FeedEntry& entry = feed_.entries.back();
    if (key_ == "id") entry.id = trim_unicode(text);
    if (key_ == "url") entry.link = absolute_location(text, base_);
    if (key_ == "external_url") external_ = absolute_location(text, base_);
    if (key_ == "title") entry.title = title_text(text);
    if (key_ == "date_published") {
      entry.published = parse_date(text).value_or(0);
      if (entry.updated == 0) entry.date_text = text;
    }
    if (key_ == "date_modified") {
      entry.updated = parse_date(text).value_or(0);
      entry.date_text = text;
    }
  }

  // An item without a URL may have one as its id (section "Items", id).
  void finish_item() {
    FeedEntry& entry = feed_.entries.back();
    if (entry.link.empty()) entry.link = external_;
    if (entry.link.empty()) entry.link = absolute_location(entry.id, std::nullopt);
  }

  std::optional<Url> base_;
  std::size_t max_entries_;
  FeedDocument feed_;
  std::size_t depth_ = 0;
  bool in_items_ = false;
  bool in_item_ = false;  // an object; what else `items` may hold is no entry
  std::string key_;
  std::string external_;
};

}  // namespace

FeedDocument parse_json_feed(std::string_view utf8, std::string_view url, std::size_t max_entries) {
  FeedEvents events(url, max_entries);
  json::sax_parse(utf8.begin(), utf8.end(), &events);
  return events.take();
}

}  // namespace crawld::parsers
