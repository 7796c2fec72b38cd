#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_status from outside: logs, exports of status messages, the environment.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Logs;
use Said;
use Scp;
use Test::More;
use Time::HiRes qw(time);

my $NAME = 'check_scp_status';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my $serial = 0;
sub folder { my $d = scratch('logs' . ++$serial); mkdir $d; return $d }
sub plugin { return [$NAME, "--at=$AT", @_] }
# A log of its own folder: name => bytes; the first one is what is given.
sub logs
{
    my (@files) = @_;
    my $d = folder();
    my $first;
    while (my ($name, $bytes) = splice @files, 0, 2) {
        $first //= "$d/$name";
        write_bytes("$d/$name", $bytes) if defined $bytes;
    }
    return "--log=$first";
}
my @OLD = (before => $NOW - 3 * $DAY);
sub quiet { my ($style, %o) = @_; return join '',
    map { entry($style, $NOW - 2 * $DAY + $_ * $HOUR, "Uploading package $_", %o) } 0 .. 47 }

# --- Every symptom in both styles, in several encodings and time zones ---

my %SYMPTOM = ('log.chain-error' => $CHAIN, 'log.name-mismatch' => $NAME_MISMATCH, 'log.signing-certificate' => $SIGNING,
    'log.certificate' => $TLS_ERROR);
for my $style ('new', 'old') {
    verdict("$style: nothing", plugin(logs('dmpuploader.log', quiet($style))), 'OK',
        { 'log.clean' => 'OK', 'log.short' => undef, map { $_ => undef } keys %SYMPTOM }, qr/ OK - no certificate error, failed upload or download, or status message of one in the log within (?:24 h|1 day) \|/);
    for my $id (sort keys %SYMPTOM) {
        my %none = map { $_ => undef } grep { $_ ne $id } keys %SYMPTOM;
        verdict("$style: $id once", plugin(logs('dmpuploader.log',
            quiet($style) . entry($style, $NOW - $HOUR / 2, $SYMPTOM{$id}, type => 3))), 'WARNING',
            { $id => 'WARNING', %none, 'log.clean' => undef }, qr/1 time in/);
    }
    for my $bias (-840, -540, -345, 0, 60, 300, 720) {
        my $early = quiet($style, bias => $bias) . entry($style, $NOW - 25 * $HOUR, $CHAIN, bias => $bias);
        my $late = quiet($style, bias => $bias) . entry($style, $NOW - 23 * $HOUR, $CHAIN, bias => $bias);
        verdict("$style, bias $bias: 25 hours ago", plugin(logs('x.log', $early)), 'OK', { 'log.chain-error' => undef });
        verdict("$style, bias $bias: 23 hours ago", plugin(logs('x.log', $late)), 'WARNING', { 'log.chain-error' => 'WARNING' },
            qr/last 23 h ago/);
    }
    my $log = quiet($style) . entry($style, $NOW - $HOUR / 2, "Verr\x{FC}ckt: $CHAIN");
    verdict("$style, ANSI", plugin(logs('x.log', $log)), 'WARNING', { 'log.chain-error' => 'WARNING', 'log.damaged' => undef });
    verdict("$style, UTF-8", plugin(logs('x.log', "\xEF\xBB\xBF" . Encode::encode('UTF-8', $log))), 'WARNING',
        { 'log.chain-error' => 'WARNING' });
    verdict("$style, UTF-16", plugin(logs('x.log', log_utf16($log))), 'WARNING',
        { 'log.chain-error' => 'WARNING', 'log.damaged' => undef });
}
verdict('four are critical', plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN) x 4)), 'CRITICAL',
    { 'log.chain-error' => 'CRITICAL' }, qr/4 times.*chain_errors=4;0;3;0/);
verdict('three are not', plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN) x 3)), 'WARNING',
    { 'log.chain-error' => 'WARNING' });
verdict('-w -c', plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN) x 3), '-w', 5, '-c', 9), 'OK',
    { 'log.chain-error' => 'OK' });
verdict('--since', plugin(logs('x.log', quiet('new') . entry_new($NOW - 2 * $HOUR, $CHAIN)), '--since=1h'), 'OK',
    { 'log.chain-error' => undef });
verdict('--scp-mode=offline', plugin(logs('x.log', entry_new($NOW - 60, $CHAIN)), '--scp-mode=offline'), 'OK',
    { 'status.offline' => 'OK', 'log.chain-error' => undef });
verdict('--scp-mode=online', plugin(logs('x.log', entry_new($NOW - 60, $CHAIN)), '--scp-mode=online'), 'WARNING',
    { 'status.offline' => undef });
like(run(plugin(logs('x.log', quiet('new') . entry_new($NOW - 90, $CHAIN))))->{out},
    qr/ chain_errors=1;0;3;0 last_error_age=90s;;;0$/m, 'performance data');

# --- What .NET, WinHTTP and BITS say of a connection that failed ---

my $WEB = 'System.Net.WebException: ';
my @REFUSED = ($WEB . 'x ---> System.Security.Authentication.AuthenticationException: y', 'Status: TrustFailure', 'SecureChannelFailure',
    'WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED', 'WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA', 'The remote certificate was rejected by the provided RemoteCertificateValidationCallback.',
    map({ "The remote certificate is invalid because of errors in the certificate chain: $_" } qw(PartialChain UntrustedRoot RevocationStatusUnknown OfflineRevocation NotTimeValid)),
    'hr = 0x800b0109', 'HRESULT:0x800B0109', '(80072F8F)', 'error = -2146762487', 'rc=-2147012721.', '0xFFFFFFFF80092013', 'Win32 error 0X80090325', "'800b010a'");
my @NOT = ('0x800b01091', '0x1800b0109', '800b0109-1234-5678-9abc-def012345678', '{800b0109-1234-5678-9abc-def012345678}', '-21467624870', '12-2146762487', 'id2146762487',
    'x800b0109', 'Successfully loaded service signing certificate', 'remote certificate is valid', 'errors 0x80070005',
    '$$800b0109_x', 'SqlException: timed out. The operation has timed out', 'Errors: 0', 'Error-free', 'Response: HTTP status 200 OK', 'StatusCode: 200', 'Retry of uploads: 403',
    'Downloaded 80092013 of 90000000 bytes', 'Data is not sent because telemetry level is Basic', 'Could not find the file, so it will be downloaded', 'Next cycle in -2146762487 ticks');
my %SENTENCE = (    # code page => what a Windows of that language says: the certificate, the trust relationship, the channel
    cp1252 => ["Das Remotezertifikat ist laut Validierungsverfahren ung\x{fc}ltig.", "Die zugrunde liegende Verbindung wurde geschlossen: F\x{fc}r den gesch\x{fc}tzten SSL/TLS-Kanal konnte keine Vertrauensstellung hergestellt werden.",
        "Le certificat distant n'est pas valide selon la proc\x{e9}dure de validation.", "La connexion sous-jacente a \x{e9}t\x{e9} ferm\x{e9}e\x{a0}: Impossible d\x{2019}\x{e9}tablir une relation de confiance pour le canal s\x{e9}curis\x{e9} SSL/TLS.",
        "El certificado remoto no es v\x{e1}lido seg\x{fa}n el procedimiento de validaci\x{f3}n.", "Se ha terminado la conexi\x{f3}n: No se puede establecer una relaci\x{f3}n de confianza para el canal seguro SSL/TLS.",
        "Il certificato remoto non \x{e8} stato ritenuto valido dalla procedura di convalida.", "Connessione sottostante chiusa: Impossibile stabilire una relazione di trust per il canale sicuro SSL/TLS.",
        "O certificado remoto \x{e9} inv\x{e1}lido de acordo com o procedimento de valida\x{e7}\x{e3}o.", "A conex\x{e3}o subjacente estava fechada: N\x{e3}o foi poss\x{ed}vel estabelecer rela\x{e7}\x{e3}o de confian\x{e7}a para o canal seguro de SSL/TLS."],
    cp932 => ["\x{691c}\x{8a3c}\x{30d7}\x{30ed}\x{30b7}\x{30fc}\x{30b8}\x{30e3}\x{306b}\x{3088}\x{308b}\x{3068}\x{3001}\x{30ea}\x{30e2}\x{30fc}\x{30c8}\x{8a3c}\x{660e}\x{66f8}\x{306f}\x{7121}\x{52b9}\x{3067}\x{3059}\x{3002}"],
    cp936 => ["\x{6839}\x{636e}\x{9a8c}\x{8bc1}\x{8fc7}\x{7a0b}\x{ff0c}\x{8fdc}\x{7a0b}\x{8bc1}\x{4e66}\x{65e0}\x{6548}\x{3002}"],
    cp950 => ["\x{6839}\x{64da}\x{9a57}\x{8b49}\x{7a0b}\x{5e8f}\x{ff0c}\x{9060}\x{7aef}\x{6191}\x{8b49}\x{662f}\x{7121}\x{6548}\x{7684}\x{3002}"],
    cp949 => ["\x{c720}\x{d6a8}\x{c131} \x{ac80}\x{c0ac} \x{c808}\x{cc28}\x{c5d0} \x{b530}\x{b974}\x{ba74} \x{c6d0}\x{aca9} \x{c778}\x{c99d}\x{c11c}\x{ac00} \x{c798}\x{babb}\x{b418}\x{c5c8}\x{c2b5}\x{b2c8}\x{b2e4}."],
    cp1251 => ["\x{423}\x{434}\x{430}\x{43b}\x{435}\x{43d}\x{43d}\x{44b}\x{439} \x{441}\x{435}\x{440}\x{442}\x{438}\x{444}\x{438}\x{43a}\x{430}\x{442} \x{43d}\x{435}\x{434}\x{435}\x{439}\x{441}\x{442}\x{432}\x{438}\x{442}\x{435}\x{43b}\x{435}\x{43d} \x{441}\x{43e}\x{433}\x{43b}\x{430}\x{441}\x{43d}\x{43e} \x{440}\x{435}\x{437}\x{443}\x{43b}\x{44c}\x{442}\x{430}\x{442}\x{430}\x{43c} \x{43f}\x{440}\x{43e}\x{432}\x{435}\x{440}\x{43a}\x{438}."],
);
sub all_of { return logs('x.log', join '', quiet('old'), map { entry_old($NOW - $HOUR, $_) } @_) }
sub one { my ($text, %o) = @_; return logs('x.log', quiet('old') . entry_old($NOW - $HOUR, $text, %o)) }
verdict("refused: $_", plugin(one($_)), 'WARNING', { 'log.certificate' => 'WARNING', 'log.upload-failed' => undef, 'log.clean' => undef }) for @REFUSED;
verdict('not refused', plugin(all_of(@NOT)), 'OK', { 'log.certificate' => undef, 'log.upload-failed' => undef, 'log.clean' => 'OK', 'log.chain-error' => undef });
for my $page (sort keys %SENTENCE) {
    for my $sentence (@{ $SENTENCE{$page} }) {
        for my $how (['UTF-8', Encode::encode('UTF-8', $sentence)], [$page, Encode::encode($page, $sentence)]) {
            verdict("a sentence in $how->[0]", plugin(one("ERROR: $how->[1]")), 'WARNING', { 'log.certificate' => 'WARNING' });
        }
        verdict('and in UTF-16', plugin(logs('x.log', log_utf16(quiet('old') . entry_old($NOW - $HOUR, "ERROR: $sentence")))), 'WARNING', { 'log.certificate' => 'WARNING' });
    }
}
# A remedy for each reason, and no other one's.
my %REMEDY = (revoked => qr/revoked the certificate/, name => qr/for another name/, clock => qr/clock first/, root => qr/does not trust: check_scp_roots/, chain => qr/check_scp_intermediates and check_scp_roots/,
    revocation => qr/check_scp_revocation says/, callback => qr/own check refused/, channel => qr/TLS 1\.2 is switched off/, untold => qr/check clock, roots/);
