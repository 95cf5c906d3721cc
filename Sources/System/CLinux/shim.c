/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>

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

void linux_release_freed_memory(void) { malloc_trim(0); }

int linux_adopt_orphans(void) { return outcome(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)); }

int linux_end_with_parent(void) { return outcome(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)); }
