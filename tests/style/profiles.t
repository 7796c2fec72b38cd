#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The figures of the shipped profiles against the catalogue of certificates they were taken from.
use strict;
use warnings;
use Cwd qw(abs_path);
use Digest::SHA qw(sha1_hex sha256_hex);
use FindBin;
use MIME::Base64 qw(decode_base64);
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $catalog = ($ENV{SCP_SHARED} // "$top/../shared") . '/catalog';
-d $catalog or plan skip_all => 'no catalogue of certificates (SCP_SHARED)';

sub csv
{
    my ($file) = @_;
    open my $f, '<', "$catalog/$file" or die "$file: $!";
    my @rows;
    while (<$f>) {
        s{\r?\n\z}{};
        my @fields;
        push @fields, defined $1 ? $1 : $2 while /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|\z)/g && @fields < 14;
        push @rows, \@fields;
    }
    my $head = shift @rows;
    return map { my %row; @row{@$head} = @$_; \%row } @rows;
}

my (%section, $name);
open my $ini, '<', "$top/data/common.ini" or die "common.ini: $!";
while (<$ini>) {
    $name = $1 if /^\[(.+)\]$/;
    $section{$name}{$1} = $2 if defined $name && /^(\w+) = (.*)$/;
}
my %certificate = map { $_->{sha1} => $_ } csv('certificates.csv');
my ($compared, @wrong) = (0);
for my $s (sort grep { /^(?:root|ca) / } keys %section) {
    my $row = $certificate{ $section{$s}{sha1} };
    push @wrong, "$s: not in the catalogue" and next if !$row;
    $compared++;
    push @wrong, "$s: name" if $section{$s}{name} ne $row->{name};
    push @wrong, "$s: sha256" if ($section{$s}{sha256} // '') ne $row->{sha256};
    push @wrong, "$s: not_after" if ($section{$s}{not_after} // '') ne substr($row->{not_after}, 0, 10);
    push @wrong, "$s: stale" if $row->{status} =~ /expired|revoked/i && $section{$s}{level} eq 'required';
}
is_deeply(\@wrong, [], "thumbprints, names and dates of $compared certificates");
cmp_ok($compared, '>', 50, 'all of the catalogue is there');
my @der = grep { defined $section{$_}{der} } sort keys %section;
is_deeply([grep { my $der = decode_base64($section{$_}{der}); uc sha1_hex($der) ne $section{$_}{sha1} || uc sha256_hex($der) ne $section{$_}{sha256} } @der],
    [], 'certificates in full have both of their thumbprints');
is_deeply([grep { !exists $section{$_}{der} } map { "root $_" } grep { $section{"root $_"}{level} =~ /^re/ } map { /^root (.+)/ ? $1 : () } sort keys %section],
    [], 'the required and the recommended roots are there in full');
my %key = map { ("$_->{subject_der_base64} $_->{spki_der_base64}" => 1) } csv('issuers.csv');
is_deeply([grep { !$key{"$section{$_}{subject_der} $section{$_}{spki_der}"} } grep { /^issuer / } keys %section], [],
    'names and keys of issuers');
is_deeply([sort map { $section{$_}{name} } grep { /^root / && $section{$_}{level} eq 'required' } keys %section],
    ['DigiCert Global Root G2'], 'one root is required');
is_deeply([sort map { $section{$_}{name} } grep { /^root / && $section{$_}{level} eq 'recommended' } keys %section],
    ['DigiCert Global Root G3', 'DigiCert TLS ECC P384 Root G5', 'DigiCert TLS RSA4096 Root G5', 'Microsoft ECC Root Certificate Authority 2017',
     'Microsoft RSA Root Certificate Authority 2017'], 'five are recommended');
done_testing();
