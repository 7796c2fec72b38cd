/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Fills the certificate stores of the local machine through CryptoAPI, and sets values and rights of the registry, as Windows
 * programs do.
 *
 *   wine_store.exe LIST
 *
 * Each line of LIST is a command; its words are parted by tabs.  WHERE is machine, policy or enterprise, KEY begins with HKLM\ or
 * HKU\. add WHERE STORE FILE NAME   the certificate in FILE (DER) goes into the store with the friendly name NAME and the purpose
 * server authentication; NAME "-" leaves the properties out remove WHERE STORE FILE     it goes out of it set KEY NAME TYPE HEX a
 * value; TYPE is Windows' number unset KEY NAME key KEY                     a key without values clear KEY                   the
 * key and all below it are gone deny KEY                    nobody may read it
 */
#include <windows.h>
#include <aclapi.h>
#include <wincrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CERTIFICATE_MAX = 65536, WORD_MAX = 520, LINE_MAX = 1 << 18, WORDS = 5 };

static int fail(const char *what, const char *detail, LONG error)
{
    printf("%s %s: error %ld\n", what, detail, error);
    return -1;
}

static int fail_last(const char *what, const char *detail)
{
    return fail(what, detail, (LONG)GetLastError());
}

static int widen(const char *text, WCHAR *out)
{
    return MultiByteToWideChar(CP_UTF8, 0, text, -1, out, WORD_MAX) > 0 ? 0 : fail_last("widen", text);
}

/* --- Certificates --- */

static int read_file(const char *path, BYTE *out, DWORD *n)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return fail_last("open", path);
    *n = (DWORD)fread(out, 1, CERTIFICATE_MAX, f);
    (void)fclose(f);
    return *n > 0 && *n < CERTIFICATE_MAX ? 0 : fail_last("read", path);
}

static int set_properties(PCCERT_CONTEXT context, const char *name)
{
    static const BYTE server_auth[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 };
    WCHAR wide[WORD_MAX];
    CRYPT_DATA_BLOB friendly = { 0, (BYTE *)wide }, purpose = { sizeof server_auth, (BYTE *)server_auth };

    if (widen(name, wide) != 0)
        return -1;
    friendly.cbData = (DWORD)((wcslen(wide) + 1) * sizeof *wide);
    if (!CertSetCertificateContextProperty(context, CERT_FRIENDLY_NAME_PROP_ID, 0, &friendly))
        return fail_last("friendly name", name);
    if (!CertSetCertificateContextProperty(context, CERT_ENHKEY_USAGE_PROP_ID, 0, &purpose))
        return fail_last("purpose", name);
    return 0;
}

/* Wine does not know where the enterprise's stores are: it is given their key. */
static HCERTSTORE open_enterprise(const WCHAR *name)
{
    WCHAR path[2 * WORD_MAX] = L"SOFTWARE\\Microsoft\\EnterpriseCertificates\\";
    HCERTSTORE store = NULL;
    HKEY k;

    wcscat(path, name);
    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &k, NULL) != ERROR_SUCCESS)
        return NULL;
    store = CertOpenStore(CERT_STORE_PROV_REG, 0, 0, 0, k);
    (void)RegCloseKey(k);
    return store;
}

static HCERTSTORE open_store(const char *where, const char *name)
{
    DWORD flags = strcmp(where, "policy") == 0 ? CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY : CERT_SYSTEM_STORE_LOCAL_MACHINE;
    HCERTSTORE store = NULL;
    WCHAR wide[WORD_MAX];

    if (widen(name, wide) != 0)
        return NULL;
    store = strcmp(where, "enterprise") == 0 ? open_enterprise(wide)
                                             : CertOpenStore(CERT_STORE_PROV_SYSTEM_REGISTRY_W, 0, 0, flags, wide);
    if (store == NULL)
        (void)fail_last("open store", name);
    return store;
}

static int add(char *const *word)
{
    static BYTE der[CERTIFICATE_MAX];
    PCCERT_CONTEXT context = NULL;
    HCERTSTORE store;
    DWORD n = 0;
    int rc = 0;

    if (read_file(word[2], der, &n) != 0 || (store = open_store(word[0], word[1])) == NULL)
        return -1;
    if (!CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, n, CERT_STORE_ADD_REPLACE_EXISTING, &context))
        rc = fail_last("add", word[2]);
    else if (strcmp(word[3], "-") != 0)
        rc = set_properties(context, word[3]);
    if (context != NULL)
        (void)CertFreeCertificateContext(context);
    (void)CertCloseStore(store, 0);
    return rc;
}

static int remove_from(char *const *word)
{
    static BYTE der[CERTIFICATE_MAX];
    PCCERT_CONTEXT wanted, found;
    HCERTSTORE store;
    DWORD n = 0;

    if (read_file(word[2], der, &n) != 0 || (store = open_store(word[0], word[1])) == NULL)
        return -1;
    wanted = CertCreateCertificateContext(X509_ASN_ENCODING, der, n);
    found = wanted != NULL ? CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, wanted, NULL) : NULL;
    if (found == NULL || !CertDeleteCertificateFromStore(found))
        return fail_last("remove", word[2]);
    (void)CertFreeCertificateContext(wanted);
    (void)CertCloseStore(store, 0);
    return 0;
}

/* --- Keys and values --- */

static HKEY root_of(const char **path)
{
    HKEY root = strncmp(*path, "HKU\\", 4) == 0 ? HKEY_USERS : HKEY_LOCAL_MACHINE;

    *path = strchr(*path, '\\') + 1;
    return root;
}

