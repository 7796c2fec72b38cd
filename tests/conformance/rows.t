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

my %count;
for my $table (@TABLES) {
    my (%sides, @false);
    subtest $table => sub {
        for my $row (rows_of("$FindBin::Bin/$table")) {
            next if $ENV{SCP_ROW} && $row->{id} !~ /$ENV{SCP_ROW}/;
            $count{$table}++;
            build($row);
            $sides{ $row->{clause} }{ $row->{verdict} eq 'good' ? 'good' : 'not good' }++;
            my %said = (openssl => [oracle_about($row)], ours => [ours_about($row)]);
            $said{alone} = [alone_about($row)] if $row->{by_itself};
            subtest "$row->{id}: $row->{shows}" => sub {
                is(command_about($row), $said{openssl}[0] eq 'good' ? 1 : 0, 'the oracle says what openssl verify says')
                    if $ENV{SCP_CONFORMANCE_LONG} && !$row->{ocsp} && !$row->{crls};
                for my $who (sort keys %said) {
                    my $expected = $row->{differs}{$who} // { verdict => $row->{verdict} };
                    is($said{$who}[0], $expected->{verdict}, $who) or diag("$table $row->{id}: $who: $said{$who}[0] ($said{$who}[1])");
                    isnt($row->{differs}{$who}{verdict}, $row->{verdict}, "$who: a reason has its difference") if $row->{differs}{$who};
                    ok($who eq 'openssl' || $row->{verdict} eq 'good' || $said{$who}[0] ne 'good', "$who: not accepted")
                        or push @false, "$row->{id} ($who)";
                }
            };
        }
        is_deeply(\@false, [], 'nothing is accepted that must be refused');
        if (!$ENV{SCP_ROW}) {
            is_deeply([grep { keys %{ $sides{$_} } < 2 } sort keys %sides], [], 'each demand is met once and broken once');
        }
    };
}
note("$_: $count{$_} rows") for sort keys %count;
done_testing();
