#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/tools/read-selftest with folders made here, as contrib/windows/selftest.cmd would write them of a Windows that does what we expect,
# and of others; and what that script holds.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Digest::SHA qw(sha1_hex);
use Scp;
use Test::More;

my $PLUGIN = plugin_path('check_scp_intermediates') // '';
-x $PLUGIN && -x plugin_path('check_scp_roots') or plan skip_all => 'the plugins are not built';
my $PLUGINS = $PLUGIN =~ s{/[^/]*\z}{}r;

my $script = slurp("$SOURCE/contrib/windows/selftest.cmd");
my ($print) = $script =~ /set "test=([0-9A-F]{40})"/;
my %blob = $script =~ /set "(plain|purposes|denied|disabled|issued)=([0-9A-F]+)"/g;
my %file = $script =~ /^>"%dir%\\(root|leaf|g2)\.hex" echo ([0-9A-F]+)\r?$/mg;
$_ = pack 'H*', $_ for values %blob, values %file;

# --- What the script holds ---

is(uc sha1_hex($file{root}), $print, 'its root is the one that it names');
is(uc sha1_hex($file{g2}), ($script =~ /set "g2=([0-9A-F]{40})"/)[0], 'DigiCert Global Root G2, too');
is(join(' ', sort keys %blob), 'denied disabled issued plain purposes', 'its forms of the root');
is(substr($blob{$_}, -length $file{root}), $file{root}, "$_: the root") for sort keys %blob;
my ($root, $leaf) = map { write_bytes(scratch("$_.der"), $file{$_}) } qw(root leaf);
SKIP: {
    skip('no openssl', 2) if !defined which('openssl');
    my $text = `openssl x509 -inform DER -in '$root' -noout -text`;
    like($text, qr/Name Constraints: critical\s+Permitted:\s+DNS:selftest\.invalid\s*\n/, 'it is good for one name, which nobody can have');
    system("openssl x509 -inform DER -in '$root' -out '$root.pem'") == 0 or die;
    like(`openssl verify -CAfile '$root.pem' -purpose sslserver -verify_hostname selftest.invalid '$leaf' 2>&1`, qr/OK/, 'the leaf is of it');
}
my @SITUATIONS = ($script =~ /^call :judge ([a-z-]+)\r?$/mg, map { split ' ' } $script =~ /in \(([a-z ]+)\) do call :restricted/);
like($script, qr/^call :judge on-demand g2 -urlfetch\r?$/m, 'the network is asked last');
is(join(' ', sort @SITUATIONS), 'absent authroot authroot-ignored denied disabled disallowed issued purposes root root-authroot-ignored', 'its situations');

# --- A folder as it would write it ---

my %REGISTRY = (absent => [], root => [root => 'plain'], 'root-authroot-ignored' => [root => 'plain', protected => 8], authroot => [authroot => 'plain'],
    'authroot-ignored' => [authroot => 'plain', protected => 8], disallowed => [root => 'plain', disallowed => 'plain'],
    map { ($_ => [root => $_]) } qw(purposes denied disabled issued));
my %TRUSTED = map { ($_ => 1) } qw(root root-authroot-ignored authroot on-demand);
my $HEAD = "HCCE_LOCAL_MACHINE\r\nCERT_CHAIN_POLICY_BASE\r\n-------- CERT_CHAIN_CONTEXT --------\r\n";
sub certutil { return $HEAD . join('', map { "ChainContext.dwErrorStatus = $_\r\n" } @_) . "\r\nCertContext[0][0]: dwInfoStatus=2 dwErrorStatus=0\r\n" }
my %SAYS = (1 => certutil('CERT_TRUST_REVOCATION_STATUS_UNKNOWN (0x40)', 'CERT_TRUST_IS_OFFLINE_REVOCATION (0x1000000)'),
    0 => certutil('CERT_TRUST_REVOCATION_STATUS_UNKNOWN (0x40)', 'CERT_TRUST_IS_UNTRUSTED_ROOT (0x20)'));

