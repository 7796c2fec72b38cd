#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The fault model through check_scp_revocation: every way that a server, a proxy or a network goes wrong is a finding about that
# endpoint, with its reason class; all others are still reported; nothing is ever OK that was not seen to be; time and memory stay
# within their bounds.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Pki;
use Scp;
use Servers qw(fault_server free_port tls_front start_program stop_program soonest namespaces);
use Test::More;
use Time::HiRes qw(time);

my $NAME = 'check_scp_revocation';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
which('openssl') or plan skip_all => 'openssl is not here';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };
my $measured = !sanitized($NAME);
my ($PLAIN_MEMORY, $TLS_MEMORY) = (16 * 1024, 32 * 1024);    # KiB

# --- What is served: a CRL and an OCSP answer, whole or by every fault ---

my $ca = authority('Fault Test CA');
my $leaf = certificate_of($ca, 'leaf', serial => '0b0c');
my $root = scratch('site');
mkdir $root;
write_bytes("$root/list.crl", crl($ca, revoked => [map { [sprintf('%04x', 0x1000 + $_), time - 86_400, 1] } 1 .. 400]));
write_bytes("$root/answer.ocsp", ocsp_answer($ca, $leaf));
write_bytes("$root/ca.crt", $ca->{der});
my @PORTS = qw(full closed silent drop drop-reset banner proxy-407 proxy-403 proxy-503 origin-403 empty slow-headers endless-headers);
my $server = fault_server("--root=$root", @PORTS);
my $base = "http://$server->{paths}";

my $profiles = 0;
sub profile    # profile(id => [url, kind]…)
{
    my (%endpoint) = @_;
    my %more = (crl => { issuer => 'test' }, ocsp => { issuer => 'test', serial => $leaf->{serial} },
        aia => { sha1 => fingerprint($ca->{der}) }, http => {});
    my $text = "[profile]\nname = faults\nas_of = 2026-11-01\nabout = faults\n\n" . issuer_section('test', $ca);
    $text .= endpoint_section($_, url => $endpoint{$_}[0], kind => $endpoint{$_}[1], %{ $more{ $endpoint{$_}[1] } })
        for sort keys %endpoint;
    return '--profile=' . save('faults' . ++$profiles . '.ini', $text, time);
}

my %GOOD = (y_crl => ["$base/ok/list.crl", 'crl'], z_ocsp => ["$base/ok/answer.ocsp", 'ocsp'], z_aia => ["$base/ok/ca.crt", 'aia']);

