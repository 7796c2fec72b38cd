#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Servers made of stores, restrictions, distrust, key policies, update, mirror and AIA; every fifth with a network in which hosts
# refuse, cannot be resolved, are answered for by a filter, or a proxy wants a login, seen from the server or from here.  What is
# wrong with each is worked out here, and the plan of check_scp is carried out here, on the registry and the network that were made.
# Then the plugins and `openssl verify` must find the chain good - or the plan said that nothing helps, and by the rules of this file
# nothing does.  What is to be opened in the network is known here: it has to be those steps, and none was rehearsed.
#
# SCP_MATRIX=2000 tries so many cells (make check-matrix), all every one; without it 100.  SCP_MATRIX_SEED chooses which.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Scp;
use Servers;
use TrustList;
use POSIX ();
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my $now = time;
my $w = world();
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
my %WITH_NET = (root => [qw(authroot root absent)], refused => ['no'], flag8 => [0], key => ['no'], chain => [qw(all all no-cross none)],
    distrust => [qw(no no local)], update => [qw(on on off stale mirror)]);
my @GROUPS = ([qw(crl3.digicert.com ocsp.digicert.com)], [qw(oneocsp.microsoft.com www.microsoft.com crl2.microsoft.com)]);
my ($LISTS, $ISSUERS) = qw(ctldl.windowsupdate.com caissuers.microsoft.com);
my @NEVER_DEMANDED = qw(crl4.digicert.com cacerts.digicert.com);
my @FAULTS = qw(closed dns html origin-403);
my %NET = (vantage => [qw(server here)], everything => [(undef) x 8, @FAULTS[0 .. 2], 'proxy-407'], first => [(undef) x 2, @FAULTS], second => [(undef) x 4, @FAULTS],
    lists => [(undef) x 4, @FAULTS], issuers => [(undef) x 2, @FAULTS], whole => [0, 1, 1]);

sub cells
{
    my @cells = ({});
    for my $d (sort keys %DIMENSION) {
        my %seen;
        @cells = map { my $c = $_; map { { %$c, $d => $_ } } grep { !$seen{"$c$_"}++ } @{ $DIMENSION{$d} } } @cells;
    }
    return @cells;
}

