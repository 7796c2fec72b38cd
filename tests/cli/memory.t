#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Memory that runs out.  Every plugin is run again and again, each time with another of its allocations failing - that one only,
# or all from there on - and with an address space of several sizes.  Whatever fails, the answer is the one with memory, or UNKNOWN
# with a reason; it comes in time, without a signal, without a word on standard error.
#
# Where nothing is asked over the network the allocations fail in forks of one run, else in runs of their own.  Here a sample;
# make check-memory (SCP_MEMORY_STEP=1) tries each single one in the forks, and more of the others.  SCP_MEMORY_CASES='roots: good'
# some cases only.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use POSIX qw(strftime);
use Scp;
use Snapshot;
use Servers;
use Test::More;
use TrustList;

my $nomem = plugin_path('x') =~ s{plugins/x\z}{tests/tools/nomem.so}r;
-e $nomem or plan skip_all => 'the preload that makes allocations fail is not built (glibc only)';
sanitized('check_scp') and plan skip_all => 'a sanitizer, or another program, has its own allocator';
-x (plugin_path('check_scp') // '') or plan skip_all => 'check_scp is not built';
which('openssl') or plan skip_all => 'openssl is not installed';
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};

my $STEP = $ENV{SCP_MEMORY_STEP} // 2003;    # primes: never in time with a loop of the program
my $STEP_OF_RUNS = $STEP < 1000 ? 211 : 4001;
my $ALL_UP_TO = 60;                          # the first ones are options and input, where each is another; a plugin's cases share most
my @SPACES = (0, 64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192);

# --- What is looked at ---

my $w = world();
my %site = site($w);
my $at = time;
my $AT = '--at=@' . ($at + 5);
my $profile = '--profile=' . save('demo.ini', profile($w), $at);
my $root = save('root.pem', $w->{root}{pem});
my $service = save('service.pem', $w->{service}{pem});
my $cross = save('cross.pem', $w->{cross}{pem});
my $crl = save('root.crl', $site{'crl3.digicert.com/DemoGlobalRootG2.crl'});

sub registry
{
    my ($name, $r) = @_;
    return save($name, windows_export($r), $at);
}
my $healthy = registry('scp.reg', scp_registry($w));
my $off = registry('off.reg', scp_registry($w, update => 'off', root => 0));
my $bare = registry('bare.reg', scp_registry($w, chain => 0));
my $lacking = registry('lacking.reg', scp_registry($w, root => 0));
my $distrusting = scp_registry($w);
$distrusting->{ AUTO_UPDATE() }{DisallowedCertEncodedCtl} = reg_binary(
    trust_list(kind => 'disallowed', this_update => $at - 90 * $DAY, entries => [disallowed_entry($w->{root}{der})]));
my $disallowed = registry('disallowed.reg', $distrusting);
my $hive = save('SOFTWARE', hive_bytes({ map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r => scp_registry($w)->{$_}) }
    grep { /\AHKEY_LOCAL_MACHINE\\SOFTWARE\\/ } keys %{ scp_registry($w) } }, name => '\SystemRoot\System32\Config\SOFTWARE', time => $at), $at);

my $mirror = scratch('mirror');
mkdir $mirror or die "$mirror: $!";
my %mirror = mirror($w);
write_bytes("$mirror/$_", $mirror{$_}, $at) for keys %mirror;

my $log = save('failing.log', log_text(1), $at);
my $messages = save('messages.csv', "MessageID,Time\n9605," . strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $at - 3600) . "\n", $at);
my $ocsp = save('ocsp.der', ocsp_answer($w->{root}, $w->{cross}));

my %responder = responders($w);
my %asked = (%site, map { ("$_/" => { body => ocsp_answer($responder{$_}{ca}, $responder{$_}{asked}), headers => { 'Content-Type' => 'application/ocsp-response' } }) } keys %responder);
$asked{"mirror.example/$_"} = $mirror{$_} for keys %mirror;
$asked{"ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/$_"} //= $mirror{$_} for keys %mirror;
my $port = web(\%asked);
my %hosts = map { m{\A([^/]+)}; $1 => 1 } keys %asked;
my @connect = ('--noproxy=*', map { "--connect-to=$_:80:127.0.0.1:$port" } sort keys %hosts);
my @by_name = ('--noproxy=*', map { "--connect-to=$_:80:localhost:$port" } sort keys %hosts);
my $refusing = "--connect-to=crl3.digicert.com:80:127.0.0.1:1";

