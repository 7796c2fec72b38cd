#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Servers made of stores, restrictions, distrust, key policies, update and AIA; what is wrong with each is worked out here, and the
# plan of check_scp is carried out here, on the registry that was made.  Then the plugins and `openssl verify` must find the chain
# good - or the plan said that nothing helps, and by the rules of this file nothing does.
#
# SCP_MATRIX=2000 tries so many cells (make check-matrix), all every one; without it 75.  SCP_MATRIX_SEED chooses which.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Scp;
use TrustList;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my $now = time;
my $w = world();
my $profile = save('demo.ini', profile($w));
my $log = save('failing.log', log_text(1), time);
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
    symptom => [0, 1],
);

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
    return map { my %c; $c{$_} = $DIMENSION{$_}[$next->(scalar @{ $DIMENSION{$_} })] for sort keys %DIMENSION; \%c } 1 .. $n;
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
    return \%e;
}

# --- The plan, carried out ---

# What certutil, certlm.msc or the owner of the policy would do.  Returns why not, or nothing.
sub carry_out
{
    my ($r, $step) = @_;
    my $der = $der{ $step->{sha1} // '' } or return "step $step->{step} names no certificate";
    my ($command) = @{ $step->{commands} };
    if ($step->{what} =~ /\Aimport/) {
        my ($store) = ($command // '') =~ /\Acertutil -addstore (Root|CA) \S/ or return "no command: $step->{what}";
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
    my ($anchor, $between, $end) = (save('anchor.pem', $w->{root}{pem}), save('between.pem', join '', map { $w->{$_}{pem} } grep { $_ ne 'issuing' } @chain),
        save('end.pem', $w->{issuing}{pem}));
    my $said = `openssl verify -no-CAfile -no-CApath -CAfile $anchor -untrusted $between $end 2>&1`;
    return $said =~ /: OK$/ ? undef : "openssl: $said";
}

my $NEVER = qr/-dspublish|roots\.sst|reset proxy|MinRsaPubKeyBitLength (?:to|=)|WeakRsa\S+ (?:to|=)|-delstore Disallowed(?! [0-9A-F]{40})|EncodedCtl|LastSyncTime|revocation off|self-signed/i;

my %seen = (cells => 0, causes => 0, plans => 0, mended => 0, hopeless => 0);

sub judge
{
    my ($c) = @_;
    my $r = server($c);
    my $diagnose = sub { return run_json([$NAME, '-v', "--profile=$profile", '-R', save("cell.reg", windows_export($_[0]), $now), '--skip=revocation',
        $c->{symptom} ? "--log=$log" : '--skip=status']) };
    my $facts = $diagnose->($r)->{json}{facts};
    my ($e, @bad) = (expected($c));
    push @bad, map { my $is = $facts->{causes}{$_}{state}; $is eq $e->{$_} ? () : "$_ $is, not $e->{$_}" } sort keys %$e;
    $seen{cells}++;
    $seen{causes}++ if !@bad;
    my @present = grep { $facts->{causes}{$_}{state} eq 'present' } qw(autoupdate roots intermediates);
    my @plan = @{ $facts->{plan} };
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
    push @bad, grep { defined } map { carry_out($r, $_) } @plan;
    my $after = $diagnose->($r)->{json}{facts};
    my @left = grep { $after->{causes}{$_}{state} eq 'present' } qw(autoupdate roots intermediates);
    push @bad, "still @left after: " . join ', ', map { $_->{what} } @plan if @left;
    my %fetched = (root => !in_store($c) && is_fetched($c), ca => $c->{aia});
    my $why = verifies($r, \%fetched);
    push @bad, $why if defined $why;
    # Each step is needed: without it something stays.
    for my $i (0 .. $#plan) {
        my $other = server($c);
        carry_out($other, $_) for @plan[grep { $_ != $i } 0 .. $#plan];
        my $without = $diagnose->($other)->{json}{facts};
        push @bad, "needless: $plan[$i]{what}" if @plan > 1 && !defined verifies($other, \%fetched)
            && !grep { $without->{causes}{$_}{state} eq 'present' } qw(autoupdate roots intermediates);
    }
    $seen{mended}++ if !@bad;
    return @bad;
}

my $how = $ENV{SCP_MATRIX} // 75;
my @cells = $how eq 'all' ? cells() : some($how, $ENV{SCP_MATRIX_SEED} // 15);
my @wrong;
for my $c (@cells) {
    my @bad = judge($c);
    push @wrong, join(' ', map { "$_=$c->{$_}" } sort keys %$c) . ': ' . join('; ', @bad) if @bad;
}
is_deeply(\@wrong, [], "$seen{cells} servers: causes right in $seen{causes}; of $seen{plans} plans $seen{mended} mend; $seen{hopeless} without remedy")
    or diag(join "\n", @wrong[0 .. ($#wrong < 20 ? $#wrong : 20)]);
ok($how ne 'all' || $seen{cells} >= 2000, 'all cells');
done_testing();
