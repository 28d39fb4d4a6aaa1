// What `crawld extract` reads stored pages for, beside their records. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/pipeline/site_rules.h"
#include "parsers/worker/converter.h"
#include "storage/reports/page_walk.h"

namespace crawld::cli {

// Texts that a site asks for, beside what is always read.
struct ExtractTexts {
  bool main_text = false;
  bool markdown = false;
  bool structured = false;

  static ExtractTexts of(const pipeline::SiteRules& rules);

  bool any() const { return main_text || markdown || structured; }
  // Whether the page was stored without one of them.
  bool lacks(const storage::WalkedPage& page) const;
};

// Documents that programs of the system make text of (parse.convert).
class ExtractDocuments {
 public:
  // `conversions` outlive it.
  explicit ExtractDocuments(const std::vector<parsers::Conversion>& conversions);

  // A word that says which programs they are; empty where none is named.
  const std::string& print() const { return print_; }

  // Whether one of them may make text of the page that it was stored without. Of a document that
  // is text to us nothing tells, so the answer is yes.
  bool may_read(const storage::WalkedPage& page) const;

 private:
  const std::vector<parsers::Conversion>& conversions_;
  std::string print_;
};

// What a site has its pages read for: storage::ExtractedUpTo::reading.
std::string reading_of(const pipeline::SiteRules& rules, const ExtractDocuments& documents);

}  // namespace crawld::cli
