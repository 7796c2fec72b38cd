#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a source of the registry is, whose it is, and whether it is whole - in every plugin that reads one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Encode qw(encode);
use Scp;
use Test::More;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root');
my $profile = save('one.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $files = 0;

sub file { return save('source' . ++$files, @_) }
sub roots { return ['check_scp_roots', "--at=$AT", "--profile=$profile", map { ('-R', $_) } @_] }
sub utf16 { return encode('UTF-16LE', "\x{FEFF}" . windows_text($_[0])) }
sub utf8_bom { return encode('UTF-8', "\x{FEFF}" . windows_text($_[0])) }
sub utf8 { return encode('UTF-8', windows_text($_[0])) }

# --- Exports that were joined into one file ---

my $whole = machine(root => [$root], protected => 0x20);
my $stores = only_keys($whole, SYSTEM_CERTIFICATES, ENTERPRISE_CERTIFICATES);
my $rest = { map { $_ => $whole->{$_} } grep { !exists $stores->{$_} } keys %$whole };
my $EOF = "\x1A";    # what `copy a+b` ends its target with

{
    my %kind = ('UTF-16' => \&utf16, 'UTF-16 without its mark' => \&utf16_without_bom, 'UTF-8 with its mark' => \&utf8_bom,
                'UTF-8' => \&utf8, 'REGEDIT4' => \&regedit4_text);
    for my $name (sort keys %kind) {
        my ($one, $two) = map { $kind{$name}->($_) } $stores, $rest;
        my %joined = ("copy /b" => $one . $two, "copy" => $one . $two . $EOF, "one more by copy /b" => $one . $EOF . $two,
                      "three" => $one . $EOF . $two . $EOF . $one . $EOF, "0x1A twice" => $one . $EOF . $two . $EOF);
        for my $how (sort keys %joined) {
            my $r = verdict("$name, $how", roots(file($joined{$how})), 'OK',
                { 'roots.present' => 'OK', 'source.damaged' => undef, 'source.truncated' => undef });
            my $parts = run_json(roots(file($one), file($two)));
            is_deeply([map { "$_->{id} $_->{state}" } grep { $_->{id} !~ /^source/ } @{ $r->{json}{findings} }],
                [map { "$_->{id} $_->{state}" } grep { $_->{id} !~ /^source/ } @{ $parts->{json}{findings} }],
                "$name, $how: what two sources give");
        }
    }
    for my $mix ([utf16($stores), utf8($rest)], [utf8($stores), utf16($rest)], [utf16($stores), utf8_bom($rest)],
                 [utf8_bom($stores), utf16_without_bom($rest)], [regedit4_text($stores), utf16($rest)],
                 [utf16($stores) . $EOF, utf8($rest)], [utf16_without_bom($stores), regedit4_text($rest)]) {
        verdict('encodings that are mixed in one file', roots(file(join '', @$mix)), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' },
            qr/another encoding/);
    }
    verdict('cut behind the second header', roots(file(utf8($whole) . 'Windows Registry Editor Version 5.00')), 'UNKNOWN',
        { 'source.truncated' => 'UNKNOWN' });
    verdict('reg query text joined to reg query text', roots(file(reg_query_text($stores) . reg_query_text($rest) . $EOF)), 'OK',
        { 'source.damaged' => undef });
    verdict('an export joined to reg query text', roots(file(reg_query_text($stores) . utf8($rest))), 'OK',
        { 'source.damaged' => undef });
}

done_testing;
