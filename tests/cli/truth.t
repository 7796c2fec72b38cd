#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Files that real systems wrote, against what an independent decoder found in them: -o json -v lists exactly
# the certificates of every store and the values of the truth file.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use Said;
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
-d "$SHARED/testdata" or plan skip_all => 'no shared test data (SCP_SHARED)';

my %ROOTS = (qr/\AHKEY_LOCAL_MACHINE\\/i => '', qr/\AHKEY_(?:CURRENT_USER|USERS\\[^\\]*)\\/i => '', qr/\AHK(?:CU|LM)\\/i => '');

# "HKEY_CURRENT_USER\Software\…\CA\Certificates" -> "software\…\ca"
sub plain_path
{
    my ($path) = @_;
    $path =~ s/$_/$ROOTS{$_}/ for sort keys %ROOTS;
    return lc $path =~ s/\\Certificates\z//ir;
}

sub entry
{
    my ($e) = @_;
    my $properties = $e->{props} // $e->{properties};
    $properties = [keys %$properties] if ref $properties eq 'HASH';
    my %seen = map { (ref $_ eq 'HASH' ? $_->{id} : $_) => 1 } @{ $properties // [] };
    delete $seen{32};
    my %entry = (
        sha1 => uc $e->{sha1}, sha256 => $e->{sha256}, subject => $e->{subject},
        key_matches => defined $e->{key_matches} ? ($e->{key_matches} ? 1 : 0) : undef,
        not_after => $e->{notAfter} // $e->{not_after}, properties => [sort { $a <=> $b } keys %seen],
    );
    $entry{sha256} = uc $entry{sha256} if defined $entry{sha256};
    delete @entry{ grep { !defined $entry{$_} } keys %entry };
    return \%entry;
}

sub stores
{
    my ($stores) = @_;
    my %found;
    for my $path (keys %$stores) {
        my @entries = map { entry($_) } @{ $stores->{$path} };
        $found{ plain_path($path) } = [sort { $a->{sha1} cmp $b->{sha1} } @entries] if @entries;
    }
    return \%found;
}

# Truth files do not all hold every field: what one does not tell is not compared.
sub same_stores
{
    my ($got, $truth, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $expected = stores($truth);
    for my $path (keys %$expected) {
        for my $i (0 .. $#{ $expected->{$path} }) {
            my $entry = $got->{$path}[$i] or next;
            delete @$entry{ grep { !exists $expected->{$path}[$i]{$_} } keys %$entry };
        }
    }
    return is_deeply($got, $expected, $name);
}

sub values_of
{
    my ($values) = @_;
    my %found;
    for my $path (keys %$values) {
        my $v = $values->{$path};
        $found{ plain_path($path) } = ref $v ? { sha256 => uc $v->{sha256}, length => $v->{length} // $v->{len},
            filetime => $v->{filetime} } : "$v";
    }
    return \%found;
}

sub facts
{
    my (@files) = @_;
    my $r = run_json([$NAME, "--at=$AT", '--max-age=36000d', '-v', map { ('-R', $_) } @files]);
    return ($r, { stores => stores($r->{json}{facts}{stores} // {}), values => values_of($r->{json}{facts}{values} // {}) });
}

sub truth { return JSON::PP->new->utf8->decode(slurp($_[0])) }

my %STATE = (healthy => 'OK', seedfail => 'CRITICAL');
my %REGISTRY = (
    healthy => [['healthy.SOFTWARE.hive'], ['healthy.hivexregedit.reg'], ['healthy.reged.reg'], ['healthy.samba-netregistry.reg'],
                ['healthy.samba-regedit4.reg'], ['healthy.wine-regexport.sc.reg']],
    seedfail => [['seedfail.SOFTWARE.hive'], ['seedfail.hivexregedit.reg'], ['seedfail.reged.reg'], ['seedfail.samba-netregistry.reg'],
                 ['seedfail.samba-regedit4.reg'], ['seedfail.wine-regexport.sc.reg', 'seedfail.wine-regexport.pol.reg']],
);
for my $registry (sort keys %REGISTRY) {
    my $truth_file = shared_file("registry/$registry.truth.json");
    SKIP: {
        skip "registry/$registry.truth.json is absent", 1 if !$truth_file;
        my $truth = truth($truth_file);
        for my $dialect (@{ $REGISTRY{$registry} }) {
            my @files = grep { defined } map { shared_file("registry/$_") } @$dialect;
            SKIP: {
                skip "registry/@$dialect is absent", 1 if @files != @$dialect;
                skip no_hives(), 6 if "@$dialect" =~ /\.hive\z/ && no_hives();
                my ($r, $facts) = facts(@files);
                same_stores($facts->{stores}, $truth->{stores}, "@$dialect: stores");
                is_deeply($facts->{values}, values_of($truth->{values}), "@$dialect: values");
                is_deeply($r->{json}{facts}{anomalies}, [], "@$dialect: no anomaly");
                my %present = map { $_->{id} => 1 } finding($r, 'roots.present', 'digicert-global-root-g2'),
                    finding($r, 'roots.missing', 'digicert-global-root-g2');
                # These hives were put together from the stores alone: nothing in them says that they are a machine's.
                my $unmarked = "@$dialect" =~ /\.hive\z/;
                ok($registry eq 'healthy' && !$unmarked ? $present{'roots.present'} : !$present{'roots.present'},
                    "@$dialect: DigiCert Global Root G2");
                ok(scalar(finding($r, 'source.not-covered')), "@$dialect: whose it is cannot be told") if $unmarked;
                isnt($r->{code}, 0, "@$dialect: not OK") if $registry eq 'seedfail';
            }
        }
    }
}

for my $hive (map { "hives/hive-$_" } qw(notatin-NTUSER.DAT plaso-NTUSER-WIN7.DAT yarp-BigDataHive yarp-CompHive yarp-EmptyHive
                                         yarp-GarbageHive yarp-NewDirtyHive yarp-NewDirtyHive.recovered-by-win10)) {
    my ($file, $truth_file) = (shared_file($hive), shared_file("$hive.truth.json"));
    SKIP: {
        skip "$hive is absent", 1 if !$file || !$truth_file;
        skip no_hives(), 4 if no_hives();
        my $truth = truth($truth_file);
        my ($r, $facts) = facts("hive:$file");
        if ($truth->{stores}) {
            same_stores($facts->{stores}, $truth->{stores}, "$hive: stores");
        } else {
            is_deeply($facts->{stores}, {}, "$hive: nothing");
        }
        is(state_name($r->{code}), 'UNKNOWN', "$hive: UNKNOWN");
        ok(scalar(finding($r, 'source.dirty')), "$hive: dirty") if $truth->{dirty};
        ok(!finding($r, 'source.dirty'), "$hive: not dirty")
            if defined $truth->{dirty} && !$truth->{dirty} && $truth->{header_checksum_ok};
        ok(!finding($r, 'roots.missing'), "$hive: no claim about the machine");
        if (%{ $truth->{stores} // {} }) {
            like(join(' ', map { $_->{text} } finding($r, 'source.not-covered')), qr/user's registry/, "$hive: a user's");
        }
    }
}

SKIP: {
    my ($file, $truth_file) = map { shared_file("registry/windows-regedit-one-root.reg$_") } '', '.truth.json';
    skip 'registry/windows-regedit-one-root.reg is absent', 2 if !$file || !$truth_file;
    my ($r, $facts) = facts($file);
    same_stores($facts->{stores}, truth($truth_file)->{stores}, 'windows-regedit-one-root.reg: stores');
    is(state_name($r->{code}), 'UNKNOWN', 'windows-regedit-one-root.reg: one key answers nothing');
}

done_testing();