# A server on the network, and a host whose registry is asked for with Samba's net, which here prints what it holds of a key.
my $server = tls_front(save('chain.pem', join '', map { $w->{$_}{pem} } qw(service issuing cross)), $w->{service}{key}, "127.0.0.1:$port");
my %at_host = (%{ scp_registry($w) });
my $folder = scratch('keys');
mkdir $folder or die "$folder: $!";
for my $top ('HKLM\SOFTWARE\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Microsoft\EnterpriseCertificates') {
    my $long = $top =~ s/\AHKLM/HKEY_LOCAL_MACHINE/r;
    write_bytes("$folder/" . ($top =~ tr/\\/_/r), samba_text({ map { $_ => $at_host{$_} } grep { index(lc "$_\\", lc "$long\\") == 0 } keys %at_host }));
}
my $net = save('net', <<"END");
#!/bin/sh
key=\$(printf '%s' "\$4" | tr '\\\\' '_')
[ -f "$folder/\$key" ] && exec cat "$folder/\$key"
echo 'registry_openkey failed: NT_STATUS_NO_SUCH_DEVICE' >&2
exit 255
END
chmod 0755, $net;
my $login = save('login', "username = mon\npassword = secret\n");
chmod 0600, $login;

# name => [PLUGIN, ARGUMENT…], the state with memory
my @CASES = (
    'roots: good' => [['check_scp_roots', $profile, '-R', $healthy], 'OK'],
    'roots: from a hive' => [['check_scp_roots', $profile, '-R', "hive:$hive"], 'OK'],
    'roots: two sources, a difference that does not matter' => [['check_scp_roots', $profile, '-R', $healthy, '-R', $bare], 'OK'],
    'roots: two sources that contradict each other' => [['check_scp_roots', $profile, '-R', $healthy, '-R', $off], 'UNKNOWN'],
    'roots: of another host' => [['check_scp_roots', $profile, '-H', 'scp01.example', '-A', $login, "--net=$net"], 'OK'],
    'roots: missing, in JSON with all facts' => [['check_scp_roots', $profile, '-R', $off, '-o', 'json', '-v'], 'CRITICAL'],
    'roots: disallowed by the cached list' => [['check_scp_roots', $profile, '-R', $disallowed], 'CRITICAL'],
    'autoupdate: good' => [['check_scp_autoupdate', $profile, '-R', $healthy], 'OK'],
    'autoupdate: a list' => [['check_scp_autoupdate', $profile, "--list=$mirror/authrootstl.cab"], 'OK'],
    'autoupdate: a mirror' => [['check_scp_autoupdate', $profile, "--mirror=$mirror"], 'OK'],
    'autoupdate: a mirror on the web' => [['check_scp_autoupdate', $profile, '--mirror=http://mirror.example', @connect], 'OK'],
    'autoupdate: a root that lacks is served' => [['check_scp_autoupdate', $profile, '-R', $lacking, '--online', @connect], 'OK'],
    'intermediates: good' => [['check_scp_intermediates', $profile, '-R', $healthy], 'OK'],
    'intermediates: missing' => [['check_scp_intermediates', $profile, '-R', $bare], 'CRITICAL'],
    'intermediates: files' => [['check_scp_intermediates', "--roots=$root", '--intermediates=' . save('cas.pem', $w->{cross}{pem} . $w->{issuing}{pem}),
        "--certificate=$cross", "--with-crl=$crl"], 'OK'],
    'intermediates: for a host' => [['check_scp_intermediates', $profile, '-R', $healthy, "--certificate=$service", '--name=service.demo.example'], 'OK'],
    'intermediates: for another host, with lists' => [['check_scp_intermediates', $profile, '-R', $healthy, "--certificate=$service", '--name=other.example', "--with-crl=$crl"], 'CRITICAL'],
    'intermediates: what a server sends' => [['check_scp_intermediates', $profile, '-R', $bare, "--connect=service.demo.example",
        "--connect-to=service.demo.example:443:$server"], 'OK'],
    'intermediates: fetched' => [['check_scp_intermediates', "--roots=$root", "--certificate=$service", '--aia=probe', @connect], 'WARNING'],
    'revocation: a list' => [['check_scp_revocation', "--crl=$crl", "--issuer=$root", "--certificate=$cross"], 'OK'],
    'revocation: an answer' => [['check_scp_revocation', "--ocsp=$ocsp", "--issuer=$root", "--certificate=$cross"], 'OK'],
    'revocation: the endpoints' => [['check_scp_revocation', $profile, @connect, '-o', 'json'], 'OK'],
    'revocation: the endpoints, found by name' => [['check_scp_revocation', $profile, @by_name, '-o', 'json'], 'OK'],
    'revocation: an endpoint that refuses' => [['check_scp_revocation', $profile, $refusing, @connect, '-o', 'json'], 'WARNING'],
    'status: a log and messages' => [['check_scp_status', $profile, "--log=$log", "--messages=$messages", '-R', $healthy], 'WARNING'],
    'diagnosis' => [['check_scp', $profile, '-R', $healthy, '--skip=revocation', "--log=$log"], 'WARNING'],
    'diagnosis: with the endpoints' => [['check_scp', $profile, '-R', $healthy, @connect, '-o', 'json'], 'OK'],
    'diagnosis: for a terminal' => [['check_scp', $profile, '-R', $off, '--skip=revocation', "--log=$log", '-o', 'terminal'], 'CRITICAL'],
    'diagnosis: as a page' => [['check_scp', $profile, '-R', $off, '--skip=revocation', "--log=$log", '-o', 'html'], 'CRITICAL'],
    # Dear, so only where it is asked for.
    $STEP == 1 || $ENV{SCP_MEMORY_CASES} ? ('status: a snapshot with logs and messages' => [['check_scp_status', $profile, '-R',
        snapshot(scp_registry($w), begun => $at, log => { 'dmpuploader.log' => slurp($log) }, messages => { 'messages.csv' => slurp($messages) })], 'WARNING']) : (),
    $STEP == 1 || $ENV{SCP_MEMORY_CASES} ? ('diagnosis: the service, too' => [['check_scp', '--profile=' . save('service.ini', profile($w) . "\n[endpoint service]\nhost = service.demo.example\nkind = tls\nissuers = demo-global-root-g2\nlevel = recommended\n", $at),
        '-R', $healthy, '--service', "--log=$log", @connect, "--connect-to=service.demo.example:443:$server", '-o', 'json', '-v'], 'WARNING']) : (),
    'roots: options from a file, for a collector' => [['check_scp_roots', '--extra-opts=here@' . save('options.ini', "[here]\nregistry = $healthy\nprofile = " . substr($profile, 10) . "\n"), '-o', 'openmetrics'], 'OK'],
    'profiles' => [['check_scp_roots', '--list-profiles'], 'UNKNOWN'],
    'help' => [['check_scp_roots', '--help'], 'UNKNOWN'],
    'a wrong option' => [['check_scp_roots', '--colour=red'], 'UNKNOWN'],
);