sub remedy_of { my ($f) = grep { $_->{id} eq 'log.certificate' } @{ run_json(plugin(@_))->{json}{findings} }; return $f->{remedy} // '' }
for my $case (['0x800b0109', 'root'], ['0X80090325', 'root'], ['-2146762487', 'root'], ['0x800B010A', 'chain'], ['The remote certificate is invalid because of errors in the certificate chain: PartialChain, RevocationStatusUnknown', 'chain'], ['The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot', 'root'],
    ['800b0101', 'clock'], ['The remote certificate is invalid because of errors in the certificate chain: NotTimeValid', 'clock'], ['0x80092013', 'revocation'], ['-2146885613', 'revocation'], ['WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED', 'revocation'], ['0x800B010F', 'name'],
    ['The remote certificate is invalid because of errors in the certificate chain: OfflineRevocation', 'revocation'], ['0x800b010c', 'revoked'], ['0x80092010', 'revoked'], ['The remote certificate was rejected by the provided RemoteCertificateValidationCallback.', 'callback'], ['0x80072F7D', 'channel'],
    ['Could not create SSL/TLS secure channel.', 'channel'], ['0x80072f8f', 'untold'], ['The remote certificate is invalid according to the validation procedure.', 'untold']) {
    my ($text, $kind) = @$case;
    my $said = remedy_of(one("Verification failed: $text"));
    is(join(' ', grep { $said =~ $REMEDY{$_} } sort keys %REMEDY), $kind, "its remedy: $text");
}
is(() = remedy_of(logs('x.log', quiet('old') . join '', map { entry_old($NOW - $HOUR, "Failed: $_") } qw(0x80092013 0x800B0109 0x800B0109))) =~ /$REMEDY{root}|$REMEDY{revocation}/g, 2, 'two reasons: two steps');
like(run(plugin(one('The request was aborted: Could not create SSL/TLS secure channel.')))->{out}, qr/ - no secure channel \(a certificate, or no TLS version that both know\): 1 time/, 'a channel alone is no refused certificate');

for my $case (['(403) Forbidden', $WEB . 'The remote server returned an error: (403) Forbidden.', qr/HTTP 403/], ['translated', $WEB . 'Der Remoteserver hat einen Fehler zurückgegeben: (502) Ung.', qr/HTTP 502/],
    ['.NET 5', 'System.Net.Http.HttpRequestException: Response status code does not indicate success: 503 (Service Unavailable).', qr/HTTP 503/],
    ['the proxy', $WEB . 'The remote server returned an error: (407) Proxy Authentication Required.', qr/proxy wants credentials \(407\)/],
    ['BITS and a proxy', 'Failed to upload, hr = 0x80190197', qr/proxy wants credentials \(407\)/], ['a name', $WEB . "The remote name could not be resolved: 'x'", qr/name not resolved/],
    ['a number of a name', 'hr=-2147012889', qr/name not resolved/], ['time', $WEB . 'The operation has timed out', qr/timed out/], ['no connection', $WEB . 'Unable to connect to the remote server', qr/no connection/],
    ['not complete', 'Upload did not complete', qr/reason not told/], ['closed', $WEB . 'The underlying connection was closed: An unexpected error occurred on a send.', qr/connection closed/], ['no more than that', $WEB . 'Fehler', qr/reason not told/]) {
    my ($name, $text, $reason) = @$case;
    verdict("an upload failed: $name", plugin(one($text)), 'WARNING', { 'log.upload-failed' => 'WARNING', 'log.certificate' => undef, 'log.clean' => undef }, qr/upload failed: 1 time in \S+ \S+ \($reason\)/);
    verdict("a download failed: $name", plugin(logs('d.log', quiet('old', component => 'SMS_DMP_DOWNLOADER') . entry_old($NOW - $HOUR, $text, component => 'SMS_DMP_DOWNLOADER'))), 'WARNING',
        { 'log.download-failed' => 'WARNING', 'log.upload-failed' => undef }, qr/download failed: 1 time/);
}
# What failed without one of .NET's types, and exceptions of the service's own protocol.
for my $text ('ERROR: Upload failed, retrying', 'Content was not successfully uploaded, will retry', 'Failed to Upload x', 'Exception occurred while uploading data: Object reference not set',
    'System.Threading.Tasks.TaskCanceledException: A task was canceled.', 'Upload failed: 0x80004005', 'upload failed, 0 retries left', 'There is no connection, upload failed', 'Code 0: upload failed', 'The file could not be uploaded', 'System.ServiceModel.CommunicationException: x',
    'System.ServiceModel.Security.MessageSecurityException: forbidden', 'System.ServiceModel.EndpointNotFoundException: x', 'System.ServiceModel.FaultException: x') {
    verdict("an upload failed: $text", plugin(one($text)), 'WARNING', { 'log.upload-failed' => 'WARNING', 'log.clean' => undef, 'log.error' => undef }, qr/upload failed: 1 time in \S+ \S+ \(reason not told\)/);
}
for my $case (['no connection', 'WinHttpSendRequest failed with error 12029'], ['name not resolved', 'WinHttpSendRequest failed 12007'], ['timed out', 'WinHttpReceiveResponse failed, 12002']) {
    verdict("a number of WinHTTP: $case->[1]", plugin(one($case->[1])), 'WARNING', { 'log.upload-failed' => 'WARNING', 'log.clean' => undef }, qr/\($case->[0]\)/);
}
verdict('no secure channel, by such a number', plugin(one('WinHttpSendRequest failed 12175')), 'WARNING', { 'log.certificate' => 'WARNING', 'log.upload-failed' => undef });
for my $text ('ERROR: HTTP status code 503', 'Service returned HTTP 503', 'Upload returned status code: 503', 'StatusCode: 503, ReasonPhrase: x', 'HTTP status = 503', 'System.ServiceModel.ServerTooBusyException: HTTP status 503') {
    verdict("a status: $text", plugin(one($text)), 'WARNING', { 'log.upload-failed' => 'WARNING' }, qr/\(HTTP 503\)/);
}
verdict('a certificate: the sentence of Windows', plugin(one('System.Security.Cryptography.CryptographicException: A certificate chain could not be built to a trusted root authority')), 'WARNING', { 'log.certificate' => 'WARNING' });
# Counts of none, what is to come, what is put off, numbers that are no status: nothing failed.
my @NOTHING = ('Number of files that failed to upload: 0', 'Upload failed: 0', 'Upload done. 0 failed to upload.', 'No uploads failed to upload', 'Successfully uploaded 5 files, 0 failed to upload', 'Package {1} is not downloaded yet, adding to download list',
    'If the download failed, it will be tried again', 'x is not applicable and will not be downloaded', 'Processed (404) items. HTTP status code OK', 'Downloaded (500) of (600) records, status code 200', 'Error = 0', 'ERROR: 0', 'Error code: 0x0',
    'Failed uploads: 0', 'Failed download retry interval is 60', 'Failed uploads: 0 of 5 files', 'Exception: none', 'No error 0x800B0109 found', 'Completed without errors', 'Counted 12175 records', 'Worker stopped: System.OperationCanceledException: The operation was canceled.');
verdict('nothing failed', plugin(all_of(@NOTHING)), 'OK', { 'log.clean' => 'OK', 'log.upload-failed' => undef, 'log.error' => undef });
# The check of endpoints asks addresses without a page: which answers it takes for failures is documented.
my $WORKER = 'SMS_SERVICE_CONNECTOR_EndpointConnectivityCheckWorker';
sub endpoints { my (@status) = @_; return plugin(logs('e.log', quiet('new', component => $WORKER) . join '', map { entry_new($NOW - $HOUR, "Endpoint answered with status code: $_", component => $WORKER) } @status)) }
verdict('endpoints that have no page', endpoints(401, 403, 404, 404, 405, 500, 503), 'OK', { 'log.clean' => 'OK', 'log.upload-failed' => undef });
verdict('one behind a proxy that wants a login', endpoints(404, 407), 'WARNING', { 'log.upload-failed' => 'WARNING' }, qr/1 time/);
verdict('an error of a part that exchanges nothing with this service', plugin(logs('x.log', quiet('new') . entry_new($NOW - $HOUR, 'Group 11 not found', type => 3, component => 'SMS_AZUREAD_DISCOVERY_AGENT'))), 'OK', { 'log.error' => undef });
# An error that nobody knows is not a clean log; one of another component, or of a database, says nothing of the exchange.
my %UNTOLD = ('log.error' => 'UNKNOWN', 'log.clean' => undef, 'log.upload-failed' => undef, 'log.certificate' => undef);
for my $text ('ERROR: Something went wrong', 'Error: x', '[Error][Worker][0] x', 'Failed to verify digital signature of the manifest, error = 0x80096010', 'System.NullReferenceException: x', 'System.ArgumentException: Fail to build chain', 'Unhandled exception: System.NullReferenceException', 'Verification of x.cab has failed') {
    verdict("not understood: $text", plugin(one($text)), 'UNKNOWN', \%UNTOLD, qr/error that is not understood here: 1 time/);
}
verdict('an error by its type', plugin(logs('x.log', quiet('new') . entry_new($NOW - $HOUR, 'Something', type => 3))), 'UNKNOWN', \%UNTOLD);
verdict('an error by its type, in another order', plugin(logs('x.log', quiet('new') . (entry_new($NOW - $HOUR, 'Something', type => 3) =~ s/( component="[^"]*") context=""( type="3")/$2$1 context="x"/r))), 'UNKNOWN', \%UNTOLD);
verdict("a warning's type", plugin(logs('x.log', quiet('new') . entry_new($NOW - $HOUR, 'Something', type => 2))), 'OK', { 'log.error' => undef, 'log.clean' => 'OK' });
verdict('an older error', plugin(logs('x.log', quiet('new') . entry_new($NOW - 26 * $HOUR, 'Something', type => 3))), 'OK', { 'log.error' => undef, 'log.clean' => 'OK' });
verdict('an error of another component', plugin(logs('x.log', quiet('new') . entry_new($NOW - $HOUR, 'Something', type => 3, component => 'SMS_REST_PROVIDER'))), 'OK', { 'log.error' => undef, 'log.clean' => 'OK' });
verdict('several reasons', plugin(logs('x.log', quiet('old') . join '', map { entry_old($NOW - $HOUR, $WEB . $_) } ('The operation has timed out') x 2, '(403)')), 'WARNING',
    { 'log.upload-failed' => 'WARNING' }, qr/3 times in \S+ \S+ \(HTTP 403 1 time, timed out 2 times\)/);
verdict('twelve of them', plugin(logs('x.log', quiet('old') . entry_old($NOW - $HOUR, "$WEB(403)") x 12)), 'CRITICAL', { 'log.upload-failed' => 'CRITICAL' });

# --- Success ---

my %DONE = (SMS_DMP_DOWNLOADER => ['Manifest.cab was successfully moved to the connector outbox~~', 'Successfully Dropped the state message 4~~'], SMS_DMP_UPLOADER => ['Message x was successfully uploaded']);
sub history    # history(component, days, [hours ago, text]…): a line every four hours, and those
{
    my ($component, $days, @more) = @_;
    my @lines = ((map { [$_ * 4, 'Waiting for changes'] } 0 .. $days * 6), @more);
    return logs('h.log', join '', map { entry_old($NOW - $_->[0] * $HOUR - 1, $_->[1], component => $component) } sort { $b->[0] <=> $a->[0] } @lines);
}
for my $text (@{ $DONE{SMS_DMP_DOWNLOADER} }) {
    verdict('a download a day ago', plugin(history('SMS_DMP_DOWNLOADER', 12, [24, $text])), 'OK', { 'log.no-success' => undef, 'log.clean' => 'OK' }, qr/ last_success_age=86401s/);
    verdict('three days ago', plugin(history('SMS_DMP_DOWNLOADER', 12, [72, $text])), 'WARNING', { 'log.no-success' => 'WARNING' }, qr/SMS_DMP_DOWNLOADER: no success within 50 h/);
    verdict('three days ago, and four are enough', plugin(history('SMS_DMP_DOWNLOADER', 12, [72, $text]), '--success-within=4d'), 'OK', { 'log.no-success' => undef });
}
verdict('another state message', plugin(history('SMS_DMP_DOWNLOADER', 12, [24, 'Successfully Dropped the state message 40~~'], [24, 'Successfully Dropped the state message 3~~'])), 'WARNING',
    { 'log.no-success' => 'WARNING' });
verdict('not demanded', plugin(history('SMS_DMP_DOWNLOADER', 12), '--success-within=0'), 'OK', { 'log.no-success' => undef });
verdict('offline', plugin(history('SMS_DMP_DOWNLOADER', 12), '--scp-mode=offline'), 'OK', { 'log.no-success' => undef });
verdict('a log that is too short to tell', plugin(history('SMS_DMP_DOWNLOADER', 1.5)), 'OK', { 'log.no-success' => 'OK', 'log.clean' => 'OK' }, qr/ OK - no certificate error/);
like(run(plugin(history('SMS_DMP_DOWNLOADER', 1.5), '-v'))->{out}, qr/the log reaches back only to 2026-11-21T23:59:59Z, not over 50 h/, 'and how far it reaches');
verdict('a log that ends too early to tell', plugin(logs('d.log', join '', map { entry_old($NOW - $_ * $HOUR, 'x', component => 'SMS_DMP_DOWNLOADER') } reverse 51 .. 200)), 'WARNING',
    { 'log.no-success' => 'OK', 'log.stale' => 'WARNING' });
verdict('an uploader that says nothing', plugin(history('SMS_DMP_UPLOADER', 12)), 'OK', { 'log.no-success' => 'OK', 'log.clean' => 'OK' });
verdict('of which a success is asked for', plugin(history('SMS_DMP_UPLOADER', 12), '--success-within=8d'), 'WARNING', { 'log.no-success' => 'WARNING' });
verdict('one that failed', plugin(history('SMS_DMP_UPLOADER', 12, [3, "$WEB(403)"])), 'WARNING', { 'log.no-success' => 'WARNING', 'log.upload-failed' => 'WARNING' });
verdict('one that failed, and succeeded since', plugin(history('SMS_DMP_UPLOADER', 12, (map { [3, "$WEB(403)"] } 1 .. 9), [1, $DONE{SMS_DMP_UPLOADER}[0]])), 'WARNING',
    { 'log.no-success' => undef, 'log.upload-failed' => 'WARNING' }, qr/9 times.* a success since/);
verdict('the success stands in the rolled-over file', plugin(logs('dmpdownloader.log', entry_old($NOW - 3 * $HOUR, 'x', component => 'SMS_DMP_DOWNLOADER'), 'dmpdownloader.lo_',
    join '', map { entry_old($NOW - $_ * $HOUR, $_ == 30 ? $DONE{SMS_DMP_DOWNLOADER}[0] : 'x', component => 'SMS_DMP_DOWNLOADER') } reverse 4 .. 100)), 'OK', { 'log.no-success' => undef });
verdict('an error, and a success since', plugin(history('SMS_DMP_UPLOADER', 12, [3, 'Failed to find the state file, a new one is made'], [1, $DONE{SMS_DMP_UPLOADER}[0]])), 'OK', { 'log.error' => 'OK' });
# What only looks like one; one that is yet to come.
my @refused = map { [3, "$WEB(403)"] } 1 .. 9;
verdict('a success in 200 days', plugin(history('SMS_DMP_UPLOADER', 12, @refused, [-4800, $DONE{SMS_DMP_UPLOADER}[0]])), 'CRITICAL', { 'log.upload-failed' => 'CRITICAL', 'log.no-success' => 'WARNING', 'log.future' => 'WARNING' });
verdict('a success in a minute', plugin(history('SMS_DMP_UPLOADER', 12, @refused, [-0.02, $DONE{SMS_DMP_UPLOADER}[0]])), 'WARNING', { 'log.upload-failed' => 'WARNING', 'log.no-success' => undef });
for my $text ('Content was not yet successfully uploaded', 'Upload succeeded for 0 of 5 files', 'Part of the content was successfully uploaded', 'ERROR: last time content was successfully uploaded: 3 weeks ago', 'It will be uploaded successfully once the proxy answers', "Couldn't be successfully sent") {
    verdict("no upload: $text", plugin(history('SMS_DMP_UPLOADER', 12, @refused, [1, $text])), 'CRITICAL', { 'log.upload-failed' => 'CRITICAL', 'log.no-success' => 'WARNING' });
}
for my $text (map { ("Last time $_ was 3 weeks ago", "ERROR: $_") } @{ $DONE{SMS_DMP_DOWNLOADER} }) {
    verdict("no download: $text", plugin(history('SMS_DMP_DOWNLOADER', 12, [24, $text]), '--severity=log.error=ok'), 'WARNING', { 'log.no-success' => 'WARNING' });
}
verdict('a success of type 3 is none', plugin(logs('h.log', join '', (map { entry_new($NOW - $_ * $HOUR, 'x', component => 'SMS_DMP_DOWNLOADER') } reverse 2 .. 200),
    entry_new($NOW - $HOUR, $DONE{SMS_DMP_DOWNLOADER}[0], component => 'SMS_DMP_DOWNLOADER', type => 3))), 'WARNING', { 'log.no-success' => 'WARNING', 'log.error' => 'UNKNOWN' });
for my $text ('3 of 3 messages were successfully uploaded', 'Content successfully uploaded, errors: 0', 'Content successfully uploaded, 0 left in the queue', 'Successfully sent the last message', 'Successfully uploaded C:\\outboxes\\no.box\\0.dat',
    'Uploading completed and uploaded successfully, next cycle in 60 minutes.', 'Content successfully uploaded to the cloud') {
    verdict("an upload: $text", plugin(history('SMS_DMP_UPLOADER', 12, @refused, [1, $text])), 'WARNING', { 'log.upload-failed' => 'WARNING', 'log.no-success' => undef }, qr/a success since/);
}
verdict('a log of another component', plugin(logs('WUAHandler.log', quiet('new', component => 'WUAHandler'))), 'UNKNOWN', { 'log.other-component' => 'UNKNOWN', 'log.clean' => undef }, qr/a log of WUAHandler, which is no component/);
verdict('the OK is first, and says since when', plugin(logs('dmpuploader.log', entry_old($NOW - 3 * $HOUR, 'begin'))), 'OK', { 'log.short' => 'OK', 'log.clean' => 'OK' },
    qr/ OK - no certificate error, failed upload or download, or status message of one in the log since 2026-11-23T09:00:00Z \|/);

# --- Rollover ---

my $begin = entry_old($NOW - 3 * $HOUR, 'begin');
verdict('an error in the rolled-over file', plugin(logs('dmpuploader.log', $begin, 'dmpuploader.lo_',
    quiet('old') . entry_old($NOW - 4 * $HOUR, $CHAIN))), 'WARNING',
    { 'log.chain-error' => 'WARNING', 'log.short' => undef });
verdict('upper case', plugin(logs('DmpUploader.LOG', $begin, 'DMPUPLOADER.LO_',
    quiet('old') . entry_old($NOW - 4 * $HOUR, $CHAIN))), 'WARNING', { 'log.chain-error' => 'WARNING' });
verdict('an error in a file of its history', plugin(logs('dmpuploader.log', $begin, 'dmpuploader-20261123-080000.log',
    entry_old($NOW - 5 * $HOUR, $CHAIN),
    'dmpuploader-20261122-080000.log', quiet('old'))), 'WARNING', { 'log.chain-error' => 'WARNING', 'log.short' => undef });
verdict('not in another log\'s', plugin(logs('dmpuploader.log', $begin, 'dmpuploader2.lo_', entry_old($NOW - 5 * $HOUR, $CHAIN),
    'xdmpuploader-20261122-080000.log', entry_old($NOW - 5 * $HOUR, $CHAIN))),
    'OK', { 'log.chain-error' => undef, 'log.short' => 'OK' });
{
    my $r = run_json(plugin(logs('dmpuploader.log', quiet('old'), 'dmpuploader.lo_', entry_old($NOW - 3 * $DAY, $CHAIN) x 2), '--success-within=0', '-v'));
    is($r->{json}{facts}{parts}[0]{files}, 1, 'older files are left alone where the log reaches back');
}
# A server that has just booted may have a wrong clock: an entry that is old by it does not tell how far a log reaches back.
for my $clock (946_684_800, $NOW - 5 * $DAY) {
    verdict("a log that begins with a wrong clock, $clock", plugin(logs('dmpuploader.log', entry_old($clock, 'begin') . entry_old($NOW - 2 * $HOUR, 'x') . entry_old($NOW - $HOUR, 'x'),
        'dmpuploader.lo_', quiet('old') . entry_old($NOW - 3 * $HOUR, $CHAIN) x 5)), 'CRITICAL', { 'log.chain-error' => 'CRITICAL' });
    verdict("a log with a wrong clock in its midst, $clock", plugin(logs('dmpuploader.log', entry_old($NOW - 12 * $DAY, 'begin') . entry_old($NOW - 5 * $HOUR, $CHAIN) x 5
        . entry_old($clock, 'x' x 1000) x 1500 . entry_old($NOW - $HOUR, 'x') x 5)), 'CRITICAL', { 'log.chain-error' => 'CRITICAL' });
}
verdict('a wrong clock, and nothing before', plugin(logs('dmpuploader.log', entry_old(946_684_800, 'begin') . entry_old($NOW - 2 * $HOUR, 'x'))), 'OK',
    { 'log.clean' => 'OK', 'log.short' => 'OK' }, qr/in the log since 2026-11-23T10:00:00Z/);
verdict('one old entry of a wrong clock does not hide them',
    plugin(logs('dmpuploader.log', $begin . entry_old($NOW - 900 * $DAY, 'x') . $begin, 'dmpuploader.lo_',
    quiet('old') . entry_old($NOW - 4 * $HOUR, $CHAIN))),
    'WARNING', { 'log.chain-error' => 'WARNING' });
verdict('only the rolled-over file is there',
    plugin(logs('dmpuploader.log', undef, 'dmpuploader.lo_', quiet('old') . entry_old($NOW - $HOUR, $CHAIN))), 'WARNING',
    { 'log.chain-error' => 'WARNING' });
verdict('a new log, still empty', plugin(logs('dmpuploader.log', '', 'dmpuploader.lo_',
    quiet('old') . entry_old($NOW - $HOUR, $CHAIN))), 'WARNING', { 'log.chain-error' => 'WARNING' });
verdict('a rolled-over file that cannot be read',
    plugin(logs('dmpuploader.log', $begin, 'dmpuploader-20261122-080000.log/x', undef)), 'OK', { 'log.short' => 'OK' });
{
    my $given = logs('dmpuploader.log', $begin);
    my ($path) = $given =~ /=(.*)/;
    mkdir $path =~ s/\.log\z/.lo_/r;
    verdict('a folder in its place', plugin($given), 'UNKNOWN', { 'log.bounded' => 'UNKNOWN', 'log.clean' => undef });
    rmdir $path =~ s/\.log\z/.lo_/r;
    link $path, $path =~ s/\.log\z/.lo_/r;
    write_bytes($path, $begin . entry_old($NOW - 60, $CHAIN));
    like(run(plugin($given))->{out}, qr/chain_errors=1;/, 'the same file under both names counts once');
}

# --- Bad logs ---

verdict('no such log', plugin('--log=/nonexistent/x.log'), 'UNKNOWN', { 'log.unreadable' => 'UNKNOWN' }, qr/No such file/);
verdict('a folder', plugin("--log=" . folder()), 'UNKNOWN', { 'log.unreadable' => 'UNKNOWN' }, qr/is a directory/);
verdict('standard input', plugin('--log=-'), 'UNKNOWN', { 'log.unreadable' => 'UNKNOWN' });
verdict('empty', plugin(logs('x.log', '')), 'UNKNOWN', { 'log.not-a-log' => 'UNKNOWN' }, qr/empty/);
verdict('plain text', plugin(logs('x.log', "hello\nworld\n$CHAIN\n" x 50)), 'UNKNOWN',
    { 'log.not-a-log' => 'UNKNOWN', 'log.chain-error' => undef });
verdict('binary', plugin(logs('x.log', join '', map { chr(int rand 256) } 1 .. 100_000)), 'UNKNOWN',
    { 'log.not-a-log' => 'UNKNOWN' });
verdict('one endless line', plugin(logs('x.log', 'x' x 5_000_000)), 'UNKNOWN', { 'log.not-a-log' => 'UNKNOWN' });
verdict('a hole of NUL bytes', plugin(logs('x.log', quiet('new') . "\0" x 5000 . "\n" . quiet('new'))), 'WARNING',
    { 'log.damaged' => 'WARNING', 'log.clean' => undef });
verdict('stale', plugin(logs('x.log', entry_new($NOW - 2 * $DAY, 'x') . entry_new($NOW - 30 * $HOUR, 'x'))), 'WARNING',
    { 'log.stale' => 'WARNING', 'log.clean' => undef });
verdict('--max-age', plugin(logs('x.log', entry_new($NOW - 2 * $DAY, 'x') . entry_new($NOW - 30 * $HOUR, 'x')), '--max-age=31h'),
    'OK', { 'log.stale' => undef });
verdict('future', plugin(logs('x.log', quiet('new') . entry_new($NOW + 2 * $DAY, 'x'))), 'WARNING', { 'log.future' => 'WARNING' },
    qr/in the future/);
verdict('future, and right again', plugin(logs('x.log', entry_new($NOW + 2 * $DAY, 'x') . quiet('new') . entry_new($NOW - 60, 'x'))), 'OK', { 'log.future' => 'OK', 'log.clean' => 'OK' });
verdict('future, then nothing for long', plugin(logs('x.log', entry_new($NOW + 2 * $DAY, 'x') . entry_new($NOW - 30 * $HOUR, 'x'))), 'WARNING', { 'log.future' => 'OK', 'log.stale' => 'WARNING', 'log.clean' => undef });
verdict('future, in an older file', plugin(logs('x.log', entry_new($NOW - $HOUR, 'x') . entry_new($NOW - 60, 'x'), 'x.lo_', quiet('new') . entry_new($NOW + 2 * $DAY, 'x'))), 'OK', { 'log.future' => 'OK', 'log.clean' => 'OK' });
verdict('an error in the future counts', plugin(logs('x.log', quiet('new') . entry_new($NOW + 60, $CHAIN))), 'WARNING',
    { 'log.chain-error' => 'WARNING', 'log.future' => undef });
verdict('an error with an impossible time zone',
    plugin(logs('x.log', quiet('new') . entry_new($NOW, $CHAIN, time => '10:00:00.000+9999'))), 'UNKNOWN',
    { 'log.time-unknown' => 'UNKNOWN', 'log.chain-error' => undef, 'log.clean' => undef });
verdict('another entry with one is passed over',
    plugin(logs('x.log', quiet('new') . entry_new($NOW, 'x', time => '10:00:00.000+9999'))), 'OK',
    { 'log.time-unknown' => undef, 'log.clean' => 'OK' });
verdict('no entry has a time', plugin(logs('x.log', entry_new($NOW, 'x', time => 'noon') x 9)), 'UNKNOWN',
    { 'log.time-unknown' => 'UNKNOWN', 'log.clean' => undef });
verdict('half an entry at the end', plugin(logs('x.log', quiet('new') . substr(entry_new($NOW - 9, $CHAIN), 0, 200))), 'OK',
    { 'log.chain-error' => undef, 'log.time-unknown' => undef });
verdict('an error cut by the next entry', plugin(logs('x.log',
    quiet('new') . substr(entry_new($NOW - 9, $CHAIN), 0, 200) . "\n" . entry_new($NOW - 5, 'x'))), 'UNKNOWN',
    { 'log.time-unknown' => 'UNKNOWN' });
verdict('one bad, one good log', plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN)), '--log=/nonexistent'),
    'WARNING', { 'log.chain-error' => 'WARNING', 'log.unreadable' => 'UNKNOWN' });
{
    my $evil = run(plugin(logs('x.log', quiet('new')
        . entry_new($NOW - 60, "Failed to check and load service signing certificate \e[2J | x=1 <script> \x{202e}`id` \$(id)\nSCP STATUS OK - fine" =~ s/\x{202e}/\xE2\x80\xAE/r))));
    unlike($evil->{out}, qr/<script>|\e|`id`|^SCP STATUS OK/m, 'an evil entry is shown escaped');
}
{
    # A log that is written while it is read.
    my $given = logs('busy.log', quiet('old') x 200);
    my ($path) = $given =~ /=(.*)/;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open my $f, '>>', $path or POSIX::_exit(1);
        $f->autoflush(1);
        $SIG{ALRM} = sub { POSIX::_exit(0) };
        alarm 20;
        for my $i (1 .. 1_000_000) { print {$f} substr(entry_old($NOW - 1, "line $i"), 0, 30),
            substr(entry_old($NOW - 1, "line $i"), 30); }
        POSIX::_exit(0);
    }
    my @codes = map { run(plugin($given))->{code} } 1 .. 5;
    kill KILL => $pid;
    waitpid $pid, 0;
    is_deeply(\@codes, [0, 0, 0, 0, 0], 'a log that is written while it is read');
}

# --- Large logs: read from the end, in little memory ---

{
    my $path = folder() . '/large.log';
    open my $f, '>:raw', $path or die "$path: $!";
    my $old = join '', map { entry_new($NOW - 30 * $DAY + $_,
        'An ordinary line of a log, not very long and not very short, ' . $_) } 1 .. 20_000;
    print {$f} $old for 1 .. 30;
    print {$f} quiet('new'), entry_new($NOW - $HOUR, $CHAIN);
    close $f;
    my $r = run_json(plugin("--log=$path", '-v'), rss => 1);
    my ($part) = @{ $r->{json}{facts}{parts} };
    is($r->{code}, 1, 'a large log');
    cmp_ok($part->{bytes}, '<', 5_000_000, 'only its end is read: ' . $part->{bytes} . ' of ' . -s $path);
    ok($part->{reached}, 'far enough');
    cmp_ok($r->{rss}, '<', 16 * 1024, "in $r->{rss} KiB") if !sanitized($NAME) && $r->{rss};
    unlink $path;
}

# --- Status messages ---

my $iso = sub { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) };
my %MESSAGE = (9605 => 'messages.upload-failed', 9607 => 'messages.upload-exception', 11411 => 'messages.endpoint-warning',
               11412 => 'messages.endpoint-error', 11488 => 'messages.required-endpoint');
