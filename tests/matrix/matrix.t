#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Servers made of stores, restrictions, distrust, key policies, update, mirror and AIA; every third with a network (Hosts.pm) in which
# hosts fail, a proxy is in the way or a clock is wrong, seen from the server or from here.  What is wrong with each is worked out
# here, and the plan of check_scp is carried out here, on the registry and the network that were made.  Then the plugins and
# `openssl verify` must find the chain good - or the plan said that nothing helps, and by the rules of this file nothing does.  What is
# to be done outside the registry - hosts, clock - is known here: it has to be those steps, and none was rehearsed.
#
# SCP_MATRIX=2000 tries so many cells (make check-matrix), all every one of the stores; without it 100.  SCP_MATRIX_SEED chooses which,
# SCP_MATRIX_KIND=proxy,late the kinds.  Two processes share them, four where they are many; what waits for hosts that drop has
# others.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Hosts;
use JSON::PP ();
use Many ();
use Pki;
use Said 'now';
use Scp;
use TrustList;
use POSIX ();
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my $now = time;
my $w = world();
my $me = 0;    # which of the processes
my $profile = save('demo.ini', profile($w));
my $log = save('failing.log', log_text(1), time);
my $messages = save('messages.csv', "MessageID,Time\n9605," . POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($now - 3600)) . "\n", $now);
my $listed = trust_list(kind => 'disallowed', this_update => $now - 3 * $DAY, entries => [disallowed_entry($w->{root}{der})]);
my %der = map { fingerprint($w->{$_}{der}) => $w->{$_}{der} } qw(root cross issuing);
my %print = map { $_ => fingerprint($w->{$_}{der}) } qw(root cross issuing);
my %in = (root => SYSTEM_CERTIFICATES . '\ROOT', authroot => SYSTEM_CERTIFICATES . '\AuthRoot', gpo => POLICY_CERTIFICATES . '\Root',
          enterprise => ENTERPRISE_CERTIFICATES . '\Root');
my %denied = (local => SYSTEM_CERTIFICATES . '\Disallowed', gpo => POLICY_CERTIFICATES . '\Disallowed',
              enterprise => ENTERPRISE_CERTIFICATES . '\Disallowed');
my %CA = (local => SYSTEM_CERTIFICATES . '\CA', gpo => POLICY_CERTIFICATES . '\CA');
my $EMAIL_ONLY = pack 'H*', '300a06082b06010505070304';
my $NO_SERVER = pack 'H*', '300a06082b06010505070301';
my $ENGINE = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config';

# --- Dimensions ---

my %DIMENSION = (
    root => [qw(authroot root gpo enterprise absent)],
    refused => [qw(no no no local gpo enterprise listed purpose denied disabled not-before)],
    flag8 => [0, 0, 1],
    key => [qw(no no no short weak)],
    chain => [qw(all gpo no-cross no-issuing none)],
    distrust => [qw(no no local gpo purpose)],
    update => [qw(on off stale never mirror cryptsvc)],
    aia => [0, 1],
    symptom => [qw(no log messages)],
);

# Of a cell with a network the stores have faults that its hosts matter for.
my %WITH_NET = (%DIMENSION, root => [qw(authroot root absent)], refused => ['no'], flag8 => [0], key => ['no'], chain => [qw(all all no-cross none)],
    distrust => [qw(no no local)], update => [qw(on on off stale frozen mirror)]);
my @FAULTS = qw(closed dns html origin-403);
my @DROPS = qw(full silent closed);
my %NET = (vantage => [qw(server here)], everything => [(undef) x 8, @FAULTS[0 .. 2], 'proxy-407'], first => [(undef) x 2, @FAULTS], second => [(undef) x 4, @FAULTS],
    lists => [(undef) x 4, @FAULTS], issuers => [(undef) x 2, @FAULTS], whole => [0, 1, 1]);
my %PROXY = (asked => [qw(registry registry registry none)], place => [qw(winhttp winhttp account machine)], form => [qw(plain plain both https)], secret => [0, 0, 0, 1], alone => [0, 0, 1],
    bypass => ['', '*.digicert.com', 'CTLDL.windowsupdate.com;<local>', 'crl*;ocsp.digicert.com', '*.microsoft.com;*digicert*;ctldl.*'], does => [qw(login login forbids forbids page dead)]);
