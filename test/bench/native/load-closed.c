/*
 * A number of requests under way, the next sent for each answer that comes: what a server can do at most.
 *
 * Only the first bytes of an answer are read, so that the load costs less than the server. It never sleeps: the
 * server would pay for waking it, and a slow server, which lets it sleep more often, would pay more.
 */
#include "load.h"
#include <stdio.h>
#include <string.h>

static const double SILENCE = 0.02, PAUSE = 3e-6;
enum { PEEK = 4, MODE_SERVER = 4 };

struct tally {
  uint64_t answers, wrong, silences;
};

static struct outbox out;
static struct inbox in;

/* The interleaved exchange: what the next request of each source says it follows up. */
enum { MOST_SOURCES = 1 << 20, MARK_BASIC = 0x5a000000, MARK_INTERLEAVED = 0xa5000000, NUMBER = 0x00ffffff };
static unsigned char last_receive[MOST_SOURCES][8];

static void put32(unsigned char *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (unsigned char)(value >> (24 - 8 * i));
}

static uint32_t get32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Requests whose origin is the last answer's receive stamp; what the answer echoes tells the mode and the source,
 * one request of which is under way at a time. */
static void follow_up(int i, uint32_t source, uint32_t serial) {
  unsigned char *request = out.data[i];
  memcpy(request + ORIGIN, last_receive[source], 8);
  put32(request + RECEIVE, MARK_INTERLEAVED | source);
  put32(request + RECEIVE + 4, serial);
  put32(request + TRANSMIT, MARK_BASIC | source);
  put32(request + TRANSMIT + 4, serial);
}

static void send_requests(int fd, int count, int interleaved) {
  static uint32_t serial = 1;
  for (int i = 0; i < count; i++) {
    uint32_t source = outbox_source(&out, i);
    if (interleaved) follow_up(i, source, serial++);
  }
  outbox_send(&out, fd, count);
}

static void fill_window(int fd, int window, int interleaved) {
  for (int left = window; left > 0; left -= BATCH) send_requests(fd, left < BATCH ? left : BATCH, interleaved);
}

/* Waits for answers; 0: none came for so long that those under way must be lost. */
static int await_answers(int fd) {
  int count = inbox_receive(&in, fd);
  double began = now_seconds();
  for (double now = began; count == 0 && now < began + SILENCE; count = inbox_receive(&in, fd))
    for (double looked = now; (now = now_seconds()) < looked + PAUSE;) continue;
  return count;
}

static void count_plain(struct tally *tally, int count, int length) {
  for (int i = 0; i < count; i++) {
    const unsigned char *answer = in.data[i];
    int right = (int)in.messages[i].msg_len == length && (answer[0] & 7) == MODE_SERVER && answer[1] != 0;
    if (right) tally->answers++;
    else tally->wrong++;
  }
}

static void count_interleaved(struct tally *tally, int count) {
  for (int i = 0; i < count; i++) {
    const unsigned char *answer = in.data[i];
    uint32_t origin = get32(answer + ORIGIN), source = origin & NUMBER;
    if (source < MOST_SOURCES) memcpy(last_receive[source], answer + RECEIVE, 8);
    /* An echo has the mark too, but what we sent where a server puts its transmit stamp. */
    int echo = (get32(answer + TRANSMIT) & ~(uint32_t)NUMBER) == MARK_BASIC;
    if (!echo && (origin & ~(uint32_t)NUMBER) == MARK_INTERLEAVED) tally->answers++;
    else tally->wrong++;
  }
}

static struct tally exchange(const struct options *o, int fd, double seconds, int interleaved) {
  struct tally tally = {0, 0, 0};
  double until = now_seconds() + seconds;
  while (now_seconds() < until) {
    int count = await_answers(fd);
    if (count == 0) {
      tally.silences++;
      fill_window(fd, o->window, interleaved);
      continue;
    }
    if (interleaved) count_interleaved(&tally, count);
    else count_plain(&tally, count, o->length);
    send_requests(fd, count, interleaved);
  }
  return tally;
}

static int run(const struct options *o, int interleaved) {
  int fd = open_load_socket(8 << 20);
  if (interleaved && (o->sources > MOST_SOURCES || o->sources < (uint32_t)o->window)) {
    fprintf(stderr, "load: this mode needs as many sources as window=, and at most %d\n", MOST_SOURCES);
    return 64;
  }
  outbox_init(&out, o);
  inbox_init(&in, interleaved ? HEADER : PEEK);
  fill_window(fd, o->window, interleaved);
  exchange(o, fd, o->warmup, interleaved);
  double begin = now_seconds(), cpu = cpu_of(o->pid), own = cpu_of_self();
  struct tally tally = exchange(o, fd, o->seconds, interleaved);
  double seconds = now_seconds() - begin;
  printf("{\"answers\":%llu,\"wrong\":%llu,\"silences\":%llu,\"seconds\":%.6f,\"serverCpu\":%.6f,\"loadCpu\":%.6f}\n",
         (unsigned long long)tally.answers, (unsigned long long)tally.wrong, (unsigned long long)tally.silences,
         seconds, o->pid ? cpu_of(o->pid) - cpu : 0, cpu_of_self() - own);
  return 0;
}

int run_closed(const struct options *o) { return run(o, 0); }
int run_interleaved(const struct options *o) { return run(o, 1); }
