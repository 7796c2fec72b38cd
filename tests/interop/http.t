#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The network layer against programs that are not ours: nginx, tinyproxy and squid with and without credentials, an IPv6-only
# listener, the system's resolver. Skips by name what is not here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use IO::Socket::IP;
use Scp;
use Servers;
use Test::More;
use Time::HiRes qw(sleep);

my $root = scratch('www');
mkdir $root;
chmod 0755, scratch(), $root;
my $list = join '', map { chr($_ * 7 % 256) } 0 .. 98_303;
write_bytes("$root/list.crl", $list);
my $SUM = do { my $s = 0; $s = ($s * 31 + $_ * 7 % 256) & 0xFFFFFFFF for 0 .. 98_303; $s };
my $auth = save('proxy.auth', "username = mon\npassword = s3cret word\n");
my $wrong = save('wrong.auth', "username=mon\npassword=other\n");
chmod 0600, $auth, $wrong;

sub summary { my ($x) = @_; return "$x->{outcome} $x->{status} $x->{message}" }

# --- nginx ---

my ($nginx, $tls_port, $port);
SKIP: {
    my $program = which('nginx') or skip 'nginx is not here', 1;
    my $folder = scratch('nginx');
    mkdir $folder;
    ($port, $tls_port) = (free_port(), free_port());
    my $ca = tls_authority('origin', 'Origin Test CA', 'Origin Ltd');
    my $certificate = tls_certificate($ca, 'origin-server', names => 'DNS:origin.test,IP:127.0.0.1');
    my $user = $> == 0 ? 'user root;' : '';
    my $configuration = save('nginx.conf', <<"END");
daemon off; master_process off; $user pid $folder/pid; error_log $folder/error.log;
events { worker_connections 256; }
http {
    access_log $folder/access.log combined; types { application/pkix-crl crl; } default_type application/octet-stream;
    client_body_temp_path $folder/b; proxy_temp_path $folder/p; fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
    gzip on; gzip_types *; gzip_min_length 1;
    server {
        listen 127.0.0.1:$port; listen 127.0.0.1:$tls_port ssl; ssl_certificate $certificate->{pem}; ssl_certificate_key $certificate->{key};
        root $root;
        location /agents { if (\$http_user_agent !~ "^Microsoft-CryptoAPI/") { return 403; } try_files /list.crl =404; }
        location /moved { return 301 /list.crl; }
        location /nothing { return 444; }
        location /limited { limit_rate 10k; try_files /list.crl =404; }
    }
}
END
    (undef, my $out) = start_program($program, '-p', $folder, '-c', $configuration, '-e', "$folder/error.log");
    skip 'nginx did not start: ' . slurp("$folder/error.log"), 1 if !wait_for_port($port) || !wait_for_port($tls_port);
    $nginx = "127.0.0.1:$port";
    subtest 'nginx' => sub {
        my $r = fetch((map { "--url=http://$nginx/$_" } 'list.crl', 'agents', 'moved', 'missing', 'nothing', 'list.crl?2'),
            '--sink');
        my @x = @{ $r->{results} };
        is_deeply([@{ $x[0] }{qw(outcome status sink_bytes sink_sum content_type)}],
            ['ok', 200, 98_304, $SUM, 'application/pkix-crl'], 'a file, byte for byte and not compressed');
        is($x[1]{outcome}, 'ok', 'a rule that lets only Windows clients in');
        is_deeply([@{ $x[2] }{qw(outcome redirects url)}], ['ok', 1, "http://$nginx/list.crl"], 'a redirect');
        is(summary($x[3]), 'http 404 HTTP 404', 'a missing file');
        is($x[4]{outcome}, 'connect', "closed without an answer: $x[4]{message}");
        is($x[5]{sink_sum}, $SUM, 'again');
        is(fetch("--url=http://$nginx/agents", '--user-agent=probe')->{results}[0]{status}, 403, '--user-agent');
        my $x = fetch("--url=http://$nginx/limited", '--limit=1')->{results}[0];
        ok($x->{outcome} eq 'timeout' && $x->{bytes} > 0 && $x->{bytes} < 98_304, "too slow for its limit: $x->{message}");
        ok(abs($r->{clock_skew}) <= 2, "clocks agree: $r->{clock_skew}");
        $x = fetch("--url=https://127.0.0.1:$tls_port/list.crl", "--cafile=$ca->{pem}", '--sink')->{results}[0];
        is_deeply([@$x{qw(outcome sink_sum tls_issuer)}], ['ok', $SUM, 'CN=Origin Test CA; O=Origin Ltd; C=XX'], 'TLS');
        is(fetch("--url=https://127.0.0.1:$tls_port/list.crl")->{results}[0]{outcome}, 'intercepted',
            'its authority is not known here');
        $r = fetch("--chain=origin.test:$tls_port", "--connect-to=origin.test:$tls_port:127.0.0.1:$tls_port");
        is($r->{chain}[0], uc unpack('H*', (pem_certificates(slurp($certificate->{pem})))[0]), 'the certificate it sends');
        $r = fetch((map { "--url=http://$nginx/list.crl" } 1 .. 10), '--sink', '--rounds=2');
        is(scalar(grep { $_->{sink_sum} == $SUM } @{ $r->{results} }), 10, 'ten at once, on connections that were used before');
    };
}

