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

# What a crash or a measurement leaves behind is no source.
SKIP: {
    skip 'not a checkout', 1 if !-e "$top/.git";
    my @left = grep { m{(?:\A|/)core(?:\.\d+)?\z|\.(?:profraw|profdata|gcda|gcno)\z} || -s "$top/$_" > 1 << 20 } grep { -e "$top/$_" } split /\n/, `git -C '$top' ls-files`;
    is_deeply(\@left, [], 'no core, no profile, nothing of more than 1 MB');
}

# Of C and of the examples; not in tests and tables of contrib/, where a row may stay on a line.
my $WIDTH = 132;
my @perl = grep { m{\.pm\z} || first_line($_) =~ m{\A#!.*\bperl\b} } split /\n/, `cd $top && find examples -type f`;
my @narrow = (@perl, grep { m{\A(?:lib|plugins)/.*\.[ch]\z} } @files);
ok(@perl > 3, 'programs in Perl were found');
is_deeply([map { too_wide($_) } @narrow], [], "no line passes column $WIDTH");
done_testing();

sub first_line { my ($file) = @_; open my $f, '<', "$top/$file" or die "$file: $!"; return scalar <$f> // '' }
sub too_wide
{
    my ($file) = @_;
    open my $f, '<:encoding(UTF-8)', "$top/$file" or die "$file: $!";
    return map { "$file:$_->[0]" } grep { $_->[1] > $WIDTH } map { [$., length s/\n\z//r] } <$f>;
}
