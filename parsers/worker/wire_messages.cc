// What each message holds, field by field, for both directions.

#include <type_traits>

#include "parsers/bytes/pack.h"
#include "parsers/worker/wire.h"
#include "parsers/worker/wire_fields.h"
#include "parsers/worker/wire_json.h"
#include "parsers/worker/wire_limits.h"

namespace crawld::parsers {
namespace {

// T is `Is`, const when it is being written.
template <class T, class Is>
concept Of = std::same_as<std::remove_const_t<T>, Is>;

constexpr std::size_t kAnyLength = kMaxJobFrame;
constexpr std::size_t kAnyCount = 1'000'000;
constexpr int kMaxRuleDepth = 32;
constexpr std::size_t kSmallestUrlPlace = 30;  // bytes of numbers

// --- config and hello ------------------------------------------------------------------------

template <class Archive, Of<FieldRule> Field>
void walk(Archive& a, Field& field, int depth) {
  for (auto* text : {&field.name, &field.source, &field.regex, &field.attribute,
                     &field.default_value, &field.join, &field.locale}) {
    a.text(*text, kAnyLength);
  }
  a.enumerator(field.type, ValueType::price);
  for (auto* flag : {&field.list, &field.html, &field.required, &field.has_default, &field.has_join,
                     &field.trim, &field.lower}) {
    a.flag(*flag);
  }
  a.list(field.replace, kAnyCount, 8, [](Archive& b, auto& pair) {
    b.text(pair.first, kAnyLength);
    b.text(pair.second, kAnyLength);
  });
  if constexpr (Archive::kReading) {
    if (depth == kMaxRuleDepth) return a.fail("rules are nested too deep");
  }
  a.list(field.fields, kAnyCount, 44,
         [depth](Archive& b, auto& inner) { walk(b, inner, depth + 1); });
}

template <class Archive, Of<RuleSet> Set>
void walk(Archive& a, Set& set) {
  a.list(set.rules, kAnyCount, 16, [](Archive& b, auto& rule) {
    b.text(rule.name, kAnyLength);
    b.text(rule.match, kAnyLength);
    b.text(rule.each, kAnyLength);
    b.list(rule.fields, kAnyCount, 44, [](Archive& c, auto& field) { walk(c, field, 1); });
  });
}

template <class Archive, Of<WorkerSetup> Setup>
void walk(Archive& a, Setup& setup) {
  a.flag(setup.sandbox);
  a.number(setup.memory);
  a.number(setup.cpu_seconds);
  a.list(setup.rule_sets, kAnyCount, 4, [](Archive& b, auto& set) { walk(b, set); });
}

template <class Archive, Of<WorkerHello> Hello>
void walk(Archive& a, Hello& hello) {
  a.text(hello.build_id, kMaxShortText);
  a.number(hello.defences);
  a.text(hello.error, kMaxShortText);
}

// --- job -------------------------------------------------------------------------------------

template <class Archive, Of<ParseJob> Job>
void walk(Archive& a, Job& job) {
  a.text(job.url, kAnyLength);
  a.enumerator(job.purpose, model::Purpose::login_answer);
  for (auto* header :
       {&job.headers.content_type, &job.headers.content_encoding, &job.headers.content_language,
        &job.headers.link, &job.headers.refresh, &job.headers.x_robots_tag,
        &job.headers.tdm_reservation, &job.headers.content_signal}) {
    a.text(*header, kAnyLength);
  }
  a.flag(job.truncated);
  for (auto* want :
       {&job.wants.main_text, &job.wants.markdown, &job.wants.structured, &job.wants.reading,
        &job.wants.packed_body, &job.wants.repack, &job.wants.raw_body, &job.wants.css_urls,
        &job.wants.form_links, &job.wants.always_tree, &job.wants.url_places}) {
    a.flag(*want);
  }
  a.number(job.rule_set);
  a.number(job.max_decoded_size);
  a.number(job.max_links);
  a.text(job.robots_agent, kAnyLength);
  a.text(job.known_hash, kMaxShortText);
  a.text(job.form, kAnyLength);
  a.text(job.marker, kAnyLength);
  std::uint64_t dictionary = job.dictionary ? job.dictionary->id : 0;
  a.number(dictionary);
  if constexpr (Archive::kReading) {
    if (dictionary != 0) {
      job.dictionary = std::make_shared<const model::BodyDictionary>(
          model::BodyDictionary{.id = dictionary, .bytes = {}});
    }
  }
  a.bytes(job.body);
}

template <class Archive, Of<TaughtDictionary> Dictionary>
void walk(Archive& a, Dictionary& dictionary) {
  a.number(dictionary.slot);
  a.number(dictionary.id);
  a.bytes(dictionary.bytes);
  if constexpr (Archive::kReading) {
    if (dictionary.slot >= Packer::kMostDictionaries) a.fail("there is no such slot");
  }
}

// --- replies ---------------------------------------------------------------------------------

template <class Archive, class Text>
void json(Archive& a, Text& text, JsonShape shape) {
  a.text(text, kMaxJson);
  if constexpr (Archive::kReading) {
    if (a.ok() && !is_one_line_json(text, shape)) a.fail("JSON is broken");
  }
}

template <class Archive, Of<model::Link> Link>
void walk(Archive& a, Link& link) {
  a.text(link.url, kMaxLinkBytes);
  a.text(link.text, kMaxLinkBytes);
  a.text(link.rel, kMaxLinkBytes);
  a.enumerator(link.tag, model::LinkTag::other);
  a.flag(link.nofollow);
}

template <class Archive, Of<model::SitemapEntry> Entry>
void walk(Archive& a, Entry& entry) {
  a.text(entry.loc, kMaxSitemapBytes);
  a.number(entry.lastmod);
  a.text(entry.lastmod_text, kMaxSitemapBytes);
  a.text(entry.changefreq, kMaxSitemapBytes);
  a.number(entry.priority);
  a.text(entry.title, kMaxSitemapBytes);
  if constexpr (Archive::kReading) {
    if (!(entry.priority >= -1 && entry.priority <= 1)) a.fail("priority out of range");
  }
}

template <class Archive, Of<model::Sitemap> Sitemap>
void walk(Archive& a, Sitemap& sitemap) {
  const auto each = [](Archive& b, auto& entry) { walk(b, entry); };
  a.enumerator(sitemap.kind, model::SitemapKind::json_feed);
  a.list(sitemap.urls, kMaxSitemapEntries, 28, each);
  a.list(sitemap.sitemaps, kMaxSitemapEntries, 28, each);
  a.text(sitemap.error, kMaxShortText);
}

template <class Archive, Of<model::UrlPlace> Place>
void walk(Archive& a, Place& place, int depth) {
  a.number(place.offset);
  a.number(place.length);
  a.enumerator(place.syntax, model::UrlPlace::Syntax::plain);
  a.flag(place.css);
  a.list(place.pieces, kMaxUrlPieces, 10, [](Archive& b, auto& piece) {
    b.text(piece.text, kMaxText);
    b.text(piece.url, kMaxShortText);
    b.flag(piece.was_absolute);
    b.flag(piece.stays);
  });
  a.text(place.document, kMaxText);
  if constexpr (Archive::kReading) {
    if (depth > model::kMaxSrcdocDepth) return a.fail("documents are nested too deep");
  }
  a.list(place.within, kMaxUrlPieces, kSmallestUrlPlace,
         [depth](Archive& b, auto& inner) { walk(b, inner, depth + 1); });
}

std::size_t bytes_of_links(const model::ParsedPage& page) {
  std::size_t bytes = 0;
  for (const model::Link& link : page.links) {
    bytes += link.url.size() + link.text.size() + link.rel.size();
  }
  return bytes;
}

template <class Archive, Of<model::Form> Form>
void walk(Archive& a, Form& form) {
  a.flag(form.found);
  for (auto* text : {&form.action, &form.method, &form.enctype, &form.charset}) {
    a.text(*text, kMaxShortText);
  }
  a.list(form.fields, kMaxFormFields, 9, [](Archive& b, auto& field) {
    b.text(field.name, kMaxFormBytes);
    b.text(field.value, kMaxFormBytes);
    b.flag(field.sent);
  });
}

template <class Archive, Of<model::ParsedPage> Page>
void walk_lists(Archive& a, Page& page) {
  const auto text = [](Archive& b, auto& value) { b.text(value, kMaxShortText); };
  a.list(page.robots, kMaxRobots, 4, text);
  a.shared_texts(page.texts, bytes_of_links(page), [&page](Archive& b) {
    b.list(page.links, kMaxLinks, 14, [](Archive& c, auto& link) { walk(c, link); });
  });
  a.list(page.headings, kMaxHeadings, 8, [](Archive& b, auto& heading) {
    b.number(heading.level);
    b.text(heading.text, kMaxText);
    if constexpr (Archive::kReading) {
      if (heading.level < 1 || heading.level > 6) b.fail("heading level out of range");
    }
  });
  a.list(page.meta, kMaxMeta, 8, [](Archive& b, auto& meta) {
    b.text(meta.first, kMaxText);
    b.text(meta.second, kMaxText);
  });
  a.list(page.feeds, kMaxFeeds, 12, [](Archive& b, auto& feed) {
    b.text(feed.url, kMaxText);
    b.text(feed.type, kMaxText);
    b.text(feed.title, kMaxText);
  });
  a.list(page.records, kMaxRecords, 12, [](Archive& b, auto& record) {
    b.text(record.rule, kMaxShortText);
    json(b, record.fields_json, JsonShape::object);
    json(b, record.errors_json, JsonShape::object);
  });
}

bool is_content_hash(std::string_view hash) {
  return (hash.empty() || hash.size() == 32) &&
         hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

template <class Archive, Of<model::ParsedPage> Page>
void walk(Archive& a, Page& page) {
  a.enumerator(page.kind, model::DocumentKind::empty);
  for (auto* text : {&page.base, &page.charset, &page.charset_source, &page.lang, &page.title,
                     &page.description, &page.canonical, &page.refresh, &page.author, &page.date}) {
    a.text(*text, kMaxShortText);
  }
  for (auto* text : {&page.text, &page.main_text, &page.markdown}) a.text(*text, kMaxText);
  json(a, page.jsonld, JsonShape::array);
  json(a, page.microdata, JsonShape::array);
  json(a, page.opengraph, JsonShape::object);
  json(a, page.structured_other, JsonShape::object);
  walk_lists(a, page);
  walk(a, page.sitemap);
  a.list(page.url_places, kMaxUrlPieces, kSmallestUrlPlace,
         [](Archive& b, auto& place) { walk(b, place, 0); });
  a.text(page.content_hash, kMaxShortText);
  a.number(page.simhash);
  a.number(page.body_size);
  for (auto* flag :
       {&page.links_truncated, &page.used_tree, &page.over_limits, &page.unchanged,
        &page.asks_password, &page.marked, &page.packed_with_dictionary, &page.kept_as_sent}) {
    a.flag(*flag);
  }
  walk(a, page.form);
  a.bytes(page.body);
  a.bytes(page.packed_body.bytes);
  if constexpr (Archive::kReading) {
    if (!is_content_hash(page.content_hash)) a.fail("content hash is none");
  }
}

template <class Archive, Of<model::ParseFailure> Failure>
void walk(Archive& a, Failure& failure) {
  a.enumerator(failure.kind, model::ParseFailureKind::bad_reply);
  a.text(failure.detail, kMaxShortText);
}

template <class Message>
std::optional<Message> decode(std::string_view payload, FieldReader::Text rule) {
  std::optional<Message> message(std::in_place);
  FieldReader reader(payload, rule);
  walk(reader, *message);
  if (!reader.finished()) message.reset();
  return message;
}

template <class Outcome>
std::optional<WorkerReply> decode_outcome(std::string_view payload, std::string& why) {
  std::optional<WorkerReply> reply(std::in_place);
  FieldReader reader(payload, FieldReader::Text::utf8);
  reader.number(reply->heap);
  walk(reader, reply->outcome.emplace<Outcome>());
  if (!reader.finished()) {
    why = reader.why();
    reply.reset();
  }
  return reply;
}

}  // namespace

void encode_setup(const WorkerSetup& setup, std::string& out) {
  FieldWriter writer(out);
  walk(writer, setup);
  writer.finish(FrameType::config, 0);
}

void encode_hello(const WorkerHello& hello, std::string& out) {
  FieldWriter writer(out);
  walk(writer, hello);
  writer.finish(FrameType::hello, 0);
}

void encode_job(const ParseJob& job, std::uint32_t sequence, std::string& out) {
  FieldWriter writer(out);
  walk(writer, job);
  writer.finish_before_bytes(FrameType::job, sequence);
}

void encode_dictionary(const TaughtDictionary& dictionary, std::string& out) {
  FieldWriter writer(out);
  walk(writer, dictionary);
  writer.finish(FrameType::dictionary, 0);
}

void encode_reply(const WorkerReply& reply, std::uint32_t sequence, std::string& out) {
  FieldWriter writer(out);
  writer.number(reply.heap);
  if (const auto* page = std::get_if<model::ParsedPage>(&reply.outcome)) {
    walk(writer, *page);
    writer.finish(FrameType::page, sequence);
    return;
  }
  walk(writer, std::get<model::ParseFailure>(reply.outcome));
  writer.finish(FrameType::failure, sequence);
}

std::optional<WorkerSetup> decode_setup(std::string_view payload) {
  return decode<WorkerSetup>(payload, FieldReader::Text::any_bytes);
}

std::optional<WorkerHello> decode_hello(std::string_view payload) {
  return decode<WorkerHello>(payload, FieldReader::Text::utf8);
}

// Header values come from the web, so a job's text may be any bytes.
std::optional<ParseJob> decode_job(std::string_view payload) {
  return decode<ParseJob>(payload, FieldReader::Text::any_bytes);
}

std::optional<TaughtDictionary> decode_dictionary(std::string_view payload) {
  return decode<TaughtDictionary>(payload, FieldReader::Text::any_bytes);
}

std::optional<WorkerReply> decode_reply(FrameType type, std::string_view payload,
                                        std::string& why) {
  switch (type) {
    case FrameType::page:
      return decode_outcome<model::ParsedPage>(payload, why);
    case FrameType::failure:
      return decode_outcome<model::ParseFailure>(payload, why);
    case FrameType::config:
    case FrameType::hello:
    case FrameType::job:
    case FrameType::dictionary:
      break;
  }
  why = "frame of another kind";
  return std::nullopt;
}

}  // namespace crawld::parsers
