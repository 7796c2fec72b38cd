#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# contrib/windows/scp-snapshot.cmd under Wine: what the plugins read from its folder is what they read from the registry's export,
# and where SCP_EXE is built, what it reads from the live registry.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(decode);
use JSON::PP ();
use Logs;
use Scp;
use Snapshot;
use Test::More;
use Wine;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';
require_wine();

my $C = scratch('wine/drive_c');
my $SYSTEM32 = "$C/windows/system32";
my $SCRIPT = 'Z:' . "$SOURCE/contrib/windows/scp-snapshot.cmd" =~ tr{/}{\\}r;

# --- What Wine has not ---

sub program
{
    my ($path) = @_;
    unlink $path;
    return system('x86_64-w64-mingw32-gcc', '-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-o', $path,
        "$SOURCE/tests/interop/snapshot_program.c") == 0;
}
my $POWERSHELL = "$SYSTEM32/WindowsPowerShell/v1.0";
mkdir $_ for "$SYSTEM32/WindowsPowerShell", $POWERSHELL;
$ENV{WINEDLLOVERRIDES} = join ';', map { "$_.exe=n,b" } qw(powershell wevtutil netsh certutil);
ok(program("$POWERSHELL/powershell.exe") && !grep({ !program("$SYSTEM32/$_.exe") } qw(gpresult w32tm wevtutil netsh certutil)), 'programs that stand in')
    or BAIL_OUT('no programs');
my $TIME = '2026-11-23T11:00:00';
$ENV{SCP_SAYS_powershell} = $TIME;

# --- A server ---

my $LOGS = 'C:\Program Files\Configuration Manager & more (x)\Logs';
(my $here = $LOGS) =~ s{\AC:}{$C};
$here =~ tr{\\}{/};
system('mkdir', '-p', $here) == 0 or BAIL_OUT('no folder');
my $quiet = join '', map { entry_old($NOW - 2 * $DAY + $_ * $HOUR, "Uploading package $_") } 0 .. 47;
write_bytes("$here/dmpuploader.log", $quiet . entry_old($NOW - 2 * $HOUR, $CHAIN));
write_bytes("$here/dmpuploader.lo_", entry_old($NOW - 3 * $DAY, 'Uploading'));
write_bytes("$here/dmpuploader-20261120-100203.log", entry_old($NOW - 4 * $DAY, 'Uploading'));
write_bytes("$here/dmpdownloader.log", entry_old($NOW - $HOUR, 'Downloading', component => 'SMS_DMP_DOWNLOADER'));
write_bytes("$here/other.log", 'x');
my $messages = write_bytes(scratch('status messages.csv'), qq("MessageID","Time","Component"\r\n"9605","2026-11-23T10:00:00Z","SMS_DMP_UPLOADER"\r\n));