my $n = 0;
sub folder
{
    my ($change) = @_;
    my $dir = scratch('selftest' . ++$n);
    mkdir $dir;
    write_bytes("$dir/$_.cer", $file{$_}) for keys %file;
    my $base = machine();
    write_bytes("$dir/enterprise.reg", windows_export(only_keys($base, ENTERPRISE_CERTIFICATES)));
    write_bytes("$dir/chain.reg", windows_export(only_keys($base, 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID')));
    my @lines = 'scp-selftest 1';
    for my $name (@SITUATIONS, 'on-demand') {
        my %o = @{ $REGISTRY{$name} // [] };
        $o{$_} = [{ key => $print, der => $file{root}, blob => $blob{ $o{$_} } }] for grep { $o{$_} } qw(root authroot disallowed);
        my $registry = machine(%o);
        write_bytes("$dir/$name.stores.reg", windows_export(only_keys($registry, SYSTEM_CERTIFICATES)));
        write_bytes("$dir/$name.policy.reg", windows_export(only_keys($registry, POLICY_CERTIFICATES)));
        write_bytes("$dir/$name.txt", $SAYS{ $TRUSTED{$name} ? 1 : 0 });
        push @lines, "$name " . ($name eq 'on-demand' ? 'g2' : 'leaf');
    }
    $change->($dir, \@lines) if $change;
    write_bytes("$dir/selftest.txt", join('', map { "$_\r\n" } @lines, 'complete'), $NOW) if !-e "$dir/selftest.txt";
    return $dir;
}
sub compare
{
    my ($dir) = @_;
    my $out = `'$^X' '$SOURCE/tests/tools/read-selftest' '$dir' '$PLUGINS' 2>&1`;
    return { code => $? >> 8, out => $out };
}

# Its lists are fresh: what is not there is fetched.
my $r = compare(folder());
is($r->{code}, 0, 'Windows does what we expect') or diag($r->{out});
like($r->{out}, qr/^agree    \Q$_\E  *Windows: @{[$TRUSTED{$_} ? 'trusted' : 'distrusted']} /m, $_) for @SITUATIONS, 'on-demand';
unlike($r->{out}, qr/DIFFER|UNKNOWN/, 'nothing else');

for my $name ('root', 'disabled', 'on-demand') {
    $r = compare(folder(sub { write_bytes("$_[0]/$name.txt", $SAYS{ $TRUSTED{$name} ? 0 : 1 }) }));
    is($r->{code}, 1, "another Windows: $name");
    like($r->{out}, qr/^DIFFER   \Q$name\E /m, '... is named');
    is(scalar(() = $r->{out} =~ /^DIFFER/mg), 1, '... and it alone');
}
for my $case (['no answer', sub { write_bytes("$_[0]/root.txt", "CertUtil: -verify command FAILED\r\n") }, qr/^UNKNOWN  root /m],
    ['a file lost', sub { unlink "$_[0]/root.stores.reg" }, qr/root\.stores\.reg: missing/],
    ['interrupted', sub { write_bytes("$_[0]/selftest.txt", "scp-selftest 1\r\nabsent leaf\r\n") }, qr/no end/],
    ['nothing in it', sub { write_bytes("$_[0]/selftest.txt", "scp-selftest 1\r\ncomplete\r\n") }, qr/no situation/],
    ['a folder of another kind', sub { write_bytes("$_[0]/selftest.txt", "x\r\n") }, qr/not what selftest\.cmd writes/],
    ['a line of another kind', sub { push @{ $_[1] }, '../x leaf' }, qr/'\.\.\/x leaf'/]) {
    my ($what, $change, $pattern) = @$case;
    $r = compare(folder($change));
    is($r->{code}, 2, $what) or diag($r->{out});
    like($r->{out}, $pattern, '... is told');
}

# No policy was ever set: there is nothing to export.
is(compare(folder(sub { unlink "$_[0]/$_.policy.reg" for grep { !/ignored/ } @SITUATIONS }))->{code}, 0, 'keys that are not there');

done_testing;
