#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_intermediates where there are several paths: which one is told, whatever the order of the certificates, and what is said of the others.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use List::Util qw(shuffle);
use MIME::Base64 qw(decode_base64);
use Scp;
use Test::More;

my $NAME = 'check_scp_intermediates';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $MAKER = "$ENV{top_builddir}/tests/tools/shapes";
srand 20261130;

# A leaf's file beside stores in files, or in a registry that is read from an export; always the same names of files.
sub in_files
{
    my ($leaf, $roots, $others) = @_;
    return ([$NAME, "--at=$AT", '--roots=' . bundle('roots.pem', @$roots), '--intermediates=' . bundle('others.pem', @$others),
        '--certificate=' . bundle('leaf.pem', $leaf)]);
}
sub in_registry
{
    my ($leaf, $roots, $others) = @_;
    return ([$NAME, "--at=$AT", '-R', save('stores.reg', windows_export(machine(root => $roots, ca => $others)), $NOW),
        '--certificate=' . bundle('leaf.pem', $leaf)]);
}

# The same in any order: what people read and what machines read.
sub same_in_any_order
{
    my ($what, $way, $leaf, $roots, $others) = @_;
    my %seen;
    for (1 .. 4) {
        my $command = $way->($leaf, [shuffle @$roots], [shuffle @$others]);
        my @all = map { run([@$command, '-v', '-o', $_])->{out} } qw(plugin json);
        $seen{"@all"}++;
    }
    is(scalar keys %seen, 1, "$what: the same answer in any order") or diag(join "\n--\n", keys %seen);
    return (keys %seen)[0];
}

# --- Certificates that sign each other ---

SKIP: {
    skip 'tests/tools/shapes is not built', 1 if !-x $MAKER;
    for (['star', 10, qr/OK - Leaf chains to Arm 10 via Arm 1, Bridge, until [-\d]+ \| /], ['star', 40, qr/OK - Leaf chains to Arm 40 via Arm 1, Bridge, until [-\d]+ \| /],
         ['mesh', 9, qr/OK - Leaf chains to Node 9 via Node 1, until [-\d]+, and at least 32 other usable paths \| .*paths=33;/]) {
        my ($shape, $n, $line) = @$_;
        my $folder = scratch("$shape$n");
        mkdir $folder;
        system($MAKER, $shape, $n, $folder) == 0 or die "$MAKER failed";
        my %der = map { my $file = $_; ($file => [map { decode_base64($_) } slurp("$folder/$file.pem") =~ /-----BEGIN[^\n]*\n(.*?)-----END/gs]) } qw(root leaf cas);
        for (['files', \&in_files], ['a registry', \&in_registry]) {
            my ($where, $way) = @$_;
            like(same_in_any_order("a $shape of $n in $where", $way, $der{leaf}[0], $der{root}, $der{cas}), $line, 'by the shortest path');
        }
    }
}

# --- Several paths ---

my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 400]);
my $leaf = cert('Leaf', 'Issuing', 'leaf', 'issuing', days => [-10, 300]);
my $soon = cert('Issuing', 'Root', 'issuing', 'root', ca => 1, days => [-300, 5]);
my $cross = cert('Issuing', 'Middle', 'issuing', 'middle', ca => 1, days => [-300, 350]);

