#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_autoupdate --mirror: the same faults in a folder and behind nginx, each with a finding of its own; and a mirror of
# Microsoft's own list with its 514 roots.
use strict;
use warnings;
use Cwd qw(getcwd);
use FindBin;
use IO::Socket::INET;
use MIME::Base64 ();
use lib "$FindBin::Bin/../tools";
use File::Path qw(make_path remove_tree);
use POSIX ();
use Said;
use Scp;
use Servers;
use Test::More;
use TrustList;

my $NAME = 'check_scp_autoupdate';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

my $root = certificate(cn => 'Test Root', serial => 1);
my $extra = certificate(cn => 'Second Root', serial => 2, key => 'ec');
my @others = map { certificate(cn => "Public Certification Authority $_", serial => $_, sign => 0) } 3 .. 40;
my @roots = ($root, $extra, @others);
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root'],
    'test-extra' => [$extra, 'recommended', 'Second Root']) . list_anchor());

sub trusted { return trust_list(entries => [map { list_entry($_) } @roots], @_) }
my $list = trusted();
my $distrust = trust_list(kind => 'disallowed', entries => [disallowed_entry(certificate(cn => 'Bad', serial => 99))]);
my $pins = trust_list(kind => 'pinrules');
my $bad = sst_bytes(cert_blob(certificate(cn => 'Bad', serial => 99)));

sub cab { return cabinet('authroot.stl' => $_[0]) }
sub crt { return fingerprint($_[0]) . '.crt' }

# Writes a mirror: everything that belongs in one, with changes (undef: left out; a reference: not written as it is).
my $mirrors = scratch('mirrors');
sub mirror
{
    my ($name, %change) = @_;
    my %file = ('authrootstl.cab' => cab($list), 'disallowedcertstl.cab' => cabinet('disallowedcert.stl' => $distrust),
        'disallowedcert.sst' => $bad,
                'pinrulesstl.cab' => cabinet('pinrules.stl' => $pins), (map { crt($_) => $_ } @roots), %change);
    my $folder = "$mirrors/$name";
    make_path($folder);
    write_bytes("$folder/$_", $file{$_}) for grep { defined $file{$_} } keys %file;
    return $folder;
}

# --- The faults, alike in a folder and on the web ---

my $other = crt($others[4]);
my $HTML = "<!DOCTYPE html>\n<html><body>Not here</body></html>\n";
my $pem = "-----BEGIN CERTIFICATE-----\n" . MIME::Base64::encode_base64($others[4]) . "-----END CERTIFICATE-----\n";
my %COMPLETE = ('mirror.complete' => 'OK');
my %UNLISTED = ('mirror.complete' => undef, 'mirror.roots-unlisted' => 'UNKNOWN');

