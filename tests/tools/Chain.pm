# SPDX-License-Identifier: GPL-3.0-or-later
#
# Certificates in chains for tests: encoded here, signed by openssl, wrong in any way asked for.  Core modules only.
package Chain;

use strict;
use warnings;
use Digest::SHA qw(sha1);
use Exporter qw(import);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Scp;

our @EXPORT = qw(key_file cert pem bundle name_der key_id family_text openssl_verifies);

our %SPKI;   # public keys by name, made by key_file() or given
my $made;

# A key by name, made once per run: rsa2048…, p192… and ed25519… say their kind, all others are of P-256.
sub key_file
{
    my ($name) = @_;
    my $file = scratch("chain-$name.key");
    my @kind = $name =~ /\Arsa(\d+)/ ? ('RSA', '-pkeyopt', "rsa_keygen_bits:$1") : $name =~ /\Aed25519/ ? 'ED25519'
        : ('EC', '-pkeyopt', 'ec_paramgen_curve:P-' . ($name =~ /\Ap(\d+)/ ? $1 : 256));
    save("chain-$name.key", openssl(undef, 'genpkey', '-algorithm', @kind)) if !-e $file;
    return $file;
}

# The algorithm of a signature by that key.
sub algorithm
{
    my ($signer, $digest) = @_;
    my %rsa = (md5 => 4, sha1 => 5, sha256 => 11);
    return der_tlv(0x30, der_oid("1.2.840.113549.1.1.$rsa{$digest}"), der_tlv(0x05)) if $signer =~ /\Arsa\d/;
    return der_tlv(0x30, der_oid('1.2.840.10045.4.' . ($digest eq 'sha1' ? '1' : '3.2')));
}

sub spki
{
    my ($name) = @_;
    return $SPKI{$name} //= openssl(undef, 'pkey', '-in', key_file($name), '-pubout', '-outform', 'DER');
}

# SHA-1 of the key's bits.
sub key_id { my ($name) = @_; return sha1(substr spki($name), -65) }

