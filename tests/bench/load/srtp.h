/* srtp.h - SDES keys in SDP (RFC 4568) and SRTP on the caller's leg, when libsrtp2 is there. */
#pragma once
#include <stdint.h>
#include <string.h>
#ifdef WITH_SRTP
#include <srtp2/srtp.h>
#define SUITE "AES_CM_128_HMAC_SHA1_80"
enum { SRTP_KEY = 30 };
typedef struct {
    srtp_t out, in;
    uint8_t key[SRTP_KEY];
} srtp_leg;

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/* 30 bytes are 40 letters, without padding. */
static void to_base64(const uint8_t *d, char *o) {
    for (int i = 0; i < SRTP_KEY; i += 3) {
        uint32_t v = d[i] << 16 | d[i + 1] << 8 | d[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) *o++ = ALPHABET[v >> shift & 63];
    }
    *o = 0;
}
static int from_base64(const char *s, uint8_t *o) {
    uint32_t bits = 0;
    int have = 0, n = 0;
    for (const char *q; n < SRTP_KEY && *s && (q = strchr(ALPHABET, *s)); s++) {
        bits = bits << 6 | (q - ALPHABET);
        have += 6;
        if (have >= 8) o[n++] = bits >> (have -= 8);
    }
    return n == SRTP_KEY;
}
/* Takes the peer's key from its answer. 0 when the answer has none: then there is no SRTP. */
static int srtp_agree(srtp_leg *leg, const char *answer) {
    const char *at = strstr(answer, SUITE " inline:");
    uint8_t key[SRTP_KEY + 2];
    srtp_policy_t p;
    if (!at || !from_base64(at + strlen(SUITE " inline:"), key)) return 0;
    memset(&p, 0, sizeof p);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p.rtcp);
    p.window_size = 1024;
    p.ssrc.type = ssrc_any_inbound;
    p.key = key;
    if (!leg->in) srtp_create(&leg->in, &p);
    p.ssrc.type = ssrc_any_outbound;
    p.key = leg->key;
    if (!leg->out) srtp_create(&leg->out, &p);
    return 1;
}
#endif
