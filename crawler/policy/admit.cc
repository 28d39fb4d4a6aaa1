#include "crawler/policy/admit.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

namespace crawld::policy {
namespace {

using model::Discovered;
using model::LinkTag;
using model::Purpose;
using model::Verdict;

// rel tokens of <link> that name a part of the page or a service, not a document.
constexpr std::array<std::string_view, 17> kResourceRels = {
    "stylesheet", "icon",         "apple-touch-icon", "mask-icon", "preload",    "prefetch",
    "preconnect", "dns-prefetch", "modulepreload",    "manifest",  "pingback",   "edituri",
    "search",     "wlwmanifest",  "shortlink",        "image_src", "webmention",
};

// Those of them that a browser needs to show the page.
constexpr std::array<std::string_view, 7> kPartRels = {
    "stylesheet", "icon", "apple-touch-icon", "mask-icon", "preload", "modulepreload", "manifest",
};

bool has_rel(std::string_view rel, std::string_view token) {
  while (!rel.empty()) {
    const std::size_t end = std::min(rel.find(' '), rel.size());
    if (rel.substr(0, end) == token) return true;
    rel.remove_prefix(std::min(end + 1, rel.size()));
  }
  return false;
}

bool is_resource_rel(std::string_view rel) {
  return std::any_of(kResourceRels.begin(), kResourceRels.end(),
                     [&](std::string_view token) { return has_rel(rel, token); });
}

// What the place of a link says of its target; of <link> its rel says it.
enum class Role : std::uint8_t { page, part, by_rel, form, other };

Role role_of(LinkTag tag) {
  switch (tag) {
    case LinkTag::a:
    case LinkTag::area:
    case LinkTag::iframe:
    case LinkTag::frame:
    case LinkTag::meta_refresh:
    case LinkTag::refresh_header:
    case LinkTag::sitemap:
    case LinkTag::feed:
    case LinkTag::svg_a:
      return Role::page;
    case LinkTag::img:
    case LinkTag::source:
    case LinkTag::script:
    case LinkTag::embed:
    case LinkTag::object:
    case LinkTag::video:
    case LinkTag::audio:
    case LinkTag::track:
    case LinkTag::input:
    case LinkTag::css:
      return Role::part;
    case LinkTag::link:
    case LinkTag::link_header:
      return Role::by_rel;
    case LinkTag::form:
      return Role::form;
    case LinkTag::other:
      return Role::other;
  }
  return Role::other;
}

// Whether a link, which is followed, names a part of the page that it stands in.
bool is_part(const model::Link& link) {
  const Role role = role_of(link.tag);
  if (role != Role::by_rel) return role == Role::part;
  return std::any_of(kPartRels.begin(), kPartRels.end(),
                     [&](std::string_view token) { return has_rel(link.rel, token); });
}

bool has_literal_host(const model::Url& url) {
  const std::string_view host = url.hostname();
  return !host.empty() && (host.front() == '[' || (host.front() >= '0' && host.front() <= '9'));
}

class Admission {
 public:
  Admission(const model::Settled& settled, const AdmitRules& rules)
      : settled_(settled), rules_(rules), request_(settled.parsed.fetched.lease.request) {}

  std::vector<Discovered> run() {
    if (settled_.verdict == Verdict::redirected) {
      admit_redirect();
    } else if (const auto* page = std::get_if<model::ParsedPage>(&settled_.parsed.page)) {
      admit_sitemap(page->sitemap);
      if (request_.purpose == Purpose::page) admit_links(*page);
    }
    return std::move(found_);
  }

 private:
  void admit_redirect() {
    const model::Response& response = *settled_.parsed.fetched.response();
    const auto target = request_.url.resolve(response.headers.get("Location"));
    if (!target) return;
    model::Url canonical = rules_.canonicalizer.canonicalize(*target);
    // A redirect that only adds what canonicalization strips must still lead somewhere.
    if (canonical == request_.url) canonical = target->without_fragment();
    if (canonical == request_.url) return;
    add(std::move(canonical), {.depth = request_.depth,
                               .redirects = static_cast<std::uint16_t>(request_.redirects + 1),
                               .hop = 'R',
                               .purpose = request_.purpose});
  }

