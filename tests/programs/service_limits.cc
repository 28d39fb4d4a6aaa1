// Starts a program under limits like those of systemd/crawld.service, where no service manager
// is there to set them.
//
//   service_limits SYSCALL,SYSCALL,... PROGRAM [ARGUMENT...]
//
// SYSCALL are those of SystemCallFilter=, groups spelt out. Without capabilities and new
// privileges; calls that MemoryDenyWriteExecute=, RestrictNamespaces= and
// RestrictAddressFamilies= refuse are refused by what they are called with.
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

constexpr int kLastCapability = 63;
constexpr rlim_t kFiles = 65'536;
// CLONE_NEWTIME is no flag of clone().
constexpr scmp_datum_t kNamespaces = 0x7e020000;
constexpr scmp_datum_t kShmExec = 0100000;

void must(bool done, const std::string& what) {
  if (done) return;
  std::perror(("service_limits: " + what).c_str());
  std::exit(1);
}

void allow(scmp_filter_ctx filter, int call, scmp_arg_cmp condition) {
  must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition) == 0, "a rule");
}

// Adds the rule of one call. Names that this machine does not have are passed over.
void allow(scmp_filter_ctx filter, const std::string& name) {
  const int call = seccomp_syscall_resolve_name(name.c_str());
  if (call < 0 || name == "unshare" || name == "setns") return;
  if (name == "clone3") {  // its flags cannot be looked at; the C library falls back to clone
    must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0, name);
  } else if (name == "clone") {
    allow(filter, call, SCMP_A0_64(SCMP_CMP_MASKED_EQ, kNamespaces, 0));
  } else if (name == "mmap") {
    for (const scmp_datum_t one : {0, PROT_WRITE, PROT_EXEC})
      allow(filter, call, SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, one));
  } else if (name == "mprotect" || name == "pkey_mprotect") {
    allow(filter, call, SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  } else if (name == "shmat") {
    allow(filter, call, SCMP_A2_64(SCMP_CMP_MASKED_EQ, kShmExec, 0));
  } else if (name == "socket") {
    for (const scmp_datum_t family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK})
      allow(filter, call, SCMP_A0_64(SCMP_CMP_EQ, family, 0));
  } else {
    must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0, name);
  }
}

void filter_calls(const std::string& names) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  must(filter != nullptr, "seccomp_init");
  std::istringstream in(names);
  for (std::string name; std::getline(in, name, ',');) allow(filter, name);
  errno = -seccomp_load(filter);
  must(errno == 0, "seccomp_load");
  seccomp_release(filter);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const rlimit files{kFiles, kFiles};
  rlimit now{};
  must(getrlimit(RLIMIT_NOFILE, &now) == 0, "getrlimit");
  if (now.rlim_max > kFiles) must(setrlimit(RLIMIT_NOFILE, &files) == 0, "setrlimit");
  // Refused to whoever is not root, who has none.
  for (int one = 0; one <= kLastCapability; ++one) ::prctl(PR_CAPBSET_DROP, one, 0, 0, 0);
  must(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
  filter_calls(argv[1]);
  ::execv(argv[2], argv + 2);
  must(false, argv[2]);
}