# --- One run ---

# What clocks measured differs from run to run.
sub shown
{
    my ($r) = @_;
    return $r->{out} =~ s/"(?:seconds|clock_skew|time|value)":-?[\d.]+/"":/gr =~ s/\b\d+(?:\.\d+)? m?s\b/… s/gr =~ s/time=[\d.]+s?/time=/gr;
}

sub attempt
{
    my ($argv, %env) = @_;
    my ($plugin, @arguments) = @$argv;
    unshift @arguments, '-o', 'plugin' if !grep { $_ eq '-o' } @arguments;
    return run([$plugin, $AT, @arguments], any => 1, timeout => $env{NOMEM_EACH} ? 7200 : 120, env => { LD_PRELOAD => $nomem, %env });
}

# What is wrong with an answer, given the one with memory; undef when nothing is.
sub fault
{
    my ($r, $truth) = @_;
    return "ended by signal $r->{signal}" if $r->{signal};
    return 'did not end' if $r->{late};
    return "standard error: $r->{err}" if $r->{err} ne '';
    return undef if $r->{code} == $truth->{code} && shown($r) eq shown($truth);
    return "exit code $r->{code}: " . ((split /\n/, $r->{out})[0] // '') if $r->{code} != 3;
    return undef if $r->{out} =~ /^scp_\w+_state\{[^}]*\} 3$/m;    # a collector's format has no place for a reason
    return 'no reason: ' . substr $r->{out}, 0, 200 if $r->{out} !~ /out of memory|annot allocate memory/i;
    return undef;
}

