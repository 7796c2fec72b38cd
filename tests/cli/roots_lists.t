#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What check_scp_roots makes of the lists that Windows keeps in the registry: good ones, bad ones, and what they say of a root.
use strict;
use warnings;
use FindBin;
use MIME::Base64 qw(encode_base64);
use lib "$FindBin::Bin/../tools";
use Said;
use Scp;
use Test::More;
use TrustList;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root', serial => 1);
my $other = certificate(cn => 'Other Root', serial => 3, key => 'ec');
my $text = profile_text('test-root' => [$root, 'required', 'Test Root']);
my $profile = save('lists.ini', $text . list_anchor());
my $strangers = save('strangers.ini', $text);
my $files = 0;

sub export { return save('case' . ++$files . '.reg', windows_export(machine(@_))) }
sub plugin { return ['check_scp_roots', "--at=$AT", "--profile=$profile", @_] }
sub cached { return (update => { EncodedCtl => reg_binary($_[0]) }) }
sub named { return cached(trust_list(entries => [list_entry($other), list_entry($root, @_)])) }

# Each: name, registry, state, findings, line 1.
my $ON_DEMAND = { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => undef, 'roots.list' => 'OK', 'roots.missing' => undef };
my $UNREAD = { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => 'UNKNOWN', 'roots.list' => undef, 'roots.missing' => undef };
my @without = (entries => [list_entry($other)]);
my @with = (entries => [list_entry($root)]);
my @MISSING = (
    ['named', [named()], 'WARNING', $ON_DEMAND, qr/the list names it/],
    ['named, RSA signer', [cached(trust_list(@with, key => 'rsa'))], 'WARNING', $ON_DEMAND],
    ['not named', [cached(trust_list(@without))], 'CRITICAL', { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef, 'roots.list-unread' => undef }, qr/does not name it/],
    ['not named, no entry at all', [cached(trust_list())], 'CRITICAL', { 'roots.missing' => 'CRITICAL' }],
    ['named, SHA-1', [cached(trust_list(@with, signed => 'weak'))], 'WARNING', $ON_DEMAND],
    ['not named, SHA-1', [cached(trust_list(@without, signed => 'weak'))], 'CRITICAL', { 'roots.missing' => 'CRITICAL', 'roots.list' => 'OK' }],
    (map { ["named, signature $_", [cached(trust_list(@with, signed => $_))], 'WARNING', $UNREAD],
           ["not named, signature $_", [cached(trust_list(@without, signed => $_))], 'WARNING', $UNREAD] } qw(none broken digest usage stranger)),
    ['signer expired since', [cached(trust_list(@with, not_before => $NOW - 300 * $DAY, not_after => $NOW - $DAY))], 'WARNING', $ON_DEMAND],
    ['signer younger than the list', [cached(trust_list(@with, not_before => $NOW - $DAY, not_after => $NOW + $DAY))], 'WARNING', $ON_DEMAND],
    ['signer expired before the list', [cached(trust_list(@with, not_before => $NOW - 300 * $DAY, not_after => $NOW - 9 * $DAY))], 'WARNING', $UNREAD],
    ['a disallowed list in its place', [cached(trust_list(@with, kind => 'disallowed'))], 'WARNING', $UNREAD],
    ['a catalog in its place', [cached(trust_list(@with, kind => 'catalog'))], 'WARNING', $UNREAD],
    ['identifiers of an unknown kind', [cached(trust_list(@without, subject_algorithm => '2.16.840.1.101.3.4.2.1'))], 'WARNING', $UNREAD],
    ['an unknown critical extension',
        [cached(trust_list(@with, extensions => der_tlv(0xA0, der_tlv(0x30, der_tlv(0x30, der_oid('1.2.3.4'), der_tlv(0x01, "\xFF"), der_tlv(0x04, 'x'))))))], 'WARNING', $UNREAD],
    ['an unknown extension',
        [cached(trust_list(@with, extensions => der_tlv(0xA0, der_tlv(0x30, der_tlv(0x30, der_oid('1.2.3.4'), der_tlv(0x04, 'x'))))))], 'WARNING', $ON_DEMAND],
    ['cut', [cached(substr trust_list(@with), 0, 900)], 'WARNING', $UNREAD],
    ['a byte behind it', [cached(trust_list(@with) . "\0")], 'WARNING', $UNREAD],
    ['empty', [cached('')], 'WARNING', $UNREAD],
    ['HTML', [cached('<html><body>no</body></html>')], 'WARNING', $UNREAD],
    ['a damaged entry beside it', [cached(trust_list(entries => [der_tlv(0x30, der_tlv(0x04, 'short')), list_entry($root)]))], 'WARNING', $ON_DEMAND],
    ['a damaged entry, not named', [cached(trust_list(entries => [der_tlv(0x30, der_tlv(0x04, 'short'))]))], 'WARNING',
        { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => 'UNKNOWN' }],
    ['named with another SHA-256', [named([98, 'x' x 32])], 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.list-unread' => 'UNKNOWN' }],
    ['named with its SHA-256', [named([98, pack 'H*', der_sha256($root)])], 'WARNING', $ON_DEMAND],
    ['named, update off', [named(), policy => { DisableRootAutoUpdate => reg_dword(1) }], 'CRITICAL', { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef }],
    # What the list takes away.
    ['disabled there', [named([104, filetime($NOW - $DAY)])], 'CRITICAL', { 'roots.disabled' => 'CRITICAL' }],
    ['disabled there some day', [named([104, filetime($NOW + 9 * $DAY)])], 'WARNING', { 'roots.disabled' => 'WARNING' }],
    ['enabled there again', [named([104, ''])], 'WARNING', { 'roots.disabled' => undef, 'roots.restriction-withdrawn' => 'OK' }],
    ['not for server authentication there', [named([9, eku(CODE_SIGNING)])], 'CRITICAL', { 'roots.purpose' => 'CRITICAL' }],
    ['server authentication denied there', [named([122, eku(SERVER_AUTH)])], 'CRITICAL', { 'roots.purpose' => 'CRITICAL' }],
    ['limited there', [named([126, filetime($NOW - $DAY)])], 'CRITICAL', { 'roots.not-before' => 'CRITICAL' }],
    ['limited there for code', [named([126, filetime($NOW - $DAY)], [127, eku(CODE_SIGNING)])], 'WARNING', { %$ON_DEMAND, 'roots.not-before' => undef }],
    ['a property there that is no time', [named([104, 'xxxxxxx'])], 'WARNING', { 'roots.restriction-unreadable' => 'UNKNOWN' }],
    ['attributes there that are no attributes', [cached(trust_list(entries => [der_tlv(0x30, der_tlv(0x04, pack 'H*', fingerprint($root)), der_tlv(0x31, 'xx'))]))], 'WARNING',
        { 'roots.restriction-unreadable' => 'UNKNOWN' }],
    # Removed: a copy in AuthRoot alone goes with the next update.
    ['it is only in AuthRoot, not named', [authroot => [$root], cached(trust_list(@without))], 'WARNING', { 'roots.will-be-deleted' => 'WARNING', 'roots.present' => undef }, qr/only in AuthRoot, and the list of trusted roots of 2026-11-18 does not name it/],
    ['it is only in AuthRoot, named', [authroot => [$root], cached(trust_list(@with))], 'OK', { 'roots.will-be-deleted' => undef, 'roots.present' => 'OK' }],
    ['it is in ROOT, too, not named', [root => [$root], authroot => [$root], cached(trust_list(@without))], 'OK', { 'roots.will-be-deleted' => undef }],
    ['it is only in AuthRoot, not named by a list that is nobody\'s', [authroot => [$root], cached(trust_list(@without, signed => 'stranger'))], 'OK', { 'roots.will-be-deleted' => undef }],
    ['it is only in AuthRoot, not named, the update is off', [authroot => [$root], cached(trust_list(@without)), policy => { DisableRootAutoUpdate => reg_dword(1) }], 'OK', { 'roots.will-be-deleted' => undef }],
    ['it is only in AuthRoot, not named, no list came for 50 days', [authroot => [$root], cached(trust_list(@without)), sync => $NOW - 50 * $DAY], 'OK', { 'roots.will-be-deleted' => undef }],
);
for my $row (@MISSING) {
    my ($name, $machine, $state, $findings, $line) = @$row;
    verdict("missing: $name", plugin('-R', export(@$machine)), $state, $findings, $line);
}
# A root that no store has is looked up as the profile has it; without its certificate that could not be told.
{
    my $known = save('known.ini', $text =~ s/(level = required)/$1\nder = @{[encode_base64($root, '')]}/r . list_anchor());
    my $distrusting = sub { return export(update => { EncodedCtl => reg_binary(trust_list(@with)), DisallowedCertEncodedCtl => reg_binary(trust_list(kind => 'disallowed', entries => [disallowed_entry($_[0])])) }) };
    verdict('missing, and disallowed by the list', ['check_scp_roots', "--at=$AT", "--profile=$known", '-R', $distrusting->($root)], 'CRITICAL', { 'roots.disallowed' => 'CRITICAL', 'roots.disallowed-unreadable' => undef });
    verdict('missing, and another one is', ['check_scp_roots', "--at=$AT", "--profile=$known", '-R', $distrusting->($other)], 'WARNING', { 'roots.disallowed' => undef, 'roots.disallowed-unreadable' => undef });
    verdict('missing, and its certificate is not known', plugin('-R', $distrusting->($root)), 'WARNING', { 'roots.disallowed' => undef, 'roots.disallowed-unreadable' => 'UNKNOWN' });
}
verdict('the profile does not know the root of the list',
    ['check_scp_roots', "--at=$AT", "--profile=$strangers", '-R', export(named())], 'WARNING', $UNREAD);

{
    my $list = trust_list(@with);
    my ($publisher, $ca, $top) = list_chain();
    for my $case (['publisher', $publisher], ['CA', $ca], ['root', $top]) {
        my ($who, $der) = @$case;
        my $r = verdict("missing: named, but the list's $who is distrusted", plugin('-R', export(cached($list), disallowed => [$der])), 'CRITICAL',
            { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef }, qr/Windows would refuse its list/);
        like((finding($r, 'roots.missing'))[0]{remedy}, qr/^import .*delstore Disallowed/m, "missing: the list's $who: the root first, then the list");
        verdict("present, the list's $who is distrusted", plugin('-R', export(root => [$root], cached($list), disallowed => [$der])), 'OK', { 'roots.present' => 'OK' });
    }
}

# --- A root that --require alone names ---

{
    my $unknown = certificate(cn => 'Nobody lists it', serial => 77, key => 'ec');
    my @require = ('--require=' . fingerprint($unknown));
    for my $case (['no list', [update => { EncodedCtl => undef }]], ['a list that cannot be read', [cached('opaque')]], ['a list that does not name it', [cached(trust_list(@with))]],
        ['a list with a malformed entry', [cached(trust_list(entries => [der_tlv(0x30, der_tlv(0x04, 'short'))]))]]) {
        my ($name, $machine) = @$case;
        my $registry = machine(root => [$root], @$machine);
        delete $registry->{ AUTO_UPDATE() }{EncodedCtl} if !defined $registry->{ AUTO_UPDATE() }{EncodedCtl};
        verdict("--require of a root nobody lists, $name", plugin(@require, '-R', save('nobody.reg', windows_export($registry))), 'CRITICAL',
            { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef });
    }
    verdict('--require of a root that the list names', plugin(@require, '-R', export(root => [$root], cached(trust_list(entries => [list_entry($unknown)])))), 'WARNING',
        { 'roots.on-demand' => 'WARNING', 'roots.missing' => undef });
    my $part = machine(cached(trust_list(@with)));
    delete $part->{'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc'};
    verdict('on demand, but the service is not in the export', plugin('-R', save('service.reg', windows_export($part))), 'WARNING',
        { 'roots.on-demand' => 'WARNING', 'roots.update-unknown' => 'UNKNOWN' });
}

# --- A root that is there ---

sub disallowed { return (update => { DisallowedCertEncodedCtl => reg_binary(trust_list(kind => 'disallowed', @_)) }) }
my @PRESENT = (
    ['named', [named()], [], 'OK', { 'roots.present' => 'OK', 'roots.list' => 'OK', 'roots.list-unread' => undef, 'roots.unlisted' => undef }],
    ['not named', [cached(trust_list())], [], 'OK', { 'roots.present' => 'OK', 'roots.unlisted' => undef }],
    ['not named, --unlisted=ignore', [cached(trust_list())], ['--unlisted=ignore'], 'OK', { 'roots.unlisted' => undef }],
    ['not named, --unlisted=warning', [cached(trust_list())], ['--unlisted=warning'], 'WARNING', { 'roots.unlisted' => 'WARNING', 'roots.present' => 'OK' }, qr/Test Root in ROOT is not in Microsoft's list/],
    ['excepted', [cached(trust_list())], ['--unlisted=warning', '--severity=roots.unlisted/' . fingerprint($root) . '=ok'], 'OK', { 'roots.unlisted' => 'OK' }],
    ['named, --unlisted=warning', [named()], ['--unlisted=warning'], 'OK', { 'roots.unlisted' => undef }],
    ['a list that cannot be read', [cached('opaque')], [], 'OK', { 'roots.present' => 'OK', 'roots.list-unread' => 'OK', 'roots.list' => undef }],
    ['a list that cannot be read, --unlisted=warning', [cached('opaque')], ['--unlisted=warning'], 'UNKNOWN', { 'roots.list-unread' => 'UNKNOWN' }],
    ['disabled by a list that is not signed', [cached(trust_list(signed => 'none', entries => [list_entry($root, [104, filetime($NOW - $DAY)])]))], [], 'OK',
        { 'roots.disabled' => undef, 'roots.list-unread' => 'OK' }],
    ['disabled by the list', [named([104, filetime($NOW - $DAY)])], [], 'CRITICAL', { 'roots.disabled' => 'CRITICAL', 'roots.present' => undef }],
    ['limited by the list', [named([126, filetime($NOW - $DAY)], [127, eku(SERVER_AUTH)])], [], 'CRITICAL', { 'roots.not-before' => 'CRITICAL' }],
    (map { my $digest = $_; ["disallowed by its $digest", [disallowed(entries => [disallowed_entry($other, $digest), disallowed_entry($root, $digest)])], [], 'CRITICAL',
        { 'roots.disallowed' => 'CRITICAL', 'roots.present' => undef }, qr/list of disallowed certificates/] } qw(md5 sha1 sha256 sha384 sha512)),
    ['another one is disallowed', [disallowed(entries => [disallowed_entry($other)])], [], 'OK', { 'roots.disallowed' => undef, 'roots.present' => 'OK' }],
    ['a disallowed list with a damaged entry', [disallowed(entries => [disallowed_entry($other), der_tlv(0x30, der_tlv(0x04, 'short'))])], [], 'UNKNOWN',
        { 'roots.disallowed-unreadable' => 'UNKNOWN', 'roots.present' => undef }],
    ['disallowed by a list that is not signed', [disallowed(signed => 'none', entries => [disallowed_entry($root)])], [], 'OK', { 'roots.disallowed' => undef, 'roots.list-unread' => 'OK' }],
    ['disallowed by the hash of the whole', [disallowed(entries => [der_tlv(0x30, der_tlv(0x04, pack 'H*', fingerprint($root)))])], [], 'OK', { 'roots.disallowed' => undef }],
);
for my $row (@PRESENT) {
    my ($name, $machine, $arguments, $state, $findings, $line) = @$row;
    verdict("present: $name", plugin('-R', export(root => [$root], @$machine), @$arguments), $state, $findings, $line);
}
verdict('the list gives back what the certificate says was taken',
    plugin('-R', export(root => [{ der => $root, props => [[104, filetime($NOW - $DAY)]] }], named([104, '']))), 'OK',
    { 'roots.disabled' => undef, 'roots.restriction-withdrawn' => 'OK', 'roots.present' => 'OK' });
{
    local $Said::of;    # which of them are told, their digests choose
    verdict('more roots than are told one by one', plugin('--unlisted=warning', '-R',
        export(root => [$root, map { certificate(cn => "Root $_", serial => 100 + $_, sign => 0) } 1 .. 30], named())), 'WARNING',
        { 'roots.unlisted' => 'WARNING' }, qr/20 more/);
}

# --- Every packaging leads to the same facts ---

my $list = trust_list(entries => [list_entry($root, [11, "R\0o\0\0\0"], [104, '']), list_entry($other)]);
sub lists { return run_json(plugin('-R', export(@_), '-v', '-v'))->{json}{facts}{lists} }
my $facts = lists(cached($list));
is_deeply($facts, [{
    kind => 'trusted', origin => 'EncodedCtl', sequence => '14' . uc unpack('H*', pack 'Q>', ($NOW - 5 * $DAY + 11_644_473_600) * 10_000_000),
    this_update => '2026-11-18T12:00:00Z', entries => 2, signer => 'Test List Publisher', signature => 'ok', contains => { fingerprint($root) => JSON::PP::true() },
    subjects => [{ identifier => fingerprint($root), properties => [11, 104], friendly_name => 'Ro' }, { identifier => fingerprint($other), properties => [], friendly_name => '' }],
}], 'JSON: the list, with every entry at -vv');
ok(!exists run_json(plugin('-R', export(cached($list)), '-v'))->{json}{facts}{lists}[0]{subjects}, 'JSON: without them at -v');
is_deeply(lists(cached(list_store($list))), [], 'a serialized store around it is not what Windows keeps');
is_deeply(lists(cached(cabinet('authroot.stl' => $list))), [], 'nor is a cabinet');
my %all = (EncodedCtl => reg_binary($list), DisallowedCertEncodedCtl => reg_binary(trust_list(kind => 'disallowed',
    signed => 'weak')),
           PinRulesEncodedCtl => reg_binary(trust_list(kind => 'pinrules', signed => 'usage')));
is_deeply([map { [@$_{qw(kind origin signature)}] } @{ lists(update => \%all) }],
    [['trusted', 'EncodedCtl', 'ok'], ['disallowed', 'DisallowedCertEncodedCtl', 'weak'], ['pinrules', 'PinRulesEncodedCtl', 'untrusted']], 'all three of the registry');

# --- Cut or changed, a list is never taken for a good one ---

{
    my $long = trust_list(@without);
    my @wrong;
    for (my $n = 0; $n < length $long; $n += 61) {
        my $r = run_json(plugin('-R', export(cached(substr $long, 0, $n))));
        push @wrong, "cut at $n: exit $r->{code}" if $r->{code} != 1
            || !grep { $_->{id} eq 'roots.list-unread' && $_->{state} eq 'UNKNOWN' } @{ $r->{json}{findings} };
    }
    is_deeply(\@wrong, [], 'cut at any length: cannot be told');
}
done_testing();
