#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_revocation walks the ten hosts of the article by their real names, on port 80, in a network of its own: nginx
# serves CRLs and lists, openssl answers OCSP, tinyproxy stands in between.  All good; then each one broken in turn in each way.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use IO::Socket::INET;
use Pki;
use Scp;
use Servers qw(start_program);
use Test::More;
use TrustList;

-x (plugin_path('check_scp_revocation') // '') or plan skip_all => 'check_scp_revocation is not built';
my ($nginx, $openssl, $unshare, $ip) = map { which($_) } qw(nginx openssl unshare ip);
$nginx && $openssl && $unshare && $ip or plan skip_all => 'nginx, openssl, unshare or ip is not installed';

# Once more, in a network and a mount namespace of its own.
if (!$ENV{SCP_NAMESPACE}) {
    my @enter = ($unshare, $> == 0 ? '-mn' : '-rmn');
    system("@enter sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts' >/dev/null 2>&1") == 0
        or plan skip_all => 'no private network namespace here';
    # Processes have a namespace, too, where there can be one: it ends as a whole, however the test ends.
    my @whole = qw(--fork --pid --mount-proc --kill-child);
    push @enter, @whole if system("@enter @whole true >/dev/null 2>&1") == 0;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $ENV{SCP_NAMESPACE} = 1;
        $ENV{TMPDIR} = scratch();
        exec @enter, $^X, $0 or POSIX::_exit(126);
    }
    $SIG{$_} = sub { kill KILL => $pid; waitpid $pid, 0; exit 143 } for qw(TERM INT HUP);
    waitpid $pid, 0;
    exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};
system($ip, qw(link set lo up)) == 0 or die 'lo';

my $dir = pki_dir();
my $now = time;
my @NAMES = ('crl3.digicert.com', 'crl4.digicert.com', 'ocsp.digicert.com', 'www.d-trust.net', 'root-c3-ca2-2009.ocsp.d-trust.net',
    'ctldl.windowsupdate.com',
    'mscrl.microsoft.com', 'crl.microsoft.com', 'oneocsp.microsoft.com', 'ocsp.msocsp.com');
my @IDS = qw(crl3 crl4 ocsp_dc dtrust_crl dtrust_ocsp ctldl mscrl crl_ms oneocsp msocsp);
my %NAME;
@NAME{@IDS} = @NAMES;

# --- Names: a hosts file of our own ---

write_bytes("$dir/hosts", '');
system("mount --bind $dir/hosts /etc/hosts") == 0 or die 'mount';

# The good address of every host, and an address that is broken in one way for those named.
sub hosts
{
    my (%changed) = @_;
    my $text = "127.0.0.1 localhost\n";
    for my $id (@IDS) {
        my $address = exists $changed{$id} ? $changed{$id} : $id eq 'dtrust_crl' ? '::1' : '127.0.1.1';
        $text .= "$address $NAME{$id}\n" if defined $address;
    }
    open my $f, '>', "$dir/hosts" or die "hosts: $!";    # in place: the file is mounted
    print $f $text;
    close $f;
    return;
}

# --- Authorities, and what they publish ---

my %ca = (
    'digicert-global-root-g2' => authority('DigiCert stand-in', key => 'rsa'), 'd-trust-root-class-3-ca-2-2009' => authority('D-TRUST stand-in'),
    'microsoft-root-certificate-authority-2010' => authority('Microsoft 2010 stand-in', key => 'rsa'),
    'microsoft-tls-rsa-root-g2-xsign' => authority('Microsoft TLS stand-in', key => 'ec384'),
);
my $stranger = authority('Stranger');
my $stranger_delegate = certificate_of($stranger, 'stranger\'s responder', ext => "extendedKeyUsage=OCSPSigning\n");
my %issuer = (crl3 => 'digicert-global-root-g2', crl4 => 'digicert-global-root-g2', ocsp_dc => 'digicert-global-root-g2',
    dtrust_crl => 'd-trust-root-class-3-ca-2-2009',
    dtrust_ocsp => 'd-trust-root-class-3-ca-2-2009', crl_ms => 'microsoft-root-certificate-authority-2010', oneocsp => 'microsoft-tls-rsa-root-g2-xsign');