# --- Proxies ---

# What every proxy must do, by what it is like.
sub through
{
    my ($name, $open, $guarded, %is) = @_;
    my $closed = closed_port();
    my @list = ("--url=http://$nginx/list.crl", '--sink', '--limit=4');
    my $x = fetch(@list, "--proxy=$open")->{results}[0];
    is_deeply([@$x{qw(outcome sink_sum proxy)}], ['ok', $SUM, $open], "$name: through it");
    is(fetch("--url=http://$nginx/missing", "--proxy=$open")->{results}[0]{message}, "HTTP 404 through the proxy $open",
        "$name: the origin's 404 is the origin's");
    $x = fetch("--url=http://127.0.0.1:$closed/", "--proxy=$open")->{results}[0];
    is($x->{outcome}, 'proxy', "$name: the origin refuses: $x->{message}");
    $x = fetch("--url=https://127.0.0.1:$tls_port/list.crl", "--proxy=$open", '--cafile=' . scratch('origin.pem'),
        '--sink')->{results}[0];
    is_deeply([@$x{qw(outcome sink_sum)}], ['ok', $SUM], "$name: TLS through it: $x->{message}");
    my $chain = fetch("--chain=127.0.0.1:$tls_port", "--proxy=$open");
    is_deeply([@$chain{qw(sent proxy)}], [1, $open], "$name: the certificates through it");
    $x = fetch("--url=https://127.0.0.1:$closed/", "--proxy=$open")->{results}[0];
    is($x->{outcome}, 'proxy', "$name: CONNECT to a closed port: $x->{message}");

    is(summary(fetch(@list, "--proxy=$guarded")->{results}[0]),
        "proxy-auth 407 the proxy $guarded wants other credentials (HTTP 407)", "$name: no credentials");
    is(fetch(@list, "--proxy=$guarded", "--proxy-auth-file=$auth")->{results}[0]{outcome}, 'ok', "$name: credentials");
    $x = fetch(@list, "--proxy=$guarded", "--proxy-auth-file=$wrong")->{results}[0];
    is($x->{outcome}, $is{wrong} // 'proxy-auth', "$name: wrong ones: $x->{message}");
    my $tls = "--url=https://127.0.0.1:$tls_port/list.crl";
    is(fetch($tls, "--proxy=$guarded")->{results}[0]{outcome}, 'proxy-auth', "$name: CONNECT without credentials");
    is(fetch($tls, "--proxy=$guarded", "--proxy-auth-file=$auth", '--cafile=' . scratch('origin.pem'))->{results}[0]{outcome}, 'ok',
        "$name: CONNECT with them");
    my $r = fetch((map { @list[0, 1] } 1 .. 10), "--proxy=$guarded", "--proxy-auth-file=$auth");
    is(scalar(grep { $_->{outcome} eq 'ok' } @{ $r->{results} }), 10, "$name: ten at once with credentials");
    open my $in, '<', $auth or die $!;
    $x = fetch(@list, "--proxy=$guarded", '--proxy-auth-file=/dev/fd/0', { stdin => $auth })->{results}[0];
    is($x->{outcome}, 'ok', "$name: credentials from a descriptor");
    return;
}

sub tinyproxy
{
    my ($name, @more) = @_;
    my $port = free_port();
    my $configuration = save("$name.conf", join "\n", "Port $port", 'Listen 127.0.0.1', 'Timeout 10', 'MaxClients 50',
        'Allow 127.0.0.1', 'LogFile "' . scratch("$name.log") . '"', 'LogLevel Error', @more, '');
    start_program(which('tinyproxy'), '-d', '-c', $configuration);
    return wait_for_port($port) ? "127.0.0.1:$port" : undef;
}

SKIP: {
    skip 'nginx is not here', 1 if !$nginx;
    skip 'tinyproxy is not here', 1 if !which('tinyproxy');
    my $open = tinyproxy('tiny-open');
    my $guarded = tinyproxy('tiny-guarded', 'BasicAuth mon s3cret-word');
    skip 'tinyproxy did not start', 1 if !$open || !$guarded;
    write_bytes($auth, "username = mon\npassword = s3cret-word\n");
    subtest 'tinyproxy' => sub { through('tinyproxy', $open, $guarded) };
}

SKIP: {
    skip 'nginx is not here', 1 if !$nginx;
    my $helper = (grep { -x } map { "$_/squid/basic_ncsa_auth" } '/usr/lib', '/usr/lib64', '/usr/libexec')[0];
    skip 'squid is not here', 1 if !which('squid') || !$helper;
    write_bytes($auth, "username = mon\npassword = s3cret word\n");
    my $passwords = save('squid.passwords', 'mon:' . openssl('', 'passwd', '-apr1', 's3cret word'));
    chmod 0644, $passwords;
    my ($open, $guarded) = (free_port(), free_port());
    my $folder = scratch('squid');
    mkdir $folder;
    chown((getpwnam 'proxy')[2, 3], $folder) if $> == 0 && getpwnam 'proxy';
    my $user = $> == 0 && getpwnam 'proxy' ? 'cache_effective_user proxy' : '';
    my $configuration = save('squid.conf', <<"END");
http_port 127.0.0.1:$open name=open
http_port 127.0.0.1:$guarded name=guarded
$user
auth_param basic program $helper $passwords
acl open myportname open
acl known proxy_auth REQUIRED
acl banned dstdomain banned.test
http_access deny banned
http_access allow open
http_access allow known
http_access deny all
cache deny all
coredump_dir none
pid_filename none
access_log none
cache_log $folder/cache.log
shutdown_lifetime 0 seconds
dns_timeout 1 seconds
connect_timeout 2 seconds
END
    chmod 0644, $configuration;
    start_program(which('squid'), '-N', '-n', "scp$$", '-f', $configuration);
    skip 'squid did not start', 1 if !wait_for_port($open) || !wait_for_port($guarded);
    subtest 'squid' => sub {
        through('squid', "127.0.0.1:$open", "127.0.0.1:$guarded");
        my $x = fetch('--url=http://banned.test/', "--proxy=127.0.0.1:$open")->{results}[0];
        is(summary($x), "proxy 403 HTTP 403 from the proxy 127.0.0.1:$open", 'squid: its own 403');
    };
}

# --- IPv6 only ---

SKIP: {
    my $probe = IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0, Listen => 1) or skip 'no IPv6 loopback', 1;
    close $probe;
    subtest 'a listener on IPv6 only' => sub {
        my $six = fault_server('--ipv6')->{paths};
        my ($port) = $six =~ /:(\d+)\z/;
        my $url = "http://[::1]:$port/ok";
        is(fetch("--url=$url")->{results}[0]{outcome}, 'ok', 'its address');
        is(fetch("--url=$url", '-6')->{results}[0]{outcome}, 'ok', '-6');
        is(fetch("--url=$url", '-4')->{results}[0]{outcome}, 'unable', '-4');
        is(fetch("--url=http://any.test:$port/ok", "--connect-to=any.test:$port:[::1]:$port")->{results}[0]{outcome}, 'ok',
            '--connect-to an IPv6 address');
        my $x = fetch("--url=http://127.0.0.1:$port/ok")->{results}[0];
        is(summary($x), 'connect 0 Connection refused', 'IPv4 is refused');
        is(fetch('--url=http://any.test/ok', "--proxy=[::1]:$port")->{results}[0]{proxy}, "[::1]:$port", 'a proxy on IPv6');
    };
}

