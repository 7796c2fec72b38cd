#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_intermediates and the network: what a live server sends (openssl s_server), and fetching what is missing, as Windows would.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use MIME::Base64 qw(encode_base64);
use Pki ();
use Scp;
use Servers qw(start_program free_port wait_for_port);
use Test::More;

my $NAME = 'check_scp_intermediates';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 1000]);
my $issuing = cert('Issuing 1', 'Middle', 'one', 'middle', ca => 1, pathlen => 0, days => [-300, 900],
    aia => 'http://aia.test/middle.crt');
my $leaf = cert('Leaf', 'Issuing 1', 'leaf', 'one', dns => '127.0.0.1', days => [-10, 80], aia => 'http://aia.test/issuing.crt');
my $named = cert('Other', 'Issuing 1', 'leaf', 'one', dns => 'host.test', days => [-10, 80], aia => 'http://aia.test/issuing.crt');
my $foreign_root = cert('Inspector', 'Inspector', 'inspector', 'inspector', ca => 1);
my $foreign = cert('127.0.0.1', 'Inspector', 'leaf', 'inspector', dns => '127.0.0.1');
my $profile = save('net.ini', family_text(any => { 'issuing-1' => $issuing }, via => { middle => $middle }, root => $root,
    url => { 'issuing-1' => 'http://aia.test/issuing.crt', middle => 'http://aia.test/middle.crt' }));
my $files = 0;

sub registry { my ($stores, %chain) = @_; my $r = machine(%$stores); $r->{ POLICY_CERTIFICATES
    . '\ChainEngine\Config' } = \%chain; return save('net' . ++$files . '.reg', windows_export($r)) }
sub plugin { return [$NAME, "--at=$AT", "--profile=$profile", '-t', '8', @_] }

# --- --connect ---

# openssl s_server with this chain; its port.
sub s_server
{
    my ($first, @rest) = @_;
    my $n = ++$files;
    my @chain = @rest ? ('-cert_chain', bundle("chain$n.pem", @rest)) : ();
    my $port = free_port();
    start_program('openssl', 's_server', '-accept', "127.0.0.1:$port", '-cert', bundle("server$n.pem", $first), '-key',
        key_file('leaf'), @chain, '-quiet', '-naccept', '100');
    wait_for_port($port) or die 's_server did not start';
    return $port;
}
sub connected
{
    my ($name, $port, $stores, $state, $findings, $line, @more) = @_;
    return verdict($name, plugin('-R', registry($stores), "--connect=127.0.0.1:$port", @more), $state, $findings, $line);
}

my $complete = s_server($leaf, $issuing, $middle);
my $incomplete = s_server($leaf);
my $half = s_server($leaf, $issuing);
my $disordered = s_server($leaf, $middle, $issuing);
my $with_root = s_server($leaf, $issuing, $middle, $root);
my $inspected = s_server($foreign);
my $other_name = s_server($named, $issuing, $middle);

connected('a complete chain', $complete, { root => [$root] }, 'OK',
    { 'intermediates.chains' => 'OK', 'intermediates.server-supplies' => 'OK', 'intermediates.server-order' => undef,
    'intermediates.inference' => undef }, qr/SCP INTERMEDIATES OK \(from [^)]+\) - Leaf chains to Root via Issuing 1, Middle/);
connected('the same, and the stores have it all', $complete, { root => [$root], ca => [$middle, $issuing] }, 'OK',
    { 'intermediates.server-supplies' => undef });
connected('only the leaf, and the stores have the rest', $incomplete, { root => [$root], ca => [$middle, $issuing] }, 'OK',
    { 'intermediates.chains' => 'OK' });
connected('only the leaf', $incomplete, { root => [$root] }, 'WARNING', { 'intermediates.no-path' => 'WARNING' },
    qr/issuer 'Issuing 1' \(key id [0-9A-F]{40}\) not found in .* and what the server sent; Windows may fetch it from http:\/\/aia\.test\/issuing\.crt/);
connected('the cross-certificate left out', $half, { root => [$root] }, 'WARNING', { 'intermediates.no-path' => 'WARNING' },
    qr/issuer 'Middle'/);