my @KINDS = qw(stores net late proxy clock service);
my %KIND = (
    stores => [\%DIMENSION],
    net => [\%WITH_NET, \%NET],
    late => [\%WITH_NET, { %NET, everything => [(undef) x 6, @DROPS[0, 1]], (map { $_ => [undef, @DROPS] } qw(first second)), lists => [undef, undef, @DROPS], issuers => [undef, @DROPS] }],
    proxy => [\%WITH_NET, { %NET, everything => [undef] }, \%PROXY],
    clock => [{ %WITH_NET, update => [qw(on on off stale future)] }, { vantage => [qw(server here)], clock => [-10 * $DAY, -2 * $HOUR, 2 * $HOUR, 2 * $DAY] }],
    service => [{ %WITH_NET, update => [qw(on stale frozen frozen cryptsvc cryptsvc never)] }, { vantage => [qw(server server here)], lists => [(undef) x 3, 'closed'] }],
);

sub cells
{
    my @cells = ({ kind => 'stores' });
    for my $d (sort keys %DIMENSION) {
        my %seen;
        @cells = map { my $c = $_; map { { %$c, $d => $_ } } grep { !$seen{"$c$_"}++ } @{ $DIMENSION{$d} } } @cells;
    }
    return @cells;
}

# Of what kind the cell of that number is.
sub kind_of
{
    my ($i) = @_;
    my @only = split /,/, $ENV{SCP_MATRIX_KIND} // '';
    return @only ? $only[$i % @only] : $i % 50 == 7 ? 'late' : $i % 10 == 0 ? 'net' : $i % 10 == 5 ? 'proxy' : $i % 20 == 3 ? 'clock' : $i % 20 == 13 ? 'service' : 'stores';
}

