/* hash.h - SHA-256 of files and migrations (libcrypto), XXH3-64 of records and values (xxHash). */
#ifndef ARTSYNC_HASH_H
#define ARTSYNC_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "artsync/mem.h"

enum { SHA256_HEX = 65 }; /* 64 hexadecimal digits, lower case, and a NUL */

typedef struct Sha256 Sha256;
Sha256 *sha256_new(void);
void sha256_add(Sha256 *hash, const void *bytes, size_t n);
void sha256_end(Sha256 *hash, char hex[SHA256_HEX]); /* frees it */
void sha256_free(Sha256 *hash); /* without a result; accepts NULL */
void sha256_of(Str bytes, char hex[SHA256_HEX]);

/* HMAC-SHA256: a hash that only who has the key can compute. */
enum { HMAC_BYTES = 32 };
void hmac_sha256(Str key, Str bytes, unsigned char digest[HMAC_BYTES]);

uint64_t hash64(Str bytes, uint64_t seed);

#endif
