#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Manual pages agree with the programs: options both ways, findings both ways; every finding has what it needs.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $plugin = ($ENV{top_builddir} // "$top/build") . '/plugins/check_scp_roots';
-x $plugin or plan skip_all => 'check_scp_roots is not built';

sub slurp { my ($name) = @_; local $/; open my $f, '<', "$top/$name" or die "$name: $!"; return scalar <$f> }
my $pages = slurp('man/check_scp_roots.1') . slurp('man/scp-plugins.7');

my %help = map { $_ => 1 } `$plugin --help` =~ /^\s+(?:-\w, )?--([a-z-]+)/mg;
my %man = map { $_ => 1 } $pages =~ /^\.It Fl .*?-([a-z][a-z-]+)/mg;
ok(keys %help > 12, 'options were found');
is_deeply([sort keys %man], [sort keys %help], 'options: manual and --help');

my (%catalogue, %described);
for my $file ('lib/check/roots_catalogue.c', 'lib/check/source.c') {
    my $text = slurp($file);
    while ($text =~ /\{ "([a-z]+\.[a-z-]+)", "([A-Z, ]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*(NULL|(?:"(?:[^"\\]|\\.)*"\s*)+),\s*([^}]*?)\s*\}/g) {
        $catalogue{$1} = { states => $2, remedy => $4, reference => $5 };
    }
}
%described = map { $_ => 1 } $pages =~ /^\.It Cm ([a-z]+\.[a-z-]+)/mg;
ok(keys %catalogue > 25, 'findings were found');
is_deeply([sort keys %described], [sort keys %catalogue], 'findings: manual and catalogue');
is_deeply([grep { $catalogue{$_}{states} ne 'OK' && $catalogue{$_}{remedy} eq 'NULL' } sort keys %catalogue], [], 'every finding that alarms has a remedy');
is_deeply([grep { $catalogue{$_}{states} ne 'OK' && $catalogue{$_}{reference} eq 'NULL' } sort keys %catalogue], [], 'and a reference');

# Ids that the code adds are in the catalogue, and the other way round.
my %used;
for my $file (glob("$top/lib/check/*.c"), "$top/plugins/check_scp_roots.c") {
    next if $file =~ /_catalogue\.c\z/;
    my $text = do { local $/; open my $f, '<', $file or die $file; <$f> };
    $text =~ s/scp_source_catalogue\[\] = \{.*?\n\};//s;
    $used{$1} = 1 while $text =~ /"((?:roots|source|profile)\.[a-z-]+)"/g;
}
is_deeply([sort keys %used], [sort keys %catalogue], 'findings: code and catalogue');
for my $id (sort keys %catalogue) {
    my $text = `$plugin --explain=$id`;
    like($text, qr/\Q$id\E/, "--explain=$id") or last;
}
my $lint = (grep { -x } map { "$_/mandoc" } split /:/, $ENV{PATH})[0];
SKIP: {
    skip 'mandoc is not installed', 1 if !$lint;
    my @said = grep { !/STYLE|referenced manual|no document date|Mdocdate/ } `$lint -Tlint $top/man/*.[1-8] 2>&1`;
    is_deeply(\@said, [], 'mandoc finds nothing');
}
done_testing();
