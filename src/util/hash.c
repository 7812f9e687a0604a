#include "artsync/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "artsync/hex.h"

struct Sha256 {
    EVP_MD_CTX *ctx;
};

/* libcrypto fails here only where the machine's policy or memory is broken; nothing sensible can go on without it. */
static void must(int ok)
{
    if (ok == 1)
        return;
    fputs("artsync: libcrypto refuses to compute SHA-256\n", stderr);
    exit(EXIT_REFUSED);
}

Sha256 *sha256_new(void)
{
    Sha256 *hash = mem_alloc(sizeof *hash);
    hash->ctx = EVP_MD_CTX_new();
    must(hash->ctx != NULL);
    must(EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL));
    return hash;
}

void sha256_add(Sha256 *hash, const void *bytes, size_t n) { must(EVP_DigestUpdate(hash->ctx, bytes, n)); }

void sha256_end(Sha256 *hash, char hex[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    must(EVP_DigestFinal_ex(hash->ctx, digest, &n));
    hex_write(hex, (Str){(const char *)digest, SHA256_HEX / 2});
    hex[SHA256_HEX - 1] = '\0';
    sha256_free(hash);
}

void sha256_free(Sha256 *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->ctx);
    free(hash);
}

void sha256_of(Str bytes, char hex[SHA256_HEX])
{
    Sha256 *hash = sha256_new();
    sha256_add(hash, bytes.p, bytes.n);
    sha256_end(hash, hex);
}

void hmac_sha256(Str key, Str bytes, unsigned char digest[HMAC_BYTES])
{
    unsigned int n = 0;
    must(HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)bytes.p, bytes.n, digest, &n) != NULL &&
         n == HMAC_BYTES);
}

uint64_t hash64(Str bytes, uint64_t seed) { return XXH3_64bits_withSeed(bytes.p, bytes.n, seed); }
