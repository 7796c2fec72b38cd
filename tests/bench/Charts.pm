# SPDX-License-Identifier: GPL-3.0-or-later
#
# Line charts as SVG, readable on light and on dark ground.
package Charts;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(chart);

my ($WIDTH, $HEIGHT, $LEFT, $RIGHT, $TOP, $BOTTOM) = (720, 420, 78, 24, 92, 58);

my $STYLE = <<'CSS';
text { font-family: "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; font-size: 13px; fill: #24292f }
.title { font-size: 16px; font-weight: bold }
.ground { fill: #ffffff }
.grid { stroke: #d8dee4; stroke-width: 1 }
.axis { stroke: #57606a; stroke-width: 1 }
.line { fill: none; stroke-width: 2.5 }
.s0 { stroke: #0969da } .s1 { stroke: #8250df } .s2 { stroke: #bc4c00; stroke-dasharray: 6 4 }
.d0 { fill: #0969da } .d1 { fill: #8250df } .d2 { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .ground { fill: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
.s0 { stroke: #58a6ff } .s1 { stroke: #bc8cff } .s2 { stroke: #f0883e }
.d0 { fill: #58a6ff } .d1 { fill: #bc8cff } .d2 { fill: #f0883e }
}
CSS

sub escaped { my ($text) = @_; return $text =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/>/&gt;/gr }

sub number { my ($n) = @_; 1 while $n =~ s/\A(\d+)(\d{3})\b/$1 $2/; return $n }

# Four to eight round steps from 0 on: the step and the last one.
sub scale
{
    my ($most) = @_;
    my $step = 10 ** int(log($most) / log(10));
    for my $part (0.1, 0.2, 0.25, 0.5, 1) {
        next if $step * $part < 1 && $most >= 4 || $most / ($step * $part) > 8;
        $step *= $part;
        last;
    }
    my $steps = int($most / $step);
    $steps++ if $steps * $step < $most;
    return ($step, $steps * $step);
}

sub text
{
    my ($x, $y, $text, $more) = @_;
    return sprintf qq(<text x="%.1f" y="%.1f"%s>%s</text>\n), $x, $y, $more // '', escaped($text);
}

# chart(title, "what x is", "what y is", [kind, name, [x, y] …] …): kind 0 and 1 are ours, 2 is a peer's.
sub chart
{
    my ($title, $x_is, $y_is, @series) = @_;
    my ($x_most, $y_most) = (0, 0);
    for my $point (map { my (undef, undef, @points) = @$_; @points } @series) {
        $x_most = $point->[0] if $point->[0] > $x_most;
        $y_most = $point->[1] if $point->[1] > $y_most;
    }
    my ($x_step, $x_end) = scale($x_most);
    my ($y_step, $y_end) = scale($y_most);
    my $x = sub { return $LEFT + ($WIDTH - $LEFT - $RIGHT) * $_[0] / $x_end };
    my $y = sub { return $HEIGHT - $BOTTOM - ($HEIGHT - $TOP - $BOTTOM) * $_[0] / $y_end };
    my $svg = qq(<svg xmlns="http://www.w3.org/2000/svg" width="$WIDTH" height="$HEIGHT" viewBox="0 0 $WIDTH $HEIGHT" role="img">\n)
        . '<title>' . escaped("$title: $y_is by $x_is") . "</title>\n<style>\n$STYLE</style>\n"
        . qq(<rect class="ground" width="100%" height="100%" rx="6"/>\n) . text(16, 28, $title, ' class="title"');
    for (my $v = 0; $v <= $y_end; $v += $y_step) {
        $svg .= sprintf qq(<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%2\$.1f"/>\n), $LEFT, $y->($v), $WIDTH - $RIGHT;
        $svg .= text($LEFT - 8, $y->($v) + 4.5, number($v), ' text-anchor="end"');
    }
    for (my $v = 0; $v <= $x_end; $v += $x_step) {
        $svg .= sprintf qq(<line class="axis" x1="%.1f" y1="%d" x2="%1\$.1f" y2="%d"/>\n), $x->($v), $HEIGHT - $BOTTOM, $HEIGHT - $BOTTOM + 5;
        $svg .= text($x->($v), $HEIGHT - $BOTTOM + 20, number($v), ' text-anchor="middle"');
    }
    $svg .= sprintf qq(<line class="axis" x1="%d" y1="%d" x2="%d" y2="%2\$d"/>\n), $LEFT, $HEIGHT - $BOTTOM, $WIDTH - $RIGHT;
    $svg .= text(($LEFT + $WIDTH - $RIGHT) / 2, $HEIGHT - 14, $x_is, ' text-anchor="middle"');
    my $middle = ($TOP + $HEIGHT - $BOTTOM) / 2;
    $svg .= text(18, $middle, $y_is, qq( text-anchor="middle" transform="rotate(-90 18 $middle)"));
    my $legend = 16;
    for my $one (@series) {
        my ($kind, $name, @points) = @$one;
        $svg .= sprintf qq(<polyline class="line s%d" points="%s"/>\n), $kind, join ' ', map { sprintf '%.1f,%.1f', $x->($_->[0]), $y->($_->[1]) } @points;
        $svg .= sprintf qq(<circle class="d%d" cx="%.1f" cy="%.1f" r="3.5"/>\n), $kind, $x->($_->[0]), $y->($_->[1]) for @points;
        $svg .= sprintf qq(<line class="line s%d" x1="%d" y1="52" x2="%d" y2="52"/>\n), $kind, $legend, $legend + 28;
        $svg .= text($legend + 34, 56.5, $name);
        $legend += 60 + 8 * length $name;
    }
    return "$svg</svg>\n";
}

1;
