#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A registry that Wine's CryptoAPI wrote and its reg.exe exported gives the same facts as the generator's own.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use Scp;
use Test::More;
use Wine;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
require_wine();

# Wine copies the system's roots into ROOT whatever happens, so ROOT is not compared.
my %entries;
my @commands;
my $serial = 0;
for my $store (qw(CA Disallowed AuthRoot)) {
    for my $n (1 .. 7) {
        my $name = $n % 2 ? "Certificate $n of $store" : '-';
        my $der = certificate(cn => "$store $n", serial => ++$serial, key => $n % 3 ? 'rsa' : 'ec',
            not_after => $NOW + (100 + $serial) * $DAY);
        my $file = write_bytes(scratch("$store$n.der"), $der);
        push @commands, ['add', 'machine', $store, $file, $name];
        my @properties = ([3, 'x' x 20], $name eq '-' ? () : ([11, encode('UTF-16LE', "$name\0")], [9, eku(SERVER_AUTH)]));
        push @{ $entries{ lc $store } }, { der => $der, props => \@properties };
    }
}
my $UPDATE = 'HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\AutoUpdate';
push @commands, ['set', $UPDATE, 'LastSyncTime', 3, unpack 'H*', filetime(parse_time('2026-11-23T03:00:00Z'))],
    ['set', $UPDATE, 'RootDirUrl', 1, unpack 'H*', encode('UTF-16LE', "file://\\\\server\\share\0")],
    ['set', 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot', 'DisableRootAutoUpdate', 4, '01000000'];
is(wine_store(@commands), '', 'CryptoAPI took every certificate') or BAIL_OUT('no registry');
my %export = (sc => 'HKLM\SOFTWARE\Microsoft\SystemCertificates', policy => 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates');
is(wine('reg', 'export', $export{$_}, scratch("$_.reg"), '/y')->{code}, 0, "reg export $export{$_}") for sort keys %export;

sub facts
{
    my $r = run_json([$NAME, "--at=$AT", '-v', map { ('-R', $_) } @_]);
    my ($stores, $values) = @{ $r->{json}{facts} }{qw(stores values)};
    my %found;
    for my $path (grep { !/\\ROOT\z/i } keys %$stores) {
        $found{ lc $path } = [sort { $a->{sha1} cmp $b->{sha1} } map { { %$_,
            properties => [sort { $a <=> $b } grep { $_ != 32 } @{ $_->{properties} }] } } @{ $stores->{$path} }];
    }
    return { stores => \%found, values => { map { lc() => $values->{$_} } keys %$values } };
}

my $registry = machine(%entries, sync => parse_time('2026-11-23T03:00:00Z'),
    update => { RootDirUrl => reg_sz('file://\\\\server\\share') },
                       policy => { DisableRootAutoUpdate => reg_dword(1) });
delete $registry->{ AUTO_UPDATE() }{EncodedCtl};
$registry = only_keys($registry, SYSTEM_CERTIFICATES, POLICY_CERTIFICATES);
my $ours = facts(save('ours.reg', windows_export($registry)));
my $wine = facts(scratch('sc.reg'), scratch('policy.reg'));
is(scalar(@{ $ours->{stores}{$_} // [] }), 7, "seven certificates in $_") for sort keys %{ $ours->{stores} };
is_deeply($wine->{stores}, $ours->{stores}, 'the same stores');
is_deeply($wine->{values}, $ours->{values}, 'the same values');

done_testing();
