// The inside of one block as Markdown: emphasis, links, images, code spans.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html/document_base.h"
#include "parsers/main_text/main_text_outline.h"
#include "parsers/main_text/markdown_emphasis.h"

namespace crawld::parsers {

enum class LineBreaks : std::uint8_t { hard, space };  // of <br>: "\\\n", or " " in table cells

class InlineMarkdown {
 public:
  // Both outlive it.
  InlineMarkdown(const PageOutline& page, const DocumentBase& base) : page_(page), base_(base) {}

  // One paragraph's worth, without a final line end. Where the destinations of a page come to
  // 8 MiB, links leave their text and images go: a base can make kilobytes of each "x".
  std::string render(const Block& block, LineBreaks breaks);

 private:
  enum class Style : std::uint8_t { plain, code, emphasis, strong, strong_emphasis };
  // Neighbours differ in link or style.
  struct Run {
    std::uint32_t link = kNoElement;            // one that leads somewhere
    std::shared_ptr<const std::string> target;  // of it, and of its other runs
    Style style = Style::plain;
    std::string text;  // escaped unless code
  };
  std::vector<Run> runs_of(const Block& block, LineBreaks breaks);
  static void append_run(const Run& run, Neighbours around, std::string& out);
  static std::int32_t after(const std::vector<Run>& runs, std::size_t run);
  std::string image(const GumboNode* node);
  std::string link_target(std::uint32_t link);
  std::string absolute(std::string_view reference);

  const PageOutline& page_;
  const DocumentBase& base_;
  std::size_t destinations_ = 0;  // bytes
};

}  // namespace crawld::parsers