static int make(const char *path, REGSAM rights, HKEY *k)
{
    const char *below = path;
    HKEY root = root_of(&below);
    WCHAR wide[WORD_MAX];
    LONG error = widen(below, wide) == 0 ? RegCreateKeyExW(root, wide, 0, NULL, 0, rights, NULL, k, NULL) : ERROR_INVALID_NAME;

    return error == ERROR_SUCCESS ? 0 : fail("create", path, error);
}

static DWORD bytes_of(const char *hex, BYTE *out)
{
    DWORD n = 0;

    for (char digits[3] = ""; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        memcpy(digits, hex, 2);
        out[n++] = (BYTE)strtoul(digits, NULL, 16);
    }
    return n;
}

static int set(char *const *word)
{
    static BYTE data[LINE_MAX / 2];
    WCHAR name[WORD_MAX];
    LONG error;
    HKEY k;

    if (widen(word[1], name) != 0 || make(word[0], KEY_WRITE, &k) != 0)
        return -1;
    error = RegSetValueExW(k, name, 0, (DWORD)atol(word[2]), data, bytes_of(word[3], data));
    (void)RegCloseKey(k);
    return error == ERROR_SUCCESS ? 0 : fail("set", word[1], error);
}

static int unset(char *const *word)
{
    WCHAR name[WORD_MAX];
    LONG error;
    HKEY k;

    if (widen(word[1], name) != 0 || make(word[0], KEY_WRITE, &k) != 0)
        return -1;
    error = RegDeleteValueW(k, name);
    (void)RegCloseKey(k);
    return error == ERROR_SUCCESS || error == ERROR_FILE_NOT_FOUND ? 0 : fail("unset", word[1], error);
}

static int make_only(char *const *word)
{
    HKEY k;

    if (make(word[0], KEY_READ, &k) != 0)
        return -1;
    (void)RegCloseKey(k);
    return 0;
}

static int clear(char *const *word)
{
    const char *below = word[0];
    HKEY root = root_of(&below);
    WCHAR wide[WORD_MAX];
    LONG error = widen(below, wide) == 0 ? RegDeleteTreeW(root, wide) : ERROR_INVALID_NAME;

    return error == ERROR_SUCCESS || error == ERROR_FILE_NOT_FOUND ? 0 : fail("clear", word[0], error);
}

static SID everyone = { SID_REVISION, 1, { SECURITY_WORLD_SID_AUTHORITY }, { SECURITY_WORLD_RID } };

/* The list of rights holds one entry, by which everybody is refused; the owner may still change it. */
static int deny(char *const *word)
{
    BYTE room[256] = { 0 };
    PACL list = (PACL)(void *)room;
    HKEY k;
    LONG error;

    if (make(word[0], WRITE_DAC | READ_CONTROL, &k) != 0)
        return -1;
    if (!InitializeAcl(list, sizeof room, ACL_REVISION) ||
        !AddAccessDeniedAce(list, ACL_REVISION, KEY_READ & ~READ_CONTROL, &everyone))
        return fail_last("deny", word[0]);
    error = (LONG)SetSecurityInfo(k, SE_REGISTRY_KEY, DACL_SECURITY_INFORMATION, NULL, NULL, list, NULL);
    (void)RegCloseKey(k);
    return error == ERROR_SUCCESS ? 0 : fail("deny", word[0], error);
}

/* What CryptSvc writes to it may write to, as on Windows; Wine's own keys are not for it. */
static int let_update_write(void)
{
    static const WCHAR *const KEYS[] = { L"AutoUpdate", L"Certificates", L"CRLs", L"CTLs" };
    BYTE room[256] = { 0 };
    PACL list = (PACL)(void *)room;
    LONG error = ERROR_SUCCESS;
    HKEY above, k;

    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot", 0, KEY_READ, &above) !=
        ERROR_SUCCESS)
        return 0;
    if (!InitializeAcl(list, sizeof room, ACL_REVISION) || !AddAccessAllowedAce(list, ACL_REVISION, KEY_ALL_ACCESS, &everyone))
        return fail_last("grant", "AuthRoot");
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0] && error == ERROR_SUCCESS; i++) {
        if (RegOpenKeyExW(above, KEYS[i], 0, WRITE_DAC | READ_CONTROL, &k) != ERROR_SUCCESS)
            continue;
        error = (LONG)SetSecurityInfo(k, SE_REGISTRY_KEY, DACL_SECURITY_INFORMATION, NULL, NULL, list, NULL);
        (void)RegCloseKey(k);
    }
    (void)RegCloseKey(above);
    return error == ERROR_SUCCESS ? 0 : fail("grant", "AuthRoot", error);
}

/* --- The list --- */

static const struct {
    const char *name;
    int words;
    int (*run)(char *const *word);
} COMMANDS[] = {
    { "add", 5, add },       { "remove", 4, remove_from }, { "set", 5, set },   { "unset", 3, unset },
    { "key", 2, make_only }, { "clear", 2, clear },        { "deny", 2, deny },
};

static int run(char *line)
{
    char *word[WORDS + 1];
    int n = 0;

    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p != NULL && n <= WORDS; n++) {
        word[n] = p;
        p = strchr(p, '\t');
        if (p != NULL)
            *p++ = '\0';
    }
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        if (strcmp(word[0], COMMANDS[i].name) == 0 && n == COMMANDS[i].words)
            return COMMANDS[i].run(word + 1);
    }
    return fail("no command", word[0], 0);
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX];
    FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
    int rc = list == NULL ? fail_last("open", "list") : 0;

    while (rc == 0 && fgets(line, sizeof line, list) != NULL)
        rc = run(line);
    if (rc == 0)
        rc = let_update_write();
    if (list != NULL)
        (void)fclose(list);
    return rc == 0 ? 0 : 1;
}
