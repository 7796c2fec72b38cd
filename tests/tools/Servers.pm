# SPDX-License-Identifier: GPL-3.0-or-later
#
# Servers for the network tests: our own fault server, TLS in front of it, a certificate authority, and real programs (nginx,
# tinyproxy, squid) in private folders.  All listen on loopback, on ports that the system chose, and end with the test, however it ends.
package Servers;

use strict;
use warnings;
use Exporter qw(import);
use File::Path qw(make_path);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Many ();
use POSIX qw(:sys_wait_h);
use Scp;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(fault_server ocsp_responder tls_front tls_authority tls_certificate start_program stop_program has_ended free_port closed_port wait_for_port fetch fetch_path soonest namespaces);

my %running;    # keeper's pid => the write end of the pipe it reads

END { local $?; stop_program($_) for keys %running }

# --- Programs ---

# Becomes the program: the words of a command, or Perl code.  Its standard input is the pipe that ends with the test.
sub become
{
    my ($in, $out, @command) = @_;
    $SIG{$_} = 'DEFAULT' for qw(TERM INT HUP CHLD);
    delete @ENV{ grep { /_proxy\z/i } keys %ENV };
    open STDIN, '<&', $in or POSIX::_exit(125);
    open STDOUT, '>&', $out or POSIX::_exit(125);
    open STDERR, '>>', scratch('servers.log') or POSIX::_exit(125);
    close $_ for $in, $out;
    if (ref $command[0]) {
        eval { $command[0]->(); 1 } or print STDERR $@;
        POSIX::_exit(0);
    }
    { no warnings 'exec'; exec { $command[0] } @command; }
    POSIX::_exit(126);
}

# Stays beside a program and whatever that starts, in a process group of their own, until the program has ended or the test has: that
# closes the pipe, also where a signal left it no time to clean up.
sub keep
{
    my ($in, $out, @command) = @_;
    my $ended = 0;
    setpgrp 0, 0;
    $SIG{$_} = sub { $ended = 1 } for qw(TERM INT HUP);
    close $_ for values %running;
    my $program = fork // POSIX::_exit(125);
    become($in, $out, @command) if $program == 0;
    close $out;
    open STDOUT, '>', '/dev/null';
    $SIG{CHLD} = sub { $ended = 1 if waitpid($program, WNOHANG) != 0 };
    1 while !$ended && !defined sysread $in, my $ignored, 1;
    $SIG{$_} = 'IGNORE' for qw(TERM INT HUP);
    $SIG{CHLD} = 'DEFAULT';
    for (1 .. 100) {
        last if waitpid($program, WNOHANG) != 0;
        kill TERM => -$$ if $_ == 20;
        sleep 0.02;
    }
    kill KILL => -$$;
    POSIX::_exit(0);
}

# Starts a program (words, or a reference to Perl code) whose standard input is a pipe that ends with us.  Returns (pid of its keeper,
# handle of its standard output).
sub start_program
{
    my (@command) = @_;
    pipe my $in_read, my $in_write or die "pipe: $!";
    pipe my $out_read, my $out_write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $in_write;
        close $out_read;
        keep($in_read, $out_write, @command);
    }
    close $in_read;
    close $out_write;
    $running{$pid} = $in_write;
    return ($pid, $out_read);
}

sub stop_program
{
    my ($pid) = @_;
    my $in = delete $running{$pid} or return;
    close $in;
    waitpid $pid, 0;
    return;
}

# Whether it has ended by itself.
sub has_ended { my ($pid) = @_; return waitpid($pid, WNOHANG) != 0 }

# The lines "NAME VALUE" that a program prints, until `last` came.
sub announced
{
    my ($out, $last) = @_;
    my %seen;
    my $select = IO::Select->new($out);
    my $text = '';
    while ($text !~ /^\Q$last\E\b.*\n/m) {
        die "a server did not start (" . slurp(scratch('servers.log')) . ")\n"
            if !$select->can_read(20) || !sysread $out, $text, 4096, length $text;
    }
    $seen{$1} = $2 while $text =~ /^(\S+) (\d+)$/mg;
    return \%seen;
}

# fault_server(NAME…) -> { NAME => "127.0.0.1:PORT", paths => … }; --root=… and --ipv6 are handed on.
sub fault_server
{
    my (@arguments) = @_;
    my ($pid, $out) = start_program($^X, "$SOURCE/tests/tools/fault-server", @arguments);
    my $ports = announced($out, 'ready');
    my $host = (grep { $_ eq '--ipv6' } @arguments) ? '[::1]' : '127.0.0.1';
    return { pid => $pid, map { ($_ => "$host:$ports->{$_}") } keys %$ports };
}

# TLS in front of an address of the fault server; returns "127.0.0.1:PORT".
sub tls_front
{
    my ($chain, $key, $address, @switches) = @_;
    my (undef, $out) = start_program(Scp::tool('tls-front'), $chain, $key, $address =~ s/.*://r, @switches);
    return '127.0.0.1:' . announced($out, 'port')->{port};
}

# `openssl ocsp` as a responder with these options (-index, -CA, -rsigner, …); the port that the system chose for it.
sub ocsp_responder
{
    my (@options) = @_;
    my ($pid, $out) = start_program(which('openssl'), 'ocsp', '-port', 0, '-ignore_err', @options);
    my ($select, $text) = (IO::Select->new($out), '');
    while ($text !~ /\n/) {
        die "openssl ocsp did not start\n" if !$select->can_read(20) || !sysread $out, $text, 4096, length $text;
    }
    my ($port) = $text =~ /^ACCEPT \S*:(\d+)/ or die "openssl ocsp does not tell its port: $text";
    return $port;
}

sub free_port
{
    my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1) or die "listen: $!";
    return $s->sockport;
}

