#include "config/changed_secrets.h"

#include "config/field_io.h"
#include "config/fields.h"

namespace crawld::config {
namespace {

using Secrets = WriteField::Secrets;

template <class Owner>
std::string text_of(const Field<Owner>& field, const Owner& owner, Secrets secrets) {
  WriteField io(secrets);
  field.write(io, owner);
  return io.take();
}

template <class Owner>
std::vector<std::string> changed(std::span<const Field<Owner>> fields, const Owner& before,
                                 const Owner& after) {
  std::vector<std::string> keys;
  for (const Field<Owner>& field : fields) {
    const auto differs = [&](Secrets secrets) {
      return text_of(field, before, secrets) != text_of(field, after, secrets);
    };
    if (!differs(Secrets::masked) && differs(Secrets::told)) keys.emplace_back(field.path);
  }
  return keys;
}

}  // namespace

std::vector<std::string> changed_secrets(const Site& before, const Site& after) {
  return changed(site_fields(), before, after);
}

std::vector<std::string> changed_secrets(const Config& before, const Config& after) {
  return changed(run_fields(), before, after);
}

}  // namespace crawld::config
