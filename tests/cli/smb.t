#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The remote registry back end against programs that only pretend to be Samba's net: whatever they do, there is a reason, the
# deadline is kept and nothing of them is left behind.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use POSIX ();
use Scp;
use Test::More;
use Time::HiRes qw(sleep time);

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my $root = certificate(cn => 'Test Root', serial => 1);
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $login = save('login', "username = mon\npassword = Geheimnis-7431\ndomain = CORP\n");
chmod 0600, $login;

# The exports of a whole machine, one file per key, that a pretended net prints.
my $folder = scratch('keys');
mkdir $folder;
sub keys_of
{
    my ($registry) = @_;
    unlink glob "$folder/*";
    my %tree = ('HKLM\SOFTWARE\Microsoft\SystemCertificates' => 1, 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates' => 1,
                'HKLM\SOFTWARE\Microsoft\EnterpriseCertificates' => 1);
    for my $key (sort keys %tree) {
        my $long = $key =~ s/\AHKLM/HKEY_LOCAL_MACHINE/r;
        my %part = map { $_ => $registry->{$_} } grep { lc $_ eq lc $long || index(lc $_, lc "$long\\") == 0 } keys %$registry;
        (my $file = $key) =~ tr/\\/_/;
        write_bytes("$folder/$file", samba_text(\%part)) if %part;
    }
    return;
}

# A program that is called as net is: $4 verb, $5 key. LOG takes what it was given.
my $serial = 0;
sub pretend
{
    my ($body) = @_;
    my $file = scratch('net' . ++$serial);
    write_bytes($file, <<"END");
#!/bin/sh
key=\$(printf '%s' "\$4" | tr '\\\\\\\\' '_')
verb=\$3
absent() { echo 'registry_openkey failed: NT_STATUS_NO_SUCH_DEVICE' >&2; exit 255; }
normal() { if [ -f "$folder/\$key" ]; then cat "$folder/\$key"; exit 0; else absent; fi; }
$body
normal
END
    chmod 0755, $file;
    return $file;
}

sub plugin { my ($net, @more) = @_; return [$NAME, "--at=$AT", "--profile=$profile", '-H', 'scp01.example', '-A', $login,
    "--net=$net", @more] }

keys_of(machine(authroot => [$root]));
my $log = scratch('arguments');
{
    my $net = pretend("echo \"\$@\" >> $log; env >> $log; cat /dev/fd/3 >> $log.secret");
    my $r = verdict('a sound one', plugin($net), 'OK', { 'roots.present' => 'OK', 'source.partial' => undef });
    my $said = slurp($log);
    like($said, qr{^rpc registry export HKLM\\SOFTWARE\\Microsoft\\SystemCertificates /dev/stdout -S scp01\.example --configfile=/dev/null --client-protection=encrypt -A /dev/fd/3$}m, 'its arguments');
    like($said, qr{^rpc registry getvalue HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion CurrentBuild -S }m,
        'one value alone');
    like($said, qr{^rpc registry enumerate HKLM\\SYSTEM\\CurrentControlSet\\Services\\CryptSvc -S }m, 'a key alone');
    unlike($said, qr/Geheimnis/, 'no secret in arguments and environment');
    is_deeply([sort grep { !/\A(?:PWD|SHLVL|_|OLDPWD)\z/ } keys %{ { map { $_ => 1 } $said =~ /^(\w+)=/mg } }], ['LC_ALL'],
        'a clean environment');
    like(slurp("$log.secret"), qr/\Ausername=mon\npassword=Geheimnis-7431\ndomain=CORP\n/, 'the secret by descriptor');
}