my %serial = (ocsp_dc => '0b0c6b2c466917b04773c647d4afc0c8', dtrust_ocsp => '099063',
    oneocsp => '330000000c4964a16f44203b2200000000000c');
my %path = (crl3 => '/DigiCertGlobalRootG2.crl', crl4 => '/DigiCertGlobalRootG2.crl',
    dtrust_crl => '/crl/d-trust_root_class_3_ca_2_2009.crl',
    crl_ms => '/pki/crl/products/MicRooCerAut_2010-06-23.crl', ctldl => '/msdownload/update/v3/static/trustedr/en/authrootstl.cab');
my @REVOKED = map { [sprintf('%x', 0x100000 + $_ * 7), $now - $_ * 3600, 1] } 1 .. 2000;

sub file_below { my ($root, $name, $bytes) = @_; my $path = "$dir/$root/$name"; system('mkdir', '-p',
    $path =~ s{/[^/]*\z}{}r); return write_bytes($path, $bytes) }

my $list = trust_list(this_update => $now - 5 * 86_400, entries => [map { list_entry(pack 'N5', $_, 0, 0, 0, 1) } 1 .. 300]);
for my $id (qw(crl3 crl4 dtrust_crl crl_ms)) {
    my $ca = $ca{ $issuer{$id} };
    file_below("good/$NAME{$id}", $path{$id}, crl($ca, revoked => \@REVOKED));
    file_below("expired/$NAME{$id}", $path{$id}, crl($ca, this => $now - 9 * 86_400, next => $now - 7200));
    file_below("forged/$NAME{$id}", $path{$id}, crl($ca, signer => authority($ca->{cn}, key => $ca->{kind})));
    file_below("stranger/$NAME{$id}", $path{$id}, crl($stranger));
    file_below("young/$NAME{$id}", $path{$id}, crl($ca, this => $now + 7200));
    file_below("cut/$NAME{$id}", $path{$id}, substr crl($ca), 0, -30);
}
file_below("good/$NAME{ctldl}", $path{ctldl}, cabinet('authroot.stl' => $list));
file_below("forged/$NAME{ctldl}", $path{ctldl},
    cabinet('authroot.stl' => trust_list(this_update => $now - 86_400, signed => 'broken')));
file_below("stranger/$NAME{ctldl}", $path{ctldl},
    cabinet('authroot.stl' => trust_list(this_update => $now - 86_400, signed => 'stranger')));
file_below("young/$NAME{ctldl}", $path{ctldl}, cabinet('authroot.stl' => trust_list(this_update => $now + 86_400)));
file_below("cut/$NAME{ctldl}", $path{ctldl}, substr cabinet('authroot.stl' => $list), 0, 2000);
file_below("expired/$NAME{ctldl}", $path{ctldl}, cabinet('other.stl' => $list));    # in place of an expiry, which lists do not have

my $profile = slurp("$SOURCE/data/article.ini");
$profile .= "\n" . join '', map { issuer_section($_, $ca{$_}) } sort keys %ca;
$profile .= list_anchor();
$profile = save('article-test.ini', $profile, $now);

# --- Servers ---

sub start
{
    my ($log, @command) = @_;
    write_bytes("$dir/$log", '');
    start_program(sub {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$dir/$log" or return;
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $command[0] } @command; }
    });
    return;
}

sub listens
{
    my ($address, $port) = @_;
    for (1 .. 200) {
        return 1 if IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 1);
        select undef, undef, undef, 0.05;
    }
    return 0;
}

# A responder says when it listens.  (Trying by connecting would not do: a connection without a request blocks it for good.)
sub responds
{
    my ($port) = @_;
    for (1 .. 200) {
        return 1 if slurp("$dir/ocsp-$port.log") =~ /ACCEPT|waiting for OCSP/;
        select undef, undef, undef, 0.05;
    }
    return 0;
}

# Responders, by way and endpoint; the namespace is ours, so are its ports.
my %responder;
my $next_port = 18_000;

sub responder
{
    my ($way, $id, $status, $signer) = @_;
    my $ca = $ca{ $issuer{$id} };
    my $index = ocsp_index($status eq '' ? () : [$serial{$id}, $status]);
    my $port = $responder{"$way/$id"} = ++$next_port;
    start("ocsp-$port.log", $openssl, 'ocsp', '-port', $port, '-index', $index, '-CA', $ca->{file}, '-rsigner', $signer->{file},
        '-rkey', $signer->{key}, '-nmin', 4 * 24 * 60, '-ignore_err');
    return;
}

