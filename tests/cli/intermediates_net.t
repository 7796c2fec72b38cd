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
use Servers qw(start_program free_port closed_port wait_for_port);
use Test::More;
use TrustList;

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
connected('by another name', $other_name, { root => [$root] }, 'OK', { 'intermediates.name-mismatch' => undef }, undef, '--name=host.test');
connected('by a name that is wrong', $other_name, { root => [$root] }, 'CRITICAL', { 'intermediates.name-mismatch' => 'CRITICAL' }, qr/than other\.test/, '--name=other.test');
for my $same ('host.test.', 'HOST.Test', 'HOST.TEST.') {
    verdict("by that name, spelled $same", plugin('-R', registry({ root => [$root] }), "--connect=$same",
        "--connect-to=host.test:443:127.0.0.1:$other_name"), 'OK', { 'intermediates.name-mismatch' => undef });
}
connected('a port where nobody listens', closed_port(), { root => [$root] }, 'CRITICAL', { 'intermediates.connect' => 'CRITICAL' },
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

# --- TLS inspection of a name of the service's own ---

{
    my $issuer = sub { my ($alias, $name, $key) = @_; return "\n[issuer $alias]\nsubject_der = " . encode_base64(name_der($name), '') . "\nspki_der = "
        . encode_base64(Chain::spki($key), '') . "\n" };
    my $service = sub { my ($id, $host) = @_; return "\n[endpoint $id]\nhost = $host\nkind = tls\nissuers = root middle one\nlevel = recommended\nsource = the test suite\n" };
    my $file = save('service.ini', family_text(any => { 'issuing-1' => $issuing }, via => { middle => $middle }, root => $root)
        . $issuer->('root', 'Root', 'root') . $issuer->('middle', 'Middle', 'middle') . $issuer->('one', 'Issuing 1', 'one')
        . $service->('service', 'service.test') . $service->('login', 'login.test') . list_anchor());
    my %name = (dns => 'service.test', days => [-10, 80]);
    my $own = cert('service.test', 'Issuing 1', 'leaf', 'one', %name);
    my $public_root = cert('Public', 'Public', 'public', 'public', ca => 1);
    my %port = (
        'a complete chain' => s_server($own, $issuing, $middle), 'the leaf alone' => s_server($own),
        'an inspector' => s_server(cert('service.test', 'Inspector', 'leaf', 'inspector', %name, days => [-1, 3])),
        'an inspector who sends his root' => s_server(cert('service.test', 'Inspector', 'leaf', 'inspector', %name), $foreign_root),
        'an inspector who sends the true issuers' => s_server(cert('service.test', 'Issuing 1', 'leaf', 'inspector', %name), $issuing, $middle),
        'itself' => s_server(cert('service.test', 'service.test', 'leaf', 'leaf', %name)),
        'a namesake' => s_server(cert('service.test', 'Issuing 1', 'leaf', 'inspector', %name, ids => 0)),
        'a namesake of the root' => s_server(cert('service.test', 'Root', 'leaf', 'inspector', %name, ids => 0)),
        'a public authority' => s_server(cert('service.test', 'Public', 'leaf', 'public', %name)),
        'for another host' => s_server(cert('other.test', 'Inspector', 'leaf', 'inspector', dns => 'other.test')),
    );
    my $list = sub { return (update => { EncodedCtl => reg_binary(trust_list(entries => [map { list_entry($_) } @_])) }) };
    my $namesake = cert('Root', 'Root', 'inspector', 'inspector', ca => 1, ids => 0);
    my $inspected = sub { return { 'intermediates.inspected' => $_[0], 'intermediates.no-path' => undef, 'intermediates.foreign-root' => undef, 'intermediates.expiring' => undef } };
    # what came, the stores, the state, what is said
    my @ROWS = (
        ['a complete chain', { root => [$root] }, 'OK', { 'intermediates.inspected' => undef, 'intermediates.chains' => 'OK' }],
        ['the leaf alone', { root => [$root] }, 'CRITICAL', { 'intermediates.inspected' => undef, 'intermediates.no-path' => 'CRITICAL' }],
        ['a complete chain', {}, 'WARNING', { 'intermediates.inspected' => undef, 'intermediates.root-missing' => 'WARNING' }],
        ['an inspector', { root => [$root] }, 'CRITICAL', $inspected->('CRITICAL'), qr/(?i)service\.test is likely inspected.*'Inspector' vouches for what came, not Microsoft.*do not trust it/],
        ['an inspector', { root => [$root, $foreign_root] }, 'WARNING', $inspected->('WARNING'), qr/the stores trust it/],
        ['an inspector', { root => [$root, $foreign_root], $list->($root) }, 'WARNING', $inspected->('WARNING')],
        ['an inspector who sends his root', { root => [$root] }, 'CRITICAL', $inspected->('CRITICAL')],
        ['an inspector who sends the true issuers', { root => [$root] }, 'CRITICAL', $inspected->('CRITICAL'), qr/bears the name of an issuer of the service but has another key/],
        ['itself', { root => [$root] }, 'CRITICAL', $inspected->('CRITICAL'), qr/'service\.test' vouches/],
        ['a namesake', { root => [$root] }, 'CRITICAL', $inspected->('CRITICAL'), qr/another key/],
        ['a namesake of the root', { root => [$root, $namesake] }, 'WARNING', $inspected->('WARNING'), qr/another key.*trust it/],
        ['a public authority', { root => [$root, $public_root], $list->($root, $public_root) }, 'WARNING', { 'intermediates.inspected' => undef, 'intermediates.foreign-root' => 'WARNING' }],
        ['a public authority', { root => [$root, $public_root], $list->($root) }, 'WARNING', $inspected->('WARNING')],
        ['a public authority', { root => [$root, $public_root] }, 'WARNING', $inspected->('WARNING')],
        ['for another host', { root => [$root, $foreign_root] }, 'CRITICAL', { %{ $inspected->('CRITICAL') }, 'intermediates.name-mismatch' => undef }, qr/for another host/],
    );
    for my $row (@ROWS) {
        my ($who, $stores, $state, $findings, $line) = @$row;
        my $r = verdict("a name of the service: $who", [$NAME, "--at=$AT", "--profile=$file", '-t', '8', '-R', registry($stores), '--connect=Service.Test',
            "--connect-to=Service.Test:443:127.0.0.1:$port{$who}"], $state, $findings, $line);
        next if !finding($r, 'intermediates.inspected');
        unlike($r->{plain}{out}, qr/addstore|\bimport /, 'and nothing is to be imported');
        like($r->{plain}{out}, qr/fix: exempt \*\.manage\.microsoft\.com/, 'but exempted');
        unlike((split /\n/, $r->{plain}{out})[0], qr/missing=0/, 'nor is the chain said to be there');
    }
    for my $stores ({ root => [$root] }, { root => [$root, $foreign_root] }) {
        my $r = run([$NAME, "--at=$AT", "--profile=$file", '-R', registry($stores), '--connect=login.test', "--connect-to=login.test:443:127.0.0.1:$port{'an inspector'}", '-o', 'plugin']);
        like($r->{out}, qr/fix: ask whether tenant restrictions are meant/, 'where signing in is inspected, it may be meant');
    }
    verdict('another host is judged as ever', [$NAME, "--at=$AT", "--profile=$file", '-R', registry({ root => [$root, $foreign_root] }), '--connect=internal.test',
        "--connect-to=internal.test:443:127.0.0.1:$port{'for another host'}"], 'CRITICAL', { 'intermediates.inspected' => undef, 'intermediates.foreign-root' => 'WARNING', 'intermediates.name-mismatch' => 'CRITICAL' });
    SKIP: {
        skip 'check_scp_revocation is not built', 2 if !-x plugin_path('check_scp_revocation');
        unlike(run(['check_scp_revocation', '--list-endpoints'])->{out}, qr/tls/, 'a name of the service is no endpoint of lists');
        like(run(['check_scp_revocation', "--profile=$file", '--endpoint=service', '-o', 'plugin'])->{out}, qr/'service' is a name of the service .* --connect=service\.test/, 'and says who judges it');
    }
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
verdict('at the server itself, what answers there is evidence', plugin('-R', registry({ %HALF, sync => undef }), '--aia=probe', '--vantage=server',
    "--connect-to=aia.test:80:127.0.0.1:$right"), 'OK', { 'intermediates.by-aia' => 'OK' }, qr/aia\.test answered on the server itself/);
probed('but no list came to the server', $right, { %HALF, sync => undef }, 'WARNING',
    { 'intermediates.by-aia' => 'WARNING', 'intermediates.fetched' => 'OK' }, qr/although they answered/);
verdict('but they answered on the server itself', plugin('-R', registry({ %HALF, sync => undef }), '--aia=probe', '--vantage=server',
    "--connect-to=aia.test:80:127.0.0.1:$right"), 'OK', { 'intermediates.by-aia' => 'OK', 'intermediates.fetched' => 'OK' },
    qr/answered on the server itself/);
probed('but Windows makes one fetch only', $right, { root => [$root] }, 'CRITICAL', { 'intermediates.missing' => 'CRITICAL' },
    undef, MaxAIAUrlRetrievalCountPerChain => reg_dword(1));
probed('but a setting forbids it', $right, \%HALF, 'CRITICAL',
    { 'intermediates.missing' => 'CRITICAL', 'intermediates.fetched' => undef }, undef, DisableAIAUrlRetrieval => reg_dword(1));
probed('nothing is missing, nothing is asked', closed_port(), { root => [$root], ca => [$issuing, $middle] }, 'OK',
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
# Nothing answers here: that proves nothing of the server's way, but on the server itself.
probed('nobody listens', closed_port(), \%HALF, 'OK',
    { 'intermediates.fetch-failed' => 'OK', 'intermediates.by-aia' => 'OK', 'intermediates.missing' => undef });
verdict('nobody listens on the server itself', plugin('-R', registry(\%HALF), '--aia=probe', '--vantage=server',
    '--connect-to=aia.test:80:127.0.0.1:' . closed_port()), 'CRITICAL',
    { 'intermediates.fetch-failed' => 'OK', 'intermediates.missing' => 'CRITICAL' }, qr/could not be fetched either/);
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
    my $r = run([@{ plugin('-R', registry(\%HALF), '--aia=probe', '--vantage=server', '-t', '3',
        '--connect-to=aia.test:80:127.0.0.1:' . site('middle.crt' => { hang => 1 })) }, '-o', 'plugin'], rss => 1);
    is(state_name($r->{code}), 'CRITICAL', 'a server that never answers') or diag($r->{out});
    ok($r->{seconds} < 4, "within the deadline: $r->{seconds} s") if defined $r->{seconds};
}
done_testing();
