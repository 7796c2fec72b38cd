# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes Windows' trust lists for tests: signed lists with a root of their own, and cabinets and serialized stores around them.
# Writes every byte itself (signatures by the openssl program), with no code in common with the decoder.
package TrustList;

use strict;
use warnings;
use Digest::SHA qw(sha1 sha256);
use Encode qw(encode);
use Exporter qw(import);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);

use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Scp;

our @EXPORT = qw(trust_list list_chain list_entry disallowed_entry list_anchor list_root cabinet list_store flip);

my %USAGE = (trusted => '1.3.6.1.4.1.311.10.3.9', disallowed => '1.3.6.1.4.1.311.10.3.30', pinrules => '1.3.6.1.4.1.311.10.3.32',
             catalog => '1.3.6.1.4.1.311.12.1.1');
my %LIST_ID = (disallowed => 'DisallowedCert_AutoUpdate_1', pinrules => 'PinRules_AutoUpdate_1');
my %ALGORITHM = (trusted => '1.3.14.3.2.26', disallowed => '1.3.6.1.4.1.311.10.11.15', pinrules => '1.3.6.1.4.1.311.10.11.15',
                 catalog => '1.3.6.1.4.1.311.12.1.2');
my $PROPERTY = '1.3.6.1.4.1.311.10.11';
my $ROOT_LIST_SIGNER = '1.3.6.1.4.1.311.10.3.9';

sub algorithm { return der_tlv(0x30, der_oid($_[0]), $_[1] ? der_tlv(0x05) : ()) }
sub name { return der_tlv(0x30, der_tlv(0x31, der_tlv(0x30, der_oid('2.5.4.3'), der_tlv(0x0C, $_[0])))) }
sub utc { return der_tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $_[0])) }
sub integer { return der_tlv(0x02, (ord $_[0] >= 0x80 ? "\0" : '') . $_[0]) }

# sign(BYTES, KEY, DIGEST): the signature, and the AlgorithmIdentifier that belongs to it.
my %RSA = (sha1 => '1.2.840.113549.1.1.5', sha256 => '1.2.840.113549.1.1.11');
my %ECDSA = (sha1 => '1.2.840.10045.4.1', sha256 => '1.2.840.10045.4.3.2');
sub signature_algorithm
{
    my ($key, $digest) = @_;
    return $key =~ /\Arsa/ ? algorithm($RSA{$digest}, 1) : algorithm($ECDSA{$digest});
}

sub sign
{
    my ($bytes, $key, $digest) = @_;
    public_key($key);
    return openssl($bytes, 'dgst', "-$digest", '-sign', scratch("$key.pem"));
}

sub extension { return der_tlv(0x30, der_oid($_[0]), $_[1] ? der_tlv(0x01, "\xFF") : (), der_tlv(0x04, $_[2])) }

# A certificate of the lists' chain.
sub list_certificate
{
    my (%o) = @_;
    my $algorithm = signature_algorithm($o{issuer_key}, $o{digest});
    my @extensions = (extension('2.5.29.19', 1, der_tlv(0x30, $o{ca} ? der_tlv(0x01, "\xFF") : ())));
    push @extensions, extension('2.5.29.15', 1, der_tlv(0x03, "\x02\x04")) if $o{ca};
    push @extensions, extension('2.5.29.37', 0, eku(@{ $o{usages} })) if $o{usages};
    my $tbs = der_tlv(0x30, der_tlv(0xA0, der_tlv(0x02, "\x02")), integer($o{serial}), $algorithm, name($o{issuer}),
        der_tlv(0x30, utc($o{not_before}), utc($o{not_after})), name($o{cn}), public_key($o{key}),
        der_tlv(0xA3, der_tlv(0x30, @extensions)));
    return der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0" . sign($tbs, $o{issuer_key}, $o{digest})));
}

# list_entry(SHA-1 or DER, [PROPERTY => BYTES]…), as in trusted lists.
sub list_entry
{
    my ($id, @properties) = @_;
    $id = sha1($id) if length $id > 20;
    my @attributes = map { der_tlv(0x30, der_oid("$PROPERTY.$_->[0]"), der_tlv(0x31, der_tlv(0x04, $_->[1]))) } @properties;
    return der_tlv(0x30, der_tlv(0x04, $id), @attributes ? der_tlv(0x31, @attributes) : ());
}

