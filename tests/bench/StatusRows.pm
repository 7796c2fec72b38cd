# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_status over logs of which every entry counts.
package StatusRows;

use strict;
use warnings;
use Exporter qw(import);
use Logs;
use Measure;
use Scp;

our @EXPORT = qw(log_rows);

# What a downloader writes when all is well.
my @HEALTHY = (
    'Checking for new files in E:\Program Files\Microsoft Configuration Manager\inboxes\hman.box\CFD\\',
    'Found 0 packages to download',
    'Redist files are present, no need to download',
    'Generating manifest at E:\ConfigMgr\EasySetupPayload\4b6d1e2c-7c2f-4c5b-9d0e-2f7f3f0b9a51',
    'Manifest.cab was successfully moved to the connector outbox',
    'Successfully Dropped the state message 4',
    'Waiting for changes to the "E:\ConfigMgr\inboxes\hman.box" directory, 1440 minutes',
    'Request sent to https://gateway.configmgr.manage.microsoft.com, status OK (200)',
);

# At least so many bytes of what writes the lines of a block, over and over; the last entry is one of a broken chain.
sub log_of
{
    my ($name, $bytes, $line) = @_;
    my $block = join '', map { $line->($NOW - 20 * 3600 + 3 * $_, $_) } 1 .. 20_000;
    my $path = scratch($name);
    open my $out, '>:raw', $path or die "$path: $!";
    for (my $n = 0; $n < $bytes; $n += length $block) { print {$out} $block }
    print {$out} entry_new($NOW - 60, $CHAIN);
    close $out or die "$path: $!";
    return $path;
}

# No two lines of the block are the same.
sub ordinary { my ($at, $n) = @_; return entry_new($at, "An ordinary line of a log, not very long and not very short, number $n") }
sub healthy { my ($at, $n) = @_; return entry_new($at, $HEALTHY[$n % @HEALTHY], component => 'SMS_DMP_DOWNLOADER') }

sub log_rows
{
    section('Logs, all within --since');
    my @ours = (plugin_path('check_scp_status'), "--at=$AT", '-o', 'plugin', '-t', 300);
    for (['ordinary lines, no two alike', \&ordinary], ['lines of a healthy downloader', \&healthy]) {
        my ($what, $line) = @$_;
        my $log = log_of('10.log', 9.5 * $MILLION, $line);
        my $n = instructions(@ours, "--log=$log");
        at_most_row(sprintf('%.0f MB of %s: instructions a byte', (-s $log) / $MILLION, $what), '%.2f', defined $n ? $n / -s $log : undef, 6);
        verdict_row('the broken chain at its end is seen', answered(@ours, "--log=$log"), 'WARNING');
    }
    my $huge = log_of('1000.log', 1000 * $MILLION, \&ordinary);
    my @huge = (@ours, "--log=$huge");
    at_most_row('memory, log of 1 GB', '%.1f MiB', peak(@huge), 16, '/usr/bin/time');
    at_most_row('processor seconds, log of 1 GB', '%.1f', processor_seconds(1, \@huge), 10);
    verdict_row('the broken chain at its end is seen', answered(@huge), 'WARNING');
    unlink $huge;
    return;
}

1;
