/* rtpload - sets up N calls through a SIP peer (caller and callee are this one process), then runs G.711 both ways, 50
 * packets a second, through whatever media address the peer put in its SDP. One line of JSON tells loss, added delay, the
 * peer's CPU time per relayed packet and its memory per call.
 *
 *   rtpload --peer H:P --calls N --secs S [--warm S] [--setup-cps N] [--pid A,B] [--srtp] [--prefix 7 --callee-port 5210]
 *   rtpload --raw H:BASE     no SIP: stream A of call i sends to BASE+4i, stream B to BASE+4i+2, where udpfwd listens
 *
 * Delay is the kernel's receive time stamp (SO_TIMESTAMPNS, taken when the peer's packet enters loopback's receive path)
 * minus the clock read just before our send(): our own receive scheduling is not in it. */
#define _GNU_SOURCE
#include "message.h"
#include "srtp.h"
#include <getopt.h>
#include <poll.h>
#include <sys/uio.h>

enum { PACKET = 172, ROOM = 2048, BATCH = 8, MEDIA_BASE = 10000 /* below the ephemeral ports */ };
enum state { IDLE, INVITED, UP, WITHOUT_MEDIA, LEAVING, GONE, FAILED };
enum side { CALLER, CALLEE };
#define MAGIC 0x52544c44u
#define PACE (20 * MS)

struct leg {
    int fd, connected;
    struct sockaddr_in to; /* where the peer wants our media; port 0: nowhere */
    uint16_t port, sequence;
    uint32_t timestamp, ssrc;
    uint64_t next; /* when its next packet is due, monotonic */
#ifdef WITH_SRTP
    srtp_leg srtp;
#endif
};
struct call {
    struct leg leg[2];
    enum state state;
    uint64_t again; /* when the INVITE is repeated; 0: never */
    int tries;
    char totag[160], target[256], routes[2048];
};

static struct call *calls;
static int count = 10, secs = 10, warm = 3, setup_cps = 100, with_srtp, raw;
static const char *label = "", *domain;
static struct sockaddr_in peer, caller_at, callee_at, raw_to;
static int caller_sip, callee_sip, n_up, n_failed, n_gone, first_code;
static char run_id[16], prefix = '9';