# So many of them by a generator of this file's own: the same for a seed everywhere.
sub some
{
    my ($n, $seed) = @_;
    my $next = sub { $seed = ($seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF; return ($seed >> 8) % $_[0] };
    my $one = sub { my ($of) = @_; return map { $_ => $of->{$_}[$next->(scalar @{ $of->{$_} })] } sort keys %$of };
    return map { my $net = $_ % 5 == 0; +{ $one->($net ? { %DIMENSION, %WITH_NET } : \%DIMENSION), $net ? (net => { $one->(\%NET) }) : () } } 1 .. $n;
}

# --- The network ---

my (%site, $open, $fault);
sub internet
{
    return if %site;
    my %responder = responders($w);
    %site = site($w);
    $site{"$_/"} = { body => ocsp_answer($responder{$_}{ca}, $responder{$_}{asked}), headers => { 'Content-Type' => 'application/ocsp-response' } }
        for sort keys %responder;
    $open = web(\%site);
    $fault = fault_server(qw(closed html origin-403 proxy-407));
    return;
}

# host => its fault; without one it is as it should be
sub faults
{
    my ($c) = @_;
    my $net = $c->{net};
    my @hosts = ((map { @$_ } @GROUPS), $LISTS, $ISSUERS, @NEVER_DEMANDED);
    return map { $_ => $net->{everything} } @hosts if $net->{everything};
    my %f = ($LISTS => $net->{lists}, $ISSUERS => $net->{issuers});
    # The whole of a group, or one of it, where another takes its place.
    for my $i (0, 1) { $f{$_} = (qw(first second))[$i] && $net->{ (qw(first second))[$i] } for $net->{whole} ? @{ $GROUPS[$i] } : $GROUPS[$i][0] }
    return map { $_ => $f{$_} } grep { defined $f{$_} } keys %f;
}

sub asked_of
{
    my ($c, $faults) = @_;
    return '--skip=revocation' if !$c->{net};
    internet();
    my @from = ('--vantage=' . $c->{net}{vantage}, '-t', 20);
    # Once it lets some hosts pass, a filter stands for it in the way to the others.
    my %is = map { $_ => $faults->{$_} eq 'proxy-407' ? 'html' : $faults->{$_} } grep { defined $faults->{$_} } keys %$faults;
    my @hosts = ((map { @$_ } @GROUPS), $LISTS, $ISSUERS, @NEVER_DEMANDED);
    return (@from, '--proxy=registry') if @hosts == grep { ($faults->{$_} // '') eq 'proxy-407' } @hosts;
    return (@from, '--noproxy=*', map { my $where = $is{$_}; "--connect-to=$_:80:" . (!defined $where ? "127.0.0.1:$open"
        : $where eq 'dns' ? 'nowhere.invalid:80' : $fault->{$where}) } @hosts);
}

# Intermediates are in no store, and nothing but their address keeps Windows from having them.
sub waits { my ($c) = @_; return below($c) eq 'unknown' }

# What has to be opened: host => fault.  Hosts that Windows asks for nothing, and those that another takes the place of, do not.
sub to_open
{
    my ($c, $faults, $imported) = @_;
    my $demanded = $c->{update} !~ /\A(?:off|mirror)\z/;
    # From here it counts that the server fetched its lists lately; where nothing at all is reached from here, that is no matter of the server.
    $demanded = 0 if $c->{net}{vantage} eq 'here' && $c->{update} eq 'on';
    return if $c->{net}{everything} && $c->{net}{vantage} eq 'here';
    my @hosts = ((map { @$_ } grep { @$_ == grep { $faults->{$_} } @$_ } @GROUPS), $demanded ? $LISTS : (), waits($c) && !$imported ? $ISSUERS : ());
    return map { $_ => $faults->{$_} } grep { $faults->{$_} } @hosts;
}

my %OPENS = (closed => qr/\Aopen TCP port 80 from the server to /, dns => qr/\Alet the server's DNS resolve /, html => qr/\Aexcept .* from TLS inspection/,
    'origin-403' => qr/\Alet GET and POST requests to .* pass/, 'proxy-407' => qr/\Aexcept .* from the proxy's login/);

# The steps of the network, against those that are right.
sub wrongly_opened
{
    my ($c, $faults, @plan) = @_;
    my %right;
    my %open = to_open($c, $faults, scalar grep { $_->{what} =~ /\Aimport/ } @plan);
    push @{ $right{ $open{$_} } }, $_ for sort keys %open;
    my @bad;
    for my $step (grep { $_->{class} == 3 } @plan) {
        my ($kind) = grep { $step->{what} =~ $OPENS{$_} } sort keys %OPENS;
        my $hosts = $kind && delete $right{$kind};
        push @bad, "not right: $step->{what}" if !$hosts || "@{ $hosts }" ne join ' ', sort @{ $step->{hosts} };
        push @bad, "rehearsed: $step->{what}" if $step->{rehearsed};
        my $asked = join ' ', sort map { m{(?:http://|Name |Connection )([a-z0-9.]+\.com)} } @{ $step->{commands} };
        push @bad, "commands for $asked: $step->{what}" if $asked ne join ' ', sort @{ $step->{hosts} };
        push @bad, "where: $step->{where}" if ($step->{where} =~ /SYSTEM goes by http/) != ($kind eq 'proxy-407');
    }
    return @bad, map { "not said to be opened: @{ $right{$_} } ($_)" } sort keys %right;
}

# --- The server ---

sub server
{
    my ($c) = @_;
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
        $auto->{$value} = reg_time($now - 60 * $DAY) if $c->{update} eq 'stale';
        delete $auto->{$value} if $c->{update} eq 'never';
    }
    $r->{ POLICY_CERTIFICATES . '\ChainEngine\Config' } = { Options => reg_dword(2) } if !$c->{aia};
    if ($c->{net} && ($c->{net}{everything} // '') eq 'proxy-407') {
        internet();
        $r->{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'} = { WinHttpSettings => reg_binary(
            pack 'V3 V/a* V', 0x18, 0, 3, $fault->{'proxy-407'}, 0) };
    }
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
sub is_fetched { my ($c) = @_; return $c->{update} =~ /\A(?:on|mirror)\z/ && !$c->{flag8} }

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
    $e{revocation} = $c->{net}{everything} && $c->{net}{vantage} eq 'here' ? 'unknown' : (grep { $_ ne $ISSUERS } keys %{ { to_open($c, \%faults, 0) } }) ? 'present' : 'absent';
    # Where they are to come from is asked now: nobody there, that is the cause; all of them there, as the server sees it, it is none.
    my $blind = $c->{net}{everything} && $c->{net}{vantage} eq 'here';
    $e{intermediates} = $faults{$ISSUERS} ? 'present' : $c->{net}{vantage} eq 'server' ? 'absent' : 'unknown' if waits($c) && !$blind;
    return \%e;
}

# --- The plan, carried out ---

# What certutil, certlm.msc or the owner of the policy would do.  Returns why not, or nothing.
sub carry_out
{
    my ($r, $step, $faults) = @_;
    if ($step->{class} == 3) {
        delete @$faults{ @{ $step->{hosts} } };
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
    my ($anchor, $between, $end) = (save('anchor.pem', $w->{root}{pem}), save('between.pem', join '', map { $w->{$_}{pem} } grep { $_ ne 'issuing' } @_),
        save('end.pem', $w->{issuing}{pem}));
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
my %seen = (cells => 0, causes => 0, plans => 0, opened => 0, mended => 0, hopeless => 0);

sub judge
{
    my ($c) = @_;
    my $r = server($c);
    my %faults = $c->{net} ? faults($c) : ();
    my $diagnose = sub { my ($registry, $of) = @_; return run_json([$NAME, '-v', "--profile=$profile", '-R', save("cell.reg", windows_export($registry), $now),
        asked_of($c, $of), $SYMPTOM{ $c->{symptom} }]) };
    my $facts = $diagnose->($r, \%faults)->{json}{facts};
    my ($e, @bad) = (expected($c));
    push @bad, map { my $is = $facts->{causes}{$_}{state}; $is eq $e->{$_} ? () : "$_ $is, not $e->{$_}" } sort keys %$e;
    push @bad, map { "symptom $_ is $facts->{symptoms}{$_}{state}" } grep { ($facts->{symptoms}{$_}{state} eq 'present') != ($c->{symptom} eq { chain_errors => 'log',
        msg_9605 => 'messages' }->{$_}) } qw(chain_errors msg_9605);
    $seen{cells}++;
    $seen{causes}++ if !@bad;
    my @present = grep { $facts->{causes}{$_}{state} eq 'present' } @CAUSES;
    my @plan = @{ $facts->{plan} };
    push @bad, wrongly_opened($c, \%faults, @plan) if $c->{net};
    $seen{opened} += grep { $_->{class} == 3 } @plan;
    push @bad, 'never to be said: ' . join ' ', grep { /$NEVER/ } map { ($_->{what}, @{ $_->{commands} }) } @plan if grep { /$NEVER/ } map { ($_->{what}, @{ $_->{commands} }) } @plan;
    push @bad, 'a plan where nothing is wrong' if !@present && @plan;
    return @bad if !@present;
    if (is_hopeless($c)) {
        $seen{hopeless}++;
        push @bad, 'a plan where nothing helps: ' . join ', ', map { $_->{what} } @plan if @plan;
        push @bad, 'no reason why nothing helps' if !@{ $facts->{no_remedy} };
        return @bad;
    }
    $seen{plans}++;
    push @bad, 'no plan' if !@plan;
    push @bad, "facts.first is $facts->{first}" if @plan && !grep { $_ eq $facts->{first} } @{ $plan[0]{mends} };
    push @bad, disorder(@plan);
    push @bad, "said of all steps: $facts->{plan_shows}" if @plan > 1 && defined $facts->{plan_shows} && $facts->{plan_shows} !~ /\Aall steps together, /;
    push @bad, grep { defined } map { carry_out($r, $_, \%faults) } @plan;
    my $after = $diagnose->($r, \%faults)->{json}{facts};
    my @left = grep { $after->{causes}{$_}{state} eq 'present' } @CAUSES;
    push @bad, "still @left after: " . join ', ', map { $_->{what} } @plan if @left;
    my %fetched = (root => !in_store($c) && is_fetched($c), ca => $c->{aia});
    my $why = verifies($r, \%fetched);
    push @bad, $why if defined $why;
    # Each step is needed: without it something stays.
    for my $i (0 .. $#plan) {
        my ($other, %still) = (server($c), $c->{net} ? faults($c) : ());
        carry_out($other, $_, \%still) for @plan[grep { $_ != $i } 0 .. $#plan];
        my $without = $diagnose->($other, \%still)->{json}{facts};
        push @bad, "needless: $plan[$i]{what}" if @plan > 1 && !defined verifies($other, \%fetched)
            && !grep { $without->{causes}{$_}{state} eq 'present' } @CAUSES;
    }
    $seen{mended}++ if !@bad;
    return @bad;
}

my $how = $ENV{SCP_MATRIX} // 100;
my @cells = $how eq 'all' ? cells() : some($how, $ENV{SCP_MATRIX_SEED} // 15);
my @wrong;
for my $c (@cells) {
    my @bad = judge($c);
    my %told = (%$c, map { ("net.$_" => $c->{net}{$_} // 'no') } keys %{ $c->{net} // {} });
    push @wrong, join(' ', map { "$_=$told{$_}" } grep { $_ ne 'net' } sort keys %told) . ': ' . join('; ', @bad) if @bad;
}
is_deeply(\@wrong, [], "$seen{cells} servers: causes right in $seen{causes}; of $seen{plans} plans $seen{mended} mend, $seen{opened} steps open hosts; $seen{hopeless} without remedy")
    or diag(join "\n", @wrong[0 .. ($#wrong < 20 ? $#wrong : 20)]);
ok($how ne 'all' || $seen{cells} >= 2000, 'all cells');
done_testing();
