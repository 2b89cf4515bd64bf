/* What the parts of the load generator share: options, the socket of many sources, sizes of NTP. */
#ifndef LOAD_H
#define LOAD_H
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, HEADER = 48, LONGEST = 128, ORIGIN = 24, RECEIVE = 32, TRANSMIT = 40 };

struct options {
  const char *mode;
  int port;
  uint32_t base;      /* first source address, host order */
  uint32_t sources;   /* addresses from there, taken in turn */
  int window;         /* requests under way */
  double warmup, seconds;
  double rate;        /* requests a second */
  uint64_t total;     /* requests in all; 0: as long as it lasts */
  double period;      /* seconds between the requests of a client */
  int pid;            /* whose CPU time is told; 0: nobody's */
  unsigned char request[LONGEST];
  int length;
};

/* Ready messages to the server, each with its own source address. */
struct outbox {
  struct mmsghdr messages[BATCH];
  struct iovec iovecs[BATCH];
  unsigned char data[BATCH][LONGEST];
  _Alignas(16) unsigned char controls[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
  struct sockaddr_in server;
  uint32_t base, sources, next;
};

/* Answers: `keep` bytes of each, its real length in msg_len. */
struct inbox {
  struct mmsghdr messages[BATCH];
  struct iovec iovecs[BATCH];
  unsigned char data[BATCH][LONGEST];
};

int open_load_socket(int receive_buffer);
void outbox_init(struct outbox *out, const struct options *options);
/* Source number `next` for message i; returns the number. */
uint32_t outbox_source(struct outbox *out, int i);
/* Sends the first `count`; returns how many the kernel took. */
int outbox_send(struct outbox *out, int fd, int count);
void inbox_init(struct inbox *in, int keep);
/* Returns how many have come; waits for none. */
int inbox_receive(struct inbox *in, int fd);

double now_seconds(void);
/* CPU seconds (user and system) that the process has used; NaN without one. */
double cpu_of(int pid);
double cpu_of_self(void);

int run_closed(const struct options *options);
int run_interleaved(const struct options *options);
int run_open(const struct options *options);
int run_flood(const struct options *options);
int run_clients(const struct options *options);
#endif
