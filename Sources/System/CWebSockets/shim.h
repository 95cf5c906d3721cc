/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CWEBSOCKETS_SHIM_H
#define JACKFIELD_CWEBSOCKETS_SHIM_H
#include <libwebsockets.h>
#include <linux/sockios.h>
#include <openssl/err.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* LWS_PRE is a computed macro, which Swift does not import: the room the library wants before what it sends. */
enum { JF_WEBSOCKETS_BEFORE = LWS_PRE };

/* Flags built by shifts and options of 64 bits, which Swift imports as mixed types or not at all. */
static const uint64_t jf_websockets_options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
static const uint64_t jf_websockets_plain_options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;

/* lws_sul_schedule is a macro in later versions and a function in others; the timer's only use is to end the wait of lws_service. One that
   is due at once is called before the wait and would not end it: so it asks for the end. The list's entry comes first. */
typedef struct {
  lws_sorted_usec_list_t entry;
  struct lws_context *context;
} jf_websockets_timer;

static inline void jf_websockets_wake(lws_sorted_usec_list_t *entry) { lws_cancel_service(((jf_websockets_timer *)(void *)entry)->context); }
static inline void jf_websockets_wake_in(struct lws_context *context, jf_websockets_timer *timer, int64_t microseconds) {
  timer->context = context;
  lws_sul_schedule(context, 0, &timer->entry, jf_websockets_wake, microseconds);
}
static inline void jf_websockets_sleep_on(jf_websockets_timer *timer) { lws_sul_cancel(&timer->entry); }

/* OpenSSL takes a thread's old error for one of the next operation, and reading a file of authorities may leave one. A macro in Swift's eyes. */
static inline void jf_websockets_forget_errors(void) { ERR_clear_error(); }

/* A GNU extension, which Swift's Glibc module does not show: without it a socket could leak into a child that is begun meanwhile. */
int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int jf_websockets_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

/* In bytes of what the other side has not taken yet; below zero: not known. A variadic call. */
static inline int jf_websockets_not_taken(int socket) {
  int count = 0;
  return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : -1;
}

/* The library ignores SIGPIPE for the whole process, which is not its own. Whoever sends without MSG_NOSIGNAL must not use this one. A
   struct with unions, and a function pointer that Swift would take for its own. */
static inline struct lws_context *jf_websockets_create_context(const struct lws_context_creation_info *information) {
  struct sigaction before;
  int is_known = sigaction(SIGPIPE, NULL, &before) == 0;
  struct lws_context *context = lws_create_context(information);
  if (is_known) sigaction(SIGPIPE, &before, NULL);
  return context;
}
#endif
