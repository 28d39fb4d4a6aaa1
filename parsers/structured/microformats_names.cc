#include "parsers/structured/microformats_names.h"

#include <algorithm>
#include <utility>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !base::is_ascii_space(text[i])) continue;
    if (i > start) visit(text.substr(start, i - start));
    start = i + 1;
  }
}

// Letters in groups joined by "-", with one group of letters and digits allowed in front.
bool is_name(std::string_view text) {
  const auto first = text.substr(0, text.find('-'));
  const bool vendor = std::any_of(first.begin(), first.end(), base::is_ascii_digit);
  if (vendor) {
    if (first.size() == text.size()) return false;
    if (!std::all_of(first.begin(), first.end(),
                     [](char c) { return is_letter(c) || base::is_ascii_digit(c); })) {
      return false;
    }
    text.remove_prefix(first.size() + 1);
  }
  bool letter = false;
  for (const char c : text) {
    if (c == '-' && !letter) return false;
    if (c != '-' && !is_letter(c)) return false;
    letter = c != '-';
  }
  return letter;
}

void keep_sorted(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

void add_property(std::vector<PropertyName>& names, PropertyName added) {
  const bool known = std::any_of(names.begin(), names.end(), [&](const PropertyName& n) {
    return n.name == added.name && n.kind == added.kind;
  });
  if (!known) names.push_back(std::move(added));
}

constexpr std::pair<std::string_view, std::string_view> kClassicRoots[] = {
    {"adr", "h-adr"},        {"geo", "h-geo"},          {"hentry", "h-entry"},
    {"hfeed", "h-feed"},     {"hproduct", "h-product"}, {"hrecipe", "h-recipe"},
    {"hresume", "h-resume"}, {"hreview", "h-review"},   {"hreview-aggregate", "h-review-aggregate"},
    {"vcard", "h-card"},     {"vevent", "h-event"}};

struct ClassicProperty {
  std::string_view type;   // of the item it belongs to
  std::string_view name;   // class name, or "rel:" and a rel value
  std::string_view means;  // with its prefix
  std::string_view root = {};
};

constexpr ClassicProperty kClassicProperties[] = {
    {"h-adr", "post-office-box", "p-post-office-box"},
    {"h-adr", "extended-address", "p-extended-address"},
    {"h-adr", "street-address", "p-street-address"},
    {"h-adr", "locality", "p-locality"},
    {"h-adr", "region", "p-region"},
    {"h-adr", "postal-code", "p-postal-code"},
    {"h-adr", "country-name", "p-country-name"},
    {"h-card", "fn", "p-name"},
    {"h-card", "honorific-prefix", "p-honorific-prefix"},
    {"h-card", "given-name", "p-given-name"},
    {"h-card", "additional-name", "p-additional-name"},
    {"h-card", "family-name", "p-family-name"},
    {"h-card", "honorific-suffix", "p-honorific-suffix"},
    {"h-card", "nickname", "p-nickname"},
    {"h-card", "email", "u-email"},
    {"h-card", "logo", "u-logo"},
    {"h-card", "photo", "u-photo"},
    {"h-card", "url", "u-url"},
    {"h-card", "uid", "u-uid"},
    {"h-card", "category", "p-category"},
    {"h-card", "adr", "p-adr"},
    {"h-card", "label", "p-label"},
    {"h-card", "geo", "p-geo"},
    {"h-card", "latitude", "p-latitude"},
    {"h-card", "longitude", "p-longitude"},
    {"h-card", "tel", "p-tel"},
    {"h-card", "note", "p-note"},
    {"h-card", "bday", "dt-bday"},
    {"h-card", "key", "u-key"},
    {"h-card", "org", "p-org"},
    {"h-card", "organization-name", "p-organization-name"},
    {"h-card", "organization-unit", "p-organization-unit"},
    {"h-card", "title", "p-job-title"},
    {"h-card", "role", "p-role"},
    {"h-card", "sound", "u-sound"},
    {"h-card", "rev", "dt-rev"},
    {"h-card", "sort-string", "p-sort-string"},
    {"h-card", "tz", "p-tz"},
    {"h-entry", "entry-title", "p-name"},
    {"h-entry", "entry-summary", "p-summary"},
    {"h-entry", "entry-content", "e-content"},
    {"h-entry", "published", "dt-published"},
    {"h-entry", "updated", "dt-updated"},
    {"h-entry", "author", "p-author", "h-card"},
    {"h-entry", "category", "p-category"},
    {"h-entry", "rel:bookmark", "u-url"},
    {"h-entry", "rel:tag", "p-category"},
    {"h-event", "summary", "p-name"},
    {"h-event", "dtstart", "dt-start"},
    {"h-event", "dtend", "dt-end"},
    {"h-event", "duration", "dt-duration"},
    {"h-event", "description", "p-description"},
    {"h-event", "url", "u-url"},
    {"h-event", "category", "p-category"},
    {"h-event", "location", "p-location"},
    {"h-event", "geo", "p-location"},
    {"h-event", "attendee", "p-attendee"},
    {"h-event", "contact", "p-contact"},
    {"h-event", "organizer", "p-organizer"},
    {"h-feed", "author", "p-author", "h-card"},
    {"h-feed", "photo", "u-photo"},
    {"h-feed", "url", "u-url"},
    {"h-feed", "category", "p-category"},
    {"h-geo", "latitude", "p-latitude"},
    {"h-geo", "longitude", "p-longitude"},
    {"h-item", "fn", "p-name"},
    {"h-item", "photo", "u-photo"},
    {"h-item", "url", "u-url"},
    {"h-product", "fn", "p-name"},
    {"h-product", "photo", "u-photo"},
    {"h-product", "brand", "p-brand"},
    {"h-product", "category", "p-category"},
    {"h-product", "description", "p-description"},
    {"h-product", "identifier", "u-identifier"},
    {"h-product", "url", "u-url"},
    {"h-product", "review", "p-review"},
    {"h-product", "price", "p-price"},
    {"h-recipe", "fn", "p-name"},
    {"h-recipe", "ingredient", "p-ingredient"},
    {"h-recipe", "yield", "p-yield"},
    {"h-recipe", "instructions", "e-instructions"},
    {"h-recipe", "duration", "dt-duration"},
    {"h-recipe", "photo", "u-photo"},
    {"h-recipe", "summary", "p-summary"},
    {"h-recipe", "author", "p-author", "h-card"},
    {"h-recipe", "published", "dt-published"},
    {"h-recipe", "nutrition", "p-nutrition"},
    {"h-recipe", "category", "p-category"},
    {"h-resume", "summary", "p-summary"},
    {"h-resume", "contact", "p-contact"},
    {"h-resume", "education", "p-education"},
    {"h-resume", "experience", "p-experience"},
    {"h-resume", "skill", "p-skill"},
    {"h-resume", "affiliation", "p-affiliation"},
    {"h-review", "summary", "p-name"},
    {"h-review", "photo", "u-photo"},
    {"h-review", "url", "u-url"},
    {"h-review", "item", "p-item", "h-item"},
    {"h-review", "reviewer", "p-author", "h-card"},
    {"h-review", "dtreviewed", "dt-reviewed"},
    {"h-review", "rating", "p-rating"},
    {"h-review", "best", "p-best"},
    {"h-review", "worst", "p-worst"},
    {"h-review", "description", "e-content"},
    {"h-review", "rel:tag", "p-category"},
    {"h-review", "rel:bookmark", "u-url"},
    {"h-review-aggregate", "summary", "p-name"},
    {"h-review-aggregate", "item", "p-item", "h-item"},
    {"h-review-aggregate", "rating", "p-rating"},
    {"h-review-aggregate", "average", "p-average"},
    {"h-review-aggregate", "best", "p-best"},
    {"h-review-aggregate", "worst", "p-worst"},
    {"h-review-aggregate", "count", "p-count"},
    {"h-review-aggregate", "votes", "p-votes"}};

// "p-name" cut into kind and name; nothing when it is no property.
bool split_property(std::string_view word, PropertyName& out) {
  constexpr std::pair<std::string_view, PropertyKind> kPrefixes[] = {
      {"p-", PropertyKind::plain},
      {"u-", PropertyKind::url},
      {"dt-", PropertyKind::date},
      {"e-", PropertyKind::embedded}};
  for (const auto& [prefix, kind] : kPrefixes) {
    if (!word.starts_with(prefix) || !is_name(word.substr(prefix.size()))) continue;
    out.kind = kind;
    out.name = word.substr(prefix.size());
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> root_types(std::string_view classes) {
  std::vector<std::string> types;
  for_each_word(classes, [&](std::string_view word) {
    if (word.starts_with("h-") && is_name(word.substr(2))) types.emplace_back(word);
  });
  keep_sorted(types);
  return types;
}

std::vector<PropertyName> property_names(std::string_view classes) {
  std::vector<PropertyName> names;
  for_each_word(classes, [&](std::string_view word) {
    PropertyName name;
    if (split_property(word, name)) names.push_back(std::move(name));
  });
  return names;
}

std::vector<std::string> classic_root_types(std::string_view classes) {
  std::vector<std::string> types;
  for_each_word(classes, [&](std::string_view word) {
    for (const auto& [name, type] : kClassicRoots) {
      if (name == word) types.emplace_back(type);
    }
  });
  keep_sorted(types);
  return types;
}

std::vector<PropertyName> classic_property_names(std::string_view classes, std::string_view rel,
                                                 const std::vector<std::string>& types) {
  std::vector<PropertyName> names;
  const auto add_meanings = [&](std::string_view word) {
    for (const auto& property : kClassicProperties) {
      if (property.name != word) continue;
      if (std::find(types.begin(), types.end(), property.type) == types.end()) continue;
      PropertyName name;
      split_property(property.means, name);
      name.implied_root = property.root;
      add_property(names, std::move(name));
    }
  };
  for_each_word(classes, add_meanings);
  for_each_word(rel, [&](std::string_view word) { add_meanings("rel:" + std::string(word)); });
  return names;
}

}  // namespace crawld::parsers
