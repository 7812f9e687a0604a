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
