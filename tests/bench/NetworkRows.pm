# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ten endpoints of 96 KB: everything that the check costs, beside programs that only fetch; a mirror of 515 roots beside such that
# only read or fetch the same files; a remote registry beside Samba's net.
package NetworkRows;

use strict;
use warnings;
use Exporter qw(import);
use JSON::PP ();
use Measure;
use Pki;
use RevocationRows;
use Samba qw(samba_missing start_samba);
use Scp;
use Servers;
use Stores;
use Time::HiRes qw(time);
use TrustList;

our @EXPORT = qw(endpoint_rows endpoint_sizes mirror_rows remote_rows);

my $PLUGIN = plugin_path('check_scp_revocation');
my ($openssl, $curl) = (which('openssl'), which('curl'));
my @PATIENT = ('-t', '600', '--response-time=300,500');    # under callgrind, or on a busy machine

sub web_server
{
    my ($folder) = @_;
    my $port = free_port();
    my ($nginx, $below) = (which('nginx'), scratch("nginx.$port"));
    return undef if !$nginx;
    mkdir $below;
    my $user = $> == 0 ? 'user root;' : '';
    my $configuration = save("nginx.$port.conf", "daemon off; master_process off; $user pid $below/pid; events { worker_connections 256; } http { access_log off; "
        . join(' ', map { "${_}_temp_path $below/$_;" } qw(client_body proxy fastcgi uwsgi scgi))
        . " server { listen 127.0.0.1:$port; root $folder; } }\n");
    start_program($nginx, '-p', $below, '-c', $configuration, '-e', "$below/error.log");
    return wait_for_port($port) ? "http://127.0.0.1:$port" : undef;
}

# --- Ten endpoints ---

# A CRL of 96 KB, signed with RSA 2048, at so many places of a folder.
sub lists_in
{
    my ($folder, $ca, $n) = @_;
    mkdir $folder;
    my $list = slurp(crl_of($ca, 2_340, '96k.crl', time - 3600));
    write_bytes("$folder/$_.crl", $list) for 1 .. $n;
    return length $list;
}

# The profile that names so many places of a server, and their addresses.
sub endpoints
{
    my ($web, $ca, $n) = @_;
    my $text = "[profile]\nname = bench\nas_of = 2026-11-01\nabout = bench\n\n" . issuer_section('bench', $ca);
    my @url = map { "$web/$_.crl" } 1 .. $n;
    $text .= endpoint_section("e$_", url => $url[$_ - 1], kind => 'crl', issuer => 'bench') for 1 .. $n;
    return ('--profile=' . save("ten.$n.ini", $text, time), @url);
}

sub curl_of { return ($curl, '-s', '--parallel', '--parallel-immediate', map { ('-o', '/dev/null', $_) } @_) }

# How long the process took by how long the slowest of its transfers took, as the plugin itself measures that; undef: not OK.
sub wall_ratio
{
    my (@command) = @_;
    my ($code, $seconds) = spent(@command, @PATIENT, '-o', 'json', '-v');
    return undef if $code != 0;
    my ($longest) = sort { $b <=> $a } map { $_->{time} } @{ JSON::PP->new->decode(slurp(scratch('out')))->{facts}{endpoints} };
    return $seconds / $longest;
}