for my $id (qw(ocsp_dc dtrust_ocsp oneocsp)) {
    my $ca = $ca{ $issuer{$id} };
    my $delegate = certificate_of($ca, 'responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
    responder('good', $id, 'V', $id eq 'ocsp_dc' ? $ca : $delegate);
    responder('revoked', $id, 'R', $delegate);
    responder('unknown', $id, '', $delegate);
    responder('stranger', $id, 'V', $stranger_delegate);
}

# The path goes on as it came: base64 with its escapes, behind "/ocsp" where there is one.
sub ocsp_server
{
    my ($address, $way, $id) = @_;
    return "server { listen $address:80; server_name $NAME{$id}; merge_slashes off; location / { proxy_pass http://127.0.0.1:$responder{\"$way/$id\"}/\$question; } }\n";
}

my %ADDRESS = (good => '127.0.1.1', expired => '127.0.9.1', forged => '127.0.9.2', stranger => '127.0.9.3', young => '127.0.9.4',
    cut => '127.0.9.5', revoked => '127.0.9.6',
    unknown => '127.0.9.7', page => '127.0.9.11', empty => '127.0.9.12', 404 => '127.0.9.13', 403 => '127.0.9.14', 500 => '127.0.9.15', moved => '127.0.9.16',
    refused => '127.0.9.20', silent => '127.0.9.21');
my @conf;
for my $way (qw(good expired forged stranger young cut)) {
    for my $id (qw(crl3 crl4 dtrust_crl ctldl crl_ms)) {
        my $v6 = $way eq 'good' && $id eq 'dtrust_crl' ? 'listen [::1]:80;' : '';
        push @conf, "server { listen $ADDRESS{$way}:80; $v6 server_name $NAME{$id}; root $dir/$way/$NAME{$id}; types { application/pkix-crl crl; } }";
    }
}
push @conf, ocsp_server($ADDRESS{good}, 'good', $_),
    map({ my $way = $_; map { ocsp_server($ADDRESS{$way}, $way,
    $_) } qw(ocsp_dc dtrust_ocsp oneocsp) } qw(revoked unknown stranger))
    for 'ocsp_dc';
push @conf, ocsp_server($ADDRESS{good}, 'good', $_) for qw(dtrust_ocsp oneocsp);
push @conf, "server { listen $ADDRESS{good}:80; server_name $NAME{mscrl}; location / { return 404; } error_page 404 /none; location = /none { internal; default_type text/plain; return 404 'gone'; } }";
push @conf, "server { listen $ADDRESS{good}:80; server_name $NAME{msocsp}; default_type application/ocsp-response; location / { return 200 'x'; } }";
push @conf, "server { listen $ADDRESS{page}:80; default_type text/html; location / { return 200 '<html><head><title>Please log in</title></head></html>'; } }";
push @conf, "server { listen $ADDRESS{empty}:80; location / { root $dir/void; try_files /empty =500; } }";
push @conf, map { "server { listen $ADDRESS{$_}:80; location / { return $_; } }" } 404, 403, 500;
push @conf, "server { listen $ADDRESS{moved}:80; location / { return 302 http://name.invalid/; } }";
file_below('void', 'empty', '');
mkdir "$dir/nginx";
write_bytes("$dir/nginx.conf", join "\n", 'user root;', 'daemon off;', 'worker_processes 1;', "pid $dir/nginx.pid;",
    "error_log $dir/nginx.err;", 'events { worker_connections 512; }',
    'http {', 'access_log off;', 'map $request_uri $question { ~^/(?:ocsp/)?(?<asked>.*)$ $asked; }', 'server_names_hash_bucket_size 128;', (map { "${_}_temp_path $dir/nginx/$_;" } qw(client_body proxy fastcgi uwsgi scgi)), @conf, '}', '');
chmod 0755, $dir;
start('nginx.log', $nginx, '-p', "$dir/nginx", '-c', "$dir/nginx.conf");
my $silent = IO::Socket::INET->new(LocalAddr => $ADDRESS{silent}, LocalPort => 80, Listen => 100)
    or die "listen: $!";    # accepts, and never says a word
listens($ADDRESS{good}, 80) or do { diag(slurp("$dir/nginx.log"),
    -e "$dir/nginx.err" ? slurp("$dir/nginx.err") : ''); die 'nginx does not answer' };
responds($responder{$_}) or die "responder $_" for sort keys %responder;

# --- All good ---

# A slow build, and a busy machine, need more time to be fair to the good ones.
my @RUN = ('check_scp_revocation', "--profile=$profile", '--response-time=30,60');
sub endpoints { my ($r) = @_; return { map { $_->{id} => $_ } @{ $r->{json}{facts}{endpoints} // [] } } }

hosts();
{
    my $r = verdict('all ten by their real names', [@RUN, '-v'], 'OK',
        { 'revocation.valid' => 'OK', 'revocation.endpoints' => 'OK', 'revocation.clock' => undef },
        qr/SCP REVOCATION OK \(from [^)]+\) - 10 of 10 endpoints valid, soonest expiry (?:ocsp_dc|dtrust_ocsp|oneocsp) in 4 days \| endpoints_ok=10;;;0;10 /);
    is(join(' ', map { $_->{id} } @{ $r->{json}{facts}{endpoints} }), "@IDS", 'in the article\'s order');
    my $e = endpoints($r);
    diag("$_: $e->{$_}{class}: $e->{$_}{message}") for grep { ($e->{$_}{class} // '') ne 'ok' } @IDS;
    is($e->{$_}{serial_status}, 'good', "$_: the certificate is good") for qw(ocsp_dc dtrust_ocsp oneocsp);
    is($e->{mscrl}{http_status}, 404, 'a host that only answers 404 is reached');
    cmp_ok(length $r->{plain}{out} =~ s/\n.*//sr, '<', 900, 'line 1 is short enough');
}
SKIP: {
    my $real = shared_file('trust-lists/authrootstl-2025-06-16.cab') or skip 'no shared test data (SCP_SHARED)', 1;
    write_bytes("$dir/good/$NAME{ctldl}$path{ctldl}", slurp($real));
    my $r = run_json([@RUN, '-v']);
    is(endpoints($r)->{ctldl}{class}, 'ok', 'a cabinet as Microsoft published it') or diag(endpoints($r)->{ctldl}{message});
    write_bytes("$dir/good/$NAME{ctldl}$path{ctldl}", cabinet('authroot.stl' => $list));
}

# --- Each one broken in turn in each way: CRITICAL, the right class, the other nine as before ---

my %CRL = (expired => 'expired', forged => 'signature', stranger => qr/issuer|signature/, young => 'not-yet-valid',
    cut => 'truncated');
my %OCSP = (revoked => 'revoked', unknown => 'ocsp-status', stranger => 'signature');
my %CTL = (expired => qr/parse|type/, forged => 'signature', stranger => 'signature', young => 'not-yet-valid',
    cut => qr/truncated|parse/);
my %ANY = (page => 'intercepted', empty => 'type', 404 => 'http', 403 => 'http', 500 => 'http', moved => qr/dns|http/,
    refused => 'connect', silent => 'timeout', nameless => 'dns');
my %WAYS = ((map { $_ => { %ANY, %CRL } } qw(crl3 crl4 dtrust_crl crl_ms)),
    (map { $_ => { %ANY, %OCSP } } qw(ocsp_dc dtrust_ocsp oneocsp)), ctldl => { %ANY, %CTL },
    (map { $_ => { map { $_ => $ANY{$_} } qw(page 403 500 moved refused silent nameless) } } qw(mscrl msocsp)));

my $runs = 0;
for my $id (@IDS) {
    for my $way (sort keys %{ $WAYS{$id} }) {
        hosts($id => $way eq 'nameless' ? undef : $ADDRESS{$way});
        my ($class, $r, $e, @others) = ($WAYS{$id}{$way});
        for my $limit ($way eq 'silent' ? (0.8, 3, 12) : 60) {    # of the silent one, until the others have had the time they need
            $r = run_json([@RUN, '-v', "--response-time=0.5,$limit"]);
            $e = endpoints($r);
            @others = grep { $_ ne $id && ($e->{$_}{class} // '') !~ /\A(?:ok|slow)\z/ } @IDS or last;
        }
        my $right = state_name($r->{code}) eq 'CRITICAL'
            && ($e->{$id}{class} // '') =~ (ref $class ? qr/\A(?:$class)\z/ : qr/\A\Q$class\E\z/) && !@others
            && grep { $_->{state} eq 'CRITICAL' && $_->{subject} eq $id } finding($r, "revocation.$e->{$id}{class}");
        ok($right, "$NAME{$id}, $way") or diag(state_name($r->{code}),
            ", class $e->{$id}{class}, $e->{$id}{message}; others: @others");
        $runs++;
    }
}
cmp_ok($runs, '>', 100, "$runs ways to break the ten");

# All silent: inside the deadline, and every one is named.
hosts(map { $_ => $ADDRESS{silent} } @IDS);
{
    my $r = run([@RUN, '-t', 2, '-o', 'plugin'], rss => 1);
    like($r->{out}, qr/\ASCP REVOCATION CRITICAL \(from [^)]+\) - this host reaches none of 10 hosts: no answer in time/,
        'a firewall that drops everything');
    cmp_ok($r->{seconds}, '<=', sanitized('check_scp_revocation') ? 20 : 2.2, 'inside the deadline') if defined $r->{seconds};
}
# No name resolves, as without internet.
hosts(map { $_ => undef } @IDS);
{
    my $r = run_json(['check_scp_revocation', '-v', '-t', 5]);
    my @e = @{ $r->{json}{facts}{endpoints} };
    is(state_name($r->{code}), 'CRITICAL', 'no option at all, without internet: CRITICAL');
    is(join(' ', grep { !$_->{class} || $_->{class} eq 'ok' || $_->{message} eq '' } @e), '', 'with a reason for every host');
    is(scalar @e, 16, 'for all of them');
}

# --- A proxy in between ---

SKIP: {
    my $tinyproxy = which('tinyproxy') or skip 'tinyproxy is not installed', 4;
    hosts();
    write_bytes("$dir/tinyproxy.conf", "Port 18888\nListen 127.0.0.1\nTimeout 30\nMaxClients 100\nBasicAuth mon s3cret\nLogFile \"$dir/tinyproxy.log\"\nLogLevel Error\n");
    write_bytes("$dir/tinyproxy-open.conf", "Port 18889\nListen 127.0.0.1\nTimeout 30\nMaxClients 100\nLogFile \"$dir/tinyproxy-open.log\"\nLogLevel Error\n");
    start('tinyproxy.out', $tinyproxy, '-d', '-c', "$dir/$_.conf") for qw(tinyproxy tinyproxy-open);
    listens('127.0.0.1', 18_888) && listens('127.0.0.1', 18_889) or skip 'tinyproxy does not start', 4;
    verdict('through a real proxy', [@RUN, '-x', 'http://127.0.0.1:18889'], 'OK', { 'revocation.valid' => 'OK' },
        qr/OK \(via proxy 127\.0\.0\.1:18889\) - 10 of 10/);
    verdict('a proxy that wants a login', [@RUN, '-x', 'http://127.0.0.1:18888'], 'CRITICAL',
        { 'vantage.no-way-out' => 'CRITICAL' }, qr/CRITICAL \(via proxy 127\.0\.0\.1:18888\) .*wants other credentials \(HTTP 407\)/);
    my $login = save('login', "username=mon\npassword=s3cret\n", $now);
    chmod 0600, $login;
    verdict('with a login', [@RUN, '-x', 'http://127.0.0.1:18888', "--proxy-auth-file=$login"], 'OK',
        { 'revocation.valid' => 'OK' });
    hosts(crl3 => undef, crl4 => $ADDRESS{refused}, ocsp_dc => $ADDRESS{page});
    my $e = endpoints(run_json([@RUN, '-v', '-x', 'http://127.0.0.1:18889']));
    is(join(' ', map { $e->{$_}{class} =~ /\A(?:proxy|http|connect|dns|intercepted)\z/ ? 'failed' : $e->{$_}{class} } @IDS),
        'failed failed failed ok ok ok ok ok ok ok', 'what fails behind the proxy fails, the rest does not');
}
done_testing();
