#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rules of the architecture can fail: in a copy of the tree a file of each pure room opens a file, reads the clock or includes
# what lies above it, and layers.t must say so.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $copy = tempdir(CLEANUP => 1);
system('cp', '-r', "$top/lib", "$top/plugins", $copy) == 0 or die 'cp failed';
my %rooms = map { $_ => [glob("$copy/lib/$_/*.c $copy/lib/$_/*/*.c")]->[0] } qw(base codec io chain judge windows plugin);
my %evaluates = map { m{/(check/\w+)/evaluate\.c\z} ? ($1 => $_) : () } glob("$copy/lib/check/*/evaluate.c");

# What layers.t fails on: "rule: file: word", in order.
sub said
{
    my ($rule, @said) = ('');
    for (`SCP_STYLE_TREE='$copy' '$^X' '$FindBin::Bin/layers.t' 2>&1`) {
        $rule = $1 if /^not ok \d+ - (.*)$/;
        push @said, "$rule: $1" if m{^#   ((?:lib|plugins)/.*)$};
    }
    return [sort @said];
}

# broken(WHAT, RULE, FILE => [CODE, WORD]…): each file with that code at its end, all at once; each of them is named for that, and nothing else is.
sub broken
{
    my ($what, $rule, %code) = @_;
    my %whole;
    for my $file (sort keys %code) {
        $whole{$file} = do { local $/; open my $in, '<', $file or die "$file: $!"; <$in> };
        open my $out, '>>', $file or die "$file: $!";
        print $out "$code{$file}[0]\n";
        close $out or die "$file: $!";
    }
    is_deeply(said(), [sort map { "$rule: " . s{\A\Q$copy\E/}{}r . $code{$_}[1] } keys %code], scalar(keys %code) . " files: $what");
    for my $file (sort keys %whole) {
        open my $out, '>', $file or die "$file: $!";
        print $out $whole{$file};
        close $out or die "$file: $!";
    }
    return;
}

is_deeply(said(), [], 'the copy as it is obeys');
my @pure = map { $rooms{$_} } qw(codec chain judge windows);
my @verdicts = ((values %evaluates), map { "$copy/lib/check/$_.c" } qw(intermediates/missing diagnosis/rehearse status/environment list/signer remedy));
cmp_ok(scalar(keys %evaluates), '>=', 6, 'each check evaluates');
my %outside = (open => 'int x(void) { return open("a", 0); }', time => 'long x(void) { return time(NULL); }', getenv => 'char *x(void) { return getenv("HOME"); }');
for my $word (sort keys %outside) {
    broken("a call of $word()", 'clock, file or environment', map { $_ => [$outside{$word}, ": $word"] } @pure, $word eq 'time' ? @verdicts : ());
}
my %above = (base => 'codec/x509/der.h', codec => 'io/http/http.h', io => 'windows/store.h', chain => 'judge/issuer.h', windows => 'check/remedy.h',
             judge => 'check/remedy.h', plugin => 'check/remedy.h');
broken('what lies above is included', 'layers', map { $rooms{$_} => ["#include \"$above{$_}\"", ' includes ' . $above{$_} =~ s{/.*}{}r] } sort keys %above);
done_testing();
