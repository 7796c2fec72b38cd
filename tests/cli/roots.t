#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_roots from outside: every state, every row of the decision table, every option.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Cwd ();
use Encode ();
use Said;
use Scp;
use Snapshot;
use Test::More;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root', serial => 1);
my $extra = certificate(cn => 'Second Root', serial => 2, key => 'ec');
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root'],
    'test-extra' => [$extra, 'recommended', 'Second Root']));
my $one = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $none = save('none.ini', "[profile]\nname = none\nas_of = 2026-11-01\nabout = nothing\n");
my @OFF = (policy => { DisableRootAutoUpdate => reg_dword(1) });
my $files = 0;
use constant CHAIN => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0';

sub export { return save('case' . ++$files . '.reg', windows_export(machine(@_))) }
sub plugin { return ['check_scp_roots', "--at=$AT", "--profile=$one", @_] }

# --- The decision table: root x automatic update ---

my @TABLE = (
    ['present in AuthRoot', [authroot => [$root]], 'OK', { 'roots.present' => 'OK' }, qr/SCP ROOTS OK - Test Root present in AuthRoot/],
    ['present in ROOT', [root => [$root]], 'OK', { 'roots.present' => 'OK' }, qr/present in ROOT/],
    ['present by policy only', [policy_root => [$root]], 'OK', { 'roots.policy-only' => 'OK' }],
    ['present in Enterprise', [enterprise_root => [$root]], 'OK', { 'roots.present' => 'OK' }],
    ['present in the SYSTEM account\'s store', [system_root => [$root]], 'OK', { 'roots.present' => 'OK' }],
    ['present while auto-update is off', [root => [$root], @OFF], 'OK', { 'roots.present' => 'OK', 'roots.missing' => undef }],
    ['in a person\'s store only', [user_root => [$root], @OFF], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }],
    ['in CA only', [ca => [$root], @OFF], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }],
    (map { ["present but in $_", [root => [$root], $_ => [$root]], 'CRITICAL', { 'roots.disallowed' => 'CRITICAL', 'roots.present' => undef }] }
        qw(disallowed policy_disallowed enterprise_disallowed system_disallowed)),
    ['missing, enabled, fresh', [], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => 'UNKNOWN', 'roots.missing' => undef }, qr/Windows can still fetch it/],
    ['missing, switched on explicitly', [policy => { DisableRootAutoUpdate => reg_dword(0) }], 'WARNING', { 'roots.on-demand' => 'WARNING' }],
    ['missing, enabled, fresh, no list', [update => { EncodedCtl => undef }], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => 'UNKNOWN' }],
    ['missing, synchronised 20 days ago', [sync => $NOW - 20 * $DAY], 'WARNING', { 'roots.on-demand' => 'WARNING' }, qr/20 d/],
    ['missing, synchronised 40 days ago', [sync => $NOW - 40 * $DAY], 'CRITICAL', { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef }, qr/40 d/],
    ['missing, never synchronised', [sync => undef], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/never/],
    ['missing, time of 7 bytes', [sync => undef, update => { LastSyncTime => reg_binary("\1" x 7) }], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }],
    ['missing, synchronised in the future', [sync => $NOW + 3 * $DAY], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.sync-future' => 'WARNING' }],
    ['missing, CryptSvc disabled', [cryptsvc => 4], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/CryptSvc/],
    (map { ["missing, RootDirUrl is $_->[0]", [update => { RootDirUrl => $_->[1] }], 'CRITICAL', { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef }, qr/RootDirUrl is set to something that is no address/] }
        ['no address', reg_sz('somewhere')], ['of another kind', reg_sz('ftp://files/lists')], ['a number', reg_dword(1)]),
    ['missing, RootDirUrl is empty', [update => { RootDirUrl => reg_sz('') }], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.missing' => undef }],
    ['missing, RootDirUrl is empty, CryptSvc disabled', [cryptsvc => 4, update => { RootDirUrl => reg_sz('') }], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/CryptSvc/],
    ['present, RootDirUrl is no address', [root => [$root], update => { RootDirUrl => reg_sz('somewhere') }], 'OK', { 'roots.present' => 'OK' }],
    (map { my ($name, $start) = @$_; ["missing, CryptSvc $name", [services => $start], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.update-unknown' => 'UNKNOWN' }] }
        ['without a start', {}], ['with a start that is text', { Start => reg_sz('2') }], ['gone', undef]),
    ['missing, CryptSvc by hand', [services => { Start => reg_dword(3) }], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.update-unknown' => undef }],
    ['present, CryptSvc gone', [root => [$root], services => undef], 'OK', { 'roots.present' => 'OK', 'roots.update-unknown' => undef }],
    ['missing, synchronised 20 hours from now', [sync => $NOW + 20 * $HOUR], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.sync-future' => undef }, qr/list synced 20 h ahead/],
    ['missing, AuthRoot left out', [protected => 0x28], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/0x8/],
    ['missing, internal mirror', [update => { RootDirUrl => reg_sz('file://\\\\server\\share') }], 'WARNING',
        { 'roots.on-demand' => 'WARNING', 'roots.mirror-not-audited' => 'OK' }],
    ['missing, internal mirror, stalled', [sync => $NOW - 50 * $DAY, update => { RootDirUrl => reg_sz('http://mirror') }], 'CRITICAL',
        { 'roots.missing' => 'CRITICAL', 'roots.mirror-not-audited' => 'OK' }],
    ['missing, enabled, fresh, but distrusted', [disallowed => [$root]], 'CRITICAL', { 'roots.disallowed' => 'CRITICAL', 'roots.on-demand' => 'WARNING' },
        qr/Test Root is in LocalMachine\S{1,4}Disallowed: a copy would not be used/],
    ['missing, disabled', [@OFF], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/Test Root missing and root auto-update is disabled/],
    ['missing, disabled, mirror set', [@OFF, update => { RootDirUrl => reg_sz('http://mirror') }], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }, qr/disabled/],
    ['missing, policy of a wrong type', [policy => { DisableRootAutoUpdate => reg_sz('1') }], 'CRITICAL',
        { 'roots.missing' => 'CRITICAL', 'roots.update-unknown' => 'UNKNOWN' }],
);

for my $row (@TABLE) {
    my ($name, $machine, $state, $findings, $line) = @$row;
    my %machine = @$machine;
    my $registry = machine(%machine);
    if (exists $machine{services}) {
        my $services = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services';
        delete $registry->{"$services\\CryptSvc"};
        $registry->{$services} = {};
        $registry->{"$services\\CryptSvc"} = $machine{services} if $machine{services};
    }
    delete $registry->{ AUTO_UPDATE() }{EncodedCtl} if !defined $registry->{ AUTO_UPDATE() }{EncodedCtl};
    my $file = save('case' . ++$files . '.reg', windows_export($registry));
    verdict($name, plugin('-R', $file), $state, $findings, $line);
}
{
    my $r = machine();
    $r = only_keys($r, SYSTEM_CERTIFICATES, POLICY_CERTIFICATES . '\Root', ENTERPRISE_CERTIFICATES);
    delete $r->{ POLICY_CERTIFICATES() };
    my $file = save('blind.reg', windows_export($r));
    verdict('missing, policy not in the export', plugin('-R', $file), 'CRITICAL',
        { 'roots.missing' => 'CRITICAL', 'roots.update-unknown' => 'UNKNOWN' });
}

# --- A root where it does not count: the place is named, and what is done is adding it where it counts ---

for my $place ([ca => 'LocalMachine.CA'], [my => 'LocalMachine.MY'], [trusted_people => 'LocalMachine.TrustedPeople'], [trusted_publisher => 'LocalMachine.TrustedPublisher'],
    [policy_ca => 'LocalMachine.CA by group policy'], [root_32 => 'the 32-bit view'], [service_root => 'of the service SMS_EXECUTIVE'],
    [person_root => 'user store Root of HKU.S-1-5-21-1-2-3-1001'], [user_root => 'user store Root of HKCU']) {
    my ($store, $words) = @$place;
    my $r = verdict("missing, in $store", plugin('-R', export($store => [$root], @OFF)), 'CRITICAL', { 'roots.missing' => 'CRITICAL' });
    my ($f) = finding($r, 'roots.missing');
    like($f->{text}, qr/lies in .*$words/, "in $store: the place");
    unlike($f->{text}, qr/none of/, "in $store: it is not in none");
    like($f->{remedy}, qr/^import .*addstore Root/m, "in $store: it is added to Root");
    unlike($f->{remedy}, qr/delstore/, "in $store: and not taken out");
    ($f) = finding(run_json(plugin('-R', export($store => [$root]))), 'roots.on-demand');
    like($f->{text}, qr/but in .*$words/, "on demand, in $store: the place");
}
{
    my ($f) = finding(run_json(plugin('-R', export(ca => [$root], my => [$root], trusted_people => [$root], @OFF))), 'roots.missing');
    like($f->{text}, qr/lies in .* and 1 more/, 'in three stores');
    ($f) = finding(run_json(plugin('-R', save('part.reg', windows_export(only_keys(machine(ca => [$root]), SYSTEM_CERTIFICATES . '\CA'))))), 'source.not-covered', 'test-root');
    like($f->{text}, qr/was not found, but in LocalMachine.CA/, 'not every Root store is held: the place is named, too');
    ($f) = finding(run_json(plugin('-R', export(ca => [{ der => $root, key => fingerprint($extra) }], @OFF))), 'roots.missing');
    like($f->{text}, qr/none of/, 'another certificate under its name is not it');
    ($f) = finding(run_json(['check_scp_roots', "--at=$AT", "--profile=$profile", '-R', export(root => [$root], ca => [$extra])]), 'roots.recommended-missing');
    like($f->{text}, qr/Second Root missing, but in LocalMachine.CA/, 'a recommended root');
}

# --- What limits a root that is there ---

sub limited { return [root => [{ der => $root, props => [@_] }]] }
my @LIMITS = (
    ['104 past', limited([104, filetime($NOW - $DAY)]), 'CRITICAL', { 'roots.disabled' => 'CRITICAL', 'roots.present' => undef }],
    ['104 future', limited([104, filetime($NOW + 9 * $DAY)]), 'WARNING', { 'roots.disabled' => 'WARNING' }],
    ['104 of no bytes', limited([104, '']), 'OK', { 'roots.disabled' => undef, 'roots.restriction-withdrawn' => 'OK' }],
    ['104 of 5 bytes', limited([104, 'xxxxx']), 'UNKNOWN', { 'roots.restriction-unreadable' => 'UNKNOWN' }],
    ['104 past on an old Windows', [@{ limited([104, filetime($NOW - $DAY)]) }, build => '9600'], 'OK', { 'roots.disabled' => 'OK' }],
    ['122 with server authentication', limited([122, eku(EMAIL, SERVER_AUTH)]), 'CRITICAL', { 'roots.purpose' => 'CRITICAL' }],
    ['122 without', limited([122, eku(EMAIL, CODE_SIGNING)]), 'OK', { 'roots.purpose' => undef, 'roots.present' => 'OK' }],
    ['122 damaged', limited([122, "\x30\x09\x06"]), 'UNKNOWN', { 'roots.restriction-unreadable' => 'UNKNOWN' }],
    ['126 limited to code signing', limited([126, filetime($NOW - 1900 * $DAY)], [127, eku(CODE_SIGNING)]), 'OK', { 'roots.not-before' => undef, 'roots.present' => 'OK' }],
    ['126 for all purposes', limited([126, filetime($NOW - $DAY)]), 'CRITICAL', { 'roots.not-before' => 'CRITICAL' }],
    ['126 with server authentication', limited([126, filetime($NOW - $DAY)], [127, eku(CODE_SIGNING, SERVER_AUTH)]), 'CRITICAL', { 'roots.not-before' => 'CRITICAL' }],
    ['126 with any purpose', limited([127, eku('2.5.29.37.0')], [126, filetime($NOW - $DAY)]), 'CRITICAL', { 'roots.not-before' => 'CRITICAL' }],
    ['126 future', limited([126, filetime($NOW + $DAY)]), 'WARNING', { 'roots.not-before' => 'WARNING' }],
    ['126 of no bytes', limited([126, '']), 'OK', { 'roots.not-before' => undef, 'roots.restriction-withdrawn' => 'OK' }],
    ['9 without server authentication', limited([9, eku(CODE_SIGNING)]), 'CRITICAL', { 'roots.purpose' => 'CRITICAL' }],
    ['9 empty: no purpose', limited([9, eku()]), 'CRITICAL', { 'roots.purpose' => 'CRITICAL' }],
    ['9 with server authentication', limited([9, eku(EMAIL, SERVER_AUTH)]), 'OK', { 'roots.purpose' => undef, 'roots.present' => 'OK' }],
    ['AuthRoot left out, root only there', [authroot => [$root], protected => 0x8], 'CRITICAL', { 'roots.authroot-off' => 'CRITICAL' }],
    ['AuthRoot left out, root also in ROOT', [authroot => [$root], root => [$root], protected => 0x8], 'OK', { 'roots.present' => 'OK' }],
    ['flag 0x20 is the usual one', [authroot => [$root], protected => 0x20], 'OK', { 'roots.authroot-off' => undef }],
    ['SYSTEM\'s own roots left out', [system_root => [$root], protected => 0x1], 'CRITICAL', { 'roots.user-only' => 'CRITICAL' }],
    ['4096 bits demanded', [root => [$root], min_rsa => 4096], 'CRITICAL', { 'roots.key-too-short' => 'CRITICAL' }, qr/4096/],
    ['4096 bits demanded, roots exempt', [root => [$root], min_rsa => 4096, chain => { EnableWeakSignatureFlags => reg_dword(2) }], 'OK', { 'roots.key-too-short' => undef }],
    ['4096 bits demanded, only logged', [root => [$root], min_rsa => 4096, chain => { EnableWeakSignatureFlags => reg_dword(8) }], 'OK', { 'roots.key-too-short' => undef }],
    ['0xFFFFFFFF: nothing is demanded', [root => [$root], min_rsa => 0xFFFFFFFF], 'OK', { 'roots.key-too-short' => undef, 'roots.present' => 'OK' }],
    ['MinRsaPubKeyBitLength is text', [root => [$root], chain => { MinRsaPubKeyBitLength => reg_sz('4096') }], 'UNKNOWN', { 'roots.key-policy-unknown' => 'UNKNOWN' }],
    (map { my ($flags, $state) = @$_; ["WeakRsaAll, 3072 bits, flags $flags", [root => [$root], chain => { WeakRsaAllFlags => reg_dword(hex $flags), WeakRsaAllMinBitLength => reg_dword(3072) }], $state,
        { 'roots.key-too-short' => $state eq 'OK' ? undef : $state }] }
        ['80010000', 'CRITICAL'], ['80100000', 'CRITICAL'], ['80110004', 'CRITICAL'], ['80000000', 'OK'], ['110000', 'OK'], ['80110008', 'OK'], ['80400000', 'OK']),
    ['WeakRsaThirdParty, 3072 bits', [root => [$root], chain => { WeakRsaThirdPartyFlags => reg_dword(0x80010000), WeakRsaThirdPartyMinBitLength => reg_dword(3072) }], 'CRITICAL',
        { 'roots.key-too-short' => 'CRITICAL' }, qr/WeakRsaThirdPartyMinBitLength demands 3072 bits/],
    ['WeakRsaAll, 2048 bits', [root => [$root], chain => { WeakRsaAllFlags => reg_dword(0x80010000), WeakRsaAllMinBitLength => reg_dword(2048) }], 'OK', { 'roots.key-too-short' => undef }],
    ['WeakEcdsaAll does not concern RSA', [root => [$root], chain => { WeakEcdsaAllFlags => reg_dword(0x80010000), WeakEcdsaAllMinBitLength => reg_dword(521) }], 'OK', { 'roots.key-too-short' => undef }],
    ['WeakSha1All does not concern a root', [root => [$root], chain => { WeakSha1AllFlags => reg_dword(0x80010000) }], 'OK', { 'roots.key-too-short' => undef }],
    ['WeakRsaAll, 3072 bits, this one allowed', [root => [$root], chain => { WeakRsaAllFlags => reg_dword(0x80010000), WeakRsaAllMinBitLength => reg_dword(3072),
        WeakRsaAllSha256Allow => reg_sz(lc join ' ', unpack '(A2)*', der_sha256($root)) }], 'OK', { 'roots.key-too-short' => undef }],
    ['WeakRsaAll, 3072 bits, another one allowed', [root => [$root], chain => { WeakRsaAllFlags => reg_dword(0x80010000), WeakRsaAllMinBitLength => reg_dword(3072),
        WeakRsaAllSha256Allow => reg_sz(der_sha256($extra)) }], 'CRITICAL', { 'roots.key-too-short' => 'CRITICAL' }],
    ['2048 bits demanded', [root => [$root], min_rsa => 2048], 'OK', { 'roots.key-too-short' => undef }],
    ['stored under a wrong key', [root => [{ der => $root, key => 'A' x 40 }]], 'WARNING', { 'source.inconsistent' => 'WARNING', 'roots.present' => 'OK' }],
    ['lower-case key', [root => [{ der => $root, key => lc fingerprint($root) }]], 'OK', { 'source.inconsistent' => undef }],
    ['entry of zeros under its name', [root => [{ der => $root, blob => "\0" x 40 }]], 'UNKNOWN', { 'roots.unreadable' => 'UNKNOWN', 'roots.missing' => undef }],
    ['damaged entry in Disallowed under its name', [root => [$root], disallowed => [{ der => $root, blob => "\1\2\3" }]], undef,
        { 'roots.disallowed-unreadable' => 'UNKNOWN' }],
    ['not self-issued in ROOT', [root => [$root, certificate(cn => 'Sub CA', issuer => 'Test Root', serial => 77)]], 'WARNING', { 'roots.misplaced' => 'WARNING', 'roots.present' => 'OK' }, qr/Sub CA/],
    ['hidden behind the reversed property order', [root => [{ der => $root, blob => property(32, $root) . property(98, 'x' x 32) . property(3, 'x' x 20) }]], 'OK', { 'roots.present' => 'OK' }],
);
for my $row (@LIMITS) {
    my ($name, $machine, $state, $findings, $line) = @$row;
    my $file = export(@$machine);
    my $argv = plugin('-R', $file);
    $state //= state_name(run($argv)->{code});
    isnt($state, 'OK', "$name: not OK") if exists $findings->{'roots.disallowed-unreadable'};
    verdict($name, $argv, $state, $findings, $line);
}

# --- What is said to be done: the order of remedies ---

my $print = fingerprint($root);
my $ADD = qr/addstore|import/;
for my $case (
    ['distrusted on this server', 'roots.disallowed', [root => [$root], disallowed => [$root]], qr/ask who .*certutil -delstore Disallowed $print/, $ADD],
    ['by group policy', 'roots.disallowed', [root => [$root], policy_disallowed => [$root]], qr/gpresult.*GPO/, qr/delstore|$ADD/],
    ['by the directory', 'roots.disallowed', [root => [$root], enterprise_disallowed => [$root]], qr/directory/, qr/delstore|$ADD/],
    ['in SYSTEM\'s own store', 'roots.disallowed', [root => [$root], system_disallowed => [$root]], qr/-user -delstore Disallowed $print/, $ADD],
    ['distrusted and missing', 'roots.missing', [disallowed => [$root], @OFF], qr/does not help while it is distrusted/, qr/addstore/],
    ['distrusted and on demand', 'roots.on-demand', [disallowed => [$root]], qr/does not help while it is distrusted/, qr/addstore/],
    ['disabled', 'roots.disabled', [root => [{ der => $root, props => [[104, filetime($NOW - $DAY)]] }]], qr/no remedy on this server/, $ADD],
    ['limited', 'roots.not-before', [root => [{ der => $root, props => [[126, filetime($NOW - $DAY)]] }]], qr/no remedy on this server/, $ADD],
    ['purposes taken away', 'roots.purpose', [root => [{ der => $root, props => [[9, eku(CODE_SIGNING)]] }]], qr/Enable all purposes/, $ADD],
    ['a key policy', 'roots.key-too-short', [root => [$root], min_rsa => 4096], qr/the owner of the policy decides/, qr/addstore|to 2048/],
    ['AuthRoot left out', 'roots.authroot-off', [authroot => [$root], protected => 0x28], qr/^import it into LocalMachine\\Root/m, qr/mirror|update/],
    ['missing, AuthRoot left out', 'roots.missing', [protected => 0x28], qr/addstore Root/, qr/mirror|update|CryptSvc/],
    ['missing, CryptSvc disabled', 'roots.missing', [cryptsvc => 4], qr/sc config CryptSvc start= auto, then net start CryptSvc/, qr/mirror/],
    ['missing, update off', 'roots.missing', [@OFF], qr/^import .*'Turn off Automatic Root Certificates Update'/m, qr/DisableRootAutoUpdate/],
) {
    my ($name, $id, $machine, $right, $wrong) = @$case;
    my ($f) = finding(run_json(plugin('-R', export(@$machine))), $id);
    like($f->{remedy} // '', $right, "$name: what to do");
    unlike($f->{remedy} // '', $wrong, "$name: and what not");
}

# A setting that is there, but no number, is not mended by another export; nor is it said not to be there.
for my $case (
    ['the switch', 'roots.update-unknown', machine(policy => { DisableRootAutoUpdate => reg_sz('1') })],
    ['ProtectedRoots', 'source.not-covered', { %{ machine(authroot => [$root]) }, POLICY_CERTIFICATES . '\Root\ProtectedRoots' => { Flags => reg_sz('8') } }],
    ['ProtectedRoots, root on demand', 'roots.update-unknown', { %{ machine() }, POLICY_CERTIFICATES . '\Root\ProtectedRoots' => { Flags => reg_sz('8') } }],
    ['a key policy', 'roots.key-policy-unknown', machine(root => [$root], chain => { WeakRsaAllFlags => reg_sz('1') })],
) {
    my ($name, $id, $registry) = @$case;
    my ($f) = finding(run_json(plugin('-R', save('case' . ++$files . '.reg', windows_export($registry)))), $id);
    like($f->{text} // '', qr/ is not a REG_DWORD/, "$name of a wrong type: what is wrong");
    unlike($f->{text} // '', qr/source/, "$name of a wrong type: is in the source");
    like($f->{remedy} // '', qr/as REG_DWORD/, "$name of a wrong type: what to do");
    unlike($f->{remedy} // '', qr/export/, "$name of a wrong type: and what not");
}

# --- Validity, thresholds, time ---

my $healthy = export(authroot => [$root, $extra]);
my $life = $NOW + 4000 * $DAY;
verdict('-w', plugin('-R', $healthy, '-w', '5000d:'), 'WARNING', { 'roots.expiring' => 'WARNING' });
verdict('-c', plugin('-R', $healthy, '-w', '6000d:', '-c', '5000d:'), 'CRITICAL', { 'roots.expiring' => 'CRITICAL' });
verdict('-w met exactly', plugin('-R', $healthy, '-w', '4000d:'), 'OK', { 'roots.expiring' => undef });
for my $case (['expired', $life + 1, 'CRITICAL', 'roots.expired'], ['60 days left', $life - 60 * $DAY, 'WARNING', 'roots.expiring'],
              ['20 days left', $life - 20 * $DAY, 'CRITICAL', 'roots.expiring'], ['not yet valid', $NOW - 1001 * $DAY, 'CRITICAL', 'roots.not-yet-valid']) {
    my ($name, $at, $state, $id) = @$case;
    # A judgement of the past needs a profile of the past.
    my $profile = $at < $NOW ? save('past.ini', slurp($one) =~ s/^as_of = .*/as_of = 2024-02-01/mr) : $one;
    my $r = run_json(['check_scp_roots', '-R', $healthy, "--profile=$profile", "--at=\@$at", '--max-age=36000d']);
    is(join(' ', map { $_->{state} } finding($r, $id)), $state, "$name: $id");
    is(state_name($r->{code}), $state, "$name: state");
}
is(run(plugin('-R', $healthy, '--at=2026-11-23T12:00:00Z'))->{out}, run(plugin('-R', $healthy, "--at=\@$NOW"))->{out},
    '--at in two spellings');
verdict('--max-age', plugin('-R', $healthy, '--max-age=30m'), 'WARNING', { 'source.stale' => 'WARNING', 'roots.present' => 'OK' });
verdict('default age: 25 h', plugin('-R', save('day.reg', slurp($healthy), $NOW - 25 * $HOUR)), 'OK', { 'source.stale' => undef });
{
    my $r = machine(root => [$root], sync => $NOW - 30 * $HOUR);
    verdict('older than 26 h', plugin('-R', save('old.reg', windows_export($r), $NOW - 29 * $HOUR)), 'WARNING',
        { 'source.stale' => 'WARNING' });
    my $j = run_json(plugin('-R', save('old.reg', windows_export($r), $NOW - 100 * $HOUR)))->{json};
    is($j->{source}{age}, 100 * $HOUR, 'a snapshot is as old as its file, whatever time is in it');
}

# --- --severity ---

verdict('--severity raises', plugin('-R', export(policy_root => [$root]), '--severity=roots.policy-only=warning'), 'WARNING',
    { 'roots.policy-only' => 'WARNING' });
verdict('--severity lowers', plugin('-R', export(@OFF), '--severity=roots.missing/test-root=ok'), 'OK',
    { 'roots.missing' => 'OK' });
verdict('--severity for another subject', plugin('-R', export(@OFF), '--severity=roots.missing/other=ok'), 'CRITICAL',
    { 'roots.missing' => 'CRITICAL' });
verdict('--severity with a star', plugin('-R', export(@OFF), '--severity=roots.*=unknown'), 'UNKNOWN',
    { 'roots.missing' => 'UNKNOWN' });

# --- Profiles, --require, --recommend ---

my @two = ('check_scp_roots', "--at=$AT", "--profile=$profile");
verdict('recommended root missing, fetchable', [@two, '-R', export(root => [$root])], 'OK',
    { 'roots.recommended-missing' => 'OK' });
verdict('recommended root missing, update off', [@two, '-R', export(root => [$root], @OFF)], 'WARNING',
    { 'roots.recommended-missing' => 'WARNING' });
my @nothing = ('check_scp_roots', "--at=$AT", "--profile=$none", '-R', export(root => [$root], @OFF));
verdict('a profile that requires nothing', \@nothing, 'OK', { 'roots.none-required' => 'OK' });
for my $print (fingerprint($extra), lc fingerprint($extra), der_sha256($extra), lc der_sha256($extra)) {
    verdict("--require=$print, missing", [@nothing, "--require=$print"], 'CRITICAL', { 'roots.missing' => 'CRITICAL' });
    verdict("--recommend=$print, missing", [@nothing, "--recommend=$print"], 'WARNING',
        { 'roots.recommended-missing' => 'WARNING' });
}
for my $print (fingerprint($root), der_sha256($root)) {
    verdict("--require=$print, present", [@nothing, "--require=$print"], 'OK', { 'roots.present' => 'OK' });
}
{
    # As Windows and OpenSSL show it; and so in a profile.
    my $plain = fingerprint($root);
    my $pairs = join ':', unpack '(A2)*', $plain;
    my $spaced = lc join ' ', unpack '(A2)*', $plain;
    for my $print ($pairs, $spaced, "\xE2\x80\x8E$spaced", "?$spaced", "0x$plain", "sha1 Fingerprint=$pairs", "Cert Hash(sha1): $spaced",
        'sha256 Fingerprint=' . join(':', unpack '(A2)*', der_sha256($root))) {
        verdict("--require=$print", [@nothing, "--require=$print"], 'OK', { 'roots.present' => 'OK' });
        next if $print =~ /256/;
        my $written = save('written.ini', slurp($one) =~ s/^sha1 = .*/sha1 = $print/mr);
        verdict("a profile with sha1 = $print", ['check_scp_roots', "--at=$AT", '-P', $written, '-R', export(root => [$root])], 'OK',
            { 'roots.present' => 'OK' });
    }
    my $short = $pairs =~ s/.\z//r;
    is(run([@nothing, "--require=$short"])->{code}, 3, 'a thumbprint that lost a digit is none');
}
verdict('--require by alias', [@two, '-R', export(root => [$root], @OFF), '--require=test-extra'], 'CRITICAL',
    { 'roots.missing' => 'CRITICAL' });
verdict('--require by the alias of a built-in profile', [@nothing, '--require=digicert-global-root-g2'], 'CRITICAL',
    { 'roots.missing' => 'CRITICAL' }, qr/DigiCert Global Root G2/);
for my $bad (['--require=no-such-root'], ['--profile=nosuch'], ["--profile=$SOURCE"], ['--at=yesterday'], ['-w', '10x'],
    ['--severity=a=b'], ['--nonsense'], ['word']) {
    my $r = run([@nothing, @$bad]);
    is($r->{code}, 3, "@$bad: exit 3");
    like($r->{out}, qr/\ASCP ROOTS UNKNOWN - /, "@$bad: a reason");
}
{
    my $old = save('old.ini', slurp($one) =~ s/2026-11-01/2025-01-01/r);
    verdict('an old profile', ['check_scp_roots', "--at=$AT", '-P', $old, '-R', $healthy], 'WARNING',
        { 'profile.old' => 'WARNING' });
    my $forged = save('forged.ini', slurp($one) =~ s/(sha256 = )../${1}00/r);
    verdict('another SHA-256', ['check_scp_roots', "--at=$AT", '-P', $forged, '-R', export(root => [$root])], 'CRITICAL',
        { 'roots.forged' => 'CRITICAL' });
    my $r = run(['check_scp_roots', '--list-profiles']);
    is($r->{code}, 3, '--list-profiles: exit 3');
    like($r->{out}, qr/^\Q$_\E\s/m, "--list-profiles: $_") for qw(scp article);
}
SKIP: {
    my ($g2) = map { pem_certificates(slurp($_)) } grep { -r } '/usr/share/ca-certificates/mozilla/DigiCert_Global_Root_G2.crt',
        '/etc/ssl/certs/DigiCert_Global_Root_G2.pem';
    skip 'DigiCert Global Root G2 is not on this system', 4 if !$g2;
    for my $name ('scp', 'article') {
        my @argv = ('check_scp_roots', "--at=$AT", "--profile=$name");
        verdict("profile $name, present", [@argv, '-R',
            export(authroot => [{ der => $g2, props => [[126, filetime(parse_time('2021-08-01'))], [127, eku(CODE_SIGNING)]] }])],
            'OK', { 'roots.present' => 'OK', 'roots.missing' => undef }, qr/SCP ROOTS OK - DigiCert Global Root G2 present in AuthRoot, expires 2038-01-15/);
        verdict("profile $name, missing", [@argv, '-R', export(@OFF)], 'CRITICAL', { 'roots.missing' => 'CRITICAL' },
            qr/DigiCert Global Root G2 missing/);
    }
}

# --- Outputs ---

{
    my $j = run_json(plugin('-R', $healthy, '-v'))->{json};
    is($j->{plugin}, 'check_scp_roots', 'JSON: plugin');
    is($j->{at}, $AT, 'JSON: at');
    is($j->{profile}{name}, 'test', 'JSON: profile');
    is($j->{source}{kind}, 'reg', 'JSON: source');
    is($j->{source}{age}, 3600, 'JSON: age');
    is_deeply([map { $_->{sha1} } @{ (values %{ $j->{facts}{stores} })[0] }], [sort +fingerprint($root), fingerprint($extra)],
        'JSON: the certificates') ;
    ok(!exists run_json(plugin('-R', $healthy))->{json}{facts}, 'JSON: no facts without -v');
    my %p = map { $_->{label} => $_->{value} } @{ $j->{perfdata} };
    is_deeply([@p{qw(missing on_demand required recommended_missing disallowed expiry store_certs)}],
        [0, 0, 1, 0, 0, 4000 * $DAY, 2], 'JSON: performance data');
    %p = map { $_->{label} => $_->{value} } @{ run_json(plugin('-R', export(@OFF)))->{json}{perfdata} };
    is_deeply([@p{qw(missing on_demand)}], [1, 0], 'missing = 1');
    %p = map { $_->{label} => $_->{value} } @{ run_json(plugin('-R', export()))->{json}{perfdata} };
    is_deeply([@p{qw(missing on_demand)}], [0, 1], 'on_demand = 1');
    my ($f) = finding(run_json(plugin('-R', export(@OFF))), 'roots.missing', 'test-root');
    like($f->{remedy} // '', qr/certutil/, 'JSON: remedy');
    ok(length($f->{reference} // ''), 'JSON: reference');
    for my $id (map { $_->{id} } grep { $_->{state} ne 'OK' } map { @{ run_json(plugin('-R',
        export(@$_)))->{json}{findings} } } [@OFF], [], [min_rsa => 4096, root => [$root]]) {
        like(run(['check_scp_roots', "--explain=$id"])->{out}, qr/\Q$id\E/, "--explain=$id");
    }
}
{
    my $r = run([@{ plugin('-R', $healthy) }, '-o', 'openmetrics']);
    is($r->{code}, 0, 'OpenMetrics: exit code');
    like($r->{out}, qr/\n# EOF\n\z/, 'OpenMetrics: ends with # EOF');
    my (%type, %value, @bad);
    for my $line (split /\n/, $r->{out}) {
        if ($line =~ /\A# TYPE (scp_[a-z0-9_]+) (gauge|counter|info|stateset|unknown)\z/) {
            push @bad, "type twice: $1" if $type{$1}++;
        } elsif ($line =~ /\A(scp_[a-z0-9_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\[\\n"])*",?)*)\})? (-?\d+(?:\.\d+)?)\z/) {
            push @bad, "sample twice: $1\{$2\}" if defined $value{"$1\{$2\}"};
            $value{"$1\{$2\}"} = $3;
        } elsif ($line !~ /\A# (?:HELP|UNIT) scp_|\A# EOF\z/) {
            push @bad, $line;
        }
    }
    is_deeply(\@bad, [], 'OpenMetrics: every line parses');
    my ($missing) = map { $value{$_} } grep { /\Ascp_certificates_missing\{/ } keys %value;
    is($missing, 0, 'OpenMetrics: scp_certificates_missing');
}
{
    my $r = run([@{ plugin('-R', export(@OFF)) }, '-o', 'terminal']);
    is($r->{code}, 2, 'terminal: exit code');
    like($r->{out}, qr/roots\.missing|Test Root missing/, 'terminal: the finding');
    unlike($r->{out}, qr/\e/, 'terminal: no colour where there is no terminal');
    is($r->{err}, '', 'terminal: silent standard error');
    like(run(plugin('-R', $healthy, '-v'))->{out}, qr/^\[OK\] roots\.present: /m, '-v shows what is well');
    unlike(run(plugin('-R', $healthy, '--perfdata=none'))->{out}, qr/\|/, '--perfdata=none');
}
for my $option ('--help', '--version', '--explain') {
    my $r = run(['check_scp_roots', $option]);
    is($r->{code}, 3, "$option: exit 3");
    ok(length $r->{out}, "$option: says something");
    is($r->{err}, '', "$option: silent standard error");
}
is(run(['check_scp_roots', '--explain=no.such'])->{code}, 3, '--explain of an unknown finding');

# Every sample of --help, with files of that name.
{
    my $text = run(['check_scp_roots', '--help'])->{out};
    my ($samples) = $text =~ /^Examples:\n((?:  .*\n)+)/m;
    my $hive = machine(root => [$root]);
    $hive = { map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r, $hive->{$_}) } grep { /SOFTWARE\\/ } keys %$hive };
    write_bytes(scratch('SOFTWARE'), hive_bytes($hive, name => 'config\SOFTWARE'));
    write_bytes(scratch('scp01.reg'), slurp($healthy));
    rename snapshot(machine(root => [$root])), scratch('scp-snapshot');
    my $here = Cwd::getcwd();
    my $binary = plugin_path('check_scp_roots');
    local $ENV{top_builddir} = $binary =~ s{/plugins/[^/]*\z}{}r;
    chdir scratch() or die;
    my $n = 0;
    for my $sample (grep { /\S/ } split /\s*\n\s*/, ($samples // '') =~ s/\A\s+//r) {
        next if $sample =~ /hive:/ && no_hives();
        my @words = split ' ', $sample;
        my $r = run(\@words);
        ok(!$r->{signal} && $r->{code} <= 3 && $r->{out} ne '' && $r->{out} !~ /Usage:|see .*--help/i, "sample: $sample")
            or diag($r->{out});
        unlike($r->{out}, qr/cannot|No such file/, "sample reads its file: $sample");
        $n++;
    }
    chdir $here or die;
    cmp_ok($n, '>=', 3, '--help has samples');
}

# --- extra-opts ---

{
    my $ini = save('plugins.ini', "[check_scp_roots]\nregistry = $healthy\nat = $AT\nprofile = $one\n\n[strict]\nregistry=$healthy\nat=$AT\nprofile=$one\nwarning = 5000d:\n");
    verdict('extra-opts: the section of the plugin', ['check_scp_roots', "--extra-opts=\@$ini"], 'OK', { 'roots.present' => 'OK' });
    verdict('extra-opts: a named section', ['check_scp_roots', "--extra-opts=strict\@$ini"], 'WARNING',
        { 'roots.expiring' => 'WARNING' });
    verdict('extra-opts: argv wins', ['check_scp_roots', "--extra-opts=strict\@$ini", '-w', '1d:'], 'OK',
        { 'roots.present' => 'OK' });
    is(run(['check_scp_roots', "--extra-opts=none\@$ini"])->{code}, 3, 'extra-opts: no such section');
    is(run(['check_scp_roots', '--extra-opts=a@/nonexistent.ini'])->{code}, 3, 'extra-opts: no such file');
}

# --- Sources ---

my $registry = machine(authroot => [$root], root => [$extra]);
{
    my $facts = sub {
        my $r = run_json([@{ plugin(map { ('-R', $_) } @_) }, '-v']);
        return { code => $r->{code}, stores => $r->{json}{facts}{stores}, values => $r->{json}{facts}{values} };
    };
    my $expected = $facts->(save('d.reg', windows_export($registry)));
    is($expected->{code}, 0, 'regedit: OK');
    is(keys %{ $expected->{stores} }, 2, 'two stores hold something');
    for my $dialect (['UTF-16 without mark', \&utf16_without_bom], ['Samba', \&samba_text], ['REGEDIT4', \&regedit4_text],
                     ['hivexregedit', \&hivexregedit_text], ['reged', \&reged_text], ['reg query /s', \&reg_query_text]) {
        my ($name, $writer) = @$dialect;
        is_deeply($facts->(save('d.txt', $writer->($registry))), $expected, "$name: the same facts");
    }
    SKIP: {
        skip no_hives(), 8 if no_hives();
        my $software = { map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r, $registry->{$_}) } grep { /\\SOFTWARE\\/ } keys %$registry };
        my $system = { 'Select' => { Current => reg_dword(1) }, 'ControlSet001\Services\CryptSvc' => { Start => reg_dword(2) } };
        my $hives = $facts->('hive:' . save('SOFTWARE.hive', hive_bytes($software, name => 'config\SOFTWARE')),
            save('SYSTEM.hive', hive_bytes($system, name => 'config\SYSTEM')));
        is_deeply($hives->{stores}, $expected->{stores}, 'hives: the same stores');
        is($hives->{values}{$_} // 'none', $expected->{values}{$_}, "hives: $_")
            for grep { !ref $expected->{values}{$_} && !/CurrentControlSet/ } keys %{ $expected->{values} };
        my $below = { map { ($_ eq SYSTEM_CERTIFICATES ? ()
            : (s/\A\Q${\SYSTEM_CERTIFICATES}\E\\//r, $registry->{$_})) } grep { /\A\Q${\SYSTEM_CERTIFICATES}\E/ } keys %$registry };
        is_deeply($facts->(save('SC.hiv', hive_bytes($below, root => 'SystemCertificates')))->{stores}, $expected->{stores},
            'a hive of SystemCertificates alone');
        verdict('dirty hive', plugin('-R', save('dirty.hive', hive_bytes($software, seq => [3, 2], name => 'config\SOFTWARE'))),
            'UNKNOWN', { 'source.dirty' => 'UNKNOWN' });
        my $broken = hive_bytes($software, name => 'config\SOFTWARE');
        substr($broken, 508, 4) = "\1\2\3\4";
        is(run(plugin('-R', save('sum.hive', $broken)))->{code}, 3, 'hive with a wrong checksum');
    }

    my @parts = map { save("part$_->[0].reg", windows_export(only_keys($registry, @{ $_->[1] }))) }
        [1, [SYSTEM_CERTIFICATES]], [2, [POLICY_CERTIFICATES]], [3, [ENTERPRISE_CERTIFICATES]], [4, [CHAIN]];
    verdict('merged', plugin(map { ('-R', $_) } @parts), 'OK', { 'roots.present' => 'OK', 'source.not-covered' => undef });
    verdict('one of several missing', plugin('-R', $parts[0], '-R', '/nonexistent.reg'), 'UNKNOWN',
        { 'source.unreadable' => 'UNKNOWN', 'roots.present' => 'OK' });
    verdict('standard input', plugin('-R', 'reg:-'), 'OK', { 'roots.present' => 'OK' }, undef, stdin => $healthy);
    # A policy that the export lacks may take the root away: that it does not is no fact.
    verdict('an export of SystemCertificates alone', plugin('-R', $parts[0]), 'UNKNOWN',
        { 'roots.present' => 'OK', 'roots.disallowed-not-covered' => 'UNKNOWN', 'roots.key-policy-unknown' => 'UNKNOWN', 'source.not-covered' => 'UNKNOWN' });
    verdict('without the chain engine\'s settings', plugin(map { ('-R', $_) } @parts[0 .. 2]), 'UNKNOWN',
        { 'roots.present' => 'OK', 'roots.key-policy-unknown' => 'UNKNOWN', 'roots.disallowed-not-covered' => undef });
    verdict('without the enterprise\'s stores', plugin(map { ('-R', $_) } @parts[0, 1, 3]), 'OK',
        { 'roots.present' => 'OK', 'roots.key-policy-unknown' => undef, 'roots.disallowed-not-covered' => 'OK' });
    {
        my $only = save('authroot.reg', windows_export(only_keys(machine(authroot => [$root]), SYSTEM_CERTIFICATES)));
        my $r = verdict('only in AuthRoot, and whether that counts is not in the export', plugin('-R', $only), 'UNKNOWN',
            { 'source.not-covered' => 'UNKNOWN' });
        like((finding($r, 'source.not-covered', 'ProtectedRoots'))[0]{remedy}, qr/scp-snapshot\.cmd/, 'and the command is named');
    }
    my $gone = machine(@OFF);
    for my $keys ([SYSTEM_CERTIFICATES], [SYSTEM_CERTIFICATES . '\ROOT'], [SYSTEM_CERTIFICATES . '\AuthRoot'],
        [SYSTEM_CERTIFICATES, POLICY_CERTIFICATES]) {
        my $file = save('alone.reg', windows_export(only_keys($gone, @$keys)));
        verdict("missing, only @$keys", plugin('-R', $file), 'UNKNOWN',
            { 'source.not-covered' => 'UNKNOWN', 'roots.missing' => undef });
    }
    verdict('a person\'s hive', plugin('-R', save('NTUSER.DAT',
        hive_bytes({ 'Software\Microsoft\SystemCertificates\Root\Certificates\\' . fingerprint($root) =>
        { Blob => reg_binary(cert_blob($root)) }, 'Environment' => {} }, name => 'Users\me\ntuser.dat'))), 'UNKNOWN', { 'roots.present' => undef, 'roots.missing' => undef });
}

# --- Truncated exports ---

for my $case (['Windows', windows_export($registry), 'reg'], ['Samba', samba_text($registry), 'reg']) {
    my ($name, $bytes) = @$case;
    my (@wrong, %states);
    for (my $n = 1; $n < length $bytes; $n += 997) {
        my $r = run_json(plugin('-R', save('cut.reg', substr $bytes, 0, $n)));
        my @seen = finding($r, 'roots.present', 'test-root');
        my @missing = finding($r, 'roots.missing');
        my $absent = !@seen && $r->{code} != 3;
        my $claims = @missing || ($r->{code} == 0 && !@seen) || (!@seen && finding($r, 'roots.on-demand'));
        push @wrong, "$n: exit $r->{code} " . join(' ', map { $_->{id} } @{ $r->{json}{findings} }) if $absent || $claims;
        $states{ $r->{code} }++;
    }
    is_deeply(\@wrong, [], "$name export cut short: never missing, never OK without the root");
    ok($states{3}, "$name export cut short: UNKNOWN") or diag(explain \%states);
}
{
    my $bytes = windows_export(machine(@OFF));
    my @wrong;
    for (my $n = 1; $n < length $bytes; $n += 97) {
        next if substr($bytes, $n - 8, 8) eq "\r\0\n\0\r\0\n\0" || substr($bytes, $n - 9, 8) eq "\r\0\n\0\r\0\n\0";
        my $r = run_json(plugin('-R', save('cut.reg', substr $bytes, 0, $n)));
        push @wrong, "$n: exit $r->{code}" if $r->{code} != 3;
    }
    is_deeply(\@wrong, [], 'export without the root cut short: UNKNOWN') or diag(join "\n", @wrong);
}

# --- Hostile names ---

for my $name ("evil\n[OK] roots.present: fine", "a|missing=0", "\e[2J\e]0;x\a", "<script>alert(1)</script>", "\x{202E}txet\x{2066}",
    "\xFF\xFE\x80", "\x{85}\x{9B}31m\x{2028}", 'x' x 5000,
          "`id` \$(id) \\n \"q\"", "") {
    my $bad = certificate(cn => $name, issuer => 'Somebody', serial => 9, sign => 0);
    my $file = export(root => [$root, $bad], disallowed => [$bad]);
    my $r = run(plugin('-R', $file));
    # OpenSSL does not decode a name that is not UTF-8, so nothing can be said of such a certificate.
    like($r->{code}, $name =~ /\A\xFF/ ? qr/\A[01]\z/ : qr/\A1\z/,
        'hostile name ' . unpack('H40', utf8::is_utf8($name) ? Encode::encode('UTF-8', $name) : $name));
    is(scalar(grep { /\A\[OK\]/ } split /\n/, $r->{out}), 0, 'no line of its own');
    unlike($r->{out} =~ s/ \|.*//r, qr/[<>`\$]/, 'nothing a shell or a browser reads');
    run_json(plugin('-R', $file, '-v'));
}

done_testing();
