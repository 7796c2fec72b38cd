#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The versions that ./quickstart and the README name are those that configure.ac asks for.
use strict;
use warnings;
use FindBin;
use Test::More;

my $top = "$FindBin::Bin/../..";
sub text { open my $f, '<', "$top/$_[0]" or die "$_[0]: $!"; local $/; return <$f> }
my ($configure, $quickstart, $readme) = map { text($_) } qw(configure.ac quickstart README.md);

my %asked;
$asked{$1} //= $2 while $configure =~ /PKG_CHECK_MODULES\(\[\w+\], \[(\w+) >= ([\d.]+)\]/g;
($asked{autoconf}) = $configure =~ /AC_PREREQ\(\[([\d.]+)\]\)/;
($asked{automake}) = $configure =~ /AM_INIT_AUTOMAKE\(\[([\d.]+) /;
delete $asked{libcrypto};    # OpenSSL's, as libssl
my %looked = $quickstart =~ /^    (?:lacks|too_old) (\w+) ([\d.]+) /mg;
is_deeply(\%looked, \%asked, 'quickstart asks for what configure.ac asks for');
like($readme, qr/\b$_ \Q$asked{$_}\E[ ,]/, "the README: $_ $asked{$_}") for qw(libcurl autoconf automake);
done_testing();
