# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs of the plugins as forks of one process (tests/tools/many.c) in place of a start each.  A run is the program itself where that may
# make a difference: built as something else, under another program, what the loader and the libraries look up when they start - and
# everywhere with SCP_EXEC=1, which must give the same verdicts.
package Many;

use strict;
use warnings;
use Cwd qw(getcwd);
use Exporter qw(import);
use IPC::Open2 qw(open2);

our @EXPORT_OK = qw(takes takes_openssl start await);

# What is read once, before main() or with the first use of a library.
my $AT_START = qr/\A(?:LD_|GLIBC_|MALLOC_|OPENSSL_|SSL_|LOCPATH|[A-Z]+SAN_)/;

my ($to, $from, $server, $began, $owner);
END { stop() }

sub stop
{
    local ($?, $!);
    return if !$server || $owner != $$;
    print {$to} "0 0 0\n";    # servers that were started after it may hold its input open
    close $to;
    waitpid $server, 0;
    $server = undef;
    return;
}

sub at_start { my ($env) = @_; return join "\0", map { "$_=$env->{$_}" } sort grep { $_ =~ $AT_START } keys %$env }

# Whether a run of the plugin with that environment may be a fork of the program, which must not be older.
sub takes
{
    my ($program, $plugin, $env) = @_;
    return 0 if grep { $ENV{$_} } qw(SCP_EXEC SCP_WRAPPER SCP_PLUGINS);
    return 0 if !-x $program || -M _ > (-M $plugin // 0);
    return serves($program) && at_start($env) eq $began;
}

# Whether `openssl ARGUMENT…` is among what the program does (many_openssl.c).
sub takes_openssl
{
    my ($program, @arguments) = @_;
    return 0 if $ENV{SCP_EXEC} || !-x $program || at_start(\%ENV) ne ($began // at_start(\%ENV));
    return 0 if "@arguments" !~ /\A(?:genpkey -algorithm \S+(?: -pkeyopt \S+)*|pkey -in \S+ -pubout -outform DER|dgst -\w+ (?:-binary|-sign \S+(?: \S+)?))\z/;
    return serves($program);
}

sub serves
{
    my ($program) = @_;
    return 1 if $server && $owner == $$;
    ($owner, $began) = ($$, at_start(\%ENV));
    $server = open2($from, $to, $program);
    return 1;
}

# start({ env, argv, stdin, stdout, stderr (files) }): its process id
sub start
{
    my ($r) = @_;
    my @env = map { "$_=$r->{env}{$_}" } keys %{ $r->{env} };
    my $bytes = join '', map { "$_\0" } getcwd(), @$r{qw(stdin stdout stderr)}, @env, @{ $r->{argv} };
    printf {$to} "%d %d %d\n%s", scalar @env, scalar @{ $r->{argv} }, length $bytes, $bytes;
    $to->flush;
    return answer();
}

# How it ended, as in $?.
sub await { return answer() }

sub answer
{
    my $line = <$from> // die "tests/tools/many has ended\n";
    return 0 + $line;
}

1;
