#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# scp.exe under Wine: the live registry, filled by CryptoAPI and by Windows' own calls, gives the verdict of its export read here.
# make check-wine sets what it needs; SCP_EXE names another scp.exe, SCP_SEED another sequence of situations, SCP_SITUATIONS their number.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Encode qw(encode);
use JSON::PP ();
use Pki;
use Scp;
use Servers;
use Test::More;
use Wine;

require_exe();
defined which('openssl') or plan skip_all => 'no openssl';
-x plugin_path('check_scp') or plan skip_all => 'check_scp is not built';
require_wine();

my $SEED = $ENV{SCP_SEED} // 20261130;
my $SITUATIONS = $ENV{SCP_SITUATIONS} // 24;
srand $SEED;
diag("SCP_SEED=$SEED");

my $MACHINE = 'HKLM\SOFTWARE\Microsoft';
my $POLICY = 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates';
my $UPDATE = "$MACHINE\\SystemCertificates\\AuthRoot\\AutoUpdate";
my $INTERNET = 'Microsoft\Windows\CurrentVersion\Internet Settings';
my $CHAIN = "$MACHINE\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine\\Config";

# --- The export ---

# These, and no narrower: what is below them and not in the export is known to be absent.
my %EXPORT = (
    microsoft => $MACHINE, policies => 'HKLM\SOFTWARE\Policies', view32 => 'HKLM\SOFTWARE\WOW6432Node',
    system => 'HKLM\SYSTEM\CurrentControlSet', local_system => 'HKU\S-1-5-18', network_service => 'HKU\S-1-5-20',
);

sub export_all
{
    my %file = map { ($_ => scratch("export.$_.reg")) } keys %EXPORT;
    unlink values %file;
    wine_cmd(map { qq(reg export "$EXPORT{$_}" "$file{$_}" /y) } sort keys %EXPORT);
    return map { ('-R', $file{$_}) } grep { -s $file{$_} } sort keys %EXPORT;
}

# --- What a situation is made of ---

sub dword { return (4, unpack 'H*', pack 'V', $_[0]) }
sub qword { return (11, unpack 'H*', pack 'Q<', $_[0]) }
sub text { return (1, unpack 'H*', encode('UTF-16LE', "$_[0]\0")) }
sub binary { return (3, unpack 'H*', $_[0]) }
sub ago { return binary(filetime(time - $_[0])) }

sub winhttp
{
    my ($proxy, $bypass) = @_;
    return binary(pack('V3', 0x18, 0, $proxy eq '' ? 1 : 3) . pack('V/a V/a', $proxy, $bypass));
}

my $w = world();
my %FILE = map { ($_ => write_bytes(scratch("$_.der"), $w->{$_}{der})) } qw(root cross issuing service distrusted);
my @PLACES = (['machine', 'ROOT'], ['machine', 'AuthRoot'], ['machine', 'CA'], ['machine', 'Disallowed'], ['machine', 'TrustedPeople'],
    ['policy', 'Root'], ['policy', 'CA'], ['policy', 'Disallowed'], ['enterprise', 'Root'], ['enterprise', 'CA'], ['enterprise', 'Disallowed']);