# name => [changes, state, findings, line 1]
my %FAULTS = (
    complete => [[], 'OK', { %COMPLETE, 'list.good' => 'OK', 'list.store' => 'OK', map { ("mirror.$_" => undef) } qw(root-missing root-corrupt list-missing list-stale list-unreachable) },
        qr/SCP AUTOUPDATE OK (?:\(from [^)]+\) )?- mirror \S+ complete: all 40 listed roots are there \| mirror_missing=0;0;;0;40/],
    'one root missing' => [[$other => undef], 'WARNING', { 'mirror.root-missing' => 'WARNING', 'mirror.complete' => undef }, qr/\Q$other\E is not in the mirror.*mirror_missing=1;0;;0;40/],
    'the required root missing' => [[crt($root) => undef], 'CRITICAL', { 'mirror.root-missing' => 'CRITICAL' }, qr/Test Root/],
    'the recommended root missing' => [[crt($extra) => undef], 'WARNING', { 'mirror.root-missing' => 'WARNING' }, qr/Second Root/],
    'twenty roots missing' => [[map { crt($_) => undef } @others[0 .. 19]], 'WARNING', { 'mirror.root-missing' => 'WARNING' }, qr/mirror_missing=20;/],
    'one root corrupted' => [[$other => flip($others[4], 99)], 'WARNING', { 'mirror.root-corrupt' => 'WARNING', 'mirror.complete' => undef }, qr/\Q$other\E.*its SHA-1 is not its name.*mirror_missing=1;/],
    'the required root corrupted' => [[crt($root) => flip($root, 99)], 'CRITICAL', { 'mirror.root-corrupt' => 'CRITICAL' }],
    'one root in place of another' => [[$other => $others[5]], 'WARNING', { 'mirror.root-corrupt' => 'WARNING' }],
    'one root with a byte behind' => [[$other => "$others[4]\0"], 'WARNING', { 'mirror.root-corrupt' => 'WARNING' }],
    'one root empty' => [[$other => ''], 'WARNING', { 'mirror.root-corrupt' => 'WARNING' }, qr/empty/],
    'one root in PEM' => [[$other => $pem], 'WARNING', { 'mirror.root-corrupt' => 'WARNING' }],
    'one root HTML' => [[$other => $HTML], 'WARNING', { 'mirror.root-corrupt' => 'WARNING' }, qr/a page for people/],
    'one root too large' => [[$other => 'x' x 70_000], 'WARNING', { 'mirror.root-unreachable' => 'WARNING' }],
    'stale list' => [['authrootstl.cab' => cab(trusted(this_update => $NOW - 301 * $DAY))], 'WARNING', { 'mirror.list-stale' => 'WARNING', %COMPLETE }, qr/301 days old/],
    'list of 299 days' => [['authrootstl.cab' => cab(trusted(this_update => $NOW - 299 * $DAY))], 'OK', { 'mirror.list-stale' => undef, %COMPLETE }],
    'old list of distrust' => [['disallowedcertstl.cab' => cabinet('x.stl' => trust_list(kind => 'disallowed', this_update => $NOW - 900 * $DAY))], 'OK', { 'mirror.list-stale' => undef }],
    'forged list' => [['authrootstl.cab' => cab(trusted(signed => 'stranger'))], 'CRITICAL', { 'list.untrusted' => 'CRITICAL', %UNLISTED }, qr/not signed by Microsoft/],
    'altered list' => [['authrootstl.cab' => cab(trusted(signed => 'digest'))], 'CRITICAL', { 'list.invalid' => 'CRITICAL', %UNLISTED }],
    'unsigned list' => [['authrootstl.cab' => cab(trusted(signed => 'none'))], 'CRITICAL', { 'list.unsigned' => 'CRITICAL', %UNLISTED }],
    'weak list' => [['authrootstl.cab' => cab(trusted(signed => 'weak'))], 'WARNING', { 'list.weak' => 'WARNING', %COMPLETE }],
    'HTML instead of a cabinet' => [['authrootstl.cab' => $HTML], 'CRITICAL', { 'list.page' => 'CRITICAL', 'list.unreadable' => undef, %UNLISTED }, qr/not a list but a page for people/],
    'a cut cabinet' => [['authrootstl.cab' => substr(cab($list), 0, 900)], 'CRITICAL', { 'list.unreadable' => 'CRITICAL', %UNLISTED }],
    'an empty cabinet' => [['authrootstl.cab' => ''], 'CRITICAL', { 'list.unreadable' => 'CRITICAL', %UNLISTED }],
    'lists exchanged' => [['authrootstl.cab' => cabinet('authroot.stl' => $distrust), 'disallowedcertstl.cab' => cab($list)], 'CRITICAL', { 'list.kind' => 'CRITICAL', %UNLISTED }],
    'no list' => [['authrootstl.cab' => undef], 'CRITICAL', { 'mirror.list-missing' => 'CRITICAL', %UNLISTED }],
    'no list and no root' => [['authrootstl.cab' => undef, crt($root) => undef], 'CRITICAL', { 'mirror.list-missing' => 'CRITICAL', 'mirror.root-missing' => 'CRITICAL', %UNLISTED }],
    'no list of distrust' => [['disallowedcertstl.cab' => undef], 'WARNING', { 'mirror.list-missing' => 'WARNING', %COMPLETE }],
    'no store of distrust' => [['disallowedcert.sst' => undef], 'WARNING', { 'mirror.list-missing' => 'WARNING', %COMPLETE }],
    'no pin rules' => [['pinrulesstl.cab' => undef], 'OK', { 'mirror.list-missing' => 'OK', %COMPLETE }],
    'a cut store' => [['disallowedcert.sst' => substr $bad, 0, -12], 'CRITICAL', { 'list.unreadable' => 'CRITICAL' }],
    'a list of a new kind beside them' => [['ctlmstl.cab' => cabinet('ctlm.stl' => trust_list(kind => 'catalog', usage => '1.3.6.1.4.1.311.10.3.99'))], 'OK', { %COMPLETE, 'list.kind' => undef }],
    'a list of a new kind in place of the roots' => [['authrootstl.cab' => cabinet('ctlm.stl' => trust_list(kind => 'catalog', usage => '1.3.6.1.4.1.311.10.3.99'))], 'CRITICAL', { 'list.kind' => 'CRITICAL', %UNLISTED }],
    'a list for a store' => [['disallowedcert.sst' => $distrust], 'CRITICAL', { 'list.kind' => 'CRITICAL' }],
    'the root in the store of distrust' => [['disallowedcert.sst' => sst_bytes(cert_blob($root))], 'CRITICAL', { 'list.root-disallowed' => 'CRITICAL' }],
    'the root in the list of distrust' => [['disallowedcertstl.cab' => cabinet('disallowedcert.stl' => trust_list(kind => 'disallowed', entries => [disallowed_entry($root)]))], 'CRITICAL',
        { 'list.root-disallowed' => 'CRITICAL' }],
    'a list that does not name the root' => [['authrootstl.cab' => cab(trust_list(entries => [map { list_entry($_) } $extra, @others]))], 'CRITICAL', { 'list.root-unlisted' => 'CRITICAL', %COMPLETE }],
    'a list of nothing' => [['authrootstl.cab' => cab(trust_list())], 'CRITICAL', { 'list.root-unlisted' => 'CRITICAL WARNING', 'mirror.complete' => undef }],
);

