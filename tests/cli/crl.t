#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One CRL in a file, judged by check_scp_revocation: lists that openssl ca signed with each kind of signature, in DER and PEM;
# rules for lists with the case that is accepted beside each; what people take for a list.
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

my $ca = authority('CRL Test CA');
my $namesake = authority('CRL Test CA');
my $other = authority('Another CA');
my $URL = 'http://crl.example/ca.crl';
my $leaf = certificate_of($ca, 'leaf', serial => '0a1b',
    ext => "basicConstraints=CA:FALSE\ncrlDistributionPoints=URI:ldap:///cn=x,URI:$URL\n");
my $sub_ca = certificate_of($ca, 'sub', serial => '0a1c',
    ext => "basicConstraints=critical,CA:TRUE\ncrlDistributionPoints=URI:http://crl.example/other.crl\n");
my $revoked = certificate_of($ca, 'bad', serial => '0bad', ext => "basicConstraints=CA:FALSE\n");
my ($this, $next) = ($NOW - 10 * $DAY, $NOW + 20 * $DAY);

sub list { return crl($ca, this => $this, next => $next, revoked => [['0bad', $NOW - $DAY, 1], ['1010', $NOW - $DAY, undef]], @_) }
my $files = 0;
sub judged
{
    my ($bytes, @more) = @_;
    return ['check_scp_revocation', '--crl=' . save('list' . ++$files, $bytes), "--issuer=$ca->{file}", "--at=$AT", @more];
}
sub given { return "--certificate=$_[0]{file}" }

# --- Lists that openssl ca makes ---

sub openssl_list
{
    my ($key, $md, $extensions, @options) = @_;
    my $authority = authority('CRL Test CA', key => $key);
    my $dir = scratch('ca' . ++$files);
    mkdir $dir;
    write_bytes("$dir/index", join '', map { join("\t", 'R', '351231235959Z', '261120000000Z,' . $_->[1], $_->[0], 'unknown',
        "/CN=$_->[0]") . "\n" }
        ['0BAD', 'superseded'], ['1010', 'keyCompromise']);
    write_bytes("$dir/number", "1000\n");
    write_bytes("$dir/cnf", "[ca]\ndefault_ca = me\n[me]\ndatabase = $dir/index\ncrlnumber = $dir/number\n"
        . "crl_extensions = list\n[list]\nauthorityKeyIdentifier = keyid\n$extensions\n");
    run_openssl('ca', '-config', "$dir/cnf", '-gencrl', '-keyfile', $authority->{key}, '-cert', $authority->{file}, '-md', $md,
        '-crl_lastupdate', '20261113000000Z', '-crl_nextupdate', '20261213000000Z', '-out', "$dir/list.pem", @options);
    run_openssl('crl', '-in', "$dir/list.pem", '-outform', 'DER', '-out', "$dir/list.der");
    return ("$dir/list.der", "$dir/list.pem", $authority->{file});
}

