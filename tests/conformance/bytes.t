#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One object of each kind, each byte changed once (by 1, and by 0x80): never good where OpenSSL refuses, and never good at all where
# what changed is signed, or is the signature.  A share of them, by SCP_SEED; all with SCP_CONFORMANCE_LONG.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../tools";
use Corpus;
use Scp;
use Test::More;

my $SHARE = $ENV{SCP_CONFORMANCE_LONG} ? 1 : 0.06;
my $SEED = $ENV{SCP_SEED} // 20261123;
-x plugin_path($_) or plan skip_all => "$_ is not built" for qw(check_scp_intermediates check_scp_revocation);
oracle_built() or plan skip_all => 'tests/conformance/oracle is not built';
srand $SEED;
note("seed $SEED");

# --- Which bytes are signed ---

# Of SEQUENCE { signed, algorithm, signature, … } at $at: [from, to] of the first, and of the signature with its key's algorithm.
sub spans
{
    my ($der, $at) = @_;
    my ($outer) = der_items($der);
    $at += length($outer->{whole}) - length $outer->{content};
    my ($tbs, undef, $signature) = der_items($outer->{content});
    return map { [$at + $_->{at}, $at + $_->{at} + length $_->{whole}] } $tbs, $signature;
}

# An OCSP answer: its data and signature, and those of the certificate in it.
sub answer_spans
{
    my ($der) = @_;
    my $basic = basic_of($der);
    my $at = index $der, $basic;
    my ($delegate) = der_items((der_items((der_items((der_items($basic, 1))[3]{content}))[0]{content}))[0]{whole});
    return (spans($basic, $at), spans($delegate->{whole}, index $der, $delegate->{whole}));
}

# ENUMERATED, [0] SEQUENCE { OID, OCTET STRING BasicOCSPResponse }
sub basic_of
{
    my ($der) = @_;
    my ($status, $bytes) = der_items($der, 1);
    return (der_items($bytes->{content}, 1))[1]{content};
}

# --- What is changed ---

my @paths = ('root R; ca A R; leaf L A', 'crl R; crl A revoked=0x77');
my @answer = ('root R; ca A R; extra D A ku=digitalSignature eku=ocsp nocheck=1; leaf L A; ocsp A L as=D certs=D');
my %KIND = (
    leaf => { make => [$paths[0]], bytes => sub { \$_[0]{leaf_der} }, ask => \&ours_about },
    intermediate => { make => [$paths[0]], bytes => sub { \$_[0]{between}[0] }, ask => \&ours_about },
    root => { make => [$paths[0]], bytes => sub { \$_[0]{roots}[0] }, ask => \&ours_about },
    'list of a path' => { make => [@paths], bytes => sub { \$_[0]{crls}[1] }, ask => \&ours_about },
    'list by itself' => { make => ['root R; leaf L R', 'crl R revoked=0x77'], bytes => sub { \$_[0]{crls}[0] }, ask => \&alone_about,
        alone => 1 },
    'answer and its delegate' => { make => [@answer], bytes => sub { \$_[0]{ocsp} }, ask => \&alone_about, spans => \&answer_spans },
    'answer by the issuer' => { make => ['root R; leaf L R', 'ocsp R L'], bytes => sub { \$_[0]{ocsp} }, ask => \&alone_about,
        spans => sub { spans(basic_of($_[0]), index $_[0], basic_of($_[0])) } },
);

for my $name (sort keys %KIND) {
    my $kind = $KIND{$name};
    my $row = row_from($name, @{ $kind->{make} });
    my $bytes = $kind->{bytes}->($row);
    my $whole = $$bytes;
    my @signed = $kind->{spans} ? $kind->{spans}->($whole) : spans($whole, 0);
    my ($tried, @refused_by_openssl, @signed_and_good) = (0);
    is(($kind->{ask}->($row))[0], 'good', "$name: good as it is");
    is((oracle_about($row, $kind->{alone}))[0], 'good', "$name: so says OpenSSL");
    for my $at (0 .. length($whole) - 1) {
        for my $bit ("\1", "\x80") {
            next if rand >= $SHARE;
            $$bytes = $whole;
            substr($$bytes, $at, 1) ^= $bit;
            $tried++;
            next if ($kind->{ask}->($row))[0] ne 'good';
            my $what = sprintf '%d of %d ^ %02x', $at, length $whole, ord $bit;
            push @signed_and_good, $what if grep { $at >= $_->[0] && $at < $_->[1] } @signed;
            push @refused_by_openssl, $what if (oracle_about($row, $kind->{alone}))[0] ne 'good';
        }
    }
    is_deeply(\@signed_and_good, [], "$name: what is signed is not changed unseen ($tried changes)");
    is_deeply(\@refused_by_openssl, [], "$name: nothing is good that OpenSSL refuses");
    cmp_ok($tried, '>', $SHARE * length $whole, "$name: enough was tried");
}
done_testing();
