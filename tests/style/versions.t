#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The versions that ./quickstart, the packages and the README name are those that configure.ac has and asks for.
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

my ($version) = $configure =~ /^AC_INIT\(\[[\w-]+\], \[([\d.]+)\]\)/m;
like(text('CHANGELOG.md'), qr/^## \[\Q$version\E\] /m, "the changelog: $version");
like(text('contrib/debian/changelog'), qr/^monitoring-plugins-scp \(\Q$version\E\) /, "Debian's package: $version");
like(text('contrib/rpm/monitoring-plugins-scp.spec'), qr/^Version: +\Q$version\E$/m, "the RPM package: $version");
my %needs = text('contrib/rpm/monitoring-plugins-scp.spec') =~ /^BuildRequires: +pkgconfig\((\w+)\) >= ([\d.]+)/mg;
is($needs{$_}, $asked{$_}, "the RPM package asks for $_ $asked{$_}") for qw(hivex libmspack libcurl);
my %package = (hivex => 'libhivex-dev', libmspack => 'libmspack-dev', libcurl => 'libcurl4-openssl-dev');
like(text('contrib/debian/control'), qr/\b$package{$_} \(>= \Q$asked{$_}\E\)/, "Debian's package asks for $_ $asked{$_}") for sort keys %package;
done_testing();
