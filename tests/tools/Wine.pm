# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Windows of its own for one test: Wine with a prefix in the scratch folder, gone at the test's end.
package Wine;

use strict;
use warnings;
use Exporter qw(import);
use POSIX ();
use Scp;
use Test::More;

our @EXPORT = qw($WINE $EXE wine wine_cmd wine_store windows_path require_wine require_exe);

our $WINE = $ENV{SCP_WINE_PROGRAM} // '/usr/lib/wine/wine64';
our $EXE = $ENV{SCP_EXE} // "$SOURCE/build-windows/scp.exe";
my $SERVER = $WINE =~ s{wine64\z}{wineserver64}r;
my $CC = which('x86_64-w64-mingw32-gcc');
my $started;

# Skips the whole test where there is no Wine, or nobody asked for it.
sub require_wine
{
    $ENV{SCP_INTEROP} || $ENV{SCP_WINE} or plan skip_all => 'slow and 700 MB: runs when SCP_WINE=1 or SCP_INTEROP=1 is set (make check-wine)';
    -x $WINE or plan skip_all => "$WINE is not installed (Debian's wine64)";
    -x $SERVER or plan skip_all => "$SERVER is not installed";
    $CC or plan skip_all => 'x86_64-w64-mingw32-gcc is not installed (gcc-mingw-w64-x86-64)';
    start();
    return;
}

sub require_exe
{
    -e $EXE or plan skip_all => "$EXE is not built (./quickstart windows)";
    return;
}

# A prefix, and a server that stays: what is put below HKEY_USERS is kept in its memory alone.
sub start
{
    mkdir scratch('wine');
    @ENV{qw(WINEPREFIX WINEDEBUG)} = (scratch('wine'), '-all');
    delete $ENV{DISPLAY};
    $started = $$;
    system($SERVER, '-p') == 0 or plan skip_all => "$SERVER does not start";
    wine('wineboot', '-i')->{code} == 0 or plan skip_all => 'Wine makes no prefix here';
    return;
}

# Whatever runs in the prefix ends, before the folder is taken away.
END {
    if (defined $started && $started == $$) {
        my $code = $?;
        system("'$SERVER' -k; '$SERVER' -w") if -d scratch('wine');
        $? = $code;
    }
}

# wine(PROGRAM, ARGUMENT…): { code, out, err }
sub wine
{
    my (@command) = @_;
    my ($out, $err) = map { scratch("wine.$_") } qw(out err);
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null' or POSIX::_exit(125);
        open STDOUT, '>', $out or POSIX::_exit(125);
        open STDERR, '>', $err or POSIX::_exit(125);
        { no warnings 'exec'; exec { $WINE } $WINE, @command; }
        POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return { code => $? >> 8, signal => $? & 127, out => slurp($out), err => slurp($err) };
}

sub windows_path { my ($path) = @_; return 'Z:' . $path =~ tr{/}{\\}r }

# Lines for cmd.exe, in one go: each program that is started from here costs more.
sub wine_cmd
{
    my (@lines) = @_;
    my $file = write_bytes(scratch('lines.cmd'), join '', map { "$_\r\n" } '@echo off', @lines);
    return wine('cmd', '/c', windows_path($file));
}

# wine_store([COMMAND, WORD…]…): what tests/interop/wine_store.c does, in one run; its complaint, or ''.
sub wine_store
{
    my (@commands) = @_;
    my $program = scratch('wine_store.exe');
    if (!-e $program) {
        system($CC, '-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-o', $program, "$SOURCE/tests/interop/wine_store.c",
            '-lcrypt32', '-ladvapi32') == 0 or return 'wine_store.c does not compile';
    }
    my $r = wine($program, write_bytes(scratch('list'), join '', map { join("\t", @$_) . "\n" } @commands));
    return $r->{code} == 0 ? '' : "wine_store.exe: $r->{code} $r->{out}";
}

1;
