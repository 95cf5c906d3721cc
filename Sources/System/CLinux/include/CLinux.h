/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the Linux kernel that Swift's Glibc module does not show. Each returns a negative errno when it fails. */
#ifndef JACKFIELD_CLINUX_H
#define JACKFIELD_CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened to one descriptor that a poller watches. */
typedef struct linux_ready {
  uint64_t token; /* as given to linux_poller_set */
  bool readable;
  bool writable;
  bool hung_up; /* the other side has closed for good, or the descriptor failed */
} linux_ready;

enum { LINUX_POLLER_ADD = 1, LINUX_POLLER_CHANGE = 2, LINUX_POLLER_REMOVE = 3 };

/* Makes an epoll descriptor. <sys/epoll.h> is not in the Glibc module, and its event is packed, with a union in it. */
int linux_poller_make(void);
int linux_poller_set(int poller, int operation, int descriptor, uint64_t token, bool read, bool write);
/* Waits for at most `milliseconds` (-1: for ever). Returns how many were written to `ready`, at most `count` and 64. */
int linux_poller_wait(int poller, linux_ready *ready, int count, int milliseconds);

/* Makes a non-blocking eventfd. <sys/eventfd.h> is not in the Glibc module. */
int linux_event_make(void);

/* Accepts one connection, non-blocking and closed on exec in the same step. accept4 is hidden behind _GNU_SOURCE. */
int linux_accept(int listener);

/* Says who connected. struct ucred is hidden behind _GNU_SOURCE. */
int linux_peer_uid(int socket, uint32_t *uid);

/* Sends two pieces of memory as one; never raises SIGPIPE. The union-free parts of struct msghdr would do in Swift, at four times the
   length. `at_once`: does not wait for room. Returns how many bytes were taken, or a negative errno. */
long linux_send_two(int socket, const void *head, size_t head_length, const void *body, size_t body_length, bool at_once);

/* Sends one message with open descriptors, at most LINUX_MOST_DESCRIPTORS, and does not wait for room. The macros for control messages are
   not imported by Swift. Returns how many bytes were taken. */
enum { LINUX_MOST_DESCRIPTORS = 253 };
long linux_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, int count);
/* Receives one message and does not wait for it. `descriptors` has room for LINUX_MOST_DESCRIPTORS; they are closed on exec. Returns how many
   bytes came, 0 at the end; -EMSGSIZE for a message longer than `size`, -EMFILE when a descriptor was left out: then none is open. */
long linux_receive_descriptors(int socket, void *bytes, size_t size, int *descriptors, int *count);

/* The flag of a poll for a peer that sends no more. POLLRDHUP is hidden behind _GNU_SOURCE. */
short linux_poll_peer_ended(void);

/* Makes a pipe of which neither end is inherited, the reading end non-blocking. pipe2 is hidden behind _GNU_SOURCE. */
int linux_pipe(int ends[2]);

/* posix_spawn_file_actions_addclosefrom_np, which is hidden behind _GNU_SOURCE. `actions`: a posix_spawn_file_actions_t. */
int linux_close_from(void *actions, int first);

/* posix_spawn_file_actions_addchdir_np and POSIX_SPAWN_SETSID, which are hidden behind _GNU_SOURCE. */
int linux_spawn_in(void *actions, const char *directory);
short linux_spawn_new_session(void);

/* Makes a non-blocking descriptor that becomes readable when a watched file grows. <sys/inotify.h> is not in the Glibc module. */
int linux_watch_make(void);
int linux_watch_add(int watch, const char *path);

/* Gives the blocks of a file's beginning back to the system; its length stays. fallocate is hidden behind _GNU_SOURCE. */
int linux_free_beginning(int file, int64_t length);

/* Opens a descriptor that becomes readable when the process ends. The Glibc module has no pidfd_open. */
int linux_process_descriptor(int pid);

/* Asks for a signal when the thread that started this process ends. prctl is variadic. */
void linux_signal_when_parent_ends(int signal);

/* When this process crashes: shuts the socket down at once, then does what would have been done. Written in C because only
   async-signal-safe code may run there. */
void linux_shut_down_when_crashing(int socket);

/* Whether that is happening: the line's end is then our own doing. */
bool linux_is_crashing(void);

/* When `signal` comes: kills every process of this one's group, this one too. Runs in the handler, so C again. */
void linux_kill_group_when(int signal);

/* Writes the stacks of all threads but this one as text: each is interrupted and walks its own. Waits at most `milliseconds` for each.
   Returns how many bytes. A walk needs a signal handler, and <execinfo.h> is not in the Glibc module. */
long linux_stacks(char *text, size_t size, int milliseconds);

/* The signal that linux_stacks interrupts threads with. SIGRTMIN is a function call in disguise. */
int linux_stack_signal(void);

/* Makes an empty file share the blocks of another, where the file system can. FICLONE is a macro that Swift does not import. */
int linux_clone_file(int to, int from);

/* Gives a file or directory another name, unless something has that name already (-EEXIST). renameat2 is hidden behind _GNU_SOURCE. */
int linux_rename_new(const char *from, const char *to);

/* Whether code in the file system of a path must not be executed. ST_NOEXEC is hidden behind _GNU_SOURCE. */
int linux_forbids_execution(const char *path, bool *forbids);

/* Gives memory that was freed back to the system. <malloc.h> is not in the Glibc module. */
void linux_release_freed_memory(void);

/* Goes on as a child whose parent has ended, so that whoever began this process need not wait for its end. To be called first of all, in a
   process of one thread; Swift does not import fork. Returns a negative errno when it goes on as it was. */
int linux_leave_parent(void);

/* Makes this process the parent of what its children leave behind. prctl takes a list of any length, which Swift cannot call. */
int linux_adopt_orphans(void);


#endif
