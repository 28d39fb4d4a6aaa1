// The only list of configuration keys: path, help, type and range of each. The example and
// the schema are made of it: after a change here, CRAWLD_UPDATE=1 build/tests/unit_config.
#pragma once

#include <span>
#include <string_view>

#include "config/config.h"
#include "config/field_io.h"
#include "config/field_schema.h"

namespace crawld::config {

template <class Owner>
struct Field {
  std::string_view path;  // "timeout.dns"
  std::string_view help;  // one line
  void (*read)(ReadField&, Owner&);
  void (*write)(WriteField&, const Owner&);
  void (*describe)(DescribeField&, const Owner&);
};

// Keys at the top of the file.
std::span<const Field<Config>> run_fields();
// Keys under `defaults:` and of each site. `name`, `seeds` and `extract` are the sites' alone.
std::span<const Field<Site>> site_fields();

// The field at `path`, or null.
template <class Owner>
const Field<Owner>* find_field(std::span<const Field<Owner>> fields, std::string_view path) {
  for (const Field<Owner>& field : fields) {
    if (field.path == path) return &field;
  }
  return nullptr;
}

}  // namespace crawld::config
