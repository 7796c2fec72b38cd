#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every file that the build or the tests need is named in a fragment: nothing is forgotten in a release.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $fragments = join '', map { local $/; open my $f, '<', $_ or die $_; scalar <$f> }
    split /\n/, `find $top -name build -prune -o \\( -name 'Makefile.am' -o -name '*.inc' \\) -print`;
my @files = split /\n/, `cd $top && find lib plugins tests data man contrib examples -type f \\( -name '*.[ch]' -o -name '*.t' -o -name '*.pm' -o -name '*.ini' -o -name '*.awk' -o -name '*.[1-8]' -o -name '*.conf' -o -name '*.cfg' \\) | sort`;
ok(@files > 80, 'files were found');
is_deeply([grep { index($fragments, $_) < 0 } @files], [], 'each is named in a fragment');
my @prose = grep { !m{\Atests/style/sources\.t\z} } @files,
    qw(README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md quickstart configure.ac Makefile.am);
my @bad;
for my $file (@prose) {
    open my $f, '<', "$top/$file" or die "$file: $!";
    while (<$f>) {
        push @bad, "$file:$." if m{\bassistant\b}i;
    }
}
is_deeply(\@bad, [], 'the project speaks of itself alone');
done_testing();
