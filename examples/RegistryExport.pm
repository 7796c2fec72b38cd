# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes what a Windows registry looks like from outside: values, certificate
# blobs, and the text that regedit exports.  Core modules only.
#
# A registry is a hash: full key path => { value name => [type, bytes] }.
package RegistryExport;

use strict;
use warnings;
use Digest::SHA qw(sha1 sha256);
use Encode qw(encode);
use MIME::Base64 qw(decode_base64);
use Time::Local qw(timegm);
use Exporter qw(import);

our @EXPORT_OK = qw(
    REG_SZ REG_BINARY REG_DWORD REG_QWORD
    reg_sz reg_dword reg_binary reg_time filetime parse_time
    der_tlv der_oid eku property cert_blob usual_properties put_certificate
    pem_certificates fingerprint windows_text windows_export write_bytes
    SYSTEM_CERTIFICATES POLICY_CERTIFICATES ENTERPRISE_CERTIFICATES AUTO_UPDATE
    SERVER_AUTH CLIENT_AUTH CODE_SIGNING EMAIL
);

use constant { REG_SZ => 1, REG_BINARY => 3, REG_DWORD => 4, REG_QWORD => 11 };
use constant {
    SYSTEM_CERTIFICATES     => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates',
    POLICY_CERTIFICATES     => 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates',
    ENTERPRISE_CERTIFICATES => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\EnterpriseCertificates',
    AUTO_UPDATE => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\AutoUpdate',
};
use constant {
    SERVER_AUTH  => '1.3.6.1.5.5.7.3.1',
    CLIENT_AUTH  => '1.3.6.1.5.5.7.3.2',
    CODE_SIGNING => '1.3.6.1.5.5.7.3.3',
    EMAIL        => '1.3.6.1.5.5.7.3.4',
};

# --- Values ---

sub reg_sz     { return [REG_SZ, encode('UTF-16LE', "$_[0]\0")] }
sub reg_dword  { return [REG_DWORD, pack('V', $_[0])] }
sub reg_binary { return [REG_BINARY, $_[0]] }
sub reg_time   { return reg_binary(filetime($_[0])) }

# 100 ns since 1601, little-endian.
sub filetime
{
    my ($unix) = @_;
    return pack('Q<', ($unix + 11_644_473_600) * 10_000_000);
}

# ISO 8601 in UTC, a bare date, or @seconds; undef when it is none of them.
sub parse_time
{
    my ($text) = @_;
    return $1 if $text =~ /\A@(\d+)\z/;
    return undef if $text !~ /\A(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)Z)?\z/;
    return eval { timegm($6 // 0, $5 // 0, $4 // 0, $3, $2 - 1, $1) };
}

# --- Certificate blobs ---

sub der_tlv
{
    my ($tag, @content) = @_;
    my $content = join '', @content;
    my $n = length $content;
    return pack('CC', $tag, $n) . $content if $n < 0x80;
    my $length = pack('N', $n) =~ s/\A\0+//r;
    return pack('CC', $tag, 0x80 | length $length) . $length . $content;
}

sub der_oid
{
    my ($first, $second, @arcs) = split /\./, $_[0];
    return der_tlv(0x06, map { pack('w', $_) } $first * 40 + $second, @arcs);
}

# The content of properties 9, 122 and 127.
sub eku { return der_tlv(0x30, map { der_oid($_) } @_) }

sub property
{
    my ($id, $data) = @_;
    return pack('VVV', $id, 1, length $data) . $data;
}

# The element (32) comes last, as Windows writes it.
sub cert_blob
{
    my ($der, @properties) = @_;
    return join '', map { property(@$_) } @properties, [32, $der];
}

# What Windows stores with every root it fetched.
sub usual_properties
{
    my ($der, $friendly_name) = @_;
    my @properties = ([3, sha1($der)], [98, sha256($der)]);
    push @properties, [11, encode('UTF-16LE', "$friendly_name\0")] if defined $friendly_name;
    return @properties;
}

sub fingerprint { return uc unpack('H*', sha1($_[0])) }

# Adds an entry to the store at that path.
sub put_certificate
{
    my ($registry, $store, $der, @properties) = @_;
    $registry->{"$store\\Certificates\\" . fingerprint($der)}{Blob} = reg_binary(cert_blob($der, @properties));
    return;
}

# The certificates of a PEM text, as DER.
sub pem_certificates
{
    my ($text) = @_;
    my @found;
    push @found, decode_base64($1) while $text =~ /-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/sg;
    return @found;
}

# --- Text ---

sub escaped { return $_[0] =~ s/([\\"])/\\$1/gr }

# Bytes as regedit wraps them: a line ends after the byte that passes column 76.
sub wrapped_hex
{
    my ($head, $bytes, $eol) = @_;
    my ($text, $column, $left) = ($head, length $head, length $bytes);
    for my $byte (unpack '(H2)*', $bytes) {
        last if $left-- == 0;
        $text .= $byte . ($left > 0 ? ',' : '');
        $column += 3;
        next if $left == 0 || $column <= 76;
        $text .= "\\$eol  ";
        $column = 2;
    }
    return $text;
}

sub value_text
{
    my ($name, $value, $eol) = @_;
    my ($type, $data) = @$value;
    my $head = ($name eq '' ? '@' : '"' . escaped($name) . '"') . '=';
    return $head . sprintf('dword:%08x', unpack('V', $data)) if $type == REG_DWORD && length $data == 4;
    if ($type == REG_SZ && $data =~ /\A(?:(?!\0\0)..)*\0\0\z/s) {
        return $head . '"' . escaped(Encode::decode('UTF-16LE', substr($data, 0, -2))) . '"';
    }
    return wrapped_hex($head . ($type == REG_BINARY ? 'hex:' : sprintf('hex(%x):', $type)), $data, $eol);
}

sub key_order { return sort { lc $a cmp lc $b || $a cmp $b } keys %{ $_[0] } }

# The characters of an export by regedit or reg.exe.
sub windows_text
{
    my ($registry) = @_;
    my $text = "Windows Registry Editor Version 5.00\r\n\r\n";
    for my $key (key_order($registry)) {
        my $values = $registry->{$key};
        $text .= "[$key]\r\n";
        $text .= value_text($_, $values->{$_}, "\r\n") . "\r\n" for sort keys %$values;
        $text .= "\r\n";
    }
    return $text;
}

# … and its bytes: UTF-16, little-endian, with a byte order mark.
sub windows_export { return "\xFF\xFE" . encode('UTF-16LE', windows_text($_[0])) }

sub write_bytes
{
    my ($path, $bytes, $mtime) = @_;
    open my $out, '>:raw', $path or die "$path: $!\n";
    print {$out} $bytes or die "$path: $!\n";
    close $out or die "$path: $!\n";
    utime $mtime, $mtime, $path if defined $mtime;
    return $path;
}

1;
