# SPDX-License-Identifier: GPL-3.0-or-later
#
# BENCHMARKS.md of a run of make bench, and its charts: what it was measured with, the rows, cost against size.
package Page;

use strict;
use warnings;
use Charts;
use Exporter qw(import);
use File::Path qw(make_path);
use Measure;
use PathRows;
use POSIX qw(strftime uname);
use NetworkRows;
use RegistryRows;
use RevocationRows;
use Scp;

our @EXPORT = qw(write_benchmarks);

# The part of a first line that tells a version, or undef.
sub version_of
{
    my ($pattern, @command) = @_;
    my $program = which($command[0]) or return undef;
    silently($program, @command[1 .. $#command]);
    return (slurp(scratch('out')) . slurp(scratch('err'))) =~ $pattern ? $1 : undef;
}

sub versions
{
    my @all = (
        ['OpenSSL', version_of(qr/\AOpenSSL (\S+)/, 'openssl', 'version')],
        ['libcurl', version_of(qr{libcurl/(\S+)}, 'curl', '--version')],
        ['valgrind', version_of(qr/valgrind-(\S+)/, 'valgrind', '--version')],
        ['gcc', version_of(qr/\A.*?(\d+\.\d+\.\d+)/, 'gcc', '--version')],
        ['nginx', version_of(qr{nginx/(\S+)}, 'nginx', '-v')],
        ['Samba', version_of(qr/Version (\d+\.\d+\.\d+)/, 'smbd', '--version')],
        ['kernel', join ' ', (uname())[0], (uname())[2] =~ /\A(\d+\.\d+)/, (uname())[4]],
    );
    return join ', ', map { "$_->[0] $_->[1]" } grep { defined $_->[1] } @all;
}

# A chart's file, its title and axis, and whether the cost of one more stays what it was; @series as chart() takes them.
sub sized
{
    my ($folder, $file, $title, $x_is, @series) = @_;
    write_bytes("$folder/doc/bench/$file.svg", chart($title, $x_is, 'million instructions', @series));
    for (grep { $_->[0] < 2 && @$_ > 4 } @series) {
        my (undef, $name, @points) = @$_;
        at_most_row("$title, $name: one more of $points[-1][0] by one more of $points[1][0]", '%.2f', growth(@points), 1.3);
    }
    return "![$title](doc/bench/$file.svg)\n";
}

sub kinds
{
    my ($peer, @series) = @_;
    return map { [($peer && $_ == $#series ? 2 : $_), @{ $series[$_] }] } 0 .. $#series;
}

sub charts
{
    my ($folder) = @_;
    make_path("$folder/doc/bench");
    section('Cost against size');
    my @endpoints = endpoint_sizes(1, 5, 10, 20, 40);
    return join "\n",
        sized($folder, 'certificates', 'Certificates in the stores', 'certificates', kinds(1, certificate_sizes(60, 125, 250, 500, 1000))),
        sized($folder, 'crl', 'A revocation list, verified, a serial sought', 'entries', kinds(1, crl_sizes(1_000, 25_000, 50_000, 100_000, 200_000))),
        (@endpoints ? sized($folder, 'endpoints', 'Endpoints at once, lists of 96 KB', 'endpoints', kinds(1, @endpoints)) : ()),
        sized($folder, 'authorities', 'The shortest path among CAs', 'CA certificates',
              kinds(0, shape_sizes('star', 10, 25, 50, 100, 120), shape_sizes('mesh', 8, 12, 16, 20, 24, 28, 32)));
}

sub table
{
    my $text = '';
    for (rows()) {
        my ($what, @rest) = @$_;
        if (@rest == 0) {
            $text .= "\n### $what\n\n| what | measured | target | verdict |\n|---|---:|---:|---|\n";
            next;
        }
        s/\|/\\|/g, s/</&lt;/g for $what, @rest;
        $text .= '| ' . join(' | ', $what, @rest) . " |\n";
    }
    return $text;
}

sub write_benchmarks
{
    my ($folder) = @_;
    my $charts = charts($folder);
    my $date = strftime('%Y-%m-%d', gmtime);
    write_bytes("$folder/BENCHMARKS.md", <<"MD" . table());
# Benchmarks

`make -C build bench` measures; `make -C build bench BENCHMARKS=..` writes this page and its charts, too. Last on $date, with @{[versions()]}.

Millions of instructions (M) are those of a whole process under valgrind's callgrind, the start and the loader included, and do not depend on the machine's speed or load;
callgrind's processor has no instructions for digests, so that a digest costs more here than in real life. Where time is measured, the programs take turns, and the median
counts. A peer is another program that does the same, or a part of it, in the same run; a target that is a share of a peer's cost is computed from that run. No target is made
of what we cost in the same run. Rows without a target are peers, or there to be seen.

## Cost against size

One more certificate, entry, endpoint or CA costs what the one before did (the rows "Cost against size" below).

$charts
## The table
MD
    return;
}

1;
