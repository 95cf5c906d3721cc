/* SPDX-License-Identifier: Apache-2.0 */
/* Values that cross the plugin boundary: status codes, text, bytes, ids. C99, no dependency but <stdint.h>. */
#ifndef JACKFIELD_BASE_H
#define JACKFIELD_BASE_H

#include <stdint.h>

/* Nullability is said where NULL is legal, so that Swift sees an optional exactly there. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wnullability-extension" /* clang's own extension, used under clang only */
#define JF_NULLABLE _Nullable
#define JF_NONNULL _Nonnull
#else
#define JF_NULLABLE
#define JF_NONNULL
#endif

/* The version this header speaks. The major is part of the entry symbol's name, see plugin.h. */
#define JF_ABI_MAJOR 1u
#define JF_ABI_MINOR 0u

#ifdef __cplusplus
extern "C" {
#endif

/* Outcome of a function: zero or more is success, less is failure. An open set: unknown values must be survived. */
typedef int32_t jf_status;
enum {
  JF_OK = 0,
  JF_PENDING = 1,          /* accepted; the answer follows through call_finish */
  JF_E_FAILED = -1,        /* the command ran and failed; the error text says why */
  JF_E_INVALID = -2,       /* an argument is wrong: bad UTF-8, not JSON, against the schema */
  JF_E_NOT_FOUND = -3,     /* no such command, topic, call, run */
  JF_E_UNSUPPORTED = -4,   /* known, but not in this build or mode */
  JF_E_DENIED = -5,        /* not permitted: foreign namespace, undeclared topic */
  JF_E_CANCELLED = -6,     /* the caller gave up */
  JF_E_DEADLINE = -7,      /* the deadline passed */
  JF_E_AGAIN = -8,         /* no credit, or a blocking queue is full: wait for the event that says go on */
  JF_E_GONE = -9,          /* the call or the plugin behind it is no more */
  JF_E_CYCLE = -10,        /* the call would lead back into a plugin that waits for it */
  JF_E_TOO_LARGE = -11,    /* over a size limit */
  JF_E_STOPPING = -12,     /* the host or the plugin is going down */
  JF_E_BUSY = -13          /* too many calls at once: try later */
};

/* Bytes of any content. `data` may be NULL when `length` is 0. */
typedef struct jf_bytes {
  const uint8_t *JF_NULLABLE data;
  uint64_t length;
} jf_bytes;

/* UTF-8 without a terminating NUL. `data` may be NULL when `length` is 0. */
typedef struct jf_text {
  const char *JF_NULLABLE data;
  uint64_t length;
} jf_text;

/* Makes a jf_text of a string literal. */
#define JF_TEXT(literal) {(literal), sizeof(literal) - 1}

typedef uint64_t jf_call;  /* One call. An id, never a pointer; 0 is none; never reused while the host runs. */
typedef uint64_t jf_topic; /* One topic as opened by this instance. 0 is none. */

/* What a payload's bytes are. An open set. */
enum {
  JF_CONTENT_JSON = 1,  /* UTF-8 JSON; the default, and what tools show */
  JF_CONTENT_BYTES = 2, /* raw bytes */
  JF_CONTENT_CBOR = 3
};

#ifdef __cplusplus
}
#endif
#endif
