#include "parsers/worker/converting_parser.h"

#include <algorithm>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/bytes/media_type.h"

namespace crawld::parsers {
namespace {

using model::DocumentKind;
using model::ParsedPage;
using model::ParseFailure;
using model::ParseFailureKind;
using model::ParseOutcome;
using std::chrono::steady_clock;

bool is_coded(const ParseHeaders& headers) {
  const std::string_view coding = base::trim(headers.content_encoding);
  return !coding.empty() && !base::equals_ignoring_case(coding, "identity");
}

bool says_nothing(std::string_view essence) {
  return essence.empty() || essence == "application/octet-stream";
}

// Markup is read by readers of our own, whatever a type such as text/* takes in.
bool is_foreign(DocumentKind kind) {
  return kind == DocumentKind::binary || kind == DocumentKind::text;
}

// A deadline that is never stays never.
steady_clock::time_point after(steady_clock::duration time) {
  const auto now = steady_clock::now();
  const auto never = steady_clock::time_point::max();
  return time > never - now ? never : now + time;
}

// mimesniff 3, "binary data byte". Programs print some, of fonts that name no characters; text
// with one would be taken for binary.
bool is_binary_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\f' && byte != '\r' &&
         byte != 0x1B;
}

bool is_markup(std::string_view print) {
  if (print.starts_with("\xEF\xBB\xBF")) print.remove_prefix(3);
  print = base::trim(print);
  if (print.size() < 2 || print.front() != '<') return false;
  const char c = print[1];
  return c == '!' || c == '?' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One page of two: see the head of the header.
ParsedPage merged(ParsedPage document, ParsedPage print) {
  print.kind = document.kind;
  print.base = std::move(document.base);
  print.charset = std::move(document.charset);
  print.charset_source = std::move(document.charset_source);
  print.content_hash = std::move(document.content_hash);
  print.body_size = document.body_size;
  print.body = std::move(document.body);
  print.packed_body = std::move(document.packed_body);
  print.kept_as_sent = document.kept_as_sent;
  print.refresh = std::move(document.refresh);
  print.sitemap = std::move(document.sitemap);
  if (print.lang.empty()) print.lang = std::move(document.lang);
  if (!document.canonical.empty()) print.canonical = std::move(document.canonical);
  for (std::string& directive : document.robots) {
    const bool known =
        std::find(print.robots.begin(), print.robots.end(), directive) != print.robots.end();
    if (!known) print.robots.push_back(std::move(directive));
  }
  for (const model::Link& link : document.links) print.add_link(link);
  print.links_truncated |= document.links_truncated;
  return print;
}

// The same body, decoded, and nothing read of it.
ParseJob body_job(const ParseJob& job) {
  ParseJob body = job;
  body.wants = {.reading = false, .packed_body = false, .raw_body = true};
  body.rule_set = 0;
  body.known_hash.clear();
  body.fresh_worker = false;
  return body;
}

std::string failure_text(const ParseFailure& failure) {
  std::string text(to_string(failure.kind));
  if (!failure.detail.empty()) text += ": " + failure.detail;
  return text;
}

}  // namespace

ConvertingParser::ConvertingParser(std::unique_ptr<Parser> reader,
                                   std::unique_ptr<Converter> converter,
                                   std::vector<Conversion> conversions)
    : reader_(std::move(reader)),
      converter_(std::move(converter)),
      conversions_(std::move(conversions)) {}

ParseOutcome ConvertingParser::parse(const ParseJob& job, Instant deadline) {
  const ParseJob* const next = std::exchange(announced_, nullptr);
  if (!may_convert(job)) {
    reader_->announce(next);
    return reader_->parse(job, deadline);
  }
  // Nothing is announced: another question comes in between.
  const auto patience = deadline - steady_clock::now();
  ParseOutcome outcome = reader_->parse(job, deadline);
  auto* document = std::get_if<ParsedPage>(&outcome);
  if (document == nullptr || document->unchanged || !is_foreign(document->kind)) return outcome;
  return convert(job, std::move(*document), patience);
}

// A coded body cannot be looked into here: where its label says nothing it may be a PDF.
bool ConvertingParser::may_convert(const ParseJob& job) const {
  if (job.purpose != model::Purpose::page || !job.wants.reading) return false;
  const bool coded = is_coded(job.headers);
  const std::string_view known = coded ? std::string_view() : job.body;
  if (find_conversion(conversions_, job.headers.content_type, known) != nullptr) return true;
  return coded && says_nothing(parse_content_type(job.headers.content_type).essence) &&
         find_conversion(conversions_, "application/pdf", {}) != nullptr;
}

ParseOutcome ConvertingParser::convert(const ParseJob& job, ParsedPage document,
                                       steady_clock::duration patience) {
  std::string decoded;
  std::string_view body = job.body;
  if (is_coded(job.headers)) {
    ParseOutcome outcome = reader_->parse(body_job(job), after(patience));
    if (auto* failure = std::get_if<ParseFailure>(&outcome)) {
      if (failure->kind == ParseFailureKind::no_worker) return outcome;
      document.convert_error = "no converter got the body: " + failure_text(*failure);
      return document;
    }
    decoded = std::move(std::get<ParsedPage>(outcome).body);
    if (decoded.size() != document.body_size) {
      document.convert_error = "no converter got the body: it is too large";
      return document;
    }
    body = decoded;
  }
  const Conversion* conversion = find_conversion(conversions_, job.headers.content_type, body);
  if (conversion == nullptr) return document;
  auto print = converter_->convert(conversion->command, body, job.max_decoded_size);
  if (!print && print.error().code == base::Error::Code::busy) {
    return ParseFailure{ParseFailureKind::no_worker, print.error().message};
  }
  if (!print) {
    document.convert_error = std::move(print).error().message;
    return document;
  }
  return read_print(job, *conversion, *std::move(print), std::move(document), after(patience));
}

// The headers spoke already; but the language of a print that names none is theirs.
ParseOutcome ConvertingParser::read_print(const ParseJob& job, const Conversion& conversion,
                                          std::string print, ParsedPage document,
                                          Instant deadline) {
  std::replace_if(print.begin(), print.end(), is_binary_byte, ' ');
  ParseJob reading = job;
  reading.headers = {
      .content_type = is_markup(print) ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
      .content_language = job.headers.content_language};
  reading.body = print;
  reading.truncated = false;
  reading.wants.packed_body = false;
  reading.wants.raw_body = false;
  reading.known_hash.clear();
  reading.fresh_worker = false;
  ParseOutcome outcome = reader_->parse(reading, deadline);
  if (auto* page = std::get_if<ParsedPage>(&outcome)) {
    return merged(std::move(document), std::move(*page));
  }
  const auto* failure = std::get_if<ParseFailure>(&outcome);
  if (failure == nullptr) return document;
  if (failure->kind == ParseFailureKind::no_worker) return outcome;
  document.convert_error =
      "what " + conversion.command.front() + " printed cannot be read: " + failure_text(*failure);
  return document;
}

}  // namespace crawld::parsers
