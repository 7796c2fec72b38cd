#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every finding that alarms names the document that says so, with its address: what --explain prints of each is held to that.  The
# documents stand in one list, each once.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $plugins = ($ENV{top_builddir} // "$top/build") . '/plugins';
my $DOCUMENT = qr{[^,;\s][^;]*?, https://[a-z0-9.-]+\.[a-z]+/[\w/.#%()-]+};

# id => [states, reference] of all that a plugin explains
sub explained
{
    my ($text) = @_;
    my (%found, $id, $in);
    for (split /\n/, $text) {
        if (/^([a-z]+\.[a-z-]+) \(([A-Z, ]+)\)$/) { $found{ $id = $1 } = [$2, '']; $in = 0; next }
        $in = 1 if s/^  see:\s+//;
        $in = 0 if /^  (?:fix|see):/ || !/\S/;
        $found{$id}[1] .= ' ' . s/^\s+//r if defined $id && $in;
    }
    return map { $_ => [$found{$_}[0], $found{$_}[1] =~ s/^ //r] } keys %found;
}

# What is wrong with a finding's reference; '' if nothing is.
sub wrong
{
    my ($states, $reference) = @_;
    return $reference =~ /\A$DOCUMENT(?:; $DOCUMENT)*\z/ ? '' : "no document with an address: '$reference'" if $reference ne '';
    return $states eq 'OK' ? '' : 'no reference';
}

is(wrong('OK', ''), '', 'a remark may do without a document');
is(wrong('WARNING, OK', 'RFC 1 section 2, https://www.rfc-editor.org/rfc/rfc1#section-2; B, https://b.example/c'), '', 'two of them');
isnt(wrong('WARNING, OK', ''), '', 'nothing that alarms may');
isnt(wrong('OK', $_), '', "'$_' is none") for 'RFC 5280 section 6', 'http://x.example/y', 'A, https://x.example/y z', 'scp-plugins(7)';

my ($seen, %title) = (0);
for my $plugin (map { "$plugins/check_scp$_" } '', qw(_autoupdate _intermediates _revocation _roots _status)) {
    SKIP: {
        skip "$plugin is not built", 1 if !-x $plugin;
        my %found = explained(scalar `$plugin --explain`);
        $seen += keys %found;
        my %bad = map { my $w = wrong(@{ $found{$_} }); $w eq '' ? () : ($_ => $w) } sort keys %found;
        is_deeply(\%bad, {}, ($plugin =~ s{.*/}{}r) . ': ' . keys(%found) . ' findings');
        for my $document (map { split /; / } map { $_->[1] } values %found) {
            my ($name, $address) = $document =~ /\A(.*), (\S+)\z/ or next;
            $title{$address}{$name} = 1;
        }
    }
}
cmp_ok($seen, '>', 200, 'findings were found') if -x "$plugins/check_scp";
is_deeply([grep { keys %{ $title{$_} } > 1 } sort keys %title], [], 'an address has one title');

my $list = do { local $/; open my $in, '<', "$top/lib/check/documents.h" or die $!; <$in> };
my %defined = map { $_ => 1 } $list =~ /^#define (SCP_DOC_\w+)/mg;
my %used;
for my $file (glob "$top/lib/check/*/*.c") {
    open my $in, '<', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    $used{$_} = 1 for $text =~ /\b(SCP_DOC_\w+)/g;
    unlike($text, qr{https://(?:learn|support|www\.rfc-editor)\.}, "$file: no address beside the list") if $file =~ /findings\.c\z/;
}
$used{$_} = 1 for map { /^#define \w+(?:\(\w+, \w+\))?\s(.*)/ ? $1 =~ /\b(SCP_DOC_\w+)/g : () } split /(?<!\\)\n/, $list =~ s/\\\n/ /gr;
is_deeply([grep { !$used{$_} } sort keys %defined], [], 'every document of the list is cited');

done_testing();
