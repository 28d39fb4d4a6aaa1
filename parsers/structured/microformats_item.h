// An item of microformats2 while the page is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parsers/html/html_tree.h"
#include "parsers/structured/microformats_names.h"
#include "parsers/structured/microformats_values.h"

namespace crawld::parsers {

constexpr std::uint32_t kNoMicroformat = 0xFFFFFFFF;

struct MicroformatValue {
  std::string json;                     // of the value alone
  std::uint32_t item = kNoMicroformat;  // nested item, whose "value" json is
  PropertyKind kind = PropertyKind::plain;
};

struct MicroformatItem {
  const GumboNode* element = nullptr;
  std::vector<std::string> types;
  bool classic = false;
  bool has_plain = false;   // p- or e- properties
  bool has_url = false;     // u- properties
  bool has_nested = false;  // items below it, as properties or children
  std::string last_date;
  std::vector<std::pair<std::string, std::vector<MicroformatValue>>> properties;  // as first met
  std::map<std::string, std::size_t, std::less<>> place;                          // of each name
  std::vector<std::uint32_t> children;

  void add(const std::string& name, MicroformatValue value);
  const MicroformatValue* first(std::string_view name) const;
};

// name, photo and url as they follow from the item's own element where nothing is said
// (microformats2-parsing, "parsing for implied properties").
void add_implied_properties(MicroformatItem& item, MicroformatValues& values);

}  // namespace crawld::parsers
