// One event, one line: event name, then key=value, most useful first.
//
//   log::info("run.start", {{"db", path}, {"sites", 3}});
//
// error: a person must act. warn: the daemon coped. info: milestones and the
// minute line. debug: one line per URL. Never bodies, cookies, passwords.
// Values from the web are escaped, so no control character reaches a terminal.
// Threads: any. Backed by spdlog; only log.cc includes it.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace crawld::base::log {

enum class Level : std::uint8_t { debug, info, warn, error, off };
enum class Format : std::uint8_t { text, json, journald };

struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <std::integral N>
  Field(std::string_view k, N v) : key(k), value(std::to_string(v)) {}
};
using Fields = std::initializer_list<Field>;

// Call once, before threads start. Lines go to stderr.
void open(Level level, Format format);
void set_level(Level level);
bool enabled(Level level);

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace crawld::base::log
