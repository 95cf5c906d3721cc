/* SPDX-License-Identifier: Apache-2.0 */
/* A C library with a function for each thing a signature can say. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scalars: each gives back what it gets. */
int8_t fx_i8(int8_t v) { return v; }
int16_t fx_i16(int16_t v) { return v; }
int32_t fx_i32(int32_t v) { return v; }
int64_t fx_i64(int64_t v) { return v; }
uint8_t fx_u8(uint8_t v) { return v; }
uint16_t fx_u16(uint16_t v) { return v; }
uint32_t fx_u32(uint32_t v) { return v; }
uint64_t fx_u64(uint64_t v) { return v; }
float fx_f32(float v) { return v; }
double fx_f64(double v) { return v; }
bool fx_not(bool v) { return !v; }
void fx_divide(int32_t a, int32_t b, int32_t *quotient, int32_t *rest) { *quotient = a / b, *rest = a % b; }
void fx_double(int64_t *v) { *v *= 2; }
double fx_half_of(const double *v) { return *v / 2; }

/* More arguments than there are registers, of all classes. */
double fx_many(int8_t a, double b, uint64_t c, float d, int16_t e, double f, uint8_t g, int64_t h, double i, uint32_t j) {
  return a + b + (double)c + d + e + f + g + (double)h + i + j;
}

/* Texts. */
uint64_t fx_length(const char *text) { return text == NULL ? UINT64_MAX : strlen(text); }
uint64_t fx_length_at(const char **text) { return strlen(*text); }
const char *fx_name(int32_t number) { return number == 0 ? NULL : number == 1 ? "one" : "caf\xc3\xa9 \xff"; }
static int32_t texts;
char *fx_join(const char *a, const char *b) {
  char *joined = malloc(strlen(a) + strlen(b) + 1);
  strcpy(joined, a), strcat(joined, b), texts++;
  return joined;
}
void fx_split(const char *text, char **first) { *first = strndup(text, strcspn(text, " ")), texts++; }
void fx_free_text(char *text) { free(text), texts--; }
int32_t fx_texts(void) { return texts; }

/* Buffers. */
uint64_t fx_sum_bytes(const uint8_t *bytes, uint16_t count) {
  uint64_t sum = 0;
  for (uint16_t i = 0; i < count; i++) sum += bytes[i];
  return sum;
}
uint64_t fx_sum_words(const uint32_t *words, uint8_t count) {
  uint64_t sum = 0;
  for (uint8_t i = 0; i < count; i++) sum += words[i];
  return sum;
}
int32_t fx_is_null(const void *bytes) { return bytes == NULL; }
void fx_reverse(uint8_t *bytes, uint64_t count) {
  for (uint64_t i = 0; i < count / 2; i++) {
    const uint8_t kept = bytes[i];
    bytes[i] = bytes[count - 1 - i], bytes[count - 1 - i] = kept;
  }
}
int64_t fx_write(char *bytes, uint32_t room) { return snprintf(bytes, room, "hello, %d", 42); }
int32_t fx_fill(uint8_t *bytes, uint32_t *count, uint8_t value) {
  if (*count < 4) return -5;
  memset(bytes, value, 4), *count = 4;
  return 0;
}
void fx_text_into(char *bytes, uint64_t room) { strncpy(bytes, "as text", room); }
void fx_copy(const uint8_t *from, uint8_t *to, uint64_t width, uint64_t height) { memcpy(to, from, width * height); }
int64_t fx_boast(uint8_t *bytes, uint64_t room) { return bytes[0] = 1, (int64_t)room + 1; }

/* Structs. */
struct fx_record {
  uint8_t tag;
  double weight;
  int32_t counts[3];
  char name[8];
  const char *label;
  void *reserved;
  bool done;
};
void fx_record(struct fx_record *record, int32_t seed) {
  memset(record, 0, sizeof *record);
  record->tag = 200, record->weight = seed / 2.0, record->done = true, record->label = "label";
  for (int i = 0; i < 3; i++) record->counts[i] = seed * (i - 1);
  strcpy(record->name, "seven");
}
void fx_grow(struct fx_record *record) {
  record->tag++, record->weight *= 2, record->counts[2] = record->counts[0] + record->counts[1];
  record->name[0] = 'X', record->done = !record->done;
}
uint64_t fx_label_length(const struct fx_record *record) {
  if (record == NULL) return 999;
  return record->label == NULL || record->reserved != NULL ? 0 : strlen(record->label);
}
static struct fx_record kept;
const struct fx_record *fx_kept(int32_t seed) {
  if (seed == 0) return NULL;
  fx_record(&kept, seed);
  return &kept;
}
uint64_t fx_record_size(void) { return sizeof(struct fx_record); }

/* Handles. */
static int32_t live, loads, unloads;
struct fx_counter { int64_t value; };
struct fx_counter *fx_counter_new(int64_t start) {
  if (start < 0) return errno = EINVAL, NULL;
  struct fx_counter *counter = malloc(sizeof *counter);
  counter->value = start, live++;
  return counter;
}
int32_t fx_counter_open(int64_t start, struct fx_counter **counter) { return (*counter = fx_counter_new(start)) == NULL ? 3 : 0; }
int64_t fx_counter_add(struct fx_counter *counter, int64_t more) { return counter == NULL ? -1 : (counter->value += more); }
int32_t fx_counter_close(struct fx_counter *counter) {
  if (counter->value == 13) return 1; /* will not go */
  return free(counter), live--, 0;
}
void fx_counter_free(struct fx_counter *counter) { free(counter), live--; }
struct fx_counter *fx_counter_same(struct fx_counter *counter) { return counter; }
void *fx_bag_new(uint32_t width, uint32_t height) { return calloc(width, height); }
void fx_bag_put(void *bag, const uint8_t *bytes) { memcpy(bag, bytes, 1); }
int32_t fx_live(void) { return live; }
int32_t fx_enter(int32_t number) { return number == 7 ? (loads++, 0) : -1; }
void fx_leave(void) { unloads = loads * 10 + live; }
int32_t fx_unloads(void) { return unloads; }

/* Failures. */
int32_t fx_nonzero(int32_t number) { return number; }
int32_t fx_negative(int32_t number) { return number; }
void *fx_zero(int32_t number) { return number == 0 ? NULL : &live; }
int32_t fx_errno(int32_t number) { return errno = number, -1; }
bool fx_false(bool value) { return errno = ENOSPC, value; }

/* A variable number. */
double fx_total(int32_t count, ...) {
  va_list more;
  double total = 0;
  va_start(more, count);
  for (int32_t i = 0; i < count; i++) total += i % 2 == 0 ? va_arg(more, int32_t) : va_arg(more, double);
  va_end(more);
  return total;
}

int32_t fx_data = 7; /* is no function */
