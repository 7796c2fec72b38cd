# SPDX-License-Identifier: GPL-3.0-or-later
#
# Verdicts that must not change while the code moves.  With SCP_REFERENCE=FOLDER (the plugins of an older build) every plugin that a
# command line test runs is asked again, as JSON, in both builds; what differs is appended to the file SCP_REFERENCE_LOG:
#
#   cp -r build/plugins /tmp/before;  (change the code);  SCP_REFERENCE=/tmp/before SCP_REFERENCE_LOG=/tmp/differences make -C build check
package Reference;

use strict;
use warnings;
use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(compare);
my $json = JSON::PP->new->canonical->pretty->allow_nonref;

# Times that were taken, and what else is another at each run.
sub steady
{
    my ($v) = @_;
    return [map { steady($_) } @$v] if ref $v eq 'ARRAY';
    return $v if ref $v ne 'HASH';
    return { map { $_ => /\A(?:elapsed|time|seconds|duration|version|slowest|perfdata)\z/ && !ref $v->{$_} ? 'VARIES' : steady($v->{$_}) } keys %$v };
}

sub answer
{
    my ($program, $arguments, $o) = @_;
    my $pid = open(my $out, '-|') // return 'not started';
    if ($pid == 0) {
        open STDIN, '<', $o->{stdin} // '/dev/null';
        open STDERR, '>', '/dev/null';
        @ENV{ keys %{ $o->{env} } } = values %{ $o->{env} } if $o->{env};
        alarm 30;
        { no warnings 'exec'; exec { $program } $program, @$arguments; }
        POSIX::_exit(126);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    my $read = eval { $json->decode($text) };
    $text = $json->encode(steady($read)) if defined $read;
    return sprintf("exit %d\n%s", $? >> 8, $text =~ s/\d+(?:\.\d+)? ?m?s\b/TIME/gr);
}

# As JSON, whatever the test asked for.
sub as_json
{
    my @arguments = @_;
    return @arguments if grep { /\A--(?:help|version|explain|list-profiles)/ } @arguments;
    my @kept;
    while (defined(my $a = shift @arguments)) {
        if ($a eq '-o' || $a eq '--output') { shift @arguments; next }
        push @kept, $a if $a !~ /\A(?:--output=|-o.)/;
    }
    return (@kept, '-o', 'json');
}

sub compare
{
    my ($now, $name, $arguments, $o) = @_;
    return if !$ENV{SCP_REFERENCE} || $o->{closed} || $o->{stdout} || $o->{started} || !-x "$ENV{SCP_REFERENCE}/$name";
    my @arguments = as_json(@$arguments);
    my ($before, $after) = map { answer($_, \@arguments, $o) } "$ENV{SCP_REFERENCE}/$name", $now;
    open my $log, '>>', $ENV{SCP_REFERENCE_LOG} // '/dev/null' or return;
    if ($before eq $after) { print $log "same $name\n"; return }
    my @lines = map { [split /\n/] } $before, $after;
    my %in = map { $_ => 1 } @{ $lines[1] };
    my %was = map { $_ => 1 } @{ $lines[0] };
    print $log join("\n", "DIFFERS $name @arguments ($0)", (map { "  - $_" } grep { !$in{$_} } @{ $lines[0] }), (map { "  + $_" } grep { !$was{$_} } @{ $lines[1] })), "\n";
    return;
}

1;
