/* fetch.h - requests over http and https: the one wrapper around libcurl.
 *
 * A URL may hold a secret (a key in its path, a token): no message quotes it or any part of it. TLS is always verified,
 * no redirect is followed, and a signal ends the wait. Proxies are those of the environment (https_proxy, no_proxy).
 */
#ifndef ARTSYNC_FETCH_H
#define ARTSYNC_FETCH_H

#include <stdbool.h>

#include "artsync/err.h"

typedef struct FetchRequest {
    const char *url;
    const char *ca_file; /* certificates of authorities to trust besides the system's; NULL: none */
    int timeout_ms;      /* for all of it, from the look-up of the name to the last byte */
} FetchRequest;

/* GET; *status is the answer's, 200 for example, and its body is dropped. False: there was no answer, and `err` says
 * why: ERR_CONFIG (not a URL of http or https), ERR_TIMEOUT, ERR_CONNECT, ERR_TERMINATED (any signal). */
bool fetch_get(const FetchRequest *request, long *status, Err *err);

#endif
