# SPDX-License-Identifier: GPL-3.0-or-later
#
# Real daemons (monitoring cores, databases, web front ends) in the foreground, each with a process group of its own that ends
# with the test: by stop_daemon, at the end of the test, or, where setpriv is at hand, when the test is killed.
package Daemons;

use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(:sys_wait_h);
use Scp;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(start_daemon stop_daemon as_user until_true);

my %running;    # process group => the signal that ends it
my $owner = $$;

END { local $?; if ($$ == $owner) { stop_daemon($_) for sort { $b <=> $a } keys %running } }

# The words before a command that runs it as this user; none where we are not root.
sub as_user
{
    my ($user) = @_;
    return $> == 0 ? ("--reuid=$user", "--regid=$user", '--init-groups') : ();
}

# start_daemon({ user => …, signal => 'TERM', env => {…}, directory => … }, COMMAND…): its process id.
# What it prints goes to the file "NAME.out" of the scratch folder, NAME being the last part of the command's name.
sub start_daemon
{
    my ($o, @command) = @_;
    my $name = $command[0] =~ s{.*/}{}r;
    my $setpriv = which('setpriv');
    my @before = $setpriv ? ($setpriv, '--pdeathsig=' . ($o->{signal} // 'TERM'), $o->{user} ? as_user($o->{user}) : ()) : ();
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        setpgrp 0, 0;
        delete @ENV{ grep { /_proxy\z/i } keys %ENV };
        @ENV{ keys %{ $o->{env} } } = values %{ $o->{env} } if $o->{env};
        chdir($o->{directory} // '/');
        open STDIN, '<', '/dev/null' or POSIX::_exit(125);
        open STDOUT, '>>', scratch("$name.out") or POSIX::_exit(125);
        open STDERR, '>&', \*STDOUT or POSIX::_exit(125);
        { no warnings 'exec'; exec { (@before, @command)[0] } @before, @command; }
        POSIX::_exit(126);
    }
    $running{$pid} = $o->{signal} // 'TERM';
    return $pid;
}

# Ends a daemon and all of its group; returns whether it went without being killed.
sub stop_daemon
{
    my ($pid) = @_;
    my $signal = delete $running{$pid} or return 1;
    kill $signal => $pid;
    my $gone = until_true(15, sub { waitpid($pid, WNOHANG) != 0 });
    kill KILL => -$pid;
    waitpid $pid, 0 if !$gone;
    return $gone;
}

# Asks until the answer is true, at most so many seconds, with a pause between; returns the last answer.
sub until_true
{
    my ($seconds, $asked, $pause) = @_;
    my $end = time + $seconds;
    my $answer;
    sleep $pause // 0.1 until ($answer = $asked->()) || time > $end;
    return $answer;
}

1;