# Which allocations are tried: of the first ones one in `$every`, and then one in so many, each case beginning at another.
sub points
{
    my ($n, $first, $every, $step) = @_;
    my @points = map { $_ * $every } 1 .. $ALL_UP_TO / $every;
    for (my $at = $ALL_UP_TO + 1 + $first % $step; $at <= $n; $at += $step) { push @points, $at }
    return grep { $_ <= $n } @points;
}

sub report
{
    my ($what, $faults) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 2;
    ok(!%$faults, $what);
    for my $fault (sort keys %$faults) {
        my @where = @{ $faults->{$fault} };
        diag(scalar @where, " x $fault\n    ", join ', ', @where > 10 ? (@where[0 .. 9], '...') : @where);
    }
    return;
}

sub none_lies
{
    my ($what, $argv, $truth, $runs) = @_;
    my %faults;
    for my $env (@$runs) {
        my $fault = fault(attempt($argv, %$env), $truth);
        push @{ $faults{$fault} }, join ' ', map { "$_=$env->{$_}" } sort keys %$env if defined $fault;
    }
    report("$what (" . @$runs . ' runs)', \%faults);
    return;
}

# In forks of one run, the first ones and then one in so many; what the preload did not find right by itself is looked at here.
my ($folders, %seen) = 0;
sub no_fork_lies
{
    my ($what, $argv, $truth, $n, $first) = @_;
    my $folder = scratch('each' . ++$folders);
    mkdir $folder or die "$folder: $!";
    my $turns = $seen{ $argv->[0] }++ && $STEP > 1 ? 8 : $ALL_UP_TO;
    my $from = $turns + 1 + $first % $STEP;
    my $tried = 2 * (($n < $turns ? $n : $turns) + ($n < $from ? 0 : 1 + int(($n - $from) / $STEP)));
    my $output = write_bytes("$folder/truth", $truth->{out});
    my $r = attempt([@$argv, '-t', 86_400], NOMEM_EACH => $folder, NOMEM_OUTPUT => $output, NOMEM_CODE => $truth->{code},
        NOMEM_TURNS => "$turns $from $STEP");
    my $fine = -e "$folder/fine" ? slurp("$folder/fine") + 0 : 0;
    my (%faults, $odd);
    for (-e "$folder/odd" ? split /\n/, slurp("$folder/odd") : ()) {
        my ($k, $mode, $signal, $code) = split ' ';
        my %one = (signal => $signal, code => $code, late => $signal == 14, out => slurp("$folder/$k.$mode"), err => slurp("$folder/$k.$mode.err"));
        my $fault = fault(\%one, $truth);
        push @{ $faults{$fault} }, "$k $mode" if defined $fault;
        $odd++;
    }
    push @{ $faults{"exit code $r->{code}, signal $r->{signal}, standard error '$r->{err}'"} }, 'the run itself' if $r->{code} != $truth->{code} || $r->{err} ne '';
    push @{ $faults{"tried of $tried"} }, $fine + ($odd // 0) if $fine + ($odd // 0) != $tried;
    report("$what ($tried forks)", \%faults);
    return;
}

# --- All of them ---

my $counted = scratch('count');
my $cases = 0;
while (my ($name, $case) = splice @CASES, 0, 2) {
    next if defined $ENV{SCP_MEMORY_CASES} && $name !~ /$ENV{SCP_MEMORY_CASES}/;
    my ($argv, $state) = @$case;
    my $truth = attempt($argv, NOMEM_COUNT => $counted);
    my $n = -s $counted ? slurp($counted) + 0 : 0;
    is(state_name($truth->{code}), $state, "$name: $n allocations") or diag($truth->{out}, $truth->{err});
    cmp_ok($n, '>', 0, 'they are counted') or next;
    my $first = 37 * $cases++;
    if (!grep { /\A--(?:connect-to|net)=/ } @$argv) {
        no_fork_lies("$name, one allocation fails, alone and with all behind it", $argv, $truth, $n, $first);
    } else {
        none_lies("$name, one allocation fails", $argv, $truth, [map { { NOMEM_AT => $_ } } points($n, $first, 14, $STEP_OF_RUNS)]);
        none_lies("$name, all from one on fail", $argv, $truth, [map { { NOMEM_AT => $_, NOMEM_STICKY => 1 } } points($n, $first + 500, 13, $STEP_OF_RUNS)]);
    }
    none_lies("$name, an address space that is full", $argv, $truth, [map { { NOMEM_SPACE => $_ } } @SPACES[grep { $STEP == 1 || $_ % 3 == $cases % 3 } 0 .. $#SPACES]]);
}

done_testing();
