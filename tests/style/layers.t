#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rules of the architecture, held against the sources: layers, no printing or exiting in the library, no clock or file
# where facts are judged, each library header in its one room.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path($ENV{SCP_STYLE_TREE} // "$FindBin::Bin/../..");
my @files = split /\n/, `cd '$top' && find lib plugins -name '*.[ch]' | sort`;
my %below = (
    base => ['base'], win32 => ['win32'], chain => ['chain', 'codec', 'base'], plugin => ['plugin', 'base'], codec => ['codec', 'base'], io => ['io', 'codec', 'base'],
    windows => ['windows', 'io', 'codec', 'base'], judge => ['judge', 'chain', 'windows', 'codec', 'base'],
    check => ['check', 'judge', 'chain', 'windows', 'io', 'codec', 'plugin', 'base'],
);
my $BANNED = join '|', qw(strcpy strcat sprintf vsprintf strtok strtol strtoul strtod atoi atol atof sscanf setlocale gets system popen alloca);
# What decides is pure: these folders, and of the checks all but the files that gather.
my %GATHERS = map { ("lib/check/$_.c" => 1) } qw(run autoupdate/fetch autoupdate/gather egress/network egress/vantage intermediates/crl intermediates/files
    intermediates/gather intermediates/gather_servers mirror/folder revocation/check revocation/gather revocation/plan service/check source/installed
    source/source status/check status/gather);
my $OUTSIDE = join '|', qw(scp_utc_now time clock_gettime gettimeofday getenv secure_getenv open openat fopen opendir stat lstat read pread mmap socket connect
    fork execv execve posix_spawn BIO_new_file BIO_new_fp scp_file_\w+ scp_folder_\w+ scp_directory_\w+ scp_machine_\w+ scp_deadline_after scp_http_\w+_new scp_process_\w+ scp_tls_\w+);
my (%wrong);

for my $file (@files) {
    open my $f, '<', "$top/$file" or die "$file: $!";
    my $text = do { local $/; <$f> };
    my ($layer) = $file =~ m{\Alib/([^/]+)/};
    $wrong{'SPDX line'}{$file} = 1 if $text !~ m{\A/\* SPDX-License-Identifier: GPL-3\.0-or-later \*/\n};
    my $code = $text =~ s{/\*.*?\*/}{ }gsr;
    my $plain = $code =~ s{"(?:[^"\\\n]|\\.)*"}{""}gr;
    if (defined $layer) {
        for my $include ($code =~ /^\s*#\s*include\s+"([a-z]+)\//mg) {
            $wrong{layers}{"$file includes $include"} = 1 if !grep { $_ eq $include } @{ $below{$layer} };
        }
        # app*.c are the frame of main(); process/child.c runs in a child that is not ours any more.
        if ($file !~ m{\Alib/(?:plugin/app(?:_\w+)?|io/process/child)\.c\z}) {
            $wrong{'prints or exits'}{"$file: $1"} = 1 if $plain =~ /\b(printf|puts|putchar|fprintf|fputs|perror|exit|_exit|ExitProcess|TerminateProcess|abort|assert|err|warn|warnx)\s*\(/;
            $wrong{'prints or exits'}{"$file: $1"} = 1 if $plain =~ /\b(stdout|stderr)\b/;
        }
        $wrong{'clock, file or environment'}{"$file: $1"} = 1 if $file =~ m{\Alib/(?:chain|check|codec|judge|windows)/} && !$GATHERS{$file} && $plain =~ /(?<!->)(?<!\.)\b($OUTSIDE)\s*\(/;
        $wrong{'allocates'}{"$file: $1"} = 1 if $file =~ m{/(?:evaluate|findings)\.c\z} && $plain =~ /\b(malloc|calloc|realloc)\s*\(/;
    } else {
        my $lines = () = $text =~ /\n/g;
        $wrong{'plugin mains of at most 60 lines'}{"$file: $lines"} = 1 if $lines > 60;
    }
    $wrong{'OpenSSL outside codecs'}{$file} = 1 if $code =~ /#\s*include\s+<openssl/
        && $file !~ m{\Alib/(?:chain|codec|judge|io/tls)/|\Alib/io/http/curl_load_win32\.c\z};
    $wrong{'Windows outside its files'}{$file} = 1 if $code =~ m{#\s*include\s+<(?:windows|winsock2|ws2tcpip|io|aclapi)\.h>} && $file !~ m{_win32\.[ch]\z|\Alib/win32/};
    $wrong{'a platform asked for in the text'}{$file} = 1 if $code =~ /#\s*(?:if|ifdef|elif|ifndef)\b.*\b(?:_WIN32|WIN32|__MINGW\w+)\b/;
    $wrong{'hivex outside its back end'}{$file} = 1 if $code =~ /#\s*include\s+<hivex/ && $file ne 'lib/io/registry/hive.c';
    $wrong{'libcurl outside its back end'}{$file} = 1
        if $code =~ /#\s*include\s+<curl/ && $file !~ m{\Alib/io/http/curl\w*\.[ch]\z};
    $wrong{'libmspack outside its codec'}{$file} = 1 if $code =~ /#\s*include\s+<mspack/ && $file ne 'lib/codec/trustlist/cabinet_mspack.c';
    $wrong{'banned functions'}{"$file: $1"} = 1 if $plain =~ /\b($BANNED)\s*\(/;
}
ok(@files > 50, 'sources were found');
for my $rule ('layers', 'prints or exits', 'clock, file or environment', 'allocates', 'OpenSSL outside codecs', 'hivex outside its back end',
    'libcurl outside its back end', 'libmspack outside its codec', 'Windows outside its files', 'a platform asked for in the text', 'banned functions',
    'SPDX line', 'plugin mains of at most 60 lines') {
    my @wrong = sort keys %{ $wrong{$rule} // {} };
    is(scalar @wrong, 0, $rule) or diag(map { "  $_\n" } @wrong);
}
done_testing();
