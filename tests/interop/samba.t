#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A registry that went through Samba's gives the same facts as the generator's own.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Samba;
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $missing = registry_missing();
plan skip_all => $missing if $missing;

my $samba = samba_registry('registry');
my $dir = $samba->{dir};
sub net { my (@arguments) = @_; return $samba->net('registry', @arguments)
    || (diag("net registry @arguments: $?\n", slurp("$dir/out")), 0) }

# Facts without what Samba's own registry adds.
sub facts
{
    my $r = run_json([$NAME, "--at=$AT", '-v', map { ('-R', $_) } @_]);
    my ($stores, $values) = @{ $r->{json}{facts} }{qw(stores values)};
    return { stores => { map { lc() => [sort { $a->{sha1} cmp $b->{sha1} } @{ $stores->{$_} }] } keys %$stores },
             values => { map { lc() => $values->{$_} } keys %$values }, anomalies => $r->{json}{facts}{anomalies} };
}

my $serial = 0;
sub some { return [map { certificate(cn => "Number $serial", serial => ++$serial, sign => 0,
    key => $_ % 2 ? 'rsa' : 'ec') } 1 .. $_[0]] }

my $registry = machine(root => some(3), authroot => some(20), ca => some(5), disallowed => some(4), policy_root => some(2),
    enterprise_root => some(1),
                       update => { RootDirUrl => reg_sz('file://\\\\server\\share'), EncodedCtl => reg_binary(join '', map { chr($_ % 251) } 1 .. 190_000) },
                       policy => { DisableRootAutoUpdate => reg_dword(0), EnableDisallowedCertAutoUpdate => reg_dword(1) }, protected => 0x20);
$registry = only_keys($registry, 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates', POLICY_CERTIFICATES,
    ENTERPRISE_CERTIFICATES);
my $ours = facts(save('ours.reg', windows_export($registry)));
cmp_ok(scalar(keys %{ $ours->{stores} }), '==', 6, 'six stores');

for my $case (['UTF-16 as Windows exports it', windows_export($registry)], ["Samba's own text", samba_text($registry)]) {
    my ($name, $bytes) = @$case;
    unlink glob("$dir/state/registry.tdb");
    ok(net('import', save('import.reg', $bytes)), "$name: imported") or next;
    my @parts;
    for my $key ('HKLM\SOFTWARE\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates',
        'HKLM\SOFTWARE\Microsoft\EnterpriseCertificates') {
        push @parts, "$dir/export" . @parts . '.reg';
        unlink $parts[-1];
        ok(net('export', $key, $parts[-1]), "$name: exported $key");
    }
    is_deeply(facts(@parts), $ours, "$name: the same facts in three exports");
    unlink "$dir/all.reg";
    ok(net('export', 'HKLM\SOFTWARE', "$dir/all.reg"), "$name: exported HKLM\\SOFTWARE");
    is_deeply(facts("$dir/all.reg"), $ours, "$name: the same facts in one export");
}

done_testing();