sub audit { my ($name, $place, $state, $findings, $line, @more) = @_; return verdict($name,
    [$NAME, "--at=$AT", "--profile=$profile", "--mirror=$place", @more], $state, $findings, $line) }

(my %folder) = map { my $name = $_ =~ s/\W+/-/gr; ($_ => mirror($name, @{ $FAULTS{$_}[0] })) } sort keys %FAULTS;
for my $name (sort keys %FAULTS) {
    my (undef, $state, $findings, $line) = @{ $FAULTS{$name} };
    audit("folder: $name", $folder{$name}, $state, $findings, $line);
}

{
    my %seen = map { $_->{id} => 1 } @{ run_json([$NAME, "--at=$AT", "--profile=$profile",
        "--mirror=$folder{complete}"])->{json}{findings} };
    is_deeply([sort keys %seen], ['list.good', 'list.store', 'mirror.complete'], 'a complete mirror: nothing else to say');
}

# --- Folders only ---

audit('a slash at the end', "$folder{complete}/", 'OK', { %COMPLETE });
audit('no such folder', scratch('nowhere'), 'UNKNOWN', { 'mirror.unreadable' => 'UNKNOWN' }, qr/No such file/);
audit('a file', $profile, 'UNKNOWN', { 'mirror.unreadable' => 'UNKNOWN' }, qr/Not a directory/);
audit('a share', '\\\\server\\share', 'UNKNOWN', { 'mirror.not-auditable' => 'UNKNOWN' }, qr/cannot be looked at from here/);
audit('a share as an address', 'file://\\\\server\\share', 'UNKNOWN', { 'mirror.not-auditable' => 'UNKNOWN' });
{
    my $small = mirror('small-letters', map { crt($_) => undef } @roots);
    write_bytes("$small/" . lc crt($_), $_) for @roots;
    audit('names in small letters', $small, 'OK', { %COMPLETE });
    my $fifo = mirror('fifo', $other => undef);
    POSIX::mkfifo("$fifo/$other", 0600) or die "mkfifo: $!";
    my $here = getcwd();
    chdir scratch() or die "chdir: $!";    # whose name may be longer than a sentence bears
    audit('a FIFO among the roots', $fifo =~ s{\A\Q@{[scratch()]}\E/}{}r, 'WARNING', { 'mirror.root-unreachable' => 'WARNING' }, qr/: is not a regular file/);
    chdir $here or die "chdir: $!";
    my $fifo_list = mirror('fifo-list', 'authrootstl.cab' => undef);
    POSIX::mkfifo("$fifo_list/authrootstl.cab", 0600) or die "mkfifo: $!";
    audit('a FIFO for a list', $fifo_list, 'CRITICAL', { 'mirror.list-unreachable' => 'CRITICAL' });
    my $device = mirror('device', $other => undef);
    symlink '/dev/zero', "$device/$other" or die "symlink: $!";
    audit('a link to a device', $device, 'WARNING', { 'mirror.root-unreachable' => 'WARNING' });
    my $sub = mirror('subfolder', $other => undef);
    mkdir "$sub/$other" or die "mkdir: $!";
    audit('a folder of its name', $sub, 'WARNING', { 'mirror.root-unreachable' => 'WARNING' });
}

