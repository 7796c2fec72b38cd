# SPDX-License-Identifier: GPL-3.0-or-later
#
# Says what is wrong with a JSON document by a schema (JSON Schema 2020-12, as much of it as doc/json.schema.json uses; another
# keyword is an error).  Stricter in one thing: an object with `properties` and without `additionalProperties` has no others, for
# what our schema does not describe is missing in it.
#
#   my $schema = JsonSchema->new($text);  my @faults = $schema->faults($decoded);
#   perl tests/tools/JsonSchema.pm SCHEMA FILE...   says it of files, each of one document
package JsonSchema;

use strict;
use warnings;
use B ();
use JSON::PP ();

my %SILENT = map { $_ => 1 } qw($schema $comment $defs title description);

sub new
{
    my ($class, $text) = @_;
    my $self = bless { root => JSON::PP->new->utf8->decode($text), ready => {} }, $class;
    # All of them, so that a keyword that is not known shows.
    $self->{check} = $self->compile($self->{root}, '');
    $self->reference("#/\$defs/$_") for sort keys %{ $self->{root}{'$defs'} // {} };
    return $self;
}

sub faults
{
    my ($self, $value) = @_;
    my @faults;
    $self->{check}->($value, '', \@faults);
    return @faults;
}

sub kind
{
    my ($v) = @_;
    return 'null' if !defined $v;
    return 'boolean' if JSON::PP::is_bool($v);
    return { HASH => 'object', ARRAY => 'array' }->{ ref $v } // 'unknown' if ref $v;
    my $flags = B::svref_2object(\$v)->FLAGS;
    return 'string' if $flags & B::SVp_POK || !($flags & (B::SVp_IOK | B::SVp_NOK));
    return $v == int $v ? 'integer' : 'number';
}

sub text { my ($v) = @_; return JSON::PP->new->allow_nonref->canonical->encode($v) }

# A schema that a reference names, compiled once; it may name itself.
sub reference
{
    my ($self, $ref) = @_;
    my ($name) = $ref =~ m{\A#/\$defs/(\w+)\z} or die "reference $ref\n";
    my $at = $self->{root}{'$defs'}{$name} // die "no $ref\n";
    if (!$self->{ready}{$name}) {
        my $check;
        $self->{ready}{$name} = sub { $check->(@_) };
        $check = $self->compile($at, $ref);
        $self->{ready}{$name} = $check;
    }
    return $self->{ready}{$name};
}

# Keyword => what makes a check of its value: sub (value, path, faults), which sees any value.
my %KEYWORD = (
    '$ref' => sub { my ($self, $ref) = @_; return $self->reference($ref) },
    type => sub {
        my ($self, $types) = @_;
        my %is = map { $_ => 1 } ref $types ? @$types : $types;
        $is{integer} = 1 if $is{number};
        return sub { my $kind = kind($_[0]); push @{ $_[2] }, "$_[1]: is of type $kind" if !$is{$kind} };
    },
    enum => sub {
        my ($self, $values) = @_;
        my %is = map { text($_) => 1 } @$values;
        return sub { push @{ $_[2] }, "$_[1]: " . text($_[0]) . ' is none of its values' if !$is{ text($_[0]) } };
    },
    pattern => sub {
        my ($self, $pattern) = @_;
        return sub { push @{ $_[2] }, "$_[1]: '$_[0]' is not like $pattern" if kind($_[0]) eq 'string' && $_[0] !~ /$pattern/ };
    },
    minimum => sub { my ($self, $n) = @_; return sub { push @{ $_[2] }, "$_[1]: $_[0] is less than $n" if kind($_[0]) =~ /\A(?:int|num)/ && $_[0] < $n } },
    maximum => sub { my ($self, $n) = @_; return sub { push @{ $_[2] }, "$_[1]: $_[0] is more than $n" if kind($_[0]) =~ /\A(?:int|num)/ && $_[0] > $n } },
    items => sub {
        my ($self, $schema, $at) = @_;
        my $check = $self->compile($schema, "$at/items");
        return sub {
            my ($v, $path, $faults) = @_;
            return if ref $v ne 'ARRAY';
            $check->($v->[$_], "$path/$_", $faults) for 0 .. $#$v;
        };
    },
    required => sub {
        my ($self, $names) = @_;
        return sub {
            my ($v, $path, $faults) = @_;
            return if ref $v ne 'HASH';
            push @$faults, map { "$path: has no $_" } grep { !exists $v->{$_} } @$names;
        };
    },
    propertyNames => sub {
        my ($self, $schema, $at) = @_;
        my $check = $self->compile($schema, "$at/propertyNames");
        return sub { my ($v, $path, $faults) = @_; $check->("$_", "$path/$_", $faults) for ref $v eq 'HASH' ? keys %$v : () };
    },
    oneOf => sub {
        my ($self, $schemas, $at) = @_;
        my @check = map { $self->compile($_, "$at/oneOf") } @$schemas;
        return sub {
            my ($v, $path, $faults) = @_;
            my $right = grep { my @wrong; $_->($v, $path, \@wrong); !@wrong } @check;
            push @$faults, "$path: is like $right of what it may be" if $right != 1;
        };
    },
);

# Members, those that are named and the others.
sub members
{
    my ($self, $schema, $at) = @_;
    my %check = map { $_ => $self->compile($schema->{properties}{$_}, "$at/$_") } keys %{ $schema->{properties} // {} };
    my $others = defined $schema->{additionalProperties} ? $self->compile($schema->{additionalProperties}, "$at/*")
        : sub { push @{ $_[2] }, "$_[1]: is not described" };
    return sub {
        my ($v, $path, $faults) = @_;
        return if ref $v ne 'HASH';
        ($check{$_} // $others)->($v->{$_}, "$path/$_", $faults) for sort keys %$v;
    };
}

sub compile
{
    my ($self, $schema, $at) = @_;
    my @check;
    for my $word (sort keys %$schema) {
        next if $SILENT{$word} || $word =~ /\A(?:additionalP|p)roperties\z/;
        my ($make, $value) = $word eq 'const' ? ($KEYWORD{enum}, [$schema->{const}]) : ($KEYWORD{$word}, $schema->{$word});
        push @check, ($make // die "$at: the keyword $word is not known\n")->($self, $value, $at);
    }
    push @check, $self->members($schema, $at) if $schema->{properties} || $schema->{additionalProperties};
    return sub { $_->(@_) for @check };
}

if (!caller) {
    my ($schema, @files) = map { my $name = $_; local $/; open my $f, '<', $name or die "$name: $!\n"; scalar <$f> } @ARGV;
    my @faults = map { JsonSchema->new($schema)->faults(JSON::PP->new->utf8->decode($_)) } @files;
    print map { "$_\n" } @faults;
    exit(@faults ? 1 : 0);
}

1;
