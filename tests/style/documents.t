#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# doc/findings.md is what "make documents" makes of the catalogues, and the plugins' --explain knows the same findings;
# doc/json.schema.json is judged where documents are (JsonSchema.pm, Scp.pm), which is tried here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use Scp;
use Test::More;

my $build = $ENV{top_builddir} // "$SOURCE/build";
my $tables = "$build/contrib/completion/tables.txt";
-e $tables or plan skip_all => 'the tables are not built';

my $text = slurp("$SOURCE/doc/findings.md");
is(`'$^X' '$SOURCE/doc/make-findings' <'$tables'`, $text, 'doc/findings.md is made of the catalogues (make documents)');
my ($listed, %in) = slurp($tables);
$in{$2}{$1} = 1 while $listed =~ /^finding\t(\w+)\t([a-z0-9.-]+)\t/mg;
is_deeply([$text =~ /^### (\S+) /mg], [sort keys %in], '... each of them once');
cmp_ok(scalar keys %in, '>', 250, 'which are many');
for my $plugin (qw(check_scp check_scp_autoupdate check_scp_intermediates check_scp_revocation check_scp_roots check_scp_status)) {
    my @told = `$build/plugins/$plugin --explain` =~ /^([a-z]+\.[a-z-]+) \(/mg;
    is_deeply([sort @told], [grep { $in{$_}{$plugin} } sort keys %in], "$plugin --explain tells those of $plugin");
}

# The schema sees what is wrong, in a document that is right.
my $schema = JsonSchema->new(slurp("$SOURCE/doc/json.schema.json"));
my $registry = save('machine.reg', windows_export(machine(root => [certificate()])));
my $right = run_json(['check_scp', "--at=$AT", '-R', $registry, '--skip=revocation', '-vv'])->{out};
sub document { return JSON::PP->new->utf8->decode($right) }
is_deeply([$schema->faults(document())], [], 'a document that is right');
for my $case (
    ['a member that is not described', qr{\A/findings/0/more: is not described}, sub { $_[0]{findings}[0]{more} = 1 }],
    ['a member that is missing', qr{\A/source: has no age}, sub { delete $_[0]{source}{age} }],
    ['a number as text', qr{\A/exit_code: "\d" is none of its values}, sub { $_[0]{exit_code} = "$_[0]{exit_code}" }],
    ['text as a number', qr{\A/summary: is of type integer}, sub { $_[0]{summary} = 1 }],
    ['another state', qr{\A/findings/0/state: "FINE" is none}, sub { $_[0]{findings}[0]{state} = 'FINE' }],
    ['an id that is none', qr{\A/findings/0/id: 'Roots' is not like}, sub { $_[0]{findings}[0]{id} = 'Roots' }],
    ['a time that is none', qr{\A/at: 'today' is not like}, sub { $_[0]{at} = 'today' }],
    ['null', qr{\A/findings: is of type null}, sub { $_[0]{findings} = undef }],
    ['a negative number', qr{\A/facts/stores/\S+/0/properties/0: -1 is less}, sub { my ($s) = grep { @$_ } values %{ $_[0]{facts}{stores} }; $s->[0]{properties}[0] = -1 }],
    ['neither kind of symptom', qr{\A/facts/symptoms/msg_9605: is like 0}, sub { $_[0]{facts}{symptoms}{msg_9605} = {} }],
    ['a key that is no digest', qr{\A/facts/lists/0/contains/x: 'x' is not like}, sub { $_[0]{facts}{lists} = [{ kind => 'other', origin => 'x', sequence => undef,
        this_update => undef, entries => 0, signer => undef, signature => 'none', contains => { x => JSON::PP::true } }] }]) {
    my ($what, $like, $change) = @$case;
    my $document = document();
    $change->($document);
    my @faults = $schema->faults($document);
    like($faults[0] // 'nothing', $like, "$what is seen");
}
ok(!eval { JsonSchema->new('{"$ref": "#/$defs/a", "$defs": {"a": {"format": "uri"}}}'); 1 }, 'a keyword that is not known is an error');
done_testing();
