/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of a command call: a call through a function pointer that copies 100 bytes of arguments and 100 bytes of result, as
   whoever keeps bytes must. Prints nanoseconds a call. */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { uint8_t *data; size_t length; } bytes;

static bytes copy(const uint8_t *data, size_t length) {
  bytes b = {malloc(length), length};
  memcpy(b.data, data, length);
  return b;
}

static bytes answer(bytes arguments) { return copy(arguments.data, arguments.length); }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void) {
  enum { CALLS = 5000000 };
  bytes (*volatile command)(bytes) = answer;
  uint8_t payload[100];
  memset(payload, 'x', sizeof payload);
  uint64_t sum = 0;
  double start = now();
  for (int i = 0; i < CALLS; i++) {
    bytes arguments = copy(payload, sizeof payload);
    bytes result = command(arguments);
    sum += result.data[i % 100];
    free(arguments.data);
    free(result.data);
  }
  double each = (now() - start) / CALLS;
  printf("{\"nanoseconds\": %.2f, \"count\": %d, \"check\": %llu}\n", each, CALLS, (unsigned long long)sum);
  return 0;
}
