/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a phrase of a log says, by the first of its words that may say so.
 */
#include "windows/net_phrase.h"
#include "tap.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *text;
    enum scp_net_phrase want;
} TABLE[] = {
    { "Failed to upload x", SCP_NET_PHRASE_EXCHANGE },
    { "Upload of x.cab failed", SCP_NET_PHRASE_EXCHANGE },
    { "The upload has failed.", SCP_NET_PHRASE_EXCHANGE },
    { "Uploading failed with status 500", SCP_NET_PHRASE_EXCHANGE },
    { "Upload failure: the service returned 503", SCP_NET_PHRASE_EXCHANGE },
    { "Upload failed: 0x80004005", SCP_NET_PHRASE_EXCHANGE },
    { "upload failed, 0 retries left", SCP_NET_PHRASE_EXCHANGE },
    { "There is no connection, upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "Code 0: upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "5 of 12 files failed to upload", SCP_NET_PHRASE_EXCHANGE },
    { "Failed to upload batch 0", SCP_NET_PHRASE_EXCHANGE },
    { "Could not upload file x.cab", SCP_NET_PHRASE_EXCHANGE },
    { "Couldn't upload it", SCP_NET_PHRASE_EXCHANGE },
    { "can't download it", SCP_NET_PHRASE_EXCHANGE },
    { "Cannot download E:\\x.cab", SCP_NET_PHRASE_EXCHANGE },
    { "Unable to send data to the cloud service", SCP_NET_PHRASE_EXCHANGE },
    { "Error uploading data", SCP_NET_PHRASE_EXCHANGE },
    { "An error occurred while downloading it", SCP_NET_PHRASE_EXCHANGE },
    { "Exception sending the request: x", SCP_NET_PHRASE_EXCHANGE },
    { "Upload was unsuccessful", SCP_NET_PHRASE_EXCHANGE },
    { "Upload not successful", SCP_NET_PHRASE_EXCHANGE },
    { "Upload has been aborted", SCP_NET_PHRASE_EXCHANGE },
    { "Download was cancelled after 3 attempts", SCP_NET_PHRASE_EXCHANGE },
    { "Not all files were uploaded", SCP_NET_PHRASE_EXCHANGE },
    { "The content was not successfully uploaded, will retry", SCP_NET_PHRASE_EXCHANGE },
    { "It is not fully downloaded", SCP_NET_PHRASE_EXCHANGE },
    { "WinHttpSendRequest failed 12007", SCP_NET_PHRASE_EXCHANGE },
    { "ERROR: DownloadRedistributable failed", SCP_NET_PHRASE_EXCHANGE },
    { "WinVerifyTrust failed", SCP_NET_PHRASE_FAILURE },
    { "An error occurred: Object reference not set", SCP_NET_PHRASE_FAILURE },
    { "Unhandled exception: x", SCP_NET_PHRASE_FAILURE },
    { "Unable to connect to the database", SCP_NET_PHRASE_FAILURE },
    { "Could not open the file", SCP_NET_PHRASE_FAILURE },
    { "Upload failed: 0 bytes sent", SCP_NET_PHRASE_EXCHANGE },
    { "Upload failed: no connection to the service", SCP_NET_PHRASE_EXCHANGE },
    { "Download failed: None of the servers answered", SCP_NET_PHRASE_EXCHANGE },
    { "When uploading x.cab the upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "0 of 5 files were uploaded because the upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "In this case the upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "3 failed uploads", SCP_NET_PHRASE_EXCHANGE },
    { "Failed uploads: 3", SCP_NET_PHRASE_EXCHANGE },
    { "Upload failed status 500", SCP_NET_PHRASE_EXCHANGE },
    { "Upload error 500", SCP_NET_PHRASE_EXCHANGE },
    { "Upload error while connecting", SCP_NET_PHRASE_EXCHANGE },
    { "The upload did not succeed", SCP_NET_PHRASE_EXCHANGE },
    { "Upload did not complete", SCP_NET_PHRASE_EXCHANGE },
    { "The download of x.cab did not finish", SCP_NET_PHRASE_EXCHANGE },
    { "The cycle did not complete", SCP_NET_PHRASE_NOTHING },
    { "Data is not sent because telemetry level is Basic", SCP_NET_PHRASE_NOTHING },
    { "Telemetry data was not sent because the host is down", SCP_NET_PHRASE_EXCHANGE },
    { "Data is not sent because telemetry upload failed", SCP_NET_PHRASE_EXCHANGE },
    { "Failed download retry interval is 60", SCP_NET_PHRASE_NOTHING },
    { "Failed download: retry 3", SCP_NET_PHRASE_EXCHANGE },
    { "Could not find the file, so it will be downloaded", SCP_NET_PHRASE_NOTHING },
    { "Could not open the file, which will be tried again", SCP_NET_PHRASE_FAILURE },
    { "Failure while uploading x", SCP_NET_PHRASE_EXCHANGE },
    { "E:\\SMS\\failed\\1.cab could not be uploaded", SCP_NET_PHRASE_EXCHANGE },
    { "When connecting to it an error occurred", SCP_NET_PHRASE_FAILURE },
    { "SMS_DMP_UPLOADER failed to read the registry", SCP_NET_PHRASE_FAILURE },
    { "Could not find x.cab so it will be downloaded", SCP_NET_PHRASE_NOTHING },
    { "Failure 503", SCP_NET_PHRASE_FAILURE },
    { "Total 5 Failed 0", SCP_NET_PHRASE_NOTHING },
    { "Number of failed items 0", SCP_NET_PHRASE_NOTHING },
    { "Failed uploads (0)", SCP_NET_PHRASE_NOTHING },
    { "Failed uploads: 0 of 5 files", SCP_NET_PHRASE_NOTHING },
    { "failed to upload 0 of 12007 records", SCP_NET_PHRASE_NOTHING },
    { "0 download(s) failed", SCP_NET_PHRASE_NOTHING },
    { "No download was cancelled", SCP_NET_PHRASE_NOTHING },
    { "Nothing failed to download", SCP_NET_PHRASE_NOTHING },
    { "Uploading error data", SCP_NET_PHRASE_NOTHING },
    { "Uploading errors to the service", SCP_NET_PHRASE_NOTHING },
    { "Error reporting upload is enabled", SCP_NET_PHRASE_NOTHING },
    { "Upload error code 0", SCP_NET_PHRASE_NOTHING },
    { "Aborting the uploader thread", SCP_NET_PHRASE_NOTHING },
    { "Retry failed downloads every 60 minutes", SCP_NET_PHRASE_NOTHING },
    { "Max failed downloads is 3", SCP_NET_PHRASE_NOTHING },
    { "Cannot find the registry value, using the default", SCP_NET_PHRASE_NOTHING },
    { "In case of failure the download is tried again", SCP_NET_PHRASE_NOTHING },
    { "When the download fails it is tried again", SCP_NET_PHRASE_NOTHING },
    { "Should the download fail, it is tried again", SCP_NET_PHRASE_NOTHING },
    { "Retry on failure is enabled", SCP_NET_PHRASE_NOTHING },
    { "Download failure limit: 3", SCP_NET_PHRASE_NOTHING },
    { "Cleared download failed state of package 5x", SCP_NET_PHRASE_NOTHING },
    { "Removing error from download list", SCP_NET_PHRASE_NOTHING },
    { "Uploading E:\\outboxes\\failed\\1.cab", SCP_NET_PHRASE_NOTHING },
    { "Download failed because its status is 0", SCP_NET_PHRASE_EXCHANGE },
    { "If-Modified-Since request failed while uploading", SCP_NET_PHRASE_EXCHANGE },
    { "Next failed-download check in 60 minutes", SCP_NET_PHRASE_NOTHING },
    { "0 failed to upload", SCP_NET_PHRASE_NOTHING },
    { "0 of 5 files failed to upload", SCP_NET_PHRASE_NOTHING },
    { "No uploads failed", SCP_NET_PHRASE_NOTHING },
    { "Failed uploads: 0", SCP_NET_PHRASE_NOTHING },
    { "Previous upload failed count: 0", SCP_NET_PHRASE_NOTHING },
    { "Upload failed = none", SCP_NET_PHRASE_NOTHING },
    { "The count of failed uploads is 0", SCP_NET_PHRASE_NOTHING },
    { "Errors encountered: 0", SCP_NET_PHRASE_NOTHING },
    { "If the download failed, it will be tried again", SCP_NET_PHRASE_NOTHING },
    { "Checking whether the last upload failed", SCP_NET_PHRASE_NOTHING },
    { "Looking for failed uploads", SCP_NET_PHRASE_NOTHING },
    { "The upload has not failed", SCP_NET_PHRASE_NOTHING },
    { "Completed without errors", SCP_NET_PHRASE_NOTHING },
    { "Checking for errors", SCP_NET_PHRASE_NOTHING },
    { "Uploading error reports", SCP_NET_PHRASE_NOTHING },
    { "Package {1} is not downloaded yet, adding to download list", SCP_NET_PHRASE_NOTHING },
    { "It will not be downloaded", SCP_NET_PHRASE_NOTHING },
    { "It does not need to be uploaded", SCP_NET_PHRASE_NOTHING },
    { "It was not uploaded before", SCP_NET_PHRASE_NOTHING },
    { "Proxy server is not configured", SCP_NET_PHRASE_NOTHING },
    { "Failover to another server", SCP_NET_PHRASE_NOTHING },
    { "The operation was canceled.", SCP_NET_PHRASE_NOTHING },
    { "Error", SCP_NET_PHRASE_NOTHING },
};

/* The worst of what is said around each of the words. */
static enum scp_net_phrase said(const char *text)
{
    enum scp_net_phrase worst = SCP_NET_PHRASE_NOTHING;

    for (size_t i = 0; scp_net_phrase_words[i] != NULL; i++) {
        size_t n = strlen(scp_net_phrase_words[i]);

        for (size_t k = 0; text[k] != '\0'; k++) {
            enum scp_net_phrase here = SCP_NET_PHRASE_NOTHING;
            size_t to;

            if (strncasecmp(text + k, scp_net_phrase_words[i], n) == 0)
                here = scp_net_phrase_at(text, strlen(text), k, &to);
            worst = here > worst ? here : worst;
        }
    }
    return worst;
}

static void test_edges(void)
{
    char many[4096];
    size_t to;

    tap_is_int(SCP_NET_PHRASE_NOTHING, scp_net_phrase_at("fail", 4, 0, &to) == SCP_NET_PHRASE_EXCHANGE,
               "a word alone is no exchange");
    tap_is_int(SCP_NET_PHRASE_NOTHING, scp_net_phrase_at("!", 1, 0, &to), "nothing but an end");
    memset(many, 'a', sizeof many);
    for (size_t i = 1; i < sizeof many; i += 2)
        many[i] = ' ';
    tap_is_int(SCP_NET_PHRASE_NOTHING, scp_net_phrase_at(many, sizeof many, sizeof many / 2, &to), "more words than are looked at");
    memcpy(many + sizeof many / 2, " upload failed ", 15);
    tap_is_int(SCP_NET_PHRASE_EXCHANGE, scp_net_phrase_at(many, sizeof many, sizeof many / 2 + 8, &to), "one in their midst");
    for (size_t i = 0; i + 5 <= sizeof many; i += 5)
        memcpy(many + i, "fail ", 5);
    (void)scp_net_phrase_at(many, sizeof many, 1000, &to);
    tap_ok(to >= 1050, "what was judged is not judged again for each of its words");
}

/* One that says more ("unsuccess") is found before one that is told by its end ("success"): the windows end in the order in which
 * the words begin. */
static void test_words(void)
{
    for (size_t a = 0; scp_net_phrase_words[a] != NULL; a++) {
        size_t n = strnlen(scp_net_phrase_words[a], SCP_MATCH_WINDOW);

        for (size_t b = 0; scp_net_phrase_words[b] != NULL; b++) {
            size_t within = strnlen(scp_net_phrase_words[b], SCP_MATCH_WINDOW);

            for (size_t i = 1; i + within < n; i++) {
                if (strncasecmp(scp_net_phrase_words[a] + i, scp_net_phrase_words[b], within) == 0)
                    tap_ok(false, "%s begins within %s", scp_net_phrase_words[b], scp_net_phrase_words[a]);
            }
        }
    }
    tap_ok(true, "no word's window lies within another's");
}

int main(void)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        tap_is_int(TABLE[i].want, said(TABLE[i].text), "%s", TABLE[i].text);
    test_words();
    test_edges();
    return tap_done();
}
