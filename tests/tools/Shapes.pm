# SPDX-License-Identifier: GPL-3.0-or-later
#
# Stores of certificates that sign each other, with a leaf and one trusted root: what a search for paths must not get lost in.
package Shapes;

use strict;
use warnings;
use Chain;
use Exporter qw(import);

our @EXPORT = qw(star mesh);

# A bridge and n CAs that signed each other, each way: 2n certificates. The leaf is of CA 1, the trusted root is CA n:
# Leaf, CA 1 (by the bridge), Bridge (by CA n), CA n. Returns the root, the leaf, and the others. `kind` is a key's: ec, rsa2048.
sub star
{
    my ($n, $kind) = @_;
    my @others = map { (cert("Arm $_", 'Bridge', "$kind-arm$_", "$kind-bridge", ca => 1, days => [-300, 1000 + $_]),
        cert('Bridge', "Arm $_", "$kind-bridge", "$kind-arm$_", ca => 1, days => [-300, 1000 + $_])) } 1 .. $n;
    return (cert("Arm $n", "Arm $n", "$kind-arm$n", "$kind-arm$n", ca => 1, days => [-1000, 4000]),
        cert('Leaf', 'Arm 1', "$kind-leaf", "$kind-arm1", days => [-10, 80]), @others);
}

# n CAs that all signed each other: n(n-1) certificates. The leaf is of CA 1, the trusted root is CA n, which signed CA 1, too.
sub mesh
{
    my ($n, $kind) = @_;
    my @others;
    for my $subject (1 .. $n) {
        push @others, map { cert("Node $subject", "Node $_", "$kind-node$subject", "$kind-node$_", ca => 1, days => [-300, 1000 + $_]) }
            grep { $_ != $subject } 1 .. $n;
    }
    return (cert("Node $n", "Node $n", "$kind-node$n", "$kind-node$n", ca => 1, days => [-1000, 4000]),
        cert('Leaf', 'Node 1', "$kind-leaf", "$kind-node1", days => [-10, 80]), @others);
}

1;
