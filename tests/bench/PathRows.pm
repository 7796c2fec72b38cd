# SPDX-License-Identifier: GPL-3.0-or-later
#
# Paths from a certificate to a root: through 500 certificates, and where authorities sign each other in every direction.
package PathRows;

use strict;
use warnings;
use Chain;
use Exporter qw(import);
use Measure;
use Scp;
use Stores;

our @EXPORT = qw(path_rows shape_rows shape_sizes);

my $PLUGIN = plugin_path('check_scp_intermediates');
my $openssl = which('openssl');

sub path_rows
{
    section('Paths through 500 certificates');
    my $anchor = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
    my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 1000]);
    my $issuing = cert('Issuing 1', 'Middle', 'one', 'middle', ca => 1, pathlen => 0, days => [-300, 900]);
    my $leaf = bundle('path-leaf.pem', cert('Leaf', 'Issuing 1', 'leaf', 'one', days => [-10, 80]));
    my $profile = save('path.ini', family_text(any => { 'issuing-1' => $issuing }, via => { middle => $middle }, root => $anchor));
    my @others = authorities(497);
    my $stores = save('path.reg', windows_export(machine(authroot => [entries_of(@others)], root => [$anchor], ca => [$middle, $issuing])));
    my ($roots, $cas) = (bundle('path-roots.pem', @others, $anchor), bundle('path-cas.pem', $middle, $issuing));
    my @ours = ($PLUGIN, "--at=$AT", '-o', 'plugin');
    instruction_row('check_scp_roots, default profile', 50 * $MILLION, plugin_path('check_scp_roots'), '-R', $stores, "--at=$AT", '-o', 'plugin');
    instruction_row('check_scp_intermediates, the same', 60 * $MILLION, @ours, '-R', $stores);
    instruction_row('the same with a path to verify', 65 * $MILLION, @ours, '-R', $stores, "--profile=$profile");
    my @files = ("--roots=$roots", "--intermediates=$cas", "--certificate=$leaf");
    my @verify = ($openssl, 'verify', '-no-CApath', '-no-CAstore', '-attime', $NOW, '-untrusted', $cas, '-CAfile', $roots, $leaf) if $openssl;
    my $peer = $openssl ? instruction_row('peer: openssl verify, a leaf through 500 in PEM', undef, @verify) : undef;
    share_row('a leaf through 500 in PEM', 0.2, instructions(@ours, @files), $peer);
    verdict_row('both find the path', join(', ', answered(@ours, @files), $openssl ? answered(@verify) : 'OK'), 'OK, OK');
    return;
}

# A command that asks for the way through a shape of so many authorities.
sub through
{
    my ($shape, $n) = @_;
    my $folder = scratch("$shape$n");
    mkdir $folder;
    silently(Scp::tool('shapes'), $shape, $n, $folder) == 0 or die "shapes $shape $n failed";
    return ($PLUGIN, "--roots=$folder/root.pem", "--intermediates=$folder/cas.pem", "--certificate=$folder/leaf.pem", "--at=$AT", '-o',
        'plugin', '-t', 600);
}

sub shape_rows
{
    section('Certificates that sign each other in every direction: the loading, and the shortest path');
    return row('stars and meshes', '-', '', 'SKIPPED (tests/tools/shapes)') if !-x Scp::tool('shapes');
    for (['star', 10, 60], ['star', 40, 60], ['star', 100, 60], ['mesh', 32, 400]) {
        my ($shape, $n, $most) = @$_;
        my @command = through($shape, $n);
        instruction_row("a leaf through a $shape of $n CAs", $most * $MILLION, @command);
        my $via = $shape eq 'star' ? 'Arm 1, Bridge' : 'Node 1';
        silently(@command);
        verdict_row('by the shortest path', slurp(scratch('out')) =~ /OK - Leaf chains to \w+ $n via $via,/ ? 'yes' : 'no', 'yes');
    }
    return;
}

# Millions of instructions by the number of certificates of a shape.
sub shape_sizes
{
    my ($shape, @sizes) = @_;
    my @ours;
    for my $n (@sizes) {
        my @command = through($shape, $n);
        my $certificates = () = slurp(scratch("$shape$n") . '/cas.pem') =~ /BEGIN/g;
        push @ours, [$certificates, instructions(@command) / $MILLION];
    }
    return [$shape, @ours];
}

1;
