#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp where a profile's families need very many steps: the plan has all of them, or says why there is none.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use Scp;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

# Every cross-certificate is in CA, and in Disallowed: of each family all of them are to be taken out there.
sub asked
{
    my ($n) = @_;
    my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 3000]);
    my $ca = cert('CA', 'Root', 'ca', 'root', ca => 1, days => [-300, 900]);
    my %via = map { (sprintf('via-%03d', $_) => cert('Cross', 'Root', 'cross', 'root', ca => 1, days => [-300, 900])) } 1 .. $n;
    my $text = family_text(any => { 'ca-one' => $ca }, via => \%via, root => $root);
    my ($family) = $text =~ s/(\[family test\].*)\z//s ? $1 : die;
    my @rest = sort keys %via;
    for (my $number = 1; @rest; $number++) {
        my @part = splice @rest, 0, 8;
        $text .= $family =~ s/family test/family test-$number/r =~ s/^via = .*/via = @part/mr;
    }
    my $registry = save('many.reg', windows_export(machine(root => [$root], ca => [values %via], disallowed => [$ca, values %via])), $NOW);
    return run_json([$NAME, "--at=$AT", '--profile=' . save('many.ini', $text), '-R', $registry, '--skip=revocation', '--skip=status', '-v', '-t', 100]);
}

my $r = asked(100);
is($r->{code}, 2, 'a hundred cross-certificates are distrusted');
my %told = map { ($_->{certificate} => $_->{rehearsed}) } @{ $r->{json}{facts}{plan} };
is(scalar(grep { /xsign/ } keys %told), 100, 'the plan takes each of them out');
ok(!grep({ !$_ } values %told), 'as rehearsed');
$r = asked(130);
is($r->{code}, 2, 'more of them than a plan has steps');
like(join(' ', map { $_->{text} } @{ $r->{json}{findings} }), qr/no plan could be made: more than \d+ steps/, 'it says so');
done_testing();
