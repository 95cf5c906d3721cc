/* SPDX-License-Identifier: Apache-2.0 */
/* Finds members of a JSON object without a library: enough for flat inputs. For more take a JSON library of your liking. */
#ifndef JSON_H
#define JSON_H

#include <jackfield.h>
#include <stdlib.h>
#include <string.h>

static const char *json_skip_spaces(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

/* From behind the opening quote to behind the closing one; NULL when there is none. */
static const char *json_skip_string(const char *at, const char *end) {
  for (; at < end; at++) {
    if (*at == '"') return at + 1;
    if (*at == '\\' && ++at == end) return NULL;
  }
  return NULL;
}

/* Behind one value; NULL when it has no end. Counts brackets, so that deep nesting cannot overflow the stack. */
static const char *json_skip_value(const char *at, const char *end) {
  int depth = 0;
  while (at < end) {
    if (*at == '"') {
      at = json_skip_string(at + 1, end);
      if (at == NULL || depth == 0) return at;
      continue;
    }
    if (*at == '{' || *at == '[') depth++;
    if (depth == 0 && strchr(",]} \t\r\n", *at)) return at;
    if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
    at++;
  }
  return depth == 0 ? end : NULL;
}

/* The value of a member as it stands in the text, quotes and escapes and all; empty when there is none. */
static inline jf_text json_member(jf_bytes json, const char *name) {
  jf_text none = {NULL, 0};
  if (json.length == 0) return none;
  const char *at = (const char *)json.data, *end = at + json.length;
  at = json_skip_spaces(at, end);
  if (at == end || *at != '{') return none;
  do {
    const char *key = json_skip_spaces(at + 1, end);
    if (key == end || *key != '"') return none;
    const char *key_end = json_skip_string(key + 1, end);
    if (key_end == NULL) return none;
    at = json_skip_spaces(key_end, end);
    if (at == end || *at != ':') return none;
    const char *value = json_skip_spaces(at + 1, end);
    const char *value_end = json_skip_value(value, end);
    if (value_end == NULL) return none;
    size_t length = (size_t)(key_end - key) - 2;
    if (length == strlen(name) && memcmp(key + 1, name, length) == 0) {
      jf_text found = {value, (uint64_t)(value_end - value)};
      return found;
    }
    at = json_skip_spaces(value_end, end);
  } while (at < end && *at == ',');
  return none;
}

/* Reads a whole number into `*number`, and leaves it alone when the member is absent. Returns 0 when it is something else. */
static inline int json_integer(jf_bytes json, const char *name, long least, long most, long *number) {
  char digits[24], *end;
  jf_text value = json_member(json, name);
  if (value.length == 0) return 1;
  if (value.length >= sizeof digits) return 0;
  memcpy(digits, value.data, value.length);
  digits[value.length] = 0;
  long read = strtol(digits, &end, 10);
  if (end == digits || *end != 0 || read < least || read > most) return 0;
  *number = read;
  return 1;
}

#endif
