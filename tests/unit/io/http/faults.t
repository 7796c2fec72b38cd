#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The fault model against the network layer: one case per way that a server goes wrong, each with what must be made of it, how
# long it may take and how much memory.  Servers are ours (fault-server); real ones are in tests/interop/http.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../../tools";
use Fcntl qw(F_SETFD);
use IO::Select;
use IO::Socket::INET;
use Scp;
use Servers;
use Test::More;

my $root = scratch('root');
mkdir $root;
write_bytes("$root/a.crl", join '', map { chr($_ % 251) } 0 .. 99_999);
my $SUM = do { my $s = 0; $s = ($s * 31 + $_ % 251) & 0xFFFFFFFF for 0 .. 99_999; $s };
my $server = fault_server("--root=$root", qw(full closed silent proxy-407 proxy-403 proxy-503 origin-403 proxy-echo empty endless-body));
my $base = "http://$server->{paths}";
my $measured = !$ENV{SCP_WRAPPER} && slurp(fetch_path()) !~ /__asan_init/;
my $MEMORY = 16 * 1024;    # KiB

sub one { my ($path, @more) = @_; return fetch("--url=$base/$path", '--limit=60', '--body', @more) }

# On a machine that has other work a second is longer.
my ($slowest) = sort { $b <=> $a } map { fetch("--url=$base/ok")->{wall} } 1 .. 3;
my $second = $slowest > 0.3 ? 5 : 1;

# A fault, what it is called, a part of the message.
sub outcome_is
{
    my ($path, $outcome, $message, @more) = @_;
    my $r = one($path, @more);
    my $x = $r->{results}[0];
    ok($x->{outcome} eq $outcome && $x->{message} =~ $message, "$path: $outcome, $x->{message}")
        or diag("$x->{outcome}: $x->{message}; wanted $outcome: $message");
    is($x->{kept}, 0, "$path: nothing is kept") if $outcome ne 'ok';
    ok($r->{hwm_kib} <= $MEMORY, "$path: memory, $r->{hwm_kib} KiB") if $measured;
    ok($r->{seconds} < 4, "$path: soon, $r->{seconds} s");
    is($r->{err}, '', "$path: silent on standard error");
    return $x;
}

subtest 'what works' => sub {
    my $x = outcome_is('ok/a.crl', 'ok', qr/\A\z/);
    is_deeply([@$x{qw(status bytes kept content_type redirects attempts url)}],
        [200, 100_000, 100_000, 'application/pkix-crl', 0, 1, "$base/ok/a.crl"], 'a file');
    $x = one('ok/a.crl', '--sink')->{results}[0];
    is_deeply([@$x{qw(outcome sink_bytes sink_sum begun kept bytes)}], ['ok', 100_000, $SUM, 1, 0, 100_000],
        'the same to a sink: every byte, none kept');
    $x = outcome_is("$_/x", 'ok', qr/\A\z/) and is($x->{kept}, 1000, "$_: its bytes")
        for qw(chunked no-length continue-once drip typeless);
    is(outcome_is('nothing', 'ok', qr/\A\z/)->{kept}, 0, 'a body of no bytes');
    is(outcome_is('folded-header', 'ok', qr/\A\z/)->{kept}, 4, 'a folded header');
    is(outcome_is('size,65536', 'ok', qr/\A\z/, '--max=65536')->{kept}, 65_536, 'a body of the largest size');
    outcome_is('size,65537', 'too-large', qr/65537 bytes, the limit is 65536/, '--max=65536');
    my $r = fetch((map { "--url=$base/ok/a.crl?$_" } 1 .. 100), '--sink');
    is(scalar(grep { $_->{outcome} eq 'ok' && $_->{sink_sum} == $SUM } @{ $r->{results} }), 100,
        'a hundred requests, more than go at once');
    ok($r->{hwm_kib} <= $MEMORY, "their memory: $r->{hwm_kib} KiB") if $measured;
};

