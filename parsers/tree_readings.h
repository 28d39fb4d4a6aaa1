// What trees were made for lately: an exact copy of a page needs none.
//
// Sites serve the same bytes at many addresses (session ids, sort orders, "not found" with status
// 200). A tree costs most of what a page with main text or rules costs, so what was read from one
// is kept for a while, and told again where nothing that bears on it differs: the bytes, what was
// asked for, and as much of the address as was made use of.
//
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/html/document_base.h"

namespace crawld::parsers {

class TreeReadings {
 public:
  // Keeps so much, those that were used last; 0: nothing.
  explicit TreeReadings(std::size_t bytes) : most_(bytes) {}

  // Fills in what a tree gave for `key`, which stands for all that bears on it but `base`. False,
  // with `page` untouched: that is not known.
  bool recall(std::string_view key, const DocumentBase& base, model::ParsedPage& page);

  // `page` was read with a tree, and `base` kept count of its use. One that is large is not kept.
  void keep(std::string key, const DocumentBase& base, const model::ParsedPage& page);

  void forget();

 private:
  struct Reading {
    std::string key;
    DocumentBase::Part part = DocumentBase::Part::nothing;
    std::string base;  // up to that part
    std::size_t bytes = 0;

    bool over_limits = false;
    std::string main_text;
    std::string markdown;
    std::string author;
    std::string date;
    std::string lang;
    std::string jsonld;
    std::string microdata;
    std::string opengraph;
    std::string structured_other;
    std::vector<model::Record> records;
  };
  using Place = std::list<Reading>::iterator;

  void drop(Place reading);

  const std::size_t most_;
  std::size_t bytes_ = 0;
  std::list<Reading> readings_;                         // the last one used first
  std::unordered_map<std::string_view, Place> by_key_;  // keys are those of the readings
};

}  // namespace crawld::parsers
