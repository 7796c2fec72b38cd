#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp from outside: situations are put together from their causes, and the diagnosis has to name exactly those, in the right
# order.  What is expected is worked out here from what was put in, by rules of this file.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Said 'now';
use Scp;
use Servers;
use Test::More;
use TrustList;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my $w = world();
my $profile = save('demo.ini', profile($w));
my %site = site($w);
my %responder = responders($w);
for my $host (sort keys %responder) {
    my $answer = ocsp_answer($responder{$host}{ca}, $responder{$host}{asked});
    $site{"$host/"} = { body => $answer, headers => { 'Content-Type' => 'application/ocsp-response' } };
}
my %hosts = map { m{\A([^/]+)}; $1 => 1 } keys %site;

# The same site with a filter in front of some hosts.
sub filtered
{
    my ($pattern) = @_;
    my $page = { status => '403 Forbidden', body => '<html>blocked</html>', headers => { 'Content-Type' => 'text/html' } };
    return { %site, map { my $h = $_; map { $_ => $page } grep { index($_,
        "$h/") == 0 } keys %site } grep { /$pattern/ } keys %hosts };
}
my %port = (open => web(\%site), lists => web(filtered(qr/\Actldl/)), crls => web(filtered(qr/crl|ocsp|www/)));

sub reach
{
    my ($hosts) = @_;
    return map { "--connect-to=$_:80:127.0.0.1:$port{$hosts}" } sort keys %hosts;
}

my $clean = save('clean.log', log_text(0), time);
my $failing = save('failing.log', log_text(1), time);

# The registry of a situation, written once.
my %written;
sub registry
{
    my (%o) = @_;
    my $id = join '-', map { "$_$o{$_}" } sort keys %o;
    return $written{$id} //= save('scp' . keys(%written) . '.reg', windows_export(scp_registry($w, %o)), time);
}

sub diagnose
{
    my ($registry, @more) = @_;
    return run_json([$NAME, '-v', "--profile=$profile", '-R', $registry, '--noproxy=*', '-t', 20, @more]);
}

# --- What is expected ---

# A cause is what keeps a chain from building or its revocation from being known; the first is the one with the cheapest step:
# a certificate (root, intermediates), the network, a policy.
my %ORDER = (roots => 1, intermediates => 2, revocation => 3, autoupdate => 4);

# { cause => what it follows from or '' }
sub expected
{
    my (%s) = @_;
    my %causes;
    # Hosts of lists that the server itself reached a few hours ago are not blocked for it.
    my $blocked = $s{hosts} eq 'lists' && $s{update} eq 'stale';
    $causes{autoupdate} = $blocked ? 'revocation' : '' if $s{update} ne 'on' && !$s{root};
    $causes{roots} = 'autoupdate' if $s{update} ne 'on' && !$s{root};
    $causes{intermediates} = '' if !$s{chain};
    # Hosts of lists are not demanded where the policy keeps the update off.
    $causes{revocation} = '' if $s{hosts} eq 'crls' || $blocked;
    return \%causes;
}

sub state_of
{
    my ($causes, %s) = @_;
    return 'CRITICAL' if keys %$causes;
    return $s{update} ne 'on' || !$s{root} || $s{symptom} ? 'WARNING' : 'OK';
}

sub first_of
{
    my ($causes) = @_;
    my ($first) = sort { $ORDER{$a} <=> $ORDER{$b} } keys %$causes;
    return $first;
}