sub wall_rows
{
    my ($ca, $folder) = @_;
    my $server = fault_server("--root=$folder");
    my ($profile, undef) = endpoints("http://$server->{paths}/delay,200", $ca, 10);
    my @ratios = map { wall_ratio($PLUGIN, $profile) // 99 } 1 .. 21;
    at_most_row('ten servers that take 200 ms: the process, by the slowest: median of 21', '%.3f', median(@ratios), 1.10);
    stop_program($server->{pid});
    return;
}

sub check_http_rows
{
    my ($ours, @url) = @_;
    for my $peer (grep { -x } map { "/usr/lib/nagios/plugins/$_" } qw(check_http check_curl)) {
        my @runs = map { my ($port, $path) = m{:(\d+)(/.*)}; [$peer, '-H', '127.0.0.1', '-p', $port, '-u', $path] } @url;
        my $name = $peer =~ s{.*/}{}r;
        at_most_row("processor time by that of ten runs of $name: median of 5 pairs", '%.2f', processor_ratio(5, 3, $ours, @runs), 0.9);
    }
    return;
}

sub endpoint_rows
{
    section('Ten endpoints at once, fetched, verified and judged');
    return row('ten endpoints', '-', '', 'SKIPPED (openssl)') if !$openssl;
    delete @ENV{ grep { /_proxy\z/i } keys %ENV };
    my ($ca, $folder) = (authority('Bench CA', key => 'rsa'), scratch('ten'));
    my $size = sprintf '%.0f KB', lists_in($folder, $ca, 10) / 1000;
    my $web = web_server($folder);
    return row('ten endpoints', '-', '', 'SKIPPED (nginx)') if !$web;
    my ($profile, @url) = endpoints($web, $ca, 10);
    my @ours = ($PLUGIN, $profile, '-o', 'plugin');
    verdict_row("ten CRLs of $size are called", answered(@ours), 'OK');
    at_most_row('processor time by that of curl --parallel: median of 21 pairs', '%.2f', $curl ? processor_ratio(21, 6, \@ours, [curl_of(@url)]) : undef,
        0.9, 'curl');
    check_http_rows(\@ours, @url);
    instruction_row('instructions, the digests made in software', undef, @ours, @PATIENT);
    instruction_row('peer: curl --parallel fetches them', undef, curl_of(@url)) if $curl;
    at_most_row('memory of that run, libraries included', '%.1f MiB', peak(@ours), 16, '/usr/bin/time');
    wall_rows($ca, $folder);
    return;
}

# Millions of instructions by the number of endpoints, and curl's.
sub endpoint_sizes
{
    my (@sizes) = @_;
    my ($ca, $folder) = (authority('Bench CA', key => 'rsa'), scratch('many'));
    lists_in($folder, $ca, $sizes[-1]);
    my $web = web_server($folder) or return;
    my (@ours, @peer);
    for my $n (@sizes) {
        my ($profile, @url) = endpoints($web, $ca, $n);
        push @ours, [$n, instructions($PLUGIN, $profile, '-o', 'plugin', @PATIENT) / $MILLION];
        push @peer, [$n, instructions(curl_of(@url)) / $MILLION] if $curl;
    }
    return (['check_scp_revocation', @ours], ['curl --parallel (only fetches)', @peer]);
}

# --- A mirror ---

sub mirror_of
{
    my ($folder, @roots) = @_;
    my @entry = map { list_entry($_, [9, eku(SERVER_AUTH, CLIENT_AUTH, EMAIL)], [11, "F\0r\0i\0e\0n\0d\0l\0y\0" x 4],
        [20, 'k' x 20], [29, 'm' x 16],
                                 [98, pack 'H*', der_sha256($_)], [83, 'p' x 44], [126, filetime($NOW)], [127, eku(CODE_SIGNING)]) } @roots;
    my $bad = certificate(cn => 'Bad', serial => 99);
    mkdir $folder;
    write_bytes("$folder/authrootstl.cab", cabinet('authroot.stl' => trust_list(entries => \@entry, key => 'rsa')));
    write_bytes("$folder/disallowedcertstl.cab", cabinet('disallowedcert.stl' => trust_list(kind => 'disallowed', key => 'rsa',
        entries => [disallowed_entry($bad)])));
    write_bytes("$folder/disallowedcert.sst", sst_bytes(cert_blob($bad)));
    write_bytes("$folder/pinrulesstl.cab", cabinet('pinrules.stl' => trust_list(kind => 'pinrules', key => 'rsa')));
    write_bytes("$folder/" . fingerprint($_) . '.crt', $_) for @roots;
    return sort glob "$folder/*";
}

sub mirror_rows
{
    section('The audit of a mirror of 515 roots');
    my $folder = scratch('mirror');
    my @files = mirror_of($folder, authorities(515));
    my @ours = (plugin_path('check_scp_autoupdate'), "--at=$AT", '--profile='
        . save('mirror.ini', profile_text('test-root' => [test_root(), 'required', 'Test Root']) . list_anchor()), '-o', 'plugin', '-t', '600');
    my $sha1sum = which('sha1sum');
    my $peer = $sha1sum ? instruction_row('peer: sha1sum over its files', undef, $sha1sum, @files) : undef;
    share_row('in a folder', 3, instructions(@ours, "--mirror=$folder"), $peer);
    my $web = web_server($folder);
    return row('over HTTP', '-', '', 'SKIPPED (nginx or curl)') if !$web || !$curl;
    my $fetch = save('fetch.cfg', join '', map { my $name = s{.*/}{}r; "url = $web/$name\noutput = " . scratch("fetched.$name") . "\n" } @files);
    $peer = instruction_row('peer: curl --parallel fetches it', undef, $curl, '-s', '--parallel', '-K', $fetch);
    share_row('over HTTP', 1.3, instructions(@ours, "--mirror=$web"), $peer);
    verdict_row('both are called', join(', ', map { answered(@ours, "--mirror=$_") } $folder, $web), 'OK, OK');
    return;
}

# --- The remote registry, in time until it is read ---

sub seconds_of
{
    my $sum = 0;
    $sum += (spent(@$_))[1] for @_;
    return $sum;
}

sub remote_rows
{
    section('A remote registry of 400 certificates');
    my $why = samba_missing();
    return row('remote registry', '-', '', "SKIPPED ($why)") if $why;
    my @roots = map { certificate(cn => "Root $_", serial => $_, sign => 0, key => 'ec') } 1 .. 400;
    my $server = start_samba('bench', registry => windows_export(machine(authroot => \@roots)))
        or return row('remote registry', '-', '', 'SKIPPED (smbd)');
    my $login = $server->login;
    my @export = (which('net'), '-s', '/dev/null', '--client-protection=encrypt', '-S', '127.0.0.1', '-p', $server->{port}, '-A',
        $login, 'rpc', 'registry', 'export');
    my @net = map { [@export, "HKLM\\SOFTWARE\\$_", scratch('export.reg')] } 'Microsoft\SystemCertificates',
        'Policies\Microsoft\SystemCertificates', 'Microsoft\EnterpriseCertificates';
    my @ours = (plugin_path('check_scp_roots'), '-R', $server->url, '-A', $login, "--at=$AT", '-o', 'plugin');
    my @ratios = map { seconds_of(\@ours) / seconds_of(@net) } 1 .. 5;
    at_most_row('eight keys, by the time of net for three of them: median of 5 pairs', '%.2f', median(@ratios), 1.5);
    return;
}

1;
