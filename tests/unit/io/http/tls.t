#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# https in the network layer: interception is named, nothing is accepted unverified, the faults of plain HTTP are the same behind
# TLS, and the certificates of a server can be had without verifying them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../../tools";
use IO::Socket::INET;
use Scp;
use Servers;
use Test::More;

plan skip_all => 'openssl is not here' if !which('openssl');
plan skip_all => 'tls-front is not built' if !-x fetch_path() =~ s/fetch\z/tls-front/r;

my $server = fault_server(qw(silent drop drop-reset banner proxy-403 full));
my $public = tls_authority('public', 'Public Test CA', 'Public Trust Ltd');
my $corporate = tls_authority('corporate', 'Corp Inspection CA', 'Example Corp');
my $issuing = tls_certificate($public, 'issuing', ca => 1, cn => 'Public Issuing CA', o => 'Public Trust Ltd');
my $good = tls_certificate($issuing, 'good', cn => 'service.example', chain => [$issuing->{pem}]);
my $lone = tls_certificate($issuing, 'lone', cn => 'lone.example');
my $expired = tls_certificate($public, 'expired', days => -1);
my $other = tls_certificate($public, 'other', names => 'DNS:other.example');
my $inspected = tls_certificate($corporate, 'inspected', cn => 'service.example');
my $evil = tls_certificate($public, 'evil', cn => "x\e[2J<script>|evil=1");
my $both = save('both.pem', slurp($public->{pem}) . slurp($corporate->{pem}));
my $trusted = $public->{pem};
my $measured = !$ENV{SCP_WRAPPER} && slurp(fetch_path()) !~ /__asan_init/;

sub front { my ($certificate, @switches) = @_; return tls_front($certificate->{pem}, $certificate->{key}, $server->{paths},
    @switches) }
sub one { my (@arguments) = @_; return fetch('--limit=5', @arguments)->{results}[0] }

my %front = map { ($_->[0] => front($_->[1])) } ['good', $good], ['lone', $lone], ['expired', $expired], ['other', $other],
    ['inspected', $inspected], ['evil', $evil];

subtest 'verified' => sub {
    my $x = one("--url=https://$front{good}/ok", "--cafile=$trusted");
    is_deeply([@$x{qw(outcome bytes)}], ['ok', 1000], 'a chain to a trusted root');
    is($x->{tls_issuer}, 'CN=Public Issuing CA; O=Public Trust Ltd; C=XX', 'its issuer is told');
    my %cases = (
        inspected => ['intercepted', qr/\Aintercepted by CN=Corp Inspection CA; O=Example Corp; C=XX, which is not trusted here\z/],
        lone => ['intercepted', qr/intercepted by CN=Public Issuing CA/], expired => ['tls', qr/certificate of expired, issued by CN=Public Test CA.*: certificate has expired/],
        other => ['tls', qr/127\.0\.0\.1/]);
    for my $name (sort keys %cases) {
        my $x = one("--url=https://$front{$name}/ok", "--cafile=$trusted", '--sink');
        ok($x->{outcome} eq $cases{$name}[0] && $x->{message} =~ $cases{$name}[1], "$name: $x->{outcome}, $x->{message}")
            or diag("wanted @{ $cases{$name} }");
        is_deeply([@$x{qw(status bytes begun)}], [0, 0, 0], "$name: nothing was read");
    }
    is(one("--url=https://$front{good}/ok")->{outcome}, 'intercepted', "without our own root: this machine's are used");
    like(one("--url=https://$front{good}/ok", '--cafile=/nonexistent')->{outcome}, qr/\Aunable\z/,
        'no such file of roots is our own fault');
};

