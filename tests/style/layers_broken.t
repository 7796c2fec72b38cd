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
my $fine = said();
is($fine, '', 'the copy as it is obeys');

# What layers.t fails on, joined.
sub said { return join ', ', `SCP_STYLE_TREE='$copy' '$^X' '$FindBin::Bin/layers.t' 2>/dev/null` =~ /^not ok \d+ - (.*)$/mg }

sub broken
{
    my ($file, $code, $rule, $what) = @_;
    my $whole = do { local $/; open my $in, '<', $file or die "$file: $!"; <$in> };
    for my $text ("$whole$code\n", $whole) {
        open my $out, '>', $file or die "$file: $!";
        print $out $text;
        close $out or die "$file: $!";
        is(said(), $rule, $what) if $text ne $whole;
    }
    return;
}

my %open = ('opens a file' => 'int x(void) { return open("a", 0); }', 'reads the clock' => 'long x(void) { return time(NULL); }',
            'asks the environment' => 'char *x(void) { return getenv("HOME"); }');
for my $room (sort grep { /\A(?:codec|chain|judge|windows)\z/ } keys %rooms) {
    broken($rooms{$room}, $open{$_}, 'clock, file or environment', "$room $_") for sort keys %open;
}
for my $room (sort keys %evaluates) {
    broken($evaluates{$room}, $open{'reads the clock'}, 'clock, file or environment', "$room evaluates and reads the clock");
}
for my $part (qw(intermediates/missing diagnosis/rehearse status/environment list/signer remedy)) {
    broken("$copy/lib/check/$part.c", $open{'reads the clock'}, 'clock, file or environment', "$part is part of a verdict and reads the clock");
}
my %above = (base => 'codec/x509/der.h', codec => 'io/http/http.h', io => 'windows/store.h', chain => 'judge/issuer.h', windows => 'check/remedy.h',
             judge => 'check/remedy.h', plugin => 'check/remedy.h');
broken($rooms{$_}, "#include \"$above{$_}\"", 'layers', "$_ includes $above{$_}") for sort keys %above;
done_testing();
