#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_status from outside: logs, exports of status messages, the environment.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Logs;
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
        { 'log.clean' => 'OK', 'log.short' => undef, map { $_ => undef } keys %SYMPTOM }, qr/no certificate error in the log within 24 h|no certificate error in the log within 1 day/);
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
verdict('older files are left alone where the log reaches back',
    plugin(logs('dmpuploader.log', quiet('old'), 'dmpuploader.lo_', entry_old($NOW - 4 * $HOUR, $CHAIN))), 'OK',
    { 'log.chain-error' => undef });
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
    { 'log.damaged' => 'WARNING' });
verdict('stale', plugin(logs('x.log', entry_new($NOW - 2 * $DAY, 'x') . entry_new($NOW - 30 * $HOUR, 'x'))), 'WARNING',
    { 'log.stale' => 'WARNING' });
verdict('--max-age', plugin(logs('x.log', entry_new($NOW - 2 * $DAY, 'x') . entry_new($NOW - 30 * $HOUR, 'x')), '--max-age=31h'),
    'OK', { 'log.stale' => undef });
verdict('future', plugin(logs('x.log', quiet('new') . entry_new($NOW + 2 * $DAY, 'x'))), 'WARNING', { 'log.future' => 'WARNING' },
    qr/in the future/);
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
        'WARNING', { 'messages.stale' => 'WARNING' });
}
verdict('rows without a number', plugin('--messages=' . csv(['x', 'X', 'Y', 'Z'], [5, 'X', 'Y', 'Z'])), 'WARNING',
    { 'messages.malformed' => 'WARNING', 'messages.clean' => undef });
for my $bad (['a page', '<html><body>Sign in</body></html>'], ['empty', ''], ['another CSV', "A,B\n1,2\n"],
    ['another JSON', '{"a":1}'], ['binary', "MZ\0\0\1\2"], ['a number', '5']) {
    verdict("messages: $bad->[0]", plugin('--messages=' . save('bad.txt', $bad->[1])), 'UNKNOWN',
        { 'messages.unreadable' => 'UNKNOWN', 'messages.clean' => undef });
}
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
    my $r = run(plugin(@files));
    SKIP: {
        skip 'built without hives', 1 if $r->{out} =~ /built without/;
        verdict('three hives', plugin(@files), 'OK', { 'environment.sound' => 'OK', 'proxy.setting' => 'OK',
            'proxy.not-covered' => undef }, qr/TLS 1\.2/);
        like(run(plugin(@files, '-v'))->{out}, qr/SYSTEM uses proxy px:8080/, 'the proxy of the DEFAULT hive');
    }
}

# --- Use ---

for my $bad ([], ['--since=x', '--log=x'], ['--scp-mode=maybe', '--log=x'], ['-w', 'x', '--log=x'], ['-w', '1d', '--log=x'],
    ['word']) {
    my $r = run(plugin(@$bad));
    is($r->{code}, 3, "@$bad: exit 3");
    like($r->{out}, qr/\ASCP STATUS UNKNOWN - /, "@$bad: a reason");
}
{
    my $j = run_json(plugin(logs('x.log', quiet('new') . entry_new($NOW - 60, $CHAIN)), '-R', registry(), '-v'))->{json};
    is($j->{facts}{symptoms}{chain_errors}{count}, 1, 'JSON: symptoms');
    is($j->{facts}{symptoms}{chain_errors}{last}, '2026-11-23T11:59:00Z', 'JSON: the last one');
    is($j->{facts}{parts}[0]{kind}, 'log', 'JSON: parts');
    is($j->{facts}{proxy}{kind}, 'direct', 'JSON: proxy');
    is($j->{source}{kind}, 'reg', 'JSON: source');
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
        return [sort map { "$_->{state} $_->{id}: $_->{text} (" . ($_->{remedy} // '')
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
