#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every line of C is laid out as .clang-format says.  Versions of clang-format differ in their taste: the one of Debian 12 decides.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path($ENV{SCP_STYLE_TREE} // "$FindBin::Bin/../..");
my ($program) = grep { (`$_ --version 2>/dev/null` // '') =~ /version 14\./ } qw(clang-format-14 clang-format);
plan skip_all => 'clang-format 14 is not installed' if !$program;
my @files = split /\n/, `cd '$top' && find lib plugins tests -name '*.[ch]' | sort`;
ok(@files > 50, 'sources were found');
my %wrong;
while (my @some = splice @files, 0, 100) {
    $wrong{$_} = 1 for map { /\A(\S+?):\d+:\d+: / ? $1 : () } split /\n/, `cd '$top' && $program --dry-run --style=file @some 2>&1`;
}
is_deeply([sort keys %wrong], [], 'every source is laid out as .clang-format says');
done_testing();
