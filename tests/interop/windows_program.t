#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# scp.exe as a Windows program, under Wine: what it is made of, its names, paths, outputs and endings.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use IO::Handle;
use POSIX ();
use Scp;
use Servers;
use Test::More;
use Time::HiRes qw(time);
use Wine;

require_exe();
my $OBJDUMP = which('x86_64-w64-mingw32-objdump') or plan skip_all => 'x86_64-w64-mingw32-objdump is not installed';
require_wine();

# --- What it is made of ---

my $shape = `$OBJDUMP -p '$EXE'`;
my @dlls = $shape =~ /DLL Name: (\S+)/g;
cmp_ok(scalar @dlls, '>', 2, 'imports were found');
is_deeply([grep { !/\A(?:advapi32|bcrypt|crypt32|kernel32|msvcrt|user32|wevtapi|ws2_32)\.dll\z/i } @dlls], [], 'DLLs of the system alone');
ok($shape =~ /\b$_->[0]\b/, "$_->[1] ($_->[0])") for ['DYNAMIC_BASE', 'ASLR'], ['HIGH_ENTROPY_VA', 'ASLR with 64 bits'], ['NX_COMPAT', 'DEP'];
like($shape, qr/\.reloc\b|Base Relocation Directory \[\.reloc\]/, 'it can be moved: ASLR needs relocations');
cmp_ok(-s $EXE, '<=', 6_500_000, 'not larger than 6.5 MB');

# Each section's characteristics, as they stand in the file.
sub sections
{
    my $bytes = slurp($EXE);
    my $pe = unpack 'V', substr $bytes, 0x3C, 4;
    my ($n, $optional) = unpack 'v x12 v', substr $bytes, $pe + 6, 16;
    return map { [unpack('Z8 x28 V', substr $bytes, $pe + 24 + $optional + 40 * $_, 40)] } 0 .. $n - 1;
}
my @sections = sections();
ok((grep { $_->[0] eq '.text' && $_->[1] & 0x20000000 } @sections), 'the section of code was found');
is_deeply([map { $_->[0] } grep { ($_->[1] & 0xA0000000) == 0xA0000000 } @sections], [], 'no section can be written and run');

# --- Its names ---

my $root = certificate(cn => 'Root');
my $profile = save('p.ini', profile_text('root' => [$root, 'required', 'Root']));
my $good = save('good.reg', windows_export(machine(root => [$root])));
my @GOOD = ('-R', $good, "--profile=$profile", "--at=$AT");
my $expected = run(['check_scp_roots', @GOOD])->{out};
like($expected, qr/\ASCP ROOTS OK/, 'what it says here');

my $copy = write_bytes(scratch('check_scp_roots.exe'), slurp($EXE));
is(wine($EXE, 'check_scp_roots', @GOOD)->{out}, $expected, 'named by the first argument');
is(wine($copy, @GOOD)->{out}, $expected, 'named by its file');
rename $copy, scratch('CHECK_SCP_ROOTS.EXE') or die;
is(wine(scratch('CHECK_SCP_ROOTS.EXE'), @GOOD)->{out}, $expected, 'whatever the case');
for my $argument ('check_scp_nothing', '-h', '') {
    my $r = wine($EXE, $argument eq '' ? () : $argument);
    is($r->{code}, 3, "scp.exe $argument: UNKNOWN");
    like($r->{out}, qr/check_scp_roots/, "scp.exe $argument: the names are told");
}

# --- Paths ---

for my $name ('with blanks  inside', "Gr\xC3\xB6\xC3\x9Fe", "\xE8\xA8\xBC\xE6\x98\x8E\xE6\x9B\xB8 \xD0\x9A\xD0\xBB\xD1\x8E\xD1\x87", 'long ' . 'x' x 60) {
    my $folder = scratch($name);
    mkdir $folder or die "$folder: $!";
    my $file = write_bytes("$folder/$name.reg", slurp($good), $NOW - $HOUR);
    for my $path ($file, windows_path($file)) {
        my $r = wine($EXE, 'check_scp_roots', '-R', $path, "--profile=$profile", "--at=$AT");
        is($r->{code}, 0, 'read: ' . substr $path, -40) or diag($r->{out});
    }
    my $r = wine($EXE, 'check_scp_roots', '-R', "$folder/none.reg", "--profile=$profile", "--at=$AT");
    is($r->{code}, 3, 'a file that is not there');
    like($r->{out}, qr/\Q$name\E/, 'its path is told as it was given');
}
my $deep = scratch('deep');
for (1 .. 8) { $deep .= '/' . 'd' x 40; }
system('mkdir', '-p', $deep);
write_bytes("$deep/x.reg", slurp($good), $NOW - $HOUR);
is(wine($EXE, 'check_scp_roots', '-R', "$deep/x.reg", "--profile=$profile", "--at=$AT")->{code}, 0, 'a path of ' . length("$deep/x.reg") . ' characters');

# --- Where it writes to ---

