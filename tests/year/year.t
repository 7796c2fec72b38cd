#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A year of a service connection point, day by day, as story.txt tells it: what happened, and what each plugin has to say of it.  No
# alarm without a cause, none missed; what is found is called the same on each day; figures of lives fall by a day each day; the first
# thing to do is the right one, and once the plan is carried out the next day is as the story says: quiet.
#
# make check runs some fifty days on which something begins or ends; make check-year all of them (SCP_YEAR=all).
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use JSON::PP ();
use List::Util qw(max uniq);
use POSIX qw(strftime);
use Scp;
use World;
use Test::More;

-x (plugin_path($_) // '') or plan skip_all => "$_ is not built" for qw(check_scp check_scp_revocation);

my @PLUGINS = qw(roots intermediates ordinary leaf autoupdate revocation status scp);
my %ORDER = (OK => 0, UNKNOWN => 1, WARNING => 2, CRITICAL => 3);
my $DATE = qr/\d{4}-\d\d-\d\d/;

# --- The story ---

# Paragraphs: { from, to (seconds), events => [[verb, word…]…], says => { plugin => { 'id/subject' => state } }, first, plan }
sub story
{
    my ($text) = @_;
    my @story;
    for my $line (split /\n/, $text =~ s/^#.*\n//mgr) {
        if ($line =~ /\A($DATE)(?: to ($DATE))?(?: |\z)/) {
            push @story, { from => parse_time($1), to => parse_time($2 // $1), events => [], says => {} };
        } elsif ($line =~ /\A    (\w+): (.*)/) {
            told($story[-1], $1, $2);
        } elsif ($line =~ /\S/ && $line !~ /\A  \S/) {
            die "story: $line\n";
        }
    }
    return @story;
}

sub told
{
    my ($paragraph, $word, $rest) = @_;
    if ($word eq 'event') {
        push @{ $paragraph->{events} }, [split ' ', $rest];
    } elsif ($word =~ /\A(?:first|plan)\z/) {
        $paragraph->{$word} = $rest;
    } else {
        my ($state, @keys) = split ' ', $rest;
        die "story: $word: $rest\n" if !defined $ORDER{ $state } || !grep { $_ eq $word } @PLUGINS;
        $paragraph->{says}{$word}{$_} = $state for @keys;
    }
    return;
}

my @STORY = story(slurp("$FindBin::Bin/story.txt"));
my ($FIRST, $LAST) = ($STORY[0]{from}, max map { $_->{to} } @STORY);
sub of_day { my ($day) = @_; return grep { $_->{from} <= $day && $day <= $_->{to} } @STORY }

# --- A day ---

# As the story calls it: a file without its folders.
sub key_of { my ($f) = @_; return join '/', $f->{id}, grep { length } ($f->{subject} // '') =~ s{\S*/(?=[^/]*\z)}{}r =~ s/ /_/gr }

sub asked
{
    my ($argv) = @_;
    my $r = run([@$argv, '-o', 'json', $argv->[0] eq 'check_scp' ? '-v' : ()], any => 1);
    # What the registry holds is of no interest here, and long.
    my $json = eval { JSON::PP->new->utf8->decode($r->{out} =~ s/,"stores":\{.*\z/}}/sr) } // die "@$argv: $r->{out}$r->{err}";
    die "exit $r->{code}, state $json->{state}: @$argv\n" if state_name($r->{code}) ne $json->{state};
    return $json;
}

# What is wrong with what a plugin says.
my %usual;    # plugin => what it says on the first day
sub wrongly_said
{
    my ($plugin, $json, $expected, $figures) = @_;
    my %is = map { key_of($_) => $_->{state} } @{ $json->{findings} };
    $usual{$plugin} //= \%is;
    my %right = (%{ $usual{$plugin} }, %$expected);
    my ($worst) = sort { $ORDER{$b} <=> $ORDER{$a} } 'OK', values %$expected;
    my @bad = $json->{state} eq $worst ? () : "is $json->{state}, not $worst";
    # Of a day on which something is wrong it counts only what is; on the others all.
    for my $key (sort keys %{ { %is, %right } }) {
        my ($state, $told) = ($is{$key} // '-', $right{$key} // '-');
        push @bad, "$key $state, not $told" if $state ne $told && ($worst eq 'OK' && !%$expected || $state =~ /\A[UWC]/ || exists $expected->{$key});
    }
    my %value = map { $_->{label} => $_->{value} } @{ $json->{perfdata} };
    # Of what cannot be used no life is told.
    for my $label (sort keys %$figures) {
        my ($is, $told) = map { $_ // 'not told' } $value{$label}, $figures->{$label};
        push @bad, "$label is $is, not $told" if $is ne $told && ($is ne 'not told' || $worst ne 'CRITICAL');
    }
    return @bad;
}

# What is wrong with the diagnosis' first step and plan; what is right is carried out where the story says so.
sub wrongly_planned
{
    my ($world, $json, $day, @paragraphs) = @_;
    my @bad;
    my @plan = @{ $json->{facts}{plan} };
    my ($first) = grep { defined } map { $_->{first} } @paragraphs;
    my $is = @plan ? $plan[0]{what} : 'nothing';
    push @bad, "first: $is" if index($is, $first // 'nothing') != 0;
    for my $p (grep { $_->{plan} && $_->{to} == $day } @paragraphs) {
        push @bad, map { "not rehearsed: $_->{what}" } grep { $_->{class} != 3 && !$_->{rehearsed} } @plan;
        push @bad, grep { defined } map { carried_out($world, $_) } @plan;
    }
    return @bad;
}

sub day_of
{
    my ($world, $day, $asked) = @_;
    my @paragraphs = of_day($day);
    happens($world, @$_) for map { @{ $_->{events} } } grep { $_->{from} == $day } @paragraphs;
    passes($world, $day);
    return if !$asked;
    my %argv = day_written($world);
    my %figures = figures($world);
    my @bad;
    for my $plugin (grep { $asked->{$_} } @PLUGINS) {
        my %expected = map { %{ $_->{says}{$plugin} // {} } } @paragraphs;
        my $json = asked($argv{$plugin});
        push @bad, map { "$plugin: $_" } wrongly_said($plugin, $json, \%expected, $figures{$plugin} // {});
        push @bad, map { "$plugin: $_" } wrongly_planned($world, $json, $day, @paragraphs) if $plugin eq 'scp';
    }
    return @bad;
}

# --- The year ---

# Who is asked: all on each day; or in short the diagnosis on the first day of what is told, the day before where nothing happened but
# that time passed, on the day of its plan and the day after, and on these the others that have something to tell.
sub asked_on
{
    my ($day) = @_;
    return { map { $_ => 1 } @PLUGINS } if ($ENV{SCP_YEAR} // '') eq 'all' || $day == $FIRST;
    my @near = grep { $day == $_->{from} || (!@{ $_->{events} } && $day == $_->{from} - $DAY) || ($_->{plan} && $day == $_->{to}) || (%{ $_->{says} } && $day == $_->{to} + $DAY) } @STORY;
    return @near ? { map { $_ => 1 } 'scp', map { keys %{ $_->{says} } } @near } : undef;
}

my $world = new_world($FIRST);
my ($days, @wrong) = (0);
for (my $day = $FIRST; $day <= $LAST; $day += $DAY) {
    my $asked = asked_on($day);
    $days++ if $asked;
    my $date = strftime('%Y-%m-%d', gmtime $day);
    push @wrong, map { diag("$date $_"); "$date $_" } day_of($world, $day, $asked);
}
is_deeply(\@wrong, [], "$days days as the story tells them");
done_testing();
