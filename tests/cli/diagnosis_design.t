#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Servers of many designs, put together from a table: state, causes, which one first, and what must not be advised are worked out
# here from what was put in, by the rules of the manual.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Said 'now';
use Scp;
use TrustList;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my ($NOW, $DAY) = (time, 86_400);
my $w = world();
my $profile = save('demo.ini', profile($w));
my $log = save('clean.log', log_text(0), time);
my $print = fingerprint($w->{root}{der});
my $cross = fingerprint($w->{cross}{der});

# --- What a server may be ---

# Microsoft's own list of distrust, with the root in it.
my $listed = trust_list(kind => 'disallowed', this_update => $NOW - 3 * $DAY, entries => [disallowed_entry($w->{root}{der})]);

my %ROOT = map { $_ => 1 } qw(authroot root gpo enterprise both absent disallowed disallowed-gpo absent-disallowed listed purpose disabled not-before flag8
    flag8-root key);
my %CHAIN = map { $_ => 1 } qw(all gpo no-cross no-issuing none disallowed);
my %UPDATE = map { $_ => 1 } qw(on off mirror stale-mirror stale never);

my %HOME = (authroot => SYSTEM_CERTIFICATES . '\AuthRoot', root => SYSTEM_CERTIFICATES . '\ROOT', gpo => POLICY_CERTIFICATES . '\Root',
            enterprise => ENTERPRISE_CERTIFICATES . '\Root');