# disallowed_entry(DER): the hash of its TBS part by a digest (openssl's name).
sub disallowed_entry
{
    my ($der, $digest) = @_;
    my ($n) = unpack 'x4 xx n', $der;    # outer and inner headers of four bytes each, as any certificate of more than 255 bytes has
    my $tbs = substr $der, 4, $n + 4;
    return der_tlv(0x30, der_tlv(0x04, openssl($tbs, 'dgst', '-' . ($digest // 'sha256'), '-binary')));
}

sub content
{
    my (%o) = @_;
    my $filetime = pack('Q>', ($o{this_update} + 11_644_473_600) * 10_000_000);
    my $sequence = $o{sequence} // ($o{kind} eq 'trusted' ? "\x14$filetime" : $filetime);
    my $list_id = $LIST_ID{ $o{kind} };
    return join '', der_tlv(0x30, der_oid($o{usage} // $USAGE{ $o{kind} })),
        $list_id ? der_tlv(0x04, encode('UTF-16LE', "$list_id\0")) : (),
        integer($sequence), utc($o{this_update}), algorithm($o{subject_algorithm} // $ALGORITHM{ $o{kind} }, 1),
        der_tlv(0x30, @{ $o{entries} }), $o{extensions} // ();
}

my (%chain, $last);

# The chain of a kind of signer: root, CA and signer.
sub chain
{
    my (%o) = @_;
    my $id = join '|', map { "$_=" . (ref $o{$_} ? "@{ $o{$_} }" : $o{$_} // '') } sort keys %o;
    return $chain{$id} if $chain{$id};
    my $begin = parse_time('2010-01-01T00:00:00Z');
    my $end = parse_time('2049-01-01T00:00:00Z');
    my $root = $o{stranger} ? 'Another Root' : 'Test List Root';
    my $root_key = $o{stranger} ? 'rsa' : 'rsa3072';
    my %common = (digest => $o{digest}, not_before => $begin, not_after => $end);
    my $ca = list_certificate(%common, cn => 'Test List CA', key => 'rsa', issuer => $root, issuer_key => $root_key,
        serial => "\x11", ca => 1);
    my $signer = list_certificate(%common, cn => 'Test List Publisher', key => $o{key}, issuer => 'Test List CA',
        issuer_key => 'rsa', serial => "\x22",
        not_before => $o{not_before} // $begin, not_after => $o{not_after} // $end, usages => $o{usages});
    return $chain{$id} = { ca => $ca, signer => $signer };
}

# trust_list(kind => 'trusted', this_update => SECONDS, entries => [list_entry(…)…], …): the signed list.
#   signed        => 'ok' (default), 'none', 'weak' (SHA-1), 'broken' (a signature that does not fit), 'digest' (other content),
#                    'usage' (a signer for code), 'stranger' (another root)
#   not_before, not_after of the signer; usage, subject_algorithm, sequence, extensions of the list; key of the signer
sub trust_list
{
    my (%o) = (kind => 'trusted', this_update => $NOW - 5 * $DAY, entries => [], signed => 'ok', key => 'ec', @_);
    my $content = content(%o);
    my $list = der_tlv(0x30, der_oid('1.3.6.1.4.1.311.10.1'), der_tlv(0xA0, der_tlv(0x30, $content)));
    my $signed_data = sub { der_tlv(0x30, der_oid('1.2.840.113549.1.7.2'),
        der_tlv(0xA0, der_tlv(0x30, der_tlv(0x02, "\x01"), @_))) };
    return $signed_data->(der_tlv(0x31), $list, der_tlv(0x31)) if $o{signed} eq 'none';
    my $digest = $o{signed} eq 'weak' ? 'sha1' : 'sha256';
    my $digest_algorithm = algorithm($digest eq 'sha1' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1', 1);
    my $chain = chain(digest => $digest, key => $o{key}, stranger => $o{signed} eq 'stranger', not_before => $o{not_before},
        not_after => $o{not_after}, usages => [$o{signed} eq 'usage' ? CODE_SIGNING : $ROOT_LIST_SIGNER]);
    $last = $chain;
    my $hashed = $o{signed} eq 'digest' ? "x$content" : $content;
    my $attributes = join '', sort { $a cmp $b }
        der_tlv(0x30, der_oid('1.2.840.113549.1.9.3'), der_tlv(0x31, der_oid('1.3.6.1.4.1.311.10.1'))),
        der_tlv(0x30, der_oid('1.2.840.113549.1.9.4'),
            der_tlv(0x31, der_tlv(0x04, $digest eq 'sha1' ? sha1($hashed) : sha256($hashed))));
    my $signature = sign(der_tlv(0x31, $attributes), $o{key}, $digest);
    substr($signature, -1) ^= "\x01" if $o{signed} eq 'broken';
    my $info = der_tlv(0x30, der_tlv(0x02, "\x01"), der_tlv(0x30, name('Test List CA'), integer("\x22")), $digest_algorithm,
        der_tlv(0xA0, $attributes), $o{key} =~ /\Arsa/ ? algorithm('1.2.840.113549.1.1.1', 1)
        : signature_algorithm($o{key}, $digest),
        der_tlv(0x04, $signature));
    return $signed_data->(der_tlv(0x31, $digest_algorithm), $list, der_tlv(0xA0, $chain->{signer}, $chain->{ca}),
        der_tlv(0x31, $info));
}

# Who vouches for the list made last: the certificates of the publisher, the CA, the root.
sub list_chain { return ($last->{signer}, $last->{ca}, certificate(cn => 'Test List Root', key => 'rsa3072', serial => 4711)) }

# The root of these lists: name and key in DER.
sub list_root { return (name('Test List Root'), public_key('rsa3072')) }

# The same for a profile.
sub list_anchor
{
    my ($subject, $spki) = map { encode_base64($_, '') } list_root();
    return "\n[issuer test-list-root]\nsubject_der = $subject\nspki_der = $spki\nsigns = lists\n";
}

# One bit of a byte turned.
sub flip
{
    my ($bytes, $at) = @_;
    substr($bytes, $at, 1) = substr($bytes, $at, 1) ^ "\x01";
    return $bytes;
}

# --- Packagings ---

# MS-CAB section 3.1
sub checksum
{
    my ($bytes, $sum) = @_;
    my $whole = length($bytes) & ~3;
    $sum ^= $_ for unpack 'V*', substr $bytes, 0, $whole;
    my $rest = 0;
    $rest = $rest << 8 | $_ for unpack 'C*', substr $bytes, $whole;
    return $sum ^ $rest;
}

# Deflate without compression (RFC 1951 section 3.2.4): MSZIP that needs no zlib.
sub mszip { return 'CK' . pack('Cvv', 1, length $_[0], ~length($_[0]) & 0xFFFF) . $_[0] }

# cabinet(NAME => BYTES, …): one folder; method => 0 stored, 1 MSZIP (default)
sub cabinet
{
    my (@members) = @_;
    my ($folder, $files, $method) = ('', '', 1);
    while (my ($name, $bytes) = splice @members, 0, 2) {
        if ($name eq 'method') {
            $method = $bytes;
            next;
        }
        $files .= pack('VVvvvv', length $bytes, length $folder, 0, 0x5021, 0, 0x20) . "$name\0";
        $folder .= $bytes;
    }
    my ($data, $blocks) = ('', 0);
    for (my $at = 0; $at < length $folder; $at += 32768, $blocks++) {
        my $plain = substr $folder, $at, 32768;
        my $packed = $method == 1 ? mszip($plain) : $plain;
        my $head = pack 'vv', length $packed, length $plain;
        $data .= pack('V', checksum($head, checksum($packed, 0))) . $head . $packed;
    }
    my $start = 36 + 8 + length $files;
    return pack('a4 V3 V2 CC v5', 'MSCF', 0, $start + length $data, 0, 36 + 8, 0, 3, 1, 1, scalar(() = $files =~ /\x20\0[^\0]+\0/g),
        0, 0, 0)
        . pack('Vvv', $start, $blocks, $method) . $files . $data;
}

# A serialized store around a list.
sub list_store { return "\0\0\0\0CERT" . property(34, $_[0]) . "\0" x 12 }

1;
