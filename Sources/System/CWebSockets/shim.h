/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CWEBSOCKETS_SHIM_H
#define JACKFIELD_CWEBSOCKETS_SHIM_H
#include <libwebsockets.h>

/* LWS_PRE is a computed macro, which Swift does not import: the room the library wants before what it sends. */
enum { JF_WEBSOCKETS_BEFORE = LWS_PRE };

/* Flags built by shifts and options of 64 bits, which Swift imports as mixed types or not at all. */
static const uint64_t jf_websockets_options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
static const uint64_t jf_websockets_plain_options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;

/* lws_sul_schedule is a macro in later versions and a function in others; the timer's only use is to end the wait of lws_service. */
static inline void jf_websockets_wake(lws_sorted_usec_list_t *timer) { (void)timer; }
static inline void jf_websockets_wake_in(struct lws_context *context, lws_sorted_usec_list_t *timer, int64_t microseconds) {
  lws_sul_schedule(context, 0, timer, jf_websockets_wake, microseconds);
}
#endif