  void admit_sitemap(const model::Sitemap& sitemap) {
    using model::SitemapKind;
    const bool feed = sitemap.kind == SitemapKind::rss || sitemap.kind == SitemapKind::atom ||
                      sitemap.kind == SitemapKind::json_feed;
    if (feed && !rules_.follow.feeds) return;
    for (const model::SitemapEntry& entry : sitemap.urls) {
      admit_text(entry.loc, {.depth = 1, .hop = 'M', .lastmod = entry.lastmod});
    }
    if (!rules_.follow.sitemaps || request_.depth >= rules_.follow.max_sitemap_depth) return;
    for (const model::SitemapEntry& entry : sitemap.sitemaps) {
      admit_text(entry.loc, {.depth = static_cast<std::uint16_t>(request_.depth + 1),
                             .hop = 'M',
                             .purpose = Purpose::sitemap,
                             .lastmod = entry.lastmod});
    }
  }

  void admit_links(const model::ParsedPage& page) {
    const auto& robots = page.robots;
    if (rules_.follow.obey_meta_robots &&
        std::find(robots.begin(), robots.end(), "nofollow") != robots.end()) {
      return;
    }
    for (const model::Link& link : page.links) {
      if (!is_followed(link, rules_.follow)) continue;
      const bool sitemap = link.tag == LinkTag::link && has_rel(link.rel, "sitemap");
      const bool refresh = link.tag == LinkTag::meta_refresh || link.tag == LinkTag::refresh_header;
      admit_text(link.url, {.depth = static_cast<std::uint16_t>(sitemap ? 1 : request_.depth + 1),
                            .hop = refresh         ? 'R'
                                   : is_part(link) ? 'E'
                                                   : 'L',
                            .purpose = sitemap ? Purpose::sitemap : Purpose::page});
    }
  }

  struct Kind {
    std::uint16_t depth = 0;
    std::uint16_t redirects = 0;
    char hop = 'L';
    Purpose purpose = Purpose::page;
    std::int64_t lastmod = 0;
  };

  static LinkContext context_of(const Kind& kind) {
    return {.depth = kind.depth, .purpose = kind.purpose, .embedded = kind.hop == 'E'};
  }

  void admit_text(std::string_view text, const Kind& kind) {
    // Fragments never reach the books. The date of a sitemap's entry is news even if the entry
    // is not.
    const auto without_fragment = text.substr(0, text.find('#'));
    const LinkContext context = context_of(kind);
    const bool recent = rules_.recent.seen(without_fragment, request_.site, context);
    if (recent && kind.lastmod == 0) return;
    const auto url = model::Url::parse(text);
    if (!url || url->scheme_kind() == model::Scheme::other) return;
    add(rules_.canonicalizer.canonicalize(*url), kind);
  }

  void add(model::Url url, const Kind& kind) {
    if (url == request_.url) return;
    const auto [place, is_new] = places_.try_emplace(url.href(), found_.size());
    // What no link may lead to may be a part of the page all the same.
    if (!is_new && (kind.hop != 'E' || found_[place->second].state == Verdict::queued)) return;
    Judgement judgement;
    if (has_literal_host(url) && rules_.forbidden_address(url)) {
      judgement = {Verdict::blocked, "blocked_address"};
    } else {
      judgement = rules_.scope.judge(url, context_of(kind), rules_.this_year);
    }
    Discovered found{.url = std::move(url),
                     .state = judgement.verdict,
                     .reason = std::move(judgement.reason),
                     .purpose = kind.purpose,
                     .depth = kind.depth,
                     .redirects = kind.redirects,
                     .hop = kind.hop,
                     .lastmod = kind.lastmod};
    if (is_new)
      found_.push_back(std::move(found));
    else
      found_[place->second] = std::move(found);
  }

  const model::Settled& settled_;
  const AdmitRules& rules_;
  const model::Request& request_;
  std::unordered_map<std::string, std::size_t> places_;  // in found_, by href
  std::vector<Discovered> found_;
};

}  // namespace

bool is_followed(const model::Link& link, const FollowPolicy& follow) {
  if (link.nofollow && !follow.nofollow_links) return false;
  switch (role_of(link.tag)) {
    case Role::page:
      return true;
    case Role::by_rel:
      if (has_rel(link.rel, "sitemap")) return follow.sitemaps;
      return follow.requisites || !is_resource_rel(link.rel);
    case Role::form:
      return follow.forms;
    case Role::part:
    case Role::other:
      return follow.requisites;
  }
  return false;
}

std::vector<Discovered> admit(const model::Settled& settled, const AdmitRules& rules) {
  return Admission(settled, rules).run();
}

}  // namespace crawld::policy
