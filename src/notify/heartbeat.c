/* heartbeat.c - the URL that is called after every run, so that silence is noticed. */
#include <stdlib.h>
#include <string.h>

#include "artsync/fetch.h"
#include "artsync/mem.h"
#include "artsync/notify.h"

/* malloc'ed */
static char *failed_url(const char *url)
{
    size_t path = strcspn(url, "?#");
    Buf out = {0};
    buf_add(&out, url, path);
    buf_str(&out, path > 0 && url[path - 1] == '/' ? "fail" : "/fail");
    buf_str(&out, url + path);
    return out.data;
}

bool heartbeat_send(const char *url, bool well, const char *ca_file, Err *err)
{
    long status = 0;
    char *called = well ? mem_dup(url) : failed_url(url);
    bool ok = fetch_get(&(FetchRequest){called, ca_file, HEARTBEAT_TIMEOUT_MS}, &status, err);
    explicit_bzero(called, strlen(called));
    free(called);
    if (ok && (status < 200 || status > 299))
        return err_set(err, ERR_CONNECT, NULL, "the server answered with status %ld", status);
    return ok;
}

bool heartbeat_try(const char *url, const char *ca_file, Err *err)
{
    long status = 0;
    const char *host = strstr(url, "://");
    Buf root = {0};
    if (!host)
        return err_set(err, ERR_CONFIG, NULL, "it is not a URL of http or https");
    buf_add(&root, url, (size_t)(host + 3 - url) + strcspn(host + 3, "/?#"));
    buf_char(&root, '/');
    bool ok = fetch_get(&(FetchRequest){root.data, ca_file, HEARTBEAT_TIMEOUT_MS}, &status, err);
    explicit_bzero(root.data, root.len);
    buf_free(&root);
    return ok;
}
