#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_intermediates from outside: every state and finding, real certificates of 2026, stores of all kinds against `openssl verify`, files of all kinds.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use Encode ();
use MIME::Base64 qw(encode_base64);
use Said;
use Scp;
use Test::More;
use TrustList;

my $NAME = 'check_scp_intermediates';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my $files = 0;
my $CHAIN = POLICY_CERTIFICATES . '\ChainEngine\Config';
my $OID = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0';
my $OWN_CHAIN = $OID . '\CertDllCreateCertificateChainEngine\Config';
my %AIA = (aia => 'http://aia.test/middle.crt');

my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 1000]);
my $self_signed = cert('Middle', 'Middle', 'middle', 'middle', ca => 1);
my $issuing = cert('Issuing 1', 'Middle', 'one', 'middle', ca => 1, pathlen => 0, days => [-300, 900], %AIA);
my $second = cert('Issuing 2', 'Middle', 'two', 'middle', ca => 1, pathlen => 0, days => [-300, 700], %AIA);
my $leaf = cert('Leaf', 'Issuing 1', 'leaf', 'one', dns => 'host.test', days => [-10, 80]);
my $old = cert('Old', 'Root', 'old', 'root', ca => 1, days => [-900, -10]);
my %family = (any => { 'issuing-1' => $issuing, 'issuing-2' => $second }, via => { middle => $middle }, root => $root, stale => $old);
my $profile = save('family.ini', family_text(%family));
my $recommended = save('recommended.ini', family_text(%family, level => 'recommended'));

