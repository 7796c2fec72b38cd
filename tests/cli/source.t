#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a source of the registry is, whose it is, and whether it is whole - in every plugin that reads one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use Said;
use Scp;
use Test::More;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root');
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $files = 0;

sub file { return save('source' . ++$files, @_) }
sub roots { return ['check_scp_roots', "--at=$AT", "--profile=$profile", map { ('-R', $_) } @_] }
sub utf16 { return encode('UTF-16LE', "\x{FEFF}" . windows_text($_[0])) }
sub utf8_bom { return encode('UTF-8', "\x{FEFF}" . windows_text($_[0])) }
sub utf8 { return encode('UTF-8', windows_text($_[0])) }

# --- Exports that were joined into one file ---

my $whole = machine(root => [$root], protected => 0x20);
my $stores = only_keys($whole, SYSTEM_CERTIFICATES, ENTERPRISE_CERTIFICATES);
my $rest = { map { $_ => $whole->{$_} } grep { !exists $stores->{$_} } keys %$whole };
my $EOF = "\x1A";    # what `copy a+b` ends its target with

{
    my %kind = ('UTF-16' => \&utf16, 'UTF-16 without its mark' => \&utf16_without_bom, 'UTF-8 with its mark' => \&utf8_bom,
                'UTF-8' => \&utf8, 'REGEDIT4' => \&regedit4_text);
    for my $name (sort keys %kind) {
        my ($one, $two) = map { $kind{$name}->($_) } $stores, $rest;
        my %joined = ("copy /b" => $one . $two, "copy" => $one . $two . $EOF, "one more by copy /b" => $one . $EOF . $two,
                      "three" => $one . $EOF . $two . $EOF . $one . $EOF, "0x1A twice" => $one . $EOF . $two . $EOF);
        for my $how (sort keys %joined) {
            my $r = verdict("$name, $how", roots(file($joined{$how})), 'OK',
                { 'roots.present' => 'OK', 'source.damaged' => undef, 'source.truncated' => undef });
            my $parts = run_json(roots(file($one), file($two)));
            is_deeply([map { "$_->{id} $_->{state}" } grep { $_->{id} !~ /^source/ } @{ $r->{json}{findings} }],
                [map { "$_->{id} $_->{state}" } grep { $_->{id} !~ /^source/ } @{ $parts->{json}{findings} }],
                "$name, $how: what two sources give");
        }
    }
    for my $mix ([utf16($stores), utf8($rest)], [utf8($stores), utf16($rest)], [utf16($stores), utf8_bom($rest)],
                 [utf8_bom($stores), utf16_without_bom($rest)], [regedit4_text($stores), utf16($rest)],
                 [utf16($stores) . $EOF, utf8($rest)], [utf16_without_bom($stores), regedit4_text($rest)]) {
        verdict('encodings that are mixed in one file', roots(file(join '', @$mix)), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' },
            qr/line [1-9]\d* or later: .*another encoding/);
    }
    verdict('cut behind the second header', roots(file(utf8($whole) . 'Windows Registry Editor Version 5.00')), 'UNKNOWN',
        { 'source.truncated' => 'UNKNOWN' });
    verdict('reg query text joined to reg query text', roots(file(reg_query_text($stores) . reg_query_text($rest) . $EOF)), 'OK',
        { 'source.damaged' => undef });
    verdict('an export joined to reg query text', roots(file(reg_query_text($stores) . utf8($rest))), 'OK',
        { 'source.damaged' => undef });
}

# --- Whose hive ---

# The part of a registry below a key, by paths below it: what reg save KEY writes.
sub saved
{
    my ($registry, $key) = @_;
    return { map { /\A\Q$key\E\\(.+)\z/i ? ($1 => $registry->{$_}) : () } keys %$registry };
}

