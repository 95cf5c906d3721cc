/* SPDX-License-Identifier: Apache-2.0 */
/* What we use of simdjson's DOM, as C: simdjson is C++, and its types do not import into Swift. Nothing here throws. */
#ifndef JACKFIELD_CSIMDJSON_H
#define JACKFIELD_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A parser that is used again and again; one thread at a time. */
typedef struct simdjson_shim_parser simdjson_shim_parser;

/* One value of the parser's latest document; the bits of a simdjson::dom::element. */
typedef struct simdjson_shim_element {
  uintptr_t words[2];
} simdjson_shim_element;

/* A place inside an array or object; the bits of two simdjson iterators, where we are and where it ends. */
typedef struct simdjson_shim_cursor {
  uintptr_t position[2];
  uintptr_t end[2];
} simdjson_shim_cursor;

enum {
  SIMDJSON_SHIM_NULL = 0,
  SIMDJSON_SHIM_BOOL = 1,
  SIMDJSON_SHIM_INTEGER = 2, /* fits int64_t */
  SIMDJSON_SHIM_NUMBER = 3,  /* everything else that is a number */
  SIMDJSON_SHIM_STRING = 4,
  SIMDJSON_SHIM_ARRAY = 5,
  SIMDJSON_SHIM_OBJECT = 6
};

/* Makes a parser that accepts at most `depth` nested arrays and objects. NULL: out of memory. */
simdjson_shim_parser *_Nullable simdjson_shim_make(size_t depth);
void simdjson_shim_free(simdjson_shim_parser *_Nonnull parser);

/* Parses one document, copying `text`. Returns 0, or simdjson's error code; elements of the document before become invalid. */
int32_t simdjson_shim_parse(simdjson_shim_parser *_Nonnull parser, const uint8_t *_Nullable text, size_t length, simdjson_shim_element *_Nonnull root);

/* Names an error code in English; static memory. */
const char *_Nonnull simdjson_shim_message(int32_t code);

int32_t simdjson_shim_kind(simdjson_shim_element element);

/* Read a value of the kind just asked for; zero for any other kind. */
bool simdjson_shim_bool(simdjson_shim_element element);
int64_t simdjson_shim_integer(simdjson_shim_element element);
/* Whether it is a whole number from 0 to UINT64_MAX, which is written to `value`. */
bool simdjson_shim_unsigned(simdjson_shim_element element, uint64_t *_Nonnull value);
double simdjson_shim_number(simdjson_shim_element element);
/* UTF-8, not terminated, may hold NUL; valid until the next parse. */
const char *_Nonnull simdjson_shim_string(simdjson_shim_element element, size_t *_Nonnull length);

/* Finds the last member of this name. */
bool simdjson_shim_member(simdjson_shim_element object, const char *_Nullable name, size_t length, simdjson_shim_element *_Nonnull member);

/* Walks an array: `begin` once, then `next` until it is false. */
void simdjson_shim_array_begin(simdjson_shim_element array, simdjson_shim_cursor *_Nonnull cursor);
bool simdjson_shim_array_next(simdjson_shim_cursor *_Nonnull cursor, simdjson_shim_element *_Nonnull element);

/* Walks an object in the order of the text. The name is valid until the next parse. */
void simdjson_shim_object_begin(simdjson_shim_element object, simdjson_shim_cursor *_Nonnull cursor);
bool simdjson_shim_object_next(simdjson_shim_cursor *_Nonnull cursor, const char *_Nonnull *_Nonnull name, size_t *_Nonnull length,
                               simdjson_shim_element *_Nonnull element);

#ifdef __cplusplus
}
#endif
#endif
