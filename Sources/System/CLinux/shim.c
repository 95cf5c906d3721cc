/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <malloc.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static int outcome(int result) { return result < 0 ? -errno : result; }

int linux_poller_make(void) { return outcome(epoll_create1(EPOLL_CLOEXEC)); }

int linux_poller_set(int poller, int operation, int descriptor, uint64_t token, bool read, bool write) {
  struct epoll_event event = {.events = (read ? EPOLLIN : 0u) | (write ? EPOLLOUT : 0u), .data = {.u64 = token}};
  int command = operation == LINUX_POLLER_ADD ? EPOLL_CTL_ADD : operation == LINUX_POLLER_CHANGE ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
  return outcome(epoll_ctl(poller, command, descriptor, &event));
}

int linux_poller_wait(int poller, linux_ready *ready, int count, int milliseconds) {
  struct epoll_event events[64];
  int found = epoll_wait(poller, events, count < 64 ? count : 64, milliseconds);
  for (int i = 0; i < found; i++) {
    ready[i].token = events[i].data.u64;
    ready[i].readable = (events[i].events & EPOLLIN) != 0;
    ready[i].writable = (events[i].events & EPOLLOUT) != 0;
    ready[i].hung_up = (events[i].events & (EPOLLHUP | EPOLLERR)) != 0;
  }
  return outcome(found);
}

int linux_event_make(void) { return outcome(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int linux_accept(int listener) { return outcome(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)); }

int linux_peer_uid(int socket, uint32_t *uid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  int result = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  if (result == 0) *uid = credentials.uid;
  return outcome(result);
}

int linux_clone_file(int to, int from) { return outcome(ioctl(to, FICLONE, from)); }

int linux_rename_new(const char *from, const char *to) {
  int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (result == 0 || (errno != EINVAL && errno != ENOSYS)) return outcome(result);
  /* A file system that cannot: between the look and the rename somebody else may come, there is no better way. */
  struct stat status;
  if (lstat(to, &status) == 0) return -EEXIST;
  return outcome(rename(from, to));
}

int linux_forbids_execution(const char *path, bool *forbids) {
  struct statvfs status;
  int result = statvfs(path, &status);
  if (result == 0) *forbids = (status.f_flag & ST_NOEXEC) != 0;
  return outcome(result);
}

void linux_release_freed_memory(void) { malloc_trim(0); }

long linux_send_two(int socket, const void *head, size_t head_length, const void *body, size_t body_length, bool at_once) {
  struct iovec parts[2] = {{(void *)head, head_length}, {(void *)body, body_length}};
  struct msghdr message = {.msg_iov = head_length ? parts : parts + 1, .msg_iovlen = (head_length != 0) + (body_length != 0)};
  ssize_t count = sendmsg(socket, &message, MSG_NOSIGNAL | (at_once ? MSG_DONTWAIT : 0));
  return count < 0 ? -errno : count;
}

long linux_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
  if (count < 0 || count > LINUX_MOST_DESCRIPTORS) return -EINVAL;
  union { struct cmsghdr head; char room[CMSG_SPACE(LINUX_MOST_DESCRIPTORS * sizeof(int))]; } control;
  struct iovec part = {(void *)bytes, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(head), descriptors, (size_t)count * sizeof(int));
  }
  ssize_t taken = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return taken < 0 ? -errno : taken;
}

long linux_receive_descriptors(int socket, void *bytes, size_t size, int *descriptors, int *count) {
  union { struct cmsghdr head; char room[CMSG_SPACE(LINUX_MOST_DESCRIPTORS * sizeof(int))]; } control;
  struct iovec part = {bytes, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  *count = 0;
  ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0) return -errno;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    int found = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors + *count, CMSG_DATA(head), (size_t)found * sizeof(int));
    *count += found;
  }
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0) return length;
  while (*count > 0) close(descriptors[--*count]);
  return message.msg_flags & MSG_CTRUNC ? -EMFILE : -EMSGSIZE;
}

short linux_poll_peer_ended(void) { return POLLRDHUP; }

int linux_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  return outcome(fcntl(ends[0], F_SETFL, O_NONBLOCK));
}

int linux_close_from(void *actions, int first) { return -posix_spawn_file_actions_addclosefrom_np(actions, first); }

int linux_spawn_in(void *actions, const char *directory) { return -posix_spawn_file_actions_addchdir_np(actions, directory); }