sub endpoints { my ($r) = @_; return map { ($_->{id} => $_) } @{ $r->{json}{facts}{endpoints} // [] } }

my $LIMIT = 1.2;

# What is good is answered at once, but for a slow build and a machine that has other work: the limit of a request grows until it is.
# The run of the last limit, and that limit.
sub patiently
{
    my ($limit, $answered, @command) = @_;
    my $seconds = sub { return $_[0]{seconds} // 0 };
    my $r;
    for my $factor (1, 5, 25) {
        my $longer = $limit * $factor;
        my @limits = ("--response-time=$longer,$longer", '-t', 3 * $longer);
        $r = (grep { $_ eq '-v' } @command) ? run_json([@command, @limits]) : run([@command, @limits, '-o', 'plugin'], rss => 1);
        return ($r, $longer) if $answered->($r) && $seconds->($r) <= $longer + 1.8;
    }
    return ($r, 25 * $limit);
}
sub good_ones { my %s = endpoints($_[0]); return !grep { ($s{$_}{class} // '') ne 'ok' } keys %GOOD }

# One endpoint goes wrong: its class, what is said of it, CRITICAL; the other three are reported as good.
sub fault
{
    my ($fault, $class, $message, %o) = @_;
    my $url = $o{url} // "$base/$fault/" . ($o{file} // 'list.crl');
    my @command = ($NAME, profile(%GOOD, x => [$url, $o{kind} // 'crl']), @{ $o{more} // [] });
    my ($r) = patiently($LIMIT, \&good_ones, @command, '-v');
    my %seen = endpoints($r);
    my $x = $seen{x} // {};
    ok(($x->{class} // '') eq $class && ($x->{message} // '') =~ $message, "$fault: $class, " . ($x->{message} // ''))
        or diag(($x->{class} // '-') . ", wanted $class: $message");
    is(join(' ', map { "$_:" . ($seen{$_}{class} // '-') } sort keys %GOOD), 'y_crl:ok z_aia:ok z_ocsp:ok',
        "$fault: the others are reported");
    is($r->{code}, $o{code} // 2, "$fault: " . state_name($o{code} // 2));
    my ($plain, $limit) = patiently($LIMIT, sub { $_[0]{out} =~ /endpoints_ok=3;/ }, @command);
    is($plain->{code}, $o{code} // 2, "$fault: the same as a plugin");
    like($plain->{out}, qr/\ASCP REVOCATION (?:CRITICAL|UNKNOWN) .*\| endpoints_ok=3;;;0;4 /, "$fault: counted");
    ok($plain->{rss} <= ($o{memory} // $PLAIN_MEMORY), "$fault: memory, $plain->{rss} KiB") if $measured && $plain->{rss};
    ok($plain->{seconds} <= $limit + 1.8, "$fault: time, $plain->{seconds} s") if $measured && defined $plain->{seconds};
    return ($x, $plain);
}

{
    my $r = run_json([$NAME, profile(%GOOD, x => ["$base/chunked/list.crl", 'crl']), '-v']);
    is($r->{code}, 0, 'without a fault: OK');
    my $plain = run([$NAME, profile(%GOOD), '-o', 'plugin'], rss => 1);
    ok($plain->{rss} <= $PLAIN_MEMORY, "memory without a fault: $plain->{rss} KiB") if $measured && $plain->{rss};
}

subtest 'rows 1 to 3: no connection' => sub {
    fault('a name that does not exist', 'dns', qr/not resolved/, url => 'http://name.invalid/x.crl');
    fault('closed', 'connect', qr/Connection refused/, url => "http://$server->{closed}/x.crl");
    fault($_, 'connect', qr/closed|reset|Empty/) for qw(empty reset);
    fault($_, 'connect', qr/closed|reset|Empty/, url => "http://$server->{$_}/") for qw(drop drop-reset);
    fault('full', 'timeout', qr/no connection within [\d.]+ s/, url => "http://$server->{full}/");
    fault('silent', 'timeout', qr/no answer within [\d.]+ s/, kind => $_) for qw(crl http);
};

subtest 'a resolver that hangs holds up nothing else, and does not outlive the deadline' => sub {
    my $hangs = plugin_path('x') =~ s{plugins/x\z}{tests/tools/slowdns.so}r;
    plan skip_all => 'the preload that never resolves a name is not built (glibc only)' if !-e $hangs;
    plan skip_all => 'a sanitizer wants to be loaded first' if !$measured;
    my %bad = map { ("x$_" => ["http://$_.hangs.test/x.crl", 'crl']) } 1 .. 3;
    for my $limit (['of the deadline', '-t', 3], ['of a request', "--response-time=$LIMIT,$LIMIT", '-t', 20]) {
        my ($name, @limit) = @$limit;
        my $began = time;
        my $r = run_json([$NAME, profile(%GOOD, %bad), '-v', @limit], env => { LD_PRELOAD => $hangs });
        my %e = endpoints($r);
        is($r->{code}, 2, "limit $name: CRITICAL");
        is($e{"x$_"}{class}, 'dns', "x$_: dns") for 1 .. 3;
        like($e{x1}{message} // '', qr/not resolved|name/, 'said of the name');
        is($e{$_}{class}, 'ok', "$_ is reported") for sort keys %GOOD;
        cmp_ok(time - $began, '<', 15, 'in time');
    }
};

subtest 'row 4: never done' => sub {
    fault($_, 'timeout', qr/within [\d.]+ s/) for qw(slow-headers slow-body stalled-body continue-slow);
    fault('continue', 'too-large', qr/headers of more than/);
};

subtest 'row 5: no whole answer' => sub {
    fault($_, 'truncated', qr/ends early/) for qw(truncated long-length reset-body chunk-cut chunk-no-end chunk-bad chunk-huge);
    fault('truncated', 'truncated', qr/ends early/, file => 'answer.ocsp', kind => 'ocsp');
    fault('reset-headers', 'truncated', qr/./);
    fault($_, 'http', qr/not an HTTP answer/) for qw(nul-header http09 garbage two-lengths negative-length absurd-length);
    fault('banner', 'http', qr/not an HTTP answer/, url => "http://$server->{banner}/");
    fault('partial', 'http', qr/HTTP 206/);
    my ($x) = fault('short-length', 'truncated', qr/./);
};

subtest 'row 6: too much' => sub {
    fault($_, 'too-large', qr/limit|headers/) for qw(huge-length endless-headers endless-header endless-status);
    fault('endless-body', 'too-large', qr/limit/, kind => 'ocsp', file => 'x');
    fault('endless-chunks', 'too-large', qr/limit/, kind => 'aia', file => 'x');
    fault('gzip-transfer', 'too-large', qr/limit/, kind => 'ocsp', file => 'x');
    fault('endless-page', 'http', qr/HTTP 500/);
    fault('gzip', 'http', qr/encoding/);
    # An endless list: what is no CRL is told by its first bytes, long before any limit.
    fault('endless-body', 'type', qr/./, file => 'x');
};

subtest 'row 7: elsewhere' => sub {
    fault('redirect-loop', 'http', qr/more than 3 redirects/);
    fault('redirect-file', 'http', qr{redirected to file:///etc/hostname});
    fault("redirect-to/$server->{closed}", 'connect', qr/refused/);
};

subtest 'row 8: something else' => sub {
    fault('html', 'intercepted', qr{text/html instead of a CRL}, kind => 'crl');
    fault('html', 'intercepted', qr{text/html instead of an OCSP response}, kind => 'ocsp', file => 'x');
    fault('html', 'intercepted', qr{text/html instead of a certificate}, kind => 'aia', file => 'x');
    fault('html', 'intercepted', qr{text/html}, kind => 'http', file => 'x');
    fault('html-untyped', 'intercepted', qr{HTML}, kind => 'crl');
    fault('nothing', 'type', qr/empty|0 bytes/);
    fault("status,$_", 'http', qr/HTTP $_/) for 204, 403, 404, 500, 503;
};

subtest 'row 9: TLS' => sub {
    my $expired = certificate_of($ca, 'localhost', days => -1, ext => "subjectAltName=IP:127.0.0.1\n");
    my $own = certificate_of($ca, "evil \e[31m<script>|a=1", ext => "subjectAltName=IP:127.0.0.1\n");
    my $front = tls_front($own->{file}, $own->{key}, $server->{paths});
    my ($x) = fault('https', 'intercepted', qr/intercepted by CN=Fault Test CA/, url => "https://$front/ok/list.crl",
        memory => $TLS_MEMORY);
    fault('https, expired', 'intercepted', qr/CN=Fault Test CA/,
        url => 'https://' . tls_front($expired->{file}, $expired->{key}, $server->{paths}) . '/ok/list.crl', memory => $TLS_MEMORY);
    fault('https, no TLS', 'tls', qr/./, url => "https://$server->{banner}/list.crl", memory => $TLS_MEMORY);
    fault('http to https', 'intercepted', qr/Fault Test CA/, url => "$base/redirect-https/$front/ok/list.crl",
        memory => $TLS_MEMORY);
};

subtest 'row 10: proxies' => sub {
    my @origins = map { ("e$_" => ["http://origin$_.example/list.crl", 'crl']) } 1 .. 3;
    for my $case (['proxy-407', 'proxy-auth', 407], ['proxy-403', 'proxy', 403], ['proxy-503', 'proxy', 503],
        ['origin-403', 'http', 403], ['closed', 'proxy', 0], ['silent', 'timeout', 0]) {
        my ($name, $class, $status) = @$case;
        my @command = ($NAME, profile(@origins), "--proxy=http://$server->{$name}", "--response-time=$LIMIT,$LIMIT");
        my %seen = endpoints(run_json([@command, '-v']));
        is(join(' ', map { "$_->{class}:" . ($_->{http_status} // 0) } map { $seen{"e$_"} } 1 .. 3),
            join(' ', ("$class:$status") x 3), "$name: $class for each");
        my $r = run([@command, '-o', 'plugin']);
        is($r->{code}, 2, "$name: CRITICAL");
        like($r->{out}, qr/\ASCP REVOCATION CRITICAL \(via proxy \Q$server->{$name}\E\) - /, "$name: the vantage point");
    }
};

subtest 'rows 20 to 23: bytes from outside' => sub {
    for my $case (['evil', 'http'], ['evil-redirect', 'http'], ['evil-type', 'intercepted', 'text']) {
        my ($x, $plain) = fault($case->[0], $case->[1], qr/./, kind => $case->[2] ? 'ocsp' : 'crl', file => 'x');
        unlike($plain->{out}, qr/\e|<script|\x07|\xe2\x80\xae|\|evil=1/, "$case->[0]: escaped");
        is(scalar(() = $plain->{out} =~ /\|/g), 1, "$case->[0]: one bar");
    }
};

subtest 'every fault at once' => sub {
    my @faults = (qw(empty reset silent slow-headers slow-body stalled-body continue truncated reset-body chunk-bad nul-header http09 garbage endless-body endless-chunks huge-length
        endless-headers endless-header endless-page gzip gzip-transfer redirect-loop redirect-file html nothing evil evil-type evil-redirect), 'status,404');
    my @command = ($NAME, profile(%GOOD, map { ("f$_" => ["$base/$faults[$_]/list.crl", 'crl']) } 0 .. $#faults));
    my %seen = endpoints((patiently(2, \&good_ones, @command, '-v'))[0]);
    is(join(' ', map { "$_:$seen{$_}{class}" } sort keys %GOOD), 'y_crl:ok z_aia:ok z_ocsp:ok', 'the good ones are reported');
    is_deeply([grep { $seen{"f$_"}{class} eq 'ok' } 0 .. $#faults], [], 'none of the others is');
    my ($r, $limit) = patiently(2, sub { $_[0]{out} =~ /endpoints_ok=3;/ }, @command);
    is($r->{code}, 2, 'CRITICAL');
    ok($r->{rss} <= $PLAIN_MEMORY, 'memory: ' . $r->{rss} . ' KiB') if $measured && $r->{rss};
    ok($r->{seconds} <= $limit + 3, "time: $r->{seconds} s") if $measured && defined $r->{seconds};
    my $all = @faults + 3;
    like($r->{out}, qr/endpoints_ok=3;;;0;$all /, 'counted');
};

subtest 'every kind flooded at once' => sub {
    for my $fault (qw(endless-body endless-chunks huge-length endless-headers gzip-transfer)) {
        my $n = 0;
        my @flooded = map { ('f' . $n++ => ["$base/$fault/x$n",
            $_]) } qw(crl crl crl crl ocsp ocsp ocsp aia aia aia ctl ctl http http);
        my ($r) = patiently(8, sub { $_[0]{out} =~ /endpoints_ok=1;/ }, $NAME, profile(@flooded, y_crl => $GOOD{y_crl}));
        is($r->{code}, 2, "$fault: CRITICAL");
        like($r->{out}, qr/endpoints_ok=1;;;0;15 /, "$fault: the fifteenth is counted");
        ok($r->{rss} <= $PLAIN_MEMORY, "$fault: memory, $r->{rss} KiB") if $measured && $r->{rss};
    }
};

subtest 'rows 3 and 4: the deadline' => sub {
    my %hang = map { ("h$_" => ["http://$server->{ (qw(silent full slow-headers))[$_ % 3] }/x", 'crl']) } 1 .. 10;
    for my $t (1, 2.5) {
        my $r = soonest($t + 0.1, sub { run([$NAME, profile(%hang, y_crl => $GOOD{y_crl}), '-t', $t, '-o', 'plugin'], rss => 1) },
            sub { $_[0]{out} =~ /endpoints_ok=1;/ });
        is($r->{code}, 2, "ten of eleven hang, -t $t: CRITICAL");
        like($r->{out}, qr/\ASCP REVOCATION CRITICAL .*10 endpoints did not answer within.*endpoints_ok=1;;;0;11 /,
            "-t $t: said in one sentence, the eleventh is counted");
        ok($r->{seconds} <= $t + 0.1, "-t $t: over after $r->{seconds} s") if $measured && defined $r->{seconds};
    }
    my $r = soonest(1.1, sub { run([$NAME, profile(map { ("h$_" => ["http://$server->{silent}/$_", 'crl']) } 1 .. 40), '-t', 1,
        '-o', 'plugin'], rss => 1) });
    is($r->{code}, 2, 'forty that hang');
    ok($r->{seconds} <= 1.1, "over after $r->{seconds} s") if $measured && defined $r->{seconds};
};

# Waits until the process holds a socket, that is until it has begun to ask.
sub until_asking
{
    my ($pid) = @_;
    my $until = time + 10;
    while (time < $until) {
        return if grep { (readlink // '') =~ /\Asocket:/ } glob "/proc/$pid/fd/*";
        select undef, undef, undef, 0.01;
    }
    return;
}

subtest 'rows 13 and 14: streams and signals' => sub {
    my @command = ($NAME, profile(x => ["http://$server->{silent}/x", 'crl']), '--response-time=0.2,0.4', '-o', 'plugin');
    is(run([@command], stdout => '/dev/full', any => 1)->{code}, 3, '/dev/full: UNKNOWN');
    is(run([@command], closed => 1, any => 1)->{code}, 3, 'standard output closed: UNKNOWN');
    plan skip_all => 'the signal would be for the program around it' if $ENV{SCP_WRAPPER};
    for my $signal (15, 2, 1) {
        my $ended;
        my $r = run([$NAME, profile(x => ["http://$server->{silent}/x", 'crl']), '-o', 'plugin'],
            started => sub { until_asking($_[0]); $ended = time; kill $signal => $_[0] });
        is($r->{code}, 3, "signal $signal: UNKNOWN");
        like($r->{out}, qr/\ASCP REVOCATION UNKNOWN - terminated by signal $signal while asking the endpoints\n\z/,
            "signal $signal: says so");
        ok(time - $ended < 1, "signal $signal: soon");
    }
};

subtest 'row 24: secrets' => sub {
    my $file = save('auth', "username=mon\npassword=s3cret-word\n");
    chmod 0600, $file;
    my ($arguments, $environment) = ('', '');
    my @command = ($NAME, profile(x => ["http://origin.example/x", 'crl']), "--proxy=$server->{silent}", "--proxy-auth-file=$file",
        '--response-time=0.2,0.4', '-vvv');
    for my $output (qw(plugin json terminal)) {
        my $r = run([@command, '-o', $output], started => sub { until_asking($_[0]); $arguments .= slurp("/proc/$_[0]/cmdline"); $environment .= slurp("/proc/$_[0]/environ") });
        unlike($r->{out} . $r->{err}, qr/s3cret/, "not in -o $output -vvv");
    }
    ok("$arguments$environment" !~ /s3cret/, 'neither in the arguments nor in the environment');
    chmod 0604, $file;
    my $r = run([@command]);
    is($r->{code}, 3, 'a file that others can read: UNKNOWN');
    like($r->{out}, qr/others may read/, 'and why');
    $r = run([$NAME, profile(%GOOD), '--proxy=http://mon:s3cret-word@127.0.0.1:1']);
    ok($r->{code} == 3 && $r->{out} !~ /s3cret/, 'a password in --proxy is refused, and not repeated');
};

subtest 'row 25: locales and zones' => sub {
    my $p = profile(%GOOD, x => ["$base/silent/x", 'crl']);
    my %seen;
    for my $locale (qw(C tr_TR.UTF-8 ja_JP.UTF-8 de_DE.UTF-8)) {
        my $r = run([$NAME, $p, "--response-time=$LIMIT,$LIMIT", '-o', 'plugin'],
            env => { LC_ALL => $locale, TZ => $locale eq 'C' ? 'UTC' : 'Asia/Kolkata' });
        $seen{ $r->{out} =~ s/time=[\d.]+s|ttl\w*=\d+s|within [\d.]+ s//gr } = 1;
    }
    is(scalar(keys %seen), 1, 'the same in every locale and zone') or diag(join '', keys %seen);
};

SKIP: {
    skip 'no private namespaces here', 1 if $ENV{SCP_WRAPPER} || !namespaces() || !which('ip') || !-x '/usr/bin/time';
    subtest 'row 1: a resolver that never answers' => sub {
        my $resolver = save('resolv.conf', "nameserver 127.0.0.53\n");
        my $dns = save('dns.pl', 'use IO::Socket::IP; my $s = IO::Socket::IP->new(LocalHost => "127.0.0.53", LocalPort => 53, Proto => "udp") or die; $| = 1; print "ready\n"; <STDIN>;');
        my ($out, $times) = (scratch('ns.out'), scratch('ns.time'));
        chmod 0644, $resolver, $dns;
        my $profile = profile(map { ("e$_" => ["http://host$_.example/x", 'crl']) } 1 .. 10);
        my $script = "ip link set lo up && mount --bind $resolver /etc/resolv.conf || exit 77\nmkfifo " . scratch('fifo')
            . "; exec 9<>" . scratch('fifo') . "\n" .
            "$^X $dns <&9 > " . scratch('dns.ready') . " & p=\$!\nfor i in 1 2 3 4 5 6 7 8 9 10; do grep -q ready " . scratch('dns.ready') . " && break; sleep 0.1; done\n" .
            "/usr/bin/time -q -f %e -o $times " . plugin_path($NAME) . " $profile -t 1 -o plugin > $out; rc=\$?; kill \$p; exit \$rc";
        my $stalled = stalled();
        my $code = system(which('unshare'), '-rmn', '--fork', '--pid', '--mount-proc', '--kill-child', '/bin/sh', '-c',
            $script) >> 8;
        plan skip_all => 'no private namespace' if $code == 77;
        is($code, 2, 'ten names that are never resolved: CRITICAL');
        like(slurp($out), qr/\ASCP REVOCATION CRITICAL .*not resolved.*endpoints_ok=0;;;0;10 /, 'and why');
        my ($seconds) = slurp($times) =~ /([\d.]+)/;
        ok($seconds - (stalled() - $stalled) <= 1.1, "the process is over after $seconds s of 1 s") if $measured;
    };
}
done_testing();