sub csv { return save('messages' . ++$serial . '.csv', join '', map { "$_\r\n" } '"MessageID","Component","MachineName","Time"',
    map { sprintf '"%s","%s","%s","%s"', @$_ } @_) }
sub json { return save('messages' . ++$serial . '.json',
    JSON::PP->new->canonical->encode({ value => [map { { MessageID => 0 + $_->[0], Component => $_->[1], MachineName => $_->[2],
    Time => $_->[3] } } @_] })) }
for my $write (\&csv, \&json) {
    my $what = $write == \&csv ? 'CSV' : 'JSON';
    verdict("$what: none", plugin('--messages=' . $write->([500, 'X', 'scp01', $iso->($NOW - 60)])), 'OK',
        { 'messages.clean' => 'OK' }, qr/no status message/);
    for my $id (sort keys %MESSAGE) {
        my %none = map { $_ => undef } grep { $_ ne $MESSAGE{$id} } values %MESSAGE;
        verdict("$what: $id", plugin('--messages=' . $write->([$id, 'SMS_DMP_UPLOADER', 'scp01', $iso->($NOW - $HOUR)])), 'WARNING',
            { $MESSAGE{$id} => 'WARNING', %none, 'messages.clean' => undef }, qr/SMS_DMP_UPLOADER on scp01/);
        verdict("$what: $id, five times", plugin('--messages=' . $write->(map { [$id, 'X', 'Y', $iso->($NOW - $_)] } 1 .. 5)),
            $id == 11411 ? 'WARNING' : 'CRITICAL', { $MESSAGE{$id} => $id == 11411 ? 'WARNING' : 'CRITICAL' });
    }
    verdict("$what: too old", plugin('--messages=' . $write->([9605, 'X', 'Y', $iso->($NOW - 25 * $HOUR)])), 'OK',
        { 'messages.upload-failed' => undef });
    verdict("$what: a local time", plugin('--messages=' . $write->([9605, 'X', 'Y', '11/23/2026 1:02:03 AM'])), 'UNKNOWN',
        { 'messages.time-unknown' => 'UNKNOWN', 'messages.upload-failed' => undef, 'messages.clean' => undef });
    like(run(plugin('--messages=' . $write->([9605, 'X', 'Y', $iso->($NOW - 60)], [9607, 'X', 'Y', $iso->($NOW - 30)],
        [9607, 'X', 'Y', $iso->($NOW - 40)])))->{out},
        qr/ msg_9605=1;0;3;0 msg_9607=2;0;3;0 last_error_age=30s;;;0$/m, "$what: performance data");
    my $whole = slurp($write->(map { [9605, 'X', 'Y', $iso->($NOW - $_)] } 1 .. 3));
    for my $cut (1, 5, 20, 60, 100, length($whole) - 30, length($whole) - 3) {
        my $r = run(plugin('--messages=' . save('cut.txt', substr $whole, 0, $cut)));
        isnt($r->{code}, 0, "$what: cut after $cut bytes is not OK");
        unlike($r->{out}, qr/messages\.clean/, 'nor clean');
    }
    verdict("$what: cut", plugin('--messages=' . save('cut.txt', substr $whole, 0, length($whole) - 20)), 'WARNING',
        { 'messages.truncated' => 'UNKNOWN', 'messages.upload-failed' => 'WARNING' });
    verdict("$what: stale", plugin('--messages=' . save('old.txt', slurp($write->([1, 'X', 'Y', 'Z'])), $NOW - 30 * $HOUR)),
        'WARNING', { 'messages.stale' => 'WARNING', 'messages.clean' => undef });
}
verdict('rows without a number', plugin('--messages=' . csv(['x', 'X', 'Y', 'Z'], [5, 'X', 'Y', 'Z'])), 'WARNING',
    { 'messages.malformed' => 'WARNING', 'messages.clean' => undef });
