# SPDX-License-Identifier: GPL-3.0-or-later
#
# The network of the matrix's servers: hosts that refuse, drop, hold their tongue, cannot be resolved, or are answered for by a
# filter; proxies that the registry names, with bypass lists, that let pass, want a login, forbid, show a page or are not there; hosts
# whose time is another than this machine's.  And what is right of each: which hosts have to be let through, in which way.
package Hosts;

use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(uniq);
use DemoWorld;
use Logs;
use Pki;
use POSIX ();
use Scp;
use Servers;

our @EXPORT = qw(internet hosts_started faults asked_of is_blind to_open wrongly_opened let_through put_proxy waits_for_clock is_refused lists_fail unasked takes_a_place @HOSTS $ISSUERS);

my @GROUPS = ([qw(crl3.digicert.com ocsp.digicert.com)], [qw(oneocsp.microsoft.com www.microsoft.com crl2.microsoft.com)]);
my ($LISTS, @NEVER_DEMANDED) = qw(ctldl.windowsupdate.com crl4.digicert.com cacerts.digicert.com);
our $ISSUERS = 'caissuers.microsoft.com';
our @HOSTS = ((map { @$_ } @GROUPS), $LISTS, $ISSUERS, @NEVER_DEMANDED);
my ($w, %site, $open, $fault, %elsewhen, $proxy, $rules);

# --- Servers ---

