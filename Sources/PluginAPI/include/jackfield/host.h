/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin may ask of the host. Every function: [any-thread] [never blocks], also from a thread of the plugin's own. */
#ifndef JACKFIELD_HOST_H
#define JACKFIELD_HOST_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The host's side of one plugin instance; opaque, first argument of every host function.
   Valid from `create` until `destroy` returns. A host function called later answers JF_E_GONE until the process ends. */
typedef struct jf_instance jf_instance;

/* A command to run. Every pointer in it is borrowed for the one function that receives it. */
typedef struct jf_request {
  uint32_t size;        /* sizeof(jf_request) as the sender knows it */
  uint32_t content;     /* JF_CONTENT_* of `payload` */
  jf_call call;         /* the id to answer to; the host sets it, 0 in call_start */
  jf_call parent;       /* the call on whose behalf this one is made, 0 if none: deadline, cancellation and cycle checks follow it */
  uint64_t deadline_ns; /* absolute, CLOCK_MONOTONIC, in nanoseconds; 0 is none. A child never outlives its parent's */
  uint64_t credit;      /* how many chunks the receiver may emit before it gets JF_E_AGAIN */
  jf_text command;      /* "namespace.verb" */
  jf_bytes payload;     /* the arguments, at most 16 MiB; JSON: one value */
} jf_request;

/* The core table. Released entries never change; new ones are appended under a "since" line and guarded by `size`. */
typedef struct jf_host {
  uint32_t size; /* sizeof(jf_host) as the host knows it; check before reading an entry newer than 1.0 */
  uint16_t abi_major;
  uint16_t abi_minor;

  /* Looks up a service by id and revision, such as "jf.log/1".
     [any-thread] [never blocks] `id` is NUL-terminated, borrowed. Returns a table that lives as long as the instance, or NULL: absent. */
  const void *JF_NULLABLE (*JF_NONNULL extension)(jf_instance *JF_NONNULL instance, const char *JF_NONNULL id);

  /* Sends one chunk of a streaming answer.
     [any-thread] [never blocks] `chunk` borrowed, at most 16 MiB. Takes one credit.
     Returns JF_OK; JF_E_AGAIN: no credit, wait for JF_EVENT_CREDIT; JF_E_CANCELLED or JF_E_DEADLINE: stop working;
     JF_E_GONE: unknown or ended; JF_E_TOO_LARGE; JF_E_INVALID: not what `content` says. */
  jf_status (*JF_NONNULL call_emit)(jf_instance *JF_NONNULL instance, jf_call call, uint32_t content, jf_bytes chunk);

  /* Tells how far a call has come. The latest wins, at most about ten a second are forwarded; it may go back.
     [any-thread] [never blocks] `parts_per_million` 0 to 1 000 000; `note` borrowed, at most 4 KiB. Returns as call_emit, never JF_E_AGAIN. */
  jf_status (*JF_NONNULL call_progress)(jf_instance *JF_NONNULL instance, jf_call call, uint32_t parts_per_million, jf_text note);

  /* Ends a call, exactly once. `status` below zero is a failure, then `result` is JSON {"message", "code"?, "retryable"?, "data"?}.
     [any-thread] [never blocks] `result` borrowed, at most 16 MiB.
     Returns JF_OK; JF_E_GONE: already ended or answered by the host (counted as a late finish); JF_E_TOO_LARGE or JF_E_INVALID: the caller
     gets that as its failure. */
  jf_status (*JF_NONNULL call_finish)(jf_instance *JF_NONNULL instance, jf_call call, jf_status status, uint32_t content, jf_bytes result);

  /* Asks whether a call is still wanted; cheap, for loops.
     [any-thread] [never blocks] Returns JF_OK, JF_E_CANCELLED, JF_E_DEADLINE, or JF_E_GONE. */
  jf_status (*JF_NONNULL call_state)(jf_instance *JF_NONNULL instance, jf_call call);

  /* Allows the answering side of a call that this instance started to emit `chunks` more.
     [any-thread] [never blocks] Returns JF_OK, JF_E_GONE. */
  jf_status (*JF_NONNULL call_grant)(jf_instance *JF_NONNULL instance, jf_call call, uint64_t chunks);

  /* Starts a command of another plugin. The answer arrives as JF_EVENT_CHUNK, JF_EVENT_PROGRESS and exactly one JF_EVENT_DONE.
     [any-thread] [never blocks] [not in create] `request` borrowed; `*call` is written before any of those events is delivered; they may be
     delivered, on the host's thread, before call_start has returned on this one.
     Returns JF_OK: all else, also that there is no such command (JF_E_NOT_FOUND), that it would lead back here (JF_E_CYCLE), or that too many
     are open (JF_E_BUSY), arrives as JF_EVENT_DONE; JF_E_INVALID: the request itself is wrong, nothing will arrive. */
  jf_status (*JF_NONNULL call_start)(jf_instance *JF_NONNULL instance, const jf_request *JF_NONNULL request, jf_call *JF_NONNULL call);

  /* Gives a started call up. JF_EVENT_DONE follows at once with JF_E_CANCELLED, unless the call had ended.
     [any-thread] [never blocks] Returns JF_OK, JF_E_GONE. */
  jf_status (*JF_NONNULL call_cancel)(jf_instance *JF_NONNULL instance, jf_call call);

  /* Opens a topic for publishing. The manifest's `publishes` must name it. Opening twice gives the same id.
     [any-thread] [never blocks] `name` borrowed. Returns JF_OK, JF_E_DENIED, JF_E_INVALID. */
  jf_status (*JF_NONNULL topic_open)(jf_instance *JF_NONNULL instance, jf_text name, jf_topic *JF_NONNULL topic);

  /* Publishes one event to every subscriber.
     [any-thread] [never blocks] `payload` borrowed, at most 64 MiB.
     Returns JF_OK; JF_E_AGAIN: a blocking subscriber is full and NOBODY got it; JF_EVENT_TOPIC_READY follows at least once, perhaps before
     publish has returned, and serves all that publish on the topic here; JF_E_TOO_LARGE; JF_E_INVALID;
     JF_E_NOT_FOUND: not a topic of this instance; JF_E_STOPPING. */
  jf_status (*JF_NONNULL publish)(jf_instance *JF_NONNULL instance, jf_topic topic, uint32_t content, jf_bytes payload);

  /* Asks for the events of a subscription again, after `event` answered JF_E_AGAIN to one of them.
     [any-thread] [never blocks] `subscription` is its position in the manifest's `subscribes`, from 0. One that arrives while `event` is
     still running counts for the event being offered. Returns JF_OK, JF_E_NOT_FOUND. */
  jf_status (*JF_NONNULL subscription_resume)(jf_instance *JF_NONNULL instance, uint64_t subscription);
} jf_host;

#ifdef __cplusplus
}
#endif
#endif