for my $bad (['a page', '<html><body>Sign in</body></html>'], ['another CSV', "A,B\n1,2\n"],
    ['another JSON', '{"a":1}'], ['binary', "MZ\0\0\1\2"], ['a number', '5']) {
    verdict("messages: $bad->[0]", plugin('--messages=' . save('bad.txt', $bad->[1])), 'UNKNOWN',
        { 'messages.unreadable' => 'UNKNOWN', 'messages.clean' => undef });
}

# What PowerShell leaves where there is nothing, or one message; what the service answers with.
for my $empty (['Export-Csv', ''], ['a mark alone', "\xEF\xBB\xBF"], ['a UTF-16 mark alone', "\xFF\xFE"], ['line ends', "\r\n\r\n"],
    ['ConvertTo-Json', 'null'], ['ConvertTo-Json in UTF-16', "\xFF\xFEn\0u\0l\0l\0"], ['ConvertTo-Json of a list', '[]'],
    ['and blanks', " [\r\n\r\n] \r\n"]) {
    my $r = verdict("nothing: $empty->[0]", plugin('--messages=' . save('nothing.txt', $empty->[1])), 'OK',
        { 'messages.empty' => 'OK', 'messages.clean' => undef }, qr/no message, or no answer/);
    unlike($r->{plain}{out} . $r->{out}, qr/msg_9605/, 'and no number');
}
{
    my $time = $iso->($NOW - 60);
    my $one = qq({"MessageID": 9605, "Component": "SMS_DMP_UPLOADER", "Severity": -1073741824, "Time": "$time"});
    my $ms = 1000 * ($NOW - 60);
    for my $case (['alone', $one], ['in a list', "[$one]"], ['counted', qq({"count": 1, "value": [$one]})],
        ['counted, behind', qq({"value": [$one], "count": 1})], ['counted, alone', qq({"count": 1, "value": $one})],
        ['as Windows PowerShell wraps a list', qq({"count": 1, "value": {"value": [$one], "Count": 1}})],
        ['a time with its day', qq({"MessageID": 9605, "Time": {"value": "\\/Date($ms)\\/", "DisplayHint": 2, "DateTime": "Montag, 23. November 2026 12:59:00"}})],
        ['a time in milliseconds', qq({"MessageID": 9605, "Time": "\\/Date($ms)\\/"})],
        ['UTF-16', log_utf16($one)], ['numbers as text', $one =~ s/9605/"9605"/r]) {
        verdict("one message: $case->[0]", plugin('--messages=' . save('one.json', $case->[1])), 'WARNING',
            { 'messages.upload-failed' => 'WARNING', 'messages.malformed' => undef }, qr/: 1 time in .* msg_9605=1;/);
    }
    for my $case (['counted', '{"count": 0, "value": []}'], ['counted, with null', '{"count": 0, "value": null}'], ['an answer', '{"value": []}'],
        ['information', qq({"value": [{"MessageID": 9605, "Severity": 1073741824, "Time": "$time"}]})],
        ['wrapped', '{"count": 0, "value": {"value": [], "Count": 0}}']) {
        verdict("none: $case->[0]", plugin('--messages=' . save('none.json', $case->[1])), 'OK',
            { 'messages.clean' => 'OK', 'messages.empty' => undef }, qr/no status message .*msg_9605=0;/);
    }
    for my $case (['none on this page', '"@odata.nextLink": "https://x/?$skip=1", "value": []', 'UNKNOWN', undef], ['one on this page', qq("value": [$one], "\@odata.nextLink": "x"), 'WARNING', 'WARNING']) {
        verdict("one page of several: $case->[0]", plugin('--messages=' . save('page.json', "{$case->[1]}")), $case->[2],
            { 'messages.truncated' => 'UNKNOWN', 'messages.clean' => undef, 'messages.upload-failed' => $case->[3] });
    }
    verdict('the last page of several', plugin('--messages=' . save('page.json', '{"@odata.nextLink": "", "value": []}')), 'OK', { 'messages.clean' => 'OK', 'messages.truncated' => undef });
    for my $case (['fewer than counted', qq({"count": 2, "value": [$one]}), qr/2 messages, but 1/], ['more than counted', qq({"count": 0, "value": [$one]}), qr/0 messages, but 1/],
        ['counted, and no list', '{"count": 3}', qr/3 messages, but 0/], ['an error', '{"error": {"code": "", "message": "Access denied"}}', qr/error message .*Access denied/],
        ['an old error', '{"error": {"code": "x", "message": {"lang": "en", "value": "No"}}}', qr/error message/], ['an error as text', '{"error": "no"}', qr/error message/],
        ['an error beside a list', '{"error": {"message": "partial"}, "value": []}', qr/error message/], ['a word', 'nullify', qr/JSON/]) {
        verdict("no answer: $case->[0]", plugin('--messages=' . save('wrong.json', $case->[1])), $case->[1] =~ /9605/ ? 'WARNING' : 'UNKNOWN',
            { 'messages.unreadable' => 'UNKNOWN', 'messages.clean' => undef, 'messages.empty' => undef }, $case->[1] =~ /9605/ ? undef : $case->[2]);
    }
}
verdict('the console\'s list', plugin('--messages=' . save('console.csv', qq("Severity";"Type";"Date / Time";"System";"Component";"Message ID"\r\n"Error";"Milestone";"$AT";"SCP01";"SMS_DMP_UPLOADER";"9605"\r\n))),
    'WARNING', { 'messages.upload-failed' => 'WARNING' }, qr/SMS_DMP_UPLOADER on SCP01/);

