# SPDX-License-Identifier: GPL-3.0-or-later
#
# A small world with authorities, trust lists and hosts of its own, for the demonstration and for tests of the diagnosis.
# All times are relative to now.
package DemoWorld;

use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);
use FindBin;
use MIME::Base64 qw(encode_base64);
use File::Basename qw(dirname);
use lib dirname(__FILE__), dirname(__FILE__) . '/../tests/tools';
use Pki;
use TrustList;
use Scp;

our @EXPORT = qw(world profile site mirror responders scp_registry log_text);

my $NOW = time;
my ($HOUR, $DAY) = (3600, 86_400);
my $CRL3 = 'http://crl3.digicert.com/DemoGlobalRootG2.crl';
my $PKIOPS = 'http://www.microsoft.com/pkiops/crl/Demo%20TLS%20Root%20G2.crl';
my $PKIOPS2 = 'http://crl2.microsoft.com/pkiops/crl/Demo%20TLS%20Root%20G2.crl';
my $LISTS = 'http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en';

# --- Certificates ---

sub ca_extensions
{
    my ($constraint, $crl, $ocsp, $issuer) = @_;
    return "basicConstraints=critical,CA:TRUE$constraint\n"
        . "keyUsage=critical,keyCertSign,cRLSign,digitalSignature\nextendedKeyUsage=serverAuth\n"
        . "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\ncrlDistributionPoints=URI:$crl\n"
        . "authorityInfoAccess=OCSP;URI:$ocsp,caIssuers;URI:$issuer\n";
}

sub world
{
    my %w;
    $w{root} = authority('Demo Global Root G2', key => 'rsa');
    $w{cross} = certificate_of($w{root}, 'Demo TLS Root G2', key => 'rsa', days => 1500, serial => '0b0c6b2c466917b0',
        ext => ca_extensions('', $CRL3, 'http://ocsp.digicert.com', 'http://cacerts.digicert.com/DemoGlobalRootG2.crt'));
    $w{issuing} = certificate_of($w{cross}, 'Demo TLS CA OCSP 02', key => 'rsa', days => 900, serial => '330000000c4964a1',
        ext => ca_extensions(',pathlen:0', $PKIOPS, 'http://oneocsp.microsoft.com/ocsp',
            'http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt'));
    $w{service} = certificate_of($w{issuing}, 'service.demo.example', key => 'ec', days => 150, serial => '77000001',
        ext => "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
            . "subjectAltName=DNS:service.demo.example\nauthorityKeyIdentifier=keyid\ncrlDistributionPoints=URI:$PKIOPS2\n"
            . "authorityInfoAccess=caIssuers;URI:http://www.microsoft.com/pkiops/certs/Demo%20TLS%20CA%20OCSP%2002.crt\n");
    $w{trusted} = trust_list(kind => 'trusted', this_update => $NOW - 5 * $DAY, entries => [list_entry($w{root}{der})]);
    $w{distrusted} = authority('Demo Distrusted CA');
    $w{disallowed} = trust_list(kind => 'disallowed', this_update => $NOW - 90 * $DAY,
        entries => [disallowed_entry($w{distrusted}{der})]);
    return \%w;
}

# --- The profile ---

sub certificate_section
{
    my ($kind, $alias, $c, %o) = @_;
    return "[$kind $alias]\nsha1 = " . fingerprint($c->{der}) . "\nsha256 = " . der_sha256($c->{der}) . "\nder = "
        . encode_base64($c->{der}, '') . "\nname = $c->{cn}\n"
        . join('', map { "$_ = $o{$_}\n" } sort keys %o) . "source = the demo\n\n";
}