sub registry
{
    my ($stores, %more) = @_;
    my $r = machine(%$stores);
    $r->{$CHAIN} = $more{chain} if $more{chain};
    $r->{$OWN_CHAIN} = $more{own_chain} if $more{own_chain};
    $r->{ POLICY_CERTIFICATES . q{\ChainEngine} } = { ($more{above} // q{Options}) => reg_dword($more{misplaced} ? 2 : 0) } if defined $more{misplaced};
    delete $r->{$_} for @{ $more{without} // [] };
    $r->{$_} //= {} for @{ $more{beside} // [] };
    return save('case' . ++$files . '.reg', windows_export($r));
}
sub plugin { return [$NAME, "--at=$AT", "--profile=$profile", @_] }
sub case_of { my ($name, $stores, $state, $findings, $line, %more) = @_; return verdict($name, plugin('-R', registry($stores, %more), @{ $more{with} // [] }), $state, $findings, $line) }

# --- Stores ---

my %ALL = (root => [$root], ca => [$middle, $issuing]);
sub changed { my ($store, @entries) = @_; return { %ALL, $store => [@entries] } }
my $OFF = { DisableAIAUrlRetrieval => reg_dword(1) };

case_of('everything is there', \%ALL, 'OK', { 'intermediates.chains' => 'OK', 'intermediates.missing' => undef, 'intermediates.inference' => 'OK' },
    qr/SCP INTERMEDIATES OK - Issuing 1 chains to Root via Middle, until 2029-05-11 \| missing=0;;;0;1 required=1;;;0 disallowed=0;;;0 expiry=\d+s;5184000:;1209600: paths=1/);
case_of('one member of the family is enough', changed(ca => $middle, $second), 'OK', { 'intermediates.chains' => 'OK' });
case_of('with two, the longer life counts', changed(ca => $middle, $second, $issuing), 'OK', {}, qr/Issuing 1 chains.*paths=2/);
case_of('in AuthRoot', { authroot => [$root], ca => $ALL{ca} }, 'OK', { 'intermediates.chains' => 'OK' });
case_of('by policy', { policy_root => [$root], ca => $ALL{ca} }, 'OK', { 'intermediates.chains' => 'OK' });
# An ordinary online server: the intermediates come by AIA.  Its lists say that it reaches Microsoft, not that it reaches those addresses.
case_of('the cross-certificate is missing, as on every online server', changed(ca => $issuing), 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.missing' => undef, 'intermediates.policy-unknown' => undef },
    qr/Test: Windows fetches .* \(AIA allowed, lists fresh from Microsoft 9 h ago\); that the server reaches the addresses in the certificates is not shown.* \| missing=0;;;0;1 required=1/);
case_of('the lists are 14 days old', { %{ changed(ca => $issuing) }, sync => $NOW - 14 * $DAY }, 'OK', { 'intermediates.by-aia' => 'OK' });
case_of('the lists are 16 days old', { %{ changed(ca => $issuing) }, sync => $NOW - 16 * $DAY }, 'WARNING', { 'intermediates.by-aia' => 'WARNING' }, qr/no list came from Microsoft within 15 days.* \| missing=0/);
case_of('the lists never came', { %{ changed(ca => $issuing) }, sync => undef }, 'WARNING', { 'intermediates.by-aia' => 'WARNING' });
case_of('the lists come in a year', { %{ changed(ca => $issuing) }, sync => $NOW + 365 * $DAY }, 'WARNING', { 'intermediates.by-aia' => 'WARNING' });
case_of('the lists come from a mirror', { %{ changed(ca => $issuing) }, update => { RootDirUrl => reg_sz('\\\\files\\lists') } }, 'WARNING', { 'intermediates.by-aia' => 'WARNING' });
case_of('the untrusted list alone is fresh', { %{ changed(ca => $issuing) }, sync => undef, update => { DisallowedCertLastSyncTime => reg_time($NOW - $DAY) } }, 'OK', { 'intermediates.by-aia' => 'OK' });
case_of('neither the root nor an intermediate', { ca => [] }, 'WARNING', { 'intermediates.by-aia' => 'OK', 'intermediates.root-missing' => 'WARNING' }, qr/ \| missing=1/);
case_of('Windows fetches one certificate of a chain, two are missing', changed(ca => ()), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL', 'intermediates.by-aia' => undef }, qr/no more than 1 for a chain/,
    chain => { MaxAIAUrlRetrievalCountPerChain => reg_dword(1) });
case_of('and one is missing', changed(ca => $issuing), 'OK', { 'intermediates.by-aia' => 'OK' }, undef, chain => { MaxAIAUrlRetrievalCountPerChain => reg_dword(1) });
case_of('what would be fetched is disallowed', { %{ changed(ca => $issuing) }, disallowed => [$middle] }, 'CRITICAL', { 'intermediates.disallowed' => 'CRITICAL', 'intermediates.by-aia' => undef }, qr/not used/);
case_of('all that would be fetched', { %{ changed(ca => $middle) }, disallowed => [$issuing, $second] }, 'CRITICAL', { 'intermediates.disallowed' => 'CRITICAL', 'intermediates.by-aia' => undef });
case_of('one of them', { %{ changed(ca => $middle) }, disallowed => [$issuing] }, 'OK', { 'intermediates.by-aia' => 'OK' });
case_of('it may be disallowed', { %{ changed(ca => $issuing) }, disallowed => [{ der => $middle, blob => 'garbage' }] }, 'UNKNOWN', { 'intermediates.disallowed-unreadable' => 'UNKNOWN' });
for my $row (['in Disallowed', disallowed => [$root]], ['in Disallowed by policy', policy_disallowed => [$root]], ['limited', root => [{ der => $root, props => [[122, eku(SERVER_AUTH)]] }]],
             ['disabled', root => [{ der => $root, props => [[104, filetime($NOW - $DAY)]] }]]) {
    my ($how, @stores) = @$row;
    case_of("nothing but a root, which is $how", { root => [$root], ca => [], @stores }, 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL', 'intermediates.by-aia' => 'OK' }, qr/ \| missing=1/);
}
case_of('not even the root, which is in Disallowed', { ca => $ALL{ca}, disallowed => [$root] }, 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL', 'intermediates.root-missing' => undef });
case_of('the cross-certificate is there as a self-signed one only', changed(ca => $issuing, $self_signed), 'WARNING', { 'intermediates.missing' => 'WARNING' }, qr/self-signed/);
case_of('and must not be fetched', changed(ca => $issuing), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, qr/DisableAIAUrlRetrieval is set/, chain => $OFF);
case_of('nor by the other setting', changed(ca => $issuing), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, qr/0x2/, chain => { Options => reg_dword(2) });
case_of('or the setting is of a wrong type', changed(ca => $issuing), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL', 'intermediates.policy-unknown' => 'UNKNOWN' },
    qr/not known/, chain => { DisableAIAUrlRetrieval => reg_sz('1') });
{
    # Group policy goes before the machine, which answers only where policy is known to say nothing.
    my $ON = { DisableAIAUrlRetrieval => reg_dword(0) };
    my %unknown = ('intermediates.missing' => 'CRITICAL', 'intermediates.policy-unknown' => 'UNKNOWN');
    my @blind = (without => [POLICY_CERTIFICATES, $OID], beside => [map { POLICY_CERTIFICATES . "\\$_" } qw(CA Root)]);   # of policy only the stores
    my $stores = changed(ca => $issuing);
    case_of('the machine forbids it', $stores, 'CRITICAL', { 'intermediates.missing' => 'CRITICAL', 'intermediates.policy-unknown' => undef }, qr/DisableAIAUrlRetrieval is set/, own_chain => $OFF);
    case_of('but policy allows it', $stores, 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.policy-unknown' => undef }, undef, chain => $ON, own_chain => $OFF);
    case_of('policy forbids it, the machine allows it', $stores, 'CRITICAL', { 'intermediates.policy-unknown' => undef }, qr/is set/, chain => $OFF, own_chain => $ON);
    case_of('policy says nothing, the machine is not covered', $stores, 'CRITICAL', \%unknown, qr/not known/, without => [$OID]);
    case_of('policy is not covered, the machine forbids it', $stores, 'CRITICAL', \%unknown, qr/not known/, @blind, own_chain => $OFF);
    case_of('policy is not covered, the machine allows it', $stores, 'CRITICAL', \%unknown, qr/not known/, @blind, own_chain => $ON);
    case_of('neither is covered', $stores, 'CRITICAL', \%unknown, qr/not known/, @blind);
}
case_of('no issuing CA is there', changed(ca => $middle), 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.missing' => undef });
# Where nothing is fetched, every current issuing CA ought to be there.
case_of('one of two issuing CAs, and nothing is fetched', \%ALL, 'WARNING', { 'intermediates.members-missing' => 'WARNING', 'intermediates.chains' => 'OK' },
    qr/1 of 2 issuing CAs of Test is in no store, and Windows does not fetch them \(DisableAIAUrlRetrieval is set\): Issuing 2 \| missing=0/, chain => $OFF);
case_of('both', changed(ca => $middle, $issuing, $second), 'OK', { 'intermediates.members-missing' => undef }, undef, chain => $OFF);
case_of('whether it is fetched is not known', \%ALL, 'UNKNOWN', { 'intermediates.policy-unknown' => 'UNKNOWN', 'intermediates.members-missing' => undef }, undef, without => [$OID]);
case_of('where both are there, that does not matter, but the policies about keys do', changed(ca => $middle, $issuing, $second), 'UNKNOWN',
    { 'intermediates.policy-unknown' => undef, 'intermediates.key-policy-unknown' => 'UNKNOWN' }, undef, without => [$OID]);
# A guide of Microsoft's writes the setting one key too high.
case_of('the setting stands one key too high', changed(ca => $issuing), 'WARNING', { 'intermediates.setting-misplaced' => 'WARNING', 'intermediates.by-aia' => 'OK' }, qr/Options = 2 is set under .*does not read/,
    beside => [], misplaced => 1);
case_of('so does the other one', changed(ca => $issuing), 'WARNING', { 'intermediates.setting-misplaced' => 'WARNING' }, qr/DisableAIAUrlRetrieval = 2 is set under .*does not read/,
    beside => [], misplaced => 1, above => 'DisableAIAUrlRetrieval');
case_of('which is nothing where it forbids nothing', changed(ca => $issuing), 'OK', { 'intermediates.setting-misplaced' => undef }, undef, misplaced => 0);
# Policies about keys: each certificate of the path, in force only where the flags say so.
my %EC_384 = (WeakEcdsaAllMinBitLength => reg_dword(384));
case_of('keys of 384 bits are demanded', \%ALL, 'CRITICAL', { 'intermediates.key-too-short' => 'CRITICAL' }, qr/EC key of 256 bits is refused/, own_chain => { %EC_384, WeakEcdsaAllFlags => reg_dword(0x80100000) });
case_of('but only logged', \%ALL, 'OK', { 'intermediates.key-too-short' => undef }, undef, own_chain => { %EC_384, WeakEcdsaAllFlags => reg_dword(0x80100008) });
case_of('or not in force', \%ALL, 'OK', { 'intermediates.key-too-short' => undef }, undef, own_chain => { %EC_384, WeakEcdsaAllFlags => reg_dword(0x100000) });
case_of('only in AuthRoot, and whether that is left out is not known', { authroot => [$root], ca => $ALL{ca}, protected => 0x20 }, 'UNKNOWN', { 'intermediates.authroot-unknown' => 'UNKNOWN' }, undef,
    without => [POLICY_CERTIFICATES . '\Root\ProtectedRoots', POLICY_CERTIFICATES . '\Root', POLICY_CERTIFICATES], beside => [map { POLICY_CERTIFICATES . $_ } '\CA', '\Disallowed', '\ChainEngine\Config']);
case_of('nor may it be fetched', changed(ca => $middle), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, undef, chain => $OFF);
case_of('the root is missing, Windows may install it', { ca => $ALL{ca} }, 'WARNING', { 'intermediates.root-missing' => 'WARNING' }, qr/root Root \([0-9A-F]{40}\) not found/);
case_of('the root is missing, updates are off', { ca => $ALL{ca}, policy => { DisableRootAutoUpdate => reg_dword(1) } }, 'CRITICAL',
    { 'intermediates.root-missing' => 'CRITICAL' });
case_of('the root is in AuthRoot, which is left out', { authroot => [$root], ca => $ALL{ca}, protected => 0x28 }, 'CRITICAL', { 'intermediates.root-missing' => 'CRITICAL' });
case_of('an intermediate in Root is no anchor', { root => [$middle], ca => [$issuing] }, 'WARNING', { 'intermediates.root-missing' => 'WARNING' });
case_of('but counts as an intermediate', { root => [$middle, $root], ca => [$issuing] }, 'OK', { 'intermediates.chains' => 'OK' });
case_of('a stale certificate', changed(ca => $middle, $issuing, $old), 'OK', { 'intermediates.stale' => 'OK' });
like(run(plugin('-R', registry(changed(ca => $middle, $issuing, $old)), '-o', 'plugin', '-v'))->{out}, qr/\[OK\] intermediates\.stale: old \([0-9A-F]{40}\) in CA is stale and can be removed/,
    'is named with -v');
unlike(run(plugin('-R', registry(changed(ca => $middle, $issuing, $old)), '-o', 'plugin'))->{out}, qr/stale/, 'and not without');

# --- A missing root: check_scp_roots and this plugin tell the same of it ---

{
    my $file = save('roots-too.ini', family_text(%family) . list_anchor());
    my $named = sub { return reg_binary(trust_list(entries => [list_entry($root, @_)])) };
    my %there = (EncodedCtl => $named->());
    my $list = sub { return (update => { EncodedCtl => $_[0] }) };
    my $other = cert('Other', 'Other', 'other', 'other', ca => 1);
    my @stores = map { POLICY_CERTIFICATES . "\\$_" } qw(CA Root);
    # name, registry, state of both, words of both
    my @ROWS = (
        ['its list names it', [update => { %there }], 'WARNING', qr/Windows can still fetch it \(auto-update on, list synced 9 h ago, the list names it\)/],
        ['synchronised 34 days ago', [update => { %there }, sync => $NOW - 34 * $DAY], 'WARNING', qr/can still fetch it/],
        ['synchronised 36 days ago', [update => { %there }, sync => $NOW - 36 * $DAY], 'CRITICAL', qr/last synchronised 36 days ago/],
        ['synchronised in ten days', [update => { %there }, sync => $NOW + 10 * $DAY], 'WARNING', qr/in the future/],
        ['never synchronised', [update => { %there }, sync => undef], 'CRITICAL', qr/has never synchronised/],
        ['synchronised at no time', [update => { %there, LastSyncTime => reg_binary('x') }], 'CRITICAL', qr/has never synchronised/],
        ['its list does not name it', [$list->(reg_binary(trust_list(entries => [list_entry($other)])))], 'CRITICAL', qr/list of trusted roots does not name it/],
        ['its list cannot be read', [$list->(reg_binary('opaque'))], 'WARNING', qr/can still fetch it \([^)]*ago\)/],
        ["somebody else's list does not name it", [$list->(reg_binary(trust_list(entries => [list_entry($other)], signed => 'stranger')))], 'WARNING', qr/can still fetch it/],
        ['its list disables it', [$list->($named->([104, filetime($NOW - $DAY)]))], 'CRITICAL', qr/is disabled/],
        ['its list disables it some day', [$list->($named->([104, filetime($NOW + $DAY)]))], 'WARNING', undef],
        ['which an old Windows does not know', [$list->($named->([104, filetime($NOW - $DAY)])), build => '9600'], 'WARNING', undef],
        ['its list denies it server authentication', [$list->($named->([122, eku(SERVER_AUTH)]))], 'CRITICAL', qr/is not allowed for server authentication|would be fetched, but is not allowed/],
        ['its list limits it to older certificates', [$list->($named->([126, filetime($NOW - $DAY)]))], 'CRITICAL', qr/trusted for TLS only for/],
        ['updates are off', [update => { %there }, policy => { DisableRootAutoUpdate => reg_dword(1) }], 'CRITICAL', qr/root auto-update is disabled/],
        ['AuthRoot is left out', [update => { %there }, protected => 0x28], 'CRITICAL', qr/Windows cannot fetch it: ProtectedRoots/],
        ['the service that fetches is off', [update => { %there }, cryptsvc => 4], 'CRITICAL', qr/Windows cannot fetch it: .*CryptSvc/],
        ['the policy is not covered', [update => { %there }], 'CRITICAL', qr/could not be told/, without => [map { POLICY_CERTIFICATES . $_ } '', '\AuthRoot'], beside => \@stores],
        ['the policy is of a wrong type', [update => { %there }, policy => { DisableRootAutoUpdate => reg_sz('0') }], 'CRITICAL', qr/could not be told/],
        ['its entry is damaged', [update => { %there }, root => [{ der => $root, blob => "\1" }]], 'UNKNOWN', qr/could not be read/],
        ['another store is not covered', [update => { %there }], 'UNKNOWN', qr/not hold every/, without => [ENTERPRISE_CERTIFICATES]],
    );
    my %of_root = map { $_ => 1 } qw(roots.missing roots.on-demand roots.unreadable roots.disabled roots.purpose roots.not-before source.not-covered intermediates.root-missing intermediates.unreadable);
    for my $row (@ROWS) {
        my ($name, $machine, $state, $words, %more) = @$row;
        my $registry = registry({ ca => $ALL{ca}, @$machine }, %more);
        for my $plugin ('check_scp_roots', $NAME) {
            SKIP: {
                skip "$plugin is not built", 2 if !-x plugin_path($plugin);
                my $json = run_json([$plugin, "--at=$AT", "--profile=$file", '-R', $registry])->{json};
                my @said = grep { $of_root{ $_->{id} } } @{ $json->{findings} };
                my ($worst) = grep { my $s = $_; grep { $_->{state} eq $s } @said } qw(CRITICAL WARNING UNKNOWN OK);
                is($worst, $state, "a missing root, $name: $plugin") or diag(join "\n", map { "$_->{state} $_->{id}: $_->{text}" } @said);
                like(join("\n", map { $_->{text} } @said), $words, "a missing root, $name: $plugin says why") if $words;
            }
        }
    }
    # What the stores hold now is the question of --certificate; what Windows would do is told all the same.
    verdict('the root is missing, for a certificate of our own', [$NAME, "--at=$AT", "--profile=$file", '--certificate=' . bundle('needs-root.pem', $leaf), '-R', registry({ ca => $ALL{ca}, update => { %there } })],
        'CRITICAL', { 'intermediates.root-missing' => 'CRITICAL' }, qr/Windows can still fetch it \(auto-update on/);
}

# --- Distrust, restrictions, time ---

my $expired_middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-900, -20]);
my $future_middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [20, 900]);
my $client_middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, eku => [CLIENT_AUTH]);
my $wide_middle = cert('MIDDLE', 'Root', 'middle', 'root', ca => 1);
case_of('an expired twin beside a good one', changed(ca => $middle, $expired_middle, $issuing), 'OK', { 'intermediates.passed-over' => 'OK', 'intermediates.chains' => 'OK' });
case_of('only the expired one', changed(ca => $expired_middle, $issuing), 'WARNING', { 'intermediates.expired' => 'WARNING' }, qr/Middle expired on 2026-11-03; a successor is missing/);
case_of('which must not be replaced', changed(ca => $expired_middle, $issuing), 'CRITICAL', { 'intermediates.expired' => 'CRITICAL' }, undef, chain => $OFF);
case_of('one of tomorrow', changed(ca => $future_middle, $issuing), 'CRITICAL', { 'intermediates.not-yet-valid' => 'CRITICAL' });
case_of('one for client authentication only', changed(ca => $client_middle, $issuing), 'CRITICAL', { 'intermediates.purpose' => 'CRITICAL' });
case_of('which is enough for any purpose', changed(ca => $client_middle, $issuing), 'OK', { 'intermediates.chains' => 'OK' }, undef, with => ['--purpose=any']);
case_of('names that differ in case', changed(ca => $wide_middle, $issuing), 'WARNING', { 'intermediates.name-encoding' => 'WARNING', 'intermediates.chains' => undef });
verdict('of a recommended family, too', [$NAME, "--at=$AT", "--profile=$recommended", '-R', registry(changed(ca => $wide_middle, $issuing))], 'WARNING', { 'intermediates.name-encoding' => 'WARNING', 'intermediates.chains' => undef });
verdict('of a certificate', plugin('-R', registry(changed(ca => $wide_middle, $issuing)), '--certificate=' . bundle('wide-leaf.pem', $leaf)), 'WARNING', { 'intermediates.name-encoding' => 'WARNING', 'intermediates.chains' => undef });
verdict('but a remark in bundles', plugin('--roots=' . bundle('wide-root.pem', $root), '--intermediates=' . bundle('wide-cas.pem', $wide_middle, $issuing)), 'OK', { 'intermediates.name-encoding' => 'OK', 'intermediates.chains' => 'OK' });
case_of("the intermediate is disallowed", { %ALL, disallowed => [$middle] }, 'CRITICAL', { 'intermediates.disallowed' => 'CRITICAL' }, qr/Middle is disallowed/);
case_of("the issuing CA is disallowed, another is not", { %ALL, ca => [$middle, $issuing, $second], disallowed => [$issuing] }, 'WARNING', { 'intermediates.chains' => 'OK', 'intermediates.member-refused' => 'WARNING' }, qr/Issuing 1 .* is refused here.*disallowed=1/);
case_of("the root is disallowed", { %ALL, disallowed => [$root] }, 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL', 'intermediates.disallowed' => undef });
case_of('a damaged entry of that name is', { %ALL, disallowed => [{ der => $middle, blob => 'garbage' }] }, 'UNKNOWN', { 'intermediates.disallowed-unreadable' => 'UNKNOWN' });
sub limited { my ($der, @props) = @_; return { der => $der, props => \@props } }
case_of('the root is denied the purpose', changed(root => limited($root, [122, eku(SERVER_AUTH)])), 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL', 'intermediates.restricted' => undef });
case_of('which matters to servers only', changed(root => limited($root, [122, eku(SERVER_AUTH)])), 'OK', { 'intermediates.restricted' => undef }, undef, with => ['--purpose=any']);
case_of('the intermediate is limited to e-mail', changed(ca => limited($middle, [9, eku(EMAIL)]), $issuing), 'CRITICAL', { 'intermediates.restricted' => 'CRITICAL' });
case_of('the root is disabled', changed(root => limited($root, [104, filetime($NOW - $DAY)])), 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL' }, qr/disabled Root on/);
case_of('on a Windows that does not know that', { %{ changed(root => limited($root, [104, filetime($NOW - $DAY)])) }, build => '9600' }, 'OK', { 'intermediates.chains' => 'OK' });
case_of('the root will be disabled in ten days', changed(root => limited($root, [104, filetime($NOW + 10 * $DAY)])), 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' });
case_of('the root is for what was issued before', changed(root => limited($root, [126, filetime($NOW - 2000 * $DAY)])), 'CRITICAL', { 'intermediates.root-unusable' => 'CRITICAL' });
case_of('for code signing only', changed(root => limited($root, [126, filetime($NOW - 2000 * $DAY)], [127, eku(CODE_SIGNING)])), 'OK', { 'intermediates.chains' => 'OK' });
# Windows' list of trusted roots says the same things of a root: the stricter counts, but for what the list lifted.
{
    my $file = save('listed.ini', family_text(%family) . list_anchor());
    my $listed = sub { my ($where, @props) = @_;
        my $about = $where eq 'other' ? $old : $root;
        return { %ALL, update => { EncodedCtl => reg_binary(trust_list(entries => [list_entry($about, @props)], signed => $where eq 'stranger' ? 'stranger' : 'ok')) } } };
    my $UNUSABLE = { 'intermediates.root-unusable' => 'CRITICAL', 'intermediates.chains' => undef };
    my $GOOD = { 'intermediates.root-unusable' => undef, 'intermediates.chains' => 'OK' };
    my $past = filetime($NOW - 20 * $DAY);
    for my $row (
        ['disabled', $listed->('own', [104, $past]), 'CRITICAL', $UNUSABLE], ['denied', $listed->('own', [122, eku(SERVER_AUTH)]), 'CRITICAL', $UNUSABLE],
        ['limited to other purposes', $listed->('own', [9, eku(CODE_SIGNING)]), 'CRITICAL', $UNUSABLE],
        ['for what was issued before', $listed->('own', [126, $past]), 'CRITICAL', $UNUSABLE],
        ['disabled in ten days', $listed->('own', [104, filetime($NOW + 10 * $DAY)]), 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' }],
        ['named', $listed->('own'), 'OK', $GOOD], ['for code, what was issued before', $listed->('own', [126, $past], [127, eku(CODE_SIGNING)]), 'OK', $GOOD],
        ['disabled, of another root', $listed->('other', [104, $past]), 'OK', $GOOD], ['disabled, by somebody else', $listed->('stranger', [104, $past]), 'OK', $GOOD],
        ['disabled, to a Windows that does not know that', { %{ $listed->('own', [104, $past]) }, build => '9600' }, 'OK', $GOOD],
        ['lifted there', { %{ $listed->('own', [104, '']) }, root => [limited($root, [104, $past])] }, 'OK', $GOOD],
        ['not lifted there', { %{ $listed->('own') }, root => [limited($root, [104, $past])] }, 'CRITICAL', $UNUSABLE],
        ['no date', $listed->('own', [104, 'xyz']), 'UNKNOWN', { 'intermediates.restriction-unreadable' => 'UNKNOWN' }]) {
        my ($name, $stores, @expected) = @$row;
        my @command = ([$NAME, "--at=$AT", "--profile=$file", '-R', registry($stores)]);
        my $r = verdict("by the list the root is $name", @command, @expected);
        my $fixes = join "\n", map { $_->{remedy} // '' } @{ $r->{json}{findings} };
        like($fixes, qr/none on this server/, "... what to do: $name") if $expected[1] == $UNUSABLE;
        unlike($fixes, qr/addstore Root|Enable all/, "... and nothing that does not mend it") if $expected[1] == $UNUSABLE;
    }
    verdict('denied by the list, but not for this purpose', [$NAME, "--at=$AT", "--profile=$file", '-R', registry($listed->('own', [122, eku(SERVER_AUTH)])), '--purpose=any'], 'OK', $GOOD);
}
case_of('a restriction that is no date', changed(root => limited($root, [104, 'xyz'])), 'UNKNOWN', { 'intermediates.restriction-unreadable' => 'UNKNOWN' });
{
    my $told = sub { my ($id, $stores, %more) = @_; my ($f) = finding(run_json(plugin('-R', registry($stores, %more))), $id); return ($f->{text} // '') . "\n" . ($f->{remedy} // '') };
    my $unreadable = sub { return $told->('intermediates.restriction-unreadable', $_[0]) };
    like($unreadable->(changed(root => limited($root, [104, 'xyz']))), qr/-addstore Root/, 'of a root: it goes to Root');
    like($unreadable->(changed(ca => limited($middle, [104, 'xyz']), $issuing)), qr/-addstore CA/, 'of an intermediate: to CA');
    my $TEXT = reg_sz('1');
    for my $case (['whether it is fetched', 'intermediates.policy-unknown', changed(ca => $issuing), chain => { DisableAIAUrlRetrieval => $TEXT }],
                  ['by the other setting', 'intermediates.policy-unknown', changed(ca => $issuing), chain => { Options => $TEXT }],
                  ['a key policy', 'intermediates.key-policy-unknown', \%ALL, own_chain => { MinRsaPubKeyBitLength => $TEXT, WeakEcdsaAllFlags => $TEXT }]) {
        my ($name, $id, @rest) = @$case;
        my $said = $told->($id, @rest);
        like($said, qr/ is not a REG_DWORD.*\n.*as REG_DWORD/, "$name, of a wrong type: what is wrong, and what to do");
        unlike($said, qr/source|export/, "$name, of a wrong type: nothing is missing in the source");
    }
}
case_of('a warning of its life', \%ALL, 'WARNING', { 'intermediates.expiring' => 'WARNING' }, undef, with => ['-w', '1000d:']);
case_of('a critical one', \%ALL, 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' }, undef, with => ['-c', '1000d:']);

# A damaged entry; a forged one.
case_of('the issuing CA is damaged', changed(ca => $middle, { der => $issuing, blob => "\1" }), 'UNKNOWN', { 'intermediates.unreadable' => 'UNKNOWN', 'source.damaged' => 'UNKNOWN' });

# --- What to do about it: what does not mend is not said ---

sub remedies { my ($stores, %more) = @_; my $r = run_json(plugin('-R', registry($stores, %more), @{ $more{with} // [] })); return join "\n", map { $_->{remedy} // '' } @{ $r->{json}{findings} } }
for my $row (['in Disallowed', { %ALL, disallowed => [$root] }, qr/certutil -delstore Disallowed @{[fingerprint($root)]}/], ['by policy', { %ALL, policy_disallowed => [$root] }, qr/a group policy distrusts it/],
             ['by the enterprise', { %ALL, enterprise_disallowed => [$root] }, qr/administrators of the directory/], ['an intermediate', { %ALL, disallowed => [$middle] }, qr/-delstore Disallowed @{[fingerprint($middle)]}/],
             ['an intermediate that is nowhere else', { %{ changed(ca => $issuing) }, disallowed => [$middle] }, qr/-delstore Disallowed/],
             ['disabled', changed(root => limited($root, [104, filetime($NOW - $DAY)])), qr/none on this server/], ['limited', changed(root => limited($root, [9, eku(EMAIL)])), qr/Enable all purposes/]) {
    my ($name, $stores, $wanted) = @$row;
    my $said = remedies($stores);
    like($said, $wanted, "what to do about a certificate that is distrusted or limited: $name");
    unlike($said, qr/addstore|import (?!ing)|MinRsa/, 'and nothing that does not mend it');
}
unlike(remedies(\%ALL, with => ['--certificate=' . bundle('over.pem', cert('Leaf', 'Issuing 1', 'leaf', 'one', dns => 'host.test', days => [-90, -2]))]), qr/import/, 'nothing is imported for a certificate that has expired itself');
unlike(remedies(changed(ca => $middle), with => ['--certificate=' . bundle('strange.pem', cert('X', 'Nobody Knows', 'leaf', 'nobody'))]), qr/^(?:import|fetch) /m, 'an unknown issuer is not just imported');

# --- Certificates where they do not count ---

{
    my %certificate = map { fingerprint($_) => $_ } $root, $middle, $issuing;
    my $lying = sub {
        my ($der, $store, %stores) = @_;
        my $r = machine(%stores);
        $r->{"$store\\Certificates\\" . fingerprint($der)} = { Blob => reg_binary(cert_blob($der, [3, 'x' x 20])) };
        $r->{$CHAIN} = $OFF;
        return save('lying' . ++$files . '.reg', windows_export($r));
    };
    my $user = 'HKEY_USERS\S-1-5-21-1-2-3-1001\Software\Microsoft\SystemCertificates';
    my $service = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\Services\CcmExec\SystemCertificates';
    my $old_view = 'HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\SystemCertificates';
    for my $row (['a root in CA', $root, SYSTEM_CERTIFICATES . '\CA', qr/lies in LocalMachine\W.*CA/], ['a root in TrustedPeople', $root, SYSTEM_CERTIFICATES . '\TrustedPeople', qr/TrustedPeople/],
                 ["a root in a user's store", $root, "$user\\Root", qr/lies in the user store Root/], ["a root in a service's store", $root, "$service\\Root", qr/service CcmExec/],
                 ['a root in the 32-bit view', $root, "$old_view\\ROOT", qr/WOW6432Node/]) {
        my ($name, $der, $store, $wanted) = @$row;
        my $r = verdict($name, plugin('-R', $lying->($der, $store, ca => [$middle, $issuing, $second], policy => { DisableRootAutoUpdate => reg_dword(1) })), 'CRITICAL', { 'intermediates.root-missing' => 'CRITICAL' }, $wanted);
        unlike($r->{plain}{out}, qr/not found in (?:[^;]*, )?CA\b/, 'is not said to be in no CA');
    }
    for my $row (['a cross-certificate in TrustedPublisher', $middle, SYSTEM_CERTIFICATES . '\TrustedPublisher', [$issuing], qr/missing from CA; it lies in LocalMachine\W.*TrustedPublisher, where no chain/],
                 ['in AddressBook', $middle, SYSTEM_CERTIFICATES . '\AddressBook', [$issuing], qr/AddressBook/], ["in a user's CA", $middle, "$user\\CA", [$issuing], qr/user store CA/],
                 ["an issuing CA in a service's CA", $issuing, "$service\\CA", [$middle], qr/in a store where Windows looks for it; Issuing 1 lies in the store CA of the service CcmExec/],
                 ['an issuing CA in TrustedPeople', $issuing, SYSTEM_CERTIFICATES . '\TrustedPeople', [$middle], qr/TrustedPeople/]) {
        my ($name, $der, $store, $ca, $wanted) = @$row;
        verdict($name, plugin('-R', $lying->($der, $store, root => [$root], ca => $ca)), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, $wanted);
    }
}

# --- Levels, --require ---

sub recommended_case { my ($name, $stores, $state, $findings, %more) = @_; return verdict($name, [$NAME, "--at=$AT", "--profile=$recommended", '-R', registry($stores, %more), @{ $more{with} // [] }], $state, $findings) }
recommended_case('a recommended family that Windows may fetch', changed(ca => $issuing), 'OK', { 'intermediates.recommended' => 'OK', 'intermediates.none-required' => 'OK' });
recommended_case('and one that it may not', changed(ca => $issuing), 'OK', { 'intermediates.recommended' => 'OK', 'intermediates.members-missing' => undef }, chain => $OFF);
recommended_case('one whose root cannot be used', { %ALL, disallowed => [$root] }, 'OK', { 'intermediates.recommended' => 'OK' });
recommended_case('one that something spoils', { %ALL, disallowed => [$middle] }, 'WARNING', { 'intermediates.recommended' => 'WARNING' });
recommended_case('required by name', changed(ca => $issuing), 'OK', { 'intermediates.by-aia' => 'OK' }, with => ['--require=test']);
recommended_case('required by name, and not fetched', changed(ca => $issuing), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, with => ['--require=test'], chain => $OFF);
recommended_case('one member required', changed(ca => $middle, $issuing), 'WARNING', { 'intermediates.missing' => 'WARNING' }, with => ['--require=issuing-2']);
recommended_case('one that is nowhere but in Disallowed', { %ALL, disallowed => [$second] }, 'CRITICAL', { 'intermediates.disallowed' => 'CRITICAL', 'intermediates.missing' => undef }, with => ['--require=issuing-2']);
recommended_case('that is there', changed(ca => $middle, $second), 'OK', { 'intermediates.chains' => 'OK' }, with => ['--require=' . fingerprint($second)]);
recommended_case('by its SHA-256', changed(ca => $middle, $second), 'OK', { 'intermediates.chains' => 'OK' }, with => ['--require=' . der_sha256($second)]);
recommended_case('one that nobody knows', changed(ca => $middle, $second), 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' }, with => ['--require=' . ('AB' x 20)], chain => $OFF);
{
    my $over = save('over.ini', family_text(any => { old => $old }, root => $root) =~ s/(\[ca old\]\n)/$1not_after = 2026-11-13\n/r);
    verdict('a family that has expired is not demanded', [$NAME, "--at=$AT", "--profile=$over", '-R', registry(\%ALL)], 'OK', { 'intermediates.over' => 'OK', 'intermediates.missing' => undef });
}
# The last one of a family in the stores ends, or has ended, and another one is in none.
{
    my ($soon, $sooner, $ended, $short) = map { cert('Issuing 3', 'Middle', 'three', 'middle', ca => 1, pathlen => 0, days => [-300, $_], %AIA) } 30, 10, -3, 900;
    my $brief = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 10]);
    my $never = { ca => [$middle, $soon], sync => undef };
    for my $row (['in a month', $soon, {}, 'OK', { 'intermediates.expiring' => 'OK', 'intermediates.chains' => 'OK' }], ['in ten days', $sooner, {}, 'OK', { 'intermediates.expiring' => 'OK' }],
                 ['in a month, and nothing is fetched', $soon, {}, 'WARNING', { 'intermediates.expiring' => 'WARNING' }, chain => $OFF], ['in ten days, and nothing is fetched', $sooner, {}, 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' }, chain => $OFF],
                 ['in ten days, and no list came', $sooner, { sync => undef }, 'WARNING', { 'intermediates.expiring' => 'WARNING' }], ['in a month, the other one is distrusted', $soon, { disallowed => [$second] }, 'WARNING', { 'intermediates.expiring' => 'WARNING' }],
                 ['the cross-certificate ends first', $short, { ca => [$brief, $short] }, 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' }],
                 ['three days ago', $ended, {}, 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.expired' => 'OK', 'intermediates.missing' => undef }],
                 ['three days ago, and no list came', $ended, { sync => undef }, 'WARNING', { 'intermediates.by-aia' => 'WARNING', 'intermediates.expired' => 'OK' }],
                 ['three days ago, and nothing is fetched', $ended, {}, 'CRITICAL', { 'intermediates.missing' => undef, 'intermediates.expired' => 'CRITICAL' }, chain => $OFF],
                 ['three days ago, the other one is distrusted', $ended, { disallowed => [$second] }, 'CRITICAL', { 'intermediates.expired' => 'CRITICAL', 'intermediates.by-aia' => undef }]) {
        my ($name, $der, $stores, $state, $findings, %more) = @$row;
        my $file = save('ends.ini', family_text(any => { 'issuing-2' => $second, 'issuing-3' => $der }, via => { middle => ($stores->{ca} // [$middle])->[0] }, root => $root));
        verdict("it ends $name", [$NAME, "--at=$AT", "--profile=$file", '-R', registry({ %ALL, ca => [$middle, $der], %$stores }, %more)], $state, $findings);
    }
}
{
    my $twin = save('twin.ini', family_text(%family) =~ s/(\[ca issuing-1\]\nsha1 = \w+\nsha256 = )\w+/$1 . 'AB' x 32/er);
    verdict('a twin of the thumbprint', [$NAME, "--at=$AT", "--profile=$twin", '-R', registry(\%ALL)], 'CRITICAL', { 'intermediates.forged' => 'CRITICAL' });
}

# --- What the source does not hold ---

{
    my $r = machine(%ALL, ca => [$issuing]);
    my $partial = save('partial.reg', windows_export(only_keys($r, SYSTEM_CERTIFICATES . '\ROOT', SYSTEM_CERTIFICATES . '\CA')));
    verdict('stores that are not in the source', plugin('-R', $partial), 'UNKNOWN', { 'source.not-covered' => 'UNKNOWN', 'intermediates.missing' => undef });
    # What could distrust a certificate, or forbid to fetch one, has to be in the source before anything is OK; the enterprise's stores are a remark.
    my @whole = (SYSTEM_CERTIFICATES, POLICY_CERTIFICATES, $OID);
    my $enough = save('enough.reg', windows_export(only_keys(machine(%ALL), @whole)));
    verdict('the three exports are enough for OK', plugin('-R', $enough), 'OK', { 'intermediates.chains' => 'OK', 'intermediates.disallowed-not-covered' => 'OK' });
    my $blind = save('blind.reg', windows_export(only_keys(machine(%ALL), SYSTEM_CERTIFICATES)));
    verdict('without the policies a distrust would not be seen', plugin('-R', $blind), 'UNKNOWN', { 'intermediates.chains' => 'OK', 'intermediates.disallowed-not-covered' => 'UNKNOWN' });
}
case_of('a policy on key lengths does not touch other keys', { %ALL, min_rsa => 4096 }, 'OK', { 'intermediates.key-too-short' => undef });

# --- --certificate ---

my $leaf_file = bundle('leaf.pem', $leaf);
sub leaf_case { my ($name, $stores, $state, $findings, $line, %more) = @_; return case_of($name, $stores, $state, $findings, $line, %more, with => ["--certificate=$leaf_file", @{ $more{with} // [] }]) }
leaf_case('a leaf whose path is there', \%ALL, 'OK', { 'intermediates.chains' => 'OK', 'intermediates.inference' => undef }, qr/Leaf chains to Root via Issuing 1, Middle, until 2027-02-11/);
leaf_case('a leaf whose issuer is missing', changed(ca => $middle), 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' },
    qr/leaf\.pem: no path to a trusted root; issuer 'Issuing 1' \(key id @{[uc unpack 'H*', key_id('one')]}\) not found in CA, ROOT, AuthRoot/);
leaf_case('one whose next link is missing', changed(ca => $issuing), 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' }, qr/issuer 'Middle'/);
leaf_case('a leaf that is disallowed itself', { %ALL, disallowed => [$leaf] }, 'CRITICAL', { 'intermediates.disallowed' => 'CRITICAL' }, qr/Leaf is disallowed/);
{
    my $whole = bundle('whole.pem', $leaf, $issuing, $middle, $root);
    case_of('what the file brings along does not count', changed(ca => $middle), 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' }, undef, with => ["--certificate=$whole"]);
    my $backwards = bundle('backwards.pem', $root, $middle, $issuing, $leaf);
    case_of('its end is found in any order', \%ALL, 'OK', {}, qr/Leaf chains/, with => ["--certificate=$backwards"]);
    my $der = save('leaf.der', $leaf);
    case_of('DER', \%ALL, 'OK', {}, qr/Leaf chains/, with => ["--certificate=$der"]);
    my $other_key = cert('Issuing 1', 'Middle', 'other', 'middle', ca => 1, ids => 0);
    case_of('a namesake with another key', changed(ca => $middle, $other_key), 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' }, qr/\(1 of that name with another key\)/, with => ["--certificate=$leaf_file"]);
    my $expired = bundle('expired.pem', cert('Leaf', 'Issuing 1', 'leaf', 'one', dns => 'host.test', days => [-90, -2]));
    case_of('an expired leaf', \%ALL, 'CRITICAL', { 'intermediates.expired' => 'CRITICAL' }, qr/Leaf expired on 2026-11-21/, with => ["--certificate=$expired"]);
    my $signing = bundle('signing.pem', cert('Signer', 'Issuing 1', 'leaf', 'one', eku => [CODE_SIGNING]));
    case_of('code signing', \%ALL, 'OK', { 'intermediates.chains' => 'OK' }, undef, with => ["--certificate=$signing", '--purpose=codesigning']);
    case_of('is no server authentication', \%ALL, 'CRITICAL', { 'intermediates.purpose' => 'CRITICAL' }, undef, with => ["--certificate=$signing"]);
}
leaf_case('a path with an RSA key too short', { root => [certificate(cn => 'Short', serial => 9, key => 'rsa')], ca => [], min_rsa => 4096 }, 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' });
{
    my $rsa = certificate(cn => 'Short', serial => 9, key => 'rsa');
    case_of('an RSA key shorter than the policy demands', { root => [$rsa], min_rsa => 4096 }, 'CRITICAL', { 'intermediates.key-too-short' => 'CRITICAL' }, qr/RSA key of 2048 bits is refused/,
        with => ['--certificate=' . bundle('short.pem', $rsa), '--purpose=any']);
}

{
    my $rsa = certificate(cn => 'Short', serial => 9, key => 'rsa');
    my @own = ('--certificate=' . bundle('short2.pem', $rsa), '--purpose=any');
    case_of('a length of all ones switches the policy off', { root => [$rsa], min_rsa => 0xFFFFFFFF }, 'OK', { 'intermediates.key-too-short' => undef }, undef, with => \@own);
    case_of('roots may be exempt', { root => [$rsa] }, 'OK', { 'intermediates.key-too-short' => undef }, undef, with => \@own,
        own_chain => { MinRsaPubKeyBitLength => reg_dword(4096), EnableWeakSignatureFlags => reg_dword(2) });
    case_of('and 3072 bits of all that is in force refuse it', { root => [$rsa] }, 'CRITICAL', { 'intermediates.key-too-short' => 'CRITICAL' }, undef, with => \@own,
        own_chain => { WeakRsaAllMinBitLength => reg_dword(3072), WeakRsaAllFlags => reg_dword(0x80100000) });
}

# --- Strength ---

{
    my %weak = ('intermediates.weak' => 'WARNING', 'intermediates.chains' => undef);
    my %fine = ('intermediates.weak' => undef, 'intermediates.strength-unknown' => undef, 'intermediates.legacy-anchor' => undef, 'intermediates.chains' => 'OK');
    my $sha1 = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 1100], digest => 'sha1');
    my $sha1_root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000], digest => 'sha1');
    my $old_root = cert('Old Root', 'Old Root', 'rsa1024old', 'rsa1024old', ca => 1, days => [-1000, 4000], digest => 'sha1');
    my $old_middle = cert('Old Middle', 'Old Root', 'p224old', 'rsa1024old', ca => 1, digest => 'sha1');
    case_of('an intermediate signed with SHA-1', changed(ca => $sha1, $issuing), 'WARNING', \%weak, qr/Issuing 1 chains to Root via Middle, until \S+, but it is weak: Middle is signed with SHA-1/);
    case_of('beside a twin that is not weak it is none, though it lives longer', changed(ca => $sha1, $middle, $issuing), 'OK', \%fine);
    case_of('in whatever order', changed(ca => $issuing, $middle, $sha1), 'OK', \%fine);
    case_of("a root's signature over itself is not judged", { %ALL, root => [$sha1_root] }, 'OK', \%fine);
    case_of('what merely lies in a store is no matter', { root => [$root, $old_root], ca => [$middle, $issuing, $old_middle] }, 'OK', \%fine);
    case_of('of what is recommended it is a remark', changed(ca => $sha1, $issuing), 'OK', { 'intermediates.weak' => 'OK', 'intermediates.chains' => 'OK' }, undef, with => ["--profile=$recommended"]);

    my $legacy = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000], unconstrained => 1);
    case_of('a root without basicConstraints', { %ALL, root => [$legacy] }, 'WARNING', { 'intermediates.legacy-anchor' => 'WARNING', 'intermediates.chains' => undef, 'intermediates.weak' => undef }, qr/but Root has no basicConstraints/);
    case_of('one that says it is no CA is none', { %ALL, root => [cert('Root', 'Root', 'root', 'root', days => [-1000, 4000])] }, 'CRITICAL', { 'intermediates.legacy-anchor' => undef });
    case_of('an intermediate without them is none', changed(ca => $issuing, cert('Middle', 'Root', 'middle', 'root', ca => 1, unconstrained => 1)), 'CRITICAL', { 'intermediates.legacy-anchor' => undef });

    my %refused = ('intermediates.invalid' => 'CRITICAL', 'intermediates.weak' => undef);
    my %untold = ('intermediates.strength-unknown' => 'UNKNOWN', 'intermediates.chains' => undef);
    my $number = 0;
    for ([rsa2048 => 'OK', \%fine], [p384 => 'OK', \%fine], [p256 => 'OK', \%fine],
         [rsa1024 => 'WARNING', \%weak, qr/Leaf has an RSA key of 1024 bits/], [rsa2047 => 'WARNING', \%weak], [p224 => 'WARNING', \%weak, qr/Leaf has an EC key of 224 bits/],
         [rsa1023 => 'CRITICAL', \%refused], [rsa512 => 'CRITICAL', \%refused], [p192 => 'CRITICAL', \%refused, qr/an EC key of 192 bits, which proves nothing/],
         [ed25519 => 'UNKNOWN', \%untold, qr/how strong it is could not be told: Leaf has a key of another kind than RSA and EC/]) {
        my ($key, $state, $findings, $line) = @$_;
        my $file = bundle('strength' . ++$number . '.pem', cert('Leaf', 'Issuing 1', $key, 'one', dns => 'host.test'));
        case_of("a certificate with a key $key", \%ALL, $state, $findings, $line, with => ["--certificate=$file"]);
    }
    for ([rsa2048 => sha256 => 'OK', \%fine], [rsa2048 => sha1 => 'WARNING', \%weak, qr/Leaf is signed with SHA-1/], [rsa2048 => md5 => 'CRITICAL', \%refused],
         [rsa1024 => sha1 => 'WARNING', \%weak, qr/Leaf is signed with SHA-1; and 1 more/], [rsa1024 => sha256 => 'WARNING', \%weak, qr/RSA CA has an RSA key of 1024 bits/],
         [rsa512 => sha256 => 'CRITICAL', \%refused]) {
        my ($key, $digest, $state, $findings, $line) = @$_;
        my $ca = cert('RSA CA', 'Root', $key, 'root', ca => 1);
        my $file = bundle('strength' . ++$number . '.pem', cert('Leaf', 'RSA CA', 'leaf', $key, dns => 'host.test', digest => $digest));
        case_of("a certificate signed by a key $key with $digest", changed(ca => $ca), $state, $findings, $line, with => ["--certificate=$file"]);
    }
}

# --- Bundles ---

my $roots = bundle('roots.pem', $root);
my $cas = bundle('cas.pem', $middle, $issuing);
sub bundled { return plugin("--roots=$roots", "--intermediates=$cas", "--certificate=$leaf_file", @_) }
verdict('bundles instead of a registry', bundled(), 'OK', { 'intermediates.chains' => 'OK' });
verdict('the family from bundles', plugin("--roots=$roots", "--intermediates=$cas"), 'OK', { 'intermediates.chains' => 'OK' }, qr/Issuing 1 chains/);
verdict('a registry beside them is wrong use', plugin('-R', registry(\%ALL), "--roots=$roots"), 'UNKNOWN', {}, qr/one or the other/);
SKIP: {
    skip 'where no source is named these plugins read the live registry', 1 if $ENV{SCP_LIVE};
    verdict('nothing at all is, too', plugin(), 'UNKNOWN', {}, qr/no registry/);
}
{
    my $garbage = save('garbage.pem', "# some text\n\0\xFF\n" . pem($middle) . "-----BEGIN CERTIFICATE-----\nno base64!\n-----END CERTIFICATE-----\nmore\n" . pem($issuing)
        . "-----BEGIN CERTIFICATE-----\n" . encode_base64("\x30\x03\x02\x01\x05") . "-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    verdict('garbage between the blocks', plugin("--roots=$roots", "--intermediates=$garbage", "--certificate=$leaf_file"), 'WARNING',
        { 'intermediates.file-damaged' => 'WARNING', 'intermediates.chains' => 'OK' });
    my $p7 = save('cas.p7b', openssl(undef, 'crl2pkcs7', '-nocrl', '-certfile', $cas, '-outform', 'DER'));
    verdict('PKCS#7', plugin("--roots=$roots", "--intermediates=$p7", "--certificate=$leaf_file"), 'OK', { 'intermediates.chains' => 'OK' });
    my $p7pem = save('cas7.pem', "-----BEGIN CERTIFICATE-----\n" . encode_base64(slurp($p7)) . "-----END CERTIFICATE-----\n");
    verdict('PKCS#7 that says CERTIFICATE', plugin("--roots=$roots", "--intermediates=$p7pem", "--certificate=$leaf_file"), 'OK', { 'intermediates.chains' => 'OK' });
    my $sst = save('cas.sst', sst_bytes(map { cert_blob($_, [3, 'x' x 20]) } $middle, $issuing));
    verdict('a serialized store', plugin("--roots=$roots", "--intermediates=$sst", "--certificate=$leaf_file"), 'OK', { 'intermediates.chains' => 'OK' });
    my $wide = save('wide.pem', "\xFF\xFE" . Encode::encode('UTF-16LE', pem($middle, $issuing)));
    verdict('PEM in UTF-16', plugin("--roots=$roots", "--intermediates=$wide", "--certificate=$leaf_file"), 'OK', { 'intermediates.chains' => 'OK' });
    verdict('twice the same', plugin("--roots=$roots", '--intermediates=' . bundle('twice.pem', $middle, $issuing, $middle, $issuing), "--certificate=$leaf_file"), 'OK', {}, qr/paths=1/);
    for my $bad (['an empty file', ''], ['text', "hello\n"], ['a key only', "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"], ['a cut block', "-----BEGIN CERTIFICATE-----\nMIIB\n"],
                 ['a registry', windows_export(machine())], ['noise', join '', map { chr(($_ * 73) & 0xFF) } 1 .. 5000]) {
        my $file = save('bad' . ++$files, $bad->[1]);
        verdict("$bad->[0] is no bundle", plugin("--roots=$file", "--certificate=$leaf_file"), 'UNKNOWN', {}, qr/\Q$file\E/);
        verdict("$bad->[0] is no certificate", plugin("--roots=$roots", "--certificate=$file"), 'UNKNOWN', {}, qr/\Q$file\E/);
    }
    verdict('which is a finding', plugin("--roots=$roots", '--certificate=/nonexistent/x.pem'), 'UNKNOWN', { 'intermediates.file-unusable' => 'UNKNOWN' });
    verdict('no such file', plugin("--roots=$roots", '--certificate=/nonexistent/x.pem'), 'UNKNOWN', {}, qr{/nonexistent/x\.pem: No such file});
}

# --- Odd certificates ---

{
    my $self = cert('Self', 'Self', 'self', 'self', ca => 1);
    my @odd = (
        ['a leaf that issued itself', cert('Self', 'Self', 'self', 'self'), 'CRITICAL', qr/self-signed/],
        ['a serial of 20 bytes', cert('Leaf', 'Issuing 1', 'leaf', 'one', serial => "\x7F" . "\xFF" x 19), 'OK'],
        ['a serial of 300 bytes', cert('Leaf', 'Issuing 1', 'leaf', 'one', serial => "\x7F" . "\xFF" x 299), 'OK'],
        ['a negative serial', cert('Leaf', 'Issuing 1', 'leaf', 'one', serial => "\x80\1"), 'OK'],
        ['a wrong signature', cert('Leaf', 'Issuing 1', 'leaf', 'one', cut => 1), 'CRITICAL', qr/issuer 'Issuing 1'.*not found/],
        ['an unknown critical extension', cert('Leaf', 'Issuing 1', 'leaf', 'one', critical => 1), 'CRITICAL', qr/critical extension/],
        ['a name of control characters', cert("Le\e[31maf\n|`x", 'Issuing 1', 'leaf', 'one'), 'OK', qr/Le\\x1b\[31maf/],
        ['an empty name', cert('', 'Issuing 1', 'leaf', 'one', dns => 'host.test'), 'OK'],
        ['a name that is no UTF-8', cert('Leaf', "\xFF\xFE", 'leaf', 'one'), 'UNKNOWN', qr/odd\.pem: OpenSSL cannot decode/],
        ['an issuer of markup', cert('Leaf', '<b>|x</b>', 'leaf', 'one'), 'CRITICAL', qr/\\x3cb\\x3e\\x7cx/],
    );
    for my $row (@odd) {
        my ($name, $der, $state, $line) = @$row;
        verdict($name, plugin("--roots=$roots", '--intermediates=' . bundle('odd-cas.pem', $middle, $issuing, $self), '--certificate=' . bundle('odd.pem', $der)), $state, {}, $line);
    }
    my $unsupported = $leaf;
    $unsupported =~ s/\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02/\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x7E/g;
    verdict('a signature algorithm that nobody knows', plugin("--roots=$roots", "--intermediates=$cas", '--certificate=' . bundle('unsupported.pem', $unsupported)), 'UNKNOWN',
        { 'intermediates.unreadable' => 'UNKNOWN' });
    my $cut = save('cut.der', substr $leaf, 0, 200);
    verdict('a cut certificate', plugin("--roots=$roots", "--certificate=$cut"), 'UNKNOWN', {}, qr/cut\.der/);
}

# --- --name ---

{
    my $named = sub { my ($name, %o) = @_; return bundle('named' . ++$files . '.pem', cert($name, 'Issuing 1', 'leaf', 'one', %o)) };
    my ($dns, $wild, $address, $common) = ($named->('Leaf', dns => 'host.test'), $named->('Leaf', dns => '*.wild.test'), $named->('Leaf', dns => '192.0.2.1'), $named->('host.test'));
    for my $row ([$dns, 'host.test', 1], [$dns, 'HOST.Test.', 1], [$dns, 'other.test', 0], [$dns, 'Leaf', 0], [$dns, 'sub.host.test', 0], [$wild, 'a.wild.test', 1], [$wild, 'a.b.wild.test', 0],
        [$wild, 'wild.test', 0], [$address, '192.0.2.1', 1], [$address, '192.0.2.2', 0], [$address, '2001:db8::1', 0], [$common, 'host.test', 1], [$common, 'other.test', 0]) {
        my ($file, $host, $fits) = @$row;
        verdict("$host of " . (split '/', $file)[-1], plugin("--roots=$roots", "--intermediates=$cas", "--certificate=$file", "--name=$host"), $fits ? 'OK' : 'CRITICAL',
            { 'intermediates.name-mismatch' => $fits ? undef : 'CRITICAL', 'intermediates.chains' => 'OK' }, $fits ? undef : qr/is for another host \([^)]+\) than \Q$host\E/);
        (my $asked = $host) =~ s/\.\z//;
        my $says = openssl(slurp($file), 'x509', '-noout', $host =~ /\A[\d.]+\z|:/ ? '-checkip' : '-checkhost', $asked);
        is($says =~ /does match/ ? 1 : 0, $fits, 'as openssl x509 says');
    }
    my @stricter = (['an address that is written as a name', $named->('Leaf', dns => '192.0.2.1', textual => 1), '192.0.2.1'], ["a name's wildcard and an address", $named->('Leaf', dns => '*.0.2.1'), '192.0.2.1'],
        ['an address as the common name', $named->('192.0.2.1'), '192.0.2.1']);
    verdict($_->[0], plugin("--roots=$roots", "--intermediates=$cas", "--certificate=$_->[1]", "--name=$_->[2]"), 'CRITICAL', { 'intermediates.name-mismatch' => 'CRITICAL' }) for @stricter;
    verdict("$_ is no host", plugin("--roots=$roots", "--intermediates=$cas", "--certificate=$dns", "--name=$_"), 'UNKNOWN', {}, qr/--name/) for '.test', '*.test', 'host.test:443', 'a b', '', 'host.test..', 'host..test', '010.1.2.3', '1.2.3', '256.1.2.3', '1.2.3.4.5';
    verdict('a name of nothing', plugin("--roots=$roots", '--name=host.test'), 'UNKNOWN', {}, qr/--certificate or --connect/);
}

# --- JSON ---

{
    my $r = run_json([@{ bundled() }, '-v']);
    my ($path) = @{ $r->{json}{facts}{paths} };
    is_deeply($path->{certificates}, [map { fingerprint($_) } $leaf, $issuing, $middle, $root], 'facts.paths: the certificates from end to root');
    ok($path->{ok} && !defined $path->{error} && $path->{not_after} eq '2027-02-11T12:00:00Z' && $path->{target} eq 'leaf.pem', 'ok, error, not_after, target');
    $r = run_json([@{ plugin("--roots=$roots", "--certificate=$leaf_file") }, '-v']);
    ok(!$r->{json}{facts}{paths}[0]{ok} && $r->{json}{facts}{paths}[0]{error} eq 'no-issuer', 'a path that is none');
    is($r->{json}{source}{kind}, 'none', 'without a registry there is no source');
}

# --- Every path, against openssl ---

my @MATRIX = (
    ['two ways, one expired', [$root], [$middle, $expired_middle, $issuing]],
    ['two ways, both expired', [$root], [$expired_middle, $issuing]],
    ['a loop', [$root], [cert('Middle', 'Loop', 'middle', 'loop', ca => 1), cert('Loop', 'Middle', 'loop', 'middle', ca => 1), $issuing]],
    ['a loop beside a way', [$root], [cert('Middle', 'Loop', 'middle', 'loop', ca => 1), cert('Loop', 'Middle', 'loop', 'middle', ca => 1), $middle, $issuing]],
    ['by another root', [cert('Other', 'Other', 'other', 'other', ca => 1)], [cert('Middle', 'Other', 'middle', 'other', ca => 1), $middle, $issuing]],
    ['a longer way', [$root], [cert('Middle', 'Long', 'middle', 'long', ca => 1), cert('Long', 'Root', 'long', 'root', ca => 1), $issuing]],
    ['a way too long', [$root], [cert('Middle', 'Long', 'middle', 'long', ca => 1), cert('Long', 'Root', 'long', 'root', ca => 1, pathlen => 0), $issuing]],
    ['wrong purpose beside a right one', [$root], [$client_middle, $middle, $issuing]],
    ['wrong purpose', [$root], [$client_middle, $issuing]],
    ['no CA', [$root], [cert('Middle', 'Root', 'middle', 'root', ids => 1), $issuing]],
    ['no right to sign', [$root], [cert('Middle', 'Root', 'middle', 'root', ca => 1, usage => "\x07\x80"), $issuing]],
    ['excluded names', [$root], [cert('Middle', 'Root', 'middle', 'root', ca => 1, excluded => 'test'), $issuing]],
    ['excluded names beside none', [$root], [cert('Middle', 'Root', 'middle', 'root', ca => 1, excluded => 'test'), $middle, $issuing]],
    ['an expired root, renewed', [$root, cert('Root', 'Root', 'root', 'root', ca => 1, days => [-3000, -30])], [$middle, $issuing]],
    ['only the expired root', [cert('Root', 'Root', 'root', 'root', ca => 1, days => [-3000, -30])], [$middle, $issuing]],
    ['a root of another key', [cert('Root', 'Root', 'other', 'other', ca => 1, ids => 0)], [$middle, $issuing]],
    ['a broken signature', [$root], [cert('Middle', 'Root', 'middle', 'root', ca => 1, cut => 1), $issuing]],
    ['a broken signature beside a good one', [$root], [cert('Middle', 'Root', 'middle', 'root', ca => 1, cut => 1, days => [-300, 2000]), $middle, $issuing]],
    ['a self-signed twin', [$root], [$self_signed, $middle, $issuing]],
    ['only the self-signed twin', [$root], [$self_signed, $issuing]],
    ['the first link missing', [$root], [$middle]],
    ['the second', [$root], [$issuing]],
    ['the root', [], [$middle, $issuing]],
);

# Every sequence of certificates, each named as the issuer of the one before (openssl decides the rest).
sub some_path_verifies
{
    my ($roots, $between, @path) = @_;
    for my $root (@$roots) {
        return 1 if openssl_verifies($root, \@path, $leaf);
    }
    my $last = $path[-1] // $leaf;
    my ($wanted) = $last =~ /\x06\x03\x55\x04\x03\x0C.([^\x30]+)\x30/s;
    for my $next (@$between) {
        next if grep { $_ eq $next } @path;
        my @names = $next =~ /\x06\x03\x55\x04\x03\x0C(.)/sg;
        my ($subject) = (map { $_ } $next =~ /\x06\x03\x55\x04\x03\x0C.([^\x30]+?)\x30/sg)[1];
        next if !defined $subject || index($subject, $wanted) != 0;
        return 1 if some_path_verifies($roots, $between, @path, $next);
    }
    return 0;
}
for my $row (@MATRIX) {
    my ($name, $anchors, $between) = @$row;
    my $wanted = some_path_verifies($anchors, $between);
    my @anchors = @$anchors ? @$anchors : cert('Unrelated', 'Unrelated', 'unrelated', 'unrelated', ca => 1);
    my $r = run([$NAME, "--at=$AT", "--profile=$profile", '--roots=' . bundle('m-roots.pem', @anchors), '--intermediates=' . bundle('m-cas.pem', @$between), "--certificate=$leaf_file", '-o', 'plugin']);
    is(state_name($r->{code}), $wanted ? 'OK' : 'CRITICAL', "$name: " . ($wanted ? 'openssl verifies some path' : 'openssl verifies no path')) or diag($r->{out});
}

# --- The real certificates of 2026 ---

SKIP: {
    my $folder = shared_file('certs') or skip 'no shared test data', 1;
    my %real = (g2 => 'DF3C24F9BFD666761B268073FE06D1CC8D4F82A4', ms2017 => '73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74', cross => 'B5EE89E77326AB2BF1775BD99C19A28947FF8184',
        ocsp02 => 'F8A408B8FBEEA077B75738658641BE77154720EB', ocsp04 => 'DA6D0400641B45AECC595D24E5037AA6BC09C358', self => '21734D95A2473BE25CBFD12A84C6FBC5BC8E2414',
        xsign07 => '3382517058A0C20228D598EE7501B61256A76442', direct07 => '0E5F41B697DAADD808BF55AD080350A2A5DFCA93', direct03 => '37461AACFA5970F7F2D2BAC5A659B53B72541C68',
        tls01 => '2F2877C5D778C31E0F29C7E371DF5471BD673173',
        leaf04 => '08636F879638B7D5CFDA6B800A7298FB6301E777', leaf07 => 'C77CF11F2B690EFF61AF66BD35688489E093852B', leaf03 => '2EBD32BF345287C951C34B8BA025153CE86C8505',
        leaf01 => 'A5EC341FABB36971548869BA64CCE29B32B665CD');
    my $path = sub { return "$folder/$real{$_[0]}.pem" };
    my $join = sub { my ($name, @which) = @_; return save("$name.pem", join '', map { slurp($path->($_)) } @which) };
    my $at = sub { my ($when, @rest) = @_; return [$NAME, "--at=$when", '-w', '0:', '-c', '0:', @rest] };
    my $g2 = $join->('g2', 'g2');
    verdict('2026: the family chains with the cross-certificate', $at->('2026-11-23', "--roots=$g2", '--intermediates=' . $join->('c1', 'ocsp02', 'cross')), 'OK', { 'intermediates.chains' => 'OK' });
    verdict('2026: and not without, which is named', $at->('2026-11-23', "--roots=$g2", '--intermediates=' . $join->('c2', 'ocsp02')), 'WARNING', { 'intermediates.missing' => 'WARNING' },
        qr/cross-certificate Microsoft TLS RSA Root G2 \($real{cross}\) missing from CA/);
    verdict('2026: a self-signed one in its place does not help', $at->('2026-11-23', "--roots=$g2", '--intermediates=' . $join->('c3', 'ocsp02', 'self')), 'WARNING', { 'intermediates.missing' => 'WARNING' });
    for my $row (['xsign07', '2026-08-24', 'OK'], ['xsign07', '2026-08-26', 'CRITICAL'], ['direct07', '2026-08-24', 'OK'], ['direct07', '2026-08-26', 'OK']) {
        my ($which, $when, $state) = @$row;
        my $anchors = $which eq 'xsign07' ? $g2 : $join->('both', 'g2', 'ms2017');
        verdict("$which at $when", $at->($when, "--roots=$anchors", '--certificate=' . $path->($which)), $state, {},
            $state eq 'OK' ? ($which eq 'xsign07' ? qr/chains to DigiCert Global Root G2/ : qr/chains to Microsoft RSA Root Certificate Authority 2017/) : qr/expired on 2026-08-25/);
    }
    my %leaf = (leaf04 => [['ocsp04', 'cross'], ['g2'], qr/TLS RSA Root G2/], leaf07 => [['xsign07', 'direct07'], ['g2', 'ms2017']], leaf03 => [['direct03'], ['ms2017']], leaf01 => [['tls01'], ['g2']]);
    for my $which (sort keys %leaf) {
        my ($between, $anchors) = @{ $leaf{$which} };
        my $middle_of_life = openssl(slurp($path->($which)), 'x509', '-noout', '-startdate') =~ s/.*=//sr;
        my $start = `date -u -d '$middle_of_life + 5 days' +%s` || 0;
        chomp $start;
        verdict("the real leaf $which within its validity", $at->("\@$start", '--roots=' . $join->('ra', @$anchors), '--intermediates=' . $join->('rb', @$between), '--certificate=' . $path->($which)),
            'OK', { 'intermediates.chains' => 'OK' });
        verdict("and long after", $at->('2029-01-01', '--roots=' . $join->('ra', @$anchors), '--intermediates=' . $join->('rb', @$between), '--certificate=' . $path->($which)), 'CRITICAL',
            { 'intermediates.expired' => 'CRITICAL' });
    }
    verdict('the real leaf of 2026 without the cross-certificate', $at->('2026-06-01', "--roots=$g2", '--intermediates=' . $join->('rc', 'ocsp04'), '--certificate=' . $path->('leaf04')), 'CRITICAL',
        { 'intermediates.no-path' => 'CRITICAL' }, qr/issuer 'Microsoft TLS RSA Root G2' \(key id DE918648/);
    my $healthy = shared_file('registry/healthy.hivexregedit.reg');
    verdict('a registry without current issuing CAs', [$NAME, "--at=$AT", '--max-age=36500d', '-R', $healthy], 'WARNING', { 'intermediates.by-aia' => 'WARNING' });
    my $seedfail = shared_file('registry/seedfail.hivexregedit.reg');
    verdict('the registry of the failure', [$NAME, "--at=$AT", '--max-age=36500d', '-R', $seedfail], 'CRITICAL', { 'intermediates.by-aia' => 'WARNING', 'intermediates.root-missing' => 'CRITICAL' });
}
done_testing();
