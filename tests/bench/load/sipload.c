/* sipload - a small, cheap SIP load generator: caller and callee in one thread, a clock finer than SIPp's millisecond. Open
 * loop: calls start at the asked rate whatever happens. One line of JSON.
 *
 *   sipload call PEER RATE SECS   INVITE with SDP, 180/200, ACK, BYE, 200; --hold-ms keeps the call up
 *   sipload reg  PEER RATE SECS   REGISTER, 401, REGISTER with MD5 and qop=auth, 200
 *   sipload ivr  PEER RATE SECS   INVITE 8..., hear the prompt, one RFC 4733 digit, the peer calls our callee, 200 ms of sound
 *                                 both ways, BYE
 *   --pid A,B   whose CPU and memory is measured     --calls N   in place of RATE x SECS     --number N   what is called
 *   --from H:P   the caller's address     --callee-port P   the callee's
 *
 * Timers of RFC 3261: repeats at 500 ms, 1 s, 2 s ... and gives up after 8 s (a failed call). The callee knows a call by its
 * Session-ID (RFC 7989), which is the one thing that proxies and back-to-back user agents pass on. */
#define _GNU_SOURCE
#include "message.h"
#include <getopt.h>
#include <openssl/evp.h>
#include <poll.h>

enum mode { CALL, REGISTER, IVR };
enum state { IDLE, WAITING, UP, LEAVING, DONE, FAILED };
enum { MEDIA_BASE = 10000, MOST_SLOTS = 2400, DIGIT = 1, PROMPT_MS = 3000, SETTLE_MS = 1200 /* what is left to do after the last answer belongs to the calls */ };
#define SESSION "5e55101d0000000000000000" /* and the call in eight more hexadecimal digits */
#define T1 (500 * MS)

struct call {
    uint8_t state, tries, reached, confirmed, callee_left, digit_packets, proving, prompted;
    uint64_t began, again, answered, heard, bridged; /* again: when the request is repeated, 0: never */
    uint32_t prompt_packets, caller_sequence, callee_sequence, digit_timestamp;
    int slot;
    struct sockaddr_in media[2];
    char totag[80], target[200], routes[400], nonce[128], realm[64], opaque[64];
};
static struct call *calls;
static enum mode mode;
static int count, caller_sip, callee_sip, users = 2000, hold_ms, first_code;
static struct sockaddr_in peer, callee_at, caller_at;
static const char *peer_name, *number, *label = "";
static char run_id[16];
static uint64_t repeats, callee_repeats, odd, ok, failed, active, prompts, retry_after;
static uint32_t *delays;
static size_t n_delays;

/* Sockets of IVR calls: two a call, used again after it. */
static int *slot_fd[2], slots, *free_slots, n_free;

static void release(struct call *c) {
    active--;
    if (c->slot < 0) return;
    free_slots[n_free++] = c->slot;
    c->slot = -1;
}
static void fail(struct call *c, int code) {
    if (c->state >= DONE) return;
    c->state = FAILED;
    if (!first_code) first_code = code;
    failed++;
    release(c);
}
static void done(struct call *c) {
    if (c->state >= DONE) return;
    c->state = DONE;
    ok++;
    release(c);
}
static void done_when_both_left(struct call *c) {
    if (c->state == LEAVING && !c->again && (mode != IVR || c->callee_left)) done(c);
}

