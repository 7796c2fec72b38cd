#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_intermediates and stores made to hurt: namesakes by the thousand, meshes, long chains, huge keys. Bounded time and memory, and never OK by accident.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use MIME::Base64 qw(encode_base64);
use Scp;
use Test::More;

my $NAME = 'check_scp_intermediates';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my $MEASURE = !sanitized($NAME);
my $MANY = $MEASURE ? 10_000 : 1_000;
my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my $profile = save('hostile.ini', family_text(any => { nobody => cert('Nobody', 'Root', 'n', 'root', ca => 1) }, root => $root));
my $roots = bundle('roots.pem', $root);

# How it answers, in which time, with how much memory; both as promised.
sub bounded
{
    my ($name, $states, @arguments) = @_;
    my $r = run([$NAME, "--at=$AT", "--profile=$profile", @arguments, '-o', 'plugin'], rss => 1);
    like(state_name($r->{code}), qr/\A(?:$states)\z/, $name) or diag($r->{out});
    if ($MEASURE && defined $r->{rss}) {
        cmp_ok($r->{seconds}, '<=', 11, sprintf '%s: %.1f s', $name, $r->{seconds});
        cmp_ok($r->{rss}, '<=', 64 * 1024, sprintf '%s: %.0f MiB', $name, $r->{rss} / 1024);
    }
    return $r;
}

# Certificates that differ in their signature's last bytes only: each another one.
sub namesakes
{
    my ($der, $n) = @_;
    return map { my $c = $der; substr $c, -4, 4, pack 'N', $_; $c } 1 .. $n;
}

