#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_revocation from outside: options, lists, levels and groups, every finding with a case that raises it and one that
# must not, one CRL or OCSP answer by itself, thresholds, deadlines.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use Pki;
use POSIX qw(strftime);
use Scp;
use Test::More;

-x (plugin_path('check_scp_revocation') // '') or plan skip_all => 'check_scp_revocation is not built';
which('openssl') or plan skip_all => 'openssl is not installed';
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};

my $now = time;
my @PLUGIN = ('check_scp_revocation');

# --- What is served: one host per kind, one path per case ---

my $ca = authority('Revocation Test CA');
my $other = authority('Another CA', key => 'rsa');
my $namesake = authority('Revocation Test CA');
my $leaf = certificate_of($ca, 'leaf', serial => '0b0c6b2c');
my $bad_leaf = certificate_of($ca, 'bad leaf', serial => '0bad');
my $delegate = certificate_of($ca, 'responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
my $checked = certificate_of($ca, 'responder to be checked', ext => "extendedKeyUsage=OCSPSigning\n");
my $stranger = certificate_of($other, 'stranger', ext => "extendedKeyUsage=OCSPSigning\n");
my $PAGE = "<!DOCTYPE html><html><head><title>Please log in</title></head><body>Welcome to the hotel</body></html>";
my %PAGE = (headers => { 'Content-Type' => 'text/html; charset=utf-8' }, body => $PAGE);
my $good_crl = crl($ca, revoked => [['0bad', $now - 86_400, 1]]);

sub dated
{
    my ($offset, $body) = @_;
    return sub { return { body => $body, headers => { Date => strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime time + $offset) } } };
}
sub every { my ($host, %paths) = @_; return map { ("$host$_" => $paths{$_}) } keys %paths }

my %TYPE = (headers => { 'Content-Type' => 'application/ocsp-response' });
my $flaky = pki_dir() . '/flaky';
my %site = (
    every('crl.example',
        '/good' => $good_crl,
        '/expired' => crl($ca, this => $now - 9 * 86_400, next => $now - 3600),
        '/forged' => crl($ca, signer => $namesake),
        '/page' => { %PAGE }, '/empty' => '',
        '/text' => "this is no list\n", '/cut' => substr($good_crl, 0, -20),
        '/future' => crl($ca, this => $now + 3600),
        '/other' => crl($other),
        '/critical' => crl($ca, extensions => [Pki::extension('1.2.3.4', 1, der_tlv(0x05))]),
        '/renamed' => crl($ca, issuer => subject_der($other)),
        '/late' => crl($ca, this => $now - 5 * 86_400, extensions => [Pki::extension('1.3.6.1.4.1.311.21.4', 0, Pki::crl_time($now - 2 * 86_400))]),
        '/in-time' => crl($ca, this => $now - 5 * 86_400, extensions => [Pki::extension('1.3.6.1.4.1.311.21.4', 0, Pki::crl_time($now + 86_400))]),
        '/no-number' => crl($ca, number => undef),
        '/soon' => crl($ca, this => $now - 7 * 86_400, next => $now + 3600),
        '/short' => crl($ca, this => $now - 3600, next => $now + 7200),
        '/long' => crl($ca, this => $now - 3600, next => $now + 300 * 86_400),
        '/500' => { status => '500 Internal Server Error', body => 'x' }, '/403' => { status => '403 Forbidden', %PAGE },
        '/hang' => { hang => 1 }, '/reset' => { reset => 1 }, '/delay' => { body => $good_crl, delay => 1.2 },
        '/moved' => { status => '302 Found', headers => { Location => 'http://elsewhere.example/good' } },
        '/moved-here' => { status => '302 Found', headers => { Location => '/good' } },
        '/loop' => { status => '302 Found', headers => { Location => '/loop' } },
        '/fast-clock' => dated(7290, $good_crl), '/same-clock' => dated(0, $good_crl),
        '/flaky' => sub { return $good_crl if -e $flaky; write_bytes($flaky, '1'); return { reset => 1 } },
        '/lying' => { body => substr($good_crl, 0, 50), headers => { 'Content-Length' => 5000 } },
        '/hostile' => { status => "500 <script>|evil=1 \e[31m\xC2\x9B\xE2\x80\xAE", body => 'x' },
    ),
    'crl2.example/good' => $good_crl, 'elsewhere.example/good' => $good_crl,
    'ocsp.example/good/' => { %TYPE, body => ocsp_answer($ca, $leaf) },
    'ocsp.example/delegate/' => { %TYPE, body => ocsp_answer($ca, $leaf, signer => $delegate) },
    'ocsp.example/delegate-checked/' => { %TYPE, body => ocsp_answer($ca, $leaf, signer => $checked) },
    'ocsp.example/revoked/' => ocsp_answer($ca, $leaf, status => 'R'),
    'ocsp.example/unknown/' => ocsp_answer($ca, $leaf, status => 'unknown'),
    'ocsp.example/stranger/' => ocsp_answer($ca, $leaf, signer => $stranger),
    'ocsp.example/no-next/' => ocsp_answer($ca, $leaf, minutes => undef),
    'ocsp.example/try-later/' => pack('H*', '30030a0103'),
    'ocsp.example/page/' => { %PAGE },
    'aia.example/good' => $ca->{der}, 'aia.example/other' => $other->{der}, 'aia.example/page' => { %PAGE }, 'aia.example/pem' => $ca->{pem}, 'aia.example/empty' => '',
    'old.example/200' => 'anything', 'old.example/400' => { status => '400 Bad Request' }, 'old.example/404' => { status => '404 Not Found', body => 'no' },
    'old.example/403' => { status => '403 Forbidden' }, 'old.example/407' => { status => '407 Proxy Authentication Required' },
    'old.example/500' => { status => '503 Service Unavailable' }, 'old.example/page' => { %PAGE }, 'old.example/404-page' => { %PAGE, status => '404 Not Found' },
    'old.example/delay' => { body => 'x', delay => 1.2 },
);
my $port = web(\%site);
my $closed = do { my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0,
    Listen => 1); my $p = $s->sockport; close $s; $p };
