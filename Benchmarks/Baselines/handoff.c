/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of a queued call: arguments of 100 bytes go to a worker thread through a mutex queue, and a copy of them comes back.
   Usage: handoff IN-FLIGHT CALLS. Prints nanoseconds a call. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CAPACITY = 128, BYTES = 100 };

static uint8_t *ring[CAPACITY];
static int head, count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static atomic_int answered;
static uint64_t sum;

static uint8_t *copy(const uint8_t *data) {
  uint8_t *bytes = malloc(BYTES);
  memcpy(bytes, data, BYTES);
  return bytes;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *work(void *calls) {
  for (int done = 0; done < *(int *)calls; done++) {
    pthread_mutex_lock(&mutex);
    while (count == 0) pthread_cond_wait(&filled, &mutex);
    uint8_t *arguments = ring[head];
    head = (head + 1) % CAPACITY;
    count--;
    pthread_mutex_unlock(&mutex);
    uint8_t *result = copy(arguments);
    sum += result[0];
    free(arguments);
    free(result);
    atomic_fetch_add_explicit(&answered, 1, memory_order_release);
  }
  return NULL;
}

static void wait_for(int wanted) {
  while (atomic_load_explicit(&answered, memory_order_acquire) < wanted) sched_yield();
}

int main(int argc, char **argv) {
  int in_flight = argc > 1 ? atoi(argv[1]) : 1, calls = argc > 2 ? atoi(argv[2]) : 100000;
  uint8_t payload[BYTES];
  memset(payload, 'x', sizeof payload);
  pthread_t worker;
  pthread_create(&worker, NULL, work, &calls);
  double start = now();
  for (int sent = 0; sent < calls; sent++) {
    if (sent >= in_flight) wait_for(sent - in_flight + 1);
    pthread_mutex_lock(&mutex);
    ring[(head + count) % CAPACITY] = copy(payload);
    int first = count++ == 0;
    pthread_mutex_unlock(&mutex);
    if (first) pthread_cond_signal(&filled);
  }
  wait_for(calls);
  double each = (now() - start) / calls;
  pthread_join(worker, NULL);
  printf("{\"nanoseconds\": %.2f, \"count\": %d, \"check\": %llu}\n", each, calls, (unsigned long long)sum);
  return 0;
}
