// The inside of one block as Markdown: emphasis, links, images, code spans.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/model/url.h"
#include "parsers/main_text_outline.h"

namespace crawld::parsers {

enum class LineBreaks : std::uint8_t { hard, space };  // of <br>: "\\\n", or " " in table cells

class InlineMarkdown {
 public:
  InlineMarkdown(const PageOutline& page, std::string_view base)
      : page_(page), base_(model::Url::parse(base)) {}

  // One paragraph's worth, without a final line end.
  std::string render(const Block& block, LineBreaks breaks) const;

 private:
  struct Run {
    std::uint32_t link = kNoElement;
    bool strong = false;
    bool emphasis = false;
    bool code = false;
    std::string text;  // escaped unless code
    bool same_style(const Run& other) const {
      return strong == other.strong && emphasis == other.emphasis && code == other.code;
    }
  };
  std::vector<Run> runs_of(const Block& block, LineBreaks breaks) const;
  std::string image(const GumboNode* node) const;
  std::string absolute(std::string_view reference) const;

  const PageOutline& page_;
  std::optional<model::Url> base_;
};

}  // namespace crawld::parsers