# [KEY, NAME, what it may be…], each as (type, hex)
my @VALUES = (
    ["$POLICY\\AuthRoot", 'DisableRootAutoUpdate', [dword(0)], [dword(1)], [dword(7)], [text('no')], [qword(1)]],
    ["$POLICY\\AuthRoot", 'EnableDisallowedCertAutoUpdate', [dword(0)], [dword(1)], [binary('')]],
    ["$POLICY\\AuthRoot", 'RootDirUrl', [text('http://mirror.corp.example/pki')]],
    ["$POLICY\\Root\\ProtectedRoots", 'Flags', [dword(0)], [dword(1)], [dword(8)]],
    ["$POLICY\\ChainEngine\\Config", 'DisableAIAUrlRetrieval', [dword(0)], [dword(1)]],
    ["$POLICY\\ChainEngine\\Config", 'Options', [dword(2)]],
    ["$POLICY\\AuthRoot", "Gr\xC3\xB6\xC3\x9Fe", [text('x')]],
    [$UPDATE, 'LastSyncTime', [ago(9 * $HOUR)], [ago(20 * $DAY)], [ago(60 * $DAY)], [binary('short')], [ago(-2 * $DAY)]],
    [$UPDATE, 'DisallowedCertLastSyncTime', [ago(9 * $HOUR)], [ago(60 * $DAY)]],
    [$UPDATE, 'RootDirUrl', [text('http://mirror.corp.example/pki')], [text('file://\\\\server\\share')], [text('http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/test')]],
    [$UPDATE, 'EncodedCtl', [binary($w->{trusted})], [binary(substr $w->{trusted}, 0, 900)], [binary('no list')]],
    [$UPDATE, 'DisallowedCertEncodedCtl', [binary($w->{disallowed})]],
    ["HKLM\\SYSTEM\\CurrentControlSet\\Services\\CryptSvc", 'Start', [dword(2)], [dword(3)], [dword(4)]],
    ["$MACHINE\\Windows NT\\CurrentVersion", 'CurrentBuild', [text('20348')], [text('9600')], [text('7601')]],
    [$CHAIN, 'MinRsaPubKeyBitLength', [dword(1024)], [dword(4096)], [dword(0xFFFFFFFF)]],
    [$CHAIN, 'WeakRsaAllMinBitLength', [dword(3072)]],
    [$CHAIN, 'WeakRsaAllFlags', [dword(0x80110000)], [dword(0x80010008)]],
    ["HKLM\\SOFTWARE\\$INTERNET\\Connections", 'WinHttpSettings', [winhttp('', '')], [winhttp('proxy.corp.example:8080', '')], [winhttp('proxy.corp.example:8080', '*.microsoft.com;*.digicert.com;*.windowsupdate.com')], [binary('x')]],
    ["HKU\\S-1-5-18\\Software\\$INTERNET", 'ProxyEnable', [dword(0)], [dword(1)]],
    ["HKU\\S-1-5-18\\Software\\$INTERNET", 'ProxyServer', [text('proxy2.corp.example:3128')]],
    ["HKU\\S-1-5-18\\Software\\$INTERNET", 'AutoConfigURL', [text('http://wpad.corp.example/proxy.pac')]],
    ["HKU\\S-1-5-20\\Software\\$INTERNET", 'ProxyEnable', [dword(1)]],
    ["$MACHINE\\.NETFramework\\v4.0.30319", 'SchUseStrongCrypto', [dword(0)], [dword(1)]],
    ["HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319", 'SystemDefaultTlsVersions', [dword(0)], [dword(1)]],
    ['HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client', 'Enabled', [dword(0)], [dword(1)]],
    ["$MACHINE\\SystemCertificates\\ROOT\\Certificates\\" . fingerprint($w->{distrusted}{der}), 'Blob', [binary('no blob')], [text('x')]],
);

sub any { return $_[ rand @_ ] }

# Where all that a situation has lies.
my @NOTHING = map { ['clear', $_] } "$MACHINE\\SystemCertificates", $POLICY, "$MACHINE\\EnterpriseCertificates", $CHAIN,
    "HKLM\\SOFTWARE\\$INTERNET\\Connections", "HKU\\S-1-5-18\\Software", "HKU\\S-1-5-20\\Software", "$MACHINE\\.NETFramework\\v4.0.30319",
    'HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL', 'HKLM\SYSTEM\CurrentControlSet\Services\CryptSvc',
    'HKLM\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319';

# The commands that make it, from nothing: every store, and most values, are there or not.
sub random_situation
{
    my @commands = @NOTHING;
    push @commands, map { ['key', $_] } "HKU\\S-1-5-18\\Software\\$INTERNET", "HKU\\S-1-5-20\\Software\\$INTERNET";
    my $healthy = rand() < 0.6;
    push @commands, ['add', 'machine', any('ROOT', 'AuthRoot'), $FILE{root}, any('-', "Wurzel Gr\xC3\xBC\xC3\x9F Gott")] if $healthy || rand() < 0.3;
    push @commands, map { ['add', any('machine', 'enterprise'), 'CA', $FILE{$_}, any('-', 'x')] } $healthy || rand() < 0.3 ? qw(cross issuing) : ();
    push @commands, map { ['add', @{ any(@PLACES) }, $FILE{ any(keys %FILE) }, '-'] } 1 .. rand 4 if rand() < 0.6;
    for my $value (@VALUES) {
        my ($key, $name, @may) = @$value;
        next if rand() > ($healthy ? 0.25 : 0.4) && !($healthy && $name =~ /SyncTime\z|EncodedCtl\z|\AStart\z/);
        push @commands, ['set', $key, $name, @{ $healthy && rand() < 0.7 ? $may[0] : any(@may) }];
    }
    push @commands, ['clear', any($POLICY, "$MACHINE\\EnterpriseCertificates", "$MACHINE\\SystemCertificates\\Disallowed",
        "$MACHINE\\SystemCertificates")] if rand() < 0.15;
    return @commands;
}

