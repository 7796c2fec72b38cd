# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs of the plugins as threads or forks of one process (tests/tools/many.c) in place of a start each.  A run is the program itself,
# started from there, where that may make a difference: it is built as something else, under another program, or what the loader and the
# libraries look up when they start is another.  With SCP_EXEC=1 all are started from here, which must give the same verdicts.
package Many;

use strict;
use warnings;
use Cwd qw(getcwd);
use Exporter qw(import);
use IPC::Open2 qw(open2);

our @EXPORT_OK = qw(serves forks forks_openssl start await);

# What is read once, before main() or with the first use of a library.
my $AT_START = qr/\A(?:LD_|GLIBC_|MALLOC_|OPENSSL_|SSL_|[A-Z]+SAN_)/;

our @INSIDE;    # words before its command: all its runs are where those put it; begins with the next start, behind stop()
my ($to, $from, $server, $built, $began, $owner);
END { stop() }

sub stop
{
    local ($?, $!);
    return if !$server || $owner != $$;
    print {$to} "0 0 0 0\n";    # servers that were started after it may hold its input open
    close $to;
    waitpid $server, 0;
    $server = undef;
    return;
}

# A fork of the test that has it to itself.
sub mine { $owner = $$; return }

sub at_start { my ($env) = @_; return join "\0", map { "$_=$env->{$_}" } sort grep { $_ =~ $AT_START } keys %$env }

# Whether the program is there, and is to be used; it is started where it is not yet.
sub serves
{
    my ($program) = @_;
    return 0 if $ENV{SCP_EXEC} || !-x $program;
    return 1 if $server && $owner == $$;
    ($owner, $built, $began) = ($$, -M _, at_start(\%ENV));
    $server = open2($from, $to, @INSIDE, $program);
    return 1;
}

# Whether a run of the plugin with that environment may be done there: of the same state of the source.
sub forks
{
    my ($plugin, $env) = @_;
    return !(grep { $ENV{$_} } qw(SCP_WRAPPER SCP_PLUGINS)) && $built <= (-M $plugin // 0) && at_start($env) eq $began;
}

# Whether `openssl ARGUMENT…` is among what the program does (many_openssl.c, many_x509.c).
my @DOES = (qr/genpkey -algorithm \S+(?: -pkeyopt \S+)*/, qr/pkey -in \S+ -pubout -outform DER/, qr/dgst -\w+ (?:-binary|-sign \S+(?: \S+)?)/,
    qr{req -new -key \S+ -subj /CN=[^/\\+]+}, qr{req -x509 -new -config \S+ -key \S+ -subj /CN=[^/\\+]+ -sha256},
    qr/x509 -req -in \S+ -CA \S+ -CAkey \S+ -set_serial 0x[0-9a-fA-F]+ -days \d+ -extfile \S+ -sha256/);
sub forks_openssl
{
    my $asked = join ' ', @_;
    return (grep { $asked =~ /\A$_\z/ } @DOES) && at_start(\%ENV) eq $began;
}

# start({ env, argv, stdin, stdout, stderr (files), as => PROGRAM, FORK (whose memory can be told) or THREAD }): its process id.
use constant { PROGRAM => 0, FORK => 1, THREAD => 2 };
sub start
{
    my ($r) = @_;
    my @env = map { "$_=$r->{env}{$_}" } keys %{ $r->{env} };
    my $bytes = join '', map { "$_\0" } getcwd(), @$r{qw(stdin stdout stderr)}, @env, @{ $r->{argv} };
    printf {$to} "%d %d %d %d\n%s", $r->{as} // PROGRAM, scalar @env, scalar @{ $r->{argv} }, length $bytes, $bytes;
    $to->flush;
    return 0 + answer();
}

# How it ended, as in $?, and the most memory that it held, in KiB.
sub await { my @ended = split ' ', answer(); return wantarray ? @ended : $ended[0] }

sub answer { return <$from> // die "tests/tools/many has ended\n" }

1;
