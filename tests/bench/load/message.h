/* message.h - as much SIP as a load generator reads: headers by name, the route set, the media address. */
#pragma once
#include "machine.h"
#include <strings.h>

/* The value of the first header of that name (or of its compact form). */
static const char *header(const char *m, const char *name, const char *compact, char *out, size_t n) {
    size_t l = strlen(name), cl = compact ? strlen(compact) : 0;
    out[0] = 0;
    for (const char *p = m; (p = strstr(p, "\r\n"));) {
        size_t k = 0;
        p += 2;
        if (*p == '\r') break;
        if (!strncasecmp(p, name, l) && p[l] == ':')
            k = l;
        else if (cl && !strncasecmp(p, compact, cl) && p[cl] == ':')
            k = cl;
        if (!k) continue;
        p += k + 1;
        while (*p == ' ') p++;
        size_t c = strstr(p, "\r\n") - p;
        if (c >= n) c = n - 1;
        memcpy(out, p, c);
        out[c] = 0;
        return out;
    }
    return NULL;
}
/* All headers of that name, as lines to be copied into an answer. */
static size_t headers(const char *m, const char *name, const char *compact, char *out, size_t n) {
    size_t o = 0, l = strlen(name), cl = compact ? strlen(compact) : 0;
    out[0] = 0;
    for (const char *p = m; (p = strstr(p, "\r\n"));) {
        p += 2;
        if (*p == '\r') break;
        if ((strncasecmp(p, name, l) || p[l] != ':') && (!cl || strncasecmp(p, compact, cl) || p[cl] != ':')) continue;
        const char *v = strchr(p, ':') + 1;
        while (*v == ' ') v++;
        o += snprintf(out + o, n - o, "%s: %.*s\r\n", name, (int)(strstr(v, "\r\n") - v), v);
        if (o >= n) return n - 1;
    }
    return o;
}
/* Record-Route in reverse order: the caller's route set (RFC 3261 12.1.2). */
static void route_set(const char *m, char *out, size_t n) {
    static char pool[4096];
    char line[2048], *item[32];
    size_t used = 0, o = 0;
    int k = 0;
    out[0] = 0;
    for (const char *p = m; (p = strstr(p, "\r\n"));) {
        p += 2;
        if (*p == '\r') break;
        if (strncasecmp(p, "Record-Route:", 13)) continue;
        snprintf(line, sizeof line, "%.*s", (int)(strstr(p, "\r\n") - p - 13), p + 13);
        for (char *q = line; q && *q && k < 32;) {
            char *lt = strchr(q, '<'), *gt = lt ? strchr(lt, '>') : NULL;
            if (!gt) break;
            char *comma = strchr(gt, ','), *end = comma ? comma : gt + strlen(gt);
            item[k++] = pool + used;
            used += snprintf(pool + used, sizeof pool - used, "%.*s", (int)(end - lt), lt) + 1;
            q = comma ? comma + 1 : NULL;
        }
    }
    for (int i = k - 1; i >= 0 && o < n; i--) o += snprintf(out + o, n - o, "Route: %s\r\n", item[i]);
}
static void to_tag(const char *m, char *out, size_t n) {
    char to[400], form[16];
    if (!header(m, "To", "t", to, sizeof to)) return;
    char *tag = strstr(to, ";tag=");
    snprintf(form, sizeof form, "%%%zu[^; \r\n]", n - 1);
    out[0] = 0;
    if (tag) sscanf(tag + 5, form, out);
}
/* The URI of Contact: where requests of the dialog go. */
static void remote_target(const char *m, char *out, size_t n) {
    char contact[400], form[16];
    if (!header(m, "Contact", "m", contact, sizeof contact)) return;
    char *lt = strchr(contact, '<');
    snprintf(form, sizeof form, lt ? "%%%zu[^>]" : "%%%zu[^; ]", n - 1);
    sscanf(lt ? lt + 1 : contact, form, out);
}
/* Address and port of the first audio stream; port 0 when there is none. */
static struct sockaddr_in media_address(const char *m) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    const char *body = strstr(m, "\r\n\r\n"), *c, *a;
    char ip[32] = "";
    if (!body || !(c = strstr(body, "c=IN IP4 ")) || !(a = strstr(body, "m=audio "))) return to;
    sscanf(c + 9, "%31[0-9.]", ip);
    inet_aton(ip, &to.sin_addr);
    only_loopback(to.sin_addr, ip);
    to.sin_port = htons(atoi(a + 8));
    return to;
}