my $SOFTWARE = 'HKEY_LOCAL_MACHINE\SOFTWARE';
my $machine = saved($whole, $SOFTWARE);
my $VERSION = 'Microsoft\Windows NT\CurrentVersion';
my %user = map { $_ => $machine->{$_} } grep { /\AMicrosoft\\SystemCertificates/ } keys %$machine;
my $ACCEPTED = 'Microsoft\SystemCertificates\ROOT\ProtectedRoots';
my %mark = (
    'CurrentBuild' => { $VERSION => { CurrentBuild => reg_sz('20348') } },
    'MachineGuid' => { 'Microsoft\Cryptography' => { MachineGuid => reg_sz('f2c1') } },
    'EnterpriseCertificates' => { 'Microsoft\EnterpriseCertificates' => {} },
);
my %rest_of_it = map { $_ => $machine->{$_} } grep { !/EnterpriseCertificates/ && $_ ne $VERSION } keys %$machine;

# Each of these as a hive of its own, and loaded under a name of the administrator's and exported.
sub as_hive { return 'hive:' . file(hive_bytes($_[0])) }
sub as_offline { return file(windows_export({ 'HKEY_LOCAL_MACHINE\OFFLINE' => {}, map { ("HKEY_LOCAL_MACHINE\\OFFLINE\\$_" => $_[0]{$_}) } keys %{ $_[0] } })) }
for my $form (['hive', \&as_hive], ['loaded hive', \&as_offline]) {
    my ($what, $make) = @$form;
    verdict("$what: a machine's", roots($make->($machine)), 'OK', { 'roots.present' => 'OK', 'source.not-covered' => undef });
    for my $name (sort keys %mark) {
        my %hive = (%rest_of_it, %{ $mark{$name} });
        my $r = run_json(roots($make->(\%hive)));
        is(scalar(finding($r, 'roots.present')), 1, "$what: $name is a mark of the machine's") or diag($r->{out});
    }
    my %none = ('roots.present' => undef, 'roots.missing' => undef, 'source.not-covered' => 'UNKNOWN');
    my $unmarked = verdict("$what: no mark at all", roots($make->(\%rest_of_it)), 'UNKNOWN', { %none }, qr/no mark of a machine/);
    like(($unmarked->{json}{findings} // [{}])->[0]{remedy}, qr/\A(?!.*SOFTWARE hive)/s, "$what: the same is not asked for again");
    verdict("$what: Classes is no mark", roots($make->({ %rest_of_it, 'Classes\.reg' => {} })), 'UNKNOWN', { %none });
    verdict("$what: a version without CurrentBuild is no mark", roots($make->({ %rest_of_it, $VERSION => {} })), 'UNKNOWN', { %none });
    verdict("$what: a user's", roots($make->({ %user, $ACCEPTED => { Certificates => reg_binary("\1" x 24) } })), 'UNKNOWN', { %none },
        qr/user's registry/);
    verdict("$what: a user's with the name of a version",
        roots($make->({ %user, $ACCEPTED => { Certificates => reg_binary('x') }, $VERSION => {}, 'Classes' => {} })), 'UNKNOWN', { %none });
    # With the machine's own beside it, it is a remark.
    verdict("$what: a user's beside the machine's",
        roots(as_hive($machine), $make->({ %user, $ACCEPTED => { Certificates => reg_binary('x') } })), 'OK',
        { 'source.person' => 'OK', 'source.not-covered' => undef, 'roots.present' => 'OK' });
}
{
    my %stores = map { (s/\AMicrosoft\\SystemCertificates\\//r => $user{$_}) } grep { /SystemCertificates\\/ } keys %user;
    verdict("stores alone, nobody's", roots(as_hive({ map { ($_ => $stores{$_}) } grep { !/AutoUpdate/ } keys %stores })), 'UNKNOWN', { 'roots.present' => undef, 'source.not-covered' => 'UNKNOWN' },
        qr/no mark of a machine/);
    unlike(run(roots(as_hive({ %stores })))->{out}, qr/no mark of a machine/, "stores alone, the machine's");
    verdict('stores alone, a user\'s', roots(as_hive({ %stores, 'ROOT\ProtectedRoots' => { Certificates => reg_binary('x') } })), 'UNKNOWN',
        { 'source.not-covered' => 'UNKNOWN', 'roots.present' => undef }, qr/user's registry/);
    my %hkcu = map { ("HKEY_CURRENT_USER\\Software\\$_" => $user{$_}) } keys %user;
    for my $form (['export', windows_export(\%hkcu)], ['reg query text', reg_query_text(\%hkcu)],
                  ['export of HKU', windows_export({ map { (s/\AHKEY_CURRENT_USER/HKEY_USERS\\S-1-5-21-1-2-3-1001/r => $hkcu{$_}) } keys %hkcu })]) {
        verdict("$form->[0] of a user's registry", roots(file($form->[1])), 'UNKNOWN',
            { 'source.not-covered' => 'UNKNOWN', 'roots.present' => undef, 'roots.missing' => undef }, qr/user's registry/);
    }
}
for my $name (grep { -x plugin_path($_) } qw(check_scp check_scp_autoupdate check_scp_intermediates)) {
    my $user = as_hive({ %user, $ACCEPTED => { Certificates => reg_binary('x') } });
    my $r = verdict("$name: a user's hive", [$name, "--at=$AT", '-R', $user, $name eq 'check_scp' ? '--skip=revocation' : ()], 'UNKNOWN',
        { 'source.not-covered' => 'UNKNOWN', 'roots.missing' => undef, 'intermediates.missing' => undef }, qr/user's registry/);
}

# --- Files of another kind ---

my $HEX = join ' ', ('3af1e6a711') x 4;
my $LINE = 'Serial Number: 033af1e6a7';
my @STRANGERS = (
    ["certutil's listing", "Root\r\n================ Certificate 0 ================\r\n$LINE\r\n", qr/certutil/],
    ["certutil's listing in German", "Root\r\n================ Zertifikat 0 ================\r\nSeriennummer: 03\r\n", qr/certutil/],
    ["certutil's listing in Japanese", encode('UTF-8', "Root\r\n================ \x{8A3C}\x{660E}\x{66F8} 0 ================\r\n"), qr/certutil/],
    ["certutil's listing in Japanese, Shift JIS", "Root\r\n================ \x8F\xD8\x96\xBE\x8F\x91 0 ================\r\n", qr/certutil/],
    ["certutil's listing, UTF-16", encode('UTF-16LE', "\x{FEFF}Root\r\n======== \x{8A3C}\x{660E}\x{66F8} 12 ========\r\n"), qr/certutil/],
    ['Get-ChildItem', "\r\n\r\n   PSParentPath: Microsoft.PowerShell.Security\\Certificate::LocalMachine\\Root\r\n", qr/PowerShell/],
    ['Get-ChildItem | Format-List', "\r\nSubject      : CN=x\r\nThumbprint   : DF3C\r\n", qr/PowerShell/],
    ['Get-ChildItem | Format-Table, UTF-16', encode('UTF-16LE', "\x{FEFF}\r\nThumbprint     Subject\r\n----------     -------\r\n"), qr/PowerShell/],
    ['Export-Csv', qq("Thumb","Subject"\r\n"DF3C","CN=x"\r\n), qr/CSV/],
    ['Export-Clixml', qq(<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">), qr/Clixml/],
    ['gpresult /h', encode('UTF-16LE', "\x{FEFF}<!DOCTYPE html PUBLIC><html>"), qr/HTML/],
    ['gpresult /x', '<?xml version="1.0"?><Rsop/>', qr/XML/],
    ['JSON', qq({"stdout": "HKEY_LOCAL_MACHINE"}), qr/JSON/],
    ['JSON, a list', qq([{"fullkey":"HKLM"}]), qr/JSON/],
    ['Registry.pol', "PReg\1\0\0\0[\0S\0", qr/Registry\.pol/],
    ['zip', "PK\3\4\x14\0\0\0", qr/zip/],
    ['gzip', "\x1F\x8B\x08\0", qr/gzip/],
    ['evtx', "ElfFile\0\0\0", qr/event log/],
    ['PDF', "%PDF-1.7\n", qr/PDF/],
    ['picture', "\x89PNG\r\n\x1A\n", qr/picture/],
    ['Wine', "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n", qr/Wine/],
    ['no header', "[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n", qr/first line/],
    ['PEM', "-----BEGIN CERTIFICATE-----\nMIIB\n", qr/PEM/],
    ['DER', $root, qr/DER/],
    ['serialized store', sst_bytes(), qr/serialized/],
    ['cabinet', "MSCF\0\0\0\0", qr/cabinet/],
    ['ConfigMgr log', qq(text  \$\$<SMS_DMP_UPLOADER><11-29-2026 10:00:00.000+000><thread=1 (0x1)>\r\n), qr/log of Configuration Manager/],
    ['text', "hello\n", qr/text of another kind/],
    ['bytes', "\1\2\3\4\5\6\7\x08", qr/binary/],
    ['blanks', " \r\n\r\n", qr/blanks/],
);
for my $row (@STRANGERS) {
    my ($what, $bytes, $pattern) = @$row;
    my $file = file($bytes);
    for my $prefix ('', 'reg:', 'hive:') {
        my $r = verdict("$what, as '$prefix'", roots("$prefix$file"), 'UNKNOWN', { 'source.unrecognised' => 'UNKNOWN' }, $pattern);
        like($r->{plain}{out}, qr/fix: .*scp-snapshot\.cmd/, "$what, as '$prefix': the command that makes the right one");
    }
}

# --- Sources that contradict each other ---

my $NAME_KEY = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName';
my $GUID_KEY = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography';
my @PLUGINS = grep { -x plugin_path($_) } qw(check_scp check_scp_roots check_scp_autoupdate check_scp_intermediates);
sub judged
{
    my ($name, @sources) = @_;
    return [$name, "--at=$AT", "--profile=$profile", ($name eq 'check_scp' ? ('--skip=revocation', '--skip=status') : ()),
        map { ('-R', $_) } @sources];
}
sub aged { return save('source' . ++$files, windows_export($_[0]), $NOW - ($_[1] // 1) * $HOUR) }
sub with { my ($r, %more) = @_; return { %$r, %more } }

{
    my $off = machine(root => [$root], policy => { DisableRootAutoUpdate => reg_dword(1) });
    my $gone = machine();
    my %none = ('source.contradiction' => 'UNKNOWN', 'roots.missing' => undef, 'roots.present' => undef,
                'autoupdate.disabled' => undef);
    for my $pair ([aged($whole), aged($off)], [aged($off), aged($whole)], [aged($whole, 5), aged($off, 2)], [aged($off, 5), aged($whole, 2)]) {
        verdict("$_: update on and off", judged($_, @$pair), 'UNKNOWN', { %none }, qr/contradict each other/) for qw(check_scp_autoupdate check_scp);
    }
    for my $pair ([$whole, $gone], [$gone, $whole]) {
        verdict("$_: a root that one has", judged($_, map { aged($_) } @$pair), 'UNKNOWN', { %none }, qr/contradict each other/) for qw(check_scp_roots check_scp);
    }
    verdict('distrusted in one of them', judged('check_scp_roots', aged(machine(root => [$root], disallowed => [$root])), aged($whole)), 'UNKNOWN', { %none });
    verdict('AuthRoot left out in one of them', judged('check_scp_roots', aged(machine(authroot => [$root], protected => 0x28)),
        aged(machine(authroot => [$root], protected => 0x20))), 'UNKNOWN', { %none });
    # What does not decide is a remark, and the newer one wins.
    my $more = machine(root => [$root], protected => 0x20, ca => [certificate(cn => 'Other', serial => 9)]);
    verdict('a difference that does not matter', judged('check_scp_roots', aged($whole, 3), aged($more, 2)), 'OK',
        { 'source.changed-between' => 'OK', 'source.contradiction' => undef, 'roots.present' => 'OK' });
    # What Windows changes by itself is not compared.
    my $synced = machine(root => [$root], protected => 0x20, sync => $NOW - 2 * $HOUR);
    my $stale = machine(root => [$root], protected => 0x20, sync => $NOW - 30 * $DAY);
    for my $order ([$synced, $stale], [$stale, $synced]) {
        my $r = run_json(judged('check_scp_roots', map { aged($_, $_ == $synced ? 1 : 5) } @$order));
        is(state_name($r->{code}), 'OK', 'synchronised in between');
        is(scalar(finding($r, 'source.contradiction')), 0, 'no contradiction');
    }
    # Of files of one age the one that was synchronised later is the newer, in whatever order.
    for my $order ([$synced, $stale], [$stale, $synced]) {
        my $r = run_json(judged('check_scp_autoupdate', map { aged($_, 3) } @$order));
        is((map { $_->{value} } grep { $_->{label} eq 'sync_age' } @{ $r->{json}{perfdata} })[0], 2 * $HOUR, 'the later synchronisation');
    }
    # Parts of one server, and the same twice.
    verdict('parts', judged('check_scp_roots', file(utf16($stores)), file(utf16($rest))), 'OK',
        { 'source.contradiction' => undef, 'source.changed-between' => undef, 'source.repeated' => undef });
    verdict('the same twice', judged('check_scp_roots', aged($whole), aged($whole)), 'OK',
        { 'source.contradiction' => undef, 'source.changed-between' => undef, 'source.repeated' => 'OK' });
    # Two machines, although nothing else differs.
    for my $identity ([$NAME_KEY, 'ComputerName'], [$GUID_KEY, 'MachineGuid']) {
        my ($key, $value) = @$identity;
        my ($a, $b) = map { with($whole, $key => { $value => reg_sz($_) }) } 'SCP01', 'SCP02';
        verdict("$_: $value differs", judged($_, aged($a), aged($b)), 'UNKNOWN', { %none }, qr/two machines/) for @PLUGINS;
        verdict("$value in another case", judged('check_scp_roots', aged($a), aged(with($whole, $key => { $value => reg_sz('scp01') }))),
            'OK', { 'source.contradiction' => undef });
    }
}

# What decides lies elsewhere in other plugins: the protocols of .NET and SCHANNEL, and the chain, whose parts lie in two sources.
{
    my $NET = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework\v4.0.30319';
    my $TLS = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client';
    my %on = ($TLS => { Enabled => reg_dword(1), DisabledByDefault => reg_dword(0) }, $NET => {});
    my @on = (with($whole, %on), with($whole, %on, $TLS => { Enabled => reg_dword(0) }));
    my %told = ('source.contradiction' => 'UNKNOWN', 'environment.tls' => undef, 'environment.sound' => undef);
    for my $pair ([@on], [reverse @on]) {
        verdict('check_scp_status: TLS 1.2 on and off', judged('check_scp_status', map { aged($_) } @$pair), 'UNKNOWN', { %told }, qr/contradict each other/);
    }
    my $r = run_json(judged('check_scp_status', aged($on[0]), aged(with($on[0], $GUID_KEY => { Other => reg_sz('x') }))));
    is(join(' ', map { $_->{id} } grep { $_->{id} eq 'source.contradiction' } @{ $r->{json}{findings} }), '', 'check_scp_status: another difference decides nothing');

    my $ca = certificate(cn => 'Test Root', serial => 1);
    my $cross = certificate(cn => 'Cross', issuer => 'Test Root', serial => 2, key => 'rsa');
    my $leaf = save('leaf.der', certificate(cn => 'Leaf', issuer => 'Cross', serial => 3, ca => 0));
    my ($full, $lacking) = (machine(root => [$ca], ca => [$cross], protected => 0x20), machine(root => [$ca], protected => 0x20));
    for my $pair ([$full, $lacking], [$lacking, $full]) {
        verdict('check_scp_intermediates: an intermediate that one has, and the other, holding CA, has not',
            [@{ judged('check_scp_intermediates', map { aged($_) } @$pair) }, "--certificate=$leaf"], 'UNKNOWN',
            { 'source.contradiction' => 'UNKNOWN', 'intermediates.no-path' => undef, 'intermediates.chains' => undef }, qr/contradict each other/);
    }
    my $apart = { map { $_ => $lacking->{$_} } grep { !/SystemCertificates\\CA/ && $_ ne SYSTEM_CERTIFICATES } keys %$lacking };
    my $parts = run_json([@{ judged('check_scp_intermediates', aged($full), aged($apart)) }, "--certificate=$leaf"]);
    is(scalar(finding($parts, 'source.contradiction')), 0, 'one that does not hold CA does not contradict') or diag($parts->{out});
}

# --- When ---

{
    my $bytes = windows_export($whole);
    my $later = (time > $NOW ? time : $NOW) + 3 * $DAY;
    my %fresh = ('source.stale' => undef, 'source.clock' => undef);
    for my $name (grep { $_ ne 'check_scp_intermediates' } @PLUGINS) {
        my $r = run_json(judged($name, save('source' . ++$files, $bytes, $later)));
        is(state_name($r->{code}), 'UNKNOWN', "$name: a file of the future") if $name eq 'check_scp_roots';
        is(join(' ', map { $_->{state} } finding($r, 'source.clock')), 'UNKNOWN', "$name: is told as that");
    }
    verdict('a file later than --at alone', roots(save('source' . ++$files, $bytes, $NOW + $HOUR)), 'OK', { %fresh, 'source.age' => 'OK' });
    my $synced = windows_export(machine(root => [$root], sync => $NOW - $HOUR));
    verdict('an old file that tells of a fresh synchronisation', roots(save('source' . ++$files, $synced, $NOW - 90 * $DAY)), 'WARNING',
        { 'source.stale' => 'WARNING' });
    verdict('an old hive whose last write lies in the future',
        roots('hive:' . save('source' . ++$files, hive_bytes($machine, time => $later), $NOW - 90 * $DAY)), 'WARNING', { 'source.stale' => 'WARNING' });
    verdict('a hive that was copied today', roots('hive:' . save('source' . ++$files, hive_bytes($machine, time => $NOW - 90 * $DAY))), 'WARNING',
        { 'source.stale' => 'WARNING' });
}

# A clock that was not set yet: told as that, instead of certificates that are not valid yet and roots that are missing.
{
    my $day = parse_time('2026-11-01T00:00:00Z');
    my $past = save('past.ini', slurp($profile) =~ s/^as_of = .*/as_of = 1999-01-01/mr);
    for my $name (grep { -x plugin_path($_) } @PLUGINS, 'check_scp_revocation') {
        my @argv = $name eq 'check_scp_revocation' ? ('--proxy=registry') : ();
        my $asked = sub {
            my ($at, $of) = @_;
            my @sources = map { save('source' . ++$files, windows_export($_), $at - $HOUR) } machine();
            return ["$name", "--at=\@$at", "--profile=$of", @argv, ($name eq 'check_scp' ? '--skip=revocation' : ()), map { ('-R', $_) } @sources];
        };
        for my $at ($day - 2 * $DAY, $day - $DAY - 1, parse_time('2000-01-01T00:00:00Z')) {
            my $r = verdict("$name: \@$at, before its profile", $asked->($at, $profile), 'UNKNOWN', { 'profile.clock' => 'UNKNOWN' }, qr/the clock is wrong/);
            is(join(' ', grep { $_ ne 'profile.clock' } map { $_->{state} eq 'OK' ? () : $_->{id} } @{ $r->{json}{findings} }), '', "$name: and nothing else");
            next if $at != $day - 2 * $DAY;
            # Nothing was judged: no option makes that OK.
            is(run([@{ $asked->($at, $profile) }, "--severity=$_=ok"])->{code}, 3, "$name: --severity=$_=ok") for 'profile.clock', 'profile.*', '*';
            is(run([@{ $asked->($at, $profile) }, '--severity=profile.clock=critical'])->{code}, 2, "$name: another state may be asked for");
        }
        for my $case ([$day - $DAY, $profile], [$day + $DAY, $profile], [parse_time('2000-01-01T00:00:00Z'), $past]) {
            is(scalar(finding(run_json($asked->(@$case)), 'profile.clock')), 0, "$name: not at \@$case->[0]");
        }
    }
}

# The same of whatever else keeps everything from being judged; beside what was judged, it may be settled.
{
    my @nothing = (['a dirty hive', 'source.dirty', 'hive:' . file(hive_bytes($machine, seq => [3, 2]))],
        ['a source that is not there', 'source.unreadable', scratch('nowhere.reg')], ['a page', 'source.unrecognised', file('<html>no</html>')],
        ['a contradiction', 'source.contradiction', aged($whole), aged(machine())]);
    for my $case (@nothing) {
        my ($what, $id, @sources) = @$case;
        is(run([@{ judged('check_scp_roots', @sources) }, "--severity=$_=ok"])->{code}, 3, "$what: --severity=$_=ok") for $id, 'source.*';
    }
    my $r = run_json([@{ judged('check_scp_roots', aged($whole), scratch('nowhere.reg')) }, '--severity=source.unreadable=ok']);
    is(join(' ', map { $_->{state} } finding($r, 'source.unreadable')), 'OK', 'a source that is not there, beside one that was judged');
    is(run([@{ judged('check_scp_roots', aged($whole, 90 * 24)) }, '--severity=source.stale=ok'])->{code}, 0, 'an old one may be called OK');
    # Nor what could not be read or begun, in any plugin.
    my $nowhere = scratch('nowhere');
    for my $argv (['check_scp', '-R', $nowhere, '--skip=revocation'], ['check_scp', '-R', $nowhere, "--log=$nowhere", '--skip=revocation'], ['check_scp_roots'],
        ['check_scp_status', "--log=$nowhere"], ['check_scp_status', "--messages=$nowhere"], ['check_scp_autoupdate', "--list=$nowhere"],
        ['check_scp_revocation', "--crl=$nowhere", "--issuer=$nowhere"], ['check_scp_intermediates', '-R', $whole, "--certificate=$nowhere"]) {
        is(run([@$argv, '--severity=*=ok'])->{code}, 3, "@$argv[0 .. 1]: --severity=*=ok") if -x plugin_path($argv->[0]);
    }
}

# --- What cannot be read is said first ---

my $missing = scratch('no-such-file.reg');
for my $name (grep { -x plugin_path($_) } qw(check_scp check_scp_roots check_scp_autoupdate check_scp_intermediates check_scp_status)) {
    my @skip = $name eq 'check_scp' ? '--skip=revocation' : ();
    for my $sources ([$missing], [$missing, file(utf8($stores))], [file(utf8($stores)), $missing]) {
        my $r = run([$name, "--at=$AT", @skip, (map { ('-R', $_) } @$sources), '-o', 'plugin']);
        next if $r->{code} != 3 && $name ne 'check_scp';    # the other one may show what is wrong for certain
        like($r->{out}, qr/\A[^\n]*no-such-file/, "$name: a file that is not there, of " . @$sources) or diag($r->{out});
    }
}

done_testing;
