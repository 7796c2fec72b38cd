# SPDX-License-Identifier: GPL-3.0-or-later
#
# What make bench makes of certificates: exports and hives of 500, of any number, and hives as large as a server's.
package Stores;

use strict;
use warnings;
use Exporter qw(import);
use MIME::Base64 qw(encode_base64);
use Scp;

our @EXPORT = qw(one_profile test_root authorities entries_of stores_of export_of software_hive installed_programs pem_of);

my @authorities = (certificate(cn => 'Test Root', serial => 1));

# So many certificates, the first of which is the root of the profile.
sub authorities
{
    my ($n) = @_;
    push @authorities, certificate(cn => 'Public Certification Authority ' . (@authorities + 1), serial => @authorities + 1, sign => 0)
        while @authorities < $n;
    return @authorities[0 .. $n - 1];
}

sub test_root { return $authorities[0] }
sub one_profile { return save('one.ini', profile_text('test-root' => [test_root(), 'required', 'Test Root'])) }

# Properties as Windows keeps them for the roots it fetched: blobs of about 1.6 KB.
sub entries_of
{
    return map { { der => $_, props => [usual_properties($_, 'A friendly name of a root certificate'),
        [9, eku(SERVER_AUTH, CLIENT_AUTH, EMAIL)], [20, 'k' x 20], [29, 'm' x 16], [83, 'p' x 60], [25, 'i' x 16], [15, 's' x 32]] } } @_;
}

sub stores_of
{
    my (@certificates) = @_;
    return machine(authroot => [entries_of(@certificates)], root => [test_root()],
        update => { EncodedCtl => reg_binary('l' x 190_000) });
}

sub export_of { my ($name, @certificates) = @_; return save($name, windows_export(stores_of(@certificates))) }

# As a hive's keys: below HKLM\SOFTWARE.
sub software_hive
{
    my ($name, $registry, %more) = @_;
    my %hive = map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r, $registry->{$_}) } grep { /\\SOFTWARE\\/ } keys %$registry;
    delete $hive{'Microsoft\SystemCertificates\AuthRoot\AutoUpdate'}{EncodedCtl};
    return save($name, hive_bytes({ %hive, %more }, name => 'config\SOFTWARE'));
}

# What a hive holds beside the stores: so many programs, each value so many bytes of text.
sub installed_programs
{
    my ($n, $bytes) = @_;
    my $text = reg_sz(substr 'some text that an installer left ' x (1 + $bytes / 33), 0, $bytes);
    my %values = map { ("Value $_" => $text) } 1 .. 6;
    return map { ("Microsoft\\Windows\\CurrentVersion\\Uninstall\\Product $_" => \%values) } 1 .. $n;
}

sub pem_of
{
    my ($name, @certificates) = @_;
    return save($name, join '', map { "-----BEGIN CERTIFICATE-----\n" . encode_base64($_) . "-----END CERTIFICATE-----\n" } @certificates);
}

1;
