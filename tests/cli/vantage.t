#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From where, and through what: a server judged from a host that is cut off, behind a portal, behind a proxy that wants a login, and
# with the whole network; where redirects lead; schemes that are not spoken; secrets that stay here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Scp;
use Servers;
use Test::More;

-x (plugin_path('check_scp') // '') or plan skip_all => 'check_scp is not built';
defined which('openssl') or plan skip_all => 'no openssl';
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};

my $w = world();
my $profile = save('demo.ini', profile($w));
my $registry = save('scp.reg', windows_export(scp_registry($w)), time);
my %site = site($w);
my %responder = responders($w);
for my $host (sort keys %responder) {
    my $answer = ocsp_answer($responder{$host}{ca}, $responder{$host}{asked});
    $site{"$host/"} = { body => $answer, headers => { 'Content-Type' => 'application/ocsp-response' } };
}
my $everything = web(\%site);
my %one = map { ($_ => $site{$_}) } grep { m{\Aocsp\.digicert\.com/} } keys %site;
my $little = web(\%one);
my $server = fault_server(qw(closed html proxy-407 proxy-403 origin-403 portal,portal.example portal,localhost silent));
sub port_of { my ($name) = @_; return $server->{$name} =~ s/.*://r }
sub all_to { my ($port) = @_; return "--connect-to=::127.0.0.1:$port" }

# --- One server, from different places ---

sub states { my ($r) = @_; return { map { ($_->{id} => $_->{state}) } @{ $r->{json}{findings} // [] } } }

sub is_seen
{
    my ($what, $wanted, @from) = @_;
    subtest($what => sub {
        for my $plugin (qw(check_scp check_scp_revocation)) {
            my @command = ($plugin, '-v', "--profile=$profile", '-t', 20, @from);
            push @command, '-R', $registry, '--skip=status' if $plugin eq 'check_scp';
            # Where no source is named the live registry would be read: this machine stood at the server.
            push @command, '--vantage=here' if $ENV{SCP_LIVE} && $plugin ne 'check_scp' && !grep { /\A--vantage/ } @from;
            my $r = run_json(\@command);
            is($r->{json}{state}, $wanted->{$plugin}, "$plugin: its state") or diag($r->{out});
            my $seen = states($r);
            is($seen->{'vantage.no-way-out'}, $wanted->{blind} ? $wanted->{$plugin} : undef, "$plugin: no way out");
            is_deeply([grep { /\Arevocation\./ && $seen->{$_} ne 'OK' } sort keys %$seen], [], "$plugin: nothing is said of the hosts")
                if $wanted->{blind};
            my $text = join "\n", map { "$_->{text} $_->{remedy}" } @{ $r->{json}{findings} // [] };
            like($text, $wanted->{reason}, "$plugin: the reason") if $wanted->{reason};
            is($r->{json}{vantage_detail}{at}, $wanted->{at} // 'here', "$plugin: where this machine stands");
            next if $plugin ne 'check_scp';
            is($r->{json}{facts}{causes}{revocation}{state}, $wanted->{cause}, 'the fourth cause');
            is($r->{json}{facts}{first}, $wanted->{first}, 'what to mend first');
            like($r->{json}{summary}, qr/\Acould not be told: revocation \(this host (?:reaches none of \d+ hosts: |gets nothing valid from any of \d+ hosts, )/, 'line 1 says why')
                if $wanted->{cause} eq 'unknown';
            unlike($text, qr/Resolve-DnsName|Test-NetConnection|netsh winhttp/, 'no remedy for the server') if $wanted->{cause} eq 'unknown';
        }
    });
    return;
}

my %BLIND = (blind => 1, check_scp => 'UNKNOWN', check_scp_revocation => 'CRITICAL', cause => 'unknown', first => undef);
my %SERVER = (%BLIND, check_scp => 'CRITICAL', cause => 'present', first => 'revocation', at => 'server');
my $closed = port_of('closed');

is_seen('the whole network', { check_scp => 'OK', check_scp_revocation => 'OK', cause => 'absent', first => undef }, all_to($everything));
is_seen('cut off', { %BLIND, reason => qr/this host reaches none of \d+ hosts: Connection refused/ }, all_to($closed));
is_seen('cut off, but one host answers', { %BLIND, reason => qr/this host gets nothing valid from any of \d+ hosts, most often: Connection refused/ },
    '--connect-to=ocsp.digicert.com:80:127.0.0.1:' . web({ 'ocsp.digicert.com/' => { status => '404 Not Found', body => 'no' } }), all_to($closed));
is_seen('behind a portal', { %BLIND, reason => qr/the same answer in every host's name \(a page for people, HTTP 200\)/ }, all_to(port_of('html')));
is_seen('behind a portal that redirects', { %BLIND, reason => qr/redirected to portal\.example/ },
    '--connect-to=portal.example:80:127.0.0.1:' . port_of('html'), all_to(port_of('portal,portal.example')));
is_seen('behind a proxy that wants a login', { %BLIND, reason => qr/wants other credentials \(HTTP 407\)/ }, "--proxy=http://$server->{'proxy-407'}");
is_seen('behind a filter that wants a login', { %BLIND, reason => qr/HTTP 407/ }, all_to(port_of('proxy-407')));
is_seen('behind a proxy that refuses', { %BLIND, reason => qr/HTTP 403/ }, "--proxy=http://$server->{'proxy-403'}");
is_seen('behind a filter that refuses', { %BLIND, reason => qr/HTTP 403/ }, all_to(port_of('origin-403')));
is_seen('nothing answers', { %BLIND, reason => qr/no answer in time/ }, all_to(port_of('silent')), '-t', 4);
is_seen('the server itself, cut off', { %SERVER, reason => qr/the server reaches none of \d+ hosts/ }, all_to($closed), '--vantage=server');
is_seen('the server, by a proxy that was named and is not there', { %BLIND, at => 'server' }, "--proxy=http://127.0.0.1:$closed", '--vantage=server');
is_seen('some hosts answer', { check_scp => 'CRITICAL', check_scp_revocation => 'CRITICAL', cause => 'present', first => 'revocation' },
    "--connect-to=ocsp.digicert.com:80:127.0.0.1:$little", all_to($closed));

# --- Where redirects lead ---

my $crl = authority('Vantage Test CA');
my $issuer = save('issuer.pem', $crl->{pem});
my $list = web({ 'crl.example/' => crl($crl), 'origin.example/' => { status => '407 Proxy Authentication Required', body => 'no' } });
sub single { my ($url, @more) = @_; return ['check_scp_revocation', "--crl=$url", "--issuer=$issuer", '-t', 20, '--proxy=none', @more] }

my $led = '--connect-to=crl.example:80:127.0.0.1:';
my $r = verdict('to a name that is not known', single('http://crl.example/x', $led . port_of('portal,portal.example')), 'CRITICAL',
    { 'revocation.http' => 'CRITICAL', 'revocation.dns' => undef }, qr/redirected to portal\.example: name not resolved/);
my ($finding) = finding(run_json(single('http://crl.example/x', $led . port_of('portal,portal.example'))), 'revocation.http');
like($finding->{remedy} // '', qr/what redirects to portal\.example: a filter or a proxy/, 'the remedy is for the filter');
unlike($finding->{remedy} // '', qr/Resolve-DnsName|Test-NetConnection/, 'and not for the host that was asked');
verdict('to this machine', single('http://crl.example/x', $led . port_of('portal,localhost')), 'CRITICAL', { 'revocation.http' => 'CRITICAL' },
    qr/redirected to localhost: (?:127\.0\.0\.1|::1) is a loopback address, which is not asked/);
verdict('to this machine, by a name that was led there', single('http://crl.example/x', $led . port_of('portal,portal.example'),
    '--connect-to=portal.example:80:127.0.0.1:' . port_of('html')), 'CRITICAL', { 'revocation.intercepted' => 'CRITICAL' },
    qr/redirected to portal\.example: intercepted: text\/html instead of a CRL/);
verdict('407 from the host itself', single('http://origin.example/x', "--connect-to=origin.example:80:127.0.0.1:$list"), 'CRITICAL',
    { 'revocation.http' => 'CRITICAL', 'revocation.proxy-auth' => undef }, qr/HTTP 407 from the host itself/);
verdict('an ordinary list', single('http://crl.example/x', "--connect-to=crl.example:80:127.0.0.1:$list"), 'OK', { 'revocation.valid' => 'OK' });

# A server may call by any name what it does not know; Windows does not look at it, either.
my $named = web({ 'crl.example/' => { body => crl($crl), headers => { 'Content-Type' => 'text/html' } },
    'page.example/' => { body => 'please log in', headers => { 'Content-Type' => 'text/html' } } });
verdict('a list that is called HTML', single('http://crl.example/x', $led . $named), 'OK', { 'revocation.valid' => 'OK', 'revocation.intercepted' => undef });
verdict('a text that is', single('http://page.example/x', "--connect-to=page.example:80:127.0.0.1:$named"), 'CRITICAL',
    { 'revocation.intercepted' => 'CRITICAL' });

# Where a redirect leads is the answer's fault, however little of an address it is.
my $astray = web({ map { ("$_->[0].example/" => { status => '302 Found', headers => { Location => $_->[1] } }) }
    ['port', 'http://there.example:99999/'], ['six', 'http://[fe80::1]/'], ['mine', '/list'] });
for my $case (['port', qr/redirected to [^ ]*there\.example:99999[^ ]*: is not a URL/], ['six', qr/fe80::1 is a link-local address/]) {
    my ($name, $text) = @$case;
    my $to = single("http://$name.example/x", "--connect-to=$name.example:80:127.0.0.1:$astray");
    verdict("redirected, $name", $to, 'CRITICAL', { 'revocation.http' => 'CRITICAL', 'revocation.undetermined' => undef }, $text);
    my ($said) = finding(run_json($to), 'revocation.http');
    like($said->{remedy} // '', qr/find out (?:what|who) redirects/, "redirected, $name: the remedy is for who redirects");
}
for my $case (['http://crl.example:8081/x', 8081, "--connect-to=crl.example:8081:127.0.0.1:$closed"], ['http://crl.example/x', 80, $led . $closed],
    ['https://crl.example/x', 443, "--connect-to=crl.example:443:127.0.0.1:$closed"]) {
    my ($url, $port, $to) = @$case;
    my ($said) = finding(run_json(single($url, $to)), 'revocation.connect');
    like($said->{remedy} // '', qr/open TCP port $port from.*Test-NetConnection crl\.example -Port $port$/s, "$url: the port that is to be opened");
}

# --- A list over https, from its very issuer ---

my $stranger = authority('Vantage Stranger');
sub over_https
{
    my ($cert, @more) = @_;
    my $to = tls_front($cert->{file}, $cert->{key}, "127.0.0.1:$list") =~ s/.*://r;
    return single('https://crl.example/x', "--connect-to=crl.example:443:127.0.0.1:$to", @more);
}
sub server_of { my ($from, @more) = @_; return certificate_of($from, 'crl.example', ext => "subjectAltName=DNS:crl.example\n", @more) }

verdict('over https from the issuer', over_https(server_of($crl)), 'OK', { 'revocation.tls-by-issuer' => 'OK', 'revocation.valid' => 'OK' });
verdict('from another issuer', over_https(server_of($stranger)), 'CRITICAL',
    { 'revocation.tls' => 'CRITICAL', 'revocation.intercepted' => undef, 'revocation.tls-by-issuer' => undef }, qr/issued by CN=Vantage Stranger/);
verdict('in another name', over_https(certificate_of($crl, 'other', ext => "subjectAltName=DNS:other.example\n")), 'CRITICAL', { 'revocation.tls' => 'CRITICAL' });
verdict('for code signing', over_https(server_of($crl, ext => "subjectAltName=DNS:crl.example\nextendedKeyUsage=codeSigning\n")), 'CRITICAL',
    { 'revocation.tls' => 'CRITICAL' });

# --- Schemes ---

for my $case (['ldap:///CN=CA1,CN=CDP?certificateRevocationList?base', 'ldap'], ['LDAP://dc1/CN=CA1', 'LDAP'], ['ftp://host/x.crl', 'ftp'],
    ['file:///etc/hostname', 'file'], ['ldaps:x', 'ldaps'], ['s3://bucket/x.crl', 's3']) {
    my ($url, $scheme) = @$case;
    like(run(single($url))->{out}, qr/\ASCP REVOCATION UNKNOWN - --crl: \Q$scheme\E is not spoken: give the http address or a file$/m, "$url is not spoken");
}
for my $file ('C:\\lists\\x.crl', 'c:x.crl', 'a:b.crl', './ldap:x', 'some-file') {
    like(run(single($file))->{out}, qr/No such file/, "$file is a file");
}

# --- Secrets ---

my $login = save('login', "username=mon\npassword=s3cret\n");
chmod 0600, $login;
for my $plugin (qw(check_scp check_scp_revocation check_scp_autoupdate check_scp_intermediates)) {
    my $out = run([$plugin, '-R', $registry, '--proxy=registry', "--proxy-auth-file=$login", "--profile=$profile"]);
    is($out->{code}, 3, "$plugin: no login for a proxy that the judged machine names");
    like($out->{out}, qr/--proxy-auth-file: name the proxy \(--proxy=URL\)/, "$plugin: what to do");
}
my $tls = tls_authority('keys', 'Keys CA');
my $own = tls_certificate($tls, 'keys-server', names => 'DNS:tls.example');
my $front = tls_front($own->{pem}, $own->{key}, "127.0.0.1:$list") =~ s/.*://r;
{
    local $ENV{SSLKEYLOGFILE} = scratch('keys.log');
    run(single('https://tls.example/x', "--connect-to=tls.example:443:127.0.0.1:$front"));
    ok(!-e scratch('keys.log'), 'the keys of a connection are not written where SSLKEYLOGFILE says');
}
done_testing();