subtest 'what is asked' => sub {
    my $x = one('echo/path?q=1%2F')->{results}[0];
    like($x->{body}, qr{\AGET /echo/path\?q=1%2F HTTP/1\.1\r\n}, 'the URL as it stands');
    like($x->{body}, qr/^User-Agent: Microsoft-CryptoAPI\/10\.0\r$/m, 'the name of a Windows client');
    unlike($x->{body}, qr/^(?:Accept-Encoding|TE|Cookie|Referer|Authorization|Proxy-\w+|Expect|Upgrade):/mi,
        'nothing that invites compression, nothing else');
    like($x->{body}, qr/^Host: \Q$server->{paths}\E\r$/m, 'the host');
    $x = one('echo', '--accept=application/ocsp-response', '--user-agent=probe/1')->{results}[0];
    like($x->{body}, qr{^Accept: application/ocsp-response\r$}m, 'Accept');
    like($x->{body}, qr{^User-Agent: probe/1\r$}m, '--user-agent');
    $x = one('echo', '--post=0x30', '--post-type=application/ocsp-request')->{results}[0];
    like($x->{body}, qr{\APOST /echo HTTP/1\.1\r\n.*^Content-Type: application/ocsp-request\r\n.*\r\n\r\n0x30\z}ms, 'POST');
    unlike($x->{body}, qr/urlencoded|^Expect/m, 'POST, no other type');
    like(one('redirect,307/echo', '--post=0x30')->{results}[0]{body}, qr{\APOST /echo .*0x30\z}s, 'a redirected POST is one again');
    is(one("echo/../ok")->{results}[0]{body} =~ m{\AGET /echo/../ok } ? 1 : 0, 1, 'dots in a path are not squashed');
};

subtest 'row 1: names' => sub {
    my $r = fetch('--url=http://name.invalid/', "--url=$base/ok", '--limit=3');
    is($r->{results}[0]{outcome}, 'dns', 'a name that does not exist');
    like($r->{results}[0]{message}, qr/\Aname not resolved/, 'and the reason');
    is($r->{results}[1]{outcome}, 'ok', 'the others are reported');
    is(fetch('--url=http:///x')->{results}[0]{outcome}, 'unable', 'no name at all');
    is(fetch('--url=http://a..b/x')->{results}[0]{outcome}, 'dns', 'a malformed one');
};

subtest 'row 2: refused, reset, closed' => sub {
    is_deeply([map { my $r = fetch("--url=http://$server->{closed}/"); @{ $r->{results}[0] }{qw(outcome message)} } 1],
        ['connect', 'Connection refused'], 'a closed port');
    outcome_is('reset', 'connect', qr/Connection reset|closed/);
    outcome_is('empty', 'connect', qr/Empty reply|closed/);
    outcome_is('reset-body', 'truncated', qr/ends early, after \d+ bytes/);
    outcome_is('reset-headers', 'truncated', qr/inside its headers/);
};

subtest 'rows 3 and 4: never done' => sub {
    for my $case (['silent', qr/\Ano answer within 0\.[4-9] s/], ['slow-headers', qr/\Ano answer within/],
                  ['slow-body', qr/answer was not complete within .* \(\d+ bytes came\)/], ['stalled-body', qr/\(500 bytes came\)/], ['continue-slow', qr/not complete within/]) {
        my $r = soonest(5, sub { fetch("--url=$base/$case->[0]", "--url=$base/ok/a.crl", '--limit=0.5', '--deadline=5') },
            sub { $_[0]{results}[0]{message} =~ $case->[1] && $_[0]{results}[1]{outcome} eq 'ok' });
        my $x = $r->{results}[0];
        ok($x->{outcome} eq 'timeout' && $x->{message} =~ $case->[1], "$case->[0]: $x->{message}");
        ok($x->{seconds} >= 0.45 && $x->{seconds} - $r->{stalled} < 1.5, "$case->[0]: at its own limit, $x->{seconds} s");
        is($r->{results}[1]{outcome}, 'ok', "$case->[0]: the other one is reported");
    }
    my $r = fetch("--url=http://$server->{full}/", '--limit=0.5');
    is_deeply([$r->{results}[0]{outcome}, $r->{results}[0]{message} =~ /\Ano connection within/], ['timeout', 1],
        'no answer to the attempt to connect');
    outcome_is('continue', 'too-large', qr/headers of more than 65536 bytes/);
};

