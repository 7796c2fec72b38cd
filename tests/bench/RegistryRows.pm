# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exports and hives, a cached trust list, and check_scp over all that a healthy server exports.
package RegistryRows;

use strict;
use warnings;
use Exporter qw(import);
use Healthy;
use Measure;
use Pki;
use Scp;
use Stores;
use TrustList;

our @EXPORT = qw(start_rows store_rows hive_rows list_rows diagnosis_rows certificate_sizes);

my $ROOTS = plugin_path('check_scp_roots');
my $openssl = which('openssl');

sub start_rows
{
    section('The start');
    for my $name (qw(check_scp_roots check_scp_intermediates check_scp_revocation check_scp)) {
        my $plugin = plugin_path($name);
        instruction_row("$name --version", 3.3 * $MILLION, $plugin, '--version');
        at_most_row("$name --version: page faults", '%d', faults($plugin, '--version'), 250, '/usr/bin/time');
    }
    return;
}

sub common { return ("--at=$AT", '--profile=' . one_profile(), '-o', 'plugin') }

sub store_rows
{
    section('500 certificates');
    my @certificates = authorities(500);
    my ($export, @common) = (export_of('500.reg', @certificates), common());
    my $query = save('500.txt', reg_query_text(stores_of(@certificates)));
    instruction_row(sprintf('export of %.1f MB of UTF-16', (-s $export) / $MILLION), 45 * $MILLION, $ROOTS, '-R', $export, @common);
    instruction_row(sprintf('reg query, %.1f MB', (-s $query) / $MILLION), 45 * $MILLION, $ROOTS, '-R', $query, @common);
    my $hive = software_hive('500.hive', machine(authroot => [entries_of(@certificates)]));
    instruction_row(sprintf('hive of %.1f MB', (-s $hive) / $MILLION), 45 * $MILLION, $ROOTS, '-R', $hive, @common);
    instruction_row('peer: openssl crl2pkcs7, the same 500 in PEM', undef, $openssl, 'crl2pkcs7', '-nocrl', '-certfile',
        pem_of('500.pem', @certificates), '-out', scratch('p7')) if $openssl;
    memory_row('memory beyond that of --version, export', 16, $ROOTS, '-R', $export, @common);
    verdict_row('each is called', join(', ', map { answered($ROOTS, '-R', $_, @common) } $export, $query, $hive), 'OK, OK, OK');
    return;
}

# As a server has it: some 60 certificates, the rest is not our business.
sub hive_rows
{
    section('A SOFTWARE hive as a server has it');
    my ($registry, @common) = (machine(authroot => [entries_of(authorities(60))]), common());
    my $small = software_hive('SOFTWARE', $registry, installed_programs(830, 66));
    instruction_row(sprintf('hive of %.1f MB', (-s $small) / $MILLION), 16 * $MILLION, $ROOTS, '-R', $small, @common);
    my $large = software_hive('SOFTWARE.large', $registry, installed_programs(20_000, 333));
    my $size = -s $large;
    instruction_row(sprintf('hive of %.0f MB', $size / $MILLION), undef, $ROOTS, '-R', $large, @common);
    memory_row(sprintf('memory beyond that of --version, the mapped file in it, hive of %.0f MB', $size / $MILLION), $size / 1_048_576 + 8,
        $ROOTS, '-R', $large, @common);
    verdict_row('both are called', join(', ', map { answered($ROOTS, '-R', $_, @common) } $small, $large), 'OK, OK');
    unlink $large;
    return;
}

# A list of trusted roots as Microsoft's current ones are: 515 entries, 190 KB, RSA; beside it the least that verifying one costs.
sub list_rows
{
    section('A cached trust list');
    my ($subject, $spki) = list_root();
    my @entry = map { my $n = sprintf '%020d', $_; list_entry($n, [9, eku(SERVER_AUTH, CLIENT_AUTH, EMAIL)],
        [11, "F\0r\0i\0e\0n\0d\0l\0y\0" x 4], [20, $n], [29, 'm' x 16],
                               [98, 's' x 32], [83, 'p' x 44], [126, filetime($NOW)], [127, eku(CODE_SIGNING)]) } 1 .. 515;
    my $list = save('bench.stl', trust_list(entries => \@entry, key => 'rsa'));
    my @root = (save('bench.spki', $spki), save('bench.subject', $subject));
    my @least = (helper('list_minimal'), $list, $root[0]);
    my @ours = (helper('list_read'), $list, @root);
    my $least = instruction_row('the least: hash, verify three signatures', undef, @least);
    share_row(sprintf('515 entries, list of %d KB read, verified, walked', (-s $list) / 1000), 1.1, instructions(@ours), $least);
    verdict_row('the list is believed by both', join(', ', map { silently(@$_) } \@least, \@ours), '0, 0');
    return;
}

# Every part but the endpoints, without a network.
sub diagnosis_rows
{
    section('check_scp, offline');
    my ($export, $profile) = healthy_server();
    my $file = save('healthy.reg', $export, time);
    my @command = (plugin_path('check_scp'), '-R', $file, '--profile=' . save('healthy.ini', $profile), '--skip=revocation', '-o', 'plugin',
        '-t', '600');
    instruction_row(sprintf('healthy export of %.1f MB', length($export) / $MILLION), 45 * $MILLION, @command);
    verdict_row('it is called healthy', answered(@command), 'OK');
    return;
}

# Millions of instructions by the number of certificates, as an export and in a hive, and OpenSSL's.
sub certificate_sizes
{
    my (@sizes) = @_;
    my @common = common();
    my (@reg, @hive, @peer);
    for my $n (@sizes) {
        my @some = authorities($n);
        push @reg, [$n, instructions($ROOTS, '-R', export_of("$n.reg", @some), @common) / $MILLION];
        push @hive, [$n, instructions($ROOTS, '-R', software_hive("$n.hive", machine(authroot => [entries_of(@some)])), @common) / $MILLION];
        next if !$openssl || $n > 500;
        push @peer, [$n, instructions($openssl, 'crl2pkcs7', '-nocrl', '-certfile', pem_of("$n.pem", @some), '-out', scratch('p7')) / $MILLION];
    }
    return (['export (.reg)', @reg], ['hive', @hive], ['openssl crl2pkcs7, PEM', @peer]);
}

1;