# --- The system's resolver, in a network of its own ---

SKIP: {
    skip 'no private namespaces here', 1 if !namespaces() || !which('ip') || !which('mount');
    subtest 'names' => sub {
        my $hosts = save('hosts', "127.0.1.3 crl3.digicert.com\n::1 www.d-trust.net\n127.0.1.4 both.test\n::1 both.test\n");
        my $silent = save('silent.resolv', "nameserver 127.0.0.53\n");
        my $closed = save('closed.resolv', "nameserver 127.0.0.54\n");
        my $servers = save('servers.pl', <<'END');
            use IO::Socket::IP; use IO::Select;
            my $dns = IO::Socket::IP->new(LocalHost => '127.0.0.53', LocalPort => 53, Proto => 'udp') or die;
            my $bad = IO::Socket::IP->new(LocalHost => '127.0.0.55', LocalPort => 53, Proto => 'udp') or die;
            my %web = map { ($_ => IO::Socket::IP->new(LocalHost => $_, LocalPort => 80, Listen => 20) || die) } '127.0.1.3', '::1';
            $| = 1; print "ready\n";
            my $s = IO::Select->new($bad, values %web);
            while (my @r = $s->can_read) { for (@r) {
                if ($_ == $bad) {    # SERVFAIL to everything
                    my $from = recv $bad, my $q, 512, 0;
                    send $bad, substr($q, 0, 2) . "\x81\x82" . substr($q, 4), 0, $from;
                    next;
                }
                my $c = $_->accept or next;
                sysread $c, my $request, 4096;
                print {$c} "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; close $c;
            } }
END
        my $failing = save('failing.resolv', "nameserver 127.0.0.55\n");
        chmod 0644, $hosts, $silent, $closed, $failing, $servers;
        my $inside = sub {
            my ($resolver, @arguments) = @_;
            my $script = "ip link set lo up && mount --bind $hosts /etc/hosts && mount --bind $resolver /etc/resolv.conf || exit 77\n" .
                "$^X $servers > " . scratch('ready') . " & p=\$!\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q ready " . scratch('ready') . " && break; sleep 0.1; done\n" .
                "\"\$@\"; rc=\$?; kill \$p; exit \$rc";
            unlink scratch('ready');
            return fetch(@arguments, { before => [which('unshare'), '-rmn', '--fork', '--pid', '--mount-proc', '--kill-child',
                '/bin/sh', '-c', $script, 'sh'] });
        };
        my $r = eval { $inside->($silent, '--url=http://crl3.digicert.com/x.crl', '--url=http://www.d-trust.net/y.crl',
            '--url=http://both.test/', '--limit=3') };
        plan skip_all => "no namespace: $@" if !$r;
        is_deeply([map { $_->{outcome} } @{ $r->{results} }], ['ok', 'ok', 'ok'],
            'real names on port 80, one over IPv6 only, one with a refused IPv4 address');
        isnt($inside->($silent, '--url=http://www.d-trust.net/', '-4')->{results}[0]{outcome}, 'ok', '-4: the listener is on IPv6');

        # A resolver that never answers must not outlive the deadline.
        my @ten = map { "--url=http://host$_.test/" } 1 .. 10;
        for my $seconds (0.5, 2) {
            $r = soonest($seconds + 0.1, sub { $inside->($silent, @ten, '--url=http://crl3.digicert.com/',
                "--deadline=$seconds") }, sub { $_[0]{results}[10]{outcome} eq 'ok' });
            is(scalar(grep { $_->{outcome} eq 'dns' && $_->{message} =~ /not resolved within/ } @{ $r->{results} }), 10,
                "ten names, a resolver that never answers, deadline $seconds s");
            is($r->{results}[10]{outcome}, 'ok', 'the eleventh is in the hosts file');
            ok($r->{seconds} <= $seconds + 0.1, "the requests end in time: $r->{seconds} s");
            ok($r->{wall} - $r->{stalled} <= $seconds + 3, "and so does the process: $r->{wall} s with what is around it");
        }
        $r = $inside->($silent, '--url=http://host.test/', '--limit=0.5');
        ok($r->{results}[0]{outcome} eq 'dns' && $r->{seconds} < 1, "its own limit: $r->{results}[0]{message}");
        $r = $inside->($silent, '--url=http://host.test/', '--proxy=px.test:8080', '--limit=0.5');
        ok($r->{results}[0]{outcome} eq 'proxy' && $r->{results}[0]{message} =~ /name of the proxy px\.test:8080 not resolved within/, 'the name of a proxy');
        $r = $inside->($silent, '--chain=host.test:443', '--deadline=0.5');
        ok($r->{outcome} eq 'dns' && $r->{seconds} < 0.7,
            "the certificates of an unresolved name: $r->{message} after $r->{seconds} s");
        $r = $inside->($failing, '--url=http://host.test/', '--limit=5');
        is($r->{results}[0]{outcome}, 'dns', "SERVFAIL: $r->{results}[0]{message}");
        $r = $inside->($closed, '--url=http://host.test/', '--limit=5');
        is($r->{results}[0]{outcome}, 'dns', "no resolver there: $r->{results}[0]{message}");
    };
}
done_testing();