subtest 'the deadline' => sub {
    my @hang = map { ("--url=http://$server->{silent}/$_", "--url=$base/stalled-body/$_",
        "--url=http://$server->{full}/$_") } 1 .. 4;
    for my $seconds ($second, 2 * $second) {
        my $r = soonest($seconds + 0.1, sub { fetch(@hang, "--url=$base/ok/a.crl", "--deadline=$seconds") },
            sub { $_[0]{results}[12]{outcome} eq 'ok' && 12 == grep { $_->{outcome} eq 'timeout' } @{ $_[0]{results} } });
        is(scalar(grep { $_->{outcome} eq 'timeout' } @{ $r->{results} }), 12, "twelve that hang, deadline $seconds s");
        is($r->{results}[12]{outcome}, 'ok', 'and the thirteenth is reported');
        ok($r->{whole} >= $seconds - 0.01 && $r->{seconds} <= $seconds + 0.1, "it ends in time: $r->{whole} s of $seconds s")
            if $measured;
        is($r->{threads}, 1, 'nothing goes on behind it');
    }
    my $r = fetch((map { "--url=http://$server->{silent}/$_" } 1 .. 40), '--deadline=1.5');
    is(scalar(grep { $_->{outcome} eq 'timeout' } @{ $r->{results} }), 32, 'as many as go at once hang');
    is(scalar(grep { $_->{outcome} eq 'not-started' && $_->{attempts} == 0 } @{ $r->{results} }), 8,
        'the others were not started, and say so');
    $r = soonest(4.9, sub { fetch((map { "--url=http://$server->{silent}/$_" } 1 .. 40), "--url=$base/ok", '--deadline=5', '--limit=0.3') },
        sub { $_[0]{results}[40]{outcome} eq 'ok' });
    is($r->{results}[40]{outcome}, 'ok', 'each has its own limit, so that the last one has its turn');
    ok($r->{seconds} < 4.9, "before the deadline, after $r->{seconds} s");
};

subtest 'row 5: no whole answer' => sub {
    outcome_is('truncated', 'truncated', qr/ends early, after 500 bytes/);
    outcome_is('truncated/a.crl', 'truncated', qr/ends early, after 50000 bytes/);
    outcome_is('long-length', 'truncated', qr/ends early, after 1000 bytes/);
    is(outcome_is('short-length', 'ok', qr/\A\z/)->{kept}, 990, 'a shorter length counts: what is behind it is not read');
    outcome_is('chunk-cut', 'truncated', qr/ends early/);
    outcome_is('chunk-no-end', 'truncated', qr/ends early/);
    outcome_is('chunk-bad', 'truncated', qr/ends early.*chunk/);
    outcome_is('chunk-huge', 'truncated', qr/ends early/);
    outcome_is('cut-status', 'truncated', qr/inside its headers/);
    outcome_is('cut-headers', 'truncated', qr/inside its headers|ends early, after 0 bytes/);
    outcome_is('nul-header', 'http', qr/not an HTTP answer/);
    outcome_is('http09', 'http', qr/not an HTTP answer/);
    outcome_is('garbage', 'http', qr/not an HTTP answer/);
    outcome_is('bad-status', 'http', qr/not an HTTP answer|HTTP/);
    outcome_is('long-status', 'http', qr/not an HTTP answer|HTTP/);
    outcome_is($_, 'http', qr/not an HTTP answer/) for qw(negative-length text-length absurd-length two-lengths);
    outcome_is('partial', 'http', qr/HTTP 206/);
    my $r = fetch("--url=$base/truncated/a.crl", '--sink');
    is_deeply([@{ $r->{results}[0] }{qw(outcome begun)}], ['truncated', 1], 'a sink learns of it by the outcome');
};

