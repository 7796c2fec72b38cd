#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who may vouch: one CRL or OCSP answer, and what its issuer's certificate says, lacks, or once said.  Made by openssl with fixed
# dates; beside each issuer that is refused stands one that is taken.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use MIME::Base64 qw(encode_base64);
use Pki;
use Said;
use Scp;
use Test::More;

-x (plugin_path('check_scp_revocation') // '') or plan skip_all => 'check_scp_revocation is not built';
which('openssl') or plan skip_all => 'openssl is not installed';

my $YEAR = 365 * $DAY;
my $files = 0;
my $ca = authority('Issuer');
my $twin = authority('Issuer');
my $leaf = certificate_of($ca, 'leaf', serial => '0a1b');

sub list { my ($signer, @more) = @_; return save('list' . ++$files, crl($signer, this => $NOW - 2 * $DAY, next => $NOW + 20 * $DAY, @more)) }
sub judged { my ($list, @issuers) = @_; return ['check_scp_revocation', "--crl=$list", "--at=$AT",
    map { /\A-/ ? $_ : "--issuer=$_" } map { ref ? $_->{file} : $_ } @issuers] }

# --- What the certificate says ---

my @CA = ('basicConstraints = critical,CA:TRUE');
for my $case (
    ['a CA with both usages', {}, 'OK'],
    ['a CA without key usage', { usage => undef }, 'OK'],
    ['no cRLSign', { usage => 'keyCertSign' }, 'CRITICAL', qr/lacks cRLSign \(RFC 5280 section 6\.3\.3 f\)/],
    ['no keyCertSign', { usage => 'cRLSign' }, 'CRITICAL', qr/keyCertSign/],
    ['CA:FALSE', { ext => ['basicConstraints = critical,CA:FALSE'] }, 'CRITICAL', qr/basicConstraints says CA:FALSE/],
    ['no basicConstraints, no key usage', { ext => [], usage => undef }, 'CRITICAL', qr/basicConstraints is missing/],
    ['no basicConstraints, but keyCertSign', { ext => [] }, 'WARNING', qr/has no basicConstraints/, 'issuer.legacy'],
    ['an unknown critical extension', { ext => [@CA, '1.2.3.4 = critical,DER:0500'] }, 'CRITICAL', qr/unknown critical extension/],
    ['an unknown extension', { ext => [@CA, '1.2.3.4 = DER:0500'] }, 'OK'],
    ['expired', { to => $NOW - $DAY }, 'CRITICAL', qr/expired on 2026-11-22T12:00:00Z/],
    ['in its last second', { to => $NOW }, 'OK'],
    ['not yet valid', { from => $NOW + $DAY }, 'CRITICAL', qr/not valid before/],
    ['younger than its list by less than a day', { from => $NOW - $DAY - 3600 }, 'OK'],
    ['younger by more', { from => $NOW - $DAY + 3600 }, 'CRITICAL', qr/not valid when it was made, 2026-11-21/],
    ['RSA of 512 bits', { key => 'rsa512' }, 'CRITICAL', qr/RSA key of 512 bits/],
    ['RSA of 1024 bits', { key => 'rsa1024' }, 'WARNING', qr/RSA key of 1024 bits/, 'revocation.weak'],
    ['RSA of 2048 bits', { key => 'rsa' }, 'OK'],
    ['EC of 192 bits', { key => 'ec192' }, 'CRITICAL', qr/EC key of 192 bits/],
    ['EC of 224 bits', { key => 'ec224' }, 'WARNING', qr/EC key of 224 bits/, 'revocation.weak'],
) {
    my ($name, $how, $state, $line, $finding) = @$case;
    my $issuer = authority('Issuer', %$how);
    $finding //= $state eq 'CRITICAL' ? 'revocation.issuer' : 'revocation.valid';
    verdict($name, judged(list($issuer), $issuer), $state, { $finding => $state }, $line // ());
}

# --- Several certificates of one CA, in any order ---

my $past = authority('Issuer', same_key => $ca, to => $NOW - $DAY);
my $renewed = authority('Issuer', same_key => $ca, from => $NOW - 12 * 3600);
my $by_ca = list($ca);
verdict('renewed with the same key: the old one alone', judged($by_ca, $past), 'CRITICAL', { 'revocation.issuer' => 'CRITICAL' });
verdict('renewed with the same key: the new one alone', judged($by_ca, $renewed), 'CRITICAL',
    { 'revocation.issuer' => 'CRITICAL' }, qr/when it was made/);
verdict('renewed with the same key: both', judged($by_ca, @$_), 'OK', { 'revocation.issuer' => undef })
    for [$past, $renewed], [$renewed, $past];
verdict('both in one file', judged($by_ca, save('both.pem', $renewed->{pem} . $past->{pem})), 'OK', {});
verdict('the namesake with another key alone', judged($by_ca, $twin), 'CRITICAL', { 'revocation.signature' => 'CRITICAL' });
verdict('the namesake besides', judged($by_ca, @$_), 'OK', {}) for [$twin, $ca], [$ca, $twin];
verdict('an expired namesake with another key besides changes nothing',
    judged($by_ca, $past, authority('Issuer')), 'CRITICAL', { 'revocation.issuer' => 'CRITICAL' });

# --- The certificate asked about ---

sub given { return "--certificate=$_[0]{file}" }
verdict('a certificate of the issuer', judged($by_ca, $ca, given($leaf)), 'OK', {});
for my $case (['of the namesake', list($twin), $twin, given($leaf)], ['of another name', list($ca), $ca,
    given(certificate_of(authority('Other'), 'x'))]) {
    my ($name, @how) = @$case;
    my $r = run([@{ judged(@how) }, '-o', 'plugin']);
    is(state_name($r->{code}), 'UNKNOWN', "a certificate $name: UNKNOWN");
    like($r->{out}, qr/not issued by the certificate of --issuer/, '... and why');
}
verdict('in a file with others', judged($by_ca, $ca, '--certificate=' . save('chain.pem', certificate_of($twin, 'other')->{pem} . $leaf->{pem})),
    'OK', {});
my $old = certificate_of($ca, 'old', serial => '0c', to => $NOW - $DAY);
verdict('expired itself', judged($by_ca, $ca, given($old)), 'WARNING', { 'revocation.certificate-expired' => 'WARNING' });
verdict('expires later', judged($by_ca, $ca, given($leaf)), 'OK', { 'revocation.certificate-expired' => undef });
my $narrow = authority('Narrow', ext => [@CA, 'nameConstraints = critical,permitted;DNS:inside.example']);
my ($inside, $outside) = map { certificate_of($narrow, $_, ext => "basicConstraints=CA:FALSE\nsubjectAltName=DNS:a.$_.example\n") }
    qw(inside outside);
verdict('inside the name constraints', judged(list($narrow), $narrow, given($inside)), 'OK', {});
verdict('outside', judged(list($narrow), $narrow, given($outside)), 'CRITICAL', { 'revocation.issuer' => 'CRITICAL' },
    qr/OpenSSL refuses the certificate.*permitted subtree/);

# --- Names ---

my $spelled = authority('Respelled  CA');
my $respelled = save('respelled', crl($spelled, this => $NOW - $DAY, next => $NOW + 9 * $DAY,
    issuer => subject_der(authority('respelled ca'))));
verdict('a name in other letters', judged($respelled, $spelled), 'OK', { 'crl.note' => 'OK' });
verdict('another name', judged(list($spelled, issuer => subject_der(authority('respelled caa'))), $spelled), 'CRITICAL',
    { 'revocation.issuer' => 'CRITICAL' });

# --- Several lists in one file ---

sub pem { return join '', map { "-----BEGIN X509 CRL-----\n" . encode_base64($_) . "-----END X509 CRL-----\n" } @_ }
sub der { my ($signer, @more) = @_; return crl($signer, this => $NOW - 2 * $DAY, next => $NOW + 20 * $DAY, @more) }
sub point { return der_tlv(0x30, der_oid('2.5.29.28'), der_tlv(0x01, "\xFF"), der_tlv(0x04, der_tlv(0x30,
    der_tlv(0xA0, der_tlv(0xA0, der_tlv(0x86, $_[0])))))) }
my @BAD = (revoked => [['0a1b', $NOW - 3 * $DAY, 1]]);
my @CHANGES = (number => '05', extensions => [Pki::extension('2.5.29.27', 1, der_tlv(0x02, "\1"))]);
sub idp { return (extensions => [Pki::extension('2.5.29.28', 1, der_tlv(0x30, @_))]) }
my $pointed = certificate_of($ca, 'pointed', serial => '0a1b', ext => "crlDistributionPoints=URI:http://crl.example/1\n");
for my $case (
    ['the higher number says revoked', [der($ca), der($ca, number => '02', @BAD)], [$ca, given($leaf)], 'CRITICAL', 'revocation.revoked'],
    ['the lower number said revoked', [der($ca, number => '7f', @BAD), der($ca, number => '0100')], [$ca, given($leaf)], 'OK'],
    ['an expired one of the lower number', [der($ca, next => $NOW - $DAY), der($ca, number => '02')], [$ca, given($leaf)], 'OK'],
    ['an expired one of the higher number', [der($ca, number => '02', next => $NOW - $DAY), der($ca)], [$ca, given($leaf)], 'OK'],
    ['an expired one of the higher number, which alone says revoked', [der($ca, number => '02', next => $NOW - $DAY, @BAD), der($ca)], [$ca, given($leaf)],
        'UNKNOWN', 'revocation.undetermined'],
    ['revoked, and an expired one of the higher number', [der($ca, number => '02', next => $NOW - $DAY), der($ca, @BAD)], [$ca, given($leaf)], 'CRITICAL',
        'revocation.revoked'],
    ['one of another CA besides', [der(authority('Other')), der($ca)], [$ca, given($leaf)], 'OK'],
    ['another CA alone', [der(authority('Other')), der(authority('Other'))], [$ca], 'CRITICAL', 'revocation.issuer'],
    ['revoked in the list of the CA\'s other key', [der($ca), der($twin, @BAD)], [$ca, $twin, given($leaf)], 'CRITICAL', 'revocation.revoked'],
    ['the CA\'s other key besides', [der($ca), der($twin)], [$twin, $ca, given($leaf)], 'OK'],
    ['the CA\'s other key alone', [der($twin), der($twin)], [$ca, $twin, given($leaf)], 'UNKNOWN', 'revocation.undetermined'],
    ['revoked in another scope', [der($ca), der($ca, @BAD, extensions => [point('http://crl.example/1')])], [$ca, given($pointed)],
        'CRITICAL', 'revocation.revoked'],
    ['a scope that is not the certificate\'s besides', [der($ca), der($ca, number => '05', extensions => [point('http://crl.example/2')])],
        [$ca, given($pointed)], 'OK'],
    ['revoked in a delta', [der($ca), der($ca, @BAD, @CHANGES)], [$ca, given($leaf)], 'CRITICAL', 'revocation.revoked'],
    ['revoked in two deltas alone', [(der($ca, @BAD, @CHANGES)) x 2], [$ca, given($leaf)], 'CRITICAL', 'revocation.revoked'],
    ['a delta without it', [der($ca), der($ca, @CHANGES)], [$ca, given($leaf)], 'OK'],
    ['deltas without it alone', [(der($ca, @CHANGES)) x 2], [$ca, given($leaf)], 'CRITICAL', 'revocation.type'],
    ['a delta that takes it out', [der($ca), der($ca, revoked => [['0a1b', $NOW - 3 * $DAY, 8]], @CHANGES)], [$ca, given($leaf)], 'OK'],
    ['a complete list after the delta', [der($ca, number => '06'), der($ca, @BAD, @CHANGES)], [$ca, given($leaf)], 'OK'],
    ['a delta that has expired', [der($ca), der($ca, @CHANGES, next => $NOW - $DAY)], [$ca, given($leaf)], 'OK'],
    ['a delta that has expired and says revoked', [der($ca), der($ca, @BAD, @CHANGES, next => $NOW - $DAY)], [$ca, given($leaf)], 'UNKNOWN',
        'revocation.undetermined'],
    ['a delta by another key', [der($ca), der($ca, @BAD, @CHANGES, signer => $twin)], [$ca, given($leaf)], 'OK'],
    ['revoked in a list of some reasons', [der($ca), der($ca, @BAD, idp(der_tlv(0x83, "\1\x40")))], [$ca, given($leaf)], 'CRITICAL',
        'revocation.revoked'],
    ['revoked in the list of another part', [der($ca), der($ca, @BAD, extensions => [point('http://crl.example/2')])], [$ca, given($pointed)],
        'CRITICAL', 'revocation.revoked'],
    ['listed in an indirect list of its own issuer', [der($ca), der($ca, @BAD, idp(der_tlv(0x84, "\xFF")))], [$ca, given($leaf)], 'CRITICAL',
        'revocation.revoked'],
    ['no certificate: one has expired', [der($ca), der($twin, next => $NOW - $DAY)], [$ca, $twin], 'CRITICAL', 'revocation.expired'],
    ['no certificate: one is forged', [der($ca), der($twin)], [$ca], 'CRITICAL', 'revocation.signature'],
    ['no certificate: both are good', [der($ca), der($twin)], [$ca, $twin], 'OK'],
) {
    my ($name, $lists, $how, $state, $finding) = @$case;
    $finding //= 'revocation.valid';
    verdict($name, judged(save('set' . ++$files, pem(@$lists)), @$how), $state, { $finding => $state });
    verdict("$name, lists and issuers reversed", judged(save('set' . ++$files, pem(reverse @$lists)), reverse @$how), $state, { $finding => $state });
}
verdict('much text before the block', judged(save('text', 'A line of text' x 100 . "\n" . pem(der($ca))), $ca), 'OK', {});
{
    my $r = run([@{ judged(save('damaged', pem(der($ca)) . "-----BEGIN X509 CRL-----\nAAA"), $ca) }, '-o', 'plugin']);
    is(state_name($r->{code}), 'UNKNOWN', 'a damaged block besides a good one');
    $r = run([@{ judged(save('many', pem((der($ca)) x 65)), $ca) }, '-o', 'plugin']);
    is(state_name($r->{code}), 'UNKNOWN', 'more lists than are read');
    $r = run([@{ judged($by_ca, save('many.pem', $ca->{pem} x 33)) }, '-o', 'plugin']);
    is(state_name($r->{code}), 'UNKNOWN', 'more certificates than are read');
}

# --- What is asked about, in a file with its issuer; what mends a file ---

{
    my $chain = save('chain.pem', "$leaf->{pem}$ca->{pem}");
    my $turned = save('turned.pem', "$ca->{pem}$leaf->{pem}");
    my $bad = save('bad.crl', der($ca, @BAD));
    for my $file ($chain, $turned) {
        verdict('a chain with its root', judged(save('good.crl', der($ca)), $ca, "--certificate=$file"), 'OK', { 'revocation.valid' => 'OK' });
        verdict('a chain with its root, revoked', judged($bad, $ca, "--certificate=$file"), 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' });
    }
    verdict('the root itself', judged($bad, $ca, given($ca)), 'OK', { 'revocation.valid' => 'OK' });
    my $another = certificate_of($ca, 'another');
    verdict('two that it has issued', judged($bad, $ca, '--certificate=' . save('two.pem', "$leaf->{pem}$another->{pem}")), 'UNKNOWN', {});
}
for my $case (['expired', der($ca, next => $NOW - $DAY), 'expired', qr/take the object again from where its issuer publishes it/],
    ['another key', der($ca, signer => $twin), 'signature', qr/give a certificate.*\(check_scp_revocation --issuer\)/],
    ['a page', '<html>log in</html>', 'type', qr/take the object again/], ['cut', substr(der($ca), 0, -9), 'truncated', qr/take the object again/]) {
    my ($name, $bytes, $id, $remedy) = @$case;
    my ($finding) = finding(run_json(judged(save('mend' . ++$files, $bytes), $ca)), "revocation.$id");
    like($finding->{remedy} // '', $remedy, "a file, $name: what mends it");
    unlike($finding->{remedy} // '', qr/proxy|filter|curl|in the host's place|--profile|ChainCache/, "a file, $name: no host has answered");
}
like(run(judged('ca.example/ca.crl', $ca))->{out}, qr/No such file or directory; an address begins with http:/, 'an address without a scheme');
unlike(run(judged('no-such-file.crl', $ca))->{out}, qr/an address begins|fix: raise --timeout/, 'a file that is not there');

# --- Without nextUpdate ---

my $open = list($ca, next => undef);
verdict('no nextUpdate', judged($open, $ca), 'CRITICAL', { 'revocation.parse' => 'CRITICAL' });
verdict('no nextUpdate, an age given', judged($open, $ca, '--max-response-age=3d'), 'WARNING', { 'crl.nonconforming' => 'WARNING' });
verdict('no nextUpdate, older', judged($open, $ca, '--max-response-age=1d'), 'CRITICAL', { 'revocation.expired' => 'CRITICAL' });

# --- How long ---

for my $case (['a month', 30, 'OK', undef], ['two years', 730, 'OK', 'OK'], ['six years', 6 * 366, 'WARNING', 'WARNING'],
    ['the last one', undef, 'OK', 'OK']) {
    my ($name, $days, $state, $finding) = @$case;
    my $next = defined $days ? $NOW + $days * $DAY : 253_402_300_799;
    verdict("good for $name", judged(list($ca, next => $next), $ca), $state, { 'revocation.lifetime' => $finding });
}
# --- A profile's endpoints: name and key, and a lifetime that is usual ---

my $port = web({ 'crl.example/month' => der($ca, next => $NOW + 28 * $DAY), 'crl.example/tenth' => der($ca, next => $NOW + 31 * $DAY),
    'crl.example/short' => der(my $short = authority('Short', key => 'rsa1024')), 'crl.example/broken' => der(my $broken = authority('Broken', key => 'rsa512')) });
for my $case (['month', $ca, 'OK', undef, 'max_lifetime', '30d'], ['tenth', $ca, 'OK', undef, 'max_lifetime', '30d'],
    ['tenth', $ca, 'WARNING', 'revocation.lifetime', 'max_lifetime', '29d'], ['short', $short, 'WARNING', 'revocation.weak', 'max_lifetime', '30d'],
    ['broken', $broken, 'CRITICAL', 'revocation.issuer', 'max_lifetime', '30d']) {
    my ($what, $issuer, $state, $finding, %more) = @$case;
    my $profile = save("profile$files.ini", "[profile]\nname = test\nas_of = 2026-11-01\nabout = test\n\n" . issuer_section('test', $issuer)
        . endpoint_section('a_crl', url => "http://crl.example/$what", kind => 'crl', issuer => 'test', %more));
    $files++;
    verdict("endpoint $what, usual $more{max_lifetime}", ['check_scp_revocation', "--profile=$profile", "--at=$AT", '--proxy=none',
        "--connect-to=crl.example:80:127.0.0.1:$port"], $state, { 'issuer.key-only' => 'OK', defined $finding ? ($finding => $state) : () });
}
done_testing();
