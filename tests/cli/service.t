#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp --service: what the names of the service send today, judged with the server's stores - a whole chain, a front end that leaves
# out the cross-certificate, a wrong chain, an unknown CA, TLS inspection - from the server and from elsewhere; the addresses in the
# chains; hosts that a log names.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use Logs;
use MIME::Base64 qw(encode_base64);
use Pki ();
use Scp;
use Servers qw(fault_server start_program wait_for_port free_port);
use Test::More;
use TrustList;

-x (plugin_path('check_scp') // '') or plan skip_all => 'check_scp is not built';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

# --- A small cloud ---

sub points
{
    my ($url) = @_;
    return Chain::extension('2.5.29.31', 0, der_tlv(0x30, der_tlv(0x30, der_tlv(0xA0, der_tlv(0xA0, der_tlv(0x86, $url))))));
}
my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my $cross = cert('Cross', 'Root', 'cross', 'root', ca => 1, days => [-300, 1000]);
my $issuing = cert('Issuing 1', 'Cross', 'one', 'cross', ca => 1, pathlen => 0, days => [-300, 900], aia => 'http://aia.test/cross.crt');
my $new = cert('Issuing 9', 'Cross', 'nine', 'cross', ca => 1, pathlen => 0, days => [-10, 900]);
my $public = cert('Public', 'Public', 'public', 'public', ca => 1);
my $inspector = cert('Inspector', 'Inspector', 'inspector', 'inspector', ca => 1);
my %SERVICE = (sccm => 'sccm.manage.test', login => 'login.online.test', go => 'go.micro.test');

sub leaf { my ($host, $by, @more) = @_; my %by = (one => 'Issuing 1', nine => 'Issuing 9', public => 'Public', inspector => 'Inspector'); return cert($host, $by{$by}, 'leaf', $by, dns => $host, days => [-10, 20], @more) }
sub issuer { my ($alias, $name, $key) = @_; return "\n[issuer $alias]\nsubject_der = " . encode_base64(name_der($name), '') . "\nspki_der = " . encode_base64(Chain::spki($key), '') . "\n" }
# A profile whose certificates can be rehearsed with: they are in it.
sub with_der { my ($text, @certificates) = @_; for my $c (@certificates) { my $sha1 = fingerprint($c); $text =~ s/^(sha1 = $sha1\n)/$1 . 'der = ' . encode_base64($c, '') . "\n"/mei } return $text }
my $profile = save('service.ini', with_der(family_text(any => { 'issuing-1' => $issuing }, via => { cross => $cross }, root => $root, url => { cross => 'http://aia.test/cross.crt' })
    . issuer('root', 'Root', 'root') . issuer('cross', 'Cross', 'cross') . issuer('one', 'Issuing 1', 'one') . list_anchor(), $root, $cross, $issuing)
    . join '', map { "\n[endpoint $_]\nhost = $SERVICE{$_}\nkind = tls\nissuers = root cross one\nlevel = recommended\nsource = the test suite\n" } sort keys %SERVICE);

my ($files, %port) = (0);
# A server with this chain; its port.
sub server
{
    my ($first, @rest) = @_;
    my $key = join ':', map { fingerprint($_) } $first, @rest;
    return $port{$key} if $port{$key};
    my $n = ++$files;
    my @chain = @rest ? ('-cert_chain', bundle("chain$n.pem", @rest)) : ();
    my $port = free_port();
    start_program('openssl', 's_server', '-accept', "127.0.0.1:$port", '-cert', bundle("server$n.pem", $first), '-key', key_file('leaf'), @chain, '-quiet', '-naccept', '200');
    wait_for_port($port) or die 's_server did not start';
    return $port{$key} = $port;
}
my %leaf = map { ($_ => leaf($SERVICE{$_}, 'one')) } keys %SERVICE;
# Everything good, but for what is given: ID => port.
sub cloud
{
    my (%other) = @_;
    return map { "--connect-to=$SERVICE{$_}:443:127.0.0.1:" . ($other{$_} // server($leaf{$_}, $issuing, $cross)) } sort keys %SERVICE;
}
sub registry { my ($stores) = @_; return save('service' . ++$files . '.reg', windows_export(machine(%$stores))) }
my %WHOLE = (root => [$root], ca => [$cross, $issuing]);
sub judged
{
    my ($name, $stores, $cloud, $state, $findings, $line, @more) = @_;
    return verdict($name, ['check_scp', "--at=$AT", "--profile=$profile", '-v', '-t', 10, '--skip=revocation', '--skip=autoupdate', '-R', ref $stores ? registry($stores) : $stores, '--service', @$cloud, @more],
        $state, $findings, $line);
}
my @SERVER = ('--vantage=server');

# What the plan says of it: the steps, each with its store, kind and whether it was rehearsed; then why none helps.
sub planned
{
    my ($r, $steps, $why, $name) = @_;
    my $facts = $r->{json}{facts};
    is_deeply([map { join ' ', $_->{what} =~ s/ .*//r, $_->{where} // '-', $_->{class}, $_->{rehearsed} ? 'rehearsed' : 'not', @{ $_->{mends} } } @{ $facts->{plan} }], $steps, "$name: the steps")
        or diag(explain($facts->{plan}));
    my ($said) = map { $_->{why} } grep { $_->{cause} eq 'service' } @{ $facts->{no_remedy} };
    $why eq '' ? is($said, undef, "$name: nothing is left") : like($said, $why, "$name: why there is no step");
    unlike(join(' ', map { $_->{what} } @{ $facts->{plan} }), qr/import (?!Cross|Issuing 1 )/, "$name: nothing else is imported");
    return;
}

# --- Chains ---

my $r = judged('all is well', \%WHOLE, [cloud()], 'OK', { 'intermediates.chains' => 'OK', 'intermediates.inspected' => undef, 'intermediates.server-omits' => undef,
    'intermediates.new-issuer' => undef, 'intermediates.expiring' => undef, 'service.no-way-out' => undef });
is_deeply([map { "$_->{host} $_->{endpoint} $_->{outcome} " . @{ $_->{sent} } } @{ $r->{json}{facts}{service}{hosts} }],
    ['go.micro.test go ok 3', 'login.online.test login ok 3', 'sccm.manage.test sccm ok 3'], 'who was asked, and what they sent') or diag(explain($r->{json}{facts}{service}));
is_deeply([map { $_->{value} } grep { $_->{label} eq 'service_answered' } @{ $r->{json}{perfdata} }], [3], 'how many answered');
planned($r, [], '', 'all is well');
like((finding($r, 'intermediates.chains', 'sccm.manage.test'))[0]{text}, qr/\Asccm\.manage\.test chains to Root via Issuing 1, Cross, until/, 'by which path');

{
    my $plain = run_json(['check_scp', "--at=$AT", "--profile=$profile", '-v', '--skip=revocation', '--skip=autoupdate', '-R', registry(\%WHOLE), cloud(map { $_ => free_port() } keys %SERVICE)]);
    is($plain->{json}{facts}{service}, undef, 'nothing is asked without --service');
    is($plain->{json}{state}, 'OK', 'nor judged');
}
judged('a front end without the cross-certificate, which the server has', \%WHOLE, [cloud(sccm => server($leaf{sccm}, $issuing))], 'OK',
    { 'intermediates.server-omits' => 'OK', 'intermediates.no-path' => undef });
for my $at ([], \@SERVER) {
    my $state = @$at ? 'CRITICAL' : 'WARNING';
    my $q = judged('nor has the server it, and its address does not answer' . (@$at ? ', seen from there' : ''), { root => [$root], ca => [$issuing] }, [cloud(sccm => server($leaf{sccm}, $issuing)), @$at], $state,
        { 'intermediates.no-path' => $state }, @$at ? qr/sccm\.manage\.test: no path.*; first: import Cross \(xsign\) into LocalMachine\\CA \|/ : ());
    planned($q, [@$at ? 'import LocalMachine\CA 0 rehearsed intermediates' : ()], '', 'the cross-certificate' . (@$at ? ', from there' : ', from here'));
    like($q->{json}{facts}{plan_shows} // '', qr/and those that the service sends build/, 'and the chain was seen to build') if @$at;
}
$r = judged('nor has the server it, but can fetch it', { root => [$root], ca => [$issuing] }, [cloud(sccm => server($leaf{sccm}, $issuing)), @SERVER, '--connect-to=aia.test:80:127.0.0.1:' . Pki::web({ 'aia.test/cross.crt' => $cross })],
    'OK', { 'intermediates.no-path' => 'OK', 'intermediates.fetched' => 'OK' });
planned($r, [], '', 'what can be fetched');
{
    my $r = machine(root => [$root], ca => [$issuing]);
    $r->{ POLICY_CERTIFICATES . '\ChainEngine\Config' } = { DisableAIAUrlRetrieval => reg_dword(1) };
    my $q = judged('nor has the server it, and must not fetch it', save('noaia.reg', windows_export($r)), [cloud(sccm => server($leaf{sccm}, $issuing))], 'CRITICAL',
        { 'intermediates.no-path' => 'CRITICAL', 'intermediates.missing' => 'CRITICAL' });
    planned($q, ['import LocalMachine\CA 0 rehearsed intermediates'], '', 'what must not be fetched');
    my ($f) = finding($q, 'intermediates.no-path');
    like("$f->{text} $f->{remedy}", qr/sccm\.manage\.test: no path to a trusted root; issuer 'Cross' .* not found in CA, ROOT.* and what the server sent/, 'what is missing');
    unlike($f->{remedy}, qr/addstore/, 'what is to be done is in the plan');
}
{
    my @wrong = cloud(sccm => server($leaf{sccm}, $new, $cross), go => server($leaf{go}, $cross, $issuing));
    judged('a wrong chain, and the server has the right one', \%WHOLE, \@wrong, 'OK', { 'intermediates.server-order' => 'OK', 'intermediates.no-path' => undef });
    my $q = judged('a wrong chain', { root => [$root] }, \@wrong, 'CRITICAL', { 'intermediates.server-order' => 'OK', 'intermediates.no-path' => 'CRITICAL' });
    planned($q, ['import LocalMachine\CA 0 rehearsed intermediates'], '', 'a wrong chain');
    like((finding($q, 'intermediates.server-order', 'sccm.manage.test'))[0]{text}, qr/sent 3 certificates, of which number 2 did not issue the one before it/, 'and what came');
}
$r = judged('a certificate for another host', \%WHOLE, [cloud(sccm => server($leaf{go}, $issuing, $cross))], 'CRITICAL', { 'intermediates.name-mismatch' => 'CRITICAL' });
planned($r, [], qr/find out who answers in its place/, 'a certificate for another host');
$r = judged('a new CA below the same root', \%WHOLE, [cloud(sccm => server(leaf($SERVICE{sccm}, 'nine'), $new, $cross))], 'OK',
    { 'intermediates.new-issuer' => 'OK', 'intermediates.inspected' => undef, 'intermediates.foreign-root' => undef });
planned($r, [], '', 'a new CA');
{
    my %list = (update => { EncodedCtl => reg_binary(trust_list(entries => [map { list_entry($_) } $root, $public])) });
    judged('a CA of another root, which Windows knows', { root => [$root, $public], ca => [$cross, $issuing], %list }, [cloud(go => server(leaf($SERVICE{go}, 'public')))], 'OK',
        { 'intermediates.new-issuer' => 'OK', 'intermediates.inspected' => undef, 'intermediates.foreign-root' => undef });
}

# --- Inspection ---

my $inspected = server(leaf($SERVICE{sccm}, 'inspector'));
$r = judged('inspected, as the server sees it', \%WHOLE, [cloud(sccm => $inspected), @SERVER], 'CRITICAL', { 'intermediates.inspected' => 'CRITICAL', 'intermediates.no-path' => undef },
    qr/sccm\.manage\.test is likely inspected on the way: 'Inspector' vouches/);
unlike($r->{plain}{out}, qr/addstore|\bimport /, 'nothing is to be imported');
planned($r, ['exempt - 3 not service'], '', 'inspection');
like($r->{json}{summary}, qr/is likely inspected on the way.*; first: exempt \*\.manage\.microsoft\.com/, 'and what is to be done first');
is_deeply($r->{json}{facts}{beside}, [{ what => 'tls-inspection', evidence => ['intermediates.inspected'] }], 'and what that explains');
{
    my $r = machine(%WHOLE);
    $r->{ TLS12_CLIENT() } = { Enabled => reg_dword(0) };
    judged('it is said before what else is wrong', save('tls.reg', windows_export($r)), [cloud(sccm => $inspected), @SERVER], 'CRITICAL', { 'intermediates.inspected' => 'CRITICAL', 'environment.tls' => 'CRITICAL' },
        qr/SCP CRITICAL \([^)]*\) - sccm\.manage\.test is likely inspected/);
}
judged('and the server trusts it', { %WHOLE, root => [$root, $inspector] }, [cloud(sccm => $inspected), @SERVER], 'WARNING', { 'intermediates.inspected' => 'WARNING' });
judged('two hosts that have nothing in common', \%WHOLE, [cloud(sccm => $inspected, go => server(leaf($SERVICE{go}, 'inspector'))), @SERVER], 'CRITICAL',
    { 'intermediates.inspected' => 'CRITICAL' }, qr/is inspected on the way/);
judged('where signing in is inspected, and trusted, it may be meant', { %WHOLE, root => [$root, $inspector] }, [cloud(login => server(leaf($SERVICE{login}, 'inspector'))), @SERVER], 'WARNING',
    { 'intermediates.inspected' => 'WARNING' });
$r = judged('inspected, as seen from here', \%WHOLE, [cloud(sccm => $inspected)], 'OK', { 'intermediates.inspected' => 'OK' });
is_deeply($r->{json}{facts}{beside}, [], 'which says nothing of the server');
planned($r, [], '', 'inspection of this machine');

for my $format (qw(terminal html)) {
    my $out = run(['check_scp', "--at=$AT", "--profile=$profile", '--skip=revocation', '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', cloud(sccm => $inspected, login => free_port()), @SERVER, '-o', $format], env => { COLUMNS => 120 })->{out};
    like($out, qr/What the service sends today.*go\.micro\.test.*builds to Root.*Issuing 1.*2026-12-13.*login\.online\.test.*connect: .*sccm\.manage\.test.*inspected on the way.*Inspector/s, "$format: a table of what came") or diag($out);
}

# --- No answer ---

my $closed = free_port();
judged('one does not answer', \%WHOLE, [cloud(go => $closed)], 'WARNING', { 'intermediates.connect' => 'WARNING' }, qr/go\.micro\.test port 443: connect/);
judged('none does, from here', \%WHOLE, [cloud(map { $_ => $closed } keys %SERVICE)], 'UNKNOWN', { 'service.no-way-out' => 'UNKNOWN', 'intermediates.connect' => undef },
    qr/none of 3 names of the service answered this machine, which is not the server: connect/);
judged('none does, from the server', \%WHOLE, [cloud(map { $_ => $closed } keys %SERVICE), @SERVER], 'WARNING', { 'service.no-way-out' => undef, 'intermediates.connect' => 'WARNING' });
judged('without a registry there are no stores to judge with', save('empty.reg', "Windows Registry Editor Version 5.00\r\n\r\n"), [cloud()], 'UNKNOWN', { 'intermediates.connect' => undef, 'intermediates.no-path' => undef });
judged('offline', \%WHOLE, [cloud(map { $_ => $closed } keys %SERVICE), '--scp-mode=offline'], 'OK', { 'intermediates.connect' => undef });

# --- The addresses in the chains ---

{
    my %ca = map { ($_->[0] => { key => key_file($_->[1]), kind => 'ec', der => $_->[2] }) } ['root', 'root', $root], ['one', 'one', $issuing];
    my $listed = save('listed.ini', slurp($profile) . "\n[endpoint crl]\nhost = crl.test\nurl = http://crl.test/root.crl\nkind = crl\nissuer = root\nlevel = required\n");
    my $point = leaf($SERVICE{sccm}, 'one', more => [points('http://crl.test/one.crl')], serial => "\x11\x22");
    my $ask = sub {
        my ($name, $list, $state, $findings, $text) = @_;
        my $web = Pki::web({ 'crl.test/root.crl' => Pki::crl($ca{root}, this => $NOW - 3600), (defined $list ? ('crl.test/one.crl' => $list) : ()), 'aia.test/cross.crt' => $cross });
        my $q = verdict($name, ['check_scp', "--at=$AT", "--profile=$listed", '-v', '-t', 10, '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', cloud(sccm => server($point, $issuing, $cross)),
            map { "--connect-to=$_.test:80:127.0.0.1:$web" } qw(crl aia)], $state, $findings);
        like(join("\n", map { $_->{text} } @{ $q->{json}{findings} }), $text, 'what is said');
        is_deeply([map { "$_->{id} $_->{url}" } @{ $q->{json}{facts}{service}{endpoints} }], ['service_crl1 http://crl.test/one.crl'], 'what was asked');
        return;
    };
    $ask->('a list that is good', Pki::crl($ca{one}, this => $NOW - 3600), 'OK', { 'revocation.valid' => 'OK', 'intermediates.fetched' => 'OK' }, qr/crl\.test CRL: valid/);
    $ask->('a certificate of the service that is revoked', Pki::crl($ca{one}, this => $NOW - 3600, revoked => [['1122', $NOW - 7200]]), 'CRITICAL', { 'revocation.revoked' => 'CRITICAL' }, qr/revoked/);
    $ask->('a list of somebody else', Pki::crl($ca{root}, this => $NOW - 3600), 'WARNING', { 'revocation.issuer' => 'WARNING' }, qr/\(recommended\)/);
    $ask->('no list', undef, 'WARNING', { 'revocation.http' => 'WARNING' }, qr/404/);
}

# What the profile's endpoints bring is not asked for twice.
{
    my $pointing = cert('Cross', 'Root', 'cross', 'root', ca => 1, days => [-300, 1000], more => [points('http://crl.test/root.crl')]);
    my $web = Pki::web({ 'crl.test/root.crl' => Pki::crl({ key => key_file('root'), kind => 'ec', der => $root }, this => $NOW - 3600) });
    my $twice = save('twice.ini', slurp($profile) . "\n[endpoint crl]\nhost = crl.test\nurl = http://crl.test/root.crl\nkind = crl\nissuer = root\nlevel = required\n");
    my $q = run_json(['check_scp', "--at=$AT", "--profile=$twice", '-v', '-t', 10, '--skip=autoupdate', '-R', registry({ root => [$root], ca => [$issuing] }), '--service', cloud(sccm => server($leaf{sccm}, $issuing, $pointing)),
        "--connect-to=crl.test:80:127.0.0.1:$web"]);
    is_deeply($q->{json}{facts}{service}{endpoints}, [], "a list of the profile's") or diag($q->{out});
    is(scalar(() = slurp(Pki::pki_dir() . "/$web.log") =~ /root\.crl/g), 1, 'is asked for once');
}

# What stands in a certificate does not lead into this machine.
{
    my $trap = Pki::web({ 'trap/' => 'nothing' });
    my $web = Pki::web({ 'crl.test/root.crl' => Pki::crl({ key => key_file('root'), kind => 'ec', der => $root }, this => $NOW - 3600) });
    my $listed = save('trap.ini', slurp($profile) . "\n[endpoint crl]\nhost = crl.test\nurl = http://crl.test/root.crl\nkind = crl\nissuer = root\nlevel = required\n");
    my $trapped = server(leaf($SERVICE{sccm}, 'one', more => [points("http://127.0.0.1:$trap/one.crl")], aia => "http://127.0.0.1:$trap/one.crt"), $issuing, $cross);
    my $q = verdict('an address on this machine', ['check_scp', "--at=$AT", "--profile=$listed", '-v', '-t', 10, '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', cloud(sccm => $trapped),
        "--connect-to=crl.test:80:127.0.0.1:$web"], 'WARNING', { 'revocation.http' => 'WARNING' });
    like(join("\n", map { $_->{text} } @{ $q->{json}{findings} }), qr/127\.0\.0\.1 is a loopback address, which is not asked/, 'is not asked');
    ok(!-s Pki::pki_dir() . "/$trap.log", 'by nobody');
}

# --- Hosts that a log names ---

{
    my @lines = map { entry_new($NOW - 600, "asking $_", component => 'SMS_DMP_DOWNLOADER') } 'https://Download.Microsoft.com/x.cab', 'https://sccm.manage.test/y', 'http://plain.microsoft.com/', 'https://evil.example/.microsoft.com',
        'https://microsoft.com.evil.example/', 'https://other.microsoft.com:8443/', 'https://download.microsoft.com/again';
    my $log = save('dmpdownloader.log', join '', @lines);
    my $q = run_json(['check_scp', "--at=$AT", "--profile=$profile", '-v', '-t', 10, '--skip=revocation', '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', "--log=$log", cloud(),
        '--connect-to=Download.Microsoft.com:443:127.0.0.1:' . server(leaf('download.microsoft.com', 'one'), $issuing, $cross)]);
    my @asked = map { "$_->{host} $_->{outcome} " . ($_->{endpoint} // '-') } @{ $q->{json}{facts}{service}{hosts} };
    is($asked[-1], 'Download.Microsoft.com ok -', 'one of microsoft.com is asked, once')
        or diag(explain(\@asked));
    is(scalar @asked, 4, 'and no other');
    for my $n (16, 17) {
        my $many = save('many.log', join '', map { entry_new($NOW - 600, "asking https://h$_.microsoft.com/", component => 'SMS_DMP_DOWNLOADER') } 1 .. $n);
        $q = run_json(['check_scp', "--at=$AT", "--profile=$profile", '-v', '-t', 10, '--skip=revocation', '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', "--log=$many", cloud(),
            map { "--connect-to=h$_.microsoft.com:443:127.0.0.1:1" } 1 .. $n]);
        is(scalar(grep { $_->{id} eq 'log.hosts' && $_->{state} eq 'UNKNOWN' } @{ $q->{json}{findings} }), $n > 16 ? 1 : 0, "$n hosts in a log: " . ($n > 16 ? 'not all are asked' : 'all are asked'));
    }
}

# What only a log names is inspected as the service's own names are: by the same maker.
{
    my $log = save('dmpdownloader.log', entry_new($NOW - 600, 'asking https://download.microsoft.com/x', component => 'SMS_DMP_DOWNLOADER'));
    my @here = ("--log=$log", '--success-within=0', '--connect-to=download.microsoft.com:443:127.0.0.1:' . server(leaf('download.microsoft.com', 'inspector')));
    judged('a name of a log, inspected as the service is, as seen from here', \%WHOLE, [cloud(sccm => $inspected), @here], 'OK', { 'intermediates.inspected' => 'OK', 'intermediates.no-path' => undef });
    judged('the same as the server sees it', \%WHOLE, [cloud(sccm => $inspected), @here, @SERVER], 'CRITICAL', { 'intermediates.inspected' => 'CRITICAL', 'intermediates.no-path' => undef });
    judged('a name of a log alone', \%WHOLE, [cloud(), @here], 'CRITICAL', { 'intermediates.inspected' => undef, 'intermediates.no-path' => 'CRITICAL' });
}

# --- A proxy that the user named, at the server ---

# It is the server's way out once something valid came through it, whichever part of the run asked for it.
{
    my $folder = Scp::scratch('lists');
    mkdir $folder;
    my $crl = save('root.crl', Pki::crl({ key => key_file('root'), kind => 'ec', der => $root }, this => $NOW - 3600));
    rename $crl, "$folder/root.crl" or die $!;
    my $listed = save('listed.ini', slurp($profile) . join '', map { "\n[endpoint crl$_]\nhost = crl$_.test\nurl = http://crl$_.test/root.crl\nkind = crl\nissuer = root\nlevel = required\nsource = the test suite\n" } 1 .. 4);
    my %inspected = map { ($SERVICE{$_} => server(leaf($SERVICE{$_}, 'inspector'))) } keys %SERVICE;
    my %good = map { ($SERVICE{$_} => server($leaf{$_}, $issuing, $cross)) } keys %SERVICE;
    my $through = sub {
        my ($name, $fault, $ports, $state, $findings, $cause) = @_;
        my $proxy = "$fault," . join ';', map { "$_=$ports->{$_}" } sort keys %$ports;
        my $url = fault_server("--root=$folder", $proxy)->{$proxy};
        my $q = verdict($name, ['check_scp', "--at=$AT", "--profile=$listed", '-v', '-t', 20, '--skip=autoupdate', '-R', registry(\%WHOLE), '--service', "--proxy=http://$url", @SERVER], $state, $findings);
        is($q->{json}{facts}{causes}{revocation}{state}, $cause, "$name: revocation");
    };
    $through->('names inspected, lists good', 'tunnel', \%inspected, 'CRITICAL', { 'intermediates.inspected' => 'CRITICAL' }, 'absent');
    $through->('names good, every list refused', 'tunnel-403', \%good, 'CRITICAL', { 'vantage.no-way-out' => 'CRITICAL' }, 'present');
    $through->('names inspected, every list refused', 'tunnel-403', \%inspected, 'UNKNOWN', { 'vantage.no-way-out' => 'UNKNOWN', 'intermediates.inspected' => 'OK' }, 'unknown');
    $through->('all good', 'tunnel', \%good, 'OK', { 'vantage.no-way-out' => undef, 'intermediates.inspected' => undef }, 'absent');
}

# --- Stores that are not held ---

{
    my $bare = machine(%WHOLE);
    delete $bare->{$_} for grep { /\\Policies\\/ } keys %$bare;
    my $file = save('bare.reg', windows_export($bare));
    my $doubt = 'intermediates.disallowed-not-covered';
    for my $skip ([], ['--skip=intermediates', '--skip=roots']) {
        my $q = judged("no policies: @$skip", $file, [cloud()], 'UNKNOWN', { $doubt => 'UNKNOWN' }, undef, @$skip);
        is(scalar(finding($q, $doubt)), 1, 'that is said once');
    }
}

# --- More names than are asked ---

{
    my $many = save('many.ini', slurp($profile) . join '', map { "\n[endpoint more$_]\nhost = h$_.test\nkind = tls\nissuers = root\nlevel = recommended\n" } 1 .. 30);
    my $q = run_json(['check_scp', "--at=$AT", "--profile=$many", '-v', '-t', 10, '--skip=revocation', '--skip=autoupdate', '-R', registry(\%WHOLE), '--service']);
    is($q->{json}{state}, 'UNKNOWN', 'more names than are asked: not OK by those that are');
    like($q->{out}, qr/more than 32 names of the service/, 'and that is said');
}

done_testing();
