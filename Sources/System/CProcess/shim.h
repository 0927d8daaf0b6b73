// What the system says of processes by functions that Swift cannot call, since they take as many
// arguments as one likes.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Makes a copy of this process, with the calling thread alone: its number, 0 in the copy, or -1.
static inline int medallion_fork(void) { return fork(); }

/// Has the system show this process under `name`, of at most 15 letters.
static inline int medallion_name_process(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

/// Has the processes that lose their parent below this one become its children.
static inline int medallion_become_reaper(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/// Keeps what this process has in memory out of core dumps, and from others of its user.
static inline int medallion_keep_from_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Has the system send `number` to this process when the thread that started it is no more.
static inline int medallion_signal_at_parent_death(int number) {
  return prctl(PR_SET_PDEATHSIG, number, 0, 0, 0);
}

/// Takes the write lock of a file, which no other process may have then, until the last descriptor
/// of this opening is closed: 0, or -1 with EAGAIN when another has it.
static inline int medallion_lock(int file) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
  return fcntl(file, 37 /* F_OFD_SETLK, which a header gives to GNU programs only */, &lock);
}

/// Whether another opening of the file has its write lock: 1, 0, or -1. Nothing is taken.
static inline int medallion_is_locked(int file) {
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
  if (fcntl(file, 36 /* F_OFD_GETLK */, &lock) != 0) return -1;
  return lock.l_type != F_UNLCK;
}

/// Makes a pipe that no program inherits, in one step, so that none that another thread starts
/// meanwhile does: 0, or -1.
static inline int medallion_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

/// Returns when all that was written to the file system of `file` is on its disk: 0, or -1.
static inline int medallion_sync(int file) { return (int)syscall(SYS_syncfs, file); }

/// Has the kernel (Landlock, Linux 5.13) refuse this thread, and all that it starts, to change
/// anything but what lies below `folder`, and to write to any device but `null`: 0, or -1 with
/// ENOSYS or EOPNOTSUPP where the kernel has no such fence. It cannot be taken down again.
static inline int medallion_fence(int folder, int null) {
  enum { write_file = 1 << 1, removing = 3 << 4, making = 127 << 6, refer = 1 << 13, truncate = 1 << 14 };
  long version = syscall(444 /* landlock_create_ruleset */, (void *)0, 0, 1);
  if (version < 1) return -1;
  unsigned long long handled = write_file | removing | making;
  if (version >= 2) handled |= refer;
  if (version >= 3) handled |= truncate;
  long rules = syscall(444, &handled, sizeof handled, 0);
  if (rules < 0) return -1;
  struct __attribute__((packed)) {
    unsigned long long allowed;
    int parent;
  } below = {handled, folder}, device = {handled & (write_file | truncate), null};
  int failed = syscall(445 /* landlock_add_rule */, rules, 1, &below, 0) != 0 ||
               syscall(445, rules, 1, &device, 0) != 0 ||
               prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
               syscall(446 /* landlock_restrict_self */, rules, 0) != 0;
  close((int)rules);
  return failed ? -1 : 0;
}
