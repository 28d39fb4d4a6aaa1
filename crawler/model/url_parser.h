// The basic URL parser (URL standard 4.4).
//
// Works on whole parts instead of single code points: the fragment and the query
// are cut off first, which no earlier state can object to, because "#" and "?" end
// every one of them. Writes straight into the string that becomes href().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::model {

class UrlParser {
 public:
  // Needs: `base`, where given, and `encoding` outlive the parser.
  UrlParser(const Url* base, std::string_view encoding) : base_(base), encoding_(encoding) {}

  // Nothing when `input` is no valid URL. Call once. Linear in the input.
  std::optional<Url> run(std::string_view input);

 private:
  // The special schemes, and all the others.
  enum class Kind : std::uint8_t { http, https, ws, wss, ftp, file, non_special };

  static Kind kind_of(std::string_view scheme);
  static std::uint16_t default_port(Kind kind);
  static bool has_authority(const Url& url);
  static bool has_opaque_path(const Url& url);
  static std::optional<Url> copy_canonical(std::string_view input);

  bool special() const { return kind_ != Kind::non_special; }
  bool is_slash(char c) const { return c == '/' || (c == '\\' && special()); }
  std::size_t leading_slashes(std::string_view text) const;

  bool parse_parts(std::string_view input);
  bool parse_with_scheme(std::string_view scheme, std::string_view rest);
  bool parse_without_scheme(std::string_view rest);
  bool parse_relative(std::string_view rest);
  bool parse_file(std::string_view rest);
  bool parse_file_host(std::string_view rest);
  bool parse_authority(std::string_view rest);
  bool parse_host_and_port(std::string_view text);
  bool parse_port(std::string_view digits);
  void append_credentials(std::string_view text);

  void set_scheme(std::string_view scheme);
  void copy_scheme_and_authority();
  void copy_path();
  void copy_query();
  void begin_path();
  void append_path(std::string_view path);
  void append_segments(std::string_view path);
  void append_segment(std::string_view segment);
  void append_opaque_path(std::string_view path);
  void shorten_path();
  std::string_view path_so_far() const;
  void finish_path();

  const Url* base_;
  std::string_view encoding_;
  Url url_;
  Kind kind_ = Kind::non_special;
  bool authority_ = false;
  bool has_query_ = false;     // of the input
  bool has_fragment_ = false;  // of the input
};

}  // namespace crawld::model
