/* SPDX-License-Identifier: Apache-2.0 */
/* What the host asks of a plugin. Functions of one instance are entered by one thread at a time, never from below a host
   function, unless plugin.json says "concurrent": true. So no event arrives while the host is inside create, start or stop: answers
   to calls started in `start` come after it has returned, to calls started in `stop` never. A struct whose `size` is below that of
   level 1.0 is answered with JF_E_INVALID. */
#ifndef JACKFIELD_PLUGIN_H
#define JACKFIELD_PLUGIN_H

#include "base.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happened. An open set: answer JF_OK to a kind you do not know. */
enum {
  JF_EVENT_CANCEL = 1,      /* `call`: the caller gave up or the deadline passed (`value`: the jf_status as int64): stop soon */
  JF_EVENT_CREDIT = 2,      /* `call`: `value` more chunks may be emitted */
  JF_EVENT_CHUNK = 3,       /* `call` that we started: `payload` is one chunk of its answer */
  JF_EVENT_PROGRESS = 4,    /* `call` that we started: `value` parts per million, `name` the note */
  JF_EVENT_DONE = 5,        /* `call` that we started has ended: `value` the jf_status as int64, `payload` the result or the error's JSON */
  JF_EVENT_TOPIC = 6,       /* an event: `name` its topic, `subject` the subscription's position in the manifest, `value` how many
                               events this subscription lost just before it (0 unless it may drop) */
  JF_EVENT_TOPIC_READY = 7, /* `subject`: the jf_topic whose publish answered JF_E_AGAIN has room again */
  JF_EVENT_CONFIG = 8,      /* `payload`: the whole new validated configuration, JSON */
  JF_EVENT_PING = 9         /* answer at once; the host times it */
};

typedef struct jf_event {
  uint32_t size; /* sizeof(jf_event) as the host knows it */
  uint32_t kind; /* JF_EVENT_* */
  jf_call call;
  uint64_t subject;
  uint64_t value;
  uint32_t content; /* JF_CONTENT_* of `payload` */
  uint32_t flags;   /* 0 */
  jf_text name;
  jf_bytes payload;
} jf_event;

/* The plugin's table. Lives in static memory of the library. */
typedef struct jf_plugin {
  uint32_t size; /* sizeof(jf_plugin) as the plugin knows it */
  uint16_t abi_major;
  uint16_t abi_minor;
  uint32_t flags; /* 0 */
  uint32_t reserved;
  jf_text id;      /* must equal the manifest's id */
  jf_text version; /* must equal the manifest's version */

  /* Makes an instance: reads `config` (JSON, validated against the manifest's schema, defaults filled in) and registers its
     commands through "jf.register/1". Must not start threads or block.
     [host thread] `host` and `instance` are valid until `destroy` returns; `config` borrowed. Writes `*self`, owned by the plugin.
     On failure answers a negative status and leaves `*self` alone; say why through "jf.log/1" at level error. */
  jf_status (*JF_NONNULL create)(const jf_host *JF_NONNULL host, jf_instance *JF_NONNULL instance, jf_bytes config, void *JF_NULLABLE *JF_NONNULL self);

  /* Begins work: may start threads, open files and sockets. [host thread] At most the host's start limit (10 s by default). */
  jf_status (*JF_NONNULL start)(void *JF_NULLABLE self);

  /* Runs a command. Answer through call_finish, here or later and from any thread; then return JF_OK (finished) or JF_PENDING.
     A negative status ends the call with it, unless it was finished; JF_OK without a finish ends it with JF_E_FAILED.
     [host thread; for an "inline" command the caller's thread: the host waits for those to leave before `stop`, and lets none in after]
     `request` borrowed. */
  jf_status (*JF_NONNULL invoke)(void *JF_NULLABLE self, const jf_request *JF_NONNULL request);

  /* Takes an event. JF_E_AGAIN to a JF_EVENT_TOPIC: not taken; the host keeps it and holds the subscription back until
     subscription_resume. [host thread] `event` borrowed. */
  jf_status (*JF_NONNULL event)(void *JF_NULLABLE self, const jf_event *JF_NONNULL event);

  /* Ends work: joins own threads, closes own descriptors. Nothing enters the plugin after it returns, but `destroy`. What was queued for
     the plugin's subscriptions has been delivered before, as far as there was time.
     [host thread] `deadline_ns` absolute, CLOCK_MONOTONIC; 0 is none. A negative status is logged; JF_E_DEADLINE: work was left behind. */
  jf_status (*JF_NONNULL stop)(void *JF_NULLABLE self, uint64_t deadline_ns);

  /* Frees `self`. [host thread] The library stays mapped. */
  void (*JF_NONNULL destroy)(void *JF_NULLABLE self);

  /* Offers a capability of the plugin by id and revision. [host thread] Returns a static table or NULL. The function itself may be NULL. */
  const void *JF_NULLABLE (*JF_NULLABLE extension)(void *JF_NULLABLE self, const char *JF_NONNULL id);
} jf_plugin;

#if defined(_WIN32)
#define JF_EXPORT __declspec(dllexport)
#else
#define JF_EXPORT __attribute__((visibility("default")))
#endif

/* The one exported symbol. Must not start threads, touch signals, or block.
   [host thread] Returns a table in static memory. A plugin for two majors exports two such functions. */
JF_EXPORT const jf_plugin *JF_NONNULL jf_plugin_entry_1(void);

#define JF_ENTRY_SYMBOL "jf_plugin_entry_1"

#ifdef __cplusplus
}
#endif
#endif
