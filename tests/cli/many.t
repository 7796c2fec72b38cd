#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The three ways in which tests run a plugin say the same: a thread beside others (tests/tools/many_worker.c), a fork, the program.
# What one run leaves behind would show in what the next one says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use POSIX ();
use Scp;
use Test::More;

my $ROOTS = 'check_scp_roots';
-x (plugin_path($ROOTS) // '') or plan skip_all => "$ROOTS is not built";
-x Scp::tool('many') or plan skip_all => 'tests/tools/many is not built';

my $der = certificate(cn => 'One', sign => 0);
my $registry = save('one.reg', windows_export(machine(root => [$der])));
my $profile = save('one.ini', profile_text(one => [$der, 'required', 'One']));
my $other = save('two.ini', profile_text(two => [certificate(cn => 'Two', sign => 0), 'required', 'Two']));
my $log = save('empty.log', '');

# Never at its end, as this process keeps it open.
my $pipe = scratch('pipe');
POSIX::mkfifo($pipe, 0600) or plan skip_all => 'no named pipes here';
open my $kept, '+<', $pipe or die "$pipe: $!";

# The deadline ends the process, the others go on: each stands before each other and behind it.
my %ask = (
    good => [[$ROOTS, "--at=$AT", "--profile=$profile", '-R', $registry]],
    missing => [[$ROOTS, "--at=$AT", "--profile=$other", '-R', $registry, '-o', 'json']],
    confined => [[$ROOTS, '--version', '-v']],
    usage => [['check_scp_status', '--no-such-option']],
    severity => [[$ROOTS, "--at=$AT", "--profile=$other", '-R', $registry, '--severity=roots.missing=ok', '-vvv']],
    log => [['check_scp_status', "--at=$AT", "--log=$log"]],
    input => [[$ROOTS, "--at=$AT", "--profile=$profile", '-R', 'reg:-'], stdin => $registry],
    unreadable => [[$ROOTS, "--at=$AT", '-R', scratch('none.reg')]],
    network => [['check_scp_revocation', '--timeout-result=critical', "--profile=$profile"]],
    deadline => [[$ROOTS, "--at=$AT", '-t', '0.05', "--profile=$profile", '-R', 'reg:-', '--timeout-result=warning'], stdin => $pipe],
);

# What the deadline interrupts is the machine's matter.
sub said
{
    my ($name, %o) = @_;
    my ($argv, %more) = @{ $ask{$name} };
    my $r = run($argv, any => 1, %more, %o);
    return join "\n", @$r{qw(code signal err)}, $r->{out} =~ s/\b(\w*time=)[0-9.]+s/$1/gr =~ s/ \(while [^)]*\)//r;
}

my %program = do { local $ENV{SCP_EXEC} = 1; map { $_ => said($_) } keys %ask };
for my $name (sort keys %ask) {
    like($program{$name}, qr/\A[0-3]\n0\n\n./, "$name: says something");
    is(said($name, rss => 1), $program{$name}, "$name: a fork");
}
like($program{deadline}, qr/\A1\n.*no result within/s, 'the deadline ends a run');
for my $first (sort keys %ask) {
    my @different = grep { said($first) ne $program{$first} || said($_) ne $program{$_} } sort keys %ask;
    is("@different", '', "$first, and then each of the others");
}

# Confinement, as the kernel has it: of the run, which waits for its input, not of what serves the next one.
SKIP: {
    skip 'no seccomp, or no threads here', 2 if $program{confined} !~ /seccomp/ || sanitized($ROOTS) || !Many::serves(Scp::tool('many'));
    said('good');
    my $pid = Many::start({ env => \%ENV, argv => [plugin_path($ROOTS), '-t', 100, '-R', 'reg:-'], as => Many::THREAD, stdin => $pipe,
        stdout => scratch('waits.out'), stderr => scratch('waits.err') });
    my @filtered;
    for (1 .. 5000) {
        @filtered = sort map { (eval { slurp($_) } // '') =~ /^Seccomp:\s*(\d)/m } glob "/proc/$pid/task/*/status";
        last if "@filtered" eq '0 2';
        select undef, undef, undef, 0.002;
    }
    is("@filtered", '0 2', 'a run that follows others is confined, and it alone');
    kill KILL => $pid;
    is(Many::await() & 127, 9, 'it can be ended');
}

done_testing();
