#include "config/given_field.h"

#include <cassert>
#include <vector>

#include "config/check.h"
#include "config/fields.h"

namespace crawld::config {
namespace {

template <class Owner>
base::Status set(std::span<const Field<Owner>> fields, Owner& owner, std::string_view path,
                 const std::string& text, std::string_view shown) {
  const Field<Owner>* field = find_field(fields, path);
  assert(field != nullptr);
  const Value value{.kind = Value::Kind::scalar, .text = text};
  std::vector<Problem> problems;
  ReadField io(value, shown, problems);
  field->read(io, owner);
  if (problems.empty()) return base::Done{};
  return base::Error{base::Error::Code::invalid, std::move(problems.front().message)};
}

// As if a file had said every key: what a site leaves out is not judged.
SitePlaces all_keys() {
  SitePlaces places;
  for (const Field<Site>& field : site_fields()) {
    places.keys[std::string(field.path.substr(0, field.path.find('.')))] = {};
  }
  return places;
}

}  // namespace

base::Status set_field(Config& config, std::string_view path, const std::string& text,
                       std::string_view shown) {
  return set(run_fields(), config, path, text, shown);
}

base::Status set_field(Site& site, std::string_view path, const std::string& text,
                       std::string_view shown) {
  return set(site_fields(), site, path, text, shown);
}

base::Status check_given(const Config& config) {
  const ConfigPlaces places{
      .run = {}, .defaults = {}, .sites = std::vector<SitePlaces>(config.sites.size(), all_keys())};
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
  check_config(config, places, Site{}, problems, warnings);
  if (problems.empty()) return base::Done{};
  return base::Error{base::Error::Code::invalid, std::move(problems.front().message)};
}

}  // namespace crawld::config
