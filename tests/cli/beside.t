#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What explains the symptoms beside the article's four causes: proxies, clocks, services of Windows (TLS inspection: service.t).  And a
# firewall that was opened by the article: its ten hosts answer, those of the intermediates do not.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Logs;
use Pki;
use Scp;
use Servers;
use Test::More;

-x (plugin_path('check_scp') // '') or plan skip_all => 'check_scp is not built';
defined which('openssl') or plan skip_all => 'no openssl';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my $w = world();
my $profile = save('demo.ini', profile($w));
my $log = save('dmpuploader.log', log_text(1));
my %site = site($w);
my %responder = responders($w);
for my $host (sort keys %responder) {
    $site{"$host/"} = { body => ocsp_answer($responder{$host}{ca}, $responder{$host}{asked}), headers => { 'Content-Type' => 'application/ocsp-response' } };
}
my $everything = web(\%site);
my $server = fault_server(qw(closed proxy-407));
my ($closed) = $server->{closed} =~ /:(\d+)\z/;
my $forbidding = web({ 'crl4.digicert.com/' => { status => '403 Forbidden', body => 'no' } });
my @HOSTS = do { my %h = map { (m{\A([^/]+)} => 1) } keys %site; sort keys %h };

# Where each host is: those that match go to the second port.
sub ways
{
    my ($refused) = @_;
    return map { "--connect-to=$_:80:127.0.0.1:" . (defined $refused && /\A(?:$refused)\z/ ? $closed : $everything) } @HOSTS;
}
sub registry
{
    my ($change, %o) = @_;
    my $r = scp_registry($w, %o);
    for my $key (keys %$change) { $r->{$key} = { %{ $r->{$key} // {} }, %{ $change->{$key} } } }
    return save('beside.reg', windows_export($r), time);
}
sub judged
{
    my ($name, $registry, $options, $state, $findings, $beside) = @_;
    my $argv = ['check_scp', "--profile=$profile", '-v', '-t', 20, "--log=$log", '-R', $registry, @$options];
    my $r = verdict($name, $argv, $state, $findings);
    is_deeply($r->{json}{facts}{beside}, [map { { what => $_->[0], evidence => [@$_[1 .. $#$_]] } } @$beside], "$name: what that explains") or diag(explain($r->{json}{facts}{beside}));
    return ($r, $argv);
}
my @SERVER = ('--vantage=server');
my $CONNECTIONS = INTERNET_SETTINGS . '\Connections';
sub winhttp { my (@settings) = @_; return { $CONNECTIONS => { WinHttpSettings => connection_settings(0x18, @settings) } } }

# --- Nothing ---

my ($r, $argv) = judged('all is well, but for the symptom', registry({}), [ways()], 'WARNING', { 'diagnosis.unexplained' => 'WARNING' }, []);
unlike(run([@$argv, '-o', 'terminal'])->{out}, qr/What else/, 'nothing is made of it');

# --- The proxy ---

($r, $argv) = judged('a proxy with a user name and a password', registry(winhttp(3, 'user:secret@px.example:8080', '')), [ways()], 'WARNING', { 'proxy.credentials' => 'WARNING' },
    [['proxy', 'proxy.credentials']]);
unlike($r->{out}, qr/secret/, 'which is not shown');
like($r->{plain}{out}, qr/none of the article's four causes; what may explain them: the proxy/, 'and said where the symptoms are');
for my $format (qw(terminal html)) {
    my $out = run([@$argv, '-o', $format], env => { COLUMNS => 80 })->{out};
    like($out, qr/What else may explain the symptoms.*the proxy.*proxy\.credentials.*proxy\.credentials/s, "$format: a line of it, and the finding");
    my @said = $out =~ /holds\s+a\s+user\s+name\s+and\s+a\s+password/g;
    is(scalar @said, 1, "$format: which is said once") or diag($out);
}
judged('a proxy by script alone', registry({ SYSTEM_SETTINGS() => { AutoConfigURL => reg_sz('http://pac.example/p.pac') } }), [ways()], 'WARNING', { 'proxy.script' => 'WARNING' },
    [['proxy', 'proxy.script']]);
my $proxy = $server->{'proxy-407'};
my @direct = qw(crl3.digicert.com www.microsoft.com ctldl.windowsupdate.com);
my @bypassed = ('--proxy=registry', map { "--connect-to=$_:80:127.0.0.1:$everything" } @direct);
($r) = judged('a proxy that wants a login, with a short bypass list', registry(winhttp(3, $proxy, join ';', @direct)), [@bypassed, @SERVER], 'WARNING', { 'proxy.bypass' => 'WARNING' },
    [['proxy', 'proxy.bypass']]);
my ($f) = finding($r, 'proxy.bypass');
like($f->{text}, qr/\Aproxy \Q$proxy\E refuses \d+ hosts that its bypass list does not name: [^;]*oneocsp\.microsoft\.com/, 'which hosts');
unlike($f->{text}, qr/crl3\.digicert\.com/, 'and not those that it names');
unlike($f->{remedy}, qr/reset proxy|password/, 'nor is the proxy taken away');
judged('the same, asked from another host than the server', registry(winhttp(3, $proxy, join ';', @direct)), [@bypassed], 'WARNING', { 'proxy.bypass' => 'OK' }, []);
SKIP: {
    -x plugin_path('check_scp_revocation') or skip 'check_scp_revocation is not built', 1;
    my @run = ('check_scp_revocation', "--profile=$profile", '-t', 20, '-R', registry(winhttp(3, $proxy, join ';', @direct)), @bypassed);
    is(join(' ', map { $_->{state} } finding(run_json([@run, @SERVER]), 'proxy.bypass')), 'WARNING', 'check_scp_revocation says it, too');
    is(join(' ', map { $_->{state} } finding(run_json([@run]), 'proxy.bypass')), 'OK', 'but not what another machine meets');
}
judged('a list that names one host alone', registry(winhttp(3, $proxy, 'ctldl.windowsupdate.com')), [@bypassed, @SERVER], 'CRITICAL', { 'proxy.bypass' => 'WARNING', 'diagnosis.revocation' => 'CRITICAL' },
    [['proxy', 'proxy.bypass']]);
judged('the same list, and nothing was asked through the proxy', registry(winhttp(3, $proxy, join ';', @direct)), [ways(), '--proxy=none'], 'WARNING', { 'proxy.bypass' => 'OK' }, []);
judged('hosts that refuse by themselves', registry(winhttp(3, $proxy, '')), ['--proxy=none', map { "--connect-to=$_:80:127.0.0.1:" . ($_ eq 'crl4.digicert.com' ? $forbidding : $everything) } @HOSTS], 'WARNING',
    { 'proxy.bypass' => undef, 'revocation.http' => 'WARNING' }, []);
judged('a list that names them all', registry(winhttp(3, $proxy, '*.digicert.com;*.microsoft.com;ctldl.*')), [ways(), '--proxy=registry'], 'WARNING', { 'proxy.bypass' => undef }, []);
judged('no list at all, and nothing was asked through the proxy', registry(winhttp(3, $proxy, '')), [ways(), '--proxy=none'], 'WARNING', { 'proxy.bypass' => undef }, []);

# --- Clocks ---

judged('lists that were synchronised in the future', registry({ AUTO_UPDATE() => { LastSyncTime => reg_time(time + 40 * 86_400) } }), [ways()], 'WARNING', { 'environment.clock' => 'WARNING' },
    [['clock', qw(autoupdate.sync-future environment.clock)]]);
my $late = web({ map { my $page = $site{$_}; $_ => { %{ ref $page ? $page : { body => $page } }, headers => { %{ ref $page ? $page->{headers} // {} : {} }, Date => POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime time + 7200) } } } keys %site });
for my $at ([], \@SERVER) {
    judged('the hosts have another time' . (@$at ? ' than the server' : ' than this machine'), registry({}), [(map { "--connect-to=$_:80:127.0.0.1:$late" } @HOSTS), @$at], 'WARNING', { 'revocation.clock' => 'WARNING' },
        [@$at ? ['clock', 'revocation.clock'] : ()]);
}

# --- Services of Windows ---

my %disabled = ('HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc' => { Start => reg_dword(4) });
($r) = judged('the Cryptographic Services disabled', registry(\%disabled), [ways()], 'WARNING', { 'autoupdate.service-disabled' => 'WARNING' }, [['service', 'autoupdate.service-disabled']]);
like((finding($r, 'autoupdate.service-disabled'))[0]{remedy}, qr/sc config CryptSvc start= auto, then net start CryptSvc/, 'both commands');
my %frozen = (AUTO_UPDATE() => { DisallowedCertLastSyncTime => reg_time(time - 40 * 86_400) });
judged('a list that stands still, while its hosts answer the server', registry(\%frozen), [ways(), @SERVER], 'WARNING', { 'diagnosis.update-key' => 'WARNING', 'autoupdate.sync-stale' => 'WARNING' },
    [['service', 'diagnosis.update-key']]);
judged('... this machine, which is not the server', registry(\%frozen), [ways()], 'WARNING', { 'diagnosis.update-key' => undef }, []);
judged('... nobody', registry(\%frozen), [ways('ctldl.*'), @SERVER], 'CRITICAL', { 'diagnosis.update-key' => undef }, []);
judged('... and the service is disabled', registry({ %frozen, %disabled }), [ways(), @SERVER], 'WARNING', { 'diagnosis.update-key' => undef }, [['service', 'autoupdate.service-disabled']]);

# The same in a hive, whose keys tell who may write them.
my $hives = 0;
sub as_hive
{
    my ($r, $sddl) = @_;
    my $software = 'HKEY_LOCAL_MACHINE\SOFTWARE\\';
    my %hive = map { substr($_, length $software) => $r->{$_} } grep { /\A\Q$software\E/i } keys %$r;
    my %rest = map { $_ => $r->{$_} } grep { !/\A\Q$software\E/i } keys %$r;
    my $authroot = 'Microsoft\SystemCertificates\AuthRoot';
    $hive{"$authroot\\$_"} //= {} for qw(AutoUpdate Certificates);
    my $descriptor = descriptor("O:SYG:SYD:$sddl");
    my $bytes = hive_bytes(\%hive, time => time, security => { map { ("$authroot\\$_" => $descriptor) } qw(AutoUpdate Certificates) });
    return ('-R', save('beside' . ++$hives . '.hive', $bytes, time), '-R', save('rest.reg', windows_export(\%rest), time));
}
SKIP: {
    skip no_hives(), 1 if no_hives();
    my @all = ('check_scp', "--profile=$profile", '-v', '-t', 20, "--log=$log", ways(), @SERVER);
    my $still = scp_registry($w);
    $still->{ AUTO_UPDATE() }{DisallowedCertLastSyncTime} = reg_time(time - 40 * 86_400);
    my $granted = verdict('a list that stands still, and CryptSvc may write', [@all, as_hive($still, 'AI(A;CIID;KA;;;NS)(A;CIID;KA;;;SY)')], 'WARNING',
        { 'diagnosis.update-key' => undef, 'autoupdate.key-denied' => undef, 'autoupdate.sync-stale' => 'WARNING' });
    is_deeply($granted->{json}{facts}{beside}, [], 'nothing is inferred');
    my @denied = (@all, as_hive($still, 'AI(A;CIID;KA;;;SY)(A;CIID;KR;;;BU)'));
    my $r = verdict('... and may not', \@denied, 'WARNING', { 'diagnosis.update-key' => undef, 'autoupdate.key-denied' => 'WARNING' });
    is_deeply($r->{json}{facts}{beside}, [{ what => 'service', evidence => ['autoupdate.key-denied'] }], 'what that explains');
    like((finding($r, 'autoupdate.key-denied'))[0]{remedy}, qr/\Agive NT SERVICE\\CryptSvc full control of /, 'and what mends it');
    my $missing = verdict('... and a root waits for it', [@all, as_hive(scp_registry($w, root => 0), 'P(A;CI;KA;;;SY)')], 'CRITICAL',
        { 'autoupdate.key-denied' => 'CRITICAL', 'roots.missing' => 'CRITICAL' });
    is($missing->{json}{facts}{plan}[0]{class}, 0, 'to import it is the cheaper step');
    is_deeply($missing->{json}{facts}{plan}[0]{mends}, ['roots'], '... which gives nobody a right');
    like((finding($missing, 'autoupdate.key-denied'))[0]{remedy}, qr/\Agive NT SERVICE\\CryptSvc full control of /, 'what does stays said');
    is((finding($missing, 'diagnosis.autoupdate'))[0]{remedy}, '', 'and nothing else is said to');
}

# --- A firewall opened by the article ---

{
    my $r = scp_registry($w);
    delete $r->{ SYSTEM_CERTIFICATES . '\CA\Certificates\\' . fingerprint($_->{der}) } for @$w{qw(cross issuing)};
    my $file = save('online.reg', windows_export($r), time);
    my $others = 'cacerts\.digicert\.com|caissuers\.microsoft\.com|www\.microsoft\.com|crl2\.microsoft\.com';
    my ($q) = judged('the hosts of the article answer the server, those of the intermediates refuse', $file, [ways($others), @SERVER], 'CRITICAL', { 'diagnosis.intermediates' => 'CRITICAL', 'revocation.connect' => 'CRITICAL WARNING' }, []);
    is_deeply({ map { $_ => $q->{json}{facts}{causes}{$_}{state} } qw(autoupdate roots intermediates) }, { autoupdate => 'absent', roots => 'absent', intermediates => 'present' }, 'cause 3');
    is($q->{json}{facts}{first}, 'intermediates', 'to be mended first');
    judged('all answer', $file, [ways(), @SERVER], 'WARNING', { 'diagnosis.intermediates' => undef, 'diagnosis.unexplained' => 'WARNING' }, []);
}

done_testing();
