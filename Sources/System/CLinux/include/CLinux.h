/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the Linux kernel that Swift's Glibc module does not show. Each returns a negative errno when it fails. */
#ifndef JACKFIELD_CLINUX_H
#define JACKFIELD_CLINUX_H

#include <stdbool.h>
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

/* Gives memory that was freed back to the system. <malloc.h> is not in the Glibc module. */
void linux_release_freed_memory(void);

/* Makes this process the parent of what its children leave behind. prctl takes a list of any length, which Swift cannot call. */
int linux_adopt_orphans(void);

/* Ends this process when its parent ends, whatever ends that one. As above. */
int linux_end_with_parent(void);

#endif
