#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every maximum of what is read of a registry, passed in every plugin: exit 3 and the reason, nothing on standard error, no signal.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use Scp;
use Test::More;

use constant { MIB => 1 << 20, SOURCES => 16, DEPTH => 512, ENTRIES => 20_000 };

my $root = certificate(cn => 'Test Root');
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $INTERNET = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings';
my $machine = machine(root => [$root], protected => 0x20, update => { DisallowedCertLastSyncTime => reg_time($NOW - $HOUR) });
my $healthy = { %$machine, $INTERNET => {}, "$INTERNET\\Connections" => {} };
my $text = encode('UTF-8', windows_text($healthy));
my $export = save('export.reg', windows_export($healthy));

my %PLUGIN = (
    check_scp => ['--skip=revocation'],
    check_scp_roots => [],
    check_scp_autoupdate => [],
    check_scp_intermediates => [],
    check_scp_revocation => ['--proxy=registry'],
    check_scp_status => [],
);
my @PLUGINS = grep { -x (plugin_path($_) // '') } sort keys %PLUGIN;
@PLUGINS or plan skip_all => 'no plugin is built';

# An export whose keys - one that each plugin reads is among them - hold those lines.
my $files = 0;
sub big
{
    my (@lines) = @_;
    my $file = scratch('big' . ++$files . '.reg');
    open my $out, '>:raw', $file or die "$file: $!";
    print {$out} $text;
    for my $key (AUTO_UPDATE, $INTERNET) {
        print {$out} "[$key]\r\n", @lines, "\r\n";
    }
    close $out or die "$file: $!";
    utime $NOW - $HOUR, $NOW - $HOUR, $file;
    return $file;
}

sub passed
{
    my ($what, $pattern, $sources, @plugins) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for my $name (@plugins ? grep { my $n = $_; grep { $_ eq $n } @plugins } @PLUGINS : @PLUGINS) {
        my $r = run([$name, "--at=$AT", "--profile=$profile", @{ $PLUGIN{$name} }, (map { ('-R', $_) } @$sources), '-o', 'plugin']);
        ok($r->{code} == 3 && !$r->{signal} && !$r->{late} && $r->{err} eq '', "$name: $what: exit 3, in silence")
            or diag("exit $r->{code}, signal $r->{signal}\n", substr($r->{out}, 0, 1500), $r->{err});
        like($r->{out}, $pattern, "$name: $what: it is said") or diag(substr $r->{out}, 0, 1500);
    }
    return;
}

# A character of text is two bytes of a value.
my $quarter = '"' . 'x' x (MIB / 4 - 64) . "\"\r\n";
my $half = big(map { "\"v$_\"=$quarter" } 1 .. 42);
passed('a source, and 42 MiB in two', qr/more registry content than 40 MiB/, [$export, $half, $half]);
passed('42 MiB in two, and a source', qr/more registry content than 40 MiB/, [$half, $half, $export]);
unlink $half;

passed('more sources', qr/more than @{[SOURCES]} --registry sources/, [($export) x (SOURCES + 1)]);
passed('as many failing sources', qr/no-such-file/, [map { scratch("no-such-file$_") } 1 .. SOURCES]);

my $long = big('"v"="' . 'x' x (5 * MIB) . "\"\r\n");
passed('a value of 10 MiB', qr/line \d+/, [$long]);
unlink $long;
$long = big('"v"="' . 'x' x (17 * MIB) . "\"\r\n");
passed('a line of 17 MiB', qr/line \d+/, [$long]);
unlink $long;
$long = big(";\r\n" x (11 * MIB));
passed('a file of 66 MiB', qr/more than 64 MiB/, [$long], 'check_scp_status');
unlink $long;
passed('a name of 40 KiB', qr/line \d+/, [big('"' . 'v' x 40_960 . "\"=dword:1\r\n")]);

for my $deep (['a key below it', DEPTH + 1], ['a path of 40 KiB', 20_480]) {
    my ($what, $levels) = @$deep;
    my @keys = map { $_ . '\x' x ($levels - tr/\\//) } SYSTEM_CERTIFICATES, "$INTERNET\\Connections";
    passed($what, qr/levels deep|line \d+/, [save('deep.reg', $text . join '', map { "[$_]\r\n\"a\"=dword:1\r\n\r\n" } @keys)]);
}

for my $store (SYSTEM_CERTIFICATES . '\ROOT', SYSTEM_CERTIFICATES . '\Disallowed', SYSTEM_CERTIFICATES . '\CA') {
    my $entries = join '', map { "[$store\\Certificates\\" . sprintf('%040X', $_) . "]\r\n" } 0 .. ENTRIES;
    my @readers = qw(check_scp check_scp_intermediates check_scp_roots);
    pop @readers if $store =~ /CA\z/;
    passed("entries of $store", qr/more than @{[ENTRIES]} entries/, [save('entries.reg', $text . $entries)], @readers);
}

done_testing();