# A name of one common name; tag: the type of its string.
sub name_der
{
    my ($cn, $tag) = @_;
    return der_tlv(0x30, der_tlv(0x31, der_tlv(0x30, der_oid('2.5.4.3'), der_tlv($tag // 0x0C, $cn))));
}

sub when
{
    my ($unix) = @_;
    my $year = (gmtime $unix)[5] + 1900;
    return $year < 2050 ? der_tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $unix))
        : der_tlv(0x18, strftime('%Y%m%d%H%M%SZ', gmtime $unix));
}

sub extension { my ($oid, $critical, $value) = @_; return der_tlv(0x30, der_oid($oid), ($critical ? der_tlv(0x01, "\xFF") : ()),
    der_tlv(0x04, $value)) }

sub basic_constraints
{
    my ($o) = @_;
    return der_tlv(0x30) if !$o->{ca};
    return der_tlv(0x30, der_tlv(0x01, "\xFF"), defined $o->{pathlen} ? der_tlv(0x02, chr $o->{pathlen}) : ());
}

# cert('Subject', 'Issuer', 'key', 'signer', ca => 1, pathlen => 0, eku => [OID…], days => [-365, 365], serial => BYTES, ids => 0, aia => URL,
#      dns => NAME (textual => 1: an address, too, as a name), usage => BITS, critical => 1, excluded => DNS, cut => 1, name => DER, issuer_name => DER,
#      more => [EXTENSION…], digest => 'sha1', unconstrained => 1 (no basicConstraints)): DER
sub cert
{
    my ($subject, $issuer, $key, $signer, %o) = @_;
    %o = (ids => 1, digest => 'sha256', days => [-365, 365], serial => pack('N', 0x01000000 + ++$made), %o);
    my $algorithm = algorithm($signer, $o{digest});
    my @extensions = $o{unconstrained} ? () : extension('2.5.29.19', 1, basic_constraints(\%o));
    push @extensions, extension('2.5.29.15', 1, der_tlv(0x03, $o{usage} // "\x01\x06")) if $o{ca};
    push @extensions, extension('2.5.29.37', 0, der_tlv(0x30, map { der_oid($_) } @{ $o{eku} })) if $o{eku};
    push @extensions, extension('2.5.29.17', 0, der_tlv(0x30,
        $o{dns} =~ /\A[\d.]+\z/ && !$o{textual} ? der_tlv(0x87, pack 'C4', split /\./, $o{dns}) : der_tlv(0x82, $o{dns}))) if $o{dns};
    push @extensions, extension('2.5.29.14', 0, der_tlv(0x04, key_id($key))),
        extension('2.5.29.35', 0, der_tlv(0x30, der_tlv(0x80, key_id($signer)))) if $o{ids};
    push @extensions, extension('1.3.6.1.5.5.7.1.1', 0,
        der_tlv(0x30, der_tlv(0x30, der_oid('1.3.6.1.5.5.7.48.2'), der_tlv(0x86, $o{aia})))) if $o{aia};
    push @extensions, extension('2.5.29.30', 1, der_tlv(0x30, der_tlv(0xA1, der_tlv(0x30, der_tlv(0x82, $o{excluded})))))
        if $o{excluded};
    push @extensions, extension('1.3.6.1.4.1.99999.1', 1, der_tlv(0x05)) if $o{critical};
    push @extensions, @{ $o{more} // [] };
    my $tbs = der_tlv(0x30, der_tlv(0xA0, der_tlv(0x02, "\2")), der_tlv(0x02, $o{serial}), $algorithm,
        $o{issuer_name} // name_der($issuer),
        der_tlv(0x30, map { when($NOW + $_ * $DAY) } @{ $o{days} }), $o{name} // name_der($subject), spki($key),
        der_tlv(0xA3, der_tlv(0x30, @extensions)));
    my $signature = openssl($tbs, 'dgst', "-$o{digest}", '-sign', key_file($signer));
    substr($signature, -1, 1) ^= "\1" if $o{cut};
    return der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0$signature"));
}

sub pem { return join '', map { "-----BEGIN CERTIFICATE-----\n" . encode_base64($_) . "-----END CERTIFICATE-----\n" } @_ }

# A file of these certificates; its name.
sub bundle { my ($name, @der) = @_; return save($name, pem(@der)) }

# A profile of one family: family_text(any => { alias => DER }, via => { alias => DER }, root => DER, level => …, url => { alias => URL })
sub family_text
{
    my (%o) = @_;
    my $text = profile_text('test-root' => [$o{root}, 'required', 'Root']);
    for my $alias (sort(keys %{ $o{any} }), sort keys %{ $o{via} // {} }) {
        my $der = $o{any}{$alias} // $o{via}{$alias};
        $text .= "[ca $alias]\nsha1 = " . fingerprint($der) . "\nsha256 = " . der_sha256($der) . "\nname = "
            . ucfirst($alias =~ tr/-/ /r) . ($o{any}{$alias} ? '' : ' (xsign)')
            . "\nlevel = recommended\nsource = the test suite\n";
        $text .= "url = $o{url}{$alias}\n" if $o{url}{$alias};
    }
    $text .= "[ca old]\nsha1 = " . fingerprint($o{stale}) . "\nname = old\nlevel = stale\nsource = the test suite\n" if $o{stale};
    return $text . "[family test]\nname = Test\nlevel = " . ($o{level} // 'required') . "\nany_of = "
        . join(' ', sort keys %{ $o{any} }) . "\n"
        . ($o{via} ? 'via = ' . join(' ', sort keys %{ $o{via} }) . "\n" : '') . "anchor = test-root\nsource = the test suite\n";
}

# The openssl of this system about one path: a root, certificates between, a leaf.
sub openssl_verifies
{
    my ($root, $between, $leaf, @more) = @_;
    my @files = (bundle('oracle-root.pem', $root), bundle('oracle-leaf.pem', $leaf));
    my @between = @$between ? ('-untrusted', bundle('oracle-between.pem', @$between)) : ();
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'openssl', 'verify', '-no-CApath', '-no-CAstore', '-CAfile', $files[0], @between, '-attime', $NOW, '-auth_level', 1,
            '-check_ss_sig', '-purpose', 'sslserver',
            @more, $files[1] or POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? == 0;
}

1;
