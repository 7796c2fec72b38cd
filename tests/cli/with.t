#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --with: a .reg laid over what was read, as regedit would import it.  What is judged is held against the same registry with the
# change made in it by this program.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use Said;
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my ($root, $other) = (certificate(cn => 'Test Root'), certificate(cn => 'Other Root', serial => 2));
my $profile = save('two.ini', profile_text('test-root' => [$root, 'required', 'Test Root'],
    'other-root' => [$other, 'required', 'Other Root']));
my $files = 0;

sub reg { return save('with' . ++$files . '.reg', windows_export($_[0])) }
sub text { return save('with' . ++$files . '.reg', "Windows Registry Editor Version 5.00\r\n\r\n" . join "\r\n", @_, '') }
sub roots { my ($source, @more) = @_; return [$NAME, "--at=$AT", "--profile=$profile", '-R', $source, @more] }
sub judged { my ($r) = @_; return [sort map { "$_->{id} $_->{subject} $_->{state} $_->{text}" } grep { $_->{id} !~ /^source/ } @{ $r->{json}{findings} }] }

sub thumbprint { return fingerprint($_[0]) }
my ($STORE, $DISTRUST) = (SYSTEM_CERTIFICATES . '\ROOT\Certificates\\', SYSTEM_CERTIFICATES . '\Disallowed\Certificates\\');

sub entry
{
    my ($der, $store) = @_;
    return { "$store\\Certificates\\" . fingerprint($der) => { Blob => reg_binary(cert_blob($der)) } };
}

# What an import sets and takes away, and the registry that comes of it.
my %off = (protected => 0x20, policy => { DisableRootAutoUpdate => reg_dword(1) });
my $lacks = machine(root => [$root], %off);
my $whole = machine(root => [$root, $other], %off);
my $denied = machine(root => [$root, $other], disallowed => [$other], %off);
my %change = (
    'a key with a value' => [$lacks, $whole, reg(entry($other, SYSTEM_CERTIFICATES . '\ROOT'))],
    'a key that is taken away' => [$denied, $whole, text("[-$DISTRUST" . thumbprint($other) . ']')],
    'a value that is set' => [machine(root => [$root], authroot => [$other], %off),
        machine(root => [$root], authroot => [$other], %off, protected => 0x8),
        text('[' . POLICY_CERTIFICATES . '\Root\ProtectedRoots]', '"Flags"=dword:00000008')],
    'a value that is taken away' => [$lacks, machine(root => [$root], protected => 0x20, policy => {}),
        text('[' . POLICY_CERTIFICATES . '\AuthRoot]', '"DisableRootAutoUpdate"=-')],
    'a key that is taken away and set anew' => [machine(root => [$other], %off), machine(root => [$root], %off),
        reg(entry($root, SYSTEM_CERTIFICATES . '\ROOT'))],
);
$change{'a key that is taken away and set anew'}[2] = save('anew.reg', encode('UTF-16LE', "\x{FEFF}" . windows_text(
    entry($root, SYSTEM_CERTIFICATES . '\ROOT')) =~ s/^(?=\[)/'[-' . SYSTEM_CERTIFICATES . "\\ROOT\\Certificates]\r\n\r\n"/emr));
for my $name (sort keys %change) {
    my ($before, $after, $with) = @{ $change{$name} };
    my $source = reg($before);
    my $r = run_json(roots($source, "--with=$with"));
    is_deeply(judged($r), judged(run_json(roots(reg($after)))), "$name: as in the registry that comes of it");
    isnt("@{ judged($r) }", "@{ judged(run_json(roots($source))) }", "$name: and not as it was");
    is($r->{json}{source}{with}, $with, "$name: JSON names the file");
}

# --- Said wherever a verdict is ---
{
    my ($source, $with) = (reg($lacks), $change{'a key with a value'}[2]);
    for my $format (qw(plugin terminal)) {
        my $r = run(roots($source, "--with=$with", '-o', $format), any => $format ne 'plugin');
        my ($first) = split /\n/, $r->{out};
        like($first, qr/\ASCP ROOTS \w+ \(rehearsed with \Q$with\E\)/, "line 1 of $format says so");
    }
    like(run(roots($source, "--with=$with", '-o', 'openmetrics'), any => 1)->{out}, qr/source="[^"]* with \Q$with\E"/, 'so do OpenMetrics');
    unlike(run(roots($source))->{out}, qr/rehearsed/, 'nothing is said without it');
}

# --- It covers nothing that the source does not ---
{
    my $stores = only_keys($lacks, SYSTEM_CERTIFICATES);
    verdict('a certificate where no store is held', roots(reg(only_keys($lacks, POLICY_CERTIFICATES)), '--with=' . reg(entry($root, SYSTEM_CERTIFICATES . '\ROOT'))),
        'UNKNOWN', { 'source.not-covered' => 'UNKNOWN' });
    verdict('a key above what is not held', roots(reg($stores), '--with=' . text('[' . POLICY_CERTIFICATES . ']', '"x"=dword:1')), 'UNKNOWN',
        { 'source.not-covered' => 'UNKNOWN' });
}

# --- What it refuses ---
sub refused
{
    my ($name, $with, $why, @argv) = @_;
    my $r = run([@argv ? @argv : @{ roots(reg($lacks)) }, "--with=$with"]);
    is($r->{code}, 3, "$name: UNKNOWN");
    like($r->{out}, $why, "$name: and why");
    return;
}
refused('no file', scratch('none.reg'), qr/--with: .*none\.reg: /);
refused('a hive', save('with.hive', hive_bytes($lacks)), qr/--with: .*a registry hive/);
refused('what reg query prints', save('with.txt', reg_query_text($lacks)), qr/--with: .*reg query/);
refused('a PEM file', save('with.pem', "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"), qr/--with: .*not a registry export/);
refused('a damaged value', text('[' . POLICY_CERTIFICATES . '\AuthRoot]', '"DisableRootAutoUpdate"=dword:xyz'), qr/--with: .*line 4/);
refused('a file that is cut', save('cut.reg', substr(windows_export(entry($other, SYSTEM_CERTIFICATES . '\ROOT')), 0, 700)), qr/--with: .*cut in line/);
refused('nothing that is looked at', text('[HKEY_LOCAL_MACHINE\SOFTWARE\Example]', '"x"=dword:1'), qr/--with: .*changes nothing/);
refused('no registry', text('[' . POLICY_CERTIFICATES . '\AuthRoot]', '"x"=dword:1'), qr/--with is laid over a registry/,
    'check_scp_autoupdate', '--list=' . save('x.stl', 'x'));

# --- In every plugin that judges a registry ---
for my $plugin (qw(check_scp_intermediates check_scp_autoupdate check_scp)) {
    my $r = run([$plugin, "--at=$AT", "--profile=$profile", '-R', reg($lacks), "--with=$change{'a key with a value'}[2]",
        $plugin eq 'check_scp' ? '--skip=revocation' : ()]);
    like($r->{out}, qr/\ASCP[A-Z ]* \w+ \(rehearsed with /, "$plugin takes it");
}
done_testing();
