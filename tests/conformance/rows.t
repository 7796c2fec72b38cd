#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The conformance corpus: each row of the tables beside this file says a situation and what the RFCs say of it; the plugins and
# OpenSSL are asked.  A difference from the RFC needs its reason in the row, a reason needs its difference; and no reason excuses
# that ours accepts what must be refused.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../tools";
use Corpus;
use Scp;
use Test::More;

my @TABLES = grep { !$ENV{SCP_ROWS} || /$ENV{SCP_ROWS}/ } map { s{.*/}{}r } glob "$FindBin::Bin/*.rows";
-x plugin_path($_) or plan skip_all => "$_ is not built" for qw(check_scp_intermediates check_scp_revocation);
oracle_built() or plan skip_all => 'tests/conformance/oracle is not built';

sub orders { my ($first, @rest) = @_; return defined $first ? map { my $o = $_; map { [@$o[0 .. $_ - 1], $first, @$o[$_ .. $#$o]] } 0 .. @$o } orders(@rest) : [] }

# Who says something else where the row's lists are given in another order.
sub other_order
{
    my ($row, $said) = @_;
    my @given = @{ $row->{crls} // [] };
    return () if @given < 2;
    my %other;
    for my $order ($ENV{SCP_CONFORMANCE_LONG} && @given <= 3 ? orders(@given) : [reverse @given]) {
        local $row->{crls} = $order;
        $other{ours} = 1 if (ours_about($row))[0] ne $said->{ours}[0];
        $other{alone} = 1 if $said->{alone} && (alone_about($row))[0] ne $said->{alone}[0];
    }
    return sort keys %other;
}

# What is wrong with a row: who says what is not expected, or has a reason without a difference.
sub wrong
{
    my ($row) = @_;
    my %said = (openssl => [oracle_about($row)], ours => [ours_about($row)]);
    $said{alone} = [alone_about($row)] if $row->{by_itself};
    my @wrong;
    for my $who (sort keys %said) {
        my ($verdict, $words) = @{ $said{$who} };
        my $differs = $row->{differs}{$who};
        my $expected = $differs ? $differs->{verdict} : $row->{verdict};
        push @wrong, "$who says $verdict, not $expected: $words" if $verdict ne $expected;
        push @wrong, "$who has a reason without a difference" if $differs && $differs->{verdict} eq $row->{verdict};
        push @wrong, "$who ACCEPTS what must be refused: $words" if $who ne 'openssl' && $row->{verdict} ne 'good' && $verdict eq 'good';
    }
    push @wrong, map { "$_ says something else of the lists in another order" } other_order($row, \%said);
    push @wrong, map { "$_ has a reason, and is not asked" } grep { !$said{$_} } keys %{ $row->{differs} // {} };
    # openssl verify leaves out what stands behind a certificate in PEM; the oracle does not.
    my $command = $ENV{SCP_CONFORMANCE_LONG} && !$row->{ocsp} && !$row->{crls} && "@{ $row->{make} }" !~ /mutate=tail/;
    push @wrong, 'openssl verify says something else than the oracle' if $command && command_about($row) != ($said{openssl}[0] eq 'good');
    return @wrong;
}

for my $table (@TABLES) {
    my (%sides, $rows);
    for my $row (rows_of("$FindBin::Bin/$table")) {
        next if $ENV{SCP_ROW} && $row->{id} !~ /$ENV{SCP_ROW}/;
        $rows++;
        $sides{ $row->{clause} }{ $row->{verdict} eq 'good' ? 'good' : 'not good' }++;
        my @wrong = wrong(build($row));
        ok(!@wrong, "$table $row->{id} is $row->{verdict}: $row->{shows}") or diag(join "\n", @wrong);
    }
    is_deeply([grep { keys %{ $sides{$_} } < 2 } sort keys %sides], [], "$table: each demand is met once and broken once")
        if !$ENV{SCP_ROW};
    note("$table: $rows rows") if $rows;
}
done_testing();