subtest 'row 6: too much' => sub {
    for my $sink ([], ['--sink']) {
        outcome_is("$_/x", 'too-large', qr/limit/, @$sink) for qw(endless-body endless-chunks huge-length);
        outcome_is('gzip-transfer', 'too-large', qr/limit|bytes/, @$sink);
    }
    outcome_is($_, 'too-large', qr/headers of more than 65536 bytes/) for qw(endless-headers endless-header);
    outcome_is('endless-status', 'too-large', qr/headers of more than/);
    outcome_is('endless-trailer', 'too-large', qr/headers of more than/);
    outcome_is('endless-page', 'http', qr/HTTP 500/);
    outcome_is('gzip', 'http', qr/encoding that was not asked for/, '--max=10000000');
    my $r = fetch((map { ("--url=$base/endless-body/$_", "--url=$base/endless-headers/$_",
        "--url=$base/endless-header/$_") } 1 .. 10), '--max=4194304', '--sink');
    is(scalar(grep { $_->{outcome} eq 'too-large' } @{ $r->{results} }), 30, 'thirty floods at once');
    ok($r->{hwm_kib} <= $MEMORY, "and their memory: $r->{hwm_kib} KiB") if $measured;
};

subtest 'row 7: elsewhere' => sub {
    my $x = outcome_is('redirect/ok/a.crl', 'ok', qr/\A\z/);
    is_deeply([@$x{qw(redirects url)}], [1, "$base/ok/a.crl"], 'one redirect, counted, and where it led');
    $x = outcome_is("redirect,$_/ok", 'ok', qr/\A\z/) for qw(301 302 303 307 308);
    is(outcome_is('redirect/redirect/redirect/ok', 'ok', qr/\A\z/)->{redirects}, 3, 'three are followed');
    outcome_is('redirect/redirect/redirect/redirect/ok', 'http', qr{more than 3 redirects, the next one to http://\S+/ok\z});
    outcome_is('redirect-loop', 'http', qr{more than 3 redirects, the next one to \S+/redirect-loop});
    outcome_is('redirect-grow', 'http', qr/more than 3 redirects/);
    outcome_is('redirect-file', 'http', qr{redirected to file:///etc/hostname: is neither});
    outcome_is('redirect-ftp', 'http', qr{redirected to ftp://127});
    $x = outcome_is('redirect-secret', 'http', qr{redirected to http://127\.0\.0\.1:1/: the URL holds a user name});
    unlike("@$x{qw(message url)}", qr/word|user:/, 'neither user nor password is shown');
    outcome_is('redirect/redirect/redirect/redirect-secret', 'http', qr{redirected to http://127\.0\.0\.1:1/: the URL holds a user name});
    outcome_is('redirect-long', 'http', qr/longer than 2000 bytes/);
    outcome_is('redirect-nowhere', 'http', qr/HTTP 302/);
    outcome_is("redirect-to/$server->{closed}/x", 'connect', qr/refused/);
    $x = outcome_is("redirect-to/$server->{paths}/status,404/x", 'http', qr/HTTP 404/);
    is($x->{url}, "$base/status,404/x", 'the last place is named');
};

subtest 'row 8: something else' => sub {
    my $x = outcome_is('html', 'ok', qr/\A\z/);
    ok($x->{page} && $x->{content_type} eq 'text/html' && $x->{head} =~ /\A<!DOCTYPE html>/,
        'a page can be told by type and content');
    ok(outcome_is('html-untyped', 'ok', qr/\A\z/)->{page}, 'and by content alone');
    ok(!outcome_is('ok/a.crl', 'ok', qr/\A\z/)->{page}, 'a list is none');
    for my $status (204, 304, 400, 401, 403, 404, 410, 429, 500, 502, 503) {
        my $x = outcome_is("status,$status", 'http', qr/\AHTTP $status\z/);
        is($x->{status}, $status, "$status is told");
    }
    is_deeply([@{ outcome_is('status,404', 'http', qr/404/) }{qw(page head)}], [JSON::PP::true, '<html>page</html>'],
        'the beginning of its page is kept');
    $x = one('ok/a.crl', '--sink', '--refuse')->{results}[0];
    is_deeply([@$x{qw(outcome message)}], ['refused', 'this is not what was asked for'],
        'a sink ends a transfer with its own reason');
};

subtest 'row 10: proxies' => sub {
    my $u = '--url=http://origin.invalid/a.crl';
    my %cases = ('proxy-407' => ['proxy-auth', qr/\Athe proxy 127\S+ wants other credentials \(HTTP 407\)/],
        'proxy-403' => ['proxy', qr/\AHTTP 403 from the proxy 127/],
                 'proxy-503' => ['proxy', qr/\AHTTP 503 from the proxy/], 'origin-403' => ['http', qr/\AHTTP 403 through the proxy/],
                 'closed' => ['proxy', qr/\Aproxy 127\S+: Connection refused/], 'empty' => ['proxy', qr/./], 'endless-body' => ['too-large', qr/limit/]);
    for my $name (sort keys %cases) {
        my $r = fetch($u, "--proxy=http://$server->{$name}", '--limit=3');
        my $x = $r->{results}[0];
        ok($x->{outcome} eq $cases{$name}[0] && $x->{message} =~ $cases{$name}[1], "$name: $x->{outcome}, $x->{message}")
            or diag("wanted @{ $cases{$name} }");
        is($x->{proxy}, $server->{$name}, "$name: the proxy is named");
    }
    is(fetch($u, "--proxy=$server->{silent}", '--limit=0.4')->{results}[0]{outcome}, 'timeout', 'one that does not answer');
    is_deeply([map { my $x = fetch($u, '--proxy=http://px.invalid:8080')->{results}[0]; ($x->{outcome}, $x->{message}) } 1],
        ['proxy', 'name of the proxy px.invalid:8080 not resolved'], 'one without an address');

    # https through CONNECT
    for my $case (['proxy-407', 'proxy-auth', 407], ['proxy-403', 'proxy', 403], ['proxy-503', 'proxy', 503]) {
        my $x = fetch('--url=https://origin.invalid/', "--proxy=$server->{ $case->[0] }", '--limit=3')->{results}[0];
        is_deeply([@$x{qw(outcome status)}], [@$case[1, 2]], "CONNECT: $case->[0]: $x->{message}");
    }

    my $r = fetch($u, "--proxy=$server->{'proxy-echo'}", '--body');
    like($r->{results}[0]{body}, qr{\AGET http://origin\.invalid/a\.crl HTTP/1\.1\r\n}, 'it is asked for the whole URL');
    is($r->{vantage}, "via proxy $server->{'proxy-echo'}", 'the vantage point names it');
    like(fetch("--url=$base/ok")->{vantage}, qr/\Afrom \S+\z/, 'and without one this machine');

    my $px = "http://$server->{'proxy-echo'}";
    my $asked = sub { my ($url, @more) = @_; return fetch("--url=$url", '--limit=3', '--connect-to=::' . $server->{paths},
        @more)->{results}[0]{proxy} ne '' ? 'proxy' : 'direct' };
    my $plain = 'http://crl3.example/ok';
    is($asked->($plain, { env => { http_proxy => $px } }), 'proxy', 'http_proxy of the environment');
    is($asked->($plain, { env => { HTTP_PROXY => $px } }), 'direct', 'not HTTP_PROXY');
    is($asked->($plain, { env => { ALL_PROXY => $px } }), 'proxy', 'ALL_PROXY');
    is($asked->($plain, { env => { https_proxy => $px } }), 'direct', 'https_proxy is for https');
    is($asked->($plain, '--proxy=none', { env => { http_proxy => $px } }), 'direct', '--proxy=none');
    is($asked->($plain, { env => { http_proxy => $px, no_proxy => 'localhost,.example' } }), 'direct', 'no_proxy');
    is($asked->($plain, '--noproxy=other', { env => { http_proxy => $px, no_proxy => '*' } }), 'proxy',
        '--noproxy stands in for it');
    is($asked->($plain, "--proxy=$px", '--noproxy=crl3.example'), 'direct', '--proxy and --noproxy');
    my $x = fetch("--url=http://origin.invalid/redirect-to", "--proxy=$server->{'proxy-echo'}")->{results}[0];
    is($x->{outcome}, 'ok', 'asked there');
};

subtest 'row 11: clocks' => sub {
    my $r = fetch("--url=$base/ok", "--url=$base/date,4070908800");
    ok(abs($r->{clock_skew}) <= 2, "clocks agree: $r->{clock_skew}");
    is($r->{results}[1]{date}, 4070908800, 'the year 2099 is told');
    ok(fetch("--url=$base/date,4070908800")->{clock_skew} < -1e8, 'behind the server by decades');
    ok(fetch("--url=$base/date,1000000000")->{clock_skew} > 1e8, 'before it by decades');
    ok(abs(fetch("--url=$base/age,86400")->{clock_skew}) <= 2, 'a cache that tells the age of its copy');
    is(fetch("--url=$base/dateless", "--url=$base/bad-date")->{clock_skew}, undef, 'no date, no statement');
};

subtest 'rows 20 to 23: bytes from outside' => sub {
    my $x = outcome_is('evil', 'http', qr/\AHTTP 404\z/);
    outcome_is('evil-type', 'ok', qr/\A\z/);
    outcome_is('evil-redirect', 'http', qr/control characters/);
};

subtest 'retries' => sub {
    is(one('flaky,1/a')->{results}[0]{outcome}, 'connect', 'none by default');
    my $x = one('flaky,2/b', '--retry=2')->{results}[0];
    is_deeply([@$x{qw(outcome attempts)}], ['ok', 3], 'two retries after an empty reply');
    $x = one('flaky,2/503', '--retry=2')->{results}[0];
    is_deeply([@$x{qw(outcome attempts)}], ['ok', 3], 'after 503');
    $x = one('flaky,1/cut', '--retry=1', '--sink')->{results}[0];
    is_deeply([@$x{qw(outcome attempts sink_bytes begun)}], ['ok', 2, 1000, 2], 'after a cut body, from the start again');
    $x = one('flaky,9/c', '--retry=1')->{results}[0];
    is_deeply([@$x{qw(outcome attempts)}], ['connect', 2], 'no more than asked for');
    $x = one('status,404', '--retry=3')->{results}[0];
    is($x->{attempts}, 1, '404 is an answer');
    my $r = soonest($second + 0.1, sub { fetch("--url=$base/empty", '--retry=10', "--limit=$second") }, sub { $_[0]{results}[0]{outcome} eq 'connect' });
    is($r->{results}[0]{outcome}, 'connect', 'the reason stays');
    ok($r->{seconds} <= $second + 0.1, "within the limit of the transfer: $r->{seconds} s, $r->{results}[0]{attempts} attempts");
};

subtest 'row 24: secrets' => sub {
    my $file = save('auth', "username=mon\npassword=s3cret-word\n");
    chmod 0644, $file;
    like(fetch("--url=$base/ok", "--proxy-auth-file=$file")->{usage}, qr/others may read/,
        'a file that others can read is refused');
    chmod 0600, $file;
    my @through = ("--proxy=$server->{'proxy-echo'}", '--url=http://origin.invalid/', '--body');
    unlike(fetch(@through, "--proxy-auth-file=$file")->{results}[0]{body}, qr/Proxy-Auth/, 'not sent before the proxy asks');
    like(fetch("--url=$base/ok", '--proxy=http://mon:s3cret-word@127.0.0.1:1')->{usage}, qr/\A(?!.*s3cret).*--proxy-auth-file/,
        'never in a URL');
    like(fetch("--url=$base/ok", { env => { http_proxy => 'http://mon:s3cret-word@127.0.0.1:1' } })->{usage},
        qr/\A(?!.*s3cret).*http_proxy.*--proxy-auth-file/, 'nor in the environment');
    my ($seen, $environment) = ('', '');
    my $proxy = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1, Timeout => 20) or die "listen: $!";
    fetch('--proxy=127.0.0.1:' . $proxy->sockport, '--url=http://origin.invalid/', "--proxy-auth-file=$file", '--limit=5', {
        started => sub {
            my ($pid) = @_;
            my $asked = $proxy->accept or return;    # it runs, and waits for an answer
            ($seen, $environment) = map { slurp("/proc/$pid/$_") } qw(cmdline environ);
        },
    });
    ok($seen =~ /proxy-auth-file/ && "$seen$environment" !~ /s3cret/,
        'neither in the arguments nor in the environment while it runs');
};

subtest 'options' => sub {
    my %bad = ('--proxy=socks5://a:1' => qr/only proxies spoken to in plain HTTP/, '--proxy=px' => qr/names no port/,
        '--proxy=px:0' => qr/not a port/, '--proxy=px:70000' => qr/not a port/,
               '--proxy=' => qr/is not a proxy/, '--proxy=http://a b:1' => qr/proxy/, '--proxy=[::g]:1' => qr/is not a proxy/, '--proxy-auth-file=/nonexistent' => qr/No such file/,
               '--connect-to=a:1:b' => qr/HOST:PORT:HOST:PORT/, '--connect-to=a:x:b:1' => qr/HOST:PORT:HOST:PORT/, '--connect-to=a:1:b:70000' => qr/HOST:PORT:HOST:PORT/,
               "--user-agent=a\nb" => qr/control characters/);
    like(fetch("--url=$base/ok", $_)->{usage}, $bad{$_}, "refused: " . s{\n}{\\n}r) for sort keys %bad;
    like(fetch("--url=$base/ok", '-4', '-6')->{usage}, qr/exclude each other/, 'refused: -4 -6');
    my $x = fetch('--url=http://crl3.digicert.com/ok/a.crl', "--connect-to=crl3.digicert.com:80:$server->{paths}")->{results}[0];
    is($x->{outcome}, 'ok', '--connect-to');
    is(fetch('--url=http://[::1]:1/', '-4')->{results}[0]{outcome}, 'unable', '-4 and an IPv6 address');
    is(fetch('--url=http://127.0.0.1:1/', '-6')->{results}[0]{outcome}, 'unable', '-6 and an IPv4 address');
};

# What a test started ends with it, also where that is killed and cleans nothing up.
subtest 'servers end with their test' => sub {
    my $waits = 'fork; $| = 1; print "up\n"; close STDOUT; sleep 600';
    my %program = (
        'one that never reads' => [$^X, '-e', $waits], 'one that ignores signals' => [$^X, '-e', "\$SIG{\$_} = 'IGNORE' for qw(TERM INT HUP); $waits"],
        'one of Perl code' => [sub { fork; $| = 1; print "up\n"; close STDOUT; sleep 600 }],
    );
    # One end of a pipe is held by the program and by all that it starts; the other is at its end when they are gone.
    my $start = sub {
        my ($held, @program) = @_;
        fcntl $held, F_SETFD, 0;
        my ($pid, $out) = start_program(@program);
        readline $out;
        return $pid;
    };
    my $gone = sub { my ($alive) = @_; return IO::Select->new($alive)->can_read(20) && !sysread($alive, my $byte, 1) };
    for my $name (sort keys %program) {
        pipe my $alive, my $held or die "pipe: $!";
        my $test = fork // die "fork: $!";
        if ($test == 0) {
            $start->($held, @{ $program{$name} });
            kill KILL => $$;
        }
        close $held;
        waitpid $test, 0;
        is($? & 127, 9, "$name: the test that started it was killed");
        ok($gone->($alive), "$name: ended, with what it had started");
        pipe $alive, $held or die "pipe: $!";
        my $pid = $start->($held, @{ $program{$name} });
        close $held;
        ok(!IO::Select->new($alive)->can_read(0), "$name: runs");
        stop_program($pid);
        ok($gone->($alive), "$name: stopped");
    }
};

subtest 'own limits are not the other side\'s fault' => sub {
    plan skip_all => 'under another program' if $ENV{SCP_WRAPPER};
    my $r = fetch("--url=$base/ok", { before => ['/bin/sh', '-c', 'ulimit -n 5; exec "$@"', 'sh'],
        child => sub { POSIX::close($_) for 3 .. 63 } });
    is($r->{results}[0]{outcome}, 'unable', "no descriptors: $r->{results}[0]{message}");
};
done_testing();