for my $case (['RSA', 'rsa', 'sha256'], ['RSA with SHA-512', 'rsa', 'sha512'],
              ['RSA-PSS', 'rsa', 'sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'],
              ['RSA-PSS with SHA-384', 'rsa', 'sha384', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:48'],
              ['ECDSA', 'ec', 'sha256'], ['ECDSA, P-384', 'ec384', 'sha384']) {
    my ($name, $key, $md, @options) = @$case;
    my ($der, $pem, $issuer) = openssl_list($key, $md, '', @options);
    my @argv = ('check_scp_revocation', "--issuer=$issuer", "--at=$AT");
    verdict("$name: good", [@argv, "--crl=$der", '--serial=10'], 'OK',
        { 'revocation.valid' => 'OK', 'crl.nonconforming' => undef });
    verdict("$name: revoked", [@argv, "--crl=$der", '--serial=001010'], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' },
        qr/revoked at 2026-11-20T00:00:00Z \(keyCompromise\)/);
    verdict("$name: in PEM", [@argv, "--crl=$pem", '--serial=0bad'], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' },
        qr/superseded/);
    verdict("$name: another key", ['check_scp_revocation', "--issuer=$ca->{file}", "--at=$AT", "--crl=$der"], 'CRITICAL',
        { 'revocation.signature' => 'CRITICAL' });
}
{
    my ($der, undef, $issuer) = openssl_list('ec', 'sha256', "issuingDistributionPoint = critical,\@idp\n[idp]\nonlyCA = TRUE");
    my @argv = ('check_scp_revocation', "--issuer=$issuer", "--at=$AT", "--crl=$der");
    verdict('CAs\' certificates only, nothing asked', \@argv, 'OK', { 'revocation.valid' => 'OK' });
    verdict('CAs\' certificates only, a bare serial asked', [@argv, '--serial=1'], 'UNKNOWN',
        { 'revocation.undetermined' => 'UNKNOWN' });
    ($der, undef, $issuer) = openssl_list('ec', 'sha1', '');
    verdict('SHA-1', ['check_scp_revocation', "--issuer=$issuer", "--at=$AT", "--crl=$der"], 'WARNING',
        { 'revocation.weak' => 'WARNING', 'crl.nonconforming' => undef }, qr/SHA-1/);
}

# --- Rules ---

sub idp { return extension('2.5.29.28', 1, der_tlv(0x30, @_)) }
sub point { return der_tlv(0xA0, der_tlv(0xA0, map { der_tlv(0x86, $_) } @_)) }
sub extension
{
    my ($oid, $critical, $value) = @_;
    return der_tlv(0x30, der_oid($oid), ($critical ? der_tlv(0x01, "\xFF") : ()), der_tlv(0x04, $value));
}
my $yes = "\xFF";

# Name, accepted [list's options, arguments], refused [the same], its finding, its line.
for my $case (
    ['signature', [[], given($leaf)], [[signer => $namesake], given($leaf)], 'signature', qr/not by the issuer's key/],
    ['issuer', [[]], [[issuer => subject_der($other)]], 'issuer', qr/another issuer/],
    ['revoked', [[], given($leaf)], [[], given($revoked)], 'revoked', qr/keyCompromise/],
    ['nextUpdate', [[]], [[next => undef]], 'parse', qr/no nextUpdate/],
    ['expiry', [[next => $NOW], '-w', '0:'], [[next => $NOW - 1]], 'expired', qr/expired 1 s ago/],
    ['thisUpdate', [[this => $NOW + 300]], [[this => $NOW + 301]], 'not-yet-valid', qr/not yet valid/],
    ['age', [[], '--max-response-age=10d'], [[], '--max-response-age=9d'], 'expired', qr/10 days old/],
    ['critical extension', [[extensions => [extension('1.2.3', 0, 'x')]]], [[extensions => [extension('1.2.3', 1, 'x')]]], 'parse', qr/unknown critical extension 1\.2\.3/],
    ['delta', [[]], [[extensions => [extension('2.5.29.27', 1, der_tlv(0x02, "\1"))]]], 'type', qr/delta/],
    ['indirect', [[extensions => [idp(der_tlv(0x81, $yes))]], given($leaf)], [[extensions => [idp(der_tlv(0x84, $yes))]], given($leaf)], 'type', qr/indirect/],
    ['users only', [[extensions => [idp(der_tlv(0x81, $yes))]], given($leaf)], [[extensions => [idp(der_tlv(0x81, $yes))]], given($sub_ca)], 'type', qr/users/],
    ['CAs only', [[extensions => [idp(der_tlv(0x82, $yes))]], given($sub_ca)], [[extensions => [idp(der_tlv(0x82, $yes))]], given($leaf)], 'type', qr/CAs/],
    ['some reasons', [[], given($leaf)], [[extensions => [idp(der_tlv(0x83, "\1\x40"))]], given($leaf)], 'type', qr/some reasons/],
    ['distribution point', [[extensions => [idp(point('http://x/', $URL))]], given($leaf)], [[extensions => [idp(point($URL))]], given($sub_ca)], 'type',
        qr{distribution point http://crl\.example/ca\.crl}],
    ['distribution point, byte for byte', [[extensions => [idp(point($URL))]], given($leaf)], [[extensions => [idp(point(uc $URL))]], given($leaf)], 'type', qr/HTTP:/],
    ['empty distribution point', [[]], [[extensions => [idp()]]], 'parse', qr/empty issuing distribution point/],
) {
    my ($name, $accepted, $refused, $finding, $line) = @$case;
    my ($options, @arguments) = @$accepted;
    verdict("$name: accepted", judged(list(@$options), @arguments), 'OK',
        { "revocation.$finding" => undef, 'revocation.valid' => 'OK' });
    ($options, @arguments) = @$refused;
    verdict("$name: refused", judged(list(@$options), @arguments), 'CRITICAL',
        { "revocation.$finding" => 'CRITICAL', 'revocation.valid' => undef }, $line);
}
verdict('no CRL number', judged(list(number => undef), given($leaf)), 'WARNING',
    { 'crl.nonconforming' => 'WARNING', 'revocation.valid' => 'OK' }, qr/5\.2\.3/);
verdict('Microsoft\'s extensions', judged(list(extensions => [extension('1.3.6.1.4.1.311.21.1', 0, der_tlv(0x02, "\0")),
    extension('1.3.6.1.4.1.311.21.4', 0, der_tlv(0x17, '261123000000Z'))])), 'OK',
    { 'crl.nonconforming' => undef, 'crl.note' => undef });
verdict('publication overdue', judged(list(extensions => [extension('1.3.6.1.4.1.311.21.4', 0, der_tlv(0x17, '261121000000Z'))])),
    'OK',
    { 'crl.note' => 'OK' });
verdict('removed from a complete list', judged(list(revoked => [['0a1b', $NOW - $DAY, 8]]), given($leaf)), 'UNKNOWN',
    { 'revocation.undetermined' => 'UNKNOWN', 'revocation.parse' => undef },
    qr/removeFromCRL/);
verdict('3 hours left', judged(list(next => $NOW + 3 * $HOUR)), 'WARNING', { 'revocation.expiring' => 'WARNING' });
verdict('3 hours left, -c 6h:', judged(list(next => $NOW + 3 * $HOUR), '-c', '6h:'), 'CRITICAL',
    { 'revocation.expiring' => 'CRITICAL' });
verdict('3 hours left, -w 1h:', judged(list(next => $NOW + 3 * $HOUR), '-w', '1h:'), 'OK', { 'revocation.expiring' => undef });

# --- What people take for a list ---

my $good = list();
sub pem { my ($label, $bytes) = @_; return "-----BEGIN $label-----\n" . encode_base64($bytes) . "-----END $label-----\n" }
verdict('as certutil -encode writes it', judged(pem('CERTIFICATE', $good) =~ s/\n/\r\n/gr, given($leaf)), 'OK',
    { 'revocation.valid' => 'OK' });
verdict('text around PEM', judged("Certificate Revocation List (CRL):\n" . pem('X509 CRL', $good) . "\n", given($leaf)), 'OK',
    { 'revocation.valid' => 'OK' });
for my $case (['empty', '', 'type', qr/empty/], ['HTML', "<html><body>404</body></html>\n", 'type', qr/HTML, 30 bytes/],
    ['text', "not found\n", 'type', qr/text, 10 bytes/],
              ['a certificate', $leaf->{der}, 'parse', qr/a certificate, not/], ['half a list', substr($good, 0, length($good) / 2), 'truncated', qr/ends early/],
              ['all but one byte', substr($good, 0, -1), 'truncated', qr/ends early/], ['a line end behind', "$good\n", 'parse', qr/bytes behind the list/],
              ['one bit', substr($good, 0, -1) . (substr($good, -1) ^ "\1"), 'signature', qr/not by the issuer's key/],
              ['a zip file', "PK\3\4" . "\0" x 40, 'type', qr/binary data/]) {
    my ($name, $bytes, $finding, $line) = @$case;
    verdict("instead of a list: $name", judged($bytes, given($leaf)), 'CRITICAL', { "revocation.$finding" => 'CRITICAL' }, $line);
}
for my $case (['PEM without an end', "-----BEGIN X509 CRL-----\nAQID\n"],
    ['PEM that is not base64', pem('X509 CRL', $good) =~ s/[A-Za-z]{10}/**********/r],
              ['no such file', undef]) {
    my ($name, $bytes) = @$case;
    my $argv = defined $bytes ? judged($bytes) : ['check_scp_revocation', '--crl=/nonexistent/list', "--issuer=$ca->{file}"];
    my $r = run([@$argv, '-o', 'plugin']);
    is(state_name($r->{code}), 'UNKNOWN', "$name: UNKNOWN") or diag($r->{out});
}

# --- Several, in one file, in either order ---

my @MAY_NOT = (['over', next => $NOW - $HOUR], ['not yet in force', this => $NOW + $DAY], ['without an end', next => undef],
    ['with a critical extension', extensions => [extension('1.2.3', 1, 'x')]]);
sub either_way
{
    my ($name, $first, $second, @expected) = @_;
    verdict("$name", judged(join('', @$first, @$second), given($leaf)), @expected);
    verdict("$name, the other way round", judged(join('', @$second, @$first), given($leaf)), @expected);
    return;
}
my $revoking = pem('X509 CRL', list(number => 1, revoked => [['0a1b', $NOW - $DAY, 1]]));
my $silent = pem('X509 CRL', list(number => 1));
for my $case (@MAY_NOT) {
    my ($name, @options) = @$case;
    my $later = pem('X509 CRL', list(number => 2, @options));
    either_way("revoked, and a later list $name", [$revoking], [$later], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' });
    either_way("good, and a later list $name", [$silent], [$later], 'OK', { 'revocation.valid' => 'OK', 'crl.note' => 'OK' });
    either_way("good, and a later list $name revokes", [$silent], [pem('X509 CRL', list(number => 2, revoked => [['0a1b', $NOW - $DAY, 6]], @options))],
        'UNKNOWN', { 'revocation.undetermined' => 'UNKNOWN' }, qr/a list that is no earlier has it as revoked, and may not be used/);
}
for my $case (['a forgery', crl($namesake, this => $this, next => $next, number => 2), 'OK'], ["another issuer's", crl($other, this => $this, next => $next, number => 2), 'OK'],
    ['half a list', substr($good, 0, 200), 'CRITICAL', 'truncated']) {
    my ($name, $later, $state, $finding) = @$case;
    either_way("revoked, and $name", [$revoking], [pem('X509 CRL', $later)], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' });
    either_way("good, and $name", [$silent], [pem('X509 CRL', $later)], $state, { defined $finding ? ("revocation.$finding" => 'CRITICAL') : ('revocation.valid' => 'OK') });
}
{
    my $damaged = pem('X509 CRL', $good) =~ s/[A-Za-z]{10}/**********/r;
    either_way('revoked, and a block that is not base64', [$revoking], [$damaged], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' });
    either_way('good, and a block that is not base64', [$silent], [$damaged], 'UNKNOWN', { 'revocation.undetermined' => 'UNKNOWN' }, qr/not base64/);
}
verdict('no certificate is asked about, and the later list is over', judged($silent . pem('X509 CRL', list(number => 2, next => $NOW - $HOUR))), 'CRITICAL',
    { 'revocation.expired' => 'CRITICAL' });

# --- A real one: Equifax's of 2015, its issuer's certificate from a store that Microsoft shipped ---

# The certificate that holds a name, inside other bytes.
sub certificate_naming
{
    my ($bytes, $name) = @_;
    my $at = index $bytes, $name;
    for my $start (reverse 0 .. $at) {
        next if substr($bytes, $start, 6) !~ /\A\x30\x82(..)\x30\x82/s;
        return substr($bytes, $start, 4 + unpack('n', $1));
    }
    return undef;
}

SKIP: {
    my ($bundle, $store) = map { shared_file($_) } 'pkcs7/p7c-boringssl-openssl_crl.p7c', 'stores/rootsupd2013-authroots.sst';
    skip 'no shared test data', 4 if !$bundle || !$store;
    my $list = save('equifax.pem', run_openssl('pkcs7', '-inform', 'DER', '-in', $bundle,
        '-print_certs') =~ /(-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\n)/s);
    my $issuer = save('equifax.der', certificate_naming(slurp($store), 'Equifax Secure Certificate Authority'));
    my @argv = ('check_scp_revocation', "--crl=$list", "--issuer=$issuer");
    my @revoked = openssl(slurp($list), 'crl', '-noout', '-text') =~ /Serial Number: ([0-9A-F]+)/g;
    cmp_ok(scalar @revoked, '>', 20, 'openssl lists ' . @revoked . ' serials');
    is(join(' ', grep { run([@argv, '--at=2015-03-01', "--serial=$_"])->{out} !~ /CRITICAL.*revoked at 20/ } @revoked), '',
        'each is revoked');
    verdict('another serial', [@argv, '--at=2015-03-01', '--serial=0F58E5'], 'WARNING',
        { 'revocation.valid' => 'OK', 'crl.nonconforming' => 'WARNING', 'revocation.weak' => 'WARNING' },
        qr/RSA key of 1024 bits/);
    verdict('in 2026', \@argv, 'CRITICAL', { 'revocation.issuer' => 'CRITICAL' }, qr/issuer's certificate expired on 2018-08-22/);
}

# --- A large one: nothing of it is kept ---

SKIP: {
    skip 'sanitizers and valgrind use memory of their own', 2 if sanitized('check_scp_revocation') || !-x '/usr/bin/time';
    my $large = list(revoked => [map { [sprintf('7%07X%08X%08X%08X', $_, $_, $_, $_), $NOW - $_,
        $_ % 2 ? 4 : undef] } 1 .. 200_000]);
    my $r = run([@{ judged($large, given($leaf)) }, '-o', 'plugin'], rss => 1);
    is(state_name($r->{code}), 'OK', sprintf('a list of %.1f MB', length($large) / 1e6)) or diag($r->{out});
    my $bare = run(['check_scp_revocation', '--version'], rss => 1, any => 1);
    cmp_ok($r->{rss} - $bare->{rss}, '<', 8 * 1024, 'takes less than 8 MiB');
}
done_testing();