/* ---- requests ---- */
static int make_sdp(int i, int callee, char *o, size_t n) {
    int port = mode == IVR ? MEDIA_BASE + 4 * calls[i].slot + 2 * callee : (callee ? 17500 : 17000);
    return snprintf(o, n,
                    "v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\n"
                    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
                    "a=sendrecv\r\n",
                    i + 1, port);
}
static void called(int i, char *o, size_t n) {
    if (number)
        snprintf(o, n, "%s", number);
    else
        snprintf(o, n, "%c%07d", mode == IVR ? '8' : '9', i);
}
static void send_invite(int i) {
    char sdp[500], m[1600], to[40];
    int port = ntohs(caller_at.sin_port), length = make_sdp(i, 0, sdp, sizeof sdp);
    called(i, to, sizeof to);
    int n = snprintf(m, sizeof m,
                     "INVITE sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%si%d;rport\r\n"
                     "Max-Forwards: 70\r\nFrom: \"Caller\" <sip:0301234567@127.0.0.1>;tag=a%s%d\r\nTo: <sip:%s@%s>\r\n"
                     "Call-ID: %s-%d\r\nCSeq: 1 INVITE\r\nContact: <sip:0301234567@127.0.0.1:%d>\r\n"
                     "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nSession-ID: " SESSION "%08x\r\n"
                     "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
                     to, peer_name, port, run_id, i, run_id, i, to, peer_name, run_id, i, port, i, length, sdp);
    sendto(caller_sip, m, n, 0, (void *)&peer, sizeof peer);
}
static void send_in_dialog(int i, const char *method, int cseq, const char *branch) {
    struct call *c = &calls[i];
    char m[2600], to[40];
    called(i, to, sizeof to);
    int n = snprintf(m, sizeof m,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s%s%d;rport\r\nMax-Forwards: 70\r\n"
                     "%sFrom: \"Caller\" <sip:0301234567@127.0.0.1>;tag=a%s%d\r\nTo: <sip:%s@%s>%s%s\r\nCall-ID: %s-%d\r\n"
                     "CSeq: %d %s\r\nContent-Length: 0\r\n\r\n",
                     method, c->target, ntohs(caller_at.sin_port), run_id, branch, i, c->routes, run_id, i, to,
                     peer_name, c->totag[0] ? ";tag=" : "", c->totag, run_id, i, cseq, method);
    sendto(caller_sip, m, n, 0, (void *)&peer, sizeof peer);
}
static void send_bye(int i, uint64_t now) {
    struct call *c = &calls[i];
    c->state = LEAVING;
    c->again = now + T1;
    c->tries = 0;
    send_in_dialog(i, "BYE", 2, "y");
}
static void md5(const char *text, char *hex) {
    static EVP_MD_CTX *context;
    unsigned char digest[16];
    unsigned n;
    if (!context) context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_md5(), NULL);
    EVP_DigestUpdate(context, text, strlen(text));
    EVP_DigestFinal_ex(context, digest, &n);
    for (int i = 0; i < 16; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
}
/* The proof of RFC 7616 with MD5, over realm and nonce of the challenge. */
static void prove(const struct call *c, const char *user, char *out, size_t n) {
    char a1[256], a2[256], h1[33], h2[33], all[512], response[33];
    snprintf(a1, sizeof a1, "%s:%s:secret", user, c->realm);
    snprintf(a2, sizeof a2, "REGISTER:sip:%s", peer_name);
    md5(a1, h1);
    md5(a2, h2);
    snprintf(all, sizeof all, "%s:%s:00000001:0a4f113b:auth:%s", h1, c->nonce, h2);
    md5(all, response);
    snprintf(out, n,
             "Authorization: Digest username=\"%s\",realm=\"%s\",nonce=\"%s\",uri=\"sip:%s\",response=\"%s\","
             "algorithm=MD5,cnonce=\"0a4f113b\",qop=auth,nc=00000001%s%s%s\r\n",
             user, c->realm, c->nonce, peer_name, response, c->opaque[0] ? ",opaque=\"" : "", c->opaque,
             c->opaque[0] ? "\"" : "");
}
static void send_register(int i) {
    struct call *c = &calls[i];
    char m[1800], proof[700] = "", user[16];
    int port = ntohs(caller_at.sin_port);
    snprintf(user, sizeof user, "u%06d", i % users);
    if (c->proving) prove(c, user, proof, sizeof proof);
    int n = snprintf(m, sizeof m,
                     "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%sr%d%d;rport\r\n"
                     "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=a%s%d\r\nTo: <sip:%s@%s>\r\nCall-ID: %s-%d\r\n"
                     "CSeq: %d REGISTER\r\nContact: <sip:%s@127.0.0.1:%d>\r\nExpires: 3600\r\n%sContent-Length: 0\r\n\r\n",
                     peer_name, port, run_id, c->proving, i, user, peer_name, run_id, i, user, peer_name, run_id, i,
                     1 + c->proving, user, port, proof);
    sendto(caller_sip, m, n, 0, (void *)&peer, sizeof peer);
}

