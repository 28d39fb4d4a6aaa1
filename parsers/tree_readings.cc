#include "parsers/tree_readings.h"

#include <iterator>
#include <utility>

namespace crawld::parsers {
namespace {

constexpr std::size_t kEntryBytes = 512;   // of lists, tables and allocations, about
constexpr std::size_t kLargestShare = 16;  // one reading takes so much of all at most

}  // namespace

bool TreeReadings::recall(std::string_view key, const DocumentBase& base, model::ParsedPage& page) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  const Reading& known = *found->second;
  if (base.up_to(known.part) != known.base) return false;
  page.over_limits = known.over_limits;
  page.main_text = known.main_text;
  page.markdown = known.markdown;
  page.author = known.author;
  page.date = known.date;
  page.lang = known.lang;
  page.jsonld = known.jsonld;
  page.microdata = known.microdata;
  page.opengraph = known.opengraph;
  page.structured_other = known.structured_other;
  page.records = known.records;
  readings_.splice(readings_.begin(), readings_, found->second);
  return true;
}

void TreeReadings::keep(std::string key, const DocumentBase& base, const model::ParsedPage& page) {
  if (const auto old = by_key_.find(key); old != by_key_.end()) drop(old->second);
  std::size_t bytes = kEntryBytes + key.size();
  for (const auto* text :
       {&page.main_text, &page.markdown, &page.author, &page.date, &page.lang, &page.jsonld,
        &page.microdata, &page.opengraph, &page.structured_other}) {
    bytes += text->size();
  }
  for (const model::Record& record : page.records) {
    bytes +=
        sizeof record + record.rule.size() + record.fields_json.size() + record.errors_json.size();
  }
  if (bytes > most_ / kLargestShare) return;
  while (bytes_ + bytes > most_) drop(std::prev(readings_.end()));
  readings_.push_front({.key = std::move(key),
                        .part = base.used(),
                        .base = std::string(base.up_to(base.used())),
                        .bytes = bytes,
                        .over_limits = page.over_limits,
                        .main_text = page.main_text,
                        .markdown = page.markdown,
                        .author = page.author,
                        .date = page.date,
                        .lang = page.lang,
                        .jsonld = page.jsonld,
                        .microdata = page.microdata,
                        .opengraph = page.opengraph,
                        .structured_other = page.structured_other,
                        .records = page.records});
  by_key_.emplace(readings_.front().key, readings_.begin());
  bytes_ += bytes;
}

void TreeReadings::forget() {
  by_key_.clear();
  readings_.clear();
  bytes_ = 0;
}

void TreeReadings::drop(Place reading) {
  bytes_ -= reading->bytes;
  by_key_.erase(reading->key);
  readings_.erase(reading);
}

}  // namespace crawld::parsers