# What it says, and what that means; the whole source fails after one attempt.
my @HOST = (
    ['Could not connect to server x\nThe username or password was not correct.\nConnection failed: NT_STATUS_LOGON_FAILURE', 'wrong user name or password'],
    ['Connection failed: NT_STATUS_ACCOUNT_LOCKED_OUT', 'locked out'],
    ['Connection failed: NT_STATUS_PASSWORD_EXPIRED', 'password has expired'],
    ['Unable to find a suitable server for domain X', 'name is not known'],
    ['Connection failed: NT_STATUS_CONNECTION_REFUSED', 'connection refused'],
    ['Connection failed: NT_STATUS_IO_TIMEOUT', 'does not answer'],
    ['Connection failed: NT_STATUS_HOST_UNREACHABLE', 'cannot be reached'],
    ['Could not initialise pipe winreg. Error was NT_STATUS_OBJECT_NAME_NOT_FOUND', 'Remote Registry service is disabled'],
    ['Could not initialise pipe winreg. Error was NT_STATUS_ACCESS_DENIED', 'local account other than the built-in one is filtered by UAC'],
    ['Connection failed: NT_STATUS_NOT_SUPPORTED', 'no encrypted SMB'],
    ['Could not do something new: NT_STATUS_WHATEVER', 'no connection: Could not do something new: NT_STATUS_WHATEVER'],
    ["evil \033[2J | x=1 <script>", 'evil \\\\x1b'],
);
for my $case (@HOST) {
    my ($words, $why) = @$case;
    unlink $log;
    my $net = pretend("echo x >> $log; printf '%b\\n' '$words' >&2; exit 255");
    my $r = verdict("says '" . ($words =~ s/[^ -~]//gr) . "'", plugin($net), 'UNKNOWN',
        { 'source.unreadable' => 'UNKNOWN', 'roots.missing' => undef }, qr/$why/);
    cmp_ok(length(slurp($log)), '==', 4, 'asked once in each run: no account is locked out by trying') if $why =~ /wrong|Remote/;
}
verdict('not there', plugin('/nonexistent/net'), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' },
    qr/Samba's net could not be run: .nonexistent.net: No such file/);
verdict('dies', plugin(pretend('kill -11 $$')), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' }, qr/died of signal 11/);
verdict('says nothing', plugin(pretend('exit 1')), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' },
    qr/no connection: net ends with 1 and says nothing/);
for my $bad (['--net=net'], ['--net=./net'], ['-H', 'a/b'], ['-H', '-S'], ['-H', '']) {
    my $r = run([$NAME, "--at=$AT", "--profile=$profile", '-A', $login, '-H', 'scp01', @$bad]);
    is($r->{code}, 3, "@$bad: refused");
}

# One key of several: what is there counts, what is not is not missing.
my $export = 'case "$verb $key" in "export HKLM_SOFTWARE_Microsoft_SystemCertificates")';
my @PART = (
    ['access denied', 'echo "registry_openkey failed: NT_STATUS_ACCESS_DENIED" >&2; exit 255', qr/access denied/],
    ['partly denied, exit 0', 'echo "dcerpc_winreg_OpenKey failed: DENIED WERR_ACCESS_DENIED" >&2; normal', qr/access denied to a part/],
    ['cut off, closed as if whole', 'head -n 3 "FOLDER/$key"; echo ";End:"; echo "enumerating values failed: NT_STATUS_IO_TIMEOUT" >&2; exit 255', qr/stopped answering/],
    ['the trailer is missing', 'grep -v "^;" "FOLDER/$key"; exit 0', qr/cut off/],
    ['cut inside a value', 'head -c 600 "FOLDER/$key"; exit 0', qr/cut off/],
    ['nothing at all, exit 0', 'exit 0', qr/ends too early|empty|cut off/],
    ['a page instead', 'echo "<html><body>"; exit 0', qr/not understood/],
    ['NUL bytes', 'head -c 5000 /dev/zero; exit 0', qr/not understood/],
    ['some remark on standard error', 'echo "Ignoring unknown parameter" >&2; normal', qr/says: Ignoring unknown parameter/],
    ['another exit code', 'cat "FOLDER/$key"; exit 7', qr/net ends with 7/],
    ['another key is absent', 'echo "registry_openkey failed: NT_STATUS_NO_SUCH_DEVICE" >&2; echo more >&2; exit 255', qr/says: more/],
);
keys_of(machine(enterprise_root => [certificate(cn => 'Other', serial => 5)], authroot => [$root],
    policy => { DisableRootAutoUpdate => reg_dword(1) }));
for my $case (@PART) {
    my ($name, $body, $why) = @$case;
    $body =~ s/FOLDER/$folder/g;
    my $r = verdict($name, plugin(pretend("$export $body;; esac")),
        undef // state_name(run(plugin(pretend("$export $body;; esac")))->{code}),
        { 'source.partial' => 'UNKNOWN', 'roots.missing' => undef });
    isnt($r->{code}, 0, "$name: not OK");
    like($r->{plain}{out}, $why, "$name: why");
}
{
    my $r = verdict('the key is absent: a complete answer', plugin(pretend("$export absent;; esac")), 'CRITICAL',
        { 'source.partial' => undef, 'roots.missing' => 'CRITICAL' });
}

# --- Hangs and floods ---

# What is looked for in the list of processes is this run's alone.
my ($HANG, $HANG_ONE, $HANG_SIGNAL) = map { "9753$_$$" } 1 .. 3;
sub alive { my ($mark) = @_; return grep { proc($_, 'cmdline') =~ /(?:sleep|yes)\x00$mark\b/ } numbers() }
# One that was killed is gone when the machine has had time for it; one that was not sleeps for weeks.
sub left { my ($mark) = @_; for (1 .. 3000) { last if !alive($mark); sleep 0.02 } return [alive($mark)] }
sub numbers { opendir my $d, '/proc' or return; return grep { /\A\d+\z/ } readdir $d }
sub proc { my ($pid, $what) = @_; open my $f, '<', "/proc/$pid/$what" or return ''; local $/; return <$f> // '' }

for my $case (['hangs', "exec sleep $HANG", qr/no answer within \d/],
    ['ignores SIGTERM', "trap '' TERM INT HUP; sleep $HANG; sleep $HANG", qr/no answer/],
              ['hangs without output', "exec >&- 2>&-; sleep $HANG", qr/no answer/], ['leaves a child with its pipes', "sleep $HANG & exit 0", qr/no answer/],
              ['floods', 'while :; do head -c 1000000 /dev/zero; done', qr/more output than|not understood/],
              ['floods standard error', "yes $HANG >&2", qr/more output than/]) {
    my ($name, $body, $why) = @$case;
    my $from = time - stalled();
    my $r = run(plugin(pretend($body), '-t', '2'));
    my $took = time - stalled() - $from;
    is($r->{code}, 3, "$name: UNKNOWN");
    like($r->{out}, $why, "$name: why");
    cmp_ok($took, '<', 3.5, "$name: in time") if !sanitized($NAME);
    is_deeply(left($HANG), [], "$name: nothing is left behind");
}
{
    my $r;
    for my $deadline (2, 10, 60) {    # more where the machine has other work
        $r = run(plugin(pretend("$export sleep $HANG_ONE;; esac"), '-t', $deadline));
        last if $r->{out} =~ /1 of 8 keys/;
    }
    is($r->{code}, 3, 'one key hangs');
    like($r->{out}, qr/1 of 8 keys could not be read whole.*no answer within/, 'the others were read');
    is_deeply(left($HANG_ONE), [], 'nothing is left behind');
}
# Whoever starts the tests in the background may have had these ignored, which is inherited.
@SIG{qw(INT QUIT)} = ('DEFAULT') x 2;
for my $signal ('TERM', 'INT', 'HUP', 'KILL', 'ALRM', 'QUIT', 'USR1', 'XCPU', 'BUS', 'RTMAX', sanitized($NAME) ? () : 'SEGV') {
    my $ready = scratch("ready-$signal");
    # When the plugin is killed outright, the system takes net itself along, which has no children.
    my $net = pretend("trap '' TERM INT HUP QUIT USR1; touch $ready; "
        . ($signal eq 'KILL' ? "exec sleep $HANG_SIGNAL" : "sleep $HANG_SIGNAL; sleep $HANG_SIGNAL"));
    my $from;
    my $r = run(plugin($net), any => 1, started => sub {
        my ($pid) = @_;
        for (1 .. 6000) { last if -e $ready; sleep 0.01 }
        $from = time - stalled();
        kill $signal => $pid;
    });
    my $took = time - stalled() - $from;
    if ($signal ne 'KILL') {
        is($r->{code}, 3, "SIG$signal: exit 3");
        like($r->{out}, $signal eq 'ALRM' ? qr/no result within/ : qr/(?:terminated|crashed) by signal \d+ while reading the registry/,
            "SIG$signal: says so");
    }
    cmp_ok($took, '<', 1, "SIG$signal: at once");
    is_deeply(left($HANG_SIGNAL), [], "SIG$signal: nothing is left behind");
}

done_testing();
