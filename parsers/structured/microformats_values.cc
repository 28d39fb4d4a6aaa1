#include "parsers/structured/microformats_values.h"

#include <algorithm>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/microformats_names.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxText = 8 << 20;  // bytes over all values of a page

std::string_view classes_of(const GumboNode* element) {
  return attribute(element, "class").value_or("");
}

bool is_one_of(const GumboNode* element, std::initializer_list<GumboTag> tags) {
  return std::any_of(tags.begin(), tags.end(), [&](GumboTag t) { return is_html(element, t); });
}

// The elements that carry the value by the value-class pattern: not inside one another,
// nor inside other properties or items.
std::vector<const GumboNode*> value_elements(const GumboNode* element) {
  std::vector<const GumboNode*> found;
  const auto* node = next_node(element, element);
  while (node != nullptr) {
    if (!is_element(node)) {
      node = next_node(node, element);
      continue;
    }
    const auto classes = classes_of(node);
    const bool value = node->type != GUMBO_NODE_TEMPLATE &&
                       (has_word(classes, "value") || has_word(classes, "value-title"));
    if (value) found.push_back(node);
    const bool apart = value || !property_names(classes).empty() || !root_types(classes).empty() ||
                       node->type == GUMBO_NODE_TEMPLATE;
    node = apart ? next_outside(node, element) : next_node(node, element);
  }
  return found;
}

bool is_value_title(const GumboNode* element) {
  return has_word(classes_of(element), "value-title");
}

// "+01:00" and "+1" as "+0100"; Z stays.
std::string zone_of(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == "z") return std::string(zone.empty() ? "" : "Z");
  std::string digits;
  for (const char c : zone.substr(1)) {
    if (base::is_ascii_digit(c)) digits += c;
  }
  if (digits.size() == 1 || digits.size() == 3) digits.insert(0, 1, '0');
  if (digits.size() == 2) digits += "00";
  return zone.front() + digits;
}

struct TimeParts {
  std::string date;  // YYYY-MM-DD or YYYY-DDD
  std::string time;  // HH:MM(:SS)
  std::string zone;
};

bool is_date(std::string_view text) {
  const auto like = [&](std::string_view form) {
    return text.size() == form.size() &&
           std::equal(text.begin(), text.end(), form.begin(),
                      [](char c, char f) { return f == '0' ? base::is_ascii_digit(c) : c == f; });
  };
  return like("0000-00-00") || like("0000-000") || like("0000-00");
}

// "7:00p.m.", "19:00-06:00", "07pm", "15:30:00Z"; false when it is no time.
bool read_time(std::string_view text, TimeParts& out) {
  std::vector<std::string> numbers(1);
  std::size_t i = 0;
  for (; i < text.size() && (base::is_ascii_digit(text[i]) || text[i] == ':'); ++i) {
    if (text[i] == ':') {
      numbers.emplace_back();
    } else {
      numbers.back() += text[i];
    }
  }
  if (numbers[0].empty() || numbers[0].size() > 2 || numbers.size() > 3) return false;
  for (const auto& n : numbers) {
    if (n.empty() || n.size() > 2) return false;
  }
  auto rest = base::trim(text.substr(i));
  std::string half;
  while (half.size() < 2 && !rest.empty() &&
         std::string_view("aApPmM.").find(rest.front()) != rest.npos) {
    if (rest.front() != '.') half += static_cast<char>(rest.front() | 0x20);
    rest.remove_prefix(1);
  }
  if (rest.starts_with('.')) rest.remove_prefix(1);
  rest = base::trim(rest);
  const bool halves = half == "am" || half == "pm";
  if (!halves && numbers.size() == 1) return false;
  int hour = std::stoi(numbers[0]);
  if (half == "pm" && hour < 12) hour += 12;
  if (half == "am" && hour == 12) hour = 0;
  if (numbers.size() == 1) numbers.emplace_back("00");
  out.time = (hour < 10 ? "0" : "") + std::to_string(hour);
  for (std::size_t n = 1; n < numbers.size(); ++n) out.time += ":" + numbers[n];
  if (!rest.empty()) {
    if (rest.front() != '+' && rest.front() != '-' && rest != "Z" && rest != "z") return false;
    out.zone = zone_of(rest);
  }
  return true;
}

void read_part(std::string_view text, TimeParts& out) {
  text = base::trim(text);
  if (out.date.empty() && is_date(text)) {
    out.date = text;
    return;
  }
  TimeParts time;
  if (out.time.empty() && read_time(text, time)) {
    out.time = time.time;
    if (!time.zone.empty()) out.zone = time.zone;
    return;
  }
  const bool zone = text.size() > 1 && (text.front() == '+' || text.front() == '-') &&
                    base::is_ascii_digit(text[1]);
  if (zone || text == "Z") {
    out.zone = zone_of(text);
    return;
  }
  if (text.size() > 11 && is_date(text.substr(0, 10)) && out.date.empty()) {
    out.date = text.substr(0, 10);
    TimeParts rest;
    if (read_time(text.substr(11), rest)) {
      out.time = rest.time;
      out.zone = rest.zone;
    }
  }
}

}  // namespace

bool MicroformatValues::full() const { return read_ > kMaxText; }

std::string MicroformatValues::absolute(std::string_view reference) {
  if (full()) return {};
  const auto url = base_ ? base_.resolve(base::trim(reference)) : std::nullopt;
  const bool as_written = base::trim(reference).find("://") != std::string_view::npos;
  auto told = !url         ? std::string(reference)
              : as_written ? std::string(base::trim(reference))
                           : url->href();
  read_ += told.size();
  return told;
}