# --- Both readings ---

# What a second run of the same cannot have: when it was, how long hosts took, and where the registry was read from.
sub without_moment
{
    my ($what) = @_;
    return [map { without_moment($_) } @$what] if ref $what eq 'ARRAY';
    return $what if ref $what ne 'HASH';
    return { map { ($_ => without_moment($what->{$_})) } grep { !/\A(?:time|seconds|taken|at)\z/ } keys %$what };
}

sub verdict_of
{
    my ($r) = @_;
    my $j = eval { JSON::PP->new->utf8->decode($r->{out}) } // return { broken => "$r->{out}$r->{err}" };
    delete @$j{qw(source at)};
    delete @{ $j->{facts} }{qw(events update_access)}; # what an export does not tell
    $j->{perfdata} = [grep { $_->{label} !~ /time\z/ } @{ $j->{perfdata} }];
    $j->{findings} = [grep { $_->{id} !~ /\Asource\.(?:merged|age)\z/ } @{ $j->{findings} }];
    return without_moment($j);
}

my $profile = save('demo.ini', profile($w));
my $canonical = JSON::PP->new->canonical->pretty;
my %verdicts;

# Both with the same arguments; the live one is given no source and no vantage.
sub is_the_same
{
    my ($what, @more) = @_;
    my @arguments = ('check_scp', '-v', '-o', 'json', '-t', '60', "--profile=$profile", '--at=@' . (time + 60), @more);
    my $live = wine($EXE, @arguments);
    my $read = run([@arguments, '--vantage=server', '--max-age=10d', '--proxy=registry', export_all()], any => 1);
    my ($there, $here) = map { $canonical->encode(verdict_of($_)) } $live, $read;
    subtest $what => sub {
        is($there, $here, 'the same JSON') or diag(difference($there, $here));
        is($live->{code}, $read->{code}, "exit code $read->{code}");
        is($live->{out} =~ tr/\r//, 0, 'line ends');
        is($live->{err}, '', 'nothing on standard error');
    };
    my $j = eval { JSON::PP->new->utf8->decode($live->{out}) } // {};
    $verdicts{ $j->{summary} // '' }++;
    return $j;
}

sub difference
{
    my @text = map { [split /\n/, $_[$_]] } 0, 1;
    my ($i) = grep { ($text[0][$_] // '') ne ($text[1][$_] // '') } 0 .. $#{ $text[0] };
    return defined $i ? map { "    $_\n" } 'there: ' . ($text[0][$i] // ''), 'here:  ' . ($text[1][$i] // '') : '';
}

is(wine_store(['key', $MACHINE]), '', 'the program compiles and runs') or BAIL_OUT('no program to run');

# --- Nothing in the registry that is ours ---

{
    my $r = wine($EXE, 'check_scp', '-o', 'json', '--skip=revocation', '-t', '60', "--profile=$profile");
    my $j = JSON::PP->new->utf8->decode($r->{out});
    is($j->{state}, 'CRITICAL', 'a registry without certificates');
    is_deeply([grep { /not-covered|incomplete/ } map { $_->{id} } @{ $j->{findings} }], [], 'is known to be without');
}

# --- Situations ---

for my $n (1 .. $SITUATIONS) {
    my @commands = random_situation();
    my $trouble = wine_store(@commands);
    is($trouble, '', "situation $n is made") if $trouble ne '';
    is_the_same("situation $n: as its export", '--skip=revocation')
        or diag(map { join("\t", map { substr $_, 0, 200 } @$_) . "\n" } @commands);
}
cmp_ok(scalar keys %verdicts, '>=', $SITUATIONS / 2, 'they differ');

# --- Hosts, asked from both sides ---

my @healthy = @NOTHING;
push @healthy, (map { ['key', "HKU\\$_\\Software\\$INTERNET"] } 'S-1-5-18', 'S-1-5-20'), ['add', 'machine', 'AuthRoot', $FILE{root}, '-'], (map { ['add', 'machine', 'CA', $FILE{$_}, '-'] } qw(cross issuing)),
    (map { ['set', $UPDATE, @$_] } ['LastSyncTime', ago(9 * $HOUR)], ['DisallowedCertLastSyncTime', ago(9 * $HOUR)],
        ['EncodedCtl', binary($w->{trusted})], ['DisallowedCertEncodedCtl', binary($w->{disallowed})]),
    ['set', 'HKLM\SYSTEM\CurrentControlSet\Services\CryptSvc', 'Start', dword(2)];
my %site = site($w);
my %responder = responders($w);
for my $host (sort keys %responder) {
    my $answer = ocsp_answer($responder{$host}{ca}, $responder{$host}{asked});
    $site{"$host/"} = { body => $answer, headers => { 'Content-Type' => 'application/ocsp-response' } };
}
my $page = { status => '403 Forbidden', body => '<html>blocked</html>', headers => { 'Content-Type' => 'text/html' } };
my $open = web(\%site);
my $no_lists = web({ %site, map { ($_ => $page) } grep { /\Actldl/ } keys %site });
my $refusing = web({ map { ($_ => $page) } keys %site });
my $closed = closed_port();
my $SETTINGS = "HKLM\\SOFTWARE\\$INTERNET\\Connections";
sub all_to { return "--connect-to=::127.0.0.1:$_[0]" }
sub through { return ['set', $SETTINGS, 'WinHttpSettings', winhttp(@_)] }

for my $case (
    ['directly', 'OK', [], all_to($open)],
    ['hosts of lists behind a filter', 'CRITICAL', [], all_to($no_lists)],
    ['cut off', 'CRITICAL', [], all_to($closed)],
    ['through a proxy that WinHttpSettings names', 'OK', [through("127.0.0.1:$open", '')], ()],
    ['a proxy that refuses', 'CRITICAL', [through("127.0.0.1:$refusing", '<local>;*.corp.example')], all_to($open)],
    ['past it by the list of exceptions', 'OK', [through("127.0.0.1:$refusing", '*.digicert.com;*.microsoft.com;*.windowsupdate.com')], all_to($open)],
    ['with hosts that the list of exceptions lacks', 'CRITICAL', [through("127.0.0.1:$refusing", '*.microsoft.com;*.windowsupdate.com')], all_to($open)],
    ['a proxy that is not there', 'CRITICAL', [through("127.0.0.1:$closed", '')], all_to($open)],
) {
    my ($what, $state, $settings, @to) = @$case;
    is(wine_store(@healthy, ['clear', $SETTINGS], @$settings), '', "$what: a healthy server");
    my $j = is_the_same("$what: both against the same hosts", @to);
    is($j->{state}, $state, "$what: $state");
    is($j->{vantage_detail}{at}, 'server', "$what: asked from the server");
}

# --- What the account may not read ---

{
    is(wine_store(@healthy), '', 'a healthy server');
    my @arguments = ('check_scp_roots', '-o', 'json', '-v', "--profile=$profile");
    my $state = sub { my $r = wine($EXE, @arguments); my $j = eval { JSON::PP->new->utf8->decode($r->{out}) } // {};
        return join ' ', $j->{state} // $r->{out}, sort map { "$_->{id}" } grep { $_->{state} ne 'OK' } @{ $j->{findings} } };
    is($state->(), 'OK', 'the root is there');
    is(wine_store(['remove', 'machine', 'AuthRoot', $FILE{root}]), '', 'CryptoAPI takes it away');
    is($state->(), 'WARNING roots.on-demand', 'which is seen the next time');
    is(wine_store(['deny', "$MACHINE\\SystemCertificates\\ROOT\\Certificates\\" . fingerprint($w->{root}{der})]), '', 'an entry that nobody may read');
    is($state->(), 'UNKNOWN source.not-covered', 'is not absent');
    is(wine_store(['deny', "$MACHINE\\SystemCertificates\\ROOT"]), '', 'a store that nobody may read');
    is($state->(), 'UNKNOWN source.not-covered', 'is not empty');
    is(wine_store(['deny', $POLICY]), '', 'nor the policies');
    like($state->(), qr/\AUNKNOWN .*source\.not-covered/, 'are none');
}

done_testing();
