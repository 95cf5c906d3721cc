/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of the event bus: one thread copies 350 bytes into a bounded queue under a mutex, another takes and frees them.
   Prints nanoseconds an event. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EVENTS = 1000000, CAPACITY = 4096, BYTES = 350 };

static uint8_t *ring[CAPACITY];
static int head, count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER, filled = PTHREAD_COND_INITIALIZER;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *consume(void *sum) {
  for (int taken = 0; taken < EVENTS;) {
    uint8_t *batch[256];
    int n = 0;
    pthread_mutex_lock(&mutex);
    while (count == 0) pthread_cond_wait(&filled, &mutex);
    while (count > 0 && n < 256) {
      batch[n++] = ring[head];
      head = (head + 1) % CAPACITY;
      count--;
    }
    pthread_mutex_unlock(&mutex);
    pthread_cond_signal(&room);
    for (int i = 0; i < n; i++) {
      *(uint64_t *)sum += batch[i][0];
      free(batch[i]);
    }
    taken += n;
  }
  return NULL;
}

int main(void) {
  uint8_t payload[BYTES];
  memset(payload, 'x', sizeof payload);
  uint64_t sum = 0;
  pthread_t consumer;
  double start = now();
  pthread_create(&consumer, NULL, consume, &sum);
  for (int i = 0; i < EVENTS; i++) {
    uint8_t *event = malloc(BYTES);
    memcpy(event, payload, BYTES);
    pthread_mutex_lock(&mutex);
    while (count == CAPACITY) pthread_cond_wait(&room, &mutex);
    ring[(head + count) % CAPACITY] = event;
    int first = count++ == 0;
    pthread_mutex_unlock(&mutex);
    if (first) pthread_cond_signal(&filled);
  }
  pthread_join(consumer, NULL);
  printf("{\"nanoseconds\": %.2f, \"count\": %d, \"check\": %llu}\n", (now() - start) / EVENTS, EVENTS, (unsigned long long)sum);
  return 0;
}