# With standard output as the child finds it after $set; the exit code.
sub wine_into
{
    my ($set, @arguments) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null' or POSIX::_exit(125);
        open STDERR, '>', scratch('err') or POSIX::_exit(125);
        $set->();
        { no warnings 'exec'; exec { $WINE } $WINE, $EXE, @arguments; }
        POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? >> 8;
}

is(wine_into(sub { open STDOUT, '>', scratch('file') or die }, 'check_scp_roots', @GOOD), 0, 'into a file');
is(slurp(scratch('file')), $expected, 'all of it, and no carriage return');
is(wine_into(sub { open STDOUT, '>>', scratch('file') or die }, 'check_scp_roots', @GOOD), 0, 'behind what is in a file');
is(slurp(scratch('file')), "$expected$expected", 'twice');
{
    my $pid = open(my $pipe, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        exec { $WINE } $WINE, $EXE, 'check_scp_roots', @GOOD or POSIX::_exit(126);
    }
    binmode $pipe;
    is(do { local $/; <$pipe> }, $expected, 'into a pipe');
    close $pipe;
    is($? >> 8, 0, 'and its exit code');
}
{
    pipe(my $read, my $write) or die;
    close $read;
    local $SIG{PIPE} = 'DEFAULT';
    is(wine_into(sub { open STDOUT, '>&', $write or die }, 'check_scp_roots', @GOOD), 3, 'into a pipe that nobody reads: UNKNOWN');
}
is(wine_into(sub { open STDOUT, '>', '/dev/full' or die }, 'check_scp_roots', @GOOD), 3, 'where there is no room: UNKNOWN') if -e '/dev/full';
is(wine_into(sub { POSIX::close(1) }, 'check_scp_roots', @GOOD), 3, 'closed: UNKNOWN');

# A console: script(1) makes a terminal, which Wine shows to the program as one.
sub on_console
{
    my ($type, @command) = @_;
    my $line = join ' ', map { s/'/'\\''/gr =~ s/\A|\z/'/gr } $WINE, $EXE, @command;
    my $pid = open(my $keys, '|-') // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'script', '-qec', $line, scratch('console') or POSIX::_exit(126);
    }
    $keys->autoflush(1);
    $type->($keys);
    close $keys;
    return ($? >> 8, slurp(scratch('console')) =~ s/\AScript started.*\n//r);
}

SKIP: {
    skip 'script (bsdutils) is not installed', 3 if !which('script');
    my ($code, $shown) = on_console(sub { }, 'check_scp_roots', @GOOD);
    is($code, 0, 'on a console');
    like($shown, qr/SCP ROOTS \e\[[0-9;]+mOK/, 'the verdict in colour');
    like($shown, qr/\xE2\x9C\x93/, 'a tick in UTF-8');
}

# --- How it ends ---

my $silent = fault_server('silent')->{silent} =~ s/.*://r;
my @waiting = ('check_scp_revocation', '--crl=http://host.example/x.crl', "--issuer=" . write_bytes(scratch('root.der'), $root), "--connect-to=::127.0.0.1:$silent", '--proxy=none');
{
    my $r = wine($EXE, @waiting, '-t', 3, '--timeout-result=CRITICAL');
    like($r->{out}, qr/\ASCP REVOCATION [A-Z]+.*\n/, 'the deadline has its line') or diag($r->{err});
    isnt($r->{code}, 0, 'and is not OK');
}
{
    my $begun = time;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        setpgrp 0, 0;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', scratch('killed.out');
        open STDERR, '>', '/dev/null';
        exec { $WINE } $WINE, $EXE, @waiting, '-t', 50 or POSIX::_exit(126);
    }
    # It is killed once it waits for the host: a connection to that port is there.
    my $there = sprintf ':%04X 01 ', $silent;
    for (1 .. 900) {
        last if slurp('/proc/net/tcp') =~ /$there/;
        select undef, undef, undef, 0.05;
    }
    like(slurp('/proc/net/tcp'), qr/$there/, 'it waits');
    kill KILL => $pid;
    waitpid $pid, 0;
    is($? & 127, 9, 'killed by its caller');
    cmp_ok(time - $begun, '<', 49, 'at once');
    unlike(slurp(scratch('killed.out')), qr/ OK/, 'without a verdict');
}
SKIP: {
    skip 'script (bsdutils) is not installed', 2 if !which('script');
    my $there = sprintf ':%04X 01 ', $silent;
    my ($code, $shown) = on_console(sub {
        my ($keys) = @_;
        for (1 .. 900) {
            last if slurp('/proc/net/tcp') =~ /$there/;
            select undef, undef, undef, 0.05;
        }
        print $keys "\x03";
    }, @waiting, '-t', 50);
    is($code, 3, 'Ctrl+C: UNKNOWN');
    like($shown, qr/SCP REVOCATION UNKNOWN - terminated by Ctrl\+C/, 'and its line');
}
done_testing();
