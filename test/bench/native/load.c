/*
 * NTP load generator for the bench: requests from many source addresses to 127.0.0.1, one JSON object on the last
 * line. Options are name=value:
 *
 *   mode=closed       keeps window= requests under way and counts the answers for seconds= after warmup=
 *   mode=interleaved  the same, each request following up the answer before (RFC 9769); counts interleaved answers
 *   mode=open         rate= requests a second, one by one; transmit minus receive of the answers
 *   mode=flood        total= requests at rate= a second in bursts, answers unread
 *   mode=clients      sources= clients, each asking every period= seconds; the share that was answered in a second
 *
 *   port= base=127.1.0.0 sources=1 request=HEX pid=N (whose CPU time to tell)
 */
#include "load.h"
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double clock_seconds(clockid_t id) {
  struct timespec t;
  return clock_gettime(id, &t) == 0 ? (double)t.tv_sec + (double)t.tv_nsec / 1e9 : NAN;
}

double cpu_of(int pid) {
  clockid_t id;
  return pid > 0 && clock_getcpuclockid(pid, &id) == 0 ? clock_seconds(id) : NAN;
}

double cpu_of_self(void) { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); }

int open_load_socket(int receive_buffer) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in any = {.sin_family = AF_INET};
  if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0) {
    perror("load: bind");
    exit(1);
  }
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  /* Saves the kernel the work of numbering packets that may be fragmented. */
  int probe = IP_PMTUDISC_PROBE;
  setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
  return fd;
}

void outbox_init(struct outbox *out, const struct options *options) {
  memset(out, 0, sizeof *out);
  out->base = options->base;
  out->sources = options->sources;
  out->server = (struct sockaddr_in){.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)options->port),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < BATCH; i++) {
    memcpy(out->data[i], options->request, (size_t)options->length);
    out->iovecs[i] = (struct iovec){out->data[i], (size_t)options->length};
    struct msghdr *message = &out->messages[i].msg_hdr;
    message->msg_name = &out->server;
    message->msg_namelen = sizeof out->server;
    message->msg_iov = &out->iovecs[i];
    message->msg_iovlen = 1;
    message->msg_control = out->controls[i];
    message->msg_controllen = sizeof out->controls[i];
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    control->cmsg_level = IPPROTO_IP;
    control->cmsg_type = IP_PKTINFO;
    control->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    outbox_source(out, i);
  }
  out->next = 0;
}

uint32_t outbox_source(struct outbox *out, int i) {
  uint32_t source = out->next;
  out->next = source + 1 == out->sources ? 0 : source + 1;
  struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA((struct cmsghdr *)out->controls[i]);
  info->ipi_spec_dst.s_addr = htonl(out->base + source);
  return source;
}

int outbox_send(struct outbox *out, int fd, int count) {
  int taken = 0;
  for (int at = 0; at < count;) {
    int sent = sendmmsg(fd, out->messages + at, (unsigned)(count - at), MSG_DONTWAIT);
    if (sent > 0) taken += sent;
    at += sent > 0 ? sent : 1;
  }
  return taken;
}

void inbox_init(struct inbox *in, int keep) {
  memset(in, 0, sizeof *in);
  for (int i = 0; i < BATCH; i++) {
    in->iovecs[i] = (struct iovec){in->data[i], (size_t)keep};
    in->messages[i].msg_hdr.msg_iov = &in->iovecs[i];
    in->messages[i].msg_hdr.msg_iovlen = 1;
  }
}

int inbox_receive(struct inbox *in, int fd) {
  int count = recvmmsg(fd, in->messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
  return count > 0 ? count : 0;
}

static int read_hex(const char *hex, unsigned char *out) {
  size_t digits = strlen(hex);
  if (digits % 2 != 0 || digits / 2 < HEADER || digits / 2 > LONGEST) return -1;
  for (size_t i = 0; i < digits / 2; i++)
    if (sscanf(hex + 2 * i, "%2hhx", &out[i]) != 1) return -1;
  return (int)(digits / 2);
}

static int read_option(struct options *o, const char *name, const char *value) {
  if (strcmp(name, "mode") == 0) o->mode = value;
  else if (strcmp(name, "port") == 0) o->port = atoi(value);
  else if (strcmp(name, "base") == 0) o->base = ntohl(inet_addr(value));
  else if (strcmp(name, "sources") == 0) o->sources = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "window") == 0) o->window = atoi(value);
  else if (strcmp(name, "warmup") == 0) o->warmup = atof(value);
  else if (strcmp(name, "seconds") == 0) o->seconds = atof(value);
  else if (strcmp(name, "rate") == 0) o->rate = atof(value);
  else if (strcmp(name, "total") == 0) o->total = strtoull(value, NULL, 10);
  else if (strcmp(name, "period") == 0) o->period = atof(value);
  else if (strcmp(name, "pid") == 0) o->pid = atoi(value);
  else if (strcmp(name, "request") == 0) return (o->length = read_hex(value, o->request)) > 0;
  else return 0;
  return 1;
}

int main(int argc, char **argv) {
  struct options o = {.mode = "closed", .base = 0x7f010000, .sources = 1, .window = 128, .warmup = 0.5,
                      .seconds = 2, .rate = 1000, .period = 2, .request = {0x23}, .length = HEADER};
  for (int i = 1; i < argc; i++) {
    char *equals = strchr(argv[i], '=');
    if (equals) *equals = 0;
    if (!equals || !read_option(&o, argv[i], equals + 1)) {
      fprintf(stderr, "load: \"%s\" is no option: see the head of load.c\n", argv[i]);
      return 64;
    }
  }
  if (o.sources == 0 || o.port <= 0) {
    fprintf(stderr, "load: port= is missing, or sources= is 0\n");
    return 64;
  }
  if (strcmp(o.mode, "closed") == 0) return run_closed(&o);
  if (strcmp(o.mode, "interleaved") == 0) return run_interleaved(&o);
  if (strcmp(o.mode, "open") == 0) return run_open(&o);
  if (strcmp(o.mode, "flood") == 0) return run_flood(&o);
  if (strcmp(o.mode, "clients") == 0) return run_clients(&o);
  fprintf(stderr, "load: there is no mode %s\n", o.mode);
  return 64;
}
