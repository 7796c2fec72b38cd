# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the plugins say, word for word.  A test that says "use Said" has each answer as JSON that hangs on files alone, as of the tests'
# day (with "use Said 'now'" also as of now), compared with the one that is written down in tests/said/: an order, a text, a figure or a
# field that no check of the test asks for does not change without a line in the commit.  What is right is said by the tests; here it is
# what was right and is to stay.
#
#   SCP_SAID=write make check TESTS=tests/cli/roots.t    writes them down; git diff shows what changed
#
# A file holds the answers in their order:
#   == PLUGIN ARGUMENT…     as in the test; #2: asked so a second time
#     a line of it          of JSON a line for each value, behind its path
#   @3-9                    the lines 3 to 9 of the answer that is nearest to it, which a line "<" and its number in the file names
# Paths, and digests and numbers that differ from build to build, have names in their place.
package Said;

use strict;
use warnings;
use File::Basename qw(basename dirname);
use JSON::PP ();
use Sys::Hostname qw(hostname);
use Test::More;

use lib dirname(__FILE__);
use Scp ();

my $SHOWN = 12;    # lines of a difference

# What is not written down: what the run was asked for, what others hold, the order of stores (of random digests), and when files were made.
my %LEFT_OUT = map { $_ => 1 } qw(at schema version reference stores values subjects age taken time bytes);