{
    my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1);
    my $other = cert('Middle', 'Root', 'other', 'root', ca => 1, days => [-300, 3000]);
    my $blind = cert('Middle', 'Root', 'other', 'root', ca => 1, ids => 0, days => [-300, 3000]);
    my $leaf = bundle('leaf.pem', cert('Leaf', 'Middle', 'leaf', 'middle'));
    my $blind_leaf = bundle('blind-leaf.pem', cert('Leaf', 'Middle', 'leaf', 'middle', ids => 0));
    bounded("$MANY namesakes and the right one", 'OK', "--roots=$roots",
        '--intermediates=' . bundle('many.pem', namesakes($other, $MANY), $middle), "--certificate=$leaf");
    my $r = bounded("$MANY namesakes without the right one", 'CRITICAL', "--roots=$roots",
        '--intermediates=' . bundle('many.pem', namesakes($other, $MANY)), "--certificate=$leaf");
    like($r->{out}, qr/issuer 'Middle'.*\($MANY of that name with another key\)/, 'which is told');
    bounded("$MANY namesakes without key identifiers", 'OK|UNKNOWN', "--roots=$roots",
        '--intermediates=' . bundle('blind.pem', namesakes($blind, $MANY), $middle),
        "--certificate=$blind_leaf");
    $r = bounded('and no right one among them', 'CRITICAL|UNKNOWN', "--roots=$roots",
        '--intermediates=' . bundle('blind.pem', namesakes($blind, $MANY)), "--certificate=$blind_leaf");
    like($r->{out}, qr/with another key|given up: too many/, 'which is told');
    my @spelled = map { my $n = $_; cert('x', 'Root', 'other', 'root', ca => 1, ids => 0,
        name => name_der('M' . (' ' x ($n % 50)) . 'iddle' . (' ' x int($n / 50)))) } 1;
    bounded('a name of many blanks', 'CRITICAL', "--roots=$roots", '--intermediates=' . bundle('blanks.pem', @spelled),
        "--certificate=$leaf");
}
{
    my $rsa_root = certificate(cn => 'RSA Root', serial => 5, key => 'rsa3072');
    my $right = certificate(cn => 'RSA Middle', issuer => 'RSA Root', serial => 6, key => 'rsa3072');
    my $end = bundle('rsa-leaf.pem', certificate(cn => 'RSA Leaf', issuer => 'RSA Middle', serial => 7, key => 'rsa3072', ca => 0));
    my $fake = certificate(cn => 'RSA Middle', issuer => 'RSA Root', serial => 8, key => 'rsa', not_after => $NOW + 9000 * $DAY);
    my $modulus = index($fake, "\x02\x82\x01\x01\x00") + 5;
    srand 20261123;
    my @fakes = map { my $c = $fake; substr $c, $modulus + 1, 254, join '', map { chr rand 256 } 1 .. 254; $c } 1 .. $MANY;
    bounded("$MANY namesakes, each with a key of its own", 'OK', '--roots=' . bundle('rsa-roots.pem', $rsa_root),
        '--intermediates=' . bundle('fakes.pem', @fakes, $right), "--certificate=$end");
    bounded('and no right one', 'CRITICAL|UNKNOWN', '--roots=' . bundle('rsa-roots.pem', $rsa_root),
        '--intermediates=' . bundle('fakes.pem', @fakes), "--certificate=$end");
}
{
    my @mesh;
    for my $subject (1 .. 7) {
        push @mesh, map { cert("Node $subject", "Node $_", "node$subject", "node$_", ca => 1) } grep { $_ != $subject } 1 .. 7;
    }
    my $leaf = bundle('mesh-leaf.pem', cert('Leaf', 'Node 1', 'leaf', 'node1'));
    my $r = bounded('a mesh without a root', 'CRITICAL', "--roots=$roots", '--intermediates=' . bundle('mesh.pem', @mesh),
        "--certificate=$leaf");
    like($r->{out}, qr/the issuers above it sign only each other, and none of them is a trusted root in the given files/, 'says so: nothing was left out');
    unlike($r->{out}, qr/given up/, 'and the search came to its end');
    $r = bounded('the same mesh with a way out', 'OK', "--roots=$roots",
        '--intermediates=' . bundle('mesh.pem', @mesh, cert('Node 7', 'Root', 'node7', 'root', ca => 1)), "--certificate=$leaf");
    like($r->{out}, qr/Leaf chains to Root via Node 1, Node 7, until \S+, and at least \d+ other usable paths/, 'by the shortest path');
}
{
    my @long = map { cert("Link $_", $_ == 1 ? 'Root' : 'Link ' . ($_ - 1), "link" . $_ % 5,
        $_ == 1 ? 'root' : 'link' . ($_ - 1) % 5, ca => 1) } 1 .. 40;
    my $leaf = bundle('long-leaf.pem', cert('Leaf', 'Link 40', 'leaf', 'link0'));
    my $r = bounded('a chain of 42', 'UNKNOWN', "--roots=$roots", '--intermediates=' . bundle('long.pem', @long),
        "--certificate=$leaf");
    like($r->{out}, qr/a path is longer than allowed/, 'says so');
}
{
    my $file = save('noise.pem', join '', map { "-----BEGIN CERTIFICATE-----\n"
        . encode_base64(pack('N*', map { $_ * 2654435761 % 2**32 } $_ * 40 .. $_ * 40 + 200))
        . "-----END CERTIFICATE-----\n" } 1 .. 2000);
    bounded('2000 blocks of noise', 'UNKNOWN', "--roots=$file", '--certificate=' . bundle('any.pem', $root));
    my $huge = save('huge.pem', 'x' x (21 << 20));
    bounded('a file that is too large', 'UNKNOWN', "--roots=$huge", '--certificate=' . bundle('any.pem', $root));
    my $big = cert('N' x 60_000, 'Root', 'big', 'root', ca => 1);
    bounded('a certificate of 60 kB', 'OK|CRITICAL', "--roots=$roots", '--certificate=' . bundle('big.pem', $big));
    my $larger = cert('N' x 70_000, 'Root', 'big', 'root', ca => 1);
    bounded('one over the limit', 'UNKNOWN', "--roots=$roots", '--certificate=' . bundle('larger.pem', $larger));
}
{
    # Five primes are found sooner than two.
    my $wide = save('wide.key', openssl(undef, 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:8192', '-pkeyopt',
        'rsa_keygen_primes:5', '-pkeyopt', 'rsa_keygen_pubexp:3')) if $MEASURE;
    SKIP: {
        skip 'measured without sanitizers only', 1 if !$MEASURE;
        my $spki = openssl(undef, 'pkey', '-in', $wide, '-pubout', '-outform', 'DER');
        $Chain::SPKI{wide} = $spki;
        my $slow = cert('Middle', 'Root', 'wide', 'root', ca => 1, ids => 0);
        bounded('5000 keys of 8192 bits', 'CRITICAL|UNKNOWN', "--roots=$roots",
            '--intermediates=' . bundle('slow.pem', namesakes($slow, 5000)),
            '--certificate=' . bundle('slow-leaf.pem', cert('Leaf', 'Middle', 'leaf', 'middle', ids => 0)));
    }
}
done_testing();
