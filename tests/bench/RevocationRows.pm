# SPDX-License-Identifier: GPL-3.0-or-later
#
# One OCSP answer, and lists of 10^5 and 10^6 entries, beside the openssl program.
package RevocationRows;

use strict;
use warnings;
use Exporter qw(import);
use Measure;
use Pki;
use Scp;

our @EXPORT = qw(ocsp_rows crl_rows crl_sizes crl_of);

my $PLUGIN = plugin_path('check_scp_revocation');
my $openssl = which('openssl');

# The issuer signs with RSA 2048; both programs are given the certificate, and one issuer to trust.  Each bound is what it cost when
# this was first measured.
sub ocsp_rows
{
    section('One OCSP answer, beyond the start of each program');
    return row('one OCSP answer', '-', '', 'SKIPPED (openssl)') if !$openssl;
    my $ca = authority('Bench CA', key => 'rsa');
    my $leaf = certificate_of($ca, 'leaf', key => 'rsa');
    my $delegate = certificate_of($ca, 'responder', key => 'rsa', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
    for (['by the issuer', $ca, 12.1, 10.2], ['by a delegate', $delegate, 13.2, 11.3]) {
        my ($who, $signer, @most) = @$_;
        my $answer = save('answer.ocsp', ocsp_answer($ca, $leaf, signer => $signer), time);
        my @ours = ($PLUGIN, "--ocsp=$answer", "--issuer=$ca->{file}", '-o', 'plugin');
        my @theirs = ($openssl, 'ocsp', '-respin', $answer, '-issuer', $ca->{file}, '-CAfile', $ca->{file});
        for (['certificate', "--certificate=$leaf->{file}", '-cert', $leaf->{file}],
            ['serial number', "--serial=$leaf->{serial}", '-serial', "0x$leaf->{serial}"]) {
            my ($asked, $option, @peer) = @$_;
            my $n = beyond([$PLUGIN, '--version'], [@ours, $option]);
            at_most_row("answer $who, asked by $asked", '%.1f M', defined $n ? $n / $MILLION : undef, shift @most);
            my $peer = beyond([$openssl, 'version'], [@theirs, @peer]);
            at_most_row('peer: openssl ocsp -respin, the same', '%.1f M', defined $peer ? $peer / $MILLION : undef);
            verdict_row('it is called', answered(@ours, $option), 'OK');
        }
    }
    return;
}

# Serial numbers of 16 octets, a reason code for every second one: 42 octets an entry, as public CAs' lists have.
sub crl_of
{
    my ($ca, $entries, $name, $this) = @_;
    $this //= $NOW - 5 * $DAY;
    my $random = 1;
    my @revoked = map {
        $random = ($random * 1_103_515_245 + 12_345) % 2_147_483_648;
        [sprintf('7%07X%08X%08X%08X', $_, $random, $random ^ 0x5A5A5A5A, $random >> 3), $this - $_, $_ % 2 ? 4 : undef]
    } 1 .. $entries;
    return save($name, crl($ca, this => $this, next => $this + 30 * $DAY, revoked => \@revoked));
}

sub crl_rows
{
    section('Revocation lists');
    my $reader = helper('crl_bench');
    my $ca = authority('Bench CA', key => 'rsa');
    my $issuer = save('bench-ca.der', $ca->{der});
    my ($list, $large) = (crl_of($ca, 100_000, '5.crl'), crl_of($ca, 1_000_000, '6.crl'));
    my @peer = ($openssl, 'crl', '-inform', 'DER', '-CAfile', $ca->{file}, '-noout', '-in') if $openssl;
    my @plugin = ($PLUGIN, "--issuer=$issuer", '--serial=0101', "--at=$AT", '-o', 'plugin');
    instruction_row(sprintf('10^5 entries, %.1f MB: verified, a serial sought', (-s $list) / $MILLION), 160 * $MILLION, @plugin, "--crl=$list");
    instruction_row('peer: openssl dgst -sha256, the digest alone', undef, $openssl, 'dgst', '-sha256', $list) if $openssl;
    instruction_row('peer: openssl crl, verified', undef, @peer, $list) if $openssl;
    my $size = -s $large;
    memory_row(sprintf('memory beyond that of --version, 10^6 entries, %.1f MB', $size / $MILLION), $size / 1_048_576 + 8, @plugin, "--crl=$large");
    verdict_row('both are called', join(', ', map { answered(@plugin, "--crl=$_") } $list, $large), 'OK, OK');
    at_most_row('processor time, 10^6 entries, by that of openssl crl: median of 5 pairs', '%.3f',
        processor_ratio(5, 1, [$reader, $large, $issuer], [@peer, $large]), 0.1) if $openssl;
    return;
}

# Millions of instructions by the number of entries, and OpenSSL's.
sub crl_sizes
{
    my (@sizes) = @_;
    my $ca = authority('Bench CA', key => 'rsa');
    my $issuer = save('bench-ca.der', $ca->{der});
    my (@ours, @peer);
    for my $n (@sizes) {
        my $list = crl_of($ca, $n, "$n.crl");
        push @ours, [$n, instructions($PLUGIN, "--issuer=$issuer", '--serial=0101', "--at=$AT", '-o', 'plugin', "--crl=$list") / $MILLION];
        push @peer, [$n, instructions($openssl, 'crl', '-inform', 'DER', '-CAfile', $ca->{file}, '-noout', '-in', $list) / $MILLION]
            if $openssl && $n <= 100_000;
    }
    return (['check_scp_revocation --crl', @ours], ['openssl crl -CAfile', @peer]);
}

1;
