#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_roots on input that is not what it should be: one clear line, exit 3, bounded time and memory.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use POSIX ();
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

use constant { SECONDS => 5, KIB => 64 * 1024 };

my $root = certificate(cn => 'Test Root');
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $registry = machine(root => [$root]);
my $gone = machine(policy => { DisableRootAutoUpdate => reg_dword(1) });
my $good = save('good.reg', windows_export($registry));
my $HEADER = "Windows Registry Editor Version 5.00\r\n\r\n";
my $CERTS = SYSTEM_CERTIFICATES . '\ROOT\Certificates';
my $PRINT = fingerprint($root);

sub plugin { return [$NAME, "--at=$AT", "--profile=$profile", '-o', 'plugin', map { ('-R', $_) } @_] }

# The answer is one of the states, within the limits, and names the file where it is UNKNOWN.
sub bounded
{
    my ($what, $r, $states, $pattern) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $state = state_name($r->{code});
    like($state, qr/\A(?:$states)\z/, "$what: $states") or diag($r->{out});
    like($r->{out}, $pattern, "$what: says why") if $pattern;
    return if sanitized($NAME) || !defined $r->{rss};
    cmp_ok($r->{seconds}, '<=', SECONDS, "$what: seconds");
    cmp_ok($r->{rss}, '<=', KIB, "$what: KiB of memory");
    return;
}

sub judge
{
    my ($what, $file, $states, $pattern, %o) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    bounded($what, run(plugin($file), rss => 1, %o), $states, $pattern);
    return;
}

# --- Files that are none ---

judge('missing', scratch('nosuch.reg'), 'UNKNOWN', qr/\A[^\n]*nosuch\.reg/);
judge('missing hive', 'hive:' . scratch('nosuch.hive'), 'UNKNOWN', qr/\A[^\n]*nosuch\.hive/);
judge('empty', save('empty.reg', ''), 'UNKNOWN', qr/\A[^\n]*empty\.reg/);
judge('empty, said to be an export', 'reg:' . save('empty.reg', ''), 'UNKNOWN', qr/\A[^\n]*empty\.reg/);
judge('empty, said to be a hive', 'hive:' . save('empty.hive', ''), 'UNKNOWN', qr/\A[^\n]*empty\.hive/);
judge('empty standard input', 'reg:-', 'UNKNOWN');
judge('directory', scratch(), 'UNKNOWN', qr/a folder without manifest\.txt/);
judge('directory, said to be a hive', 'hive:' . scratch(), 'UNKNOWN');
judge('device without end', "$_/dev/zero", 'UNKNOWN', qr{\A[^\n]*/dev/zero}) for '', 'reg:', 'hive:';
judge('device without content', '/dev/null', 'UNKNOWN', qr{\A[^\n]*/dev/null});
judge('endless standard input', 'reg:-', 'UNKNOWN', undef, stdin => '/dev/zero');
judge('not a kind of source', 'http://example.org/x.reg', 'UNKNOWN');
judge('remote registry', 'smb://example.org', 'UNKNOWN');
POSIX::mkfifo(scratch('fifo'), 0600) or die "mkfifo: $!";
judge("FIFO nobody writes to ($_)", $_ . scratch('fifo'), 'UNKNOWN') for '', 'reg:', 'hive:';
SKIP: {
    my $hidden = save('hidden.reg', windows_export($registry));
    chmod 0, $hidden;
    skip 'this user may read everything', 1 if -r $hidden;
    judge('unreadable', $hidden, 'UNKNOWN', qr/\A[^\n]*hidden\.reg.*[Pp]ermission/);
}
is(run([$NAME, "--profile=$profile"])->{code}, 3, 'no source at all');
judge('a name with a line end', "a\nb", 'UNKNOWN');
judge('a very long name', 'x' x 20_000, 'UNKNOWN');

# --- Text that is none ---

my $text = windows_text($registry);
judge('random bytes', save('random.reg', join '', map { chr(($_ * 7919 + ($_ >> 3)) & 255) } 1 .. 65536), 'UNKNOWN',
    qr/random\.reg/);
judge('a PEM file', save('cert.pem', openssl($root, 'x509', '-inform', 'DER')), 'UNKNOWN', qr/cert\.pem/);
judge('a serialized store', save('roots.sst', sst_bytes(cert_blob($root))), 'UNKNOWN', qr/roots\.sst/);
judge('unknown header', save('header.reg', "Windows Registry Editor Version 9.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n"),
    'UNKNOWN', qr/header\.reg/);
