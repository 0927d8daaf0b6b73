// What the system says of processes by functions that Swift cannot call, since they take as many
// arguments as one likes.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <unistd.h>

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