/* ---- SIP ---- */
static int make_sdp(int i, enum side side, char *o, size_t n) {
    const char *profile = "RTP/AVP";
    char crypto[160] = "";
#ifdef WITH_SRTP
    if (with_srtp && side == CALLER) {
        char key[64];
        to_base64(calls[i].leg[CALLER].srtp.key, key);
        profile = "RTP/SAVP";
        snprintf(crypto, sizeof crypto, "a=crypto:1 " SUITE " inline:%s\r\n", key);
    }
#endif
    return snprintf(o, n,
                    "v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d %s 0\r\n"
                    "a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n%s",
                    i + 1, calls[i].leg[side].port, profile, crypto);
}
static void take_sdp(int i, enum side side, const char *m) {
    struct leg *l = &calls[i].leg[side];
    l->to = media_address(m);
#ifdef WITH_SRTP
    if (with_srtp && side == CALLER && !srtp_agree(&l->srtp, m)) l->to.sin_port = 0;
#endif
}
static void send_invite(int i) {
    char sdp[600], m[2000];
    int port = ntohs(caller_at.sin_port), length = make_sdp(i, CALLER, sdp, sizeof sdp);
    int n = snprintf(m, sizeof m,
                     "INVITE sip:%c%06d@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%s-%d-1;rport\r\n"
                     "Max-Forwards: 70\r\nFrom: <sip:load@%s>;tag=a%s%d\r\nTo: <sip:%c%06d@%s>\r\n"
                     "Call-ID: %s-%d@rtpload\r\nCSeq: 1 INVITE\r\nContact: <sip:load%06d@127.0.0.1:%d>\r\n"
                     "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\nContent-Type: application/sdp\r\n"
                     "Content-Length: %d\r\n\r\n%s",
                     prefix, i, domain, port, run_id, i, domain, run_id, i, prefix, i, domain, run_id, i, i, port, length, sdp);
    sendto(caller_sip, m, n, 0, (void *)&peer, sizeof peer);
}
static void send_in_dialog(int i, const char *method, int cseq, int branch) {
    struct call *c = &calls[i];
    char m[5000];
    int port = ntohs(caller_at.sin_port);
    int n = snprintf(m, sizeof m,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%s-%d-%d;rport\r\n"
                     "Max-Forwards: 70\r\n%sFrom: <sip:load@%s>;tag=a%s%d\r\nTo: <sip:%c%06d@%s>%s%s\r\n"
                     "Call-ID: %s-%d@rtpload\r\nCSeq: %d %s\r\nContact: <sip:load%06d@127.0.0.1:%d>\r\n"
                     "Content-Length: 0\r\n\r\n",
                     method, c->target, port, run_id, i, branch, c->routes, domain, run_id, i, prefix, i, domain,
                     c->totag[0] ? ";tag=" : "", c->totag, run_id, i, cseq, method, i, port);
    sendto(caller_sip, m, n, 0, (void *)&peer, sizeof peer);
}
/* The callee answers at once; the last six digits of the called number tell which call it is. */
static void answer_request(int fd, const char *m, const struct sockaddr_in *from_at, enum side side) {
    char via[3000], record_route[2000], from[400], to[400], call_id[256], cseq[64], sdp[600] = "", out[8000];
    char user[128] = "", tag[64] = "";
    const char *uri = strstr(m, "sip:");
    int i = -1, length = 0, code = 200;
    if (!strncmp(m, "ACK ", 4)) return;
    headers(m, "Via", "v", via, sizeof via);
    headers(m, "Record-Route", NULL, record_route, sizeof record_route);
    header(m, "From", "f", from, sizeof from);
    header(m, "To", "t", to, sizeof to);
    header(m, "Call-ID", "i", call_id, sizeof call_id);
    header(m, "CSeq", NULL, cseq, sizeof cseq);
    if (uri) sscanf(uri + 4, "%127[^@; \r\n]", user);
    if (strlen(user) >= 6) i = atoi(user + strlen(user) - 6);
    if (!strncmp(m, "INVITE ", 7)) {
        if (i < 0 || i >= count)
            code = 404;
        else {
            take_sdp(i, side, m);
            length = make_sdp(i, side, sdp, sizeof sdp);
        }
    }
    if (!strstr(to, ";tag=")) snprintf(tag, sizeof tag, ";tag=b%s%d", run_id, i);
    int n = snprintf(out, sizeof out,
                     "SIP/2.0 %d %s\r\n%s%sFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
                     "Contact: <sip:%s@127.0.0.1:%d>\r\n%sContent-Length: %d\r\n\r\n%s",
                     code, code == 200 ? "OK" : "Not Found", via, record_route, from, to, tag, call_id, cseq, user,
                     ntohs(side == CALLEE ? callee_at.sin_port : caller_at.sin_port),
                     length ? "Content-Type: application/sdp\r\n" : "", length, sdp);
    sendto(fd, out, n, 0, (const void *)from_at, sizeof *from_at);
}
static void on_invite_response(int i, int code, const char *m) {
    struct call *c = &calls[i];
    if (code < 200) {
        c->again = 0;
        return;
    }
    to_tag(m, c->totag, sizeof c->totag);
    if (code >= 300) {
        if (c->state != INVITED) return;
        c->state = FAILED;
        n_failed++;
        if (!first_code) first_code = code;
        snprintf(c->target, sizeof c->target, "sip:%c%06d@%s", prefix, i, domain);
        send_in_dialog(i, "ACK", 1, 1);
        return;
    }
    if (c->state == INVITED) {
        remote_target(m, c->target, sizeof c->target);
        route_set(m, c->routes, sizeof c->routes);
        take_sdp(i, CALLER, m);
        c->state = UP;
        n_up++;
    }
    send_in_dialog(i, "ACK", 1, 2);
}
static void on_response(const char *m) {
    char call_id[256], cseq[64];
    if (!header(m, "Call-ID", "i", call_id, sizeof call_id) || !header(m, "CSeq", NULL, cseq, sizeof cseq)) return;
    char *dash = strchr(call_id, '-');
    if (!dash || strncmp(call_id, run_id, strlen(run_id))) return;
    int i = atoi(dash + 1), code = atoi(m + 8);
    if (i < 0 || i >= count) return;
    if (strstr(cseq, "INVITE"))
        on_invite_response(i, code, m);
    else if (strstr(cseq, "BYE") && code >= 200 && calls[i].state == LEAVING) {
        calls[i].state = GONE;
        n_gone++;
    }
}
static void serve_sip(void) {
    static char m[65536];
    for (enum side side = CALLER; side <= CALLEE; side++) {
        int fd = side == CALLEE ? callee_sip : caller_sip;
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        for (ssize_t r; (r = recvfrom(fd, m, sizeof m - 1, 0, (void *)&from, &size)) > 0; size = sizeof from) {
            m[r] = 0;
            if (strncmp(m, "SIP/2.0", 7))
                answer_request(fd, m, &from, side);
            else if (side == CALLER)
                on_response(m);
        }
    }
}
static void set_up(void) {
    uint64_t start = mono(), end = start + count * SECOND / setup_cps + 8 * SECOND;
    int started = 0;
    caller_sip = udp_socket(&caller_at, 1 << 23, SOCK_NONBLOCK);
    callee_sip = udp_socket(&callee_at, 1 << 23, SOCK_NONBLOCK);
    for (uint64_t now; (now = mono()) < end && n_up + n_failed < count;) {
        int due = (now - start) * setup_cps / SECOND + 1;
        for (; started < due && started < count; started++) {
            calls[started].state = INVITED;
            calls[started].again = now + 500 * MS;
            send_invite(started);
        }
        for (int i = 0; i < started; i++) {
            struct call *c = &calls[i];
            if (c->state != INVITED || !c->again || now < c->again) continue;
            if (c->tries < 4) c->tries++;
            c->again = now + ((500 * MS) << c->tries);
            send_invite(i);
        }
        serve_sip();
        struct pollfd both[2] = {{caller_sip, POLLIN, 0}, {callee_sip, POLLIN, 0}};
        poll(both, 2, 2);
    }
    for (int i = 0; i < 20; i++) {
        usleep(10000);
        serve_sip();
    }
}
static void hang_up(void) {
    int leaving = 0;
    for (int i = 0; i < count; i++) {
        if (calls[i].state != UP && calls[i].state != WITHOUT_MEDIA) continue;
        calls[i].state = LEAVING;
        send_in_dialog(i, "BYE", 2, 3);
        if (++leaving % 20 == 0) {
            usleep(20000000 / (setup_cps * 2));
            serve_sip();
        }
    }
    for (uint64_t end = mono() + 10 * SECOND, again = mono() + 700 * MS; n_gone < leaving && mono() < end;) {
        serve_sip();
        usleep(2000);
        if (mono() < again) continue;
        again = mono() + SECOND;
        for (int i = 0; i < count; i++)
            if (calls[i].state == LEAVING) send_in_dialog(i, "BYE", 2, 3);
    }
}