sub put_root
{
    my ($r, $root) = @_;
    delete $r->{"$HOME{authroot}\\Certificates\\$print"};
    my %in = map { $_ => 1 } $root eq 'both' ? qw(authroot gpo) : $HOME{$root} ? ($root) : $root eq 'flag8-root' ? qw(authroot root)
        : $root =~ /absent/ ? () : ('authroot');
    # Properties: 9 allows nothing that servers need, 104 disables from a date on.
    my @more = $root eq 'purpose' ? ([9, pack 'H*', '300a06082b06010505070304']) : $root eq 'disabled'
        ? ([104, filetime($NOW - 100 * $DAY)]) : $root eq 'not-before' ? ([126, filetime($NOW - 100 * $DAY)]) : ();
    put_certificate($r, $HOME{$_}, $w->{root}{der}, usual_properties($w->{root}{der}, $w->{root}{cn}), @more) for sort keys %in;
    put_certificate($r, SYSTEM_CERTIFICATES . '\Disallowed', $w->{root}{der}) if $root =~ /disallowed\z/;
    put_certificate($r, POLICY_CERTIFICATES . '\Disallowed', $w->{root}{der}) if $root eq 'disallowed-gpo';
    $r->{ AUTO_UPDATE() }{DisallowedCertEncodedCtl} = reg_binary($listed) if $root eq 'listed';
    $r->{ POLICY_CERTIFICATES . '\Root\ProtectedRoots' } = { Flags => reg_dword(8) } if $root =~ /flag8/;
    $r->{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config'}
        = { MinRsaPubKeyBitLength => reg_dword(16384) } if $root eq 'key';
    return;
}

sub put_chain
{
    my ($r, $chain) = @_;
    my $home = SYSTEM_CERTIFICATES . '\CA';
    my ($no_cross, $no_issuing) = ($chain =~ /no-cross|none|gpo/, $chain =~ /no-issuing|none|gpo/);
    delete $r->{"$home\\Certificates\\$cross"} if $no_cross;
    delete $r->{"$home\\Certificates\\" . fingerprint($w->{issuing}{der})} if $no_issuing;
    if ($chain eq 'gpo') {
        put_certificate($r, POLICY_CERTIFICATES . '\CA', $_->{der}) for @$w{qw(cross issuing)};
    }
    put_certificate($r, SYSTEM_CERTIFICATES . '\Disallowed', $w->{cross}{der}) if $chain eq 'disallowed';
    return;
}

sub put_update
{
    my ($r, $update) = @_;
    my $auto = $r->{ AUTO_UPDATE() };
    $r->{ POLICY_CERTIFICATES . '\AuthRoot' } = { DisableRootAutoUpdate => reg_dword(1), EnableDisallowedCertAutoUpdate => reg_dword(0) }
        if $update eq 'off';
    $auto->{RootDirUrl} = reg_sz('http://mirror.example/ctl') if $update =~ /mirror/;
    for my $value (qw(LastSyncTime DisallowedCertLastSyncTime)) {
        $auto->{$value} = reg_time($NOW - 60 * $DAY) if $update =~ /stale/;
        delete $auto->{$value} if $update eq 'never';
    }
    return;
}

sub server
{
    my (%s) = @_;
    my $r = scp_registry($w);
    put_root($r, $s{root});
    put_chain($r, $s{chain});
    put_update($r, $s{update});
    $r->{ POLICY_CERTIFICATES . '\ChainEngine\Config' } = { Options => reg_dword(2) } if !$s{aia};
    return $r;
}

# --- What is right ---

sub expected
{
    my (%s) = @_;
    my $refused = $s{root} =~ /disallowed|listed|purpose|disabled|not-before|key/;
    my $works = $s{update} =~ /\A(?:on|mirror)\z/;
    my $absent = $s{root} =~ /absent/;
    my $missing = $absent && !$works;
    my $meant = $s{expect} eq 'disabled' && $s{update} eq 'off';
    my $lacks = $s{chain} =~ /no-|none/;
    my %e = (autoupdate => 'absent', roots => 'absent', intermediates => 'absent');
    $e{roots} = 'present' if $refused || $s{root} eq 'flag8' || $missing;
    $e{autoupdate} = 'present' if $missing && !$meant;
    # A policy about keys refuses those of the intermediates as well, also where Windows fetches them.
    $e{intermediates} = $s{root} eq 'key' ? 'present' : $lacks ? ($s{aia} ? 'unknown' : 'present')
        : $s{chain} eq 'disallowed' ? 'present' : 'absent';
    # What ends at a root that nothing can mend is not mended either: nothing is to be done but for the root.
    my $dead = $s{root} =~ /\A(?:listed|disabled|not-before|key)/;
    # The cheapest step: a certificate, a denial, a policy, nothing.
    my %step = (roots => $s{root} =~ /\A(?:listed|disabled|not-before)/ ? 6 : $s{root} eq 'key' ? 4 : $refused ? 2 : 0,
                intermediates => $s{chain} eq 'disallowed' ? 2 : $s{root} eq 'key' && !$lacks ? 4 : 0, autoupdate => $s{update} eq 'off' ? 4 : 3);
    ($e{first}) = sort { $step{$a} <=> $step{$b} || $a cmp $b && ($a eq 'roots' ? -1 : $b eq 'roots' ? 1 : 0) }
        grep { $e{$_} eq 'present' } qw(roots intermediates autoupdate);
    $e{first} = 'roots' if $dead;
    my $unlike = $s{expect} eq 'disabled' && $s{update} ne 'off' || $s{expect} eq 'mirror' && $s{update} !~ /mirror/;
    my $fresh = $s{update} eq 'on';
    # Roots that the update brings go where this policy does not look.
    my $useless = $s{root} =~ /flag8/ && $s{update} ne 'off';
    my $warned = $useless || (!$works && !$meant) || $absent || $unlike || ($lacks && $s{aia} && !$fresh);
    $e{state} = (grep { $_ eq 'present' } @e{qw(autoupdate roots intermediates)}) ? 'CRITICAL' : $warned ? 'WARNING' : 'OK';
    return \%e;
}

# What must be said nowhere, whatever else is.
sub forbidden
{
    my (%s) = @_;
    my $e = expected(%s);
    my @never = (qr/-dspublish/i, qr/roots\.sst.*-addstore|-addstore.*roots\.sst/i, qr/reset proxy/i, qr/MinRsaPubKeyBitLength to/, qr/MinRsaPubKeyBitLength = /,
        qr/-delstore "?Disallowed"?\s*(?:\z|\*)/, qr/EncodedCtl\b.*delete|delete.*EncodedCtl/i, qr/switch(?:ing)? (?:off )?revocation/i);
    push @never, qr/-addstore "?CA\b|into LocalMachine.CA\b/ if $e->{intermediates} eq 'absent';
    push @never, qr/-addstore "?Root\b|into LocalMachine.Root\b|import (?:the )?roots?\b/i if $s{root} =~ /\A(?:disallowed|listed|purpose|disabled|not-before|key)/;
    push @never, qr/-addstore|-delstore|ChainCacheResync|restart/ if $s{root} =~ /\A(?:listed|disabled|not-before|key)/;
    push @never, qr/update roots again|DisableRootAutoUpdate = 0|ctldl\.windowsupdate/ if $s{expect} eq 'disabled' && $s{update} eq 'off';
    push @never, qr/DisableAIAUrlRetrieval = 0|allow AIA/i if !$s{aia};
    return @never;
}

# --- All of them ---

my (@situations, %seen);
sub add { my (%s) = (root => 'authroot', chain => 'all', update => 'on', aia => 1, expect => 'enabled', @_);
    push @situations, \%s if !$seen{ join ' ', map { "$_=$s{$_}" } sort keys %s }++; return }
for my $root (sort keys %ROOT) {
    add(root => $root, %$_) for {}, { update => 'off' }, { update => 'off', expect => 'disabled' }, { chain => 'none' },
        { chain => 'none', aia => 0 };
}
for my $chain (sort keys %CHAIN) {
    for my $update (sort keys %UPDATE) {
        add(chain => $chain, update => $update, aia => $_) for 0, 1;
    }
    add(chain => $chain, update => 'off', aia => 0, expect => 'disabled', root => 'gpo');
}
for my $update (sort keys %UPDATE) {
    add(update => $update, expect => $_) for qw(enabled mirror disabled);
    add(update => $update, root => 'absent', expect => $_) for qw(enabled mirror disabled);
}

my ($n, @wrong) = (0);
for my $s (@situations) {
    my $what = join ' ', map { "$_=$s->{$_}" } sort keys %$s;
    my $e = expected(%$s);
    my $file = save('server' . $n++ . '.reg', windows_export(server(%$s)), $NOW);
    my $r = run_json([$NAME, '-v', "--profile=$profile", '-R', $file, "--log=$log", '--skip=revocation', "--expect=$s->{expect}"]);
    my $facts = $r->{json}{facts};
    my @bad = map { my $seen = $facts->{causes}{$_}{state}; $seen eq $e->{$_} ? () : "$_ $seen, not $e->{$_}" }
        qw(autoupdate roots intermediates);
    push @bad, "first " . ($facts->{first} // 'none') . ', not ' . ($e->{first} // 'none') if ($facts->{first} // '') ne ($e->{first} // '');
    push @bad, "state $r->{json}{state}, not $e->{state}" if $r->{json}{state} ne $e->{state};
    for my $f (grep { $_->{state} ne 'OK' } @{ $r->{json}{findings} }) {
        push @bad, map { "$f->{id} advises: $f->{remedy}" } grep { ($f->{remedy} // '') =~ $_ } forbidden(%$s);
    }
    push @wrong, "$what: " . join('; ', @bad) if @bad;
}
cmp_ok($n, '>=', 60, "$n servers");
is_deeply(\@wrong, [], 'each is judged as what it is') or diag(join "\n", @wrong);

# --- What the import of a root does not mend ---

{
    my ($services, $policy) = ('HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc', POLICY_CERTIFICATES . '\AuthRoot');
    # what, keys, finding, its remedy (else: the step mends it)
    for my $case (['the service is disabled', { $services => { Start => reg_dword(4) } }, 'autoupdate.service-disabled', qr/\Asc config CryptSvc start= auto/],
        ['no address', { AUTO_UPDATE() => { RootDirUrl => reg_sz('somewhere') } }, 'autoupdate.source-unusable', qr/\Aset RootDirUrl/],
        ['the update is off', { $policy => { DisableRootAutoUpdate => reg_dword(1) } }, 'autoupdate.disabled', undef]) {
        my ($name, $keys, $id, $remedy) = @$case;
        my $r = server(root => 'absent', chain => 'all', update => 'on', aia => 1);
        $r->{$_} = { %{ $r->{$_} // {} }, %{ $keys->{$_} } } for keys %$keys;
        my @run = ($NAME, "--profile=$profile", '-R', save('impaired.reg', windows_export($r), $NOW), "--log=$log", '--skip=revocation');
        my $json = run_json([@run, '-v']);
        my %f = map { my $one = $_; $one => (finding($json, $one))[0] } $id, 'diagnosis.autoupdate';
        is_deeply($json->{json}{facts}{plan}[0]{mends}, [defined $remedy ? () : 'autoupdate', 'roots'], "$name: what the import mends");
        like($f{$id}{remedy} // '', $remedy // qr/\A\z/, "$name: its own remedy");
        like($f{'diagnosis.autoupdate'}{remedy} // '', defined $remedy ? qr/\A\z/ : qr/step of another finding mends this, too/, "$name: what is said of it");
        like(run(\@run)->{out}, qr/^  fix: .*\Q@{[substr $f{$id}{remedy}, 0, 20]}\E/m, "$name: ... where people read it") if defined $remedy;
    }
}

# --- With hosts ---

my %site = site($w);
my %responder = responders($w);
$site{"$_/"} = { body => ocsp_answer($responder{$_}{ca}, $responder{$_}{asked}),
    headers => { 'Content-Type' => 'application/ocsp-response' } } for keys %responder;
my @hosts = do { my %h = map { m{\A([^/]+)} => 1 } keys %site; sort keys %h };

# The hosts, some of which a filter keeps away: options for them.
sub reach
{
    my ($pattern) = @_;
    my $page = { status => '403 Forbidden', body => '<html>blocked</html>', headers => { 'Content-Type' => 'text/html' } };
    my $port = web({ map { $_ => defined $pattern && m{\A(?:$pattern)/} ? $page : $site{$_} } keys %site });
    return ('--noproxy=*', '-t', 20, map { "--connect-to=$_:80:127.0.0.1:$port" } @hosts);
}

my @SERVER = ('--vantage=server');
my %WAY = (open => [reach()], aia => [reach('caissuers\.microsoft\.com')], root => [reach('cacerts\.digicert\.com')],
    lists => [reach('ctldl\.windowsupdate\.com')], crls => [reach('(?:crl|ocsp|oneocsp|www)[^/]*')], none => [reach('.*')]);
# what, situation, way, options, state, causes, first
my @NETWORK = (
    ['an ordinary online server', { chain => 'none' }, 'open', [], 'OK', 'absent absent unknown absent', 'none'],
    ['... seen from itself', { chain => 'none' }, 'open', \@SERVER, 'OK', 'absent absent absent absent', 'none'],
    ['... whose intermediates cannot be fetched', { chain => 'none' }, 'aia', [], 'CRITICAL', 'absent absent present absent', 'intermediates'],
    ['... seen from itself', { chain => 'none' }, 'aia', \@SERVER, 'CRITICAL', 'absent absent present absent', 'intermediates'],
    ['... nor the root, which it has', { chain => 'none' }, 'root', [], 'WARNING', 'absent absent unknown absent', 'none'],
    ['... with the cross-certificate missing alone', { chain => 'no-cross' }, 'aia', [], 'CRITICAL', 'absent absent present absent', 'intermediates'],
    ['all in the stores, their address blocked', {}, 'aia', [], 'WARNING', 'absent absent absent absent', 'none'],
    ['AIA off, intermediates missing', { chain => 'none', aia => 0 }, 'aia', [], 'CRITICAL', 'absent absent present absent', 'intermediates'],
    ['hosts of lists blocked here, where the server fetched them lately', {}, 'lists', [], 'OK', 'absent absent absent absent', 'none'],
    ['hosts of lists blocked at the server', {}, 'lists', \@SERVER, 'CRITICAL', 'absent absent absent present', 'revocation'],
    ['hosts of lists blocked here, and the server has none', { update => 'never' }, 'lists', [], 'CRITICAL', 'absent absent absent present', 'revocation'],
    ['CRL hosts blocked here', {}, 'crls', [], 'CRITICAL', 'absent absent absent present', 'revocation'],
    ['... where the policy keeps the update off', { update => 'off' }, 'lists', [], 'WARNING', 'absent absent absent absent', 'none'],
    ['... and that is meant', { update => 'off' }, 'lists', ['--expect=disabled'], 'OK', 'absent absent absent absent', 'none'],
    ['... where a mirror serves them', { update => 'mirror' }, 'lists', ['--expect=mirror'], 'OK', 'absent absent absent absent', 'none'],
    ['disconnected as meant, CRL hosts blocked', { update => 'off' }, 'crls', ['--expect=disabled'], 'CRITICAL', 'absent absent absent present', 'revocation'],
    ['CRL hosts blocked, root gone, update off', { update => 'off', root => 'absent' }, 'crls', [], 'CRITICAL', 'present present absent present', 'roots'],
    ['no way out from here', {}, 'none', [], 'UNKNOWN', 'absent absent absent unknown', 'none'],
    ['no way out from here, intermediates by AIA', { chain => 'none' }, 'none', [], 'UNKNOWN', 'absent absent unknown unknown', 'none'],
    ['no way out from the server', {}, 'none', \@SERVER, 'CRITICAL', 'absent absent absent present', 'revocation'],
    ['no way out from the server, intermediates by AIA', { chain => 'none' }, 'none', \@SERVER, 'CRITICAL', 'absent absent present present', 'intermediates'],
);
for my $case (@NETWORK) {
    my ($name, $s, $way, $options, $state, $causes, $first) = @$case;
    my %s = (root => 'authroot', chain => 'all', update => 'on', aia => 1, %$s);
    my $file = save('net' . $n++ . '.reg', windows_export(server(%s)), $NOW);
    my $r = run_json([$NAME, '-v', "--profile=$profile", '-R', $file, "--log=$log", @{ $WAY{$way} }, @$options]);
    my $facts = $r->{json}{facts};
    is("$r->{json}{state} " . join(' ', (map { $facts->{causes}{$_}{state} } qw(autoupdate roots intermediates revocation)),
        $facts->{first} // 'none'), "$state $causes $first", $name);
    my @open = grep { /open .*(?:port|firewall)/i } map { $_->{remedy} // '' } @{ $r->{json}{findings} };
    is_deeply(\@open, [], '... nothing is to be done on the server for it') if $name =~ /from here/;
}

# --- What is audited on the way ---

{
    my $file = save('mirror.reg', windows_export(server(root => 'authroot', chain => 'all', update => 'mirror', aia => 1)), $NOW);
    my %mirror = mirror($w);
    mkdir scratch('ctl');
    save("ctl/$_", $mirror{$_}, $NOW) for keys %mirror;
    my @run = ($NAME, '-v', "--profile=$profile", '-R', $file, "--log=$log", '--skip=revocation', '--expect=mirror');
    my $r = run_json([@run, '--mirror=' . scratch('ctl')]);
    is($r->{json}{state}, 'OK', '--mirror: a whole one');
    ok(grep({ $_->{id} =~ /\Amirror\./ } @{ $r->{json}{findings} }), '... was looked at');
    unlink scratch("ctl/authrootstl.cab");
    $r = run_json([@run, '--mirror=' . scratch('ctl')]);
    isnt($r->{json}{state}, 'OK', '... one without its list is not');
    is($r->{json}{facts}{first}, undef, '... but no cause while nothing waits for it');
    $r = run_json([@run, '--mirror=']);
    is($r->{code}, 3, '... none at all is wrong use');
}

{
    my $broken = server(root => 'authroot', chain => 'all', update => 'on', aia => 1);
    $broken->{'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'}{Enabled} = reg_dword(0);
    my $file = save('tls.reg', windows_export($broken), $NOW);
    my @run = ($NAME, "--profile=$profile", '-R', $file, "--log=$log", '--skip=revocation');
    is(run_json(\@run)->{json}{state}, 'CRITICAL', 'TLS 1.2 switched off');
    is(run_json([@run, '--no-environment'])->{json}{state}, 'OK', '--no-environment: not judged');
}

# --- A key of a kind that nothing here can read ---

# ML-DSA-65 (FIPS 204), ML-DSA-87, and an algorithm that nobody knows.
my $kind = 70;
for my $algorithm ('2.16.840.1.101.3.4.3.18', '2.16.840.1.101.3.4.3.19', '1.3.6.1.4.1.99999.1') {
    my $other = certificate(cn => 'Root of a new kind', serial => $kind++,
        spki => der_tlv(0x30, der_tlv(0x30, der_oid($algorithm)), der_tlv(0x03, "\0" . "\x5A" x 1952)));
    my $r = scp_registry($w);
    put_certificate($r, SYSTEM_CERTIFICATES . $_, $other) for '\ROOT', '\AuthRoot', '\CA';
    my ($plain, $with) = map { save("kind$kind" . $_->[0] . '.reg', windows_export($_->[1]), $NOW) } ['plain', scp_registry($w)], ['with', $r];
    for my $plugin (qw(check_scp check_scp_roots check_scp_autoupdate check_scp_intermediates check_scp_status)) {
        my ($before, $after) = map { run_json([$plugin, "--profile=$profile", '-R', $_]) } $plain, $with;
        is($after->{code}, $before->{code}, "$plugin, a root with a key of $algorithm: state");
        is_deeply([map { "$_->{id} $_->{state}" } @{ $after->{json}{findings} }], [map { "$_->{id} $_->{state}" } @{ $before->{json}{findings} }],
            "$plugin, a root with a key of $algorithm: nothing else is found");
    }
}

# Of two sources of one age neither is the newer: that a cause hangs on which of them counts is a contradiction, in any order.
{
    my ($whole, $lacking) = map { windows_export(server(root => 'authroot', chain => $_, update => 'on', aia => 1)) } 'all', 'none';
    my @run = ($NAME, '-v', "--profile=$profile", "--log=$log", '--skip=revocation');
    my ($one, $two) = (save('one.reg', $whole, $NOW), save('two.reg', $lacking, $NOW));
    verdict("one age, one lacks the intermediates: @{[$_->[0] eq $one ? 1 : 2]} first", [@run, map { ('-R', $_) } @$_], 'UNKNOWN',
        { 'source.contradiction' => 'UNKNOWN' }, qr/contradict each other/) for [$one, $two], [$two, $one];
    my $older = save('older.reg', $lacking, $NOW - 3600);
    for my $order ([$one, $older], [$older, $one]) {
        my $r = run_json([@run, map { ('-R', $_) } @$order]);
        is(scalar(finding($r, 'source.contradiction')), 0, 'of two ages the newer one counts');
        is($r->{json}{facts}{causes}{intermediates}{state}, 'absent', 'with its intermediates');
    }
}

done_testing();