# --- Status messages in logs ---

sub statmsg
{
    my ($id, $at, %o) = @_;
    my $date = POSIX::strftime('%a %b %d %H:%M:%S.957 %Y', gmtime $at);
    return entry($o{style} // 'old', $o{line} // $at, sprintf('STATMSG: ID=%d SEV=%s LEV=M SOURCE="SMS Server" COMP="SMS_DMP_UPLOADER" SYS=SCP01.EXAMPLE.COM SITE=P01 PID=2168 TID=9607 GMTDATE=%s ISTR0="ID=11488 SEV=E" ISTR1="" NUMATTRS=0',
        $id, $o{severity} // 'E', $date), %{ $o{entry} // {} });
}
for my $style ('new', 'old') {
    for my $id (sort keys %MESSAGE) {
        my %none = map { $_ => undef } grep { $_ ne $MESSAGE{$id} } values %MESSAGE;
        verdict("$style: a line about $id", plugin(logs('dmpuploader.log', quiet($style) . statmsg($id, $NOW - $HOUR, style => $style))), 'WARNING',
            { $MESSAGE{$id} => 'WARNING', %none, 'log.clean' => undef }, qr/SMS_DMP_UPLOADER on SCP01\.EXAMPLE\.COM/);
    }
}
verdict('five lines about 9605', plugin(logs('x.log', quiet('old') . join '', map { statmsg(9605, $NOW - 60 * $_) } 1 .. 5)), 'CRITICAL',
    { 'messages.upload-failed' => 'CRITICAL' }, qr/ msg_9605=5;0;3;0 last_error_age=60s/);
verdict('a warning', plugin(logs('x.log', quiet('old') . statmsg(11411, $NOW - 60, severity => 'W'))), 'WARNING', { 'messages.endpoint-warning' => 'WARNING' });
verdict('information, other numbers, and what is older', plugin(logs('x.log', quiet('old') . statmsg(9605, $NOW - 60, severity => 'I') . statmsg(500, $NOW - 60)
    . statmsg(9605, $NOW - 25 * $HOUR))), 'OK', { 'messages.upload-failed' => undef, 'log.clean' => 'OK' });
verdict('the time of the line where there is no other', plugin(logs('x.log', quiet('old') . (statmsg(9605, $NOW - $HOUR) =~ s/GMTDATE=.{28}/GMTDATE=/r))), 'WARNING',
    { 'messages.upload-failed' => 'WARNING' }, qr/last 60 min ago/);
verdict('the message\'s time in another zone\'s log', plugin(logs('x.log', quiet('old', bias => -540) . statmsg(9605, $NOW - $HOUR, entry => { bias => -540 }))), 'WARNING',
    { 'messages.upload-failed' => 'WARNING' }, qr/last 60 min ago/);
verdict('the same messages in an export count once', plugin(logs('x.log', quiet('old') . join '', map { statmsg(9605, $NOW - 60 * $_) } 1 .. 3),
    '--messages=' . csv(map { [9605, 'SMS_DMP_UPLOADER', 'SCP01', $iso->($NOW - 60 * $_)] } 1 .. 3)), 'WARNING', { 'messages.upload-failed' => 'WARNING' }, qr/msg_9605=3;/);
verdict('others count as well', plugin(logs('x.log', quiet('old') . statmsg(9605, $NOW - 60)), '--messages=' . csv([9605, 'X', 'SCP01', $iso->($NOW - 600)], [9607, 'X', 'SCP01', $iso->($NOW - 60)])),
    'WARNING', { 'messages.upload-failed' => 'WARNING', 'messages.upload-exception' => 'WARNING' }, qr/msg_9605=2;.* msg_9607=1;/);

verdict('no such export', plugin('--messages=/nonexistent'), 'UNKNOWN', { 'messages.unreadable' => 'UNKNOWN' });

# --- Environment ---

sub registry { return save('env' . ++$serial . '.reg', windows_export(environment(@_))) }
my $CONNECTIONS = INTERNET_SETTINGS . '\Connections';
my @ENVIRONMENT = (
    ['sound', [], 'OK', { 'environment.sound' => 'OK', 'proxy.setting' => 'OK' }],
    ['WinHTTP proxy', [$CONNECTIONS => { WinHttpSettings => connection_settings(0x28, 3, 'px:8080', '*.intern', '') }], 'OK', { 'proxy.setting' => 'OK', 'proxy.network-service' => undef }],
    ['SYSTEM\'s own proxy', [SYSTEM_SETTINGS, { ProxyEnable => reg_dword(1), ProxyServer => reg_sz('px:8080') }], 'WARNING', { 'proxy.setting' => 'OK', 'proxy.network-service' => 'WARNING' }],
    ['both accounts\' own proxy', [map { ($_ => { ProxyEnable => reg_dword(1), ProxyServer => reg_sz('px:8080') }) } SYSTEM_SETTINGS, SERVICE_SETTINGS], 'OK', { 'proxy.network-service' => undef }],
    ['a script alone', [SYSTEM_SETTINGS, { AutoConfigURL => reg_sz('http://wpad/proxy.pac') }], 'WARNING', { 'proxy.script' => 'WARNING', 'proxy.setting' => undef }],
    ['a script of WinHTTP', [$CONNECTIONS => { WinHttpSettings => connection_settings(0x28, 5, '', '', 'http://wpad/proxy.pac') },
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion' => { CurrentBuild => reg_sz('20348') }], 'OK', { 'proxy.script' => 'OK' }],
    ['a password', [$CONNECTIONS => { WinHttpSettings => connection_settings(0x18, 3, 'mon:Geheimnis@px:8080', '') }], 'WARNING', { 'proxy.credentials' => 'WARNING' }],
    ['malformed', [$CONNECTIONS => { WinHttpSettings => reg_binary("\x18\0\0\0\1") }], 'UNKNOWN', { 'proxy.malformed' => 'UNKNOWN', 'proxy.setting' => undef }],
    ['proxy not covered', [$CONNECTIONS => undef, INTERNET_SETTINGS, undef], 'OK', { 'proxy.not-covered' => 'OK' }],
    ['strong cryptography off', [DOTNET, { SchUseStrongCrypto => reg_dword(0) }], 'WARNING', { 'environment.strong-crypto' => 'WARNING', 'environment.sound' => undef }],
    ['old TLS versions, 32 bit', [DOTNET_32, { SystemDefaultTlsVersions => reg_dword(0) }], 'WARNING', { 'environment.strong-crypto' => 'WARNING' }],
    ['strong cryptography of a wrong type', [DOTNET, { SchUseStrongCrypto => reg_sz('1') }], 'UNKNOWN', { 'environment.strong-crypto' => 'UNKNOWN' }],
    ['TLS 1.2 off', [TLS12_CLIENT, { Enabled => reg_dword(0) }], 'CRITICAL', { 'environment.tls' => 'CRITICAL' }],
    ['TLS 1.2 not by default', [TLS12_CLIENT, { DisabledByDefault => reg_dword(1) }], 'WARNING', { 'environment.tls' => 'WARNING' }],
    ['TLS 1.2 of a wrong type', [TLS12_CLIENT, { Enabled => reg_sz('0') }], 'UNKNOWN', { 'environment.tls' => 'UNKNOWN' }],
    ['TLS 1.2 enabled as 0xffffffff', [TLS12_CLIENT, { Enabled => reg_dword(0xFFFFFFFF) }], 'OK', { 'environment.tls' => undef }],
    ['nothing covered but the proxy', [DOTNET, undef, TLS12_CLIENT, undef, DOTNET_32, undef], 'OK', { 'environment.not-covered' => 'OK' }],
    ['nothing covered at all', [$CONNECTIONS => undef, INTERNET_SETTINGS, undef, DOTNET, undef, TLS12_CLIENT, undef, DOTNET_32, undef], 'UNKNOWN', { 'environment.nothing' => 'UNKNOWN' }],
    ['synchronised in the future', [AUTO_UPDATE, { LastSyncTime => reg_time($NOW + 5 * $DAY) }], 'WARNING', { 'environment.clock' => 'WARNING' }],
    ['synchronised in the past', [AUTO_UPDATE, { LastSyncTime => reg_time($NOW - 5 * $DAY) }], 'OK', { 'environment.clock' => undef }],
);
for my $case (@ENVIRONMENT) {
    my ($name, $changes, $state, $findings) = @$case;
    my $r = verdict("environment: $name", plugin('-R', registry(@$changes)), $state, $findings);
    unlike($r->{plain}{out} . $r->{out}, qr/Geheimnis/, 'no secret is shown');
}

# --- Configuration Manager's own registry ---

{
    my $sms = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SMS';
    my ($setup, $identification, $downloader) = ("$sms\\Setup", "$sms\\Identification", "$sms\\COMPONENTS\\SMS_DMP_DOWNLOADER");
    my $of = sub { my ($version) = @_; return registry($setup => { 'Full Version' => reg_sz($version) }) };
    for (['5.00.9128.1000', qr/Configuration Manager 2403 \(5\.00\.9128\.1000\): its support ended on 2025-10-22/],
        ['5.00.9130.1000', qr/Configuration Manager 5\.00\.9130\.1000 is older than version 2409, whose support ended on 2026-06-04/],
        ['5.00.7711.0000', qr/is older than version 2309/], ['5.00.9136.1000'], ['5.00.9146.1000'], ['6.00.10000.1'], ['none'], ['5.00']) {
        my ($version, $text) = @$_;
        verdict("version $version", plugin('-R', $of->($version)), $text ? 'WARNING' : 'OK', { 'environment.version' => $text ? 'WARNING' : undef }, $text // qr/OK/);
    }
    is(run_json(plugin('-R', $of->('5.00.9146.1000'), '-v'))->{json}{facts}{site}{version}, '5.00.9146.1000', 'the version is a fact');
    my ($recent, $old) = map { my $at = $NOW - $_ * $HOUR; registry($downloader => { LastSyncedTime => reg_dword($at) }) } 49, 51;
    my $log = logs('dmpdownloader.log', entry('old', $NOW - 60, 'Download manifest.cab', component => 'SMS_DMP_DOWNLOADER'));
    my $id = 'environment.last-synced';
    verdict('checked for updates 49 hours ago', plugin('-R', $recent, '--scp-mode=online'), 'OK', { $id => undef });
    verdict('51 hours ago', plugin('-R', $old), 'OK', { $id => 'OK' });
    verdict('51 hours ago, online', plugin('-R', $old, '--scp-mode=online'), 'WARNING', { $id => 'WARNING' }, qr/last check for updates was (?:51 h|2 days) ago/);
    verdict('51 hours ago, beside its log', plugin('-R', $old, $log, '--success-within=0'), 'WARNING', { $id => 'WARNING' });
    verdict('checked in 51 hours', plugin('-R', registry($downloader => { LastSyncedTime => reg_dword($NOW + 51 * $HOUR) })), 'WARNING', { 'environment.clock' => 'WARNING', $id => undef });
    verdict('somebody asked for a check', plugin('-R', registry($downloader => { LastSyncedTime => reg_dword(0) }), '--scp-mode=online'), 'OK', { $id => undef });
    my $computer = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName';
    my $pair = sub {
        my ($servers, @more) = @_;
        return registry($identification => { 'Site Servers' => reg_sz($servers) }, $computer => { ComputerName => reg_sz('SITE02') },
            $downloader => { LastSyncedTime => reg_dword($NOW - 51 * $HOUR) }, @more);
    };
    for (['1;site01.example;0;site02.example', 'passive', 'OK'], ['1;site02.example;0;site01.example', 'active', 'WARNING'],
        ['0;site02.example;1;site01.example', 'passive', 'OK'], ['1;a.example;0;site022.example', 'neither', 'WARNING'],
        ['1;site01.example', 'alone', 'WARNING'], ['1;a;1;site02', 'alone', 'WARNING'], [';;;', 'alone', 'WARNING']) {
        my ($servers, $role, $state) = @$_;
        verdict("two servers: $servers", plugin('-R', $pair->($servers), '--scp-mode=online'), $state,
            { 'environment.two-servers' => $role eq 'alone' ? undef : 'OK', $id => $state });
        is(run_json(plugin('-R', $pair->($servers), '-v'))->{json}{facts}{site}{role}, $role, "its role is $role");
    }
    for ([undef, undef], ['CONFIGURATION-M', 'passive'], ['CONFIGURATION', 'neither']) {
        my ($own, $role) = @$_;
        my $r = run_json(plugin('-R', $pair->('1;site01.example;0;configuration-manager.example', $computer => defined $own ? { ComputerName => reg_sz($own) } : undef), '-v'))->{json};
        is($r->{facts}{site}{role}, $role, 'a long name, this server: ' . ($own // 'not told'));
        my ($text) = map { $_->{text} } grep { $_->{id} eq 'environment.two-servers' } @{ $r->{findings} };
        is($text =~ /this server is neither/ ? 1 : 0, ($role // '') eq 'neither' ? 1 : 0, 'and what is said of it');
    }
    verdict('no success on the passive one', plugin('-R', $pair->('1;site01.example;0;site02.example'),
        logs('dmpdownloader.log', join '', map { entry('old', $NOW - $_ * $HOUR, 'Nothing to do', component => 'SMS_DMP_DOWNLOADER') } reverse 0 .. 71)), 'OK', { 'log.no-success' => 'OK' });
    verdict('no success on the active one', plugin('-R', $pair->('1;site02.example;0;site01.example'),
        logs('dmpdownloader.log', join '', map { entry('old', $NOW - $_ * $HOUR, 'Nothing to do', component => 'SMS_DMP_DOWNLOADER') } reverse 0 .. 71)), 'WARNING', { 'log.no-success' => 'WARNING' });
}
verdict('--no-environment', plugin('-R', registry(TLS12_CLIENT, { Enabled => reg_dword(0) }), '--no-environment',
    logs('x.log', quiet('new'))), 'OK', { 'environment.tls' => undef, 'log.clean' => 'OK' });
verdict('all together', plugin('-R', registry(), logs('x.log', quiet('new')),
    '--messages=' . csv([9605, 'X', 'Y', $iso->($NOW - 60)])), 'WARNING',
    { 'environment.sound' => 'OK', 'log.clean' => 'OK', 'messages.upload-failed' => 'WARNING' });
{
    # Offline hives, told apart by content and merged.
    my %hive = (software => {}, system => {}, default => {});
    my %all = %{ environment() };
    for my $key (keys %all) {
        $hive{software}{$1} = $all{$key} if $key =~ /\AHKEY_LOCAL_MACHINE\\SOFTWARE\\(.*)/;
        $hive{system}{ $1 =~ s/CurrentControlSet/ControlSet001/r } = $all{$key} if $key =~ /\AHKEY_LOCAL_MACHINE\\SYSTEM\\(.*)/;
        $hive{default}{$1} = $all{$key} if $key =~ /\AHKEY_USERS\\S-1-5-18\\(.*)/;
    }
    $hive{system}{Select} = { Current => reg_dword(1) };
    $hive{default}{'Software\Microsoft\Windows\CurrentVersion\Internet Settings'} = { ProxyEnable => reg_dword(1),
        ProxyServer => reg_sz('px:8080') };
    my @files = map { ('-R', 'hive:' . save("hive-$_", hive_bytes($hive{$_}, name => 'C:\\' . uc $_))) } sort keys %hive;
    SKIP: {
        skip no_hives(), 2 if no_hives();
        verdict('three hives', plugin(@files), 'OK', { 'environment.sound' => 'OK', 'proxy.setting' => 'OK',
            'proxy.not-covered' => undef }, qr/TLS 1\.2/);
        like(run(plugin(@files, '-v'))->{out}, qr/SYSTEM uses proxy px:8080/, 'the proxy of the DEFAULT hive');
    }
}

# --- Use ---

for my $bad ([], ['--since=x', '--log=x'], ['--scp-mode=maybe', '--log=x'], ['-w', 'x', '--log=x'], ['-w', '1d', '--log=x'],
    ['word']) {
    SKIP: {
        skip 'where no source is named these plugins read the live registry', 2 if !@$bad && $ENV{SCP_LIVE};
        my $r = run(plugin(@$bad));
        is($r->{code}, 3, "@$bad: exit 3");
        like($r->{out}, qr/\ASCP STATUS UNKNOWN - /, "@$bad: a reason");
    }
}
{
    my $j = run_json(plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN)), '-R', registry(), '-v'))->{json};
    is($j->{facts}{symptoms}{chain_errors}{count}, 1, 'JSON: symptoms');
    is($j->{facts}{symptoms}{chain_errors}{last}, '2026-11-23T11:59:00Z', 'JSON: the last one');
    is($j->{facts}{parts}[0]{kind}, 'log', 'JSON: parts');
    is($j->{facts}{proxy}{kind}, 'direct', 'JSON: proxy');
    is($j->{source}{kind}, 'reg', 'JSON: source');
}

# --- A symptom is absent only where everything given would show it ---

SKIP: {
    skip 'check_scp is not built', 1 if !-x plugin_path('check_scp');
    my $none = csv([500, 'X', 'Y', $iso->($NOW - 60)]);
    my $empty = save('empty.csv', '');
    my ($uploader, $downloader) = map { quiet('old', component => "SMS_DMP_$_") } qw(UPLOADER DOWNLOADER);
    my $state = sub {
        my ($symptom, @given) = @_;
        return run_json(['check_scp', "--at=$AT", '-v', '-R', registry(), (map { "--skip=$_" } qw(autoupdate roots intermediates revocation)), @given])->{json}{facts}{symptoms}{$symptom}{state};
    };
    my $unfit = '99-99-2026';
    for my $case (['present', 'the error', logs('u.log', $uploader . entry_old($NOW - 60, $CHAIN))], ['present', 'the error, beside a log that cannot be read', logs('u.log', $uploader . entry_old($NOW - 60, $CHAIN)), '--log=/nonexistent'],
        ['absent', 'the uploader', logs('u.log', $uploader)], ['absent', 'both logs', logs('u.log', $uploader), logs('d.log', $downloader)], ['absent', 'the gateway', logs('g.log', quiet('new'))],
        ['unknown', 'the downloader alone', logs('d.log', $downloader)], ['unknown', 'the downloader, and an uploader that cannot be read', logs('d.log', $downloader), '--log=/nonexistent'],
        ['unknown', 'an uploader that cannot be read', logs('u.log', $uploader), '--log=/nonexistent'], ['unknown', 'no time', logs('u.log', $uploader . (entry_old($NOW - 60, $CHAIN) =~ s/<\d\d-\d\d-2026/<$unfit/r))],
        ['unknown', 'NUL bytes', logs('u.log', $uploader . "\0" x 900 . "\r\n" . entry_old($NOW - 9, 'x'))], ['unknown', 'an old copy', logs('u.log', entry_old($NOW - 9 * $DAY, 'x') . entry_old($NOW - 3 * $DAY, 'x'))],
        ['absent', 'an old copy, which is allowed', logs('u.log', entry_old($NOW - 9 * $DAY, 'x') . entry_old($NOW - 3 * $DAY, 'x')), '--max-age=4d'], ['unknown', 'a clock ahead', logs('u.log', $uploader . entry_old($NOW + 9 * $DAY, 'x'))],
        ['unknown', 'messages alone', "--messages=$none"]) {
        my ($is, $what, @given) = @$case;
        is($state->('chain_errors', @given), $is, "chain errors, $what: $is");
    }
    for my $case (['present', 'a message', '--messages=' . csv([9605, 'X', 'Y', $iso->($NOW - 60)]), '--messages=/nonexistent'], ['absent', 'none', "--messages=$none"], ['unknown', 'a log alone', logs('u.log', $uploader)],
        ['unknown', 'one that cannot be read', "--messages=$none", '--messages=/nonexistent'], ['unknown', 'an empty one beside it', "--messages=$none", "--messages=$empty"],
        ['unknown', 'a time that is no time', '--messages=' . csv([9605, 'X', 'Y', '23.11.2026 09:00:00'])], ['unknown', 'an old one', '--messages=' . save('aged.csv', slurp($none), $NOW - 31 * $DAY)],
        ['unknown', 'one page', '--messages=' . save('one.json', '{"@odata.nextLink": "x", "value": []}')]) {
        my ($is, $what, @given) = @$case;
        is($state->('msg_9605', @given), $is, "9605, $what: $is");
    }
}

# --- The diagnosis reads the same, and says the same of it ---

SKIP: {
    skip 'check_scp is not built', 1 if !-x plugin_path('check_scp');
    my @parts = ('-R', registry());
    my $login = save('login', "password=x\n");
    chmod 0600, $login;
    my %wish = (
        'a log' => [logs('x.log', quiet('new'))], 'a failing one' => [logs('x.log', quiet('old') . entry_old($NOW - 60, $CHAIN))], 'no log' => ['--log=' . scratch('nosuch.log')],
        'an old log' => [logs('x.log', entry_new($NOW - 30 * $DAY, 'Uploading'))], 'a short time' => ['--since=1h', logs('x.log', quiet('new') . entry_new($NOW - 2 * $HOUR, $CHAIN))],
        'messages' => ['--messages=' . csv([9605, 'X', 'Y', $iso->($NOW - 60)])], 'no messages' => ['--messages=' . save('broken.csv', "Number,When\n1,2\n")],
        'no credentials' => ['--adminservice=https://127.0.0.1:1/AdminService'], 'no user' => ['--adminservice=https://127.0.0.1:1/AdminService', '-A', $login],
        'nobody there' => ['--adminservice=https://127.0.0.1:1/AdminService', '-k'], 'no such anchors' => ['--adminservice=https://127.0.0.1:1/AdminService', '-k', '--cafile=' . scratch('nosuch.pem')],
        'offline' => ['--scp-mode=offline', '--log=' . scratch('nosuch.log')], 'an odd environment' => ['-R', registry(TLS12_CLIENT, { Enabled => reg_dword(0) })],
    );
    my $said = sub {
        my ($plugin, @more) = @_;
        my $findings = run_json([$plugin, "--at=$AT", grep({ $_ eq '-R' } @more) ? () : @parts, @more])->{json}{findings};
        # The advice about the article's symptom is to ask check_scp.
        return [sort map { "$_->{state} $_->{id}: $_->{text} (" . ($_->{id} eq 'log.chain-error' ? '' : $_->{remedy} // '')
            . ')' } grep { $_->{id} =~ /\A(?:log|messages|adminservice|environment|proxy|status)\./ } @$findings];
    };
    for my $name (sort keys %wish) {
        my ($own, $diagnosis) = ($said->($NAME, @{ $wish{$name} }),
            $said->('check_scp', (map { "--skip=$_" } qw(autoupdate roots intermediates revocation)), @{ $wish{$name} }));
        ok(@$own > 0, "$name: something is said");
        is_deeply($diagnosis, $own, "$name: check_scp says the same");
    }
    for my $wrong (['--adminservice=http://x/AdminService', '-k'], [map { "--log=x$_" } 1 .. 65],
        [(map { "--messages=x$_" } 1 .. 64), '--adminservice=https://x/AdminService']) {
        my @out = map { (split /\n/, run([$_->[0], '-o', 'plugin', "--at=$AT", @parts, @$wrong,
            @{ $_ }[1 .. $#$_]])->{out})[0] =~ s/\ASCP(?: STATUS)? //r } [$NAME], ['check_scp', '--skip=revocation'];
        like($out[0], qr/\AUNKNOWN - (?:--adminservice: not https|more than 64)/, "$wrong->[0], ...: wrong use");
        is($out[1], $out[0], 'and the same for check_scp');
    }
}

done_testing();
