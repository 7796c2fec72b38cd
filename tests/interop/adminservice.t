#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_status --adminservice against a stand-in behind real web servers: nginx with TLS and basic authentication, Apache with
# Kerberos.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use AdminService;
use Kerberos;
use Scp;
use Servers qw(tls_authority tls_certificate start_program free_port closed_port wait_for_port);
use Test::More;
use Time::HiRes qw(time sleep);

my $NAME = 'check_scp_status';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $nginx = which('nginx') or plan skip_all => 'nginx is not installed';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my ($PASSWORD, $USER) = ('Geheimnis-7431', 'mon');
my $ca = tls_authority('root', 'Test Root', 'Test');
my $server = tls_certificate($ca, 'provider', names => 'IP:127.0.0.1,DNS:localhost');
my $stranger = tls_authority('stranger', 'Stranger Root', 'Elsewhere');
chmod 0711, scratch();

sub start_nginx
{
    my ($back, $port) = @_;
    my $dir = scratch('nginx');
    mkdir $_ for $dir, "$dir/tmp";
    my ($hash) = openssl('', 'passwd', '-apr1', $PASSWORD) =~ /(\S+)/;
    write_bytes("$dir/users", "$USER:$hash\nCORP\\$USER:$hash\n");
    chmod 0644, "$dir/users";
    write_bytes("$dir/nginx.conf", <<"END");
worker_processes 1;
daemon off;
pid $dir/pid;
error_log $dir/error.log;
events { }
http {
  access_log $dir/access.log;
  client_body_temp_path $dir/tmp/a; proxy_temp_path $dir/tmp/b; fastcgi_temp_path $dir/tmp/c; uwsgi_temp_path $dir/tmp/d; scgi_temp_path $dir/tmp/e;
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $server->{pem};
    ssl_certificate_key $server->{key};
    location / { auth_basic "AdminService"; auth_basic_user_file $dir/users; proxy_pass http://127.0.0.1:$back; proxy_buffering off; proxy_read_timeout 30s; proxy_pass_header Date; }
    location /redirect { return 302 http://127.0.0.1:$back/plain/AdminService/wmi/SMS_StatusMessage; }
  }
}
END
    start_program($nginx, '-p', $dir, '-e', "$dir/error.log", '-c', "$dir/nginx.conf");
    return wait_for_port($port);
}

my $now = parse_time($AT);
my @messages = ((map { [500 + $_, $now - 60 * $_] } 1 .. 30), [9605, $now - 3600], [9605, $now - 7200], [9607, $now - 1800],
    [11488, $now - 600],
                [9605, $now - 90_000], [9605, $now - 900_000], [9607, $now - 90_001]);
my $port = free_port();
my $back = start_service(\@messages, "https://127.0.0.1:$port");
start_nginx($back, $port) or plan skip_all => 'nginx does not start here: ' . slurp(scratch('nginx/error.log'));

my $login = save('login', "username=$USER\npassword=$PASSWORD\n");
chmod 0600, $login;
sub plugin { my ($mode, @more) = @_; return [$NAME, "--at=$AT", "--adminservice=https://127.0.0.1:$port/$mode/AdminService", '-A',
    $login, "--cafile=$ca->{pem}", @more] }
my %SEEN = ('messages.upload-failed' => 'WARNING', 'messages.upload-exception' => 'WARNING',
    'messages.required-endpoint' => 'WARNING',
            'adminservice.failed' => undef, 'adminservice.incomplete' => undef);

# --- Filters and pages ---

for my $mode ('plain', 'notime', 'nofilter', 'pages', 'unsorted') {
    my $r = verdict($mode, plugin($mode), 'WARNING', \%SEEN);
    like($r->{plain}{out}, qr/ msg_9605=2;0;3;0 msg_9607=1;0;3;0 last_error_age=600s;;;0$/m, "$mode: each message once");
}
my @asked = asked();
like($asked[0], qr{^GET /plain/AdminService/wmi/SMS_StatusMessage\?\$filter=\(MessageID%20eq%209605%20or%20.*\)%20and%20Time%20ge%202026-11-22T12:00:00Z&\$orderby=Time%20desc&\$top=\d+ }, 'the question');
cmp_ok(scalar(grep { m{/pages/} } @asked), '>=', 4, 'page after page');
is_deeply([grep { /Geheimnis/ } @asked], [], 'no secret in a question');
verdict('--since', plugin('plain', '--since=2d'), 'WARNING', { %SEEN });
like(run(plugin('plain', '--since=20d'))->{out}, qr/ msg_9605=4;0;3;0 msg_9607=2;/, '--since reaches back');
verdict('nothing', plugin('plain', '--since=5m'), 'OK', { 'messages.clean' => 'OK', 'adminservice.failed' => undef });
verdict('a slash at the end', [map { s{AdminService\z}{AdminService/}r } @{ plugin('plain') }], 'WARNING',
    { 'adminservice.failed' => undef });

# --- What goes wrong ---

sub fails { my ($name, $argv, $why) = @_; return verdict($name, $argv, 'UNKNOWN',
    { 'adminservice.failed' => 'UNKNOWN', 'messages.clean' => undef }, $why) }
fails('a page', plugin('page'), qr/a web page instead of status messages/);
fails('status 403', plugin('forbidden'), qr/403: the account may not use it/);
fails('status 500', plugin('broken'), qr/500/);
fails('status 404', plugin('NOSUCH'), qr/404: no AdminService/);
fails('another JSON', plugin('other'), qr/not a list of status messages/);
fails('a huge answer', plugin('huge'), qr/limit|larger|exceeds|more than|bytes/i);
fails('a redirect to http', [map { s{/plain/}{/redirect/}r } @{ plugin('plain') }], qr/redirected/);
{
    my $r = run(plugin('cut'));
    is($r->{code}, 2 - 1, 'a cut answer: what was whole counts');
    like($r->{out}, qr/adminservice\.failed: .*ends too early/, 'and says that it was cut');
}
for my $case (['endless', qr/more pages than are read/], ['circle', qr/the same one/],
    ['elsewhere', qr/another host: https:..evil\.example/], ['breaks', qr/500/]) {
    my ($mode, $why) = @$case;
    my $r = run(plugin($mode, '--since=20d'));
    isnt($r->{code}, 0, "$mode: not OK");
    like($r->{out}, qr/adminservice\.incomplete: .*$why/, "$mode: why");
    unlike($r->{out}, qr/messages\.clean/, "$mode: not clean");
}
cmp_ok(scalar(grep { m{/endless/} } asked()), '<=', 60, 'an end to endless pages');
{
    my $wrong = save('wrong', "username=$USER\npassword=x\n");
    chmod 0600, $wrong;
    fails('wrong password', [map { $_ eq $login ? $wrong : $_ } @{ plugin('plain') }], qr/401: the user name, password or ticket/);
    my $domain = save('domain', "username=$USER\npassword=$PASSWORD\ndomain=CORP\n");
    chmod 0600, $domain;
    verdict('a domain', [map { $_ eq $login ? $domain : $_ } @{ plugin('plain') }], 'WARNING', \%SEEN);
    chmod 0644, $wrong;
    fails('credentials that others can read', [map { $_ eq $login ? $wrong : $_ } @{ plugin('plain') }], qr/others may read/);
}
fails('no credentials', [grep { $_ ne '-A' && $_ ne $login } @{ plugin('plain') }], qr/no credentials/);
fails('somebody else\'s certificate', [map { s/\Q$ca->{pem}\E/$stranger->{pem}/r } @{ plugin('plain') }],
    qr/not trusted here, issued by CN=Test Root/);
fails('no trust anchor', [grep { !/cafile/ } @{ plugin('plain') }], qr/not trusted here/);
fails('another name', [map { s/127\.0\.0\.1:/127.0.0.2:/r } @{ plugin('plain') }], qr/./);
fails('nobody there', [map { s/:$port/':' . closed_port()/er } @{ plugin('plain') }], qr/refused/);
{
    my $from = time;
    my $r = run(plugin('slow', '-t', 2));
    is($r->{code}, 3, 'a slow one is UNKNOWN');
    cmp_ok(time - $from, '<', 4, 'in time') if !sanitized($NAME);
}
for my $bad ("http://127.0.0.1:$back/plain/AdminService", 'https://', 'https://u:p@host/AdminService',
    'https://host/AdminService?x', 'ftp://x/y') {
    my $r = run([$NAME, "--at=$AT", "--adminservice=$bad", '-A', $login]);
    is($r->{code}, 3, "$bad: refused");
    like($r->{out}, qr{not https://HOST/AdminService}, 'and says how it must be');
}
is_deeply([grep { m{ -\z} && m{ /plain/} } asked()], [], 'credentials went to the service, and only there');
verdict('a clock that is wrong', plugin('clock', '--since=5m'), 'WARNING', { 'environment.clock' => 'WARNING' }, qr/clock/);
{
    my $seen = '';
    run(plugin('slow', '-t', 2), started => sub {
        my ($pid) = @_;
        for (1 .. 60) {
            for my $what ('cmdline', 'environ') { if (open my $f, '<', "/proc/$pid/$what") { local $/; $seen .= <$f> // '' } }
            sleep 0.02;
        }
    });
    like($seen, qr/adminservice/, 'its command line can be read');
    unlike($seen, qr/Geheimnis/, 'and holds no secret');
}

# --- Kerberos: a KDC and Apache, in a namespace of their own ---

SKIP: {
    my $apache = which('apache2');
    my $module = (grep { -e } '/usr/lib/apache2/modules/mod_auth_gssapi.so')[0];
    skip 'apache2 with mod_auth_gssapi is not installed', 4 if !$apache || !$module;
    my $none = kerberos_missing();
    skip $none, 4 if $none;
    my $web_port = free_port();
    local @ENV{qw(KRB5_CONFIG KRB5_KDC_PROFILE KRB5CCNAME KRB5RCACHEDIR)};
    my $keytab = start_realm('mon', $PASSWORD, 'HTTP/localhost');
    skip 'no KDC can be made here', 4 if !$keytab;
    my $dir = scratch('apache');
    mkdir $_ for $dir, "$dir/run";
    write_bytes("$dir/apache.conf", <<"END");
ServerRoot $dir
ServerName localhost
PidFile $dir/run/pid
DefaultRuntimeDir $dir/run
Mutex file:$dir/run
ErrorLog $dir/error.log
User www-data
Group www-data
Listen 127.0.0.1:$web_port
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule auth_gssapi_module $module
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
SSLEngine on
SSLCertificateFile $server->{pem}
SSLCertificateKeyFile $server->{key}
<Location />
  AuthType GSSAPI
  AuthName "AdminService"
  GssapiCredStore keytab:$keytab
  Require valid-user
</Location>
ProxyPass / http://127.0.0.1:$back/
END
    start_program($apache, '-X', '-f', "$dir/apache.conf");
    skip 'Apache does not start here: ' . (-e "$dir/error.log" ? slurp("$dir/error.log") : ''), 4 if !wait_for_port($web_port);
    my @kerberos = ($NAME, "--at=$AT", "--adminservice=https://localhost:$web_port/plain/AdminService", '-k',
        "--cafile=$ca->{pem}");
    verdict('Negotiate with a ticket', [@kerberos], 'WARNING', \%SEEN);
    like((asked())[-1], qr/^GET .* Negotiate /, 'Negotiate it was');
    local $ENV{KRB5CCNAME} = 'FILE:/nonexistent';
    fails('without a ticket', [@kerberos], qr/401/);
    fails('a password where only Negotiate is taken', [grep({ $_ ne '-k' } @kerberos), '-A', $login], qr/401/);
}

done_testing();