/* ---- what comes ---- */
static void on_request(int fd, const char *m, const struct sockaddr_in *from_at) {
    char via[2000], record_route[1500], from[300], to[300], call_id[200], cseq[64], user[100] = "", tag[64] = "";
    char out[6000], sdp[500] = "", session[120], *known;
    const char *uri = strstr(m, "sip:"), *code = "200 OK", *type = "";
    int invite = !strncmp(m, "INVITE ", 7), length = 0, callee = fd == callee_sip, i = -1;
    header(m, "From", "f", from, sizeof from);
    header(m, "To", "t", to, sizeof to);
    if (uri) sscanf(uri + 4, "%99[^@;> \r\n]", user);
    if (header(m, "Session-ID", NULL, session, sizeof session) && (known = strstr(session, SESSION)))
        i = strtol(known + strlen(SESSION), NULL, 16);
    if ((known = strstr(to, ";tag=b")) && (known = strchr(known, 'x'))) i = atoi(known + 1);
    if (mode == REGISTER) return;
    struct call *c = i >= 0 && i < count ? &calls[i] : NULL;
    if (!strncmp(m, "ACK ", 4)) {
        if (c) c->confirmed = 1;
        return;
    }
    headers(m, "Via", "v", via, sizeof via);
    headers(m, "Record-Route", NULL, record_route, sizeof record_route);
    header(m, "Call-ID", "i", call_id, sizeof call_id);
    header(m, "CSeq", NULL, cseq, sizeof cseq);
    int begins = !strstr(to, ";tag=");
    if (begins) snprintf(tag, sizeof tag, ";tag=b%sx%d", run_id, i);
    if (invite && (!c || (mode == IVR && c->slot < 0))) {
        code = "404 Not Found";
        odd++;
    } else if (invite) {
        if (callee && begins) {
            callee_repeats += c->reached;
            c->reached = 1;
            if (mode == IVR) c->media[1] = media_address(m);
            int n = snprintf(out, sizeof out,
                             "SIP/2.0 180 Ringing\r\n%s%sFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
                             "Contact: <sip:%s@127.0.0.1:%d>\r\nContent-Length: 0\r\n\r\n",
                             via, record_route, from, to, tag, call_id, cseq, user, ntohs(callee_at.sin_port));
            sendto(fd, out, n, 0, (const void *)from_at, sizeof *from_at);
        }
        length = make_sdp(i, callee, sdp, sizeof sdp);
        type = "Content-Type: application/sdp\r\n";
    }
    int n = snprintf(out, sizeof out,
                     "SIP/2.0 %s\r\n%s%sFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
                     "Contact: <sip:%s@127.0.0.1:%d>\r\n%sContent-Length: %d\r\n\r\n%s",
                     code, via, record_route, from, to, tag, call_id, cseq, user,
                     ntohs(callee ? callee_at.sin_port : caller_at.sin_port), type, length, sdp);
    sendto(fd, out, n, 0, (const void *)from_at, sizeof *from_at);
    if (!strncmp(m, "BYE ", 4) && c) {
        c->callee_left = 1;
        done_when_both_left(c);
    }
}
static void parameter(const char *h, const char *name, char *o, size_t n) {
    size_t l = strlen(name);
    o[0] = 0;
    for (const char *p = h; (p = strcasestr(p, name)); p += l) {
        if ((p != h && p[-1] != ' ' && p[-1] != ',') || p[l] != '=') continue;
        p += l + 1;
        int quoted = *p == '"';
        size_t c = strcspn(p += quoted, quoted ? "\"" : ", \r");
        snprintf(o, n, "%.*s", (int)c, p);
        return;
    }
}
static void on_register_response(int i, int code, const char *m, uint64_t now) {
    struct call *c = &calls[i];
    char challenge[500];
    if (c->state != WAITING) return;
    if ((code == 401 || code == 407) && !c->proving) {
        const char *name = code == 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
        if (!header(m, name, NULL, challenge, sizeof challenge)) return;
        parameter(challenge, "realm", c->realm, sizeof c->realm);
        parameter(challenge, "nonce", c->nonce, sizeof c->nonce);
        parameter(challenge, "opaque", c->opaque, sizeof c->opaque);
        c->proving = 1;
        c->tries = 0;
        c->again = now + T1;
        send_register(i);
    } else if (code == 200) {
        delays[n_delays++] = (now - c->began) / 1000;
        done(c);
    } else if (code != 401 && code != 407)
        fail(c, code);
}
static void on_invite_response(int i, int code, const char *m, uint64_t now) {
    struct call *c = &calls[i];
    char wait[16];
    if (code >= 300) {
        to_tag(m, c->totag, sizeof c->totag);
        char to[40];
        called(i, to, sizeof to);
        snprintf(c->target, sizeof c->target, "sip:%s@%s", to, peer_name);
        send_in_dialog(i, "ACK", 1, "i");
        if (c->state < DONE && code == 503 && header(m, "Retry-After", NULL, wait, sizeof wait)) retry_after++;
        fail(c, code);
    } else if (c->state == WAITING) {
        to_tag(m, c->totag, sizeof c->totag);
        remote_target(m, c->target, sizeof c->target);
        route_set(m, c->routes, sizeof c->routes);
        delays[n_delays++] = (now - c->began) / 1000;
        c->answered = now;
        c->state = UP;
        c->again = 0;
        c->tries = 0;
        if (mode == IVR) c->media[0] = media_address(m);
        send_in_dialog(i, "ACK", 1, "k");
        if (mode == CALL && !hold_ms) send_bye(i, now);
    } else if (c->state == UP || c->state == LEAVING) {
        odd++;
        send_in_dialog(i, "ACK", 1, "k");
    }
}
static void on_response(const char *m, uint64_t now) {
    char call_id[200], cseq[64];
    int code = atoi(m + 8);
    if (!header(m, "Call-ID", "i", call_id, sizeof call_id) || !header(m, "CSeq", NULL, cseq, sizeof cseq)) return;
    char *dash = strchr(call_id, '-');
    if (!dash || strncmp(call_id, run_id, strlen(run_id))) return;
    int i = atoi(dash + 1);
    if (i < 0 || i >= count) return;
    struct call *c = &calls[i];
    if (code < 200) {
        if (c->state == WAITING && mode != REGISTER) c->again = now + 20 * SECOND;
    } else if (mode == REGISTER)
        on_register_response(i, code, m, now);
    else if (strstr(cseq, "INVITE"))
        on_invite_response(i, code, m, now);
    else if (strstr(cseq, "BYE") && c->state == LEAVING) {
        c->again = 0;
        odd += code != 200;
        done_when_both_left(c);
    }
}