my @HOSTS = qw(crl.example crl2.example ocsp.example aia.example old.example elsewhere.example);
my @TO = map { "--connect-to=$_:80:127.0.0.1:$port" } @HOSTS;

sub sha1_of { return fingerprint($_[0]{der}) }

# profile(id => { … or path only }…): the five usual endpoints with changes; undef leaves one out.
my %USUAL = (
    a_crl => { url => 'http://crl.example/good', kind => 'crl', issuer => 'test' },
    b_crl => { url => 'http://crl2.example/good', kind => 'crl', issuer => 'test' },
    c_ocsp => { url => 'http://ocsp.example/good', kind => 'ocsp', issuer => 'test', serial => $leaf->{serial} },
    d_aia => { url => 'http://aia.example/good', kind => 'aia', sha1 => sha1_of($ca) },
    e_http => { url => 'http://old.example/200', kind => 'http', level => 'legacy' },
);
my $profiles = 0;

sub profile
{
    my (%o) = @_;
    my $text = "[profile]\nname = test\nas_of = 2026-11-01\nabout = test\n\n" . issuer_section('test', $ca);
    for my $id (sort keys %{ { %USUAL, %o } }) {
        next if exists $o{$id} && !defined $o{$id};
        my $change = $o{$id} // {};
        $change = { url => ($USUAL{$id}{url} =~ s{\A(http://[^/]+)/.*}{$1/$change}r) } if !ref $change;
        $text .= endpoint_section($id, %{ $USUAL{$id} // {} }, %$change);
    }
    return '--profile=' . save('profile' . ++$profiles . '.ini', $text, time);
}

sub probe { my ($profile, @more) = @_; return [@PLUGIN, $profile, @TO, @more] }
sub only { my ($id, %o) = @_; return profile((map { $_ => undef } grep { $_ ne $id } keys %USUAL), %o) }
sub endpoint_of { my ($r, $id) = @_; return (grep { $_->{id} eq $id } @{ $r->{json}{facts}{endpoints} // [] })[0] // {} }

# --- All is well ---

my $all_good = profile();
{
    my $r = verdict('all good', probe($all_good, '-v'), 'OK',
        { 'revocation.valid' => 'OK', 'revocation.endpoints' => 'OK', 'revocation.clock' => undef, 'revocation.redirected' => undef, 'revocation.none' => undef },
        qr/SCP REVOCATION OK \(from [^)]+\) - 4 of 4 endpoints valid, soonest expiry c_ocsp in [34] days \| endpoints_ok=4;;;0;4 legacy_ok=1;;;0;1 time=0\.?\d*s;2;8;0 ttl_min=\d+s a_crl_ttl=\d+s b_crl_ttl=\d+s c_ocsp_ttl=\d+s$/m);
    my @e = @{ $r->{json}{facts}{endpoints} };
    is(join(' ', map { "$_->{id}:$_->{kind}:$_->{class}:$_->{http_status}" } @e),
        'a_crl:crl:ok:200 b_crl:crl:ok:200 c_ocsp:ocsp:ok:200 d_aia:aia:ok:200 e_http:http:ok:200',
        'facts.endpoints: id, kind, class, status');
    is($e[0]{bytes}, length $good_crl, 'facts.endpoints: bytes');
    is($e[2]{serial_status}, 'good', 'facts.endpoints: serial_status');
    is($e[0]{serial_status}, undef, 'nothing was asked about a serial');
    like($e[0]{this_update}, qr/\A\d{4}-\d\d-\d\dT[\d:]+Z\z/, 'facts.endpoints: this_update');
    is($e[3]{next_update}, undef, 'a certificate has no nextUpdate');
    cmp_ok($e[0]{time}, '>', 0, 'facts.endpoints: time');
    is(join(' ', sort keys %{ $e[0] }), 'bytes class group http_status id kind message next_update serial_status this_update time url', 'facts.endpoints: keys');
    is($r->{json}{source}{kind}, 'none', 'no registry is read');
    unlike($r->{json}{vantage}, qr/from/, 'the vantage point in JSON is the host alone');
    is($r->{json}{profile}{name}, 'test', 'the profile is named');
    my $full = run(probe($all_good, '--perfdata=full'));
    like($full->{out}, qr/ a_crl_time=\S+s/, '--perfdata=full adds times');
    my $log = slurp(pki_dir() . "/$port.log");
    like($log, qr{^GET ocsp\.example/good/M\S+ }m, 'OCSP is asked with GET');
    like($log, qr{Microsoft-CryptoAPI/10\.0$}m, 'in Windows\' name');
    my $terminal = run(probe($all_good, '-o', 'terminal'))->{out};
    like($terminal, qr/^Endpoints\n {4}Host +Kind +Answer +Expires +Time/m, 'the terminal has a table');
    is(join(' ', $terminal =~ /^  \xE2\x9C\x93 (\S+ +(?:crl|ocsp|aia|http)) /mg) =~ s/ +/ /gr,
        'crl.example crl crl2.example crl ocsp.example ocsp aia.example aia old.example http', 'with a row per endpoint');
    unlike($terminal, qr/revocation\.valid/, 'what the table says is not said again');
    like(run(probe($all_good, '-o', 'terminal', '-v'))->{out}, qr/revocation\.valid/, 'but with -v');
    like(run(probe($all_good, '-o', 'openmetrics'))->{out}, qr/^scp_endpoints_valid\{.*legacy="false"\} 4$/m, 'OpenMetrics');
}

# --- The nine cases that fool checkers in the field: none is OK, each is named, all others are still reported ---

my @FIELD = (
    ['CRL expired', a_crl => 'expired', 'expired', qr/expired/], ['CRL forged', a_crl => 'forged', 'signature', qr/crl\.example CRL/],
    ['CRL 404', a_crl => 'nowhere', 'http', qr/404/], ['CRL HTML', a_crl => 'page', 'intercepted', qr{intercepted: text/html instead of a CRL}],
    ['CRL empty', a_crl => 'empty', 'type', qr/crl\.example CRL/], ['CRL refused', a_crl => { url => 'http://refused.example/good' }, 'connect', qr/refused/],
    ['OCSP signed by a stranger', c_ocsp => 'stranger', 'signature', qr/ocsp\.example OCSP/],
    ['OCSP HTML', c_ocsp => 'page', 'intercepted', qr{text/html instead of an OCSP response}],
    ['OCSP refused', c_ocsp => { url => 'http://refused.example/good' }, 'connect', qr/refused/],
);
# And the other ways to fail.
my @MORE = (
    ['CRL text', a_crl => 'text', 'type'], ['CRL cut', a_crl => 'cut', 'truncated'], ['CRL of another issuer', a_crl => 'other', qr/issuer|signature/],
    ['CRL of the same key under another name', a_crl => 'renamed', 'issuer'], ['CRL with an unknown critical extension', a_crl => 'critical', 'parse'],
    ['CRL of the future', a_crl => 'future', 'not-yet-valid'], ['CRL 500', a_crl => '500', 'http'], ['CRL 403 page', a_crl => '403', 'http'],
    ['CRL too large', a_crl => { max_size => 100 }, 'too-large'], ['CRL reset', a_crl => 'reset', 'connect'], ['CRL redirect loop', a_crl => 'loop', 'http'],
    ['CRL shorter than promised', a_crl => 'lying', 'truncated'], ['no such name', a_crl => { url => 'http://name.invalid/x' }, 'dns'],
    ['OCSP unknown', c_ocsp => 'unknown', 'ocsp-status'], ['OCSP revoked', c_ocsp => 'revoked', 'revoked'], ['OCSP tryLater', c_ocsp => 'try-later', 'ocsp-status'],
    ['another certificate', d_aia => 'other', 'signature'], ['certificate page', d_aia => 'page', 'intercepted'], ['certificate in PEM', d_aia => 'pem', 'type'],
    ['certificate empty', d_aia => 'empty', 'type'], ['a status line with everything in it', a_crl => 'hostile', 'http'],
);
for my $case (@FIELD, @MORE) {
    my ($name, $id, $change, $class, $text) = @$case;
    my $r = verdict($name, probe(profile($id => $change), '-v', "--connect-to=refused.example:80:127.0.0.1:$closed"), 'CRITICAL',
        { 'revocation.endpoints' => undef });
    my $e = endpoint_of($r, $id);
    like($e->{class}, ref $class ? qr/\A(?:$class)\z/ : qr/\A\Q$class\E\z/, "$name: class") or diag($e->{message});
    is(join(' ', map { "$_->{id}/$_->{state}" } grep { $_->{subject} eq $id } finding($r, "revocation.$e->{class}")),
        "revocation.$e->{class}/CRITICAL", "$name: finding");
    like($r->{json}{summary}, $text, "$name: summary") if $text;
    is(scalar(grep { $_->{class} eq 'ok' } @{ $r->{json}{facts}{endpoints} }), 4, "$name: all others are still reported");
    like($r->{plain}{out}, qr/^  fix: \S.*\n(?:  then: .*\n)*  see: /m, "$name: a remedy and a reference");
    like($r->{plain}{out}, qr/endpoints_ok=3;;;0;4/, "$name: counted");
}
is(scalar(grep { $_->[1] eq 'a_crl' || $_->[1] eq 'c_ocsp' } @FIELD), 9, 'nine cases');

# --- Kind http ---

for my $path (qw(200 400 404)) {
    my $r = run_json(probe(only('e_http', e_http => { url => "http://old.example/$path", level => 'required' }), '-v'));
    is(state_name($r->{code}), 'OK', "kind http: $path is reached");
}
for my $case (['403', 'http'], ['407', 'http'], ['500', 'http'], ['page', 'intercepted'],
    ['404-page', 'intercepted']) {
    my ($path, $class) = @$case;
    my $r = run_json(probe(only('e_http', e_http => { url => "http://old.example/$path", level => 'required' }), '-v'));
    is(state_name($r->{code}), 'CRITICAL', "kind http: $path is not");
    like(endpoint_of($r, 'e_http')->{class}, qr/\A(?:$class)\z/, "kind http: $path: class");
}

# --- Levels and groups ---

verdict('an alternative works', probe(profile(a_crl => { url => 'http://crl.example/nowhere', group => 'g' },
    b_crl => { group => 'g' })), 'WARNING',
    { 'revocation.http' => 'WARNING' }, qr/SCP REVOCATION WARNING \(from [^)]+\) - crl\.example CRL: .*404.* \(crl2\.example works\)/);
verdict('none of the group works', probe(profile(a_crl => { url => 'http://crl.example/nowhere', group => 'g' },
    b_crl => { url => 'http://crl2.example/nowhere', group => 'g' })),
    'CRITICAL', { 'revocation.http' => 'CRITICAL' }, qr/, 1 more/);
verdict('recommended', probe(profile(d_aia => { level => 'recommended', url => 'http://aia.example/other' })), 'WARNING',
    { 'revocation.signature' => 'WARNING' });
verdict('legacy', probe(profile(e_http => '500')), 'OK', { 'revocation.http' => 'OK', 'revocation.endpoints' => 'OK' },
    qr/legacy_ok=0;;;0;1/);
verdict('legacy, made a warning', probe(profile(e_http => '500'), '--severity=revocation.*/e_http=warning'), 'WARNING',
    { 'revocation.http' => 'WARNING' });
verdict('nothing but legacy ones', probe(only('e_http', e_http => '500')), 'WARNING', { 'revocation.http' => 'WARNING' });
verdict('--severity lowers', probe(profile(a_crl => 'nowhere'), '--severity=revocation.http/a_crl=ok'), 'OK',
    { 'revocation.http' => 'OK' });

# --- Choosing ---

{
    my $r = run_json(probe($all_good, '-v', '--endpoint=c_ocsp', '--endpoint=a_crl'));
    is(join(' ', map { $_->{id} } @{ $r->{json}{facts}{endpoints} }), 'a_crl c_ocsp', '--endpoint, in the profile\'s order');
    $r = run_json(probe($all_good, '-v', '--skip-endpoint=c_ocsp', '--skip-endpoint=a_crl'));
    is(join(' ', map { $_->{id} } @{ $r->{json}{facts}{endpoints} }), 'b_crl d_aia e_http', '--skip-endpoint');
    my $list = run([@PLUGIN, '--list-endpoints'])->{out};
    is(join(' ', $list =~ /^(\S+)  +(?:crl|ocsp|ctl|aia|http) /mg),
        'crl3 ocsp_dc oneocsp pkiops_crl crl2_ms ctldl ctldl_dis crl_ms crl4 aia_dc aia_ms aia_pkiops dtrust_crl dtrust_ocsp mscrl msocsp', '--list-endpoints: scp');
    like($list, qr{^crl3 +crl +required +cross-certificate +http://crl3\.digicert\.com/DigiCertGlobalRootG2\.crl$}m,
        '--list-endpoints: a row');
    my $article = run([@PLUGIN, '--list-endpoints', '--profile=article'])->{out};
    is(join(' ', $article =~ m{https?://([^/\s]+)}g),
        'crl3.digicert.com crl4.digicert.com ocsp.digicert.com www.d-trust.net root-c3-ca2-2009.ocsp.d-trust.net '
        . 'ctldl.windowsupdate.com mscrl.microsoft.com crl.microsoft.com oneocsp.microsoft.com ocsp.msocsp.com',
        '--list-endpoints: the article\'s ten hosts in its order');
    is(run([@PLUGIN, $_])->{code}, 3, "$_: exit 3")
        for qw(--list-endpoints --list-profiles --help --version --explain --explain=revocation.dns);
}

# --- Wrong use ---

my $ca_file = save('ca.pem', $ca->{pem}, time);
my $leaf_file = save('leaf.pem', $leaf->{pem}, time);
for my $case (['--endpoint=nope', qr/no endpoint 'nope'/], ['--skip-endpoint=nope', qr/no endpoint 'nope'/],
    [['--skip-endpoint=a_crl', '--endpoint=a_crl'], qr/skipped/],
              ['--response-time=2', qr/--response-time/], ['--response-time=8,2', qr/--response-time/], ['--retry=x', qr/--retry/], ['--retry=-1', qr/--retry/],
              ['--retry=11', qr/--retry/], ['--max-response-age=0', qr/max-response-age/], ['--crl=x', qr/--issuer/], [['--crl=x', '--ocsp=y'], qr/one of them/],
              ["--issuer=$ca_file", qr/--crl or --ocsp/], [['--ocsp=x', "--issuer=$ca_file"], qr/--certificate=FILE or --serial/],
              [['--crl=x', "--issuer=$ca_file", '--serial=1', "--certificate=$leaf_file"], qr/one of them/], [['--crl=x', "--issuer=$ca_file", '--serial=xyz'], qr/--serial/],
              [['--crl=x', '--issuer=/nonexistent'], qr{/nonexistent}], [['--crl=x', "--issuer=" . save('no.pem', "hello\n", time)], qr/no\.pem/],
              [['--crl=x', '--issuer=' . save('other.pem', $other->{pem}, time), "--certificate=$leaf_file"], qr/issuer/],
              ['--proxy=registry', qr/registry/], ['--profile=entra-x', qr/no profile/], ['-w', 'x'], ['--at=tomorrow'], ['word'], ['--nonsense']) {
    my ($arguments, $text) = @$case;
    my @arguments = ref $arguments ? @$arguments : $arguments;
    @arguments = @$case if !ref $text;
    my $r = run(probe($all_good, @arguments));
    is($r->{code}, 3, "@arguments: exit 3");
    like($r->{out}, ref $text ? $text : qr/UNKNOWN - /, "@arguments: a reason");
}
for my $case (['no-issuer', a_crl => { issuer => undef }, qr/needs an issuer/],
    ['no-serial', c_ocsp => { serial => undef }, qr/serial/], ['bad-serial', c_ocsp => { serial => 'xyz' }, qr/serial/],
              ['no-sha1', d_aia => { sha1 => undef }, qr/SHA-1/], ['ftp', a_crl => { url => 'ftp://crl.example/x' }, qr/neither http nor https/]) {
    my ($name, $id, $change, $text) = @$case;
    my $r = run(probe(profile($id => $change)));
    is($r->{code}, 3, "profile: $name: exit 3");
    like($r->{out}, qr/\ASCP REVOCATION UNKNOWN - .*endpoint $id: .*$text/, "profile: $name: the reason");
}
like(run(probe(profile((map { $_ => undef } keys %USUAL), 'Upper_id' => $USUAL{a_crl})))->{out}, qr/endpoint Upper_id: an id/,
    'profile: an id that is no label');
verdict('a profile without endpoints', [@PLUGIN,
    '--profile=' . save('none.ini', "[profile]\nname = none\nas_of = 2026-11-01\n", time)], 'UNKNOWN', { 'revocation.none' => 'UNKNOWN' },
    qr/UNKNOWN - there was no endpoint to ask \|/);

# --- Freshness ---

verdict('1 of 168 hours left', probe(profile(a_crl => 'soon')), 'WARNING',
    { 'revocation.expiring' => 'WARNING', 'revocation.valid' => 'OK' }, qr/expires in/);
verdict('2 of 3 hours left', probe(profile(a_crl => 'short')), 'OK', { 'revocation.expiring' => undef });
verdict('-w', probe($all_good, '-w', '5d:'), 'WARNING', { 'revocation.expiring' => 'WARNING' }, qr/ttl_min=\d+s;432000:/);
verdict('-w that holds', probe(profile(a_crl => 'soon'), '-w', '30m:'), 'OK', { 'revocation.expiring' => undef });
verdict('-c', probe($all_good, '-c', '5d:', '-w', '6d:'), 'CRITICAL', { 'revocation.expiring' => 'CRITICAL' });
verdict('--max-response-age', probe(profile(a_crl => 'soon'), '--max-response-age=2d'), 'CRITICAL',
    { 'revocation.expired' => 'CRITICAL' });
verdict('--max-response-age that holds', probe($all_good, '--max-response-age=2d'), 'OK', { 'revocation.expired' => undef });
verdict('--at in the past', probe($all_good, '--at=@' . ($now - 86_400)), 'CRITICAL',
    { 'revocation.not-yet-valid' => 'CRITICAL', 'revocation.clock' => undef });
verdict('--at after the end', probe($all_good, '--at=@' . ($now + 30 * 86_400)), 'CRITICAL',
    { 'revocation.expired' => 'CRITICAL' });
verdict('a CRL without a number', probe(profile(a_crl => 'no-number')), 'WARNING',
    { 'crl.nonconforming' => 'WARNING', 'revocation.valid' => 'OK' });
verdict('OCSP without nextUpdate', probe(profile(c_ocsp => 'no-next')), 'WARNING', { 'ocsp.nonconforming' => 'WARNING' });
verdict('a CRL whose successor is late', probe(profile(a_crl => 'late')), 'OK',
    { 'crl.note' => 'OK', 'crl.nonconforming' => undef });
verdict('a CRL whose successor is not', probe(profile(a_crl => 'in-time')), 'OK', { 'crl.note' => undef });
verdict('OCSP by a delegate that must be looked up itself', probe(profile(c_ocsp => 'delegate-checked')), 'OK',
    { 'ocsp.note' => 'OK', 'ocsp.nonconforming' => undef });
verdict('OCSP by a delegate', probe(profile(c_ocsp => 'delegate')), 'OK', { 'revocation.valid' => 'OK', 'ocsp.note' => undef });
{
    my $r = run_json(probe(profile(a_crl => 'long'),
        '--profile=' . save('old.ini', slurp(profile(a_crl => 'long') =~ s/--profile=//r) =~ s/2026-11-01/2025-01-01/r, time)));
    is(join(' ', map { $_->{state} } finding($r, 'profile.old')), 'WARNING', 'an old profile');
}

# --- Time ---

verdict('slow', probe(profile(a_crl => 'delay'), '--response-time=1,8'), 'WARNING',
    { 'revocation.slow' => 'WARNING', 'revocation.valid' => 'OK' }, qr/answered after \d+\.\d s \(limit 1 s\).* time=\S+s;1;8;0/);
verdict('not so slow', probe(profile(a_crl => 'delay'), '--response-time=3,8'), 'OK', { 'revocation.slow' => undef });
is(endpoint_of(run_json(probe(profile(a_crl => 'delay'), '-v', '--response-time=1,8')), 'a_crl')->{class}, 'slow', 'slow: class');
{
    my $r = verdict('an endpoint that never answers', probe(profile(a_crl => 'hang'), '-v', '--response-time=1,3'), 'CRITICAL',
        { 'revocation.timeout' => 'CRITICAL' }, qr/endpoints_ok=3;;;0;4/);
    is(endpoint_of($r, 'a_crl')->{class}, 'timeout', 'never answers: class');
    is(scalar(grep { $_->{class} eq 'ok' } @{ $r->{json}{facts}{endpoints} }), 4, 'never answers: all others are still reported');
    my @hang = map { ("h$_" => { url => 'http://crl.example/hang', kind => 'crl', issuer => 'test' }) } 1 .. 10;
    my $ten = profile((map { $_ => undef } keys %USUAL), @hang);
    $r = run(probe($ten, '-t', 2), rss => 1);
    like($r->{out}, qr/\ASCP REVOCATION CRITICAL \([^)]+\) - 10 endpoints did not answer within [01](?:\.\d)? s: h1, h10, h2/,
        'ten that never answer: one sentence');
    cmp_ok($r->{seconds}, '<=', sanitized('check_scp_revocation') ? 10 : 2.2, 'inside the deadline') if defined $r->{seconds};
    is($r->{code}, 2, 'ten that never answer: CRITICAL, not UNKNOWN');
}
verdict('--retry', probe(profile(a_crl => 'flaky'), '--retry=2'), undef // 'OK', { 'revocation.connect' => undef })
    if !unlink $flaky;

# --- Redirects, clocks, proxies ---

verdict('a redirect to another host', probe(profile(a_crl => 'moved')), 'OK',
    { 'revocation.redirected' => 'OK', 'revocation.valid' => 'OK' });
like((finding(run_json(probe(profile(a_crl => 'moved'))), 'revocation.redirected'))[0]{text} // '',
    qr/redirected to elsewhere\.example/, 'the final host is named');
verdict('a redirect on the same host', probe(profile(a_crl => 'moved-here')), 'OK', { 'revocation.redirected' => undef });
verdict('a server whose clock is two hours ahead', probe(only('a_crl', a_crl => 'fast-clock')), 'WARNING',
    { 'revocation.clock' => 'WARNING' }, qr/local clock differs by 2 h/);
verdict('a server with the same clock', probe(only('a_crl', a_crl => 'same-clock')), 'OK', { 'revocation.clock' => undef });
verdict('through a proxy', [@PLUGIN, $all_good, "--proxy=http://127.0.0.1:$port"], 'OK', { 'revocation.valid' => 'OK' },
    qr/SCP REVOCATION OK \(via proxy 127\.0\.0\.1:$port\)/);
verdict('a proxy that is not there', [@PLUGIN, $all_good, "--proxy=http://127.0.0.1:$closed"], 'CRITICAL',
    { 'vantage.no-way-out' => 'CRITICAL', 'revocation.proxy' => undef, 'revocation.connect' => undef });
verdict('a proxy that is not there, for one endpoint', [@PLUGIN, only('a_crl'), "--proxy=http://127.0.0.1:$closed"], 'CRITICAL',
    { 'vantage.no-way-out' => undef, 'revocation.proxy' => 'CRITICAL' });

# --- The SYSTEM account's proxy, from the registry ---

my $INTERNET = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings';
my $USER = 'HKEY_USERS\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings';
my $registries = 0;
sub registry { my (%keys) = @_; return '-R', save('proxy' . ++$registries . '.reg', windows_export(\%keys), time) }
sub winhttp { my ($flags, $proxy, $bypass) = @_; return { WinHttpSettings => reg_binary(pack 'V3 V/a V/a', 0x18, 0, $flags, $proxy,
    $bypass) } }
{
    my @way = (@PLUGIN, $all_good, '--proxy=registry');
    my @named = registry("$INTERNET\\Connections" => winhttp(3, "127.0.0.1:$port", ''), $USER => {});
    my $r = verdict('--proxy=registry', [@way, @named], 'OK', { 'revocation.valid' => 'OK', 'proxy.setting' => 'OK' },
        qr/OK \(via proxy 127\.0\.0\.1:$port\) - 4 of 4/);
    is($r->{json}{source}{kind}, 'reg', '--proxy=registry: the source is named');
    verdict('--proxy=registry, direct', [@way, @TO, registry("$INTERNET\\Connections" => winhttp(1, '', ''), $USER => {})], 'OK',
        { 'revocation.valid' => 'OK' }, qr/OK \(from /);
    verdict('--proxy=registry, past the proxy', [@way, @TO,
        registry("$INTERNET\\Connections" => winhttp(3, "127.0.0.1:$closed", '*.example'), $USER => {})], 'OK',
        { 'revocation.valid' => 'OK' }, qr/OK \(from /);
    verdict('--proxy=registry, not in the export',
        [@way, @TO, registry('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates' => {})], 'UNKNOWN',
        { 'revocation.undetermined' => 'OK UNKNOWN', 'proxy.not-covered' => 'UNKNOWN', 'revocation.valid' => undef });
    verdict('--proxy=registry, a script', [@way, @TO,
        registry("$INTERNET\\Connections" => winhttp(1, '', ''), $USER => { AutoConfigURL => reg_sz('http://wpad/proxy.pac') })],
        'WARNING', { 'proxy.script' => 'WARNING', 'revocation.valid' => undef });
    verdict('--proxy=registry, a stale export', [@way, '--max-age=1m', '-R', save('stale.reg', slurp($named[1]), time - 3600)],
        'WARNING', { 'source.stale' => 'WARNING', 'revocation.valid' => 'OK' });
    verdict('--proxy=registry, unreadable', [@way, @TO, '-R', '/nonexistent.reg'], 'UNKNOWN',
        { 'source.unreadable' => 'UNKNOWN', 'revocation.valid' => undef });
    my $out = run([@PLUGIN, $all_good, @TO, @named]);
    is($out->{code}, 3, 'a registry that nothing is read from: exit 3');
    like($out->{out}, qr/UNKNOWN - --registry and --hostname are of use with --proxy=registry only/, 'and the reason');
}

# --- One object ---

my %file = (good => $good_crl, expired => $site{'crl.example/expired'}, forged => $site{'crl.example/forged'}, text => "no\n",
    cut => substr($good_crl, 0, -9), empty => '');
my %crl = map { $_ => save("$_.crl", $file{$_}, time) } keys %file;
my @SINGLE = (@PLUGIN, "--issuer=$ca_file");
verdict('--crl=FILE', [@SINGLE, "--crl=$crl{good}"], 'OK', { 'revocation.valid' => 'OK', 'profile.old' => undef },
    qr/SCP REVOCATION OK - 1 of 1 endpoint valid.* crl_ttl=\d+s$/m);
verdict('--crl=FILE --certificate, not listed', [@SINGLE, "--crl=$crl{good}", "--certificate=$leaf_file"], 'OK',
    { 'revocation.valid' => 'OK' });
verdict('--crl=FILE --certificate, listed', [@SINGLE, "--crl=$crl{good}",
    '--certificate=' . save('bad.pem', $bad_leaf->{pem}, time)], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' }, qr/keyCompromise/);
verdict('--crl=FILE --certificate in DER', [@SINGLE, "--crl=$crl{good}",
    '--certificate=' . save('bad.der', $bad_leaf->{der}, time)], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' });
verdict("--serial=$_", [@SINGLE, "--crl=$crl{good}", "--serial=$_"], 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' })
    for '0bad', 'BAD', '0x0BAD', '000bad', '0B:AD';
verdict("--serial=$_", [@SINGLE, "--crl=$crl{good}", "--serial=$_"], 'OK', { 'revocation.revoked' => undef })
    for 'ba', 'bad0', '0bad0bad', 'ad';
verdict("--crl=FILE: $_", [@SINGLE, "--crl=$crl{$_}"], 'CRITICAL', { 'revocation.valid' => undef })
    for qw(expired forged text cut empty);
verdict('--crl=FILE: another issuer', [@PLUGIN, '--issuer=' . save('other.pem', $other->{pem}, time), "--crl=$crl{good}"],
    'CRITICAL', { 'revocation.valid' => undef });
verdict('--crl=FILE: issuer in DER', [@PLUGIN, '--issuer=' . save('ca.der', $ca->{der}, time), "--crl=$crl{good}"], 'OK',
    { 'revocation.valid' => 'OK' });
verdict('--crl=FILE: missing', [@SINGLE, '--crl=/nonexistent/x.crl'], 'UNKNOWN', { 'revocation.undetermined' => 'UNKNOWN' },
    qr{/nonexistent/x\.crl});
verdict('--crl=URL', [@SINGLE, @TO, '--crl=http://crl.example/good', '--serial=0bad'], 'CRITICAL',
    { 'revocation.revoked' => 'CRITICAL' }, qr/\(from /);
verdict('--crl=URL, good', [@SINGLE, @TO, '--crl=http://crl.example/good', '--serial=1'], 'OK', { 'revocation.valid' => 'OK' });
is(endpoint_of(run_json([@SINGLE, "--crl=$crl{good}", '--serial=0bad', '-v']), 'crl')->{serial_status}, 'revoked',
    '--serial: serial_status');
is(endpoint_of(run_json([@SINGLE, "--crl=$crl{good}", '--serial=1', '-v']), 'crl')->{serial_status}, 'good',
    '--serial: serial_status of another');
my %answer = map { $_ => save("$_.ocsp", (ref $site{"ocsp.example/$_/"} ? $site{"ocsp.example/$_/"}{body}
    : $site{"ocsp.example/$_/"}), time) } qw(good revoked unknown stranger page try-later);
verdict('--ocsp=FILE', [@SINGLE, "--ocsp=$answer{good}", "--certificate=$leaf_file"], 'OK', { 'revocation.valid' => 'OK' },
    qr/ocsp_ttl=\d+s$/m);
verdict('--ocsp=FILE --serial', [@SINGLE, "--ocsp=$answer{good}", "--serial=$leaf->{serial}"], 'OK',
    { 'revocation.valid' => 'OK' });
verdict('--ocsp=FILE about another one', [@SINGLE, "--ocsp=$answer{good}", '--serial=77'], 'CRITICAL',
    { 'revocation.ocsp-status' => 'CRITICAL' });
verdict("--ocsp=FILE: $_", [@SINGLE, "--ocsp=$answer{$_}", "--certificate=$leaf_file"], 'CRITICAL',
    { 'revocation.valid' => undef }) for qw(revoked unknown stranger page try-later);
verdict('--ocsp=URL', [@SINGLE, @TO, '--ocsp=http://ocsp.example/good', "--certificate=$leaf_file"], 'OK',
    { 'revocation.valid' => 'OK' });
verdict('--ocsp=URL, revoked', [@SINGLE, @TO, '--ocsp=http://ocsp.example/revoked', "--certificate=$leaf_file"], 'CRITICAL',
    { 'revocation.revoked' => 'CRITICAL' });
verdict('--ocsp --max-response-age', [@SINGLE, "--ocsp=$answer{good}", "--certificate=$leaf_file", '--max-response-age=1h',
    '--at=@' . ($now + 7200)], 'CRITICAL', { 'revocation.expired' => 'CRITICAL' });

# What a list with an issuing distribution point proves depends on the certificate.
{
    my $uri = 'http://points.example/ca.crl';
    my $sub = certificate_of($ca, 'Sub CA', ext => "basicConstraints=critical,CA:TRUE\n");
    my $pointed = certificate_of($ca, 'pointed', ext => "basicConstraints=CA:FALSE\ncrlDistributionPoints=URI:$uri\n");
    my %pem = (leaf => $leaf_file, sub => save('sub.pem', $sub->{pem}, time),
        pointed => save('pointed.pem', $pointed->{pem}, time));
    my $idp = sub { return crl($ca, extensions => [Pki::extension('2.5.29.28', 1, der_tlv(0x30, @_))]) };
    my $cas = save('cas.crl', $idp->(der_tlv(0x82, "\xFF")), time);
    my $point = save('point.crl', $idp->(der_tlv(0xA0, der_tlv(0xA0, der_tlv(0x86, $uri)))), time);
    verdict('a list of CAs only, a user', [@SINGLE, "--crl=$cas", "--certificate=$pem{leaf}"], 'CRITICAL',
        { 'revocation.type' => 'CRITICAL' });
    verdict('a list of CAs only, a CA', [@SINGLE, "--crl=$cas", "--certificate=$pem{sub}"], 'OK', { 'revocation.valid' => 'OK' });
    verdict('a list of another distribution point', [@SINGLE, "--crl=$point", "--certificate=$pem{leaf}"], 'CRITICAL',
        { 'revocation.type' => 'CRITICAL' });
    verdict('a list of its distribution point', [@SINGLE, "--crl=$point", "--certificate=$pem{pointed}"], 'OK',
        { 'revocation.valid' => 'OK' });
}

# --- Labels are the same on every run ---

sub labels { my ($r) = @_; my ($p) = $r->{out} =~ /\A[^\n|]*\| (.*)/; return { map { s/=.*//r => 1 } split ' ', $p // '' } }
{
    my $good = labels(run(probe($all_good)));
    for my $case (['expired', 'expired'], ['404', 'nowhere'], ['page', 'page']) {
        my $seen = labels(run(probe(profile(a_crl => $case->[1]))));
        is_deeply([grep { !$good->{$_} } keys %$seen], [], "$case->[0]: no label that a healthy run has not");
    }
}
done_testing();
