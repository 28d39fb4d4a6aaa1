#include "crawler/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

#include "crawler/base/escape.h"

namespace crawld::base::log {
namespace {

std::atomic<Level> current_level{Level::warn};
std::atomic<Format> current_format{Format::text};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("crawld",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::trace);
    // A full or closed stderr must not harm the crawl.
    made->set_error_handler([](const std::string&) {});
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
    case Level::off:
      return "off";
  }
  return "off";
}

// sd-daemon(3): "<N>" in front of a line gives journald its priority.
std::string_view journal_prefix(Level level) {
  switch (level) {
    case Level::debug:
      return "<7>";
    case Level::info:
      return "<6>";
    case Level::warn:
      return "<4>";
    case Level::error:
      return "<3>";
    case Level::off:
      return "";
  }
  return "";
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=") != std::string_view::npos;
}

std::string text_line(std::string_view event, Fields fields) {
  std::string line(event);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += needs_quotes(field.value) ? json_string(field.value) : printable(field.value);
  }
  return line;
}

// The members of an object; the pattern puts the time before them.
std::string json_line(Level level, std::string_view event, Fields fields) {
  std::string line = "\"level\":\"";
  line += level_name(level);
  line += "\",\"event\":" + json_string(event);
  for (const Field& field : fields) {
    line += "," + json_string(field.key) + ":" + json_string(field.value);
  }
  return line;
}

}  // namespace

void open(Level level, Format format) {
  current_level = level;
  current_format = format;
  switch (format) {
    case Format::text:
      // As all times that are stored and shown: a local one says twice a year two things.
      logger().set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
      return;
    case Format::json:
      logger().set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})",
                           spdlog::pattern_time_type::utc);
      return;
    case Format::journald:
      logger().set_pattern("%v");
      return;
  }
}

void set_level(Level level) { current_level = level; }
bool enabled(Level level) { return level >= current_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  switch (current_format.load(std::memory_order_relaxed)) {
    case Format::text:
      logger().log(spdlog_level(level), text_line(event, fields));
      return;
    case Format::json:
      logger().log(spdlog_level(level), json_line(level, event, fields));
      return;
    case Format::journald:
      logger().log(spdlog_level(level),
                   std::string(journal_prefix(level)) + text_line(event, fields));
      return;
  }
}

}  // namespace crawld::base::log
