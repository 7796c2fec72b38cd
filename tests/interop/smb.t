#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A remote registry, read from a real Samba server: the facts are those of the file, and whatever goes wrong has a reason.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use File::Basename qw(basename);
use IO::Socket::INET;
use Kerberos;
use Samba;
use Scp;
use Servers qw(closed_port start_program);
use Test::More;
use Time::HiRes qw(sleep time);

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $missing = samba_missing();
plan skip_all => $missing if $missing;

my $serial = 0;
sub some { return [map { certificate(cn => "Number $serial", serial => ++$serial, sign => 0,
    key => $_ % 2 ? 'rsa' : 'ec') } 1 .. $_[0]] }

my @SCOPE = ('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates', POLICY_CERTIFICATES, ENTERPRISE_CERTIFICATES);
my $root = certificate(cn => 'Test Root', serial => 4711);
my $profile = save('smb.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $server = start_samba('one', registry => windows_export(machine(authroot => [$root])));
$server or plan skip_all => 'smbd does not start here';
my $login = $server->login;
sub plugin { return [$NAME, "--at=$AT", "--profile=$profile", @_] }
sub remote { return plugin('-R', $server->url, '-A', $login, @_) }

# Facts below the certificate stores: Samba's registry has keys of its own elsewhere.
sub facts
{
    my $r = run_json([@_, '-v']);
    my ($stores, $values) = @{ $r->{json}{facts} }{qw(stores values)};
    my $sort = sub { return [sort { $a->{sha1} cmp $b->{sha1} } @{ $_[0] }] };
    return { stores => { map { lc() => $sort->($stores->{$_}) } keys %$stores },
             values => { map { lc() => $values->{$_} } grep { !/CurrentVersion/ } keys %$values }, anomalies => $r->{json}{facts}{anomalies},
             findings => [sort map { "$_->{id} $_->{state} $_->{text}" } grep { $_->{id} !~ /\Asource\./ } @{ $r->{json}{findings} }] };
}

verdict('a remote registry', remote(), 'OK', { 'roots.present' => 'OK', 'source.partial' => undef, 'source.age' => undef },
    qr/SCP ROOTS OK - Test Root present in AuthRoot/);
{
    my $j = run_json(remote())->{json};
    is($j->{source}{kind}, 'smb', 'JSON: kind');
    is($j->{source}{location}, '127.0.0.1:' . $server->{port}, 'JSON: location');
    is($j->{source}{age}, 0, 'JSON: a living registry is of now');
}

# --- The same facts as in the file ---

sub again
{
    my ($registry) = @_;
    unlink glob("$server->{dir}/state/registry.tdb");
    $server->stop;
    $server = start_samba('one', registry => $registry) or BAIL_OUT('smbd does not start again');
    return;
}

my @MACHINES = (
    ['an empty one', {}],
    ['all stores', { root => some(3), authroot => some(20), ca => some(5), disallowed => some(4), policy_root => some(2), enterprise_root => some(1),
        system_root => some(2), update => { RootDirUrl => reg_sz('file://\\\\server\\share'),
        EncodedCtl => reg_binary(join '', map { chr($_ % 251) } 1 .. 190_000) },
        policy => { DisableRootAutoUpdate => reg_dword(0), EnableDisallowedCertAutoUpdate => reg_dword(1) }, protected => 0x20, cryptsvc => 2 }],
    ['a missing root, auto-update off', { root => some(2), policy => { DisableRootAutoUpdate => reg_dword(1) } }],
    ['CryptSvc disabled', { root => some(1), cryptsvc => 4 }],
    ['400 certificates', { authroot => some(400) }],
);
my $examples = scratch('examples');
if (system($^X, "$SOURCE/examples/make-examples", "--at=$AT", $examples) == 0) {
    push @MACHINES, map { [basename($_), slurp($_)] } sort glob "$examples/*.reg";
}
for my $case (@MACHINES) {
    my ($name, $machine) = @$case;
    my $registry = ref $machine ? machine(%$machine) : undef;
    my $bytes = $registry ? windows_export($registry) : $machine;
    again($bytes);
    my $file = save('same.reg', $bytes);
    my $ours = facts(@{ plugin('-R', $file) });
    my $theirs = facts(@{ remote() });
    # A file that holds nothing of a store cannot tell; a registry that was asked can.
    if (grep { /not-covered|could not be told/ } @{ $ours->{findings} }) {
        delete $_->{findings} for $ours, $theirs;
    }
    is_deeply($theirs, $ours, "the same facts: $name");
}

# --- What goes wrong ---

sub fails
{
    my ($name, $argv, $why, %o) = @_;
    return verdict($name, $argv, $o{state} // 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN', 'roots.missing' => undef }, $why, %o);
}

again(windows_export(machine(authroot => [$root])));
fails('wrong password', plugin('-R', $server->url, '-A', $server->login(password => 'x')), qr/wrong user name or password/);
fails('unknown user', plugin('-R', $server->url, '-A', $server->login(user => 'nosuch')), qr/wrong user name or password/);
$login = $server->login;
fails('unknown host', plugin('-R', 'smb://scp.invalid', '-A', $login), qr/the host's name is not known/);
fails('port closed', plugin('-R', 'smb://127.0.0.1:' . closed_port(), '-A', $login), qr/connection refused/);
fails('no credentials', plugin('-R', $server->url), qr/no credentials/);
fails('credentials missing', plugin('-R', $server->url, '-A', '/nonexistent'), qr{/nonexistent: No such file});
fails('no ticket', plugin('-R', $server->url, '-k'), qr/no Kerberos ticket/, env => { KRB5CCNAME => 'FILE:/nonexistent' });
{
    my $open = save('open-login', slurp($login));
    chmod 0644, $open;
    fails('credentials that others can read', plugin('-R', $server->url, '-A', $open), qr/others may read/);
}
for my $bad ('smb:x', 'smb://', 'smb://-S', 'smb://a b', 'smb://host:0', 'smb://host:70000', 'smb://[::1', 'smb://h;id',
    'smb://$(id)') {
    fails("no such form: $bad", plugin('-R', $bad, '-A', $login), qr/not smb:/);
}
fails('another service', plugin('-R', 'smb://127.0.0.1:' . http_port(), '-A', $login),
    qr/closed the connection|does not speak SMB/);
$server->account('-d');
fails('account disabled', remote(), qr/the account is disabled/);
$server->account('-e');
verdict('account enabled again', remote(), 'OK', { 'roots.present' => 'OK' });
{
    my $plain = start_samba('plain', registry => windows_export(machine(authroot => [$root])),
        options => "  server smb encrypt = off\n");
    fails('no encryption', plugin('-R', $plain->url, '-A', $plain->login), qr/offers no encrypted SMB/);
    $login = $server->login;
}

# A listener that never answers: our own time limit, and nothing left behind.
{
    my $deaf = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die "listen: $!";
    my $from = time - stalled();
    my $look = sub {
        my ($pid) = @_;
        my ($child, @seen);
        for (1 .. 100) {
            ($child) = grep { (ppid($_) // 0) == $pid } numbers();
            last if $child && cmdline($child) =~ /registry/;
            sleep 0.02;
        }
        return fail('net runs') if !$child;
        push @seen, cmdline($_), environ($_) for $pid, $child;
        cmp_ok(scalar(grep { length } @seen), '>=', 3, 'command lines and environments can be read');
        is_deeply([grep { /Geheimnis/ } @seen], [], 'none of them holds the secret');
        like(cmdline($child), qr/--client-protection=encrypt/, 'encryption is asked for');
    };
    fails('nobody answers', plugin('-R', 'smb://127.0.0.1:' . $deaf->sockport, '-A', $login, '-t', '2'),
        qr/no answer within \d/, started => $look);
    cmp_ok(time - stalled() - $from, '<', 6, 'in time, twice');
    my $port = $deaf->sockport;
    is_deeply([grep { cmdline($_) =~ /\0$port\0.*rpc\0registry/ } numbers()], [], 'no net is left behind');
}

# --- Denied ---

again(windows_export(machine(authroot => [$root], root => some(2))));
$server->deny('HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT');
my $part = verdict('a store is denied, the root is in another', remote(), 'UNKNOWN',
    { 'source.partial' => 'UNKNOWN', 'roots.present' => 'OK', 'roots.disallowed-not-covered' => 'UNKNOWN' });
like((finding($part, 'source.partial'))[0]{text}, qr/access denied/, 'and why');
again(windows_export(machine(root => [$root], policy => { DisableRootAutoUpdate => reg_dword(1) })));
$server->deny('HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT');
verdict('the store with the root is denied', remote(), 'UNKNOWN',
    { 'source.partial' => 'UNKNOWN', 'roots.missing' => undef, 'roots.present' => undef });
$server->deny('HKLM\SOFTWARE\Microsoft\SystemCertificates');
my $denied = verdict('all stores are denied', remote(), 'UNKNOWN', { 'source.partial' => 'UNKNOWN', 'roots.missing' => undef });
like($denied->{plain}{out}, qr{HKLM/SOFTWARE/Microsoft/SystemCertificates: access denied: .* Administrators}, 'and which key');
again(windows_export(machine(root => some(2), policy => { DisableRootAutoUpdate => reg_dword(1) })));
verdict('nothing denied: missing is missing', remote(), 'CRITICAL', { 'source.partial' => undef, 'roots.missing' => 'CRITICAL' });

# -H is short for it, on port 445, where nobody listens here.
SKIP: {
    skip 'somebody listens on port 445', 1 if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 445, Timeout => 1);
    fails('-H', plugin('-H', '127.0.0.1', '-A', $login), qr/127\.0\.0\.1: connection refused/);
}

# Kerberos needs a host's name, which a private hosts file gives.
SKIP: {
    my $none = kerberos_missing() // (system('unshare -m true >/dev/null 2>&1') == 0
        ? undef : 'no mount namespace can be had here');
    skip $none, 3 if $none;
    local @ENV{qw(KRB5_CONFIG KRB5_KDC_PROFILE KRB5CCNAME KRB5RCACHEDIR)};
    my $keytab = start_realm($Samba::USER, $Samba::PASSWORD, 'cifs/scp1.scp.test');
    skip 'no KDC can be made here', 3 if !$keytab;
    my $kerberos = start_samba('kerberos', registry => windows_export(machine(authroot => [$root])),
        options => "  realm = SCP.TEST\n  kerberos method = dedicated keytab\n  dedicated keytab file = FILE:$keytab\n");
    skip 'smbd does not start with a keytab', 3 if !$kerberos;
    my ($hosts, $inside) = (save('hosts', "127.0.0.1 localhost scp1.scp.test\n"), scratch('inside'));
    write_bytes($inside, "#!/bin/sh\nexec unshare -m sh -c 'mount --bind $hosts /etc/hosts && exec \"\$@\"' sh \"\$@\"\n");
    chmod 0755, $inside;
    local $ENV{SCP_WRAPPER} = $inside;
    my @kerberos = @{ plugin('-R', "smb://scp1.scp.test:$kerberos->{port}", '-k', '-t', 60) };
    verdict('a ticket', [@kerberos], 'OK', { 'roots.present' => 'OK', 'source.unreadable' => undef });
    like(qx(klist), qr{cifs/scp1\.scp\.test}, 'the credential cache has one for this host');
    local $ENV{KRB5CCNAME} = 'FILE:/nonexistent';
    fails('no ticket in the cache', [@kerberos], qr/Kerberos ticket/);
}

# By descriptor: no file.
{
    local $^F = 1000;    # it stays open in the programs that are started
    open my $file, '<', $login or die "$login: $!";
    my $r = run(plugin('-R', $server->url, '-A', '/dev/fd/' . fileno $file));
    like($r->{out}, qr/roots\.missing/, 'credentials by descriptor');
}

done_testing();

# --- Helpers ---

sub numbers { opendir my $d, '/proc' or return; return grep { /\A\d+\z/ } readdir $d }
sub proc { my ($pid, $what) = @_; open my $f, '<', "/proc/$pid/$what" or return ''; local $/; return <$f> // '' }
sub cmdline { return proc($_[0], 'cmdline') }
sub environ { return proc($_[0], 'environ') }
sub ppid { my ($ppid) = proc($_[0], 'stat') =~ /\A\d+ \(.*\) \S (\d+)/s; return $ppid }

# A server that speaks HTTP, until this test ends.
sub http_port
{
    my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die "listen: $!";
    start_program(sub {
        while (my $c = $s->accept) {
            sysread $c, my $asked, 100;
            print {$c} "HTTP/1.1 400 Bad Request\r\n\r\n";
            close $c;
        }
    });
    return $s->sockport;
}