# --- Together with a registry ---

my $files = 0;
sub registry
{
    my (%update) = @_;
    return ('-R', save('case' . ++$files . '.reg',
        windows_export(machine(root => [$root], update => { DisallowedCertLastSyncTime => reg_time($NOW - $HOUR),
        EncodedCtl => reg_binary($list), %update }))));
}
audit('as new as the server\'s list', $folder{complete}, 'OK', { %COMPLETE, 'mirror.list-stale' => undef }, undef, registry());
audit('older than the server\'s list', $folder{complete}, 'WARNING', { 'mirror.list-stale' => 'WARNING' },
    qr/older than that of 2026-11-22 \(EncodedCtl\)/, registry(EncodedCtl => reg_binary(trusted(this_update => $NOW - $DAY))));
audit('newer than the server\'s list', $folder{complete}, 'OK', { 'mirror.list-stale' => undef }, undef,
    registry(EncodedCtl => reg_binary(trusted(this_update => $NOW - 90 * $DAY))));
audit('older than a forged list', $folder{complete}, 'CRITICAL', { 'mirror.list-stale' => undef, 'list.untrusted' => 'CRITICAL' },
    undef,
    registry(EncodedCtl => reg_binary(trusted(this_update => $NOW - $DAY, signed => 'stranger'))));
audit('registry without a mirror', 'registry', 'UNKNOWN', { 'mirror.none' => 'UNKNOWN' }, undef, registry());
audit('registry with a share', 'registry', 'UNKNOWN', { 'mirror.not-auditable' => 'UNKNOWN', 'autoupdate.redirected' => 'OK' },
    undef, registry(RootDirUrl => reg_sz('file://\\\\server\\share')));
audit('registry with a share, mounted here', $folder{complete}, 'OK', { %COMPLETE, 'mirror.not-auditable' => undef }, undef,
    registry(RootDirUrl => reg_sz('file://\\\\server\\share')));

# --- check_scp: what the audit of the server's own mirror says of a root that is missing ---

SKIP: {
    skip 'check_scp is not built', 4 if !-x plugin_path('check_scp');
    my @share = (RootDirUrl => reg_sz('file://\\\\server\\share'));
    my $diagnosis = sub {
        my ($name, $mirror, $update, $stores, $state, $causes, $findings) = @_;
        my $reg = save('case' . ++$files . '.reg', windows_export(machine(%$stores, update => { DisallowedCertLastSyncTime => reg_time($NOW - $HOUR),
            EncodedCtl => reg_binary($list), @$update })));
        local $Said::of;    # in which order equals are told, their digests choose
        my $r = verdict("check_scp: $name", ['check_scp', "--at=$AT", "--profile=$profile", '--skip=revocation', '--skip=status', '--skip=intermediates', '-R', $reg,
            "--mirror=$mirror", '-v'], $state, $findings);
        my %seen = map { $_ => $r->{json}{facts}{causes}{$_}{state} } keys %$causes;
        is_deeply(\%seen, $causes, "check_scp: $name: causes");
        return;
    };
    my %PRESENT = (autoupdate => 'present', roots => 'present');
    my %NONE = (autoupdate => 'absent', roots => 'absent');
    my $lacking = mirror('lacking', crt($root) => undef);
    my $old = mirror('older', 'authrootstl.cab' => cab(trust_list(entries => [map { list_entry($_) } $extra, @others])));
    my $bare = mirror('bare', 'authrootstl.cab' => undef);
    $diagnosis->('the mirror has it not', $lacking, \@share, {}, 'CRITICAL', \%PRESENT, { 'roots.missing' => 'CRITICAL', 'roots.on-demand' => undef });
    $diagnosis->('its list does not name it', $old, \@share, {}, 'CRITICAL', \%PRESENT, { 'roots.missing' => 'CRITICAL' });
    $diagnosis->('it has no list', $bare, \@share, {}, 'CRITICAL', \%PRESENT, { 'roots.missing' => 'CRITICAL' });
    $diagnosis->('the mirror has it', $folder{complete}, \@share, {}, 'WARNING', \%NONE, { 'roots.on-demand' => 'WARNING', 'roots.mirror-not-audited' => undef });
    $diagnosis->('the server does not use the mirror', $bare, [], {}, 'WARNING', \%NONE, { 'roots.on-demand' => 'WARNING', 'mirror.list-missing' => 'WARNING' });
    $diagnosis->('no root waits for the mirror', $bare, \@share, { root => [$root] }, 'WARNING', { roots => 'absent' }, { 'mirror.list-missing' => 'WARNING' });
}

