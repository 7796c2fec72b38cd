# SPDX-License-Identifier: GPL-3.0-or-later
#
# What make bench measures with, and the rows of its table: instructions (valgrind's callgrind), memory and page faults, and where
# only that tells, time, as the median of pairs in which the programs take turns.
package Measure;

use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(dirname);
use JSON::PP ();
use Scp;
use Time::HiRes qw(time);

our @EXPORT = qw($MILLION section row rows missed helper silently answered instructions beyond in_millions instruction_row share_row
    verdict_row at_most_row memory_row peak faults spent processor_seconds processor_ratio median growth);

our $MILLION = 1_000_000;
my $VALGRIND = which('valgrind');
my ($missed, @rows);

# The rooms of the table.
sub section
{
    my ($title) = @_;
    push @rows, [$title];
    print "\n$title\n";
    return;
}

sub row
{
    my ($what, $measured, $target, $verdict) = @_;
    $missed = 1 if $verdict eq 'MISSED';
    push @rows, [$what, $measured, $target, $verdict];
    printf "%-74s %12s  %12s  %s\n", $what, $measured, $target, $verdict;
    return;
}

sub rows { return @rows }
sub missed { return $missed ? 1 : 0 }

# A program that make bench builds beside the plugins.
sub helper { return dirname(Scp::tool('x')) . "/../bench/$_[0]" }

# Runs without a shell; what it prints is kept for callers that want it.
sub silently
{
    my (@command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', scratch('out');
        open STDERR, '>', scratch('err');
        { no warnings 'exec'; exec { $command[0] } @command; }
        POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? >> 8;
}

sub answered { return state_name(silently(@_)) }

# undef when it cannot be measured.
sub instructions
{
    my (@command) = @_;
    return undef if !$VALGRIND;
    # A plugin's deadline would cut short what takes longer under callgrind.
    push @command, '-t', '600' if $command[0] =~ m{/check_scp\w*\z} && !grep { $_ eq '--version' || $_ eq '-t' } @command;
    my $unconfined = Scp::tool('unconfined.so');    # callgrind writes at the end
    local $ENV{LD_PRELOAD} = $unconfined if -e $unconfined;
    silently($VALGRIND, '--tool=callgrind', '--callgrind-out-file=' . scratch('callgrind'), @command);
    return slurp(scratch('err')) =~ /Collected\s*:\s*(\d+)/ ? $1 : undef;
}

# Instructions of the second command beyond those of the first.
sub beyond
{
    my ($start, $whole) = @_;
    my ($n, $more) = (instructions(@$start), instructions(@$whole));
    return defined $n && defined $more ? $more - $n : undef;
}

sub in_millions { return sprintf '%.1f M', $_[0] / $MILLION }

sub at_most_row
{
    my ($what, $format, $n, $most, $without) = @_;
    return row($what, '-', '', 'SKIPPED (' . ($without // 'valgrind') . ')') if !defined $n;
    return row($what, sprintf($format, $n), '', '') if !defined $most;
    return row($what, sprintf($format, $n), '<= ' . sprintf($format, $most), $n <= $most ? 'ok' : 'MISSED');
}

# Of a whole process.
sub instruction_row
{
    my ($what, $target, @command) = @_;
    my $n = instructions(@command);
    at_most_row($what, '%.1f M', defined $n ? $n / $MILLION : undef, defined $target ? $target / $MILLION : undef);
    return $n;
}

sub share_row
{
    my ($what, $share, $ours, $theirs) = @_;
    return at_most_row($what, '%.1f M', defined $ours && $theirs ? $ours / $MILLION : undef,
        $theirs ? $share * $theirs / $MILLION : undef);
}

sub verdict_row
{
    my ($what, $said, $wanted) = @_;
    return row($what, $said, $wanted, $said eq $wanted ? 'ok' : 'MISSED');
}

# --- Memory ---

# One figure of /usr/bin/time.
sub timed
{
    my ($format, @command) = @_;
    return undef if !-x '/usr/bin/time';
    silently('/usr/bin/time', '-q', '-f', $format, '-o', scratch('time'), @command);
    return slurp(scratch('time')) =~ /([\d.]+)\s*\z/ ? $1 : undef;
}

# MiB of the resident set.
sub peak
{
    my $kib = timed('%M', @_);
    return defined $kib ? $kib / 1024 : undef;
}

# Page faults without reading from the disk.
sub faults { return timed('%R', @_) }

# The data a process may have touched at most: the peak of its resident set less that of --version.
sub memory_row
{
    my ($what, $most, $plugin, @arguments) = @_;
    my ($peak, $bare) = (peak($plugin, @arguments), peak($plugin, '--version'));
    return at_most_row($what, '%.1f MiB', defined $peak ? $peak - $bare : undef, $most, '/usr/bin/time');
}

# --- Time ---

sub median
{
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[@sorted / 2];
}

# Exit code, seconds until it had ended, processor seconds; its children and the kernel included, and nothing of ours.
sub spent
{
    my (@command) = @_;
    my $code = silently(helper('spent'), scratch('spent'), @command);
    return ($code, split ' ', slurp(scratch('spent')));
}

# Processor seconds of so many runs of each command in turn.
sub processor_seconds
{
    my ($runs, @commands) = @_;
    my $sum = 0;
    for (1 .. $runs) { $sum += (spent(@$_))[2] for @commands }
    return $sum;
}

# The median of the pairs' ratios, each of several runs.
sub processor_ratio
{
    my ($pairs, $runs, $ours, @theirs) = @_;
    my @ratios;
    for (1 .. $pairs) {
        my ($mine, $other) = (processor_seconds($runs, $ours), processor_seconds($runs, @theirs));
        push @ratios, $other > 0 ? $mine / $other : 1;
    }
    return median(@ratios);
}

# --- Cost against size ---

# [size, cost] …: what one more costs at the large end, by what it costs at the small one; 1: it is linear.
sub growth
{
    my (@points) = @_;
    my $slope = sub { my ($p, $q) = @_; return ($q->[1] - $p->[1]) / ($q->[0] - $p->[0]) };
    return $slope->(@points[-2, -1]) / $slope->(@points[0, 1]);
}

1;
