#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every signal whose default is to end a process ends a plugin in one UNKNOWN line, whatever it is doing.
use strict;
use warnings;
use Config;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Scp;
use POSIX ();
use Test::More;

plan skip_all => 'the signal would be for the program around it' if $ENV{SCP_WRAPPER};
plan skip_all => 'needs /proc' if !-r '/proc/self/status';

# What does not end a process, cannot be caught, is told by write(), or is for the C library.
my %other = map { $_ => 1 } qw(ZERO KILL STOP TSTP TTIN TTOU CONT CHLD CLD URG WINCH PIPE NUM32 NUM33);
my %crash = map { $_ => 1 } qw(SEGV ILL FPE ABRT IOT);
my %seen;
my @signals = grep { my $n = $_->[1]; !$seen{$n}++ } grep { !$other{ $_->[0] } }
    map { [(split ' ', $Config{sig_name})[$_], (split ' ', $Config{sig_num})[$_]] } 0 .. scalar(split ' ', $Config{sig_name}) - 1;
cmp_ok(scalar @signals, '>', 30, 'signals, with those of real time');

# It sleeps, with its handlers in place (SIGTERM's is bit 14 of a mask): it waits for its standard input.
sub is_waiting
{
    my ($pid) = @_;
    my $status = eval { slurp("/proc/$pid/status") } // '';
    return $status =~ /^State:\s*S/m && $status =~ /^SigCgt:\s*[0-9a-f]*([0-9a-f])[0-9a-f]{3}$/m && hex($1) & 4;
}

# The line of a plugin that waits for its standard input and is sent the signal.
sub ended_by
{
    my ($number, @arguments) = @_;
    pipe my $never, my $keep or die "pipe: $!";
    pipe my $out, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $SIG{$_} = 'DEFAULT' for grep { exists $SIG{$_} && !/^(?:ZERO|NUM)/ } split ' ', $Config{sig_name};
        POSIX::dup2(fileno $never, 0);
        POSIX::dup2(fileno $write, 1);
        POSIX::dup2(fileno $write, 2);
        exec { $arguments[0] } @arguments or POSIX::_exit(126);
    }
    close $write;
    select undef, undef, undef, 0.002 while waitpid($pid, POSIX::WNOHANG()) == 0 && !is_waiting($pid);
    kill $number => $pid;
    waitpid $pid, 0;
    my ($status, $text) = ($?, do { local $/; <$out> });
    return "exit " . ($status >> 8) . ", signal " . ($status & 127) . ": $text";
}

for my $signal (@signals) {
    my ($name, $number) = @$signal;
    next if $crash{$name} && sanitized('check_scp_roots');
    my $said = $name eq 'ALRM' ? 'no result within' : $crash{$name} ? "crashed by signal $number" : "terminated by signal $number";
    like(ended_by($number, plugin_path('check_scp_roots'), '-R', 'reg:-', '-t', '1h'),
        qr/\Aexit 3, signal 0: SCP ROOTS UNKNOWN - \Q$said\E[^\n0-9]*[^\n]*\n\z/, "SIG$name");
}
for my $plugin (qw(check_scp check_scp_intermediates check_scp_autoupdate)) {
    like(ended_by(10, plugin_path($plugin), '-R', 'reg:-'), qr/\Aexit 3, signal 0: SCP [A-Z ]*UNKNOWN - terminated by signal 10[^\n]*\n\z/,
        "$plugin: SIGUSR1");
}

# Limits of the system that a run meets: no answer can be written where none may be, but the exit code tells.
my $short = scratch('short.out');
for my $blocks (0, 1) {
    system '/bin/sh', '-c', "ulimit -f $blocks; exec \"\$@\" > '$short' 2>&1", 'sh', plugin_path('check_scp_roots'), '--help';
    is($? >> 8, 3, "a file size limit of $blocks blocks on standard output: exit 3");
    is($? & 127, 0, 'and no signal');
}

done_testing();