sub first_finding { return (finding(@_))[0] // {} }

# --- Every combination of causes ---

my ($cells, @wrong) = (0);
for my $update (qw(on off stale)) {
    for my $bits (0 .. 7) {
        my ($root, $chain, $symptom) = ($bits & 1, $bits >> 1 & 1, $bits >> 2 & 1);
        for my $hosts (qw(open lists crls)) {
            my %s = (update => $update, root => $root, chain => $chain, hosts => $hosts, mirror => 0);
            my $r = diagnose(registry(update => $update, root => $root, chain => $chain), '--log=' . ($symptom ? $failing : $clean),
                reach($hosts));
            my ($facts, $causes) = ($r->{json}{facts}, expected(%s));
            my $what = join ' ', map { "$_=$s{$_}" } sort keys %s;
            my $seen = join ' ', map { my $c = $facts->{causes}{$_}; $c->{state} eq 'present' ? "$_<" . ($c->{follows_from} // '')
                : $c->{state} eq 'absent' ? () : "$_?" } sort keys %ORDER;
            my $want = join ' ', map { defined $causes->{$_} ? "$_<$causes->{$_}" : () } sort keys %ORDER;
            my $state = state_of($causes, %s, symptom => $symptom);
            my @bad;
            push @bad, "causes: wanted '$want', seen '$seen'" if $seen ne $want;
            push @bad, 'first: wanted ' . (first_of($causes) // 'none') . ', seen ' . ($facts->{first} // 'none')
                if ($facts->{first} // '') ne (first_of($causes) // '');
            push @bad, "state $r->{json}{state}" if $r->{json}{state} ne $state;
            push @bad, "symptom $facts->{symptoms}{chain_errors}{state}"
                if $facts->{symptoms}{chain_errors}{state} ne ($symptom ? 'present' : 'absent');
            push @bad, 'a cause is not among the findings: ' . join ' ', grep { !finding($r, "diagnosis.$_") } keys %$causes
                if grep { !finding($r, "diagnosis.$_") } keys %$causes;
            push @wrong, "$what symptom=$symptom: " . join '; ', @bad if @bad;
            $cells++;
        }
    }
}
is_deeply(\@wrong, [], "$cells situations: exactly the causes that were put in, in the right order");

# --- What is to be opened ---

# Kinds of faults, the hosts that have them => what the steps are to be: "what", the way a test goes, whom to ask.
{
    my $fault = fault_server(qw(closed silent html proxy-407));
    my $at = sub { my ($host, $where) = @_; return "--connect-to=$host:80:" . ($where eq 'dns' ? 'nowhere.invalid:80' : $fault->{$where}) };
    my @groups = (['crl3.digicert.com', 'ocsp.digicert.com'], ['oneocsp.microsoft.com', 'www.microsoft.com', 'crl2.microsoft.com']);
    my $steps = sub { my ($facts) = @_; return [map { [$_->{what}, $_->{where}, $_->{hosts}, $_->{commands}] } grep { $_->{class} == 3 } @{ $facts->{plan} }] };
    my $healthy = registry();
    my $r = diagnose($healthy, $at->('crl3.digicert.com', 'closed'), $at->('ocsp.digicert.com', 'dns'), reach('open'));
    my $no_proxy = 'SYSTEM goes without a proxy';
    is_deeply($steps->($r->{json}{facts}), [
        ['open TCP port 80 from the server to crl3.digicert.com', "firewall; $no_proxy", ['crl3.digicert.com'], ['Test-NetConnection crl3.digicert.com -Port 80']],
        ["let the server's DNS resolve ocsp.digicert.com", "DNS; $no_proxy", ['ocsp.digicert.com'], ['Resolve-DnsName ocsp.digicert.com']]], 'a step for each kind of fault');
    ok(!grep({ $_->{rehearsed} } @{ $r->{json}{facts}{plan} }), 'none of them was rehearsed');
    $r = diagnose($healthy, (map { $at->($_, 'closed') } @{ $groups[1] }), reach('open'));
    is_deeply($steps->($r->{json}{facts}), [['open TCP port 80 from the server to 3 hosts: oneocsp.microsoft.com, www.microsoft.com, crl2.microsoft.com',
        "firewall; $no_proxy", $groups[1], [map { "Test-NetConnection $_ -Port 80" } @{ $groups[1] }]]], 'one for all that have it');
    like($r->{json}{summary}, qr/; first: open TCP port 80 from the server to 3 hosts\z/, 'which line 1 has in short');
    $r = diagnose($healthy, $at->('crl3.digicert.com', 'closed'), $at->('ocsp.digicert.com', 'silent'), reach('open'));
    is_deeply([map { $_->[0] } @{ $steps->($r->{json}{facts}) }], ['open TCP port 80 from the server to 2 hosts: crl3.digicert.com, ocsp.digicert.com'],
        'hosts that refuse and hosts that drop are opened alike');
    my $through = scp_registry($w);
    $through->{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'} = { WinHttpSettings => reg_binary(
        pack 'V4 a* V', 0x28, 0, 3, length $fault->{'proxy-407'}, $fault->{'proxy-407'}, 0) };
    $r = run_json([$NAME, '-v', "--profile=$profile", '-R', save('proxy.reg', windows_export($through), time), '--proxy=registry', '--vantage=server', '-t', 20]);
    my ($login) = @{ $steps->($r->{json}{facts}) };
    like($login->[0], qr/\Aexcept \d+ hosts: .* from the proxy's login, port 80\z/, 'a proxy that wants a login');
    is($login->[1], "proxy; SYSTEM goes by http://$fault->{'proxy-407'}", '... is named');
    is($login->[3][0], "curl.exe -v -x http://$fault->{'proxy-407'} http://crl3.digicert.com/DemoGlobalRootG2.crl", '... and the test goes through it');
}

# --- Sites of other designs ---

sub diagnosis_of { my ($r) = @_; my $f = $r->{json}{facts}; return join ' ',
    (map { $f->{causes}{$_}{state} } qw(autoupdate roots intermediates revocation)), $f->{first} // 'none', defined $f->{disconnected} ? ($f->{disconnected} ? 'disconnected' : 'connected') : '?' }

{
    my $r = diagnose(registry(mirror => 'http://mirror.example/ctl'), reach('lists'));
    is(diagnosis_of($r), 'absent absent absent absent none disconnected',
        'a mirror, trust-list hosts blocked: disconnected, and nothing to blame');
    is($r->{json}{state}, 'WARNING', 'a warning while it is not said to be meant');
    $r = diagnose(registry(mirror => 'http://mirror.example/ctl'), reach('lists'), '--expect=mirror');
    is($r->{json}{state}, 'OK', 'none where it is');
    $r = diagnose(registry(mirror => 'http://mirror.example/ctl'), reach('lists'));
    like(first_finding($r, 'diagnosis.disconnected')->{text}, qr/internal mirror must be kept fresh/,
        'which names the way that applies');
    $r = diagnose(registry(mirror => 'http://mirror.example/ctl', update => 'stale', root => 0), reach('lists'));
    is(diagnosis_of($r), 'present present absent absent roots disconnected',
        'a stale mirror: the root is to be imported, the update to be mended, not the firewall');
    $r = diagnose(registry(update => 'off', root => 0), reach('open'));
    is(diagnosis_of($r), 'present present absent absent roots disconnected', 'both updates off: disconnected by the article');
    like(first_finding($r, 'diagnosis.disconnected')->{text}, qr/group policy/, 'which names group policy');
    $r = diagnose(registry(), reach('open'));
    is(diagnosis_of($r), 'absent absent absent absent none connected', 'healthy: connected');
    my $proxy = $port{open};
    $r = run_json([$NAME, '-v', "--profile=$profile", '-R', registry(), "--proxy=http://127.0.0.1:$proxy", '-t', 20]);
    is(diagnosis_of($r), 'absent absent absent absent none connected', 'healthy, through a proxy');
    like($r->{json}{vantage}, qr/\Avia proxy 127\.0\.0\.1:$proxy\z/, 'which is named');
    $r = run_json([$NAME, '-v', "--profile=$profile", '-R', registry(), "--proxy=http://127.0.0.1:$port{crls}", '-t', 20]);
    is(diagnosis_of($r), 'absent absent absent present revocation connected', 'a proxy that filters');
}

# The SYSTEM account's proxy, from the same registry.
{
    my $registry = scp_registry($w);
    my ($key) = grep { /Internet Settings\\Connections\z/ } keys %$registry;
    my $server = "127.0.0.1:$port{open}";
    $registry->{$key} = { WinHttpSettings => reg_binary(pack('V3 V/a* V', 0x18, 0, 3, $server, 0)) };
    my $r = run_json([$NAME, '-v', "--profile=$profile", '-R', save('proxy.reg', windows_export($registry), time),
        '--proxy=registry', '-t', 20]);
    is(diagnosis_of($r), 'absent absent absent absent none connected', '--proxy=registry: asked through the server\'s own proxy');
    like($r->{json}{vantage}, qr/\Avia proxy \Q$server\E\z/, 'which is named');
}

# --- What could not be told ---

{
    my $bytes = slurp(registry());
    my $r = diagnose(save('cut.reg', substr($bytes, 0, length($bytes) / 2), time), reach('open'));
    is($r->{json}{state}, 'UNKNOWN', 'half an export: UNKNOWN');
    unlike(diagnosis_of($r), qr/present/, 'and no cause is claimed');
    like(join(' ', map { $_->{text} } grep { $_->{id} eq 'diagnosis.incomplete' } @{ $r->{json}{findings} }),
        qr/could not be told: .*roots/, 'but what could not be told is');
    $r = diagnose(scratch('nosuch.reg'), reach('open'));
    is($r->{json}{state}, 'UNKNOWN', 'no registry: UNKNOWN');
    is(diagnosis_of($r), 'unknown unknown unknown absent none ?', 'the endpoints are judged all the same');
    $r = diagnose(registry(), '--log=' . scratch('nosuch.log'), reach('open'));
    is($r->{json}{state}, 'UNKNOWN', 'a log that is not there: UNKNOWN');
    is(diagnosis_of($r), 'absent absent absent absent none connected', 'the rest is judged all the same');
    is($r->{json}{facts}{symptoms}{chain_errors}{state}, 'unknown', 'and the symptom could not be told');
    $r = diagnose(registry(update => 'off', root => 0), '--log=' . scratch('nosuch.log'), '--skip=revocation');
    is($r->{json}{state}, 'CRITICAL', 'a cause outranks what could not be told');
    $r = diagnose(registry(), '--skip=revocation', '--skip=status');
    is(diagnosis_of($r), 'absent absent absent unknown none ?', 'a part that was left out is not judged');
    is($r->{json}{state}, 'OK', 'and is no alarm');
    like(first_finding($r, 'diagnosis.none')->{text}, qr/that were looked for .*left out: revocation/, 'nor called absent');
    like(first_finding(diagnose(registry(), reach('open')), 'diagnosis.none')->{text}, qr/none of the article's four causes/,
        'as it is where everything was judged');
}

# --- Symptoms ---

{
    my $messages = save('messages.csv', "MessageID,Time\n9605," . POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 3600)) . "\n",
        time);
    my $r = diagnose(registry(), "--messages=$messages", reach('open'));
    my $s = $r->{json}{facts}{symptoms};
    is(join(' ', map { $s->{$_}{state} } qw(msg_9605 msg_9607 chain_errors)), 'present absent unknown', 'status messages');
    is_deeply($s->{msg_9605}{evidence}, ['messages.upload-failed'], 'with the finding that shows it');
    ok(finding($r, 'diagnosis.unexplained'), 'symptoms without a cause are said to be unexplained');
    $r = diagnose(registry(), "--messages=$messages", "--log=$failing", '--scp-mode=offline');
    ok(!finding($r, 'diagnosis.unexplained'), 'offline mode: no symptoms');
    is($r->{json}{state}, 'OK', 'and no endpoints');
}

{
    my $r = diagnose(registry(update => 'off', root => 0), "--log=$failing", reach('open'));
    like(first_finding($r, 'diagnosis.roots')->{text}, qr/explains the symptoms/, 'a cause explains the symptoms');
    unlike(first_finding(diagnose(registry(update => 'off', root => 0), "--log=$clean", reach('open')),
        'diagnosis.roots')->{text}, qr/symptoms/, 'where there are any');
}

# --- Output ---

{
    my @situation = ($NAME, "--profile=$profile", '-R', registry(update => 'off', root => 0), '--noproxy=*', reach('open'));
    my $r = run([@situation]);
    like($r->{out}, qr/\ASCP CRITICAL \(from [^)]+\) - cause: root auto-update is disabled and Demo Global Root G2 is missing \(mending either is enough\); first: import Demo Global Root G2 into LocalMachine\\Root \| causes=2;;;0;4 /, 'one line names the cause');
    like($r->{out}, qr/ roots_missing=1;;0;0;1 intermediates_missing=\S+ revocation_endpoints_ok=10;;;0;10/,
        'and the main number of each part');
    unlike((split /\n/, $r->{out})[0], qr/store_certs/, 'but no other');
    like(run([@situation, '--perfdata=full'], any => 1)->{out}, qr/roots_store_certs=/, 'with --perfdata=full the others, too');
    $r = run([@situation, '-o', 'terminal']);
    like($r->{out}, qr/^What to do\n  1\. import .*certutil -addstore Root.*certutil -verify.*^Symptoms\n.*^Causes\n.*present  1\. Automatic root update.*^\s+seen: disabled by policy/ms,
        'terminal: the plan, then the checklist with evidence');
    is(scalar(() = $r->{out} =~ /$_/g), 1, "terminal: once $_") for '-addstore', 'ChainCacheResyncFiletime', 'SHA-256';
    is(scalar(() = $r->{out} =~ /\broots\.missing:/g), 0, 'which are not said again below it');
    is(scalar(() = $r->{out} =~ /\b[0-9A-F]{40}\b/g), 1, 'nor its thumbprint');
    is(scalar(() = $r->{out} =~ /\[CRITICAL\] (?:roots\.missing|autoupdate\.disabled):/g), 0, 'nor the other cause');
    like($r->{out}, qr/^  and \d+ more \(-v shows them, and what mends the warnings\)$/ms, 'but counted');
    cmp_ok(scalar(split /\n/, $r->{out}), '<=', 46, 'and it all stands on one screen');
    my $wide = run([@situation, '-o', 'terminal'], env => { COLUMNS => 50 })->{out};
    like($wide, qr/^ +\Q$_\E$/m, "a command stands on a line of its own: $_") for
        'curl.exe -f -o DemoGlobalRootG2.crt http://cacerts.digicert.com/DemoGlobalRootG2.crt', 'certutil -hashfile DemoGlobalRootG2.crt SHA256',
        'certutil -addstore Root DemoGlobalRootG2.crt', 'certutil -verify DemoGlobalRootG2.crt', 'certutil -setreg chain\ChainCacheResyncFiletime @now';
    like($wide, qr/root update may stay off/, 'that the update is off is no fault then');
    unlike($wide, qr/check_scp_/, 'nobody is sent to another plugin');
    unlike(run([$NAME, "--profile=$profile", '-R', registry(update => 'stale', root => 0), '--noproxy=*', reach('open'), '-o', 'terminal'])->{out}, qr/may stay off/, 'of an update that is on nothing of the kind is said');
    unlike($r->{out}, qr/^ +(?:fix|see): /m, 'without what mends no cause');
    $r = run([@situation, '-o', 'terminal', '-v']);
    is(scalar(() = $r->{out} =~ /\[CRITICAL\] (?:roots\.missing|autoupdate\.disabled):/g), 2, '-v says all');
    $r = run([$NAME, "--profile=$profile", '-R', registry(), "--log=$failing", '--noproxy=*', reach('open'), '-o', 'terminal']);
    like($r->{out}, qr/present  Log: Failed to check and load service signing certificate\n +seen: 3 times in 24 h, last \d+ min ago$/ms,
        'terminal: a symptom, with what was seen');
    like(run([$NAME, "--profile=$profile", '-R', registry(update => 'off', root => 0), '--skip=revocation', '-o', 'terminal'])->{out},
        qr/no\s+cause\s+is\s+left\s+for\s+the\s+profile's\s+chains,\s+but\s+whether\s+4\s+is\s+there\s+is\s+not\s+known/, 'what was not judged is not said to be gone');
    {
        my $forged = scp_registry($w, update => 'off', root => 0);
        my ($key) = grep { /\\AutoUpdate\z/ } keys %$forged;
        $forged->{$key} = { %{ $forged->{$key} }, DisallowedCertEncodedCtl => reg_binary(trust_list(kind => 'disallowed', signed => 'stranger', entries => [disallowed_entry($w->{distrusted}{der})])) };
        my @run = ($NAME, '-v', "--profile=$profile", '-R', save('forged.reg', windows_export($forged), time), '--noproxy=*', reach('open'));
        my $q = run_json([@run]);
        is($q->{json}{facts}{plan_leaves}, 'list.untrusted', 'what stays CRITICAL although no cause is left');
        like(run([@run, '-o', 'terminal'])->{out}, qr/list\.untrusted\s+\(below\)\s+stays\s+CRITICAL/, 'is said below the plan');
        is(run_json([@situation, '-v'])->{json}{facts}{plan_leaves}, undef, 'where there is something');
    }
    $r = run([@situation, '-o', 'html']);
    unlike($r->{out}, qr/<pre[^>]*>[^<]*<br/, 'html: a command is not broken');
    like($r->{out}, qr/<pre tabindex="0">certutil -addstore Root DemoGlobalRootG2\.crt<\/pre>/, 'but an element of its own');
    is($r->{code}, 2, 'html: the exit code tells the same');
    like($r->{out}, qr/\A<!DOCTYPE html>.*<h2>Causes<\/h2>.*<svg class="chain".*<h2>Endpoints<\/h2>.*<h2>Trusted roots<\/h2>.*<\/html>\n\z/s, 'html: checklist, chain, endpoints, stores');
    unlike($r->{out}, qr/<script|\bsrc=|url\(/i, 'html: no scripts, nothing from outside');
    is(run([@situation, '-w', '0:5', '-c', '0:5'])->{code}, 2, '-w and -c do not hide a cause');
    is(first_finding(run_json([@situation, '-c', '1']), 'diagnosis.count')->{state}, 'CRITICAL', 'but alarm about their number');
    ok(!finding(run_json([@situation, '-c', '2']), 'diagnosis.count'), 'only when outside');
    is(first_finding(run_json([@situation, '-w', '1']), 'diagnosis.count')->{state}, 'WARNING', 'also as a warning');
    is(run_json([@situation, '--severity=diagnosis.*=warning', '--severity=roots.*=warning', '--severity=autoupdate.*=warning',
        '--severity=intermediates.*=warning'])->{code}, 1, '--severity');
}

# --- Wrong use ---

for my $case (['--skip=nothing'], ['--scp-mode=maybe'], ['--since=x'], ['-o', 'pdf']) {
    my $r = run([$NAME, '-R', registry(), @$case]);
    is($r->{code}, 3, "@$case: UNKNOWN");
}
SKIP: {
    skip 'where no source is named these plugins read the live registry', 1 if $ENV{SCP_LIVE};
    is(run([$NAME])->{code}, 3, 'no source at all: UNKNOWN');
}
is(run([$NAME, "--profile=$profile", '--skip=roots', '--skip=autoupdate', '--skip=intermediates', '--skip=status', '--noproxy=*',
    reach('open')])->{code}, 0,
    'endpoints alone need no registry');

done_testing();