connected('the wrong order', $disordered, { root => [$root] }, 'OK',
    { 'intermediates.server-order' => 'OK', 'intermediates.chains' => 'OK' });
connected('a root that the server sends is no anchor', $with_root, {}, 'WARNING',
    { 'intermediates.no-path' => undef, 'intermediates.root-missing' => 'WARNING' });
connected('an inspector whose root is not trusted', $inspected, { root => [$root] }, 'CRITICAL',
    { 'intermediates.no-path' => 'CRITICAL' }, qr/issuer 'Inspector'/);
connected('an inspector whose root is', $inspected, { root => [$root, $foreign_root] }, 'WARNING',
    { 'intermediates.foreign-root' => 'WARNING' }, qr/chains to Inspector, which is no root of the profile/);
connected('another host', $other_name, { root => [$root] }, 'CRITICAL', { 'intermediates.name-mismatch' => 'CRITICAL' });
verdict('by that name', plugin('-R', registry({ root => [$root] }), '--connect=host.test',
    "--connect-to=host.test:443:127.0.0.1:$other_name"), 'OK', { 'intermediates.name-mismatch' => undef });
connected('a port where nobody listens', free_port(), { root => [$root] }, 'CRITICAL', { 'intermediates.connect' => 'CRITICAL' },
    qr/connect/);
connected('no TLS', Pki::web({}), { root => [$root] }, 'CRITICAL', { 'intermediates.connect' => 'CRITICAL' });
connected('an issuer of the chain that is disallowed', $complete, { root => [$root], disallowed => [$middle] }, 'CRITICAL',
    { 'intermediates.disallowed' => 'CRITICAL' });
verdict('bundles', plugin('--roots=' . bundle('roots.pem', $root), "--connect=127.0.0.1:$complete"), 'OK',
    { 'intermediates.chains' => 'OK' });
for my $bad ('host:0', 'host:70000', 'a b', '', 'user@host', '[::1', 'host:x') {
    verdict("--connect=$bad", plugin('-R', registry({ root => [$root] }), "--connect=$bad"), 'UNKNOWN', {},
        qr/is not HOST or HOST:PORT/);
}

# --- --aia=probe ---

sub site { my (%pages) = @_; return Pki::web({ map { ("aia.test/$_" => $pages{$_}) } keys %pages }) }
sub probed
{
    my ($name, $port, $stores, $state, $findings, $line, %chain) = @_;
    return verdict($name, plugin('-R', registry($stores, %chain), '--aia=probe', "--connect-to=aia.test:80:127.0.0.1:$port"),
        $state, $findings, $line);
}
my $right = site('middle.crt' => $middle, 'issuing.crt' => $issuing);
my %HALF = (root => [$root], ca => [$issuing]);
# What answers here need not answer the server: the lists that come to it are the better evidence.
probed('the missing one can be fetched', $right, \%HALF, 'OK',
    { 'intermediates.by-aia' => 'OK', 'intermediates.missing' => undef, 'intermediates.fetched' => 'OK' }, qr/aia\.test is not shown by that, although they answered from /);
