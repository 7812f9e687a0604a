/* Hashes: the known answers, in pieces or at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "artsync/hash.h"

static void sha256_answers(void **state)
{
    (void)state;
    char hex[SHA256_HEX];
    sha256_of(STR(""), hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_of(STR("abc"), hex); /* FIPS 180-2, B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void sha256_in_pieces(void **state)
{
    (void)state;
    char whole[SHA256_HEX], pieces[SHA256_HEX], bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    sha256_of((Str){bytes, sizeof bytes}, whole);
    Sha256 *hash = sha256_new();
    for (size_t at = 0, n = 0; at < sizeof bytes; at += n) {
        n = at % 7 + 1 < sizeof bytes - at ? at % 7 + 1 : sizeof bytes - at;
        sha256_add(hash, bytes + at, n);
    }
    sha256_end(hash, pieces);
    assert_string_equal(whole, pieces);
    sha256_free(sha256_new());
    sha256_free(NULL);
}

static void hash64_tells_apart(void **state)
{
    (void)state;
    assert_int_equal(hash64(STR(""), 0), UINT64_C(0x2D06800538D394C2)); /* XXH3-64 as published: states outlive us */
    assert_true(hash64(STR("a"), 0) == hash64(STR("a"), 0));
    assert_true(hash64(STR("a"), 0) != hash64(STR("b"), 0));
    assert_true(hash64(STR("a"), 0) != hash64(STR("a"), 1));
    assert_true(hash64(STR("a"), 0) != hash64((Str){"a\0", 2}, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_answers),
        cmocka_unit_test(sha256_in_pieces),
        cmocka_unit_test(hash64_tells_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