# So many of them by a generator of this file's own: the same for a seed everywhere.
sub some
{
    my ($n, $seed) = @_;
    my $next = sub { $seed = ($seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF; return ($seed >> 8) % $_[0] };
    my $one = sub { my ($of) = @_; return map { $_ => $of->{$_}[$next->(scalar @{ $of->{$_} })] } sort keys %$of };
    return map {
        my $kind = kind_of($_);
        my ($stores, $net, $proxy) = @{ $KIND{$kind} };
        +{ kind => $kind, $one->($stores), $net ? (net => { $one->($net), $proxy ? (proxy => { $one->($proxy) }) : () }) : () };
    } 1 .. $n;
}

# Intermediates are in no store, and nothing but their address keeps Windows from having them.
sub waits { my ($c) = @_; return below($c) eq 'unknown' }

# --- The server ---

sub server
{
    my ($c, $faults) = @_;
    my $r = scp_registry($w);
    delete $r->{"$in{authroot}\\Certificates\\$print{root}"};
    my @limits = ($c->{refused} eq 'purpose' ? [9, $EMAIL_ONLY] : (), $c->{refused} eq 'denied' ? [122, $NO_SERVER] : (),
        $c->{refused} eq 'disabled' ? [104, filetime($now - 100 * $DAY)] : (), $c->{refused} eq 'not-before' ? [126, filetime($now - 3000 * $DAY)] : ());
    put_certificate($r, $in{ $c->{root} }, $w->{root}{der}, usual_properties($w->{root}{der}), @limits) if $c->{root} ne 'absent';
    put_certificate($r, $denied{ $c->{refused} }, $w->{root}{der}) if $denied{ $c->{refused} };
    $r->{ AUTO_UPDATE() }{DisallowedCertEncodedCtl} = reg_binary($listed) if $c->{refused} eq 'listed';
    $r->{ POLICY_CERTIFICATES . '\Root\ProtectedRoots' } = { Flags => reg_dword(8) } if $c->{flag8};
    $r->{$ENGINE} = { MinRsaPubKeyBitLength => reg_dword(16384) } if $c->{key} eq 'short';
    $r->{$ENGINE} = { WeakRsaAllFlags => reg_dword(0x80010000), WeakRsaAllMinBitLength => reg_dword(16384) } if $c->{key} eq 'weak';
    delete $r->{"$CA{local}\\Certificates\\$print{cross}"} if $c->{chain} =~ /no-cross|none|gpo/;
    delete $r->{"$CA{local}\\Certificates\\$print{issuing}"} if $c->{chain} =~ /no-issuing|none|gpo/;
    if ($c->{chain} eq 'gpo') { put_certificate($r, $CA{gpo}, $w->{$_}{der}) for qw(cross issuing) }
    put_certificate($r, $denied{ $c->{distrust} }, $w->{cross}{der}) if $denied{ $c->{distrust} };
    my ($home) = grep { $r->{"$CA{$_}\\Certificates\\$print{cross}"} } qw(local gpo);
    put_certificate($r, $CA{$home}, $w->{cross}{der}, [9, $EMAIL_ONLY]) if $c->{distrust} eq 'purpose' && $home;
    my $auto = $r->{ AUTO_UPDATE() };
    $r->{ POLICY_CERTIFICATES . '\AuthRoot' } = { DisableRootAutoUpdate => reg_dword(1) } if $c->{update} eq 'off';
    $auto->{RootDirUrl} = reg_sz('http://mirror.example/ctl') if $c->{update} eq 'mirror';
    $r->{'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc'} = { Start => reg_dword(4) } if $c->{update} eq 'cryptsvc';
    for my $value (qw(LastSyncTime DisallowedCertLastSyncTime)) {
        $auto->{$value} = reg_time($now - 60 * $DAY) if $c->{update} eq 'stale' || ($c->{update} eq 'frozen' && $value =~ /\AD/);
        $auto->{$value} = reg_time($now + 40 * $DAY) if $c->{update} eq 'future';
        delete $auto->{$value} if $c->{update} eq 'never';
    }
    $r->{ POLICY_CERTIFICATES . '\ChainEngine\Config' } = { Options => reg_dword(2) } if !$c->{aia};
    put_proxy($c, $r, $faults) if $c->{net};
    return $r;
}

# --- What is right ---

sub in_store { my ($c) = @_; return $c->{root} ne 'absent' }

# Nothing on this server helps: Microsoft withdrew the root, or a security policy refuses its key.
sub is_hopeless
{
    my ($c) = @_;
    return 1 if $c->{refused} eq 'listed';
    return 1 if in_store($c) && $c->{refused} =~ /\A(?:disabled|not-before)/;
    return $c->{key} ne 'no' ? 1 : 0;
}

# Would Windows install the root by itself?
sub is_fetched { my ($c) = @_; return $c->{update} =~ /\A(?:on|frozen|future|mirror)\z/ && !$c->{flag8} }

# The state of cause 3, whatever is wrong with the root.
sub below
{
    my ($c) = @_;
    my $cross = $c->{chain} !~ /\A(?:no-cross|none)\z/;
    return 'present' if $denied{ $c->{distrust} } || ($c->{distrust} eq 'purpose' && $cross) || $c->{key} ne 'no';
    return 'absent' if $c->{chain} =~ /\A(?:all|gpo)\z/;
    return $c->{aia} ? 'unknown' : 'present';
}

# The states of the first three causes.
sub expected
{
    my ($c) = @_;
    my %e;
    my $refused = $c->{refused} =~ /\A(?:local|gpo|enterprise|listed)\z/ || $c->{key} ne 'no' || (in_store($c) && $c->{refused} ne 'no');
    my $left_out = $c->{flag8} && $c->{root} eq 'authroot';
    my $missing = !in_store($c) && !is_fetched($c);
    $e{roots} = $refused || $left_out || $missing ? 'present' : 'absent';
    $e{autoupdate} = $missing ? 'present' : 'absent';
    $e{intermediates} = below($c);
    return \%e if !$c->{net};
    my %faults = faults($c);
    my $blind = is_blind($c, \%faults);
    my %open = to_open($c, \%faults, 0);
    $e{revocation} = $blind ? 'unknown' : %open || waits_for_clock($c) ? 'present' : 'absent';
    # Where they are to come from is asked now: nobody there, that is the cause; all of them there, as the server sees it, it is none.
    $e{intermediates} = $faults{$ISSUERS} ? 'present' : $c->{net}{vantage} eq 'server' ? 'absent' : 'unknown' if waits($c) && !$blind;
    return \%e;
}

# What else explains the symptoms: evidence => of what.
sub beside
{
    my ($c, $faults) = @_;
    my ($net, %b) = ($c->{net} // {});
    my ($at_server, $proxy, $environment) = (($net->{vantage} // '') eq 'server', $net->{proxy}, $c->{symptom} ne 'no');
    $b{'autoupdate.service-disabled'} = 'service' if $c->{update} eq 'cryptsvc' && !$c->{flag8};
    # Its hosts answer the server, and yet what it writes is old.
    $b{'diagnosis.update-key'} = 'service' if $at_server && $c->{update} =~ /\A(?:stale|frozen)\z/ && !lists_fail($faults);
    $b{'revocation.clock'} = 'clock' if $at_server && $net->{clock};
    $b{'autoupdate.sync-future'} = 'clock' if $c->{update} eq 'future';
    $b{'roots.sync-future'} = 'clock' if $c->{update} eq 'future' && !in_store($c);
    $b{'environment.clock'} = 'clock' if $c->{update} eq 'future' && $environment;
    $b{'proxy.bypass'} = 'proxy' if $at_server && $environment && is_refused($c, $faults);
    $b{'proxy.credentials'} = 'proxy' if $environment && $proxy && $proxy->{secret};
    $b{'proxy.network-service'} = 'proxy' if $environment && $proxy && $proxy->{alone} && $proxy->{place} eq 'account';
    return \%b;
}

# --- The plan, carried out ---

# What certutil, certlm.msc or the owner of the policy would do.  Returns why not, or nothing.
sub carry_out
{
    my ($c, $r, $step, $faults) = @_;
    if ($step->{class} == 3) {
        let_through($step, $faults);
        put_proxy($c, $r, $faults);
        return;
    }
    if ($step->{what} =~ /\Aset the server's clock/) {
        return "the clock: $step->{class}, $step->{verify}" if $step->{class} != 1 || $step->{rehearsed} || $step->{verify} ne 'w32tm /query /status';
        $c->{net}{clock} = 0;
        return;
    }
    my $der = $der{ $step->{sha1} // '' } or return "step $step->{step} names no certificate";
    my ($command) = @{ $step->{commands} };
    return "not to be pasted: $command" if grep { /\bFILE\b(?!\.html)|[()<>]/ } @{ $step->{commands} };
    if ($step->{what} =~ /\Aimport/) {
        my ($store) = $step->{where} =~ /\ALocalMachine\\(Root|CA)\z/ or return "where: $step->{where}";
        return "no command: $step->{what}" if ($step->{file} || $step->{url}) && ($command // '') !~ /\Acertutil -addstore $store \S/;
        return 'an intermediate into Root' if $store eq 'Root' && $step->{sha1} ne $print{root};
        put_certificate($r, $store eq 'Root' ? $in{root} : $CA{local}, $der, [3, pack 'H*', $step->{sha1}]);
        return;
    }
    if ($step->{what} =~ /\Atake/) {
        my $from = $step->{where} =~ /policy/ ? 'gpo' : $step->{where} =~ /enterprise/ ? 'enterprise' : 'local';
        return "no such entry: $step->{where}" if !delete $r->{"$denied{$from}\\Certificates\\$step->{sha1}"};
        return "the command is $command" if $from eq 'local' && $command ne "certutil -delstore Disallowed $step->{sha1}";
        return;
    }
    if ($step->{what} =~ /\Alet /) {
        my @homes = grep { $r->{"$_\\Certificates\\$step->{sha1}"} } values %in, values %CA;
        put_certificate($r, $_, $der, [3, pack 'H*', $step->{sha1}]) for @homes;
        return;
    }
    return "what is that: $step->{what}";
}

# Who distrusted a certificate is asked before it is imported.
sub disorder
{
    my (@plan) = @_;
    my (%imported, @bad);
    for my $step (@plan) {
        $imported{ $step->{sha1} } = 1 if $step->{what} =~ /\Aimport/;
        push @bad, "imported before its owner was asked: $step->{what}" if $step->{what} =~ /\Atake/ && $imported{ $step->{sha1} };
    }
    return @bad;
}

my %openssl_says;
sub openssl_verify
{
    my ($anchor, $between, $end) = (save("anchor.$me.pem", $w->{root}{pem}), save("between.$me.pem", join '', map { $w->{$_}{pem} } grep { $_ ne 'issuing' } @_),
        save("end.$me.pem", $w->{issuing}{pem}));
    return scalar `openssl verify -no-CAfile -no-CApath -CAfile $anchor -untrusted $between $end 2>&1`;
}

# By the stores, what Windows fetches ($fetched: root, CAs), and OpenSSL.
sub verifies
{
    my ($r, $fetched) = @_;
    my $has = sub { my ($home, $which) = @_; return exists $r->{"$home\\Certificates\\$print{$which}"} };
    my $distrusted = sub { my ($which) = @_; return grep { $has->($denied{$_}, $which) } keys %denied };
    my $flag8 = ($r->{ POLICY_CERTIFICATES . '\Root\ProtectedRoots' } // {})->{Flags};
    my @roots = grep { !($_ eq 'authroot' && $flag8) && $has->($in{$_}, 'root') } keys %in;
    return 'the root is in no store that counts' if !@roots && !$fetched->{root};
    return 'limited' if grep { my $key = $_; grep { index($r->{$key}{Blob}[1], $_) >= 0 } property(9, $EMAIL_ONLY), property(122, $NO_SERVER) }
        grep { /\\(?:$print{root}|$print{cross})\z/ && $r->{$_}{Blob} } keys %$r;
    return 'distrusted' if grep { $distrusted->($_) } qw(root cross issuing);
    my @chain = grep { my $which = $_; $fetched->{ca} || grep { $has->($CA{$_}, $which) } keys %CA } qw(cross issuing);
    return 'the issuing CA is in no store' if !grep { $_ eq 'issuing' } @chain;
    my $said = $openssl_says{"@chain"} //= openssl_verify(@chain);
    return $said =~ /: OK$/ ? undef : "openssl: $said";
}

my $NEVER = qr/-dspublish|roots\.sst|reset proxy|MinRsaPubKeyBitLength (?:to|=)|WeakRsa\S+ (?:to|=)|-delstore Disallowed(?! [0-9A-F]{40})|EncodedCtl|LastSyncTime|revocation off|self-signed/i;

my @CAUSES = qw(autoupdate roots intermediates revocation);
my %SYMPTOM = (no => '--skip=status', log => "--log=$log", messages => "--messages=$messages");
my %seen = map { $_ => 0 } qw(cells causes plans opened clocks mended hopeless);

# --- Asking ---

sub facts
{
    my (@argv) = @_;
    my $r = run([@argv, '-o', 'json'], any => 1);
    # What the registry holds is of no interest here, and long.
    my $json = JSON::PP->new->utf8->decode($r->{out} =~ s/,"stores":\{.*\z/}}/sr);
    die "exit $r->{code}, exit_code $json->{exit_code}: @argv\n" if $json->{exit_code} != $r->{code};
    return $json->{facts};
}

sub diagnosed
{
    my ($c, $r, $faults, $timeout) = @_;
    return facts($NAME, '-v', "--profile=$profile", '-R', save("cell.$me.reg", windows_export($r), $now), asked_of($c, $faults, $timeout), $SYMPTOM{ $c->{symptom} });
}

sub present { my ($facts) = @_; return grep { $facts->{causes}{$_}{state} eq 'present' } @CAUSES }
sub copy { my ($c) = @_; return { %$c, $c->{net} ? (net => { %{ $c->{net} } }) : () } }

# --- What is said of it ---

sub wrongly_caused
{
    my ($c, $facts, $faults) = @_;
    my ($e, @bad) = (expected($c));
    push @bad, map { my $is = $facts->{causes}{$_}{state}; $is eq $e->{$_} ? () : "$_ $is, not $e->{$_}" } sort keys %$e;
    push @bad, map { "symptom $_ is $facts->{symptoms}{$_}{state}" } grep { ($facts->{symptoms}{$_}{state} eq 'present') != ($c->{symptom} eq { chain_errors => 'log',
        msg_9605 => 'messages' }->{$_}) } qw(chain_errors msg_9605);
    my ($b, %is) = (beside($c, $faults), map { my $what = $_->{what}; map { $_ => $what } @{ $_->{evidence} } } @{ $facts->{beside} });
    push @bad, map { "beside: $_ " . ($is{$_} // 'not') . ', not ' . ($b->{$_} // 'there') } grep { ($is{$_} // '') ne ($b->{$_} // '') } sort keys %{ { %is, %$b } };
    return @bad;
}

# What holds of every plan.
sub wrongly_planned
{
    my ($c, $facts, $faults) = @_;
    my @plan = @{ $facts->{plan} };
    my $waits = waits($c) && !grep { $_->{what} =~ /\Aimport/ } @plan;
    my @bad = $c->{net} ? wrongly_opened($c, $faults, $waits, @plan) : ();
    my $clocks = grep { $_->{class} == 1 } @plan;
    push @bad, "$clocks steps about a clock" if $clocks != ($c->{net} && waits_for_clock($c) && $c->{net}{vantage} eq 'server' ? 1 : 0);
    push @bad, map { "never to be said: $_" } grep { /$NEVER/ } map { ($_->{what}, @{ $_->{commands} }) } @plan;
    push @bad, "facts.first is $facts->{first}" if @plan && !grep { $_ eq $facts->{first} } @{ $plan[0]{mends} };
    push @bad, "said of all steps: $facts->{plan_shows}" if @plan > 1 && defined $facts->{plan_shows} && $facts->{plan_shows} !~ /\Aall steps together, /;
    return (@bad, disorder(@plan));
}

# Without one of its steps something stays.
sub needless
{
    my ($c, $plan, $fetched, $timeout) = @_;
    my @bad;
    for my $i (@$plan > 1 ? 0 .. $#$plan : ()) {
        my ($other, %still) = (copy($c), $c->{net} ? faults($c) : ());
        my $r = server($other, \%still);
        carry_out($other, $r, $_, \%still) for @$plan[grep { $_ != $i } 0 .. $#$plan];
        next if takes_a_place($c, $plan->[$i]);
        push @bad, "needless: $plan->[$i]{what}" if !defined verifies($r, $fetched) && !present(diagnosed($other, $r, \%still, $timeout));
    }
    return @bad;
}

# The plan, where something helps.
sub mended
{
    my ($c, $r, $facts, $faults, $timeout) = @_;
    my @plan = @{ $facts->{plan} };
    # Hosts that were asked by another way than the server's are nobody's to be opened.
    my @unasked = $c->{net} ? unasked($c, $faults) : ();
    my @bad = grep { !@plan && $_ } ('no plan') x grep { !@unasked || $_ ne 'revocation' } present($facts);
    push @bad, 'it is not said that the proxy was not asked' if @unasked && !grep { $_->{cause} eq 'revocation' && $_->{why} =~ /--proxy=registry/ } @{ $facts->{no_remedy} };
    my $then = copy($c);
    push @bad, grep { defined } map { carry_out($then, $r, $_, $faults) } @plan;
    my @left = grep { !@unasked || $_ ne 'revocation' } present(diagnosed($then, $r, $faults, $timeout));
    push @bad, "still @left after: " . join ', ', map { $_->{what} } @plan if @left;
    my %fetched = (root => !in_store($c) && is_fetched($c), ca => $c->{aia});
    my $why = verifies($r, \%fetched);
    push @bad, $why if defined $why;
    return (@bad, needless($c, \@plan, \%fetched, $timeout));
}

sub judge
{
    my ($c, $timeout) = @_;
    my %faults = $c->{net} ? faults($c) : ();
    my $r = server($c, \%faults);
    my $facts = diagnosed($c, $r, \%faults, $timeout);
    my @bad = wrongly_caused($c, $facts, \%faults);
    my %now = (cells => 1, causes => !@bad);
    push @bad, wrongly_planned($c, $facts, \%faults);
    my @plan = @{ $facts->{plan} };
    $now{opened} = grep { $_->{class} == 3 } @plan;
    $now{clocks} = grep { $_->{class} == 1 } @plan;
    if (!present($facts)) {
        push @bad, 'a plan where nothing is wrong' if @plan;
    } elsif (is_hopeless($c)) {
        $now{hopeless} = 1;
        push @bad, 'a plan where nothing helps: ' . join ', ', map { $_->{what} } @plan if @plan;
        push @bad, 'no reason why nothing helps' if !@{ $facts->{no_remedy} };
    } else {
        $now{plans} = 1;
        push @bad, mended($c, $r, $facts, \%faults, $timeout);
        $now{mended} = !@bad;
    }
    return (\%now, @bad);
}

# --- All of them ---

sub named
{
    my ($c, $at) = @_;
    return map { my $is = $c->{$_}; ref $is ? named($is, "$at$_.") : "$at$_=" . ($is // 'no') } sort keys %$c;
}

my $others = grep { defined $ENV{$_} } qw(SCP_MATRIX SCP_MATRIX_SEED SCP_MATRIX_KIND);
sub share
{
    my (@cells) = @_;
    hosts_started($me);
    my %all = (wrong => [], seen => {});
    for my $c (@cells) {
        local $Said::of = $c->{kind} eq 'stores' && !$others ? join ' ', named($c, '') : undef;    # of the others how long a host took may show
        my ($now, @bad) = eval { judge($c) };
        # Hosts that answer may be slow on a machine that has other work: what is wrong stays so.
        for (1 .. 2) { ($now, @bad) = eval { judge($c, 30) } if $c->{net} && ($@ || @bad) }
        push @bad, $@ if $@;
        is("@bad", '', 'the cell') if $ENV{SCP_MUTANTS_ASK};    # the fault is asked of this cell alone
        $all{seen}{$_} += $now->{$_} for keys %{ $now // {} };
        next if !@bad;
        push @{ $all{wrong} }, join(' ', named($c, '')) . ': ' . join('; ', @bad);
        print STDERR "# $all{wrong}[-1]\n";
    }
    Many::stop();
    return \%all;
}

my $how = $ENV{SCP_MATRIX} // 100;
my @cells = $how eq 'all' ? cells() : some($how, $ENV{SCP_MATRIX_SEED} // 15);
internet($w);
my (@late, @others);
push @{ $_->{kind} eq 'late' ? \@late : \@others }, $_ for @cells;
my $alone = grep { $ENV{$_} } qw(SCP_WRAPPER SCP_PLUGINS SCP_REFERENCE SCP_SAID SCP_MUTANTS_ASK);
my @shares = map { my ($of, $n) = @$_; map { my $k = $_; [map { $of->[$_] } grep { $_ % $n == $k } 0 .. $#$of] } 0 .. $n - 1 } [\@others, $alone ? 1 : @others > 300 ? 4 : 2], [\@late, 4];
my %running;
for my $share (grep { @$_ } @shares) {
    $me++;
    if ($alone) {
        my $all = share(@$share);
        write_bytes(scratch("share.$me"), JSON::PP->new->encode($all));
        next;
    }
    my $pid = fork // die "fork: $!";
    $running{$pid} = $me and next if $pid;
    write_bytes(scratch("share.$me"), JSON::PP->new->encode(share(@$share)));
    POSIX::_exit(0);
}
waitpid $_, 0 for keys %running;
my @wrong;
for my $k (1 .. $me) {
    my $all = -e scratch("share.$k") ? JSON::PP->new->decode(slurp(scratch("share.$k"))) : { wrong => ["share $k was not done"] };
    push @wrong, @{ $all->{wrong} };
    $seen{$_} += $all->{seen}{$_} for keys %{ $all->{seen} // {} };
}
is_deeply(\@wrong, [], "$seen{cells} servers: causes right in $seen{causes}; of $seen{plans} plans $seen{mended} mend, $seen{opened} steps open hosts, $seen{clocks} set a clock; "
    . "$seen{hopeless} without remedy");
is($seen{cells}, scalar @cells, 'all cells');
ok($how ne 'all' || $seen{cells} >= 2000, 'enough cells');
done_testing();