my ($root, $ca) = (certificate(cn => 'Test Root'), certificate(cn => 'Test CA', issuer => 'Test Root', serial => 2));
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $SMS = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SMS';
my $server = { %{ machine(root => [$root], ca => [$ca], protected => 0x20) }, %{ environment() },
    'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName' => { ComputerName => reg_sz('SCP01') },
    'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography' => { MachineGuid => reg_sz('f2c1') },
    "$SMS\\Tracing\\SMS_DMP_UPLOADER" => { TraceFilename => reg_sz("$LOGS\\dmpuploader.log") },
    "$SMS\\Identification" => { 'Installation Directory' => reg_sz($LOGS =~ s/\\Logs\z//r) },
    "$SMS\\Setup" => { 'Full Version' => reg_sz('5.00.9128.1000') } };
my $import = save('server.reg', windows_export($server));
is(wine('reg', 'import', windows_path($import))->{code}, 0, 'the registry is filled') or BAIL_OUT('no registry');
is(wine_store(['key', 'HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot']), '', '... and CryptSvc may write to what is its own');

sub take
{
    my ($folder, @more) = @_;
    return wine('cmd', '/c', $SCRIPT, $folder, @more);
}
sub place { my ($folder) = @_; (my $p = $folder) =~ s{\AC:}{$C}; return $p =~ tr{\\}{/}r }
sub lines { my ($folder) = @_; return manifest_lines(place($folder)) }

# --- Whole ---

my $FOLDER = 'C:\data\scp snapshot';
mkdir "$C/data";
my $r = take("$FOLDER\\", windows_path($messages));
is($r->{code}, 0, 'exit code') or diag($r->{out});
my $dir = place($FOLDER);
ok(!-e "$dir.partial" && !-e "$dir.old", 'nothing beside it');
my @lines = lines($FOLDER);
is_deeply([@lines[0, 2]], ['scp-snapshot 1', "begun ${TIME}Z"], 'how it begins') or diag(join "\n", @lines);
is_deeply([$lines[-2], $lines[-1] =~ /\A(complete )\d/], ["ended ${TIME}Z", 'complete '], 'how it ends');
is_deeply([sort map { /\A(?:exported|queried) \S+ \d+ (.*)|\A(?:absent|refused) (.*)/ ? $1 // $2 : () } @lines],
    [sort map { $_->[2] } snapshot_keys()], 'each key of the script is told of');
is(join(' ', grep { /^refused/ } @lines), '', 'none was refused');
for my $part (['log dmpuploader.log', 'dmpuploader.log'], ['older dmpuploader.lo_', 'dmpuploader.lo_'],
    ['older dmpuploader-20261120-100203.log', 'dmpuploader-20261120-100203.log'], ['log dmpdownloader.log', 'dmpdownloader.log']) {
    my ($line, $name) = @$part;
    ok((grep { /\A\Q$line\E \d+\z/ } @lines), $line) or diag(join "\n", @lines);
    is(slurp("$dir/$name"), slurp("$here/$name"), '... with its bytes');
}
is(slurp("$dir/messages.csv"), slurp($messages), 'status messages');
ok(!-e "$dir/other.log", 'no log of others');
my %SAID = ('gpresult.txt' => qr{gpresult\s+/scope computer /v}, 'time.txt' => qr{w32tm\s+/query /status}, 'winhttp.txt' => qr{netsh\s+winhttp show proxy},
    'capi2.xml' => qr{wevtutil\s+qe Microsoft-Windows-CAPI2/Operational /q:"\*\[System\[TimeCreated\[timediff\(\@SystemTime\) <= 86400000\]\]\]" /c:5000 /rd:true /f:xml /e:Events /uni:true});
like(slurp("$dir/$_"), $SAID{$_}, "what $_ was asked by") for sort keys %SAID;

# --- The same as the registry's export, and as the live one ---

my %EXPORT = (machine => 'HKLM', users => 'HKU');
is(wine_cmd(map { qq(reg export $EXPORT{$_} ) . windows_path(scratch("$_.reg")) . ' /y' } sort keys %EXPORT)->{code}, 0, 'reg export');
my @exports = map { ('-R', scratch("$_.reg")) } sort keys %EXPORT;
sub told
{
    my ($r) = @_;
    my %said = %{ $r->{json} };
    delete @said{qw(source vantage vantage_detail)};
    # The case of a key's name is that of whoever tells it.
    for my $keys (grep { ref } @{ $said{facts} // {} }{qw(stores values)}) {
        %$keys = map { (lc $_ => $keys->{$_}) } keys %$keys;
    }
    delete @{ $said{facts} }{qw(events update_access)} if $said{facts}; # what an export does not tell
    $said{findings} = [grep { $_->{id} !~ /\Asource\.(?:age|changed-between)\z/ } @{ $said{findings} }];
    return \%said;
}
my @ARGV_OF = (['check_scp_roots'], ['check_scp_autoupdate'], ['check_scp_intermediates'], ['check_scp_status', "--log=$here/dmpuploader.log", "--messages=$messages"],
    ['check_scp', '--skip=revocation', '--skip=status']);
for my $argv (grep { -x plugin_path($_->[0]) } @ARGV_OF) {
    my @call = (@$argv, "--at=$AT", '-v', '--max-age=9000d');
    push @call, "--profile=$profile" if $argv->[0] ne 'check_scp_status';
    my $folder = run_json([@call, '-R', $dir]);
    is($folder->{json}{source}{kind}, 'folder', "$argv->[0] reads the folder");
    is_deeply(told($folder), told(run_json([@call, @exports])), '... and says what it says of the export');
    next if !-e $EXE;
    my ($program, @rest) = @call;
    push @rest, '--vantage=here' if $program !~ /roots|status/;
    for my $source ($FOLDER, 'local:') {
        my $there = wine($EXE, $program, @rest, '-o', 'json', '-R', $source);
        my $json = eval { JSON::PP::decode_json($there->{out}) };
        is_deeply($json && told({ json => $json }), told($folder), "... and what scp.exe says of $source") or diag($there->{out});
    }
}
$r = run_json(['check_scp_status', "--at=$AT", '-R', $dir]);
is_deeply([map { scalar finding($r, $_) } qw(log.chain-error messages.upload-failed source.truncated)], [1, 1, 0], 'its log and messages are read');

# --- What a server may lack ---

my $STATE = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State';
is(wine_store(['deny', 'HKU\S-1-5-20\Software\Microsoft\Windows\CurrentVersion\Internet Settings'],
    ['key', $STATE], ['deny', $STATE]), '', 'keys that nobody may read');
$ENV{SCP_FAILS} = 'gpresult w32tm powershell';
is(wine_cmd('reg delete "HKLM\SOFTWARE\Microsoft\SMS\Tracing" /f', 'reg delete "HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319" /f')->{code}, 0, 'less is there');
$r = take($FOLDER);
is($r->{code}, 1, 'exit code where a key is refused') or diag($r->{out});
@lines = lines($FOLDER);
is_deeply([sort grep { /\Arefused/ } @lines], ["refused $STATE\\Machine",
    'refused HKU\S-1-5-20\Software\Microsoft\Windows\CurrentVersion\Internet Settings'], 'they are told as refused, by what lists them or what leads to them');
ok((grep { $_ eq 'absent HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319' } @lines), 'one that is not there as absent');
is_deeply([grep { /^(?:failed|begun|ended)/ } @lines], ['begun unknown', map({ "failed people $_" } qw(gpresult.txt time.txt system_cache.txt network_cache.txt)), 'ended unknown'],
    'what failed is told');
ok((grep { /\Alog dmpuploader\.log / } @lines), 'the logs lie where the site is installed');
ok(!-e "$dir/messages.csv" && !-e "$dir.old", 'the one before is gone');
$r = run_json(['check_scp_roots', "--at=$AT", "--profile=$profile", '--max-age=9000d', '-R', $dir]);
is_deeply([map { scalar finding($r, $_) } qw(source.truncated roots.present)], [0, 1], 'and it is read');

# --- What is not overwritten ---

mkdir "$C/data/foreign";
write_bytes("$C/data/foreign/letter.txt", 'x');
is(take('C:\data\foreign')->{code}, 2, 'a folder of something else: refused');
ok(-e "$C/data/foreign/letter.txt" && !-e "$C/data/foreign.partial", '... and left alone');
is(take('C:\data\x', 'C:\data\nowhere.csv')->{code}, 2, 'messages that are not there');
is(take('Q:\nowhere\x')->{code}, 3, 'a drive that is not there');
is(wine('cmd', '/c', $SCRIPT)->{code}, 2, 'no folder given');
ok(!-e "$C/data/x" && !-e "$C/data/x.partial", 'nothing is written then');

# --- The test for a real Windows: what it does to the registry, and that it takes it back ---

my $SELFTEST = windows_path("$SOURCE/contrib/windows/selftest.cmd");
my %KEY = (stores => 'HKLM\SOFTWARE\Microsoft\SystemCertificates', policies => 'HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates');
sub registry
{
    my ($when) = @_;
    wine_cmd(map { qq(reg export $KEY{$_} ) . windows_path(scratch("$when.$_.reg")) . ' /y' } sort keys %KEY);
    # An empty key may stay.
    return { map { ($_ => decode('UTF-16LE', slurp(scratch("$when.$_.reg"))) =~ s/^\[[^\n]*\]\s*(?=\[|\z)//mgr) } sort keys %KEY };
}
$ENV{SCP_SAYS_certutil} = "-------- CERT_CHAIN_CONTEXT --------\nChainContext.dwErrorStatus = CERT_TRUST_IS_UNTRUSTED_ROOT (0x20)";
my $before = registry('before');
$r = wine('cmd', '/c', $SELFTEST, 'C:\data\self test');
is($r->{code}, 0, 'selftest.cmd: done, and taken back') or diag($r->{out});
my $after = registry('after');
ok($after->{$_} eq $before->{$_} && $before->{$_} =~ /"\w+"=/, "$_ are as they were") for sort keys %KEY;
my $plugins = plugin_path('check_scp_roots') =~ s{/[^/]*\z}{}r;
my @compared = split /\n/, `'$^X' '$SOURCE/tests/tools/read-selftest' '$C/data/self test' '$plugins' 2>&1`;
# Whether Windows would fetch what is missing depends on when this runs.
is_deeply({ map { /\A(\S+) +(\S+)/ ? ($2 => $1) : ($_ => '') } grep { !/ on-demand / } @compared },
    { (map { ($_ => 'agree') } qw(absent authroot-ignored disallowed purposes denied disabled issued)),
      (map { ($_ => 'DIFFER') } qw(root root-authroot-ignored authroot)) },
    'a Windows that trusts nothing: read-selftest names where it should') or diag(join "\n", @compared);
like(slurp("$C/data/self test/undo.cmd"), qr/ProtectedRoots" \/v Flags \/t REG_DWORD \/d 0x20 /, 'Flags are set back to what they were');
is(wine('cmd', '/c', $SELFTEST, 'C:\data\self test')->{code}, 2, 'a second time: refused');

done_testing;