short linux_spawn_new_session(void) { return POSIX_SPAWN_SETSID; }

int linux_watch_make(void) { return outcome(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)); }

int linux_watch_add(int watch, const char *path) { return outcome(inotify_add_watch(watch, path, IN_MODIFY)); }

int linux_free_beginning(int file, int64_t length) {
  return outcome(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, length));
}

int linux_process_descriptor(int pid) { return outcome((int)syscall(SYS_pidfd_open, pid, 0)); }

int linux_leave_parent(void) {
  pid_t child = fork();
  if (child > 0) _exit(0);
  return outcome((int)child);
}

void linux_signal_when_parent_ends(int signal) { prctl(PR_SET_PDEATHSIG, signal); }

/* MARK: Crashing */

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
static struct sigaction before[sizeof crashes / sizeof *crashes];
static int crash_socket = -1;
static volatile sig_atomic_t crashing;

static void crashed(int signal, siginfo_t *information, void *context) {
  crashing = 1;
  shutdown(crash_socket, SHUT_RDWR);
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    if (crashes[i] != signal) continue;
    struct sigaction *next = &before[i];
    sigaction(signal, next, NULL); /* whoever comes next may restore the default and raise it again */
    if (next->sa_flags & SA_SIGINFO) next->sa_sigaction(signal, information, context);
    else if (next->sa_handler == SIG_DFL || next->sa_handler == SIG_IGN) { sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL); raise(signal); }
    else next->sa_handler(signal);
  }
}

void linux_shut_down_when_crashing(int socket) {
  crash_socket = socket;
  struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) sigaction(crashes[i], &action, &before[i]);
}

bool linux_is_crashing(void) { return crashing; }

static void kill_group(int signal) {
  (void)signal;
  if (getpgrp() == getpid()) kill(0, SIGKILL);
  _exit(1);
}

void linux_kill_group_when(int signal) { sigaction(signal, &(struct sigaction){.sa_handler = kill_group}, NULL); }

/* MARK: Stacks */

static void *frames[64];
static int frame_count;
static sem_t walked;

static void walk(int signal) {
  (void)signal;
  int saved = errno;
  frame_count = backtrace(frames, 64);
  sem_post(&walked);
  errno = saved;
}

static void write_thread(int descriptor, int thread, int milliseconds, int signal) {
  char path[64], name[32] = "?", line[128];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", thread);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    ssize_t length = read(file, name, sizeof name - 1);
    name[length > 0 ? length - 1 : 0] = 0;
    close(file);
  }
  dprintf(descriptor, "thread %d %s\n", thread, name);
  if (syscall(SYS_tgkill, getpid(), thread, signal) != 0) return;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += milliseconds * 1000000L;
  until.tv_sec += until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  int outcome;
  while ((outcome = sem_timedwait(&walked, &until)) != 0 && errno == EINTR) {}
  if (outcome == 0) backtrace_symbols_fd(frames + 2, frame_count > 2 ? frame_count - 2 : 0, descriptor); /* without the handler */
  else { snprintf(line, sizeof line, "(does not take signals)\n"); if (write(descriptor, line, strlen(line)) < 0) return; }
}

int linux_stack_signal(void) { return SIGRTMIN + 6; }

static void write_stacks(int descriptor, int milliseconds) {
  int signal = linux_stack_signal(), self = (int)syscall(SYS_gettid);
  void *warm[2];
  backtrace(warm, 2); /* loads what the walk needs, outside of the handler */
  sem_init(&walked, 0, 0);
  struct sigaction old;
  sigaction(signal, &(struct sigaction){.sa_handler = walk, .sa_flags = SA_RESTART}, &old);
  DIR *tasks = opendir("/proc/self/task");
  for (struct dirent *task; tasks && (task = readdir(tasks));) {
    int thread = atoi(task->d_name);
    if (thread > 0 && thread != self) write_thread(descriptor, thread, milliseconds, signal);
  }
  if (tasks) closedir(tasks);
  sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, NULL); /* one that comes late must not end the process */
}

long linux_stacks(char *text, size_t size, int milliseconds) {
  int file = memfd_create("stacks", MFD_CLOEXEC);
  if (file < 0) return -errno;
  write_stacks(file, milliseconds);
  ssize_t count = pread(file, text, size, 0);
  close(file);
  return count;
}

int linux_adopt_orphans(void) { return outcome(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)); }
