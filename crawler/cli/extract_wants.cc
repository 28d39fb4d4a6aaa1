#include "crawler/cli/extract_wants.h"

#include "crawler/base/ascii.h"
#include "storage/archive/sha1.h"

namespace crawld::cli {
namespace {

using storage::WalkedPage;

// No picture is a PDF, whatever it begins with.
bool is_media(std::string_view content_type) {
  for (const std::string_view top : {"image/", "audio/", "video/", "font/"}) {
    if (base::starts_with_ignoring_case(content_type, top)) return true;
  }
  return false;
}

}  // namespace

ExtractTexts ExtractTexts::of(const pipeline::SiteRules& rules) {
  const bool kept = rules.config.store_text;
  return {rules.wants.main_text && kept, rules.wants.markdown && kept, rules.wants.structured};
}

bool ExtractTexts::lacks(const WalkedPage& page) const {
  if (page.kind != "html" && page.kind != "xhtml") return false;
  return (main_text && !page.has_main_text) || (markdown && !page.has_markdown) ||
         (structured && !page.has_structured);
}

ExtractDocuments::ExtractDocuments(const std::vector<parsers::Conversion>& conversions)
    : conversions_(conversions) {
  std::string all;
  for (const parsers::Conversion& conversion : conversions) {
    all += conversion.type + '\n';
    for (const std::string& word : conversion.command) all += word + '\n';
  }
  if (!all.empty()) print_ = storage::sha1_label(storage::sha1(all));
}

bool ExtractDocuments::may_read(const WalkedPage& page) const {
  const bool unread = page.kind == "binary" && !page.has_text;
  if (print_.empty() || (!unread && page.kind != "text")) return false;
  if (parsers::find_conversion(conversions_, page.content_type, {}) != nullptr) return true;
  // What it begins with, a worker sees.
  return unread && !is_media(page.content_type) &&
         parsers::find_conversion(conversions_, "application/pdf", {}) != nullptr;
}

std::string reading_of(const pipeline::SiteRules& rules, const ExtractDocuments& documents) {
  const ExtractTexts texts = ExtractTexts::of(rules);
  std::string reading = rules.rule_set_hash;
  if (texts.main_text) reading += "+main_text";
  if (texts.markdown) reading += "+markdown";
  if (texts.structured) reading += "+structured";
  if (!documents.print().empty()) reading += "+" + documents.print();
  return reading;
}

}  // namespace crawld::cli
