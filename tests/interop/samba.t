#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A registry that went through Samba's gives the same facts as the generator's own.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
my $NET = which('net');
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
$NET or plan skip_all => "Samba's net is not installed";
$> == 0 or plan skip_all => "Samba's registry needs root";

my $dir = scratch('samba');
mkdir $_ for $dir, map { "$dir/$_" } qw(private state cache lock run log);
chmod 0700, "$dir/private";
write_bytes("$dir/smb.conf", <<"END");
[global]
  workgroup = TESTWG
  netbios name = SCPTEST
  server role = standalone server
  interfaces = 127.0.0.1
  bind interfaces only = yes
  private dir = $dir/private
  state directory = $dir/state
  cache directory = $dir/cache
  lock directory = $dir/lock
  pid directory = $dir/run
  ncalrpc dir = $dir/run/ncalrpc
  log file = $dir/log/log
  passdb backend = tdbsam:$dir/private/passdb.tdb
  disable netbios = yes
  disable spoolss = yes
  load printers = no
  printcap name = /dev/null
END

sub net
{
    my (@arguments) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$dir/out";
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $NET } $NET, '-s', "$dir/smb.conf", @arguments; }
        POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? == 0 || (diag("net @arguments: $?\n", slurp("$dir/out")), 0);
}

# Facts without what Samba's own registry adds.
sub facts
{
    my $r = run_json([$NAME, "--at=$AT", '-v', map { ('-R', $_) } @_]);
    my ($stores, $values) = @{ $r->{json}{facts} }{qw(stores values)};
    return { stores => { map { lc() => [sort { $a->{sha1} cmp $b->{sha1} } @{ $stores->{$_} }] } keys %$stores },
             values => { map { lc() => $values->{$_} } keys %$values }, anomalies => $r->{json}{facts}{anomalies} };
}

my $serial = 0;
sub some { return [map { certificate(cn => "Number $serial", serial => ++$serial, sign => 0, key => $_ % 2 ? 'rsa' : 'ec') } 1 .. $_[0]] }

my $registry = machine(root => some(3), authroot => some(20), ca => some(5), disallowed => some(4), policy_root => some(2), enterprise_root => some(1),
                       update => { RootDirUrl => reg_sz('file://\\\\server\\share'), EncodedCtl => reg_binary(join '', map { chr($_ % 251) } 1 .. 190_000) },
                       policy => { DisableRootAutoUpdate => reg_dword(0), EnableDisallowedCertAutoUpdate => reg_dword(1) }, protected => 0x20);
$registry = only_keys($registry, 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates', POLICY_CERTIFICATES, ENTERPRISE_CERTIFICATES);
my $ours = facts(save('ours.reg', windows_export($registry)));
cmp_ok(scalar(keys %{ $ours->{stores} }), '==', 6, 'six stores');

for my $case (['UTF-16 as Windows exports it', windows_export($registry)], ["Samba's own text", samba_text($registry)]) {
    my ($name, $bytes) = @$case;
    unlink glob("$dir/state/registry.tdb");
    ok(net('registry', 'import', save('import.reg', $bytes)), "$name: imported") or next;
    my @parts;
    for my $key ('HKLM\SOFTWARE\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Microsoft\EnterpriseCertificates') {
        push @parts, "$dir/export" . @parts . '.reg';
        unlink $parts[-1];
        ok(net('registry', 'export', $key, $parts[-1]), "$name: exported $key");
    }
    is_deeply(facts(@parts), $ours, "$name: the same facts in three exports");
    unlink "$dir/all.reg";
    ok(net('registry', 'export', 'HKLM\SOFTWARE', "$dir/all.reg"), "$name: exported HKLM\\SOFTWARE");
    is_deeply(facts("$dir/all.reg"), $ours, "$name: the same facts in one export");
}

done_testing();
