#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The folder that contrib/windows/scp-snapshot.cmd makes, as a source: whole, not whole, and none of its folders at all.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Logs;
use Said;
use Scp;
use Snapshot;
use Test::More;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root');
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $files = 0;
sub roots { return ['check_scp_roots', "--at=$AT", "--profile=$profile", map { ('-R', $_) } @_] }

my $NAME_KEY = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName';
my $GUID_KEY = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography';
sub server { return { %{ machine(root => [$root], protected => 0x20, @_) }, $NAME_KEY => { ComputerName => reg_sz('SCP01') },
    $GUID_KEY => { MachineGuid => reg_sz('f2c1') }, %{ environment() } } }
my $whole = server();
my @KEYS = snapshot_keys();
ok(@KEYS > 25, 'the script names its keys');
# What stands behind an ampersand of the folder's name would be run.
my @bare = grep { (/\becho\b(.*)/ ? $1 : '') =~ s/"[^"]*"//gr =~ /%(?:target|work|old|messages|logs|~f?[0-9])/ } split /\r?\n/, slurp("$SOURCE/contrib/windows/scp-snapshot.cmd");
is("@bare", '>>"%manifest%" echo %1 %2 %size% %~3', 'it quotes each path that it prints; a key of its own needs none');

# --- Whole ---

{
    my $dir = snapshot($whole);
    for my $given ($dir, "$dir/") {
        my $r = verdict("a snapshot, given as $given", roots($given), 'OK',
            { 'roots.present' => 'OK', map { ($_ => undef) } qw(source.truncated source.not-covered source.damaged source.age) }, qr/SCP01/);
        is_deeply([@{ $r->{json}{source} }{qw(kind taken)}], ['folder', '2026-11-23T11:00:00Z'], 'its kind, and the time of its manifest');
        like($r->{json}{source}{location}, qr/\Q$dir\E/, 'its place');
    }
    # The same as the exports, but for the source.
    for my $name (grep { -x plugin_path($_) } qw(check_scp check_scp_roots check_scp_autoupdate check_scp_intermediates check_scp_status)) {
        my @argv = ($name, "--at=$AT", '-v', "--profile=$profile", $name eq 'check_scp' ? '--skip=revocation' : ());
        my @said = map { run_json([@argv, '-R', $_])->{json} } $dir, save('whole.reg', windows_export($whole));
        delete $_->{source} for @said;
        my %said = map { ($_ => [map { join ' ', @$_{qw(id state subject)} } grep { $_->{id} !~ /not-covered/ } @{ $said[$_]{findings} }]) } 0, 1;
        is_deeply($said{0}, $said{1}, "$name: the findings of an export");
        is_deeply($said[0]{facts}{$_}, $said[1]{facts}{$_}, "$name: $_") for qw(stores values anomalies);
    }
}

# What is not there is absent; what was refused is not covered.
{
    my $bare = { map { $_ => $whole->{$_} } grep { !/\\Policies\\/ } keys %$whole };
    my $set = sub {
        my ($pattern, $by) = @_;
        my $dir = snapshot($bare);
        manifest_lines($dir, [map { s/\A(?:absent|exported \S+ \d+) (?=.*$pattern)/$by /r } grep { !/^complete/ } manifest_lines($dir)]);
        my @lines = manifest_lines($dir);
        manifest_lines($dir, [@lines, 'complete ' . grep { /\A(?:exported|queried)/ } @lines]);
        return $dir;
    };
    my $policy = qr/LM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates/;
    verdict('no policy', roots($set->($policy, 'absent')), 'OK', { 'roots.present' => 'OK', 'source.not-covered' => undef });
    my $authroot = { %$bare, map { (s/SystemCertificates\\ROOT/SystemCertificates\\AuthRoot/r => $bare->{$_}) } grep { /ROOT\\Cert/ } keys %$bare };
    delete $authroot->{$_} for grep { /ROOT\\Cert/ } keys %$authroot;
    $bare = $authroot;
    verdict('a policy that was refused', roots($set->($policy, 'refused')), 'UNKNOWN', { 'source.not-covered' => 'UNKNOWN' });
    verdict('stores that were refused', roots(snapshot($whole, refused => qr/LM\\SOFTWARE\\Microsoft\\SystemCertificates/)), 'UNKNOWN',
        { 'source.not-covered' => 'UNKNOWN', 'roots.missing' => undef });
    # A single value tells nothing of what is below its key.
    verdict('settings of the chain engine that were refused', roots(snapshot($whole, refused => qr/Cryptography\\OID/)), 'UNKNOWN',
        { 'roots.key-policy-unknown' => 'UNKNOWN' });
}

