#include "parsers/structured/microformats_item.h"

#include <algorithm>
#include <initializer_list>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

bool is_item(const GumboNode* element) {
  return !root_types(attribute(element, "class").value_or("")).empty();
}

std::vector<const GumboNode*> child_elements(const GumboNode* element) {
  std::vector<const GumboNode*> found;
  for (const auto* child : children(element)) {
    if (is_element(child)) found.push_back(child);
  }
  return found;
}

// The only child element of that tag, if it is no item and has the attribute.
const GumboNode* only_of_type(const GumboNode* element, GumboTag tag, const char* name) {
  const GumboNode* found = nullptr;
  for (const auto* child : child_elements(element)) {
    if (!is_html(child, tag)) continue;
    if (found != nullptr) return nullptr;
    found = child;
  }
  const bool fits = found != nullptr && attribute(found, name) && !is_item(found);
  return fits ? found : nullptr;
}

const GumboNode* only_child(const GumboNode* element) {
  const auto all = child_elements(element);
  return all.size() == 1 && !is_item(all.front()) ? all.front() : nullptr;
}

struct Source {
  GumboTag tag;
  const char* attribute;
};

// The element itself, its only child of the kind, or that of its only child.
const GumboNode* implied_source(const GumboNode* element, std::initializer_list<Source> sources) {
  for (const auto& [tag, name] : sources) {
    if (is_html(element, tag) && attribute(element, name)) return element;
  }
  const auto* inner = only_child(element);
  for (const auto* at : {element, inner}) {
    if (at == nullptr) continue;
    for (const auto& [tag, name] : sources) {
      if (const auto* found = only_of_type(at, tag, name)) return found;
    }
  }
  return nullptr;
}

std::optional<std::string_view> alternative(const GumboNode* element) {
  std::optional<std::string_view> told;
  if (is_html(element, GUMBO_TAG_IMG) || is_html(element, GUMBO_TAG_AREA)) {
    told = attribute(element, "alt");
  } else if (is_html(element, GUMBO_TAG_ABBR)) {
    told = attribute(element, "title");
  }
  return told && !told->empty() ? told : std::nullopt;
}

std::string implied_name(const GumboNode* element, MicroformatValues& values) {
  if (is_html(element, GUMBO_TAG_IMG) || is_html(element, GUMBO_TAG_AREA)) {
    return std::string(base::trim(attribute(element, "alt").value_or("")));
  }
  if (is_html(element, GUMBO_TAG_ABBR)) {
    if (const auto title = attribute(element, "title")) return std::string(base::trim(*title));
  }
  const auto* at = element;
  for (int level = 0; level < 3 && at != nullptr; ++level) {
    if (const auto told = alternative(at)) return std::string(base::trim(*told));
    at = only_child(at);
  }
  return values.text(element);
}

}  // namespace

void MicroformatItem::add(const std::string& name, MicroformatValue value) {
  const auto [at, fresh] = place.try_emplace(name, properties.size());
  if (fresh) properties.push_back({name, {}});
  properties[at->second].second.push_back(std::move(value));
}

const MicroformatValue* MicroformatItem::first(std::string_view name) const {
  const auto at = place.find(name);
  return at == place.end() ? nullptr : &properties[at->second].second.front();
}

void add_implied_properties(MicroformatItem& item, MicroformatValues& values) {
  if (item.classic) return;
  if (item.first("name") == nullptr && !item.has_plain && !item.has_nested) {
    item.add("name", {base::json_string(implied_name(item.element, values))});
  }
  if (item.first("photo") == nullptr && !item.has_url && !item.has_nested) {
    if (const auto* found =
            implied_source(item.element, {{GUMBO_TAG_IMG, "src"}, {GUMBO_TAG_OBJECT, "data"}})) {
      item.add("photo", {is_html(found, GUMBO_TAG_IMG)
                             ? values.image_json(found)
                             : base::json_string(values.absolute(*attribute(found, "data")))});
    }
  }
  if (item.first("url") == nullptr && !item.has_url && !item.has_nested) {
    if (const auto* found =
            implied_source(item.element, {{GUMBO_TAG_A, "href"}, {GUMBO_TAG_AREA, "href"}})) {
      item.add("url", {base::json_string(values.absolute(*attribute(found, "href")))});
    }
  }
}

}  // namespace crawld::parsers
