#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_revocation --ocsp against a real responder, `openssl ocsp` on loopback: whatever it says of a certificate, whoever signs
# it and with what, and what a stranger says in its place.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Pki;
use Scp;
use Servers qw(ocsp_responder);
use Test::More;

plan skip_all => 'no openssl' if !which('openssl');
plan skip_all => 'check_scp_revocation is not built' if !-x plugin_path('check_scp_revocation');

my $HALF_HOUR = 30;    # minutes
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my $ca = authority('OCSP CA');
my $namesake = authority('OCSP CA');
my $delegate = certificate_of($ca, 'OCSP responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
my $unchecked = certificate_of($ca, 'OCSP responder without nocheck', ext => "extendedKeyUsage=OCSPSigning\n");
my $server = certificate_of($ca, 'A server', ext => "extendedKeyUsage=serverAuth\n");
my $strange_delegate = certificate_of($namesake, 'OCSP responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
my %leaf = map { $_ => certificate_of($ca, "A $_ certificate") } qw(good revoked unlisted);
my @index = ([$leaf{good}{serial}, 'V'], [$leaf{revoked}{serial}, 'R']);

# The address of a responder of $authority, signed by $signer.
sub responder
{
    my ($authority, $signer, %o) = @_;
    my @life = exists $o{minutes} && !defined $o{minutes} ? () : ('-nmin', $o{minutes} // 60 * 24 * 4);
    return 'http://127.0.0.1:' . ocsp_responder('-index', ocsp_index(@{ $o{index} // \@index }), '-CA', $authority->{file},
        '-rsigner', $signer->{file},
                                                '-rkey', $signer->{key}, @life, @{ $o{options} // [] });
}

sub asking
{
    my ($url, $leaf, @more) = @_;
    return ['check_scp_revocation', "--ocsp=$url", '--issuer=' . ($leaf->{issuer} // $ca)->{file}, "--certificate=$leaf->{file}",
        @more];
}

sub only { my ($class) = @_; return { "revocation.$class" => 'CRITICAL', 'revocation.valid' => undef } }

my $by_issuer = responder($ca, $ca);

subtest 'what a responder says' => sub {
    my $r = verdict('good', asking($by_issuer, $leaf{good}, '-v'), 'OK', { 'revocation.valid' => 'OK' },
        qr/SCP REVOCATION OK \(from .* ocsp_ttl=\d+s$/m);
    my ($e) = @{ $r->{json}{facts}{endpoints} };
    is("$e->{class} $e->{serial_status} $e->{http_status}", 'ok good 200', 'its facts');
    verdict('an address that ends in a slash', asking("$by_issuer/", $leaf{good}), 'OK', { 'revocation.valid' => 'OK' });
    verdict('an address so long that it is POST', asking("$by_issuer/" . 'long' x 50, $leaf{good}), 'OK',
        { 'revocation.valid' => 'OK' });
    verdict('revoked', asking($by_issuer, $leaf{revoked}), 'CRITICAL', only('revoked'),
        qr/revoked since 2020-01-01T00:00:00Z \(keyCompromise\)/);
    verdict('unknown', asking($by_issuer, $leaf{unlisted}), 'CRITICAL', only('ocsp-status'), qr/does not know/);
    verdict('by serial number', ['check_scp_revocation', "--ocsp=$by_issuer", "--issuer=$ca->{file}",
        "--serial=$leaf{revoked}{serial}"], 'CRITICAL', only('revoked'));
};

subtest 'who signs' => sub {
    verdict('a delegate', asking(responder($ca, $delegate), $leaf{good}, '-v'), 'OK',
        { 'revocation.valid' => 'OK', 'ocsp.note' => undef });
    verdict('a delegate, by the hash of its key', asking(responder($ca, $delegate, options => ['-resp_key_id']), $leaf{good}), 'OK',
        { 'revocation.valid' => 'OK' });
    verdict('a delegate without nocheck', asking(responder($ca, $unchecked), $leaf{good}, '-v'), 'OK',
        { 'revocation.valid' => 'OK', 'ocsp.note' => 'OK' });
    verdict('a delegate that does not show its certificate',
        asking(responder($ca, $delegate, options => ['-resp_no_certs']), $leaf{good}), 'CRITICAL', only('signature'), qr/stranger/);
    verdict('a server', asking(responder($ca, $server), $leaf{good}), 'CRITICAL', only('signature'), qr/not for OCSP signing/);
    verdict('an authority of the same name', asking(responder($namesake, $namesake), $leaf{good}), 'CRITICAL', only('signature'));
    verdict('that one about our certificate', asking(responder($ca, $namesake), $leaf{good}), 'CRITICAL', only('signature'));
    verdict('its delegate', asking(responder($ca, $strange_delegate), $leaf{good}), 'CRITICAL', only('signature'), qr/stranger/);
    verdict('a bad signature', asking(responder($ca, $ca, options => ['-badsig']), $leaf{good}), 'CRITICAL', only('signature'));
    verdict('a bad signature about a revoked one', asking(responder($ca, $ca, options => ['-badsig']), $leaf{revoked}), 'CRITICAL',
        { %{ only('signature') }, 'revocation.revoked' => undef });
};

subtest 'for how long' => sub {
    my $half_hour = responder($ca, $ca, minutes => $HALF_HOUR);
    my $now = time;
    my %at = map { $_ => '--at=@' . ($now + $_ * 60) } -10, -4, 33, 40, 29;
    verdict('at once', asking($half_hour, $leaf{good}), 'OK', { 'revocation.valid' => 'OK' });
    verdict('near its end', asking($half_hour, $leaf{good}, $at{29}), 'WARNING', { 'revocation.expiring' => 'WARNING' });
    verdict('not much later', asking($half_hour, $leaf{good}, $at{33}), 'WARNING', { 'revocation.expired' => undef });
    verdict('later', asking($half_hour, $leaf{good}, $at{40}), 'CRITICAL', only('expired'));
    verdict('not much earlier', asking($half_hour, $leaf{good}, $at{-4}), 'OK', { 'revocation.valid' => 'OK' });
    verdict('earlier', asking($half_hour, $leaf{good}, $at{-10}), 'CRITICAL', only('not-yet-valid'));
    my $open = responder($ca, $ca, minutes => undef);
    verdict('without nextUpdate', asking($open, $leaf{good}), 'WARNING', { 'ocsp.nonconforming' => 'WARNING' });
    verdict('without nextUpdate, later', asking($open, $leaf{good}, '--at=@' . ($now + 12 * 3600 + 60)), 'CRITICAL',
        only('expired'));
    verdict('--max-response-age', asking($by_issuer, $leaf{good}, '--max-response-age=2h', '--at=@' . ($now + 3 * 3600)),
        'CRITICAL', only('expired'));
    verdict('--max-response-age, younger', asking($by_issuer, $leaf{good}, '--max-response-age=2h', '--at=@' . ($now + 3600)), 'OK',
        { 'revocation.valid' => 'OK' });
};

subtest 'with what' => sub {
    for (['rsa'], ['rsa', 'SHA-1', '-rmd', 'sha1'], ['rsa', 'SHA-512', '-rmd', 'sha512'],
         ['rsa', 'PSS', '-rsigopt', 'rsa_padding_mode:pss', '-rsigopt', 'rsa_pss_saltlen:digest'], ['ec384', 'SHA-384', '-rmd', 'sha384']) {
        my ($key, $how, @options) = @$_;
        my $authority = authority("CA of $key", key => $key);
        my $leaf = { %{ certificate_of($authority, 'A leaf', key => $key) }, issuer => $authority };
        my $url = responder($authority, $authority, index => [[$leaf->{serial}, 'V']], options => \@options);
        my $weak = ($how // '') eq 'SHA-1' ? 'WARNING' : undef;
        verdict("$key " . ($how // ''), asking($url, $leaf), $weak // 'OK', { 'revocation.valid' => 'OK', 'revocation.weak' => $weak });
    }
};

done_testing();
