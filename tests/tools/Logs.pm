# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes logs of Configuration Manager in both styles, and connection settings of Windows, for the tests; shares no code with
# what reads them.
package Logs;

use strict;
use warnings;
use Encode qw(encode);
use Exporter qw(import);
use POSIX qw(strftime);
use Scp;

our @EXPORT = qw(entry_new entry_old entry log_utf16 connection_settings $CHAIN $NAME_MISMATCH $SIGNING $TLS_ERROR
    INTERNET_SETTINGS SYSTEM_SETTINGS SERVICE_SETTINGS DOTNET DOTNET_32 TLS12_CLIENT environment);

our $CHAIN = "Failed to check and load service signing certificate. System.ArgumentException: Fail to build chain\r\n"
    . "   at Microsoft.ConfigurationManager.ManagedBase.CertificateUtility.ServiceCertificateUtility.VerifyCertificate(X509Certificate2 certificate)";
our $NAME_MISMATCH = 'Failed to check and load service signing certificate. System.ArgumentException: Mismatch certificate subject name';
our $SIGNING = 'Failed to check and load service signing certificate. System.ArgumentException: The certificate has been revoked';
our $TLS_ERROR = 'System.Net.WebException: The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.';

# The wall clock of a time zone, with the bias behind it: UTC = local + bias.
sub stamp
{
    my ($at, $bias) = @_;
    my @local = gmtime($at - 60 * $bias);
    return (strftime('%H:%M:%S', @local) . sprintf('.%03d%s%03d', $at % 1000, $bias < 0 ? '-' : '+', abs $bias),
        strftime('%m-%d-%Y', @local));
}

# <![LOG[…]LOG]!>
sub entry_new
{
    my ($at, $text, %o) = @_;
    my ($time, $date) = stamp($at, $o{bias} // 0);
    $time = $o{time} if defined $o{time};
    return sprintf qq(<![LOG[%s]LOG]!><time="%s" date="%s" component="%s" context="" type="%d" thread="4711" file="">\r\n),
        $text, $time, $date, $o{component} // 'SMS_SERVICE_CONNECTOR_CMGatewayNotificationWorker', $o{type} // 1;
}

# …  $$<COMPONENT><…><thread=…>
sub entry_old
{
    my ($at, $text, %o) = @_;
    my ($time, $date) = stamp($at, $o{bias} // 0);
    $time = $o{time} if defined $o{time};
    return sprintf "%s  \$\$<%s><%s %s><thread=%d (0x%X)>\r\n", $text, $o{component} // 'SMS_DMP_UPLOADER', $date, $time, 4711,
        4711;
}

sub entry { my ($style, @rest) = @_; return $style eq 'new' ? entry_new(@rest) : entry_old(@rest) }

sub log_utf16 { return "\xFF\xFE" . encode('UTF-16LE', $_[0]) }

use constant INTERNET_SETTINGS => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings';
use constant SYSTEM_SETTINGS => 'HKEY_USERS\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings';
use constant SERVICE_SETTINGS => 'HKEY_USERS\S-1-5-20\Software\Microsoft\Windows\CurrentVersion\Internet Settings';
use constant DOTNET => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework\v4.0.30319';
use constant DOTNET_32 => 'HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319';
use constant TLS12_CLIENT => 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client';

# WinHttpSettings, DefaultConnectionSettings: version, counter, flags, proxy, bypass list, and in newer ones a script.
sub connection_settings
{
    my ($version, $flags, $proxy, $bypass, $script) = @_;
    my $blob = pack('V V V', $version, 3, $flags) . pack('V/a* V/a*', $proxy, $bypass);
    $blob .= pack('V/a*', $script) . "\0" x 32 if defined $script;
    return reg_binary($blob);
}

# The registry of a server with a sound environment; KEY => { NAME => value } changes it, undef takes a key away.
sub environment
{
    my (%changes) = @_;
    my $on = { SchUseStrongCrypto => reg_dword(1), SystemDefaultTlsVersions => reg_dword(1) };
    my %r = (
        INTERNET_SETTINGS() => {}, INTERNET_SETTINGS()
        . '\Connections' => { WinHttpSettings => connection_settings(0x18, 1, '', '') },
        'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings' => {},
        SYSTEM_SETTINGS() => { ProxyEnable => reg_dword(0) }, SYSTEM_SETTINGS() . '\Connections' => {},
        SERVICE_SETTINGS() => { ProxyEnable => reg_dword(0) }, SERVICE_SETTINGS() . '\Connections' => {},
        DOTNET() => { %$on }, DOTNET_32() => { %$on },
        TLS12_CLIENT() => { Enabled => reg_dword(1), DisabledByDefault => reg_dword(0) },
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion' => { CurrentBuild => reg_sz('17763') },
    );
    for my $key (keys %changes) {
        if (defined $changes{$key}) {
            $r{$key} = { %{ $r{$key} // {} }, %{ $changes{$key} } };
        } else {
            delete $r{$key};
        }
    }
    return \%r;
}

1;
