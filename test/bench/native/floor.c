/*
 * The floor: a UDP server that does nothing but send each datagram back, with the same calls in the same order as
 * the responder (poll, recvmmsg, sendmmsg of up to 32). No program that answers this way can be faster.
 *
 *   floor plain|stamped     listens on a free port of 127.0.0.1, which it prints
 *
 * stamped: also has the kernel stamp each arrival (SO_TIMESTAMPNS) and tell the address asked (IP_PKTINFO), answers
 * from that address, and reads the clock once a batch: the least that an NTP server on all addresses must ask for.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 32, SLOT = 1600, CONTROL = 128, SERVER_V4 = 0x24, RECEIVE_BUFFER = 4 << 20 };

static unsigned char data[BATCH][SLOT];
static struct sockaddr_in names[BATCH];
static _Alignas(16) unsigned char controls[BATCH][CONTROL];
static _Alignas(16) unsigned char answer_controls[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
static struct iovec iovecs[BATCH], answer_iovecs[BATCH];
static struct mmsghdr received[BATCH], outgoing[BATCH];

static void set_option(int fd, int level, int option, int value) {
  if (setsockopt(fd, level, option, &value, sizeof value) != 0) perror("floor: setsockopt");
}

static int open_socket(int stamped) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
  if (stamped) {
    set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
  }
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0) {
    perror("floor: bind");
    exit(1);
  }
  getsockname(fd, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void lay_out(int stamped) {
  for (int i = 0; i < BATCH; i++) {
    iovecs[i] = (struct iovec){data[i], SLOT};
    answer_iovecs[i].iov_base = data[i];
    received[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_iov = &iovecs[i], .msg_iovlen = 1};
    outgoing[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_iov = &answer_iovecs[i], .msg_iovlen = 1};
    if (stamped) received[i].msg_hdr.msg_control = controls[i];
  }
}

/* The address asked becomes the address answered from; the stamp is walked over as a reader of it would. */
static void copy_control(int i) {
  struct msghdr *in = &received[i].msg_hdr, *out = &outgoing[i].msg_hdr;
  out->msg_controllen = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(in); c; c = CMSG_NXTHDR(in, c)) {
    if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) continue;
    struct cmsghdr *answer = (struct cmsghdr *)answer_controls[i];
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof info);
    info.ipi_ifindex = 0;
    info.ipi_addr.s_addr = 0;
    answer->cmsg_level = IPPROTO_IP;
    answer->cmsg_type = IP_PKTINFO;
    answer->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(answer), &info, sizeof info);
    out->msg_control = answer;
    out->msg_controllen = CMSG_SPACE(sizeof info);
  }
}

static void serve(int fd, int stamped) {
  struct pollfd poll_for = {fd, POLLIN, 0};
  for (;;) {
    if (poll(&poll_for, 1, -1) <= 0) continue;
    for (int i = 0; i < BATCH; i++) {
      received[i].msg_hdr.msg_namelen = sizeof names[i];
      received[i].msg_hdr.msg_controllen = stamped ? CONTROL : 0;
    }
    int count = recvmmsg(fd, received, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
    struct timespec now;
    if (stamped) clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < count; i++) {
      data[i][0] = SERVER_V4;
      data[i][1] = 1;
      answer_iovecs[i].iov_len = received[i].msg_len < SLOT ? received[i].msg_len : SLOT;
      outgoing[i].msg_hdr.msg_namelen = received[i].msg_hdr.msg_namelen;
      if (stamped) copy_control(i);
    }
    for (int at = 0; at < count;) {
      int sent = sendmmsg(fd, outgoing + at, count - at, MSG_DONTWAIT);
      at += sent > 0 ? sent : 1;
    }
  }
}

int main(int argc, char **argv) {
  int stamped = argc > 1 && strcmp(argv[1], "stamped") == 0;
  if (argc != 2 || (!stamped && strcmp(argv[1], "plain") != 0)) {
    fprintf(stderr, "usage: floor plain|stamped\n");
    return 64;
  }
  lay_out(stamped);
  serve(open_socket(stamped), stamped);
}
