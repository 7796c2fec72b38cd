#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_autoupdate from outside: the policy in the registry, the cached lists, what is served today, and the support
# article's causes in sites of every design - there through check_scp_roots as well.
use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use lib "$FindBin::Bin/../tools";
use Pki;
use Said;
use Scp;
use Servers;
use Test::More;
use TrustList;

my $NAME = 'check_scp_autoupdate';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my $root = certificate(cn => 'Test Root', serial => 1);
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root']) . list_anchor());
my $BASE = 'ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en';
my $files = 0;

my $list = trust_list(entries => [list_entry($root)]);
my $top = (list_chain())[2];
my $newer = trust_list(entries => [list_entry($root)], this_update => $NOW - 2 * $DAY);
my $older = trust_list(entries => [list_entry($root)], this_update => $NOW - 100 * $DAY);
my $much_newer = trust_list(entries => [list_entry($root)], this_update => $NOW - 20 * $DAY);
my $distrust = trust_list(kind => 'disallowed', entries => [disallowed_entry(certificate(cn => 'Bad', serial => 9))]);

# update => {…}, policy => {…} as in machine(); both lists and both times are there unless they say otherwise (undef: not there).
sub site
{
    my (%o) = @_;
    my %update = (EncodedCtl => reg_binary($list), DisallowedCertEncodedCtl => reg_binary($distrust),
                  DisallowedCertLastSyncTime => reg_time($NOW - $HOUR), %{ $o{update} // {} });
    my $registry = machine(root => [$root, $top], %o, update => {});
    my $key = $registry->{ AUTO_UPDATE() };
    delete $key->{EncodedCtl};
    for my $name (keys %update) {
        delete $key->{$name};
        $key->{$name} = $update{$name} if defined $update{$name};
    }
    return $registry;
}

sub export { return save('case' . ++$files . '.reg', windows_export(ref $_[0] ? $_[0] : site(@_))) }
sub plugin { return [$NAME, "--at=$AT", "--profile=$profile", @_] }
sub url { return (RootDirUrl => reg_sz($_[0])) }

my @OFF = (policy => { DisableRootAutoUpdate => reg_dword(1) });

# --- The policy ---

my @TABLE = (
    ['healthy', [], 'OK', { 'autoupdate.enabled' => 'OK', 'autoupdate.synced' => 'OK', 'list.good' => 'OK', 'autoupdate.disabled' => undef,
        'autoupdate.value-misplaced' => undef, 'autoupdate.tuned' => undef, 'autoupdate.disconnected' => undef, 'autoupdate.list-absent' => 'OK', 'autoupdate.list-unused' => undef },
        qr/SCP AUTOUPDATE OK - enabled, synced 9 h ago, list of 2026-11-18 verified, names Test Root \| enabled=1;;1: sync_age=32400s;1296000;3024000;0 disallowed_age=3600s;345600;1209600;0 ctl_age=432000s ctl_entries=1;;;0/],
    ['disabled', [@OFF], 'CRITICAL', { 'autoupdate.disabled' => 'CRITICAL', 'autoupdate.disallowed-disabled' => 'WARNING', 'autoupdate.enabled' => undef,
        'autoupdate.disconnected' => 'OK' }, qr/SCP AUTOUPDATE CRITICAL - disabled by policy \(DisableRootAutoUpdate=1\) \| enabled=0;;1:/],
    ['disabled, mirror set', [@OFF, update => { url('http://mirror') }], 'CRITICAL', { 'autoupdate.disabled' => 'CRITICAL' }, qr/RootDirUrl is set, but not used/],
    ['disabled, a list that does not name the root', [@OFF, update => { EncodedCtl => reg_binary(trust_list(signed => 'weak')) }], 'CRITICAL',
        { 'autoupdate.disabled' => 'CRITICAL', 'autoupdate.list-unused' => 'OK', 'list.root-unlisted' => undef, 'list.weak' => undef }],
    ['switched on', [policy => { DisableRootAutoUpdate => reg_dword(0), EnableDisallowedCertAutoUpdate => reg_dword(1) }], 'OK', { 'autoupdate.enabled' => 'OK' }],
    ['only roots off', [policy => { DisableRootAutoUpdate => reg_dword(1), EnableDisallowedCertAutoUpdate => reg_dword(1) }], 'CRITICAL',
        { 'autoupdate.disabled' => 'CRITICAL', 'autoupdate.disallowed-disabled' => undef, 'autoupdate.disconnected' => undef }],
    ['only distrust off', [policy => { EnableDisallowedCertAutoUpdate => reg_dword(0) }], 'WARNING', { 'autoupdate.disallowed-disabled' => 'WARNING', 'autoupdate.disabled' => undef }],
    ['one switch, contradicted', [build => '7601', policy => { DisableRootAutoUpdate => reg_dword(0), EnableDisallowedCertAutoUpdate => reg_dword(0) }], 'UNKNOWN',
        { 'autoupdate.disallowed-unknown' => 'UNKNOWN' }],
    ['a switch that is text', [policy => { DisableRootAutoUpdate => reg_sz('1') }], 'UNKNOWN', { 'autoupdate.policy-unreadable' => 'UNKNOWN', 'autoupdate.disabled' => undef }],
    ['pin rules off', [policy => { DisablePinRulesAutoUpdate => reg_dword(1) }], 'OK', { 'autoupdate.pin-rules-disabled' => 'OK' }],
    ['a web mirror', [update => { url('http://mirror.example/ctl') }], 'OK', { 'autoupdate.redirected' => 'OK' }, qr/enabled \(redirected to a mirror\)/],
    ['a share', [update => { url('file://\\\\server\\share') }], 'OK', { 'autoupdate.redirected' => 'OK' }],
    ['Microsoft by name', [update => { url("http://$BASE") }], 'OK', { 'autoupdate.redirected' => undef, 'autoupdate.test-list' => undef }],
    ['the test list', [update => { url("http://$BASE/test") }], 'WARNING', { 'autoupdate.test-list' => 'WARNING' }],
    (map { ["another address of Microsoft's: $_", [update => { url($_) }], 'WARNING', { 'autoupdate.not-in-force' => 'WARNING', 'autoupdate.redirected' => undef }] }
        "http://$BASE/USPKI", "http://$BASE/../de", 'http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en'),
    ['certutil copies from the test list', [update => { SyncFromDirUrl => reg_sz("http://$BASE/test") }], 'WARNING', { 'autoupdate.test-list' => 'WARNING' }],
    ['certutil copies from elsewhere at Microsoft', [update => { SyncFromDirUrl => reg_sz("http://$BASE/USPKI") }], 'WARNING', { 'autoupdate.not-in-force' => 'WARNING' }],
    ['no address', [update => { url('somewhere') }], 'CRITICAL', { 'autoupdate.source-unusable' => 'CRITICAL', 'autoupdate.service-disabled' => undef }, qr/no address Windows can use: 'somewhere'/],
    (map { ["no host, no folder: $_", [update => { url($_) }], 'CRITICAL', { 'autoupdate.source-unusable' => 'CRITICAL' }] } 'http://', 'https:///x', 'file://', '\\\\\\\\'),
    ['an address that is a number', [update => { RootDirUrl => reg_dword(1) }], 'CRITICAL', { 'autoupdate.source-unusable' => 'CRITICAL' }],
    ['an empty address: what Windows does then is not known', [update => { url('') }], 'WARNING', { 'autoupdate.source-unusable' => 'WARNING' }],
    ['no address, but the update is off', [@OFF, update => { url('somewhere') }], 'CRITICAL', { 'autoupdate.disabled' => 'CRITICAL', 'autoupdate.source-unusable' => undef }],
    ['CryptSvc disabled', [cryptsvc => 4], 'CRITICAL', { 'autoupdate.service-disabled' => 'CRITICAL', 'autoupdate.blocked' => undef }, qr/CryptSvc/],
    ['AuthRoot left out', [protected => 0x28], 'CRITICAL', { 'autoupdate.blocked' => 'CRITICAL' }, qr/0x8/],
    ['16 days ago', [sync => $NOW - 16 * $DAY], 'WARNING', { 'autoupdate.sync-stale' => 'WARNING' }, qr/enabled, but the list of trusted roots was last synchronised 16 days ago/],
    ['40 days ago', [sync => $NOW - 40 * $DAY], 'CRITICAL', { 'autoupdate.sync-stale' => 'CRITICAL' }],
    ['never', [sync => undef], 'CRITICAL', { 'autoupdate.never-synced' => 'CRITICAL' }],
    ['a time of 7 bytes', [sync => undef, update => { LastSyncTime => reg_binary('x' x 7) }], 'CRITICAL', { 'autoupdate.never-synced' => 'CRITICAL' }, qr/holds no time/],
    ['in the future', [sync => $NOW + 3 * $DAY], 'WARNING', { 'autoupdate.sync-future' => 'WARNING', 'autoupdate.sync-stale' => undef }],
    ['a clock that is a little off', [sync => $NOW + $HOUR], 'OK', { 'autoupdate.sync-future' => undef }],
    ['distrust 5 days ago', [update => { DisallowedCertLastSyncTime => reg_time($NOW - 5 * $DAY) }], 'WARNING', { 'autoupdate.sync-stale' => 'WARNING' }, qr/disallowed certificates was last synchronised 5 days ago/],
    ['distrust 15 days ago', [update => { DisallowedCertLastSyncTime => reg_time($NOW - 15 * $DAY) }], 'CRITICAL', { 'autoupdate.sync-stale' => 'CRITICAL' }],
    ['distrust never', [update => { DisallowedCertLastSyncTime => undef }], 'CRITICAL', { 'autoupdate.never-synced' => 'CRITICAL' }],
    ['distrust never, Windows 7', [build => '7601', update => { DisallowedCertLastSyncTime => undef }], 'WARNING', { 'autoupdate.never-synced' => 'WARNING' }, qr/KB 2677070/],
    ['tuned', [update => { SyncDeltaTime => reg_dword(86400), Flags => reg_dword(4), SyncFromDirUrl => reg_sz('http://x') }, policy => {}], 'OK', { 'autoupdate.tuned' => 'OK' }],
    ['no lists cached', [update => { EncodedCtl => undef, DisallowedCertEncodedCtl => undef }], 'OK', { 'autoupdate.list-absent' => 'OK', 'list.good' => undef }],
    ['a forged list', [update => { EncodedCtl => reg_binary(trust_list(entries => [list_entry($root)], signed => 'stranger')) }], 'CRITICAL', { 'list.untrusted' => 'CRITICAL' }],
    ['lists in each other\'s place', [update => { EncodedCtl => reg_binary($distrust) }], 'CRITICAL', { 'list.kind' => 'CRITICAL' }],
    ['a list of a new kind beside them', [update => { CtlmEncodedCtl => reg_binary(trust_list(kind => 'catalog', usage => '1.3.6.1.4.1.311.10.3.99')), CtlmLastSyncTime => reg_time($NOW - 90 * $DAY) }], 'OK',
        { 'list.kind' => undef, 'list.new-kind' => undef }],
    ['a list that does not name the root', [update => { EncodedCtl => reg_binary(trust_list()) }], 'CRITICAL', { 'list.root-unlisted' => 'CRITICAL' }],
    (map { ["a list as it is not kept: $_->[0]", [update => { EncodedCtl => $_->[1]->(trust_list(entries => [list_entry($root)])) }], 'UNKNOWN', { 'list.unreadable' => 'UNKNOWN' }, $_->[2]] }
        ['in a cabinet', sub { return reg_binary(cabinet('authroot.stl' => $_[0])) }, qr/not a signed list but a cabinet/],
        ['in a store', sub { return reg_binary(list_store($_[0])) }, qr/not a signed list but /],
        ['several texts', sub { return [7, $_[0]] }, qr/not a REG_BINARY/]),
    ['a list of rubbish', [update => { EncodedCtl => reg_binary('rubbish') }], 'UNKNOWN', { 'list.unreadable' => 'UNKNOWN' }],
    ['the root distrusted', [update => { DisallowedCertEncodedCtl => reg_binary(trust_list(kind => 'disallowed', entries => [disallowed_entry($root)])) }], 'CRITICAL',
        { 'list.root-disallowed' => 'CRITICAL' }],
);
for my $row (@TABLE) {
    my ($name, $machine, $state, $findings, $line) = @$row;
    verdict($name, plugin('-R', export(@$machine)), $state, $findings, $line);
}

# A healthy server has these findings and no other.
sub ids { my ($r) = @_; my %seen = map { $_->{id} => 1 } @{ $r->{json}{findings} }; return [sort keys %seen] }
is_deeply(ids(run_json(plugin('-R', export()))), ['autoupdate.enabled', 'autoupdate.list-absent', 'autoupdate.synced', 'list.good'],
    'healthy: nothing else to say');
is_deeply(ids(run_json(plugin('-R', export(update => { PinRulesEncodedCtl => reg_binary(trust_list(kind => 'pinrules')) })))),
    ['autoupdate.enabled', 'autoupdate.synced', 'list.good'],
    'all lists cached: nothing else to say');

# --- A list that names what it names, and an old one ---

{
    my $broken = der_tlv(0x30, der_tlv(0x04, 'short'));
    my $with = sub { return (update => { EncodedCtl => reg_binary(trust_list(entries => [@_])) }) };
    verdict('a malformed entry beside the root', plugin('-R', export($with->($broken, list_entry($root)))), 'WARNING',
        { 'list.damaged' => 'WARNING', 'list.root-unreadable' => undef, 'list.root-unlisted' => undef });
    verdict('a malformed entry, the root not named', plugin('-R', export($with->($broken))), 'WARNING',
        { 'list.damaged' => 'WARNING', 'list.root-unreadable' => 'UNKNOWN', 'list.root-unlisted' => undef });
    for my $case ([299, undef], [301, 'OK'], [299, undef, 'http://mirror.example/ctl'], [301, 'WARNING', 'http://mirror.example/ctl'], [301, 'WARNING', '\\\\fs01\\ctl']) {
        my ($days, $state, $url) = @$case;
        my %update = (EncodedCtl => reg_binary(trust_list(this_update => $NOW - $days * $DAY, entries => [list_entry($root)])), $url ? url($url) : ());
        verdict("a list of $days days, from " . ($url // 'Microsoft'), plugin('-R', export(update => \%update)), ($state // 'OK') eq 'WARNING' ? 'WARNING' : 'OK',
            { 'list.old' => $state });
    }
    my $knowing = save('knowing.ini', slurp($profile) =~ s/^(as_of = .*)/$1\nnewest_list = 2026-11-20/mr);
    for my $case ([50, undef], [70, 'WARNING']) {
        my ($days, $state) = @$case;
        my %update = (EncodedCtl => reg_binary(trust_list(this_update => $NOW - $days * $DAY, entries => [list_entry($root)])), url('http://mirror.example/ctl'));
        verdict("$days days, and the profile knows one of 2026-11-20", [$NAME, "--at=$AT", "--profile=$knowing", '-R', export(update => \%update)], $state // 'OK', { 'list.old' => $state });
    }
}

# --- Who vouches for a list is distrusted ---

{
    my $good = trust_list(entries => [list_entry($root)]);
    my ($publisher, $ca) = list_chain();
    for my $case (['the publisher', $publisher, 'Test List Publisher'], ['the CA', $ca, 'Test List CA'], ['the root', $top, 'Test List Root']) {
        my ($who, $der, $name) = @$case;
        for my $store (qw(disallowed policy_disallowed)) {
            my $r = verdict("$who is in $store", plugin('-R', export($store => [$der])), 'WARNING',
                { 'list.signer-disallowed' => 'WARNING', 'list.good' => undef, 'autoupdate.enabled' => 'OK' }, qr/would refuse it \(inferred\): '$name'/);
            unlike($r->{plain}{out}, qr/verified/, "$who is in $store: nothing is called verified");
            my @f = finding($r, 'list.signer-disallowed');
            is(scalar @f, 1, "$who is in $store: said once");
            my $print = fingerprint($der);
            like($f[0]{remedy}, $store eq 'disallowed' ? qr/delstore Disallowed $print/ : qr/GPO.*$print/, "$who is in $store: what to do");
        }
    }
    verdict('another certificate is in Disallowed', plugin('-R', export(disallowed => [$root])), 'OK', { 'list.signer-disallowed' => undef, 'list.good' => 'OK' });
    verdict('the root of the list is in Root', plugin('-R', export(root => [$root, $top])), 'OK', { 'list.anchor-absent' => undef });
    verdict('the root of the list is not in Root', plugin('-R', export(root => [$root])), 'OK', { 'list.anchor-absent' => 'OK', 'list.good' => 'OK' });
}

# --- Settings in the wrong place ---

for my $case ([AUTO_UPDATE, 'DisableRootAutoUpdate', reg_dword(1)],
    [POLICY_CERTIFICATES . '\AuthRoot', 'RootDirUrl', reg_sz('http://mirror')],
              [POLICY_CERTIFICATES . '\AuthRoot\AutoUpdate', 'RootDirUrl', reg_sz('http://mirror')],
              ['HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Policies\Microsoft\SystemCertificates\AuthRoot', 'DisableRootAutoUpdate', reg_dword(1)],
              ['HKEY_USERS\S-1-5-18\Software\Policies\Microsoft\SystemCertificates\AuthRoot', 'DisableRootAutoUpdate', reg_dword(1)]) {
    my ($key, $name, $value) = @$case;
    my $registry = site();
    $registry->{$key}{$name} = $value;
    verdict("$name under $key", plugin('-R', export($registry)), 'WARNING',
        { 'autoupdate.value-misplaced' => 'WARNING', 'autoupdate.disabled' => undef, 'autoupdate.redirected' => undef },
        qr/SCP AUTOUPDATE WARNING - $name is set under a key that Windows does not read/);
}
{
    my $registry = site(update => { url('http://mirror') });
    $registry->{ POLICY_CERTIFICATES . '\AuthRoot' }{RootDirUrl} = reg_sz('http://mirror');
    verdict('in both places', plugin('-R', export($registry)), 'OK', { 'autoupdate.value-misplaced' => 'OK' });
}

# --- What the source does not hold ---

verdict('no policy keys', plugin('-R', export(only_keys(site(), SYSTEM_CERTIFICATES))), 'UNKNOWN',
    { 'source.not-covered' => 'UNKNOWN', 'autoupdate.enabled' => undef });
verdict('no own keys', plugin('-R', export(only_keys(site(), POLICY_CERTIFICATES))), 'UNKNOWN',
    { 'source.not-covered' => 'UNKNOWN' });
verdict('no own keys, a mirror expected', plugin('-R', export(only_keys(site(), POLICY_CERTIFICATES)), '--expect=mirror'),
    'UNKNOWN', { 'source.not-covered' => 'UNKNOWN' });
verdict('off, and nothing else', plugin('-R', export(only_keys(site(@OFF), POLICY_CERTIFICATES))), 'CRITICAL',
    { 'autoupdate.disabled' => 'CRITICAL', 'source.not-covered' => undef });
{
    my $text = windows_text(site());
    my $cut = save('cut.reg', "\xFF\xFE" . Encode::encode('UTF-16LE', substr $text, 0, length($text) - 30));
    my $r = run_json(plugin('-R', $cut));
    ok($r->{code} != 0, 'a cut export is not OK');
    SKIP: {
        skip no_hives(), 1 if no_hives();
        my $dirty = save('dirty', hive_bytes({ map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r,
            site()->{$_}) } grep { /\\SOFTWARE\\/ } keys %{ site() } }, seq => [3, 2], name => 'config\SOFTWARE'));
        verdict('a dirty hive', plugin('-R', "hive:$dirty"), 'UNKNOWN', { 'source.dirty' => 'UNKNOWN', 'autoupdate.enabled' => undef });
    }
}

# --- --expect, thresholds ---

my @MIRROR = (update => { url('http://mirror.example/ctl') });
verdict('--expect=disabled, off', plugin('-R', export(@OFF), '--expect=disabled'), 'OK',
    { 'autoupdate.disabled' => 'OK', 'autoupdate.disallowed-disabled' => 'OK' },
    qr/disabled by policy \(DisableRootAutoUpdate=1\), as expected \| enabled=0;0/);
verdict('--expect=disabled, off, an old list',
    plugin('-R', export(@OFF, update => { EncodedCtl => reg_binary(trust_list(signed => 'weak')) }), '--expect=disabled'), 'OK',
    { 'autoupdate.list-unused' => 'OK' });
verdict('--expect=disabled, on', plugin('-R', export(), '--expect=disabled'), 'WARNING', { 'autoupdate.unexpected' => 'WARNING' });
verdict('--expect=disabled, off, never synchronised', plugin('-R', export(@OFF, sync => undef), '--expect=disabled'), 'OK',
    { 'autoupdate.never-synced' => undef });
verdict('--expect=mirror, redirected', plugin('-R', export(@MIRROR), '--expect=mirror'), 'OK',
    { 'autoupdate.unexpected' => undef, 'autoupdate.redirected' => 'OK' });
verdict('--expect=mirror, not redirected', plugin('-R', export(), '--expect=mirror'), 'WARNING',
    { 'autoupdate.unexpected' => 'WARNING' });
verdict('--expect=mirror, off', plugin('-R', export(@MIRROR, @OFF), '--expect=mirror'), 'CRITICAL',
    { 'autoupdate.disabled' => 'CRITICAL' });
verdict('-w', plugin('-R', export(), '-w', '8h'), 'WARNING', { 'autoupdate.sync-stale' => 'WARNING' });
verdict('-c', plugin('-R', export(), '-w', '1h', '-c', '8h'), 'CRITICAL', { 'autoupdate.sync-stale' => 'CRITICAL' });
verdict('-w met exactly', plugin('-R', export(), '-w', '9h'), 'OK', { 'autoupdate.sync-stale' => undef });
verdict('--disallowed-age', plugin('-R', export(), '--disallowed-age=30m,2h'), 'WARNING', { 'autoupdate.sync-stale' => 'WARNING' });
verdict('--disallowed-age, critical', plugin('-R', export(), '--disallowed-age=30m,40m'), 'CRITICAL',
    { 'autoupdate.sync-stale' => 'CRITICAL' });
verdict('--severity', plugin('-R', export(@OFF), '--severity=autoupdate.*=ok'), 'OK', { 'autoupdate.disabled' => 'OK' });
for my $bad (['--disallowed-age=4d'], ['--disallowed-age=14d,4d'], ['--disallowed-age=x,4d'], ['--disallowed-age=0,4d'],
    ['--disallowed-age=1d,2d,3d'], ['--expect=perhaps'], ['--mirror='], ['-w', '5x'],
             ['--proxy=gopher://x'], ['word']) {
    my $r = run(plugin('-R', export(), @$bad));
    is($r->{code}, 3, "@$bad: exit 3");
    like($r->{out}, qr/\ASCP AUTOUPDATE UNKNOWN - /, "@$bad: a reason");
}
for my $none ([], ['--mirror=registry']) {
    SKIP: {
        skip 'where no source is named these plugins read the live registry', 2 if $ENV{SCP_LIVE};
        my $r = run(plugin(@$none));
        is($r->{code}, 3, "no registry @$none: exit 3");
        like($r->{out}, qr/registry/, "no registry @$none: what is needed");
    }
}

# --- --online ---

sub serve_lists { my ($trusted, $disallowed, $base) = @_; return web({ ($base // $BASE) . '/authrootstl.cab' => $trusted,
    ($base // $BASE) . '/disallowedcertstl.cab' => $disallowed // cabinet('disallowedcert.stl' => $distrust),
    ($base // $BASE) . '/' . fingerprint($root) . '.crt' => $root }) }
sub to { my ($port, $host) = @_; return '--connect-to=' . ($host // 'ctldl.windowsupdate.com') . ":80:127.0.0.1:$port" }
sub cab { return cabinet('authroot.stl' => $_[0]) }

my $port = serve_lists(cab($list));
my $online = verdict('online, current', plugin('-R', export(), '--online', to($port)), 'OK',
    { 'autoupdate.current' => 'OK', 'autoupdate.behind' => undef }, qr/SCP AUTOUPDATE OK \(from [^)]+\) - enabled/);
like(slurp(pki_dir() . "/$port.log"), qr{^GET \Q$BASE/authrootstl.cab\E Microsoft-CryptoAPI/}m, 'asked as Windows asks');
is(scalar @{ $online->{json}{facts}{lists} // [] }, 0, 'no facts without -v');
is(scalar @{ run_json(plugin('-R', export(), '--online', to($port), '-v'))->{json}{facts}{lists} }, 4, 'four lists with -v');
verdict('online without a registry', plugin('--online', to($port)), 'OK',
    { 'list.good' => 'OK', 'autoupdate.current' => undef, 'autoupdate.behind' => undef });
verdict('online, a day behind', plugin('-R', export(), '--online', to(serve_lists(cab($newer)))), 'OK',
    { 'autoupdate.behind' => 'OK' });
verdict('online, weeks behind', plugin('-R', export(update => { EncodedCtl => reg_binary($older) }), '--online',
    to(serve_lists(cab($much_newer)))), 'WARNING', { 'autoupdate.behind' => 'WARNING' },
    qr/the server has the list of trusted roots of 2026-08-15; that of 2026-11-03 has been served for 20 days/);
verdict('online, months behind', plugin('-R', export(update => { EncodedCtl => reg_binary($older) }), '--online', '-c', '19d',
    to(serve_lists(cab($much_newer)))), 'CRITICAL', { 'autoupdate.behind' => 'CRITICAL' });
verdict('online, nothing cached', plugin('-R', export(update => { EncodedCtl => undef }), '--online',
    to(serve_lists(cab($much_newer)))), 'WARNING', { 'autoupdate.behind' => 'WARNING' }, qr/no usable/);
verdict('online, an old copy', plugin('-R', export(), '--online', to(serve_lists(cab($older)))), 'WARNING',
    { 'autoupdate.ahead' => 'WARNING' });
verdict('online, forged', plugin('-R', export(), '--online',
    to(serve_lists(cab(trust_list(entries => [list_entry($root)], signed => 'stranger'))))), 'CRITICAL',
    { 'list.untrusted' => 'CRITICAL' });
verdict('online, HTML', plugin('-R', export(), '--online',
    to(serve_lists({ headers => { 'Content-Type' => 'text/html' }, body => '<html>log in</html>' }))), 'CRITICAL',
    { 'list.page' => 'CRITICAL', 'autoupdate.disconnected' => 'OK' });
verdict('online, 403', plugin('-R', export(), '--online', to(serve_lists({ status => '403 Forbidden', body => 'no' }))), 'CRITICAL',
    { 'autoupdate.unreachable' => 'CRITICAL', 'autoupdate.disconnected' => 'OK' }, qr/403/);
verdict('online, only distrust missing', plugin('-R', export(), '--online',
    to(serve_lists(cab($list), { status => '404 Not Found', body => '' }))), 'WARNING',
    { 'autoupdate.unreachable' => 'WARNING', 'autoupdate.current' => 'OK' });
verdict('online, refused', plugin('-R', export(), '--online', to(closed_port())), 'CRITICAL',
    { 'autoupdate.unreachable' => 'CRITICAL WARNING' });
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die "listen: $!";    # never accepts
verdict('online, no answer', plugin('-R', export(), '--online', '-t', '2', to($silent->sockport)), 'CRITICAL',
    { 'autoupdate.unreachable' => 'CRITICAL WARNING', 'autoupdate.enabled' => 'OK' });
verdict('online, from the web mirror', plugin('-R', export(update => { url('http://mirror.example/ctl/') }), '--online',
    to(serve_lists(cab($list), undef, 'mirror.example/ctl'), 'mirror.example')), 'OK',
    { 'autoupdate.current' => 'OK', 'autoupdate.disconnected' => undef });
verdict('online, a share', plugin('-R', export(update => { url('file://\\\\server\\share') }), '--online'), 'UNKNOWN',
    { 'mirror.not-auditable' => 'UNKNOWN' }, qr/cannot be looked at from here/);
verdict('online, an address that is none', plugin('-R', export(update => { url('somewhere') }), '--online'), 'CRITICAL',
    { 'mirror.not-auditable' => 'UNKNOWN', 'autoupdate.source-unusable' => 'CRITICAL' });
verdict('online, an address that cannot be asked', plugin('-R', export(update => { url('http://[mirror/ctl') }), '--online'),
    'UNKNOWN', { 'autoupdate.not-asked' => 'UNKNOWN', 'autoupdate.unreachable' => undef });
verdict('online, RootDirUrl not in the source', plugin('-R', export(only_keys(site(), POLICY_CERTIFICATES)), '--online'), 'UNKNOWN',
    { 'source.not-covered' => 'UNKNOWN' });

# A root that lacks must be served, too: the list alone does not bring it.
sub root_file { my ($file) = @_; return web({ "$BASE/authrootstl.cab" => cab($list), "$BASE/disallowedcertstl.cab" => cabinet('disallowedcert.stl' => $distrust),
    defined $file ? ("$BASE/" . fingerprint($root) . '.crt' => $file) : () }) }
my @NOT_SERVED = (
    ['not there', undef, 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL', 'autoupdate.current' => 'OK' }, qr/Test Root is in no Root store, and Windows cannot fetch it: [0-9A-F]{40}\.crt at http:\S+: not found there/],
    ['gone', { status => '410 Gone', body => '' }, 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL' }],
    ['another certificate', $top, 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL' }, qr/its SHA-1 is not its name/],
    ['cut short', substr($root, 0, -1), 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL' }],
    ['in PEM', openssl($root, 'x509', '-inform', 'DER'), 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL' }],
    ['a page', { headers => { 'Content-Type' => 'text/html' }, body => '<html>log in</html>' }, 'CRITICAL', { 'autoupdate.root-not-served' => 'CRITICAL' }, qr/a page for people/],
    ['forbidden', { status => '403 Forbidden', body => 'no' }, 'UNKNOWN', { 'autoupdate.root-not-asked' => 'UNKNOWN', 'autoupdate.root-not-served' => undef }, qr/403/],
    ['broken', { status => '500 Internal Server Error', body => 'no' }, 'UNKNOWN', { 'autoupdate.root-not-asked' => 'UNKNOWN', 'autoupdate.root-not-served' => undef }],
    ['there', $root, 'OK', { 'autoupdate.root-not-asked' => undef, 'autoupdate.root-not-served' => undef }],
);
for my $row (@NOT_SERVED) {
    my ($name, $file, @expected) = @$row;
    verdict("online, the root lacks, its file: $name", plugin('-R', export(root => [$top]), '--online', to(root_file($file))), @expected);
}
# At the server itself, what does not arrive does not come.
for my $status ('403 Forbidden', '500 Internal Server Error') {
    my @run = ('-R', export(root => [$top]), '--online', '--vantage=server', to(root_file({ status => $status, body => 'no' })));
    verdict("online at the server, the root lacks, its file: $status", plugin(@run), 'CRITICAL',
        { 'autoupdate.root-not-served' => 'CRITICAL', 'autoupdate.root-not-asked' => undef }, qr/Windows cannot fetch it: .*HTTP @{[substr $status, 0, 3]}/);
}
my $without = root_file();
verdict('online, a root that is there need not be served', plugin('-R', export(), '--online', to($without)), 'OK', { 'autoupdate.root-not-served' => undef });
verdict('online, in AuthRoot neither', plugin('-R', export(root => [$top], authroot => [$root]), '--online', to($without)), 'OK', { 'autoupdate.root-not-served' => undef });
unlike(slurp(pki_dir() . "/$without.log"), qr/\.crt/, 'and is not asked for');
verdict('online, update off: nothing would be fetched', plugin('-R', export(@OFF, root => [$top]), '--online', '--expect=disabled', to($without)), 'OK', { 'autoupdate.root-not-served' => undef });

# --- The way out that the registry names ---

my $INTERNET = 'Software\Microsoft\Windows\CurrentVersion\Internet Settings';
sub way_out
{
    my ($server, %service) = @_;
    my $registry = site();
    $registry->{$_} = {} for map { "HKEY_LOCAL_MACHINE\\SOFTWARE\\" . $INTERNET =~ s/\ASoftware\\//r . $_ } '', '\Connections';
    $registry->{"HKEY_USERS\\S-1-5-18\\$INTERNET"} = defined $server
        ? { ProxyEnable => reg_dword(1), ProxyServer => reg_sz($server) } : { ProxyEnable => reg_dword(0) };
    $registry->{"HKEY_USERS\\S-1-5-20\\$INTERNET"} = { %service };
    return export($registry);
}
my $proxy = serve_lists(cab($list));
my @same = (ProxyEnable => reg_dword(1), ProxyServer => reg_sz("127.0.0.1:$proxy"));
verdict('--proxy=registry', plugin('-R', way_out("127.0.0.1:$proxy", @same), '--online', '--proxy=registry'), 'OK',
    { 'autoupdate.current' => 'OK', 'proxy.setting' => 'OK', 'proxy.network-service' => undef },
    qr/\(via proxy 127\.0\.0\.1:$proxy\)/);
verdict('a proxy for SYSTEM alone', plugin('-R', way_out("127.0.0.1:$proxy")), 'WARNING', { 'proxy.network-service' => 'WARNING' });
verdict('no proxy set', plugin('-R', way_out()), 'OK', { 'proxy.setting' => undef });
verdict('--proxy=registry, not in the source', plugin('-R', export(), '--online', '--proxy=registry'), 'UNKNOWN',
    { 'autoupdate.not-asked' => 'UNKNOWN' });
is(run(plugin('--online', '--proxy=registry'))->{code}, 3, '--proxy=registry without a registry: exit 3');

# --- Secrets ---

for my $argv ([plugin('-R', export(update => { url('http://user:s3cret@mirror.example/ctl') }), '--online', '-vv')],
    [plugin('-R', export(update => { url('http://user:s3cret@mirror.example/ctl') }), '--mirror=registry', '-o', 'json', '-vv')],
              [plugin('--mirror=http://user:s3cret@mirror.example/ctl', '-o', 'json', '-vv')]) {
    my $r = run($argv->[0]);
    is($r->{code}, 3, 'an address with a password is not asked');
    unlike($r->{out}, qr/s3cret/, 'and not shown');
}

# --- Output ---

for my $example (map { s/\A\s+//r } grep { /^\s+check_scp_autoupdate / } split /\n/, run([$NAME, '--help'])->{out}) {
    my @words = split ' ', $example =~ s/\Acheck_scp_autoupdate //r;
    s{scp01\.reg}{export()}e, s{/srv/ctl|authrootstl\.cab}{scratch()}e for @words;
    my $r = run([$NAME, @words, '--connect-to=::127.0.0.1:' . closed_port()], any => 1);
    ok($r->{code} <= 3 && $r->{out} =~ /\A(?:SCP AUTOUPDATE|\{)/ && $r->{out} !~ /Usage/, "example: $example") or diag($r->{out});
}
like(run(plugin('-R', export(), '-o', 'openmetrics'))->{out}, qr/^scp_update_sync_timestamp_seconds\{.*list="trusted"\} \d/m, 'OpenMetrics');
like(run([$NAME, '--explain=autoupdate.sync-stale'])->{out}, qr/not synchronised for too long/, '--explain');

# --- The article's causes in sites of every design ---

# Cause 1: the update is off; 2: the root is missing; 3: the intermediates are missing, which concerns neither check; 4: only some
# addresses are open.
my $intermediate = certificate(cn => 'Test CA', issuer => 'Test Root', serial => 50);
my $blocked = closed_port();
my $proxied = serve_lists(cab($list));
my %SITE = (
    online => [[], ['--online', to($port)]],
    proxied => [[], ['--online', "--proxy=http://127.0.0.1:$proxied"]],
    'disconnected with mirror' => [[update => { url('http://mirror.example/ctl') }], ['--online', '--expect=mirror', to(serve_lists(cab($list), undef, 'mirror.example/ctl'), 'mirror.example')]],
    'disconnected without' => [[@OFF], ['--expect=disabled']],
);
# cause => { site => [state here, findings here, state of check_scp_roots] }
my %CAUSE = (
    'none' => { online => ['OK', {}, 'OK'], proxied => ['OK', {}, 'OK'], 'disconnected with mirror' => ['OK', { 'autoupdate.redirected' => 'OK' }, 'OK'],
                'disconnected without' => ['OK', { 'autoupdate.disabled' => 'OK', 'autoupdate.disconnected' => 'OK' }, 'OK'] },
    'intermediates missing' => { online => ['OK', {}, 'OK'], proxied => ['OK', {}, 'OK'], 'disconnected with mirror' => ['OK', {}, 'OK'], 'disconnected without' => ['OK', {}, 'OK'] },
    'update off' => { online => ['CRITICAL', { 'autoupdate.disabled' => 'CRITICAL' }, 'OK'], proxied => ['CRITICAL', { 'autoupdate.disabled' => 'CRITICAL' }, 'OK'],
                      'disconnected with mirror' => ['CRITICAL', { 'autoupdate.disabled' => 'CRITICAL' }, 'OK'],
                      'disconnected without' => ['OK', { 'autoupdate.disabled' => 'OK' }, 'OK'] },
    'root missing' => { online => ['OK', {}, 'WARNING'], proxied => ['OK', {}, 'WARNING'], 'disconnected with mirror' => ['OK', {}, 'WARNING'],
                        'disconnected without' => ['OK', { 'autoupdate.disabled' => 'OK' }, 'CRITICAL'] },
    'root missing, update off' => { map { $_ => [$_ eq 'disconnected without' ? 'OK' : 'CRITICAL', {}, 'CRITICAL'] } keys %SITE },
    'address blocked' => { (map { $_ => ['CRITICAL', { 'autoupdate.unreachable' => 'CRITICAL WARNING' }, 'OK'] } 'online', 'proxied', 'disconnected with mirror'),
                           'disconnected without' => ['OK', {}, 'OK'] },
    'address blocked for long' => { (map { $_ => ['CRITICAL', { 'autoupdate.unreachable' => 'CRITICAL WARNING', 'autoupdate.sync-stale' => 'CRITICAL' }, 'CRITICAL'] } 'online', 'proxied', 'disconnected with mirror'),
                                    'disconnected without' => ['OK', { 'autoupdate.sync-stale' => undef }, 'CRITICAL'] },
);
for my $cause (sort keys %CAUSE) {
    for my $site (sort keys %SITE) {
        my ($state, $findings, $roots) = @{ $CAUSE{$cause}{$site} };
        my ($machine, $options) = @{ $SITE{$site} };
        my %machine = @$machine;
        my @options = @$options;
        %machine = (%machine, @OFF) if $cause =~ /update off/;
        $machine{ca} = [$intermediate] if $cause !~ /intermediates/;
        $machine{root} = [] if $cause =~ /root missing|for long/;
        $machine{sync} = $NOW - 60 * $DAY if $cause =~ /for long/;
        $machine{update} = { %{ $machine{update} // {} }, DisallowedCertLastSyncTime => reg_time($NOW - 60 * $DAY) }
            if $cause =~ /for long/;
        if ($cause =~ /blocked/) {
            @options = ((grep { !/\A--(?:connect-to|proxy)/ } @options),
                $site eq 'proxied' ? "--proxy=http://127.0.0.1:$blocked"
                : to($blocked, $site =~ /mirror/ ? 'mirror.example' : undef));
        }
        my $file = export(%machine);
        verdict("$cause, $site", plugin('-R', $file, @options), $state, $findings);
        verdict("$cause, $site: roots", ['check_scp_roots', "--at=$AT", "--profile=$profile", '-R', $file], $roots, {});
    }
}
done_testing();