# A port at which nobody listens and nobody else can: it is held until the end of the test.
my @held;
sub closed_port
{
    my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'tcp') or die "bind: $!";
    push @held, $s;
    return $s->sockport;
}

sub wait_for_port
{
    my ($port, $host) = @_;
    for (1 .. 400) {
        my $s = IO::Socket::INET->new(PeerAddr => $host // '127.0.0.1', PeerPort => $port, Timeout => 1);
        return 1 if $s;
        sleep 0.05;
    }
    return 0;
}

# --- Certificates (openssl) ---

sub subject { my ($cn, $o) = @_; return '/C=XX' . ($o ? "/O=$o" : '') . "/CN=$cn" }

# tls_authority(NAME, common name, organisation) -> { pem, key, cn }
sub tls_authority
{
    my ($name, $cn, $o) = @_;
    my %ca = (pem => scratch("$name.pem"), key => scratch("$name.key"), cn => $cn);
    openssl('', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', $ca{key}, '-out',
        $ca{pem},
            '-days', 30, '-subj', subject($cn, $o), '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
    return \%ca;
}

# tls_certificate(CA, NAME, names => 'IP:127.0.0.1', days => 10, ca => 0, cn => …): { pem (its chain), key, cn }
sub tls_certificate
{
    my ($ca, $name, %o) = @_;
    my %c = (pem => scratch("$name.pem"), key => scratch("$name.key"), cn => $o{cn} // $name);
    my $config = save("$name.cnf", $o{ca} ? "basicConstraints=critical,CA:TRUE\n" : 'subjectAltName='
        . ($o{names} // 'IP:127.0.0.1,DNS:localhost') . "\n");
    openssl('', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', $c{key}, '-out',
        scratch("$name.csr"), '-subj', subject($c{cn}, $o{o}));
    openssl('', 'x509', '-req', '-in', scratch("$name.csr"), '-CA', $ca->{pem}, '-CAkey', $ca->{key}, '-days', $o{days} // 10,
        '-set_serial', $o{serial} // 77,
            '-extfile', $config, '-out', $c{pem});
    write_bytes($c{pem}, slurp($c{pem}) . join '', map { slurp($_) } @{ $o{chain} // [] });
    return \%c;
}

# --- The network layer ---

sub fetch_path { return Scp::tool('fetch') }

# fetch(ARGUMENT…, { env => …, stdin => … }): what it prints, with code, wall (seconds), and stalled: what other work took of them, which is
# left out of its own figure of seconds; dies when that is no JSON.
sub fetch
{
    my (@arguments) = @_;
    my $o = ref $arguments[-1] ? pop @arguments : {};
    my ($out, $err) = (scratch('fetch.out'), scratch('fetch.err'));
    my @command = (@{ $o->{before} // [] }, fetch_path(), @arguments);
    unshift @command, split / /, $ENV{SCP_WRAPPER} if $ENV{SCP_WRAPPER};
    my ($began, $stalled) = (time, stalled());
    my %env = (%ENV, %{ $o->{env} // {} });
    delete @env{ grep { /_proxy\z/i && !exists $o->{env}{$_} } keys %env };
    my $many = !(grep { $o->{$_} } qw(child started)) && Many::serves(Scp::tool('many'));
    my $pid = $many ? Many::start({ env => \%env, argv => \@command, stdin => $o->{stdin} // '/dev/null', stdout => $out, stderr => $err }) : fork // die "fork: $!";
    if ($pid == 0) {
        %ENV = %env;
        open STDIN, '<', $o->{stdin} // '/dev/null' or POSIX::_exit(125);
        open STDOUT, '>', $out or POSIX::_exit(125);
        open STDERR, '>', $err or POSIX::_exit(125);
        $o->{child}->() if $o->{child};
        { no warnings 'exec'; exec { $command[0] } @command; }
        POSIX::_exit(126);
    }
    $o->{started}->($pid) if $o->{started};
    my $status = $many ? Many::await() : Scp::ended($pid);
    my $r = eval { JSON::PP->new->utf8->decode(slurp($out)) } // die "fetch @arguments: status $status, no JSON: " . slurp($out)
        . slurp($err);
    @$r{qw(wall code err stalled whole)} = (time - $began, $status >> 8, slurp($err), stalled() - $stalled, $r->{seconds});
    $r->{seconds} -= $r->{stalled} if defined $r->{seconds};
    return $r;
}

# A run that is over within so many seconds - and in which the servers came to answer, where `$answered` tells - or the last of three, of
# more where the machine had other work.
sub soonest
{
    my ($limit, $run, $answered) = @_;
    my $r;
    for my $try (1 .. 12) {
        my $before = stalled();
        $r = $run->();
        last if ($r->{seconds} // 0) <= $limit && (!$answered || $answered->($r)) || $try >= 3 && stalled() - $before < 0.1;
    }
    return $r;
}

# Whether private network and mount namespaces can be had (as root or with user namespaces).
sub namespaces
{
    my $unshare = which('unshare') // return 0;
    return system("$unshare -rmn --fork --pid --mount-proc --kill-child true >/dev/null 2>&1") == 0;
}

1;