/* ---- sound of IVR calls ---- */
/* The caller's sound and its digits share one SSRC, one sequence and one clock. */
static void rtp_header(uint8_t *p, int type, uint16_t sequence, uint32_t timestamp, uint32_t ssrc) {
    uint16_t s = htons(sequence);
    uint32_t t = htonl(timestamp), x = htonl(ssrc);
    p[0] = 0x80;
    p[1] = type;
    memcpy(p + 2, &s, 2);
    memcpy(p + 4, &t, 4);
    memcpy(p + 8, &x, 4);
}
static void send_digit(int i) {
    struct call *c = &calls[i];
    uint8_t p[16];
    int k = c->digit_packets++, end = k >= 5;
    if (!k) c->digit_timestamp = c->caller_sequence * 160;
    rtp_header(p, 101 | (k ? 0 : 0x80), 6000 + c->caller_sequence++, c->digit_timestamp, 0x51000000 + i);
    uint16_t duration = htons(((end ? 5 : k) + 1) * 160);
    p[12] = DIGIT;
    p[13] = (end ? 0x80 : 0) | 10;
    memcpy(p + 14, &duration, 2);
    sendto(slot_fd[0][c->slot], p, sizeof p, 0, (void *)&c->media[0], sizeof c->media[0]);
}
static void send_sound(int i, int callee) {
    struct call *c = &calls[i];
    uint8_t p[172];
    uint32_t k = callee ? c->callee_sequence++ : c->caller_sequence++;
    if (!c->media[callee].sin_port) return;
    memset(p, 0xd5, sizeof p);
    rtp_header(p, 0, k + (callee ? 0 : 6000), k * 160, (callee ? 0x52000000 : 0x51000000) + i);
    sendto(slot_fd[callee][c->slot], p, sizeof p, 0, (void *)&c->media[callee], sizeof c->media[callee]);
}
static void listen_to(struct call *c, uint64_t now) {
    char p[2048];
    ssize_t r;
    for (int k = 0; k < 20 && (r = recv(slot_fd[0][c->slot], p, sizeof p, MSG_DONTWAIT)) >= 0; k++) {
        if (r < 160) continue;
        if (!c->heard) c->heard = now;
        if (!c->confirmed) c->prompt_packets++;
    }
    for (int k = 0; k < 20 && recv(slot_fd[1][c->slot], p, sizeof p, MSG_DONTWAIT) >= 0; k++) {}
}
/* Every 20 ms of an IVR call: listen to the prompt, press the digit, talk for 200 ms, leave. */
static void go_on(int i, uint64_t now) {
    struct call *c = &calls[i];
    if (!c->digit_packets) {
        int over = (c->heard && now - c->heard > (PROMPT_MS + 150) * MS) || now - c->answered > (PROMPT_MS + 1500) * MS;
        if (over) prompts += c->prompted = c->prompt_packets * 20 >= PROMPT_MS * 95 / 100;
        if (over)
            send_digit(i);
        else
            send_sound(i, 0);
    } else if (c->digit_packets < 8)
        send_digit(i);
    else if (!c->reached)
        send_sound(i, 0);
    if (c->reached && c->confirmed) {
        if (!c->bridged) c->bridged = now;
        send_sound(i, 0);
        send_sound(i, 1);
        if (now - c->bridged > 200 * MS) send_bye(i, now);
    } else if (now - c->answered > (PROMPT_MS + 8000) * MS) {
        send_in_dialog(i, "BYE", 2, "y");
        fail(c, -2);
    }
}
static void open_slots(double rate) {
    slots = rate * 8 + 50;
    if (slots > MOST_SLOTS) slots = MOST_SLOTS;
    if (slots > count) slots = count;
    free_slots = calloc(slots, sizeof *free_slots);
    for (int side = 0; side < 2; side++) {
        slot_fd[side] = calloc(slots, sizeof(int));
        for (int k = 0; k < slots; k++) {
            struct sockaddr_in at = loopback(MEDIA_BASE + 4 * k + 2 * side);
            slot_fd[side][k] = udp_socket(&at, 1 << 16, SOCK_NONBLOCK);
        }
    }
    for (int k = 0; k < slots; k++) free_slots[n_free++] = slots - 1 - k;
}
static int take_slot(struct call *c) {
    char p[2048];
    if (!n_free) return 0;
    c->slot = free_slots[--n_free];
    for (int side = 0; side < 2; side++)
        while (recv(slot_fd[side][c->slot], p, sizeof p, MSG_DONTWAIT) >= 0) {}
    return 1;
}

