/* fetch.c - the wrapper around libcurl. */
#include "artsync/fetch.h"

#include <curl/curl.h>
#include <strings.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/mem.h"

enum { BODY_MAX_BYTES = 1024 * 1024 }; /* of a body that is dropped */

static size_t drop_body(char *bytes, size_t size, size_t n, void *ctx)
{
    curl_off_t *total = ctx;
    (void)bytes;
    *total += (curl_off_t)(size * n);
    return *total > BODY_MAX_BYTES ? 0 : size * n; /* 0: an error that ends it */
}

/* A signal that came since it began ends it, also where the run itself does not stop for signals any more. */
static int look_for_signal(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const int64_t *began = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return interrupt_at() >= *began;
}

static bool is_http(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

static bool only_http(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
#else
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
}

static bool prepare(CURL *curl, const FetchRequest *request, curl_off_t *total, int64_t *began)
{
    *began = clock_ms();
    return only_http(curl) && curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "artsync") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, total) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_signal) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, began) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           (!request->ca_file || curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file) == CURLE_OK);
}

/* What libcurl calls the failure names no host and no URL, unlike its longer messages. */
static bool fail(CURLcode code, const FetchRequest *request, Err *err)
{
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, ERR_TERMINATED, NULL, "a signal ended the wait for the answer");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return err_set(err, ERR_TIMEOUT, NULL, "no answer within %g seconds", request->timeout_ms / 1000.0);
    if (code == CURLE_WRITE_ERROR)
        return err_set(err, ERR_CONNECT, NULL, "the answer is larger than 1 MB");
    return err_set(err, ERR_CONNECT, NULL, "%s", curl_easy_strerror(code));
}

bool fetch_get(const FetchRequest *request, long *status, Err *err)
{
    curl_off_t total = 0;
    int64_t began;
    *status = 0;
    if (!is_http(request->url))
        return err_set(err, ERR_CONFIG, "give a URL that begins with https:// or http://",
                       "it is not a URL of http or https");
    CURL *curl = curl_easy_init();
    if (!curl)
        mem_exhausted();
    CURLcode code = prepare(curl, request, &total, &began) ? curl_easy_perform(curl) : CURLE_FAILED_INIT;
    bool ok = code == CURLE_OK ? curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status) == CURLE_OK
                               : fail(code, request, err);
    curl_easy_cleanup(curl);
    return ok;
}
