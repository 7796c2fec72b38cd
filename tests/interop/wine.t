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

my $NAME = 'check_scp_roots';
my $WINE = '/usr/lib/wine/wine64';
my $CC = which('x86_64-w64-mingw32-gcc');

$ENV{SCP_INTEROP} || $ENV{SCP_WINE} or plan skip_all => 'slow and 700 MB: runs when SCP_WINE=1 or SCP_INTEROP=1 is set';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
-x $WINE or plan skip_all => "$WINE is not installed";
$CC or plan skip_all => 'x86_64-w64-mingw32-gcc is not installed';

my $prefix = scratch('wine');
mkdir $prefix;
$ENV{WINEPREFIX} = $prefix;
$ENV{WINEDEBUG} = '-all';
delete $ENV{DISPLAY};

sub quietly
{
    my (@command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', scratch('out');
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $command[0] } @command; }
        POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? == 0 || (diag("@command: $?\n", slurp(scratch('out'))), 0);
}

# Wine copies the system's roots into ROOT whatever happens, so ROOT is not compared.
my %entries;
my $list = '';
my $serial = 0;
for my $store (qw(CA Disallowed AuthRoot)) {
    for my $n (1 .. 7) {
        my $name = $n % 2 ? "Certificate $n of $store" : '-';
        my $der = certificate(cn => "$store $n", serial => ++$serial, key => $n % 3 ? 'rsa' : 'ec',
            not_after => $NOW + (100 + $serial) * $DAY);
        my $file = write_bytes(scratch("$store$n.der"), $der);
        $list .= "$store $file $name\n";
        my @properties = ([3, 'x' x 20], $name eq '-' ? () : ([11, encode('UTF-16LE', "$name\0")], [9, eku(SERVER_AUTH)]));
        push @{ $entries{ lc $store } }, { der => $der, props => \@properties };
    }
}
write_bytes(scratch('list'), $list);

ok(quietly($CC, '-std=c11', '-O1', '-Wall', '-Wextra', '-o', scratch('wine_store.exe'), "$SOURCE/tests/interop/wine_store.c",
    '-lcrypt32'), 'the program compiles')
    or BAIL_OUT('no program to run');
ok(quietly($WINE, scratch('wine_store.exe'), scratch('list')), 'CryptoAPI took every certificate');
my %export = (sc => 'HKLM\SOFTWARE\Microsoft\SystemCertificates', policy => 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates');
ok(quietly($WINE, 'reg', 'export', $export{$_}, scratch("$_.reg"), '/y'), "reg export $export{$_}") for sort keys %export;
quietly('/usr/lib/wine/wineserver64', '-k');

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