/* ---- the loop ---- */
static int started, oldest; /* all calls before `oldest` are over */
static double rate;
static uint64_t t0, late_ns;

static void start_due(uint64_t now) {
    int due = (now - t0) * rate / SECOND + 1;
    if (due > count) due = count;
    if (due > started) {
        uint64_t wanted = t0 + (uint64_t)(started * (double)SECOND / rate);
        if (now > wanted && now - wanted > late_ns) late_ns = now - wanted;
    }
    for (int burst = 0; started < due && burst < 32; burst++) {
        struct call *c = &calls[started];
        if (mode == IVR && !take_slot(c)) return;
        c->state = WAITING;
        c->began = mono();
        c->again = c->began + T1;
        active++;
        if (mode == REGISTER)
            send_register(started);
        else
            send_invite(started);
        started++;
    }
}
static int receive(void) {
    static char m[65536];
    int n = 0;
    for (int callee = 0; callee < 2; callee++) {
        int fd = callee ? callee_sip : caller_sip;
        for (int k = 0; k < 64; k++, n++) {
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t r = recvfrom(fd, m, sizeof m - 1, 0, (void *)&from, &size);
            if (r <= 0) break;
            m[r] = 0;
            if (strncmp(m, "SIP/2.0", 7))
                on_request(fd, m, &from);
            else if (!callee)
                on_response(m, mono());
        }
    }
    return n;
}
/* Repeats what got no answer, and gives up what has waited too long. */
static void repeat(uint64_t now) {
    uint64_t patience = mode == IVR ? 30 * SECOND : 8 * SECOND;
    while (oldest < started && calls[oldest].state >= DONE) oldest++;
    for (int i = oldest; i < started; i++) {
        struct call *c = &calls[i];
        if (c->state == UP && mode == CALL && hold_ms && now - c->answered > hold_ms * MS) send_bye(i, now);
        if (c->state == LEAVING && !c->again && mode == IVR && now - c->answered > 30 * SECOND) fail(c, -3);
        if (!c->again || now <= c->again || (c->state != WAITING && c->state != LEAVING)) continue;
        if (now - (c->state == LEAVING ? c->answered + hold_ms * MS : c->began) > patience) {
            fail(c, -1);
            continue;
        }
        repeats++;
        if (c->tries < 3) c->tries++;
        c->again = now + (T1 << c->tries);
        if (mode == REGISTER)
            send_register(i);
        else if (c->state == WAITING)
            send_invite(i);
        else
            send_in_dialog(i, "BYE", 2, "y");
    }
}
static void run(void) {
    uint64_t scanned = 0, spoke = 0;
    while (started < count || active) {
        start_due(mono());
        int got = receive();
        uint64_t now = mono();
        if (mode == IVR && now - spoke >= 20 * MS) {
            spoke = now;
            for (int i = oldest; i < started; i++) {
                struct call *c = &calls[i];
                if ((c->state != UP && c->state != LEAVING) || c->slot < 0) continue;
                listen_to(c, now);
                if (c->state == UP) go_on(i, now);
            }
        }
        if (now - scanned > 10 * MS) {
            scanned = now;
            repeat(now);
        }
        if (got) continue;
        struct pollfd both[2] = {{caller_sip, POLLIN, 0}, {callee_sip, POLLIN, 0}};
        uint64_t next = started < count ? t0 + (uint64_t)(started * (double)SECOND / rate) : now + MS;
        if (mode == IVR && spoke + 20 * MS < next) next = spoke + 20 * MS;
        uint64_t wait = next > now ? next - now : 0;
        if (wait > 2 * MS) wait = 2 * MS;
        if (wait < 50000) wait = 50000;
        struct timespec t = {0, wait};
        ppoll(both, 2, &t, NULL);
    }
}
static double delay_ms(double part) { return n_delays ? delays[(size_t)((n_delays - 1) * part)] / 1000.0 : 0; }