sub case_of
{
    my ($name, $leaf, $others, $state, $findings, $line, $way) = @_;
    return verdict($name, ($way // \&in_files)->($leaf, [$root], $others), $state, $findings, $line);
}

case_of('the short path ends soon, another one does not: Windows takes that one then', $leaf, [$middle, $soon, $cross], 'OK',
    { 'intermediates.chains' => 'OK', 'intermediates.expiring' => undef },
    qr/Leaf chains to Root via Issuing, until 2026-11-28, and 1 other usable path, one of them until 2027-09-19 \| .*expiry=25920000s;/);
case_of('the short path alone', $leaf, [$middle, $soon], 'CRITICAL', { 'intermediates.expiring' => 'CRITICAL' },
    qr/until 2026-11-28, in 5 days \| .*paths=1;/);
case_of('both end soon', $leaf, [$middle, $soon, cert('Issuing', 'Middle', 'issuing', 'middle', ca => 1, days => [-300, 20])], 'WARNING',
    { 'intermediates.expiring' => 'WARNING' }, qr/one of them until 2026-12-13, in 20 days/);
case_of('a weak short one and a longer one', $leaf, [$middle, $cross, cert('Issuing', 'Root', 'issuing', 'root', ca => 1, digest => 'sha1')], 'OK',
    { 'intermediates.weak' => undef }, qr/Leaf chains to Root via Issuing, Middle, until 2027-09-19, and 1 other usable path \| /);

# A CA with two keys under one name, and 1000 namesakes: the key identifier tells, or the signature.
for my $ids (0, 1) {
    my @keys = map { cert('Issuing', 'Root', $_, 'root', ca => 1, ids => $ids) } 'issuing', 'issuing-new';
    for my $key ('issuing', 'issuing-new') {
        case_of("a leaf by one key of two, $key, " . ($ids ? 'with' : 'without') . ' identifiers', cert('Leaf', 'Issuing', 'leaf', $key, ids => $ids, days => [-10, 300]),
            \@keys, 'OK', { 'intermediates.chains' => 'OK' }, qr/paths=1;/);
    }
}

# --- Names that are not the same bytes ---

{
    my $printable = cert('Issuing', 'Root', 'issuing', 'root', ca => 1, name => name_der('ISSUING', 0x13), days => [-300, 350]);
    case_of('names differ in case and type, in files', $leaf, [$printable], 'OK', { 'intermediates.name-encoding' => 'OK' }, qr/Windows compares bytes|chains/);
    case_of('in a registry', $leaf, [$printable], 'WARNING', { 'intermediates.name-encoding' => 'WARNING', 'intermediates.chains' => undef }, qr/Windows compares bytes/, \&in_registry);
    case_of('a longer path of the same bytes is told', $leaf, [$printable, $cross, $middle], 'OK', { 'intermediates.name-encoding' => undef }, qr/via Issuing, Middle/, \&in_registry);
}

# --- Certificate policies ---

sub policies { my (@oid) = @_; return ['2.5.29.32', 0, der_tlv(0x30, map { der_tlv(0x30, der_oid($_)) } @oid)] }
sub demands { my ($skip) = @_; return ['2.5.29.36', 1, der_tlv(0x30, der_tlv(0x80, chr $skip))] }
sub maps { my ($from, $to) = @_; return ['2.5.29.33', 1, der_tlv(0x30, der_tlv(0x30, der_oid($from), der_oid($to)))] }
my ($ONE, $TWO, $ANY) = ('1.3.6.1.4.1.99999.2.1', '1.3.6.1.4.1.99999.2.2', '2.5.29.32.0');
for (['a policy is demanded, and both have it', 'OK', [policies($ONE), demands(0)], [policies($ONE)]],
     ['the leaf has another', 'CRITICAL', [policies($ONE), demands(0)], [policies($TWO)]],
     ['the leaf has none', 'CRITICAL', [policies($ONE), demands(0)], []],
     ['none is demanded', 'OK', [policies($ONE)], [policies($TWO)]],
     ['the issuer has any', 'OK', [policies($ANY), demands(0)], [policies($TWO)]],
     ['any is inhibited', 'CRITICAL', [policies($ANY), demands(0), ['2.5.29.54', 1, der_tlv(0x02, "\0")]], [policies($ANY)]],
     ['it is mapped', 'OK', [policies($ONE), demands(0), maps($ONE, $TWO)], [policies($TWO)]],
     ['it is mapped to another', 'CRITICAL', [policies($ONE), demands(0), maps($ONE, $TWO)], [policies($ONE)]],
     ['demanded three certificates further down', 'OK', [policies($ONE), demands(3)], [policies($TWO)]]) {
    my ($what, $state, $of_issuer, $of_leaf) = @$_;
    my $issuing = cert('Issuing', 'Root', 'issuing', 'root', ca => 1, days => [-300, 350], more => [map { Chain::extension(@$_) } @$of_issuer]);
    my $end = cert('Leaf', 'Issuing', 'leaf', 'issuing', days => [-10, 300], more => [map { Chain::extension(@$_) } @$of_leaf]);
    is(openssl_verifies($root, [$issuing], $end, '-policy_check', '-policy', $ANY), $state eq 'OK', "openssl: $what");
    case_of($what, $end, [$issuing], $state, { 'intermediates.policy' => $state eq 'OK' ? undef : 'CRITICAL' },
        $state eq 'OK' ? qr/chains/ : qr/Issuing: it demands a certificate policy, and none is valid for the whole path \(RFC 5280 section 6\.1\.5 g\)/);
    case_of("$what; another path is there", $end, [$issuing, $cross, $middle], 'OK', { 'intermediates.policy' => undef }, qr/chains/);
}
done_testing();
