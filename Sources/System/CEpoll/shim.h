/* SPDX-License-Identifier: Apache-2.0 */
/* Linux's own calls for waiting on many descriptors, which Swift's Glibc module leaves out. */
#ifndef JACKFIELD_CEPOLL_SHIM_H
#define JACKFIELD_CEPOLL_SHIM_H
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* The flags are C enums and casts, which Swift imports as types of their own; here they are numbers. */
static inline int jackfield_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int jackfield_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* struct epoll_event is packed and holds a union: building it here keeps both out of Swift. */
static inline int jackfield_epoll_set(int poller, int operation, int descriptor, uint32_t events, uint64_t tag) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = tag;
  return epoll_ctl(poller, operation, descriptor, &event);
}
static inline uint64_t jackfield_epoll_tag(const struct epoll_event *event) { return event->data.u64; }
#endif
