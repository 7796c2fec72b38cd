#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_autoupdate --list=FILE: real lists of 2013 to 2025 against what an independent decoder found in them, lists of our own with one
# thing wrong each, and files that are no lists at all.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use POSIX ();
use Said;
use Scp;
use Test::More;
use TrustList;

my $NAME = 'check_scp_autoupdate';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $G2 = 'DF3C24F9BFD666761B268073FE06D1CC8D4F82A4';

sub judged { my ($file, @more) = @_; return run_json([$NAME, "--at=$AT", "--list=$file", '-vv', @more]) }
sub truth { return JSON::PP->new->utf8->decode(slurp($_[0])) }

# --- Real lists ---

# Identifier => [properties, friendly name], as the truth has them and as the plugin has them.
sub true_subjects
{
    my %found;
    for my $s (@{ $_[0]{subjects} // [] }) {
        my @ids = sort { $a <=> $b } map { /\A1\.3\.6\.1\.4\.1\.311\.10\.11\.(\d+)\z/ ? $1 : () } keys %{ $s->{attrs} };
        my ($name) = grep { defined } map { $_->{value} } grep { $_->{name} eq 'FRIENDLY_NAME' } values %{ $s->{attrs} };
        $found{ $s->{id} } = ["@ids", $name // ''];
    }
    return \%found;
}

sub seen_subjects
{
    return { map { ($_->{identifier} => [join(' ', sort { $a <=> $b } @{ $_->{properties} }),
        $_->{friendly_name} // '']) } @{ $_[0]{subjects} // [] } };
}

# file, truth, state, signature, findings
my @REAL = (
    ['authroot-2013-03-21-noG2.stl', undef, 'CRITICAL', 'weak', { 'list.root-unlisted' => 'CRITICAL WARNING', 'list.weak' => 'OK' }],
    ['authroot-2013-10-03-firstG2.stl', undef, 'WARNING', 'weak', { 'list.root-unlisted' => 'WARNING', 'list.weak' => 'OK' }],
    ['authroot-2019-03-15-resigned.stl', undef, 'WARNING', 'weak', { 'list.weak' => 'WARNING', 'list.untrusted' => undef }],
    ['authroot-2025-06-16.stl', undef, 'OK', 'ok', { 'list.good' => 'OK', 'list.weak' => undef, 'list.root-restricted' => undef }],
    ['authroot-2025-08.stl', undef, 'OK', 'ok', { 'list.good' => 'OK', 'list.weak' => undef }],
    ['authrootstl-2013-03-21-noG2.cab', 'authroot-2013-03-21-noG2.stl', 'CRITICAL', 'weak', { 'list.root-unlisted' => 'CRITICAL WARNING' }],
    ['authrootstl-2025-06-16.cab', 'authroot-2025-06-16.stl', 'OK', 'ok', { 'list.good' => 'OK' }],
    ['disallowedcert-unsigned.stl', undef, 'CRITICAL', 'none', { 'list.unsigned' => 'CRITICAL', 'list.good' => undef }],
    ['negative-catalog-oem89.cat', undef, 'CRITICAL', undef, { 'list.kind' => 'CRITICAL', 'list.good' => undef }],
);

for my $case (@REAL) {
    my ($name, $like, $state, $signature, $findings) = @$case;
    my ($file, $truth_file) = (shared_file("trust-lists/$name"), shared_file('trust-lists/' . ($like // $name) . '.truth.json'));
    SKIP: {
        skip "trust-lists/$name is absent", 1 if !$file || !$truth_file;
        my $truth = truth($truth_file);
        my $r = judged($file);
        my ($list, @others) = @{ $r->{json}{facts}{lists} // [] };
        is(state_name($r->{code}), $state, "$name: $state");
        is(scalar @others, 0, "$name: one list");
        is($list->{kind}, $name =~ /\Aauthroot/ ? 'trusted' : $name =~ /\Adisallowed/ ? 'disallowed' : 'other', "$name: kind");
        is($list->{sequence}, $truth->{sequenceNumber}, "$name: sequence number");
        is($list->{this_update}, $truth->{thisUpdate}, "$name: date");
        is($list->{entries}, $truth->{subject_count}, "$name: entries");
        is($list->{signature}, $signature, "$name: signature") if defined $signature;
        is($list->{contains}{$G2} ? 1 : 0, $truth->{has_digicert_global_root_g2} ? 1 : 0, "$name: DigiCert Global Root G2")
            if $name =~ /\Aauthroot/;
        is_deeply(seen_subjects($list), true_subjects($truth), "$name: every entry, with its properties and its name")
            if $truth->{subjects} && $name !~ /\.cat\z/;
        for my $id (sort keys %$findings) {
            my %states = map { $_->{state} => 1 } finding($r, $id);
            is(join(' ', sort keys %states), $findings->{$id} // '', "$name: $id");
        }
        is(run_json([$NAME, "--at=$AT", "--list=$file", '-v'])->{json}{facts}{lists}[0]{subjects}, undef,
            "$name: without -vv no entries");
        my ($entries) = map { $_->{value} } grep { $_->{label} eq 'ctl_entries' } @{ $r->{json}{perfdata} };
        is($entries, $truth->{subject_count}, "$name: ctl_entries");
    }
}

for my $name (qw(disallowedcert-2022-05 pinrules-2022-05 root-2025-06-26 roots-2021-09 rootsupd2013-authroots rootsupd2013-delroots rootsupd2013-roots)) {
    my ($file, $truth_file) = map { shared_file("stores/$name.sst$_") } '', '.truth.json';
    SKIP: {
        skip "stores/$name.sst is absent", 1 if !$file || !$truth_file;
        my $truth = truth($truth_file);
        my $r = judged($file);
        my ($list) = @{ $r->{json}{facts}{lists} // [] };
        is(state_name($r->{code}), 'OK', "$name.sst: OK");
        ok(scalar(finding($r, 'list.store')), "$name.sst: list.store");
        is($list->{signature}, 'none', "$name.sst: signature none");
        is($list->{entries}, $truth->{certs}, "$name.sst: entries");
        is_deeply([sort map { $_->{identifier} } @{ $list->{subjects} }], [sort @{ $truth->{thumbprints} }],
            "$name.sst: thumbprints");
        is($list->{contains}{$G2} ? 1 : 0, $truth->{has_digicert_global_root_g2} ? 1 : 0, "$name.sst: DigiCert Global Root G2");
    }
}

# --- Lists of our own ---

my $root = certificate(cn => 'Test Root', serial => 1);
my $extra = certificate(cn => 'Second Root', serial => 2, key => 'ec');
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root'],
    'test-extra' => [$extra, 'recommended', 'Second Root']) . list_anchor());
my @both = (list_entry($root), list_entry($extra));
my $files = 0;

sub given
{
    my ($name, $bytes, $state, $findings, $line) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return verdict($name, [$NAME, "--at=$AT", "--profile=$profile", '--list=' . save('list' . ++$files, $bytes)], $state, $findings,
        $line);
}

sub listed { return list_entry($root, @_), list_entry($extra) }
my $GOOD = { 'list.good' => 'OK' };
my @OWN = (
    ['good', trust_list(entries => [@both]), 'OK', $GOOD, qr/list of trusted roots of 2026-11-18 verified, 2 entries, names Test Root/],
    ['good, in a cabinet', cabinet('authroot.stl' => trust_list(entries => [@both])), 'OK', $GOOD],
    ['good, in a store', list_store(trust_list(entries => [@both])), 'OK', $GOOD],
    ['good, disallowed', trust_list(kind => 'disallowed', entries => [disallowed_entry(certificate(cn => 'Bad', serial => 9))]), 'OK', $GOOD],
    ['good, pin rules', trust_list(kind => 'pinrules'), 'OK', $GOOD],
    ['not named', trust_list(entries => [list_entry($extra)]), 'CRITICAL', { 'list.root-unlisted' => 'CRITICAL', 'list.good' => undef }, qr/does not name Test Root/],
    ['recommended not named', trust_list(entries => [list_entry($root)]), 'WARNING', { 'list.root-unlisted' => 'WARNING' }],
    ['a double', trust_list(entries => [list_entry($root, [98, 'x' x 32]), list_entry($extra)]), 'CRITICAL', { 'list.root-twin' => 'CRITICAL' }],
    ['its SHA-256', trust_list(entries => [listed([98, pack 'H*', der_sha256($root)])]), 'OK', { 'list.root-twin' => undef }],
    ['disabled', trust_list(entries => [listed([104, filetime($NOW - $DAY)])]), 'CRITICAL', { 'list.root-restricted' => 'CRITICAL' }, qr/disabled from 2026-11-22/],
    ['to be disabled', trust_list(entries => [listed([104, filetime($NOW + 9 * $DAY)])]), 'WARNING', { 'list.root-restricted' => 'WARNING' }],
    ['disabling withdrawn', trust_list(entries => [listed([104, ''])]), 'OK', { 'list.root-restricted' => undef }],
    ['limited', trust_list(entries => [listed([126, filetime($NOW - $DAY)])]), 'CRITICAL', { 'list.root-restricted' => 'CRITICAL' }],
    ['limited for code', trust_list(entries => [listed([126, filetime($NOW - $DAY)], [127, eku(CODE_SIGNING)])]), 'OK', { 'list.root-restricted' => undef }],
    ['not for servers', trust_list(entries => [listed([9, eku(CODE_SIGNING)])]), 'CRITICAL', { 'list.root-restricted' => 'CRITICAL' }],
    ['denied for servers', trust_list(entries => [listed([122, eku(SERVER_AUTH)])]), 'CRITICAL', { 'list.root-restricted' => 'CRITICAL' }],
    ['an unreadable restriction', trust_list(entries => [listed([104, 'xx'])]), 'UNKNOWN', { 'list.root-unreadable' => 'UNKNOWN', 'list.good' => undef }],
    ['a damaged entry', trust_list(entries => [@both, der_tlv(0x30, der_tlv(0x04, 'short'))]), 'WARNING', { 'list.damaged' => 'WARNING' }],
    ['an entry twice', trust_list(entries => [@both, list_entry($root)]), 'WARNING', { 'list.damaged' => 'WARNING' }],
    ['of tomorrow', trust_list(entries => [@both], this_update => $NOW + 3 * $DAY), 'WARNING', { 'list.future' => 'WARNING' }],
    ['of a year ago', trust_list(entries => [@both], this_update => $NOW - 400 * $DAY), 'OK', { 'list.future' => undef }],
    ['unsigned', trust_list(entries => [@both], signed => 'none'), 'CRITICAL', { 'list.unsigned' => 'CRITICAL' }],
    ['a signature that does not fit', trust_list(entries => [@both], signed => 'broken'), 'CRITICAL', { 'list.invalid' => 'CRITICAL' }],
    ['another content', trust_list(entries => [@both], signed => 'digest'), 'CRITICAL', { 'list.invalid' => 'CRITICAL' }],
    ['a signer for code', trust_list(entries => [@both], signed => 'usage'), 'CRITICAL', { 'list.untrusted' => 'CRITICAL' }],
    ['a stranger', trust_list(entries => [@both], signed => 'stranger'), 'CRITICAL', { 'list.untrusted' => 'CRITICAL', 'list.good' => undef }],
    ['SHA-1', trust_list(entries => [@both], signed => 'weak'), 'WARNING', { 'list.weak' => 'WARNING', 'list.untrusted' => undef }],
    ['a catalog', trust_list(kind => 'catalog', entries => [@both]), 'CRITICAL', { 'list.kind' => 'CRITICAL' }],
    (map { ["a kind not known here: $_", trust_list(kind => 'catalog', usage => $_, entries => [@both]), 'OK', { 'list.new-kind' => 'OK', 'list.kind' => undef, 'list.good' => undef }] }
        '1.3.6.1.4.1.311.10.3.99', '1.3.6.1.4.1.311.10.3.40', '1.3.6.1.4.1.311.10.3.60.1'),
    (map { ["a usage that is none of a list: $_", trust_list(kind => 'catalog', usage => $_, entries => [@both]), 'CRITICAL', { 'list.kind' => 'CRITICAL', 'list.new-kind' => undef }] }
        '1.3.6.1.4.1.311.10.3', '1.3.6.1.4.1.311.10.4.1', '1.3.6.1.5.5.7.3.1'),
    ['a store of certificates', sst_bytes(cert_blob($root)), 'OK', { 'list.store' => 'OK', 'list.good' => undef }],
);
given(@$_) for @OWN;
{
    my $r = run_json([$NAME, "--at=$AT", "--profile=$profile",
        '--list=' . save('good.cab', cabinet('authroot.stl' => trust_list(entries => [@both])))]);
    is_deeply([map { $_->{id} } @{ $r->{json}{findings} }], ['list.good'], 'a good list: nothing else to say');
}

# --- No lists ---

my $list = trust_list(entries => [@both]);
my $cabinet = cabinet('authroot.stl' => $list);
my $UNREADABLE = { 'list.unreadable' => 'UNKNOWN' };
my @NONE = (
    ['nothing', '', $UNREADABLE, qr/empty/], ['a byte', "\x30", $UNREADABLE], ['text', "no list\n", $UNREADABLE], ['zeros', "\0" x 5000, $UNREADABLE],
    ['HTML', "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", { 'list.page' => 'UNKNOWN', 'list.unreadable' => undef }, qr/a page for people/],
    ['HTML with a BOM', "\xEF\xBB\xBF\r\n <HTML>", { 'list.page' => 'UNKNOWN' }],
    ['a certificate', $root, $UNREADABLE], ['a registry export', windows_export(machine()), $UNREADABLE], ['a hive', hive_bytes({ 'Microsoft\x' => {} }), $UNREADABLE],
    ['a byte behind the list', "$list\0", $UNREADABLE], ['a byte behind the cabinet', "$cabinet\0", $UNREADABLE],
    ['a cabinet of another kind', cabinet('readme.txt' => 'x' x 500), $UNREADABLE], ['a cabinet of HTML', cabinet('authroot.stl' => '<html>' . 'x' x 500), $UNREADABLE],
    ['a cabinet with a path', cabinet('../authroot.stl' => $list), $UNREADABLE], ['two lists in a cabinet', cabinet('a.stl' => $list, 'b.stl' => $list), $UNREADABLE],
    ['a cabinet in a cabinet', cabinet('authroot.stl' => $cabinet), $UNREADABLE], ['a cabinet that swells', cabinet('authroot.stl' => "\0" x 5_000_000), $UNREADABLE],
    ['a store without its end', substr(sst_bytes(cert_blob($root)), 0, -12), $UNREADABLE],
);
given($_->[0], $_->[1], 'UNKNOWN', @$_[2, 3]) for @NONE;

# Cut anywhere: UNKNOWN.  One bit turned anywhere: never OK.  And nothing dies of it, or takes more than 64 MiB.
sub survives
{
    my ($what, $bytes, $wanted) = @_;
    my $r = run([$NAME, "--at=$AT", "--profile=$profile", '-o', 'plugin', '--list=' . save('damaged', $bytes)], rss => 1);
    return "$what: " . state_name($r->{code}) . " $r->{signal}"
        if $r->{signal} || $r->{code} == 0 || ($wanted && state_name($r->{code}) ne $wanted);
    return "$what: $r->{rss} KiB" if defined $r->{rss} && $r->{rss} > 65536 && !sanitized($NAME);
    return ();
}
for my $case (['list', $list], ['cabinet', $cabinet], ['list in a store', list_store($list)],
    ['store', sst_bytes(map { cert_blob($_) } $root, $extra)]) {
    my ($name, $bytes) = @$case;
    my (@cut, @turned);
    for my $i (0 .. 23) {
        push @cut, survives("$name cut at $i/24", substr($bytes, 0, int(length($bytes) * $i / 24)), 'UNKNOWN');
        push @turned, survives("$name turned at $i/24", flip($bytes, int((length($bytes) - 1) * $i / 23))) if $name ne 'store';
    }
    is_deeply(\@cut, [], "$name: cut in 24 places");
    is_deeply(\@turned, [], "$name: a bit turned in 24 places");
}

for my $case (['a folder', scratch(), qr/directory/], ['a file that is not there', scratch('none'), qr/No such file/],
    ['a device', '/dev/zero', qr/regular/]) {
    my ($name, $file, $reason) = @$case;
    verdict($name, [$NAME, "--at=$AT", "--list=$file"], 'UNKNOWN', $UNREADABLE, $reason);
}
{
    my $fifo = scratch('fifo');
    POSIX::mkfifo($fifo, 0600) or die "mkfifo: $!";
    verdict('a FIFO', [$NAME, "--at=$AT", "--list=$fifo"], 'UNKNOWN', $UNREADABLE, qr/regular/);
    open my $big, '>', scratch('big') or die $!;
    truncate $big, 17 << 20;
    close $big;
    verdict('a file of 17 MiB', [$NAME, "--at=$AT", '--list=' . scratch('big')], 'UNKNOWN', $UNREADABLE, qr/more than/);
}
done_testing();
