#include "crawler/cli/extract_crew.h"

#include <chrono>

#include "crawler/cli/flags/database_option.h"
#include "storage/bodies/body_reader.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kStack = 512U << 10;
constexpr std::size_t kMostWaiting = 32U << 20;  // bytes of answers

storage::PageReading reading_of(const ExtractCrew::Job& job, model::ParsedPage& page) {
  storage::PageReading reading{.page_id = job.page.id};
  const parsers::ParseWants& wants = job.rules->wants;
  if (job.rules->config.store_text) {
    if (wants.main_text) {
      reading.main_text = std::move(page.main_text);
      reading.author = std::move(page.author);
      reading.date = std::move(page.date);
      reading.simhash = page.simhash;
    }
    if (wants.markdown) reading.markdown = std::move(page.markdown);
  }
  if (wants.structured) {
    reading.jsonld = std::move(page.jsonld);
    reading.microdata = std::move(page.microdata);
    reading.opengraph = std::move(page.opengraph);
    reading.structured = std::move(page.structured_other);
  }
  return reading;
}

}  // namespace

class ExtractCrew::Worker {
 public:
  Worker(daemon::Rooms& rooms, std::unique_ptr<storage::Database> reader)
      : options_(rooms.parse_options()),
        parser_(rooms.make_reader().parser),
        reader_(std::move(reader)),
        bodies_(*reader_) {}

  Outcome extract(Job job) {
    auto stored = bodies_.of_page(job.page.id);
    if (!stored) return std::move(stored).error();
    // What a server packed is unpacked where it is read, in the sandbox.
    model::PackedBody& packed = stored->packed;
    const bool as_sent = packed.codec == model::BodyCodec::gzip;
    const auto body = as_sent ? std::optional(std::move(packed.bytes))
                              : model::unpack(packed, options_.max_decoded_size);
    if (!body) return Answer{.job = std::move(job), .end = End::bodiless};
    model::ParseOutcome outcome = parse(job, stored->headers, *body, as_sent ? "gzip" : "");
    const auto* failure = std::get_if<model::ParseFailure>(&outcome);
    if (failure != nullptr && failure->kind == model::ParseFailureKind::no_worker) {
      return base::Error{base::Error::Code::io, failure->detail};
    }
    auto* parsed = std::get_if<model::ParsedPage>(&outcome);
    if (parsed == nullptr) return Answer{.job = std::move(job), .end = End::unread};
    Answer answer{.job = std::move(job), .records = std::move(parsed->records)};
    if (answer.job.as_document) {
      answer.document = {.page_id = answer.job.page.id,
                         .url = answer.job.page.url,
                         .parsed = std::move(*parsed),
                         .store_text = answer.job.rules->config.store_text};
    } else {
      answer.reading = reading_of(answer.job, *parsed);
    }
    return answer;
  }

 private:
  // All but the content coding is as when it was fetched.
  model::ParseOutcome parse(const Job& job, const model::Headers& headers, const std::string& body,
                            std::string_view coding) {
    const std::string content_type = headers.joined("Content-Type");
    parsers::ParseJob parse_job{
        .url = job.page.url,
        .headers = {.content_type = content_type,
                    .content_encoding = std::string(coding),
                    .content_language = std::string(headers.get("Content-Language")),
                    .link = headers.joined("Link")},
        .body = body,
        .truncated = job.page.truncated,
        .wants = job.rules->wants,
        .rule_set = job.rules->rule_set,
        .max_decoded_size = options_.max_decoded_size,
        .robots_agent = options_.robots_agent};
    parse_job.wants.packed_body = false;
    return parser_->parse(parse_job, std::chrono::steady_clock::now() + options_.timeout);
  }

  const pipeline::ParseStage::Options options_;
  const std::unique_ptr<parsers::Parser> parser_;
  const std::unique_ptr<storage::Database> reader_;
  storage::BodyReader bodies_;
};

std::size_t ExtractCrew::Answer::bytes() const {
  std::size_t bytes = 0;
  for (const model::Record& record : records) {
    bytes += record.fields_json.size() + record.errors_json.size();
  }
  for (const std::string* text :
       {&reading.main_text, &reading.markdown, &reading.jsonld, &reading.microdata,
        &reading.opengraph, &reading.structured, &document.parsed.text, &document.parsed.main_text,
        &document.parsed.markdown}) {
    bytes += text->size();
  }
  bytes += document.parsed.links.size() * sizeof(model::Link);
  return bytes;
}

// Jobs are as many as the caller gives before it takes.
ExtractCrew::ExtractCrew() : jobs_({SIZE_MAX, SIZE_MAX}), answers_({SIZE_MAX, kMostWaiting}) {}

base::Result<std::unique_ptr<ExtractCrew>> ExtractCrew::start(daemon::Rooms& rooms,
                                                              const std::string& database) {
  std::unique_ptr<ExtractCrew> crew(new ExtractCrew());
  for (std::uint32_t i = 0; i < daemon::worker_count(rooms.config()); ++i) {
    auto reader = open_database(database);
    if (!reader) return std::move(reader).error();
    crew->workers_.push_back(std::make_unique<Worker>(rooms, *std::move(reader)));
    // A worker process dies with the thread that started it, so the thread stays.
    auto thread = base::Thread::start("extract-" + std::to_string(i), kStack,
                                      [&crew = *crew, &worker = *crew->workers_.back()] {
                                        while (auto job = crew.jobs_.pop()) {
                                          Outcome outcome = worker.extract(*std::move(job));
                                          const std::size_t bytes = outcome ? outcome->bytes() : 0;
                                          crew.answers_.push(std::move(outcome), bytes);
                                        }
                                      });
    if (!thread) return std::move(thread).error();
    crew->threads_.push_back(*std::move(thread));
  }
  return crew;
}

ExtractCrew::~ExtractCrew() {
  jobs_.close();
  answers_.close();
  while (jobs_.pop()) {
  }
  for (base::Thread& thread : threads_) thread.join();
}

void ExtractCrew::give(Job job) { jobs_.push(std::move(job), 1); }

base::Result<ExtractCrew::Answer> ExtractCrew::take() { return *answers_.pop(); }

}  // namespace crawld::cli
