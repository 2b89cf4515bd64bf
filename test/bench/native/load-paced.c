/* Requests by the clock, whatever the server does: latency, floods, and patient clients. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODE_SERVER = 4 };

static struct outbox out;
static struct inbox in;

static void sleep_until(double at) {
  struct timespec t = {(time_t)at, (long)((at - (double)(time_t)at) * 1e9)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static uint64_t stamp_at(const unsigned char *at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | at[i];
  return value;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(const double *sorted, uint64_t count, double share) {
  if (count == 0) return 0;
  uint64_t index = (uint64_t)(share * (double)(count - 1) + 0.5);
  return sorted[index];
}

/* Transmit minus receive, µs. */
static double span_of(const unsigned char *answer) {
  return (double)(int64_t)(stamp_at(answer + TRANSMIT) - stamp_at(answer + RECEIVE)) / 4294.967296;
}

static uint64_t collect(int fd, double *into, uint64_t have, uint64_t most) {
  for (int count; (count = inbox_receive(&in, fd)) > 0;)
    for (int i = 0; i < count && have < most; i++) {
      const unsigned char *answer = in.data[i];
      if ((answer[0] & 7) != MODE_SERVER || answer[1] == 0) continue;
      into[have++] = span_of(answer);
    }
  return have;
}

int run_open(const struct options *o) {
  int fd = open_load_socket(8 << 20);
  uint64_t most = (uint64_t)(o->seconds * o->rate), have = 0;
  double *spans = calloc(most + 1, sizeof *spans);
  if (!spans) return 1;
  outbox_init(&out, o);
  inbox_init(&in, HEADER);
  double begin = now_seconds(), cpu = cpu_of(o->pid);
  for (uint64_t sent = 0; sent < most; sent++) {
    sleep_until(begin + (double)sent / o->rate);
    outbox_source(&out, 0);
    outbox_send(&out, fd, 1);
    have = collect(fd, spans, have, most);
  }
  sleep_until(now_seconds() + 0.2);
  have = collect(fd, spans, have, most);
  double seconds = now_seconds() - begin;
  qsort(spans, have, sizeof *spans, by_size);
  printf("{\"sent\":%llu,\"answers\":%llu,\"seconds\":%.6f,\"serverCpu\":%.6f,\"medianMicros\":%.3f,"
         "\"p99Micros\":%.3f,\"p999Micros\":%.3f,\"maxMicros\":%.3f}\n",
         (unsigned long long)most, (unsigned long long)have, seconds, o->pid ? cpu_of(o->pid) - cpu : 0,
         quantile(spans, have, 0.5), quantile(spans, have, 0.99), quantile(spans, have, 0.999),
         have ? spans[have - 1] : 0);
  free(spans);
  return 0;
}

/* Bursts of up to a batch, as many as the clock allows; sleeps where it is ahead. The answers overflow unread. */
int run_flood(const struct options *o) {
  int fd = open_load_socket(4096);
  outbox_init(&out, o);
  double begin = now_seconds(), cpu = cpu_of(o->pid), own = cpu_of_self();
  uint64_t sent = 0;
  while (sent < o->total) {
    double due = (now_seconds() - begin) * o->rate - (double)sent;
    if (due < 16) {
      sleep_until(begin + ((double)sent + 32) / o->rate);
      continue;
    }
    uint64_t left = o->total - sent;
    int count = due < BATCH ? (int)due : BATCH;
    if ((uint64_t)count > left) count = (int)left;
    for (int i = 0; i < count; i++) outbox_source(&out, i);
    outbox_send(&out, fd, count);
    sent += (uint64_t)count;
  }
  double seconds = now_seconds() - begin;
  printf("{\"sent\":%llu,\"seconds\":%.6f,\"perSecond\":%.0f,\"serverCpu\":%.6f,\"loadCpu\":%.6f}\n",
         (unsigned long long)sent, seconds, (double)sent / seconds, o->pid ? cpu_of(o->pid) - cpu : 0,
         cpu_of_self() - own);
  return 0;
}

/* Each request carries its number as its transmit stamp, which the answer echoes as its origin. */
int run_clients(const struct options *o) {
  int fd = open_load_socket(8 << 20);
  double gap = o->period / o->sources;
  uint64_t most = (uint64_t)(o->seconds / gap), answered = 0;
  unsigned char *seen = calloc(most + 1, 1);
  double *spans = calloc(most + 1, sizeof *spans);
  if (!seen || !spans) return 1;
  outbox_init(&out, o);
  inbox_init(&in, HEADER);
  double begin = now_seconds();
  for (uint64_t sent = 0; sent < most + (uint64_t)(1 / gap) + 1; sent++) {
    sleep_until(begin + (double)sent * gap);
    for (int count; (count = inbox_receive(&in, fd)) > 0;)
      for (int i = 0; i < count; i++) {
        uint64_t number = stamp_at(in.data[i] + ORIGIN);
        if (in.data[i][1] == 0 || number == 0 || number > most || seen[number - 1]) continue;
        seen[number - 1] = 1;
        spans[answered++] = span_of(in.data[i]);
      }
    if (sent >= most) continue;
    outbox_source(&out, 0);
    for (int i = 0; i < 8; i++) out.data[0][TRANSMIT + i] = (unsigned char)((sent + 1) >> (56 - 8 * i));
    outbox_send(&out, fd, 1);
  }
  double seconds = now_seconds() - begin;
  qsort(spans, answered, sizeof *spans, by_size);
  printf("{\"sent\":%llu,\"answers\":%llu,\"seconds\":%.6f,\"medianMicros\":%.3f,\"p99Micros\":%.3f}\n",
         (unsigned long long)most, (unsigned long long)answered, seconds, quantile(spans, answered, 0.5),
         quantile(spans, answered, 0.99));
  free(spans);
  free(seen);
  return 0;
}
