/* udpfwd - the cheapest relay that one thread can be: two sockets a call, epoll, one recvfrom and one sendto a packet. It is
 * the floor that a relayed packet is compared with; it checks nothing and counts nothing.
 *
 *   udpfwd PORT CALLS MEDIA    call i has PORT+4i facing MEDIA+4i, and PORT+4i+2 facing MEDIA+4i+2 */
#define _GNU_SOURCE
#include "machine.h"
#include <sys/epoll.h>

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: udpfwd PORT CALLS MEDIA\n");
        return 2;
    }
    int port = atoi(argv[1]), lines = 2 * atoi(argv[2]), media = atoi(argv[3]), epoll = epoll_create1(0);
    int *fd = calloc(lines, sizeof *fd);
    struct sockaddr_in *to = calloc(lines, sizeof *to);
    prepare_process();
    for (int i = 0; i < lines; i++) {
        struct sockaddr_in at = loopback(port + 2 * i);
        struct epoll_event interest = {.events = EPOLLIN, .data.u32 = i};
        fd[i] = udp_socket(&at, 1 << 18, 0);
        to[i] = loopback(media + 2 * (i ^ 1));
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd[i], &interest);
    }
    for (;;) {
        static struct epoll_event ready[256];
        static char bytes[2048];
        int n = epoll_wait(epoll, ready, 256, -1);
        for (int k = 0; k < n; k++) {
            /* One packet for each event: a stream has at most one waiting, and a level-triggered epoll tells again. */
            int i = ready[k].data.u32;
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t length = recvfrom(fd[i], bytes, sizeof bytes, MSG_DONTWAIT, (void *)&from, &size);
            if (length > 0) sendto(fd[i ^ 1], bytes, length, 0, (void *)&to[i], sizeof to[i]);
        }
    }
}