sub profile
{
    my ($w) = @_;
    my ($root, $cross) = qw(demo-global-root-g2 demo-tls-root-g2);
    my @endpoints = (
        [crl3 => url => $CRL3, kind => 'crl', issuer => $root, group => 'cross-certificate'],
        [ocsp_dc => url => 'http://ocsp.digicert.com', kind => 'ocsp', issuer => $root, serial => $w->{cross}{serial},
            group => 'cross-certificate'],
        [oneocsp => url => 'http://oneocsp.microsoft.com/ocsp', kind => 'ocsp', issuer => $cross, serial => $w->{issuing}{serial},
            group => 'issuing-ca'],
        [pkiops_crl => url => $PKIOPS, kind => 'crl', issuer => $cross, group => 'issuing-ca'],
        [crl2_ms => url => $PKIOPS2, kind => 'crl', issuer => $cross, group => 'issuing-ca'],
        [ctldl => url => "$LISTS/authrootstl.cab", kind => 'ctl', member => 'authroot.stl'],
        [ctldl_dis => url => "$LISTS/disallowedcertstl.cab", kind => 'ctl', member => 'disallowedcert.stl'],
        [crl4 => url => 'http://crl4.digicert.com/DemoGlobalRootG2.crl', kind => 'crl', issuer => $root, level => 'recommended'],
        [aia_dc => url => 'http://cacerts.digicert.com/DemoGlobalRootG2.crt', kind => 'aia', sha1 => fingerprint($w->{root}{der}),
            level => 'recommended'],
        [aia_ms => url => 'http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt', kind => 'aia',
            sha1 => fingerprint($w->{cross}{der}), level => 'recommended'],
    );
    return "# A world of its own, made by make-demo.\n[profile]\nname = demo\nas_of = " . strftime('%Y-%m-%d', gmtime $NOW)
        . "\nabout = demonstration with test certificates\n\n"
        . certificate_section('root', $root, $w->{root}, level => 'required', file => 'DemoGlobalRootG2.crt',
            url => 'http://cacerts.digicert.com/DemoGlobalRootG2.crt')
        . certificate_section('ca', $cross, $w->{cross},
            url => 'http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt')
        . certificate_section('ca', 'demo-tls-ca-ocsp-02', $w->{issuing})
        . "[family demo-tls]\nlevel = required\nname = Demo TLS CA OCSP via $w->{cross}{cn}\n"
        . "any_of = " . fingerprint($w->{issuing}{der}) . "\nvia = " . fingerprint($w->{cross}{der})
        . "\nanchor = $root\nsource = the demo\n\n"
        . issuer_section($root, $w->{root}) . issuer_section($cross, $w->{cross}) . list_anchor() . "\n"
        . join '', map { endpoint_section($_->[0], max_size => '4M', @$_[1 .. $#$_]) } @endpoints;
}

# --- What the hosts serve ---

# "host/path" (as the URL has it) => bytes, of everything but OCSP
sub site
{
    my ($w) = @_;
    my %life = (this => $NOW - 6 * $HOUR, next => $NOW + 6 * $DAY);
    my $of_root = crl($w->{root}, %life);
    my $of_cross = crl($w->{cross}, %life, revoked => [['99', $NOW - 30 * $DAY, 4]]);
    my %all = (
        $CRL3 => $of_root, 'http://crl4.digicert.com/DemoGlobalRootG2.crl' => $of_root, $PKIOPS => $of_cross, $PKIOPS2 => $of_cross,
        "$LISTS/authrootstl.cab" => cabinet('authroot.stl' => $w->{trusted}),
        "$LISTS/disallowedcertstl.cab" => cabinet('disallowedcert.stl' => $w->{disallowed}),
        "$LISTS/disallowedcert.sst" => sst_bytes(cert_blob($w->{distrusted}{der})),
        "$LISTS/" . fingerprint($w->{root}{der}) . '.crt' => $w->{root}{der},
        'http://cacerts.digicert.com/DemoGlobalRootG2.crt' => $w->{root}{der},
        'http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt' => $w->{cross}{der},
        'http://www.microsoft.com/pkiops/certs/Demo%20TLS%20CA%20OCSP%2002.crt' => $w->{issuing}{der},
    );
    return map { (s{\Ahttp://}{}r => $all{$_}) } keys %all;
}

# An internal mirror, as certutil -syncWithWU makes it: file => bytes
sub mirror
{
    my ($w) = @_;
    return ('authrootstl.cab' => cabinet('authroot.stl' => $w->{trusted}),
            'disallowedcertstl.cab' => cabinet('disallowedcert.stl' => $w->{disallowed}),
            'disallowedcert.sst' => sst_bytes(cert_blob($w->{distrusted}{der})),
            fingerprint($w->{root}{der}) . '.crt' => $w->{root}{der});
}

# host => the authority whose responder it is, and the certificate that is asked about
sub responders
{
    my ($w) = @_;
    return ('ocsp.digicert.com' => { ca => $w->{root}, asked => $w->{cross} },
            'oneocsp.microsoft.com' => { ca => $w->{cross}, asked => $w->{issuing} });
}

# --- Service connection points ---

my $NT = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion';
my $NET = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework\v4.0.30319';
my $NET32 = 'HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319';
my $TLS12 = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client';
my $INTERNET = 'Microsoft\Windows\CurrentVersion\Internet Settings';

sub healthy
{
    my ($w) = @_;
    my %r = map { $_ => {} } (
        (map { SYSTEM_CERTIFICATES . $_ } '', '\CA', '\Disallowed', '\ROOT', '\AuthRoot'),
        (map { POLICY_CERTIFICATES . $_ } '', '\AuthRoot', '\CA', '\Disallowed', '\Root', '\ChainEngine'),
        (map { ENTERPRISE_CERTIFICATES . $_ } '', '\CA', '\Disallowed', '\Root'),
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_DMP_UPLOADER',
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0',
        "HKEY_USERS\\S-1-5-18\\Software\\$INTERNET",
    );
    put_certificate(\%r, SYSTEM_CERTIFICATES . '\AuthRoot', $w->{root}{der}, usual_properties($w->{root}{der}, $w->{root}{cn}));
    put_certificate(\%r, SYSTEM_CERTIFICATES . '\CA', $_->{der}, usual_properties($_->{der})) for @$w{qw(cross issuing)};
    $r{ AUTO_UPDATE() } = {
        LastSyncTime => reg_time($NOW - 9 * $HOUR), DisallowedCertLastSyncTime => reg_time($NOW - 9 * $HOUR),
        EncodedCtl => reg_binary($w->{trusted}), DisallowedCertEncodedCtl => reg_binary($w->{disallowed}),
    };
    $r{$NT} = { CurrentBuild => reg_sz('20348') };
    $r{$_} = { SystemDefaultTlsVersions => reg_dword(1), SchUseStrongCrypto => reg_dword(1) } for $NET, $NET32;
    $r{$TLS12} = { Enabled => reg_dword(1), DisabledByDefault => reg_dword(0) };
    $r{"HKEY_LOCAL_MACHINE\\SOFTWARE\\$INTERNET\\Connections"} = { WinHttpSettings => reg_binary(pack 'V5', 0x18, 0, 1, 0, 0) };
    $r{'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc'} = { Start => reg_dword(2) };
    return \%r;
}

# scp_registry($w, update => 'on' (default), 'off' or 'stale', root => 0 (gone), chain => 0 (gone, and not to be fetched),
# mirror => address): the registry of a service connection point
sub scp_registry
{
    my ($w, %o) = (@_);
    my $r = healthy($w);
    my $no_chain = exists $o{chain} && !$o{chain};
    my @gone = (exists $o{root} && !$o{root} ? ['AuthRoot', $w->{root}] : (),
        $no_chain ? map { ['CA', $_] } @$w{qw(cross issuing)} : ());
    delete $r->{ SYSTEM_CERTIFICATES . "\\$_->[0]\\Certificates\\" . fingerprint($_->[1]{der}) } for @gone;
    $r->{ POLICY_CERTIFICATES . '\ChainEngine\Config' } = { DisableAIAUrlRetrieval => reg_dword(1) } if $no_chain;
    my $update = $o{update} // 'on';
    $r->{ POLICY_CERTIFICATES . '\AuthRoot' } = { DisableRootAutoUpdate => reg_dword(1) } if $update eq 'off';
    if ($update eq 'stale') {
        $r->{ AUTO_UPDATE() }{$_} = reg_time($NOW - 60 * $DAY) for qw(LastSyncTime DisallowedCertLastSyncTime);
    }
    $r->{ AUTO_UPDATE() }{RootDirUrl} = reg_sz($o{mirror}) if defined $o{mirror};
    return $r;
}

# --- Logs, in the site server's style: UTC = local time + bias, here 0 ---

sub log_line
{
    my ($age, $text) = @_;
    return "$text  \$\$<SMS_DMP_UPLOADER><" . strftime('%m-%d-%Y %H:%M:%S', gmtime $NOW - $age)
        . ".113+000><thread=4321 (0x10E1)>\r\n";
}

my $FAILURE = "[Warning][CMGatewaySyncUploadWorker][0][System.IO.InvalidDataException][0x80131501]\r\n"
    . "Failed to check and load service signing certificate. System.ArgumentException: Fail to build chain\r\n"
    . "   at Microsoft.ConfigurationManager.ManagedBase.CertificateUtility.ServiceCertificateUtility.VerifyCertificate";

# log_text($failing)
sub log_text
{
    my ($failing) = @_;
    my @fine = map { log_line($_ * $HOUR, 'Uploading completed successfully, next cycle in 60 minutes.') } reverse 1 .. 20;
    return join '', @fine if !$failing;
    return join '', @fine[0 .. 14], map { log_line($_ * $HOUR, $FAILURE) } 5, 3, 1;
}

1;