my ($file, $now_too, %known, @said, %asked);
my $writes = ($ENV{SCP_SAID} // '') eq 'write';
our $of = '';        # what the runs are about, where their arguments do not say it; undef: not compared

sub import
{
    my (undef, @which) = @_;
    return if $ENV{SCP_PLUGINS};    # others may say it otherwise
    my $name = basename($0) =~ s/\.t\z//r;
    $now_too = grep { $_ eq 'now' } @which;
    $file = "$Scp::SOURCE/tests/said/$name.txt";
    %known = $writes ? () : answers(Scp::slurp($file));
    return;
}

# How long a host took may show; what is as of now shows in times, unless the test makes all of them anew.
sub is_steady
{
    my (@arguments) = @_;
    return 0 if !grep { /\Ajson\z/ } @arguments;
    return 0 if grep { m{\A(?:--connect|--service|--online|--ocsp=http|--proxy)|http://} } @arguments;
    return $now_too || scalar grep { /\A--at=\Q$Scp::AT\E\z/ } @arguments;
}

# --- Without what differs from build to build ---

# Absolute dates are far away.
sub hours
{
    my ($at) = @_;
    my $hours = sprintf '%.0f', ($at - $^T) / $Scp::HOUR;
    return abs $hours > 10_000 ? 'far' : sprintf 'now%+dh', $hours;
}

# TEXT without what differs from run to run; RELATIVE: of a run that judges as of the real time.
sub plain
{
    my ($text, $relative) = @_;
    my %word = (Scp::scratch() => 'SCRATCH', $Scp::SOURCE => 'SOURCE', $Scp::SHARED => 'SHARED', hostname() => 'HOST');
    for my $word (sort { length $b <=> length $a } keys %word) {
        $text =~ s/(?<!\w)\Q$word\E\b/$word{$word}/g;
    }
    $text =~ s/\b(?:0x)?([0-9A-Fa-f]{2}(?:(?::?[0-9A-Fa-f]{2}){7,}|(?: [0-9A-Fa-f]{2}\b){7,}))\b/'(' . length($1) . ' digits)'/ge;
    $text =~ s/(?:[^ =;]*\/)?\b(?:pki|scp)-\w{6}\b/FOLDER/g;
    $text =~ s/\b\d+(?= bytes)|(?<=offset )\d+|(?<=cut in line )\d+|(?<=but )\d+(?= are there)|\b\d+(?= of \d+ bytes)|(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+|(?<=port )\d{5}|(?<=\/cell\.)\d+/N/g;
    return $text if !$relative;
    $text =~ s/\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/hours(RegistryExport::parse_time($1))/ge;
    $text =~ s/\b\d{4}-\d\d-\d\d\b/DATE/g;
    return $text =~ s/(?<=(?:age|ttl|iry)=)(-?\d+)\b|(?<=[a-z]=)(-?\d{4,})\b/hours($^T + ($1 \/\/ $2))/ger =~ s/\b[\d.]*\d (?:s|min|h|days?)\b/N units/gr;
}

sub worth { my ($v) = @_; return defined $v && $v ne '' ? $v =~ s/\n/\\n/gr =~ s/([\x00-\x1F])/sprintf "\\x%02x", ord $1/ger : () }

sub figures
{
    my ($path, @figures) = @_;
    return join ' ', "$path:", map { my $f = $_; "$f->{label}=" . join ';', map { $_ // '' } @$f{qw(value warning critical)} } grep { $_->{label} !~ /time\z/ } @figures;
}

# A line for each value that is there, behind its path; what has only such values is one line.
sub leaves
{
    my ($path, $value) = @_;
    return figures($path, @$value) if $path eq '.perfdata';
    return map { leaves($path, $_) } @$value if ref $value eq 'ARRAY';
    return map { "$path: $_" } worth($value) if ref $value ne 'HASH';
    my @flat = map { my $key = $_; map { "$key $_" } worth($value->{$key}) } grep { !ref $value->{$_} && !$LEFT_OUT{$_} } sort keys %$value;
    return ((@flat ? "$path: " . join('; ', @flat) : ()), map { leaves("$path.$_", $value->{$_}) } grep { ref $value->{$_} && !$LEFT_OUT{$_} } sort keys %$value);
}

sub lines_of
{
    my ($r, $relative) = @_;
    my $json = eval { JSON::PP->new->utf8->decode($r->{out}) } // return "exit $r->{code}", split /\n/, plain($r->{out}, $relative);
    my $text = join "\n", leaves('', $json);
    utf8::encode($text);
    return split /\n/, plain($text, $relative);
}

# --- The files ---

# A file's text as key => [line…].
sub answers
{
    my ($text) = @_;
    my (%answer, @all, $near);
    for my $line (split /\n/, $text) {
        if ($line =~ /\A== (.*)/) {
            push @all, $answer{$1} = [];
        } elsif ($line =~ /\A<(\d+)\z/) {
            $near = $all[$1 - 1];
        } elsif ($line =~ /\A@(\d+)-(\d+)\z/) {
            push @{ $all[-1] }, @$near[$1 - 1 .. $2 - 1];
        } elsif ($line =~ /\A  (.*)/) {
            push @{ $all[-1] }, $1;
        }
    }
    return %answer;
}

# Which of the answers before it has most of its lines: their number, or 0.
sub nearest
{
    my ($lines, @before) = @_;
    my ($best, $shared) = (0, 0);
    for my $k (reverse 0 .. $#before) {
        my %has = map { $_ => length } @{ $before[$k] };
        my $n = 0;
        $n += $has{$_} // 0 for @$lines;
        ($best, $shared) = ($k + 1, $n) if $n > $shared;
    }
    return $best;
}

# The longest piece of BEFORE with which LINES go on at I: [from, length].
sub piece
{
    my ($lines, $i, $before, $places) = @_;
    my @best = (0, 0);
    for my $from (@{ $places->{ $lines->[$i] } // [] }) {
        my $n = 1;
        $n++ while $i + $n < @$lines && $from + $n < @$before && $lines->[$i + $n] eq $before->[$from + $n];
        @best = ($from, $n) if $n > $best[1];
    }
    return @best;
}

sub written
{
    my ($lines, $before) = @_;
    my (%places, @text);
    push @{ $places{ $before->[$_] } }, $_ for 0 .. $#$before;
    for (my $i = 0; $i < @$lines;) {
        my ($from, $n) = piece($lines, $i, $before, \%places);
        push @text, $n > 0 ? sprintf '@%d-%d', $from + 1, $from + $n : "  $lines->[$i]";
        $i += $n || 1;
    }
    return @text;
}

sub differences
{
    my ($was, $is) = @_;
    my (%was, %is);
    $was{$_}++ for @$was;
    $is{$_}++ for @$is;
    my @d = ((map { "- $_" } grep { !$is{$_} } @$was), (map { "+ $_" } grep { !$was{$_} } @$is));
    @d = ('the same lines, in another order or another number') if !@d;
    return @d > $SHOWN ? (@d[0 .. $SHOWN - 1], '…') : @d;
}

# --- A run ---

sub check
{
    my ($name, $arguments, $r) = @_;
    return if !$file || !defined $of || $r->{late} || !is_steady(@$arguments);
    my $key = plain(join(' ', $name, grep { !/\A(?:--at=\Q$Scp::AT\E|-o|json|--at=\@\d+)\z/ } @$arguments) =~ s/\n/\\n/gr);
    $key = "$of: $key" if $of ne '';
    $key .= ' #' . $asked{$key} if ++$asked{$key} > 1;
    my @lines = lines_of($r, !grep { /\A--at=\Q$Scp::AT\E\z/ } @$arguments);
    push @said, [$key, \@lines] if $writes;
    return if $writes || ($known{$key} ? "@{ $known{$key} }" eq "@lines" : $> != 0);    # some runs are skipped by the superuser
    local $Test::Builder::Level = $Test::Builder::Level + 2;
    fail("says what is written down in $file: $key");
    diag(join "\n", differences($known{$key} // [], \@lines));
    return;
}

END {
    if ($writes && $file) {
        my (@text, @before);
        for my $answer (@said) {
            my ($key, $lines) = @$answer;
            my $near = nearest($lines, @before);
            push @text, "== $key", $near ? "<$near" : (), written($lines, $near ? $before[$near - 1] : []);
            push @before, $lines;
        }
        Scp::write_bytes($file, join('', map { "$_\n" } @text));
    }
}

1;