std::string MicroformatValues::image_json(const GumboNode* img) {
  auto source = base::json_string(absolute(attribute(img, "src").value_or("")));
  const auto alt = attribute(img, "alt");
  if (!alt) return source;
  return "{\"value\":" + source + ",\"alt\":" + base::json_string(*alt) + "}";
}

std::string MicroformatValues::text(const GumboNode* element) {
  std::string out;
  const auto* node = next_node(element, element);
  while (node != nullptr && read_ <= kMaxText) {
    if (is_text(node)) out += node->v.text.text;
    const bool silent = is_element(node) && (node->type == GUMBO_NODE_TEMPLATE ||
                                             is_one_of(node, {GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE}));
    if (is_html(node, GUMBO_TAG_IMG)) {
      if (const auto alt = attribute(node, "alt")) {
        out += *alt;
      } else if (const auto source = attribute(node, "src")) {
        out += " " + absolute(*source) + " ";
      }
    }
    node = silent ? next_outside(node, element) : next_node(node, element);
  }
  read_ += out.size();
  return std::string(base::trim(out));
}

std::string MicroformatValues::plain(const GumboNode* element) {
  const auto values = value_elements(element);
  if (!values.empty()) {
    std::string out;
    for (const auto* value : values) {
      if (is_value_title(value)) {
        out += attribute(value, "title").value_or("");
      } else if (is_one_of(value, {GUMBO_TAG_IMG, GUMBO_TAG_AREA})) {
        out += attribute(value, "alt").value_or("");
      } else if (is_html(value, GUMBO_TAG_DATA)) {
        const auto told = attribute(value, "value");
        out += told ? std::string(*told) : text(value);
      } else if (is_html(value, GUMBO_TAG_ABBR)) {
        const auto title = attribute(value, "title");
        out += title ? std::string(*title) : text(value);
      } else {
        out += text(value);
      }
    }
    return out;
  }
  if (is_one_of(element, {GUMBO_TAG_ABBR, GUMBO_TAG_LINK})) {
    if (const auto title = attribute(element, "title")) return std::string(*title);
  }
  if (is_one_of(element, {GUMBO_TAG_DATA, GUMBO_TAG_INPUT})) {
    if (const auto value = attribute(element, "value")) return std::string(*value);
  }
  if (is_one_of(element, {GUMBO_TAG_IMG, GUMBO_TAG_AREA})) {
    if (const auto alt = attribute(element, "alt")) return std::string(*alt);
  }
  return text(element);
}

std::string MicroformatValues::url_json(const GumboNode* element, Alternatives alternatives) {
  const auto resolved = [&](std::string_view told) { return base::json_string(absolute(told)); };
  if (is_one_of(element, {GUMBO_TAG_A, GUMBO_TAG_AREA, GUMBO_TAG_LINK})) {
    if (const auto told = attribute(element, "href")) return resolved(*told);
  }
  if (is_html(element, GUMBO_TAG_IMG) && attribute(element, "src")) {
    return alternatives == Alternatives::told ? image_json(element)
                                              : resolved(*attribute(element, "src"));
  }
  if (is_one_of(element, {GUMBO_TAG_AUDIO, GUMBO_TAG_VIDEO, GUMBO_TAG_SOURCE, GUMBO_TAG_IFRAME})) {
    if (const auto told = attribute(element, "src")) return resolved(*told);
  }
  if (is_html(element, GUMBO_TAG_VIDEO)) {
    if (const auto told = attribute(element, "poster")) return resolved(*told);
  }
  if (is_html(element, GUMBO_TAG_OBJECT)) {
    if (const auto told = attribute(element, "data")) return resolved(*told);
  }
  return resolved(plain(element));
}

std::string MicroformatValues::date(const GumboNode* element, std::string& last_date) {
  const auto values = value_elements(element);
  TimeParts parts;
  for (const auto* value : values) {
    std::string said;
    const auto datetime = attribute(value, "datetime");
    const auto title = attribute(value, "title");
    if (is_value_title(value)) {
      said = title.value_or("");
    } else if (is_one_of(value, {GUMBO_TAG_IMG, GUMBO_TAG_AREA})) {
      said = attribute(value, "alt").value_or("");
    } else if (is_html(value, GUMBO_TAG_DATA) && attribute(value, "value")) {
      said = *attribute(value, "value");
    } else if (is_html(value, GUMBO_TAG_ABBR) && title) {
      said = *title;
    } else if (is_one_of(value, {GUMBO_TAG_TIME, GUMBO_TAG_INS, GUMBO_TAG_DEL}) && datetime) {
      said = *datetime;
    } else {
      said = text(value);
    }
    read_part(said, parts);
  }
  const auto joined = [&] {
    if (parts.date.empty()) parts.date = last_date;
    last_date = parts.date;
    if (parts.time.empty()) return parts.date;
    return (parts.date.empty() ? "" : parts.date + " ") + parts.time + parts.zone;
  };
  if (!values.empty() && !(parts.date.empty() && parts.time.empty())) return joined();

  std::string said;
  if (is_one_of(element, {GUMBO_TAG_TIME, GUMBO_TAG_INS, GUMBO_TAG_DEL}) &&
      attribute(element, "datetime")) {
    said = *attribute(element, "datetime");
  } else if (is_html(element, GUMBO_TAG_ABBR) && attribute(element, "title")) {
    said = *attribute(element, "title");
  } else if (is_one_of(element, {GUMBO_TAG_DATA, GUMBO_TAG_INPUT}) && attribute(element, "value")) {
    said = *attribute(element, "value");
  } else {
    said = text(element);
  }
  if (is_date(std::string_view(said).substr(0, 10))) last_date = said.substr(0, 10);
  TimeParts time;
  if (!last_date.empty() && read_time(base::trim(said), time)) {
    return last_date + " " + time.time + time.zone;
  }
  return said;
}

}  // namespace crawld::parsers