subtest 'interception by an authority that is trusted here' => sub {
    my @more = ("--cafile=$both", '--tls-issuer=DigiCert Inc', '--tls-issuer=public trust ltd');
    is(one("--url=https://$front{good}/ok", @more)->{outcome}, 'ok', 'the expected issuer');
    my $x = one("--url=https://$front{inspected}/ok", @more);
    is($x->{outcome}, 'intercepted', 'another one');
    like($x->{message}, qr/issued by CN=Corp Inspection CA; O=Example Corp/, 'is named');
    is($x->{status}, 0, 'and nothing was sent to it');
    is(one("--url=https://$front{inspected}/ok", "--cafile=$both")->{outcome}, 'ok', 'no expectation, no interception');
    my $r = fetch("--url=https://$front{good}/ok", "--url=https://$front{good}/ok", @more, '--rounds=3');
    is_deeply([map { $_->{outcome} . ' ' . $_->{tls_issuer} } @{ $r->{results} }],
        [('ok CN=Public Issuing CA; O=Public Trust Ltd; C=XX') x 2], 'seen on every connection');
};

subtest 'redirects and schemes' => sub {
    my $x = one("--url=http://$server->{paths}/redirect-https/$front{good}/ok", "--cafile=$trusted");
    is_deeply([@$x{qw(outcome redirects)}], ['ok', 1], 'http to https is followed');
    is(one("--url=http://$server->{paths}/redirect-https/$front{inspected}/ok", "--cafile=$trusted")->{outcome}, 'intercepted',
        'and verified');
    $x = one("--url=https://$front{good}/redirect-to/$server->{paths}/ok", "--cafile=$trusted");
    ok($x->{outcome} eq 'http' && $x->{message} =~ m{redirected from https to http://}, "https to http is not: $x->{message}");
};

subtest 'no TLS at all' => sub {
    for my $name (qw(banner drop drop-reset)) {
        my $x = one("--url=https://$server->{$name}/");
        like($x->{outcome}, $name eq 'drop-reset' ? qr/\A(?:tls|connect)\z/ : qr/\Atls\z/, "$name: $x->{message}");
    }
    my $r = fetch("--url=https://$server->{silent}/", '--limit=0.5');
    ok($r->{results}[0]{outcome} eq 'timeout' && $r->{results}[0]{message} =~ /no TLS handshake within/,
        "never answered: $r->{results}[0]{message}");
    is(one("--url=http://$front{good}/ok")->{outcome} =~ /\A(?:connect|http|truncated)\z/ ? 1 : 0, 1,
        'TLS where plain HTTP was expected');
};

subtest 'the faults of plain HTTP' => sub {
    my %cases = ('truncated' => 'truncated', 'chunk-cut' => 'truncated', 'reset-body' => 'truncated', 'endless-body' => 'too-large',
        'endless-headers' => 'too-large',
                 'endless-header' => 'too-large', 'gzip' => 'http', 'gzip-transfer' => 'too-large', 'garbage' => 'http', 'status,403' => 'http', 'empty' => 'connect', 'redirect-loop' => 'http');
    for my $fault (sort keys %cases) {
        my $r = fetch("--url=https://$front{good}/$fault", "--cafile=$trusted", '--limit=5');
        is($r->{results}[0]{outcome}, $cases{$fault}, "$fault: $r->{results}[0]{message}");
        ok($r->{hwm_kib} <= 32 * 1024, "$fault: $r->{hwm_kib} KiB") if $measured;
    }
    my $cut = front($good, 'cut');
    is(one("--url=https://$cut/ok", "--cafile=$trusted")->{outcome}, 'ok', 'a whole body, the end not announced');
    is(one("--url=https://$cut/long-length", "--cafile=$trusted")->{outcome}, 'truncated', 'a cut body, the end not announced');
    is(one("--url=https://$front{good}/no-length", "--cafile=$trusted")->{outcome}, 'ok', 'a body that the connection ends');
    my $r = fetch((map { "--url=https://$front{good}/endless-body/$_" } 1 .. 20), '--sink', '--max=4194304');
    ok($r->{hwm_kib} <= 32 * 1024, "twenty floods against the system's roots: $r->{hwm_kib} KiB") if $measured;
    $r = soonest(1.1, sub { fetch((map { "--url=https://$front{good}/$_" } ('silent') x 10), "--cafile=$trusted",
        '--deadline=1') });
    is(scalar(grep { $_->{outcome} eq 'timeout' } @{ $r->{results} }), 10, 'ten that hang behind TLS');
    ok($r->{seconds} <= 1.1, "end in time: $r->{seconds} s") if $measured;
};

subtest 'certificates only' => sub {
    my $der = sub { my ($pem) = @_; return [map { uc unpack 'H*', $_ } pem_certificates(slurp($pem))] };
    my $r = fetch("--chain=$front{good}");
    is_deeply($r->{chain}, $der->($good->{pem}), 'the chain, in the order sent');
    is_deeply([@$r{qw(outcome sent)}], ['ok', 2], 'counted');
    is_deeply(fetch("--chain=$front{$_}")->{chain},
        $der->({ expired => $expired, inspected => $inspected, other => $other, lone => $lone }->{$_}{pem}),
        "unverified: $_") for qw(expired inspected other lone);
    my $asking = front($good, 'ask');
    is_deeply(fetch("--chain=$asking")->{chain}, $der->($good->{pem}), 'from a server that wants a certificate too');
    my $long = save('long.pem', slurp($good->{pem}) . slurp($public->{pem}) x 30);
    $r = fetch('--chain=' . front({ pem => $long, key => $good->{key} }));
    is_deeply([$r->{sent}, scalar @{ $r->{chain} }], [32, 16], 'a long chain: the first are kept, all are counted');
    is_deeply(fetch('--chain=service.example:443', "--connect-to=service.example:443:$front{good}")->{chain}, $der->($good->{pem}),
        '--connect-to');
    my %cases = (closed => ["127.0.0.1:" . closed_port(), 'connect', qr/refused/], plain => [$server->{banner}, 'tls', qr/./],
        name => ['nosuch.invalid:443', 'dns', qr/not resolved/]);
    for my $name (sort keys %cases) {
        my $r = fetch("--chain=$cases{$name}[0]", '--deadline=3');
        ok($r->{outcome} eq $cases{$name}[1] && $r->{message} =~ $cases{$name}[2] && !@{ $r->{chain} },
            "$name: $r->{outcome}, $r->{message}");
    }
    for my $name (qw(silent full)) {
        my $r = soonest(0.6, sub { fetch("--chain=$server->{$name}", '--deadline=0.5') }, sub { $_[0]{outcome} eq 'timeout' });
        ok($r->{outcome} eq 'timeout' && $r->{seconds} <= 0.6, "$name: $r->{message} after $r->{seconds} s");
    }
    is(fetch('--chain=service.example:443', "--proxy=$server->{'proxy-403'}")->{outcome}, 'proxy', 'a proxy that refuses');
    like(fetch("--chain=$_")->{message}, qr/not a host and a port/, "refused: $_")
        for 'host:0', ':443', 'a/b:443', 'a@b:443', 'host:70000';
    is(fetch("--chain=$front{evil}")->{outcome}, 'ok', 'names are of no matter here');
};

subtest 'bytes from outside' => sub {
    my $x = one("--url=https://$front{evil}/ok", '--limit=3');
    is($x->{outcome}, 'intercepted', 'a certificate with a hostile name');
};

subtest 'openssl as the server' => sub {
    my $port = free_port();
    my ($pid) = start_program(which('openssl'), 's_server', '-accept', "127.0.0.1:$port", '-cert', $good->{pem}, '-cert_chain',
        $issuing->{pem}, '-key', $good->{key}, '-www', '-tls1_2');
    plan skip_all => 'openssl s_server did not start' if !wait_for_port($port);
    my $r = fetch("--chain=127.0.0.1:$port");
    is($r->{sent}, 2, 'TLS 1.2: the chain');
    is(one("--url=https://127.0.0.1:$port/", "--cafile=$trusted")->{outcome}, 'ok', 'a page of its own');
    stop_program($pid);
};
done_testing();
