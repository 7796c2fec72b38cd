/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Fills the certificate stores of the local machine through CryptoAPI, as Windows programs do.
 *
 *   wine_store.exe LIST
 *
 * Each line of LIST is "STORE FILE NAME": the certificate in FILE (DER) goes into LocalMachine\STORE with the friendly
 * name NAME and the purpose server authentication; NAME "-" leaves the properties out.  The update values are set too:
 * DisableRootAutoUpdate = 1, RootDirUrl, LastSyncTime = 2026-11-23T03:00:00Z.
 */
#include <windows.h>
#include <wincrypt.h>
#include <stdio.h>
#include <string.h>

#define AUTO_UPDATE L"SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate"
#define POLICY L"SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\AuthRoot"

enum { CERTIFICATE_MAX = 65536, WORD_MAX = 260 };

static int fail(const char *what, const char *detail)
{
    printf("%s %s: error %lu\n", what, detail, (unsigned long)GetLastError());
    return -1;
}

static int read_file(const char *path, BYTE *out, DWORD *n)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return fail("open", path);
    *n = (DWORD)fread(out, 1, CERTIFICATE_MAX, f);
    (void)fclose(f);
    return *n > 0 && *n < CERTIFICATE_MAX ? 0 : fail("read", path);
}

static int widen(const char *text, WCHAR *out)
{
    return MultiByteToWideChar(CP_UTF8, 0, text, -1, out, WORD_MAX) > 0 ? 0 : fail("widen", text);
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
        return fail("friendly name", name);
    if (!CertSetCertificateContextProperty(context, CERT_ENHKEY_USAGE_PROP_ID, 0, &purpose))
        return fail("purpose", name);
    return 0;
}

static int add(const char *store_name, const char *path, const char *name)
{
    static BYTE der[CERTIFICATE_MAX];
    WCHAR wide[WORD_MAX];
    PCCERT_CONTEXT context = NULL;
    HCERTSTORE store;
    DWORD n = 0;
    int rc = 0;

    if (read_file(path, der, &n) != 0 || widen(store_name, wide) != 0)
        return -1;
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_REGISTRY_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, wide);
    if (store == NULL)
        return fail("open store", store_name);
    if (!CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, n, CERT_STORE_ADD_REPLACE_EXISTING, &context))
        rc = fail("add", path);
    else if (strcmp(name, "-") != 0)
        rc = set_properties(context, name);
    if (context != NULL)
        (void)CertFreeCertificateContext(context);
    (void)CertCloseStore(store, 0);
    return rc;
}

static int set_value(const WCHAR *key, const WCHAR *name, DWORD type, const void *data, DWORD n)
{
    HKEY k;

    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, key, 0, NULL, 0, KEY_WRITE, NULL, &k, NULL) != ERROR_SUCCESS)
        return fail("create", "key");
    if (RegSetValueExW(k, name, 0, type, data, n) != ERROR_SUCCESS)
        return fail("set", "value");
    (void)RegCloseKey(k);
    return 0;
}

static int set_update_values(void)
{
    static const WCHAR url[] = L"file://\\\\server\\share";
    const SYSTEMTIME when = { 2026, 11, 1, 23, 3, 0, 0, 0 };
    const DWORD one = 1;
    FILETIME t;

    if (!SystemTimeToFileTime(&when, &t))
        return fail("time", "");
    if (set_value(AUTO_UPDATE, L"LastSyncTime", REG_BINARY, &t, sizeof t) != 0 ||
        set_value(AUTO_UPDATE, L"RootDirUrl", REG_SZ, url, sizeof url) != 0)
        return -1;
    return set_value(POLICY, L"DisableRootAutoUpdate", REG_DWORD, &one, sizeof one);
}

int main(int argc, char **argv)
{
    char store[64], path[WORD_MAX], name[WORD_MAX];
    FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
    int rc = list == NULL ? fail("open", "list") : 0;

    while (rc == 0 && fscanf(list, "%63s %259s %259[^\r\n]", store, path, name) == 3)
        rc = add(store, path, name);
    if (list != NULL)
        (void)fclose(list);
    return rc == 0 && set_update_values() == 0 ? 0 : 1;
}
