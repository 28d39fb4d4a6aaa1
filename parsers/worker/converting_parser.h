// Parser that reads documents through the programs of the system, and all else as another one.
//
// The other parser is asked first: for the hash, the packed body, and what the headers say. Where
// it finds a document that no reader of ours knows (binary, or a text that is no markup) and a
// program is named for its type, the program gets the decoded body, and what it prints is given
// to the other parser as a page of its own, so that nothing of it is read outside of the
// sandbox. The answer is one page: kind, charset, hash, size and body are the document's; title,
// text, language, meta, headings, structured data and records are those of the print; links and
// robots directives of both.
//
// The type is the Content-Type's; "%PDF-" at the start is a PDF, whatever the label says. A
// program that fails loses nothing: the page is what it would be without, and convert_error
// says why.
//
// A page whose type nobody is named for costs a look at its Content-Type.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/parser.h"
#include "parsers/worker/converter.h"

namespace crawld::parsers {

class ConvertingParser final : public Parser {
 public:
  ConvertingParser(std::unique_ptr<Parser> reader, std::unique_ptr<Converter> converter,
                   std::vector<Conversion> conversions);

  // Where a document is converted: may take a deadline for each of up to three questions to the
  // other parser, and what the converter is allowed. Interrupted, it answers `no_worker`: the
  // page is to be read again.
  model::ParseOutcome parse(const ParseJob& job,
                            std::chrono::steady_clock::time_point deadline) override;
  void announce(const ParseJob* job) override { announced_ = job; }
  void cut_short() override { converter_->interrupt(); }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  using Outcome = model::ParseOutcome;

  bool may_convert(const ParseJob& job) const;
  Outcome convert(const ParseJob& job, model::ParsedPage document,
                  std::chrono::steady_clock::duration patience);
  Outcome read_print(const ParseJob& job, const Conversion& conversion, std::string print,
                     model::ParsedPage document, Instant deadline);

  const std::unique_ptr<Parser> reader_;
  const std::unique_ptr<Converter> converter_;
  const std::vector<Conversion> conversions_;
  const ParseJob* announced_ = nullptr;
};

}  // namespace crawld::parsers
