#include "parsers/worker/converter_calls.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>

#include "parsers/worker/call_filter.h"

namespace crawld::parsers {
namespace {

constexpr int kRefused[] = {
    // the network, and sockets of the machine
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    // other processes: a session of its own would escape the group that is killed at the end
    SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(setsid), SCMP_SYS(setpgid), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease), SCMP_SYS(kcmp), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal), SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(setpriority), SCMP_SYS(ioprio_set),
    // memory and queues that processes share by name
    SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open),
    // what Landlock does not cover: owner, mode, times and attributes of files
    SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(fchown),
    SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(utime), SCMP_SYS(utimes), SCMP_SYS(futimesat),
    SCMP_SYS(utimensat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr), SCMP_SYS(truncate),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at), SCMP_SYS(fanotify_init),
    SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd),
    // what sees another world
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
    SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(personality),
    // wide doors into the kernel
    SCMP_SYS(bpf), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module),
    SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot),
    SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(syslog)};

// Calls that Linux got after this list was made, by number, which all machines share; the first
// is fchmodat2. Some change modes and attributes: to a converter the kernel is an older one.
constexpr int kFirstNew = 452;
constexpr int kLastNew = 600;

}  // namespace

base::Status refuse_calls_to_converter() {
  const auto self = static_cast<scmp_datum_t>(::getpid());  // execve() keeps it
  CallFilter filter(SCMP_ACT_ALLOW);
  const auto refuse = [&](int call, std::initializer_list<scmp_arg_cmp> where = {},
                          std::uint16_t error = EPERM) {
    filter.on(call, SCMP_ACT_ERRNO(error), where);
  };
  for (const int call : kRefused) refuse(call);
  for (int call = kFirstNew; call <= kLastNew; ++call) refuse(call, {}, ENOSYS);
  // Threads are its own affair, processes are not.
  refuse(SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)});
  refuse(SCMP_SYS(clone3), {}, ENOSYS);
  // abort() and raise() send a signal to their own process.
  refuse(SCMP_SYS(kill), {SCMP_A0_32(SCMP_CMP_NE, self)});
  refuse(SCMP_SYS(tgkill), {SCMP_A0_32(SCMP_CMP_NE, self)});
  refuse(SCMP_SYS(prlimit64), {SCMP_A0_32(SCMP_CMP_NE, 0)});
  // By name: processes of the same user, the daemon among them, could be put last and on one core.
  for (const int call :
       {SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setparam), SCMP_SYS(sched_setattr),
        SCMP_SYS(sched_setaffinity), SCMP_SYS(migrate_pages), SCMP_SYS(move_pages)}) {
    refuse(call, {SCMP_A0_32(SCMP_CMP_NE, 0)});
  }
  // A pipe that tells its owner of input may tell any process, by SIGKILL.
  for (const scmp_datum_t command : {F_SETOWN, F_SETOWN_EX, F_SETSIG}) {
    refuse(SCMP_SYS(fcntl), {SCMP_A1_32(SCMP_CMP_EQ, command)});
  }
  // It ends with its parent.
  refuse(SCMP_SYS(prctl), {SCMP_A0_32(SCMP_CMP_EQ, PR_SET_PDEATHSIG)});
  return filter.load();
}

}  // namespace crawld::parsers
