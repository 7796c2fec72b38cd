# SPDX-License-Identifier: GPL-3.0-or-later
#
# What an export of a healthy server is like, in full size: the demonstration's service connection point with a list of trusted roots
# of 515 entries and one of disallowed certificates, both cached and signed with RSA, and the roots that Windows fetched by and by.
# 1.4 MB of UTF-16.  It shares no code with the readers.
package Healthy;

use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../tools', dirname(__FILE__) . '/../../examples';
use DemoWorld;
use Pki;
use Scp;
use TrustList;

our @EXPORT = qw(healthy_server full_list_entry);

# An entry with the properties that Microsoft's entries have; $what: the certificate, or its SHA-1.
sub full_list_entry
{
    my ($what, $mark) = @_;
    return list_entry($what, [9, eku(SERVER_AUTH, CLIENT_AUTH, EMAIL)], [11, "F\0r\0i\0e\0n\0d\0l\0y\0" x 4], [20, substr $mark, 0, 20],
        [29, 'm' x 16], [98, length $what > 20 ? pack('H*', der_sha256($what)) : 's' x 32], [83, 'p' x 44]);
}

# The export's bytes and the profile's text.
sub healthy_server
{
    my $w = world();
    my @roots = map { certificate(cn => "Public Certification Authority $_", serial => $_, sign => 0) } 2 .. 31;
    my @named = ($w->{root}{der}, @roots, map { sprintf '%020d', $_ } 32 .. 515);
    my $r = scp_registry($w);
    my ($update) = grep { /\\AuthRoot\\AutoUpdate\z/ } keys %$r;
    my %list = (entries => [map { full_list_entry($_, 'k' x 20) } @named], key => 'rsa', this_update => time - 5 * 86_400);
    $r->{$update}{EncodedCtl} = reg_binary(trust_list(%list));
    $r->{$update}{DisallowedCertEncodedCtl} = reg_binary(trust_list(kind => 'disallowed', key => 'rsa', this_update => time - 90 * 86_400,
        entries => [map { disallowed_entry($_) } $w->{distrusted}{der}, @roots[0 .. 0]]));
    for my $der (@roots[1 .. $#roots]) {
        my $key = $update =~ s/AutoUpdate\z/'Certificates\\' . fingerprint($der)/er;
        $r->{$key} = { Blob => reg_binary(cert_blob($der, usual_properties($der, 'A friendly name of a root certificate'),
            [9, eku(SERVER_AUTH, CLIENT_AUTH, EMAIL)], [20, 'k' x 20], [29, 'm' x 16], [83, 'p' x 60], [15, 's' x 32])) };
    }
    return (windows_export($r), profile($w));
}

1;
