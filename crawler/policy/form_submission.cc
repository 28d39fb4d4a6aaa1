#include "crawler/policy/form_submission.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string_view>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "crawler/model/url_percent.h"
#include "crawler/model/url_query.h"
#include "crawler/policy/registrable_domain.h"

namespace crawld::policy {
namespace {

using Entry = std::pair<std::string, std::string>;
using Entries = std::vector<Entry>;

base::Error refusal(std::string why) { return {base::Error::Code::invalid, std::move(why)}; }

// A CR or LF alone becomes CRLF (HTML 4.10.21.4, at its end).
std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      out += text[i];
      continue;
    }
    out += "\r\n";
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return out;
}

Entries entries_of(const model::Form& form, const std::map<std::string, std::string>& values,
                   std::vector<std::string>& unknown) {
  Entries entries;
  std::set<std::string> placed;
  for (const model::FormField& field : form.fields) {
    const auto value = values.find(field.name);
    if (value == values.end()) {
      if (field.sent) entries.emplace_back(field.name, field.value);
    } else if (placed.insert(field.name).second) {
      entries.emplace_back(field.name, value->second);
    }
  }
  for (const auto& [name, value] : values) {
    if (placed.contains(name)) continue;
    unknown.push_back(name);
    entries.emplace_back(name, value);
  }
  for (auto& [name, value] : entries) {
    name = model::encode_form_text(with_crlf(name), form.charset);
    value = model::encode_form_text(with_crlf(value), form.charset);
  }
  return entries;
}

// URL standard 5.2: the application/x-www-form-urlencoded percent-encode set, a space as "+".
void append_urlencoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool plain =
        base::is_ascii_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      model::append_percent(out, static_cast<std::uint8_t>(c));
    }
  }
}

std::string urlencoded(const Entries& entries) {
  std::string out;
  for (const auto& [name, value] : entries) {
    if (!out.empty()) out += '&';
    append_urlencoded(out, name);
    out += '=';
    append_urlencoded(out, value);
  }
  return out;
}

// HTML 4.10.21.7: what would end the quoted name is escaped.
std::string quoted_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '"' || c == '\r' || c == '\n') {
      model::append_percent(out, static_cast<std::uint8_t>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string parts_between(const Entries& entries, const std::string& boundary) {
  std::string out;
  for (const auto& [name, value] : entries) {
    out += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted_name(name) +
           "\"\r\n\r\n" + value + "\r\n";
  }
  return out + "--" + boundary + "--\r\n";
}

// A boundary that is in no value (RFC 2046 section 5.1.1): of their own print, so that the same
// form is sent alike each time.
std::string boundary_for(const Entries& entries) {
  for (std::uint64_t seed = 0;; ++seed) {
    XXH64_hash_t print = seed;
    for (const auto& [name, value] : entries) print = XXH64(value.data(), value.size(), print);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "crawld%016llx",
                  static_cast<unsigned long long>(print));
    std::string boundary = text.data();
    const bool clashes = std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
      return entry.second.find(boundary) != std::string::npos;
    });
    if (!clashes) return boundary;
  }
}

// Fetch standard 3.2 and Referrer Policy 3.7 (strict-origin-when-cross-origin): some servers take
// no form without them.
void name_sender(const model::Url& page, const model::Url& target, model::FormPost& post) {
  post.origin = page.origin();
  post.referer = page.origin() == target.origin()
                     ? page.without_credentials().without_fragment().href()
                     : page.origin() + "/";
}

}  // namespace

bool may_send(const model::Url& page, const model::Url& target) {
  if (!target.crawlable()) return false;
  const bool in_clear =
      page.scheme_kind() == model::Scheme::https && target.scheme_kind() != model::Scheme::https;
  return !in_clear && registrable_domain_or_host(page) == registrable_domain_or_host(target);
}

base::Result<Submission> submit(const model::Form& form, const model::Url& page,
                                const model::Url& base,
                                const std::map<std::string, std::string>& values) {
  if (form.method != "post") {
    return refusal(
        "the form is not sent by POST: a script sends it, or the password would stand "
        "in the URL; log in with a browser and give its cookies (cookie_file:)");
  }
  // HTML 4.10.21.3 step 11: no action means the page itself.
  auto target = base::trim(form.action).empty() ? page : base.resolve(form.action);
  if (!target || !target->crawlable()) return refusal("the form's action is no http or https URL");
  if (!may_send(page, *target)) {
    return refusal("the form would send the password to " + base::printable(target->origin()) +
                   ", another site or not encrypted; where that is right, set login.url to a page "
                   "of that site");
  }
  Submission out{
      .url = target->without_credentials().without_fragment(), .post = {}, .unknown = {}};
  const Entries entries = entries_of(form, values, out.unknown);
  if (form.enctype == "multipart/form-data") {
    const std::string boundary = boundary_for(entries);
    out.post.content_type = "multipart/form-data; boundary=" + boundary;
    out.post.body = parts_between(entries, boundary);
  } else if (form.enctype == "text/plain") {
    return refusal("the form is sent as text/plain, which is not supported");
  } else {
    out.post.content_type = "application/x-www-form-urlencoded";
    out.post.body = urlencoded(entries);
  }
  name_sender(page, out.url, out.post);
  return out;
}

}  // namespace crawld::policy