# What the newer source could not read is not absent because an older one holds a key above it; that one has it, or is newer itself.
{
    my $policies = 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft';
    my $dir = snapshot($whole, refused => qr/LM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates/);
    my $bare = windows_export({ $policies => {} });
    my $held = windows_export({ $policies => {}, map { $_ => $whole->{$_} // {} } POLICY_CERTIFICATES, grep { /\\Policies\\Microsoft\\SystemCert/ } keys %$whole });
    for (['older, a key above it alone', $bare, -2, 'UNKNOWN'], ['older, with it', $held, -2, 'OK'], ['newer, a key above it alone', $bare, 0, undef]) {
        my ($what, $bytes, $hours, $state) = @$_;
        my $file = save("policies$hours" . length($bytes) . '.reg', $bytes, $NOW + $hours * $HOUR);
        for my $order ([$dir, $file], [$file, $dir]) {
            my $r = run_json(roots(@$order));
            is($r->{json}{state}, $state, "$what: " . ($order->[0] eq $dir ? 'the folder first' : 'the file first')) if $state;
            isnt($r->{json}{findings}[0]{id}, 'roots.disallowed-not-covered', $what) if !$state;
        }
    }
}

# A key cannot be there and absent; what was refused is not absent, whichever line comes first.
{
    my $with = sub {
        my ($at, $line, $registry) = @_;
        my $dir = snapshot($registry // $whole);
        my @lines = manifest_lines($dir);
        splice @lines, $at, 0, $line;
        manifest_lines($dir, \@lines);
        return $dir;
    };
    my $distrusted = server(disallowed => [$root]);
    for my $key ('HKLM\SOFTWARE\Microsoft\SystemCertificates', 'HKLM\SOFTWARE\Microsoft\SystemCertificates\Disallowed', 'HKEY_LOCAL_MACHINE') {
        for my $at (3, -1) {
            verdict("$key is exported and absent (line $at)", roots($with->($at, "absent $key", $distrusted)), 'UNKNOWN',
                { 'source.unreadable' => 'UNKNOWN', 'roots.missing' => undef, 'roots.present' => undef }, qr/manifest\.txt: line \d+: absent, but/);
        }
    }
    verdict("absent, and so is what is below it (line $_)", roots($with->($_, 'absent HKLM\SOFTWARE\Microsoft\SMS')), 'OK', { 'roots.present' => 'OK' }) for 3, -1;
    my $authroot = server(root => [], authroot => [$root]);
    delete $authroot->{$_} for grep { /\\Policies\\/ } keys %$authroot;
    $authroot->{'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates'} = {};
    verdict("a policy below an export was refused (line $_)", roots($with->($_, 'refused HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root', $authroot)),
        'UNKNOWN', { 'source.not-covered' => 'UNKNOWN' }) for 3, -1;
}

# --- Not whole ---

my %torn = ('roots.missing' => undef, 'source.truncated' => 'UNKNOWN');
sub torn
{
    my ($what, $pattern, $change) = @_;
    my $dir = snapshot($whole, people => { 'gpresult.txt' => 'x' });
    $change->($dir);
    verdict($what, roots($dir), 'UNKNOWN', { %torn }, qr/is not whole: .*$pattern/);
}
torn('interrupted', qr/interrupted/, sub { my @l = manifest_lines($_[0]); manifest_lines($_[0], [@l[0 .. 9]]) });
torn('cut in its last line', qr/interrupted/, sub { write_bytes("$_[0]/manifest.txt", substr(slurp("$_[0]/manifest.txt"), 0, -1)) });
torn('a line lost', qr/interrupted/, sub { my @l = manifest_lines($_[0]); manifest_lines($_[0], [grep { !/exported enterprise/ } @l]) });
torn('a file lost', qr/stores\.reg is missing/, sub { unlink "$_[0]/stores.reg" });
torn('a file for people lost', qr/gpresult\.txt is missing/, sub { unlink "$_[0]/gpresult.txt" });
torn('a file cut', qr/stores\.reg has not the size/, sub { write_bytes("$_[0]/stores.reg", substr(slurp("$_[0]/stores.reg"), 0, -2)) });
torn('a file that grew', qr/chain\.reg has not the size/, sub { write_bytes("$_[0]/chain.reg", slurp("$_[0]/chain.reg") . "\r\n") });
torn('a folder in place of a file', qr/chain\.reg cannot be read/, sub { unlink "$_[0]/chain.reg"; mkdir "$_[0]/chain.reg" });
for my $name (grep { -x plugin_path($_) } qw(check_scp check_scp_autoupdate check_scp_intermediates check_scp_status)) {
    my $dir = snapshot($whole);
    unlink "$dir/policy.reg";
    my $r = run_json([$name, "--at=$AT", '-R', $dir, $name eq 'check_scp' ? '--skip=revocation' : ()]);
    isnt(state_name($r->{code}), 'OK', "$name: a file lost is never OK");
    is(scalar(finding($r, 'source.truncated')), 1, "$name: and is told");
}

# --- None of its folders ---

{
    mkdir scratch('empty');
    my %none = ('source.unrecognised' => 'UNKNOWN', 'roots.missing' => undef);
    my $r = verdict('a folder of something else', roots(scratch('empty')), 'UNKNOWN', { %none }, qr/scp-snapshot\.cmd/);
    like($r->{plain}{out}, qr/fix: .*scp-snapshot\.cmd/, 'and what makes one');
    my $other = sub { my ($text) = @_; my $d = scratch('other' . ++$files); mkdir $d; write_bytes("$d/manifest.txt", $text); return $d };
    verdict('a manifest of something else', roots($other->("Manifest-Version: 1.0\r\n")), 'UNKNOWN', { %none }, qr/not what scp-snapshot\.cmd writes/);
    verdict('an empty manifest', roots($other->('')), 'UNKNOWN', { %none });
    verdict('a later version', roots($other->("scp-snapshot 2\r\ncomplete 0\r\n")), 'UNKNOWN', { %none }, qr/another version/);
    my @malformed = ('begun yesterday', 'exported ../x.reg 1 HKLM\\X', 'exported sub/x.reg 1 HKLM\\X', 'exported .x 1 HKLM\\X', 'exported x.reg -1 HKLM\\X',
        'exported x.reg 1', 'log x.log', 'log x.log 1 more', 'absent', 'exports x.reg 1 HKLM\\X', 'complete', 'complete x', "complete 0\r\nabsent HKLM\\X",
        'exported ' . 'x' x 100 . ' 1 HKLM\\X', 'begun 2026-11-23T11:00:00Z 2', "log x\0y 1");
    for my $line (@malformed) {
        my $r = verdict("a manifest with '" . $line =~ s/[^ -~]+/ /gr . "'", roots($other->("scp-snapshot 1\r\n$line\r\ncomplete 0\r\n")), 'UNKNOWN',
            { 'source.unreadable' => 'UNKNOWN' }, qr/manifest\.txt: line [23]:/);
    }
    for my $twice ("people x.txt 1", "log X.TXT 1") {
        verdict("a manifest that names a file twice ($twice)", roots($other->("scp-snapshot 1\r\npeople x.txt 1\r\n$twice\r\ncomplete 2\r\n")), 'UNKNOWN',
            { 'source.unreadable' => 'UNKNOWN' }, qr/manifest\.txt: line 3: .*second time/);
    }
    verdict('more lines than it can have', roots($other->("scp-snapshot 1\r\n" . "absent HKLM\\X\r\n" x 1001)), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' }, qr/more than/);
    verdict('a manifest that is too large', roots($other->("scp-snapshot 1\r\n" . "# x\r\n" x 300_000)), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' });
    my $dir = snapshot($whole);
    my $size = -s "$dir/stores.reg";
    write_bytes("$dir/stores.reg", 'x' x $size);
    verdict('a file of another kind', roots($dir), 'UNKNOWN', { 'roots.missing' => undef }, qr/stores\.reg/);
}

# --- When ---

{
    my %fresh = ('source.stale' => undef, 'source.clock' => undef);
    verdict('an old one, copied today', roots(snapshot($whole, begun => $NOW - 90 * $DAY)), 'WARNING', { 'source.stale' => 'WARNING' });
    verdict('one of today, whose files are old', roots(snapshot($whole, modified => $NOW - 90 * $DAY)), 'OK', { %fresh });
    verdict('a server that could not say', roots(snapshot($whole, begun => 'unknown', modified => $NOW - 90 * $DAY)), 'WARNING',
        { 'source.stale' => 'WARNING' });
    verdict('a server that could not say, today', roots(snapshot($whole, begun => 'unknown')), 'OK', { %fresh });
    verdict('one of the future', roots(snapshot($whole, begun => (time > $NOW ? time : $NOW) + 3 * $DAY)), 'UNKNOWN', { 'source.clock' => 'UNKNOWN' });
}

# --- With others ---

{
    my $other = { %$whole, $GUID_KEY => { MachineGuid => reg_sz('f2c2') } };
    my %two = ('source.contradiction' => 'UNKNOWN', 'roots.present' => undef, 'roots.missing' => undef);
    verdict('two servers', roots(snapshot($whole), snapshot($other)), 'UNKNOWN', { %two }, qr/two machines/);
    verdict('two servers, one as an export', roots(snapshot($whole), save('other.reg', windows_export($other))), 'UNKNOWN', { %two }, qr/two machines/);
    my $lacking = server(root => []);
    verdict('one server, where the older one lacks the root', roots(snapshot($whole), snapshot($lacking, begun => $NOW - 3 * $HOUR)), 'UNKNOWN', { %two },
        qr/contradict each other/);
    verdict('the same twice', roots(snapshot($whole), snapshot($whole)), 'OK', { 'source.repeated' => 'OK', 'source.contradiction' => undef });
    verdict('beside one that is not whole', roots(snapshot($whole), do { my $d = snapshot($whole); unlink "$d/policy.reg"; $d }), 'UNKNOWN',
        { 'source.truncated' => 'UNKNOWN' });
}

# --- Logs and status messages ---

my $STATUS = 'check_scp_status';
SKIP: {
    skip("$STATUS is not built", 1) if !-x plugin_path($STATUS);
    my $quiet = join '', map { entry_old($NOW - 2 * $DAY + $_ * $HOUR, "Uploading package $_") } 0 .. 47;
    my $bad = entry_old($NOW - 2 * $HOUR, $CHAIN);
    my $csv = qq("MessageID","Time","Component"\r\n"9605","2026-11-23T10:00:00Z","SMS_DMP_UPLOADER"\r\n);
    my $none = qq({"count":0,"value":[]});
    my $status = sub { my ($dir, @more) = @_; return [$STATUS, "--at=$AT", '-R', $dir, @more] };
    my %seen = ('log.chain-error' => 'WARNING', 'messages.upload-failed' => 'WARNING');

    my $dir = snapshot($whole, log => { 'dmpuploader.log' => $quiet . $bad }, messages => { 'messages.csv' => $csv });
    my $r = verdict('its log and its messages', $status->($dir), 'WARNING', { %seen });
    is(scalar(finding($r, 'source.truncated')), 0, 'it is whole');
    verdict('another log is given', $status->($dir, '--log=' . save('given.log', $quiet)), 'WARNING', { %seen, 'log.chain-error' => undef });
    verdict('other messages are given', $status->($dir, '--messages=' . save('given.json', $none)), 'WARNING', { %seen, 'messages.upload-failed' => undef });
    verdict('offline', $status->($dir, '--scp-mode=offline'), 'OK', { map { ($_ => undef) } keys %seen });

    # What is there on the server and was not copied is not "nothing found"; what is for people does not matter.
    for (['failed log dmpuploader.log', 'log.unreadable'], ['failed older dmpuploader.lo_', 'log.unreadable'], ['failed messages messages.csv', 'messages.unreadable'], ['failed people capi2.xml']) {
        my ($line, $id) = @$_;
        my $cut = snapshot($whole, messages => { 'messages.json' => $none });
        manifest_lines($cut, [map { /^complete/ ? ($line, $_) : $_ } manifest_lines($cut)]);
        verdict($line, $status->($cut), $id ? 'UNKNOWN' : 'OK', { $id ? ($id => 'UNKNOWN') : ('messages.unreadable' => undef), 'source.truncated' => undef });
    }
    for my $line ('failed', 'failed begun 2026-11-23T10:00:00Z', 'failed complete 14', 'failed # x', 'failed exported stores.reg', 'failed log ../x', 'failed log a.log 12') {
        my $odd = snapshot($whole);
        manifest_lines($odd, [map { /^complete/ ? ($line, $_) : $_ } manifest_lines($odd)]);
        verdict("a line that is none: $line", $status->($odd), 'UNKNOWN', {});
    }

    # What the log was rolled over to is read with it, and not by itself.
    $dir = snapshot($whole, log => { 'dmpuploader.log' => entry_old($NOW - $HOUR, 'Uploading') }, older => { 'dmpuploader.lo_' => $quiet . $bad });
    $r = run_json($status->($dir, '-v'));
    is(scalar(finding($r, 'log.chain-error')), 1, 'an entry in the older file') or diag($r->{out});
    is(scalar(@{ $r->{json}{facts}{logs} // [] }), 1, 'one log') if $r->{json}{facts}{logs};

    # A copy of an export is no younger than the snapshot.
    $dir = snapshot($whole, begun => $NOW - 3 * $DAY, messages => { 'messages.json' => $none });
    verdict('old messages, copied today', $status->($dir, '--max-age=2d'), 'WARNING', { 'messages.stale' => 'WARNING' });

    verdict('no log at all', $status->(snapshot($whole)), 'OK', { 'log.unreadable' => undef, 'environment.sound' => 'OK' });
    $dir = snapshot($whole, log => { 'dmpuploader.log' => $quiet });
    unlink "$dir/dmpuploader.log";
    verdict('a log that was lost', $status->($dir), 'UNKNOWN', { 'source.truncated' => 'UNKNOWN' });

    # The diagnosis takes them, too; not those of two servers.
    $dir = snapshot($whole, log => { 'dmpuploader.log' => $quiet . $bad }, messages => { 'messages.csv' => $csv });
    $r = run_json(['check_scp', "--at=$AT", '-v', "--profile=$profile", '--skip=revocation', '-R', $dir]);
    is_deeply([map { $r->{json}{facts}{symptoms}{$_}{state} } qw(chain_errors msg_9605)], ['present', 'present'], 'check_scp: the symptoms');
    my $other = snapshot({ %$whole, $GUID_KEY => { MachineGuid => reg_sz('f2c2') } }, log => { 'dmpuploader.log' => $quiet });
    $r = verdict('two servers with logs', [$STATUS, "--at=$AT", '-R', $dir, '-R', $other], 'UNKNOWN', { 'source.contradiction' => 'UNKNOWN', 'log.chain-error' => undef });
}

done_testing;