probed('two of them', $right, { root => [$root] }, 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.fetched' => 'OK' });
probed('but no list came to the server', $right, { %HALF, sync => undef }, 'WARNING',
    { 'intermediates.by-aia' => 'WARNING', 'intermediates.fetched' => 'OK' }, qr/although they answered/);
probed('but Windows makes one fetch only', $right, { root => [$root] }, 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' },
    undef, MaxAIAUrlRetrievalCountPerChain => reg_dword(1));
probed('but a setting forbids it', $right, \%HALF, 'CRITICAL',
    { 'intermediates.missing' => 'CRITICAL', 'intermediates.fetched' => undef }, undef, DisableAIAUrlRetrieval => reg_dword(1));
probed('nothing is missing, nothing is asked', free_port(), { root => [$root], ca => [$issuing, $middle] }, 'OK',
    { 'intermediates.fetched' => undef });
my $p7 = openssl(undef, 'crl2pkcs7', '-nocrl', '-certfile', bundle('p7.pem', $root, $middle), '-outform', 'DER');
probed('in PKCS#7', site('middle.crt' => $p7), \%HALF, 'OK', { 'intermediates.fetched' => 'OK' });
my %WRONG = (
    'another certificate' => [$root, qr/another certificate/], 'a namesake of another key' => [cert('Middle', 'Root', 'other', 'root', ca => 1), qr/another certificate/],
    'a page' => [{ body => '<html><body>Log in</body></html>', headers => { 'Content-Type' => 'text/html' } }, qr/a page instead of a certificate/], 'nothing' => ['', qr/instead of a certificate/],
    'a 404' => [{ status => '404 Not Found', body => 'no' }, qr/404/], 'a cut body' => [{ body => substr($middle, 0, 100), headers => { 'Content-Length' => length $middle } }, qr/truncated/],
    'far too much' => ["\x30" x 300_000, qr/too-large/], 'garbage' => ["\x30\x82\x01\x00" . "\x02" x 256, qr/instead of a certificate/],
);
for my $what (sort keys %WRONG) {
    my ($body, $said) = @{ $WRONG{$what} };
    my $r = probed("$what in its place", site('middle.crt' => $body), \%HALF, 'CRITICAL',
        { 'intermediates.missing' => 'CRITICAL', 'intermediates.fetch-failed' => 'OK' }, qr/could not be fetched either/);
    like((finding($r, 'intermediates.fetch-failed'))[0]{text} // '', $said, 'which is told');
}
probed('nobody listens', free_port(), \%HALF, 'CRITICAL', { 'intermediates.fetch-failed' => 'OK' });
{
    my $r = machine(%HALF);
    $r->{'HKEY_USERS\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings'} = { ProxyEnable => reg_dword(1),
        ProxyServer => reg_sz("127.0.0.1:$right") };
    $r->{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'} = {};
    my $file = save('proxy.reg', windows_export($r));
    verdict('through the proxy of the SYSTEM account', plugin('-R', $file, '--aia=probe', '--proxy=registry'), 'OK',
        { 'intermediates.fetched' => 'OK' }, qr/\(via proxy 127\.0\.0\.1:$right\)/);
    verdict('which bundles do not tell', plugin('--roots=' . bundle('roots.pem', $root), '--aia=probe', '--proxy=registry'),
        'UNKNOWN', {}, qr/--proxy=registry needs a registry/);
}
{
    my $expired = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-900, -20]);
    probed('an expired one comes', site('middle.crt' => $expired), \%HALF, 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' });
    probed('a disallowed one comes', $right, { %HALF, disallowed => [$middle] }, 'CRITICAL',
        { 'intermediates.disallowed' => 'CRITICAL', 'intermediates.by-aia' => undef });
    my $file = bundle('leaf.pem', $leaf);
    verdict('for a certificate', plugin('-R', registry({ root => [$root] }), "--certificate=$file", '--aia=probe',
        "--connect-to=aia.test:80:127.0.0.1:$right"), 'WARNING',
        { 'intermediates.no-path' => 'WARNING', 'intermediates.fetched' => 'OK' });
    verdict('for a server', plugin('-R', registry({ root => [$root] }), "--connect=127.0.0.1:$incomplete", '--aia=probe',
        "--connect-to=aia.test:80:127.0.0.1:$right"), 'WARNING',
        { 'intermediates.no-path' => 'WARNING', 'intermediates.fetched' => 'OK' });
    verdict('a server whose issuer nobody gives',
        plugin('-R', registry({ root => [$root] }), "--connect=127.0.0.1:$inspected", '--aia=probe'), 'CRITICAL',
        { 'intermediates.no-path' => 'CRITICAL' });
}
{
    my $r = run([@{ plugin('-R', registry(\%HALF), '--aia=probe', '-t', '3',
        '--connect-to=aia.test:80:127.0.0.1:' . site('middle.crt' => { hang => 1 })) }, '-o', 'plugin'], rss => 1);
    is(state_name($r->{code}), 'CRITICAL', 'a server that never answers') or diag($r->{out});
    ok($r->{seconds} < 4, "within the deadline: $r->{seconds} s") if defined $r->{seconds};
}
done_testing();