/* ---- RTP ---- */
static uint64_t from_ns = UINT64_MAX, until_ns = UINT64_MAX; /* the window, wall clock */
static uint64_t sent, received, bad, send_errors;
static uint32_t *delays, latest_us;
static size_t n_delays, room_delays;

static void send_rtp(int i, enum side side) {
    struct leg *l = &calls[i].leg[side];
    uint8_t p[ROOM];
    int length = PACKET;
    uint32_t timestamp = htonl(l->timestamp), ssrc = htonl(l->ssrc), magic = MAGIC, id = i * 2 + side;
    memset(p, 0xd5, PACKET);
    p[0] = 0x80;
    p[1] = 0;
    p[2] = l->sequence >> 8;
    p[3] = l->sequence;
    memcpy(p + 4, &timestamp, 4);
    memcpy(p + 8, &ssrc, 4);
    memcpy(p + 12, &magic, 4);
    memcpy(p + 16, &id, 4);
    l->sequence++;
    l->timestamp += 160;
    uint64_t now = wall_clock();
    memcpy(p + 20, &now, 8);
#ifdef WITH_SRTP
    if (with_srtp && side == CALLER) srtp_protect(l->srtp.out, p, &length); /* our own cost, below 1 us, is in the delay */
#endif
    ssize_t r = l->connected ? send(l->fd, p, length, 0) : sendto(l->fd, p, length, 0, (void *)&l->to, sizeof l->to);
    send_errors += r < 0;
    sent += now >= from_ns && now < until_ns;
}
static uint64_t kernel_time(struct msghdr *h) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        struct timespec t;
        if (c->cmsg_type != SCM_TIMESTAMPNS) continue;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        return t.tv_sec * SECOND + t.tv_nsec;
    }
    return 0;
}
static void take_rtp(int i, enum side side, uint8_t *p, int length, uint64_t at) {
    uint32_t magic, id;
    uint64_t sent_at;
    if (length < PACKET || (p[1] & 0x7f) != 0) return;
#ifdef WITH_SRTP
    if (with_srtp && side == CALLER && srtp_unprotect(calls[i].leg[side].srtp.in, p, &length)) {
        bad++;
        return;
    }
#endif
    memcpy(&magic, p + 12, 4);
    memcpy(&id, p + 16, 4);
    memcpy(&sent_at, p + 20, 8);
    if (magic != MAGIC || id != (uint32_t)(i * 2 + !side)) {
        bad++;
        return;
    }
    if (sent_at < from_ns || sent_at >= until_ns) return;
    received++;
    if (n_delays < room_delays && at > sent_at) delays[n_delays++] = at - sent_at > 4 * SECOND ? 4 * SECOND : at - sent_at;
}
static void drain(int i, enum side side) {
    static uint8_t bytes[BATCH][ROOM], control[BATCH][64];
    static struct mmsghdr m[BATCH];
    static struct iovec io[BATCH];
    for (int k = 0; k < BATCH; k++) {
        io[k] = (struct iovec){bytes[k], ROOM};
        m[k].msg_hdr = (struct msghdr){
            .msg_iov = &io[k], .msg_iovlen = 1, .msg_control = control[k], .msg_controllen = sizeof control[k]};
    }
    int n = recvmmsg(calls[i].leg[side].fd, m, BATCH, MSG_DONTWAIT, NULL);
    for (int k = 0; k < n; k++) take_rtp(i, side, bytes[k], m[k].msg_len, kernel_time(&m[k].msg_hdr));
}
static void open_legs(void) {
    int one = 1;
    for (int i = 0; i < count; i++)
        for (enum side side = CALLER; side <= CALLEE; side++) {
            struct leg *l = &calls[i].leg[side];
            l->port = MEDIA_BASE + 4 * i + 2 * side;
            struct sockaddr_in at = loopback(l->port);
            l->fd = udp_socket(&at, 1 << 18, SOCK_NONBLOCK);
            setsockopt(l->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
            l->sequence = rand();
            l->timestamp = rand();
            l->ssrc = 0x20000000u + rand() % 0xfffffff;
#ifdef WITH_SRTP
            for (int k = 0; k < SRTP_KEY; k++) l->srtp.key[k] = rand();
#endif
            if (raw) {
                l->to = raw_to;
                l->to.sin_port = htons(ntohs(raw_to.sin_port) + 4 * i + 2 * side);
            }
        }
}
/* Calls that came up with media, as 2 x call + side: the two directions alternate, and all phases are spread over 20 ms. */
static int *order, streams;
static void spread(void) {
    uint64_t base = mono() + 5 * MS;
    order = calloc(2 * count + 1, sizeof *order);
    for (int i = 0; i < count; i++) {
        struct call *c = &calls[i];
        if (c->state == UP && (!c->leg[CALLER].to.sin_port || !c->leg[CALLEE].to.sin_port)) c->state = WITHOUT_MEDIA;
        if (c->state != UP) continue;
        order[streams++] = 2 * i + CALLER;
        order[streams++] = 2 * i + CALLEE;
    }
    for (int k = 0; k < streams; k++) {
        struct leg *l = &calls[order[k] / 2].leg[order[k] % 2];
        l->next = base + PACE * k / streams;
        l->connected = !connect(l->fd, (void *)&l->to, sizeof l->to); /* a relay sends from the port that it advertised */
    }
    room_delays = (size_t)streams * 50 * (secs + 1) + 1000;
    delays = malloc(room_delays * sizeof *delays);
}

struct reading {
    double cpu, own, at;
};
static struct reading read_now(void) { return (struct reading){cpu_s(), own_s(), mono() / 1e9}; }

/* Sends what is due, all streams in turn, until the window has passed and its last packets have come. */
static void talk(struct reading *first, struct reading *last, long *memory) {
    enum { WARMING, MEASURING, ENDING } phase = WARMING;
    uint64_t began = mono(), sip_at = 0, end = 0;
    for (int k = 0; streams;) {
        uint64_t now = mono();
        if (phase == WARMING && now - began >= warm * SECOND) {
            phase = MEASURING;
            *first = read_now();
            from_ns = wall_clock();
            until_ns = from_ns + secs * SECOND;
            latest_us = 0;
        } else if (phase == MEASURING && wall_clock() >= until_ns) {
            phase = ENDING;
            *last = read_now();
            *memory = pss_kb();
            end = mono() + 500 * MS;
        } else if (phase == ENDING && now > end)
            break;
        now = mono();
        for (int burst = 0; burst < 4 * streams; burst++) {
            int i = order[k] / 2;
            enum side side = order[k] % 2;
            struct leg *l = &calls[i].leg[side];
            if (l->next > now) break;
            uint32_t late = (now - l->next) / 1000;
            if (phase == MEASURING && late > latest_us) latest_us = late;
            drain(i, side);
            send_rtp(i, side);
            l->next += PACE;
            k = (k + 1) % streams;
            if (burst % 16 == 0) now = mono();
        }
        if (!raw && now - sip_at > 20 * MS) {
            serve_sip();
            sip_at = now;
        }
        uint64_t next = calls[order[k] / 2].leg[order[k] % 2].next, soonest = mono() + 250000;
        if (next < soonest) next = soonest;
        struct timespec at = {next / SECOND, next % SECOND};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    }
    for (int k = 0; k < streams; k++) drain(order[k] / 2, order[k] % 2);
}

static void read_options(int argc, char **argv) {
    static struct option known[] = {
        {"peer", 1, 0, 'p'},      {"calls", 1, 0, 'n'}, {"secs", 1, 0, 't'}, {"warm", 1, 0, 'w'},  {"setup-cps", 1, 0, 's'},
        {"pid", 1, 0, 'P'},       {"srtp", 0, 0, 'S'},  {"raw", 1, 0, 'r'},  {"label", 1, 0, 'l'},
        {"prefix", 1, 0, 'x'},   {"callee-port", 1, 0, 'c'}, {0}};
    caller_at = loopback(5199);
    callee_at = loopback(5200);
    domain = "127.0.0.1:5060";
    for (int o; (o = getopt_long(argc, argv, "", known, 0)) != -1;) switch (o) {
        case 'p': domain = optarg; break;
        case 'n': count = atoi(optarg); break;
        case 't': secs = atoi(optarg); break;
        case 'w': warm = atoi(optarg); break;
        case 's': setup_cps = atoi(optarg); break;
        case 'S': with_srtp = 1; break;
        case 'r': raw = 1, raw_to = address(optarg); break;
        case 'l': label = optarg; break;
        case 'x': prefix = *optarg; break;
        case 'c': callee_at = loopback(atoi(optarg)); break;
        case 'P': measure_pids(optarg); break;
        default: exit(2);
        }
    peer = address(domain);
#ifdef WITH_SRTP
    srtp_init();
#else
    if (with_srtp) {
        fprintf(stderr, "rtpload was built without SRTP: install libsrtp2-dev and make again\n");
        exit(2);
    }
#endif
}
static double delay_us(double part) { return n_delays ? delays[(size_t)((n_delays - 1) * part)] / 1000.0 : 0; }

int main(int argc, char **argv) {
    struct reading first = {0}, last = {0};
    long memory = 0;
    read_options(argc, argv);
    prepare_process();
    srand(getpid());
    snprintf(run_id, sizeof run_id, "r%x", (unsigned)(wall_clock() / 1000) & 0xfffffff);
    calls = calloc(count, sizeof *calls);
    open_legs();
    long memory_before = pss_kb();
    if (raw) {
        for (int i = 0; i < count; i++) calls[i].state = UP;
        n_up = count;
    } else
        set_up();
    spread();
    if (!streams) fprintf(stderr, "no call came up: %d refused (first %d), %d without media\n", n_failed, first_code, n_up);
    talk(&first, &last, &memory);
    if (!raw) hang_up();
    qsort(delays, n_delays, sizeof *delays, by_size);
    int up = streams / 2;
    double wall = last.at - first.at, per = received ? 1e6 / received : 0, cpu = last.cpu - first.cpu;
    printf("{\"label\":\"%s\",\"calls\":%d,\"up\":%d,\"failed\":%d,\"first_code\":%d,\"secs\":%.3f,\"offered\":%.3f,"
           "\"sent\":%lu,\"received\":%lu,\"loss_pct\":%.4f,\"us_p50\":%.1f,\"us_p99\":%.1f,\"us_max\":%.1f,"
           "\"cpu_us\":%.3f,\"own_us\":%.3f,\"cores\":%.3f,\"pss_before_kb\":%ld,\"pss_kb\":%ld,"
           "\"late_us\":%u,\"bad\":%lu,\"send_errors\":%lu,\"gone\":%d}\n",
           label, count, up, n_failed, first_code, wall, up && wall ? sent / (up * 100.0 * wall) : 0, sent, received,
           sent ? 100.0 * (double)(sent - received) / sent : 100, delay_us(.5), delay_us(.99), delay_us(1), cpu * per,
           (last.own - first.own) * per, wall ? cpu / wall : 0, memory_before, memory, latest_us, bad, send_errors, n_gone);
    return 0;
}