# --- nginx ---

my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 100) or die "listen: $!";    # never accepts
my $real = real_mirror();
my $nginx = which('nginx');
my $web = defined $nginx ? start_nginx() : undef;

sub start_nginx
{
    my ($folder, $port) = (scratch('nginx'), free_port());
    make_path($folder);
    my $user = $> == 0 ? 'user root;' : '';
    my $hanging = $silent->sockport;
    my $configuration = save('nginx.conf', <<"END");
daemon off; master_process off; $user pid $folder/pid; error_log $folder/error.log;
events { worker_connections 256; }
http {
    access_log $folder/access.log combined; default_type application/octet-stream;
    client_body_temp_path $folder/b; proxy_temp_path $folder/p; fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
    server {
        listen 127.0.0.1:$port; root $mirrors;
        location /refusing/ { location ~ [0-9A-F]\\.crt\$ { return 503; } alias $folder{complete}/; }
        location ~ ^/hanging/([0-9A-F]+\\.crt)\$ { proxy_pass http://127.0.0.1:$hanging; }
        location ~ ^/hanging-real/([0-9A-F]+\\.crt)\$ { proxy_pass http://127.0.0.1:$hanging; }
        location /hanging-real/ { alias $real/; }
        location /hanging/ { alias $folder{complete}/; }
        location /portal/ { default_type text/html; return 200 '<html><body>log in</body></html>'; }
        location /real/ { alias $real/; }
    }
}
END
    start_program($nginx, '-p', $folder, '-c', $configuration, '-e', "$folder/error.log");
    return wait_for_port($port) ? "http://127.0.0.1:$port" : undef;
}

SKIP: {
    skip 'nginx is not here, or did not start', 1 if !defined $web;
    for my $name (sort keys %FAULTS) {
        my (undef, $state, $findings, $line) = @{ $FAULTS{$name} };
        audit("nginx: $name", "$web/" . $folder{$name} =~ s{.*/}{}r, $state, $findings, $line);
    }
    audit('nginx: by the registry', 'registry', 'OK', { %COMPLETE, 'autoupdate.redirected' => 'OK' },
        qr/SCP AUTOUPDATE OK \(from [^)]+\) - enabled/, registry(RootDirUrl => reg_sz("$web/complete/")), '--expect=mirror');
    my $r = audit('nginx: older than what is served', "$web/stale-list", 'WARNING', { 'mirror.list-stale' => 'WARNING' },
        qr/EncodedCtl is 400 days old, 1 more/, '--online',
        registry(RootDirUrl => reg_sz("$web/complete"), EncodedCtl => reg_binary(trusted(this_update => $NOW - 400 * $DAY)),
        DisallowedCertEncodedCtl => reg_binary($distrust)));
    like((finding($r, 'mirror.list-stale'))[0]{text}, qr/older than that of 2026-11-18 \(\Q$web\E/, '... which is told');
    audit('nginx: no such place', "$web/nowhere", 'CRITICAL',
        { 'mirror.list-missing' => 'CRITICAL OK WARNING', 'mirror.root-missing' => 'CRITICAL WARNING' });
    audit('nginx: a portal', "$web/portal", 'CRITICAL',
        { 'list.page' => 'CRITICAL', 'mirror.root-corrupt' => 'CRITICAL WARNING', %UNLISTED });
    audit('nginx: roots refused', "$web/refusing", 'CRITICAL',
        { 'mirror.root-unreachable' => 'CRITICAL WARNING', 'mirror.complete' => undef }, qr/503/);
    audit('nginx: roots that never come', "$web/hanging", 'CRITICAL',
        { 'mirror.root-unreachable' => 'CRITICAL WARNING', 'mirror.root-not-checked' => undef }, undef, '-t', '3');
    audit('nginx: names in small letters', "$web/small-letters", 'CRITICAL', { 'mirror.root-missing' => 'CRITICAL WARNING' });
}
audit('nobody listens', 'http://127.0.0.1:' . closed_port(), 'CRITICAL',
    { 'mirror.list-unreachable' => 'CRITICAL WARNING', %UNLISTED });
audit('nobody answers', 'http://127.0.0.1:' . $silent->sockport, 'CRITICAL', { 'mirror.list-unreachable' => 'CRITICAL WARNING' },
    qr/no answer/, '-t', '2');
audit('an address that cannot be asked', 'http://[mirror/ctl', 'UNKNOWN',
    { 'mirror.list-not-asked' => 'UNKNOWN', 'mirror.root-not-checked' => 'UNKNOWN' });

# --- Microsoft's list, with all its roots ---

sub real_mirror
{
    my ($store, $cab) = map { shared_file($_) } 'stores/root-2025-06-26.sst', 'trust-lists/authrootstl-2025-06-16.cab';
    return scratch('nowhere') if !$store || !$cab;
    my $folder = scratch('real');
    make_path($folder);
    my ($bytes, $at) = (slurp($store), 8);
    while ((my ($id, undef, $n) = unpack 'VVV', substr $bytes, $at, 12)[0]) {
        my $content = substr $bytes, $at + 12, $n;
        write_bytes("$folder/" . crt($content), $content) if $id == 32;
        $at += 12 + $n;
    }
    write_bytes("$folder/authrootstl.cab", slurp($cab));
    return $folder;
}

SKIP: {
    skip 'no shared test data (SCP_SHARED)', 1 if !-d $real;
    my @argv = ($NAME, '--at=2025-06-27', '--severity=mirror.list-missing=ok');
    for my $place ($real, defined $web ? "$web/real" : ()) {
        my $r = verdict("514 roots: $place", [@argv, "--mirror=$place", '-t', '60'], 'OK',
            { 'mirror.complete' => 'OK', 'mirror.root-missing' => undef }, qr/mirror_missing=0;0;;0;514/, rss => 1);
        cmp_ok($r->{rss}, '<=', 65536, "514 roots: at most 64 MiB: $place") if defined $r->{rss} && !sanitized($NAME);
    }
    verdict('514 roots that never come', [@argv, "--mirror=$web/hanging-real", '-t', '2'], 'CRITICAL',
        { 'mirror.root-unreachable' => 'CRITICAL WARNING', 'mirror.root-not-checked' => 'UNKNOWN', 'mirror.complete' => undef })
        if defined $web;
    unlink "$real/DF3C24F9BFD666761B268073FE06D1CC8D4F82A4.crt";
    verdict('514 roots, without DigiCert Global Root G2', [@argv, "--mirror=$real"], 'CRITICAL',
        { 'mirror.root-missing' => 'CRITICAL' }, qr/DigiCert Global Root G2: DF3C24F9.*mirror_missing=1;0;;0;514/);
}

# --- Progress, on a terminal only ---

SKIP: {
    my $script = which('script') or skip 'script is not here', 2;
    system("'$script' -qec true /dev/null </dev/null >/dev/null 2>&1") == 0 or skip 'no terminal can be made here', 2;
    my $command = plugin_path($NAME) . " --at=$AT --profile=$profile --mirror=$folder{complete}";
    my $shown = qx('$script' -qec '$command' /dev/null </dev/null 2>&1);
    like($shown, qr/\r\d+ of 40.*\r *\r/s, 'progress on a terminal, erased at the end');
    unlike(qx($command 2>&1), qr/\r| of 40\b/, 'and nowhere else');
}
done_testing();