static void read_options(int argc, char **argv) {
    static struct option known[] = {{"pid", 1, 0, 'P'},   {"label", 1, 0, 'l'},  {"hold-ms", 1, 0, 'h'},
                                    {"calls", 1, 0, 'c'}, {"number", 1, 0, 'n'}, {"from", 1, 0, 'f'}, {"callee-port", 1, 0, 't'}, {0}};
    caller_at = loopback(5198);
    callee_at = loopback(5200);
    if (argc < 5) {
        fprintf(stderr, "usage: sipload call|reg|ivr PEER RATE SECS [--pid A,B] [--hold-ms N] ...\n");
        exit(2);
    }
    mode = !strcmp(argv[1], "reg") ? REGISTER : !strcmp(argv[1], "ivr") ? IVR : CALL;
    peer_name = argv[2];
    rate = atof(argv[3]);
    count = rate * atof(argv[4]);
    optind = 5;
    for (int o; (o = getopt_long(argc, argv, "", known, 0)) != -1;) switch (o) {
        case 'P': measure_pids(optarg); break;
        case 'l': label = optarg; break;
        case 'h': hold_ms = atoi(optarg); break;
        case 'c': count = atoi(optarg); break;
        case 'n': number = optarg; break;
        case 'f': caller_at = address(optarg); break;
        case 't': callee_at = loopback(atoi(optarg)); break;
        default: exit(2);
        }
    if (count < 1) count = 1;
    peer = address(peer_name);
}
int main(int argc, char **argv) {
    read_options(argc, argv);
    prepare_process();
    snprintf(run_id, sizeof run_id, "s%x", (unsigned)(mono() / 1000) & 0xfffffff);
    calls = calloc(count, sizeof *calls);
    delays = calloc(count + 1, sizeof *delays);
    for (int i = 0; i < count; i++) calls[i].slot = -1;
    caller_sip = udp_socket(&caller_at, 1 << 23, SOCK_NONBLOCK);
    callee_sip = udp_socket(&callee_at, 1 << 23, SOCK_NONBLOCK);
    if (mode == IVR) open_slots(rate);
    long memory = pss_kb();
    double cpu = cpu_s(), own = own_s();
    t0 = mono();
    run();
    double wall = (mono() - t0) / 1e9;
    usleep(SETTLE_MS * 1000);
    cpu = cpu_s() - cpu;
    own = own_s() - own;
    qsort(delays, n_delays, sizeof *delays, by_size);
    int good = ok == (uint64_t)count && repeats + callee_repeats <= (uint64_t)count / 1000 &&
               (mode != IVR || prompts == (uint64_t)count);
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"rate\":%.0f,\"calls\":%d,\"ok\":%lu,\"failed\":%lu,\"first_code\":%d,"
           "\"retry_after\":%lu,\"repeats\":%lu,\"callee_repeats\":%lu,\"odd\":%lu,\"wall\":%.2f,\"ms_p50\":%.3f,"
           "\"ms_p99\":%.3f,\"ms_max\":%.3f,\"cpu_ms\":%.4f,\"own_ms\":%.4f,\"cores\":%.3f,\"late_ms\":%.1f,"
           "\"prompts\":%lu,\"pss_before_kb\":%ld,\"pss_kb\":%ld,\"good\":%s}\n",
           label, argv[1], rate, count, ok, failed, first_code, retry_after, repeats, callee_repeats, odd, wall,
           delay_ms(.5), delay_ms(.99), delay_ms(1), 1000 * cpu / (ok ? ok : 1), 1000 * own / count, cpu / wall,
           late_ns / 1e6, prompts, memory, pss_kb(), good ? "true" : "false");
    return 0;
}
