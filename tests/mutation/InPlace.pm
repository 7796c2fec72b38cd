# SPDX-License-Identifier: GPL-3.0-or-later
#
# Faults asked in place: a test of the command line runs once, and at each run of a plugin that comes by faults nobody has seen yet, the
# same run is made again with each of them switched on (tests/tools/Scp.pm, run()).  Where it then says something else, the test itself
# is forked: the fork goes on with that answer, the fault still on, until a check fails (killed), or the test turns to something else:
# it writes a file, which the test itself still reads, or has run so often again (it survives here).  Nothing is set up again for a
# fault: a run costs some milliseconds, a test seconds.
#
# SCP_MUTANTS_ASK names the file with a byte for each fault (tests/mutation/switch.h): what is known of it, below; SCP_MUTANTS_SEEN the
# one that the runs mark; SCP_MUTANTS_KILLS that to which the killed ones are added.  They only count if the test, forks aside, passes.
package InPlace;

use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

use constant { TO_DO => 1, MET => 2, SAID => 3, KILLED => 4 };    # 0: not to be asked; SAID: something else, which no check minded
use constant { FORKS => 2, RUNS => 6, SECONDS => 0.6 };    # of a fault in one test; of a fork; a run that takes longer is not repeated

my ($todo, $marks, $began, @killed, %met, %forked);
my $child = 0;     # this process is a fork that has a fault on
my $runs = 0;      # of the fork
my $main = $$;

sub opened { my ($name) = @_; open my $file, '+<:raw', $ENV{$name} or die "$ENV{$name}: $!"; return $file }
sub on { return $$ == $main && defined $ENV{SCP_MUTANTS_ASK} }

# Before a run.
sub begin
{
    return leave(0) if $child && ++$runs > RUNS;
    return if !on();
    $todo //= opened('SCP_MUTANTS_ASK');
    $marks //= opened('SCP_MUTANTS_SEEN');
    truncate $marks, 0;
    truncate $marks, -s $todo;
    $began = time;
    return;
}

sub leave { POSIX::_exit($_[0]) }

{
    no warnings 'redefine';
    my $write = \&RegistryExport::write_bytes;
    *RegistryExport::write_bytes = *Scp::write_bytes = sub { leave(0) if $child; return $write->(@_) };
}

# Those to do that the last run came by.
sub reached
{
    my ($seen, $state, @n);
    sysseek $marks, 0, 0;
    sysseek $todo, 0, 0;
    sysread $marks, $seen, -s $marks;
    sysread $todo, $state, -s $todo;
    while ($seen =~ /\x01/g) {
        my $n = $-[0];
        my $known = ord substr $state, $n, 1;
        next if $known == 0 || $known == KILLED;
        push @n, $n;
        set($n, MET) if $known == TO_DO;
    }
    return @n;
}

sub set
{
    my ($n, $state) = @_;
    sysseek $todo, $n, 0;
    syswrite $todo, chr $state;
    return;
}

# The first runs that come by a fault, then every so often: 1, 2, 3, 4, 6, 8, 11, …
sub its_turn
{
    my ($n) = @_;
    my $m = $met{$n} //= { count => 0, next => 1 };
    return 0 if ++$m->{count} < $m->{next};
    $m->{next} = 1 + int(1.35 * $m->{count});
    return ($forked{$n} // 0) < FORKS;
}

# In the fork: it ends with its first failure, and without any where the test would end.
sub become
{
    my ($n) = @_;
    $child = 1;
    $ENV{SCP_MUTANT} = $n;
    Many::mine();    # the test waits meanwhile
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    no warnings qw(redefine once);
    my $ok = \&Test::Builder::ok;
    *Test::Builder::ok = sub {
        my ($self, $passes, @more) = @_;
        leave(1) if !$passes && !$self->in_todo;
        return $ok->($self, $passes, @more);
    };
    *Test::Builder::done_testing = sub { leave(0) };
    *Test::Builder::diag = *Test::Builder::note = sub { 0 };
    eval 'END { POSIX::_exit($? ? 1 : 0) if $child } 1' or die $@;
    return;
}

sub said { my ($r) = @_; return join "\0", @$r{qw(code signal out err)} }

# The run once more, with that fault on.
sub again
{
    my ($asked, $n) = @_;
    my ($out, $err) = map { "$asked->{stderr}.again.$_" } qw(out err);
    my $pid = Many::start({ %$asked, env => { %{ $asked->{env} }, SCP_MUTANT => $n }, stdout => $out, stderr => $err });
    my $late = 0;
    local $SIG{ALRM} = sub { $late = 1; kill KILL => -$pid; kill KILL => $pid };
    alarm 30;
    my ($status) = Many::await();
    alarm 0;
    return { code => $status >> 8, signal => $status & 127, late => $late, out => Scp::slurp($out), err => Scp::slurp($err) };
}

# After a run: ANSWER is what it said and how it ended, ASKED how it was asked for.  Returns in the forks, too, with what they are told.
sub ask
{
    my ($answer, $asked) = @_;
    return if !on() || time - $began > SECONDS;
    my @n = grep { its_turn($_) } reached() or return;
    return if said(again($asked, -1)) ne said($answer);    # it is another each time
    my %other;                                              # what is said instead => [the answer, the faults with which it is said]
    for my $n (@n) {
        my $other = again($asked, $n);
        push @{ ($other{ said($other) } //= [$other])->[1] }, $n if said($other) ne said($answer);
    }
    for my $other (values %other) {
        my ($instead, $faults) = @$other;
        $forked{$_}++ for @$faults;
        my $pid = fork // die "fork: $!";
        if ($pid == 0) {
            become($faults->[0]);
            @$answer{ keys %$instead } = values %$instead;
            return;
        }
        local $?;
        waitpid $pid, 0;
        set($_, $? ? KILLED : SAID) for @$faults;
        push @killed, @$faults if $?;
    }
    return;
}

END {
    if ($$ == $main && @killed) {
        my $passed = $? == 0 && Test::More->builder->is_passing;
        set($_, $passed ? KILLED : SAID) for @killed;    # others may ask them still
        open my $out, '>>', $ENV{SCP_MUTANTS_KILLS} or die "$ENV{SCP_MUTANTS_KILLS}: $!";
        syswrite $out, join '', map { ($passed ? 'killed' : 'failed') . " $_ $0\n" } @killed;
        close $out;
    }
}

1;