judge('UTF-16 of an odd length', save('odd.reg', windows_export($gone) . 'x'), 'UNKNOWN|CRITICAL');
judge('UTF-16BE', save('be.reg', "\xFE\xFF" . encode('UTF-16BE', $text)), 'UNKNOWN', qr/be\.reg/);
judge('a NUL in the text', save('nul.reg', encode('UTF-8', $text) . "\0\0\0"), 'UNKNOWN', qr/nul\.reg/);
judge('invalid UTF-8', save('latin.reg', encode('UTF-8', $text) . "[HKEY_LOCAL_MACHINE\\SOFTWARE\\M\xFCller]\r\n"), 'UNKNOWN',
    qr/latin\.reg/);
judge('lone surrogate', save('lone.reg', windows_export($gone) . "\x00\xD8\r\0\n\0"), 'UNKNOWN', qr/lone\.reg/);
judge('header only', save('only.reg', "\xFF\xFE" . encode('UTF-16LE', $HEADER)), 'UNKNOWN');

# --- Values that are none: the rest is judged, but an absence cannot be believed: the line may have been a distrust ---

my $n = 0;
sub with_lines
{
    my ($what, $lines, $states, $pattern, $base) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $bytes = windows_text($base // $registry) . $lines . "\r\n";
    judge($what, save('lines' . ++$n . '.reg', $bytes), $states, $pattern);
    return;
}
my $KEY = '[' . AUTO_UPDATE . "]\r\n";
with_lines("odd number of digits", $KEY . qq("LastSyncTime"=hex:0\r\n), 'UNKNOWN', qr/lines\d+\.reg.*line \d+/);
with_lines('byte of three digits', $KEY . qq("LastSyncTime"=hex:001,02\r\n), 'UNKNOWN', qr/line \d+/);
with_lines('letters that are no digits', $KEY . qq("LastSyncTime"=hex:zz\r\n), 'UNKNOWN', qr/line \d+/);
with_lines('dword of nine digits', $KEY . qq("Flags"=dword:000000001\r\n), 'UNKNOWN', qr/line \d+/);
with_lines('a type that is none', $KEY . qq("Flags"=hex(xyz):00\r\n), 'UNKNOWN', qr/line \d+/);
with_lines('unterminated name', $KEY . qq("Flags=dword:1\r\n), 'UNKNOWN', qr/line \d+/);
with_lines('value without a key', qq("Flags"=dword:1\r\n), 'OK|WARNING');
with_lines('a line that is nothing', "garbage\r\n", 'UNKNOWN', qr/line \d+/);
with_lines('unterminated key', '[' . SYSTEM_CERTIFICATES . "\r\n", 'UNKNOWN', qr/line \d+/);
with_lines('key without a root', "[SOFTWARE\\Microsoft]\r\n", 'OK|WARNING');
# … but nothing that is missing can be called missing any more.
with_lines('a damaged part and no root', $KEY . qq("LastSyncTime"=hex:0\r\n), 'UNKNOWN', qr/Test Root was not found/, $gone);

# --- Blobs without a certificate ---

my $DER = property(32, $root);
for my $case (['no byte', ''], ['eleven bytes', 'x' x 11], ['length of 4 GiB', pack('VVV', 3, 1, 0xFFFFFFFF) . 'x' x 20],
              ['element of 4 GiB', pack('VVV', 32, 1, 0xFFFFFFFF) . $root], ['length 0x7FFFFFFF', pack('VVV', 32, 1, 0x7FFFFFFF) . $root],
              ['no element', property(3, 'x' x 20)], ['two elements', $DER . $DER], ['property 0', property(0, 'x') . $DER],
              ['a CRL', property(33, $root)], ['not DER', property(32, 'hello world')], ['DER cut short', property(32, substr $root, 0, -1)],
              ['DER length of 4 GiB', property(32, "\x30\x84\xFF\xFF\xFF\xFF" . 'x' x 100)], ['indefinite DER', property(32, "\x30\x80\0\0")],
              ['an empty SEQUENCE', property(32, "\x30\0")], ['ten thousand properties', join('', map { property(40000 + $_, '') } 1 .. 10000) . $DER],
              ['deep DER', property(32, do { my $d = ''; $d = der_tlv(0x30, $d) for 1 .. 2000; $d })]) {
    my ($what, $blob) = @$case;
    my $file = save('blob.reg', windows_export(machine(root => [{ der => $root, blob => $blob }],
        policy => { DisableRootAutoUpdate => reg_dword(1) })));
    judge("blob: $what", $file, 'UNKNOWN|WARNING|CRITICAL');
    $file = save('blob2.reg', windows_export(machine(root => [$root, { der => $root, key => 'B' x 40, blob => $blob }])));
    judge("blob: $what, beside a good one", $file, 'OK|WARNING', qr/Test Root|BBBB/);
}
judge('blob as text', save('type.reg', windows_text($gone) . "[$CERTS\\$PRINT]\r\n\"Blob\"=\"hello\"\r\n\r\n"), 'UNKNOWN',
    qr/roots\.unreadable/);
judge('no blob under its name', save('type.reg', windows_text($gone) . "[$CERTS\\$PRINT]\r\n\r\n"), 'UNKNOWN|CRITICAL');

# --- Duplicates, deletions ---

my $HEX = join ',', unpack '(H2)*', cert_blob($root);
judge('duplicate keys are merged', save('dup.reg',
    windows_text($gone) . "[$CERTS\\$PRINT]\r\n\"Blob\"=hex:$HEX\r\n\r\n[" . lc("$CERTS\\$PRINT") . "]\r\n\"X\"=dword:1\r\n\r\n"),
    'OK');
judge('a later value wins', save('later.reg',
    windows_text($gone) . "[$CERTS\\$PRINT]\r\n\"Blob\"=hex:00\r\n\"blob\"=hex:$HEX\r\n\r\n"), 'OK');
judge('a deleted key', save('del.reg', windows_text(machine(root => [$root], policy => { DisableRootAutoUpdate => reg_dword(1) }))
    . "[-$CERTS\\$PRINT]\r\n\r\n"), 'CRITICAL', qr/missing/);
judge('a deleted value', save('del.reg', windows_text(machine(root => [$root])) . "[$CERTS\\$PRINT]\r\n\"Blob\"=-\r\n\r\n"),
    'WARNING|UNKNOWN|CRITICAL');

# --- Much of it ---

my $million = encode('UTF-8', $text) . $KEY . join '', map { qq("v$_"=dword:00000001\r\n) } 1 .. 1_000_000;
judge('a million values in a key that matters', save('million.reg', $million . "\r\n"), 'OK|UNKNOWN|WARNING');
$million = encode('UTF-8', $text) . "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\r\n" . join '',
    map { qq("v$_"=dword:00000001\r\n) } 1 .. 1_000_000;
judge('a million values elsewhere', save('million.reg', $million . "\r\n"), 'OK', qr/present/);
undef $million;
judge('a hundred thousand keys', save('keys.reg', encode('UTF-8', $text) . join '',
    map { "[$CERTS\\" . sprintf('%040X', $_) . "]\r\n\r\n" } 1 .. 100_000), 'OK|UNKNOWN|WARNING');
unlink scratch('million.reg'), scratch('keys.reg');
my $deep = SYSTEM_CERTIFICATES . '\x' x 10_000;
judge('keys nested 10 000 deep', save('deep.reg', encode('UTF-8', $text) . "[$deep]\r\n\"a\"=dword:1\r\n\r\n"),
    'OK|UNKNOWN|WARNING');
judge('every level of 3 000', save('levels.reg', encode('UTF-8', $text) . join '',
    map { '[' . SYSTEM_CERTIFICATES . '\x' x $_ . "]\r\n" } 1 .. 3000), 'OK|UNKNOWN|WARNING');
judge('a line of 20 MiB', save('line.reg', encode('UTF-8', $text) . $KEY . '"a"="' . 'x' x (20 << 20) . "\"\r\n"),
    'OK|UNKNOWN|WARNING');
judge('a name of 1 MiB', save('name.reg', encode('UTF-8', $text) . $KEY . '"' . 'x' x (1 << 20) . "\"=dword:1\r\n"),
    'OK|UNKNOWN|WARNING');
judge('a million continuation lines', save('cont.reg',
    encode('UTF-8', $text) . $KEY . '"a"=hex:' . "00,\\\r\n  " x 1_000_000 . "00\r\n"), 'OK|UNKNOWN|WARNING');
unlink map { scratch($_) } qw(line.reg cont.reg levels.reg);
{
    my $big = scratch('big.reg');
    write_bytes($big, windows_export($registry));
    truncate $big, 3 << 30 or die "truncate: $!";
    judge('a sparse file of 3 GiB', $big, 'UNKNOWN', qr/big\.reg/);
    judge('a sparse hive of 3 GiB', "hive:$big", 'UNKNOWN', qr/big\.reg/);
    unlink $big;
}

# --- Hives ---

my $software = { map { (s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r, $registry->{$_}) } grep { /\\SOFTWARE\\/ } keys %$registry };
my $hive = hive_bytes($software, name => 'config\SOFTWARE');
judge('the hive itself', save('x.hive', $hive), 'OK');
for my $length (1, 4, 511, 512, 4095, 4096, 4100, 4128, 5000, length($hive) - 4096, length($hive) - 1) {
    next if $length < 1 || $length >= length $hive;
    judge("hive cut after $length bytes", save('cut.hive', substr $hive, 0, $length), 'UNKNOWN', qr/cut\.hive/);
}
judge('hive with 7 bytes behind it', save('tail.hive', $hive . 'garbage'), 'UNKNOWN|OK|WARNING');
{
    my @bad;
    for (my $at = 4096 + 32; $at < length $hive; $at += 331) {
        my $copy = $hive;
        substr($copy, $at, 4) = "\xFF\xFF\xFF\x7F";
        my $r = run(plugin(save('flip.hive', $copy)));
        push @bad, $at if $r->{signal} || $r->{late} || $r->{code} > 3 || $r->{out} =~ /Test Root missing/ && $r->{code} != 3;
    }
    is_deeply(\@bad, [], 'hives with wild numbers: no crash');
}

# --- Standard output that fails, signals, locales ---

SKIP: {
    skip 'no /dev/full', 2 if !-w '/dev/full';
    for my $option ('plugin', 'json') {
        is(run([@{ plugin($good) }, '-o', $option], stdout => '/dev/full', any => 1)->{code}, 3, "full device: exit 3 ($option)");
    }
}
is(run(plugin($good), closed => 1, any => 1)->{code}, 3, 'closed standard output: exit 3');
{
    pipe my $input, my $write or die "pipe: $!";
    my $argv = plugin('reg:-');
    my @stdin = (stdin => '/dev/fd/' . fileno $input);
    my $r = run([@$argv, '-t', 15], @stdin, any => 1, started => sub {
        my ($pid) = @_;
        close $input;    # a reader that is gone must not leave us waiting
        local $SIG{PIPE} = 'IGNORE';
        # More than a pipe holds: all of it is written only when the plugin has begun to read.
        my $more = "\xFF\xFE" . encode('UTF-16LE', $HEADER . ";\r\n" x 100_000);
        while (length $more) {
            my $n = syswrite $write, $more;
            last if !defined $n;
            substr($more, 0, $n) = '';
        }
        kill TERM => -$pid;
    });
    is($r->{code}, 3, 'SIGTERM: exit 3') or diag(explain $r);
    like($r->{out}, qr/\ASCP ROOTS UNKNOWN - terminated by signal 15[^\n]*\n\z/, 'SIGTERM: one line');
    # Another pipe: nothing ever comes out of it.
    pipe my $silent, my $held or die "pipe: $!";
    @stdin = (stdin => '/dev/fd/' . fileno $silent);
    pipe $input, $write or die "pipe: $!";    # one that nobody writes to
    @stdin = (stdin => '/dev/fd/' . fileno $input);
    $r = run([@$argv, '-t', 1], @stdin);
    is($r->{code}, 3, 'deadline: exit 3');
    like($r->{out}, qr/\ASCP ROOTS UNKNOWN - no result within 1 s[^\n]*\n\z/, 'deadline: one line');
    $r = run([@$argv, '-t', 1, '--timeout-result=critical'], @stdin);
    is($r->{code}, 2, '--timeout-result');
}
{
    my %have = map { lc() =~ s/-//gr => $_ } split ' ', `locale -a 2>/dev/null`;
    my $expected = run(plugin($good), env => { LC_ALL => 'C' })->{out};
    for my $locale ('C.UTF-8', 'tr_TR.UTF-8', 'ja_JP.UTF-8', 'de_DE.UTF-8', 'nonsense') {
        SKIP: {
            skip "locale $locale is not installed", 2 if $locale ne 'nonsense' && !$have{ lc($locale) =~ s/-//gr };
            is(run(plugin($good), env => { LC_ALL => $locale, LANG => $locale })->{out}, $expected, "locale $locale: the same");
        }
    }
    is(run(plugin($good), env => { TZ => 'Asia/Tokyo' })->{out}, $expected, 'another time zone: the same');
}

done_testing();