sub headed { my ($page, %more) = @_; my %p = ref $page ? %$page : (body => $page); return { %p, headers => { %{ $p{headers} // {} }, %more } } }

# Lists and answers that were made so much later than now, by hosts whose clocks are so much ahead.
sub site_of
{
    my ($by) = @_;
    my %s = %site;
    my %life = (this => time + $by - 6 * $HOUR, next => time + $by + 6 * $DAY);
    my ($root, $cross, %responder) = (crl($w->{root}, %life), crl($w->{cross}, %life), responders($w));
    for my $address (keys %s) {
        my $page = $address =~ /GlobalRootG2\.crl\z/ ? $root : $address =~ m{/pkiops/crl/} ? $cross : $s{$address};
        my ($host) = $address =~ m{\A([^/]+)/\z};
        $page = headed(ocsp_later($page->{body}, $responder{$host}{ca}, $by), %{ $page->{headers} }) if $host;
        $s{$address} = headed($page, Date => POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime time + $by));
    }
    return \%s;
}

sub internet
{
    ($w) = @_;
    my %responder = responders($w);
    %site = site($w);
    $site{"$_/"} = { body => ocsp_answer($responder{$_}{ca}, $responder{$_}{asked}), headers => { 'Content-Type' => 'application/ocsp-response' } }
        for sort keys %responder;
    return;
}

# Where hosts are that have another time.
sub elsewhen { my ($by) = @_; return $elsewhen{$by} //= web(site_of($by)) }

my %REFUSAL = (
    login => { status => '407 Proxy Authentication Required', headers => { 'Proxy-Authenticate' => 'Basic realm="px"' }, body => 'no' },
    forbids => { status => '403 Forbidden', headers => { 'X-Squid-Error' => 'ERR_ACCESS_DENIED 0' }, body => 'no' },
    page => { headers => { 'Content-Type' => 'text/html' }, body => '<html><body>Please sign in.</body></html>' },
);

# Hosts of this process's own, and a proxy that does with each what the file of its rules says at that time.
sub hosts_started
{
    my ($name) = @_;
    $open = web(\%site);
    $fault = fault_server(qw(closed full silent html origin-403 proxy-407));
    $rules = save("rules.$name", '');
    my %through = map { my $host = $_; "$host/" => sub {
        my (undef, $path) = @_;
        my %is = map { split / /, $_, 2 } split /\n/, slurp($rules);
        return $REFUSAL{ $is{$host} } if $is{$host};
        my ($key) = grep { $_ eq "$host$path" || (m{/\z} && index("$host$path", $_) == 0) } sort { length $b <=> length $a } keys %site;
        return defined $key ? $site{$key} : { status => '404 Not Found' };
    } } @HOSTS;
    $proxy = web(\%through);
    return;
}

# --- Which is wrong with whom ---

# A host of the bypass list: names with '*', or "<local>", all of which have dots here.
sub is_bypassed
{
    my ($p, $host) = @_;
    return scalar grep { my $pattern = join '.*', map { quotemeta } split /\*/, $_, -1; $host =~ /\A$pattern\z/i } split /;/, $p->{bypass};
}

# Does the server's SYSTEM account go to that host by a proxy?  And was it asked so?
sub by_proxy { my ($c, $host) = @_; my $p = $c->{net}{proxy} or return 0; return $p->{form} ne 'https' && !is_bypassed($p, $host) }
sub asked_by_proxy { my ($c, $host) = @_; return by_proxy($c, $host) && $c->{net}{proxy}{asked} eq 'registry' }

# host => its fault; without one it is as it should be
sub faults
{
    my ($c) = @_;
    my $net = $c->{net};
    return map { $_ => $net->{everything} } @HOSTS if $net->{everything};
    my %f = ($LISTS => $net->{lists}, $ISSUERS => $net->{issuers});
    # The whole of a group, or one of it, where another takes its place.
    for my $i (0, 1) { $f{$_} = (qw(first second))[$i] && $net->{ (qw(first second))[$i] } for $net->{whole} ? @{ $GROUPS[$i] } : $GROUPS[$i][0] }
    my $p = $net->{proxy} or return map { $_ => $f{$_} } grep { defined $f{$_} } keys %f;
    return map {
        my $is = asked_by_proxy($c, $_) ? ($p->{does} eq 'dead' ? 'dead' : $f{$_} && $p->{does}) : $f{$_};
        $is ? ($_ => $is) : ()
    } @HOSTS;
}

sub put_proxy
{
    my ($c, $r, $faults) = @_;
    if (($c->{net}{everything} // '') eq 'proxy-407') {
        $r->{ INTERNET_SETTINGS() . '\Connections' } = { WinHttpSettings => connection_settings(0x18, 3, $fault->{'proxy-407'}, '') };
        return;
    }
    my $p = $c->{net}{proxy} or return;
    my $to = (grep { $_ eq 'dead' } values %$faults) ? $fault->{closed} : "127.0.0.1:$proxy";
    $to = ($p->{secret} ? 'user:word@' : '') . $to;
    $to = "https=$to" if $p->{form} eq 'https';
    $to = "https=px.example:1;http=$to" if $p->{form} eq 'both';
    $r->{ SERVICE_SETTINGS() } = { ProxyEnable => reg_dword(0) } if $p->{alone};
    my %settings = (ProxyEnable => reg_dword(1), ProxyServer => reg_sz($to), ProxyOverride => reg_sz($p->{bypass}));
    $r->{ INTERNET_SETTINGS() . '\Connections' } = { WinHttpSettings => connection_settings(0x18, 3, $to, $p->{bypass}) } if $p->{place} eq 'winhttp';
    $r->{ SYSTEM_SETTINGS() } = \%settings if $p->{place} eq 'account';
    return if $p->{place} ne 'machine';
    $r->{ INTERNET_SETTINGS() } = \%settings;
    $r->{'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings'} = { ProxySettingsPerUser => reg_dword(0) };
    return;
}

sub asked_of
{
    my ($c, $faults, $timeout) = @_;
    return '--skip=revocation' if !$c->{net};
    # Who drops is waited for; the others have time.
    my @from = ('--vantage=' . $c->{net}{vantage}, '-t', $timeout // ((grep { /\A(?:full|silent)\z/ } values %$faults) ? 3 : 20));
    # Once it lets some hosts pass, a filter stands for it in the way to the others.
    my %is = map { $_ => $faults->{$_} eq 'proxy-407' ? 'html' : $faults->{$_} } grep { defined $faults->{$_} } keys %$faults;
    return (@from, '--proxy=registry') if @HOSTS == grep { ($faults->{$_} // '') eq 'proxy-407' } @HOSTS;
    write_bytes($rules, join '', map { "$_ $is{$_}\n" } grep { $REFUSAL{ $is{$_} } } sort keys %is) if $c->{net}{proxy};
    my $fine = '127.0.0.1:' . ($c->{net}{clock} ? elsewhen($c->{net}{clock}) : $open);
    return (@from, (($c->{net}{proxy} // {})->{asked} // '') eq 'registry' ? '--proxy=registry' : '--noproxy=*', map { my $where = $is{$_};
        "--connect-to=$_:80:" . (!defined $where ? $fine : $where eq 'dns' ? 'nowhere.invalid:80' : $fault->{$where})
    } grep { !asked_by_proxy($c, $_) } @HOSTS);
}

# --- What is right ---

my %ANSWERS = map { $_ => 1 } qw(html origin-403 proxy-407 login forbids page);

# Nothing valid from any, and the same from all who answer: no fact about any host.
sub no_way_out
{
    my ($c, $faults) = @_;
    return 0 if @HOSTS != grep { $faults->{$_} } @HOSTS;
    return 1 >= uniq map { s/login/proxy-407/r =~ s/origin-403/forbids/r =~ s/html/page/r } grep { $ANSWERS{$_} } values %$faults;
}

# ... seen from elsewhere, nor about the server.  A clock of this machine that is wrong says nothing of the server, either.
sub is_blind
{
    my ($c, $faults) = @_;
    return $c->{net}{vantage} eq 'here' && (no_way_out($c, $faults) || waits_for_clock($c)) ? 1 : 0;
}

# By days: what is good for six is none by this clock.
sub waits_for_clock { my ($c) = @_; return abs($c->{net}{clock} // 0) >= $DAY }

# What has to be opened: host => fault.  Hosts that Windows asks for nothing, and those that another takes the place of, do not.
# $waits: intermediates come from their address, or not at all.
sub to_open
{
    my ($c, $faults, $waits) = @_;
    my $demanded = $c->{update} !~ /\A(?:off|mirror)\z/;
    # From here it counts that the server fetched its lists lately; where nothing at all is reached from here, that is no matter of the server.
    $demanded = 0 if $c->{net}{vantage} eq 'here' && $c->{update} =~ /\A(?:on|frozen)\z/;
    return if is_blind($c, $faults);
    my @hosts = ((map { @$_ } grep { @$_ == grep { $faults->{$_} } @$_ } @GROUPS), $demanded ? $LISTS : (), $waits ? $ISSUERS : ());
    return map { $_ => $faults->{$_} } grep { $faults->{$_} } @hosts;
}

my %KIND = (closed => 'open', full => 'open', silent => 'open', dns => 'resolve', html => 'page', page => 'page', 'origin-403' => 'forbids', 'proxy-407' => 'login',
    login => 'login', forbids => 'proxy', dead => 'dead');
my %OPENS = (open => qr/\Aopen TCP port 80 from the server to /, resolve => qr/\Alet the server's DNS resolve /, page => qr/\Aexcept .* from TLS inspection/,
    forbids => qr/\Alet GET and POST requests to .* pass/, login => qr/\Aexcept .* from the proxy's login/, proxy => qr/\Alet the proxy pass requests to /,
    dead => qr/\Ahave the proxy answer/);

# The steps of the network, against those that are right.
sub wrongly_opened
{
    my ($c, $faults, $waits, @plan) = @_;
    my (%right, @bad);
    my %open = to_open($c, $faults, $waits);
    push @{ $right{ $KIND{ $open{$_} } . (asked_by_proxy($c, $_) ? ' by proxy' : '') } }, $_
        for grep { !by_proxy($c, $_) || asked_by_proxy($c, $_) } sort keys %open;
    for my $step (grep { $_->{class} == 3 } @plan) {
        my ($kind) = grep { $step->{what} =~ $OPENS{$_} } sort keys %OPENS;
        my $way = ($kind // '') . (asked_by_proxy($c, $step->{hosts}[0] // '') ? ' by proxy' : '');
        my $hosts = delete $right{$way};
        push @bad, "not right: $step->{what}" if !$hosts || "@{ $hosts }" ne join ' ', sort @{ $step->{hosts} };
        push @bad, "rehearsed: $step->{what}" if $step->{rehearsed};
        push @bad, wrongly_shown($c, $faults, $step);
    }
    return @bad, map { "not said to be opened: @{ $right{$_} } ($_)" } sort keys %right;
}

# How it is seen on the server: by the way that SYSTEM goes, and so that it fails now.
sub wrongly_shown
{
    my ($c, $faults, $step) = @_;
    return () if !@{ $step->{hosts} };
    my ($host) = @{ $step->{hosts} };
    my $through = asked_by_proxy($c, $host) || ($faults->{$host} // '') eq 'proxy-407' ? 1 : 0;
    my $asked = join ' ', sort map { m{(?:http://|Name |Connection )([a-z0-9.]+\.com)} } @{ $step->{commands} };
    my @bad = $asked ne join(' ', sort @{ $step->{hosts} }) ? "commands for $asked: $step->{what}" : ();
    push @bad, "by another way: $_" for grep { (/ -x http:/ ? 1 : 0) != $through } @{ $step->{commands} };
    push @bad, "it connects already: $_" for grep { /\ATest-NetConnection (\S+)/ && ($faults->{$1} // '') eq 'silent' } @{ $step->{commands} };
    push @bad, "where: $step->{where}" if ($step->{where} =~ /SYSTEM goes by http/ ? 1 : 0) != $through;
    return @bad;
}

# Done: who answers for a proxy that was not there, answers for all.
sub let_through
{
    my ($step, $faults) = @_;
    my $dead = grep { ($faults->{$_} // '') eq 'dead' } @{ $step->{hosts} };
    delete @$faults{ @{ $step->{hosts} }, $dead ? grep { $faults->{$_} eq 'dead' } keys %$faults : () };
    return;
}

# A part of a group whose others fail in another way: all of them are to be opened, though one would do.  And what is imported takes the
# place of what comes once a proxy answers that does not, which no rehearsal shows.
sub takes_a_place
{
    my ($c, $step) = @_;
    my %faults = $c->{net} ? faults($c) : ();
    return ($faults{$ISSUERS} // '') eq 'dead' if $step->{what} =~ /\Aimport/;
    my %opened = map { $_ => 1 } @{ $step->{hosts} };
    return scalar grep { my $n = grep { $opened{$_} } @$_; $n && $n < @$_ } @GROUPS;
}

sub lists_fail { my ($faults) = @_; return exists $faults->{$LISTS} }

# Hosts that fail by a way that the server does not go.
sub unasked
{
    my ($c, $faults) = @_;
    my %open = to_open($c, $faults, 0);
    return grep { by_proxy($c, $_) && !asked_by_proxy($c, $_) } sort keys %open;
}

# Does the proxy refuse hosts that it is to be asked for, whoever needs them?
sub is_refused { my ($c, $faults) = @_; return scalar grep { /\A(?:login|forbids|page|proxy-407)\z/ } values %$faults }

1;
