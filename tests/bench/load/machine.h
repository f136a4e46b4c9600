/* machine.h - clocks, loopback sockets, and what a process has used: shared by the load tools. Linux only. */
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ull
#define SECOND 1000000000ull

static uint64_t clock_ns(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}
static inline uint64_t mono(void) { return clock_ns(CLOCK_MONOTONIC); }
static inline uint64_t wall_clock(void) { return clock_ns(CLOCK_REALTIME); }

/* Everything here stays on this machine: an address outside 127.0.0.0/8 ends the tool. */
static void only_loopback(struct in_addr a, const char *said) {
    if ((ntohl(a.s_addr) >> 24) == 127) return;
    fprintf(stderr, "%s is not in 127.0.0.0/8: the load tools stay on this machine\n", said);
    exit(2);
}
static inline struct sockaddr_in address(const char *text) {
    char host[64];
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(5060)};
    snprintf(host, sizeof host, "%s", text);
    char *colon = strchr(host, ':');
    if (colon) {
        *colon = 0;
        a.sin_port = htons(atoi(colon + 1));
    }
    if (!inet_aton(host, &a.sin_addr)) {
        fprintf(stderr, "%s is no address: write 127.0.0.1:5060\n", text);
        exit(2);
    }
    only_loopback(a.sin_addr, text);
    return a;
}
static inline struct sockaddr_in loopback(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}
static int udp_socket(const struct sockaddr_in *at, int buffer, int flags) {
    int fd = socket(AF_INET, SOCK_DGRAM | flags, 0);
    if (fd < 0 || bind(fd, (const void *)at, sizeof *at)) {
        fprintf(stderr, "port %d: ", ntohs(at->sin_port));
        perror("cannot bind");
        exit(2);
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    return fd;
}

/* As many descriptors as the machine gives, and timers that are not rounded up by 50 us. */
static void prepare_process(void) {
    struct rlimit most = {65536, 65536};
    prctl(PR_SET_TIMERSLACK, 1);
    if (!setrlimit(RLIMIT_NOFILE, &most)) return;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
}

/* The processes that are measured (--pid A,B,C). */
static char *pids[64];
static int npids;
static inline void measure_pids(char *list) {
    for (char *t = strtok(list, ", "); t && npids < 64; t = strtok(NULL, ", ")) pids[npids++] = t;
}
/* Seconds on a CPU, exact (the kernel's clock of each process), of all their threads and of those that ended. */
static inline double cpu_s(void) {
    double sum = 0;
    for (int i = 0; i < npids; i++) {
        clockid_t clock;
        struct timespec spent;
        if (clock_getcpuclockid(atoi(pids[i]), &clock) || clock_gettime(clock, &spent)) continue;
        sum += spent.tv_sec + spent.tv_nsec / 1e9;
    }
    return sum;
}
/* KiB they hold; shared pages counted once. */
static inline long pss_kb(void) {
    long sum = 0;
    for (int i = 0; i < npids; i++) {
        char path[64], line[256];
        long value;
        snprintf(path, sizeof path, "/proc/%s/smaps_rollup", pids[i]);
        FILE *f = fopen(path, "r");
        if (!f) continue;
        while (fgets(line, sizeof line, f))
            if (sscanf(line, "Pss: %ld", &value) == 1) {
                sum += value;
                break;
            }
        fclose(f);
    }
    return sum;
}
/* Our own CPU seconds. */
static inline double own_s(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
static inline int by_size(const void *a, const void *b) {
    uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b;
    return x < y ? -1 : x > y;
}
